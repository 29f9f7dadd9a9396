/* The vectors of rooms that every implementation must meet, by the acts of a steward
 * and the beats of a screen, as they come: nothing is placed by the test. */
#include "../credit/settling_fixture.h"

#include "policy.h"
#include "roll.h"

#define ROOM ((AcRoomKey){ 1, 1 })
#define STEWARD 2
#define BEAT_MS (10 * S)

typedef struct {
  Classroom room;
  gint64 at_ms; /* media: the screen is there */
  gint64 seq, phone_seq;
} Fixture;

/* A hall with a screen, on whose roster member 1 is. */
static void
set_up (Fixture *f, gconstpointer unused)
{
  AcStore *store;

  classroom_set_up (&f->room, NULL);
  store = f->room.store.store;
  write_sql (store, "INSERT INTO branches (id, name, created_ms) VALUES (1, 'a', 0)");
  write_sql (store, "INSERT INTO sites (id, branch, name, created_ms) "
                    "VALUES (1, 1, 'hall', 0)");
  write_sql (store, "INSERT INTO screens (id, site, name, token_hash, paired_ms, "
                    "last_seen_ms) VALUES (1, 1, '', x'01', 0, 0)");
  write_sql (store, "UPDATE members SET branch = 1");
  write_sql (store, "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  classroom_tear_down (&f->room, NULL);
}

static AcAttendee
screen (void)
{
  return (
      AcAttendee){ .lesson = 1, .session = -1, .client = 7, .screen = 1, .site = 1 };
}

static void
screen_on (Fixture *f)
{
  const AcAttendee who = screen ();

  f->room.n_sent++;
  ac_attendance_join_at (f->room.store.store, &who, &f->room.now, answered, &f->room);
}

/* The screen plays up to @to_ms; member 1's phone plays the same beside it up to
 * @phone_ms. */
static void
play_on (Fixture *f, gint64 to_ms, gint64 phone_ms)
{
  const AcAttendee who = screen ();

  for (; f->at_ms < to_ms; f->at_ms += BEAT_MS) {
    AcBeat shown = beat (++f->seq, f->at_ms, f->at_ms + BEAT_MS);

    shown.mode = AC_BEAT_ROOM;
    pass (&f->room, BEAT_MS);
    f->room.n_sent++;
    ac_attendance_submit_at (f->room.store.store, &who, &shown, 1, &f->room.media,
                             &f->room.now, answered, &f->room);
    if (f->at_ms < phone_ms) {
      AcBeat played = beat (++f->phone_seq, f->at_ms, f->at_ms + BEAT_MS);

      send_beats (&f->room, 1, 1, &played, 1);
    }
  }
}

typedef struct {
  AcRollAct act;
  AcRollMoment moment;
  gchar *result;
  guint answered;
} ActJob;

static gboolean
run_act (AcStore *store, gpointer data, GError **error)
{
  ActJob *job = data;

  return ac_roll_position (store, job->act.room, &job->moment, &job->act.media_ms,
                           error) &&
         ac_roll_run (store, &job->act, NULL, &job->result, error);
}

static void
act_done (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((ActJob *)data)->answered++;
}

static void
steward_does (Fixture *f, AcRollKind kind)
{
  const gint64 now_ms = f->room.now.wall_ms;
  ActJob job = { .act = { .kind = kind,
                          .room = ROOM,
                          .member = 1,
                          .steward = STEWARD,
                          .wall_ms = now_ms },
                 .moment = { now_ms, LENGTH_MS, TRUE } };

  ac_store_write (f->room.store.store, run_act, &job, NULL, act_done, NULL);
  await (&job.answered, 1);
  g_free (job.result);
}

static void
assert_vector (Fixture *f, gint64 earned_ms, gint64 credit_permille)
{
  settle_ledger (&f->room, 0, 0);
  g_assert_cmpint (query_number (f->room.store.store,
                                 "SELECT sum (earned_ms) FROM ledger WHERE member = 1"),
                   ==, earned_ms);
  g_assert_cmpint (ac_policy_credit (&ac_policy_default, earned_ms), ==,
                   credit_permille);
  assert_ledger_sound (&f->room);
}

/* The screen on [0, 5400], a member in from 600 to the end. */
static void
test_from_ten_minutes_on (Fixture *f, gconstpointer unused)
{
  screen_on (f);
  play_on (f, 600 * S, 0);
  steward_does (f, AC_ROLL_IN);
  play_on (f, 5400 * S, 0);
  assert_vector (f, 4800 * S, 1500);
  steward_does (f, AC_ROLL_OUT);
  assert_vector (f, 4800 * S, 1500);
}

/* Phone [0, 2000] and room [1000, 3000] of one person. */
static void
test_phone_and_room (Fixture *f, gconstpointer unused)
{
  screen_on (f);
  join (&f->room, 1, 1);
  play_on (f, 1000 * S, 2000 * S);
  steward_does (f, AC_ROLL_IN);
  play_on (f, 3000 * S, 2000 * S);
  steward_does (f, AC_ROLL_OUT);
  play_on (f, 5400 * S, 0);
  assert_vector (f, 3000 * S, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/room-vectors/from-ten-minutes-on", Fixture, NULL, set_up,
              test_from_ten_minutes_on, tear_down);
  g_test_add ("/room-vectors/phone-and-room", Fixture, NULL, set_up,
              test_phone_and_room, tear_down);
  return g_test_run ();
}
