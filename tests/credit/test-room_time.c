/* Rooms: what a screen showed, who was before it, and what of that is in the ledger. */
#include "settling_fixture.h"

#include "absence.h"
#include "policy.h"
#include "room_time.h"
#include "study_record.h"

/* --- Screens and sign-in --- */

static void
room_set_up (Classroom *self, gconstpointer unused)
{
  classroom_set_up (self, NULL);
  write_sql (self->store.store,
             "INSERT INTO branches (id, parent, name, created_ms) VALUES (1, NULL, "
             "'a', 0); ");
  write_sql (self->store.store, "INSERT INTO sites (id, branch, name, created_ms) "
                                "VALUES (1, 1, 'hall', 0), (2, 1, 'barn', 0)");
  write_sql (self->store.store,
             "INSERT INTO screens (id, site, name, token_hash, paired_ms, "
             "last_seen_ms) VALUES (1, 1, '', x'01', 0, 0), (2, 1, '', x'02', 0, 0), "
             "(3, 2, '', x'03', 0, 0)");
  write_sql (self->store.store,
             "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000");
}

static AcAttendee
screen (gint64 id, gint64 lesson)
{
  return (AcAttendee){
    .lesson = lesson, .session = -id, .client = 7, .screen = id, .site = id == 3 ? 2 : 1
  };
}

static void
screen_join (Classroom *self, gint64 id, gint64 lesson)
{
  AcAttendee who = screen (id, lesson);

  self->n_sent++;
  ac_attendance_join_at (self->store.store, &who, &self->now, answered, self);
}

static void
screen_send (Classroom *self, gint64 id, gint64 lesson, const AcBeat *beats,
             guint n_beats)
{
  AcAttendee who = screen (id, lesson);

  self->n_sent++;
  ac_attendance_submit_at (self->store.store, &who, beats, n_beats, &self->media,
                           &self->now, answered, self);
}

static AcBeat
shown (gint64 seq, gint64 from_ms, gint64 to_ms)
{
  AcBeat one = beat (seq, from_ms, to_ms);

  one.mode = AC_BEAT_ROOM;
  return one;
}

/* Shows [@from_ms, @to_ms) with a beat each 10 s of time; advances the clock. */
static void
show (Classroom *self, gint64 id, gint64 lesson, gint64 *seq, gint64 from_ms,
      gint64 to_ms, gint rate_permille)
{
  while (from_ms < to_ms) {
    gint64 next_ms = MIN (from_ms + 10 * rate_permille, to_ms);
    AcBeat one = shown (++*seq, from_ms, next_ms);

    one.rate_permille = rate_permille;
    pass (self, (next_ms - from_ms) * 1000 / rate_permille);
    screen_send (self, id, lesson, &one, 1);
    from_ms = next_ms;
  }
}

typedef struct {
  gint64 lesson;                      /* 0: 1 */
  gint64 site, member, in_ms, out_ms; /* out_ms 0: still there */
  gint64 in_wall_ms;
  gboolean late, approved;
  gint64 wall_ms;
  guint answered;
} StayJob;

static gboolean
add_stay (AcStore *store, gpointer data, GError **error)
{
  StayJob *stay = data;

  return ac_store_run (store, error,
                       "INSERT INTO room_stays (lesson, site, member, way, in_ms, "
                       "  out_ms, in_wall_ms, steward, late, approved_by, approved_ms) "
                       "VALUES (?, ?, ?, 'roster', ?, ?, ?, 2, ?, ?, ?)",
                       "iiiinidnn", MAX (stay->lesson, 1), stay->site, stay->member,
                       stay->in_ms, stay->out_ms, stay->in_wall_ms, (gint)stay->late,
                       (gint64)(stay->approved ? 2 : 0),
                       (gint64)(stay->approved ? 9 : 0)) &&
         ac_room_time_changed (store, MAX (stay->lesson, 1), stay->member,
                               stay->wall_ms, error);
}

static void
stay_added (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((StayJob *)data)->answered++;
}

static void
stays (Classroom *self, StayJob stay)
{
  settle (self);
  stay.wall_ms = self->now.wall_ms;
  ac_store_write (self->store.store, add_stay, &stay, NULL, stay_added, NULL);
  await (&stay.answered, 1);
}

/* --- What must hold --- */

