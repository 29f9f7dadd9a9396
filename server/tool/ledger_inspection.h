/* ledger_inspection.h - the commands that look at the ledger: verify, head, recompute.
 *
 * They read the database beside a running daemon, in one read transaction: nothing
 * waits for them, however long they take.
 *
 * Threads: main. Blocks. */
#pragma once

#include "offline.h"

gboolean ac_ledger_inspect_takes (const gchar *command);

/* @command: one of AC_COMMAND_LEDGER_...
 * @ret_answer: (out): always filled. A ledger that is wrong is an error
 * "ledger-damaged" with exit code EX_DATAERR, whose message names the entry or the
 * member. */
void ac_ledger_inspect (const gchar *data_dir, const gchar *command, JsonObject *args,
                        AcAnswer *ret_answer);
