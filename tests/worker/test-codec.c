/* Configurations and access units of every codec: whole, or not taken. */
#include "codec.h"

#include <string.h>

typedef struct {
  const gchar *name;
  AcCodec codec;
  guint8 bytes[64];
  gsize size;
  gboolean cut_is_whole; /* its beginning may stand alone */
} Config;

static const Config configs[] = {
  { "avcC",
    AC_CODEC_H264,
    { 1, 0x64, 0, 0x1f, 0xff, 0xe1, 0, 2, 0x67, 0x42, 1, 0, 1, 0x68 },
    14,
    FALSE },
  { "hvcC",
    AC_CODEC_H265,
    { 1, 1, 0x60, 0, 0, 0, 0, 0, 0, 0,    0, 0,    93, 0xf0, 0, 0xfc, 0,    0, 0,
      0, 0, 0x0f, 2, 0, 0, 1, 0, 2, 0x40, 1, 0xa1, 0,  1,    0, 2,    0x42, 1 },
    37,
    FALSE },
  { "av1C", AC_CODEC_AV1, { 0x81, 0, 0x0c, 0, 0x0a, 3, 1, 2, 3 }, 9, TRUE },
  { "AudioSpecificConfig", AC_CODEC_AAC, { 0x11, 0x90 }, 2, FALSE },
  { "OpusHead",
    AC_CODEC_OPUS,
    { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0,
      0 },
    19,
    FALSE },
};

static void
test_config_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    const Config *c = &configs[i];

    for (gsize size = 0; size <= c->size; size++) {
      g_autoptr (GBytes) config = g_bytes_new (c->bytes, size);
      gboolean whole = ac_codec_config_is_whole (c->codec, config);

      if (size == c->size)
        g_assert_true (whole);
      else if (!c->cut_is_whole)
        g_assert_false (whole);
    }
  }
}

static void
test_caps (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    g_autoptr (GBytes) config = g_bytes_new (configs[i].bytes, configs[i].size);
    g_autoptr (GstCaps) caps = ac_codec_caps (configs[i].codec, config);

    g_assert_nonnull (caps);
    g_assert_true (gst_caps_is_fixed (caps));
  }
}

/* No parameter set of a sequence. */
static void
test_config_no_sps (void)
{
  guint8 bytes[64];
  g_autoptr (GBytes) config = NULL;

  memcpy (bytes, configs[1].bytes, sizeof bytes);
  bytes[30] = 0xa2;
  config = g_bytes_new (bytes, configs[1].size);
  g_assert_false (ac_codec_config_is_whole (AC_CODEC_H265, config));
}

static void
test_units (void)
{
  static const struct {
    AcCodec codec;
    guint config;
    guint8 bytes[12];
    gsize size;
    gboolean whole;
  } table[] = {
    { AC_CODEC_H265, 1, { 0, 0, 0, 2, 0x26, 1 }, 6, TRUE },
    { AC_CODEC_H265, 1, { 0, 0, 0, 3, 0x26, 1 }, 6, FALSE },
    { AC_CODEC_H265, 1, { 0, 0, 0 }, 3, FALSE },
    { AC_CODEC_AV1, 2, { 0x32, 2, 9, 9 }, 4, TRUE },
    { AC_CODEC_AV1, 2, { 0x32, 3, 9, 9 }, 4, FALSE },
    { AC_CODEC_AV1, 2, { 0x30, 9, 9 }, 3, TRUE }, /* the last need not say its size */
    { AC_CODEC_AV1, 2, { 0x36, 0x20, 1, 9 }, 4, TRUE }, /* with an extension */
    { AC_CODEC_AV1, 2, { 0x36 }, 1, FALSE },
    { AC_CODEC_AV1, 2, { 0xb2, 0 }, 2, FALSE }, /* the forbidden bit */
    { AC_CODEC_AV1,
      2,
      { 0x32, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 },
      9,
      FALSE },
    { AC_CODEC_AV1, 2, { 0x32, 0xff, 0xff, 0xff, 0xff, 0x7f }, 6, FALSE },
    { AC_CODEC_OPUS, 4, { 0xfc }, 1, TRUE },
    { AC_CODEC_OPUS, 4, { 0 }, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    const Config *c = &configs[table[i].config];
    g_autoptr (GBytes) config = g_bytes_new (c->bytes, c->size);
    g_autoptr (GBytes) unit = g_bytes_new (table[i].bytes, table[i].size);

    g_assert_cmpint (ac_codec_unit_is_whole (table[i].codec, unit, config), ==,
                     table[i].whole);
  }
}

/* A key frame of AV1 brings its sequence header, or is given the configuration's. */
static void
test_complete_keyframe (void)
{
  static const guint8 bare[] = { 0x32, 1, 9 };
  static const guint8 headed[] = { 0x0a, 1, 7, 0x32, 1, 9 };
  g_autoptr (GBytes) config = g_bytes_new (configs[2].bytes, configs[2].size);
  g_autoptr (GBytes) empty = g_bytes_new (configs[2].bytes, 4);
  g_autoptr (GBytes) without = g_bytes_new_static (bare, sizeof bare);
  g_autoptr (GBytes) with = g_bytes_new_static (headed, sizeof headed);
  g_autoptr (GBytes) completed =
      ac_codec_complete_keyframe (AC_CODEC_AV1, without, config);
  g_autoptr (GBytes) same = ac_codec_complete_keyframe (AC_CODEC_AV1, with, config);
  g_autoptr (GBytes) left = ac_codec_complete_keyframe (AC_CODEC_AV1, without, empty);

  g_assert_cmpmem (g_bytes_get_data (completed, NULL), g_bytes_get_size (completed),
                   "\x0a\3\1\2\3\x32\1\x09", 8);
  g_assert_true (same == with);
  g_assert_true (left == without);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/codec/config-cut", test_config_cut);
  g_test_add_func ("/codec/config-no-sps", test_config_no_sps);
  g_test_add_func ("/codec/caps", test_caps);
  g_test_add_func ("/codec/units", test_units);
  g_test_add_func ("/codec/complete-keyframe", test_complete_keyframe);
  return g_test_run ();
}
