#include "box_reader.h"
#include "cmaf_writer.h"

#include <string.h>

static const guint8 avcc_bytes[] = { 1, 0x64, 0x00, 0x1f, 0xff, 0xe1,
                                     0, 4,    0x67, 0x64, 0,    0x1f,
                                     1, 0,    2,    0x68, 0xee };
static const guint8 asc_bytes[] = { 0x11, 0x88 }; /* LC, 48 kHz, mono */

static GBytes *
avcc (void)
{
  return g_bytes_new_static (avcc_bytes, sizeof avcc_bytes);
}

static AcCmafVideo
a_video (GBytes *config)
{
  return (AcCmafVideo){ .avcc = config,
                        .timescale = 90000,
                        .width = 1280,
                        .height = 720,
                        .target_bps = 1500000,
                        .primaries = 1,
                        .transfer = 1,
                        .matrix = 1 };
}

static void
test_init_video (void)
{
  g_autoptr (GBytes) config = avcc ();
  AcCmafVideo video = a_video (config);
  g_autoptr (GBytes) init = ac_cmaf_init_video (&video, NULL);
  static const gchar brands[] = "iso6\0\0\0\0iso6mp41cmfcdashhlsf";
  g_autofree gchar *list = NULL;
  const guint8 *data;
  gsize size;
  Box box;

  data = g_bytes_get_data (init, &size);
  list = box_list (data, size);
  g_assert_cmpstr (list, ==, "ftyp moov ");
  g_assert_true (box_find (data, size, "ftyp", &box));
  g_assert_cmpmem (box.data, box.size, brands, sizeof brands - 1);

  g_assert_true (box_find (data, size, "moov/mvhd", &box));
  g_assert_cmpuint (box.size, ==, 100);
  g_assert_cmpuint (box_u32 (box.data + 12), ==, 90000);
  g_assert_cmpuint (box_u32 (box.data + 16), ==, 0);
  g_assert_cmpuint (box_u32 (box.data + 96), ==, 2);
  g_assert_true (box_find (data, size, "moov/trak/tkhd", &box));
  g_assert_cmpuint (box.size, ==, 84);
  g_assert_cmpuint (box_u32 (box.data + 20), ==, 0);
  g_assert_cmpuint (box_u32 (box.data + 76), ==, 1280 << 16);
  g_assert_cmpuint (box_u32 (box.data + 80), ==, 720 << 16);
  g_assert_true (box_find (data, size, "moov/trak/mdia/hdlr", &box));
  g_assert_cmpmem (box.data + 8, 4, "vide", 4);
  g_assert_cmpuint (box.data[box.size - 1], ==, 0);
  g_assert_true (box_find (data, size, "moov/mvex/trex", &box));
  g_assert_cmpuint (box.size, ==, 24);
  g_assert_false (box_find (data, size, "moov/trak/edts", &box));
}

static void
test_sample_entry_video (void)
{
  g_autoptr (GBytes) config = avcc ();
  AcCmafVideo video = a_video (config);
  static const guint8 colour[] = { 'n', 'c', 'l', 'x', 0, 1, 0, 1, 0, 1, 0 };
  g_autoptr (GBytes) init = ac_cmaf_init_video (&video, NULL);
  g_autofree gchar *list = NULL;
  const guint8 *data;
  gsize size;
  Box stsd, avc1, box;

  data = g_bytes_get_data (init, &size);
  g_assert_true (box_find (data, size, "moov/trak/mdia/minf/stbl/stsd", &stsd));
  g_assert_cmpuint (box_u32 (stsd.data + 4), ==, 1);
  g_assert_true (box_find (stsd.data + 8, stsd.size - 8, "avc1", &avc1));
  g_assert_cmpuint (box_u16 (avc1.data + 24), ==, 1280);
  g_assert_cmpuint (box_u16 (avc1.data + 26), ==, 720);
  list = box_list (avc1.data + 78, avc1.size - 78);
  g_assert_cmpstr (list, ==, "avcC colr pasp btrt ");
  g_assert_true (box_find (avc1.data + 78, avc1.size - 78, "avcC", &box));
  g_assert_cmpmem (box.data, box.size, avcc_bytes, sizeof avcc_bytes);
  g_assert_true (box_find (avc1.data + 78, avc1.size - 78, "colr", &box));
  g_assert_cmpmem (box.data, box.size, colour, sizeof colour);
}

