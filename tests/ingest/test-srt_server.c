/* The server against real callers of libsrt, and against what is none. */

#include "srt_recorder.h"

#include <gio/gio.h>
#include <string.h>

#define PACKET_BYTES 188
#define MESSAGE_BYTES (7 * PACKET_BYTES)

static const AcSrtLimits plain = { .encrypted = FALSE };
static const AcSrtLimits encrypted = { .encrypted = TRUE };

static void
fill_message (guint8 *message, guint number)
{
  memset (message, 0xff, MESSAGE_BYTES);
  for (guint i = 0; i < 7; i++) {
    message[i * PACKET_BYTES] = 0x47;
    message[i * PACKET_BYTES + 1] = (guint8)(number >> 6 & 0x1f);
    message[i * PACKET_BYTES + 2] = (guint8)(number & 0x3f);
  }
}

static void
send_messages (SRTSOCKET socket, guint n)
{
  guint8 message[MESSAGE_BYTES];

  for (guint i = 0; i < n; i++) {
    fill_message (message, i);
    srt_sendmsg (socket, (const char *)message, sizeof message, -1, TRUE);
  }
}

static void
assert_sent (SrtRecorder *recorder, guint n)
{
  guint8 message[MESSAGE_BYTES];

  SRT_RECORDER_WAIT (recorder->media->len >= n * MESSAGE_BYTES);
  for (guint i = 0; i < n; i++) {
    fill_message (message, i);
    g_assert_cmpmem (recorder->media->data + (gsize)i * MESSAGE_BYTES, MESSAGE_BYTES,
                     message, MESSAGE_BYTES);
  }
}

static void
assert_closed (SrtRecorder *recorder, const gchar *reason)
{
  SRT_RECORDER_WAIT (recorder->closed->len == 1);
  g_assert_cmpstr (g_ptr_array_index (recorder->closed, 0), ==, reason);
}

static void
assert_published (const AcSrtLimits *limits, const gchar *stream_id,
                  const gchar *passphrase)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (limits);
  const SRTSOCKET socket = srt_recorder_call (recorder, stream_id, passphrase);

  g_assert_cmpint (socket, >=, 0);
  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  g_assert_cmpstr (recorder->key, ==, GOOD_KEY);
  send_messages (socket, 50);
  assert_sent (recorder, 50);
  srt_close (socket);
  assert_closed (recorder, "the encoder left");
}

static void
test_publish (void)
{
  assert_published (&plain, GOOD_KEY, NULL);
  assert_published (&plain, "#!::u=" GOOD_KEY ",m=publish,r=5", NULL);
  assert_published (&encrypted, GOOD_KEY, PASSPHRASE);
  assert_published (&encrypted, "%23!::m=publish,u=" GOOD_KEY, PASSPHRASE);
}

typedef struct {
  const AcSrtLimits *limits;
  const gchar *stream_id, *passphrase;
  gint reason;
} RejectCase;

static void
test_reject (void)
{
  static const RejectCase cases[] = {
    { &plain, NULL, NULL, 1401 },
    { &plain, "nobody", NULL, 1401 },
    { &plain, "#!::r=5,m=publish,u=nobody", NULL, 1401 },
    { &plain, "#!::r=5,m=request,u=" GOOD_KEY, NULL, 1405 },
    { &plain, "#!::r=6,m=publish,u=" GOOD_KEY, NULL, 1404 },
    { &plain, "#!::r=5,m=publish,u=" OTHER_KEY, NULL, 1403 },
    { &plain, "#!::m=publish,t=file,u=" GOOD_KEY, NULL, 1415 },
    { &plain, "#!::m", NULL, 1400 },
    { &encrypted, "nobody", PASSPHRASE, 1401 },
    { &encrypted, GOOD_KEY, NULL, SRT_REJ_UNSECURE },
    { &encrypted, GOOD_KEY, "wrong horse battery", SRT_REJ_BADSECRET },
    { &plain, GOOD_KEY, PASSPHRASE, SRT_REJ_UNSECURE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SrtRecorder) recorder = srt_recorder_new (cases[i].limits);

    g_test_message ("case %zu: %s", i, cases[i].stream_id);
    g_assert_cmpint (
        srt_recorder_call (recorder, cases[i].stream_id, cases[i].passphrase), ==,
        -cases[i].reason);
    g_assert_cmpuint (recorder->n_requested, ==, 0);
  }
}

