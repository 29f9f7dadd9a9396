#include "identity.h"

#include "audit.h"
#include "clock.h"
#include "log.h"

#include <sodium.h>
#include <string.h>

struct _AcIdentities {
  AcStore *store;
  gchar *path;
  AcIdentityKeys *keys; /* NULL: none can be used, error says why */
  GError *error;
  gboolean is_rotating;
};

static gboolean
has_numbers (AcStore *store)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT EXISTS (SELECT 1 FROM identities)", NULL);

  /* When it cannot be read there may be some. */
  return statement == NULL || ac_store_step (store, statement, NULL) != SQLITE_ROW ||
         sqlite3_column_int (statement, 0) != 0;
}

static AcIdentityKeys *
make_keys (AcStore *store, const gchar *path, GError **error)
{
  g_autoptr (AcIdentityKeys) keys = NULL;

  if (has_numbers (store)) {
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity",
                            "the key of the identity numbers, %s, is not there: put it "
                            "back from the backup; nothing is lost",
                            path);
    return NULL;
  }
  keys = ac_identity_keys_new (NULL);
  return ac_identity_keys_save (keys, path, error) ? g_steal_pointer (&keys) : NULL;
}

static AcIdentityKeys *
load_keys (AcStore *store, const gchar *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  AcIdentityKeys *keys = NULL;

  if (sodium_init () < 0) {
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity",
                            "libsodium cannot start");
    return NULL;
  }
  keys = ac_identity_keys_load (path, &local);
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_clear_error (&local);
    keys = make_keys (store, path, &local);
  }
  if (keys == NULL && local->domain != AC_ORGANISATION_ERROR)
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity", "%s",
                            local->message);
  else if (keys == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return keys;
}

AcIdentities *
ac_identities_new (AcStore *store, const gchar *path)
{
  AcIdentities *self = g_new0 (AcIdentities, 1);

  self->store = store;
  self->path = g_strdup (path);
  self->keys = load_keys (store, path, &self->error);
  if (self->keys == NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "identity numbers cannot be used: %s",
            self->error->message);
  return self;
}

void
ac_identities_free (AcIdentities *self)
{
  g_clear_pointer (&self->keys, ac_identity_keys_unref);
  g_clear_error (&self->error);
  g_free (self->path);
  g_free (self);
}

AcIdentityKeys *
ac_identities_keys (AcIdentities *self, GError **error)
{
  if (self != NULL && self->keys != NULL)
    return ac_identity_keys_ref (self->keys);
  if (self != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  else
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity",
                            "identity numbers are not kept here");
  return NULL;
}

/* --- Rows --- */

gint64
ac_identity_find (AcStore *store, const AcIdentityKeys *keys, const gchar *number,
                  GError **error)
{
  /* Few keys, most often one: so the rows are asked which there are. */
  g_autoptr (AcStatement) names =
      ac_store_prepare (store, "SELECT DISTINCT key FROM identities", error);
  gint64 member = 0;
  gint code = SQLITE_DONE;

  if (names == NULL)
    return 0;
  while (member == 0 && (code = ac_store_step (store, names, error)) == SQLITE_ROW) {
    const gchar *name = (const gchar *)sqlite3_column_text (names, 0);
    g_autofree gchar *match = ac_identity_match (keys, name, number);
    g_autoptr (AcStatement) row = ac_store_prepare (
        store, "SELECT member FROM identities WHERE key = ? AND match = ?", error);

    if (row == NULL)
      return 0;
    ac_statement_bind (row, "tt", name, match);
    if ((code = ac_store_step (store, row, error)) == SQLITE_ROW)
      member = sqlite3_column_int64 (row, 0);
    if (code < 0)
      return 0;
  }
  return member;
}

gboolean
ac_identity_set (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                 const gchar *number, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree gchar *match = NULL;
  gint64 owner;

  if (number == NULL)
    return ac_store_run (store, error, "DELETE FROM identities WHERE member = ?", "i",
                         member);
  owner = ac_identity_find (store, keys, number, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (owner != 0 && owner != member)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_EXISTS, "identity",
                                   "identity: another member has this number");
  sealed = ac_identity_seal (keys, member, number);
  match = ac_identity_match (keys, ac_identity_keys_name (keys), number);
  return ac_store_run (store, error,
                       "INSERT INTO identities (member, key, sealed, match) "
                       "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (member) DO UPDATE "
                       "SET key = ?2, sealed = ?3, match = ?4",
                       "itbt", member, ac_identity_keys_name (keys), sealed, match);
}

