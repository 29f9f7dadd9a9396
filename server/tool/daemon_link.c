#include "daemon_link.h"

#include "data_dir.h"
#include "json_text.h"

#include <errno.h>
#include <fcntl.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define READY_MAX_BYTES (64 * 1024)
#define TIMEOUT_S 60
#define POLL_MS 50

/* A shared, momentary lock: refused while the owner holds its exclusive one. */
gboolean
ac_daemon_is_locked (const gchar *data_dir)
{
  g_autofree gchar *path = ac_data_dir_lock_file (data_dir);
  gint fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean locked;

  if (fd < 0)
    return FALSE;
  locked = flock (fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);
  return locked;
}

/* Only loopback: the control key goes nowhere else. */
static gboolean
is_loopback_url (const gchar *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GInetAddress) address = NULL;

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 ||
      g_uri_get_port (uri) <= 0)
    return FALSE;
  address = g_inet_address_new_from_string (g_uri_get_host (uri));
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Returns: (transfer full) (nullable): the admin address that ready.json names. */
static gchar *
read_admin_address (const gchar *data_dir)
{
  g_autofree gchar *path = ac_data_dir_ready_file (data_dir);
  g_autofree gchar *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) object = NULL;
  const gchar *admin;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  object = ac_json_text_parse_object (bytes, READY_MAX_BYTES, NULL);
  if (object == NULL)
    return NULL;
  admin = ac_json_object_read_string (object, "admin", NULL);
  return admin != NULL && is_loopback_url (admin) ? g_strdup (admin) : NULL;
}

AcDaemonState
ac_daemon_find (const gchar *data_dir, guint patience_ms, gchar **ret_admin)
{
  gint64 deadline = g_get_monotonic_time () + patience_ms * G_GINT64_CONSTANT (1000);

  while (ac_daemon_is_locked (data_dir)) {
    *ret_admin = read_admin_address (data_dir);
    if (*ret_admin != NULL)
      return AC_DAEMON_RUNNING;
    if (g_get_monotonic_time () >= deadline)
      return AC_DAEMON_BUSY;
    g_usleep (POLL_MS * 1000);
  }
  return AC_DAEMON_NONE;
}

static SoupMessage *
new_request (const gchar *admin, const gchar *key, const gchar *command,
             JsonObject *args)
{
  g_autofree gchar *url = g_strconcat (admin, "/control/v1/", command, NULL);
  g_autofree gchar *bearer = g_strconcat ("Bearer ", key, NULL);
  g_autofree gchar *text = ac_json_object_to_text (args);
  gsize length = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new_take (g_steal_pointer (&text), length);
  SoupMessage *message = soup_message_new ("POST", url);

  soup_message_headers_replace (soup_message_get_request_headers (message),
                                "Authorization", bearer);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  return message;
}

JsonNode *
ac_daemon_call (const gchar *admin, const gchar *data_dir, const gchar *command,
                JsonObject *args, guint *ret_status, GError **error)
{
  g_autofree gchar *key = ac_data_dir_control_key (data_dir, error);
  /* No proxy: whatever http_proxy says, the daemon is on this machine. */
  g_autoptr (SoupSession) session = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (JsonParser) parser = NULL;
  gsize length;
  const gchar *text;

  if (key == NULL)
    return NULL;
  session = soup_session_new_with_options ("timeout", TIMEOUT_S, "proxy-resolver", NULL,
                                           NULL);
  message = new_request (admin, key, command, args);
  answer = soup_session_send_and_read (session, message, NULL, error);
  if (answer == NULL)
    return NULL;
  *ret_status = soup_message_get_status (message);
  text = g_bytes_get_data (answer, &length);
  parser = json_parser_new ();
  if (!ac_json_text_check (text != NULL ? text : "", length, error) ||
      !json_parser_load_from_data (parser, text, (gssize)length, error)) {
    g_prefix_error (error, "the daemon's answer: ");
    return NULL;
  }
  return json_parser_steal_root (parser);
}
