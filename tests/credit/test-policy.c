#include "policy.h"

#define MINUTE_MS 60000

static void
test_per_minutes (void)
{
  static const struct {
    gint64 earned_ms;
    gint64 credit_permille;
  } rows[] = {
    { -5, 0 },
    { 0, 0 },
    { 1000 * 1000, 0 },
    { 1349999, 0 },
    { 1350000, 500 },
    { 45 * MINUTE_MS - 1, 500 },
    { 45 * MINUTE_MS, 1000 },
    { 3000 * 1000, 1000 },
    { 4600 * 1000, 1500 },
    { 4800 * 1000, 1500 },
    { 5400 * 1000, 2000 },
    { 450 * MINUTE_MS, 10000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ac_policy_credit (&ac_policy_default, rows[i].earned_ms), ==,
                     rows[i].credit_permille);
}

static void
test_tiers (void)
{
  static const AcPolicy policy = {
    .kind = AC_POLICY_TIERS,
    .n_tiers = 3,
    .tiers = { { 1, 250 }, { 15 * MINUTE_MS, 500 }, { 30 * MINUTE_MS, 1000 } },
  };
  static const struct {
    gint64 earned_ms;
    gint64 credit_permille;
  } rows[] = {
    { 0, 0 },
    { 1, 250 },
    { 15 * MINUTE_MS - 1, 250 },
    { 15 * MINUTE_MS, 500 },
    { 30 * MINUTE_MS, 1000 },
    { 300 * MINUTE_MS, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ac_policy_credit (&policy, rows[i].earned_ms), ==,
                     rows[i].credit_permille);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/per-minutes", test_per_minutes);
  g_test_add_func ("/policy/tiers", test_tiers);
  return g_test_run ();
}
