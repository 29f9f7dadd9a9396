#include "screen.h"

#include "credit_error.h"
#include "field_check.h"
#include "json_text.h"
#include "site.h"

void
ac_screen_free (AcScreen *self)
{
  g_free (self->name);
  g_free (self);
}

static void
free_screen (gpointer data)
{
  ac_screen_free (data);
}

JsonObject *
ac_screen_to_json (const AcScreen *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "screen", self->id);
  json_object_set_int_member (object, "site", self->site);
  json_object_set_string_member (object, "name", self->name);
  ac_json_object_set_time (object, "paired_at", self->paired_ms);
  ac_json_object_set_time (object, "last_seen_at", self->last_seen_ms);
  ac_json_object_set_time (object, "revoked_at", self->revoked_ms);
  return object;
}

#define COLUMNS "id, site, name, paired_ms, paired_by, last_seen_ms, revoked_ms"

static AcScreen *
read_screen (AcStatement *row)
{
  AcScreen *screen = g_new0 (AcScreen, 1);

  screen->id = sqlite3_column_int64 (row, 0);
  screen->site = sqlite3_column_int64 (row, 1);
  screen->name = ac_statement_text (row, 2);
  screen->paired_ms = sqlite3_column_int64 (row, 3);
  screen->paired_by = sqlite3_column_int64 (row, 4);
  screen->last_seen_ms = sqlite3_column_int64 (row, 5);
  screen->revoked_ms = sqlite3_column_int64 (row, 6);
  return screen;
}

static gboolean
has_room (AcStore *store, gint64 site, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT count (*) FROM screens WHERE site = ? AND revoked_ms IS NULL",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  return sqlite3_column_int (statement, 0) < AC_SCREENS_PER_SITE ||
         ac_credit_refuse_because (
             error, AC_CREDIT_ERROR_STATE, "site", AC_REASON_SCREENS_FULL,
             "the site has %d screens: revoke one that is no longer used",
             AC_SCREENS_PER_SITE);
}

gboolean
ac_screen_add (AcStore *store, AcScreen *screen, GBytes *token_hash, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, screen->site, &local);
  g_autoptr (GError) bad_name = ac_check_name (screen->name);
  g_autoptr (AcStatement) statement = NULL;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (site == NULL || site->closed_ms != 0)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "site",
                             "there is no such site");
  if (bad_name != NULL)
    return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, "name",
                                     ac_organisation_error_reason (bad_name), "%s",
                                     bad_name->message);
  if (!has_room (store, screen->site, error))
    return FALSE;
  statement = ac_store_prepare (store,
                                "INSERT INTO screens (site, name, token_hash, "
                                "  paired_ms, paired_by, last_seen_ms) "
                                "VALUES (?1, ?2, ?3, ?4, ?5, ?4) RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "itbin", screen->site, screen->name, token_hash,
                     screen->paired_ms, screen->paired_by);
  screen->last_seen_ms = screen->paired_ms;
  return ac_organisation_insert (store, statement, "code", &screen->id, error);
}

gboolean
ac_screen_revoke (AcStore *store, gint64 screen, gint64 site, gint64 wall_ms,
                  GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "UPDATE screens SET revoked_ms = ifnull (revoked_ms, ?3) "
                        "WHERE id = ?1 AND (?2 = 0 OR site = ?2) RETURNING id",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", screen, site, wall_ms);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND, "screen",
                             "there is no such screen");
  return code == SQLITE_ROW;
}

gboolean
ac_screen_seen (AcStore *store, gint64 screen, gint64 wall_ms, GError **error)
{
  return ac_store_run (store, error, "UPDATE screens SET last_seen_ms = ? WHERE id = ?",
                       "ii", wall_ms, screen);
}

AcScreen *
ac_screen_find (AcStore *store, GBytes *token_hash, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " COLUMNS " FROM screens "
                        "WHERE token_hash = ? AND revoked_ms IS NULL",
                        error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "b", token_hash);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_screen (statement)
                                                               : NULL;
}

GPtrArray *
ac_screen_list (AcStore *store, gint64 site, GError **error)
{
  g_autoptr (GPtrArray) screens = g_ptr_array_new_with_free_func (free_screen);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " COLUMNS " FROM screens "
                        "WHERE ?1 = 0 OR site = ?1 ORDER BY id",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", site);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (screens, read_screen (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&screens) : NULL;
}
