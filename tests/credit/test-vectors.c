/* The vectors that every implementation must meet: coverage U, earned time E, credit.
 * Those of rooms stand in test-room_time.c. */
#include "classroom_fixture.h"

#include "policy.h"

static void
assert_vector (Classroom *self, gint64 lesson, gint64 u_s, gint64 e_s,
               gint64 credit_permille)
{
  assert_attendance (self, lesson, 1, u_s * S, e_s * S);
  g_assert_cmpint (ac_policy_credit (&ac_policy_default, e_s * S), ==, credit_permille);
}

static void
test_twice_and_faster (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 1800 * S, 1000);
  play (self, 1, 1, &seq, 1500 * S, 3000 * S, 1000);
  play (self, 1, 1, &seq, 3000 * S, 5400 * S, 1500);
  assert_vector (self, 1, 5400, 4600, 1500);
}

static void
test_begin_and_end (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  play (self, 1, 1, &seq, 5000 * S, 5400 * S, 1000);
  assert_vector (self, 1, 1000, 1000, 0);
}

static void
test_claims_ten_minutes (Classroom *self, gconstpointer unused)
{
  AcBeat lie = beat (1, 0, 600 * S);

  self->media.live = TRUE;
  self->media.edge_ms = 600 * S;
  join (self, 1, 1);
  pass (self, 20 * S);
  send_beats (self, 1, 1, &lie, 1);
  assert_vector (self, 1, 23, 20, 0);
}

static void
test_phone_and_computer (Classroom *self, gconstpointer unused)
{
  gint64 phone = 0, computer = 0;

  join (self, 1, 1);
  join (self, 2, 1);
  play (self, 1, 1, &phone, 0, 2000 * S, 1000);
  play (self, 2, 1, &computer, 1000 * S, 3000 * S, 1000);
  assert_vector (self, 1, 3000, 3000, 1000);
}

static void
test_sent_five_times (Classroom *self, gconstpointer unused)
{
  AcBeat beats[60];

  for (guint i = 0; i < G_N_ELEMENTS (beats); i++)
    beats[i] = beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
  join (self, 1, 1);
  pass (self, 600 * S);
  for (guint i = 0; i < 5; i++) {
    send_beats (self, 1, 1, beats, G_N_ELEMENTS (beats));
    settle (self);
    g_assert_cmpint (self->attendance.accepted_ms, ==, 600 * S);
    g_assert_cmpint (self->attendance.earned_ms, ==, 600 * S);
    g_assert_cmpint (self->last_seq, ==, 60);
    pass (self, 30 * S);
  }
  assert_vector (self, 1, 600, 600, 0);
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM beats"), ==,
                   60);
}

static void
test_watched_five_times (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  for (guint i = 0; i < 5; i++)
    play (self, 1, 1, &seq, 0, 600 * S, 1000);
  assert_vector (self, 1, 600, 600, 0);
}

static void
test_break (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  ac_interval_set_remove (self->creditable, 2400 * S, 3000 * S);
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 5400 * S, 1000);
  assert_vector (self, 1, 4800, 4800, 1500);
}

static void
test_two_lessons_at_once (Classroom *self, gconstpointer unused)
{
  gint64 first = 0, second = 0;

  join (self, 1, 1);
  pass (self, 1);
  join (self, 2, 2);
  for (gint64 at_ms = 0; at_ms < 1800 * S; at_ms += 10 * S) {
    AcBeat one = beat (++second, at_ms, at_ms + 10 * S);

    play (self, 1, 1, &first, at_ms, at_ms + 10 * S, 1000);
    send_beats (self, 2, 2, &one, 1);
  }
  assert_vector (self, 1, 1800, 1800, 500);
  assert_vector (self, 2, 0, 0, 0);
  g_assert_cmpint (query_number (self->store.store, "SELECT count(*) FROM beats "
                                                    "WHERE lesson = 2 AND flags & 32"),
                   ==, 180); /* stored, and flagged */
}

static void
test_dragged_to_the_end (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 5385 * S, 5400 * S, 1000);
  assert_vector (self, 1, 15, 15, 0);
}

#define ADD(name, function)                                                            \
  g_test_add ("/vectors/" name, Classroom, NULL, classroom_set_up, function,           \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("twice-and-faster", test_twice_and_faster);
  ADD ("begin-and-end", test_begin_and_end);
  ADD ("claims-ten-minutes", test_claims_ten_minutes);
  ADD ("phone-and-computer", test_phone_and_computer);
  ADD ("sent-five-times", test_sent_five_times);
  ADD ("watched-five-times", test_watched_five_times);
  ADD ("break", test_break);
  ADD ("two-lessons-at-once", test_two_lessons_at_once);
  ADD ("dragged-to-the-end", test_dragged_to_the_end);
  return g_test_run ();
}
