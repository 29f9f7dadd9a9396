#include "standing.h"

#include "audit.h"
#include "credit_error.h"
#include "ledger.h"

#define YEAR_MIN 1970
#define YEAR_MAX 9999
#define REASON_MAX_CHARS 400

gboolean
ac_standing_set (AcStore *store, const AcStanding *standing, gint64 wall_ms,
                 GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("iti", "year", standing->year, "duty",
                                              ac_duty_name (standing->duty), "exempt",
                                              (gint64)(standing->exempt != FALSE));
  const AcAuditEntry entry = { .act = AC_AUDIT_STANDING_SET,
                               .actor = standing->actor,
                               .member = standing->member,
                               .reason = standing->reason,
                               .detail = detail };
  gboolean closed;

  if (standing->actor != 0 && standing->actor == standing->member)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_DENIED, "member",
                                     AC_REASON_OWN,
                                     "nobody says what they owe themselves");
  if (standing->year < YEAR_MIN || standing->year > YEAR_MAX)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, "year",
                                     AC_REASON_YEAR_RANGE, "year must be from %d to %d",
                                     YEAR_MIN, YEAR_MAX);
  if (*standing->reason == '\0' ||
      g_utf8_strlen (standing->reason, -1) > REASON_MAX_CHARS)
    return ac_credit_refuse_because (
        error, AC_CREDIT_ERROR_INVALID, "reason", AC_REASON_REASON_FORM,
        "reason must say why, in 1 to %d characters", REASON_MAX_CHARS);
  if (!ac_ledger_is_closed (store, standing->year, &closed, error))
    return FALSE;
  if (closed)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_STATE, "year",
                                     AC_REASON_YEAR_CLOSED,
                                     "%" G_GINT64_FORMAT " is closed", standing->year);
  return ac_store_run (store, error,
                       "INSERT INTO standings (member, year, duty, exempt, reason, "
                       "  created_ms, actor) VALUES (?, ?, ?, ?, ?, ?, ?)",
                       "iitdtin", standing->member, standing->year,
                       ac_duty_name (standing->duty), standing->exempt != FALSE,
                       standing->reason, wall_ms, standing->actor) &&
         ac_audit_note (store, &entry, wall_ms, error);
}

static void
free_row (gpointer data)
{
  AcStandingRow *row = data;

  g_free (row->number);
  g_free (row->reason);
  g_free (row);
}

static AcStandingRow *
read_row (AcStatement *statement)
{
  AcStandingRow *row = g_new0 (AcStandingRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->member = sqlite3_column_int64 (statement, 1);
  row->number = ac_statement_text (statement, 2);
  row->year = sqlite3_column_int64 (statement, 3);
  ac_duty_from_name ((const gchar *)sqlite3_column_text (statement, 4), &row->duty);
  row->exempt = sqlite3_column_int (statement, 5) != 0;
  row->reason = ac_statement_text (statement, 6);
  row->actor = sqlite3_column_int64 (statement, 7);
  row->created_ms = sqlite3_column_int64 (statement, 8);
  return row;
}

GPtrArray *
ac_standing_list (AcStore *store, gint64 branch, gint64 member, gint64 year,
                  gint64 before, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT s.id, member, number, year, duty, exempt, reason, actor, s.created_ms "
      "FROM standings s JOIN members m ON m.id = member "
      "WHERE (?1 IS NULL OR m.branch IN (SELECT at FROM down) "
      "  OR m.host IN (SELECT at FROM down)) "
      "AND (?2 IS NULL OR member = ?2) AND (?3 IS NULL OR year = ?3) "
      "AND (?4 IS NULL OR s.id < ?4) ORDER BY s.id DESC LIMIT ?5",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nnnni", branch, member, year, before, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}
