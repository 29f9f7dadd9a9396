/* webhooks.c - who else is told of lessons and records; for those who look after all.
 */
#include "api_private.h"

#include "data_dir.h"
#include "secrets.h"
#include "webhook.h"

static JsonObject *
webhook_json (const AcWebhook *webhook)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", webhook->id);
  json_object_set_string_member (object, "url", webhook->url);
  json_object_set_string_member (object, "events", webhook->types);
  ac_json_object_set_time (object, "created_at", webhook->created_ms);
  ac_json_object_set_time (object, "failing_since", webhook->failing_ms);
  json_object_set_boolean_member (object, "stopped", webhook->stopped);
  json_object_set_string_member (object, "error", webhook->last_error);
  return object;
}

static JsonObject *
list_json (AcStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = ac_webhook_list (store, error);
  JsonArray *array;
  JsonObject *body;

  if (list == NULL)
    return NULL;
  array = json_array_new ();
  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, webhook_json (list->pdata[i]));
  body = json_object_new ();
  json_object_set_array_member (body, "webhooks", array);
  return body;
}

void
ac_api_webhook_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = list_json (call->api->parts.store, &error);

  if (body != NULL)
    ac_api_respond_json (call->exchange, body, NULL);
  else
    ac_api_refuse (call->exchange, error);
}

/* --- Changing --- */

static gboolean
note (AcStore *store, const AcApiChange *change, const gchar *what, GError **error)
{
  g_autofree gchar *detail =
      ac_audit_detail ("ti", "what", what, "webhook", change->id);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_WEBHOOK_SET,
                                         .actor = change->actor,
                                         .detail = detail },
                        change->wall_ms, error);
}

/* What a webhook's deliveries are signed with is made of these. */
typedef struct {
  gchar *key, *uid;
} Secret;

static void
secret_free (gpointer data)
{
  Secret *secret = data;

  g_free (secret->key);
  g_free (secret->uid);
  g_free (secret);
}

static gboolean
add_webhook (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  Secret *secret = change->data;

  return ac_webhook_add (store, ac_api_text (change->body, "url"),
                         ac_api_text (change->body, "events"), change->wall_ms,
                         &change->id, &secret->uid, error) &&
         note (store, change, "add", error);
}

/* The only time that the secret is told. */
static JsonObject *
tell_secret (AcApiChange *change, GError **error)
{
  const Secret *secret = change->data;
  g_autofree gchar *text = ac_secret_of_webhook (secret->key, secret->uid);
  JsonObject *body = json_object_new ();

  json_object_set_int_member (body, "id", change->id);
  json_object_set_string_member (body, "secret", text);
  return body;
}

void
ac_api_webhook_add (AcApiCall *call)
{
  static const gchar *const texts[] = { "events", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  gchar *key;
  Secret *secret;

  if (body == NULL || ac_api_read_field (call, body, "url") == NULL ||
      !ac_api_check_texts (call, body, texts))
    return;
  key = ac_data_dir_interchange_key (call->api->parts.data_dir, &error);
  if (key == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  secret = g_new0 (Secret, 1);
  secret->key = key;
  ac_api_change (
      call,
      &(AcApiChange){
          .body = body, .tell = tell_secret, .data = secret, .free_data = secret_free },
      add_webhook);
}

static JsonObject *
tell_list (AcApiChange *change, GError **error)
{
  return list_json (change->store, error);
}

static gboolean
remove_webhook (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_webhook_remove (store, change->id, error) &&
         note (store, change, "remove", error);
}

void
ac_api_webhook_remove (AcApiCall *call)
{
  ac_api_change (call, &(AcApiChange){ .tell = tell_list }, remove_webhook);
}

static gboolean
resume_webhook (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_webhook_resume (store, change->id, error) &&
         note (store, change, "resume", error);
}

void
ac_api_webhook_resume (AcApiCall *call)
{
  ac_api_change (call, &(AcApiChange){ .tell = tell_list }, resume_webhook);
}
