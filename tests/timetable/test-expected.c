/* Who is expected, before the room opens and after it. */
#include "expected.h"
#include "jobs.h"
#include "leave.h"

/* County 1, towns 2 and 3, village 4 in 2; enterprise 5. */
enum { COUNTY = 1, TOWN, OTHER_TOWN, VILLAGE, FIRM };
enum { LESSON = 1 };

typedef struct {
  StoreFixture base;
  gint64 in_village, in_other_town, in_firm, activist;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  AcStore *store;

  jobs_set_up (&f->base, NULL);
  store = f->base.store;
  jobs_add_branch (store, "县", 0, NULL, NULL);
  jobs_add_branch (store, "甲镇", COUNTY, NULL, NULL);
  jobs_add_branch (store, "乙镇", COUNTY, NULL, NULL);
  jobs_add_branch (store, "东村", TOWN, NULL, NULL);
  jobs_add_branch (store, "厂", 0, "enterprise", NULL);
  f->in_village = jobs_add_member (store, "village");
  f->in_other_town = jobs_add_member (store, "other");
  f->in_firm = jobs_add_member (store, "firm");
  f->activist = jobs_add_member (store, "activist");
  jobs_set_membership (store, f->in_village, AC_SIDE_HOME, VILLAGE, NULL, NULL);
  jobs_set_membership (store, f->in_other_town, AC_SIDE_HOME, OTHER_TOWN, NULL, NULL);
  jobs_set_membership (store, f->in_firm, AC_SIDE_HOME, OTHER_TOWN, NULL, NULL);
  jobs_set_membership (store, f->in_firm, AC_SIDE_HOST, FIRM, NULL, NULL);
  jobs_set_membership (store, f->activist, AC_SIDE_HOME, VILLAGE, NULL, NULL);
  write_sql (store, "UPDATE members SET kind = 'activist' WHERE number = 'activist'");
  write_sql (store, "INSERT INTO lessons (title, key_hash, created_ms) "
                    "VALUES ('一课', x'00', 1)");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  jobs_tear_down (&f->base, NULL);
}

/* The numbers of those who are listed, with what is not plainly expected: "firm
 * village(excused)" */
static gchar *
list_text (Fixture *f, gint64 branch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list =
      ac_expected_list (f->base.store, LESSON, branch, 0, 100, &error);
  GString *text = g_string_new ("");

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++) {
    const AcExpected *one = list->pdata[i];

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one->number);
    if (one->state != AC_EXPECTED)
      g_string_append_printf (text, "(%s)", ac_expected_state_name (one->state));
  }
  return g_string_free (text, FALSE);
}

static void
assert_listed (Fixture *f, gint64 branch, const gchar *expected)
{
  g_autofree gchar *text = list_text (f, branch);

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
settle (AcStore *store, gpointer unused, GError **error)
{
  return ac_expected_settle (store, LESSON, error) &&
         ac_store_run (store, error, "UPDATE lessons SET opened_ms = 5", "");
}

static gboolean
set_excuse (AcStore *store, gpointer excuse, GError **error)
{
  return ac_excuse_set (store, excuse, JOBS_NOW_MS, error);
}

static void
excuse (Fixture *f, gint64 member, AcExpectedState state, const gchar *reason)
{
  AcExcuse excuse = { LESSON, member, state, reason, 0 };

  jobs_run (f->base.store, set_excuse, &excuse, NULL);
}

static void
assert_excuse_refused (Fixture *f, AcExcuse excuse, AcTimetableError code,
                       const gchar *field)
{
  g_autoptr (GError) error = NULL;

  jobs_run (f->base.store, set_excuse, &excuse, &error);
  g_assert_error (error, AC_TIMETABLE_ERROR, (gint)code);
  g_assert_cmpstr (ac_timetable_error_field (error), ==, field);
}

static void
test_targets (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;

  assert_listed (f, 0, ""); /* for nobody in particular */
  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  assert_listed (f, 0, "village activist");
  write_sql (store, "UPDATE lessons SET target_kinds = 'member,trainee'");
  assert_listed (f, 0, "village");
  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 5)");
  assert_listed (f, 0, "village firm"); /* on the host side */
  assert_listed (f, COUNTY, "village firm");
  assert_listed (f, TOWN, "village");
  assert_listed (f, FIRM, "firm");
  write_sql (store, "INSERT INTO lesson_lecturers SELECT 1, id FROM members "
                    "WHERE number = 'firm'");
  assert_listed (f, 0, "village"); /* speaks */
  write_sql (store, "DELETE FROM lesson_targets");
  assert_listed (f, 0, "village other"); /* by kind alone */
}

