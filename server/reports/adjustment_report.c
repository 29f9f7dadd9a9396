/* adjustment_report.c - what was entered into the ledger by hand, by whom and why. */
#include "report_fill.h"

#include "day.h"
#include "digest.h"
#include "ledger.h"

#include <string.h>

const AcReportColumn ac_report_adjustment_columns[] = {
  { "entry", "台账号", "Entry", AC_REPORT_COUNT, 4 },
  { "day", "登记日", "Entered on", AC_REPORT_DAY, 6 },
  { "kind", "类型", "Kind", AC_REPORT_TEXT, 4 },
  { "home", "支部", "Branch", AC_REPORT_TEXT, 6 },
  { "number", "编号", "Number", AC_REPORT_TEXT, 11 },
  { "name", "姓名", "Name", AC_REPORT_TEXT, 4 },
  { "lesson", "课程", "Lesson", AC_REPORT_TEXT, 7 },
  { "time", "时长增减", "Time", AC_REPORT_TIME, 5, TRUE },
  { "reference", "所指条目", "About entry", AC_REPORT_COUNT, 4 },
  { "reason", "原因", "Reason", AC_REPORT_TEXT, 7 },
  { "evidence", "依据", "Evidence", AC_REPORT_TEXT, 5 },
  { "actor", "经办人", "Entered by", AC_REPORT_TEXT, 4 },
  { "approver", "批准人", "Approved by", AC_REPORT_TEXT, 4 },
  { "hash", "校验值", "Hash", AC_REPORT_TEXT, 8 },
  { NULL },
};

/* Enough to find the entry and to compare it with another copy. */
#define HASH_DIGITS 12

static void
put_kind (AcReport *report, AcEntryKind kind)
{
  static const struct {
    const gchar *zh, *en;
  } words[AC_N_ENTRY_KINDS] = {
    [AC_ENTRY_AUTO] = { "自动", "automatic" },
    [AC_ENTRY_STEWARD] = { "签到", "check-in" },
    [AC_ENTRY_LATE] = { "离线补传", "late" },
    [AC_ENTRY_ADJUST] = { "更正", "adjusted" },
    [AC_ENTRY_VOID] = { "撤销", "taken back" },
    [AC_ENTRY_WAIVE] = { "免学", "waived" },
    [AC_ENTRY_MAKEUP] = { "补学", "made up" },
  };

  ac_report_put_text (report, ac_report_word (report, words[kind].zh, words[kind].en));
}

static void
put_person (AcReport *report, AcReportScope *scope, gint64 member)
{
  ac_report_put_name (report, scope,
                      member != 0 ? ac_report_scope_person (scope, member) : NULL);
}

static void
put_optional (AcReport *report, gint64 number)
{
  if (number != 0)
    ac_report_put_number (report, number);
  else
    ac_report_put_none (report);
}

/* Columns after those of the ledger: title, reason, evidence. */
static void
add_row (AcReportScope *scope, AcReport *report, AcStatement *row,
         const AcLedgerEntry *entry, const gchar *day)
{
  const AcReportPerson *person = ac_report_scope_person (scope, entry->member);
  g_autofree gchar *hash = ac_digest_to_text (entry->hash);

  hash[HASH_DIGITS] = '\0';
  ac_report_begin_row (report);
  ac_report_put_number (report, entry->seq);
  ac_report_put_text (report, day);
  put_kind (report, entry->kind);
  ac_report_put_branch (
      report, scope, entry->home_branch != 0 ? entry->home_branch : entry->host_branch);
  ac_report_put_number_of (report, person);
  ac_report_put_name (report, scope, person);
  ac_report_put_text (report, (const gchar *)sqlite3_column_text (row, 21));
  ac_report_put_number (report, entry->earned_ms);
  put_optional (report, entry->reference);
  ac_report_put_text (report, (const gchar *)sqlite3_column_text (row, 22));
  ac_report_put_text (report, (const gchar *)sqlite3_column_text (row, 23));
  put_person (report, scope, entry->actor);
  put_person (report, scope, entry->approver);
  ac_report_put_text (report, hash);
}

gboolean
ac_report_fill_adjustments (AcReportScope *scope, AcReport *report, GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  const AcReportAsk *ask = ac_report_scope_ask (scope);
  /* The words of the index ledger_by_hand. */
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT " AC_LEDGER_COLUMNS ", title, note.reason, note.evidence FROM ledger "
      "JOIN lessons ON lessons.id = ledger.lesson "
      "LEFT JOIN ledger_notes AS note ON note.entry = ledger.seq "
      "WHERE kind IN ('ADJUST', 'VOID', 'WAIVE', 'MAKEUP', 'LATE') ORDER BY seq",
      error);
  gint code = -1;

  while (statement != NULL &&
         (code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    g_auto (AcLedgerEntry) entry = { 0 };
    gchar day[AC_DAY_CHARS + 1];

    ac_ledger_read_row (statement, &entry); /* the schema admits known names only */
    ac_day_at (entry.created_ms, day);
    if (strcmp (day, ask->from) >= 0 && strcmp (day, ask->to) <= 0 &&
        ac_report_scope_has (scope, entry.home_branch, entry.host_branch))
      add_row (scope, report, statement, &entry, day);
  }
  ac_report_add_count (report, ac_report_word (report, "条数", "Entries"),
                       ac_report_n_rows (report));
  ac_report_add_signature (report, ac_report_word (report, "审计人", "Audited by"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
  return code == SQLITE_DONE;
}