static void
test_init_audio (void)
{
  g_autoptr (GBytes) config = g_bytes_new_static (asc_bytes, sizeof asc_bytes);
  AcCmafAudio audio = { config, 48000, 1, 48000 };
  static const guint8 esds[] = { 0,    0,    0, 0, 3,    25,   0, 0,    0,    4, 17,
                                 0x40, 0x15, 0, 0, 0,    0,    0, 0xbb, 0x80, 0, 0,
                                 0xbb, 0x80, 5, 2, 0x11, 0x88, 6, 1,    2 };
  g_autoptr (GBytes) init = ac_cmaf_init_audio (&audio, NULL);
  const guint8 *data;
  gsize size;
  Box stsd, mp4a, box;

  data = g_bytes_get_data (init, &size);
  g_assert_true (box_find (data, size, "moov/trak/tkhd", &box));
  g_assert_cmpuint (box_u16 (box.data + 36), ==, 0x100);
  g_assert_true (box_find (data, size, "moov/trak/mdia/mdhd", &box));
  g_assert_cmpuint (box_u32 (box.data + 12), ==, 48000);
  g_assert_true (box_find (data, size, "moov/trak/mdia/minf/smhd", &box));
  g_assert_true (box_find (data, size, "moov/trak/mdia/minf/stbl/stsd", &stsd));
  g_assert_true (box_find (stsd.data + 8, stsd.size - 8, "mp4a", &mp4a));
  g_assert_cmpuint (box_u16 (mp4a.data + 16), ==, 1);
  g_assert_cmpuint (box_u32 (mp4a.data + 24), ==, 48000u << 16);
  g_assert_true (box_find (mp4a.data + 28, mp4a.size - 28, "esds", &box));
  g_assert_cmpmem (box.data, box.size, esds, sizeof esds);
}

static void
test_codecs (void)
{
  static const struct {
    guint8 bytes[7];
    gsize size;
    gboolean audio;
    const gchar *expected; /* NULL: an error */
  } table[] = {
    { { 1, 0x64, 0, 0x1f, 0xff, 0xe1, 0 }, 7, FALSE, "avc1.64001F" },
    { { 1, 0x42, 0xc0, 0x0b, 0xff, 0xe1, 0 }, 7, FALSE, "avc1.42C00B" },
    { { 0, 0x64, 0, 0x1f, 0xff, 0xe1, 0 }, 7, FALSE, NULL },
    { { 1, 0x64, 0, 0x1f, 0xff, 0xe1 }, 6, FALSE, NULL },
    { { 0 }, 0, FALSE, NULL },
    { { 0x11, 0x88 }, 2, TRUE, "mp4a.40.2" },
    { { 0x2b, 0x8a }, 2, TRUE, "mp4a.40.5" },
    { { 0xf9, 0x40 }, 2, TRUE, "mp4a.40.42" }, /* an escaped type */
    { { 0x11 }, 1, TRUE, NULL },
    { { 0x01, 0x88 }, 2, TRUE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GBytes) config = g_bytes_new (table[i].bytes, table[i].size);
    g_autoptr (GError) error = NULL;
    g_autofree gchar *codecs = table[i].audio ? ac_cmaf_codecs_audio (config, &error)
                                              : ac_cmaf_codecs_video (config, &error);

    g_assert_cmpstr (codecs, ==, table[i].expected);
    if (table[i].expected == NULL)
      g_assert_error (error, AC_CMAF_ERROR, AC_CMAF_ERROR_CONFIG);
  }
}

static void
test_init_limits (void)
{
  g_autoptr (GBytes) config = avcc ();
  g_autoptr (GBytes) long_config = g_bytes_new_take (g_malloc0 (5000), 5000);
  g_autoptr (GBytes) asc = g_bytes_new_static (asc_bytes, sizeof asc_bytes);
  g_autoptr (GBytes) long_asc = g_bytes_new_take (g_strnfill (65, 0x11), 65);
  AcCmafVideo video[5];
  AcCmafAudio audio[] = {
    { asc, 0, 1, 0 },     { asc, 65536, 1, 0 },      { asc, 48000, 0, 0 },
    { asc, 48000, 9, 0 }, { long_asc, 48000, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (video); i++)
    video[i] = a_video (config);
  video[0].width = 0;
  video[1].height = 16385;
  video[2].timescale = 0;
  video[3].avcc = long_config;
  video[4].avcc = asc;
  for (guint i = 0; i < G_N_ELEMENTS (video); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ac_cmaf_init_video (&video[i], &error));
    g_assert_error (error, AC_CMAF_ERROR, AC_CMAF_ERROR_CONFIG);
  }
  for (guint i = 0; i < G_N_ELEMENTS (audio); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ac_cmaf_init_audio (&audio[i], &error));
    g_assert_error (error, AC_CMAF_ERROR, AC_CMAF_ERROR_CONFIG);
  }
}

