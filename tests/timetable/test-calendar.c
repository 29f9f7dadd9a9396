/* Calendars, as libical reads them back. */
#include "calendar.h"
#include "jobs.h"
#include "schedule.h"

#include <libical/ical.h>

#define PAGES "https://classroom.example"

typedef struct {
  AcCalendarOwner owner;
  gchar *token; /* NULL: none */
} TokenJob;

static gboolean
set_token (AcStore *store, gpointer data, GError **error)
{
  TokenJob *job = data;

  return ac_calendar_set_token (store, &job->owner, job->token, 0, JOBS_NOW_MS, error);
}

static void
set_up (StoreFixture *f, gconstpointer unused)
{
  jobs_set_up (f, NULL);
  jobs_add_branch (f->store, "县", 0, NULL, NULL);
  jobs_add_branch (f->store, "甲镇", 1, NULL, NULL);
  jobs_add_branch (f->store, "乙镇", 1, NULL, NULL);
  jobs_add_member (f->store, "1001");
  jobs_add_member (f->store, "1002");
  write_sql (f->store,
             "INSERT INTO lessons (title, key_hash, created_ms, planned_ms, "
             "planned_length_ms) VALUES "
             "('党课; 第一讲, 学习贯彻会议精神的十二个问题与基层支部的实践案例分析', "
             " x'00', 1773000000000, 1773115200000, 5400000), "
             "('乙镇的课', x'01', 1773000000000, 1773115200000, NULL), "
             "('大家的课', x'02', 1773000000000, 1773115200000, NULL), "
             "('没有时间', x'03', 1773000000000, NULL, NULL)");
  write_sql (f->store, "INSERT INTO lesson_targets VALUES (1, 1), (2, 3)");
  write_sql (f->store, "INSERT INTO lesson_lecturers VALUES (2, 1)");
}

static void
tear_down (StoreFixture *f, gconstpointer unused)
{
  jobs_tear_down (f, NULL);
}

static gchar *
text_of (StoreFixture *f, AcCalendarOwner owner)
{
  g_autoptr (GError) error = NULL;
  gchar *text = ac_calendar_text (f->store, &owner, PAGES, JOBS_NOW_MS, &error);

  g_assert_no_error (error);
  g_assert_nonnull (text);
  return text;
}

/* Checked against the rules of RFC 5546, too. */
static icalcomponent *
parse (const gchar *text)
{
  icalcomponent *calendar = icalparser_parse_string (text);

  g_assert_nonnull (calendar);
  g_assert_cmpint (icalcomponent_count_errors (calendar), ==, 0);
  g_assert_true (icalrestriction_check (calendar));
  return calendar;
}

static void
test_text (StoreFixture *f, gconstpointer unused)
{
  g_autofree gchar *text = text_of (f, (AcCalendarOwner){ .branch = 2 });
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  icalcomponent *calendar = parse (text), *event;
  gboolean found = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_assert_cmpuint (strlen (lines[i]), <=, 75);
    g_assert_true (
        g_utf8_validate (lines[i], -1, NULL)); /* folded between characters */
  }
  g_assert_cmpint (icalcomponent_count_components (calendar, ICAL_VEVENT_COMPONENT), ==,
                   2);
  for (event = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
       event != NULL;
       event = icalcomponent_get_next_component (calendar, ICAL_VEVENT_COMPONENT)) {
    if (!g_str_has_prefix (icalcomponent_get_uid (event), "lesson-1-"))
      continue;
    found = TRUE;
    g_assert_true (
        g_str_has_prefix (icalcomponent_get_summary (event), "党课; 第一讲, 学习贯彻"));
    g_assert_true (icaltime_is_utc (icalcomponent_get_dtstart (event)));
    g_assert_cmpint (icaltime_as_timet (icalcomponent_get_dtstart (event)), ==,
                     1773115200);
    g_assert_cmpint (icaltime_as_timet (icalcomponent_get_dtend (event)), ==,
                     1773115200 + 5400);
  }
  g_assert_true (found);
  icalcomponent_free (calendar);
}

/* Returns: (nullable) */
static icalcomponent *
event_of_lesson (icalcomponent *calendar, gint64 lesson)
{
  g_autofree gchar *uid = g_strdup_printf ("lesson-%" G_GINT64_FORMAT "-", lesson);
  icalcomponent *event =
      icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);

  while (event != NULL && !g_str_has_prefix (icalcomponent_get_uid (event), uid))
    event = icalcomponent_get_next_component (calendar, ICAL_VEVENT_COMPONENT);
  return event;
}

