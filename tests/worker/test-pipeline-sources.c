/* The real worker with sources that are strange, broken or hostile. */
#include "flv_script.h"
#include "lesson_check.h"

#include <string.h>
#include <sys/wait.h>

static const gchar *program;

/* Whether the last @n slots are creditable: a source was seen in them. */
static gboolean
ends_with_source (WorkerRun *run, guint n)
{
  g_assert_cmpuint (run->slots->len, >, n);
  for (guint i = run->slots->len - n; i < run->slots->len; i++) {
    const AcSlot *slot = g_ptr_array_index (run->slots, i);

    if ((slot->flags & AC_SLOT_NOT_CREDITABLE) != 0)
      return FALSE;
  }
  return TRUE;
}

static gint
loudest (GBytes *sound, gsize from_ms)
{
  gsize size;
  const gint16 *samples = g_bytes_get_data (sound, &size);
  gint peak = 0;

  for (gsize i = from_ms * 48; i < size / 2; i++)
    peak = MAX (peak, ABS (samples[i]));
  return peak;
}

/* Configurations, sizes and sample rates change without a new connection. */
static void
test_changes (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"changes", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) first = flv_script_lecture ("640x360", 25, 1.2, TRUE, TRUE);
  g_autoptr (GArray) second = flv_script_make (
      "-f lavfi -i testsrc=s=320x240:r=25:d=1.2 -f lavfi -i sine=f=880:r=48000:d=1.2 "
      "-c:v libx264 -profile:v baseline -pix_fmt yuv420p -g 25 -c:a aac -ac 2");
  g_autoptr (GArray) third = flv_script_make (
      "-f lavfi -i testsrc=s=854x480:r=50:d=1.2 -f lavfi -i sine=f=880:r=22050:d=1.2 "
      "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac");
  g_autoptr (GBytes) sound = NULL;
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, first, 0);
  worker_run_script (&run);
  worker_run_continue (&run, second, 1200);
  worker_run_script (&run);
  worker_run_continue (&run, third, 2400);
  worker_run_script (&run);
  worker_run_finish (&run);

  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  g_assert_cmpstr (run.epoch->tracks[0].name, ==, "v360");
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  sound = lesson_decode (&run, run.epoch->n_tracks - 1);
  g_assert_cmpint (loudest (sound, g_bytes_get_size (sound) / 96 * 3 / 4), >, 1000);
  worker_run_clear (&run);
}

/* Timestamps jump ahead by hours, back again, and wrap at 32 bits. */
static void
test_timestamps (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"jumps", 1, 0, 0, 0, 0 };
  static const guint32 offsets[] = { 0xffffff00, 0x04000000, 12345 };
  g_autoptr (GArray) script = flv_script_lecture ("320x240", 25, 1.2, TRUE, TRUE);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++) {
    worker_run_continue (&run, script, offsets[i]);
    worker_run_script (&run);
  }
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  g_assert_cmpuint (lesson_n_frames (&run), >=, 80);
  worker_run_clear (&run);
}

static void
test_sound_only (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"sound", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_lecture ("", 0, 4.0, FALSE, TRUE);
  g_autoptr (GBytes) sound = NULL;
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  g_assert_cmpuint (run.epoch->n_tracks, ==, 5);
  lesson_check_grid (&run, &configure);
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  sound = lesson_decode (&run, 4);
  g_assert_cmpint (loudest (sound, 0), >, 1000);
  worker_run_clear (&run);
}

static void
test_picture_only (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"picture", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_lecture ("160x120", 15, 2.0, TRUE, FALSE);
  g_autoptr (GBytes) sound = NULL;
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  g_assert_cmpuint (run.epoch->n_tracks, ==, 2);
  g_assert_cmpstr (run.epoch->tracks[0].name, ==, "v120");
  g_assert_cmpuint (run.epoch->tracks[0].width, ==, 160);
  g_assert_cmpuint (run.epoch->slot_duration, ==, 48000);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  sound = lesson_decode (&run, 1);
  g_assert_cmpint (loudest (sound, 0), <, 10);
  worker_run_clear (&run);
}

static void
send_tag (WorkerRun *run, guint8 type, guint32 timestamp_ms, GBytes *body)
{
  const AcFlvTag tag = { type, timestamp_ms, body };

  worker_run_send (run, ac_wire_pack_source_media (&tag));
}

/* Noise, with and without the first bytes that make it look like media. */
static void
send_noise (WorkerRun *run, guint n_tags)
{
  static const guint8 heads[][5] = { { 0x17, 0 }, { 0x17, 1 }, { 0x27, 1 }, { 0xaf, 0 },
                                     { 0xaf, 1 }, { 0x90, 1 }, { 0 } };
  static const guint8 types[] = { 8, 9, 18 };

  for (guint i = 0; i < n_tags; i++) {
    gsize size = (gsize)g_test_rand_int_range (0, 3000);
    guint8 *noise = g_malloc (size + 5);
    g_autoptr (GBytes) body = g_bytes_new_take (noise, size + 5);

    for (gsize k = 0; k < size; k++)
      noise[5 + k] = (guint8)g_test_rand_int ();
    memcpy (noise, heads[i % G_N_ELEMENTS (heads)], 5);
    send_tag (run, types[i % G_N_ELEMENTS (types)], (guint32)g_test_rand_int (), body);
  }
}

