#include "gateway.h"

#include "log.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#define TIMEOUT_S 10

struct _AcGateway {
  SoupSession *session;
  GCancellable *cancellable;
  gchar *url, *key;
  guint waiting;
  AcGatewayStats stats;
};

/* A message under way. */
typedef struct {
  AcGateway *gateway;
  AcGatewayDone done; /* (nullable) */
  gpointer user_data;
} Sending;

G_DEFINE_QUARK (ac - gateway - error - quark, ac_gateway_error)

static gboolean
is_this_machine (const gchar *host)
{
  g_autoptr (GInetAddress) address =
      host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return g_strcmp0 (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

/* Phones and codes do not cross a network in the clear. */
static gboolean
is_safe (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return FALSE;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (strcmp (g_uri_get_scheme (uri), "http") == 0 &&
          is_this_machine (g_uri_get_host (uri)));
}

AcGateway *
ac_gateway_new (const gchar *url, const gchar *key, GError **error)
{
  AcGateway *self;

  if (!is_safe (url)) {
    g_set_error (
        error, AC_GATEWAY_ERROR, AC_GATEWAY_ERROR_ADDRESS,
        "code-gateway must be an https:// address, or http:// on this machine");
    return NULL;
  }
  self = g_new0 (AcGateway, 1);
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S, "max-conns", 4,
                                                 "proxy-resolver", NULL, NULL);
  self->cancellable = g_cancellable_new ();
  self->url = g_strdup (url);
  self->key = g_strdup (key);
  return self;
}

void
ac_gateway_free (AcGateway *self)
{
  g_cancellable_cancel (self->cancellable);
  /* Each is told before the session goes, so that none comes back to nothing. */
  while (self->waiting > 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->url);
  g_free (self->key);
  g_free (self);
}

static void
fail (AcGateway *self, const gchar *why)
{
  static AcLogLimit limit = { .interval_ms = 10000 };
  guint suppressed;

  self->stats.failed++;
  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0, "a message was not sent: %s (and %u before)", why,
            suppressed);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Sending *sending = user_data;
  AcGateway *self = sending->gateway;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &error);
  SoupMessage *message =
      soup_session_get_async_result_message (SOUP_SESSION (source), result);
  guint status = stream != NULL ? soup_message_get_status (message) : 0;
  g_autofree gchar *why = NULL;

  self->waiting--;
  if (sending->done != NULL)
    sending->done (status >= 200 && status < 300, sending->user_data);
  if (status >= 200 && status < 300) {
    self->stats.sent++;
    return;
  }
  why = stream != NULL ? g_strdup_printf ("the gateway answers %u", status)
                       : g_strdup (error->message);
  fail (self, why);
}

/* @object: (transfer full) */
static GBytes *
body_of (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  gchar *text;

  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

/* @object: (transfer full) */
static void
post (AcGateway *self, JsonObject *object, AcGatewayDone done, gpointer user_data)
{
  g_autoptr (SoupMessage) message = soup_message_new ("POST", self->url);
  g_autoptr (GBytes) body = body_of (object);
  Sending *sending = g_new (Sending, 1);

  *sending = (Sending){ self, done, user_data };
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  if (self->key != NULL) {
    g_autofree gchar *bearer = g_strconcat ("Bearer ", self->key, NULL);

    soup_message_headers_replace (soup_message_get_request_headers (message),
                                  "Authorization", bearer);
  }
  self->waiting++;
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT,
                           self->cancellable, answered, sending);
}

void
ac_gateway_send_code (AcGateway *self, const gchar *phone, const gchar *code,
                      guint minutes)
{
  JsonObject *object;

  if (self->waiting >= AC_GATEWAY_WAITING_MAX) {
    fail (self, "too many are under way");
    return;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "phone", phone);
  json_object_set_string_member (object, "code", code);
  json_object_set_int_member (object, "minutes", minutes);
  post (self, object, NULL, NULL);
}

void
ac_gateway_send_reminder (AcGateway *self, const AcGatewayReminder *reminder,
                          AcGatewayDone done, gpointer user_data)
{
  g_autoptr (GDateTime) utc =
      g_date_time_new_from_unix_utc (reminder->planned_ms / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree gchar *hour = g_date_time_format_iso8601 (local);
  JsonObject *object;

  /* Some are kept free: codes are waited for. */
  if (self->waiting >= AC_GATEWAY_WAITING_MAX - AC_GATEWAY_KEPT_FOR_CODES) {
    done (FALSE, user_data);
    return;
  }
  object = json_object_new ();
  json_object_set_string_member (object, "phone", reminder->phone);
  json_object_set_string_member (object, "lesson", reminder->title);
  json_object_set_string_member (object, "at", hour);
  json_object_set_string_member (object, "id", reminder->id);
  post (self, object, done, user_data);
}

void
ac_gateway_stats (AcGateway *self, AcGatewayStats *ret_stats)
{
  *ret_stats = self->stats;
}
