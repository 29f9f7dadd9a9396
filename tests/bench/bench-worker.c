/* bench-worker - CPU of the worker against one ffmpeg process that does the same.
 *
 * Both decode a 720p25 lecture with one thread, scale it in the same cascade by
 * bicubic swscale and encode the same ladder with the same x264 settings, in real
 * time, one after the other. Prints user and system seconds and their ratio.
 *
 *   bench-worker WORKER [SECONDS [REPEATS]] */
#include "flv_script.h"
#include "worker_run.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define X264                                                                           \
  "-preset superfast -tune zerolatency -profile:v high -threads 1 -bf 0 "              \
  "-x264-params scenecut=0:keyint=100000 "                                             \
  "-force_key_frames expr:not(mod(n,%u)) -b:v %s -maxrate %s -bufsize %s -f mp4 "      \
  "-movflags +empty_moov+frag_keyframe /dev/null "

static gdouble
children_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (gdouble)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (gdouble)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gdouble
measure_worker (const gchar *program, GArray *script)
{
  const AcWireConfigure configure = { .lesson = 1, .title = "bench", .epoch = 1 };
  gdouble before = children_seconds ();
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  g_assert_cmpuint (run.epoch->n_tracks, ==, 5);
  worker_run_clear (&run);
  return children_seconds () - before;
}

static void
add_rendition (GString *line, const gchar *label, guint keyframe_interval,
               const gchar *bitrate)
{
  g_string_append_printf (line, "-map [%s] -c:v libx264 ", label);
  g_string_append_printf (line, X264, keyframe_interval, bitrate, bitrate, bitrate);
}

static gdouble
measure_ffmpeg (const gchar *media)
{
  GString *line = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gdouble before = children_seconds ();
  gint status;

  g_string_printf (line,
                   "ffmpeg -nostdin -v error -y -filter_complex_threads 1 "
                   "-threads 1 -re -i %s -filter_complex "
                   "\"[0:v]split[a][a1];[a1]scale=848:480:flags=bicubic,split[b][b1];"
                   "[b1]scale=640:360:flags=bicubic,split[c][c1];"
                   "[c1]fps=12.5,scale=424:240:flags=bicubic[d]\" ",
                   media);
  add_rendition (line, "a", 48, "1500k");
  add_rendition (line, "b", 48, "700k");
  add_rendition (line, "c", 48, "350k");
  add_rendition (line, "d", 24, "150k");
  g_string_append (line, "-map 0:a -c:a aac -aac_coder fast -b:a 48k -ac 1 -ar 48000 "
                         "-f mp4 -movflags +empty_moov+frag_keyframe /dev/null");
  g_spawn_command_line_sync (line->str, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  g_string_free (line, TRUE);
  return children_seconds () - before;
}

static void
make_media (const gchar *path, guint seconds)
{
  g_autofree gchar *line = g_strdup_printf (
      "ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=s=1280x720:r=25:d=%u -f lavfi "
      "-i "
      "sine=f=300:r=44100:d=%u -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 "
      "-b:v 2500k -c:a aac -b:a 96k -ac 2 -f flv %s",
      seconds, seconds, path);
  g_autoptr (GError) error = NULL;
  gint status;

  g_spawn_command_line_sync (line, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

gint
main (gint argc, gchar **argv)
{
  guint seconds = argc > 2 ? (guint)atoi (argv[2]) : 20;
  guint repeats = argc > 3 ? (guint)atoi (argv[3]) : 1;
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-bench-XXXXXX", NULL);
  g_autofree gchar *media = g_build_filename (dir, "lecture.flv", NULL);
  g_autoptr (GArray) script = NULL;
  gdouble worker = 0, ffmpeg = 0;

  if (argc < 2) {
    g_printerr ("bench-worker WORKER [SECONDS [REPEATS]]\n");
    return EXIT_FAILURE;
  }
  make_media (media, seconds);
  script = flv_script_read (media);
  for (guint i = 0; i < repeats; i++) {
    worker += measure_worker (argv[1], script);
    ffmpeg += measure_ffmpeg (media);
  }
  g_unlink (media);
  g_rmdir (dir);
  g_print ("worker %.2f s, ffmpeg %.2f s of CPU for %u s of lecture: ratio %.3f "
           "(at most 1.15)\n",
           worker, ffmpeg, seconds * repeats, worker / ffmpeg);
  return worker <= 1.15 * ffmpeg ? EXIT_SUCCESS : EXIT_FAILURE;
}
