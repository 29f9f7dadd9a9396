/* What settling a lesson costs: a county's members at its end, in slices, while
 * somebody else writes every few milliseconds; against plain inserts of the same rows
 * in one transaction, without triggers, hashes or figures.
 *
 *   bench-ledger [MEMBERS]    (13092) */
#include "fixture.h"

#include "ledger_check.h"
#include "settlement.h"

#include <stdio.h>

#define PROBE_MS 5

static gint64
now_us (void)
{
  return g_get_monotonic_time ();
}

typedef struct {
  gint64 n;
  guint answered;
} Fill;

static gboolean
fill (AcStore *store, gpointer data, GError **error)
{
#define NUMBERS                                                                        \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
  static const gchar *const steps[] = {
    "INSERT INTO branches (id, name, kind, created_ms) VALUES (1, 'county', 'county', "
    "0)",
    "INSERT INTO lessons (id, title, key_hash, state, created_ms, started_ms, "
    "  ended_ms, length_ms, creditable) VALUES (1, 'x', x'01', 'ended', 1, "
    "1764000000000, "
    "  1764005400000, 5400000, '0-2400000,3000000-5400000')",
    NUMBERS "INSERT INTO members (id, number, name, role, kind, branch, created_ms) "
            "SELECT i, printf ('%05d', i), 'x', 'member', 'member', 1, 0 FROM n",
    NUMBERS "INSERT INTO memberships (member, side, from_day, branch) "
            "SELECT i, 'home', '2020-01-01', 1 FROM n",
    NUMBERS "INSERT INTO sessions (id, member, created_ms, last_seen_ms) "
            "SELECT i, i, 0, 0 FROM n",
    NUMBERS
    "INSERT INTO intervals (lesson, member, start_ms, session, end_ms, "
    "  earned_ms, mode, flags, wall_ms) "
    "SELECT 1, i, part * 1800000, i, part * 1800000 + 1700000 + i % 1000, 0, 0, "
    "  0, 0 FROM n, (SELECT 0 AS part UNION SELECT 1 UNION SELECT 2)",
    NUMBERS "INSERT INTO attendance (lesson, member, beats, accepted_ms, earned_ms, "
            "  group_ms, updated_ms) "
            "SELECT 1, i, 540, 4500000 + 3 * (i % 1000), 4500000, 4500000, "
            "  1764005400000 FROM n",
  };
  const Fill *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!(i < 2 ? ac_store_run (store, error, steps[i], "")
                : ac_store_run (store, error, steps[i], "i", self->n)))
      return FALSE;
  return TRUE;
}

static void
filled (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Fill *)data)->answered++;
}

/* --- Somebody else's writes --- */

typedef struct {
  AcStore *store;
  GArray *waits_us;
  guint source;
} Probes;

typedef struct {
  gint64 sent_us;
} Probe;

static gboolean
touch (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE sessions SET last_seen_ms = last_seen_ms + 1 "
                       "WHERE id = 1",
                       "");
}

static void
touched (gpointer data, const GError *error, gpointer user_data)
{
  Probes *probes = user_data;
  gint64 wait_us = now_us () - ((Probe *)data)->sent_us;

  g_array_append_val (probes->waits_us, wait_us);
}

static gboolean
probe (gpointer data)
{
  Probes *probes = data;
  Probe *one = g_new (Probe, 1);

  one->sent_us = now_us ();
  ac_store_write (probes->store, touch, one, g_free, touched, probes);
  return G_SOURCE_CONTINUE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

static gdouble
percentile_ms (GArray *waits_us, guint percent)
{
  g_array_sort (waits_us, compare);
  return waits_us->len == 0
             ? 0
             : g_array_index (waits_us, gint64, (waits_us->len - 1) * percent / 100) /
                   1000.0;
}

/* --- The same rows, plainly --- */

typedef struct {
  GPtrArray *rows; /* gchar *: the values of an entry */
  gint64 took_us;
  guint answered;
} Plain;

static gboolean
insert_plainly (AcStore *store, gpointer data, GError **error)
{
  Plain *plain = data;
  gint64 began_us = now_us ();

  for (guint i = 0; i < plain->rows->len; i++)
    if (!ac_store_run (store, error,
                       "INSERT INTO plain (kind, study, member, lesson, media, "
                       "  earned_ms, policy, home_branch, lesson_year, year, "
                       "  beats_from, beats_to, created_ms, prev_hash, hash) "
                       "VALUES ('AUTO', 'group', ?, 1, ?, 4500000, 1, 1, 2025, 2025, "
                       "  1, 540, 1764005400000, zeroblob (32), zeroblob (32))",
                       "it", (gint64)i + 1, plain->rows->pdata[i]))
      return FALSE;
  plain->took_us = now_us () - began_us;
  return TRUE;
}

static void
inserted (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Plain *)data)->answered++;
}

