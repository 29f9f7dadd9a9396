/* "Are you there?": when a member is asked, what counts as an answer, and what a miss
 * takes. */
#include "classroom_fixture.h"

#include "ledger.h"
#include "ledger_check.h"
#include "prompts.h"
#include "proofs.h"
#include "settlement.h"

#define MINUTE (60 * S)

/* --- Jobs --- */

typedef struct {
  enum { ASK, SHOW, ANSWER, JUDGE, PROVE, SETTLE } what;
  Classroom *self;
  AcPromptAsk ask;
  AcPromptAnswer answer;
  AcPromptJudgement judgement;
  AcProof how;
  AcSettlementSlice slice;
  gint64 prompt;
  gint64 session;
  guint answered;
} Job;

static gboolean
run (AcStore *store, gpointer data, GError **error)
{
  Job *job = data;
  const AcArrival *now = &job->self->now;

  switch (job->what) {
  case ASK:
    return ac_prompt_ask (store, &job->ask, now, &job->prompt, error);
  case SHOW:
    return ac_prompt_shown (store, job->prompt, 1, job->session, now, error);
  case ANSWER:
    return ac_prompt_answer (store, &job->answer, now, error);
  case JUDGE:
    return ac_prompt_judge (store, &job->judgement, now, error);
  case PROVE:
    return ac_attendance_proof_at (store, 1, 1, job->how, now, error);
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
  settle (job->self);
  job->answered = 0;
  ac_store_write (job->self->store.store, run, job, NULL, ran, NULL);
  await (&job->answered, 1);
}

static gint64
ask (Classroom *self, gint64 asker)
{
  Job job = { ASK, self, .ask = { 1, 1, asker, AC_PROMPT_LIMIT_MS } };

  do_job (&job);
  return job.prompt;
}

static void
show (Classroom *self, gint64 prompt, gint64 session)
{
  Job job = { SHOW, self, .prompt = prompt, .session = session };

  do_job (&job);
}

static gboolean
press (Classroom *self, gint64 prompt, gint64 after_ms)
{
  Job job = { ANSWER, self, .answer = { prompt, 1, after_ms, self->creditable } };

  do_job (&job);
  return job.answer.accepted;
}

static AcPromptJudgement
judge (Classroom *self, gint64 prompt)
{
  Job job = { JUDGE, self, .judgement = { prompt, self->creditable } };

  do_job (&job);
  return job.judgement;
}

static void
prove (Classroom *self, AcProof how)
{
  Job job = { PROVE, self, .how = how };

  do_job (&job);
}

static void
enter_into_ledger (Classroom *self)
{
  Job job = { SETTLE, self, .slice = { .lesson = 1, .now_ms = self->now.wall_ms } };
  AcLedgerRecount recount;

  do
    do_job (&job);
  while (!job.slice.finished);
  g_assert_true (ac_ledger_recount (self->store.store, 0, &recount, NULL));
  g_assert_cmpstr (recount.first.what, ==, NULL);
  g_assert_cmpint (recount.n_unsettled, ==, 0);
}

/* --- When --- */

static void
test_draw (void)
{
  gint64 low_ms = G_MAXINT64, high_ms = 0;

  for (guint i = 0; i < 2000; i++) {
    gint64 drawn_ms = ac_prompt_draw_ms ();

    g_assert_cmpint (drawn_ms, >=, 20 * MINUTE);
    g_assert_cmpint (drawn_ms, <=, 30 * MINUTE);
    low_ms = MIN (low_ms, drawn_ms);
    high_ms = MAX (high_ms, drawn_ms);
  }
  g_assert_cmpint (low_ms, <, 21 * MINUTE);
  g_assert_cmpint (high_ms, >, 29 * MINUTE);
}

/* How long a member plays, from 0, until they are asked. */
static gint64
play_until_due (Classroom *self, AcBeatMode mode)
{
  join (self, 1, 1);
  for (gint64 seq = 1; seq <= 40 * 6; seq++) {
    AcBeat one = beat (seq, (seq - 1) * 10 * S, seq * 10 * S);

    one.mode = mode;
    pass (self, 10 * S);
    send_beats (self, 1, 1, &one, 1);
    settle (self);
    if (self->attendance.prompt_due)
      return seq * 10 * S;
  }
  return 0;
}

static void
test_due_of_video (Classroom *self, gconstpointer unused)
{
  gint64 played_ms, seq = 1000;

  g_assert_cmpint (ask (self, 0), ==, 0);
  played_ms = play_until_due (self, AC_BEAT_VIDEO);
  g_assert_cmpint (played_ms, >=, 20 * MINUTE);
  g_assert_cmpint (played_ms, <=, 30 * MINUTE + 10 * S);
  g_assert_cmpint (ask (self, 0), >, 0);
  g_assert_cmpint (ask (self, 0), ==, 0); /* it is open */
  g_assert_cmpint (ask (self, 2), ==, 0);
  play (self, 1, 1, &seq, played_ms, played_ms + 19 * MINUTE, 1000);
  settle (self);
  g_assert_false (self->attendance.prompt_due); /* drawn anew from there */
}

static void
test_due_of_audio (Classroom *self, gconstpointer unused)
{
  gint64 played_ms = play_until_due (self, AC_BEAT_AUDIO);

  g_assert_cmpint (played_ms, >=, 10 * MINUTE);
  g_assert_cmpint (played_ms, <=, 15 * MINUTE + 10 * S);
}

static void
test_due_of_room (Classroom *self, gconstpointer unused)
{
  g_assert_cmpint (play_until_due (self, AC_BEAT_ROOM), ==, 0);
}

/* --- What a miss takes --- */

/* Played for half an hour, asked at its end. Returns: the prompt. */
static gint64
played_and_asked (Classroom *self)
{
  gint64 seq = 0, prompt;

  write_sql (self->store.store, "UPDATE lessons SET creditable = '0-5400000', "
                                "length_ms = 5400000, created_ms = 1700000000000");
  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  prove (self, AC_PROOF_CHAT);
  play (self, 1, 1, &seq, 600 * S, 1800 * S, 1000);
  prompt = ask (self, 2);
  g_assert_cmpint (prompt, >, 0);
  return prompt;
}

static void
test_missed (Classroom *self, gconstpointer unused)
{
  gint64 prompt = played_and_asked (self), seq = 500;
  AcPromptJudgement judgement;

  enter_into_ledger (self);
  show (self, prompt, 1);
  pass (self, AC_PROMPT_LIMIT_MS + AC_PROMPT_GRACE_MS);
  judgement = judge (self, prompt);
  g_assert_false (judgement.closed);
  pass (self, 1);
  judgement = judge (self, prompt);
  g_assert_true (judgement.closed && judgement.missed);
  assert_attendance (self, 1, 1, 600 * S, 600 * S);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT count (*) FROM beats WHERE absent = 1"),
      ==, 120);

  enter_into_ledger (self);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE kind = 'AUTO' AND "
                                 "earned_ms = -1200000 AND media = '600000-1800000'"),
                   ==, 1);
  /* What was taken may be watched again. */
  pass (self, 600 * S);
  play (self, 1, 1, &seq, 1200 * S, 1800 * S, 1000);
  assert_attendance (self, 1, 1, 1200 * S, 1200 * S);
  enter_into_ledger (self);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT sum (earned_ms) FROM ledger"), ==,
      1200 * S);
}

