#include "classroom_fixture.h"

#include "clock.h"
#include "evidence.h"

static gint64
count (Classroom *self, const gchar *sql)
{
  settle (self);
  return query_number (self->store.store, sql);
}

static void
test_join (Classroom *self, gconstpointer unused)
{
  join (self, 1, 1);
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 0);
  g_assert_cmpint (self->last_seq, ==, 0);
  g_assert_cmpint (count (self, "SELECT opened_ms FROM presence"), ==, START_MS);
  g_assert_cmpint (count (self, "SELECT count(*) FROM attendance"), ==, 0);
}

/* A page that comes back goes on where it was, and its queue is not cut. */
static void
test_rejoin_keeps_the_time (Classroom *self, gconstpointer unused)
{
  AcBeat queued[30];
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 100 * S, 1000);
  pass (self, 300 * S);
  join (self, 1, 1);
  settle (self);
  g_assert_cmpint (self->last_seq, ==, 10);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 100 * S);
  for (gint64 i = 0; i < 30; i++)
    queued[i] = beat (++seq, (100 + i * 10) * S, (110 + i * 10) * S);
  send_beats (self, 1, 1, queued, G_N_ELEMENTS (queued));
  assert_attendance (self, 1, 1, 400 * S, 400 * S);
}

static void
test_beats_without_a_join (Classroom *self, gconstpointer unused)
{
  AcBeat one = beat (1, 0, 10 * S);

  send_beats (self, 1, 1, &one, 1);
  assert_attendance (self, 1, 1, 2 * S, 0);
}

static void
test_order_inside_a_message (Classroom *self, gconstpointer unused)
{
  const AcBeat beats[] = { beat (3, 20 * S, 30 * S), beat (1, 0, 10 * S),
                           beat (1, 0, 10 * S), beat (2, 10 * S, 20 * S) };

  join (self, 1, 1);
  pass (self, 18 * S);
  self->media.live = TRUE;
  send_beats (self, 1, 1, beats, G_N_ELEMENTS (beats));
  settle (self);
  g_assert_cmpint (self->last_seq, ==, 3);
  g_assert_cmpint (count (self, "SELECT count(*) FROM beats"), ==, 3);
  g_assert_cmpint (count (self, "SELECT accepted_ms FROM beats WHERE seq = 3"), ==,
                   9 * S); /* 1.5 x 18 + 2 = 29 */
  g_assert_cmpint (count (self, "SELECT group_concat (seq, '') FROM "
                                "(SELECT seq FROM beats ORDER BY ordinal)"),
                   ==, 123);
}

static void
test_same_seq_other_content (Classroom *self, gconstpointer unused)
{
  AcBeat honest = beat (1, 0, 10 * S), other = beat (1, 1000 * S, 1010 * S);

  join (self, 1, 1);
  pass (self, 10 * S);
  send_beats (self, 1, 1, &honest, 1);
  pass (self, 10 * S);
  send_beats (self, 1, 1, &other, 1);
  assert_attendance (self, 1, 1, 10 * S, 10 * S);
  g_assert_cmpint (count (self, "SELECT max (to_ms) FROM beats"), ==, 10 * S);
  g_assert_cmpint (count (self, "SELECT last_ms FROM presence"), ==, START_MS + 10 * S);
}

static void
test_two_tabs_have_two_sequences (Classroom *self, gconstpointer unused)
{
  AcAttendee other_tab = attendee (1, 1);
  AcBeat one = beat (1, 0, 10 * S);

  other_tab.client = 5;
  join (self, 1, 1);
  pass (self, 10 * S);
  send_beats (self, 1, 1, &one, 1);
  pass (self, 10 * S);
  self->n_sent++;
  one = beat (1, 100 * S, 110 * S);
  ac_attendance_submit_at (self->store.store, &other_tab, &one, 1, &self->media,
                           &self->now, answered, self);
  assert_attendance (self, 1, 1, 20 * S, 20 * S);
}