/* What is for all, for the own branch and its county, and what is lectured in. */
static void
test_own (StoreFixture *f, gconstpointer unused)
{
  g_autofree gchar *mine = NULL;
  g_autofree gchar *others = NULL;
  icalcomponent *calendar;

  write_sql (f->store, "UPDATE members SET branch = 2 WHERE number = '1002'");
  mine = text_of (f, (AcCalendarOwner){ .member = 2 });
  calendar = parse (mine);
  g_assert_nonnull (event_of_lesson (calendar, 1));
  g_assert_null (event_of_lesson (calendar, 2));
  g_assert_nonnull (event_of_lesson (calendar, 3));
  icalcomponent_free (calendar);

  others = text_of (f, (AcCalendarOwner){ .member = 1 });
  calendar = parse (others);
  g_assert_null (event_of_lesson (calendar, 1));
  g_assert_nonnull (event_of_lesson (calendar, 2));
  g_assert_nonnull (event_of_lesson (calendar, 3));
  icalcomponent_free (calendar);
}

static gboolean
cancel (AcStore *store, gpointer unused, GError **error)
{
  return ac_schedule_cancel (store, 2, "停电", JOBS_NOW_MS, error);
}

static void
test_change (StoreFixture *f, gconstpointer unused)
{
  const AcCalendarOwner owner = { .member = 1 };
  g_autofree gchar *before = text_of (f, owner);
  g_autofree gchar *again = text_of (f, owner);
  g_autofree gchar *after = NULL;
  icalcomponent *calendar, *event;

  g_assert_cmpstr (before, ==, again);
  g_assert_nonnull (strstr (before, "STATUS:CONFIRMED"));
  jobs_run (f->store, cancel, NULL, NULL);
  after = text_of (f, owner);
  calendar = parse (after);
  event = event_of_lesson (calendar, 2);
  g_assert_cmpint (icalcomponent_get_sequence (event), ==, 1);
  g_assert_cmpint (icalcomponent_get_status (event), ==, ICAL_STATUS_CANCELLED);
  g_assert_nonnull (strstr (before, icalcomponent_get_uid (event)));
  icalcomponent_free (calendar);
}

#define N_ROWS "SELECT count (*) FROM calendars"

static void
test_tokens (StoreFixture *f, gconstpointer unused)
{
  g_autofree gchar *first = ac_calendar_token_new ();
  g_autofree gchar *second = ac_calendar_token_new ();
  const AcCalendarOwner town = { .branch = 2 }, other = { .branch = 3 };
  const AcCalendarOwner member = { .member = 2 };
  TokenJob job = { town, first };

  g_assert_cmpstr (first, !=, second);
  g_assert_cmpuint (strlen (first), ==, AC_CALENDAR_TOKEN_CHARS);
  g_assert_false (ac_calendar_is_open (f->store, &town, first, NULL));
  jobs_run (f->store, set_token, &job, NULL);
  g_assert_true (ac_calendar_is_open (f->store, &town, first, NULL));
  g_assert_false (ac_calendar_is_open (f->store, &other, first, NULL));
  g_assert_false (ac_calendar_is_open (f->store, &member, first, NULL));
  job.token = second;
  jobs_run (f->store, set_token, &job, NULL);
  g_assert_false (ac_calendar_is_open (f->store, &town, first, NULL));
  g_assert_true (ac_calendar_is_open (f->store, &town, second, NULL));
  job.token = NULL;
  jobs_run (f->store, set_token, &job, NULL);
  g_assert_false (ac_calendar_is_open (f->store, &town, second, NULL));
  job.token = first;
  jobs_run (f->store, set_token, &job, NULL);
  g_assert_true (ac_calendar_is_open (f->store, &town, first, NULL));
  /* However often another one was asked for. */
  g_assert_cmpint (query_number (f->store, N_ROWS), ==, 1);
  job.owner = member;
  job.token = second;
  jobs_run (f->store, set_token, &job, NULL);
  g_assert_true (ac_calendar_is_open (f->store, &member, second, NULL));
  g_assert_true (ac_calendar_is_open (f->store, &town, first, NULL));
  g_assert_cmpint (query_number (f->store, N_ROWS), ==, 2);
}

#define ADD(name, func)                                                                \
  g_test_add ("/calendar/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("text", test_text);
  ADD ("own", test_own);
  ADD ("change", test_change);
  ADD ("tokens", test_tokens);
  return g_test_run ();
}
