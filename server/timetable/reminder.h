/* reminder.h - who is told of a lesson before its hour.
 *
 * So long before the hour a lesson's reminders are settled: one row for each who is
 * expected without an excuse, and for each who lectures, and has a phone. A row is one
 * message: it is tried again until it was taken, and not once the hour has come.
 *
 * A try is noted before it is made. What the server does not live to hear the answer of
 * is sent again, with the same id, by which a gateway can know it.
 *
 * Threads: see timetable.h. */
#pragma once

#include "timetable.h"

/* Returns: (transfer full): of gint64, the lessons whose hour comes within @before_ms
 * of
 * @wall_ms and whose reminders are not settled. */
GArray *ac_reminder_lessons (AcStore *store, gint64 wall_ms, gint64 before_ms,
                             GError **error);
/* Inside a job: settles them, once. */
gboolean ac_reminder_settle (AcStore *store, gint64 lesson, gint64 wall_ms,
                             GError **error);

typedef struct {
  gint64 lesson, member;
  gchar *phone, *title;
  gint64 planned_ms;
} AcReminder;

void ac_reminder_free (AcReminder *reminder);

/* Returns: (transfer full): AcReminder to be sent at @wall_ms, at most @limit. */
GPtrArray *ac_reminder_due (AcStore *store, gint64 wall_ms, guint limit,
                            GError **error);
/* Inside a job: a try begins; the next one is after a minute, then two, four, ... */
gboolean ac_reminder_try (AcStore *store, gint64 lesson, gint64 member, gint64 wall_ms,
                          GError **error);
/* Inside a job: it was taken. */
gboolean ac_reminder_sent (AcStore *store, gint64 lesson, gint64 member, gint64 wall_ms,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcReminder, ac_reminder_free)
