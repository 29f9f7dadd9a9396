/* The server against sockets that misbehave. */

#include "recorder.h"

#include "rtmp_script.h"

#include <string.h>
#include <sys/socket.h>

static void
send_bytes (GSocketConnection *connection, const void *bytes, gsize size)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  /* The server may have closed already; then there is nobody to tell. */
  g_output_stream_write_all (output, bytes, size, NULL, NULL, NULL);
}

static GSocketConnection *
publish (Recorder *recorder, const gchar *key)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GSocketConnection *connection = recorder_connect (recorder);

  script_publish (bytes, key);
  send_bytes (connection, bytes->data, bytes->len);
  return connection;
}

static void
send_tag (GSocketConnection *connection, guint32 time)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  script_tag (bytes, 9, time, 0x17, 1, 500);
  send_bytes (connection, bytes->data, bytes->len);
}

static gboolean
contains (const GByteArray *bytes, const gchar *text)
{
  return bytes->len > 0 &&
         memmem (bytes->data, bytes->len, text, strlen (text)) != NULL;
}

static void
assert_closed (Recorder *recorder, const gchar *reason)
{
  RECORDER_WAIT (recorder->closed->len == 1);
  g_assert_cmpstr (g_ptr_array_index (recorder->closed, 0), ==, reason);
}

/* A good client is served although others misbehave. */
static void
assert_serves (Recorder *recorder)
{
  const guint n_tags = recorder->tags->len;
  const guint n_closed = recorder->closed->len;
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);

  send_tag (connection, 0);
  RECORDER_WAIT (recorder->tags->len == n_tags + 1);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  RECORDER_WAIT (recorder->closed->len == n_closed + 1);
}

static void
test_publish_and_leave (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);

  for (guint i = 0; i < 100; i++)
    send_tag (connection, 40 * i);
  RECORDER_WAIT (recorder->tags->len == 100);
  g_assert_cmpuint (g_array_index (recorder->tags, RecordedTag, 99).timestamp_ms, ==,
                    3960);
  g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
  assert_closed (recorder, "the encoder left");
}

static void
test_refused (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = publish (recorder, "wrong");
  g_autoptr (GByteArray) heard = recorder_read_all (recorder, connection);

  g_assert_true (contains (heard, "NetStream.Publish.BadName"));
  g_assert_true (contains (heard, RECORDER_REASON));
  assert_closed (recorder, "it was refused");
}

static void
test_closed_by_owner (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GByteArray) heard = NULL;

  RECORDER_WAIT (recorder->publisher != NULL);
  ac_publisher_close (recorder->publisher, "The lesson has ended.");
  heard = recorder_read_all (recorder, connection);
  g_assert_true (contains (heard, "The lesson has ended."));
  assert_closed (recorder, "The lesson has ended.");
}

static void
test_late_answer (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = NULL;

  recorder->hold = TRUE;
  connection = publish (recorder, "any");
  send_tag (connection, 0); /* before it may: kept */
  RECORDER_WAIT (recorder->publisher != NULL);
  ac_publisher_accept (recorder->publisher);
  RECORDER_WAIT (recorder->tags->len == 1);
}

/* An encoder that does not wait for the answer is held back, not thrown out. */
static void
test_impatient (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = NULL;

  recorder->hold = TRUE;
  connection = publish (recorder, "any");
  RECORDER_WAIT (recorder->publisher != NULL);
  for (guint i = 0; i < 300; i++)
    send_tag (connection, i);
  ac_publisher_accept (recorder->publisher);
  RECORDER_WAIT (recorder->tags->len == 300 || recorder->closed->len > 0);
  g_assert_cmpuint (recorder->closed->len, ==, 0);
}

static void
test_leaves_while_asked (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = NULL;

  recorder->hold = TRUE;
  connection = publish (recorder, "any");
  RECORDER_WAIT (recorder->publisher != NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  ac_publisher_accept (recorder->publisher);
  RECORDER_WAIT (recorder->closed->len == 1);
}

static void
test_idle (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 1);
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GByteArray) heard = NULL;

  send_tag (connection, 0);
  heard = recorder_read_all (recorder, connection);
  assert_closed (recorder, "nothing came from the encoder any more");
  g_assert_cmpuint (recorder->tags->len, ==, 1);
}

