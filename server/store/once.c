#include "once.h"

void
ac_once_clear (AcOnce *self)
{
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->digest, g_bytes_unref);
}

void
ac_once_copy (AcOnce *to, const AcOnce *from)
{
  *to = (AcOnce){ from->member, g_strdup (from->key),
                  from->digest != NULL ? g_bytes_ref (from->digest) : NULL };
}

gboolean
ac_once_find (AcStore *store, const AcOnce *self, gint64 *ret_made, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;
  gint code;

  *ret_made = 0;
  if (self->key == NULL)
    return TRUE;
  statement = ac_store_prepare (
      store, "SELECT made, digest = ? FROM asked_once WHERE member = ? AND key = ?",
      error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "bit", self->digest, self->member, self->key);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW && !sqlite3_column_int (statement, 1)) {
    g_set_error_literal (error, AC_STORE_ERROR, AC_STORE_ERROR_KEY,
                         "something else was asked for by this key; use another one");
    return FALSE;
  }
  if (code == SQLITE_ROW)
    *ret_made = sqlite3_column_int64 (statement, 0);
  return code >= 0;
}

/* One more comes: the oldest of its owner's makes room. */
static gboolean
make_room (AcStore *store, const AcOnce *self, gint64 wall_ms, GError **error)
{
  return ac_store_run (store, error, "DELETE FROM asked_once WHERE wall_ms < ?", "i",
                       wall_ms - AC_ONCE_LIFE_MS) &&
         ac_store_run (store, error,
                       "DELETE FROM asked_once WHERE member = ?1 AND id <= "
                       "  (SELECT id FROM asked_once WHERE member = ?1 "
                       "   ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                       "ii", self->member, (gint64)AC_ONCE_KEYS_MAX - 1);
}

gboolean
ac_once_keep (AcStore *store, const AcOnce *self, gint64 made, gint64 wall_ms,
              GError **error)
{
  return self->key == NULL ||
         (make_room (store, self, wall_ms, error) &&
          ac_store_run (store, error,
                        "INSERT INTO asked_once (member, key, digest, made, wall_ms) "
                        "VALUES (?, ?, ?, ?, ?)",
                        "itbii", self->member, self->key, self->digest, made, wall_ms));
}