/* A later move changes neither who was expected nor where they belonged. */
static void
test_settled (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  excuse (f, f->activist, AC_EXPECTED_EXEMPT, "产假");
  jobs_run (store, settle, NULL, NULL);
  assert_listed (f, 0, "village activist(exempt)");
  jobs_set_membership (store, f->in_village, AC_SIDE_HOME, OTHER_TOWN, NULL, NULL);
  jobs_set_membership (store, f->in_other_town, AC_SIDE_HOME, TOWN, NULL, NULL);
  assert_listed (f, 0, "village activist(exempt)");
  assert_listed (f, VILLAGE, "village activist(exempt)");
  assert_listed (f, OTHER_TOWN, "");
  g_assert_cmpint (query_number (store, "SELECT home_branch FROM expected JOIN members "
                                        "ON id = member WHERE number = 'village'"),
                   ==, VILLAGE);
}

static gboolean
run_statement (AcStore *store, gpointer sql, GError **error)
{
  return ac_store_run (store, error, sql, "");
}

/* The schema itself holds it. */
static void
test_settled_for_good (Fixture *f, gconstpointer unused)
{
  static const gchar *const attempts[] = {
    "UPDATE expected SET home_branch = 3",
    "UPDATE expected SET member = 2",
    "UPDATE expected SET kind = 'trainee'",
    "DELETE FROM expected",
    "INSERT INTO expected (lesson, member, kind, state) "
    "VALUES (1, 2, 'member', 'expected')",
  };

  write_sql (f->base.store, "INSERT INTO lesson_targets VALUES (1, 2)");
  jobs_run (f->base.store, settle, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", attempts[i]);
    jobs_run (f->base.store, run_statement, (gpointer)attempts[i], &error);
    g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
    g_assert_nonnull (strstr (error->message, "settled"));
  }
}

static void
test_excuses (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;
  AcExcuse bad = { LESSON, f->in_village, AC_EXPECTED_EXCUSED, "病假", 0 };

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  excuse (f, f->in_village, AC_EXPECTED_EXCUSED, "病假");
  assert_listed (f, 0, "village(excused) activist");
  excuse (f, f->in_village, AC_EXPECTED, NULL);
  assert_listed (f, 0, "village activist");
  jobs_run (store, settle, NULL, NULL);
  excuse (f, f->in_village, AC_EXPECTED_EXCUSED, "值班"); /* afterwards */
  assert_listed (f, 0, "village(excused) activist");
  excuse (f, f->in_village, AC_EXPECTED, NULL);
  assert_listed (f, 0, "village activist");
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM audit "
                                        "WHERE act = 'excuse-set' AND lesson = 1"),
                   ==, 4);

  bad.actor = f->in_village; /* nobody their own */
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_DENIED, "member");
  bad.actor = f->activist;
  bad.reason = " ";
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_INVALID, "reason");
  bad.reason = "病假";
  bad.member = f->in_firm;
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_INVALID, "member");
  bad.member = 999;
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_NOT_FOUND, "member");
  bad.lesson = 999;
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_NOT_FOUND, "lesson");
  write_sql (store, "UPDATE lessons SET state = 'cancelled'");
  bad = (AcExcuse){ LESSON, f->in_village, AC_EXPECTED_EXCUSED, "病假", 0 };
  assert_excuse_refused (f, bad, AC_TIMETABLE_ERROR_STATE, "lesson");
}

/* --- Leave --- */

static gboolean
ask_leave (AcStore *store, gpointer leave, GError **error)
{
  return ac_leave_ask (store, leave, JOBS_NOW_MS, error);
}

static gboolean
approve_leave (AcStore *store, gpointer leave, GError **error)
{
  return ac_leave_decide (store, leave, TRUE, JOBS_NOW_MS, error);
}

static gboolean
refuse_leave (AcStore *store, gpointer leave, GError **error)
{
  return ac_leave_decide (store, leave, FALSE, JOBS_NOW_MS, error);
}

/* Returns: the leave's number. */
static gint64
ask_good (Fixture *f, gint64 member, const gchar *reason)
{
  g_auto (AcLeave)
      leave = { .lesson = LESSON, .member = member, .reason = g_strdup (reason) };

  jobs_run (f->base.store, ask_leave, &leave, NULL);
  g_assert_cmpint (leave.asked_ms, ==, JOBS_NOW_MS);
  return leave.id;
}