static gboolean
drip (gpointer user_data)
{
  GSocket *socket = g_socket_connection_get_socket (user_data);

  g_socket_send (socket, "\3", 1, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* A byte now and then keeps nobody in. */
static void
test_slow_loris (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 1);
  g_autoptr (GSocketConnection) greeting = recorder_connect (recorder);
  g_autoptr (GSocketConnection) commanding = recorder_connect (recorder);
  g_autoptr (GSocketConnection) live = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GSocketConnection *all[] = { greeting, commanding, live };
  guint sources[G_N_ELEMENTS (all)];

  script_handshake (bytes);
  send_bytes (commanding, bytes->data, bytes->len);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    sources[i] = g_timeout_add (50, drip, all[i]);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_byte_array_unref (recorder_read_all (recorder, all[i]));
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_source_remove (sources[i]);
  g_assert_cmpuint (recorder->n_requested, ==, 1);
}

static void
test_half_handshakes (void)
{
  static const gsize sizes[] = { 0, 1, 2, 1536, 1537, 1538, 3072 };
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  guint8 bytes[3072] = { 3 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GSocketConnection) connection = recorder_connect (recorder);
    g_autoptr (GByteArray) heard = NULL;

    send_bytes (connection, bytes, sizes[i]);
    g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
    heard = recorder_read_all (recorder, connection);
    g_assert_cmpuint (heard->len, ==, sizes[i] >= 1537 ? 3073 : 0);
  }
  assert_serves (recorder);
}

static void
test_random_bytes (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);

  for (guint i = 0; i < 40; i++) {
    g_autoptr (GSocketConnection) connection = recorder_connect (recorder);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    if (i % 2 == 1)
      script_handshake (bytes);
    for (guint k = 0; k < 2000; k++) {
      const guint8 byte = g_test_rand_int ();
      g_byte_array_append (bytes, &byte, 1);
    }
    send_bytes (connection, bytes->data, bytes->len);
    g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
    g_byte_array_unref (recorder_read_all (recorder, connection));
  }
  g_assert_cmpuint (recorder->n_requested, ==, 0);
  assert_serves (recorder);
}

static void
test_giant_length (void)
{
  static const guint8 header[] = { 6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0 };
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);

  send_bytes (connection, header, sizeof header);
  RECORDER_WAIT (recorder->closed->len == 1);
  g_assert_nonnull (strstr (g_ptr_array_index (recorder->closed, 0), "longer than"));
  assert_serves (recorder);
}

static void
test_too_many (void)
{
  g_autoptr (Recorder) recorder = recorder_new (2, 0);
  g_autoptr (GSocketConnection) first = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GSocketConnection) second = NULL, third = NULL;
  g_autoptr (GByteArray) heard = NULL;

  RECORDER_WAIT (recorder->n_requested == 1);
  second = publish (recorder, RECORDER_GOOD_KEY);
  RECORDER_WAIT (recorder->n_requested == 2);
  third = recorder_connect (recorder);
  heard = recorder_read_all (recorder, third);
  g_assert_cmpuint (heard->len, ==, 0);
  g_io_stream_close (G_IO_STREAM (first), NULL, NULL);
  RECORDER_WAIT (recorder->closed->len == 1);
  assert_serves (recorder);
}

/* Whoever only holds a place makes room for an encoder. */
static void
test_crowded_out (void)
{
  g_autoptr (Recorder) recorder = recorder_new (2, 3600);
  g_autoptr (GSocketConnection) first = recorder_connect (recorder);
  g_autoptr (GSocketConnection) second = recorder_connect (recorder);
  g_autoptr (GSocketConnection) third = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GSocketConnection) fourth = NULL;
  g_autoptr (GByteArray) heard = NULL;

  RECORDER_WAIT (recorder->n_requested == 1);
  heard = recorder_read_all (recorder, first);
  g_assert_cmpuint (heard->len, ==, 0);
  fourth = publish (recorder, RECORDER_GOOD_KEY);
  RECORDER_WAIT (recorder->n_requested == 2);
}

