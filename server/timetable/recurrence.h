/* recurrence.h - lessons that come again.
 *
 * Hours are counted on the wall clock of a time zone: 19:30 stays 19:30 whatever the
 * zone does. What has no such day is left out (as RFC 5545 says): the 31st of a month
 * of 30 days, a fifth Tuesday where there are four.
 *
 * Pure. Threads: any. */
#pragma once

#include "day.h"
#include "timetable.h"

#define AC_RECURRENCE_MAX 100
#define AC_RECURRENCE_SKIPS_MAX 100

typedef enum {
  AC_REPEAT_WEEKLY,
  AC_REPEAT_MONTHLY_DAY,     /* on the first one's day of the month */
  AC_REPEAT_MONTHLY_WEEKDAY, /* on its weekday, as often in the month: the second
                                Tuesday */
} AcRepeat;

/* "week", "month-day", "month-weekday" */
gboolean ac_repeat_from_name (const gchar *name, AcRepeat *ret_repeat);

typedef struct {
  AcRepeat repeat;
  guint interval; /* every so many weeks or months, 1 to 52 */
  guint times;    /* so many lessons in all; 0: until the day below */
  gchar until[AC_DAY_CHARS + 1];
  const gchar *const *skips; /* (nullable): days without a lesson, of ac_day_parse() */
} AcRecurrence;

/* @first_ms: the first hour; it is not left out unless it is skipped
 * Returns: (transfer full) (nullable): the hours, of gint64, in order.
 * Errors: INVALID "interval", "times", "until", "skip". */
GArray *ac_recurrence_hours (const AcRecurrence *self, gint64 first_ms, GTimeZone *zone,
                             GError **error);
/* Returns: (transfer full): the rule as RRULE and EXDATE lines of RFC 5545. */
gchar *ac_recurrence_to_text (const AcRecurrence *self, gint64 first_ms,
                              GTimeZone *zone);

/* Returns: @hour_ms, moved by as many days as lie between @from_ms and @to_ms, to the
 * time of day of @to_ms. */
gint64 ac_recurrence_move (gint64 hour_ms, gint64 from_ms, gint64 to_ms,
                           GTimeZone *zone);
