#include "backoff.h"

static void
test_doubles (void)
{
  static const guint expected_ms[] = { 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
  AcBackoff backoff = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (expected_ms); i++)
    g_assert_cmpuint (ac_backoff_down (&backoff, 5000), ==, expected_ms[i]);
}

/* What comes up and falls over at once is not well. */
static void
test_healthy (void)
{
  AcBackoff backoff = { 0 };

  ac_backoff_down (&backoff, 1000);
  ac_backoff_down (&backoff, 1000);
  ac_backoff_up (&backoff, 5000);
  g_assert_cmpuint (ac_backoff_down (&backoff, 14999), ==, 4000);
  g_assert_cmpuint (ac_backoff_down (&backoff, 90000), ==, 8000);
  ac_backoff_up (&backoff, 100000);
  g_assert_cmpuint (ac_backoff_down (&backoff, 110000), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/doubles", test_doubles);
  g_test_add_func ("/backoff/healthy", test_healthy);
  return g_test_run ();
}
