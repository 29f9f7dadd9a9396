/* offline.h - acting on a data directory that no daemon holds.
 *
 * Opens what the daemon would (database, accounts, classroom) for the time of one
 * command and holds the directory's lock meanwhile.
 *
 * Threads: main; runs the default main context. */
#pragma once

#include "control.h"

/* An answer, from here or from a daemon. */
typedef struct {
  JsonNode *json;  /* the result, or {"error": ...} */
  gboolean failed; /* it is the latter */
  gboolean locked; /* somebody else took the directory: nothing was done */
} AcAnswer;

void ac_answer_fail (AcAnswer *answer, const AcControlFailure *failure);
void ac_answer_clear (AcAnswer *answer);

/* @command "init" makes the directory; any other needs one.
 * @ret_answer: (out): always filled */
void ac_offline_run (const gchar *data_dir, const gchar *command, JsonObject *args,
                     AcAnswer *ret_answer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcAnswer, ac_answer_clear)
