/* API requests to the main loop and back; and the front's limits. */
#include "front_fixture.h"
#include "hub_double.h"
#include "upload.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static void
set_up (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_set_up (fixture, data);
}

static void
tear_down (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_tear_down (fixture);
}

static void
assert_header (AcAnswer *answer, const gchar *name, const gchar *value)
{
  g_autofree gchar *found = ac_answer_header (answer, name);

  g_assert_cmpstr (found, ==, value);
}

static void
assert_body (AcAnswer *answer, const gchar *text)
{
  g_autofree gchar *body = g_strndup (g_bytes_get_data (answer->body, NULL),
                                      g_bytes_get_size (answer->body));

  g_assert_cmpstr (body, ==, text);
}

static void
test_request (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer = ac_fixture_get (
      fixture, "POST /api/v1/a%20b/../c?x=%26&y HTTP/1.1\r\nHost: school:80\r\n"
               "Cookie: airclass_session=1; other=2\r\nOrigin: http://school\r\n"
               "X-Requested-With: airclass\r\nContent-Type: application/json\r\n"
               "X-Forwarded-For: 192.0.2.7\r\nContent-Length: 7\r\n\r\n{\"a\":1}");

  g_assert_cmpuint (answer->status, ==, 200);
  assert_body (answer, "POST|/api/v1/c|x=%26&y|airclass_session=1; other=2|"
                       "http://school|school:80|airclass|application/json|"
                       "127.0.0.1|0|{\"a\":1}");
  assert_header (answer, "cache-control", "no-store");
  assert_header (answer, "x-content-type-options", "nosniff");
  assert_header (answer, "referrer-policy", "no-referrer");
  assert_header (answer, "access-control-allow-origin", NULL);
}

static void
test_methods (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *method, *length;
  } cases[] = {
    { "GET", "" },
    { "DELETE", "" },
    { "DELETE", "Content-Length: 0\r\n" },
    { "POST", "Content-Length: 0\r\n" },
    { "PUT", "Content-Length: 0\r\n" },
    { "PATCH", "Content-Length: 0\r\n" },
  };
  g_autoptr (AcClient) client = ac_client_new (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request = g_strdup_printf ("%s /api/v1/x HTTP/1.1\r\n%s\r\n",
                                                 cases[i].method, cases[i].length);
    g_autofree gchar *expected =
        g_strdup_printf ("%s|/api/v1/x|-|-|-|-|-|-|127.0.0.1|0|", cases[i].method);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, request);
    answer = ac_client_answer (client, FALSE);
    assert_body (answer, expected);
  }
  g_assert_cmpuint (fixture->n_api, ==, G_N_ELEMENTS (cases));
}

static void
test_answer_fields (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer =
      ac_fixture_get (fixture, "GET /api/cookie HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr (AcAnswer) dropped =
      ac_fixture_get (fixture, "GET /api/dropped HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (answer->status, ==, 204);
  assert_header (answer, "set-cookie", "a=b; Path=/");
  assert_header (answer, "retry-after", "9");
  assert_header (answer, "content-length", NULL);
  g_assert_cmpuint (dropped->status, ==, 500);
}

static gchar *
post_of (gsize length, const gchar *more)
{
  g_autofree gchar *body = g_strnfill (length, 'x');

  return g_strdup_printf ("POST /api/size HTTP/1.1\r\nHost: a\r\n%s"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          more, length, body);
}

static void
test_sizes (AcFixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 1, 4000, 5000, 100000, AC_HTTP_BODY_MAX_BYTES };
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autofree gchar *large = post_of (AC_HTTP_BODY_MAX_BYTES + 1, "");
  g_autofree gchar *absurd = NULL;
  g_autoptr (AcAnswer) refused = NULL, dropped = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gchar *request = post_of (sizes[i], "");
    g_autofree gchar *expected = g_strdup_printf ("%" G_GSIZE_FORMAT, sizes[i]);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, request);
    answer = ac_client_answer (client, FALSE);
    assert_body (answer, expected);
  }
  refused = ac_fixture_get (fixture, large);
  g_assert_cmpuint (refused->status, ==, 413);
  assert_header (refused, "connection", "close");
  absurd = g_strdup ("POST /api/size HTTP/1.1\r\nHost: a\r\n"
                     "Content-Length: 99999999999\r\n\r\nabc");
  dropped = ac_fixture_get (fixture, absurd);
  g_assert_cmpuint (dropped->status, ==, 413);
  g_assert_cmpuint (fixture->n_api, ==, G_N_ELEMENTS (sizes));
}

