#include "level_meter.h"

#include <math.h>

#define S G_USEC_PER_SEC

static void
assert_levels (AcLevelMeter *meter, gint64 now_us, gdouble rms, gdouble peak,
               guint silent_ms)
{
  AcWireHealth health;

  ac_level_meter_read (meter, now_us, &health);
  g_assert_cmpfloat_with_epsilon (health.audio_rms_dbfs, rms, 0.05);
  g_assert_cmpfloat_with_epsilon (health.audio_peak_dbfs, peak, 0.05);
  g_assert_cmpuint (health.audio_silent_ms, ==, silent_ms);
}

static void
test_levels (void)
{
  g_autoptr (AcLevelMeter) meter = ac_level_meter_new (0);
  gint16 sine[4800], square[480], full[480];

  for (guint i = 0; i < 4800; i++)
    sine[i] = (gint16)(16384 * sin (2 * G_PI * i / 48));
  for (guint i = 0; i < 480; i++) {
    square[i] = i % 2 ? 3277 : -3277;
    full[i] = G_MININT16;
  }
  ac_level_meter_add (meter, sine, 4800, S);
  assert_levels (meter, S, -9.03, -6.02, 0);
  ac_level_meter_add (meter, square, 480, 2 * S);
  assert_levels (meter, 2 * S, -20, -20, 0);
  ac_level_meter_add (meter, full, 480, 3 * S);
  assert_levels (meter, 3 * S, 0, 0, 0);
}

static void
test_silence (void)
{
  g_autoptr (AcLevelMeter) meter = ac_level_meter_new (0);
  gint16 quiet[480] = { 0 }, loud[480] = { 33 };

  assert_levels (meter, S / 2, -120, -120, 0);
  ac_level_meter_add (meter, quiet, 480, S);
  assert_levels (meter, S, -120, -120, 1000);
  quiet[7] = 32; /* a hiss below -60 dBFS */
  ac_level_meter_add (meter, quiet, 480, 5 * S);
  assert_levels (meter, 5 * S, 20 * log10 (32 / 32768.0 / sqrt (480)),
                 20 * log10 (32 / 32768.0), 5000);
  ac_level_meter_add (meter, loud, 480, 6 * S);
  assert_levels (meter, 6 * S, 20 * log10 (33 / 32768.0 / sqrt (480)),
                 20 * log10 (33 / 32768.0), 0);
  assert_levels (meter, 9 * S, -120, -120, 3000); /* nothing came at all */
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/level-meter/levels", test_levels);
  g_test_add_func ("/level-meter/silence", test_silence);
  return g_test_run ();
}
