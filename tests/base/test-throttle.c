#include "throttle.h"

static const AcThrottleRule rule = {
  .n_free = 3, .forgive_ms = 60000, .wait_ms = 1000, .wait_max_ms = 10000
};

static void
fail (AcThrottle *throttle, const gchar *key, gint64 now_ms, guint n)
{
  for (guint i = 0; i < n; i++)
    ac_throttle_begin (throttle, key, now_ms);
}

static void
test_waits (void)
{
  static const struct {
    guint failures;
    gint64 wait_ms;
  } rows[] = { { 0, 0 },    { 3, 0 },     { 4, 1000 },   { 5, 2000 },   { 6, 4000 },
               { 7, 8000 }, { 8, 10000 }, { 40, 10000 }, { 200, 10000 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (AcThrottle) throttle = ac_throttle_new (&rule);

    fail (throttle, "7", 5000, rows[i].failures);
    g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 5000), ==, rows[i].wait_ms);
    g_assert_cmpint (ac_throttle_wait_ms (throttle, "8", 5000), ==, 0);
  }
}

static void
test_wait_passes (void)
{
  g_autoptr (AcThrottle) throttle = ac_throttle_new (&rule);

  fail (throttle, "7", 0, 5);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 500), ==, 1500);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 2000), ==, 0);
  ac_throttle_begin (throttle, "7", 2000);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 2000), ==, 4000);
}

static void
test_time_forgives (void)
{
  g_autoptr (AcThrottle) throttle = ac_throttle_new (&rule);

  fail (throttle, "7", 0, 6);
  ac_throttle_begin (throttle, "7", 150000); /* two were forgiven: the fifth */
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 150000), ==, 2000);
  /* Half a period stays on the account: the next is forgiven at 180,000. */
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 179999), ==, 0);
  ac_throttle_begin (throttle, "7", 180000);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 180000), ==, 2000);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 180000 + 5 * 60000), ==, 0);
  g_assert_cmpuint (ac_throttle_n_keys (throttle), ==, 0);
}

static void
test_take_back_and_forget (void)
{
  g_autoptr (AcThrottle) throttle = ac_throttle_new (&rule);

  fail (throttle, "7", 0, 5);
  ac_throttle_take_back (throttle, "7");
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 0), ==, 1000);
  ac_throttle_forget (throttle, "7");
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "7", 0), ==, 0);
  g_assert_cmpuint (ac_throttle_n_keys (throttle), ==, 0);
  ac_throttle_take_back (throttle, "7");
  ac_throttle_forget (throttle, "7");
  fail (throttle, "7", 0, 1);
  ac_throttle_take_back (throttle, "7");
  g_assert_cmpuint (ac_throttle_n_keys (throttle), ==, 0);
}

static void
test_bounded (void)
{
  g_autoptr (AcThrottle) throttle = ac_throttle_new (&rule);

  fail (throttle, "kept", 0, 5);
  fail (throttle, "lost", 0, 5);
  for (guint i = 0; i < AC_THROTTLE_KEYS_MAX - 1; i++) {
    g_autofree gchar *key = g_strdup_printf ("%u", i);

    ac_throttle_begin (throttle, key, 0);
    if (i == 100)
      ac_throttle_begin (throttle, "kept", 0);
  }
  g_assert_cmpuint (ac_throttle_n_keys (throttle), ==, AC_THROTTLE_KEYS_MAX);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "kept", 0), ==, 4000);
  g_assert_cmpint (ac_throttle_wait_ms (throttle, "lost", 0), ==, 0);
}

static void
test_address_key (void)
{
  static const gchar *const rows[][2] = {
    { "192.0.2.1", "192.0.2.1" },
    { "192.0.2.1:50123", "192.0.2.1" },
    { "::ffff:192.0.2.1", "192.0.2.1" },
    { "[::ffff:192.0.2.1]:50123", "192.0.2.1" },
    { "2001:db8:1:2:3::4", "2001:0db8:0001:0002::/64" },
    { "[2001:db8:1:2:5::6]:50123", "2001:0db8:0001:0002::/64" },
    { "a proxy's word", "a proxy's word" },
    { "[", "" },
    { NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *key = ac_throttle_address_key (rows[i][0]);

    g_assert_cmpstr (key, ==, rows[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/waits", test_waits);
  g_test_add_func ("/throttle/wait-passes", test_wait_passes);
  g_test_add_func ("/throttle/time-forgives", test_time_forgives);
  g_test_add_func ("/throttle/take-back-and-forget", test_take_back_and_forget);
  g_test_add_func ("/throttle/bounded", test_bounded);
  g_test_add_func ("/throttle/address-key", test_address_key);
  return g_test_run ();
}
