/* change.c - what a route writes: a job, and what is told when it is durable. */
#include "api_private.h"

#include "clock.h"

static void
change_free (gpointer data)
{
  AcApiChange *change = data;

  ac_http_exchange_unref (change->exchange);
  g_clear_pointer (&change->body, json_object_unref);
  if (change->free_data != NULL)
    change->free_data (change->data);
  g_free (change);
}

static void
written (gpointer data, const GError *error, gpointer unused)
{
  AcApiChange *change = data;
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonObject) body = NULL;

  if (error == NULL && change->tell != NULL) {
    body = change->tell (change, &local);
    error = local;
  }
  if (error != NULL)
    ac_api_refuse (change->exchange, error);
  else if (body != NULL)
    ac_api_respond_json (change->exchange, body, NULL);
  else if (change->tell == NULL)
    ac_http_exchange_respond (change->exchange, &(AcHttpResponse){ .status = 204 });
  else /* what was just written is gone */
    ac_problem_respond (change->exchange, AC_PROBLEM_INTERNAL, NULL);
}

void
ac_api_change (AcApiCall *call, const AcApiChange *change, AcStoreJob job)
{
  AcApiChange *under_way = g_memdup2 (change, sizeof *change);

  under_way->exchange = ac_http_exchange_ref (call->exchange);
  under_way->store = call->api->parts.store;
  under_way->identities = call->api->parts.identities;
  under_way->actor = call->session->member;
  under_way->wall_ms = ac_clock_wall_ms ();
  if (under_way->id == 0)
    under_way->id = call->id;
  if (under_way->body != NULL)
    json_object_ref (under_way->body);
  ac_store_write (under_way->store, job, under_way, change_free, written, NULL);
}

const gchar *
ac_api_text (JsonObject *body, const gchar *name)
{
  JsonNode *node = body != NULL ? json_object_get_member (body, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node)
                                                      : NULL;
}

gint64
ac_api_number (JsonObject *body, const gchar *name)
{
  gint64 number = 0;

  ac_json_object_read_int (body, name, G_MININT64, G_MAXINT64, &number, NULL);
  return number;
}

gboolean
ac_api_has_null (JsonObject *body, const gchar *name)
{
  JsonNode *node = json_object_get_member (body, name);

  return node != NULL && JSON_NODE_HOLDS_NULL (node);
}

gboolean
ac_api_refuse_because (AcApiCall *call, const gchar *field, const gchar *reason,
                       const gchar *detail)
{
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_FIELD,
      &(AcProblemExtra){ .field = field, .reason = reason, .detail = detail });
  return FALSE;
}

gboolean
ac_api_refuse_field (AcApiCall *call, const gchar *field, const gchar *detail)
{
  return ac_api_refuse_because (call, field, NULL, detail);
}

gboolean
ac_api_check_texts (AcApiCall *call, JsonObject *body, const gchar *const *names)
{
  for (guint i = 0; names[i] != NULL; i++) {
    JsonNode *node = json_object_get_member (body, names[i]);

    if (node != NULL && !JSON_NODE_HOLDS_NULL (node) &&
        json_node_get_value_type (node) != G_TYPE_STRING)
      return ac_api_refuse_field (call, names[i], "it has to be a text");
  }
  return TRUE;
}

gboolean
ac_api_check_numbers (AcApiCall *call, JsonObject *body, const gchar *const *names)
{
  g_autoptr (GError) error = NULL;
  gint64 number;

  for (guint i = 0; names[i] != NULL; i++)
    if (json_object_has_member (body, names[i]) && !ac_api_has_null (body, names[i]) &&
        !ac_json_object_read_int (body, names[i], 1, G_MAXINT64, &number, &error))
      return ac_api_refuse_field (call, names[i], error->message);
  return TRUE;
}

gboolean
ac_api_check_reason (AcApiCall *call, const gchar *reason)
{
  return ac_audit_reason_is_fit (reason) ||
         ac_api_refuse_because (
             call, "reason", AC_REASON_REASON_FORM,
             "reason must say why, in 1 to 200 characters on one line");
}
