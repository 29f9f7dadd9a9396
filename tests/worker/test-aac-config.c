/* Configurations of sound, and silence that a real decoder reads as such. */
#include "aac_config.h"

#include "decoder.h"

#include <gst/gst.h>

static void
test_plain (void)
{
  static const struct {
    const gchar *bytes;
    gsize size;
    guint channels;
  } rows[] = {
    { "\x11\x88", 2, 1 },             /* LC, 48 kHz, mono */
    { "\x11\x90", 2, 2 },             /* stereo */
    { "\x11\x90\x56\xe5\x00", 5, 2 }, /* the same, and said to have no SBR */
    { "\x11\x90\x56\xe5\x80", 5, 0 }, /* SBR, backward compatible */
    { "\x2b\x11\x88\x00", 4, 0 },     /* SBR, hierarchical */
    { "\x12\x10", 2, 0 },             /* 44.1 kHz */
    { "\x13\x10", 2, 0 },             /* 24 kHz: mostly with SBR that nobody tells */
    { "\x11\xb0", 2, 0 },             /* 5.1 */
    { "\x11\x80", 2, 0 },             /* channels by a program config element */
    { "\x11\x94", 2, 0 },             /* frames of 960 */
    { "\x09\x90", 2, 0 },             /* AAC Main */
    { "\x11", 1, 0 },
    { "", 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) config = g_bytes_new (rows[i].bytes, rows[i].size);

    g_test_message ("row %u", i);
    g_assert_cmpuint (ac_aac_config_plain_channels (config), ==, rows[i].channels);
  }
}

typedef struct {
  gint n_samples, loudest; /* atomic */
  gint n_failures;
} Heard;

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  Heard *heard = user_data;

  for (gsize i = 0; i < n_samples; i++)
    if (ABS (samples[i]) > g_atomic_int_get (&heard->loudest))
      g_atomic_int_set (&heard->loudest, ABS (samples[i]));
  g_atomic_int_add (&heard->n_samples, (gint)n_samples);
}

static void
on_canvas (const AcPicture *picture, guint *ret_width, guint *ret_height,
           gpointer user_data)
{
}

static void
on_frame (GstBuffer *frame, gint64 due_us, gpointer user_data)
{
  gst_buffer_unref (frame);
}

static void
on_failed (AcDecoder *decoder, const gchar *reason, gpointer user_data)
{
  g_atomic_int_inc (&((Heard *)user_data)->n_failures);
}

static void
test_silence (gconstpointer data)
{
  const AcDecoderHandler handler = { on_canvas, on_frame, on_sound, on_failed };
  const guint channels = GPOINTER_TO_UINT (data);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      channels == 1
          ? "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1188"
          : "audio/mpeg,mpegversion=4,stream-format=raw,codec_data=(buffer)1190");
  g_autoptr (GBytes) silence = ac_aac_silence (channels);
  g_autoptr (GError) error = NULL;
  Heard heard = { 0 };
  g_autoptr (AcDecoder) decoder =
      ac_decoder_new (AC_SOURCE_AUDIO, caps, &handler, &heard, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 100; i++) {
    const gint64 at_us = 1000000 + (gint64)i * 64000 / 3;
    const AcDecoderInput input = { silence, at_us, at_us, TRUE, i == 0 };

    g_assert_true (ac_decoder_push (decoder, &input));
  }
  while (g_atomic_int_get (&heard.n_samples) < 64 * 1024) {
    g_assert_cmpint (g_atomic_int_get (&heard.n_failures), ==, 0);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_cmpint (heard.loudest, <=, 1); /* dither of the way to 16 bits */
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/aac-config/plain", test_plain);
  g_test_add_data_func ("/aac-config/silence-mono", GUINT_TO_POINTER (1), test_silence);
  g_test_add_data_func ("/aac-config/silence-stereo", GUINT_TO_POINTER (2),
                        test_silence);
  return g_test_run ();
}
