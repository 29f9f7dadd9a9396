/* classroom_fixture.h - a store with members, their sessions and two lessons, and a
 * player that tells what it played, on a clock of its own. */
#pragma once

#include "attendance.h"
#include "fixture.h"

#define S G_GINT64_CONSTANT (1000)
#define LENGTH_MS (5400 * S)
#define START_MS (1000 * S) /* clock of the first join */

typedef struct {
  StoreFixture store;
  AcIntervalSet *creditable;
  AcAttendanceMedia media;
  AcArrival now;

  guint n_sent, n_answers, n_busy; /* and the last answer: */
  AcAttendance attendance;
  gint64 last_seq;
} Classroom;

/* Members 1, 2; sessions 1, 2 of member 1 and 3 of member 2; lessons 1, 2. */
static inline void
classroom_set_up (Classroom *self, gconstpointer unused)
{
  store_fixture_set_up (&self->store);
  write_sql (self->store.store,
             "INSERT INTO members (id, number, name, role, kind, created_ms) "
             "VALUES (1, 'B', '王明', 'member', 'member', 0), "
             "       (2, 'A', '李华', 'member', 'member', 0)");
  write_sql (self->store.store,
             "INSERT INTO sessions (id, member, created_ms, last_seen_ms) "
             "VALUES (1, 1, 0, 0), (2, 1, 0, 0), (3, 2, 0, 0)");
  write_sql (self->store.store,
             "INSERT INTO lessons (id, title, key_hash, state, created_ms) "
             "VALUES (1, 'one', x'01', 'live', 0), (2, 'two', x'02', 'live', 0)");
  self->creditable = ac_interval_set_new ();
  ac_interval_set_add (self->creditable, 0, LENGTH_MS);
  self->media =
      (AcAttendanceMedia){ .edge_ms = LENGTH_MS, .creditable = self->creditable };
  self->now = (AcArrival){ START_MS, 1700000000 * S, "boot" };
}

static inline void
classroom_tear_down (Classroom *self, gconstpointer unused)
{
  store_fixture_tear_down (&self->store);
  ac_interval_set_unref (self->creditable);
}

static inline AcAttendee
attendee (gint64 session, gint64 lesson)
{
  return (AcAttendee){ lesson, session, session == 3 ? 2 : 1,
                       G_GUINT64_CONSTANT (0xfedcba9876543210) };
}

static inline void
answered (const AcAttendance *attendance, gint64 last_seq, const GError *error,
          gpointer user_data)
{
  Classroom *self = user_data;

  if (g_error_matches (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY))
    self->n_busy++;
  else
    g_assert_no_error (error);
  if (attendance != NULL)
    self->attendance = *attendance;
  self->last_seq = last_seq;
  self->n_answers++;
}

static inline void
settle (Classroom *self)
{
  await (&self->n_answers, self->n_sent);
}

static inline void
pass (Classroom *self, gint64 duration_ms)
{
  self->now.clock_ms += duration_ms;
  self->now.wall_ms += duration_ms;
}

static inline void
join (Classroom *self, gint64 session, gint64 lesson)
{
  AcAttendee who = attendee (session, lesson);

  self->n_sent++;
  ac_attendance_join_at (self->store.store, &who, &self->now, answered, self);
}

static inline void
send_beats (Classroom *self, gint64 session, gint64 lesson, const AcBeat *beats,
            guint n_beats)
{
  AcAttendee who = attendee (session, lesson);

  self->n_sent++;
  ac_attendance_submit_at (self->store.store, &who, beats, n_beats, &self->media,
                           &self->now, answered, self);
}

static inline AcBeat
beat (gint64 seq, gint64 from_ms, gint64 to_ms)
{
  return (AcBeat){ seq, from_ms, to_ms, 1000, TRUE, TRUE, AC_BEAT_VIDEO };
}

/* Plays [@from_ms, @to_ms) with a beat each 10 s of time; advances the clock. */
static inline void
play (Classroom *self, gint64 session, gint64 lesson, gint64 *seq, gint64 from_ms,
      gint64 to_ms, gint rate_permille)
{
  while (from_ms < to_ms) {
    gint64 next_ms = MIN (from_ms + 10 * rate_permille, to_ms);
    AcBeat one = beat (++*seq, from_ms, next_ms);

    one.rate_permille = rate_permille;
    pass (self, (next_ms - from_ms) * 1000 / rate_permille);
    send_beats (self, session, lesson, &one, 1);
    from_ms = next_ms;
  }
}

/* The figures of member @member, three times over: the row, the row computed again from
 * the beats, and the intervals. */
static inline void
assert_attendance (Classroom *self, gint64 lesson, gint64 member, gint64 accepted_ms,
                   gint64 earned_ms)
{
  AcStore *store = self->store.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcIntervalSet) covered = NULL;
  AcAttendance row, again;

  settle (self);
  g_assert_true (ac_attendance_get (store, lesson, member, &row, &error));
  g_assert_true (ac_attendance_recompute (store, lesson, member, self->creditable,
                                          &again, &error));
  covered = ac_attendance_union (store, lesson, member, &error);
  g_assert_no_error (error);
  g_assert_cmpint (row.accepted_ms, ==, accepted_ms);
  g_assert_cmpint (row.earned_ms, ==, earned_ms);
  g_assert_cmpint (again.accepted_ms, ==, accepted_ms);
  g_assert_cmpint (again.earned_ms, ==, earned_ms);
  g_assert_cmpint (ac_interval_set_measure_both (covered, self->creditable), ==,
                   accepted_ms);
}
