#include "rtmp_chunk.h"

#include "rtmp_script.h"

#include <string.h>

/* Feeds all bytes, @step at a time.
 * Returns: the messages as lines "type stream timestamp: first bytes", then the error.
 */
static gchar *
read_all (const GByteArray *bytes, gsize step)
{
  g_autoptr (AcRtmpChunkReader) reader = ac_rtmp_chunk_reader_new ();
  GString *lines = g_string_new (NULL);

  for (gsize at = 0; at < bytes->len;) {
    g_auto (AcRtmpMessage) message = { 0 };
    g_autoptr (GError) error = NULL;
    g_autofree guint8 *piece =
        g_memdup2 (bytes->data + at, MIN (step, bytes->len - at));
    const guint8 *body;
    gsize used, size;

    if (!ac_rtmp_chunk_reader_feed (reader, piece, MIN (step, bytes->len - at), &used,
                                    &message, &error)) {
      g_assert_true (error->domain == AC_RTMP_ERROR);
      g_assert_null (message.body);
      g_string_append_printf (lines, "error %d", error->code);
      break;
    }
    at += used;
    if (message.body == NULL)
      continue;
    body = g_bytes_get_data (message.body, &size);
    g_string_append_printf (lines, "%u %u %u:", message.type, message.stream,
                            message.timestamp_ms);
    for (gsize i = 0; i < MIN (size, 4); i++)
      g_string_append_printf (lines, " %02x", body[i]);
    g_string_append_printf (lines, " /%" G_GSIZE_FORMAT "\n", size);
  }
  return g_string_free (lines, FALSE);
}

static void
append_hex (GByteArray *out, const gchar *hex)
{
  for (; *hex != '\0'; hex++) {
    guint8 byte;

    if (*hex == ' ')
      continue;
    byte = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);
    g_byte_array_append (out, &byte, 1);
    hex++;
  }
}

typedef struct {
  const gchar *name;
  const gchar *hex;
  const gchar *expected;
} ChunkCase;

#define P "error 0" /* PROTOCOL */
#define L "error 1" /* LIMIT */

static const ChunkCase chunk_cases[] = {
  { "full-header", "04 000028 000002 08 01000000 aabb", "8 1 40: aa bb /2\n" },
  { "empty-message", "04 000028 000000 08 01000000", "8 1 40: /0\n" },
  { "delta-keeps-stream", "04 00000a 000001 08 01000000 aa  44 000005 000001 09 bb",
    "8 1 10: aa /1\n9 1 15: bb /1\n" },
  { "delta-only", "04 00000a 000001 08 01000000 aa  84 000005 bb",
    "8 1 10: aa /1\n8 1 15: bb /1\n" },
  { "repeat-delta", "04 00000a 000001 08 01000000 aa  84 000005 bb  c4 cc",
    "8 1 10: aa /1\n8 1 15: bb /1\n8 1 20: cc /1\n" },
  { "repeat-after-full", "04 00000a 000001 08 01000000 aa  c4 bb",
    "8 1 10: aa /1\n8 1 20: bb /1\n" },
  { "time-wraps", "04 ffffff 000001 08 01000000 ffffffff aa  84 000002 bb",
    "8 1 4294967295: aa /1\n8 1 1: bb /1\n" },
  { "two-byte-id", "00 00 000028 000001 08 01000000 aa", "8 1 40: aa /1\n" },
  { "three-byte-id", "01 ffff 000028 000001 08 01000000 aa", "8 1 40: aa /1\n" },
  { "ids-are-equal-in-both-forms", "00 05 000028 000001 08 01000000 aa  c1 0500 bb",
    "8 1 40: aa /1\n8 1 80: bb /1\n" },
  { "begins-with-format-1", "42 000000 000001 04 07", "4 0 0: 07 /1\n" },
  { "begins-with-format-2", "84 000000", P },
  { "begins-with-format-3", "c4", P },
  { "set-chunk-size",
    "02 000000 000004 01 00000000 00000001  "
    "04 000001 000002 08 01000000 aa c4 bb",
    "8 1 1: aa bb /2\n" },
  { "chunk-size-0", "02 000000 000004 01 00000000 00000000", P },
  { "chunk-size-negative", "02 000000 000004 01 00000000 80000080", P },
  { "chunk-size-short", "02 000000 000002 01 00000000 0000", P },
  { "abort",
    "02 000000 000004 01 00000000 00000001  04 000001 000003 08 01000000 aa  "
    "02 000000 000004 02 00000000 00 c2 00 c2 00 c2 04  c4 bb c4 cc c4 dd",
    "8 1 2: bb cc dd /3\n" },
  { "abort-of-nobody", "02 000000 000004 02 00000000 00000063", "" },
  { "interleaved",
    "02 000000 000004 01 00000000 00000001  04 000001 000002 08 01000000 aa  "
    "06 000002 000002 09 01000000 cc  c4 bb  c6 dd",
    "8 1 1: aa bb /2\n9 1 2: cc dd /2\n" },
  { "new-header-drops-the-rest",
    "02 000000 000004 01 00000000 00000001  04 000001 000003 08 01000000 aa  "
    "04 000005 000001 08 01000000 bb",
    "8 1 5: bb /1\n" },
  { "extended-repeated",
    "02 000000 000004 01 00000000 00000002  04 ffffff 000003 08 01000000 01000000 aabb "
    "c4 01000000 cc",
    "8 1 16777216: aa bb cc /3\n" },
  { "extended-left-out",
    "02 000000 000004 01 00000000 00000004  04 ffffff 00000a 08 01000000 01000000 "
    "aaaaaaaa c4 bbbbbbbb c4 cccc  04 000001 000001 08 01000000 dd",
    "8 1 16777216: aa aa aa aa /10\n8 1 1: dd /1\n" },
  { "extended-absolute-after-delta",
    "02 000000 000004 01 00000000 00000002  04 000010 000001 08 01000000 aa  "
    "44 ffffff 000003 08 01000000 aabb  c4 01000010 cc",
    "8 1 16: aa /1\n8 1 16777232: aa bb cc /3\n" },
  { "extended-delta-repeats",
    "04 ffffff 000001 08 01000000 01000000 aa  c4 01000000 bb",
    "8 1 16777216: aa /1\n8 1 33554432: bb /1\n" },
  { "video-too-long", "04 000000 400001 09 01000000", L },
  { "audio-longest", "04 000000 ffffff 08 01000000", L },
  { "command-too-long", "03 000000 010001 14 00000000", L },
  { "unknown-too-long", "03 000000 010001 63 00000000", L },
  { "data-too-long", "03 000000 040001 12 01000000", L },
  { "unfinished-sum", "04 000000 400000 09 01000000 00", "" },
};

