/* The shedder with a scripted clock. */
#include "shedder.h"

#define STEP_US (G_USEC_PER_SEC / 10)
#define N 4

static const guint32 costs[N] = { 240, 110, 70, 25 };

typedef struct {
  AcShedder shedder;
  gint64 now_us;
  guint n_changes;
} Fixture;

static void
begin (Fixture *self)
{
  *self = (Fixture){ .now_us = 1000 * G_USEC_PER_SEC };
  ac_shedder_init (&self->shedder, N);
}

/* Steps for @seconds with the same figures. Returns: after how many milliseconds
 * something changed first, -1: nothing did. */
static gint64
run (Fixture *self, gdouble seconds, guint lag_ms, guint32 spare)
{
  AcShedderInput input = { .lag_ms = lag_ms, .spare_millicores = spare };
  gint64 start_us = self->now_us, first_us = -1;

  for (guint i = 0; i < N; i++)
    input.cost_millicores[i] = costs[i];
  while (self->now_us - start_us < (gint64)(seconds * G_USEC_PER_SEC)) {
    self->now_us += STEP_US;
    input.now_us = self->now_us;
    if (!ac_shedder_step (&self->shedder, &input))
      continue;
    self->n_changes++;
    if (first_us < 0)
      first_us = self->now_us - start_us;
  }
  return first_us < 0 ? -1 : first_us / 1000;
}

static void
test_calm (void)
{
  Fixture f;

  begin (&f);
  g_assert_cmpint (run (&f, 600, 120, 0), ==, -1);
  g_assert_cmphex (f.shedder.closed, ==, 0);
}

/* A spike is no reason; half a second of it is; being far behind is one at once. */
static void
test_thresholds (void)
{
  Fixture f;

  begin (&f);
  for (guint i = 0; i < 50; i++) {
    g_assert_cmpint (run (&f, 0.4, AC_SHEDDER_LAG_MS, 0), ==, -1);
    g_assert_cmpint (run (&f, 0.2, AC_SHEDDER_LAG_MS - 1, 0), ==, -1);
  }
  g_assert_cmpint (run (&f, 1, AC_SHEDDER_LAG_MS, 0), ==, 600);
  g_assert_cmphex (f.shedder.closed, ==, 1);

  begin (&f);
  g_assert_cmpint (run (&f, 1, AC_SHEDDER_LAG_MAX_MS, 0), ==, 100);
}

/* What viewers have left does not last until the last change has told. */
static void
test_urgent (void)
{
  Fixture f;

  begin (&f);
  g_assert_cmpint (run (&f, 0.1, AC_SHEDDER_LAG_MAX_MS, 0), ==, 100);
  g_assert_cmpint (run (&f, 2, AC_SHEDDER_URGENT_MS, 0), ==, 1000);
  g_assert_cmphex (f.shedder.closed, ==, 7);

  begin (&f); /* one stall that is made up for */
  g_assert_cmpint (run (&f, 0.5, 1500, 0), ==, 100);
  g_assert_cmpint (run (&f, 600, AC_SHEDDER_LAG_MS - 1, 0), ==, -1);
  g_assert_cmphex (f.shedder.closed, ==, 1);
}

/* The costliest first, with time to tell in between; the lowest stays for ever. */
static void
test_order (void)
{
  Fixture f;

  begin (&f);
  run (&f, 1, 400, 0);
  g_assert_cmphex (f.shedder.closed, ==, 1);
  g_assert_cmpint (run (&f, 2.5, 900, 0), ==, -1); /* it has not taken effect yet */
  g_assert_cmpint (run (&f, 1, 900, 0), >=, 0);
  g_assert_cmphex (f.shedder.closed, ==, 3);
  run (&f, 4, 900, 0);
  g_assert_cmphex (f.shedder.closed, ==, 7);
  g_assert_cmpint (run (&f, 600, 1000, 0), ==, -1);
  g_assert_cmphex (f.shedder.closed, ==, 7);
  g_assert_cmpuint (f.shedder.n_sheds, ==, 3);
}

