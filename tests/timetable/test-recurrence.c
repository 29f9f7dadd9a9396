/* Lessons that come again, beside libical's idea of the same rules. */
#include "recurrence.h"

#include <libical/ical.h>
#include <string.h>

static gint64
at (GTimeZone *zone, const gchar *text)
{
  g_autofree gchar *iso = g_strdup_printf ("%s:00", text);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, zone);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * 1000;
}

/* "01-31 03-31": month and day of each, or with the year when @year. */
static gchar *
days_text (GArray *hours, GTimeZone *zone, const gchar *format)
{
  g_autoptr (GPtrArray) days = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < hours->len; i++) {
    g_autoptr (GDateTime) utc =
        g_date_time_new_from_unix_utc (g_array_index (hours, gint64, i) / 1000);
    g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

    g_ptr_array_add (days, g_date_time_format (local, format));
  }
  g_ptr_array_add (days, NULL);
  return g_strjoinv (" ", (gchar **)days->pdata);
}

static const gchar *const holidays[] = { "2026-10-01", "2026-10-08", NULL };

static const struct {
  const gchar *what, *first;
  AcRecurrence rule;
  const gchar *days;
} rows[] = {
  { "weekly",
    "2026-01-05T19:30",
    { AC_REPEAT_WEEKLY, 1, 3 },
    "2026-01-05 2026-01-12 2026-01-19" },
  { "every other week, to a day",
    "2026-01-05T19:30",
    { AC_REPEAT_WEEKLY, 2, 0, "2026-02-02" },
    "2026-01-05 2026-01-19 2026-02-02" },
  { "over the year's end",
    "2026-12-28T19:30",
    { AC_REPEAT_WEEKLY, 1, 2 },
    "2026-12-28 2027-01-04" },
  { "the 31st",
    "2026-01-31T19:30",
    { AC_REPEAT_MONTHLY_DAY, 1, 4 },
    "2026-01-31 2026-03-31 2026-05-31 2026-07-31" },
  { "the 29th of February",
    "2024-02-29T19:30",
    { AC_REPEAT_MONTHLY_DAY, 12, 2 },
    "2024-02-29 2028-02-29" },
  { "the 30th and a short month",
    "2027-01-30T19:30",
    { AC_REPEAT_MONTHLY_DAY, 1, 2 },
    "2027-01-30 2027-03-30" },
  { "the second Tuesday",
    "2026-01-13T19:30",
    { AC_REPEAT_MONTHLY_WEEKDAY, 1, 4 },
    "2026-01-13 2026-02-10 2026-03-10 2026-04-14" },
  { "the fifth Friday",
    "2026-01-30T19:30",
    { AC_REPEAT_MONTHLY_WEEKDAY, 1, 4 },
    "2026-01-30 2026-05-29 2026-07-31 2026-10-30" },
  { "every third month",
    "2026-11-02T19:30",
    { AC_REPEAT_MONTHLY_WEEKDAY, 3, 3 },
    "2026-11-02 2027-02-01 2027-05-03" },
  { "skipped days are not counted",
    "2026-09-24T19:30",
    { AC_REPEAT_WEEKLY, 1, 3, "", holidays },
    "2026-09-24 2026-10-15 2026-10-22" },
  { "the first may be skipped",
    "2026-10-01T19:30",
    { AC_REPEAT_WEEKLY, 1, 0, "2026-10-16", holidays },
    "2026-10-15" },
};

static void
test_days (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) hours =
        ac_recurrence_hours (&rows[i].rule, at (zone, rows[i].first), zone, &error);
    g_autofree gchar *days = NULL;
    g_autofree gchar *times = NULL;

    g_test_message ("%s", rows[i].what);
    g_assert_no_error (error);
    days = days_text (hours, zone, "%F");
    times = days_text (hours, zone, "%H:%M");
    g_assert_cmpstr (days, ==, rows[i].days);
    g_assert_true (g_str_has_prefix (times, "19:30"));
  }
}