/* @what: a kind, a study; NULL: all */
static gint64
ledger_ms (Classroom *self, gint64 member, const gchar *what)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store.store,
                        "SELECT ifnull (sum (earned_ms), 0) FROM ledger "
                        "WHERE member = ?1 AND (?2 IS NULL OR ?2 IN (kind, study))",
                        NULL);

  ac_statement_bind (statement, "it", member, what);
  g_assert_cmpint (ac_store_step (self->store.store, statement, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

/* Of lesson 1, in the ledger: what @member has, and how much of it is covered. */
static void
assert_record (Classroom *self, gint64 member, gint64 group_ms, gint64 self_ms,
               gint64 covered_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcRecord) record =
      ac_record_of_lesson (self->store.store, member, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (record->group_ms, ==, group_ms);
  g_assert_cmpint (record->self_ms, ==, self_ms);
  g_assert_cmpint (record->covered_ms, ==, covered_ms);
  assert_ledger_sound (self);
}

/* The vector: the screen on [0, 5400], a member in from 600 to the end. */
static void
test_from_ten_minutes_on (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  screen_join (self, 1, 1);
  show (self, 1, 1, &seq, 0, 600 * S, 1000);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 600 * S });
  show (self, 1, 1, &seq, 600 * S, 5400 * S, 1000);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 1);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 4800 * S);
  g_assert_cmpint (ac_policy_credit (&ac_policy_default, 4800 * S), ==, 1500);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE "
                                 "media = '600000-5400000' AND study = 'group'"),
                   ==, 1);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 0); /* once */
  g_assert_cmpint (
      query_number (self->store.store, "SELECT count (*) FROM room_intervals"), ==, 1);
  assert_ledger_sound (self);
}

/* The vector: phone [0, 2000] and room [1000, 3000] of one person, in either order. */
static void
phone_and_room (Classroom *self, gboolean room_first)
{
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  join (self, 1, 1);
  if (room_first) {
    stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 1000 * S });
    show (self, 1, 1, &seq, 1000 * S, 3000 * S, 1000);
    g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 1);
    play (self, 1, 1, &phone, 0, 2000 * S, 1000);
    g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 2); /* one takes back */
  } else {
    play (self, 1, 1, &phone, 0, 2000 * S, 1000);
    stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 1000 * S });
    show (self, 1, 1, &seq, 1000 * S, 3000 * S, 1000);
    g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 2);
  }
  g_assert_cmpint (ledger_ms (self, 1, "AUTO"), ==, 2000 * S);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 1000 * S);
  g_assert_cmpint (ledger_ms (self, 1, NULL), ==, 3000 * S);
  assert_ledger_sound (self);
}

static void
test_phone_then_room (Classroom *self, gconstpointer unused)
{
  phone_and_room (self, FALSE);
}

static void
test_room_then_phone (Classroom *self, gconstpointer unused)
{
  phone_and_room (self, TRUE);
}

static void
end_lesson (Classroom *self)
{
  settle (self);
  write_sql (self->store.store, "UPDATE lessons SET state = 'ended', ended_ms = 0");
}

/* Who was there and watches it again at home keeps what they had by being there. */
static void
test_room_then_replay (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  show (self, 1, 1, &seq, 0, 5400 * S, 1000);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 1);
  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &phone, 0, 1800 * S, 1000);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 2); /* one takes back */
  g_assert_cmpint (ledger_ms (self, 1, "group"), ==, 5400 * S);
  g_assert_cmpint (ledger_ms (self, 1, "self"), ==, 0);
  assert_ledger_sound (self);
  g_assert_cmpuint (settle_ledger (self, 1, 0), ==, 0);
}

typedef struct {
  AcAbsence absence;
  const AcArrival *now;
  guint answered;
} AbsenceJob;

static gboolean
take_absence (AcStore *store, gpointer data, GError **error)
{
  AbsenceJob *job = data;

  return ac_absence_take (store, &job->absence, job->now, error);
}

static void
absence_taken (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((AbsenceJob *)data)->answered++;
}

/* A prompt was missed in the replay: that takes what the phone had, not what the room
 * has of the same. */
static void
test_missed_in_the_replay (Classroom *self, gconstpointer unused)
{
  AbsenceJob job = { { 1, 1, 1, self->creditable }, &self->now, 0 };
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0, .out_ms = 3600 * S });
  show (self, 1, 1, &seq, 0, 5400 * S, 1000);
  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &phone, 1800 * S, 4800 * S, 1000);
  settle_ledger (self, 1, 0);
  assert_record (self, 1, 3600 * S, 1200 * S, 4800 * S);
  write_sql (self->store.store,
             "INSERT INTO prompts (id, lesson, member, boot, sent_ms, sent_clock_ms, "
             "limit_ms, shown_ms, shown_clock_ms, closed_ms, missed) "
             "VALUES (1, 1, 1, 'boot', 0, 0, 0, 0, 0, 0, 1)");
  ac_store_write (self->store.store, take_absence, &job, NULL, absence_taken, NULL);
  await (&job.answered, 1);
  settle_ledger (self, 1, 0);
  assert_record (self, 1, 3600 * S, 0, 3600 * S);
}