static void
read_media (AcStore *store, GPtrArray *rows)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT media FROM ledger ORDER BY seq", NULL);

  while (ac_store_step (store, statement, NULL) == SQLITE_ROW)
    g_ptr_array_add (rows, ac_statement_text (statement, 0));
}

static gint64
run_plain (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  Plain plain = { rows };
  gint64 began_us;

  write_sql (fixture->store, "CREATE TABLE plain AS SELECT * FROM ledger WHERE 0");
  write_sql (fixture->store, "CREATE INDEX plain_by_member ON plain (member, lesson)");
  write_sql (fixture->store, "CREATE INDEX plain_by_lesson ON plain (lesson, member)");
  read_media (fixture->store, rows);
  began_us = now_us ();
  ac_store_write (fixture->store, insert_plainly, &plain, NULL, inserted, NULL);
  await (&plain.answered, 1);
  return now_us () - began_us;
}

static gint64
run_settlement (StoreFixture *fixture, gint64 n, Probes *probes,
                AcSettlementStats *ret_stats)
{
  gint64 began_us = now_us ();
  AcSettlement *settlement =
      ac_settlement_new (fixture->store, &(AcSettlementPauses){ 0, G_MAXINT32 });

  ac_settlement_lesson_ended (settlement, 1);
  probes->source = g_timeout_add (PROBE_MS, probe, probes);
  do {
    g_main_context_iteration (NULL, TRUE);
    ac_settlement_stats (settlement, ret_stats);
  } while (ret_stats->settled < (guint64)n && ret_stats->failures == 0);
  g_source_remove (probes->source);
  ac_settlement_free (settlement);
  return now_us () - began_us;
}

static void
check (StoreFixture *fixture, gint64 n)
{
  AcLedgerFindings findings;
  gint64 began_us = now_us ();

  g_assert_true (ac_ledger_verify (fixture->store, NULL, &findings, NULL));
  g_assert_cmpstr (findings.finding, ==, NULL);
  g_assert_cmpint (findings.n_entries, ==, n);
  printf ("verify          %6.0f ms\n", (now_us () - began_us) / 1000.0);
  ac_ledger_findings_clear (&findings);
}

int
main (int argc, char **argv)
{
  gint64 n = argc > 1 ? g_ascii_strtoll (argv[1], NULL, 10) : 13092;
  StoreFixture fixture = { 0 };
  Fill filling = { n };
  Probes probes = { .waits_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  AcSettlementStats stats;
  AcStoreStats store_stats;
  gint64 settle_us, plain_us;

  store_fixture_set_up (&fixture);
  ac_store_write (fixture.store, fill, &filling, NULL, filled, NULL);
  await (&filling.answered, 1);
  store_fixture_reopen (&fixture);
  probes.store = fixture.store;
  settle_us = run_settlement (&fixture, n, &probes, &stats);
  ac_store_stats (fixture.store, &store_stats);
  g_assert_cmpint (stats.failures, ==, 0);
  check (&fixture, n);
  plain_us = run_plain (&fixture);
  printf ("members         %6" G_GINT64_FORMAT "\n", n);
  printf ("settle          %6.0f ms of the store thread within %.0f ms, longest slice "
          "%.1f ms, longest group %" G_GINT64_FORMAT " ms\n",
          stats.work_us / 1000.0, settle_us / 1000.0, stats.longest_slice_us / 1000.0,
          store_stats.longest_group_ms);
  printf ("plain inserts   %6.0f ms in one transaction; settle takes %.1f x\n",
          plain_us / 1000.0, (gdouble)stats.work_us / (gdouble)plain_us);
  printf ("other writes    %6u, p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n",
          probes.waits_us->len, percentile_ms (probes.waits_us, 50),
          percentile_ms (probes.waits_us, 99), percentile_ms (probes.waits_us, 100));
  g_array_unref (probes.waits_us);
  store_fixture_tear_down (&fixture);
  return 0;
}
