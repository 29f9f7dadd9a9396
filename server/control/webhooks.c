/* webhooks.c - who else is told of lessons and records. */
#include "command.h"

#include "clock.h"
#include "data_dir.h"
#include "secrets.h"
#include "webhook.h"

static JsonObject *
webhook_json (const AcWebhook *webhook)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "webhook", webhook->id);
  json_object_set_string_member (object, "url", webhook->url);
  json_object_set_string_member (object, "events", webhook->types);
  ac_json_object_set_time (object, "created_at", webhook->created_ms);
  ac_json_object_set_time (object, "failing_since", webhook->failing_ms);
  json_object_set_boolean_member (object, "stopped", webhook->stopped);
  json_object_set_string_member (object, "error", webhook->last_error);
  return object;
}

static gboolean
add (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  call->free_data = g_free;
  return ac_webhook_add (
      store, json_object_get_string_member (call->args, "url"),
      json_object_get_string_member_with_default (call->args, "events", NULL),
      ac_clock_wall_ms (), &call->id, (gchar **)&call->data, error);
}

static void
tell_added (gpointer data)
{
  AcControlCall *call = data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *key = ac_data_dir_interchange_key (call->control->data_dir, &error);
  g_autofree gchar *secret = NULL;
  JsonObject *object;

  if (key == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  secret = ac_secret_of_webhook (key, call->data);
  object = json_object_new ();
  json_object_set_int_member (object, "webhook", call->id);
  json_object_set_string_member (object, "secret", secret);
  ac_control_call_answer_object (call, object);
}

void
ac_control_webhook_add (AcControlCall *call)
{
  const gchar *events;

  if (ac_control_read_text (call, "url") != NULL &&
      ac_control_read_optional (call, "events", &events))
    ac_control_call_write (call, add, tell_added);
}

void
ac_control_webhook_list (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ac_webhook_list (call->control->parts.store, &error);
  JsonArray *array;
  JsonObject *object;

  if (list == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, webhook_json (list->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "webhooks", array);
  ac_control_call_answer_object (call, object);
}

static void
tell_number (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "webhook", call->id);
  ac_control_call_answer_object (call, object);
}

static gboolean
remove_one (AcStore *store, gpointer data, GError **error)
{
  return ac_webhook_remove (store, ((AcControlCall *)data)->id, error);
}

void
ac_control_webhook_remove (AcControlCall *call)
{
  if (ac_control_read_id (call, "webhook", &call->id))
    ac_control_call_write (call, remove_one, tell_number);
}

static gboolean
resume (AcStore *store, gpointer data, GError **error)
{
  return ac_webhook_resume (store, ((AcControlCall *)data)->id, error);
}

void
ac_control_webhook_resume (AcControlCall *call)
{
  if (ac_control_read_id (call, "webhook", &call->id))
    ac_control_call_write (call, resume, tell_number);
}
