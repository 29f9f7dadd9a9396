/* study_reports.c - what members studied: the credit of each, and the host feedback. */
#include "duties.h"
#include "report_fill.h"
#include "study_tally.h"

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

/* --- Credit by person --- */

const AcReportColumn ac_report_credit_columns[] = {
  AC_REPORT_WHO,
  { "lessons", "参学课数", "Lessons", AC_REPORT_COUNT, 4, TRUE },
  { "group_time", "集中学习时长", "Group study", AC_REPORT_TIME, 5, TRUE },
  { "self_time", "自学时长", "Self study", AC_REPORT_TIME, 5, TRUE },
  { "group_credit", "集中学时", "Group credit", AC_REPORT_HOURS, 4, TRUE },
  { "self_credit", "自学学时", "Self credit", AC_REPORT_HOURS, 4, TRUE },
  { "counted", "计入学时", "Counted", AC_REPORT_HOURS, 4, TRUE },
  { "required", "要求学时", "Required", AC_REPORT_HOURS, 4 },
  { "short", "尚差学时", "Still to do", AC_REPORT_HOURS, 4 },
  { NULL },
};

typedef struct {
  gint64 n_people, n_studied, n_asked, n_reached;
} CreditCounts;

static void
add_credit_row (AcReportScope *scope, AcReport *report, const AcDuties *duties,
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
  if (!ac_duties_find (duties, tally->key.member, person, &required)) {
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

gboolean
ac_report_fill_credit (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcDuties) duties = ac_duties_new (scope, error);
  g_autoptr (AcTallies) tallies =
      duties != NULL ? ac_tallies_of_everybody (scope, error) : NULL;
  g_autoptr (GPtrArray) sorted = NULL;
  CreditCounts counts = { 0 };

  if (tallies == NULL)
    return FALSE;
  sorted = ac_tallies_sort (tallies, FALSE);
  for (guint i = 0; i < sorted->len; i++)
    add_credit_row (scope, report, duties, sorted->pdata[i], &counts);
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
  { "group_time", "集中学习时长", "Group study", AC_REPORT_TIME, 5, TRUE },
  { "self_time", "自学时长", "Self study", AC_REPORT_TIME, 5, TRUE },
  { "group_credit", "集中学时", "Group credit", AC_REPORT_HOURS, 4, TRUE },
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