/* Every byte, written out by hand from the standard. */
static void
test_chunk_bytes (void)
{
  static const guint8 expected[] = {
    0,   0,   0,   24,   's', 't', 'y', 'p', 'm',  's',  'd',  'h',  0,    0,    0,
    0,   'm', 's', 'd',  'h', 'c', 'm', 'f', 's',  0,    0,    0,    32,   'p',  'r',
    'f', 't', 1,   0,    0,   0,   0,   0,   0,    1,    0x83, 0xaa, 0x7e, 0x81, 0x80,
    0,   0,   0,   0,    0,   0,   1,   0,   0,    0,    0x10, 0,    0,    0,    112,
    'm', 'o', 'o', 'f',  0,   0,   0,   16,  'm',  'f',  'h',  'd',  0,    0,    0,
    0,   0,   0,   0,    7,   0,   0,   0,   88,   't',  'r',  'a',  'f',  0,    0,
    0,   16,  't', 'f',  'h', 'd', 0,   2,   0,    0,    0,    0,    0,    1,    0,
    0,   0,   20,  't',  'f', 'd', 't', 1,   0,    0,    0,    0,    0,    0,    1,
    0,   0,   0,   0x10, 0,   0,   0,   44,  't',  'r',  'u',  'n',  0,    0,    7,
    1,   0,   0,   0,    2,   0,   0,   0,   120,  0,    0,    0x0e, 0x10, 0,    0,
    0,   3,   2,   0,    0,   0,   0,   0,   0x0e, 0x10, 0,    0,    0,    1,    1,
    1,   0,   0,   0,    0,   0,   12,  'm', 'd',  'a',  't',  'a',  'b',  'c',  'd',
  };
  g_autoptr (GBytes) first = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) second = g_bytes_new_static ("d", 1);
  const AcCmafSample samples[] = { { first, 3600, 0, TRUE },
                                   { second, 3600, 0, FALSE } };
  const AcCmafChunk chunk = { 7, G_GUINT64_CONSTANT (0x100000010), TRUE, 1500, samples,
                              2 };
  g_autoptr (GBytes) bytes = ac_cmaf_chunk (&chunk, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, sizeof expected);
}

static void
test_chunk_options (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("xy", 2);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  const AcCmafSample samples[] = { { data, 1024, 2048, TRUE },
                                   { empty, 1024, -1024, FALSE },
                                   { data, 512, 0, FALSE } };
  AcCmafChunk chunk = { 1, 0, FALSE, -1, samples, 3 };
  g_autoptr (GBytes) bytes = ac_cmaf_chunk (&chunk, NULL);
  g_autofree ReadChunk *read = g_new (ReadChunk, 1);

  box_read_chunk (bytes, read);
  g_assert_false (read->has_styp);
  g_assert_false (read->has_prft);
  g_assert_cmpuint (read->n_samples, ==, 3);
  g_assert_cmpint (read->samples[0].composition_offset, ==, 2048);
  g_assert_cmpint (read->samples[1].composition_offset, ==, -1024);
  g_assert_cmpuint (read->samples[1].size, ==, 0);
  g_assert_cmpuint (read->samples[2].duration, ==, 512);
}

static void
test_chunk_limits (void)
{
  g_autoptr (GBytes) small = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) half = g_bytes_new_take (g_malloc0 (AC_CMAF_MAX_CHUNK_BYTES / 2),
                                              AC_CMAF_MAX_CHUNK_BYTES / 2);
  g_autofree AcCmafSample *many = g_new0 (AcCmafSample, AC_CMAF_MAX_SAMPLES + 1);
  const AcCmafSample big[] = { { half, 1, 0, TRUE },
                               { half, 1, 0, TRUE },
                               { small, 1, 0, TRUE } };
  const struct {
    AcCmafChunk chunk;
    gboolean good;
  } table[] = {
    { { 1, 0, FALSE, -1, many, 0 }, FALSE },
    { { 1, 0, FALSE, -1, many, AC_CMAF_MAX_SAMPLES }, TRUE },
    { { 1, 0, FALSE, -1, many, AC_CMAF_MAX_SAMPLES + 1 }, FALSE },
    { { 1, 0, FALSE, -1, big, 2 }, TRUE },
    { { 1, 0, FALSE, -1, big, 3 }, FALSE },
    { { 1, 0, FALSE, G_GINT64_CONSTANT (2085978495999), big + 2, 1 }, TRUE },
    { { 1, 0, FALSE, G_GINT64_CONSTANT (2085978496000), big + 2, 1 }, FALSE },
  };

  for (guint i = 0; i <= AC_CMAF_MAX_SAMPLES; i++)
    many[i] = (AcCmafSample){ small, 1, 0, TRUE };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = ac_cmaf_chunk (&table[i].chunk, &error);

    g_assert_true ((bytes != NULL) == table[i].good);
    if (bytes == NULL)
      g_assert_error (error, AC_CMAF_ERROR, AC_CMAF_ERROR_LIMIT);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cmaf/init/video", test_init_video);
  g_test_add_func ("/cmaf/init/sample-entry", test_sample_entry_video);
  g_test_add_func ("/cmaf/init/audio", test_init_audio);
  g_test_add_func ("/cmaf/init/limits", test_init_limits);
  g_test_add_func ("/cmaf/codecs", test_codecs);
  g_test_add_func ("/cmaf/chunk/bytes", test_chunk_bytes);
  g_test_add_func ("/cmaf/chunk/options", test_chunk_options);
  g_test_add_func ("/cmaf/chunk/limits", test_chunk_limits);
  return g_test_run ();
}