/* Files have room in the two places that take them, for who is let in there, and
 * nowhere beside these. */
static void
test_uploads (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *method, *path;
    guint status;
  } rows[] = {
    { "POST", "/api/v1/imports", 401 },  { "POST", "/api/v1/lessons/7/handouts", 401 },
    { "PATCH", "/api/v1/imports", 413 }, { "POST", "/api/v1/imports/1/apply", 413 },
    { "POST", "/api/v1/importsx", 413 },
  };
  const gsize length = AC_HTTP_BODY_MAX_BYTES + 1;
  g_autofree gchar *body = g_strnfill (length, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *request = g_strdup_printf (
        "%s %s HTTP/1.1\r\nHost: a\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
        rows[i].method, rows[i].path, length, body);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    g_test_message ("%s %s", rows[i].method, rows[i].path);
    g_assert_cmpuint (answer->status, ==, rows[i].status);
  }
}

static void
test_expect (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (AcAnswer) invited = NULL, answer = NULL;

  ac_client_send (client, "POST /api/size HTTP/1.1\r\nHost: a\r\n"
                          "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  invited = ac_client_answer (client, TRUE);
  g_assert_cmpuint (invited->status, ==, 100);
  ac_client_send (client, "hello");
  answer = ac_client_answer (client, FALSE);
  assert_body (answer, "5");
}

/* Requests right behind a body, and behind a held call. A body in a pipelined request
 * is refused by closing: see ac_stream_request(). */
static void
test_pipelined (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  static const gchar *expected[] = { "3", "GET|/api/x|-|-|-|-|-|-|127.0.0.1|0|",
                                     "later", "GET|/api/y|-|-|-|-|-|-|127.0.0.1|0|" };

  ac_client_send (client, "POST /api/size HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                          "GET /api/x HTTP/1.1\r\n\r\n"
                          "GET /api/later HTTP/1.1\r\n\r\n"
                          "GET /api/y HTTP/1.1\r\n\r\n"
                          "POST /api/size HTTP/1.1\r\nContent-Length: 2\r\n\r\nde");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (AcAnswer) answer = NULL;

    if (i == 2) {
      AcHttpResponse response = { .status = 200, .body = g_bytes_new ("later", 5) };

      ac_fixture_until (&fixture->held->len, 1);
      ac_http_exchange_respond (fixture->held->pdata[0], &response);
    }
    answer = ac_client_answer (client, FALSE);
    assert_body (answer, expected[i]);
  }
  ac_client_until_end (client);
  g_assert_cmpuint (client->buffer->len, ==, 0);
  g_assert_cmpuint (fixture->n_api, ==, 4);
}

