#include "recurrence.h"

#include "organisation.h"
#include "reason.h"

#define INTERVAL_MAX 52
/* So far ahead nobody plans. */
#define YEARS_MAX 5

static const gchar *const repeat_names[] = {
  [AC_REPEAT_WEEKLY] = "week",
  [AC_REPEAT_MONTHLY_DAY] = "month-day",
  [AC_REPEAT_MONTHLY_WEEKDAY] = "month-weekday",
};

gboolean
ac_repeat_from_name (const gchar *name, AcRepeat *ret_repeat)
{
  gint place =
      ac_organisation_find_word (repeat_names, G_N_ELEMENTS (repeat_names), name);

  if (place >= 0)
    *ret_repeat = (AcRepeat)place;
  return place >= 0;
}

static GDateTime *
local_time (gint64 wall_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_ms / 1000);

  return g_date_time_to_timezone (utc, zone);
}

/* How often the weekday of @time has come in its month: 1 to 5. */
static gint
week_of_month (GDateTime *time)
{
  return (g_date_time_get_day_of_month (time) + 6) / 7;
}

/* Returns: (transfer full) (nullable): the time of day of @first on that day; NULL when
 * the month has no such day. */
static GDateTime *
on_day (GDateTime *first, GTimeZone *zone, gint year, gint month, gint day)
{
  return g_date_time_new (zone, year, month, day, g_date_time_get_hour (first),
                          g_date_time_get_minute (first),
                          g_date_time_get_seconds (first));
}

/* The day of the month that is @week-th weekday of @first; 0: there is none. */
static gint
day_of_weekday (GDateTime *first, gint year, gint month)
{
  GDateWeekday weekday = (GDateWeekday)g_date_time_get_day_of_week (first);
  GDate begin;
  gint day;

  g_date_clear (&begin, 1);
  g_date_set_dmy (&begin, 1, (GDateMonth)month, (GDateYear)year);
  day = 1 + ((gint)weekday - (gint)g_date_get_weekday (&begin) + 7) % 7 +
        7 * (week_of_month (first) - 1);
  return day <= g_date_get_days_in_month ((GDateMonth)month, (GDateYear)year) ? day : 0;
}

/* Returns: (transfer full) (nullable): the @step-th time; NULL: there is no such day.
 */
static GDateTime *
time_of_step (const AcRecurrence *self, GDateTime *first, GTimeZone *zone, guint step)
{
  gint months = g_date_time_get_year (first) * 12 + g_date_time_get_month (first) - 1 +
                (gint)(step * self->interval);
  gint year = months / 12, month = months % 12 + 1, day;

  if (self->repeat == AC_REPEAT_WEEKLY) {
    g_autoptr (GDateTime) on =
        g_date_time_add_weeks (first, (gint)(step * self->interval));

    return on_day (first, zone, g_date_time_get_year (on), g_date_time_get_month (on),
                   g_date_time_get_day_of_month (on));
  }
  day = self->repeat == AC_REPEAT_MONTHLY_DAY ? g_date_time_get_day_of_month (first)
                                              : day_of_weekday (first, year, month);
  return day != 0 ? on_day (first, zone, year, month, day) : NULL;
}

static gboolean
is_skipped (const AcRecurrence *self, const gchar *day)
{
  return self->skips != NULL && g_strv_contains (self->skips, day);
}

static gboolean
check (const AcRecurrence *self, GError **error)
{
  gboolean by_day = self->until[0] != '\0';

  if (self->interval < 1 || self->interval > INTERVAL_MAX)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "interval",
                                "interval must be 1 to %d", INTERVAL_MAX);
  if (by_day == (self->times != 0))
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID,
                                by_day ? "until" : "times",
                                "give either times or until, the last day");
  if (self->times > AC_RECURRENCE_MAX)
    return ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_INVALID, "times",
                                        AC_REASON_TIMES_RANGE,
                                        "times must be at most %d", AC_RECURRENCE_MAX);
  if (self->skips != NULL &&
      g_strv_length ((gchar **)self->skips) > AC_RECURRENCE_SKIPS_MAX)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "skip",
                                "skip may name at most %d days",
                                AC_RECURRENCE_SKIPS_MAX);
  return TRUE;
}

