/* Real encoders publish to a real server: what arrives is what they read, byte by
 * byte. */

#include "recorder.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  gchar *folder;
  gchar *sample; /* 3 s of H.264 and AAC in FLV, as ffmpeg copies it */
  Recorder *recorder;
  gchar *good_url;
  gchar *bad_url;
} Fixture;

typedef struct {
  gboolean done;
  gchar *errors;
} Run;

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL,
                                        &run->errors, &error);
  g_assert_no_error (error);
  run->done = TRUE;
}

/* Runs a program to its end while the main loop turns.
 * Returns: whether it exited with 0. */
static gboolean
run (const gchar *const *arguments, gchar **ret_errors)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
      &error);
  Run finished = { FALSE, NULL };

  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_finished, &finished);
  RECORDER_WAIT (finished.done);
  if (!g_subprocess_get_successful (process))
    g_test_message ("%s: %s", arguments[0], finished.errors);
  if (ret_errors != NULL)
    *ret_errors = g_steal_pointer (&finished.errors);
  g_free (finished.errors);
  return g_subprocess_get_successful (process);
}

#define RUN(...) run ((const gchar *const[]){ __VA_ARGS__, NULL }, NULL)

static gchar *
in_folder (Fixture *fixture, const gchar *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
make_sample (Fixture *fixture)
{
  g_autofree gchar *encoded = in_folder (fixture, "encoded.flv");

  fixture->sample = in_folder (fixture, "sample.flv");
  g_assert_true (RUN ("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i",
                      "testsrc2=size=320x180:rate=25:duration=3", "-f", "lavfi", "-i",
                      "sine=frequency=440:sample_rate=48000:duration=3", "-c:v",
                      "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-c:a",
                      "aac", encoded));
  g_assert_true (RUN ("ffmpeg", "-nostdin", "-loglevel", "error", "-i", encoded, "-c",
                      "copy", "-flvflags", "no_duration_filesize", fixture->sample));
  g_unlink (encoded);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("airclass-ingest-XXXXXX", NULL);
  fixture->recorder = recorder_new (0, 0);
  fixture->good_url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/" RECORDER_GOOD_KEY,
                                       ac_rtmp_server_port (fixture->recorder->server));
  fixture->bad_url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/wrong",
                                      ac_rtmp_server_port (fixture->recorder->server));
  make_sample (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  recorder_free (fixture->recorder);
  g_unlink (fixture->sample);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->sample);
  g_free (fixture->good_url);
  g_free (fixture->bad_url);
}

static void
assert_arrived (Fixture *fixture, const gchar *path)
{
  Recorder *recorder = fixture->recorder;
  g_autoptr (GArray) expected = NULL;

  RECORDER_WAIT (recorder->closed->len == 1);
  g_assert_cmpuint (recorder->n_requested, ==, 1);
  g_assert_cmpstr (recorder->key, ==, RECORDER_GOOD_KEY);
  expected = recorder_read_flv (path);
  g_assert_cmpuint (expected->len, >, 200);
  recorder_assert_equal (recorder->tags, expected);
}

static void
test_ffmpeg (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (RUN ("ffmpeg", "-nostdin", "-loglevel", "error", "-i", fixture->sample,
                      "-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv",
                      fixture->good_url));
  assert_arrived (fixture, fixture->sample);
  g_assert_cmpstr (g_ptr_array_index (fixture->recorder->closed, 0), ==,
                   "the encoder stopped publishing");
}

static void
test_ffmpeg_refused (Fixture *fixture, gconstpointer unused)
{
  g_autofree gchar *errors = NULL;
  const gchar *arguments[] = {
    "ffmpeg", "-nostdin", "-loglevel", "error",          "-i", fixture->sample, "-c",
    "copy",   "-f",       "flv",       fixture->bad_url, NULL
  };

  g_assert_false (run (arguments, &errors));
  g_assert_nonnull (strstr (errors, RECORDER_REASON));
  RECORDER_WAIT (fixture->recorder->closed->len == 1);
  g_assert_cmpuint (fixture->recorder->tags->len, ==, 0);
}

