#include "import_key.h"

#include "field_check.h"

static const gchar *const ledger_names[AC_LEDGER_KINDS] = {
  [AC_LEDGER_WORKERS] = "workers",
  [AC_LEDGER_ENTERPRISES] = "enterprises",
  [AC_LEDGER_ACTIVISTS] = "activists",
  [AC_LEDGER_WORKER_MEMBERS] = "worker-members",
};

const gchar *
ac_ledger_kind_name (AcLedgerKind ledger)
{
  g_return_val_if_fail ((guint)ledger < AC_LEDGER_KINDS, NULL);

  return ledger_names[ledger];
}

gboolean
ac_ledger_kind_from_name (const gchar *name, AcLedgerKind *ret_ledger)
{
  gint place =
      ac_organisation_find_word (ledger_names, G_N_ELEMENTS (ledger_names), name);

  if (place >= 0)
    *ret_ledger = (AcLedgerKind)place;
  return place >= 0;
}

gboolean
ac_import_key_set (AcStore *store, gint64 member, AcLedgerKind ledger, const gchar *key,
                   GError **error)
{
  GError *refusal = key != NULL ? ac_check_key (key) : NULL;
  g_autoptr (GError) local = NULL;

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  if (!ac_store_run (store, error,
                     "DELETE FROM import_keys WHERE member = ? AND ledger = ?", "it",
                     member, ledger_names[ledger]))
    return FALSE;
  if (key == NULL ||
      ac_store_run (store, &local,
                    "INSERT INTO import_keys (ledger, key, member) VALUES (?, ?, ?)",
                    "tti", ledger_names[ledger], key, member))
    return TRUE;
  if (g_error_matches (local, AC_STORE_ERROR, AC_STORE_ERROR_EXISTS))
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_EXISTS, "key",
                                   "key: another member has it in that ledger");
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

GPtrArray *
ac_import_key_list (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT ledger, key FROM import_keys WHERE member = ?", error);
  AcLedgerKind ledger = AC_LEDGER_WORKERS;
  gint code;

  if (statement == NULL)
    return NULL;
  g_ptr_array_set_size (keys, AC_LEDGER_KINDS);
  ac_statement_bind (statement, "i", member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    if (ac_ledger_kind_from_name ((const gchar *)sqlite3_column_text (statement, 0),
                                  &ledger))
      keys->pdata[ledger] = ac_statement_text (statement, 1);
  return code == SQLITE_DONE ? g_steal_pointer (&keys) : NULL;
}
