/* Real decoders: sound of every kind, and of a crystal that is not ours. */
#include "decoder.h"
#include "flv_script.h"
#include "input.h"
#include "scaler.h"

#include <stdlib.h>
#include <string.h>

#define START (G_GINT64_CONSTANT (100) * G_USEC_PER_SEC)
#define WAIT_US (20 * G_USEC_PER_SEC)

typedef struct {
  AcDecoder *decoder;
  GstCaps *format;
  gint ppm; /* by which the source is slower than its samples */
  gint64 end_us;
  GMutex lock; /* guards the next four: sound comes on another thread */
  GCond came;
  GArray *sound; /* gint16 */
  guint n_breaks;
  gint64 first_us, heard_until_us;
} Fixture;

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  if (discontinuity && fixture->n_breaks++ == 0)
    fixture->first_us = due_us;
  g_array_append_vals (fixture->sound, samples, (guint)n_samples);
  fixture->heard_until_us = due_us + (gint64)n_samples * G_USEC_PER_SEC / 48000;
  g_cond_signal (&fixture->came);
  g_mutex_unlock (&fixture->lock);
}

static void
on_failed (AcDecoder *decoder, const gchar *reason, gpointer user_data)
{
  g_error ("%s", reason);
}

static void
on_canvas (const AcPicture *picture, guint *ret_width, guint *ret_height,
           gpointer user_data)
{
  *ret_width = 64;
  *ret_height = 36;
}

static void
on_frame (GstBuffer *frame, gint64 due_us, gpointer user_data)
{
  gst_buffer_unref (frame);
}

static const AcDecoderHandler decoder_handler = { on_canvas, on_frame, on_sound,
                                                  on_failed };

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (track, ==, AC_SOURCE_AUDIO);
  fixture->decoder = ac_decoder_new (track, caps, &decoder_handler, fixture, &error);
  g_assert_no_error (error);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *fixture = user_data;
  gint64 due_us =
      START + packet->decode_us + packet->decode_us * fixture->ppm / 1000000;
  const AcDecoderInput input = { .data = packet->data,
                                 .due_us = due_us,
                                 .decode_us = due_us,
                                 .keyframe = TRUE,
                                 .discontinuity = fixture->end_us == 0 };

  g_assert_true (ac_decoder_push (fixture->decoder, &input));
  fixture->end_us = due_us;
}

static void
on_rate (guint32 frames_per_1000s, gpointer user_data)
{
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->came);
  fixture->sound = g_array_new (FALSE, FALSE, sizeof (gint16));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ac_decoder_free (fixture->decoder);
  g_array_unref (fixture->sound);
  g_cond_clear (&fixture->came);
  g_mutex_clear (&fixture->lock);
}

/* Decodes all of @script; waits until all but its last packets were heard. */
static void
decode (Fixture *fixture, GArray *script)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, NULL };
  const AcWireSource source = { .kind = AC_SOURCE_FLV };
  g_autoptr (AcInput) input = ac_input_new (&source, &handler, fixture, NULL);
  gint64 until_us = g_get_monotonic_time () + WAIT_US;

  for (guint i = 0; i < script->len; i++) {
    const FlvScriptTag *tag = &g_array_index (script, FlvScriptTag, i);
    const AcFlvTag unit = { tag->type, tag->timestamp_ms, tag->body };

    ac_input_push (input, &unit);
  }
  g_mutex_lock (&fixture->lock);
  while (fixture->heard_until_us < fixture->end_us - 200000)
    g_assert_true (g_cond_wait_until (&fixture->came, &fixture->lock, until_us));
  g_mutex_unlock (&fixture->lock);
}

/* How often the tone swings in the second that begins at @from_ms. */
static gint
swings (Fixture *fixture, guint from_ms)
{
  const gint16 *samples = &g_array_index (fixture->sound, gint16, from_ms * 48);
  gint n = 0;

  for (guint i = 1; i < 48000; i++)
    n += samples[i - 1] < 0 && samples[i] >= 0;
  return n;
}

