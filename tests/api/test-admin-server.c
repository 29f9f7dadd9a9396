#include "admin_server.h"
#include "json_text.h"
#include "school.h"

#include <libsoup/soup.h>
#include <string.h>

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

typedef struct {
  School school;
  AcMediaKey key;
  AcControl *control;
  AcAdminServer *server;
  SoupSession *session;
  gchar *base;
  gchar *body; /* of the last answer */
} Fixture;

static void
write_metrics (GString *out, gpointer user_data)
{
  g_string_append_printf (out, "airclass_test %p\n", user_data);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcAdminServerHandler handler = { .metrics = write_metrics };
  g_autoptr (GError) error = NULL;

  school_open (&f->school);
  f->control = ac_control_new (&(AcControlParts){
      .data_dir = f->school.dir,
      .store = f->school.store,
      .accounts = f->school.accounts,
      .classroom = f->school.classroom,
      .media_key = &f->key,
      .addresses = { "http://class.example", "rtmp://class.example" },
  });
  f->server = ac_admin_server_new (
      &(AcAdminServerConfig){ .listen = "127.0.0.1:0", .key = KEY }, f->control,
      &handler, f, &error);
  g_assert_no_error (error);
  f->base = ac_admin_server_url (f->server);
  f->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  soup_session_abort (f->session);
  g_object_unref (f->session);
  ac_admin_server_free (f->server);
  ac_control_free (f->control);
  school_close (&f->school);
  g_free (f->base);
  g_free (f->body);
}

static void
finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* @authorization: the header, or NULL. Returns: the status; 0: no answer. */
static guint
ask (Fixture *f, const gchar *method, const gchar *path, const gchar *authorization,
     const gchar *text)
{
  g_autofree gchar *url = g_strconcat (f->base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;

  if (authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message),
                                  "Authorization", authorization);
  if (text != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }
  soup_session_send_and_read_async (f->session, message, 0, NULL, finished, &result);
  school_until (result != NULL);
  body = soup_session_send_and_read_finish (f->session, result, NULL);
  g_free (f->body);
  f->body = body != NULL
                ? g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body))
                : NULL;
  return body != NULL ? soup_message_get_status (message) : 0;
}

static void
test_health (Fixture *f, gconstpointer unused)
{
  g_assert_cmpuint (ask (f, "GET", "/healthz", NULL, NULL), ==, 200);
  g_assert_cmpstr (f->body, ==, "ok");
  g_assert_cmpuint (ask (f, "GET", "/readyz", NULL, NULL), ==, 503);
  ac_admin_server_set_ready (f->server, TRUE);
  g_assert_cmpuint (ask (f, "GET", "/readyz", NULL, NULL), ==, 200);
  g_assert_cmpuint (ask (f, "POST", "/healthz", NULL, "{}"), ==, 405);
  g_assert_cmpuint (ask (f, "GET", "/nothing", NULL, NULL), ==, 404);
}

static void
test_metrics (Fixture *f, gconstpointer unused)
{
  g_assert_cmpuint (ask (f, "GET", "/metrics", NULL, NULL), ==, 200);
  g_assert_true (g_str_has_prefix (f->body, "airclass_test 0x"));
}

static void
test_key (Fixture *f, gconstpointer unused)
{
  static const gchar *const wrong[] = {
    NULL,
    "",
    "Bearer",
    "Bearer ",
    "Basic " KEY,
    "Bearer x" KEY,
    "Bearer " KEY "x",
    "Bearer 00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_cmpuint (ask (f, "POST", "/control/v1/init", wrong[i], "{}"), ==, 403);
    g_assert_nonnull (strstr (f->body, "\"denied\""));
  }
  g_assert_cmpuint (ask (f, "POST", "/control/v1/init", "Bearer " KEY, "{}"), ==, 200);
}

static void
test_calls (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *method, *path, *body;
    guint status;
    const gchar *words;
  } rows[] = {
    { "POST", "/control/v1/lesson-add", "{\"title\":\"x\"}", 200, "\"stream_key\"" },
    { "POST", "/control/v1/lesson-start", "{\"lesson\":1}", 200, "\"live\"" },
    { "POST", "/control/v1/attendance", "{\"lesson\":1}", 200, "[]" },
    { "POST", "/control/v1/lesson-end", "{\"lesson\":2}", 404, "\"not-found\"" },
    { "POST", "/control/v1/lesson-add", "{\"title\":7}", 422, "\"field\":\"title\"" },
    { "POST", "/control/v1/lesson-add", "title", 422, "not valid JSON" },
    { "POST", "/control/v1/lesson-add", "[]", 422, "must be a JSON object" },
    { "POST", "/control/v1/nothing", "{}", 404, "\"usage\"" },
    { "POST", "/control/v1", "{}", 404, "\"usage\"" },
    { "POST", "/control/v1/", "{}", 404, "\"usage\"" },
    { "POST", "/control/v2/init", "{}", 404, "\"usage\"" },
    { "PUT", "/control/v1/init", "{}", 404, "\"usage\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s %s", rows[i].path, rows[i].body);
    g_assert_cmpuint (
        ask (f, rows[i].method, rows[i].path, "Bearer " KEY, rows[i].body), ==,
        rows[i].status);
    g_assert_nonnull (strstr (f->body, rows[i].words));
  }
}

static void
test_too_large (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *text =
      g_strdup_printf ("{\"title\":\"%*s\"}", 4 * AC_ADMIN_BODY_MAX_BYTES, "");

  g_autofree gchar *huge = g_strnfill (AC_ADMIN_CALL_MAX_BYTES + 65536, ' ');

  /* Cut off before there is an answer; with the key it is heard out, and refused. */
  g_assert_cmpuint (ask (f, "POST", "/control/v1/lesson-add", "Bearer no", text), ==,
                    0);
  g_assert_cmpuint (ask (f, "POST", "/control/v1/lesson-add", "Bearer " KEY, text), ==,
                    422);
  g_assert_cmpuint (ask (f, "POST", "/control/v1/lesson-add", "Bearer " KEY, huge), ==,
                    0);
  g_assert_cmpuint (ask (f, "GET", "/healthz", NULL, NULL), ==, 200);
}

static void
test_addresses (Fixture *f, gconstpointer unused)
{
  static const gchar *const bad[] = { "0.0.0.0:0", "192.0.2.1:0",
                                      "[::]:0",    "localhost:0",
                                      "",          "127.0.0.1:99999" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_null (
        ac_admin_server_new (&(AcAdminServerConfig){ .listen = bad[i], .key = KEY },
                             f->control, NULL, NULL, &error));
    g_assert_error (error, AC_ADMIN_SERVER_ERROR, AC_ADMIN_SERVER_ERROR_LISTEN);
    g_assert_nonnull (strstr (error->message, bad[i]));
  }
  g_assert_cmpuint (ac_admin_server_port (f->server), >, 0);
}

static void
test_taken (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *listen =
      g_strdup_printf ("127.0.0.1:%u", ac_admin_server_port (f->server));
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ac_admin_server_new (&(AcAdminServerConfig){ .listen = listen, .key = KEY },
                           f->control, NULL, NULL, &error));
  g_assert_error (error, AC_ADMIN_SERVER_ERROR, AC_ADMIN_SERVER_ERROR_LISTEN);
}

#define ADD(name, func)                                                                \
  g_test_add ("/admin-server/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("health", test_health);
  ADD ("metrics", test_metrics);
  ADD ("key", test_key);
  ADD ("calls", test_calls);
  ADD ("too-large", test_too_large);
  ADD ("addresses", test_addresses);
  ADD ("taken", test_taken);
  return g_test_run ();
}
