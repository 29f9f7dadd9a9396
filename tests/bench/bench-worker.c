/* bench-worker - CPU of the worker against one ffmpeg process that does the same.
 *
 * Both decode a lecture with one thread, scale it in the same cascade by bicubic
 * swscale and encode the same ladder with the same x264 settings, in real time and side
 * by side, so that what else the machine does falls on both alike; of a followed source
 * both pass the pictures on as they are beside the renditions below it. What is counted
 * is the same window of the lecture on both sides; a followed source is followed
 * in all of it. Prints user and system seconds, their ratio, and a picture's time in
 * each encoder.
 *
 *   bench-worker WORKER [SHAPE [SECONDS]] */
#include "flv_script.h"
#include "worker_run.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define X264                                                                           \
  "-preset superfast -tune zerolatency -profile:v high -threads 1 -bf 0 "              \
  "-x264-params scenecut=0:keyint=100000 "                                             \
  "-force_key_frames expr:not(mod(n,%u)) -b:v %s -maxrate %s -bufsize %s "
#define OUT "-f mp4 -movflags +empty_moov+frag_keyframe /dev/null "
#define AFTER_S 2 /* of the lecture behind the window, so that nobody ends in it */

typedef struct {
  const gchar *name;
  const gchar *size, *bitrate; /* of the lecture */
  guint top;                   /* place in ladder of the tallest that is encoded */
  gboolean followed;
  guint skipped_s; /* until the window begins */
  guint n_tracks;
  gdouble most; /* ratio */
} Shape;

static const Shape shapes[] = {
  { "grid", "1280x720", "2500k", 0, FALSE, 0, 5, 1.15 },
  { "follow-720", "1280x720", "2500k", 1, TRUE, 12, 5, 1.05 },
  { "follow-1080", "1920x1080", "5000k", 0, TRUE, 12, 6, 1.05 },
};

typedef struct {
  const gchar *size, *bitrate;
  guint divisor; /* of the frame rate, where sources are not followed */
} Rendition;

static const Rendition ladder[] = {
  { "1280:720", "1500k", 1 },
  { "848:480", "700k", 1 },
  { "640:360", "350k", 1 },
  { "424:240", "150k", 2 },
};

/* User and system time of a process so far. */
static gdouble
cpu_seconds (GPid pid)
{
  struct timespec time = { 0 };
  clockid_t clock;

  g_assert_cmpint (clock_getcpuclockid (pid, &clock), ==, 0);
  g_assert_cmpint (clock_gettime (clock, &time), ==, 0);
  return (gdouble)time.tv_sec + (gdouble)time.tv_nsec / 1e9;
}

/* --- the worker ------------------------------------------------------------------- */

static void
print_times (const WorkerRun *run)
{
  const AcWireHealth *health =
      &g_array_index (run->health, AcWireHealth, run->health->len - 1);

  for (guint i = 0; i < health->n_renditions; i++)
    g_print ("  %s: in the encoder p50 %.1f ms, p95 %.1f ms; %u millicores\n",
             health->renditions[i].name, health->renditions[i].encode_p50_us / 1e3,
             health->renditions[i].encode_p95_us / 1e3,
             health->renditions[i].cpu_millicores);
}

/* --- ffmpeg ----------------------------------------------------------------------- */

/* [v0] and so on are the renditions: each is scaled from the one above it. */
static void
add_filters (GString *line, const Shape *shape)
{
  const guint n = G_N_ELEMENTS (ladder);

  g_string_append (line, "-filter_complex \"");
  for (guint i = shape->top; i < n; i++) {
    const guint divisor = shape->followed ? 1 : ladder[i].divisor;

    if (i == shape->top)
      g_string_append (line, "[0:v]");
    else
      g_string_append_printf (line, ";[s%u]", i - 1);
    if (divisor > 1)
      g_string_append_printf (line, "fps=%g,", 25.0 / divisor);
    if (i > shape->top || shape->followed)
      g_string_append_printf (line, "scale=%s:flags=bicubic,", ladder[i].size);
    g_string_append_printf (line, i + 1 < n ? "split[v%u][s%u]" : "null[v%u]", i, i);
  }
  g_string_append (line, "\" ");
}

static gchar *
ffmpeg_line (const Shape *shape, const gchar *media)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line,
                   "ffmpeg -nostdin -v error -y -filter_complex_threads 1 "
                   "-threads 1 -re -i %s ",
                   media);
  add_filters (line, shape);
  if (shape->followed)
    g_string_append (line, "-map 0:v -c:v copy " OUT);
  for (guint i = shape->top; i < G_N_ELEMENTS (ladder); i++) {
    const gchar *bitrate = ladder[i].bitrate;
    const guint gop = shape->followed ? 50 : 48 / ladder[i].divisor;

    g_string_append_printf (line, "-map [v%u] -c:v libx264 " X264 OUT, i, gop, bitrate,
                            bitrate, bitrate);
  }
  g_string_append (line,
                   "-map 0:a -c:a aac -aac_coder fast -b:a 48k -ac 1 -ar 48000 " OUT);
  return g_string_free (line, FALSE);
}

