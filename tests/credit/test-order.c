/* Messages of a page that overtake each other: what they are worth must be what the
 * same messages are worth in order, to the millisecond and beat by beat, whatever they
 * say; and nobody loses anything because they came late. */
#include "classroom_fixture.h"

#include "redecision.h"

#define ROUNDS 12
#define MESSAGES 24
#define MEMBERS 2

/* --- Overtaking, by hand --- */

/* One 10 s beat a message, sent when it was played; @order says when each arrives. */
static void
play_in_order (Classroom *self, const guint *order, guint n, const gint64 *after_ms)
{
  join (self, 1, 1);
  for (guint i = 0; i < n; i++) {
    AcBeat one = beat (order[i], (order[i] - 1) * 10 * S, order[i] * 10 * S);

    pass (self, after_ms[i]);
    send_beats (self, 1, 1, &one, 1);
  }
}

static void
test_late_loses_nothing (Classroom *self, gconstpointer unused)
{
  static const guint order[] = { 1, 2, 3, 4, 5, 6 };
  static const gint64 after_ms[] = { 10 * S, 10 * S, 39 * S, 300, 200, 500 };

  play_in_order (self, order, G_N_ELEMENTS (order), after_ms);
  assert_attendance (self, 1, 1, 60 * S, 60 * S);
}

static void
test_overtaking_loses_nothing (Classroom *self, gconstpointer unused)
{
  static const guint order[] = { 1, 3, 2, 6, 5, 4 };
  static const gint64 after_ms[] = { 10 * S, 20 * S, 1 * S, 29 * S, 200, 500 };

  play_in_order (self, order, G_N_ELEMENTS (order), after_ms);
  assert_attendance (self, 1, 1, 60 * S, 60 * S);
  g_assert_cmpint (self->last_seq, ==, 6);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM beats WHERE ordinal = seq"),
                   ==, 6);
  g_assert_cmpint (query_number (self->store.store, "SELECT count (*) FROM intervals"),
                   ==, 2);
}

/* Late beats find the time that was left, not time for a lie. */
static void
test_late_lie (Classroom *self, gconstpointer unused)
{
  AcBeat idle = beat (1, 0, 0), lie = beat (2, 0, 600 * S);

  self->media.live = TRUE;
  self->media.edge_ms = 600 * S;
  join (self, 1, 1);
  pass (self, 100 * S);
  send_beats (self, 1, 1, &idle, 1);
  pass (self, 20 * S);
  send_beats (self, 1, 1, &lie, 1);
  assert_attendance (self, 1, 1, 23 * S, 20 * S);
}

/* --- Overtaking, at random --- */

typedef struct {
  guint n_beats;
  AcBeat beats[AC_BEAT_BATCH_MAX];
} Message;

/* When something arrives, from which session, and what the lesson is like by then. */
typedef struct {
  guint device;
  gint64 after_ms;
  gint64 edge_ms;
  gboolean live;
} Slot;

typedef struct {
  Message messages[2][MESSAGES]; /* of a device, by seq */
  Slot slots[2 * MESSAGES];
} Script;

static AcBeat
random_beat (gint64 seq, gint64 *at_ms)
{
  AcBeat one = beat (seq, *at_ms, *at_ms + 10 * S);

  if (g_test_rand_int_range (0, 10) == 0)
    one.from_ms = g_test_rand_int_range (0, 3000 * S);
  one.to_ms = one.from_ms + 10 * S;
  if (g_test_rand_int_range (0, 8) == 0)
    one.to_ms += g_test_rand_int_range (0, 600 * S); /* a lie */
  one.rate_permille = g_test_rand_int_range (0, 3) > 0 ? 1000 : 1500;
  one.playing = g_test_rand_int_range (0, 12) > 0;
  one.visible = g_test_rand_int_range (0, 12) > 0;
  one.mode = (AcBeatMode)g_test_rand_int_range (0, 2);
  *at_ms = MIN (one.to_ms, LENGTH_MS - 700 * S);
  return one;
}

