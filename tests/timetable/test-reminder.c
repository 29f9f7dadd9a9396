/* Who is told of a lesson, and how often. */
#include "expected.h"
#include "jobs.h"
#include "reminder.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define PLANNED_MS (JOBS_NOW_MS + HOUR_MS)

static void
set_up (StoreFixture *f, gconstpointer unused)
{
  gint64 county;

  jobs_set_up (f, NULL);
  county = jobs_add_branch (f->store, "县", 0, NULL, NULL);
  for (guint i = 0; i < 4; i++) {
    static const gchar *const numbers[] = { "phone", "none", "excused", "speaker" };
    gint64 member = jobs_add_member (f->store, numbers[i]);

    if (i < 3)
      jobs_set_membership (f->store, member, AC_SIDE_HOME, county, NULL, NULL);
  }
  write_sql (f->store, "UPDATE members SET phone = '1380013800' || id "
                       "WHERE number <> 'none'");
  write_sql (f->store, "INSERT INTO lessons (title, key_hash, created_ms, planned_ms) "
                       "VALUES ('一课', x'00', 1, 1773115200000 + 3600000)");
  write_sql (f->store, "INSERT INTO lesson_targets VALUES (1, 1)");
  write_sql (f->store, "INSERT INTO lesson_lecturers VALUES (1, 4)");
  write_sql (f->store, "INSERT INTO excuses VALUES (1, 3, 'excused', 'x', NULL, 1)");
}

static void
tear_down (StoreFixture *f, gconstpointer unused)
{
  jobs_tear_down (f, NULL);
}

static gboolean
settle (AcStore *store, gpointer unused, GError **error)
{
  return ac_reminder_settle (store, 1, JOBS_NOW_MS, error);
}

static gboolean
open_room (AcStore *store, gpointer unused, GError **error)
{
  return ac_expected_settle (store, 1, error) &&
         ac_store_run (store, error, "UPDATE lessons SET opened_ms = 5, state = 'open'",
                       "");
}

static gboolean
try_first (AcStore *store, gpointer wall_ms, GError **error)
{
  return ac_reminder_try (store, 1, 1, *(gint64 *)wall_ms, error);
}

static gboolean
note_first (AcStore *store, gpointer wall_ms, GError **error)
{
  return ac_reminder_sent (store, 1, 1, *(gint64 *)wall_ms, error);
}

static void
assert_due (StoreFixture *f, gint64 wall_ms, const gchar *members)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = ac_reminder_due (f->store, wall_ms, 10, &error);
  g_autoptr (GString) text = g_string_new ("");

  g_assert_no_error (error);
  for (guint i = 0; i < due->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                            ((AcReminder *)due->pdata[i])->member);
  g_assert_cmpstr (text->str, ==, members);
}

static guint
count_lessons (StoreFixture *f, gint64 wall_ms)
{
  g_autoptr (GArray) lessons = ac_reminder_lessons (f->store, wall_ms, HOUR_MS, NULL);

  return lessons->len;
}

static void
test_settle (StoreFixture *f, gconstpointer unused)
{
  g_assert_cmpuint (count_lessons (f, JOBS_NOW_MS - 1), ==, 0);
  g_assert_cmpuint (count_lessons (f, PLANNED_MS), ==, 0);
  g_assert_cmpuint (count_lessons (f, JOBS_NOW_MS), ==, 1);
  assert_due (f, JOBS_NOW_MS, "");
  jobs_run (f->store, settle, NULL, NULL);
  g_assert_cmpuint (count_lessons (f, JOBS_NOW_MS), ==, 0);
  assert_due (f, JOBS_NOW_MS, "1 4");
  assert_due (f, PLANNED_MS, ""); /* it begins */
  write_sql (f->store, "UPDATE lessons SET state = 'cancelled'");
  assert_due (f, JOBS_NOW_MS, "");
}

/* A room that is open has its list. */
static void
test_open (StoreFixture *f, gconstpointer unused)
{
  jobs_run (f->store, open_room, NULL, NULL);
  write_sql (f->store, "UPDATE members SET branch = NULL");
  jobs_run (f->store, settle, NULL, NULL);
  assert_due (f, JOBS_NOW_MS, "1 4");
}

/* Tried again, later each time; once it was taken never again. */
static void
test_tries (StoreFixture *f, gconstpointer unused)
{
  gint64 now_ms = JOBS_NOW_MS;

  jobs_run (f->store, settle, NULL, NULL);
  write_sql (f->store, "DELETE FROM lesson_lecturers");
  write_sql (f->store, "DELETE FROM reminders WHERE member = 4");
  jobs_run (f->store, try_first, &now_ms, NULL);
  assert_due (f, now_ms + 59999, "");
  now_ms += 60000;
  assert_due (f, now_ms, "1");
  jobs_run (f->store, try_first, &now_ms, NULL);
  assert_due (f, now_ms + 119999, "");
  now_ms += 120000;
  assert_due (f, now_ms, "1");
  jobs_run (f->store, note_first, &now_ms, NULL);
  assert_due (f, now_ms, "");
  jobs_run (f->store, settle, NULL, NULL); /* as after a restart */
  assert_due (f, now_ms, "");
}

#define ADD(name, func)                                                                \
  g_test_add ("/reminder/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("settle", test_settle);
  ADD ("open", test_open);
  ADD ("tries", test_tries);
  return g_test_run ();
}
