/* Random pages: honest, lying, offline, repeating themselves, on two devices and in two
 * tabs, with the store opened again in between. Whatever they say, these must hold:
 *
 *   - a session's accepted media <= 1.5 x its time + 2 s (1.05 when all is live)
 *   - nothing accepted lies outside its beat, past the edge, or outside what was served
 *   - nobody earns more than the time that passed, on however many devices
 *   - the figures follow from the stored beats, and from the stored intervals */
#include "classroom_fixture.h"

#include "earning.h"

#define ROUNDS 60
#define MESSAGES 40

typedef struct {
  AcPresence presence;
  gint64 opened_ms;
  gint64 accepted_ms;
  gint64 earned_ms;
  gboolean only_live;
} Session;

static AcBeat
random_beat (gint64 seq, gint64 edge_ms)
{
  gint64 from_ms = g_test_rand_int_range (0, (gint32)edge_ms + 30000);
  gint64 to_ms =
      from_ms + g_test_rand_int_range (0, g_test_rand_bit () ? 15000 : 900000);

  return (AcBeat){
    seq,
    from_ms,
    to_ms,
    g_test_rand_int_range (0, 4) * 500,
    g_test_rand_int_range (0, 8) > 0,
    g_test_rand_int_range (0, 8) > 0,
    (AcBeatMode)g_test_rand_int_range (0, 3),
  };
}

static void
check_verdict (const AcClaim *claim, const AcMoment *moment, const AcVerdict *verdict)
{
  const AcInterval *accepted = &verdict->accepted;

  g_assert_cmpint (accepted->start_ms, <=, accepted->end_ms);
  if (accepted->start_ms == accepted->end_ms)
    return;
  g_assert_cmpint (accepted->start_ms, >=, claim->beat.from_ms);
  g_assert_cmpint (accepted->end_ms, <=, claim->beat.to_ms);
  g_assert_cmpint (accepted->end_ms, <=, moment->edge_ms);
  g_assert_cmpint (accepted->start_ms, >=, claim->served.start_ms);
  g_assert_cmpint (accepted->end_ms, <=, claim->served.end_ms);
  g_assert_true (claim->beat.playing);
  g_assert_false (moment->concurrent);
  g_assert_cmpint (verdict->row_start_ms, <=, accepted->start_ms);
}

static void
random_message (Session *session, const AcMoment *moment, AcHolding *holding)
{
  guint n = g_test_rand_int_range (0, 4) > 0 ? 1 : AC_BEAT_BATCH_MAX;
  AcVerdict verdicts[AC_BEAT_BATCH_MAX];
  AcClaim claims[AC_BEAT_BATCH_MAX];
  AcBatchSum sum;
  gint64 media_ms = 0;

  for (guint i = 0; i < n; i++) {
    claims[i].beat = random_beat (i + 1, moment->edge_ms);
    claims[i].served.start_ms =
        claims[i].beat.from_ms + g_test_rand_int_range (-2000, 2000);
    claims[i].served.end_ms =
        claims[i].beat.to_ms + g_test_rand_int_range (-2000, 2000);
  }
  ac_acceptance_decide (&session->presence, holding, moment, claims, n, n, verdicts,
                        &sum);
  for (guint i = 0; i < n; i++) {
    check_verdict (&claims[i], moment, &verdicts[i]);
    if ((verdicts[i].flags & AC_BEAT_AT_EDGE) == 0)
      session->only_live = FALSE;
    media_ms += verdicts[i].accepted.end_ms - verdicts[i].accepted.start_ms;
    session->earned_ms +=
        ac_earning_ms (verdicts[i].newly_ms, &sum, claims[i].beat.rate_permille);
  }
  g_assert_cmpint (sum.media_ms, ==, media_ms);
  session->accepted_ms += media_ms;
}

static void
check_bounds (const Session *session, gint64 now_ms)
{
  gint64 elapsed_ms = now_ms - session->opened_ms;
  gint64 cap = session->only_live ? 1050 : 1500;

  g_assert_cmpint (session->accepted_ms, <=, cap * elapsed_ms / 1000 + 2000);
  g_assert_cmpint (session->earned_ms, <=, elapsed_ms);
  g_assert_cmpint (session->presence.accepted_total_ms, ==, session->accepted_ms);
}

