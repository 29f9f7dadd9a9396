/* conversation_state.h - how a lesson's conversation stands, for a page that comes.
 *
 * Messages of docs/protocol.md. They are read within one state of the database: no
 * event is half in them.
 *
 * Threads: main loop. Errors: AC_STORE_ERROR. */
#pragma once

#include "lesson_event.h"

/* Returns: (transfer full) (nullable): "state", the same for everybody, or for all of
 * the staff.
 * @ret_seq: (out): of the last event that it holds */
GBytes *ac_conversation_state (AcStore *store, gint64 lesson, gboolean staff,
                               gint64 *ret_seq, GError **error);
/* Returns: (transfer full) (nullable): "tally": the votes of questions that wait, the
 * counts of polls; those that are not shown to the staff only. */
GBytes *ac_conversation_tally (AcStore *store, gint64 lesson, gboolean staff,
                               GError **error);
/* Returns: (transfer full) (nullable): "yours": what @member did. */
GBytes *ac_conversation_yours (AcStore *store, gint64 lesson, gint64 member,
                               GError **error);