/* A lecture of which every second access unit is damaged behind its headers. */
static void
send_damaged (WorkerRun *run, GArray *script)
{
  for (guint i = 0; i < script->len; i++) {
    const FlvScriptTag *tag = &g_array_index (script, FlvScriptTag, i);
    gsize size = g_bytes_get_size (tag->body);
    guint8 *copy = g_memdup2 (g_bytes_get_data (tag->body, NULL), size);
    g_autoptr (GBytes) body = g_bytes_new_take (copy, size);

    for (gsize k = 40; k < size && i % 2 == 0; k += 7)
      copy[k] ^= (guint8)g_test_rand_int ();
    send_tag (run, tag->type, tag->timestamp_ms, body);
  }
}

static void
test_garbage (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"garbage", 1, 0, 0, 25, 240 };
  g_autoptr (GArray) script = flv_script_lecture ("320x240", 25, 2.5, TRUE, TRUE);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_begin (&run);
  send_noise (&run, 200);
  worker_run_for (&run, 500);
  worker_run_begin (&run);
  send_damaged (&run, script);
  worker_run_for (&run, 500);
  send_noise (&run, 100);
  worker_run_send (&run, ac_wire_pack_source_end ());
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  g_assert_true (ends_with_source (&run, 2));
  worker_run_clear (&run);
}

/* The same connection turns from a lecture into noise and back. */
static void
test_recovery (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"recovery", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = flv_script_lecture ("320x240", 25, 2.0, TRUE, TRUE);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  send_noise (&run, 50);
  worker_run_continue (&run, script, 2000);
  worker_run_script (&run);
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);
  g_assert_true (ends_with_source (&run, 2));
  worker_run_clear (&run);
}

static void
expect_exit (WorkerRun *run, gint code)
{
  worker_run_until_closed (run, 15000);
  g_assert_true (run->closed);
  waitpid (run->pid, &run->wait_status, 0);
  run->pid = 0;
  g_assert_true (WIFEXITED (run->wait_status));
  g_assert_cmpint (WEXITSTATUS (run->wait_status), ==, code);
}

static void
test_finish_unbegun (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"nothing", 1, 0, 0, 0, 0 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_finish (&run);
  g_assert_null (run.epoch);
  g_assert_cmpuint (run.slots->len, ==, 0);
  worker_run_clear (&run);
}

static void
test_out_of_place (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"twice", 1, 0, 0, 0, 0 };
  WorkerRun run;

  worker_run_start (&run, program, NULL);
  worker_run_begin (&run);
  expect_exit (&run, 1);
  worker_run_clear (&run);

  worker_run_start (&run, program, &configure);
  worker_run_send (&run, ac_wire_pack_configure (&configure));
  expect_exit (&run, 1);
  worker_run_clear (&run);
}

static void
test_daemon_gone (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"gone", 1, 0, 0, 25, 240 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_until_slots (&run, 1);
  worker_run_hang_up (&run);
  waitpid (run.pid, &run.wait_status, 0);
  run.pid = 0;
  g_assert_true (WIFEXITED (run.wait_status));
  g_assert_cmpint (WEXITSTATUS (run.wait_status), ==, 0);
  worker_run_clear (&run);
}

/* A daemon that reads nothing: the worker ends itself after 5 s. */
static void
test_daemon_deaf (void)
{
  const AcWireConfigure configure = { 1, (gchar *)"deaf", 1, 0, 0, 25, 240 };
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  waitpid (run.pid, &run.wait_status, 0);
  run.pid = 0;
  g_assert_true (WIFEXITED (run.wait_status));
  g_assert_cmpint (WEXITSTATUS (run.wait_status), ==, 1);
  worker_run_clear (&run);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("AIRCLASS_PIPELINE");
  g_assert_nonnull (program);
  g_test_add_func ("/pipeline/changes", test_changes);
  g_test_add_func ("/pipeline/timestamps", test_timestamps);
  g_test_add_func ("/pipeline/sound-only", test_sound_only);
  g_test_add_func ("/pipeline/picture-only", test_picture_only);
  g_test_add_func ("/pipeline/garbage", test_garbage);
  g_test_add_func ("/pipeline/recovery", test_recovery);
  g_test_add_func ("/pipeline/finish-unbegun", test_finish_unbegun);
  g_test_add_func ("/pipeline/out-of-place", test_out_of_place);
  g_test_add_func ("/pipeline/daemon-gone", test_daemon_gone);
  g_test_add_func ("/pipeline/daemon-deaf", test_daemon_deaf);
  return g_test_run ();
}