/* The client is gone when the answer comes; the front is gone when the answer comes. */
static void
test_gone (AcFixture *fixture, gconstpointer data)
{
  AcClient *client = ac_client_new (fixture);
  AcHttpResponse response = { .status = 200, .body = g_bytes_new ("late", 4) };
  g_autoptr (AcAnswer) answer = NULL;
  AcHttpExchange *exchange;

  ac_client_send (client, "GET /api/later HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_fixture_until (&fixture->held->len, 1);
  ac_client_free (client);
  exchange = g_ptr_array_remove_index (fixture->held, 0);
  ac_http_exchange_respond (exchange, &response);
  ac_http_exchange_unref (exchange);

  client = ac_client_new (fixture);
  ac_client_send (client, "GET /api/later HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_fixture_until (&fixture->held->len, 1);
  g_clear_pointer (&fixture->front, ac_front_free);
  ac_client_until_end (client);
  ac_client_free (client);
  exchange = g_ptr_array_remove_index (fixture->held, 0);
  response = (AcHttpResponse){ .status = 200, .body = g_bytes_new ("later", 5) };
  ac_http_exchange_respond (exchange, &response);
  ac_http_exchange_unref (exchange);
}

static void
test_too_many (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_client_free);
  g_autoptr (AcAnswer) refused = NULL, dropped = NULL, next = NULL;
  AcHttpExchange *exchange;
  guint first;

  for (guint i = 0; i < 1024; i++) {
    g_autofree gchar *request =
        g_strdup_printf ("GET /api/%u/later HTTP/1.1\r\nHost: a\r\n\r\n", i);

    g_ptr_array_add (clients, ac_client_new (fixture));
    ac_client_send (clients->pdata[i], request);
  }
  ac_fixture_until (&fixture->held->len, 1024);
  refused = ac_fixture_get (fixture, "GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_cmpuint (refused->status, ==, 503);
  assert_header (refused, "retry-after", "2");

  exchange = g_ptr_array_remove_index (fixture->held, 0);
  first = g_ascii_strtoull (ac_http_exchange_request (exchange)->path + 5, NULL, 10);
  ac_http_exchange_unref (exchange);
  dropped = ac_client_answer (clients->pdata[first], FALSE);
  g_assert_cmpuint (dropped->status, ==, 500);
  next = ac_fixture_get (fixture, "GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_cmpuint (next->status, ==, 200);
}

/* Bodies that do not come take no place from other requests. */
static void
test_many_slow (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_client_free);
  g_autoptr (AcAnswer) answer = NULL;

  for (guint i = 0; i < 1100; i++) {
    g_ptr_array_add (clients, ac_client_new (fixture));
    ac_client_send (clients->pdata[i],
                    "POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{");
  }
  answer = ac_fixture_get (fixture, "GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_cmpuint (answer->status, ==, 200);
}

/* Nor do those that nearly come take all the memory: 64 MiB of them, no more. */
static void
test_many_large (AcFixture *fixture, gconstpointer data)
{
  const gsize length = 256 * 1024 - 1;
  const guint n_fit = 64 * 1024 * 1024 / length;
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_client_free);
  g_autofree gchar *body = g_strnfill (length, 'x');
  g_autoptr (AcAnswer) refused = NULL, answer = NULL;

  for (guint i = 0; i <= n_fit; i++) {
    g_ptr_array_add (clients, ac_client_new (fixture));
    ac_client_send (clients->pdata[i],
                    "POST /api/size HTTP/1.1\r\nHost: a\r\nContent-Length: 262144"
                    "\r\n\r\n");
    ac_client_send_bytes (clients->pdata[i], body, length);
  }
  /* One thread reads them in turn, so the last to be read whole is one of all. */
  for (guint i = 0; i <= n_fit; i++) {
    struct pollfd one = { .fd = ((AcClient *)clients->pdata[i])->fd, .events = POLLIN };

    if (i == n_fit || poll (&one, 1, 20) == 1) {
      refused = ac_client_answer (clients->pdata[i], FALSE);
      break;
    }
  }
  g_assert_cmpuint (refused->status, ==, 503);
  while (clients->len > 0)
    g_ptr_array_remove_index (clients, 0);
  answer = ac_fixture_get (fixture, "POST /api/size HTTP/1.1\r\nHost: a\r\n"
                                    "Content-Length: 2\r\n\r\n{}");
  g_assert_true (ac_answer_is (answer, "2"));
}

/* --- Files ----------------------------------------------------------------------- */

static AcClient *
begin_upload (AcFixture *fixture, const gchar *cookie, const gchar *query)
{
  AcClient *client = ac_client_new (fixture);
  g_autofree gchar *head = ac_fixture_upload (cookie, query, "");

  ac_client_send (client, head);
  return client;
}

static AcAnswer *
end_upload (AcClient *client)
{
  g_autofree gchar *body = g_strnfill (AC_FIXTURE_UPLOAD_BYTES, 'x');

  ac_client_send_bytes (client, body, AC_FIXTURE_UPLOAD_BYTES);
  return ac_client_answer (client, FALSE);
}

static void
assert_status (AcFixture *fixture, const gchar *cookie, guint status)
{
  g_autoptr (AcClient) client = begin_upload (fixture, cookie, NULL);
  g_autoptr (AcAnswer) answer = ac_client_answer (client, FALSE);

  g_assert_cmpuint (answer->status, ==, status);
  assert_header (answer, "connection", "close");
}

/* Whoever may not, or is only asked about, takes no place; a person takes one; there
 * are two; and they come back. */
static void
test_upload_places (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) asked = begin_upload (fixture, "u=1", "later");
  g_autoptr (AcClient) other = begin_upload (fixture, "u=2", "later");
  AcClient *phone = NULL;
  g_autoptr (AcClient) computer = NULL;
  g_autoptr (AcAnswer) good = NULL;
  g_autofree gchar *size = g_strdup_printf ("%d", AC_FIXTURE_UPLOAD_BYTES);

  ac_fixture_until (&fixture->held->len, 2);
  for (guint i = 0; i < 3; i++)
    assert_status (fixture, NULL, 401);
  phone = begin_upload (fixture, "u=7", NULL);
  ac_fixture_until (&fixture->n_asked, 6);
  assert_status (fixture, "u=7", 503); /* they have one */
  computer = begin_upload (fixture, "u=8", NULL);
  ac_fixture_until (&fixture->n_asked, 8);
  assert_status (fixture, "u=9", 503); /* both are taken */
  good = end_upload (computer);
  g_assert_cmpuint (good->status, ==, 200);
  assert_body (good, size);
  g_clear_pointer (&computer, ac_client_free);
  computer = begin_upload (fixture, "u=9", NULL);
  ac_fixture_until (&fixture->n_asked, 10);
  ac_client_free (phone); /* its line is gone, and so is its place, in a moment */
  for (guint status = 0; status != 100;) {
    g_autofree gchar *head =
        ac_fixture_upload ("u=7", NULL, "Expect: 100-continue\r\n");
    g_autoptr (AcClient) again = ac_client_new (fixture);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (again, head);
    answer = ac_client_answer (again, TRUE);
    status = answer->status;
    g_assert_true (status == 100 || status == 503);
  }
  g_assert_cmpuint (fixture->n_api, ==, 1);
}

/* A file that is here before it is known whether it may come. */
static void
test_upload_early (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    guint status, told, n_api;
  } rows[] = { { 100, 200, 1 }, { 403, 403, 1 } };
  g_autofree gchar *body = g_strnfill (AC_FIXTURE_UPLOAD_BYTES, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (AcClient) client = begin_upload (fixture, "u=1", "later");
    AcHttpResponse response = { .status = rows[i].status, .uploader = 1 };
    g_autoptr (AcAnswer) answer = NULL;
    AcHttpExchange *exchange;

    ac_client_send_bytes (client, body, AC_FIXTURE_UPLOAD_BYTES);
    ac_fixture_until (&fixture->held->len, 1);
    exchange = g_ptr_array_remove_index (fixture->held, 0);
    ac_http_exchange_respond (exchange, &response);
    ac_http_exchange_unref (exchange);
    answer = ac_client_answer (client, FALSE);
    g_assert_cmpuint (answer->status, ==, rows[i].told);
    g_assert_cmpuint (fixture->n_api, ==, rows[i].n_api);
  }
}

