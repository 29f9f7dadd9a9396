/* hand.h - raised hands of rooms, for whoever speaks for a room.
 *
 * Threads: inside a store job. Errors: AC_CONVERSATION_ERROR, AC_STORE_ERROR. */
#pragma once

#include "lesson_event.h"

/* Raises the hand of @site in @lesson, or lowers it. What is so already stays.
 * @ret_event: (out) (transfer full) (nullable): to be told after the commit, with
 *   ac_classroom_tell_event(); NULL when nothing changed
 * Errors: LIMIT, STATE (the lesson is over). */
gboolean ac_hand_of_room (AcStore *store, gint64 lesson, gint64 site, gboolean raised,
                          gint64 wall_ms, gint64 media_ms, AcLessonEvent **ret_event,
                          GError **error);
/* Of the hand of @site in @lesson; outside of jobs too.
 * Returns: (transfer none) (nullable): "raised", "called" or "lowered". */
const gchar *ac_hand_state_of_room (AcStore *store, gint64 lesson, gint64 site,
                                    GError **error);
