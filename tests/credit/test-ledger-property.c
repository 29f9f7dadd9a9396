/* Random sessions with the ledger behind them: members on two devices, live and after
 * the end, who tell things late, again, in any order within a message, and lie. It is
 * settled at any moment, in slices that end anywhere, with the store opened again in
 * between. Whatever happens:
 *
 *   - accepted media of a session <= 1.5 x its time + 2 s, earned time <= the time
 *   - nothing is accepted that was not published, nothing entered that does not count
 *   - sum of AUTO = running figure = recount from the beats, group and self apart
 *   - the order of beats within a message changes nothing, nor does that of the full
 *     messages of a queue */
#include "classroom_fixture.h"

#include "ledger.h"
#include "ledger_check.h"
#include "settlement.h"

#define STEPS 100

typedef struct {
  AcSettlementSlice slice;
  guint answered;
} Settling;

static gboolean
run_slice (AcStore *store, gpointer data, GError **error)
{
  return ac_settlement_run_slice (store, &((Settling *)data)->slice, error);
}

static void
slice_answered (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Settling *)data)->answered++;
}

/* Some slices of a pass, perhaps not all. */
static void
settle_some (Classroom *self, gint64 lesson, guint n_slices)
{
  Settling settling = {
    .slice = { .lesson = lesson, .now_ms = self->now.wall_ms, .budget_us = 1 }
  };

  settle (self);
  for (guint i = 1; i <= n_slices && !settling.slice.finished; i++) {
    ac_store_write (self->store.store, run_slice, &settling, NULL, slice_answered,
                    NULL);
    await (&settling.answered, i);
  }
}

static AcBeat
random_beat (gint64 seq, gint64 *media_ms)
{
  AcBeat one;

  if (g_test_rand_int_range (0, 8) == 0)
    *media_ms = g_test_rand_int_range (0, (gint32)LENGTH_MS);
  one = beat (seq, *media_ms, *media_ms + g_test_rand_int_range (0, 15000));
  one.visible = g_test_rand_int_range (0, 8) > 0;
  one.playing = g_test_rand_int_range (0, 8) > 0;
  one.rate_permille = 500 * g_test_rand_int_range (1, 5);
  *media_ms = one.to_ms;
  if (g_test_rand_int_range (0, 8) == 0)
    one.to_ms += 600 * S; /* a lie */
  return one;
}

typedef struct {
  gint64 session, n_beats, media_ms;
  AcBeat beats[STEPS * 2];
} Page;

static void
page_sends (Classroom *self, Page *page)
{
  gint64 n_back = g_test_rand_int_range (1, 60);
  gint64 first = MAX (page->n_beats - n_back, 0);
  guint n = (guint)MIN (page->n_beats - first, AC_BEAT_BATCH_MAX);
  AcBeat shuffled[AC_BEAT_BATCH_MAX];

  if (n == 0)
    return;
  memcpy (shuffled, &page->beats[first], n * sizeof (AcBeat));
  for (guint i = 0; i < n; i++) {
    guint j = (guint)g_test_rand_int_range (0, (gint32)n);
    AcBeat kept = shuffled[i];

    shuffled[i] = shuffled[j];
    shuffled[j] = kept;
  }
  send_beats (self, page->session, 1, shuffled, n);
}

static void
check_bounds (Classroom *self)
{
  AcStore *store = self->store.store;
  gint64 passed_ms = self->now.clock_ms - START_MS;

  settle (self);
  g_assert_cmpint (query_number (store, "SELECT ifnull (max (accepted_total_ms), 0) "
                                        "FROM presence"),
                   <=, passed_ms * 3 / 2 + 2000);
  g_assert_cmpint (query_number (store, "SELECT ifnull (max (earned_ms), 0) "
                                        "FROM attendance"),
                   <=, passed_ms);
  g_assert_cmpint (query_number (store,
                                 "SELECT ifnull (max (accepted_from_ms + accepted_ms), "
                                 "0) FROM beats WHERE accepted_ms > 0"),
                   <=, self->media.edge_ms);
}