static void
change_stay (Classroom *self, const gchar *change)
{
  write_sql (self->store.store, change);
  write_sql (self->store.store, "UPDATE room_attendance SET changed = changed + 1");
  settle_ledger (self, 1, 0);
}

/* Coverage follows a stay that is changed later, down and up again. */
static void
test_changed_stay (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  stays (self, (StayJob){ .site = 1, .member = 2, .late = TRUE, .approved = TRUE });
  show (self, 1, 1, &seq, 0, 5400 * S, 1000);
  settle_ledger (self, 1, 0);
  assert_record (self, 1, 5400 * S, 0, 5400 * S);
  assert_record (self, 2, 5400 * S, 0, 5400 * S);
  change_stay (self, "UPDATE room_stays SET in_ms = 600000, out_ms = 2700000");
  assert_record (self, 1, 2100 * S, 0, 2100 * S);
  assert_record (self, 2, 2100 * S, 0, 2100 * S);
  change_stay (self, "UPDATE room_stays SET in_ms = 0, out_ms = 1800000");
  assert_record (self, 1, 1800 * S, 0, 1800 * S);
  change_stay (self, "UPDATE room_stays SET out_ms = 5400000");
  assert_record (self, 1, 5400 * S, 0, 5400 * S);
  change_stay (self, "DELETE FROM room_stays");
  assert_record (self, 1, 0, 0, 0);
  assert_record (self, 2, 0, 0, 0);
}

/* Where a room played faster its media stand for less time than their length. */
static void
test_changed_stay_of_a_faster_room (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .out_ms = 2700 * S });
  show (self, 1, 1, &seq, 0, 2700 * S, 1000);
  show (self, 1, 1, &seq, 2700 * S, 5400 * S, 1500);
  settle_ledger (self, 1, 0);
  assert_record (self, 1, 2700 * S, 0, 2700 * S);
  change_stay (self, "UPDATE room_stays SET in_ms = 2700000, out_ms = 5400000");
  assert_record (self, 1, 1800 * S, 0, 2700 * S);
  change_stay (self, "UPDATE room_stays SET in_ms = 2400000, out_ms = 4200000");
  assert_record (self, 1, 1300 * S, 0, 1800 * S);
}

/* The replay was settled before the stay was told; of what it has beyond the stay
 * nothing is taken, nor of what the phone had played live. */
static void
test_replay_then_room (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  join (self, 1, 1);
  play (self, 1, 1, &phone, 0, 600 * S, 1000);
  show (self, 1, 1, &seq, 0, 2400 * S, 1000);
  end_lesson (self);
  play (self, 1, 1, &phone, 600 * S, 3600 * S, 1500);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "group"), ==, 600 * S);
  g_assert_cmpint (ledger_ms (self, 1, "self"), ==, 2000 * S);
  stays (self,
         (StayJob){ .site = 1, .member = 1, .in_ms = 300 * S, .out_ms = 2100 * S });
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "group"), ==, 2100 * S);
  g_assert_cmpint (ledger_ms (self, 1, "self"), ==, 1000 * S);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 500 * S);
  assert_ledger_sound (self);
}

/* A room that took less time for it takes no more than that from self study. */
static void
test_replay_and_faster_room (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  show (self, 1, 1, &seq, 0, 1800 * S, 1500);
  end_lesson (self);
  join (self, 1, 1);
  play (self, 1, 1, &phone, 0, 1800 * S, 1000);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "group"), ==, 1200 * S);
  g_assert_cmpint (ledger_ms (self, 1, "self"), ==, 600 * S);
  assert_ledger_sound (self);
}

static void
test_break (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  write_sql (self->store.store,
             "UPDATE lessons SET creditable = '0-2400000,3000000-5400000'");
  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  show (self, 1, 1, &seq, 0, 5400 * S, 1000);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 4800 * S);
  assert_ledger_sound (self);
}

/* Ten minutes without a line: what the screen kept counts when it is told later, as far
 * as time has passed, and is marked. */
