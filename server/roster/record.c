#include "record.h"

#include "identity.h"
#include "import_key.h"
#include "membership.h"

AcRosterRecord *
ac_roster_record_new (void)
{
  return g_new0 (AcRosterRecord, 1);
}

void
ac_roster_record_free (AcRosterRecord *record)
{
  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    g_free (record->values[i]);
  g_free (record->before[AC_SIDE_HOME]);
  g_free (record->before[AC_SIDE_HOST]);
  g_free (record);
}

static void
free_record (gpointer data)
{
  ac_roster_record_free (data);
}

/* The columns of members, in the order of the statement. */
static const AcRosterColumn plain[] = {
  AC_ROSTER_NUMBER, AC_ROSTER_NAME, AC_ROSTER_KIND,        AC_ROSTER_PHONE,
  AC_ROSTER_HOME,   AC_ROSTER_HOST, AC_ROSTER_CERTIFICATE, AC_ROSTER_CERTIFICATE_STATE,
};

/* @by_member: gint64 * of a record -> the record */
static gboolean
load_members (AcStore *store, GPtrArray *records, GHashTable *by_member, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT id, number, name, kind, phone, branch, host, "
                        "  certificate, certificate_state FROM members ORDER BY id",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcRosterRecord *record = ac_roster_record_new ();

    record->member = sqlite3_column_int64 (statement, 0);
    for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
      record->values[plain[i]] = ac_statement_text (statement, (gint)i + 1);
    g_ptr_array_add (records, record);
    g_hash_table_insert (by_member, &record->member, record);
  }
  return code == SQLITE_DONE;
}

/* The last row of a side is that which holds: see membership.h. */
static gboolean
load_days (AcStore *store, GHashTable *by_member, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT member, side = 'host', from_day FROM memberships "
                        "ORDER BY member, side, from_day",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    AcRosterRecord *record = g_hash_table_lookup (by_member, &member);
    AcSide side = sqlite3_column_int (statement, 1) != 0 ? AC_SIDE_HOST : AC_SIDE_HOME;
    AcRosterColumn column =
        side == AC_SIDE_HOST ? AC_ROSTER_HOST_FROM : AC_ROSTER_HOME_FROM;

    if (record == NULL)
      continue;
    g_free (record->before[side]);
    record->before[side] = record->values[column];
    record->values[column] = ac_statement_text (statement, 2);
  }
  return code == SQLITE_DONE;
}

static gboolean
load_keys (AcStore *store, GHashTable *by_member, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT member, ledger, key FROM import_keys", error);
  AcLedgerKind ledger = AC_LEDGER_WORKERS;
  gint code;

  if (statement == NULL)
    return FALSE;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    AcRosterRecord *record = g_hash_table_lookup (by_member, &member);

    if (record != NULL &&
        ac_ledger_kind_from_name ((const gchar *)sqlite3_column_text (statement, 1),
                                  &ledger))
      record->values[AC_ROSTER_KEY + ledger] = ac_statement_text (statement, 2);
  }
  return code == SQLITE_DONE;
}

/* Returns: (transfer full) (nullable): what the row of identities says of @member. */
static gchar *
read_identity (AcStore *store, AcStatement *row, const AcIdentityKeys *keys,
               gboolean whole, GError **error)
{
  const gchar *current = ac_identity_keys_name (keys);
  g_autofree gchar *number = NULL;

  if (!whole && g_strcmp0 ((const gchar *)sqlite3_column_text (row, 1), current) == 0)
    return ac_statement_text (row, 2);
  number = ac_identity_get (store, keys, sqlite3_column_int64 (row, 0), error);
  if (number == NULL || whole)
    return g_steal_pointer (&number);
  return ac_identity_match (keys, current, number);
}

static gboolean
load_identities (AcStore *store, GHashTable *by_member, const AcIdentityKeys *keys,
                 gboolean whole, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;
  gint code;

  if (keys == NULL)
    return TRUE;
  statement =
      ac_store_prepare (store, "SELECT member, key, match FROM identities", error);
  if (statement == NULL)
    return FALSE;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    AcRosterRecord *record = g_hash_table_lookup (by_member, &member);

    if (record == NULL)
      continue;
    record->values[AC_ROSTER_IDENTITY] =
        read_identity (store, statement, keys, whole, error);
    if (record->values[AC_ROSTER_IDENTITY] == NULL)
      return FALSE;
  }
  return code == SQLITE_DONE;
}

GPtrArray *
ac_roster_record_load (AcStore *store, const AcIdentityKeys *keys, gboolean whole,
                       GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (free_record);
  g_autoptr (GHashTable) by_member = g_hash_table_new (g_int64_hash, g_int64_equal);

  return load_members (store, records, by_member, error) &&
                 load_days (store, by_member, error) &&
                 load_keys (store, by_member, error) &&
                 load_identities (store, by_member, keys, whole, error)
             ? g_steal_pointer (&records)
             : NULL;
}
