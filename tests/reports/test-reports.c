/* What the ten reports say of a small county, against sums that the test makes itself.
 */
#include "county.h"

#include <string.h>

#include "credit_error.h"

#define N1 "360026000000000001"
#define N2 "360026000000000002"
#define N3 "360026000000000003"
#define N4 "360026000000000004"
#define N5 "360026000000000005"

/* Members 1 and 2 all of lesson 1, 3 half of it; 4 in lessons 1 and 2, on either side
 * of the move; 1 has some more of lesson 2 alone. */
static void
study (County *self)
{
  static const CountyEntry entries[] = {
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1, 1, "0-7200000", MINUTES (120) },
    { AC_ENTRY_STEWARD, AC_STUDY_GROUP, 1, 2, "0-7200000", MINUTES (120) },
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1, 3, "0-3600000", MINUTES (60) },
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1, 4, "0-7200000", MINUTES (120) },
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 2, 4, "0-7200000", MINUTES (120) },
    { AC_ENTRY_AUTO, AC_STUDY_SELF, 2, 1, "0-2700000", MINUTES (45) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    county_enter (self, &entries[i]);
}

static void
test_credit (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;
  static const gchar group[] =
      "SELECT sum (earned_ms) FROM ledger WHERE study = 'group'";

  study (self);
  report = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 5);
  g_assert_cmpint (county_sum (report, "group_time"), ==,
                   query_number (self->store.store, group));
  g_assert_cmpint (county_sum (report, "self_time"), ==, MINUTES (45));
  /* 120 minutes are 2.5 credit hours, 60 one. */
  g_assert_cmpint (county_figure (report, N1, "group_credit"), ==, 2500);
  g_assert_cmpint (county_figure (report, N1, "self_credit"), ==, 1000);
  g_assert_cmpint (county_figure (report, N1, "counted"), ==, 2500);
  g_assert_cmpint (county_figure (report, N1, "short"), ==, 29500);
  g_assert_cmpint (county_figure (report, N3, "group_credit"), ==, 1000);
  g_assert_cmpint (county_figure (report, N4, "lessons"), ==, 2);
  g_assert_cmpint (county_figure (report, N5, "lessons"), ==, 0);
  g_assert_cmpint (county_figure (report, N5, "required"), ==, -1); /* no member */
  g_assert_cmpstr (county_fact (report, "有参学记录"), ==, "4");
}

/* What a member studied stays with the branch of then; a subtree is with all below. */
static void
test_subtree (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) town = NULL;
  g_autoptr (AcReport) other = NULL;
  g_autoptr (AcReport) host = NULL;

  study (self);
  self->ask->branch = 2;
  town = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpuint (ac_report_n_rows (town), ==, 3);
  g_assert_cmpint (county_figure (town, N4, "group_time"), ==, MINUTES (120));
  g_assert_cmpint (county_figure (town, N4, "lessons"), ==, 1);
  g_assert_cmpint (county_figure (town, N1, "group_time"), ==, MINUTES (120));
  g_assert_cmpint (county_figure (town, N3, "group_time"), ==, -1);
  self->ask->branch = 3;
  other = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpint (county_figure (other, N4, "lessons"), ==, 1);
  g_assert_cmpstr (county_text (other, N4, "home"), ==, "乙镇");
  self->ask->branch = 5;
  host = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpuint (ac_report_n_rows (host), ==, 1);
  g_assert_cmpint (county_figure (host, N2, "group_time"), ==, MINUTES (120));
}

static void
test_period (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  study (self);
  g_assert_true (
      ac_report_ask_set_period (self->ask, "2025-09-01", "2025-09-30", NULL));
  report = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpint (county_sum (report, "group_time"), ==, MINUTES (120));
  g_assert_cmpint (county_sum (report, "self_time"), ==, MINUTES (45));
}

static gboolean
close_year (AcStore *store, gpointer data, GError **error)
{
  return ac_ledger_close_year (store, 2025, 0, g_get_real_time () / 1000, error);
}

/* What is entered after a year was closed counts in the next one: there, and completing
 * what the lesson had given. */
