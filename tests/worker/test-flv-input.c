/* FLV tags as formats and packets. */
#include "input.h"

static const guint8 avcc[] = { 0x17, 0,    0, 0, 0,    1, 0x64, 0, 0x1f,
                               0xff, 0xe1, 0, 1, 0x67, 1, 0,    1, 0x68 };
static const guint8 key[] = { 0x17, 1, 0, 0, 80, 0, 0, 0, 1, 0x65 };
static const guint8 delta[] = { 0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x41 };
static const guint8 broken[] = { 0x27, 1, 0, 0, 0, 0, 0, 0, 9, 0x41 };
static const guint8 asc[] = { 0xaf, 0, 0x11, 0x88 };
static const guint8 aac[] = { 0xaf, 1, 0x21, 0x10 };

typedef struct {
  AcInput *input;
  guint n_formats, n_packets;
  GstCaps *format;
  AcPacket last; /* without its data */
  guint32 rate;
} Fixture;

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_formats++;
  gst_caps_replace (&fixture->format, caps);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_packets++;
  fixture->last = *packet;
}

static void
on_rate (guint32 frames_per_1000s, gpointer user_data)
{
  ((Fixture *)user_data)->rate = frames_per_1000s;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, NULL };
  const AcWireSource source = { .kind = AC_SOURCE_FLV };

  fixture->input = ac_input_new (&source, &handler, fixture, NULL);
  g_assert_nonnull (fixture->input);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ac_input_free (fixture->input);
  gst_clear_caps (&fixture->format);
}

#define PUSH(fixture, type, timestamp_ms, bytes)                                       \
  push (fixture, type, timestamp_ms, bytes, sizeof bytes)

static void
push (Fixture *fixture, guint8 type, guint32 timestamp_ms, const guint8 *bytes,
      gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (bytes, size);
  const AcFlvTag tag = { type, timestamp_ms, body };

  ac_input_push (fixture->input, &tag);
}

static void
test_formats (Fixture *fixture, gconstpointer unused)
{
  PUSH (fixture, 9, 0, key); /* of no use before its configuration */
  PUSH (fixture, 8, 0, aac);
  g_assert_cmpuint (fixture->n_packets, ==, 0);
  PUSH (fixture, 9, 0, avcc);
  g_assert_true (gst_structure_has_name (gst_caps_get_structure (fixture->format, 0),
                                         "video/x-h264"));
  PUSH (fixture, 8, 0, asc);
  g_assert_true (gst_structure_has_name (gst_caps_get_structure (fixture->format, 0),
                                         "audio/mpeg"));
  g_assert_cmpuint (fixture->n_formats, ==, 2);
  PUSH (fixture, 8, 23, aac);
  g_assert_cmpuint (fixture->n_packets, ==, 1);
  g_assert_cmpint (fixture->last.track, ==, AC_SOURCE_AUDIO);
  g_assert_cmpint (fixture->last.decode_us, ==, 23000);
}

static void
test_lost (Fixture *fixture, gconstpointer unused)
{
  PUSH (fixture, 9, 0, avcc);
  PUSH (fixture, 9, 40, key);
  g_assert_true (fixture->last.keyframe);
  g_assert_cmpint (fixture->last.composition_us, ==, 80000);
  g_assert_false (fixture->last.lost);
  PUSH (fixture, 9, 80, broken);
  g_assert_cmpuint (fixture->n_packets, ==, 1);
  PUSH (fixture, 9, 120, delta);
  g_assert_true (fixture->last.lost);
  PUSH (fixture, 9, 160, delta);
  g_assert_false (fixture->last.lost);
}

/* Over 32 bits ahead and back, both tracks on one count. */
static void
test_wrap (Fixture *fixture, gconstpointer unused)
{
  gint64 origin_us;

  PUSH (fixture, 9, 0, avcc);
  PUSH (fixture, 8, 0, asc);
  PUSH (fixture, 9, 0xffffffd8, key);
  origin_us = fixture->last.decode_us;
  PUSH (fixture, 9, 0, delta);
  g_assert_cmpint (fixture->last.decode_us, ==, origin_us + 40000);
  PUSH (fixture, 8, 0xfffffff8, aac);
  g_assert_cmpint (fixture->last.decode_us, ==, origin_us + 32000);
  PUSH (fixture, 9, 40, delta);
  g_assert_cmpint (fixture->last.decode_us, ==, origin_us + 80000);
}

/* Leaps without end stay where a count of microseconds can be. */
static void
test_leaps (Fixture *fixture, gconstpointer unused)
{
  PUSH (fixture, 8, 0, asc);
  for (guint64 i = 0; i < 200000; i++) {
    PUSH (fixture, 8, (guint32)(i * 0x7fffffff), aac);
    g_assert_cmpint (ABS (fixture->last.decode_us), <, G_GINT64_CONSTANT (1) << 58);
  }
}

static void
test_unsupported (void)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, NULL };
  const AcWireSource source = { .kind = (AcSourceKind)AC_N_SOURCE_KINDS };
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_input_new (&source, &handler, NULL, &error));
  g_assert_error (error, AC_INPUT_ERROR, AC_INPUT_ERROR_UNSUPPORTED);
}

gint
main (gint argc, gchar **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } table[] = {
    { "/flv-input/formats", test_formats },
    { "/flv-input/lost", test_lost },
    { "/flv-input/wrap", test_wrap },
    { "/flv-input/leaps", test_leaps },
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  g_test_add_func ("/flv-input/unsupported", test_unsupported);
  return g_test_run ();
}