static GPid
start_ffmpeg (const Shape *shape, const gchar *media)
{
  g_autofree gchar *line = ffmpeg_line (shape, media);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  g_spawn_async (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                 NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* --- both ------------------------------------------------------------------------- */

typedef struct {
  gdouble worker, ffmpeg; /* seconds of CPU */
} Costs;

static Costs
costs_of (const WorkerRun *run, GPid ffmpeg)
{
  return (Costs){ cpu_seconds (run->pid), cpu_seconds (ffmpeg) };
}

/* The worker did what was to be measured. */
static void
check_worker (const WorkerRun *run, const Shape *shape)
{
  const AcMediaEpoch *epoch;
  const AcSlot *last;

  g_assert_cmpuint (run->epochs->len, ==, shape->followed ? 2 : 1);
  epoch = g_ptr_array_index (run->epochs, run->epochs->len - 1);
  g_assert_cmpuint (epoch->n_tracks, ==, shape->n_tracks);
  last = g_ptr_array_index (run->slots, run->slots->len - 1);
  for (guint i = 0; i < last->n_parts; i++)
    g_assert_nonnull (last->parts[i]);
}

/* Of a window of @seconds. */
static Costs
measure (const gchar *worker, const Shape *shape, const gchar *media, guint seconds)
{
  const AcWireConfigure configure = {
    .lesson = 1, .title = "bench", .epoch = 1, .may_follow = shape->followed
  };
  g_autoptr (GArray) script = flv_script_read (media);
  Costs before = { 0 }, after;
  WorkerRun run;
  GPid ffmpeg;

  worker_run_start (&run, worker, &configure);
  before.worker = cpu_seconds (run.pid);
  worker_run_publish (&run, script, 0);
  ffmpeg = start_ffmpeg (shape, media);
  if (shape->skipped_s > 0) {
    worker_run_for (&run, shape->skipped_s * 1000);
    g_assert_cmpuint (shape->followed ? run.epochs->len : 2, ==, 2);
    before = costs_of (&run, ffmpeg);
  }
  worker_run_for (&run, seconds * 1000);
  after = costs_of (&run, ffmpeg);
  g_assert_cmpint (waitpid (ffmpeg, NULL, WNOHANG), ==, 0); /* it was still at it */
  kill (ffmpeg, SIGKILL);
  waitpid (ffmpeg, NULL, 0);

  check_worker (&run, shape);
  print_times (&run);
  worker_run_finish (&run);
  worker_run_clear (&run);
  return (Costs){ after.worker - before.worker, after.ffmpeg - before.ffmpeg };
}

/* ---------------------------------------------------------------------------------- */

static void
make_media (const Shape *shape, const gchar *path, guint seconds)
{
  g_autofree gchar *line = g_strdup_printf (
      "ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=s=%s:r=25:d=%u -f lavfi -i "
      "sine=f=300:r=44100:d=%u -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 "
      "-keyint_min 50 -sc_threshold 0 -b:v %s -c:a aac -b:a 96k -ac 2 -f flv %s",
      shape->size, seconds, seconds, shape->bitrate, path);
  g_autoptr (GError) error = NULL;
  gint status;

  g_spawn_command_line_sync (line, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

static const Shape *
find_shape (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (g_str_equal (shapes[i].name, name))
      return &shapes[i];
  return NULL;
}

gint
main (gint argc, gchar **argv)
{
  const Shape *shape = find_shape (argc > 2 ? argv[2] : "grid");
  guint seconds = argc > 3 ? (guint)atoi (argv[3]) : 60;
  g_autofree gchar *dir = NULL, *media = NULL;
  Costs costs;

  if (argc < 2 || shape == NULL || seconds == 0) {
    g_printerr ("bench-worker WORKER [grid|follow-720|follow-1080 [SECONDS]]\n");
    return EXIT_FAILURE;
  }
  dir = g_dir_make_tmp ("airclass-bench-XXXXXX", NULL);
  media = g_build_filename (dir, "lecture.flv", NULL);
  make_media (shape, media, shape->skipped_s + seconds + AFTER_S);
  costs = measure (argv[1], shape, media, seconds);
  g_unlink (media);
  g_rmdir (dir);
  g_print ("%s: worker %.2f s, ffmpeg %.2f s of CPU for %u s of lecture: ratio %.3f "
           "(at most %.2f)\n",
           shape->name, costs.worker, costs.ffmpeg, seconds,
           costs.worker / costs.ffmpeg, shape->most);
  return costs.worker <= shape->most * costs.ffmpeg ? EXIT_SUCCESS : EXIT_FAILURE;
}