static void
test_closed_year (County *self, gconstpointer unused)
{
  static const CountyEntry late = { AC_ENTRY_ADJUST, AC_STUDY_GROUP, 1, 3, "",
                                    MINUTES (30) };
  g_autoptr (AcReport) year = NULL;
  g_autoptr (AcReport) next = NULL;

  study (self);
  county_run (self, close_year, NULL);
  county_enter (self, &late);
  year = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpint (county_figure (year, N3, "group_credit"), ==, 1000);
  g_assert_true (
      ac_report_ask_set_period (self->ask, "2026-01-01", "2026-12-31", NULL));
  next = county_report (self, AC_REPORT_CREDIT);
  g_assert_cmpint (county_figure (next, N3, "group_time"), ==, MINUTES (30));
  g_assert_cmpint (county_figure (next, N3, "group_credit"), ==,
                   1000); /* 90: 2 hours */
  g_assert_cmpint (county_sum (next, "group_time"), ==, MINUTES (30));
}

/* The figure @key of the row of @branch; -1: none. */
static gint64
progress (const AcReport *report, gint64 branch, const gchar *key)
{
  guint at = 0;

  while (strcmp (ac_report_column (report, at)->key, key) != 0)
    at++;
  for (guint i = 0; i < ac_report_n_rows (report); i++)
    if (ac_report_cell (report, i, 0)->number == branch)
      return ac_report_cell (report, i, at)->number;
  return -1;
}

/* Of each branch below: the credit of its people, summed up. */
static void
test_progress (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) county = NULL;
  g_autoptr (AcReport) credit = NULL;
  g_autoptr (AcReport) all = NULL;

  study (self);
  credit = county_report (self, AC_REPORT_CREDIT);
  all = county_report (self, AC_REPORT_PROGRESS);
  g_assert_cmpint (county_sum (all, "people"), ==, ac_report_n_rows (credit));
  self->ask->branch = 1;
  county = county_report (self, AC_REPORT_PROGRESS);
  g_assert_cmpint (progress (county, 2, "people"), ==, 3);
  g_assert_cmpint (progress (county, 3, "people"), ==, 2);
  g_assert_cmpint (progress (county, 2, "asked"), ==, 3);
  g_assert_cmpint (progress (county, 2, "required"), ==, 3 * 32000);
  g_assert_cmpint (progress (county, 2, "counted") * 1000 /
                       progress (county, 2, "required"),
                   ==, progress (county, 2, "fulfilled"));
  g_assert_cmpint (county_sum (county, "counted"), ==, county_sum (credit, "counted"));
}

static void
test_host (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  study (self);
  self->ask->branch = 4; /* the home side gets what is about its people */
  report = county_report (self, AC_REPORT_HOST);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 1);
  g_assert_cmpstr (county_text (report, N2, "host"), ==, "驻深圳党支部");
  g_assert_cmpstr (county_text (report, N2, "home"), ==, "东村");
  g_assert_cmpint (county_figure (report, N2, "group_time"), ==, MINUTES (120));
}

static void
test_sign_in (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  study (self);
  write_sql (
      self->store.store,
      "INSERT INTO sites (id, branch, name, created_ms) VALUES (1, 4, '会议室', 0)");
  write_sql (self->store.store,
             "INSERT INTO room_stays (lesson, site, member, way, in_ms, in_wall_ms) "
             "VALUES (2, 1, 2, 'roster', 0, 0)");
  write_sql (self->store.store,
             "INSERT INTO room_guests (lesson, site, name, in_wall_ms, steward) "
             "VALUES (2, 1, '来宾', 0, 1)");
  self->ask->lesson = 2;
  report = county_report (self, AC_REPORT_SIGN_IN);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 5);
  g_assert_cmpstr (county_text (report, N4, "state"), ==, "出席");
  g_assert_cmpstr (county_text (report, N1, "state"), ==, "部分");
  g_assert_cmpstr (county_text (report, N2, "state"), ==, "已签到");
  g_assert_cmpstr (county_text (report, N2, "site"), ==, "会议室");
  g_assert_cmpstr (county_text (report, N3, "state"), ==, "无记录");
  g_assert_cmpstr (county_text (report, N5, "state"), ==, "请假");
  g_assert_cmpstr (county_fact (report, "应到"), ==, "5");
  g_assert_cmpstr (county_fact (report, "实到"), ==, "3");
  g_assert_cmpstr (county_fact (report, "请假"), ==, "1");
  g_assert_cmpstr (county_fact (report, "缺席（应到无记录）"), ==, "1");
  g_assert_cmpstr (county_fact (report, "来宾"), ==, "1");
  g_assert_cmpstr (county_fact (report, "到课率"), ==, "60.0%");
}

