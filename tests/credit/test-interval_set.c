#include "interval_set.h"

static AcIntervalSet *
parse (const gchar *text)
{
  AcIntervalSet *set = ac_interval_set_parse (text);

  g_assert_nonnull (set);
  return set;
}

static void
assert_is (const AcIntervalSet *set, const gchar *expected)
{
  g_autofree gchar *text = ac_interval_set_to_text (set);

  g_assert_cmpstr (text, ==, expected);
}

static const struct {
  const gchar *set;
  gint64 start_ms, end_ms;
  const gchar *added, *removed;
} changes[] = {
  { "", 5, 9, "5-9", "" },
  { "", 5, 5, "", "" },
  { "", 9, 5, "", "" },
  { "10-20", 0, 5, "0-5,10-20", "10-20" },
  { "10-20", 0, 10, "0-20", "10-20" }, /* touching is joined */
  { "10-20", 20, 25, "10-25", "10-20" },
  { "10-20", 21, 25, "10-20,21-25", "10-20" },
  { "10-20", 5, 15, "5-20", "15-20" },
  { "10-20", 15, 25, "10-25", "10-15" },
  { "10-20", 12, 15, "10-20", "10-12,15-20" }, /* a hole */
  { "10-20", 10, 20, "10-20", "" },
  { "10-20", 0, 30, "0-30", "" },
  { "10-20", 10, 15, "10-20", "15-20" },
  { "10-20", 15, 20, "10-20", "10-15" },
  { "0-5,10-20,30-40,50-60", 15, 35, "0-5,10-40,50-60", "0-5,10-15,35-40,50-60" },
  { "0-5,10-20,30-40,50-60", 5, 50, "0-60", "0-5,50-60" },
  { "0-5,10-20,30-40,50-60", -5, 100, "-5-100", "" },
};

static void
test_add_and_remove (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (AcIntervalSet) added = parse (changes[i].set);
    g_autoptr (AcIntervalSet) removed = ac_interval_set_copy (added);

    ac_interval_set_add (added, changes[i].start_ms, changes[i].end_ms);
    assert_is (added, changes[i].added);
    ac_interval_set_remove (removed, changes[i].start_ms, changes[i].end_ms);
    assert_is (removed, changes[i].removed);
  }
}

static const struct {
  const gchar *a, *b, *both, *either, *first_only;
} pairs[] = {
  { "", "", "", "", "" },
  { "0-10", "", "", "0-10", "0-10" },
  { "0-10", "10-20", "", "0-20", "0-10" },
  { "0-10", "5-20", "5-10", "0-20", "0-5" },
  { "0-10,20-30", "5-25", "5-10,20-25", "0-30", "0-5,25-30" },
  { "0-100", "10-20,30-40", "10-20,30-40", "0-100", "0-10,20-30,40-100" },
  { "0-5,10-15,20-25", "5-10,15-20", "", "0-25", "0-5,10-15,20-25" },
};

static void
test_two_sets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (AcIntervalSet) a = parse (pairs[i].a);
    g_autoptr (AcIntervalSet) b = parse (pairs[i].b);
    g_autoptr (AcIntervalSet) both = ac_interval_set_intersect (a, b);
    g_autoptr (AcIntervalSet) reverse = ac_interval_set_intersect (b, a);
    g_autoptr (AcIntervalSet) either = ac_interval_set_copy (a);
    g_autoptr (AcIntervalSet) first_only = ac_interval_set_copy (a);

    ac_interval_set_add_set (either, b);
    ac_interval_set_remove_set (first_only, b);
    assert_is (both, pairs[i].both);
    assert_is (reverse, pairs[i].both);
    assert_is (either, pairs[i].either);
    assert_is (first_only, pairs[i].first_only);
    g_assert_cmpint (ac_interval_set_measure_both (a, b), ==,
                     ac_interval_set_measure (both));
  }
}

static void
test_with_itself (void)
{
  g_autoptr (AcIntervalSet) set = parse ("0-5,8-9");

  ac_interval_set_add_set (set, set);
  assert_is (set, "0-5,8-9");
  ac_interval_set_remove_set (set, set);
  assert_is (set, "");
}

static void
test_contains (void)
{
  static const struct {
    gint64 at_ms;
    gboolean in;
  } points[] = { { 9, FALSE },  { 10, TRUE }, { 19, TRUE }, { 20, FALSE },
                 { 29, FALSE }, { 30, TRUE }, { 40, FALSE } };
  g_autoptr (AcIntervalSet) set = parse ("10-20,30-40");

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    g_assert_cmpint (ac_interval_set_contains (set, points[i].at_ms), ==, points[i].in);
}

static void
test_text_refused (void)
{
  static const gchar *const texts[] = {
    "x",        "1",       "1-",      "-1",    "1-2,",  ",1-2",
    "1-2,,3-4", "2-1",     "1-1",     "1 - 2", "+1-2",  "1-2;3-4",
    "5-6,1-2",  "1-5,4-8", "1-2,2-3", "1-2 ",  "0x1-2", "1-9999999999999999999",
    "1-2\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (AcIntervalSet) set = ac_interval_set_parse (texts[i]);

    if (set != NULL)
      g_error ("'%s' was taken", texts[i]);
  }
}

/* Against a plain array of booleans. */
#define MODEL_MS 200

static void
assert_like_model (const AcIntervalSet *set, const gboolean *model)
{
  gint64 measure = 0;

  for (gint at = 0; at < MODEL_MS; at++) {
    g_assert_cmpint (ac_interval_set_contains (set, at), ==, model[at]);
    measure += model[at];
  }
  g_assert_cmpint (ac_interval_set_measure (set), ==, measure);
  for (guint i = 0; i < ac_interval_set_length (set); i++) {
    AcInterval item = ac_interval_set_get (set, i);

    g_assert_cmpint (item.start_ms, <, item.end_ms);
    if (i > 0)
      g_assert_cmpint (ac_interval_set_get (set, i - 1).end_ms, <, item.start_ms);
  }
}

static void
test_random (void)
{
  for (guint round = 0; round < 200; round++) {
    g_autoptr (AcIntervalSet) set = ac_interval_set_new ();
    g_autoptr (AcIntervalSet) again = NULL;
    g_autofree gchar *text = NULL;
    gboolean model[MODEL_MS] = { FALSE };

    for (guint change = 0; change < 30; change++) {
      gint start = g_test_rand_int_range (0, MODEL_MS);
      gint length = g_test_rand_int_range (0, 30);
      gint end = MIN (start + length, MODEL_MS);
      gboolean add = g_test_rand_bit ();

      if (add)
        ac_interval_set_add (set, start, end);
      else
        ac_interval_set_remove (set, start, end);
      for (gint at = start; at < end; at++)
        model[at] = add;
      assert_like_model (set, model);
    }
    text = ac_interval_set_to_text (set);
    again = parse (text);
    g_assert_true (ac_interval_set_equal (set, again));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interval-set/add-and-remove", test_add_and_remove);
  g_test_add_func ("/interval-set/two-sets", test_two_sets);
  g_test_add_func ("/interval-set/with-itself", test_with_itself);
  g_test_add_func ("/interval-set/contains", test_contains);
  g_test_add_func ("/interval-set/text-refused", test_text_refused);
  g_test_add_func ("/interval-set/random", test_random);
  return g_test_run ();
}
