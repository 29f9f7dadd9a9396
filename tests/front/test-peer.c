/* The classroom's socket: frames in and out, limits, and both ends closing. */
#include "front_fixture.h"

#include <string.h>
#include <sys/socket.h>

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
assert_close (AcClient *client, guint code)
{
  g_autoptr (GBytes) payload = NULL;
  const guint8 *bytes;

  for (;;) {
    guint opcode = ac_client_frame (client, &payload);

    if (opcode == 8)
      break;
    g_assert_cmpuint (opcode, !=, 0xff);
    g_clear_pointer (&payload, g_bytes_unref);
  }
  bytes = g_bytes_get_data (payload, NULL);
  g_assert_cmpuint (g_bytes_get_size (payload), >=, 2);
  g_assert_cmpuint ((bytes[0] << 8) | bytes[1], ==, code);
}

static void
test_opened (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new_peer (fixture);
  AcPeer *peer;

  ac_fixture_until (&fixture->n_opened, 1);
  peer = fixture->peers->pdata[0];
  g_assert_cmpuint (peer->id, ==, 1);
  g_assert_cmpstr (peer->cookie, ==, "airclass_session=c0ffee");
  g_assert_cmpstr (peer->origin, ==, "http://school.example");
  g_assert_cmpstr (peer->host, ==, "school.example:81");
  g_assert_cmpstr (peer->query, ==, "lesson=4&client=a%26b");
  g_assert_cmpstr (peer->remote_address, ==, "127.0.0.1");
  g_assert_false (peer->secure);
}

static void
test_messages (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new_peer (fixture);
  g_autofree gchar *longest = g_strnfill (8192, 'm');
  g_autoptr (GBytes) echoed = NULL, echoed_long = NULL;
  const gchar *text = "{\"type\":\"课\"}";

  fixture->echo = 1;
  /* In three fragments, cut in the middle of a character, with a ping in between. */
  ac_client_send_frame (client, 1, FALSE, text, 10);
  ac_client_send_frame (client, 0, FALSE, text + 10, 1);
  ac_client_send_frame (client, 9, TRUE, "p", 1);
  ac_client_send_frame (client, 0, TRUE, text + 11, strlen (text) - 11);
  g_assert_cmpuint (ac_client_frame (client, NULL), ==, 10);
  g_assert_cmpuint (ac_client_frame (client, &echoed), ==, 1);
  g_assert_cmpmem (g_bytes_get_data (echoed, NULL), g_bytes_get_size (echoed), text,
                   strlen (text));
  ac_client_send_frame (client, 1, TRUE, longest, 8192);
  g_assert_cmpuint (ac_client_frame (client, &echoed_long), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (echoed_long), ==, 8192);
}

static void
test_refused_messages (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    guint opcode;
    const gchar *text;
    gsize length;
    guint code;
  } cases[] = {
    { 2, "binary", 6, 1003 },   { 1, "\xff\xfe", 2, 1007 }, { 1, "a\0b", 3, 1007 },
    { 1, "\xe8\xaf", 2, 1007 }, { 1, NULL, 8193, 1009 },    { 1, NULL, 60000, 1009 },
    { 3, "x", 1, 1002 },        { 0, "x", 1, 1002 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AcClient) client = ac_client_new_peer (fixture);
    g_autofree gchar *filled = g_strnfill (65536, 'x');

    ac_client_send_frame (client, cases[i].opcode, TRUE,
                          cases[i].text != NULL ? cases[i].text : filled,
                          cases[i].length);
    assert_close (client, cases[i].code);
    g_test_message ("%u closed with %u", i, cases[i].code);
  }
  ac_fixture_until (&fixture->n_closed, G_N_ELEMENTS (cases));
  g_assert_cmpuint (fixture->said->len, ==, 0);
}

static void
test_server_closes (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new_peer (fixture);
  g_autoptr (GBytes) last = g_bytes_new_static ("last", 4), seen = NULL;
  AcPeer *peer;

  ac_fixture_until (&fixture->n_opened, 1);
  peer = fixture->peers->pdata[0];
  peer->send (peer, last, TRUE);
  peer->close (peer, 4401, "signed out");
  peer->close (peer, 1000, "again"); /* the first one counts */
  g_assert_cmpuint (ac_client_frame (client, &seen), ==, 1);
  assert_close (client, 4401);
  ac_client_send_frame (client, 8, TRUE, "\x11\x31", 2);
  ac_client_until_end (client);
  ac_fixture_until (&fixture->n_closed, 1);
}

static void
test_client_closes (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) polite = ac_client_new_peer (fixture);
  AcClient *rude = ac_client_new_peer (fixture);

  ac_client_send_frame (polite, 8, TRUE, "\x03\xe8", 2);
  assert_close (polite, 1000);
  ac_client_free (rude);
  ac_fixture_until (&fixture->n_closed, 2);
}

