/* transcript_report.c - what one member studied, lesson by lesson. */
#include "report_fill.h"

#include "credit_error.h"
#include "mask.h"

const AcReportColumn ac_report_transcript_columns[] = {
  { "day", "日期", "Day", AC_REPORT_DAY, 6 },
  { "lesson", "课程", "Lesson", AC_REPORT_TEXT, 15 },
  { "state", "参学情况", "State", AC_REPORT_TEXT, 5 },
  { "group_time", "集中学习时长", "Group study", AC_REPORT_TIME, 6, TRUE },
  { "self_time", "自学时长", "Self study", AC_REPORT_TIME, 5, TRUE },
  { "group_credit", "集中学时", "Group credit", AC_REPORT_HOURS, 4, TRUE },
  { "self_credit", "自学学时", "Self credit", AC_REPORT_HOURS, 4, TRUE },
  { "policy", "学时规则", "Policy", AC_REPORT_TEXT, 6 },
  { NULL },
};

static void
add_lesson (const AcStudyFigure *figure, gpointer data)
{
  AcReport *report = data;

  ac_report_begin_row (report);
  ac_report_put_text (report, figure->lesson->day);
  ac_report_put_text (report, figure->lesson->title);
  ac_report_put_state (report, figure->state);
  ac_report_put_number (report, figure->time.group_ms);
  ac_report_put_number (report, figure->time.self_ms);
  ac_report_put_number (report, figure->credit.group_permille);
  ac_report_put_number (report,
                        figure->credit.credit_permille - figure->credit.group_permille);
  ac_report_put_text (
      report, figure->lesson->policy != NULL ? figure->lesson->policy->version : NULL);
}

/* The paper is its own member's, so their name stands there whole. */
static void
add_person (AcReportScope *scope, AcReport *report, const AcReportPerson *person)
{
  g_autofree gchar *masked = ac_mask_name (person->name);

  ac_report_add_fact (report, ac_report_word (report, "姓名", "Name"),
                      ac_report_scope_ask (scope)->unmasked ? person->name : masked);
  ac_report_add_fact (report, ac_report_word (report, "编号", "Number"),
                      person->number);
  if (person->home != 0)
    ac_report_add_fact (report, ac_report_word (report, "流出地支部", "Home branch"),
                        ac_report_scope_branch (scope, person->home));
  if (person->host != 0)
    ac_report_add_fact (report, ac_report_word (report, "流入地支部", "Host branch"),
                        ac_report_scope_branch (scope, person->host));
}

gboolean
ac_report_fill_transcript (AcReportScope *scope, AcReport *report, GError **error)
{
  gint64 member = ac_report_scope_ask (scope)->member;
  const AcReportPerson *person = ac_report_scope_person (scope, member);

  if (person == NULL)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "member",
                             "there is no member %" G_GINT64_FORMAT, member);
  if (!ac_ledger_pass_member (scope, member, add_lesson, report, error))
    return FALSE;
  add_person (scope, report, person);
  ac_report_note_no_record (report);
  ac_report_add_signature (
      report, ac_report_word (report, "出具单位（盖章）", "Issued by (seal)"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
  return TRUE;
}