static void
test_never_shown (Classroom *self, gconstpointer unused)
{
  gint64 prompt = played_and_asked (self);
  AcPromptJudgement judgement;

  pass (self, 3600 * S);
  judgement = judge (self, prompt);
  g_assert_true (judgement.closed);
  g_assert_false (judgement.missed);
  assert_attendance (self, 1, 1, 1800 * S, 1800 * S);
  g_assert_cmpint (ask (self, 2), ==, prompt + 1); /* and can be asked again */
}

static void
test_answered (Classroom *self, gconstpointer unused)
{
  gint64 prompt = played_and_asked (self), seq = 500, next;

  show (self, prompt, 1);
  show (self, prompt, 2); /* the other device: the time runs from the first */
  pass (self, 170 * S);
  g_assert_true (press (self, prompt, 160 * S));
  g_assert_true (press (self, prompt, 170 * S));
  g_assert_false (judge (self, prompt).closed);
  play (self, 1, 1, &seq, 1800 * S, 2000 * S, 1000);
  next = ask (self, 2);
  show (self, next, 1);
  pass (self, 200 * S);
  g_assert_true (judge (self, next).missed);
  /* Back to the press, no further: it came 170 s before these 200 s. */
  assert_attendance (self, 1, 1, 1800 * S, 1800 * S);
}