/* @ret_n_times: (optional): how often the rule came, skipped days among it */
static GArray *
hours (const AcRecurrence *self, gint64 first_ms, GTimeZone *zone, guint *ret_n_times)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GDateTime) first = local_time (first_ms, zone);
  g_autoptr (GDateTime) end = g_date_time_add_years (first, YEARS_MAX);
  guint n_times = 0;

  for (guint step = 0; self->times == 0 || list->len < self->times; step++) {
    g_autoptr (GDateTime) time = time_of_step (self, first, zone, step);
    g_autofree gchar *day = time != NULL ? g_date_time_format (time, "%F") : NULL;
    gint64 hour_ms;

    if (step > YEARS_MAX * 53 || (time != NULL && g_date_time_compare (time, end) > 0))
      break;
    if (time == NULL)
      continue;
    if (self->until[0] != '\0' && g_strcmp0 (day, self->until) > 0)
      break;
    n_times++;
    hour_ms = g_date_time_to_unix (time) * 1000;
    if (!is_skipped (self, day))
      g_array_append_val (list, hour_ms);
    if (list->len > AC_RECURRENCE_MAX)
      break;
  }
  if (ret_n_times != NULL)
    *ret_n_times = n_times;
  return list;
}

GArray *
ac_recurrence_hours (const AcRecurrence *self, gint64 first_ms, GTimeZone *zone,
                     GError **error)
{
  g_autoptr (GArray) list = NULL;
  const gchar *field = self->times != 0 ? "times" : "until";

  if (!check (self, error))
    return NULL;
  list = hours (self, first_ms, zone, NULL);
  if (list->len > AC_RECURRENCE_MAX)
    ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, field, AC_REASON_TIMES_RANGE,
        "more than %d lessons: end it earlier", AC_RECURRENCE_MAX);
  else if (list->len == 0)
    ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, field,
                         "there is not one lesson left");
  else if (list->len < self->times)
    ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, field, AC_REASON_HOUR_TOO_FAR,
        "only %u lessons lie within %d years", list->len, YEARS_MAX);
  else
    return g_steal_pointer (&list);
  return NULL;
}

static void
append_rule (GString *text, const AcRecurrence *self, GDateTime *first)
{
  static const gchar *const weekdays[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

  g_string_append_printf (text, "RRULE:FREQ=%s;INTERVAL=%u",
                          self->repeat == AC_REPEAT_WEEKLY ? "WEEKLY" : "MONTHLY",
                          self->interval);
  if (self->repeat == AC_REPEAT_MONTHLY_DAY)
    g_string_append_printf (text, ";BYMONTHDAY=%d",
                            g_date_time_get_day_of_month (first));
  if (self->repeat == AC_REPEAT_MONTHLY_WEEKDAY)
    g_string_append_printf (text, ";BYDAY=%d%s", week_of_month (first),
                            weekdays[g_date_time_get_day_of_week (first) - 1]);
}

gchar *
ac_recurrence_to_text (const AcRecurrence *self, gint64 first_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) first = local_time (first_ms, zone);
  g_autoptr (GArray) list = NULL;
  GString *text = g_string_new ("");
  guint n_times;

  list = hours (self, first_ms, zone, &n_times);
  append_rule (text, self, first);
  g_string_append_printf (text, ";COUNT=%u", n_times);
  for (guint i = 0; self->skips != NULL && self->skips[i] != NULL; i++)
    g_string_append_printf (text, "\nEXDATE;VALUE=DATE:%.4s%.2s%.2s", self->skips[i],
                            self->skips[i] + 5, self->skips[i] + 8);
  return g_string_free (text, FALSE);
}

static guint32
julian_day (GDateTime *time)
{
  GDate date;
  gint year, month, day;

  g_date_time_get_ymd (time, &year, &month, &day);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  return g_date_get_julian (&date);
}

gint64
ac_recurrence_move (gint64 hour_ms, gint64 from_ms, gint64 to_ms, GTimeZone *zone)
{
  g_autoptr (GDateTime) hour = local_time (hour_ms, zone);
  g_autoptr (GDateTime) from = local_time (from_ms, zone);
  g_autoptr (GDateTime) to = local_time (to_ms, zone);
  gint days = (gint)julian_day (to) - (gint)julian_day (from);
  g_autoptr (GDateTime) day = g_date_time_add_days (hour, days);
  g_autoptr (GDateTime) moved =
      on_day (to, zone, g_date_time_get_year (day), g_date_time_get_month (day),
              g_date_time_get_day_of_month (day));

  return g_date_time_to_unix (moved) * 1000;
}