static void
test_line_cut_for_ten_minutes (Classroom *self, gconstpointer unused)
{
  AcBeat kept[60];
  gint64 seq = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0, .out_ms = 3000 * S });
  show (self, 1, 1, &seq, 0, 1200 * S, 1000);
  pass (self, 600 * S);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    kept[i] = shown (++seq, (1200 + 10 * i) * S, (1210 + 10 * i) * S);
  screen_send (self, 1, 1, kept, G_N_ELEMENTS (kept));
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 1800 * S);
  screen_send (self, 1, 1, kept, G_N_ELEMENTS (kept)); /* the answer was lost */
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 1800 * S);
  g_assert_cmpint (self->last_seq, ==, 180);
  show (self, 1, 1, &seq, 1800 * S, 3600 * S, 1000);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 3000 * S);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT start_ms * 10000 + end_ms FROM room_intervals "
                                 "WHERE late = 1"),
                   ==, 1200 * S * 10000 + 1800 * S);
  assert_ledger_sound (self);
}

/* A screen that says what it cannot have shown. */
static void
test_claims_ten_minutes (Classroom *self, gconstpointer unused)
{
  AcBeat lie = shown (1, 0, 600 * S);

  self->media.live = TRUE;
  self->media.edge_ms = 600 * S;
  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  pass (self, 20 * S);
  screen_send (self, 1, 1, &lie, 1);
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 23 * S);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 20 * S);
  assert_ledger_sound (self);
}

/* A recording shown at 1.5 x earns the time that it took, also to who came later. */
static void
test_faster (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  stays (self, (StayJob){ .site = 1, .member = 2, .in_ms = 1500 * S });
  show (self, 1, 1, &seq, 0, 3000 * S, 1500);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 2000 * S);
  g_assert_cmpint (ledger_ms (self, 2, "STEWARD"), ==, 1000 * S);
  assert_ledger_sound (self);
}

/* Two screens of a room are one, two rooms of a lesson are a union. */
static void
test_screens_and_rooms (Classroom *self, gconstpointer unused)
{
  gint64 seq[3] = { 0 };

  for (gint64 id = 1; id <= 3; id++)
    screen_join (self, id, 1);
  stays (self,
         (StayJob){ .site = 1, .member = 1, .in_ms = 100 * S, .out_ms = 500 * S });
  stays (self,
         (StayJob){ .site = 2, .member = 1, .in_ms = 400 * S, .out_ms = 900 * S });
  for (gint64 at_ms = 0; at_ms < 1000 * S; at_ms += 10 * S) {
    AcBeat second = shown (++seq[1], at_ms, at_ms + 10 * S);
    AcBeat third = shown (++seq[2], at_ms, at_ms + 10 * S);

    show (self, 1, 1, &seq[0], at_ms, at_ms + 10 * S, 1000);
    screen_send (self, 2, 1, &second, 1);
    screen_send (self, 3, 1, &third, 1);
  }
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 800 * S);
  assert_ledger_sound (self);
}

static void
test_two_lessons_on_one_screen (Classroom *self, gconstpointer unused)
{
  gint64 first = 0, second = 0;

  screen_join (self, 1, 1);
  pass (self, 1);
  screen_join (self, 1, 2);
  for (gint64 at_ms = 0; at_ms < 300 * S; at_ms += 10 * S) {
    AcBeat one = shown (++second, at_ms, at_ms + 10 * S);

    show (self, 1, 1, &first, at_ms, at_ms + 10 * S, 1000);
    screen_send (self, 1, 2, &one, 1);
  }
  settle (self);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM room_intervals "
                                 "WHERE lesson = 2"),
                   ==, 0);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT sum (end_ms - start_ms) FROM room_intervals"),
                   ==, 300 * S);
}

/* In a room before one lesson, with a phone that plays another: the first one counts.
 */
static void
test_room_and_another_lesson (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, phone = 0, earlier = 0;

  screen_join (self, 1, 1);
  join (self, 3, 2); /* member 2 has opened it before they sign in */
  pass (self, 1000);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_wall_ms = self->now.wall_ms });
  stays (self, (StayJob){ .site = 1, .member = 2, .in_wall_ms = self->now.wall_ms });
  pass (self, 1000);
  join (self, 1, 2);
  for (gint64 at_ms = 0; at_ms < 300 * S; at_ms += 10 * S) {
    AcBeat one = beat (++phone, at_ms, at_ms + 10 * S);
    AcBeat other = beat (++earlier, at_ms, at_ms + 10 * S);

    show (self, 1, 1, &seq, at_ms, at_ms + 10 * S, 1000);
    send_beats (self, 1, 2, &one, 1);
    send_beats (self, 3, 2, &other, 1);
  }
  assert_attendance (self, 2, 1, 0, 0);
  assert_attendance (self, 2, 2, 300 * S, 300 * S);
  g_assert_cmpint (query_number (self->store.store, "SELECT count (*) FROM beats "
                                                    "WHERE member = 1 AND flags & 32"),
                   ==, 30); /* stored, and flagged */
}

