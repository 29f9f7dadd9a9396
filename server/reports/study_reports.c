/* study_reports.c - what members studied: the credit ledger and the host feedback. */
#include "report_fill.h"
#include "study_tally.h"

static void
add_figure (const AcStudyFigure *figure, gpointer tallies)
{
  ac_tallies_add (tallies, figure);
}

static void
put_studied (AcReport *report, const AcStudyTally *tally)
{
  ac_report_put_number (report, tally->n_lessons);
  ac_report_put_number (report, tally->time.group_ms);
  ac_report_put_number (report, tally->time.self_ms);
  ac_report_put_number (report, tally->credit.group_permille);
  ac_report_put_number (report,
                        tally->credit.credit_permille - tally->credit.group_permille);
}

/* --- Credit ledger --- */

const AcReportColumn ac_report_credit_columns[] = {
  AC_REPORT_WHO,
  { "lessons", "参学课数", "Lessons", AC_REPORT_COUNT, 4, TRUE },
  { "group_time", "集体学习时长", "Group study", AC_REPORT_TIME, 5, TRUE },
  { "self_time", "自学时长", "Self study", AC_REPORT_TIME, 5, TRUE },
  { "group_credit", "集体学时", "Group credit", AC_REPORT_HOURS, 4, TRUE },
  { "self_credit", "自学学时", "Self credit", AC_REPORT_HOURS, 4, TRUE },
  { "counted", "计入学时", "Counted", AC_REPORT_HOURS, 4, TRUE },
  { "required", "应学学时", "Required", AC_REPORT_HOURS, 4 },
  { "short", "尚差学时", "Still to do", AC_REPORT_HOURS, 4 },
  { NULL },
};

/* What is asked of each member in a year. */
typedef struct {
  const AcReportAsk *ask;
  gint64 required_permille[AC_N_DUTIES];
  gboolean known;        /* the period lies within one year, and a policy says it */
  GHashTable *standings; /* member: duty + 1, or EXEMPT */
} Duties;

#define EXEMPT (AC_N_DUTIES + 1)

static gboolean
load_standings (AcStore *store, gint64 year, GHashTable *standings, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT member, duty, exempt FROM standings WHERE year = ? "
                        "ORDER BY id",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", year);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 *member = g_new (gint64, 1);
    AcDuty duty = AC_DUTY_MEMBER;

    *member = sqlite3_column_int64 (statement, 0);
    ac_duty_from_name ((const gchar *)sqlite3_column_text (statement, 1), &duty);
    g_hash_table_insert (standings, member,
                         GUINT_TO_POINTER (sqlite3_column_int (statement, 2) != 0
                                               ? EXEMPT
                                               : (guint)duty + 1));
  }
  return code == SQLITE_DONE;
}