static void
write_device (Message *messages)
{
  gint64 seq = 0, at_ms = g_test_rand_int_range (0, 100 * S);

  for (guint i = 0; i < MESSAGES; i++) {
    guint n = g_test_rand_int_range (0, 8) > 0 ? 1 : AC_BEAT_BATCH_MAX;

    messages[i].n_beats = n;
    for (guint j = 0; j < n; j++)
      messages[i].beats[j] = random_beat (++seq, &at_ms);
  }
}

static Script *
write_script (void)
{
  Script *script = g_new0 (Script, 1);
  guint left[2] = { MESSAGES, MESSAGES };
  gint64 edge_ms = 60 * S;
  gboolean live = g_test_rand_bit ();

  write_device (script->messages[0]);
  write_device (script->messages[1]);
  for (guint i = 0; i < G_N_ELEMENTS (script->slots); i++) {
    Slot *slot = &script->slots[i];

    slot->device = left[0] == 0 || (left[1] > 0 && g_test_rand_bit ());
    left[slot->device]--;
    slot->after_ms = g_test_rand_int_range (0, g_test_rand_bit () ? 12 * S : 200);
    if (g_test_rand_int_range (0, 20) == 0)
      slot->after_ms += 400 * S;
    edge_ms = MIN (edge_ms + slot->after_ms, LENGTH_MS);
    slot->edge_ms = live ? edge_ms : LENGTH_MS;
    slot->live = live;
  }
  return script;
}

static void
shuffle (guint *order, guint n, guint reach)
{
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = 0; reach > 0 && i + 1 < n; i++) {
    guint ahead = (guint)g_test_rand_int_range (0, (gint32)reach + 1);
    guint j = MIN (i + ahead, n - 1), other = order[j];

    order[j] = order[i];
    order[i] = other;
  }
}

static void
submit (Classroom *self, gint64 member, guint device, const Message *message)
{
  const AcAttendee who = { 1, member * 10 + device, member, 7 };

  self->n_sent++;
  ac_attendance_submit_at (self->store.store, &who, message->beats, message->n_beats,
                           &self->media, &self->now, answered, self);
  if (g_test_rand_int_range (0, 6) > 0)
    return;
  self->n_sent++; /* and again: no ack came */
  ac_attendance_submit_at (self->store.store, &who, message->beats, message->n_beats,
                           &self->media, &self->now, answered, self);
}

/* Plays @script as @member, each device's messages in an order of its own. */
static void
perform (Classroom *self, const Script *script, gint64 member, guint reach)
{
  guint order[2][MESSAGES], next[2] = { 0, 0 };

  self->now = (AcArrival){ START_MS, 1700000000 * S, "boot" };
  for (guint device = 0; device < 2; device++) {
    const AcAttendee who = { 1, member * 10 + device, member, 7 };

    shuffle (order[device], MESSAGES, reach);
    self->n_sent++;
    ac_attendance_join_at (self->store.store, &who, &self->now, answered, self);
  }
  for (guint i = 0; i < G_N_ELEMENTS (script->slots); i++) {
    const Slot *slot = &script->slots[i];

    pass (self, slot->after_ms);
    self->media.edge_ms = slot->edge_ms;
    self->media.live = slot->live;
    submit (self, member, slot->device,
            &script->messages[slot->device][order[slot->device][next[slot->device]++]]);
  }
  settle (self);
}

#define SAME(column)                                                                   \
  "SELECT count (*) FROM attendance AS a, attendance AS b WHERE a.member = 1 "         \
  "AND b.member = 2 AND a." column " <> b." column

static void
assert_same (Classroom *self)
{
  AcStore *store = self->store.store;
  AcAttendance row;

  g_assert_cmpint (query_number (store, SAME ("beats")), ==, 0);
  g_assert_cmpint (query_number (store, SAME ("accepted_ms")), ==, 0);
  g_assert_cmpint (query_number (store, SAME ("earned_ms")), ==, 0);
  g_assert_cmpint (query_number (store, SAME ("group_ms")), ==, 0);
  g_assert_cmpint (query_number (store, SAME ("used_ms")), ==, 0);
  g_assert_cmpint (
      query_number (store,
                    "SELECT count (*) FROM beats AS a JOIN beats AS b "
                    "ON b.session = a.session + 10 AND b.seq = a.seq "
                    "WHERE a.member = 1 AND (a.accepted_from_ms <> b.accepted_from_ms "
                    "  OR a.accepted_ms <> b.accepted_ms OR a.earned_ms <> b.earned_ms "
                    "  OR a.flags <> b.flags OR a.clock_ms <> b.clock_ms "
                    "  OR a.ordinal <> b.ordinal)"),
      ==, 0);
  for (gint64 member = 1; member <= MEMBERS; member++) {
    g_assert_true (ac_attendance_get (store, 1, member, &row, NULL));
    assert_attendance (self, 1, member, row.accepted_ms, row.earned_ms);
    g_assert_cmpint (row.earned_ms, <=, self->now.clock_ms - START_MS);
  }
}

