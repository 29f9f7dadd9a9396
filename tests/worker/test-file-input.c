/* A prepared lecture as an input: in real time, round and round, from the middle. */
#include "input.h"

#include <glib/gstdio.h>
#include <string.h>

#define FRAME_US 40000
#define N_FRAMES 35

typedef struct {
  gchar *folder, *path;
  AcInput *input;
  gint64 begun_us; /* first packet */
  gint64 first_us[2], last_us[2];
  guint n_packets[2], n_formats[2], n_steps; /* breaks in the line of pictures */
  gint64 most_early_us, most_late_us;        /* against real time */
  gint64 most_apart_us;                      /* between the tracks' heads */
  AcSourceState state;
  gboolean told;
  gchar *detail;
} Fixture;

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  Fixture *f = user_data;
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  g_assert_cmpstr (gst_structure_get_name (structure), ==,
                   track == AC_SOURCE_VIDEO ? "video/x-h264" : "audio/mpeg");
  g_assert_true (gst_structure_has_field (structure, "codec_data"));
  f->n_formats[track]++;
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *f = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 early_us;
  AcSourceTrack track = packet->track;

  if (f->n_packets[0] + f->n_packets[1] == 0)
    f->begun_us = now_us - packet->decode_us;
  early_us = packet->decode_us - (now_us - f->begun_us);
  f->most_early_us = MAX (f->most_early_us, early_us);
  f->most_late_us = MAX (f->most_late_us, -early_us);
  if (f->n_packets[track]++ == 0)
    f->first_us[track] = packet->decode_us;
  else if (track == AC_SOURCE_VIDEO &&
           ABS (packet->decode_us - f->last_us[track] - FRAME_US) > 1000)
    f->n_steps++;
  f->last_us[track] = packet->decode_us;
  if (f->n_packets[!track] > 0)
    f->most_apart_us = MAX (f->most_apart_us, ABS (f->last_us[0] - f->last_us[1]));
}

static void
on_rate (guint32 frames_per_1000s, gpointer user_data)
{
}

static void
on_state (AcSourceState state, const gchar *detail, gpointer user_data)
{
  Fixture *f = user_data;

  f->state = state;
  f->told = TRUE;
  g_free (f->detail);
  f->detail = g_strdup (detail);
}