/* --- One lesson at a time --- */

static gint64
of_lesson_ms (Classroom *self, gint64 member, gint64 lesson)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store.store,
                        "SELECT ifnull (sum (earned_ms), 0) FROM ledger "
                        "WHERE member = ? AND lesson = ?",
                        NULL);

  ac_statement_bind (statement, "ii", member, lesson);
  g_assert_cmpint (ac_store_step (self->store.store, statement, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

/* Settles all, until nothing is left to be said. */
static void
settle_all (Classroom *self)
{
  for (guint i = 0; settle_ledger (self, 0, 0) > 0; i++)
    g_assert_cmpuint (i, <, 4);
  assert_ledger_sound (self);
}

static void
assert_two_lessons (Classroom *self, gint64 member, gint64 lesson, gint64 media_ms)
{
  g_autoptr (AcRecord) record =
      ac_record_of_lesson (self->store.store, member, lesson, NULL);

  for (guint i = 0; i < record->reasons->len; i++) {
    const AcRecordReason *reason = &g_array_index (record->reasons, AcRecordReason, i);

    if (g_str_equal (reason->name, "two-lessons")) {
      g_assert_cmpint (reason->media_ms, ==, media_ms);
      return;
    }
  }
  g_assert_cmpint (media_ms, ==, 0);
}

/* A phone plays one lesson; then its member is signed in before another one: the first
 * counts while it plays, then the room. */
static void
test_phone_first (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  join (self, 3, 2);
  pass (self, 1000);
  stays (self, (StayJob){ .site = 1, .member = 2, .in_wall_ms = self->now.wall_ms });
  for (gint64 at_ms = 0; at_ms < 600 * S; at_ms += 10 * S) {
    AcBeat one = beat (++phone, at_ms, at_ms + 10 * S);

    show (self, 1, 1, &seq, at_ms, at_ms + 10 * S, 1000);
    if (at_ms < 300 * S)
      send_beats (self, 3, 2, &one, 1);
  }
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 2, 2), ==, 300 * S);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, 300 * S);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE lesson = 1 "
                                 "AND media = '300000-600000'"),
                   ==, 1);
  assert_two_lessons (self, 2, 1, 300 * S);
  assert_two_lessons (self, 2, 2, 0);
}

/* The phone had no line: what it tells when the room is in the ledger is taken back
 * there. */
static void
test_phone_first_and_late (Classroom *self, gconstpointer unused)
{
  AcBeat kept[30];
  gint64 seq = 0;

  screen_join (self, 1, 1);
  join (self, 3, 2);
  pass (self, 1000);
  stays (self, (StayJob){ .site = 1, .member = 2, .in_wall_ms = self->now.wall_ms });
  show (self, 1, 1, &seq, 0, 600 * S, 1000);
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, 600 * S);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    kept[i] = beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
  send_beats (self, 3, 2, kept, G_N_ELEMENTS (kept));
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 2, 2), ==, 300 * S);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, 300 * S);
}

/* The room goes back a little and on: while that is shown, the phone plays. Only what
 * is new of it was shown then. */
static void
test_shown_again (Classroom *self, gconstpointer unused)
{
  const AcBeat again = shown (61, 590 * S, 610 * S);
  const AcBeat played[] = { beat (1, 0, 10 * S), beat (2, 10 * S, 20 * S) };
  gint64 seq = 0;

  screen_join (self, 1, 1);
  join (self, 3, 2);
  pass (self, 1000);
  stays (self, (StayJob){ .site = 1, .member = 2, .in_wall_ms = self->now.wall_ms });
  show (self, 1, 1, &seq, 0, 600 * S, 1000);
  pass (self, 10 * S);
  send_beats (self, 3, 2, &played[0], 1);
  pass (self, 10 * S);
  send_beats (self, 3, 2, &played[1], 1);
  screen_send (self, 1, 1, &again, 1);
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 2, 2), ==, 20 * S);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, 600 * S);
}

