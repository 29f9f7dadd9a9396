/* The real worker with what Enhanced RTMP brings: each codec decoded to pictures and to
 * sound. */
#include "enhanced_script.h"
#include "lesson_check.h"

#include <gst/gst.h>

#define SECONDS "2.6"
#define WHITE "-f lavfi -i color=white:s=320x180:r=25:d=" SECONDS " "
#define TONE "-f lavfi -i sine=f=440:r=48000:d=" SECONDS " "
#define OPUS "-c:a libopus -b:a 64k "

static const gchar *program;

/* The brightest picture of the first rendition, 0 to 255: the slates are dark. */
static guint
brightest (WorkerRun *run)
{
  g_autoptr (GBytes) pictures = lesson_decode (run, 0);
  gsize size;
  const guint8 *data = g_bytes_get_data (pictures, &size);
  guint best = 0;

  for (gsize at = 0; at + LESSON_GRAY_BYTES <= size; at += LESSON_GRAY_BYTES) {
    guint sum = 0;

    for (gsize i = 0; i < LESSON_GRAY_BYTES; i++)
      sum += data[at + i];
    best = MAX (best, sum / LESSON_GRAY_BYTES);
  }
  return best;
}

static gint
loudest (WorkerRun *run)
{
  g_autoptr (GBytes) sound = lesson_decode (run, run->epoch->n_tracks - 1);
  gsize size;
  const gint16 *samples = g_bytes_get_data (sound, &size);
  gint peak = 0;

  for (gsize i = 0; i < size / 2; i++)
    peak = MAX (peak, ABS (samples[i]));
  return peak;
}

static void
test_codec (gconstpointer arguments)
{
  const AcWireConfigure configure = { 1, (gchar *)"codec", 1, 0, 0, 0, 0 };
  g_autoptr (GArray) script = enhanced_script_make (arguments);
  WorkerRun run;

  worker_run_start (&run, program, &configure);
  worker_run_publish (&run, script, 0);
  worker_run_script (&run);
  worker_run_finish (&run);
  lesson_check_grid (&run, &configure);
  lesson_check_decodes (&run);
  g_assert_cmpuint (lesson_n_slate_slots (&run), ==, 0);
  g_assert_cmpstr (run.epoch->tracks[0].name, ==, "v180");
  g_assert_cmpuint (brightest (&run), >, 200);
  g_assert_cmpint (loudest (&run), >, 1000);
  worker_run_clear (&run);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  program = g_getenv ("AIRCLASS_PIPELINE");
  g_assert_nonnull (program);
  g_test_add_data_func ("/codecs/h265",
                        WHITE TONE OPUS "-c:v libx265 -preset ultrafast -x265-params "
                                        "log-level=none:bframes=2 -tag:v hvc1 -g 25",
                        test_codec);
  g_test_add_data_func ("/codecs/av1",
                        WHITE TONE OPUS "-ac 2 -c:v libsvtav1 -preset 12 -g 25",
                        test_codec);
  g_test_add_data_func ("/codecs/vp9",
                        WHITE TONE OPUS
                        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25",
                        test_codec);
  return g_test_run ();
}