static void
test_decisions (void)
{
  for (guint round = 0; round < ROUNDS * 10; round++) {
    g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
    g_autoptr (AcIntervalSet) creditable =
        ac_interval_set_parse ("0-900000,1200000-9000000");
    AcMoment moment = { .now_ms = g_test_rand_int_range (-5000, 5000),
                        .edge_ms = 10000,
                        .live = g_test_rand_bit () };
    Session session = { .opened_ms = moment.now_ms, .only_live = TRUE };
    AcHolding holding = { .covered = covered,
                          .creditable = creditable,
                          .free_ms = G_GINT64_CONSTANT (1) << 40 };

    ac_presence_open (&session.presence, moment.now_ms);
    for (guint i = 0; i < MESSAGES; i++) {
      gint64 step_ms = g_test_rand_int_range (0, g_test_rand_bit () ? 11000 : 300000);

      moment.now_ms += step_ms;
      moment.edge_ms += step_ms;
      moment.concurrent = g_test_rand_int_range (0, 10) == 0;
      random_message (&session, &moment, &holding);
      check_bounds (&session, moment.now_ms);
    }
  }
}

/* A page that plays honestly, in the store: its beats come late, in any order of
 * messages, and more than once. */
typedef struct {
  gint64 session;
  gint64 n_beats;
  AcBeat beats[MESSAGES * 4];
  gint64 media_ms;
} Page;

static void
page_plays (Page *page)
{
  AcBeat *next = &page->beats[page->n_beats];

  if (page->n_beats == (gint64)G_N_ELEMENTS (page->beats))
    return;
  if (g_test_rand_int_range (0, 10) == 0)
    page->media_ms = g_test_rand_int_range (0, (gint32)(LENGTH_MS - 20 * S));
  *next = beat (++page->n_beats, page->media_ms, page->media_ms + 10 * S);
  next->visible = g_test_rand_int_range (0, 12) > 0;
  if (g_test_rand_int_range (0, 10) == 0)
    next->to_ms += 100 * S; /* a lie */
  page->media_ms = MIN (page->media_ms + 10 * S, LENGTH_MS - 10 * S);
}

static void
page_sends (Classroom *self, Page *page)
{
  gint64 n_back = g_test_rand_int_range (0, 70);
  gint64 first = MAX (page->n_beats - n_back, 0);
  guint n = (guint)MIN (page->n_beats - first, AC_BEAT_BATCH_MAX);

  if (n > 0)
    send_beats (self, page->session, 1, &page->beats[first], n);
}

static void
check_store (Classroom *self)
{
  AcStore *store = self->store.store;
  AcAttendance row;

  settle (self);
  g_assert_true (ac_attendance_get (store, 1, 1, &row, NULL));
  assert_attendance (self, 1, 1, row.accepted_ms, row.earned_ms);
  g_assert_cmpint (
      query_number (store, "SELECT ifnull (sum (earned_ms), 0) FROM intervals"), ==,
      row.earned_ms);
  g_assert_cmpint (
      query_number (store, "SELECT ifnull (sum (earned_ms), 0) FROM beats"), ==,
      row.earned_ms);
  g_assert_cmpint (
      query_number (store, "SELECT ifnull (sum (accepted_ms), 0) FROM beats"), ==,
      query_number (store, "SELECT ifnull (sum (accepted_total_ms), 0) "
                           "FROM presence"));
  g_assert_cmpint (query_number (store, "SELECT count(*) FROM attendance, "
                                        "(SELECT count(*) AS n, max (ordinal) AS last "
                                        " FROM beats) WHERE beats <> n OR last <> n"),
                   ==, 0);
  g_assert_cmpint (row.earned_ms, <=, self->now.clock_ms - START_MS);
}

static void
test_store (Classroom *self, gconstpointer unused)
{
  Page pages[2] = { { .session = 1 }, { .session = 2 } };

  ac_interval_set_remove (self->creditable, 900 * S, 1300 * S);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    join (self, pages[i].session, 1);
  for (guint message = 0; message < MESSAGES * 3; message++) {
    pass (self, 10 * S);
    for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
      page_plays (&pages[i]);
      if (g_test_rand_int_range (0, 3) == 0)
        page_sends (self, &pages[i]);
    }
    if (message % 30 == 29) {
      check_store (self);
      store_fixture_reopen (&self->store);
      check_store (self);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property/decisions", test_decisions);
  for (guint i = 0; i < 5; i++) {
    g_autofree gchar *name = g_strdup_printf ("/property/store/%u", i);

    g_test_add (name, Classroom, NULL, classroom_set_up, test_store,
                classroom_tear_down);
  }
  return g_test_run ();
}