static void
test_table (gconstpointer data)
{
  static const gsize steps[] = { 1, 2, 3, 5, 7, 1000 };
  const ChunkCase *c = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append_hex (bytes, c->hex);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree gchar *lines = read_all (bytes, steps[i]);
    g_assert_cmpstr (lines, ==, c->expected);
  }
}

static void
test_any_chunk_size (void)
{
  static const guint32 sizes[] = { 1, 127, 128, 129, 4096, 65536, 0x7fffffff };
  guint8 body[1000];

  for (gsize i = 0; i < sizeof body; i++)
    body[i] = i;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const guint32 wire = GUINT32_TO_BE (sizes[i]);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree gchar *lines = NULL;

    script_message (bytes, 2, AC_RTMP_SET_CHUNK_SIZE, 0, 0, &wire, 4, 128);
    script_message (bytes, 6, AC_RTMP_VIDEO, 1, 0x01020304, body, sizeof body,
                    sizes[i]);
    script_message (bytes, 6, AC_RTMP_VIDEO, 1, 80, body + 1, 999, sizes[i]);
    lines = read_all (bytes, 1);
    g_assert_cmpstr (lines, ==,
                     "9 1 16909060: 00 01 02 03 /1000\n9 1 80: 01 02 03 04 /999\n");
  }
}

static void
test_written_is_read (void)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *lines = NULL;

  g_byte_array_set_size (body, 300);
  memset (body->data, 0x5a, body->len);
  ac_rtmp_chunk_write (bytes, 3, AC_RTMP_COMMAND, 0x01020304, body, 128);
  lines = read_all (bytes, 11);
  g_assert_cmpstr (lines, ==, "20 16909060 0: 5a 5a 5a 5a /300\n");
}

static void
test_too_many_streams (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *lines = NULL;

  for (guint i = 0; i <= AC_RTMP_MAX_CHUNK_STREAMS; i++) {
    const guint8 id[2] = { 0, i };
    g_byte_array_append (bytes, id, 2);
    append_hex (bytes, "000000 000000 08 01000000");
  }
  lines = read_all (bytes, 100);
  g_assert_true (g_str_has_suffix (lines, "\n" L));
}

static void
test_too_much_unfinished (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 payload[128] = { 0 };

  for (guint8 id = 4; id < 7; id++) {
    g_autofree gchar *lines = NULL;

    g_byte_array_append (bytes, &id, 1);
    append_hex (bytes, "000000 400000 09 01000000");
    g_byte_array_append (bytes, payload, sizeof payload);
    lines = read_all (bytes, 1000);
    g_assert_cmpstr (lines, ==, id < 6 ? "" : L);
  }
}

/* Announced bytes cost nothing; a message at its limit is whole. */
static void
test_longest_message (void)
{
  g_autofree guint8 *body = g_malloc0 (AC_RTMP_MAX_MEDIA_BYTES);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *lines = NULL;

  script_message (bytes, 6, AC_RTMP_VIDEO, 1, 0, body, AC_RTMP_MAX_MEDIA_BYTES, 128);
  lines = read_all (bytes, 60000);
  g_assert_cmpstr (lines, ==, "9 1 0: 00 00 00 00 /4194304\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (chunk_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/rtmp-chunk/", chunk_cases[i].name, NULL);
    g_test_add_data_func (path, &chunk_cases[i], test_table);
  }
  g_test_add_func ("/rtmp-chunk/any-chunk-size", test_any_chunk_size);
  g_test_add_func ("/rtmp-chunk/written-is-read", test_written_is_read);
  g_test_add_func ("/rtmp-chunk/too-many-streams", test_too_many_streams);
  g_test_add_func ("/rtmp-chunk/too-much-unfinished", test_too_much_unfinished);
  g_test_add_func ("/rtmp-chunk/longest-message", test_longest_message);
  return g_test_run ();
}