static void
test_make_up (County *self, gconstpointer unused)
{
  static const CountyEntry made_up = { AC_ENTRY_MAKEUP, AC_STUDY_GROUP, 2, 2, "",
                                       MINUTES (90) };
  g_autoptr (AcReport) report = NULL;

  study (self);
  county_enter (self, &made_up);
  report = county_report (self, AC_REPORT_MAKE_UP);
  g_assert_cmpint (county_figure (report, N1, "missing"), ==,
                   1); /* 45 of 120 minutes */
  g_assert_cmpint (county_figure (report, N2, "missing"), ==, -1);
  g_assert_cmpint (county_figure (report, N3, "missing"), ==, 2);
  g_assert_cmpint (county_figure (report, N4, "missing"), ==, -1);
  g_assert_cmpint (county_figure (report, N5, "excused"), ==, 2);
  g_assert_cmpstr (county_text (report, N3, "lessons"), ==,
                   "03-10 第一讲；09-10 第二讲");
}

/* What was made up after the year was closed counts in the next one; nobody needs to do
 * it twice. */
static void
test_made_up_late (County *self, gconstpointer unused)
{
  static const CountyEntry made_up = { AC_ENTRY_MAKEUP, AC_STUDY_GROUP, 2, 3, "",
                                       MINUTES (90) };
  g_autoptr (AcReport) before = NULL;
  g_autoptr (AcReport) after = NULL;
  g_autoptr (AcReport) sheet = NULL;

  study (self);
  county_run (self, close_year, NULL);
  before = county_report (self, AC_REPORT_MAKE_UP);
  g_assert_cmpint (county_figure (before, N3, "missing"), ==, 2);
  county_enter (self, &made_up);
  after = county_report (self, AC_REPORT_MAKE_UP);
  g_assert_cmpint (county_figure (after, N3, "missing"), ==, 1);
  g_assert_cmpstr (county_text (after, N3, "lessons"), ==, "03-10 第一讲");
  self->ask->lesson = 2;
  sheet = county_report (self, AC_REPORT_SIGN_IN);
  g_assert_cmpstr (county_text (sheet, N3, "state"), ==, "补学");
}

static void
test_contact (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) soon = NULL;
  g_autoptr (AcReport) later = NULL;
  g_autoptr (AcReport) masked = NULL;

  study (self);
  g_assert_true (ac_report_ask_set_period (self->ask, NULL, "2025-03-31", NULL));
  soon = county_report (self, AC_REPORT_CONTACT);
  g_assert_cmpuint (ac_report_n_rows (soon), ==, 0); /* 21 days */
  g_assert_true (ac_report_ask_set_period (self->ask, NULL, "2025-04-09", NULL));
  later = county_report (self, AC_REPORT_CONTACT);
  g_assert_cmpuint (ac_report_n_rows (later), ==, 1);
  g_assert_cmpstr (county_text (later, N2, "last_day"), ==, "2025-03-10");
  g_assert_cmpint (county_figure (later, N2, "days"), ==, 30);
  g_assert_cmpstr (county_text (later, N2, "phone"), ==, "13800138002");
  self->ask->unmasked = FALSE;
  masked = county_report (self, AC_REPORT_CONTACT);
  g_assert_cmpstr (county_text (masked, N2, "phone"), ==, "138****8002");
  g_assert_cmpstr (county_text (masked, N2, "name"), ==, "李*");
}

/* One person in two lessons is one head and two attendances. */
static void
test_skills (County *self, gconstpointer unused)
{
  static const CountyEntry more[] = {
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 3, 4, "0-7200000", MINUTES (120) },
    { AC_ENTRY_AUTO, AC_STUDY_GROUP, 3, 5, "0-7200000", MINUTES (120) },
  };
  g_autoptr (AcReport) report = NULL;

  study (self);
  county_enter (self, &more[0]);
  county_enter (self, &more[1]);
  report = county_report (self, AC_REPORT_SKILLS);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 1);
  g_assert_cmpint (county_sum (report, "lessons"), ==, 2);
  g_assert_cmpint (county_sum (report, "heads"), ==, 3);
  g_assert_cmpint (county_sum (report, "attendances"), ==, 4);
  g_assert_cmpint (county_sum (report, "trainee_heads"), ==, 1);
  g_assert_cmpint (county_sum (report, "trainee_attendances"), ==, 1);
  g_assert_cmpstr (county_fact (report, "培训总人数"), ==, "3");
  g_assert_cmpstr (county_fact (report, "培训总人次"), ==, "4");
}

