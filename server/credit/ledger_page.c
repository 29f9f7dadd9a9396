#include "ledger_page.h"

#include "ledger.h"

static void
free_entry (gpointer data)
{
  ac_ledger_entry_free (data);
}

/* A member's entries and a lesson's are found by their index; what is asked of all is
 * looked through from its end. @found: how */
#define SELECT(found)                                                                  \
  "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "                                      \
  "  SELECT branches.id FROM branches JOIN down ON parent = at) "                      \
  "SELECT " AC_LEDGER_COLUMNS " FROM ledger WHERE " found " AND seq < ?2 "             \
  "AND (?1 IS NULL OR home_branch IN (SELECT at FROM down) "                           \
  "  OR host_branch IN (SELECT at FROM down)) "                                        \
  "AND (?3 IS NULL OR member = ?3) AND (?4 IS NULL OR lesson = ?4) "                   \
  "AND (?5 IS NULL OR kind = ?5) AND created_ms >= ?6 AND created_ms < ?7 "            \
  "ORDER BY seq DESC LIMIT ?8"

GPtrArray *
ac_ledger_page (AcStore *store, const AcLedgerQuery *query, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (free_entry);
  g_autoptr (AcStatement) statement = NULL;
  gint code;

  if (query->member != 0)
    statement = ac_store_prepare (store, SELECT ("member = ?3"), error);
  else if (query->lesson != 0)
    statement = ac_store_prepare (store, SELECT ("lesson = ?4"), error);
  else
    statement = ac_store_prepare (store, SELECT ("1"), error);
  if (statement == NULL)
    return NULL;
  ac_statement_bind (
      statement, "ninntiii", query->branch,
      query->before > 0 ? query->before : G_MAXINT64, query->member, query->lesson,
      query->kind >= 0 ? ac_entry_kind_name ((AcEntryKind)query->kind) : NULL,
      query->from_ms, query->until_ms, (gint64)query->limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcLedgerEntry *entry = g_new0 (AcLedgerEntry, 1);

    g_ptr_array_add (entries, entry);
    ac_ledger_read_row (statement, entry);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&entries) : NULL;
}

GArray *
ac_ledger_closed_years (AcStore *store, GError **error)
{
  g_autoptr (GArray) years = g_array_new (FALSE, FALSE, sizeof (AcClosedYear));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT year, closed_ms, actor, entries FROM closed_years ORDER BY year DESC",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcClosedYear year = { sqlite3_column_int64 (statement, 0),
                          sqlite3_column_int64 (statement, 1),
                          sqlite3_column_int64 (statement, 2),
                          sqlite3_column_int64 (statement, 3) };

    g_array_append_val (years, year);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&years) : NULL;
}
