/* What counts as served after a restart, without evidence. */
#include "classroom_fixture.h"

#include "carried_over.h"

#define STARTED_MS (START_MS + 100 * S)

/* Session 1 was in lesson 1 before the start, session 2 came after it; of lesson 1
 * 1,000 s were published before. */
static AcCarriedOver *
restart (Classroom *self)
{
  AcCarriedOver *carried = ac_carried_over_new (self->store.store, STARTED_MS, "boot");

  join (self, 1, 1);
  pass (self, 200 * S);
  join (self, 2, 1);
  settle (self);
  ac_carried_over_lesson (carried, 1, 1000 * S);
  return carried;
}

static void
assert_extended (AcCarriedOver *carried, gint64 session, AcInterval claim,
                 AcInterval served, AcInterval expected)
{
  gboolean any = ac_carried_over_extend (carried, 1, session, claim, &served);

  g_assert_cmpint (any, ==, expected.end_ms > expected.start_ms);
  g_assert_cmpint (served.end_ms - served.start_ms, ==,
                   expected.end_ms - expected.start_ms);
  if (any)
    g_assert_cmpint (served.start_ms, ==, expected.start_ms);
}

#define I(start, end) ((AcInterval){ (start)*S, (end)*S })

static void
test_extend (Classroom *self, gconstpointer unused)
{
  static const struct {
    const gchar *what;
    gint64 session;
    AcInterval claim, served, expected;
  } rows[] = {
    { "all is known", 1, I (100, 110), I (100, 110), I (100, 110) },
    { "nothing is known", 1, I (100, 110), I (100, 100), I (100, 110) },
    { "the head was buffered", 1, I (100, 110), I (106, 110), I (100, 110) },
    { "the tail was buffered", 1, I (100, 110), I (100, 106), I (100, 110) },
    { "both", 1, I (100, 110), I (103, 106), I (100, 110) },
    { "published in part", 1, I (995, 1005), I (995, 995), I (995, 1000) },
    { "published in part, the rest is known", 1, I (995, 1005), I (1000, 1005),
      I (995, 1005) },
    { "a hole after the start", 1, I (995, 1005), I (1002, 1005), I (1002, 1005) },
    { "published after the start", 1, I (1000, 1010), I (1000, 1000), I (0, 0) },
    { "came after the start", 2, I (100, 110), I (100, 100), I (0, 0) },
    { "came after the start, known in part", 2, I (100, 110), I (104, 110),
      I (104, 110) },
    { "was never there", 3, I (100, 110), I (100, 100), I (0, 0) },
  };
  g_autoptr (AcCarriedOver) carried = restart (self);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].what);
    assert_extended (carried, rows[i].session, rows[i].claim, rows[i].served,
                     rows[i].expected);
  }
}

static void
test_no_more_than_a_buffer (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcCarriedOver) carried = restart (self);

  for (guint twice = 0; twice < 2; twice++) /* sent again, it uses nothing up */
    for (gint64 at_s = 0; at_s < 600; at_s += 10)
      assert_extended (carried, 1, I (at_s, at_s + 10), I (at_s, at_s),
                       I (at_s, at_s + 10));
  assert_extended (carried, 1, I (600, 610), I (600, 600), I (0, 0));
  assert_extended (carried, 1, I (590, 610), I (600, 610), I (590, 610));
}

static void
test_lesson_not_named (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcCarriedOver) carried = restart (self);
  AcInterval served = I (100, 100);

  g_assert_false (ac_carried_over_extend (carried, 2, 1, I (100, 110), &served));
}

/* The machine booted: every presence is from before. */
static void
test_other_boot (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcCarriedOver) before = restart (self);
  g_autoptr (AcCarriedOver) carried =
      ac_carried_over_new (self->store.store, 5 * S, "other");

  ac_carried_over_lesson (carried, 1, 1000 * S);
  assert_extended (carried, 2, I (100, 110), I (100, 100), I (100, 110));
}

#define ADD(name, function)                                                            \
  g_test_add ("/carried-over/" name, Classroom, NULL, classroom_set_up, function,      \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("extend", test_extend);
  ADD ("no-more-than-a-buffer", test_no_more_than_a_buffer);
  ADD ("lesson-not-named", test_lesson_not_named);
  ADD ("other-boot", test_other_boot);
  return g_test_run ();
}
