/* devices.c - where one is signed in, and ending it there. */
#include "api_private.h"

#include "log.h"

void
ac_api_device_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices =
      ac_accounts_devices (call->api->parts.accounts, call->session->member, &error);
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;

  if (devices == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read sessions: %s", error->message);
    ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < devices->len; i++) {
    const AcDevice *device = devices->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "id", device->session);
    ac_json_object_set_time (object, "created_at", device->created_ms);
    ac_json_object_set_time (object, "last_seen_at", device->last_seen_ms);
    json_object_set_string_member (object, "user_agent", device->user_agent);
    json_object_set_boolean_member (object, "current",
                                    device->session == call->session->id);
    json_array_add_object_element (array, object);
  }
  json_object_set_array_member (body, "sessions", array);
  ac_api_respond_json (call->exchange, body, NULL);
}

static void
ended (gint64 id, const GError *error, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;

  if (error == NULL)
    ac_http_exchange_respond (exchange, &(AcHttpResponse){ .status = 204 });
  else
    ac_problem_respond (exchange, AC_PROBLEM_BUSY,
                        &(AcProblemExtra){ .retry_after_s = 1 });
}

/* Sockets are closed at once; those of others' sessions are not there to be closed. */
static void
end (AcApiCall *call, gint64 session)
{
  g_autoptr (GPtrArray) devices =
      ac_accounts_devices (call->api->parts.accounts, call->session->member, NULL);

  for (guint i = 0; devices != NULL && i < devices->len; i++) {
    const AcDevice *device = devices->pdata[i];

    if (session == 0 || device->session == session)
      ac_classroom_session_ended (call->api->parts.classroom, device->session);
  }
  ac_accounts_end_sessions (call->api->parts.accounts, call->session->member, session,
                            ended, ac_http_exchange_ref (call->exchange));
}

void
ac_api_device_end (AcApiCall *call)
{
  end (call, call->id);
}

void
ac_api_device_end_all (AcApiCall *call)
{
  end (call, 0);
}
