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
    { 9, { 0x17, 1, 0, 0, 0 }, 5, AC_FLV_IGNORED },            /* empty */
    { 9, { 0x17, 2, 0, 0, 0, 1 }, 6, AC_FLV_IGNORED },         /* end of sequence */
    { 9, { 0x57, 1, 0, 0, 0, 1 }, 6, AC_FLV_IGNORED },         /* a command */
    { 9, { 0x12, 1, 0, 0, 0, 1 }, 6, AC_FLV_IGNORED },         /* Sorenson */
    { 9, { 0x90, 'h', 'v', 'c', '1', 1 }, 6, AC_FLV_IGNORED }, /* enhanced */
    { 9, { 0x17, 0, 0, 0, 0, 2 }, 6, AC_FLV_BROKEN },
    { 9, { 0 }, 0, AC_FLV_IGNORED },
    { 8, { 0xaf, 1, 0x21 }, 3, AC_FLV_AUDIO_FRAME },
    { 8, { 0xaf, 0, 0x11, 0x88 }, 4, AC_FLV_AUDIO_CONFIG },
    { 8, { 0xaf, 0, 0x11 }, 3, AC_FLV_BROKEN },
    { 8, { 0x2f, 1, 0x21 }, 3, AC_FLV_IGNORED }, /* MP3 */
    { 8, { 0xaf, 1 }, 2, AC_FLV_IGNORED },
    { 18, { 2, 0 }, 2, AC_FLV_METADATA },
    { 18, { 0 }, 0, AC_FLV_IGNORED },
    { 15, { 0 }, 5, AC_FLV_IGNORED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (AcFlvPacket) packet = { NULL };

    g_assert_cmpint (read_bytes (table[i].type, table[i].bytes, table[i].size, &packet),
                     ==, table[i].kind);
  }
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
    g_auto (AcFlvPacket) packet = { NULL };

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
    g_auto (AcFlvPacket) packet = { NULL };
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
    g_auto (AcFlvPacket) packet = { NULL };
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

    g_assert_cmpint (ac_flv_access_unit_is_whole (unit, config), ==, table[i].whole);
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
    g_auto (AcFlvPacket) packet = { NULL };
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
  g_test_add_func ("/flv-tag/composition", test_composition);
  g_test_add_func ("/flv-tag/config-cut", test_config_cut);
  g_test_add_func ("/flv-tag/config-broken", test_config_broken);
  g_test_add_func ("/flv-tag/access-units", test_access_units);
  g_test_add_func ("/flv-tag/metadata", test_metadata);
  return g_test_run ();
}