/* Signed in before two lessons: the first one counts until its stay ends. */
static void
test_two_rooms (Classroom *self, gconstpointer unused)
{
  const gint64 now_ms = self->now.wall_ms;
  gint64 first = 0, second = 0;

  screen_join (self, 1, 1);
  screen_join (self, 3, 2);
  stays (self, (StayJob){ .lesson = 2, .site = 2, .member = 1, .in_wall_ms = now_ms });
  stays (self, (StayJob){ .site = 1, .member = 1, .in_wall_ms = now_ms - 1 });
  stays (self, (StayJob){ .site = 1, .member = 2, .in_wall_ms = now_ms });
  for (gint64 at_ms = 0; at_ms < 300 * S; at_ms += 10 * S) {
    AcBeat one = shown (++second, at_ms, at_ms + 10 * S);

    show (self, 1, 1, &first, at_ms, at_ms + 10 * S, 1000);
    screen_send (self, 3, 2, &one, 1);
  }
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 1, 1), ==, 300 * S);
  g_assert_cmpint (of_lesson_ms (self, 1, 2), ==, 0);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, 300 * S);
  assert_two_lessons (self, 1, 2, 300 * S);
  change_stay (self, "UPDATE room_stays SET out_ms = 100000 "
                     "WHERE lesson = 1 AND member = 1");
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 1, 1), ==, 100 * S);
  g_assert_cmpint (of_lesson_ms (self, 1, 2), ==, 200 * S);
  /* A log says later that they had been there before: what was signed counts. */
  stays (self, (StayJob){ .site = 1, .member = 1, .late = TRUE, .approved = TRUE });
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 1, 1), ==, 100 * S);
  g_assert_cmpint (of_lesson_ms (self, 1, 2), ==, 200 * S);
}

/* A phone and a room, each for an hour: the room from @room_ms after the phone on, and
 * the wall clock goes back by @back_ms at @at_ms. */
typedef struct {
  gint64 room_ms, at_ms, back_ms;
} Step;

#define HOUR_MS (3600 * S)

static void
play_through (Classroom *self, const Step *step)
{
  gint64 seq = 0, phone = 0;

  join (self, 3, 2);
  pass (self, 1000);
  for (gint64 at_ms = 0; at_ms < step->room_ms + HOUR_MS; at_ms += 10 * S) {
    AcBeat one = beat (phone + 1, at_ms, at_ms + 10 * S);
    AcBeat other = shown (seq + 1, seq * 10 * S, (seq + 1) * 10 * S);

    if (at_ms == step->room_ms) {
      screen_join (self, 1, 1);
      stays (self,
             (StayJob){ .site = 1, .member = 2, .in_wall_ms = self->now.wall_ms });
    }
    if (at_ms == step->at_ms)
      self->now.wall_ms -= step->back_ms;
    pass (self, 10 * S);
    if (at_ms < HOUR_MS) {
      send_beats (self, 3, 2, &one, 1);
      phone++;
    }
    if (at_ms >= step->room_ms) {
      screen_send (self, 1, 1, &other, 1);
      seq++;
    }
  }
}

/* The wall clock is set back in the middle of it: nobody has the hour twice, whichever
 * of the two is in the ledger first. */
static void
test_clock_set_back (Classroom *self, gconstpointer data)
{
  const Step *step = data;

  play_through (self, step);
  settle_ledger (self, 1, 0);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, HOUR_MS);
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 2, 2), ==, HOUR_MS);
  g_assert_cmpint (of_lesson_ms (self, 2, 1), ==, step->room_ms);
}

/* Likewise of two rooms. */
static void
test_rooms_and_clock_set_back (Classroom *self, gconstpointer unused)
{
  const gint64 now_ms = self->now.wall_ms;
  gint64 first = 0, second = 0;

  screen_join (self, 1, 1);
  screen_join (self, 3, 2);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_wall_ms = now_ms - 1 });
  stays (self, (StayJob){ .lesson = 2, .site = 2, .member = 1, .in_wall_ms = now_ms });
  for (gint64 at_ms = 0; at_ms < HOUR_MS; at_ms += 10 * S) {
    AcBeat one = shown (++second, at_ms, at_ms + 10 * S);

    if (at_ms == HOUR_MS / 2)
      self->now.wall_ms -= HOUR_MS;
    show (self, 1, 1, &first, at_ms, at_ms + 10 * S, 1000);
    screen_send (self, 3, 2, &one, 1);
  }
  settle_all (self);
  g_assert_cmpint (of_lesson_ms (self, 1, 1), ==, HOUR_MS);
  g_assert_cmpint (of_lesson_ms (self, 1, 2), ==, 0);
}