/* The client goes, or the front does, while it is asked about. */
static void
test_upload_gone (AcFixture *fixture, gconstpointer data)
{
  AcHttpResponse response = { .status = 100, .uploader = 1 };
  AcClient *client = begin_upload (fixture, "u=1", "later");
  AcHttpExchange *exchange;

  ac_fixture_until (&fixture->held->len, 1);
  ac_client_free (client);
  exchange = g_ptr_array_remove_index (fixture->held, 0);
  ac_http_exchange_respond (exchange, &response);
  ac_http_exchange_unref (exchange);
  client = begin_upload (fixture, "u=1", "later");
  ac_fixture_until (&fixture->held->len, 1);
  g_clear_pointer (&fixture->front, ac_front_free);
  ac_client_until_end (client);
  ac_client_free (client);
  exchange = g_ptr_array_remove_index (fixture->held, 0);
  response = (AcHttpResponse){ .status = 100, .uploader = 1 };
  ac_http_exchange_respond (exchange, &response);
  ac_http_exchange_unref (exchange);
}

/* A byte now and then keeps no place: ten seconds, and it is somebody else's. */
static void
test_upload_slow (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) phone = begin_upload (fixture, "u=7", NULL);
  struct pollfd told = { .fd = phone->fd, .events = POLLIN };
  g_autoptr (AcClient) again = NULL;
  g_autoptr (AcAnswer) late = NULL;
  g_autoptr (AcAnswer) good = NULL;

  ac_fixture_until (&fixture->n_asked, 1);
  for (guint i = 0; i < 40 && poll (&told, 1, 500) == 0; i++)
    ac_client_send (phone, "x");
  late = ac_client_answer (phone, FALSE);
  g_assert_cmpuint (late->status, ==, 408);
  again = begin_upload (fixture, "u=7", NULL);
  good = end_upload (again);
  g_assert_cmpuint (good->status, ==, 200);
}