/* One that costs nothing (its source passes through) is not left out. */
static void
test_free_of_cost (void)
{
  AcShedderInput input = { .lag_ms = 900, .cost_millicores = { 0, 110, 70, 25 } };
  AcShedder shedder;

  ac_shedder_init (&shedder, N);
  for (guint i = 0; i < 200; i++) {
    input.now_us = i * STEP_US;
    ac_shedder_step (&shedder, &input);
  }
  g_assert_cmphex (shedder.closed, ==, 6);
}

/* Back in the reverse order, one at a time, each when there is enough to spare. */
static void
test_return_order (void)
{
  Fixture f;
  gint64 after_ms;

  begin (&f);
  run (&f, 12, 900, 0);
  g_assert_cmphex (f.shedder.closed, ==, 7);
  g_assert_cmpint (run (&f, 60, 80, 86), ==, -1); /* not enough for the cheapest */
  after_ms = run (&f, 11, 80, 2000);
  g_assert_cmpint (after_ms, >=, 10000);
  g_assert_cmphex (f.shedder.closed, ==, 3);
  g_assert_cmpint (run (&f, 15, 80, 100), ==, -1); /* enough for 70, not for 110 */
  run (&f, 11, 80, 2000);
  g_assert_cmphex (f.shedder.closed, ==, 1);
  g_assert_cmpint (run (&f, 15, AC_SHEDDER_CALM_MS, 2000), ==, -1); /* not calm */
  run (&f, 11, 80, 2000);
  g_assert_cmphex (f.shedder.closed, ==, 0);
}

/* Any moment without a calm begins the hold anew. */
static void
test_return_is_steady (void)
{
  Fixture f;

  begin (&f);
  run (&f, 1, 400, 0);
  run (&f, 4, 80, 0);
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (run (&f, 9, 80, 2000), ==, -1);
    g_assert_cmpint (run (&f, 0.2, i % 2 ? 80 : 250, i % 2 ? 0 : 2000), ==, -1);
  }
}

/* The worst machine: calm without the rendition, overloaded as soon as it is back. */
static void
test_flapping (void)
{
  Fixture f;
  guint in_ten_minutes = 0;

  begin (&f);
  while (f.now_us < (gint64)4600 * G_USEC_PER_SEC) {
    run (&f, 0.1, f.shedder.closed == 0 ? 500 : 80, 2000);
    if (f.now_us == (gint64)1600 * G_USEC_PER_SEC)
      in_ten_minutes = f.shedder.n_sheds;
  }
  g_assert_cmpuint (in_ten_minutes, <=, 6);
  g_assert_cmpuint (f.shedder.n_sheds, <=, 16);
  g_assert_cmpuint (f.shedder.n_sheds, >=, 8);
}

/* One that held out for a minute is believed again. */
static void
test_hold_is_forgiven (void)
{
  Fixture f;

  begin (&f);
  for (guint i = 0; i < 3; i++) {
    run (&f, 1, 400, 0);
    run (&f, 120, 80, 2000);
  }
  g_assert_cmpuint (f.shedder.n_sheds, ==, 3);
  run (&f, 1, 400, 0);
  run (&f, 4, 80, 0);
  g_assert_cmpint (run (&f, 11, 80, 2000), >=, 0);
}

static void
test_one_rendition (void)
{
  AcShedderInput input = { .lag_ms = 900, .cost_millicores = { 240 } };
  AcShedder shedder;

  ac_shedder_init (&shedder, 1);
  for (guint i = 0; i < 200; i++) {
    input.now_us = i * STEP_US;
    g_assert_false (ac_shedder_step (&shedder, &input));
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shedder/calm", test_calm);
  g_test_add_func ("/shedder/thresholds", test_thresholds);
  g_test_add_func ("/shedder/urgent", test_urgent);
  g_test_add_func ("/shedder/order", test_order);
  g_test_add_func ("/shedder/free-of-cost", test_free_of_cost);
  g_test_add_func ("/shedder/return-order", test_return_order);
  g_test_add_func ("/shedder/return-is-steady", test_return_is_steady);
  g_test_add_func ("/shedder/flapping", test_flapping);
  g_test_add_func ("/shedder/hold-is-forgiven", test_hold_is_forgiven);
  g_test_add_func ("/shedder/one-rendition", test_one_rendition);
  return g_test_run ();
}
