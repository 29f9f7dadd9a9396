#include "admin_server.h"

#include "json_text.h"
#include "log.h"

#include <libsoup/soup.h>
#include <sodium.h>
#include <string.h>

#define CONTROL_PATH "/control/v1/"

struct _AcAdminServer {
  SoupServer *server;
  AcControl *control;
  gchar *key;
  gboolean ready;
  AcAdminServerHandler handler;
  gpointer user_data;
};

/* A control call under way: the message is paused until its answer. */
typedef struct {
  SoupServer *server;
  SoupServerMessage *message;
} Call;

G_DEFINE_QUARK (ac - admin - server - error - quark, ac_admin_server_error)

static void
respond_text (SoupServerMessage *message, guint status, const gchar *type,
              const gchar *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Cache-Control", "no-store");
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
respond_failure (SoupServerMessage *message, const AcControlFailure *failure)
{
  g_autoptr (JsonObject) json = ac_control_failure_to_json (failure);
  g_autofree gchar *text = ac_json_object_to_text (json);

  respond_text (message, ac_control_code_status (failure->code), "application/json",
                text);
}

static void
call_done (JsonNode *result, const AcControlFailure *failure, gpointer user_data)
{
  Call *call = user_data;

  if (failure != NULL) {
    respond_failure (call->message, failure);
  } else {
    g_autofree gchar *text = json_to_string (result, FALSE);

    respond_text (call->message, 200, "application/json", text);
  }
  soup_server_message_unpause (call->message);
  g_object_unref (call->message);
  g_object_unref (call->server);
  g_free (call);
}

static gboolean
authorized (AcAdminServer *self, SoupServerMessage *message)
{
  static const gchar prefix[] = "Bearer ";
  const gchar *header = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");
  gsize length = strlen (self->key);

  return header != NULL &&
         g_ascii_strncasecmp (header, prefix, sizeof prefix - 1) == 0 &&
         strlen (header) == sizeof prefix - 1 + length &&
         sodium_memcmp (header + sizeof prefix - 1, self->key, length) == 0;
}

static void
handle_control (SoupServer *server, SoupServerMessage *message, const char *path,
                GHashTable *query, gpointer user_data)
{
  AcAdminServer *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) text = NULL;
  g_autoptr (JsonObject) args = NULL;
  g_autoptr (GError) error = NULL;
  Call *call;

  if (!authorized (self, message)) {
    respond_failure (message, &(AcControlFailure){ AC_CONTROL_DENIED, NULL,
                                                   "the control key is missing or not "
                                                   "the one in keys/control.key" });
    return;
  }
  if (soup_server_message_get_method (message) != SOUP_METHOD_POST ||
      !g_str_has_prefix (path, CONTROL_PATH)) {
    respond_failure (message,
                     &(AcControlFailure){ AC_CONTROL_USAGE, NULL,
                                          "commands are sent by POST to " CONTROL_PATH
                                          "COMMAND" });
    return;
  }
  text = soup_message_body_flatten (body);
  args = ac_json_text_parse_object (text, AC_ADMIN_CALL_MAX_BYTES, &error);
  if (args == NULL) {
    g_prefix_error (&error, "the body is ");
    respond_failure (message,
                     &(AcControlFailure){ AC_CONTROL_INVALID, NULL, error->message });
    return;
  }
  call = g_new (Call, 1);
  *call = (Call){ g_object_ref (server), g_object_ref (message) };
  soup_server_message_pause (message);
  ac_control_call (self->control, path + strlen (CONTROL_PATH), args, call_done, call);
}

static gboolean
is_get (SoupServerMessage *message)
{
  const gchar *method = soup_server_message_get_method (message);

  if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
    return TRUE;
  respond_text (message, 405, "text/plain", "method not allowed\n");
  return FALSE;
}

static void
handle_healthz (SoupServer *server, SoupServerMessage *message, const char *path,
                GHashTable *query, gpointer user_data)
{
  if (is_get (message))
    respond_text (message, 200, "text/plain", "ok");
}

static void
handle_readyz (SoupServer *server, SoupServerMessage *message, const char *path,
               GHashTable *query, gpointer user_data)
{
  AcAdminServer *self = user_data;

  if (is_get (message))
    respond_text (message, self->ready ? 200 : 503, "text/plain",
                  self->ready ? "ready" : "starting");
}