static void
test_ffmpeg_wrong_app (Fixture *fixture, gconstpointer unused)
{
  g_autofree gchar *errors = NULL;
  g_autofree gchar *url =
      g_strdup_printf ("rtmp://127.0.0.1:%u/other/" RECORDER_GOOD_KEY,
                       ac_rtmp_server_port (fixture->recorder->server));
  const gchar *arguments[] = { "ffmpeg", "-nostdin",      "-loglevel", "error",
                               "-i",     fixture->sample, "-c",        "copy",
                               "-f",     "flv",           url,         NULL };

  g_assert_false (run (arguments, &errors));
  g_assert_nonnull (strstr (errors, "There is no such application here"));
  g_assert_cmpuint (fixture->recorder->n_requested, ==, 0);
}

/* ffmpeg -re is cut off in the middle of a lesson that ends. */
static gboolean
close_when_it_flows (gpointer user_data)
{
  Recorder *recorder = user_data;

  if (recorder->tags->len < 20)
    return G_SOURCE_CONTINUE;
  ac_publisher_close (recorder->publisher, "The lesson has ended.");
  return G_SOURCE_REMOVE;
}

static void
test_ffmpeg_closed (Fixture *fixture, gconstpointer unused)
{
  g_autofree gchar *errors = NULL;
  const gchar *arguments[] = { "ffmpeg", "-nostdin",        "-loglevel", "error", "-re",
                               "-i",     fixture->sample,   "-c",        "copy",  "-f",
                               "flv",    fixture->good_url, NULL };

  g_timeout_add (20, close_when_it_flows, fixture->recorder);
  g_assert_false (run (arguments, &errors));
  g_assert_nonnull (strstr (errors, "The lesson has ended."));
  RECORDER_WAIT (fixture->recorder->closed->len == 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->recorder->closed, 0), ==,
                   "The lesson has ended.");
}

static void
test_gstreamer (Fixture *fixture, gconstpointer unused)
{
  g_autofree gchar *copy = in_folder (fixture, "copy.flv");
  g_autofree gchar *source = g_strconcat ("location=", fixture->sample, NULL);
  g_autofree gchar *file = g_strconcat ("location=", copy, NULL);
  g_autofree gchar *sink = g_strconcat ("location=", fixture->good_url, NULL);

  g_assert_true (RUN ("gst-launch-1.0", "-q", "filesrc", source, "!", "flvdemux",
                      "name=d", "flvmux", "name=m", "streamable=true", "!", "tee",
                      "name=t", "d.video", "!", "queue", "!", "m.video", "d.audio", "!",
                      "queue", "!", "m.audio", "t.", "!", "queue", "!", "filesink",
                      file, "t.", "!", "queue", "!", "rtmp2sink", sink));
  assert_arrived (fixture, copy);
  g_unlink (copy);
}

static void
test_librtmp (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (RUN (LIBRTMP_PUBLISH, fixture->sample, fixture->good_url));
  assert_arrived (fixture, fixture->sample);
}

static void
test_librtmp_refused (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (RUN (LIBRTMP_PUBLISH, fixture->sample, fixture->bad_url));
  RECORDER_WAIT (fixture->recorder->closed->len == 1);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/rtmp-publish/ffmpeg", test_ffmpeg },
    { "/rtmp-publish/ffmpeg-refused", test_ffmpeg_refused },
    { "/rtmp-publish/ffmpeg-wrong-app", test_ffmpeg_wrong_app },
    { "/rtmp-publish/ffmpeg-closed", test_ffmpeg_closed },
    { "/rtmp-publish/gstreamer", test_gstreamer },
    { "/rtmp-publish/librtmp", test_librtmp },
    { "/rtmp-publish/librtmp-refused", test_librtmp_refused },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