static void
assert_ask_refused (Fixture *f, gint64 lesson, gint64 member, const gchar *reason,
                    AcTimetableError code, const gchar *field)
{
  g_auto (AcLeave)
      leave = { .lesson = lesson, .member = member, .reason = g_strdup (reason) };
  g_autoptr (GError) error = NULL;

  jobs_run (f->base.store, ask_leave, &leave, &error);
  g_assert_error (error, AC_TIMETABLE_ERROR, (gint)code);
  g_assert_cmpstr (ac_timetable_error_field (error), ==, field);
}

static void
decide (Fixture *f, AcStoreJob job, gint64 id, gint64 decider, const gchar *answer)
{
  g_auto (AcLeave)
      leave = { .id = id, .decider = decider, .answer = g_strdup (answer) };

  jobs_run (f->base.store, job, &leave, NULL);
}

static void
assert_decision_refused (Fixture *f, AcStoreJob job, AcLeave asked,
                         AcTimetableError code, const gchar *field)
{
  g_auto (AcLeave) leave = asked;
  g_autoptr (GError) error = NULL;

  leave.answer = g_strdup (asked.answer);
  jobs_run (f->base.store, job, &leave, &error);
  g_assert_error (error, AC_TIMETABLE_ERROR, (gint)code);
  g_assert_cmpstr (ac_timetable_error_field (error), ==, field);
}

/* The list follows what was granted, before the room opens and after it. */
static void
test_leave (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;
  gint64 staff = jobs_add_member (store, "staff");
  gint64 first, second;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  first = ask_good (f, f->in_village, "病假");
  assert_listed (f, 0, "village activist"); /* not yet */
  decide (f, approve_leave, first, staff, NULL);
  assert_listed (f, 0, "village(excused) activist");
  jobs_run (store, settle, NULL, NULL);
  assert_listed (f, 0, "village(excused) activist");
  second = ask_good (f, f->activist, "值班");
  decide (f, approve_leave, second, staff, NULL);
  assert_listed (f, 0, "village(excused) activist(excused)");
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM audit WHERE "
                                        "act = 'excuse-set' AND reason = '病假' "
                                        "AND actor = 5"),
                   ==, 1);
}

static void
test_leave_refused (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;
  gint64 staff = jobs_add_member (store, "staff");
  gint64 id;
  g_autoptr (GPtrArray) own = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) elsewhere = NULL;
  g_autoptr (GError) error = NULL;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  assert_ask_refused (f, 9, f->in_village, "x", AC_TIMETABLE_ERROR_NOT_FOUND, "lesson");
  assert_ask_refused (f, LESSON, f->in_village, " ", AC_TIMETABLE_ERROR_INVALID,
                      "reason");
  assert_ask_refused (f, LESSON, f->in_other_town, "x", AC_TIMETABLE_ERROR_INVALID,
                      "lesson");
  for (guint i = 0; i < AC_LEAVES_OF_LESSON_MAX; i++) {
    id = ask_good (f, f->in_village, "值班");
    assert_ask_refused (f, LESSON, f->in_village, "x", AC_TIMETABLE_ERROR_STATE,
                        "lesson");
    assert_decision_refused (f, approve_leave,
                             (AcLeave){ .id = id, .decider = f->in_village },
                             AC_TIMETABLE_ERROR_DENIED, "leave");
    assert_decision_refused (f, refuse_leave, (AcLeave){ .id = id, .decider = staff },
                             AC_TIMETABLE_ERROR_INVALID, "answer");
    decide (f, refuse_leave, id, staff, "当天没有排班");
    assert_decision_refused (f, approve_leave, (AcLeave){ .id = id, .decider = staff },
                             AC_TIMETABLE_ERROR_STATE, "leave");
  }
  assert_ask_refused (f, LESSON, f->in_village, "x", AC_TIMETABLE_ERROR_STATE,
                      "lesson");
  assert_decision_refused (f, approve_leave, (AcLeave){ .id = 99, .decider = staff },
                           AC_TIMETABLE_ERROR_NOT_FOUND, "leave");
  assert_listed (f, 0, "village activist");
  ask_good (f, f->activist, "病假");
  own = ac_leave_list (store, f->in_village, 0, 0, 10, &error);
  open = ac_leave_list (store, 0, TOWN, 0, 10, &error);
  elsewhere = ac_leave_list (store, 0, OTHER_TOWN, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (own->len, ==, AC_LEAVES_OF_LESSON_MAX);
  g_assert_cmpstr (((AcLeave *)own->pdata[0])->answer, ==, "当天没有排班");
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_cmpint (((AcLeave *)open->pdata[0])->member, ==, f->activist);
  g_assert_cmpuint (elsewhere->len, ==, 0);
}