static void
test_sound (Fixture *fixture, gconstpointer arguments)
{
  g_autofree gchar *line = g_strdup_printf (
      "-f lavfi -i sine=f=440:r=48000:d=2.5 -af volume=12dB -c:a aac %s",
      (const gchar *)arguments);
  g_autoptr (GArray) script = flv_script_make (line);
  gint peak = 0;

  decode (fixture, script);
  g_mutex_lock (&fixture->lock);
  g_assert_cmpuint (fixture->n_breaks, ==, 1);
  g_assert_cmpint (ABS (fixture->first_us - START), <, 150000);
  g_assert_cmpint (ABS ((gint64)fixture->sound->len - 48 * 2500), <, 48 * 400);
  g_assert_cmpint (ABS (swings (fixture, 1000) - 440), <=, 2);
  for (guint i = 48000; i < 96000; i++)
    peak = MAX (peak, abs (g_array_index (fixture->sound, gint16, i)));
  g_assert_cmpint (peak, >, 1500);
  g_mutex_unlock (&fixture->lock);
}

/* Its timestamps and its samples go apart by 3,000 ppm, 60 ms in 20 s: more than the
 * ring or a converter would join. There is no break, and it ends where it is due. */
static void
test_crystal (Fixture *fixture, gconstpointer arguments)
{
  static const gint directions[] = { 3000, -3000 };
  g_autofree gchar *line = g_strdup_printf (
      "-f lavfi -i sine=f=440:r=44100:d=20 -c:a aac %s", (const gchar *)arguments);
  g_autoptr (GArray) script = flv_script_make (line);

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    g_clear_pointer (&fixture->decoder, ac_decoder_free);
    fixture->ppm = directions[i];
    fixture->end_us = fixture->heard_until_us = 0;
    fixture->n_breaks = 0;
    g_array_set_size (fixture->sound, 0);
    decode (fixture, script);
    g_mutex_lock (&fixture->lock);
    g_assert_cmpuint (fixture->n_breaks, ==, 1);
    g_assert_cmpint ((gint64)fixture->sound->len * 1000 / 48 -
                         (fixture->heard_until_us - fixture->first_us),
                     <, 100);
    g_assert_cmpint (ABS (fixture->heard_until_us - fixture->end_us), <, 210000);
    g_mutex_unlock (&fixture->lock);
  }
}

/* Key frames of VP8 that are 16,383 pixels wide and high, and as many as fit. */
static void
test_vp8_size (void)
{
  static const struct {
    guint8 bytes[11];
    gboolean taken;
  } table[] = {
    { { 0x10, 2, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0 }, FALSE },
    { { 0x10, 2, 0, 0x9d, 1, 0x2a, 0x80, 0x07, 0x38, 0x04, 0 }, TRUE },
    { { 0x11, 2, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 }, TRUE }, /* no key */
  };
  g_autoptr (GstCaps) format = gst_caps_new_empty_simple ("video/x-vp8");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (AcDecoder) decoder =
        ac_decoder_new (AC_SOURCE_VIDEO, format, &decoder_handler, NULL, NULL);
    g_autoptr (GBytes) data = g_bytes_new (table[i].bytes, sizeof table[i].bytes);
    const AcDecoderInput input = { .data = data, .keyframe = TRUE };

    g_assert_nonnull (decoder);
    g_assert_cmpint (ac_decoder_push (decoder, &input), ==, table[i].taken);
  }
}

static void
test_unknown (void)
{
  static const gchar *const formats[] = { "audio/x-nothing", "video/x-h264",
                                          "audio/mpeg,mpegversion=3" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GstCaps) format = gst_caps_from_string (formats[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (
        ac_decoder_new (AC_SOURCE_AUDIO, format, &decoder_handler, NULL, &error));
    g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, "no decoder for"));
  }
}

gint
main (gint argc, gchar **argv)
{
  static const gchar *const kinds[] = { "-ar 8000 -ac 1",  "-ar 11025 -ac 1",
                                        "-ar 16000 -ac 2", "-ar 22050 -ac 1",
                                        "-ar 32000 -ac 2", "-ar 44100 -ac 2",
                                        "-ar 48000 -ac 6", "-ar 96000 -ac 2",
                                        "-ar 48000 -ac 3" };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ac_scaler_register ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree gchar *path = g_strconcat ("/decoder/sound", kinds[i], NULL);

    g_strdelimit (path, " ", '-');
    g_test_add (path, Fixture, kinds[i], set_up, test_sound, tear_down);
  }
  g_test_add ("/decoder/crystal/44100", Fixture, "-ar 44100", set_up, test_crystal,
              tear_down);
  g_test_add ("/decoder/crystal/48000", Fixture, "-ar 48000", set_up, test_crystal,
              tear_down);
  g_test_add_func ("/decoder/vp8-size", test_vp8_size);
  g_test_add_func ("/decoder/unknown", test_unknown);
  return g_test_run ();
}