/* A client that reads nothing loses the oldest; one that must not lose is closed. */
static void
test_slow (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new_peer (fixture);
  g_autofree gchar *filled = g_strnfill (60000, 's');
  g_autoptr (GBytes) text = g_bytes_new (filled, 60000);
  g_autoptr (GBytes) last = g_bytes_new_static ("the last", 8);
  guint n_seen = 0;
  AcPeer *peer;

  ac_fixture_until (&fixture->n_opened, 1);
  peer = fixture->peers->pdata[0];
  for (guint i = 0; i < 2000; i++)
    peer->send (peer, text, FALSE);
  peer->send (peer, last, FALSE);
  for (;;) {
    g_autoptr (GBytes) seen = NULL;

    g_assert_cmpuint (ac_client_frame (client, &seen), ==, 1);
    n_seen++;
    if (g_bytes_equal (seen, last))
      break;
  }
  g_assert_cmpuint (n_seen, <, 2000);
  g_assert_cmpuint (n_seen, >=, 256);

  for (guint i = 0; i < 2000; i++)
    peer->send (peer, text, TRUE);
  assert_close (client, 1013);
  ac_client_send_frame (client, 8, TRUE, "\x03\xf5", 2);
  ac_fixture_until (&fixture->n_closed, 1);
}

/* Faster than the main loop: the socket waits, and nothing is lost. */
static void
test_flood (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new_peer (fixture);
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  const guint8 frame[] = { 0x81, 0x81, 0, 0, 0, 0, 'f' };
  guint said = 0;

  for (guint i = 0; i < 5000; i++)
    g_byte_array_append (frames, frame, sizeof frame);
  ac_client_send_bytes (client, frames->data, frames->len);
  while (said < 5000) {
    g_main_context_iteration (NULL, FALSE);
    said = fixture->said->len / 2;
  }
  g_assert_cmpuint (said, ==, 5000);
}

static void
test_refused_upgrades (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *path, *protocol, *upgrade;
    guint status; /* 0: closed */
  } cases[] = {
    { "/classroom", "other", "websocket", 400 },
    { "/classroom", NULL, "websocket", 400 },
    { "/other", "airclass", "websocket", 404 },
    { "/classroom%00", "airclass", "websocket", 0 },
    { "/classroom", "airclass", "spdy", 0 },
    { "/live/T/now", "airclass", "h2c", 200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request = g_strdup_printf (
        "GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"
        "Sec-WebSocket-Version: 13\r\n%s%s%s"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        cases[i].path, cases[i].upgrade,
        cases[i].protocol != NULL ? "Sec-WebSocket-Protocol: " : "",
        cases[i].protocol != NULL ? cases[i].protocol : "",
        cases[i].protocol != NULL ? "\r\n" : "");
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    if (answer->status != cases[i].status)
      g_error ("%s %s gave %u", cases[i].path, cases[i].upgrade, answer->status);
  }
}

/* An upgrade that libwebsockets does not know, on a connection that was used before:
 * its own answer would go on with the freed header table. */
static void
test_unknown_upgrade_kept_alive (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (AcAnswer) first = NULL, second = NULL;

  ac_client_send (client, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n\r\n");
  first = ac_client_answer (client, FALSE);
  g_assert_cmpuint (first->status, ==, 200);
  ac_client_send (client, "GET /live/T/now HTTP/1.1\r\nHost: a\r\n"
                          "Connection: Upgrade\r\nUpgrade: other\r\n\r\n");
  second = ac_client_answer (client, FALSE);
  g_assert_cmpuint (second->status, ==, 0);
}

static void
test_limit (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) first = ac_client_new_peer (fixture);
  g_autoptr (AcAnswer) refused = ac_fixture_get (
      fixture, "GET /classroom HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
               "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Protocol: airclass\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

  g_assert_cmpuint (refused->status, ==, 503);
}

static void
test_free_open (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) one = ac_client_new_peer (fixture);
  g_autoptr (AcClient) two = ac_client_new_peer (fixture);
  g_autoptr (GBytes) text = g_bytes_new_static ("x", 1);
  AcPeer *peer;

  ac_fixture_until (&fixture->n_opened, 2);
  peer = fixture->peers->pdata[0];
  ac_client_send_frame (two, 1, TRUE, "late", 4);
  peer->send (peer, text, TRUE);
  g_clear_pointer (&fixture->front, ac_front_free);
  g_assert_cmpuint (fixture->n_closed, ==, 2);
}

int
main (int argc, char **argv)
{
  static const AcFrontConfig one = { .n_threads = 1, .max_peers = 1 };
  static const struct {
    const gchar *name;
    const AcFrontConfig *config;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/peer/opened", NULL, test_opened },
    { "/peer/messages", NULL, test_messages },
    { "/peer/refused-messages", NULL, test_refused_messages },
    { "/peer/server-closes", NULL, test_server_closes },
    { "/peer/client-closes", NULL, test_client_closes },
    { "/peer/slow", NULL, test_slow },
    { "/peer/flood", NULL, test_flood },
    { "/peer/refused-upgrades", NULL, test_refused_upgrades },
    { "/peer/unknown-upgrade-kept-alive", NULL, test_unknown_upgrade_kept_alive },
    { "/peer/limit", &one, test_limit },
    { "/peer/free-open", NULL, test_free_open },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, AcFixture, tests[i].config, set_up, tests[i].test,
                tear_down);
  return g_test_run ();
}