static gchar *
unseal_row (AcStatement *row, const AcIdentityKeys *keys, gint64 member, GError **error)
{
  gchar *number = ac_identity_unseal (keys, (const gchar *)sqlite3_column_text (row, 0),
                                      member, sqlite3_column_blob (row, 1),
                                      (gsize)sqlite3_column_bytes (row, 1));

  if (number == NULL)
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity",
                            "the identity number of member %" G_GINT64_FORMAT
                            " is sealed by a key that is not here: put keys/"
                            "identity.key back from the backup",
                            member);
  return number;
}

gchar *
ac_identity_get (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                 GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT key, sealed FROM identities WHERE member = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  return ac_store_step (store, statement, error) == SQLITE_ROW
             ? unseal_row (statement, keys, member, error)
             : NULL;
}

/* --- Another key --- */

typedef struct {
  AcIdentities *identities;
  AcIdentityKeys *keys; /* the old ones and the fresh one */
  guint n_sealed;
  AcIdentitiesDone done;
  gpointer user_data;
} Rotation;

static void
rotation_free (gpointer data)
{
  Rotation *rotation = data;

  ac_identity_keys_unref (rotation->keys);
  g_free (rotation);
}

/* Returns: (transfer full): gint64 of the members whose number another key has sealed.
 */
static GArray *
find_old (AcStore *store, const AcIdentityKeys *keys, GError **error)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT member FROM identities WHERE key != ?", error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "t", ac_identity_keys_name (keys));
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);

    g_array_append_val (members, member);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&members) : NULL;
}

static gboolean
seal_again (AcStore *store, const AcIdentityKeys *keys, gint64 member, GError **error)
{
  g_autofree gchar *number = ac_identity_get (store, keys, member, error);
  gboolean good;

  if (number == NULL)
    return FALSE;
  good = ac_identity_set (store, keys, member, number, error);
  sodium_memzero (number, strlen (number));
  return good;
}

static gboolean
write_rotation (AcStore *store, gpointer data, GError **error)
{
  Rotation *rotation = data;
  g_autoptr (GArray) members = find_old (store, rotation->keys, error);
  g_autofree gchar *detail = NULL;

  if (members == NULL)
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!seal_again (store, rotation->keys, g_array_index (members, gint64, i), error))
      return FALSE;
  rotation->n_sealed = members->len;
  detail = ac_audit_detail ("ti", "what", "identity", "numbers", (gint64)members->len);
  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_KEY_ROTATE, .detail = detail },
                        ac_clock_wall_ms (), error);
}

static void
rotated (gpointer data, const GError *store_error, gpointer unused)
{
  Rotation *rotation = data;
  AcIdentities *self = rotation->identities;
  g_autoptr (AcIdentityKeys) current = ac_identity_keys_current (rotation->keys);
  g_autoptr (GError) error = NULL;

  self->is_rotating = FALSE;
  if (store_error != NULL)
    error = g_error_copy (store_error);
  else if (ac_identity_keys_save (current, self->path, &error)) {
    ac_identity_keys_unref (self->keys);
    self->keys = g_steal_pointer (&current);
  }
  rotation->done (rotation->n_sealed, error, rotation->user_data);
}

/* The fresh key is durable before anything is sealed by it, the old one there until
 * nothing is any more. Jobs that wait already run before, with the keys they hold. */
void
ac_identities_rotate (AcIdentities *self, AcIdentitiesDone done, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcIdentityKeys) before = ac_identities_keys (self, &error);
  g_autoptr (AcIdentityKeys) keys =
      before != NULL ? ac_identity_keys_new (before) : NULL;
  Rotation *rotation;

  /* Two at once would each throw away what the other seals by. */
  if (self != NULL && self->is_rotating)
    g_set_error (&error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY,
                 "the key is being changed already");
  else if (error == NULL && keys == NULL)
    ac_organisation_refuse (&error, AC_ORGANISATION_ERROR_UNAVAILABLE, "identity",
                            "the key was changed so often without coming to an end "
                            "that no more are kept: see the log for why it fails");
  if (error != NULL || !ac_identity_keys_save (keys, self->path, &error)) {
    done (0, error, user_data);
    return;
  }
  self->is_rotating = TRUE;
  ac_identity_keys_unref (self->keys);
  self->keys = ac_identity_keys_ref (keys);
  rotation = g_new0 (Rotation, 1);
  rotation->identities = self;
  rotation->keys = g_steal_pointer (&keys);
  rotation->done = done;
  rotation->user_data = user_data;
  ac_store_write (self->store, write_rotation, rotation, rotation_free, rotated, NULL);
}
