/* contact_report.c - migrant members who have not studied for a while, so that somebody
 * calls them. */
#include "report_fill.h"
#include "study_tally.h"

#include "day.h"

const AcReportColumn ac_report_contact_columns[] = {
  { "host", "流入地支部", "Host branch", AC_REPORT_TEXT, 10 },
  { "home", "流出地支部", "Home branch", AC_REPORT_TEXT, 10 },
  { "number", "编号", "Number", AC_REPORT_TEXT, 10 },
  { "name", "姓名", "Name", AC_REPORT_TEXT, 4 },
  { "phone", "电话", "Phone", AC_REPORT_TEXT, 8 },
  { "last_day", "最近参学日", "Last study", AC_REPORT_DAY, 6 },
  { "days", "已隔天数", "Days since", AC_REPORT_COUNT, 4 },
  { "contact", "联系情况", "Contact", AC_REPORT_BLANK, 10 },
  { NULL },
};

/* @day: of ac_day_parse() */
static gint64
day_number (const gchar *day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)g_ascii_strtoull (day + 8, NULL, 10),
                  (GDateMonth)g_ascii_strtoull (day + 5, NULL, 10),
                  (GDateYear)g_ascii_strtoull (day, NULL, 10));
  return g_date_get_julian (&date);
}

/* Returns: (transfer full) (nullable): the last day up to @to with earned time; NULL
 * without @error when there is none. */
static gchar *
last_studied (AcStore *store, gint64 member, const gchar *to, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT held_on FROM ledger JOIN lesson_terms USING (lesson) "
      "WHERE member = ? AND held_on <= ? GROUP BY lesson HAVING sum (earned_ms) > 0 "
      "ORDER BY held_on DESC LIMIT 1",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "it", member, to);
  return ac_store_step (store, statement, error) == SQLITE_ROW
             ? ac_statement_text (statement, 0)
             : NULL;
}

static void
add_migrant (gint64 member, const AcReportPerson *person, gpointer tallies)
{
  if (person->host != 0)
    ac_tallies_get (tallies, member, person->home, person->host);
}

static gboolean
add_row (AcReportScope *scope, AcReport *report, const AcStudyTally *tally,
         GError **error)
{
  const AcReportAsk *ask = ac_report_scope_ask (scope);
  const AcReportPerson *person = ac_report_scope_person (scope, tally->key.member);
  g_autoptr (GError) local = NULL;
  g_autofree gchar *last =
      last_studied (ac_report_scope_store (scope), tally->key.member, ask->to, &local);
  gint64 days = last != NULL ? day_number (ask->to) - day_number (last) : 0;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (last != NULL && days < ask->days)
    return TRUE;
  ac_report_begin_row (report);
  ac_report_put_branch (report, scope, tally->host);
  ac_report_put_branch (report, scope, tally->home);
  ac_report_put_number_of (report, person);
  ac_report_put_name (report, scope, person);
  ac_report_put_phone (report, scope, person);
  ac_report_put_text (
      report, last != NULL ? last : ac_report_word (report, "无记录", "no record"));
  if (last != NULL)
    ac_report_put_number (report, days);
  else
    ac_report_put_none (report);
  ac_report_put_none (report);
  return TRUE;
}

gboolean
ac_report_fill_contact (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (AcTallies) tallies = ac_tallies_new (scope, FALSE);
  g_autoptr (GPtrArray) sorted = NULL;

  ac_report_scope_each_person (scope, add_migrant, tallies);
  sorted = ac_tallies_sort (tallies, TRUE);
  for (guint i = 0; i < sorted->len; i++)
    if (!add_row (scope, report, sorted->pdata[i], error))
      return FALSE;
  ac_report_add_count (report, ac_report_word (report, "流动党员", "Migrant members"),
                       sorted->len);
  ac_report_add_count (
      report, ac_report_word (report, "未参学天数不少于", "Days without study"),
      ac_report_scope_ask (scope)->days);
  ac_report_add_count (report, ac_report_word (report, "需联系", "To be contacted"),
                       ac_report_n_rows (report));
  ac_report_note_no_record (report);
  ac_report_add_signature (report, ac_report_word (report, "联系人", "Contact person"));
  ac_report_add_signature (report, ac_report_word (report, "日期", "Date"));
  return TRUE;
}
