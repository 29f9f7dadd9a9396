#include "outage.h"

static void
test_grace (void)
{
  AcOutage outage;

  ac_outage_begin (&outage, 1000, 5000);
  g_assert_false (ac_outage_tick (&outage, 5999));
  g_assert_false (ac_outage_over (&outage, 5999));
  g_assert_false (ac_outage_tick (&outage, 6998));
  g_assert_true (ac_outage_tick (&outage, 6999));
  g_assert_true (outage.interrupted);
  g_assert_false (ac_outage_tick (&outage, 9000)); /* told once */
  g_assert_true (ac_outage_over (&outage, 9000));
  g_assert_false (outage.interrupted);
  g_assert_false (ac_outage_tick (&outage, 9999));
  g_assert_true (ac_outage_tick (&outage, 10000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outage/grace", test_grace);
  return g_test_run ();
}