static void
test_lecturers (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  study (self);
  report = county_report (self, AC_REPORT_LECTURERS);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 3);
  g_assert_cmpint (county_sum (report, "taught"), ==, MINUTES (360));
  g_assert_cmpint (county_figure (report, N1, "attendances"), ==, 4);
  self->ask->branch = 2;
  g_clear_pointer (&report, ac_report_free);
  report = county_report (self, AC_REPORT_LECTURERS);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 1);
}

static void
test_sites (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;

  study (self);
  write_sql (
      self->store.store,
      "INSERT INTO sites (id, branch, name, created_ms) VALUES (1, 4, '会议室', 0)");
  write_sql (self->store.store,
             "INSERT INTO room_stays (lesson, site, member, way, in_ms, in_wall_ms, "
             "late) VALUES (1, 1, 1, 'roster', 0, 0, 0), (1, 1, 2, 'card', 0, 0, 0), "
             "(1, 1, 3, 'roster', 0, 0, 1)");
  write_sql (self->store.store,
             "INSERT INTO room_intervals (lesson, site, start_ms, end_ms, earned_ms, "
             "late, wall_ms) VALUES (1, 1, 0, 3600000, 3600000, 0, 0)");
  write_sql (
      self->store.store,
      "INSERT INTO head_counts (lesson, site, moment, heads, signed_in, wall_ms, "
      "steward) VALUES (1, 1, 'start', 3, 2, 0, 1)");
  report = county_report (self, AC_REPORT_SITES);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 1);
  g_assert_cmpint (county_sum (report, "shown"), ==, MINUTES (60));
  /* Nobody approved the third. */
  g_assert_cmpint (county_sum (report, "signed_in"), ==, 2);
  g_assert_cmpint (county_sum (report, "time"), ==, MINUTES (240));
  g_assert_cmpint (county_sum (report, "start"), ==, 3);
  self->ask->branch = 3;
  g_clear_pointer (&report, ac_report_free);
  report = county_report (self, AC_REPORT_SITES);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 0);
}

static void
test_adjustments (County *self, gconstpointer unused)
{
  static const CountyEntry less = { AC_ENTRY_ADJUST, AC_STUDY_GROUP, 1, 1, "",
                                    -MINUTES (15) };
  g_autoptr (AcReport) report = NULL;

  study (self);
  county_enter (self, &less);
  report = county_report (self, AC_REPORT_ADJUSTMENTS);
  g_assert_cmpuint (ac_report_n_rows (report), ==, 1);
  g_assert_cmpint (county_figure (report, N1, "time"), ==, -MINUTES (15));
  g_assert_cmpstr (county_text (report, N1, "reason"), ==, "=纸质签到");
  g_assert_cmpstr (county_text (report, N1, "actor"), ==, "张伟");
  g_assert_cmpstr (county_text (report, N1, "kind"), ==, "更正");
}

static void
test_refused (County *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ac_report_make (self->store.store, AC_REPORT_SIGN_IN, self->ask, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_INVALID);
  g_clear_error (&error);
  self->ask->lesson = 99;
  g_assert_null (
      ac_report_make (self->store.store, AC_REPORT_SIGN_IN, self->ask, &error));
  g_assert_error (error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  self->ask->branch = 99;
  g_assert_null (
      ac_report_make (self->store.store, AC_REPORT_CREDIT, self->ask, &error));
  g_assert_cmpstr (ac_credit_error_field (error), ==, "branch");
  g_clear_error (&error);
  g_assert_false (ac_report_ask_set_period (self->ask, "2025-02-30", NULL, &error));
  g_assert_cmpstr (ac_credit_error_field (error), ==, "from");
  g_clear_error (&error);
  g_assert_false (
      ac_report_ask_set_period (self->ask, "2026-01-02", "2026-01-01", &error));
}

int
main (int argc, char **argv)
{
  static const CountyTest tests[] = {
    { "credit", test_credit },     { "subtree", test_subtree },
    { "period", test_period },     { "closed-year", test_closed_year },
    { "host", test_host },         { "sign-in", test_sign_in },
    { "make-up", test_make_up },   { "made-up-late", test_made_up_late },
    { "progress", test_progress }, { "contact", test_contact },
    { "skills", test_skills },     { "lecturers", test_lecturers },
    { "sites", test_sites },       { "adjustments", test_adjustments },
    { "refused", test_refused },
  };

  g_test_init (&argc, &argv, NULL);
  county_add_tests ("/reports/", tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