static void
test_refused_later (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  const SRTSOCKET socket = srt_recorder_call (recorder, REFUSED_LATER, NULL);

  g_assert_cmpint (socket, >=, 0);
  assert_closed (recorder, "it was refused");
  while (srt_getsockstate (socket) == SRTS_CONNECTED)
    g_usleep (1000);
  srt_close (socket);
}

static void
test_closed_by_owner (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);

  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  ac_publisher_close (recorder->publisher, "the lesson has ended");
  assert_closed (recorder, "the lesson has ended");
  while (srt_getsockstate (socket) == SRTS_CONNECTED)
    g_usleep (1000);
  srt_close (socket);
}

/* What comes before the answer is not lost. */
static void
test_late_answer (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  SRTSOCKET socket;

  recorder->hold = TRUE;
  socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  send_messages (socket, 20);
  ac_publisher_accept (recorder->publisher);
  assert_sent (recorder, 20);
  srt_close (socket);
}

static void
test_leaves_while_asked (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  SRTSOCKET socket;

  recorder->hold = TRUE;
  socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  srt_close (socket);
  assert_closed (recorder, "the encoder left");
}

static void
test_idle (void)
{
  const AcSrtLimits limits = { .idle_timeout_s = 1 };
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&limits);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);

  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  send_messages (socket, 1);
  assert_closed (recorder, "nothing came from the encoder any more");
  g_assert_cmpuint (recorder->media->len, ==, MESSAGE_BYTES);
  srt_close (socket);
}

static gboolean
send_some (gpointer data)
{
  send_messages (GPOINTER_TO_INT (data), 20); /* every 10 ms: 21 Mbit/s */
  return G_SOURCE_CONTINUE;
}

static void
test_too_fast (void)
{
  const AcSrtLimits limits = { .max_kbps = 4000 };
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&limits);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  guint source = g_timeout_add (10, send_some, GINT_TO_POINTER (socket));
  const gchar *reason;

  SRT_RECORDER_WAIT (recorder->closed->len == 1);
  reason = g_ptr_array_index (recorder->closed, 0);
  g_assert_true (g_str_has_prefix (reason, "it sends "));
  g_assert_true (
      g_str_has_suffix (reason, " kbit/s, more than the 4000 that are allowed"));
  g_source_remove (source);
  srt_close (socket);
}

static void
test_garbage (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  gchar garbage[1316];

  memset (garbage, 'x', sizeof garbage);
  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  for (guint i = 0; i < 60; i++)
    srt_sendmsg (socket, garbage, sizeof garbage, -1, TRUE);
  assert_closed (recorder, "what it sends is no MPEG transport stream");
  g_assert_cmpuint (recorder->media->len, ==, 0);
  srt_close (socket);
}

static void
test_too_many (void)
{
  const AcSrtLimits limits = { .max_connections = 2 };
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&limits);
  const SRTSOCKET first = srt_recorder_call (recorder, GOOD_KEY, NULL);
  const SRTSOCKET second = srt_recorder_call (recorder, GOOD_KEY, NULL);
  SRTSOCKET third;

  g_assert_cmpint (first, >=, 0);
  g_assert_cmpint (second, >=, 0);
  g_assert_cmpint (srt_recorder_call (recorder, GOOD_KEY, NULL), ==, -1402);
  srt_close (first);
  SRT_RECORDER_WAIT (recorder->closed->len == 1);
  while ((third = srt_recorder_call (recorder, GOOD_KEY, NULL)) < 0)
    g_assert_cmpint (third, ==, -1402); /* until the server let go of its place */
  srt_close (second);
  srt_close (third);
}

/* File mode and stream ids without it: libsrt itself rejects what is no live sender. */
static void
test_other_modes (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  const gint file =
      srt_recorder_call_with (recorder, GOOD_KEY, SRTO_TRANSTYPE, SRTT_FILE);

  g_assert_cmpint (file, <, 0);
  g_assert_cmpuint (recorder->n_requested, ==, 0);
}

static void
test_link_stats (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  AcLinkStats stats;

  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  g_assert_false (ac_publisher_link_stats (recorder->publisher, &stats));
  send_messages (socket, 10);
  assert_sent (recorder, 10);
  while (!ac_publisher_link_stats (recorder->publisher, &stats))
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (stats.packets, ==, 10);
  g_assert_cmpuint (stats.received_bytes, >=, 10 * MESSAGE_BYTES);
  g_assert_cmpuint (stats.latency_ms, ==, 200);
  g_assert_cmpuint (stats.rtt_us, >, 0);
  g_assert_cmpuint (stats.packets_lost, ==, 0);
  srt_close (socket);
}