/* Nobody presses for somebody else. */
static void
test_of_somebody_else (Classroom *self, gconstpointer unused)
{
  gint64 prompt = played_and_asked (self);
  Job job = { ANSWER, self, .answer = { prompt, 2, 0, self->creditable } };

  do_job (&job);
  g_assert_false (job.answer.accepted);
  job.answer.prompt = 99;
  do_job (&job);
  g_assert_false (job.answer.accepted);
  g_assert_cmpint (query_number (self->store.store, "SELECT closed_ms IS NULL "
                                                    "FROM prompts"),
                   ==, 1);
}

static const struct {
  gint64 pressed_after_ms, arrives_after_ms;
  gboolean accepted;
} late[] = {
  { 100 * S, 400 * S, TRUE },
  { AC_PROMPT_LIMIT_MS, AC_PROMPT_LIMIT_MS + AC_PROMPT_LATE_MS, TRUE },
  { AC_PROMPT_LIMIT_MS + 1, 400 * S, FALSE },
  { 100 * S, AC_PROMPT_LIMIT_MS + AC_PROMPT_LATE_MS + 1, FALSE },
};

/* Pressed in time, but the line was lost: what was taken is given back, exactly. */
static void
test_late_answers (Classroom *self, gconstpointer index)
{
  guint i = GPOINTER_TO_UINT (index);
  gint64 prompt = played_and_asked (self), expected_ms;

  show (self, prompt, 1);
  pass (self, 300 * S);
  g_assert_true (judge (self, prompt).missed);
  enter_into_ledger (self);
  pass (self, late[i].arrives_after_ms - 300 * S);
  g_assert_cmpint (press (self, prompt, late[i].pressed_after_ms), ==,
                   late[i].accepted);
  expected_ms = late[i].accepted ? 1800 * S : 600 * S;
  assert_attendance (self, 1, 1, expected_ms, expected_ms);
  enter_into_ledger (self);
  g_assert_cmpint (
      query_number (self->store.store, "SELECT sum (earned_ms) FROM ledger"), ==,
      expected_ms);
}

/* Beats from before a boot keep what was accepted of them, but lose it all the same. */
static void
test_over_a_boot (Classroom *self, gconstpointer unused)
{
  gint64 prompt, seq = 0;

  join (self, 1, 1);
  play (self, 1, 1, &seq, 0, 600 * S, 1000);
  prove (self, AC_PROOF_POLL);
  play (self, 1, 1, &seq, 600 * S, 900 * S, 1000);
  self->now.boot = "another";
  self->now.clock_ms = 5 * S;
  play (self, 1, 1, &seq, 900 * S, 1200 * S, 1000);
  prompt = ask (self, 2);
  show (self, prompt, 1);
  pass (self, 200 * S);
  g_assert_true (judge (self, prompt).missed);
  assert_attendance (self, 1, 1, 600 * S, 600 * S);
  g_assert_true (press (self, prompt, 1 * S));
  assert_attendance (self, 1, 1, 1200 * S, 1200 * S);
}

/* A prompt of before the boot can be answered, not missed. */
static void
test_prompt_over_a_boot (Classroom *self, gconstpointer unused)
{
  gint64 prompt = played_and_asked (self);
  AcPromptJudgement judgement;
  AcPrompt open;

  show (self, prompt, 1);
  g_assert_true (
      ac_prompt_find_open (self->store.store, 1, 1, &self->now, &open, NULL));
  g_assert_cmpint (open.id, ==, prompt);
  g_assert_cmpint (open.left_ms, ==, AC_PROMPT_LIMIT_MS);
  self->now.boot = "another";
  judgement = judge (self, prompt);
  g_assert_true (judgement.closed);
  g_assert_false (judgement.missed);
}

#define ADD(name, function)                                                            \
  g_test_add ("/prompts/" name, Classroom, NULL, classroom_set_up, function,           \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prompts/draw", test_draw);
  ADD ("due/video", test_due_of_video);
  ADD ("due/audio", test_due_of_audio);
  ADD ("due/room", test_due_of_room);
  ADD ("missed", test_missed);
  ADD ("never-shown", test_never_shown);
  ADD ("answered", test_answered);
  ADD ("of-somebody-else", test_of_somebody_else);
  for (guint i = 0; i < G_N_ELEMENTS (late); i++) {
    g_autofree gchar *name = g_strdup_printf ("/prompts/late/%u", i);

    g_test_add (name, Classroom, GUINT_TO_POINTER (i), classroom_set_up,
                test_late_answers, classroom_tear_down);
  }
  ADD ("over-a-boot", test_over_a_boot);
  ADD ("prompt-over-a-boot", test_prompt_over_a_boot);
  return g_test_run ();
}
