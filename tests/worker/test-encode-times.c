#include "encode_times.h"

static void
assert_percentiles (const AcEncodeTimes *times, guint32 p50, guint32 p95)
{
  AcEncodeTimes copy = *times;

  g_assert_cmpuint (ac_encode_times_percentile (&copy, 50), ==, p50);
  g_assert_cmpuint (ac_encode_times_percentile (&copy, 95), ==, p95);
}

static void
test_percentiles (void)
{
  AcEncodeTimes times = { .n = 0 };

  assert_percentiles (&times, 0, 0);
  ac_encode_times_add (&times, 7);
  assert_percentiles (&times, 7, 7);
  ac_encode_times_add (&times, 3);
  assert_percentiles (&times, 3, 7);
  for (gint64 us = 100; us > 2; us--)
    ac_encode_times_add (&times, us);
  assert_percentiles (&times, 50, 95); /* 3, 7 and 3 to 100 */
  ac_encode_times_add (&times, -5);
  ac_encode_times_add (&times, G_MAXINT64);
  assert_percentiles (&times, 50, 96);
}

static void
test_old_ones_go (void)
{
  AcEncodeTimes times = { .n = 0 };

  for (gint64 i = 0; i < AC_ENCODE_TIMES_MAX; i++)
    ac_encode_times_add (&times, 1000);
  for (gint64 i = 0; i < AC_ENCODE_TIMES_MAX * 3 / 2; i++)
    ac_encode_times_add (&times, 20);
  assert_percentiles (&times, 20, 20);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encode-times/percentiles", test_percentiles);
  g_test_add_func ("/encode-times/old-ones-go", test_old_ones_go);
  return g_test_run ();
}
