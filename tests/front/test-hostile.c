/* Requests that no browser sends: each gets a 4xx or a closed connection, and the next
 * client an answer. */
#include "front_fixture.h"
#include "target.h"

#include <string.h>

static void
set_up (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_set_up (fixture, NULL);
}

/* Whatever was sent, others are served. */
static void
assert_alive (AcFixture *fixture)
{
  g_autoptr (AcAnswer) answer =
      ac_fixture_get (fixture, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
tear_down (AcFixture *fixture, gconstpointer data)
{
  assert_alive (fixture);
  ac_fixture_tear_down (fixture);
}

static void
test_lines (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *text;
    guint status; /* 0: closed */
  } cases[] = {
    { "\r\n\r\n", 0 },
    { "GET\r\n\r\n", 0 },
    { "GET /\r\n\r\n", 400 },
    { "GET / HTTP/0.9\r\n\r\n", 400 },
    { "GET / HTTP/2.0\r\n\r\n", 400 },
    { "GET / HTTP/1.1 x\r\n\r\n", 400 },
    { "BREW / HTTP/1.1\r\n\r\n", 0 },
    { "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
    { "GET / HTTP/1.1\r\nGET /x HTTP/1.1\r\n\r\n", 0 },
    { "GET /%00index.html HTTP/1.1\r\n\r\n", 400 },
    { "GET /a%00b HTTP/1.1\r\n\r\n", 0 },
    { "GET /%zz HTTP/1.1\r\n\r\n", 0 },
    { "GET /% HTTP/1.1\r\n\r\n", 0 },
    { "GET /%ff%fe HTTP/1.1\r\n\r\n", 400 },
    { "GET /%e4%bd HTTP/1.1\r\n\r\n", 400 },
    { "GET /%7f HTTP/1.1\r\n\r\n", 400 },
    { "GET /%1b[2J HTTP/1.1\r\n\r\n", 400 },
    { "GET /?%00 HTTP/1.1\r\n\r\n", 0 },
    { "GET http://a/ HTTP/1.1\r\n\r\n", 0 },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0 },
    { "POST /api/x HTTP/1.1\r\n\r\n", 411 },
    { "POST /api/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411 },
    { "GET /api/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: +1\r\n\r\nx", 400 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: 1x\r\n\r\nx", 400 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx", 400 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400 },
    { "POST /api/x HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400 },
    { "GET /live/T/now HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AcClient) client = ac_client_new (fixture);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, cases[i].text);
    answer = ac_client_answer (client, FALSE);
    if (answer->status != cases[i].status)
      g_error ("%s gave %u", cases[i].text, answer->status);
    ac_client_until_end (client); /* nothing after it is trusted */
  }
  g_assert_cmpuint (fixture->n_api, ==, 0);
}

/* An encoded line break must not begin a header. */
static void
test_injected_headers (AcFixture *fixture, gconstpointer data)
{
  static const gchar *targets[] = {
    "/api/x%0aX-Requested-With:airclass",
    "/api/x%0d%0aX-Requested-With:airclass",
    "/api/x%0aOrigin:http://a",
    "/api/x%0aHTTP/1.1",
    "/api/x?a=%0aX-Requested-With:airclass",
    "/api/x?a=%0d%0a%0d%0aGET%20/api/y%20HTTP/1.1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autofree gchar *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", targets[i]);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);
    g_autofree gchar *body = g_strndup (g_bytes_get_data (answer->body, NULL),
                                        g_bytes_get_size (answer->body));

    if (answer->status == 200)
      g_assert_cmpstr (body, ==, "GET|/api/x|-|-|-|a|-|-|127.0.0.1|0|");
    else
      g_assert_cmpuint (answer->status, ==, 400);
  }
}

static void
test_floods (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("GET / HTTP/1.1\r\n");
  g_autofree gchar *filled = g_strnfill (200000, 'a');
  g_autofree gchar *target = g_strdup_printf ("GET /%s HTTP/1.1\r\n\r\n", filled);
  g_autofree gchar *header =
      g_strdup_printf ("GET / HTTP/1.1\r\nX: %s\r\n\r\n", filled);
  g_autofree gchar *name = g_strdup_printf ("GET / HTTP/1.1\r\n%s: x\r\n\r\n", filled);
  g_autofree gchar *cookie =
      g_strdup_printf ("GET / HTTP/1.1\r\nCookie: %s\r\n\r\n", filled);
  g_autofree gchar *query = g_strdup_printf ("GET /?%.3000s HTTP/1.1\r\n\r\n", filled);
  g_autoptr (GString) pieces = g_string_new ("GET /?");

  for (guint i = 0; i < 5000; i++)
    g_string_append (many, "Cookie: a\r\n");
  g_string_append (many, "\r\n");
  for (guint i = 0; i < 5000; i++)
    g_string_append (pieces, "a&");
  g_string_append (pieces, " HTTP/1.1\r\n\r\n");

  const gchar *requests[] = { many->str, target, header,     name,
                              cookie,    query,  pieces->str };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (AcClient) client = ac_client_new (fixture);

    ac_client_send (client, requests[i]);
    ac_client_until_end (client);
    g_assert_true (client->buffer->len == 0 ||
                   g_str_has_prefix (client->buffer->str, "HTTP/1.1 4"));
  }
}

/* Half a request, and the client is gone. */
static void
test_cut_short (AcFixture *fixture, gconstpointer data)
{
  const gchar *request = "POST /api/size?x=%41 HTTP/1.1\r\nHost: a\r\nCookie: b\r\n"
                         "Content-Length: 10\r\n\r\n0123456789";

  for (gsize length = 0; length < strlen (request); length++) {
    AcClient *client = ac_client_new (fixture);

    ac_client_send_bytes (client, request, length);
    ac_client_free (client);
  }
}

/* Random requests from the pieces that parsers stumble over. */
static void
test_random (AcFixture *fixture, gconstpointer data)
{
  static const gchar *pieces[] = {
    "GET ",      "POST ",      "HEAD ",
    "OPTIONS ",  "/",          "//",
    "/..",       "/.",         "%2e%2e",
    "%2f",       "%00",        "%0d%0a",
    "%",         "%e4%bd%a0",  "?",
    "&",         "=",          ";",
    "+",         " HTTP/1.1",  " HTTP/1.0",
    "\r\n",      "\r\n\r\n",   "\n",
    "Host: a",   "Cookie: ",   "Upgrade: ",
    "h2c",       "websocket",  "Connection: ",
    "close",     "\xff",       "Content-Length: ",
    "4",         "live/T/now", "api/x",
    "classroom", "X-Y: z",     "Expect: 100-continue",
    "\t",
  };

  for (guint round = 0; round < 600; round++) {
    g_autoptr (GString) request = g_string_new (round % 3 ? "GET /" : "");
    g_autoptr (AcClient) client = ac_client_new (fixture);
    guint n = g_test_rand_int_range (1, 40);

    for (guint i = 0; i < n; i++)
      if (g_test_rand_int_range (0, 12) == 0)
        g_string_append_c (request, g_test_rand_int_range (0, 256));
      else
        g_string_append (request,
                         pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    ac_client_send_bytes (client, request->str, request->len);
  }
}

/* --- The checks by themselves ----------------------------------------------------- */

static void
test_sane_paths (void)
{
  static const struct {
    const gchar *path;
    gsize length;
    gboolean sane;
  } cases[] = {
    { "/", 1, TRUE },      { "/课", 4, TRUE },    { "/a b", 4, TRUE },
    { "", 0, FALSE },      { "a", 1, FALSE },     { "/a\0b", 4, FALSE },
    { "/a", 3, FALSE },    { "/abc", 2, FALSE },  { "/\n", 2, FALSE },
    { "/\x7f", 2, FALSE }, { "/\xc3", 2, FALSE }, { "/\xed\xa0\x80", 4, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ac_target_path_is_sane (cases[i].path, cases[i].length), ==,
                     cases[i].sane);
}

/* What is appended can be decoded to what it was, and never overruns. */
static void
test_query_pieces (void)
{
  for (guint round = 0; round < 20000; round++) {
    gchar query[64] = "", guard[8] = "guarded";
    gchar piece[40];
    gsize length = g_test_rand_int_range (0, sizeof piece);
    gsize size = g_test_rand_int_range (8, sizeof query);
    g_autofree gchar *back = NULL;

    for (gsize i = 0; i < length; i++)
      piece[i] = g_test_rand_int_range (1, 256);
    if (!ac_target_query_append (query, size, piece, length))
      continue;
    g_assert_cmpuint (strlen (query), <, size);
    g_assert_cmpstr (guard, ==, "guarded");
    back = g_uri_unescape_string (query, NULL);
    if (back != NULL && length > 0) /* NULL: not UTF-8 */
      g_assert_cmpmem (back, strlen (back), piece, length);
    g_assert_null (strpbrk (query, "&; +\r\n"));
  }
}

static void
test_texts (void)
{
  static const gchar *good_hosts[] = { "a", "school.example:443", "[::1]:80",
                                       "10.0.0.1" };
  static const gchar *bad_hosts[] = {
    "", "a/b", "a b", "a@b", "a\r\nX: y", "a?b", "课"
  };
  g_autofree gchar *last = ac_target_forwarded_for ("evil, 192.0.2.1 ,2001:DB8::1");

  for (guint i = 0; i < G_N_ELEMENTS (good_hosts); i++)
    g_assert_true (ac_target_host_is_sane (good_hosts[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad_hosts); i++)
    g_assert_false (ac_target_host_is_sane (bad_hosts[i]));
  g_assert_cmpstr (last, ==, "2001:db8::1");
  g_assert_null (ac_target_forwarded_for ("192.0.2.1, unknown"));
  g_assert_null (ac_target_forwarded_for (""));
  g_assert_cmpint (ac_target_content_length ("0"), ==, 0);
  g_assert_cmpint (ac_target_content_length ("262144"), ==, 262144);
  g_assert_cmpint (ac_target_content_length (""), ==, -1);
  g_assert_cmpint (ac_target_content_length (" 1"), ==, -1);
  g_assert_cmpint (ac_target_content_length ("0x10"), ==, -1);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/hostile/lines", test_lines },
    { "/hostile/injected-headers", test_injected_headers },
    { "/hostile/floods", test_floods },
    { "/hostile/cut-short", test_cut_short },
    { "/hostile/random", test_random },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, AcFixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/target/paths", test_sane_paths);
  g_test_add_func ("/target/query-pieces", test_query_pieces);
  g_test_add_func ("/target/texts", test_texts);
  return g_test_run ();
}
