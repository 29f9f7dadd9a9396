/* The real worker: its grid, its ladder, lost sources, restarts. */
#include "flv_script.h"
#include "lesson_check.h"

#include <signal.h>

static const gchar *program;

/* Of 720p25 with a key frame a second and a tone. */
static void
check_health (WorkerRun *run)
{
  const AcWireHealth *health =
      &g_array_index (run->health, AcWireHealth, run->health->len - 1);

  g_assert_cmpstr (health->video_codec, ==, "h264");
  g_assert_cmpstr (health->audio_codec, ==, "aac");
  g_assert_cmpuint (health->gop_frames, ==, health->keyframe_interval_ms / 40);
  g_assert_cmpuint (health->timestamp_jumps, ==, 0);
  g_assert_cmpstr (health->encoder, ==, "x264enc");
  g_assert_cmpuint (health->n_renditions, ==, 4);
  g_assert_cmpuint (health->renditions_alive, ==, 4);
  g_assert_cmpuint (health->encoder_speed_percent, >, 0);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpstr (health->renditions[i].name, ==, run->epoch->tracks[i].name);
    g_assert_true (health->renditions[i].alive);
    g_assert_cmpuint (health->renditions[i].bits_per_second, >, 0);
    g_assert_cmpuint (health->renditions[i].cpu_millicores, >, 0);
    g_assert_cmpuint (health->renditions[i].encode_p50_us, >, 0);
    g_assert_cmpuint (health->renditions[i].encode_p95_us, >=,
                      health->renditions[i].encode_p50_us);
  }
  g_assert_cmpfloat (health->audio_rms_dbfs, <=, health->audio_peak_dbfs);
  g_assert_cmpfloat (health->audio_peak_dbfs, >, -60);
  g_assert_cmpuint (health->audio_silent_ms, ==, 0);
}

static void
test_full_ladder (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"光的折射", 1, 0, 0, 0, 0 };
  static const struct {
    const gchar *name;
    guint width, height, rate, bps;
  } expected[] = {
    { "v720", 1280, 720, 25000, 1500000 }, { "v480", 848, 480, 25000, 700000 },
    { "v360", 640, 360, 25000, 350000 },   { "v240", 424, 240, 12500, 150000 },
    { "audio", 0, 0, 0, 48000 },
  };
  g_autoptr (GArray) script = flv_script_lecture ("1280x720", 25, 4.0, TRUE, TRUE);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);

  g_assert_cmpuint (run.epoch->n_tracks, ==, G_N_ELEMENTS (expected));
  g_assert_cmpuint (run.epoch->slot_duration, ==, 57600);
  g_assert_cmpuint (run.epoch->slots_per_segment, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    const AcTrack *track = &run.epoch->tracks[i];

    g_assert_cmpstr (track->name, ==, expected[i].name);
    g_assert_cmpuint (track->width, ==, expected[i].width);
    g_assert_cmpuint (track->height, ==, expected[i].height);
    g_assert_cmpuint (track->frames_per_1000s, ==, expected[i].rate);
    g_assert_cmpuint (track->target_bps, ==, expected[i].bps);
    g_assert_true (g_str_has_prefix (track->codecs, i < 4 ? "avc1.64" : "mp4a.40.2"));
  }
  check_health (&run);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  /* All of the source, less what a busy machine lost in starting the encoders, and
   * what FINISH needs to end a segment. */
  g_assert_cmpint ((gint)lesson_n_frames (&run), >=, 75);
  g_assert_cmpint ((gint)lesson_n_frames (&run), <=, 103);
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  worker_run_clear (&run);
}

static void
test_rate_30 (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"30", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_lecture ("480x360", 30, 3.0, TRUE, TRUE);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  g_assert_cmpuint (run.epoch->slot_duration, ==, 48000);
  g_assert_cmpuint (run.epoch->slots_per_segment, ==, 4);
  g_assert_cmpuint (run.epoch->n_tracks, ==, 3);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  worker_run_clear (&run);
}

/* The publisher's line breaks; it comes back on another with other timestamps. */
static void
test_source_lost (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"lost", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_lecture ("320x240", 25, 2.0, TRUE, TRUE);
  const AcWireHealth *health;
  WorkerRun run;
  guint n_frames;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 1000000);
  worker_run_script (&run);
  worker_run_unpublish (&run, FALSE);
  worker_run_for (&run, 3000);
  health = &g_array_index (run.health, AcWireHealth, run.health->len - 1);
  g_assert_true (health->on_slate);
  g_assert_false (health->source_alive);
  worker_run_publish (&run, script, 5);
  worker_run_script (&run);
  worker_run_finish (&run);

  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  n_frames = (guint)lesson_n_frames (&run);
  g_assert_cmpuint (n_frames, >=, 7 * 25 - 5);
  g_assert_cmpuint (n_frames, <=, 7 * 25 + 20);
  /* A second of holding, then two of slate: three slots or so of 0.64 s. */
  g_assert_cmpuint (lesson_n_slate_slots (&run), >=, 2);
  g_assert_cmpuint (lesson_n_slate_slots (&run), <=, 5);
  g_assert_cmpuint (((AcSlot *)g_ptr_array_index (run.slots, 0))->flags &
                        AC_SLOT_NOT_CREDITABLE,
                    ==, 0);
  worker_run_clear (&run);
}