/* Datagrams that are no handshake, half a one, or one of another protocol. */
static void
test_hostile_datagrams (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  g_autoptr (GSocket) udp =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, 0, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (
      "127.0.0.1", ac_srt_server_port (recorder->server));
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  SRTSOCKET socket;

  for (guint i = 0; i < 20000; i++) {
    guint8 bytes[1500];
    const gsize size = (gsize)g_rand_int_range (random, 0, i % 10 == 0 ? 1500 : 100);

    for (gsize at = 0; at < size; at++)
      bytes[at] = (guint8)g_rand_int_range (random, 0, 256);
    if (i % 3 == 0 && size >= 64) { /* a handshake packet, as far as its header goes */
      memset (bytes, 0, 16);
      bytes[0] = 0x80;
      bytes[19] = i % 2 == 0 ? 5 : 4;
    }
    g_socket_send_to (udp, address, (const gchar *)bytes, size, NULL, NULL);
  }
  g_assert_cmpuint (recorder->n_requested, ==, 0);
  socket = srt_recorder_call (recorder, GOOD_KEY, NULL);
  g_assert_cmpint (socket, >=, 0);
  send_messages (socket, 5);
  assert_sent (recorder, 5);
  srt_close (socket);
}

static void
test_two_at_once (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&encrypted);
  const SRTSOCKET first = srt_recorder_call (recorder, GOOD_KEY, PASSPHRASE);
  const SRTSOCKET second = srt_recorder_call (recorder, OTHER_KEY, PASSPHRASE);

  SRT_RECORDER_WAIT (recorder->n_requested == 2);
  send_messages (first, 100);
  send_messages (second, 100);
  SRT_RECORDER_WAIT (recorder->media->len == 200 * MESSAGE_BYTES);
  g_assert_cmpuint (recorder->n_units, <, 200); /* gathered */
  srt_close (first);
  srt_close (second);
}

static void
test_server_stops (void)
{
  SrtRecorder *recorder = srt_recorder_new (&plain);
  const SRTSOCKET socket = srt_recorder_call (recorder, GOOD_KEY, NULL);

  SRT_RECORDER_WAIT (recorder->publisher != NULL);
  srt_startup (); /* ours, so that the socket outlives the server */
  srt_recorder_free (recorder);
  while (srt_getsockstate (socket) == SRTS_CONNECTED)
    g_usleep (1000);
  srt_close (socket);
  srt_cleanup ();
}

static void
test_bad_addresses (void)
{
  static const gchar *const bad[] = { "", "127.0.0.1:99999", "nowhere.invalid:9000",
                                      "192.0.2.77:9000" };
  static const AcPublisherHandler handler = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ac_srt_server_new (bad[i], &plain, &(AcSrtGate){ NULL }, &handler,
                                      NULL, &error));
    g_assert_nonnull (error);
    g_assert_true (g_str_has_prefix (error->message, bad[i]));
  }
}

static void
test_port_taken (void)
{
  g_autoptr (SrtRecorder) recorder = srt_recorder_new (&plain);
  g_autofree gchar *listen =
      g_strdup_printf ("127.0.0.1:%u", ac_srt_server_port (recorder->server));
  static const AcPublisherHandler handler = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ac_srt_server_new (listen, &plain, &(AcSrtGate){ NULL }, &handler, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (void);
  } tests[] = {
    { "/srt-server/publish", test_publish },
    { "/srt-server/reject", test_reject },
    { "/srt-server/refused-later", test_refused_later },
    { "/srt-server/closed-by-owner", test_closed_by_owner },
    { "/srt-server/late-answer", test_late_answer },
    { "/srt-server/leaves-while-asked", test_leaves_while_asked },
    { "/srt-server/idle", test_idle },
    { "/srt-server/too-fast", test_too_fast },
    { "/srt-server/garbage", test_garbage },
    { "/srt-server/too-many", test_too_many },
    { "/srt-server/other-modes", test_other_modes },
    { "/srt-server/link-stats", test_link_stats },
    { "/srt-server/hostile-datagrams", test_hostile_datagrams },
    { "/srt-server/two-at-once", test_two_at_once },
    { "/srt-server/server-stops", test_server_stops },
    { "/srt-server/bad-addresses", test_bad_addresses },
    { "/srt-server/port-taken", test_port_taken },
  };
  gint result;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  srt_startup ();
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].run);
  result = g_test_run ();
  srt_cleanup ();
  return result;
}