static void
check_entries (Classroom *self)
{
  g_autoptr (AcIntervalSet) counted = ac_interval_set_copy (self->creditable);
  g_autoptr (GError) error = NULL;
  AcLedgerRecount recount;
  AcLedgerFindings findings;

  g_assert_true (ac_ledger_verify (self->store.store, NULL, &findings, &error));
  g_assert_cmpstr (findings.finding, ==, NULL);
  ac_ledger_findings_clear (&findings);
  g_assert_true (ac_ledger_recount (self->store.store, 0, &recount, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (recount.first.what, ==, NULL);
  for (gint64 member = 1; member <= 2; member++) {
    g_auto (AcLedgerAuto) sums = { 0 };

    g_assert_true (ac_ledger_auto_load (self->store.store, 1, member, &sums, &error));
    g_assert_cmpint (ac_interval_set_measure (sums.media), ==,
                     ac_interval_set_measure_both (sums.media, counted));
  }
}

/* The row follows what is published at once here; a daemon is some seconds late. */
static void
publish (Classroom *self, gboolean live)
{
  g_autofree gchar *creditable = NULL;
  g_autofree gchar *sql = NULL;
  g_autofree gchar *path = g_build_filename (self->store.dir, "airclass.db", NULL);
  sqlite3 *db;

  self->media.edge_ms = MIN (self->now.clock_ms - START_MS, LENGTH_MS);
  self->media.live = live;
  ac_interval_set_unref (self->creditable);
  self->creditable = ac_interval_set_new ();
  ac_interval_set_add (self->creditable, 0, self->media.edge_ms);
  ac_interval_set_remove (self->creditable, 400 * S, 700 * S);
  self->media.creditable = self->creditable;
  creditable = ac_interval_set_to_text (self->creditable);
  sql = g_strdup_printf (
      "UPDATE lessons SET creditable = '%s', length_ms = %" G_GINT64_FORMAT
      "%s WHERE id = 1",
      creditable, self->media.edge_ms,
      live ? ""
           : ", state = 'ended', ended_ms = "
             "ifnull (ended_ms, (SELECT max (wall_ms) FROM "
             "beats))");
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
step (Classroom *self, Page *pages, guint n_pages, gboolean live)
{
  pass (self, g_test_rand_int_range (0, 15000));
  settle (self);
  publish (self, live);
  for (guint i = 0; i < n_pages; i++) {
    Page *page = &pages[i];

    if (page->n_beats < (gint64)G_N_ELEMENTS (page->beats)) {
      page->n_beats++;
      page->beats[page->n_beats - 1] = random_beat (page->n_beats, &page->media_ms);
    }
    if (g_test_rand_int_range (0, 3) == 0)
      page_sends (self, page);
  }
}

static void
test_settled_anywhere (Classroom *self, gconstpointer unused)
{
  g_autofree Page *pages = g_new0 (Page, 3);

  for (guint i = 0; i < 3; i++) {
    pages[i].session = i + 1;
    join (self, i + 1, 1);
  }
  for (guint i = 0; i < STEPS; i++) {
    step (self, pages, 3, i < STEPS / 2);
    if (g_test_rand_int_range (0, 6) == 0)
      settle_some (self, g_test_rand_int_range (0, 2),
                   (guint)g_test_rand_int_range (1, 4));
    if (i % 25 == 24) {
      check_bounds (self);
      check_entries (self);
      store_fixture_reopen (&self->store);
    }
  }
  settle_some (self, 1, 100);
  g_assert_cmpint (query_number (self->store.store, "SELECT count (*) FROM attendance "
                                                    "WHERE beats > settled_beats"),
                   ==, 0);
  check_entries (self);
}

/* --- Orders --- */

/* Member 1 in lesson 1 and member 2 in lesson 2 tell the same at the same moments. */
static void
assert_same (Classroom *self)
{
  settle (self);
  g_assert_cmpint (
      query_number (self->store.store,
                    "SELECT count (*) FROM beats AS a JOIN beats AS b USING (seq) "
                    "WHERE a.lesson = 1 AND b.lesson = 2 AND "
                    "  (a.accepted_from_ms, a.accepted_ms, a.earned_ms, a.flags) <> "
                    "  (b.accepted_from_ms, b.accepted_ms, b.earned_ms, b.flags)"),
      ==, 0);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (DISTINCT accepted_ms || '/' || "
                                 "earned_ms) FROM attendance"),
                   ==, 1);
}

static void
test_order_in_a_message (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, media_ms = 0;

  join (self, 1, 1);
  join (self, 3, 2);
  for (guint message = 0; message < 60; message++) {
    guint n = (guint)g_test_rand_int_range (1, AC_BEAT_BATCH_MAX + 1);
    AcBeat beats[AC_BEAT_BATCH_MAX];

    pass (self, g_test_rand_int_range (0, 60000));
    for (guint i = 0; i < n; i++)
      beats[i] = random_beat (++seq, &media_ms);
    send_beats (self, 1, 1, beats, n);
    for (guint i = 0; i < n; i++) {
      guint j = (guint)g_test_rand_int_range (0, (gint32)n);
      AcBeat kept = beats[i];

      beats[i] = beats[j];
      beats[j] = kept;
    }
    send_beats (self, 3, 2, beats, n);
  }
  assert_same (self);
}

/* What a phone queued: full messages, as they come, and some of them twice. */
static void
test_order_of_a_queue (Classroom *self, gconstpointer unused)
{
  enum { N = 8 };
  AcBeat beats[N][AC_BEAT_BATCH_MAX];
  guint order[N];

  join (self, 1, 1);
  join (self, 3, 2);
  for (guint i = 0; i < N * AC_BEAT_BATCH_MAX; i++)
    beats[i / AC_BEAT_BATCH_MAX][i % AC_BEAT_BATCH_MAX] =
        beat (i + 1, i * 10 * S, (i + 1) * 10 * S);
  pass (self, N * AC_BEAT_BATCH_MAX * 10 * S);
  for (guint i = 0; i < N; i++)
    order[i] = i;
  for (guint i = 0; i < N; i++) {
    guint j = (guint)g_test_rand_int_range (0, N), kept = order[i];

    order[i] = order[j];
    order[j] = kept;
  }
  for (guint i = 0; i < N; i++) {
    pass (self, 100);
    send_beats (self, 1, 1, beats[i], AC_BEAT_BATCH_MAX);
    send_beats (self, 3, 2, beats[order[i]], AC_BEAT_BATCH_MAX);
    send_beats (self, 3, 2, beats[order[g_test_rand_int_range (0, (gint32)i + 1)]],
                AC_BEAT_BATCH_MAX);
  }
  assert_same (self);
  assert_attendance (self, 1, 1, N * AC_BEAT_BATCH_MAX * 10 * S,
                     N * AC_BEAT_BATCH_MAX * 10 * S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *name =
        g_strdup_printf ("/ledger-property/settled-anywhere/%u", i);

    g_test_add (name, Classroom, NULL, classroom_set_up, test_settled_anywhere,
                classroom_tear_down);
  }
  g_test_add ("/ledger-property/order-in-a-message", Classroom, NULL, classroom_set_up,
              test_order_in_a_message, classroom_tear_down);
  g_test_add ("/ledger-property/order-of-a-queue", Classroom, NULL, classroom_set_up,
              test_order_of_a_queue, classroom_tear_down);
  return g_test_run ();
}
