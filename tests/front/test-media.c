/* Media over real sockets: at once, held, cancelled, large, pipelined, gzip. */
#include "front_fixture.h"
#include "hub_double.h"

#include <string.h>
#include <sys/socket.h>

static void
set_up (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_set_up (fixture, NULL);
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
test_now (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer =
      ac_fixture_get (fixture, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autofree gchar *date = ac_answer_header (answer, "date");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (ac_answer_is (answer, "now"));
  assert_header (answer, "content-type", "text/plain");
  assert_header (answer, "cache-control", "max-age=1");
  assert_header (answer, "access-control-allow-origin", "*");
  assert_header (answer, "access-control-expose-headers", "Age, Date");
  assert_header (answer, "access-control-allow-credentials", NULL);
  assert_header (answer, "connection", NULL);
  g_assert_true (g_str_has_suffix (date, " GMT"));
}

static void
test_methods (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) head =
      ac_fixture_get (fixture, "HEAD /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr (AcAnswer) options =
      ac_fixture_get (fixture, "OPTIONS /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr (AcAnswer) put = ac_fixture_get (
      fixture, "PUT /live/T/now HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  g_autoptr (AcAnswer) absent =
      ac_fixture_get (fixture, "GET /live/T/other HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (head->status, ==, 200);
  assert_header (head, "content-length", "3");
  g_assert_cmpuint (options->status, ==, 204);
  assert_header (options, "access-control-allow-methods", "GET, HEAD, OPTIONS");
  g_assert_cmpuint (put->status, ==, 405);
  assert_header (put, "allow", "GET, HEAD, OPTIONS");
  g_assert_cmpuint (absent->status, ==, 404);
  assert_header (absent, "access-control-allow-origin", "*");
}

static void
test_keep_alive (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);

  for (guint i = 0; i < 200; i++) {
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, i % 2 ? "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n"
                                  : "HEAD /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = ac_client_answer (client, i % 2 == 0);
    g_assert_cmpuint (answer->status, ==, 200);
  }
}

static void
test_http10 (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (AcAnswer) kept = NULL, last = NULL;

  ac_client_send (client, "GET /live/T/now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  kept = ac_client_answer (client, FALSE);
  assert_header (kept, "connection", "keep-alive");
  ac_client_send (client, "GET /live/T/now HTTP/1.0\r\n\r\n");
  last = ac_client_answer (client, FALSE);
  assert_header (last, "connection", "close");
  ac_client_until_end (client);
}

/* Whoever was not answered in time is told when to ask again. */
static void
test_busy (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) busy =
      ac_fixture_get (fixture, "GET /live/T/busy HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autoptr (AcAnswer) good =
      ac_fixture_get (fixture, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (busy->status, ==, 503);
  assert_header (busy, "retry-after", "2");
  assert_header (busy, "access-control-allow-origin", "*");
  assert_header (good, "retry-after", NULL);
}

static void
test_gzip (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *accept, *body, *encoding;
  } cases[] = {
    { "gzip", "packed", "gzip" },       { "br, gzip;q=0.8", "packed", "gzip" },
    { "*", "packed", "gzip" },          { "gzip;q=0", "plain", NULL },
    { "gzip; q=0.000", "plain", NULL }, { "br", "plain", NULL },
    { "x-gzipped", "plain", NULL },     { "", "plain", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request =
        g_strdup_printf ("GET /live/T/gzip HTTP/1.1\r\nHost: a\r\n"
                         "Accept-Encoding: %s\r\n\r\n",
                         cases[i].accept);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    g_assert_true (ac_answer_is (answer, cases[i].body));
    assert_header (answer, "content-encoding", cases[i].encoding);
    assert_header (answer, "vary", "Accept-Encoding");
  }
}

static void
test_query (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *sent, *seen;
  } cases[] = {
    { "", "-" },
    { "?", "-" },
    { "?a&", "a" },
    { "?_HLS_msn=4&_HLS_part=2", "_HLS_msn=4&_HLS_part=2" },
    { "?a=%26%3B&b=c+d", "a=%26%3B&b=c%20d" },
    { "?a=/../b", "a=/../b" },
    { "?%E4%BD%A0=1", "%E4%BD%A0=1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request = g_strdup_printf (
        "GET /live/T/query%s HTTP/1.1\r\nHost: a\r\n\r\n", cases[i].sent);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    if (!ac_answer_is (answer, cases[i].seen))
      g_error ("%s gave %.*s", cases[i].sent, (int)g_bytes_get_size (answer->body),
               (const gchar *)g_bytes_get_data (answer->body, NULL));
  }
}

static void
test_sizes (AcFixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 5000000 };
  g_autoptr (AcClient) client = ac_client_new (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree gchar *request = g_strdup_printf (
        "GET /live/T/bytes/%" G_GSIZE_FORMAT " HTTP/1.1\r\nHost: a\r\n\r\n", sizes[i]);
    g_autoptr (GBytes) expected = ac_double_pattern (sizes[i]);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, request);
    answer = ac_client_answer (client, FALSE);
    g_assert_cmpmem (g_bytes_get_data (answer->body, NULL),
                     g_bytes_get_size (answer->body), g_bytes_get_data (expected, NULL),
                     sizes[i]);
  }
}

static void
test_held (AcFixture *fixture, gconstpointer data)
{
  AcClient *clients[50];
  AcSnapshot *snapshot = ac_double_snapshot_new ();

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++) {
    clients[i] = ac_client_new (fixture);
    ac_client_send (clients[i],
                    i % 5 == 0 ? "GET /live/T/held/300000 HTTP/1.1\r\nHost: a\r\n\r\n"
                               : "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  for (guint round = 0; round < 3; round++) {
    ac_fixture_until_held (G_N_ELEMENTS (clients));
    ac_front_publish (fixture->front, snapshot);
    for (guint i = 0; i < G_N_ELEMENTS (clients); i++) {
      g_autoptr (AcAnswer) answer = ac_client_answer (clients[i], FALSE);

      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpuint (g_bytes_get_size (answer->body), ==, i % 5 == 0 ? 300000 : 9);
      if (round < 2)
        ac_client_send (clients[i],
                        i % 5 == 0
                            ? "GET /live/T/held/300000 HTTP/1.1\r\nHost: a\r\n\r\n"
                            : "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    ac_client_free (clients[i]);
  ac_snapshot_unref (snapshot);
}

static void
test_hang_up (AcFixture *fixture, gconstpointer data)
{
  gint before = ac_double_n_cancelled ();
  AcClient *closed = ac_client_new (fixture);
  AcClient *reset = ac_client_new (fixture);
  struct linger at_once = { .l_onoff = 1 };

  ac_client_send (closed, "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_client_send (reset, "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_fixture_until_held (2);
  setsockopt (reset->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ac_client_free (closed);
  ac_client_free (reset);
  ac_fixture_until_held (0);
  g_assert_cmpint (ac_double_n_cancelled (), ==, before + 2);
}

/* Requests that come before the answers, whole and in pieces, keep their order. */
static void
test_pipelined (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (GString) requests = g_string_new ("");
  AcSnapshot *snapshot = ac_double_snapshot_new ();
  g_autoptr (AcAnswer) held = NULL, after = NULL;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (requests,
                            "GET /live/T/query?n=%u HTTP/1.1\r\nHost: a\r\n\r\n", i);
  ac_client_send (client, requests->str);
  for (guint i = 0; i < 40; i++) {
    g_autoptr (AcAnswer) answer = ac_client_answer (client, FALSE);
    g_autofree gchar *expected = g_strdup_printf ("n=%u", i);

    g_assert_true (ac_answer_is (answer, expected));
  }

  ac_client_send (client, "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n"
                          "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\nGET /live/T/qu");
  ac_fixture_until_held (1);
  ac_client_send (client, "ery?x HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_front_publish (fixture->front, snapshot);
  held = ac_client_answer (client, FALSE);
  g_assert_true (ac_answer_is (held, "published"));
  after = ac_client_answer (client, FALSE);
  g_assert_true (ac_answer_is (after, "now"));
  g_clear_pointer (&after, ac_answer_free);
  after = ac_client_answer (client, FALSE);
  g_assert_true (ac_answer_is (after, "x"));
  ac_snapshot_unref (snapshot);
}

static void
test_byte_by_byte (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  const gchar *request = "GET /live/T/now HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n";

  for (guint round = 0; round < 3; round++) {
    g_autoptr (AcAnswer) answer = NULL;

    for (const gchar *c = request; *c != '\0'; c++)
      ac_client_send_bytes (client, c, 1);
    answer = ac_client_answer (client, FALSE);
    g_assert_true (ac_answer_is (answer, "now"));
  }
}

static void
test_wanted (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer =
      ac_fixture_get (fixture, "GET /live/T/want HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (answer->status, ==, 404);
  g_assert_cmpuint (fixture->n_wanted, ==, 1);
}

/* Freed with requests held, half sent and half read. */
static void
test_free_busy (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) held = ac_client_new (fixture);
  g_autoptr (AcClient) half = ac_client_new (fixture);
  g_autoptr (AcClient) silent = ac_client_new (fixture);
  g_autoptr (AcClient) slow = ac_client_new (fixture);

  ac_client_send (slow, "GET /live/T/bytes/50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_client_send (half, "GET /live/T/no");
  g_assert_true (ac_client_receive (slow));
  ac_client_send (held, "GET /live/T/held HTTP/1.1\r\nHost: a\r\n\r\n");
  ac_fixture_until_held (1);
  g_clear_pointer (&fixture->front, ac_front_free);
  ac_client_until_end (held);
  ac_client_until_end (half);
  ac_client_until_end (silent);
  g_assert_cmpint (ac_double_n_held (), ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/media/now", test_now },
    { "/media/methods", test_methods },
    { "/media/keep-alive", test_keep_alive },
    { "/media/http10", test_http10 },
    { "/media/busy", test_busy },
    { "/media/gzip", test_gzip },
    { "/media/query", test_query },
    { "/media/sizes", test_sizes },
    { "/media/held", test_held },
    { "/media/hang-up", test_hang_up },
    { "/media/pipelined", test_pipelined },
    { "/media/byte-by-byte", test_byte_by_byte },
    { "/media/wanted", test_wanted },
    { "/media/free-busy", test_free_busy },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, AcFixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