static gboolean
withdraw_leave (AcStore *store, gpointer leave, GError **error)
{
  const AcLeave *self = leave;

  return ac_leave_withdraw (store, self->id, self->member, error);
}

/* It is as if it had never been asked, but nobody withdraws what was decided. */
static void
test_leave_withdrawn (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;
  gint64 staff = jobs_add_member (store, "staff");
  gint64 id = 0;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  for (guint i = 0; i <= AC_LEAVES_OF_LESSON_MAX; i++) {
    AcLeave leave = { .member = f->in_village };

    leave.id = id = ask_good (f, f->in_village, "病假");
    assert_decision_refused (f, withdraw_leave,
                             (AcLeave){ .id = id, .member = f->activist },
                             AC_TIMETABLE_ERROR_NOT_FOUND, "leave");
    jobs_run (store, withdraw_leave, &leave, NULL);
  }
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM leaves"), ==, 0);
  assert_decision_refused (f, approve_leave, (AcLeave){ .id = id, .decider = staff },
                           AC_TIMETABLE_ERROR_NOT_FOUND, "leave");
  id = ask_good (f, f->in_village, "病假");
  decide (f, refuse_leave, id, staff, "当天没有排班");
  assert_decision_refused (f, withdraw_leave,
                           (AcLeave){ .id = id, .member = f->in_village },
                           AC_TIMETABLE_ERROR_STATE, "leave");
}

/* What staff have said meanwhile stays. */
static void
test_leave_after_an_excuse (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;
  gint64 staff = jobs_add_member (store, "staff");
  gint64 id;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  id = ask_good (f, f->in_village, "病假");
  excuse (f, f->in_village, AC_EXPECTED_EXEMPT, "八十岁");
  assert_listed (f, 0, "village(exempt) activist");
  assert_decision_refused (f, approve_leave, (AcLeave){ .id = id, .decider = staff },
                           AC_TIMETABLE_ERROR_STATE, "leave");
  assert_listed (f, 0, "village(exempt) activist");
  g_assert_cmpint (query_number (store, "SELECT count (*) FROM excuses "
                                        "WHERE state = 'exempt' AND reason = '八十岁'"),
                   ==, 1);
  decide (f, refuse_leave, id, staff, "已免学");
  assert_listed (f, 0, "village(exempt) activist");
}

static guint
count_leaves (Fixture *f, gint64 member)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ac_leave_list (f->base.store, member, 0, 0, 100, &error);

  g_assert_no_error (error);
  return list->len;
}

/* Nobody waits for an answer that is not needed any more. */
static void
test_leave_from_cancelled (Fixture *f, gconstpointer unused)
{
  AcStore *store = f->base.store;

  write_sql (store, "INSERT INTO lesson_targets VALUES (1, 2)");
  write_sql (store, "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n "
                    "  WHERE i < 21) "
                    "INSERT INTO lessons (id, title, key_hash, created_ms) "
                    "SELECT i, '一课', randomblob (8), 1 FROM n");
  write_sql (store, "INSERT INTO leaves (lesson, member, reason, asked_ms) "
                    "SELECT id, 1, '病假', 1 FROM lessons WHERE id > 1");
  g_assert_cmpuint (count_leaves (f, 0), ==, AC_LEAVES_OPEN_MAX);
  assert_ask_refused (f, LESSON, f->in_village, "x", AC_TIMETABLE_ERROR_STATE,
                      "lesson");
  write_sql (store, "UPDATE lessons SET state = 'cancelled' WHERE id = 7");
  g_assert_cmpuint (count_leaves (f, 0), ==, AC_LEAVES_OPEN_MAX - 1);
  g_assert_cmpuint (count_leaves (f, f->in_village), ==, AC_LEAVES_OPEN_MAX - 1);
  ask_good (f, f->in_village, "病假");
  write_sql (store, "UPDATE leaves SET state = 'refused' WHERE lesson = 7");
  g_assert_cmpuint (count_leaves (f, f->in_village), ==, AC_LEAVES_OPEN_MAX + 1);
}

#define ADD(name, func)                                                                \
  g_test_add ("/expected/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("targets", test_targets);
  ADD ("settled", test_settled);
  ADD ("settled-for-good", test_settled_for_good);
  ADD ("excuses", test_excuses);
  ADD ("leave", test_leave);
  ADD ("leave-refused", test_leave_refused);
  ADD ("leave-withdrawn", test_leave_withdrawn);
  ADD ("leave-after-an-excuse", test_leave_after_an_excuse);
  ADD ("leave-from-cancelled", test_leave_from_cancelled);
  return g_test_run ();
}