static void
test_upload_pace (void)
{
  g_assert_false (ac_upload_is_late (100, 0, 100 + AC_UPLOAD_GRACE_S - 1));
  g_assert_true (ac_upload_is_late (100, 0, 100 + AC_UPLOAD_GRACE_S));
  g_assert_true (
      ac_upload_is_late (100, AC_UPLOAD_MIN_BYTES_S - 1, 100 + AC_UPLOAD_GRACE_S));
  g_assert_false (
      ac_upload_is_late (100, AC_UPLOAD_MIN_BYTES_S, 100 + AC_UPLOAD_GRACE_S));
  g_assert_true (
      ac_upload_is_late (100, AC_UPLOAD_MIN_BYTES_S, 101 + AC_UPLOAD_GRACE_S));
}

static void
test_connections (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) first = ac_client_new (fixture);
  g_autoptr (AcClient) second = ac_client_new (fixture);
  g_autoptr (AcClient) third = NULL;
  g_autoptr (AcAnswer) answer = NULL, other = NULL;

  ac_client_send (first, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  answer = ac_client_answer (first, FALSE);
  g_assert_cmpuint (answer->status, ==, 200);
  ac_client_send (second, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  other = ac_client_answer (second, FALSE);
  g_assert_cmpuint (other->status, ==, 200);
  third = ac_client_new (fixture); /* the third of two */
  ac_client_until_end (third);
}

static void
test_forwarded (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer = ac_fixture_get (
      fixture, "GET /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n"
               "X-Forwarded-For: 10.0.0.1, 2001:db8::9\r\n\r\n");
  g_autoptr (AcAnswer) odd = ac_fixture_get (
      fixture, "GET /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: <script>\r\n\r\n");

  assert_body (answer, "GET|/api/x|-|-|-|a|-|-|2001:db8::9|1|");
  assert_body (odd, "GET|/api/x|-|-|-|a|-|-|127.0.0.1|0|");
}

static void
test_threads (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_client_free);
  AcSnapshot *snapshot = ac_double_snapshot_new ();

  for (guint i = 0; i < 64; i++) {
    g_ptr_array_add (clients, ac_client_new (fixture));
    ac_client_send (clients->pdata[i], "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  ac_fixture_until_held (64);
  ac_front_publish (fixture->front, snapshot);
  for (guint i = 0; i < 64; i++) {
    g_autoptr (AcAnswer) held = ac_client_answer (clients->pdata[i], FALSE);
    g_autoptr (AcAnswer) called = NULL;

    g_assert_true (ac_answer_is (held, "published"));
    ac_client_send (clients->pdata[i], "GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
    called = ac_client_answer (clients->pdata[i], FALSE);
    g_assert_cmpuint (called->status, ==, 200);
  }
  ac_snapshot_unref (snapshot);
}

/* --- Addresses -------------------------------------------------------------------- */

static void
test_unusable_addresses (void)
{
  static const AcFrontHandler handler = { 0 };
  static const AcMediaKey key = { { 0 } };
  static const gchar *addresses[] = { "",
                                      "127.0.0.1",
                                      ":1",
                                      "127.0.0.1:",
                                      "[::1:80",
                                      "192.0.2.1:0",
                                      "127.0.0.1:http",
                                      "1.2.3.4.5:1" };
  g_autofree gchar *root = g_dir_make_tmp ("ac-front-XXXXXX", NULL);
  g_autofree gchar *index = g_build_filename (root, "index.html", NULL);

  g_assert_true (g_file_set_contents (index, "x", 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    AcFrontConfig config = { .listen = addresses[i], .n_threads = 1, .web_root = root };
    g_autoptr (GError) error = NULL;

    g_assert_null (ac_front_new (&config, NULL, NULL, &key, &handler, NULL, &error));
    g_assert_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_LISTEN);
  }
  g_assert_cmpint (unlink (index), ==, 0);
  g_assert_cmpint (rmdir (root), ==, 0);
}

static void
test_taken_port (AcFixture *fixture, gconstpointer data)
{
  static const AcFrontHandler handler = { 0 };
  static const AcMediaKey key = { { 0 } };
  g_autofree gchar *address =
      g_strdup_printf ("127.0.0.1:%u", ac_front_port (fixture->front));
  AcFrontConfig config = { .listen = address,
                           .n_threads = 1,
                           .web_root = fixture->web_root };
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_front_new (&config, NULL, NULL, &key, &handler, NULL, &error));
  g_assert_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_LISTEN);
  g_assert_nonnull (strstr (error->message, address));
}

int
main (int argc, char **argv)
{
  static const AcFrontConfig two = { .n_threads = 1, .max_connections = 2 };
  static const AcFrontConfig proxied = { .n_threads = 1, .trust_proxy = TRUE };
  static const AcFrontConfig threads = { .n_threads = 3, .listen = "[::]:0" };
  static const struct {
    const gchar *name;
    const AcFrontConfig *config;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/api/request", NULL, test_request },
    { "/api/methods", NULL, test_methods },
    { "/api/answer-fields", NULL, test_answer_fields },
    { "/api/sizes", NULL, test_sizes },
    { "/api/uploads", NULL, test_uploads },
    { "/api/expect", NULL, test_expect },
    { "/api/pipelined", NULL, test_pipelined },
    { "/api/gone", NULL, test_gone },
    { "/api/too-many", NULL, test_too_many },
    { "/api/many-slow", NULL, test_many_slow },
    { "/api/many-large", NULL, test_many_large },
    { "/upload/places", NULL, test_upload_places },
    { "/upload/early", NULL, test_upload_early },
    { "/upload/gone", NULL, test_upload_gone },
    { "/upload/slow", NULL, test_upload_slow },
    { "/front/connections", &two, test_connections },
    { "/front/forwarded", &proxied, test_forwarded },
    { "/front/threads", &threads, test_threads },
    { "/front/taken-port", NULL, test_taken_port },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, AcFixture, tests[i].config, set_up, tests[i].test,
                tear_down);
  g_test_add_func ("/upload/pace", test_upload_pace);
  g_test_add_func ("/front/unusable-addresses", test_unusable_addresses);
  return g_test_run ();
}