static void
test_one_interval_row_while_it_goes_on (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 300 * S, 1000);
  g_assert_cmpint (count (self, "SELECT count(*) FROM intervals"), ==, 1);
  g_assert_cmpint (count (self, "SELECT end_ms FROM intervals"), ==, 300 * S);
  g_assert_cmpint (count (self, "SELECT earned_ms FROM intervals"), ==, 300 * S);
  pass (self, 60 * S); /* paused */
  play (self, 1, 1, &seq, 300 * S, 400 * S, 1000);
  g_assert_cmpint (count (self, "SELECT count(*) FROM intervals"), ==, 2);
  play (self, 1, 1, &seq, 0, 50 * S, 1000); /* the first one's key again */
  g_assert_cmpint (count (self, "SELECT count(*) FROM intervals"), ==, 2);
  assert_attendance (self, 1, 1, 400 * S, 400 * S);
}

typedef struct {
  gint64 from_ms, to_ms;
  guint n_calls;
} Served;

static gboolean
clip (gint64 lesson, gint64 session, gint64 *start_ms, gint64 *end_ms,
      gpointer user_data)
{
  Served *served = user_data;

  g_assert_cmpint (lesson, ==, 1);
  g_assert_cmpint (session, ==, 1);
  served->n_calls++;
  *start_ms = MAX (*start_ms, served->from_ms);
  *end_ms = MIN (*end_ms, served->to_ms);
  return *start_ms < *end_ms;
}

static void
test_what_was_not_served (Classroom *self, gconstpointer unused)
{
  Served served = { 5 * S, 25 * S };
  AcBeat beats[] = { beat (1, 0, 10 * S), beat (2, 10 * S, 20 * S),
                     beat (3, 20 * S, 30 * S), beat (4, 30 * S, 40 * S) };

  self->media.served = clip;
  self->media.served_data = &served;
  join (self, 1, 1);
  pass (self, 40 * S);
  send_beats (self, 1, 1, beats, G_N_ELEMENTS (beats));
  g_assert_cmpuint (served.n_calls, ==, 4); /* inside the call, on this thread */
  assert_attendance (self, 1, 1, 20 * S, 20 * S);
}

static void
test_second_lesson_counts_when_the_first_stops (Classroom *self, gconstpointer unused)
{
  gint64 first = 0, second = 0;

  join (self, 1, 1);
  pass (self, S);
  join (self, 1, 2);
  play (self, 1, 1, &first, 0, 20 * S, 1000);
  play (self, 1, 2, &second, 0, 20 * S, 1000); /* within 25 s of the first */
  assert_attendance (self, 2, 1, 0, 0);
  play (self, 1, 2, &second, 20 * S, 60 * S, 1000);
  assert_attendance (self, 2, 1, 40 * S, 40 * S);
  play (self, 1, 1, &first, 20 * S, 40 * S, 1000); /* the first wins again */
  assert_attendance (self, 1, 1, 40 * S, 40 * S);
  play (self, 1, 2, &second, 60 * S, 70 * S, 1000);
  assert_attendance (self, 2, 1, 40 * S, 40 * S);
}

static void
test_hidden_lesson_is_not_in_the_way (Classroom *self, gconstpointer unused)
{
  AcBeat hidden = beat (1, 0, 10 * S);
  gint64 seq = 0;

  hidden.visible = FALSE;
  join (self, 1, 1);
  pass (self, S);
  join (self, 1, 2);
  pass (self, 10 * S);
  send_beats (self, 1, 1, &hidden, 1);
  play (self, 1, 2, &seq, 0, 10 * S, 1000);
  assert_attendance (self, 2, 1, 10 * S, 10 * S);
}

static void
test_other_members_are_not_in_the_way (Classroom *self, gconstpointer unused)
{
  gint64 wang = 0, li = 0;

  join (self, 3, 1);
  pass (self, S);
  join (self, 1, 2);
  play (self, 3, 1, &li, 0, 10 * S, 1000);
  play (self, 1, 2, &wang, 0, 10 * S, 1000);
  assert_attendance (self, 2, 1, 10 * S, 10 * S);
}

/* Two devices that play different parts of a replay: one person, one time. */
static void
test_devices_share_the_time (Classroom *self, gconstpointer unused)
{
  join (self, 1, 1);
  join (self, 2, 1);
  for (gint64 i = 0; i < 60; i++) {
    AcBeat one = beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
    AcBeat other = beat (i + 1, 2000 * S + i * 10 * S, 2000 * S + (i + 1) * 10 * S);

    pass (self, 10 * S);
    send_beats (self, 1, 1, &one, 1);
    send_beats (self, 2, 1, &other, 1);
  }
  /* All of the time, and of media what the cap of a replay leaves. */
  settle (self);
  g_assert_cmpint (self->attendance.earned_ms, ==, 600 * S);
  g_assert_cmpint (self->attendance.accepted_ms, <=, 910 * S);
  assert_attendance (self, 1, 1, self->attendance.accepted_ms, 600 * S);
}

