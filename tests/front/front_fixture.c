#include "front_fixture.h"

#include "hub_double.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WATCHDOG_US (20 * G_USEC_PER_SEC)

/* --- The main loop's side --------------------------------------------------------- */

static void
respond_text (AcHttpExchange *exchange, guint status, const gchar *text)
{
  AcHttpResponse response = { .status = status,
                              .content_type = "text/plain",
                              .body = g_bytes_new (text, strlen (text)) };

  ac_http_exchange_respond (exchange, &response);
}

static gchar *
describe (const AcHttpRequest *request)
{
  gsize length;
  const gchar *body = g_bytes_get_data (request->body, &length);

  return g_strdup_printf ("%s|%s|%s|%s|%s|%s|%s|%s|%s|%d|%.*s", request->method,
                          request->path, request->query != NULL ? request->query : "-",
                          request->cookie != NULL ? request->cookie : "-",
                          request->origin != NULL ? request->origin : "-",
                          request->host != NULL ? request->host : "-",
                          request->requested_with != NULL ? request->requested_with
                                                          : "-",
                          request->content_type != NULL ? request->content_type : "-",
                          request->remote_address, request->secure,
                          (int)MIN (length, 100), length > 0 ? body : "");
}

static void
on_api (AcHttpExchange *exchange, gpointer user_data)
{
  AcFixture *self = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  g_autofree gchar *text = describe (request);

  self->n_api++;
  if (g_str_has_suffix (request->path, "/later")) {
    g_ptr_array_add (self->held, ac_http_exchange_ref (exchange));
  } else if (g_str_has_suffix (request->path, "/cookie")) {
    AcHttpResponse response = { .status = 204,
                                .set_cookie = g_strdup ("a=b; Path=/"),
                                .retry_after_s = 9 };

    ac_http_exchange_respond (exchange, &response);
  } else if (g_str_has_suffix (request->path, "/size") ||
             g_str_has_suffix (request->path, "/handouts")) {
    g_autofree gchar *size =
        g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (request->body));

    respond_text (exchange, 200, size);
  } else if (!g_str_has_suffix (request->path, "/dropped")) {
    respond_text (exchange, 200, text);
  }
}

static void
on_opened (AcPeer *peer, gpointer user_data)
{
  AcFixture *self = user_data;

  self->n_opened++;
  g_ptr_array_add (self->peers, peer);
}

static void
on_message (AcPeer *peer, GBytes *text, gpointer user_data)
{
  AcFixture *self = user_data;

  g_string_append_len (self->said, g_bytes_get_data (text, NULL),
                       g_bytes_get_size (text));
  g_string_append_c (self->said, '\n');
  for (guint i = 0; i < self->echo; i++)
    peer->send (peer, text, FALSE);
}

static void
on_closed (AcPeer *peer, gpointer user_data)
{
  AcFixture *self = user_data;

  self->n_closed++;
  g_assert_true (g_ptr_array_remove (self->peers, peer));
}

static void
on_wanted (gint64 lesson, gpointer user_data)
{
  AcFixture *self = user_data;

  self->n_wanted++;
  ac_front_absent (self->front, lesson);
}

static void
on_upload (AcHttpExchange *exchange, gpointer user_data)
{
  AcFixture *self = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  AcHttpResponse may = { .status = 100 };

  g_assert_cmpuint (g_bytes_get_size (request->body), ==, 0);
  self->n_asked++;
  if (g_strcmp0 (request->query, "later") == 0) {
    g_ptr_array_add (self->held, ac_http_exchange_ref (exchange));
  } else if (request->cookie == NULL) {
    respond_text (exchange, 401, "who?");
  } else {
    may.uploader = g_ascii_strtoll (request->cookie + strlen ("u="), NULL, 10);
    ac_http_exchange_respond (exchange, &may);
  }
}

gchar *
ac_fixture_upload (const gchar *cookie, const gchar *query, const gchar *more)
{
  return g_strdup_printf ("POST /api/v1/lessons/1/handouts%s%s HTTP/1.1\r\nHost: a\r\n"
                          "%s%s%s%sContent-Length: %d\r\n\r\n",
                          query != NULL ? "?" : "", query != NULL ? query : "",
                          cookie != NULL ? "Cookie: " : "",
                          cookie != NULL ? cookie : "", cookie != NULL ? "\r\n" : "",
                          more, AC_FIXTURE_UPLOAD_BYTES);
}

