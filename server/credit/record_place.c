#include "record_place.h"

gboolean
ac_record_place (AcStore *store, gint64 member, gint64 lesson, AcMembership *ret_place,
                 GError **error)
{
  gint64 held_ms;
  gint code;

  *ret_place = (AcMembership){ 0 };
  {
    g_autoptr (AcStatement) row = ac_store_prepare (
        store,
        "SELECT coalesce (started_ms, planned_ms, created_ms) FROM lessons "
        "WHERE id = ?",
        error);

    if (row == NULL)
      return FALSE;
    ac_statement_bind (row, "i", lesson);
    code = ac_store_step (store, row, error);
    held_ms = code == SQLITE_ROW ? sqlite3_column_int64 (row, 0) : 0;
  }
  return code == SQLITE_ROW
             ? ac_membership_at (store, member, held_ms, ret_place, error)
             : code == SQLITE_DONE;
}