/* A worker that follows a dead one: begins at once, on the slate, where it is told. */
static void
test_restart (void)
{
  const AcWireConfigure configure = {
    1, (gchar *)"restart", 4, 17, 57600 * 50, 25, 360
  };
  g_autoptr (GArray) script = flv_script_lecture ("320x240", 25, 1.0, TRUE, TRUE);
  const AcSlot *slot;
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_until_slots (&run, 2);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);

  g_assert_cmpuint (run.epoch->n_tracks, ==, 3);
  g_assert_cmpstr (run.epoch->tracks[0].name, ==, "v360");
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  slot = g_ptr_array_index (run.slots, 0);
  g_assert_cmpuint (slot->start, ==, 57600 * 50);
  g_assert_cmpuint (slot->msn, ==, 17);
  g_assert_true ((slot->flags & AC_SLOT_NOT_CREDITABLE) != 0);
  worker_run_clear (&run);
}

/* The grid at 30 fps: its audio times must be exact too. */
static void
test_restart_30 (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"r", 2, 1, 48000 * 4, 30, 240 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_until_slots (&run, 2);
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  worker_run_clear (&run);
}

/* Stops the worker for @ms, then lets it make @n_slots more, and end. */
static void
stop_for (WorkerRun *run, guint ms, guint n_slots)
{
  kill (run->pid, SIGSTOP);
  worker_run_for (run, ms);
  kill (run->pid, SIGCONT);
  worker_run_until_slots (run, run->slots->len + n_slots);
  worker_run_finish (run);
}

/* By how much the wall clock has run ahead of the lesson's. */
static gint64
ahead_ms (WorkerRun *run)
{
  const AcSlot *last = g_ptr_array_index (run->slots, run->slots->len - 1);

  return last->wall_ms - run->epoch->wall_start_ms -
         (gint64)(last->start - run->epoch->start) / 90;
}

/* The machine slept: the lesson's clock stood still, nothing is made up for. What comes
 * then is dated anew, in another epoch. */
static void
test_stopped (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"stopped", 1, 0, 0, 25, 240 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_until_slots (&run, 2);
  stop_for (&run, 4000, 5);

  run.wall_steps_ms = 60000;
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  g_assert_cmpuint (run.epochs->len, ==, 2);
  g_assert_cmpint (ahead_ms (&run), >=, 2500);
  worker_run_clear (&run);
}

/* It was overwhelmed for a while: what is late is made up for, and all times hold. */
static void
test_stopped_briefly (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"stopped", 1, 0, 0, 25, 240 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_until_slots (&run, 2);
  stop_for (&run, 1500, 5);

  lesson_check_grid (&run, &configure);
  g_assert_cmpuint (run.epochs->len, ==, 1);
  g_assert_cmpint (ahead_ms (&run), <=, 1);
  worker_run_clear (&run);
}

/* Flash and beep once a second; measured in what comes out. */
static void
test_sound_and_picture (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"sync", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_make (
      "-f lavfi -i color=black:s=320x240:r=25:d=4.5,drawbox=c=white:t=fill:"
      "enable='between(mod(t\\,1)\\,0.5\\,0.6)' "
      "-f lavfi -i "
      "aevalsrc='between(mod(t\\,1)\\,0.5\\,0.6)*sin(6283*t)':s=44100:d=4.5 "
      "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p -g 25 -c:a aac -b:a 96k");
  g_autoptr (GBytes) gray = NULL;
  g_autoptr (GBytes) sound = NULL;
  const guint8 *pixels;
  const gint16 *samples;
  gsize n_pixels, n_bytes;
  guint n_flashes = 0;
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);

  gray = lesson_decode (&run, 0);
  sound = lesson_decode (&run, run.epoch->n_tracks - 1);
  pixels = g_bytes_get_data (gray, &n_pixels);
  samples = g_bytes_get_data (sound, &n_bytes);
  for (gsize i = 1; i < n_pixels / LESSON_GRAY_BYTES; i++) {
    gsize middle = LESSON_GRAY_BYTES / 2 + 16;
    gboolean was = pixels[(i - 1) * LESSON_GRAY_BYTES + middle] > 128;
    gboolean is = pixels[i * LESSON_GRAY_BYTES + middle] > 128;
    gsize from, onset;

    if (was || !is)
      continue;
    /* the beep nearest to this flash, within half a second */
    from = i * 1920 > 24000 ? i * 1920 - 24000 : 0;
    for (onset = from; onset < n_bytes / 2 && ABS (samples[onset]) < 8000; onset++)
      ;
    g_test_message ("flash at %" G_GSIZE_FORMAT " ms, beep at %" G_GSIZE_FORMAT " ms",
                    i * 40, onset / 48);
    g_assert_cmpint (ABS ((gint)(i * 40) - (gint)(onset / 48)), <=, 60);
    n_flashes++;
  }
  g_assert_cmpuint (n_flashes, >=, 3);
  worker_run_clear (&run);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("AIRCLASS_PIPELINE");
  g_assert_nonnull (program);
  g_test_add_func ("/pipeline/full-ladder", test_full_ladder);
  g_test_add_func ("/pipeline/rate-30", test_rate_30);
  g_test_add_func ("/pipeline/source-lost", test_source_lost);
  g_test_add_func ("/pipeline/restart", test_restart);
  g_test_add_func ("/pipeline/restart-30", test_restart_30);
  g_test_add_func ("/pipeline/stopped", test_stopped);
  g_test_add_func ("/pipeline/stopped-briefly", test_stopped_briefly);
  g_test_add_func ("/pipeline/sound-and-picture", test_sound_and_picture);
  return g_test_run ();
}
