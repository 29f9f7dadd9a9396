/* What ffmpeg muxes as MPEG-TS, as formats and packets. */
#include "input.h"

#include <gio/gio.h>
#include <string.h>

#define UNIT_BYTES (7 * 188)
#define SECONDS 2
#define PATIENCE_US (20 * G_USEC_PER_SEC) /* for what does not come at all */

typedef struct {
  AcInput *input;
  GstCaps *formats[2];
  guint n_formats[2], n_packets[2], n_keys, n_lost;
  gint64 first_us[2], last_us[2], largest_step_us[2], latest_us[2];
  gint64 ended_us; /* when the last packet came */
} Fixture;

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_formats[track]++;
  gst_caps_replace (&f->formats[track], caps);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *f = user_data;
  const AcSourceTrack track = packet->track;

  if (f->n_packets[track]++ == 0)
    f->first_us[track] = packet->decode_us;
  else
    f->largest_step_us[track] =
        MAX (f->largest_step_us[track], packet->decode_us - f->last_us[track]);
  if (f->n_packets[track] > 1) {
    g_assert_cmpint (packet->decode_us, >, f->last_us[track]);
    f->n_lost += packet->lost;
  }
  f->last_us[track] = packet->decode_us;
  f->latest_us[track] =
      MAX (f->latest_us[track], packet->decode_us + packet->composition_us);
  f->n_keys += track == AC_SOURCE_VIDEO && packet->keyframe;
  f->ended_us = g_get_monotonic_time ();
}

static void
fixture_init (Fixture *f)
{
  const AcInputHandler handler = { on_format, on_packet, NULL, NULL };
  const AcWireSource source = { .kind = AC_SOURCE_TS };

  memset (f, 0, sizeof *f);
  f->input = ac_input_new (&source, &handler, f, NULL);
  g_assert_nonnull (f->input);
  f->ended_us = g_get_monotonic_time ();
}

static void
fixture_clear (Fixture *f)
{
  ac_input_free (f->input);
  gst_clear_caps (&f->formats[0]);
  gst_clear_caps (&f->formats[1]);
}

#define TONE "sine=440:r=48000"

/* Returns: (transfer full): SECONDS of a test picture at 25 fps and a sound. */
static GBytes *
make_stream_of (const gchar *sound, const gchar *codecs)
{
  g_autofree gchar *command = g_strdup_printf (
      "ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=160x96:r=25:d=%d -f lavfi -i "
      "%s:d=%d %s -f mpegts pipe:1",
      SECONDS, sound, SECONDS, codecs);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = g_strsplit (command, " ", -1);
  g_autoptr (GSubprocess) ffmpeg = g_subprocess_newv (
      (const gchar *const *)argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  GBytes *stream = NULL;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate (ffmpeg, NULL, NULL, &stream, NULL, &error));
  g_assert_true (g_subprocess_get_successful (ffmpeg));
  g_assert_cmpuint (g_bytes_get_size (stream), >, 0);
  return stream;
}

static GBytes *
make_stream (const gchar *codecs)
{
  return make_stream_of (TONE, codecs);
}

