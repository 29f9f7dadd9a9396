/* statements.h - xAPI statements of what a member played, by the ADL video profile.
 *
 * Experience API 1.0.3; https://w3id.org/xapi/video/v1.0.3: "initialized", "played",
 * "paused", "seeked" and "completed", with session-id, length and completion-threshold
 * in the context, and time, progress and played-segments in the result.
 *
 * A statement's identifier follows from the beats it is about: whoever makes it again
 * makes the same one. Players that stop are not told apart from those that pause, so
 * "terminated" is never said. The actor is an account with a pseudonym.
 *
 * Pure. Threads: any. */
#pragma once

#include "beat.h"
#include "interval_set.h"
#include "uuid.h"

#define AC_XAPI_VERSION "1.0.3"

/* Whom and what the statements are about. */
typedef struct {
  const gchar *home;    /* of accounts and lessons: "https://classroom.example" */
  const gchar *account; /* the member's pseudonym */
  gint64 lesson;
  const gchar *title;
  gint64 length_ms;
  gint64 threshold_permille; /* of what counts: "completed" */
  const AcIntervalSet *creditable;
} AcXapiSubject;

/* A beat, or a stretch in a room. */
typedef struct {
  gint64 session; /* with client: the player; a room's are negative */
  guint64 client;
  gint64 seq;
  gint64 wall_ms;      /* when it was told: at its end */
  AcInterval accepted; /* empty: none of it */
  gint rate_permille;
  gboolean fresh; /* to be told now; the others were told before */
} AcXapiBeat;

typedef struct {
  gchar id[AC_UUID_CHARS + 1];
  gchar *json;
} AcXapiStatement;

void ac_xapi_statement_free (AcXapiStatement *statement);

/* Adds the statements of the fresh beats to @statements (AcXapiStatement), in the order
 * of events. @beats: in the order in which they were decided */
void ac_xapi_statements (const AcXapiSubject *subject, const AcXapiBeat *beats,
                         guint n_beats, GPtrArray *statements);
