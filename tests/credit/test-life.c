/* A member's life at random: two devices, two lessons, breaks, prompts that are
 * answered, missed or answered late, messages that are reordered, repeated, held back
 * or lies. Whatever happens, after each step:
 *
 *   - a session's accepted media <= 1.5 x its wall time + 2 s (1.05 at the live edge)
 *   - nothing accepted was unpublished by then, and what counts lies in what is
 *     creditable
 *   - no more is earned, over both lessons, than the time that passed
 *   - of the lesson that was opened second nothing counts while the first one plays
 *   - the figures follow from the stored beats, and so does the ledger
 *
 * The seed is printed: --seed=R02S... plays the same life again. */
#include "classroom_fixture.h"

#include "ledger_check.h"
#include "prompts.h"
#include "proofs.h"
#include "settlement.h"

#define LIVES 5
#define STEPS 90
#define HELD_MAX 8

typedef struct {
  guint n_beats;
  AcBeat beats[AC_BEAT_BATCH_MAX];
} Message;

/* A page: what it played and did not send yet. */
typedef struct {
  gint64 session, lesson;
  gint64 seq, at_ms;
  Message held[HELD_MAX];
  guint n_held;
} Page;

typedef struct {
  Classroom *self;
  Page pages[3]; /* two of lesson 1, one of lesson 2 */
  gint64 edge_ms;
  gboolean on_break;
  gint64 open_prompt, missed_prompt;
  guint n_missed, n_given_back;
} Life;

/* --- Jobs --- */

typedef struct {
  Life *life;
  enum { ASK, SHOW, ANSWER, JUDGE, PROVE, SETTLE } what;
  gint64 prompt;
  AcPromptAnswer answer;
  AcPromptJudgement judgement;
  AcSettlementSlice slice;
  guint answered;
} Job;

static gboolean
run (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;
  const AcArrival *now = &job->life->self->now;

  switch (job->what) {
  case ASK:
    return ac_prompt_ask (store, &(AcPromptAsk){ 1, 1, 2, AC_PROMPT_LIMIT_MS }, now,
                          &job->prompt, error);
  case SHOW:
    return ac_prompt_shown (store, job->prompt, 1, 1, now, error);
  case ANSWER:
    return ac_prompt_answer (store, &job->answer, now, error);
  case JUDGE:
    return ac_prompt_judge (store, &job->judgement, now, error);
  case PROVE:
    return ac_attendance_proof_at (store, 1, 1, AC_PROOF_CHAT, now, error);
  default:
    return ac_settlement_run_slice (store, &job->slice, error);
  }
}

static void
ran (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Job *)data)->answered++;
}

static void
do_job (Job *job)
{
  Classroom *self = job->life->self;

  settle (self);
  job->answered = 0;
  ac_store_write (self->store.store, run, job, NULL, ran, NULL);
  await (&job->answered, 1);
}

/* --- Playing --- */

static gboolean
one_in (gint32 n)
{
  return g_test_rand_int_range (0, n) == 0;
}

static void
play_on (Life *life, Page *page)
{
  gint64 from_ms = MIN (page->at_ms, life->edge_ms);
  AcBeat next = beat (++page->seq, from_ms, from_ms + 10 * S);
  Message *message;

  if (one_in (12))
    next.from_ms = g_test_rand_int_range (0, (gint32)life->edge_ms + 1);
  next.to_ms = next.from_ms + 10 * S;
  if (one_in (12))
    next.to_ms += g_test_rand_int_range (0, 900 * S); /* a lie */
  next.visible = !one_in (15);
  next.playing = !one_in (15);
  next.rate_permille = one_in (6) ? 1500 : 1000;
  page->at_ms = next.to_ms;
  if (page->n_held == HELD_MAX)
    return; /* it is lost for ever: a hole in the numbers */
  message = &page->held[page->n_held++];
  message->n_beats = 1;
  message->beats[0] = next;
}

