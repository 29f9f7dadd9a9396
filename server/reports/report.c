#include "report.h"

#include "credit_error.h"
#include "day.h"
#include "digest.h"
#include "ledger.h"
#include "report_fill.h"

#include <string.h>

static const struct {
  const gchar *name, *zh, *en;
  const AcReportColumn *columns;
  gboolean (*fill) (AcReportScope *scope, AcReport *report, GError **error);
} kinds[AC_N_REPORT_KINDS] = {
  [AC_REPORT_CREDIT] = { "credit", "个人学时汇总", "Credit by person",
                         ac_report_credit_columns, ac_report_fill_credit },
  [AC_REPORT_SIGN_IN] = { "sign-in", "参学签到表", "Check-in sheet",
                          ac_report_sign_in_columns, ac_report_fill_sign_in },
  [AC_REPORT_SITES] = { "sites", "站点收看台账", "Site log", ac_report_site_columns,
                        ac_report_fill_sites },
  [AC_REPORT_HOST] = { "host", "流入地参学反馈单", "Host feedback",
                       ac_report_host_columns, ac_report_fill_host },
  [AC_REPORT_MAKE_UP] = { "make-up", "补学名单", "Make-up list",
                          ac_report_make_up_columns, ac_report_fill_make_up },
  [AC_REPORT_CONTACT] = { "contact", "流动党员联系提醒", "Contact reminders",
                          ac_report_contact_columns, ac_report_fill_contact },
  [AC_REPORT_SKILLS] = { "skills", "技能培训人数/人次",
                         "Skills training: heads and attendances",
                         ac_report_skill_columns, ac_report_fill_skills },
  [AC_REPORT_LECTURERS] = { "lecturers", "讲师授课台账", "Lecturers' hours",
                            ac_report_lecturer_columns, ac_report_fill_lecturers },
  [AC_REPORT_ADJUSTMENTS] = { "adjustments", "更正审计台账", "Adjustments",
                              ac_report_adjustment_columns,
                              ac_report_fill_adjustments },
  [AC_REPORT_TRANSCRIPT] = { "transcript", "个人学时证明", "Transcript of study credit",
                             ac_report_transcript_columns, ac_report_fill_transcript },
  [AC_REPORT_PROGRESS] = { "progress", "年度学时进度", "Yearly progress",
                           ac_report_progress_columns, ac_report_fill_progress },
};

const gchar *
ac_report_kind_name (AcReportKind kind)
{
  g_return_val_if_fail ((guint)kind < AC_N_REPORT_KINDS, NULL);

  return kinds[kind].name;
}

gboolean
ac_report_kind_from_name (const gchar *name, AcReportKind *ret_kind)
{
  for (guint i = 0; i < AC_N_REPORT_KINDS; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0) {
      *ret_kind = (AcReportKind)i;
      return TRUE;
    }
  return FALSE;
}

/* --- What the kinds share --- */

void
ac_report_add_branch_signatures (AcReport *report)
{
  ac_report_add_signature (report, ac_report_word (report, "填表人", "Made by"));
  ac_report_add_signature (report, ac_report_word (report, "审核人", "Checked by"));
  ac_report_add_signature (report,
                           ac_report_word (report, "支部（盖章）", "Branch (seal)"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
}

void
ac_report_note_no_record (AcReport *report)
{
  ac_report_add_note (
      report,
      ac_report_word (report, "“无记录”只表示系统中没有记录，不表示本人未参加学习。",
                      "\"No record\" says that the system has no record; it "
                      "never says that somebody did not attend."));
}

void
ac_report_put_state (AcReport *report, AcRecordState state)
{
  static const struct {
    const gchar *zh, *en;
  } words[] = {
    [AC_RECORD_NONE] = { "无记录", "no record" },
    [AC_RECORD_PARTIAL] = { "部分", "partial" },
    [AC_RECORD_ATTENDED] = { "出席", "attended" },
    [AC_RECORD_MADE_UP] = { "补学", "made up" },
    [AC_RECORD_EXEMPT] = { "免学", "exempt" },
  };

  ac_report_put_text (report,
                      ac_report_word (report, words[state].zh, words[state].en));
}

/* --- Making --- */

static gboolean
set_origin (AcReportScope *scope, AcReport *report, GError **error)
{
  const AcReportAsk *ask = ac_report_scope_ask (scope);
  g_autoptr (GBytes) hash = NULL;
  g_autofree gchar *head = NULL;
  gint64 seq;

  if (!ac_ledger_head (ac_report_scope_store (scope), &seq, &hash, error))
    return FALSE;
  head = ac_digest_to_text (hash);
  ac_report_set_origin (
      report, &(AcReportOrigin){
                  .subtree = ask->branch != 0
                                 ? ac_report_scope_branch (scope, ask->branch)
                                 : ac_report_word (report, "全部支部", "All branches"),
                  .from = ask->from,
                  .to = ask->to,
                  .ledger_seq = seq,
                  .ledger_head = head,
                  .made_ms = ask->made_ms,
                  .made_by = ask->made_by,
              });
  return TRUE;
}

/* The sign-in sheet is about one lesson, whatever period was asked for: from its day on
 * everything that was entered about it counts. */
static gboolean
narrow_to_lesson (AcStore *store, AcReportAsk *ask, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT coalesce (started_ms, planned_ms, created_ms) "
                        "FROM lessons WHERE id = ?",
                        error);
  gchar day[AC_DAY_CHARS + 1], today[AC_DAY_CHARS + 1];
  gint code;

  if (ask->lesson == 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "lesson",
                             "a check-in sheet is of a lesson: name it");
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", ask->lesson);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "lesson",
                             "there is no lesson %" G_GINT64_FORMAT, ask->lesson);
  if (code != SQLITE_ROW)
    return FALSE;
  ac_day_at (sqlite3_column_int64 (statement, 0), day);
  ac_day_at (ask->made_ms, today);
  return ac_report_ask_set_period (ask, day, strcmp (day, today) > 0 ? day : today,
                                   error);
}

AcReport *
ac_report_make (AcStore *store, AcReportKind kind, const AcReportAsk *ask,
                GError **error)
{
  g_autoptr (AcReportAsk) own = ac_report_ask_copy (ask);
  g_autoptr (AcReportScope) scope = NULL;
  g_autoptr (AcReport) report = NULL;

  if (kind == AC_REPORT_SIGN_IN && !narrow_to_lesson (store, own, error))
    return NULL;
  if (kind != AC_REPORT_TRANSCRIPT)
    own->member = 0;
  scope = ac_report_scope_new (store, own, error);
  if (scope == NULL)
    return NULL;
  report =
      ac_report_new (ask->language, kinds[kind].name,
                     ask->language == AC_REPORT_ZH ? kinds[kind].zh : kinds[kind].en,
                     kinds[kind].columns);
  if (!set_origin (scope, report, error) || !kinds[kind].fill (scope, report, error))
    return NULL;
  if (ac_report_n_rows (report) > AC_REPORT_ROWS_MAX) {
    ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "from",
                      "more than %u rows: ask for a shorter period or a smaller branch",
                      AC_REPORT_ROWS_MAX);
    return NULL;
  }
  return g_steal_pointer (&report);
}
