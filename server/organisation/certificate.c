#include "certificate.h"

#include "field_check.h"

static const gchar *const state_names[] = {
  [AC_CERTIFICATE_UNVERIFIED] = "unverified",
  [AC_CERTIFICATE_VERIFIED] = "verified",
  [AC_CERTIFICATE_REVOKED] = "revoked",
};

const gchar *
ac_certificate_state_name (AcCertificateState state)
{
  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

gboolean
ac_certificate_state_from_name (const gchar *name, AcCertificateState *ret_state)
{
  gint place =
      ac_organisation_find_word (state_names, G_N_ELEMENTS (state_names), name);

  if (place >= 0)
    *ret_state = (AcCertificateState)place;
  return place >= 0;
}

/* @ret_same: whether that is what the row says already */
static gboolean
compare (AcStore *store, gint64 member, const AcCertificateChange *change,
         gboolean *ret_same, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT certificate IS ?2 AND certificate_state IS ?3 FROM members WHERE id = ?1",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "itt", member, change->number,
                     state_names[change->state]);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member",
                                   "member: no such member");
  *ret_same = code == SQLITE_ROW && sqlite3_column_int (statement, 0) != 0;
  return code == SQLITE_ROW;
}

gboolean
ac_certificate_set (AcStore *store, gint64 member, const AcCertificateChange *change,
                    gint64 wall_ms, GError **error)
{
  GError *refusal = ac_check_certificate (change->number);
  g_autoptr (AcStatement) statement = NULL;
  gboolean same = FALSE;
  gint64 id;

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  if (!compare (store, member, change, &same, error))
    return FALSE;
  if (same)
    return TRUE;
  statement = ac_store_prepare (store,
                                "UPDATE members SET certificate = ?2, "
                                "certificate_state = ?3 WHERE id = ?1 RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "itt", member, change->number,
                     state_names[change->state]);
  return ac_organisation_insert (store, statement, "certificate", &id, error) &&
         ac_store_run (
             store, error,
             "INSERT INTO certificates (member, number, state, actor, note, wall_ms) "
             "VALUES (?, ?, ?, ?, ?, ?)",
             "ittnti", member, change->number, state_names[change->state],
             change->actor, change->note, wall_ms);
}

static void
free_entry (gpointer data)
{
  AcCertificateEntry *entry = data;

  g_free (entry->number);
  g_free (entry->note);
  g_free (entry);
}

GPtrArray *
ac_certificate_history (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (free_entry);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT number, state, actor, note, wall_ms FROM certificates "
                        "WHERE member = ? ORDER BY id",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcCertificateEntry *entry = g_new0 (AcCertificateEntry, 1);

    entry->number = ac_statement_text (statement, 0);
    ac_certificate_state_from_name ((const gchar *)sqlite3_column_text (statement, 1),
                                    &entry->state);
    entry->actor = sqlite3_column_int64 (statement, 2);
    entry->note = ac_statement_text (statement, 3);
    entry->wall_ms = sqlite3_column_int64 (statement, 4);
    g_ptr_array_add (entries, entry);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&entries) : NULL;
}