static void
handle_metrics (SoupServer *server, SoupServerMessage *message, const char *path,
                GHashTable *query, gpointer user_data)
{
  AcAdminServer *self = user_data;
  g_autoptr (GString) out = g_string_new ("");

  if (!is_get (message))
    return;
  if (self->handler.metrics != NULL)
    self->handler.metrics (out, self->user_data);
  respond_text (message, 200, "text/plain; version=0.0.4; charset=utf-8", out->str);
}

static void
handle_other (SoupServer *server, SoupServerMessage *message, const char *path,
              GHashTable *query, gpointer user_data)
{
  respond_text (message, 404, "text/plain", "not found\n");
}

/* A body is cut off as it comes: nobody on this machine may fill the memory. */
static void
got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  AcAdminServer *self = user_data;
  gsize most =
      authorized (self, message) ? AC_ADMIN_CALL_MAX_BYTES : AC_ADMIN_BODY_MAX_BYTES;
  GSocket *socket;

  if ((gsize)body->length <= most)
    return;
  socket = soup_server_message_get_socket (message);
  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
request_started (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk), user_data);
}

static gboolean
refuse (GError **error, const gchar *listen, const gchar *why)
{
  g_set_error (error, AC_ADMIN_SERVER_ERROR, AC_ADMIN_SERVER_ERROR_LISTEN,
               "admin address \"%s\": %s", listen, why);
  return FALSE;
}

static gboolean
bind_address (AcAdminServer *self, const gchar *listen, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) local = NULL;
  GNetworkAddress *network;

  parsed = g_network_address_parse (listen, 0, &local);
  if (parsed == NULL)
    return refuse (error, listen, local->message);
  network = G_NETWORK_ADDRESS (parsed);
  address = g_inet_socket_address_new_from_string (
      g_network_address_get_hostname (network), g_network_address_get_port (network));
  if (address == NULL ||
      !g_inet_address_get_is_loopback (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return refuse (error, listen, "must be a loopback address, such as 127.0.0.1:8081");
  if (!soup_server_listen (self->server, address, 0, &local))
    return refuse (error, listen, local->message);
  return TRUE;
}

AcAdminServer *
ac_admin_server_new (const AcAdminServerConfig *config, AcControl *control,
                     const AcAdminServerHandler *handler, gpointer user_data,
                     GError **error)
{
  g_autoptr (AcAdminServer) self = g_new0 (AcAdminServer, 1);

  self->server = soup_server_new ("server-header", NULL, NULL);
  self->control = control;
  self->key = g_strdup (config->key);
  self->user_data = user_data;
  if (handler != NULL)
    self->handler = *handler;
  g_signal_connect (self->server, "request-started", G_CALLBACK (request_started),
                    self);
  soup_server_add_handler (self->server, "/control", handle_control, self, NULL);
  soup_server_add_handler (self->server, "/healthz", handle_healthz, self, NULL);
  soup_server_add_handler (self->server, "/readyz", handle_readyz, self, NULL);
  soup_server_add_handler (self->server, "/metrics", handle_metrics, self, NULL);
  soup_server_add_handler (self->server, NULL, handle_other, self, NULL);
  if (!bind_address (self, config->listen, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
ac_admin_server_free (AcAdminServer *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->key);
  g_free (self);
}

/* Returns: (transfer full): "http://HOST:PORT/" */
static GUri *
bound_uri (AcAdminServer *self)
{
  GSList *uris = soup_server_get_uris (self->server);
  GUri *uri = g_uri_ref (uris->data);

  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return uri;
}

guint16
ac_admin_server_port (AcAdminServer *self)
{
  g_autoptr (GUri) uri = bound_uri (self);

  return (guint16)g_uri_get_port (uri);
}

gchar *
ac_admin_server_url (AcAdminServer *self)
{
  g_autoptr (GUri) uri = bound_uri (self);
  gboolean v6 = strchr (g_uri_get_host (uri), ':') != NULL;

  return g_strdup_printf ("http://%s%s%s:%d", v6 ? "[" : "", g_uri_get_host (uri),
                          v6 ? "]" : "", g_uri_get_port (uri));
}

void
ac_admin_server_set_ready (AcAdminServer *self, gboolean ready)
{
  self->ready = ready;
}