/* A lesson that is kept silent while another is watched, and told at the end. */
static void
test_lesson_told_afterwards (Classroom *self, gconstpointer unused)
{
  AcBeat told[60];
  gint64 seq = 0;

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    told[i] = beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
  join (self, 2, 2);
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  pass (self, 30 * S);
  send_beats (self, 2, 2, told, G_N_ELEMENTS (told));
  settle (self);
  g_assert_cmpint (self->attendance.earned_ms, ==, 30 * S);
  assert_attendance (self, 2, 1, 55 * S, 30 * S); /* 1.5 x 30 + 10 */
  assert_attendance (self, 1, 1, 600 * S, 600 * S);
}

/* From the phone to the computer, whose beats come 3 s later, while both play. */
static void
test_handing_over_loses_nothing (Classroom *self, gconstpointer unused)
{
  gint64 phone = 0, computer = 0;

  join (self, 1, 1);
  play (self, 1, 1, &phone, 0, 57 * S, 1000);
  join (self, 2, 1);
  play (self, 1, 1, &phone, 57 * S, 60 * S, 1000);
  for (gint64 at_s = 57; at_s < 97; at_s += 10) {
    AcBeat one = beat (++phone, (at_s + 3) * S, (at_s + 13) * S);

    pass (self, 7 * S);
    play (self, 2, 1, &computer, at_s * S, (at_s + 3) * S, 1000);
    send_beats (self, 1, 1, &one, 1);
    play (self, 2, 1, &computer, (at_s + 3) * S, (at_s + 10) * S, 1000);
    pass (self, -7 * S);
  }
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, ==, 100 * S);
}

/* The phone's queue comes while the computer plays: each has its own time. */
static void
test_queue_beside_another_device (Classroom *self, gconstpointer unused)
{
  AcBeat queue[60];
  gint64 computer = 0;

  for (guint i = 0; i < G_N_ELEMENTS (queue); i++)
    queue[i] = beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
  join (self, 1, 1);
  pass (self, 600 * S);
  join (self, 2, 1);
  play (self, 2, 1, &computer, 600 * S, 1195 * S, 1000);
  send_beats (self, 1, 1, queue, G_N_ELEMENTS (queue));
  play (self, 2, 1, &computer, 1195 * S, 1800 * S, 1000);
  assert_attendance (self, 1, 1, 1800 * S, 1800 * S);
}

static void
test_daemon_restarts (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 100 * S, 1000);
  settle (self);
  store_fixture_reopen (&self->store);
  pass (self, 5 * S);
  play (self, 1, 1, &seq, 100 * S, 200 * S, 1000);
  assert_attendance (self, 1, 1, 200 * S, 200 * S);
  g_assert_cmpint (count (self, "SELECT count(*) FROM intervals"), ==, 1);
}

/* After a boot the monotonic clock starts again; the wall clock bridges. */
static void
test_machine_boots (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;
  AcBeat lie;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 100 * S, 1000);
  pass (self, 50 * S);
  join (self, 1, 1); /* must not move the time that is bridged */
  pass (self, 10 * S);
  self->now.boot = "other";
  self->now.clock_ms = 3 * S;
  join (self, 1, 1);
  lie = beat (++seq, 1000 * S, 2000 * S);
  send_beats (self, 1, 1, &lie, 1); /* 60 s after the last: 1.5 x 60 + 2 */
  assert_attendance (self, 1, 1, 192 * S, 160 * S);
  g_assert_cmpint (count (self, "SELECT opened_ms FROM presence"), ==, (3 - 160) * S);
}

static void
test_wall_clock_set_back_over_a_boot (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;
  AcBeat lie;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 100 * S, 1000);
  self->now.boot = "other";
  self->now.clock_ms = 3 * S;
  self->now.wall_ms -= 3600 * S;
  lie = beat (++seq, 1000 * S, 2000 * S);
  send_beats (self, 1, 1, &lie, 1); /* as if no time had passed */
  assert_attendance (self, 1, 1, 102 * S, 100 * S);
}

