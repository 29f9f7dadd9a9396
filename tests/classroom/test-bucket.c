#include "bucket.h"

static void
test_take (void)
{
  static const AcBucketRule rule = { .per_s = 4, .burst = 10 };
  static const struct {
    gint64 now_ms, n, wait_ms;
  } rows[] = {
    { 500, 10, 0 },                       /* all of the burst */
    { 500, 1, 250 },                      /* nothing is left */
    { 749, 1, 1 },                        /* almost */
    { 750, 1, 0 },      { 750, 8, 2000 }, /* nothing was taken */
    { 2750, 8, 0 },     { 1000, 1, 250 }, /* a clock that goes back gives nothing */
    { 999999, 10, 0 },                    /* never more than the burst */
    { 999999, 1, 250 }, { G_MAXINT64 / 2, 10, 0 },
  };
  AcBucket bucket = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ac_bucket_take (&bucket, &rule, rows[i].n, rows[i].now_ms), ==,
                     rows[i].wait_ms);
}

/* All zero is full, also when the clock is young or negative. */
static void
test_fresh (void)
{
  static const AcBucketRule rule = { .per_s = 4, .burst = 10 };

  for (gint64 now_ms = -1000; now_ms <= 1000; now_ms += 1000) {
    AcBucket bucket = { 0 };

    g_assert_cmpint (ac_bucket_take (&bucket, &rule, 10, now_ms), ==, 0);
    g_assert_cmpint (ac_bucket_take (&bucket, &rule, 10, now_ms), ==, 2500);
  }
}

/* What is owed is paid back before anything is there again. */
static void
test_charge (void)
{
  static const AcBucketRule rule = { .per_s = 4, .burst = 10 };
  AcBucket bucket = { 0 };

  g_assert_cmpint (ac_bucket_take (&bucket, &rule, 1, 500), ==, 0);
  ac_bucket_charge (&bucket, 29); /* 30 are spent, 20 owed */
  g_assert_cmpint (ac_bucket_take (&bucket, &rule, 1, 500), ==, 5250);
  g_assert_cmpint (ac_bucket_take (&bucket, &rule, 1, 5749), ==, 1);
  g_assert_cmpint (ac_bucket_take (&bucket, &rule, 1, 5750), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bucket/take", test_take);
  g_test_add_func ("/bucket/fresh", test_fresh);
  g_test_add_func ("/bucket/charge", test_charge);
  return g_test_run ();
}