static void
clear (Classroom *self)
{
  static const gchar *const tables[] = { "DELETE FROM beats", "DELETE FROM intervals",
                                         "DELETE FROM presence",
                                         "DELETE FROM attendance",
                                         "DELETE FROM member_time" };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    write_sql (self->store.store, tables[i]);
}

static void
test_any_order (Classroom *self, gconstpointer reach)
{
  write_sql (self->store.store,
             "INSERT INTO sessions (id, member, created_ms, last_seen_ms) VALUES "
             "(10, 1, 0, 0), (11, 1, 0, 0), (20, 2, 0, 0), (21, 2, 0, 0)");
  ac_interval_set_remove (self->creditable, 900 * S, 1300 * S);
  for (guint round = 0; round < ROUNDS; round++) {
    g_autofree Script *script = write_script ();

    perform (self, script, 1, 0);
    perform (self, script, 2, GPOINTER_TO_UINT (reach));
    assert_same (self);
    clear (self);
  }
}

/* --- Deciding again --- */

typedef struct {
  const AcIntervalSet *creditable;
  AcArrival arrival;
  AcRedecision again;
  guint answered;
} Job;

static gboolean
run_again (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;

  job->again = (AcRedecision){ 1, 1, job->creditable };
  return ac_redecide (store, &job->again, &job->arrival, error);
}

static void
again_answered (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Job *)data)->answered++;
}

static Job
decide_again (Classroom *self)
{
  Job job = { self->creditable, self->now };

  settle (self);
  ac_store_write (self->store.store, run_again, &job, NULL, again_answered, NULL);
  await (&job.answered, 1);
  return job;
}

/* In order nothing changes, not even a row. */
static void
test_again_is_the_same (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, other = 0;
  Job job;

  join (self, 1, 1);
  join (self, 2, 1);
  play (self, 1, 1, &seq, 0, 300 * S, 1000);
  play (self, 2, 1, &other, 200 * S, 500 * S, 1500);
  assert_attendance (self, 1, 1, 500 * S, 433333);
  job = decide_again (self);
  g_assert_true (job.again.done);
  g_assert_cmpint (job.again.totals.attendance.earned_ms, ==, 433333);
  assert_attendance (self, 1, 1, 500 * S, 433333);
  play (self, 1, 1, &seq, 500 * S, 600 * S, 1000);
  assert_attendance (self, 1, 1, 600 * S, 533333);
}

/* Readings of another boot cannot be dealt out: what was decided stays. */
static void
test_not_over_a_boot (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0;
  Job job;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 100 * S, 1000);
  self->now.boot = "another";
  self->now.clock_ms = 5 * S;
  play (self, 1, 1, &seq, 100 * S, 200 * S, 1000);
  job = decide_again (self);
  g_assert_false (job.again.done);
  assert_attendance (self, 1, 1, self->attendance.accepted_ms,
                     self->attendance.earned_ms);
}

#define ADD(name, data, function)                                                      \
  g_test_add ("/order/" name, Classroom, data, classroom_set_up, function,             \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("late-loses-nothing", NULL, test_late_loses_nothing);
  ADD ("overtaking-loses-nothing", NULL, test_overtaking_loses_nothing);
  ADD ("late-lie", NULL, test_late_lie);
  ADD ("neighbours", GUINT_TO_POINTER (1), test_any_order);
  ADD ("any", GUINT_TO_POINTER (MESSAGES), test_any_order);
  ADD ("again-is-the-same", NULL, test_again_is_the_same);
  ADD ("not-over-a-boot", NULL, test_not_over_a_boot);
  return g_test_run ();
}
