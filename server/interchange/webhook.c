#include "webhook.h"

#include "poster.h"

#include <string.h>

#define ENTRIES_IN_EVENT 100
#define KEEP_MS (G_GINT64_CONSTANT (7) * 24 * 60 * 60 * 1000)

G_DEFINE_QUARK (ac - interchange - error - quark, ac_interchange_error)

static const gchar *const event_types[] = {
  "lesson.planned",   "lesson.open",    "lesson.live", "lesson.ended",
  "lesson.cancelled", "record.entered", NULL,
};

void
ac_webhook_free (AcWebhook *self)
{
  g_free (self->uid);
  g_free (self->url);
  g_free (self->types);
  g_free (self->last_error);
  g_free (self);
}

void
ac_webhook_event_free (AcWebhookEvent *event)
{
  g_free (event->uid);
  g_free (event->type);
  g_free (event->data);
  g_free (event);
}

/* Returns: (transfer full) (nullable): the names in order, a blank between. */
static gchar *
normalise_types (const gchar *types, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (types, " ,", -1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !g_strv_contains (event_types, words[i])) {
      g_set_error_literal (error, AC_INTERCHANGE_ERROR, AC_INTERCHANGE_ERROR_EVENTS,
                           "events are lesson.planned, lesson.open, lesson.live, "
                           "lesson.ended, lesson.cancelled and record.entered");
      return NULL;
    }
  for (guint i = 0; event_types[i] != NULL; i++)
    if (g_strv_contains ((const gchar *const *)words, event_types[i]))
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", event_types[i]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gint64
read_number (AcStore *store, const gchar *sql, GError **error)
{
  g_autoptr (AcStatement) row = ac_store_prepare (store, sql, error);

  return row != NULL && ac_store_step (store, row, error) == SQLITE_ROW
             ? sqlite3_column_int64 (row, 0)
             : -1;
}

/* Nobody was told so far: what is in the ledger already is not news. */
static gboolean
begin_feed (AcStore *store, GError **error)
{
  return ac_store_run (
      store, error,
      "INSERT INTO feeds (name, entry) "
      "SELECT 'webhooks', ifnull (max (seq), 0) FROM ledger WHERE true "
      "ON CONFLICT DO UPDATE SET entry = excluded.entry",
      "");
}

gboolean
ac_webhook_add (AcStore *store, const gchar *url, const gchar *types, gint64 wall_ms,
                gint64 *ret_webhook, gchar **ret_uid, GError **error)
{
  g_autofree gchar *wanted = normalise_types (types != NULL ? types : "", error);
  g_autofree gchar *uid = g_uuid_string_random ();
  gint64 n_webhooks;

  if (wanted == NULL)
    return FALSE;
  if (strlen (url) > AC_WEBHOOK_URL_MAX_BYTES || !ac_poster_takes (url)) {
    g_set_error_literal (error, AC_INTERCHANGE_ERROR, AC_INTERCHANGE_ERROR_URL,
                         "a webhook's address must be https://, or http:// on this "
                         "machine, of at most 500 bytes");
    return FALSE;
  }
  n_webhooks = read_number (store, "SELECT count (*) FROM webhooks", error);
  if (n_webhooks < 0)
    return FALSE;
  if (n_webhooks >= AC_WEBHOOKS_MAX) {
    g_set_error (error, AC_INTERCHANGE_ERROR, AC_INTERCHANGE_ERROR_FULL,
                 "there are %u webhooks already: remove one", AC_WEBHOOKS_MAX);
    return FALSE;
  }
  if ((n_webhooks == 0 && !begin_feed (store, error)) ||
      !ac_store_run (store, error,
                     "INSERT INTO webhooks (uid, url, types, created_ms, event) "
                     "SELECT ?, ?, ?, ?, ifnull (max (id), 0) FROM webhook_events",
                     "ttti", uid, url, wanted, wall_ms))
    return FALSE;
  *ret_webhook = read_number (store, "SELECT last_insert_rowid ()", error);
  *ret_uid = g_steal_pointer (&uid);
  return *ret_webhook > 0;
}

/* Runs @sql with @webhook; NOT_FOUND when it is not there. */
static gboolean
change (AcStore *store, gint64 webhook, const gchar *sql, GError **error)
{
  if (!ac_store_run (store, error, sql, "i", webhook))
    return FALSE;
  if (read_number (store, "SELECT changes ()", error) > 0)
    return TRUE;
  g_set_error_literal (error, AC_INTERCHANGE_ERROR, AC_INTERCHANGE_ERROR_NOT_FOUND,
                       "there is no such webhook; see airclass webhook list");
  return FALSE;
}

gboolean
ac_webhook_remove (AcStore *store, gint64 webhook, GError **error)
{
  return change (store, webhook, "DELETE FROM webhooks WHERE id = ?", error);
}

gboolean
ac_webhook_resume (AcStore *store, gint64 webhook, GError **error)
{
  return change (store, webhook,
                 "UPDATE webhooks SET stopped_ms = NULL, failing_ms = NULL, tries = 0, "
                 "next_ms = 0 WHERE id = ?",
                 error);
}

GPtrArray *
ac_webhook_list (AcStore *store, GError **error)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_webhook_free);
  g_autoptr (AcStatement) row =
      ac_store_prepare (store,
                        "SELECT id, uid, url, types, created_ms, event, failing_ms, "
                        "last_error, stopped_ms IS NOT NULL, tries, next_ms "
                        "FROM webhooks ORDER BY id",
                        error);
  gint code;

  if (row == NULL)
    return NULL;
  while ((code = ac_store_step (store, row, error)) == SQLITE_ROW) {
    AcWebhook *webhook = g_new0 (AcWebhook, 1);

    webhook->id = sqlite3_column_int64 (row, 0);
    webhook->uid = ac_statement_text (row, 1);
    webhook->url = ac_statement_text (row, 2);
    webhook->types = ac_statement_text (row, 3);
    webhook->created_ms = sqlite3_column_int64 (row, 4);
    webhook->event = sqlite3_column_int64 (row, 5);
    webhook->failing_ms = sqlite3_column_int64 (row, 6);
    webhook->last_error = ac_statement_text (row, 7);
    webhook->stopped = sqlite3_column_int (row, 8);
    webhook->tries = sqlite3_column_int64 (row, 9);
    webhook->next_ms = sqlite3_column_int64 (row, 10);
    g_ptr_array_add (list, webhook);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

AcWebhookEvent *
ac_webhook_next_event (AcStore *store, const AcWebhook *webhook, GError **error)
{
  AcWebhookEvent *event;
  g_autoptr (AcStatement) row = ac_store_prepare (
      store,
      "SELECT id, uid, type, data, wall_ms FROM webhook_events "
      "WHERE id > ?1 AND id < ifnull ((SELECT min (id) FROM webhook_events "
      "                                WHERE data IS NULL), 1 << 62) "
      "AND (?2 = '' OR instr (' ' || ?2 || ' ', ' ' || type || ' ') > 0) "
      "ORDER BY id LIMIT 1",
      error);

  if (row == NULL)
    return NULL;
  ac_statement_bind (row, "it", webhook->event, webhook->types);
  if (ac_store_step (store, row, error) != SQLITE_ROW)
    return NULL;
  event = g_new0 (AcWebhookEvent, 1);
  event->id = sqlite3_column_int64 (row, 0);
  event->uid = ac_statement_text (row, 1);
  event->type = ac_statement_text (row, 2);
  event->data = ac_statement_text (row, 3);
  event->wall_ms = sqlite3_column_int64 (row, 4);
  return event;
}

/* What the triggers note by number only. */
static gboolean
write_lesson_data (AcStore *store, GError **error)
{
  return ac_store_run (
      store, error,
      "UPDATE webhook_events SET data = (SELECT json_object ("
      "  'lesson', id, 'title', title, 'state', substr (type, 8), "
      "  'planned_at', strftime ('%Y-%m-%dT%H:%M:%SZ', planned_ms / 1000, "
      "'unixepoch'), "
      "  'started_at', strftime ('%Y-%m-%dT%H:%M:%SZ', started_ms / 1000, "
      "'unixepoch'), "
      "  'ended_at', strftime ('%Y-%m-%dT%H:%M:%SZ', ended_ms / 1000, 'unixepoch'), "
      "  'length_ms', length_ms) FROM lessons WHERE lessons.id = lesson) "
      "WHERE data IS NULL",
      "");
}

static gboolean
make_record_event (AcStore *store, gint64 *ret_n_made, GError **error)
{
  if (!ac_store_run (
          store, error,
          "INSERT INTO webhook_events (type, data) "
          "SELECT 'record.entered', json_object ('entries', json_group_array ("
          "  json_object ('entry', seq, 'kind', kind, 'study', study, "
          "    'member', 'member-' || member, 'lesson', lesson, "
          "    'earned_ms', earned_ms, 'year', year, 'hash', lower (hex (hash))))) "
          "FROM (SELECT * FROM ledger WHERE seq > "
          "        (SELECT entry FROM feeds WHERE name = 'webhooks') "
          "      ORDER BY seq LIMIT " G_STRINGIFY (
              ENTRIES_IN_EVENT) ") "
                                "HAVING count (*) > 0 AND EXISTS (SELECT 1 FROM "
                                "webhooks)",
          ""))
    return FALSE;
  *ret_n_made = read_number (store, "SELECT changes ()", error);
  return *ret_n_made >= 0 &&
         ac_store_run (store, error,
                       "UPDATE feeds SET entry = min (entry + " G_STRINGIFY (
                           ENTRIES_IN_EVENT) ", (SELECT ifnull (max (seq), 0) FROM "
                                             "ledger)) WHERE name = 'webhooks' "
                                             "AND entry < (SELECT ifnull (max (seq), "
                                             "0) FROM ledger)",
                       "");
}

/* Whoever wants none of the next events is past them: else one who waits for a rare
 * kind would keep all the others. */
static gboolean
pass_over (AcStore *store, GError **error)
{
  return ac_store_run (
      store, error,
      "UPDATE webhooks SET event = max (event, "
      "  (SELECT ifnull (min (next.id) - 1, "
      "                  (SELECT ifnull (max (id), 0) FROM webhook_events)) "
      "   FROM webhook_events AS next WHERE next.id > webhooks.event "
      "     AND instr (' ' || types || ' ', ' ' || next.type || ' ') > 0)) "
      "WHERE types <> '' AND EXISTS "
      "  (SELECT 1 FROM webhook_events AS next WHERE next.id > webhooks.event "
      "   AND instr (' ' || types || ' ', ' ' || next.type || ' ') = 0)",
      "");
}

gboolean
ac_webhook_gather (AcStore *store, gint64 wall_ms, gboolean *ret_more, GError **error)
{
  gint64 n_made;

  *ret_more = FALSE;
  if (!write_lesson_data (store, error) || !make_record_event (store, &n_made, error))
    return FALSE;
  *ret_more = n_made > 0;
  return pass_over (store, error) &&
         ac_store_run (store, error,
                       "DELETE FROM webhook_events WHERE wall_ms < ? AND id <= "
                       "(SELECT ifnull (min (event), 1 << 62) FROM webhooks "
                       " WHERE stopped_ms IS NULL)",
                       "i", wall_ms - KEEP_MS);
}
