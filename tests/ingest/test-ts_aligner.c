#include "ts_aligner.h"

#include <string.h>

/* Packet @n of a stream, recognisable by its number; no sync byte inside. */
static void
append_packet (GByteArray *stream, guint n)
{
  guint8 packet[AC_TS_PACKET_BYTES];

  memset (packet, 0xff, sizeof packet);
  packet[0] = 0x47;
  packet[1] = (guint8)(n >> 4 & 15);
  packet[2] = (guint8)(n & 15);
  g_byte_array_append (stream, packet, sizeof packet);
}

static GByteArray *
make_stream (guint n_packets)
{
  GByteArray *stream = g_byte_array_new ();

  for (guint i = 0; i < n_packets; i++)
    append_packet (stream, i);
  return stream;
}

static gboolean
feed_in_pieces (AcTsAligner *aligner, const GByteArray *stream, gsize piece,
                GByteArray *out)
{
  for (gsize at = 0; at < stream->len; at += piece) {
    const gsize size = MIN (piece, stream->len - at);
    g_autofree guint8 *exact = g_memdup2 (stream->data + at, size);

    if (!ac_ts_aligner_feed (aligner, exact, size, out))
      return FALSE;
  }
  return TRUE;
}

static void
test_pieces (void)
{
  static const gsize pieces[] = { 1, 7, 187, 188, 189, 376, 1000, 1316, 1456, 65536 };
  g_autoptr (GByteArray) stream = make_stream (60);

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GByteArray) out = g_byte_array_new ();
    AcTsAligner aligner = { .n_held = 0 };

    g_assert_true (feed_in_pieces (&aligner, stream, pieces[i], out));
    g_assert_cmpmem (out->data, out->len, stream->data, stream->len);
  }
}

static void
test_starts_in_the_middle (void)
{
  g_autoptr (GByteArray) stream = make_stream (20);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  AcTsAligner aligner = { .n_held = 0 };

  g_byte_array_remove_range (stream, 0, 100);
  g_assert_true (feed_in_pieces (&aligner, stream, 1316, out));
  g_assert_cmpmem (out->data, out->len, stream->data + 88, 19 * AC_TS_PACKET_BYTES);
}

/* A message of 1,456 bytes is lost: pieces of two packets go with it. */
static void
test_loss (void)
{
  g_autoptr (GByteArray) stream = make_stream (40);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  AcTsAligner aligner = { .n_held = 0 };

  g_byte_array_remove_range (stream, 1456, 1456);
  g_assert_true (feed_in_pieces (&aligner, stream, 1456, out));
  g_assert_cmpuint (out->len % AC_TS_PACKET_BYTES, ==, 0);
  g_assert_cmpuint (out->len, >=, 31 * AC_TS_PACKET_BYTES);
  for (gsize at = 0; at < out->len; at += AC_TS_PACKET_BYTES)
    g_assert_cmpuint (out->data[at], ==, 0x47);
  g_assert_cmpmem (out->data + out->len - AC_TS_PACKET_BYTES, AC_TS_PACKET_BYTES,
                   stream->data + stream->len - AC_TS_PACKET_BYTES, AC_TS_PACKET_BYTES);
}

static void
test_false_sync (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GByteArray) packets = make_stream (10);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  AcTsAligner aligner = { .n_held = 0 };

  g_byte_array_append (stream, (const guint8 *)"GGxGG", 5);
  g_byte_array_append (stream, packets->data, packets->len);
  g_assert_true (feed_in_pieces (&aligner, stream, 10, out));
  g_assert_cmpmem (out->data, out->len, packets->data, packets->len);
}

static void
test_garbage (void)
{
  g_autoptr (GByteArray) zeros = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  AcTsAligner aligner = { .n_held = 0 };

  g_byte_array_set_size (zeros, AC_TS_GARBAGE_MAX_BYTES);
  memset (zeros->data, 0, zeros->len);
  g_assert_true (feed_in_pieces (&aligner, zeros, 1316, out));
  g_assert_false (ac_ts_aligner_feed (&aligner, zeros->data, 1, out));
  g_assert_cmpuint (out->len, ==, 0);
}

/* Nothing but sync bytes is a transport stream as far as this can tell; random bytes
 * are none. */
static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  AcTsAligner aligner = { .n_held = 0 };

  g_byte_array_set_size (bytes, 40 * AC_TS_GARBAGE_MAX_BYTES);
  for (guint i = 0; i < bytes->len; i++)
    bytes->data[i] = (guint8)g_rand_int_range (random, 0, 256);
  feed_in_pieces (&aligner, bytes, 1316, out);
  g_assert_cmpuint (out->len, <, bytes->len / 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ts-aligner/pieces", test_pieces);
  g_test_add_func ("/ts-aligner/starts-in-the-middle", test_starts_in_the_middle);
  g_test_add_func ("/ts-aligner/loss", test_loss);
  g_test_add_func ("/ts-aligner/false-sync", test_false_sync);
  g_test_add_func ("/ts-aligner/garbage", test_garbage);
  g_test_add_func ("/ts-aligner/random", test_random);
  return g_test_run ();
}