static void
make_clip (const gchar *path, const gchar *mux, guint n_frames)
{
  g_autofree gchar *launch = g_strdup_printf (
      "%s name=mux ! filesink location=%s "
      "videotestsrc num-buffers=%u ! video/x-raw,width=160,height=90,framerate=25/1 ! "
      "x264enc speed-preset=ultrafast key-int-max=25 bframes=0 ! mux. "
      "audiotestsrc num-buffers=%u samplesperbuffer=1920 ! audio/x-raw,rate=48000 ! "
      "avenc_aac ! mux.",
      mux, path, n_frames, n_frames);
  g_autoptr (GstElement) pipeline = gst_parse_launch (launch, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND,
                                        GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
set_up (Fixture *f, gconstpointer mux)
{
  f->folder = g_dir_make_tmp ("airclass-file-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "lecture", NULL);
  make_clip (f->path, mux != NULL ? mux : "mp4mux", N_FRAMES);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_pointer (&f->input, ac_input_free);
  g_remove (f->path);
  g_remove (f->folder);
  g_free (f->path);
  g_free (f->folder);
  g_free (f->detail);
}

static void
play (Fixture *f, gboolean loop, gint64 position_ms)
{
  const AcInputHandler handler = { on_format, on_packet, on_rate, on_state };
  const AcWireSource source = {
    .kind = AC_SOURCE_FILE, .address = f->path, .loop = loop, .position_ms = position_ms
  };
  g_autoptr (GError) error = NULL;

  f->input = ac_input_new (&source, &handler, f, &error);
  g_assert_no_error (error);
}

static gboolean
on_watchdog (gpointer user_data)
{
  g_error ("waited in vain");
  return G_SOURCE_REMOVE;
}

#define until(condition)                                                               \
  G_STMT_START                                                                         \
  {                                                                                    \
    guint watchdog = g_timeout_add_seconds (20, on_watchdog, NULL);                    \
                                                                                       \
    while (!(condition))                                                               \
      g_main_context_iteration (NULL, TRUE);                                           \
    g_source_remove (watchdog);                                                        \
  }                                                                                    \
  G_STMT_END

static void
assert_in_time (Fixture *f)
{
  g_test_message ("early %" G_GINT64_FORMAT " us, late %" G_GINT64_FORMAT
                  " us, apart %" G_GINT64_FORMAT " us",
                  f->most_early_us, f->most_late_us, f->most_apart_us);
  g_assert_cmpint (f->most_early_us, <, 100000);
  g_assert_cmpint (f->most_late_us, <, 300000);
  g_assert_cmpint (f->most_apart_us, <, 200000);
  g_assert_cmpuint (f->n_steps, ==, 0);
}

/* Of every container that is offered: whole, in real time, then its end. */
static void
test_plays (Fixture *f, gconstpointer unused)
{
  play (f, FALSE, 0);
  until (f->told && f->state != AC_SOURCE_CONNECTED);
  g_assert_cmpint (f->state, ==, AC_SOURCE_ENDED);
  g_assert_cmpuint (f->n_packets[AC_SOURCE_VIDEO], ==, N_FRAMES);
  g_assert_cmpuint (f->n_packets[AC_SOURCE_AUDIO], >=, 60);
  assert_in_time (f);
}

static void
test_loops (Fixture *f, gconstpointer unused)
{
  play (f, TRUE, 0);
  until (f->n_packets[AC_SOURCE_VIDEO] >= 2 * N_FRAMES + 15);
  g_assert_cmpint (f->state, ==, AC_SOURCE_CONNECTED);
  f->n_steps -= MIN (f->n_steps, 2); /* a seam: sound is longer than the picture */
  assert_in_time (f);
  g_assert_cmpint (f->last_us[AC_SOURCE_VIDEO] - f->first_us[AC_SOURCE_VIDEO], <,
                   (f->n_packets[AC_SOURCE_VIDEO] + 4) * FRAME_US);
}

static void
test_begins_in_the_middle (Fixture *f, gconstpointer unused)
{
  play (f, FALSE, 1200);
  until (f->told && f->state != AC_SOURCE_CONNECTED);
  g_assert_cmpint (f->state, ==, AC_SOURCE_ENDED);
  g_assert_cmpuint (f->n_packets[AC_SOURCE_VIDEO], ==,
                    N_FRAMES - 25); /* from the key frame */
  assert_in_time (f);
}

static void
test_begins_behind_the_end (Fixture *f, gconstpointer unused)
{
  play (f, FALSE, 60000);
  until (f->told && f->state != AC_SOURCE_CONNECTED);
  g_assert_cmpint (f->state, ==, AC_SOURCE_ENDED);
}

static void
test_no_media (Fixture *f, gconstpointer unused)
{
  g_assert_true (
      g_file_set_contents (f->path, "Lesson one: text is no lecture.\n", -1, NULL));
  play (f, FALSE, 0);
  until (f->told);
  g_assert_cmpint (f->state, ==, AC_SOURCE_FAILED);
  g_test_message ("%s", f->detail);
}

static void
test_absent (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (g_remove (f->path), ==, 0);
  play (f, FALSE, 0);
  until (f->told);
  g_assert_cmpint (f->state, ==, AC_SOURCE_FAILED);
  g_assert_null (strstr (f->detail, f->path));
}

/* At any moment. */
static void
test_freed (Fixture *f, gconstpointer unused)
{
  play (f, FALSE, 0);
  g_clear_pointer (&f->input, ac_input_free);
  play (f, FALSE, 0);
  until (f->n_packets[AC_SOURCE_VIDEO] >= 5);
  g_clear_pointer (&f->input, ac_input_free);
  f->told = FALSE;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (f->told);
}

#define ADD(name, mux, func)                                                           \
  g_test_add ("/file-input/" name, Fixture, mux, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gint result;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD ("plays/mp4", "mp4mux", test_plays);
  ADD ("plays/mkv", "matroskamux", test_plays);
  ADD ("plays/ts", "mpegtsmux", test_plays);
  ADD ("plays/flv", "flvmux", test_plays);
  ADD ("loops", NULL, test_loops);
  ADD ("begins-in-the-middle", NULL, test_begins_in_the_middle);
  ADD ("begins-behind-the-end", NULL, test_begins_behind_the_end);
  ADD ("no-media", NULL, test_no_media);
  ADD ("absent", NULL, test_absent);
  ADD ("freed", NULL, test_freed);
  result = g_test_run ();
  gst_deinit ();
  return result;
}