/* The text of a rule, read by libical, gives the same days. */
static void
test_text (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *text =
        ac_recurrence_to_text (&rows[i].rule, at (zone, rows[i].first), zone);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    struct icalrecurrencetype rule;
    g_autofree gchar *start = g_strdelimit (g_strdup (rows[i].first), "-:", ' ');
    g_auto (GStrv) parts = g_strsplit (start, " ", -1);
    g_autofree gchar *joined = g_strjoinv ("", parts);
    g_autofree gchar *compact = g_strconcat (joined, "00", NULL);
    icalrecur_iterator *iterator;
    struct icaltimetype next;
    g_autoptr (GString) days = g_string_new ("");

    g_test_message ("%s: %s", rows[i].what, text);
    g_assert_true (g_str_has_prefix (lines[0], "RRULE:"));
    rule = icalrecurrencetype_from_string (lines[0] + 6);
    g_assert_cmpint (rule.freq, !=, ICAL_NO_RECURRENCE);
    iterator = icalrecur_iterator_new (rule, icaltime_from_string (compact));
    g_assert_nonnull (iterator);
    while (!icaltime_is_null_time (next = icalrecur_iterator_next (iterator))) {
      g_autofree gchar *day =
          g_strdup_printf ("%04d-%02d-%02d", next.year, next.month, next.day);
      g_autofree gchar *exdate = g_strdup_printf ("EXDATE;VALUE=DATE:%04d%02d%02d",
                                                  next.year, next.month, next.day);

      if (!g_strv_contains ((const gchar *const *)lines, exdate))
        g_string_append_printf (days, "%s%s", days->len > 0 ? " " : "", day);
    }
    icalrecur_iterator_free (iterator);
    g_assert_cmpstr (days->str, ==, rows[i].days);
  }
}

/* The hour stays when the zone's clock is put forward or back. */
static void
test_zone (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  const AcRecurrence rule = { AC_REPEAT_WEEKLY, 1, 3 };
  gint64 first = at (zone, "2026-03-22T19:30");
  g_autoptr (GArray) hours = ac_recurrence_hours (&rule, first, zone, NULL);
  g_autofree gchar *times = days_text (hours, zone, "%d %H:%M");

  g_assert_cmpstr (times, ==, "22 19:30 29 19:30 05 19:30");
  g_assert_cmpint (g_array_index (hours, gint64, 1) - first, ==,
                   (7 * 24 - 1) * 3600000);
  g_assert_cmpint (ac_recurrence_move (g_array_index (hours, gint64, 1), first,
                                       at (zone, "2026-03-23T20:00"), zone),
                   ==, at (zone, "2026-03-30T20:00"));
  g_assert_cmpint (ac_recurrence_move (at (zone, "2026-01-01T19:30"),
                                       at (zone, "2026-03-01T19:30"),
                                       at (zone, "2026-02-28T07:00"), zone),
                   ==, at (zone, "2025-12-31T07:00"));
}

static void
test_refused (void)
{
  static const struct {
    AcRecurrence rule;
    const gchar *field;
  } bad[] = {
    { { AC_REPEAT_WEEKLY, 0, 3 }, "interval" },
    { { AC_REPEAT_WEEKLY, 53, 3 }, "interval" },
    { { AC_REPEAT_WEEKLY, 1, 0 }, "times" },
    { { AC_REPEAT_WEEKLY, 1, 3, "2026-12-31" }, "until" },
    { { AC_REPEAT_WEEKLY, 1, 101 }, "times" },
    { { AC_REPEAT_WEEKLY, 1, 0, "2030-12-31" }, "until" },
    { { AC_REPEAT_WEEKLY, 1, 0, "2025-12-31" }, "until" }, /* before the first */
    { { AC_REPEAT_MONTHLY_DAY, 12, 10 }, "times" },        /* more than five years */
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) hours =
        ac_recurrence_hours (&bad[i].rule, at (zone, "2026-01-05T19:30"), zone, &error);

    g_test_message ("row %u", i);
    g_assert_null (hours);
    g_assert_error (error, AC_TIMETABLE_ERROR, AC_TIMETABLE_ERROR_INVALID);
    g_assert_cmpstr (ac_timetable_error_field (error), ==, bad[i].field);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recurrence/days", test_days);
  g_test_add_func ("/recurrence/text", test_text);
  g_test_add_func ("/recurrence/zone", test_zone);
  g_test_add_func ("/recurrence/refused", test_refused);
  return g_test_run ();
}
