#include "interchange_keeper.h"

#include "data_dir.h"
#include "statement_push.h"
#include "webhook_push.h"

struct _AcInterchangeKeeper {
  AcPoster *poster;
  AcStatementPush *statements; /* NULL: no record store is set */
  AcWebhookPush *webhooks;
};

static gboolean
open_record_store (AcInterchangeKeeper *self, AcStore *store, const gchar *key,
                   const gchar *data_dir, AcSettings *settings, const gchar *http,
                   GError **error)
{
  const AcStatementPushConfig config = {
    .data_dir = data_dir,
    .url = ac_settings_text (settings, "record-store"),
    .user = ac_settings_text (settings, "record-store-user"),
    .password = ac_settings_text (settings, "record-store-password"),
    .names = { http, key },
  };

  if (config.url == NULL)
    return TRUE;
  if (!ac_poster_takes (config.url)) {
    g_set_error_literal (
        error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_VALUE,
        "record-store must be an https:// address, or http:// on this machine");
    return FALSE;
  }
  self->statements = ac_statement_push_new (store, self->poster, &config);
  return TRUE;
}

AcInterchangeKeeper *
ac_interchange_keeper_new (AcStore *store, const gchar *data_dir, AcSettings *settings,
                           const gchar *http, GError **error)
{
  g_autofree gchar *key = ac_data_dir_interchange_key (data_dir, error);
  g_autoptr (AcInterchangeKeeper) self = NULL;

  if (key == NULL)
    return NULL;
  self = g_new0 (AcInterchangeKeeper, 1);
  self->poster = ac_poster_new (AC_POSTER_TIMEOUT_S);
  self->webhooks = ac_webhook_push_new (store, self->poster, key, 1);
  if (!open_record_store (self, store, key, data_dir, settings, http, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ac_interchange_keeper_free (AcInterchangeKeeper *self)
{
  /* First, so that no post comes back to nothing. */
  ac_poster_free (self->poster);
  ac_webhook_push_free (self->webhooks);
  g_clear_pointer (&self->statements, ac_statement_push_free);
  g_free (self);
}

void
ac_interchange_keeper_metrics (AcInterchangeKeeper *self, GString *out)
{
  AcStatementPushStats statements = { 0 };
  AcWebhookPushStats webhooks;

  if (self->statements != NULL)
    ac_statement_push_stats (self->statements, &statements);
  ac_webhook_push_stats (self->webhooks, &webhooks);
  g_string_append_printf (out,
                          "# TYPE airclass_statements_told_total counter\n"
                          "airclass_statements_told_total %" G_GUINT64_FORMAT "\n"
                          "# TYPE airclass_statements_refused_total counter\n"
                          "airclass_statements_refused_total %" G_GUINT64_FORMAT "\n"
                          "# TYPE airclass_statement_failures_total counter\n"
                          "airclass_statement_failures_total %" G_GUINT64_FORMAT "\n"
                          "# TYPE airclass_webhook_events_told_total counter\n"
                          "airclass_webhook_events_told_total %" G_GUINT64_FORMAT "\n"
                          "# TYPE airclass_webhook_failures_total counter\n"
                          "airclass_webhook_failures_total %" G_GUINT64_FORMAT "\n",
                          statements.told, statements.refused, statements.failures,
                          webhooks.told, webhooks.failures);
}