/* Two lessons on a phone and in two rooms, all at once and each with breaks: no member
 * has more time than passed. */
static void
test_never_more_than_time (Classroom *self, gconstpointer unused)
{
  gint64 seqs[4] = { 0 }, at_ms[4] = { 0 };
  const gint64 start_ms = self->now.wall_ms;

  screen_join (self, 1, 1);
  screen_join (self, 3, 2);
  join (self, 1, 1);
  pass (self, g_test_rand_int_range (0, 2000));
  join (self, 1, 2);
  for (guint i = 0; i < 180; i++) {
    if (i == 30 || i == 60)
      stays (self, (StayJob){ .lesson = i / 30,
                              .site = i / 30,
                              .member = 1,
                              .in_wall_ms = self->now.wall_ms });
    pass (self, g_test_rand_int_range (9900, 11000));
    for (guint who = 0; who < 4; who++) {
      AcBeat one = beat (++seqs[who], at_ms[who], at_ms[who] + 10 * S);

      if (g_test_rand_int_range (0, 12) == 0)
        continue;
      at_ms[who] += 10 * S;
      if (who < 2)
        send_beats (self, 1, who + 1, &one, 1);
      else
        screen_send (self, who == 2 ? 1 : 3, who - 1, &one, 1);
    }
  }
  settle_all (self);
  g_assert_cmpint (ledger_ms (self, 1, NULL), >, 0);
  g_assert_cmpint (ledger_ms (self, 1, NULL), <=, self->now.wall_ms - start_ms);
}

/* What is approved later covers only what nothing else did. */
static void
test_approved_later (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0, .out_ms = 300 * S });
  show (self, 1, 1, &seq, 0, 900 * S, 1000);
  stays (self, (StayJob){ .site = 1, .member = 1, .out_ms = 600 * S, .late = TRUE });
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, NULL), ==, 300 * S); /* nobody approved */
  stays (self, (StayJob){ .site = 1,
                          .member = 1,
                          .in_ms = 200 * S,
                          .out_ms = 700 * S,
                          .late = TRUE,
                          .approved = TRUE });
  settle_ledger (self, 1, 0);
  g_assert_cmpint (ledger_ms (self, 1, "STEWARD"), ==, 300 * S);
  g_assert_cmpint (ledger_ms (self, 1, "LATE"), ==, 400 * S);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT approver FROM ledger WHERE kind = 'LATE'"),
                   ==, 2);
  assert_ledger_sound (self);
}

/* --- Any order --- */

/* What must be there, all at 1 x. */
typedef struct {
  AcIntervalSet *group, *self; /* first covered in */
  AcInterval stay;
} Expected;

static void
play_somewhere (Classroom *self, gint64 *seq, AcIntervalSet *first,
                const AcIntervalSet *other)
{
  g_autoptr (AcIntervalSet) played = ac_interval_set_new ();
  gint64 from_ms = g_test_rand_int_range (0, 500) * 10 * S;
  gint64 to_ms = from_ms + g_test_rand_int_range (1, 40) * 10 * S;

  play (self, 1, 1, seq, from_ms, to_ms, 1000);
  ac_interval_set_add (played, from_ms, to_ms);
  ac_interval_set_remove_set (played, other);
  ac_interval_set_add_set (first, played);
}

static void
move_stay (Classroom *self, AcInterval *stay)
{
  stay->start_ms = g_test_rand_int_range (0, 300) * 10 * S;
  stay->end_ms = stay->start_ms + g_test_rand_int_range (1, 240) * 10 * S;
  settle (self);
  write_sql (self->store.store, "DELETE FROM room_stays");
  stays (self,
         (StayJob){
             .site = 1, .member = 1, .in_ms = stay->start_ms, .out_ms = stay->end_ms });
}

static void
assert_expected (Classroom *self, const Expected *expected)
{
  g_autoptr (AcIntervalSet) group = ac_interval_set_copy (expected->group);
  g_autoptr (AcIntervalSet) by_self = ac_interval_set_copy (expected->self);

  settle_ledger (self, 1, 0);
  ac_interval_set_add (group, expected->stay.start_ms, expected->stay.end_ms);
  ac_interval_set_remove_set (by_self, group);
  assert_record (self, 1, ac_interval_set_measure (group),
                 ac_interval_set_measure (by_self),
                 ac_interval_set_measure (group) + ac_interval_set_measure (by_self));
}

