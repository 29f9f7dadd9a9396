#include "flv_tag.h"

#include <string.h>

static const guint8 good_config[] = { 0x17, 0, 0, 0,    0,    1, 0x42, 0, 0x0a, 0xff,
                                      0xe1, 0, 2, 0x67, 0x42, 1, 0,    1, 0x68 };

static AcFlvKind
read_bytes (guint8 type, gconstpointer bytes, gsize size, AcFlvPacket *packet)
{
  g_autoptr (GBytes) body = g_bytes_new (bytes, size);
  const AcFlvTag tag = { type, 0, body };

  return ac_flv_packet_read (&tag, packet);
}

static void
test_kinds (void)
{
  static const struct {
    guint8 type;
    guint8 bytes[8];
    gsize size;
    AcFlvKind kind;
  } table[] = {
    { 9, { 0x17, 1, 0, 0, 0, 1 }, 6, AC_FLV_VIDEO_FRAME },
    { 9, { 0x27, 1, 0, 0, 0, 1 }, 6, AC_FLV_VIDEO_FRAME },
    { 9, { 0x17, 1, 0, 0, 0 }, 5, AC_FLV_IGNORED },    /* empty */
    { 9, { 0x17, 2, 0, 0, 0, 1 }, 6, AC_FLV_IGNORED }, /* end of sequence */
    { 9, { 0x57, 1, 0, 0, 0, 1 }, 6, AC_FLV_IGNORED }, /* a command */
    { 9, { 0x12, 1, 0, 0, 0, 1 }, 6, AC_FLV_REFUSED }, /* Sorenson */
    { 9, { 0x17, 0, 0, 0, 0, 2 }, 6, AC_FLV_BROKEN },
    { 9, { 0 }, 0, AC_FLV_IGNORED },
    { 8, { 0xaf, 1, 0x21 }, 3, AC_FLV_AUDIO_FRAME },
    { 8, { 0xaf, 0, 0x11, 0x88 }, 4, AC_FLV_AUDIO_CONFIG },
    { 8, { 0xaf, 0, 0x11 }, 3, AC_FLV_BROKEN },
    { 8, { 0x2f, 1, 0x21 }, 3, AC_FLV_REFUSED }, /* MP3 */
    { 8, { 0xaf, 1 }, 2, AC_FLV_IGNORED },
    { 18, { 2, 0 }, 2, AC_FLV_METADATA },
    { 18, { 0 }, 0, AC_FLV_IGNORED },
    { 15, { 0 }, 5, AC_FLV_IGNORED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { 0 };

    g_assert_cmpint (read_bytes (table[i].type, table[i].bytes, table[i].size, &packet),
                     ==, table[i].kind);
  }
}

/* Extended headers, as far as they go: what is inside, and of which codec. */
static void
test_extended (void)
{
  static const struct {
    guint8 type;
    const gchar *bytes;
    gsize size;
    AcFlvKind kind;
    AcCodec codec;
    gint32 composition_ms;
    gsize payload;
  } table[] = {
    { 9, "\x91hvc1\0\0\x50x", 9, AC_FLV_VIDEO_FRAME, AC_CODEC_H265, 80, 1 },
    { 9, "\xa1hvc1\xff\xff\xd8x", 9, AC_FLV_VIDEO_FRAME, AC_CODEC_H265, -40, 1 },
    { 9, "\x93hvc1xyz", 8, AC_FLV_VIDEO_FRAME, AC_CODEC_H265, 0, 3 },
    { 9, "\x91hvc1\0\0", 7, AC_FLV_BROKEN, 0, 0, 0 },
    { 9, "\x91hvc1\0\0\0", 8, AC_FLV_IGNORED, 0, 0, 0 },
    { 9, "\x90hvc1\1", 6, AC_FLV_BROKEN, 0, 0, 0 },
    { 9, "\x92hvc1", 5, AC_FLV_IGNORED, 0, 0, 0 },  /* the end */
    { 9, "\x94hvc1x", 6, AC_FLV_IGNORED, 0, 0, 0 }, /* metadata */
    { 9,
      "\x91"
      "av01xy",
      7, AC_FLV_VIDEO_FRAME, AC_CODEC_AV1, 0, 2 },
    { 9,
      "\x90"
      "av01\x81\0\0\0",
      9, AC_FLV_VIDEO_CONFIG, AC_CODEC_AV1, 0, 4 },
    { 9,
      "\x91"
      "avc1\0\0\x28x",
      9, AC_FLV_VIDEO_FRAME, AC_CODEC_H264, 40, 1 },
    { 9, "\x91vp09x", 6, AC_FLV_VIDEO_FRAME, AC_CODEC_VP9, 0, 1 },
    { 9, "\xd0\0", 2, AC_FLV_IGNORED, 0, 0, 0 }, /* a command */
    { 9, "\x91xxxxx", 6, AC_FLV_REFUSED, 0, 0, 0 },
    { 9, "\x91hvc", 4, AC_FLV_BROKEN, 0, 0, 0 },
    { 9, "\x91", 1, AC_FLV_BROKEN, 0, 0, 0 },
    /* something of 3 bytes about the packet comes first */
    { 9, "\x97\2xyz\3hvc1xyz", 13, AC_FLV_VIDEO_FRAME, AC_CODEC_H265, 0, 3 },
    { 9, "\x97\xff\0\0x\1vp09x", 11, AC_FLV_VIDEO_FRAME, AC_CODEC_VP9, 0, 1 },
    { 9, "\x97\0x", 3, AC_FLV_BROKEN, 0, 0, 0 },
    { 9, "\x97\xffxyz", 5, AC_FLV_BROKEN, 0, 0, 0 },
    /* one track of several: the default one, another, many of them */
    { 9, "\x96\1vp09\0x", 8, AC_FLV_VIDEO_FRAME, AC_CODEC_VP9, 0, 1 },
    { 9, "\x96\1vp09\1x", 8, AC_FLV_IGNORED, 0, 0, 0 },
    { 9, "\x96\x11vp09\0x", 8, AC_FLV_IGNORED, 0, 0, 0 },
    { 8, "\x91Opusxy", 7, AC_FLV_AUDIO_FRAME, AC_CODEC_OPUS, 0, 2 },
    { 8, "\x90OpusOpusHead\1\2\0\0\0\0\0\0\0\0\0", 24, AC_FLV_AUDIO_CONFIG,
      AC_CODEC_OPUS, 0, 19 },
    { 8, "\x90OpusOpusHead\1\2\0\0\0\0\0\0\0\0", 23, AC_FLV_BROKEN, 0, 0, 0 },
    { 8, "\x90mp4a\x11\x88", 7, AC_FLV_AUDIO_CONFIG, AC_CODEC_AAC, 0, 2 },
    { 8, "\x91mp4ax", 6, AC_FLV_AUDIO_FRAME, AC_CODEC_AAC, 0, 1 },
    { 8,
      "\x91"
      "ac-3x",
      6, AC_FLV_REFUSED, 0, 0, 0 },
    { 8, "\x93Opusx", 6, AC_FLV_IGNORED, 0, 0, 0 }, /* no such packet of sound */
    { 8, "\x95\1Opus\0x", 8, AC_FLV_AUDIO_FRAME, AC_CODEC_OPUS, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { 0 };
    AcFlvKind kind = read_bytes (table[i].type, table[i].bytes, table[i].size, &packet);

    if (kind != table[i].kind)
      g_error ("row %u: kind %d", i, kind);
    if (table[i].payload == 0)
      continue;
    g_assert_cmpint (packet.codec, ==, table[i].codec);
    g_assert_cmpint (packet.composition_ms, ==, table[i].composition_ms);
    g_assert_cmpuint (g_bytes_get_size (packet.data), ==, table[i].payload);
  }
}

/* What is not ours has a name that can be printed. */
static void
test_refused_name (void)
{
  g_auto (AcFlvPacket) packet = { 0 };

  read_bytes (8,
              "\x91"
              "ac-3x",
              6, &packet);
  g_assert_cmpstr (packet.name, ==, "ac-3");
  read_bytes (8, "\x91\n\xe9\0yx", 6, &packet);
  g_assert_cmpstr (packet.name, ==, "??");
  read_bytes (8, "\x2fx", 2, &packet);
  g_assert_cmpstr (packet.name, ==, "FLV sound 2");
}

static void
test_composition (void)
{
  static const struct {
    guint8 bytes[6];
    gint32 expected;
    gboolean keyframe;
  } table[] = {
    { { 0x17, 1, 0, 0, 80, 1 }, 80, TRUE },
    { { 0x27, 1, 0xff, 0xff, 0xd8, 1 }, -40, FALSE },
    { { 0x47, 1, 0x7f, 0xff, 0xff, 1 }, 0x7fffff, TRUE },
    { { 0x37, 1, 0x80, 0, 0, 1 }, -0x800000, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { 0 };

    g_assert_cmpint (read_bytes (9, table[i].bytes, 6, &packet), ==,
                     AC_FLV_VIDEO_FRAME);
    g_assert_cmpint (packet.composition_ms, ==, table[i].expected);
    g_assert_cmpint (packet.keyframe, ==, table[i].keyframe);
  }
}

/* A configuration is taken whole, or not at all. */
static void
test_config_cut (void)
{
  for (gsize size = 0; size <= sizeof good_config; size++) {
    g_auto (AcFlvPacket) packet = { 0 };
    AcFlvKind kind = read_bytes (9, good_config, size, &packet);

    if (size == sizeof good_config)
      g_assert_cmpint (kind, ==, AC_FLV_VIDEO_CONFIG);
    else
      g_assert_cmpint (kind, !=, AC_FLV_VIDEO_CONFIG);
  }
}

static void
test_config_broken (void)
{
  static const struct {
    guint offset;
    guint8 value;
  } table[] = { { 5, 0 }, { 10, 0xe0 }, { 11, 0xff }, { 12, 0 }, { 15, 0 }, { 17, 9 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { 0 };
    guint8 bytes[sizeof good_config];

    memcpy (bytes, good_config, sizeof bytes);
    bytes[table[i].offset] = table[i].value;
    g_assert_cmpint (read_bytes (9, bytes, sizeof bytes, &packet), ==, AC_FLV_BROKEN);
  }
}

static void
test_access_units (void)
{
  static const struct {
    guint8 bytes[12];
    gsize size;
    gboolean whole;
  } table[] = {
    { { 0, 0, 0, 1, 0x65 }, 5, TRUE },
    { { 0, 0, 0, 1, 0x65, 0, 0, 0, 2, 1, 2 }, 11, TRUE },
    { { 0, 0, 0, 2, 0x65 }, 5, FALSE },
    { { 0, 0, 0, 1, 0x65, 0 }, 6, FALSE },
    { { 0xff, 0xff, 0xff, 0xff, 0x65 }, 5, FALSE },
    { { 0 }, 0, FALSE },
  };
  g_autoptr (GBytes) config = g_bytes_new (good_config + 5, sizeof good_config - 5);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) unit = g_bytes_new (table[i].bytes, table[i].size);

    g_assert_cmpint (ac_codec_unit_is_whole (AC_CODEC_H264, unit, config), ==,
                     table[i].whole);
  }
}

static void
test_metadata (void)
{
  static const guint8 head[] = "\2\0\12onMetaData\10\0\0\0\1\0\11framerate";
  static const struct {
    guint8 number[8];
    guint32 expected;
  } table[] = {
    { { 0x40, 0x39, 0, 0, 0, 0, 0, 0 }, 25000 },
    { { 0x40, 0x3d, 0xf8, 0x53, 0xe2, 0x55, 0x6b, 0x28 }, 29970 },
    { { 0x7f, 0xf8, 0, 0, 0, 0, 0, 0 }, 0 }, /* not a number */
    { { 0xc0, 0x39, 0, 0, 0, 0, 0, 0 }, 0 },
    { { 0 }, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { 0 };
    guint8 bytes[sizeof head + 8]; /* the final NUL of head is the number's marker */

    memcpy (bytes, head, sizeof head);
    memcpy (bytes + sizeof head, table[i].number, 8);
    g_assert_cmpint (read_bytes (18, bytes, sizeof bytes, &packet), ==,
                     AC_FLV_METADATA);
    g_assert_cmpuint (packet.frames_per_1000s, ==, table[i].expected);
    read_bytes (18, bytes, sizeof bytes - 1, &packet); /* cut: no number */
    g_assert_cmpuint (packet.frames_per_1000s, ==, 0);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flv-tag/kinds", test_kinds);
  g_test_add_func ("/flv-tag/extended", test_extended);
  g_test_add_func ("/flv-tag/refused-name", test_refused_name);
  g_test_add_func ("/flv-tag/composition", test_composition);
  g_test_add_func ("/flv-tag/config-cut", test_config_cut);
  g_test_add_func ("/flv-tag/config-broken", test_config_broken);
  g_test_add_func ("/flv-tag/access-units", test_access_units);
  g_test_add_func ("/flv-tag/metadata", test_metadata);
  return g_test_run ();
}