static void
test_list_by_number (Classroom *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) none = NULL;
  AcAttendanceRow *row;
  gint64 wang = 0, li = 0;

  join (self, 1, 1);
  join (self, 3, 1);
  play (self, 1, 1, &wang, 0, 20 * S, 1000);
  play (self, 3, 1, &li, 0, 10 * S, 1000);
  settle (self);
  rows = ac_attendance_list (self->store.store, 1, NULL);
  none = ac_attendance_list (self->store.store, 2, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (rows->len, ==, 2);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->number, ==, "A");
  g_assert_cmpstr (row->name, ==, "李华");
  g_assert_cmpint (row->member, ==, 2);
  g_assert_cmpint (row->attendance.accepted_ms, ==, 10 * S);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpstr (row->number, ==, "B");
  g_assert_cmpint (row->attendance.earned_ms, ==, 20 * S);
}

static void
refused (const AcAttendance *attendance, gint64 last_seq, const GError *error,
         gpointer user_data)
{
  Classroom *self = user_data;

  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
  g_assert_null (attendance);
  self->n_answers++;
}

static void
test_unknown_lesson_leaves_nothing (Classroom *self, gconstpointer unused)
{
  AcAttendee who = attendee (1, 77);
  AcBeat one = beat (1, 0, 10 * S);

  self->n_sent++;
  ac_attendance_submit_at (self->store.store, &who, &one, 1, &self->media, &self->now,
                           refused, self);
  g_assert_cmpint (count (self, "SELECT (SELECT count(*) FROM beats) + "
                                "(SELECT count(*) FROM presence) + "
                                "(SELECT count(*) FROM attendance)"),
                   ==, 0);
}

static void
test_on_the_real_clock (Classroom *self, gconstpointer unused)
{
  AcAttendee who = attendee (1, 1);
  AcBeat one = beat (1, 0, 10 * S);

  self->n_sent += 2;
  ac_attendance_join (self->store.store, &who, answered, self);
  ac_attendance_submit (self->store.store, &who, &one, 1, &self->media, answered, self);
  settle (self);
  g_assert_cmpint (self->attendance.accepted_ms, >=, 2 * S);
  g_assert_cmpint (self->attendance.accepted_ms, <, 10 * S);
}

#define ADD(name, function)                                                            \
  g_test_add ("/attendance/" name, Classroom, NULL, classroom_set_up, function,        \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("join", test_join);
  ADD ("rejoin-keeps-the-time", test_rejoin_keeps_the_time);
  ADD ("beats-without-a-join", test_beats_without_a_join);
  ADD ("order-inside-a-message", test_order_inside_a_message);
  ADD ("same-seq-other-content", test_same_seq_other_content);
  ADD ("two-tabs-have-two-sequences", test_two_tabs_have_two_sequences);
  ADD ("one-interval-row-while-it-goes-on", test_one_interval_row_while_it_goes_on);
  ADD ("what-was-not-served", test_what_was_not_served);
  ADD ("second-lesson-counts-when-the-first-stops",
       test_second_lesson_counts_when_the_first_stops);
  ADD ("hidden-lesson-is-not-in-the-way", test_hidden_lesson_is_not_in_the_way);
  ADD ("other-members-are-not-in-the-way", test_other_members_are_not_in_the_way);
  ADD ("devices-share-the-time", test_devices_share_the_time);
  ADD ("lesson-told-afterwards", test_lesson_told_afterwards);
  ADD ("handing-over-loses-nothing", test_handing_over_loses_nothing);
  ADD ("queue-beside-another-device", test_queue_beside_another_device);
  ADD ("daemon-restarts", test_daemon_restarts);
  ADD ("machine-boots", test_machine_boots);
  ADD ("wall-clock-set-back-over-a-boot", test_wall_clock_set_back_over_a_boot);
  ADD ("list-by-number", test_list_by_number);
  ADD ("unknown-lesson-leaves-nothing", test_unknown_lesson_leaves_nothing);
  ADD ("on-the-real-clock", test_on_the_real_clock);
  return g_test_run ();
}