/* Whatever comes first, group study is the union of phone and room, and self study what
 * neither has. */
static void
test_any_order (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcIntervalSet) group = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) by_self = ac_interval_set_new ();
  Expected expected = { group, by_self, { 0, 0 } };
  gint64 seq = 0, phone = 0;

  screen_join (self, 1, 1);
  show (self, 1, 1, &seq, 0, LENGTH_MS, 1000);
  join (self, 1, 1);
  for (guint step = 0; step < 24; step++) {
    if (step == 8)
      end_lesson (self);
    if (g_test_rand_int_range (0, 3) == 0)
      move_stay (self, &expected.stay);
    else if (step < 8)
      play_somewhere (self, &phone, group, by_self);
    else
      play_somewhere (self, &phone, by_self, group);
    if (g_test_rand_int_range (0, 2) == 0)
      assert_expected (self, &expected);
  }
  move_stay (self, &expected.stay);
  assert_expected (self, &expected);
}

/* A stay or a room that is changed behind the ledger's back is found. */
static void
test_changed_evidence_is_found (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;
  g_autoptr (GError) error = NULL;
  AcLedgerRecount recount;

  screen_join (self, 1, 1);
  stays (self, (StayJob){ .site = 1, .member = 1, .in_ms = 0 });
  show (self, 1, 1, &seq, 0, 900 * S, 1000);
  settle_ledger (self, 1, 0);
  assert_ledger_sound (self);
  write_sql (self->store.store, "UPDATE room_stays SET in_ms = 1000");
  g_assert_true (ac_ledger_recount (self->store.store, 1, &recount, &error));
  g_assert_cmpint (recount.n_different, ==, 1);
  g_assert_cmpint (recount.first.recomputed_ms, ==, 899 * S);
  write_sql (self->store.store, "UPDATE room_stays SET in_ms = 0");
  write_sql (self->store.store,
             "UPDATE room_intervals SET start_ms = 500, earned_ms = 899500");
  g_assert_true (ac_ledger_recount (self->store.store, 1, &recount, &error));
  g_assert_cmpstr (recount.first.what, ==,
                   "what a room was shown is not what its beats give");
}

#define ADD(name, function)                                                            \
  g_test_add ("/room-time/" name, Classroom, NULL, room_set_up, function,              \
              classroom_tear_down)

static const Step set_back_by_an_hour = { 0, HOUR_MS / 2, HOUR_MS + S };
static const Step set_back_by_less = { HOUR_MS / 2, HOUR_MS * 3 / 4, HOUR_MS * 2 / 3 };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("from-ten-minutes-on", test_from_ten_minutes_on);
  ADD ("phone-then-room", test_phone_then_room);
  ADD ("room-then-phone", test_room_then_phone);
  ADD ("room-then-replay", test_room_then_replay);
  ADD ("missed-in-the-replay", test_missed_in_the_replay);
  ADD ("changed-stay", test_changed_stay);
  ADD ("changed-stay-of-a-faster-room", test_changed_stay_of_a_faster_room);
  ADD ("replay-then-room", test_replay_then_room);
  ADD ("replay-and-faster-room", test_replay_and_faster_room);
  ADD ("break", test_break);
  ADD ("line-cut-for-ten-minutes", test_line_cut_for_ten_minutes);
  ADD ("claims-ten-minutes", test_claims_ten_minutes);
  ADD ("faster", test_faster);
  ADD ("screens-and-rooms", test_screens_and_rooms);
  ADD ("two-lessons-on-one-screen", test_two_lessons_on_one_screen);
  ADD ("room-and-another-lesson", test_room_and_another_lesson);
  ADD ("phone-first", test_phone_first);
  ADD ("phone-first-and-late", test_phone_first_and_late);
  ADD ("shown-again", test_shown_again);
  ADD ("two-rooms", test_two_rooms);
  g_test_add ("/room-time/clock-set-back", Classroom, &set_back_by_an_hour, room_set_up,
              test_clock_set_back, classroom_tear_down);
  g_test_add ("/room-time/clock-set-back-by-less", Classroom, &set_back_by_less,
              room_set_up, test_clock_set_back, classroom_tear_down);
  ADD ("rooms-and-clock-set-back", test_rooms_and_clock_set_back);
  ADD ("never-more-than-time", test_never_more_than_time);
  ADD ("approved-later", test_approved_later);
  ADD ("any-order", test_any_order);
  ADD ("changed-evidence-is-found", test_changed_evidence_is_found);
  return g_test_run ();
}