static void
write_page (AcFixture *self, const gchar *name, const gchar *text)
{
  g_autofree gchar *file = g_build_filename (self->web_root, name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (file);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (file, text, -1, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *below = g_build_filename (path, name, NULL);

    remove_tree (below);
  }
  g_remove (path);
}

void
ac_fixture_set_up (AcFixture *self, const AcFrontConfig *config)
{
  static const AcFrontHandler handler = {
    on_api, { on_opened, on_message, on_closed }, on_wanted, on_upload
  };
  static const AcMediaKey key = { { 0 } };
  AcFrontConfig own = config != NULL ? *config : (AcFrontConfig){ .n_threads = 1 };
  g_autoptr (GError) error = NULL;

  /* The front warns of what these tests do to it. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  *self = (AcFixture){ .web_root = g_dir_make_tmp ("ac-front-XXXXXX", NULL) };
  self->held = g_ptr_array_new ();
  self->peers = g_ptr_array_new ();
  self->said = g_string_new ("");
  write_page (self, "index.html", "<!doctype html><title>front</title>");
  write_page (self, "assets/app-1a2b.js", "console.log('a page, long enough to pack')");
  write_page (self, "assets/app-1a2b.js.gz", "gzip form");
  write_page (self, "assets/app-1a2b.js.br", "br form");
  write_page (self, "favicon.svg", "<svg/>");
  if (own.listen == NULL)
    own.listen = "127.0.0.1:0";
  own.web_root = self->web_root;
  self->front = ac_front_new (&own, NULL, NULL, &key, &handler, self, &error);
  g_assert_no_error (error);
}

static void
drop_held (AcFixture *self)
{
  while (self->held->len > 0)
    ac_http_exchange_unref (g_ptr_array_remove_index (self->held, 0));
}

void
ac_fixture_tear_down (AcFixture *self)
{
  g_clear_pointer (&self->front, ac_front_free);
  g_assert_cmpuint (self->n_opened, ==, self->n_closed);
  g_assert_cmpuint (self->peers->len, ==, 0);
  drop_held (self);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_tree (self->web_root);
  g_free (self->web_root);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->peers);
  g_string_free (self->said, TRUE);
}

void
ac_fixture_until (const guint *flag, guint wanted)
{
  gint64 end = g_get_monotonic_time () + WATCHDOG_US;

  while (*flag < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
}

void
ac_fixture_until_held (gint wanted)
{
  gint64 end = g_get_monotonic_time () + WATCHDOG_US;

  while (ac_double_n_held () != wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
}

/* --- A client --------------------------------------------------------------------- */

AcClient *
ac_client_new (AcFixture *fixture)
{
  AcClient *self = g_new0 (AcClient, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (ac_front_port (fixture->front)),
                                 .sin_addr = { htonl (INADDR_LOOPBACK) } };

  self->buffer = g_string_new ("");
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (self->fd, (struct sockaddr *)&address, sizeof address), ==,
                   0);
  return self;
}

void
ac_client_free (AcClient *self)
{
  close (self->fd);
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

void
ac_client_send_bytes (AcClient *self, gconstpointer data, gsize length)
{
  const gchar *from = data;

  while (length > 0) {
    gssize sent = send (self->fd, from, length, MSG_NOSIGNAL);

    if (sent < 0)
      return; /* refused half way: the test looks at the answer */
    from += sent;
    length -= sent;
  }
}

void
ac_client_send (AcClient *self, const gchar *text)
{
  ac_client_send_bytes (self, text, strlen (text));
}

gboolean
ac_client_receive (AcClient *self)
{
  gint64 end = g_get_monotonic_time () + WATCHDOG_US;
  gchar block[65536];

  for (;;) {
    struct pollfd turn = { .fd = self->fd, .events = POLLIN };
    gssize got;

    g_assert_cmpint (g_get_monotonic_time (), <, end);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    if (poll (&turn, 1, 2) == 0)
      continue;
    got = recv (self->fd, block, sizeof block, 0);
    if (got <= 0) {
      self->ended = TRUE;
      return FALSE;
    }
    g_string_append_len (self->buffer, block, got);
    return TRUE;
  }
}

void
ac_client_until_end (AcClient *self)
{
  while (ac_client_receive (self))
    ;
}

static AcAnswer *
no_answer (void)
{
  AcAnswer *answer = g_new0 (AcAnswer, 1);

  answer->head = g_strdup ("");
  answer->body = g_bytes_new_static ("", 0);
  return answer;
}

AcAnswer *
ac_client_answer (AcClient *self, gboolean head_only)
{
  AcAnswer *answer;
  const gchar *end;
  g_autofree gchar *length_text = NULL;
  gsize head_length, length = 0;

  while ((end = strstr (self->buffer->str, "\r\n\r\n")) == NULL)
    if (!ac_client_receive (self))
      return no_answer ();

  answer = g_new0 (AcAnswer, 1);
  head_length = end + 4 - self->buffer->str;
  answer->head = g_strndup (self->buffer->str, head_length);
  g_assert_true (g_str_has_prefix (answer->head, "HTTP/1.1 "));
  answer->status = g_ascii_strtoull (answer->head + 9, NULL, 10);
  length_text = ac_answer_header (answer, "content-length");
  if (length_text != NULL && !head_only)
    length = g_ascii_strtoull (length_text, NULL, 10);
  while (self->buffer->len < head_length + length)
    if (!ac_client_receive (self))
      break;
  length = MIN (length, self->buffer->len - head_length);
  answer->body = g_bytes_new (self->buffer->str + head_length, length);
  g_string_erase (self->buffer, 0, head_length + length);
  return answer;
}

void
ac_answer_free (AcAnswer *self)
{
  g_free (self->head);
  g_bytes_unref (self->body);
  g_free (self);
}

gchar *
ac_answer_header (AcAnswer *self, const gchar *name)
{
  g_autofree gchar *mark = g_strdup_printf ("\r\n%s: ", name);
  const gchar *found = strstr (self->head, mark);

  if (found == NULL)
    return NULL;
  found += strlen (mark);
  return g_strndup (found, strcspn (found, "\r\n"));
}

gboolean
ac_answer_is (AcAnswer *self, const gchar *text)
{
  g_autoptr (GBytes) expected = g_bytes_new_static (text, strlen (text));

  return g_bytes_equal (self->body, expected);
}

AcAnswer *
ac_fixture_get (AcFixture *self, const gchar *request)
{
  g_autoptr (AcClient) client = ac_client_new (self);

  ac_client_send (client, request);
  return ac_client_answer (client, g_str_has_prefix (request, "HEAD "));
}

/* --- WebSocket -------------------------------------------------------------------- */

AcClient *
ac_client_new_peer (AcFixture *fixture)
{
  AcClient *self = ac_client_new (fixture);
  g_autoptr (AcAnswer) answer = NULL;

  ac_client_send (self, "GET /classroom?lesson=4&client=a%26b HTTP/1.1\r\n"
                        "Host: school.example:81\r\nOrigin: http://school.example\r\n"
                        "Cookie: airclass_session=c0ffee\r\n"
                        "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Protocol: airclass\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  answer = ac_client_answer (self, TRUE);
  g_assert_cmpuint (answer->status, ==, 101);
  g_assert_nonnull (strstr (answer->head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  return self;
}

void
ac_client_send_frame (AcClient *self, guint opcode, gboolean final, gconstpointer data,
                      gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  const guint8 mask[4] = { 0x5a, 0x01, 0xff, 0x10 };
  guint8 head[4] = { (final ? 0x80 : 0) | opcode, 0x80 | MIN (length, 126), length >> 8,
                     length & 0xff };

  g_assert_cmpuint (length, <, 65536);
  g_byte_array_append (frame, head, length < 126 ? 2 : 4);
  g_byte_array_append (frame, mask, 4);
  for (gsize i = 0; i < length; i++) {
    guint8 c = ((const guint8 *)data)[i] ^ mask[i % 4];

    g_byte_array_append (frame, &c, 1);
  }
  ac_client_send_bytes (self, frame->data, frame->len);
}

static gboolean
have (AcClient *self, gsize bytes)
{
  while (self->buffer->len < bytes)
    if (!ac_client_receive (self))
      return FALSE;
  return TRUE;
}

guint
ac_client_frame (AcClient *self, GBytes **ret_payload)
{
  const guint8 *data;
  gsize head = 2, length;
  guint opcode;

  if (!have (self, 2))
    return 0xff;
  data = (const guint8 *)self->buffer->str;
  length = data[1] & 0x7f;
  opcode = data[0] & 0x0f;
  if (length == 126) {
    if (!have (self, 4))
      return 0xff;
    data = (const guint8 *)self->buffer->str;
    length = (data[2] << 8) | data[3];
    head = 4;
  }
  g_assert_cmpuint (length, !=, 127);
  if (!have (self, head + length))
    return 0xff;
  if (ret_payload != NULL)
    *ret_payload = g_bytes_new (self->buffer->str + head, length);
  g_string_erase (self->buffer, 0, head + length);
  return opcode;
}