/* Any of those that were held back, or all in one. */
static void
send (Life *life, Page *page)
{
  Classroom *self = life->self;
  guint i;

  if (page->n_held == 0)
    return;
  if (one_in (5)) {
    Message *first = &page->held[0];

    for (i = 1; i < page->n_held; i++)
      first->beats[first->n_beats++] = page->held[i].beats[0];
    page->n_held = 1;
  }
  i = (guint)g_test_rand_int_range (0, (gint32)page->n_held);
  for (gint n = one_in (5) ? 2 : 1; n > 0; n--)
    send_beats (self, page->session, page->lesson, page->held[i].beats,
                page->held[i].n_beats);
  page->held[i] = page->held[--page->n_held];
}

static void
publish (Life *life, gint64 duration_ms)
{
  Classroom *self = life->self;
  AcIntervalSet *grown = ac_interval_set_copy (self->creditable);

  if (!life->on_break)
    ac_interval_set_add (grown, life->edge_ms, life->edge_ms + duration_ms);
  ac_interval_set_unref (self->creditable); /* messages on their way keep theirs */
  self->creditable = self->media.creditable = grown;
  self->media.edge_ms = life->edge_ms += duration_ms;
}

/* --- Prompts --- */

static void
ask_and_show (Life *life)
{
  Job job = { life, ASK };

  do_job (&job);
  life->open_prompt = job.prompt;
  job.what = SHOW;
  if (job.prompt != 0 && !one_in (4))
    do_job (&job);
}

static void
press (Life *life, gint64 prompt, gint64 after_ms)
{
  Job job = { life, ANSWER, .answer = { prompt, 1, after_ms, life->self->creditable } };

  do_job (&job);
  life->n_given_back += prompt == life->missed_prompt && job.answer.accepted;
}

static void
judge (Life *life)
{
  Job job = { life, JUDGE, .judgement = { life->open_prompt, life->self->creditable } };

  do_job (&job);
  if (job.judgement.closed)
    life->open_prompt = 0;
  if (job.judgement.missed) {
    life->missed_prompt = job.judgement.prompt;
    life->n_missed++;
  }
}

static void
prompt_somehow (Life *life)
{
  if (life->open_prompt == 0 && one_in (6))
    ask_and_show (life);
  else if (life->open_prompt != 0 && one_in (8)) {
    press (life, life->open_prompt, 5 * S);
    life->open_prompt = 0;
  } else if (life->open_prompt != 0)
    judge (life);
  if (life->missed_prompt != 0 && one_in (12)) {
    press (life, life->missed_prompt, 9 * S);
    life->missed_prompt = 0;
  }
  if (one_in (20)) {
    Job job = { life, PROVE };

    do_job (&job);
  }
}

/* --- What must hold --- */

#define NONE(sql) g_assert_cmpint (query_number (store, "SELECT count (*) " sql), ==, 0)

static void
check_sessions (Life *life)
{
  AcStore *store = life->self->store.store;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT sum (accepted_ms), ?1 - (SELECT opened_ms FROM presence AS p "
      "  WHERE p.session = beats.session AND p.lesson = beats.lesson), "
      "  min (flags & 64) FROM beats GROUP BY session, lesson",
      NULL);

  ac_statement_bind (statement, "i", life->self->now.clock_ms);
  while (ac_store_step (store, statement, NULL) == SQLITE_ROW) {
    gint64 cap = sqlite3_column_int (statement, 2) ? 1050 : 1500;

    g_assert_cmpint (sqlite3_column_int64 (statement, 0), <=,
                     cap * sqlite3_column_int64 (statement, 1) / 1000 + 2000);
  }
}

static void
check_lesson (Life *life, gint64 lesson)
{
  Classroom *self = life->self;
  AcAttendance row;

  g_assert_true (ac_attendance_get (self->store.store, lesson, 1, &row, NULL));
  assert_attendance (self, lesson, 1, row.accepted_ms, row.earned_ms);
  g_assert_cmpint (row.accepted_ms, <=, ac_interval_set_measure (self->creditable));
}