static gboolean
load_duties (AcReportScope *scope, Duties *duties, GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  const AcReportAsk *ask = ac_report_scope_ask (scope);
  gint64 year = g_ascii_strtoll (ask->to, NULL, 10);
  g_autofree gchar *last_day = g_strdup_printf ("%04d-12-31", (gint)year);
  g_autoptr (GError) local = NULL;
  g_autoptr (AcPolicyVersion) policy = ac_policy_on (store, last_day, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  duties->known = policy != NULL && g_ascii_strtoll (ask->from, NULL, 10) == year;
  for (guint i = 0; policy != NULL && i < AC_N_DUTIES; i++)
    duties->required_permille[i] = policy->required_permille[i];
  return load_standings (store, year, duties->standings, error);
}

/* Nothing is asked of people who are no members yet. */
static gboolean
find_required (const Duties *duties, gint64 member, const AcReportPerson *person,
               gint64 *ret_permille)
{
  guint standing = GPOINTER_TO_UINT (g_hash_table_lookup (duties->standings, &member));
  gboolean of_the_party =
      person != NULL && (person->kind == g_intern_static_string ("member") ||
                         person->kind == g_intern_static_string ("probationary"));

  if (!duties->known || standing == EXEMPT || (standing == 0 && !of_the_party))
    return FALSE;
  *ret_permille = duties->required_permille[standing == 0 ? 0 : standing - 1];
  return TRUE;
}

static void
add_person (gint64 member, const AcReportPerson *person, gpointer data)
{
  AcTallies *tallies = data;

  if (!ac_tallies_has (tallies, member, person->home, person->host))
    ac_tallies_get (tallies, member, person->home, person->host);
}

typedef struct {
  gint64 n_people, n_studied, n_asked, n_reached;
} CreditCounts;

static void
add_credit_row (AcReportScope *scope, AcReport *report, const Duties *duties,
                const AcStudyTally *tally, CreditCounts *counts)
{
  const AcReportPerson *person = ac_report_scope_person (scope, tally->key.member);
  gint64 counted = tally->credit.counted_permille, required;

  ac_report_begin_row (report);
  ac_report_put_who (report, scope, tally->key.member, tally->home, tally->host);
  put_studied (report, tally);
  ac_report_put_number (report, counted);
  counts->n_people++;
  counts->n_studied += tally->n_lessons > 0;
  if (!find_required (duties, tally->key.member, person, &required)) {
    ac_report_put_none (report);
    ac_report_put_none (report);
    return;
  }
  ac_report_put_number (report, required);
  ac_report_put_number (report, MAX (required - counted, 0));
  counts->n_asked++;
  counts->n_reached += counted >= required;
}

static void
conclude_credit (AcReport *report, const CreditCounts *counts)
{
  ac_report_add_count (report, ac_report_word (report, "人数", "People"),
                       counts->n_people);
  ac_report_add_count (report, ac_report_word (report, "有参学记录", "With a record"),
                       counts->n_studied);
  ac_report_add_count (report, ac_report_word (report, "有学时要求", "Asked for hours"),
                       counts->n_asked);
  ac_report_add_count (report, ac_report_word (report, "已达标", "Reached"),
                       counts->n_reached);
  ac_report_add_note (
      report, ac_report_word (
                  report, "支部以开课时的归属为准；没有记录的人员按期末花名册列出。",
                  "Branches are those of the time of the lesson; who has no record "
                  "is listed by the roster of the last day."));
  ac_report_note_no_record (report);
  ac_report_add_branch_signatures (report);
}

/* Where the ledger places somebody counts before the roster: figures are added first.
 */
gboolean
ac_report_fill_credit (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, FALSE);
  g_autoptr (GHashTable) standings =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) sorted = NULL;
  Duties duties = { .ask = ac_report_scope_ask (scope), .standings = standings };
  CreditCounts counts = { 0 };

  if (!load_duties (scope, &duties, error) ||
      !ac_ledger_pass (scope, 0, FALSE, add_figure, tallies, error))
    return FALSE;
  ac_report_scope_each_person (scope, add_person, tallies);
  sorted = ac_tallies_sort (tallies, FALSE);
  for (guint i = 0; i < sorted->len; i++)
    add_credit_row (scope, report, &duties, sorted->pdata[i], &counts);
  conclude_credit (report, &counts);
  return TRUE;
}

/* --- Host feedback --- */

const AcReportColumn ac_report_host_columns[] = {
  { "host", "流入地支部", "Host branch", AC_REPORT_TEXT, 10 },
  { "home", "流出地支部", "Home branch", AC_REPORT_TEXT, 10 },
  { "number", "编号", "Number", AC_REPORT_TEXT, 10 },
  { "name", "姓名", "Name", AC_REPORT_TEXT, 4 },
  { "lessons", "参学课数", "Lessons", AC_REPORT_COUNT, 4, TRUE },
  { "group_time", "集体学习时长", "Group study", AC_REPORT_TIME, 5, TRUE },
  { "self_time", "自学时长", "Self study", AC_REPORT_TIME, 5, TRUE },
  { "group_credit", "集体学时", "Group credit", AC_REPORT_HOURS, 4, TRUE },
  { "self_credit", "自学学时", "Self credit", AC_REPORT_HOURS, 4, TRUE },
  { NULL },
};

static void
add_hosted (const AcStudyFigure *figure, gpointer tallies)
{
  if (figure->host != 0)
    ac_tallies_add (tallies, figure);
}

gboolean
ac_report_fill_host (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, TRUE);
  g_autoptr (GPtrArray) sorted = NULL;

  if (!ac_ledger_pass (scope, 0, FALSE, add_hosted, tallies, error))
    return FALSE;
  sorted = ac_tallies_sort (tallies, TRUE);
  for (guint i = 0; i < sorted->len; i++) {
    const AcStudyTally *tally = sorted->pdata[i];
    const AcReportPerson *person = ac_report_scope_person (scope, tally->key.member);

    ac_report_begin_row (report);
    ac_report_put_branch (report, scope, tally->host);
    ac_report_put_branch (report, scope, tally->home);
    ac_report_put_number_of (report, person);
    ac_report_put_name (report, scope, person);
    put_studied (report, tally);
  }
  ac_report_note_no_record (report);
  ac_report_add_signature (
      report, ac_report_word (report, "流入地支部（盖章）", "Host branch (seal)"));
  ac_report_add_signature (
      report, ac_report_word (report, "流出地支部（签收）", "Home branch (received)"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
  return TRUE;
}
