/* A child lets a member study, acknowledges on standard output what is durable, and
 * settles meanwhile; it is killed by SIGKILL at some moment, again and again, on one
 * database. Whatever was acknowledged is there, the ledger verifies, and what is
 * settled after it all is the running figure and the recount, once. */
#include "classroom_fixture.h"

#include "ledger.h"
#include "ledger_check.h"
#include "settlement.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 6

typedef struct {
  AcStore *store;
  AcAttendanceMedia media;
  AcArrival now;
  gint64 seq;
} Child;

static void send_beat (Child *child);

static void
acknowledged (const AcAttendance *attendance, gint64 last_seq, const GError *error,
              gpointer user_data)
{
  Child *child = user_data;

  g_assert_no_error (error);
  printf ("%" G_GINT64_FORMAT "\n", attendance->earned_ms);
  fflush (stdout);
  send_beat (child);
}

/* Two seconds a beat. */
static void
send_beat (Child *child)
{
  AcAttendee who = attendee (1, 1);
  AcBeat one = beat (child->seq + 1, child->seq * 2 * S, (child->seq + 1) * 2 * S);

  child->seq++;
  child->now.clock_ms += 2 * S;
  child->now.wall_ms += 2 * S;
  ac_attendance_submit_at (child->store, &who, &one, 1, &child->media, &child->now,
                           acknowledged, child);
}

static int
run_child (const gchar *dir, gint64 seq)
{
  g_autoptr (GError) error = NULL;
  Child child = { ac_store_open (dir, ac_executor_for_context (NULL), &error) };

  g_assert_no_error (error);
  child.seq = seq;
  child.now = (AcArrival){ START_MS + seq * 2 * S, (1700000000 + seq * 2) * S, "boot" };
  child.media =
      (AcAttendanceMedia){ .edge_ms = LENGTH_MS,
                           .creditable = ac_interval_set_parse ("0-5400000") };
  /* The wall clock of the beats is long past: everybody is idle, always. */
  ac_settlement_new (child.store, &(AcSettlementPauses){ 0, 100 });
  for (guint i = 0; i < 4; i++)
    send_beat (&child);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

/* Returns: the most that was acknowledged before the kill. */
static gint64
run_and_kill (const gchar *program, const gchar *dir, gint64 seq, guint n_answers)
{
  g_autofree gchar *seq_text = g_strdup_printf ("%" G_GINT64_FORMAT, seq);
  const gchar *argv[] = { program, "--child", dir, seq_text, NULL };
  g_autoptr (GError) error = NULL;
  gint64 earned_ms = 0;
  gchar line[32];
  FILE *answers;
  GPid pid;
  gint out;

  g_spawn_async_with_pipes (NULL, (gchar **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                            NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  answers = fdopen (out, "r");
  for (guint i = 0; i < n_answers && fgets (line, sizeof line, answers) != NULL; i++)
    earned_ms = g_ascii_strtoll (line, NULL, 10);
  kill (pid, SIGKILL);
  while (fgets (line, sizeof line, answers) != NULL)
    if (strchr (line, '\n') != NULL)
      earned_ms = g_ascii_strtoll (line, NULL, 10);
  fclose (answers);
  waitpid (pid, NULL, 0);
  return earned_ms;
}

static void
assert_sound (AcStore *store)
{
  g_autoptr (GError) error = NULL;
  AcLedgerFindings findings;
  AcLedgerRecount recount;

  g_assert_true (ac_ledger_verify (store, NULL, &findings, &error));
  g_assert_cmpstr (findings.finding, ==, NULL);
  ac_ledger_findings_clear (&findings);
  g_assert_true (ac_ledger_recount (store, 0, &recount, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (recount.first.what, ==, NULL);
}

static void
settle_rest (AcStore *store)
{
  AcSettlement *settlement = ac_settlement_new (store, &(AcSettlementPauses){ 0, 100 });
  guint watchdog = g_timeout_add_seconds (50, watchdog_bites, NULL);

  while (query_number (store, "SELECT count (*) FROM attendance "
                              "WHERE beats > settled_beats") > 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
  ac_settlement_free (settlement);
}

static const gchar *program;

static void
test_kill (Classroom *self, gconstpointer unused)
{
  StoreFixture *fixture = &self->store;
  gint64 seq = 0;

  write_sql (fixture->store,
             "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000, "
             "state = 'ended', ended_ms = 1700000200000 WHERE id = 1");
  join (self, 1, 1);
  settle (self);
  for (guint round = 0; round < ROUNDS; round++) {
    gint64 earned_ms;

    g_clear_pointer (&fixture->store, ac_store_close);
    earned_ms = run_and_kill (program, fixture->dir, seq, 10 + round * 9);
    g_assert_cmpint (earned_ms, >, 0);
    store_fixture_open (fixture);
    g_assert_cmpint (query_number (fixture->store, "SELECT earned_ms FROM attendance"),
                     >=, earned_ms);
    assert_sound (fixture->store);
    seq = query_number (fixture->store, "SELECT max (seq) FROM beats");
  }
  g_assert_cmpint (query_number (fixture->store, "SELECT count (*) FROM ledger"), >, 1);
  settle_rest (fixture->store);
  assert_sound (fixture->store);
  g_assert_cmpint (query_number (fixture->store, "SELECT sum (earned_ms) FROM ledger"),
                   ==,
                   query_number (fixture->store, "SELECT earned_ms FROM attendance"));
  g_assert_cmpint (
      query_number (fixture->store, "SELECT count (DISTINCT study) FROM ledger"), ==,
      2); /* the lesson's end lay in between */
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], g_ascii_strtoll (argv[3], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ledger/kill", Classroom, NULL, classroom_set_up, test_kill,
              classroom_tear_down);
  return g_test_run ();
}