static void
push (Fixture *f, GBytes *stream)
{
  for (gsize at = 0; at < g_bytes_get_size (stream); at += UNIT_BYTES) {
    const gsize size = MIN (UNIT_BYTES, g_bytes_get_size (stream) - at);
    g_autoptr (GBytes) body = g_bytes_new_from_bytes (stream, at, size);

    ac_input_push (f->input, &(AcFlvTag){ 0x47, 0, body });
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Until so many have come, and a bit longer. */
static void
wait_for (Fixture *f, guint n_video, guint n_audio)
{
  const guint tick = g_timeout_add (10, on_tick, NULL);

  while (f->n_packets[0] < n_video || f->n_packets[1] < n_audio ||
         g_get_monotonic_time () - f->ended_us < 50 * 1000) {
    g_assert_cmpint (g_get_monotonic_time () - f->ended_us, <, PATIENCE_US);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (tick);
}

typedef struct {
  const gchar *name, *codecs;
  const gchar *video, *audio; /* the formats' names */
  guint n_audio;              /* at least */
  gint64 audio_step_us;
} Case;

static const Case cases[] = {
  { "h264-aac", "-c:v libx264 -preset ultrafast -bf 2 -g 25 -c:a aac", "video/x-h264",
    "audio/mpeg", 92, 21334 },
  { "h264-opus", "-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a libopus",
    "video/x-h264", "audio/x-opus", 98, 20000 },
  { "h264-mp2", "-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a mp2", "video/x-h264",
    "audio/mpeg", 80, 24000 },
  { "h264-mp3", "-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a libmp3lame",
    "video/x-h264", "audio/mpeg", 80, 24000 },
  { "h264-ac3", "-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a ac3", "video/x-h264",
    "audio/x-ac3", 60, 32000 },
  { "h265-aac",
    "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -c:a aac",
    "video/x-h265", "audio/mpeg", 92, 21334 },
};

static const gchar *
name_of (GstCaps *caps)
{
  g_assert_nonnull (caps);
  return gst_structure_get_name (gst_caps_get_structure (caps, 0));
}

static void
test_codecs (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) stream = make_stream (c->codecs);
  Fixture f;

  fixture_init (&f);
  push (&f, stream);
  /* The last picture's end is not known, when it is not stuffed. */
  wait_for (&f, SECONDS * 25 - 1, c->n_audio);
  g_assert_cmpstr (name_of (f.formats[0]), ==, c->video);
  g_assert_cmpstr (name_of (f.formats[1]), ==, c->audio);
  g_assert_cmpuint (f.n_formats[0], ==, 1);
  g_assert_cmpuint (f.n_formats[1], ==, 1);
  g_assert_cmpuint (f.n_keys, >=, SECONDS);
  g_assert_cmpuint (f.n_keys, <, SECONDS * 25);
  g_assert_cmpuint (f.n_lost, ==, 0);
  g_assert_cmpint (f.largest_step_us[0], <=, 40001);
  g_assert_cmpint (f.largest_step_us[1], <=, c->audio_step_us + 15);
  /* Sound and picture began together. */
  g_assert_cmpint (ABS (f.latest_us[0] - f.last_us[1]), <, 100 * 1000);
  fixture_clear (&f);
}

/* aacparse of GStreamer 1.22 loses frames of LOAS until it has found its step. */
static void
test_latm (void)
{
  g_autoptr (GBytes) stream =
      make_stream ("-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a aac "
                   "-mpegts_flags +latm");
  Fixture f;

  fixture_init (&f);
  push (&f, stream);
  wait_for (&f, SECONDS * 25 - 1, 50);
  g_assert_cmpstr (gst_structure_get_string (gst_caps_get_structure (f.formats[1], 0),
                                             "stream-format"),
                   ==, "loas");
  fixture_clear (&f);
}

/* Silence behind noise: packets of a few bytes behind packets of hundreds. None waits
 * until as many bytes have come as one of those had. */
static void
test_quiet (gconstpointer codecs)
{
  g_autoptr (GBytes) stream =
      make_stream_of ("aevalsrc=(random(0)-0.5)*lt(t\\,1):s=48000", codecs);
  Fixture f;

  fixture_init (&f);
  push (&f, stream);
  wait_for (&f, SECONDS * 25 - 1, 50);
  g_assert_cmpint (f.last_us[1] - f.first_us[1], >=, SECONDS * G_USEC_PER_SEC - 50000);
  fixture_clear (&f);
}

/* Over 33 bits in the middle, and back by an hour: every packet, in its place. */
static void
test_wrap (void)
{
  g_autoptr (GBytes) stream =
      make_stream ("-c:v libx264 -preset ultrafast -bf 2 -g 25 -c:a aac "
                   "-output_ts_offset 95442.3");
  Fixture f;

  fixture_init (&f);
  push (&f, stream);
  wait_for (&f, SECONDS * 25 - 1, 92);
  g_assert_cmpint (f.largest_step_us[0], <=, 40001);
  g_assert_cmpint (f.largest_step_us[1], <=, 21350);
  g_assert_cmpuint (f.n_lost, ==, 0);
  fixture_clear (&f);
}

/* A hole costs what is in it and says so. */
static void
test_hole (void)
{
  g_autoptr (GBytes) stream =
      make_stream ("-c:v libx264 -preset ultrafast -bf 0 -g 25 -c:a aac");
  const gsize half = g_bytes_get_size (stream) / 2 / 188 * 188;
  g_autoptr (GBytes) first = g_bytes_new_from_bytes (stream, 0, half);
  g_autoptr (GBytes) second = g_bytes_new_from_bytes (
      stream, half + 20 * 188, g_bytes_get_size (stream) - half - 20 * 188);
  Fixture f;

  fixture_init (&f);
  push (&f, first);
  push (&f, second);
  wait_for (&f, 40, 80);
  g_assert_cmpuint (f.n_lost, >=, 1);
  g_assert_cmpuint (f.n_lost, <=, 2);
  fixture_clear (&f);
}

/* One that never stops changing what it is gets no more than a few pipelines. */
static void
test_restless (void)
{
  g_autoptr (GBytes) one =
      make_stream ("-c:v libx264 -preset ultrafast -g 25 -an -t 0.2");
  g_autoptr (GBytes) other = make_stream (
      "-c:v libx265 -preset ultrafast -x265-params log-level=none -an -t 0.2");
  const gint64 began_us = g_get_monotonic_time ();
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 100; i++) {
    push (&f, one);
    push (&f, other);
  }
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 20 * G_USEC_PER_SEC);
  fixture_clear (&f);
}

static void
test_nonsense (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 200; i++) {
    guint8 bytes[UNIT_BYTES];
    g_autoptr (GBytes) body = NULL;

    for (gsize at = 0; at < sizeof bytes; at++)
      bytes[at] = (guint8)(at % 188 == 0 ? 0x47 : g_rand_int_range (random, 0, 256));
    body = g_bytes_new (bytes, sizeof bytes);
    ac_input_push (f.input, &(AcFlvTag){ 0x47, 0, body });
    ac_input_push (f.input, &(AcFlvTag){ 9, 0, body });
  }
  g_assert_cmpuint (f.n_packets[0] + f.n_packets[1], ==, 0);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strconcat ("/ts-input/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_codecs);
  }
  g_test_add_func ("/ts-input/latm", test_latm);
  g_test_add_data_func ("/ts-input/quiet-adts",
                        "-c:v libx264 -preset ultrafast -g 25 -c:a aac -b:a 192k",
                        test_quiet);
  g_test_add_data_func ("/ts-input/quiet-latm",
                        "-c:v libx264 -preset ultrafast -g 25 -c:a aac -b:a 192k "
                        "-mpegts_flags +latm",
                        test_quiet);
  g_test_add_func ("/ts-input/wrap", test_wrap);
  g_test_add_func ("/ts-input/hole", test_hole);
  g_test_add_func ("/ts-input/restless", test_restless);
  g_test_add_func ("/ts-input/nonsense", test_nonsense);
  return g_test_run ();
}