/* It asks and asks and never reads. */
static void
test_does_not_read (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) connection = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8 ping[] = { 0, 6, 1, 2, 3, 4 };
  GSocket *socket = g_socket_connection_get_socket (connection);

  for (guint i = 0; i < 2000; i++)
    script_message (bytes, 2, 4, 0, 0, ping, sizeof ping, 128);
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4096, NULL);
  g_socket_set_blocking (socket, FALSE);
  while (recorder->closed->len == 0) {
    g_socket_send (socket, (const gchar *)bytes->data, bytes->len, NULL, NULL);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpstr (g_ptr_array_index (recorder->closed, 0), ==,
                   "it does not read what it is answered");
}

static void
test_stop_with_publishers (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autoptr (GSocketConnection) live = publish (recorder, RECORDER_GOOD_KEY);
  g_autoptr (GSocketConnection) asked = NULL, greeting = NULL;

  RECORDER_WAIT (recorder->n_requested == 1);
  recorder->hold = TRUE;
  asked = publish (recorder, "any");
  RECORDER_WAIT (recorder->n_requested == 2);
  greeting = recorder_connect (recorder);
  ac_publisher_accept (recorder->publisher); /* and free follows at once */
}

static void
test_bad_addresses (void)
{
  static const gchar *const addresses[] = { "", "nowhere.invalid:1", "127.0.0.1:x",
                                            "192.0.2.1:0", "[::1" };
  static const AcPublisherHandler handler = { NULL, NULL, NULL };
  const AcRtmpLimits limits = { 0, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree gchar *prefix = g_strconcat (addresses[i], ": ", NULL);

    g_assert_null (ac_rtmp_server_new (addresses[i], &limits, &handler, NULL, &error));
    g_assert_nonnull (error);
    g_assert_true (g_str_has_prefix (error->message, prefix));
  }
}

static void
test_port_taken (void)
{
  g_autoptr (Recorder) recorder = recorder_new (0, 0);
  g_autofree gchar *address =
      g_strdup_printf ("127.0.0.1:%u", ac_rtmp_server_port (recorder->server));
  static const AcPublisherHandler handler = { NULL, NULL, NULL };
  const AcRtmpLimits limits = { 0, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_rtmp_server_new (address, &limits, &handler, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/rtmp-server/publish-and-leave", test_publish_and_leave);
  g_test_add_func ("/rtmp-server/refused", test_refused);
  g_test_add_func ("/rtmp-server/closed-by-owner", test_closed_by_owner);
  g_test_add_func ("/rtmp-server/late-answer", test_late_answer);
  g_test_add_func ("/rtmp-server/impatient", test_impatient);
  g_test_add_func ("/rtmp-server/leaves-while-asked", test_leaves_while_asked);
  g_test_add_func ("/rtmp-server/idle", test_idle);
  g_test_add_func ("/rtmp-server/slow-loris", test_slow_loris);
  g_test_add_func ("/rtmp-server/half-handshakes", test_half_handshakes);
  g_test_add_func ("/rtmp-server/random-bytes", test_random_bytes);
  g_test_add_func ("/rtmp-server/giant-length", test_giant_length);
  g_test_add_func ("/rtmp-server/too-many", test_too_many);
  g_test_add_func ("/rtmp-server/crowded-out", test_crowded_out);
  g_test_add_func ("/rtmp-server/does-not-read", test_does_not_read);
  g_test_add_func ("/rtmp-server/stop-with-publishers", test_stop_with_publishers);
  g_test_add_func ("/rtmp-server/bad-addresses", test_bad_addresses);
  g_test_add_func ("/rtmp-server/port-taken", test_port_taken);
  return g_test_run ();
}