static void
check (Life *life)
{
  AcStore *store = life->self->store.store;

  settle (life->self);
  check_sessions (life);
  check_lesson (life, 1);
  check_lesson (life, 2);
  NONE ("FROM beats WHERE accepted_ms > 0 AND accepted_from_ms + accepted_ms > "
        "edge_ms");
  NONE ("FROM beats WHERE accepted_ms < 0 OR accepted_ms > 0 AND "
        "(accepted_from_ms < from_ms OR accepted_from_ms + accepted_ms > to_ms)");
  NONE ("FROM beats WHERE accepted_ms > 0 AND (NOT playing OR NOT visible)");
  NONE ("FROM beats WHERE earned_ms > 0 AND absent IS NOT NULL");
  NONE ("FROM beats WHERE earned_ms > 0 AND flags & 32");
  NONE ("FROM attendance AS a WHERE beats <> (SELECT count (*) FROM beats AS b "
        "WHERE b.lesson = a.lesson) OR beats <> (SELECT max (ordinal) FROM beats AS b "
        "WHERE b.lesson = a.lesson)");
  NONE ("FROM attendance AS a WHERE earned_ms <> (SELECT sum (earned_ms) FROM beats "
        "AS b WHERE b.lesson = a.lesson) OR earned_ms <> (SELECT "
        "ifnull (sum (earned_ms), 0) FROM intervals AS i WHERE i.lesson = a.lesson)");
  g_assert_cmpint (
      query_number (store, "SELECT ifnull (sum (earned_ms), 0) FROM attendance"), <=,
      life->self->now.clock_ms - START_MS);
}

static void
enter_into_ledger (Life *life)
{
  AcStore *store = life->self->store.store;
  g_autofree gchar *set = ac_interval_set_to_text (life->self->creditable);
  g_autofree gchar *sql = g_strdup_printf (
      "UPDATE lessons SET state = 'ended', creditable = '%s', length_ms = "
      "%" G_GINT64_FORMAT ", ended_ms = 1, created_ms = 1700000000000",
      set, life->edge_ms);
  AcLedgerRecount recount;

  settle (life->self);
  write_sql (store, sql);
  for (gint64 lesson = 1; lesson <= 2; lesson++) {
    Job job = { life, SETTLE,
                .slice = { .lesson = lesson, .now_ms = life->self->now.wall_ms } };

    do
      do_job (&job);
    while (!job.slice.finished);
  }
  g_assert_true (ac_ledger_recount (store, 0, &recount, NULL));
  g_assert_cmpstr (recount.first.what, ==, NULL);
  g_assert_cmpint (recount.n_unsettled, ==, 0);
  g_assert_cmpint (query_number (store, "SELECT sum (earned_ms) FROM ledger"), ==,
                   query_number (store, "SELECT sum (earned_ms) FROM attendance"));
}

static void
test_life (Classroom *self, gconstpointer index)
{
  Life life = { .self = self, .pages = { { 1, 1 }, { 2, 1 }, { 2, 2 } }, .edge_ms = 0 };

  for (guint i = GPOINTER_TO_UINT (index); i > 0; i--)
    g_test_rand_int (); /* each test begins with the same seed */
  ac_interval_set_remove (self->creditable, 0, LENGTH_MS);
  self->media.live = TRUE;
  publish (&life, 60 * S);
  for (guint i = 0; i < G_N_ELEMENTS (life.pages); i++) {
    join (self, life.pages[i].session, life.pages[i].lesson);
    pass (self, 1);
  }
  for (guint step = 0; step < STEPS; step++) {
    gint64 step_ms = one_in (15) ? 200 * S : 10 * S;

    pass (self, step_ms);
    publish (&life, step_ms);
    life.on_break ^= one_in (12);
    for (guint i = 0; i < G_N_ELEMENTS (life.pages); i++) {
      if (!one_in (6))
        play_on (&life, &life.pages[i]);
      for (guint n = (guint)g_test_rand_int_range (0, 3); n > 0; n--)
        send (&life, &life.pages[i]);
    }
    prompt_somehow (&life);
    if (step % 10 == 9)
      check (&life);
    if (step == STEPS / 2) {
      store_fixture_reopen (&self->store);
      enter_into_ledger (&life); /* and on: what comes is told by differences */
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (life.pages); i++)
    while (life.pages[i].n_held > 0)
      send (&life, &life.pages[i]);
  check (&life);
  enter_into_ledger (&life);
  g_test_message ("%u missed, %u of them given back", life.n_missed, life.n_given_back);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < LIVES; i++) {
    g_autofree gchar *name = g_strdup_printf ("/life/%u", i);

    g_test_add (name, Classroom, GUINT_TO_POINTER (i), classroom_set_up, test_life,
                classroom_tear_down);
  }
  return g_test_run ();
}
