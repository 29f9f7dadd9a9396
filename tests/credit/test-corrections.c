/* Entries by hand: who may, how much, and what a member sees of it. */
#include "classroom_fixture.h"

#include "appeals.h"
#include "corrections.h"
#include "credit_error.h"
#include "ledger.h"
#include "ledger_check.h"
#include "study_record.h"
#include "settlement.h"

/* Member 1 studies; 2 and 3 are staff. */
#define MEMBER 1

typedef enum { ASK, DECIDE, OPEN, ANSWER, SETTLE, CLOSE } What;

typedef struct {
  What what;
  gint64 wall_ms;
  AcCorrection correction;
  gint64 id, decider;
  const gchar *refusal;
  AcAppeal appeal;
  AcSettlementSlice slice;
  guint answered;
  GError *error;
} Act;

static gboolean
run_act (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;
  AcCorrection decided = { 0 };

  switch (act->what) {
  case ASK:
    return ac_correction_ask (store, &act->correction, act->wall_ms, error);
  case DECIDE:
    if (!ac_correction_decide (store, act->id, act->refusal, act->decider, act->wall_ms,
                               &decided, error))
      return FALSE;
    act->correction = decided;
    return TRUE;
  case OPEN:
    return ac_appeal_open (store, &act->appeal, act->wall_ms, error);
  case ANSWER:
    return ac_appeal_answer (store, &act->appeal, act->wall_ms, error);
  case SETTLE:
    return ac_settlement_run_slice (store, &act->slice, error);
  case CLOSE:
    return ac_ledger_close_year (store, act->id, 0, act->wall_ms, error);
  }
  return FALSE;
}

static void
act_answered (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;

  act->error = error != NULL ? g_error_copy (error) : NULL;
  act->answered++;
}

static void
run (Classroom *self, Act *act)
{
  settle (self);
  act->wall_ms = self->now.wall_ms;
  ac_store_write (self->store.store, run_act, act, NULL, act_answered, NULL);
  await (&act->answered, 1);
  if (act->what == ASK) /* the other texts are not its own */
    g_clear_pointer (&act->correction.answer, g_free);
}

static void
set_up (Classroom *self, gconstpointer unused)
{
  classroom_set_up (self, NULL);
  write_sql (self->store.store,
             "INSERT INTO members (id, number, name, role, kind, created_ms) "
             "VALUES (3, 'C', '赵', 'administrator', 'member', 0)");
  write_sql (self->store.store,
             "UPDATE lessons SET creditable = '0-5400000', length_ms = 5400000, "
             "started_ms = 1699999999000");
}

static Act
asked (AcEntryKind kind, gint64 earned_ms, gint64 reference, gint64 asker)
{
  return (Act){ .what = ASK,
                .correction = { .kind = kind,
                                .study = AC_STUDY_GROUP,
                                .member = MEMBER,
                                .lesson = 1,
                                .earned_ms = earned_ms,
                                .reference = reference,
                                .reason = (gchar *)"签到表补录",
                                .evidence = (gchar *)"sheet 7",
                                .asker = asker } };
}

static gint64
ask_good (Classroom *self, AcEntryKind kind, gint64 earned_ms, gint64 reference,
          AcCorrectionState state)
{
  Act act = asked (kind, earned_ms, reference, 2);

  run (self, &act);
  g_assert_no_error (act.error);
  g_assert_cmpint (act.correction.state, ==, state);
  g_assert_cmpint (act.correction.entry != 0, ==, state == AC_CORRECTION_ENTERED);
  return act.correction.id;
}

/* @error_code: -1: good */
static void
decide (Classroom *self, gint64 id, gint64 decider, const gchar *refusal,
        gint error_code)
{
  Act act = { .what = DECIDE, .id = id, .decider = decider, .refusal = refusal };

  run (self, &act);
  if (error_code < 0) {
    g_assert_no_error (act.error);
    g_assert_cmpint (act.correction.state, ==,
                     refusal == NULL ? AC_CORRECTION_ENTERED : AC_CORRECTION_REJECTED);
    g_assert_cmpstr (act.correction.answer, ==, refusal != NULL ? refusal : "");
    ac_correction_clear (&act.correction);
  } else {
    g_assert_error (act.error, AC_CREDIT_ERROR, error_code);
    g_clear_error (&act.error);
  }
}

static void
assert_sum (Classroom *self, gint64 earned_ms)
{
  AcLedgerFindings findings;
  gint64 sum_ms;

  g_assert_true (ac_ledger_sum (self->store.store, 1, MEMBER, &sum_ms, NULL));
  g_assert_cmpint (sum_ms, ==, earned_ms);
  g_assert_true (ac_ledger_verify (self->store.store, NULL, &findings, NULL));
  g_assert_cmpstr (findings.finding, ==, NULL);
  ac_ledger_findings_clear (&findings);
}

static void
watch (Classroom *self, gint64 *seq, gint64 from_ms, gint64 to_ms)
{
  Act act = { .what = SETTLE, .slice = { .lesson = 1 } };

  play (self, 1, 1, seq, from_ms, to_ms, 1000);
  act.slice.now_ms = self->now.wall_ms;
  run (self, &act);
  g_assert_no_error (act.error);
}

static void
test_increase_needs_two (Classroom *self, gconstpointer unused)
{
  gint64 id = ask_good (self, AC_ENTRY_ADJUST, 600 * S, 0, AC_CORRECTION_OPEN);

  assert_sum (self, 0);
  decide (self, id, 2, NULL, AC_CREDIT_ERROR_DENIED);      /* one alone */
  decide (self, id, MEMBER, NULL, AC_CREDIT_ERROR_DENIED); /* whose it is */
  decide (self, 99, 3, NULL, AC_CREDIT_ERROR_NOT_FOUND);
  assert_sum (self, 0);
  decide (self, id, 3, NULL, -1);
  assert_sum (self, 600 * S);
  g_assert_cmpint (query_number (self->store.store,
                                 "SELECT count (*) FROM ledger WHERE kind = 'ADJUST' "
                                 "AND actor = 2 AND approver = 3"),
                   ==, 1);
  decide (self, id, 3, NULL, AC_CREDIT_ERROR_STATE);
  id = ask_good (self, AC_ENTRY_MAKEUP, 600 * S, 0, AC_CORRECTION_OPEN);
  decide (self, id, 2, "", -1); /* taken back by who asked */
  decide (self, id, 3, NULL, AC_CREDIT_ERROR_STATE);
  id = ask_good (self, AC_ENTRY_MAKEUP, 600 * S, 0, AC_CORRECTION_OPEN);
  decide (self, id, 3, "", AC_CREDIT_ERROR_INVALID); /* they are told why */
  decide (self, id, 3, "签到表上没有签名", -1);
  assert_sum (self, 600 * S);
}

/* Nor by whoever goes around the program. */
static void
test_trigger (Classroom *self, gconstpointer unused)
{
  SqlJob job = { "UPDATE corrections SET state = 'entered', decider = asker" };

  ask_good (self, AC_ENTRY_ADJUST, 600 * S, 0, AC_CORRECTION_OPEN);
  ac_store_write (self->store.store, run_sql_job, &job, NULL, sql_job_answered, NULL);
  await (&job.answered, 1);
  g_assert_nonnull (job.error);
  g_clear_error (&job.error);
}

static void
test_taking_away (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, id;

  join (self, 1, 1);
  watch (self, &seq, 0, 1000 * S);
  ask_good (self, AC_ENTRY_ADJUST, -400 * S, 0, AC_CORRECTION_ENTERED);
  assert_sum (self, 600 * S);
  watch (self, &seq, 1000 * S, 1500 * S); /* beats are settled by themselves */
  assert_sum (self, 1100 * S);
  ask_good (self, AC_ENTRY_VOID, 0, 1, AC_CORRECTION_ENTERED);
  assert_sum (self, 100 * S);
  /* To take back what took away is an increase. */
  id = ask_good (self, AC_ENTRY_VOID, 0, 2, AC_CORRECTION_OPEN);
  decide (self, id, 3, NULL, -1);
  assert_sum (self, 500 * S);
}

static void
test_refused (Classroom *self, gconstpointer unused)
{
  const struct {
    Act act;
    AcCreditError code;
    const gchar *field;
  } rows[] = {
    { asked (AC_ENTRY_ADJUST, 0, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_ADJUST, -1, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_ADJUST, 5400 * S + 1, 0, 2), AC_CREDIT_ERROR_INVALID,
      "earned_ms" },
    { asked (AC_ENTRY_ADJUST, G_MAXINT64, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_ADJUST, G_MININT64, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_MAKEUP, -5, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_WAIVE, 5, 0, 2), AC_CREDIT_ERROR_INVALID, "earned_ms" },
    { asked (AC_ENTRY_VOID, 0, 7, 2), AC_CREDIT_ERROR_NOT_FOUND, "reference" },
    { asked (AC_ENTRY_ADJUST, 5, 7, 2), AC_CREDIT_ERROR_INVALID, "reference" },
    { asked (AC_ENTRY_AUTO, 5, 0, 2), AC_CREDIT_ERROR_INVALID, "kind" },
    { asked (AC_ENTRY_STEWARD, 5, 0, 2), AC_CREDIT_ERROR_INVALID, "kind" },
    { asked (AC_ENTRY_ADJUST, 5, 0, MEMBER), AC_CREDIT_ERROR_DENIED, "member" },
  };
  Act act;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    act = rows[i].act;
    run (self, &act);
    g_assert_error (act.error, AC_CREDIT_ERROR, (gint)rows[i].code);
    g_assert_cmpstr (ac_credit_error_field (act.error), ==, rows[i].field);
    g_clear_error (&act.error);
  }
  act = asked (AC_ENTRY_ADJUST, 5, 0, 2);
  act.correction.reason = (gchar *)"";
  run (self, &act);
  g_assert_cmpstr (ac_credit_error_field (act.error), ==, "reason");
  g_clear_error (&act.error);
  act = asked (AC_ENTRY_ADJUST, 5, 0, 2);
  act.correction.lesson = 9;
  run (self, &act);
  g_assert_cmpstr (ac_credit_error_field (act.error), ==, "lesson");
  g_clear_error (&act.error);
  assert_sum (self, 0);
}

/* Two increases that were each right when they were asked for. */
static void
test_approved_late (Classroom *self, gconstpointer unused)
{
  gint64 first = ask_good (self, AC_ENTRY_ADJUST, 5000 * S, 0, AC_CORRECTION_OPEN);
  gint64 second = ask_good (self, AC_ENTRY_ADJUST, 5000 * S, 0, AC_CORRECTION_OPEN);
  g_autoptr (GPtrArray) open = NULL;

  decide (self, first, 3, NULL, -1);
  decide (self, second, 3, NULL, AC_CREDIT_ERROR_INVALID);
  open = ac_correction_list (self->store.store, AC_CORRECTION_OPEN, 0, 0, 10, NULL);
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_cmpint (((AcCorrection *)open->pdata[0])->id, ==, second);
  g_assert_cmpstr (((AcCorrection *)open->pdata[0])->reason, ==, "签到表补录");
}

static void
test_appeal (Classroom *self, gconstpointer unused)
{
  Act open = { .what = OPEN,
               .appeal = { .member = MEMBER, .lesson = 1, .text = (gchar *)"我在场" } };
  Act again = open, answer = { .what = ANSWER, .appeal = { .id = 1 } };
  g_autoptr (GPtrArray) list = NULL;
  const AcAppeal *seen;

  run (self, &open);
  g_assert_no_error (open.error);
  run (self, &again);
  g_assert_error (again.error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_EXISTS);
  g_clear_error (&again.error);
  decide (self, ask_good (self, AC_ENTRY_ADJUST, 5 * S, 0, AC_CORRECTION_OPEN), 3, NULL,
          -1);
  answer.appeal.answer = (gchar *)"已补录";
  answer.appeal.answerer = MEMBER;
  answer.appeal.entry = 1;
  run (self, &answer);
  g_assert_error (answer.error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_DENIED);
  g_clear_error (&answer.error);
  answer.answered = 0;
  answer.appeal.answerer = 2;
  run (self, &answer);
  g_assert_no_error (answer.error);
  g_free (answer.appeal.text);
  list = ac_appeal_list (self->store.store, MEMBER, 0, 0, 10, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  seen = list->pdata[0];
  g_assert_cmpstr (seen->text, ==, "我在场");
  g_assert_cmpstr (seen->answer, ==, "已补录");
  g_assert_cmpint (seen->entry, ==, 1);
  g_ptr_array_unref (list);
  list = ac_appeal_list (self->store.store, 0, 0, 0, 10, NULL);
  g_assert_cmpuint (list->len, ==, 0); /* none is open */
}

static void
test_appeal_refused (Classroom *self, gconstpointer unused)
{
  Act act = { .what = OPEN,
              .appeal = { .member = MEMBER, .lesson = 9, .text = (gchar *)"x" } };

  run (self, &act);
  g_assert_cmpstr (ac_credit_error_field (act.error), ==, "lesson");
  g_clear_error (&act.error);
  act.answered = 0;
  act.appeal.lesson = 1;
  act.appeal.text = (gchar *)"";
  run (self, &act);
  g_assert_cmpstr (ac_credit_error_field (act.error), ==, "text");
  g_clear_error (&act.error);
  act = (Act){ .what = ANSWER, .appeal = { .id = 5, .answer = (gchar *)"x" } };
  run (self, &act);
  g_assert_error (act.error, AC_CREDIT_ERROR, AC_CREDIT_ERROR_NOT_FOUND);
  g_clear_error (&act.error);
}

static AcRecordState
record_state (Classroom *self)
{
  g_autoptr (AcRecord) record =
      ac_record_of_lesson (self->store.store, MEMBER, 1, NULL);

  return record->state;
}

static void
test_states (Classroom *self, gconstpointer unused)
{
  gint64 seq = 0, id;

  g_assert_cmpint (record_state (self), ==, AC_RECORD_NONE);
  join (self, 1, 1);
  watch (self, &seq, 0, 4319 * S);
  g_assert_cmpint (record_state (self), ==, AC_RECORD_PARTIAL);
  watch (self, &seq, 4319 * S, 4320 * S); /* 80 % */
  g_assert_cmpint (record_state (self), ==, AC_RECORD_ATTENDED);
  ask_good (self, AC_ENTRY_VOID, 0, 1, AC_CORRECTION_ENTERED);
  g_assert_cmpint (record_state (self), ==, AC_RECORD_PARTIAL);
  id = ask_good (self, AC_ENTRY_MAKEUP, 2700 * S, 0, AC_CORRECTION_OPEN);
  decide (self, id, 3, NULL, -1);
  g_assert_cmpint (record_state (self), ==, AC_RECORD_MADE_UP);
  ask_good (self, AC_ENTRY_WAIVE, 0, 0, AC_CORRECTION_ENTERED);
  g_assert_cmpint (record_state (self), ==, AC_RECORD_EXEMPT);
}

static void
test_reasons (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcRecord) record = NULL;
  const AcRecordReason *reason;
  AcBeat hidden = beat (1, 0, 10 * S), lie = beat (2, 10 * S, 400 * S);

  join (self, 1, 1);
  hidden.visible = FALSE;
  pass (self, 10 * S);
  send_beats (self, 1, 1, &hidden, 1);
  pass (self, 10 * S);
  send_beats (self, 1, 1, &lie, 1);
  settle (self);
  write_sql (self->store.store, "UPDATE lessons SET creditable = '0-15000'");
  write_sql (self->store.store,
             "INSERT INTO lesson_breaks (lesson, start_ms, end_ms, wall_ms) "
             "VALUES (1, 15000, 20000, 0)");
  record = ac_record_of_lesson (self->store.store, MEMBER, 1, NULL);
  g_assert_cmpuint (record->reasons->len, ==, 4);
  reason = &g_array_index (record->reasons, AcRecordReason, 0);
  g_assert_cmpstr (reason->name, ==, "faster-than-time");
  g_assert_cmpint (reason->media_ms, ==, (390 - 17) * S);
  g_assert_false (g_str_is_ascii (reason->zh));
  reason = &g_array_index (record->reasons, AcRecordReason, 1);
  g_assert_cmpstr (reason->name, ==, "hidden");
  g_assert_cmpint (reason->n_beats, ==, 1);
  g_assert_cmpint (reason->media_ms, ==, 10 * S);
  reason = &g_array_index (record->reasons, AcRecordReason, 2);
  g_assert_cmpstr (reason->name, ==, "break");
  g_assert_cmpint (reason->media_ms, ==, 5 * S);
  reason = &g_array_index (record->reasons, AcRecordReason, 3);
  g_assert_cmpstr (reason->name, ==, "no-signal");
  g_assert_cmpint (reason->media_ms, ==, 7 * S);
}

static const AcRecordReason *
find_reason (const AcRecord *record, const gchar *name)
{
  for (guint i = 0; i < record->reasons->len; i++) {
    const AcRecordReason *reason = &g_array_index (record->reasons, AcRecordReason, i);

    if (strcmp (reason->name, name) == 0)
      return reason;
  }
  return NULL;
}

/* Of two lessons at once the second, of one that is watched twice what was counted, and
 * what a missed prompt took: each is told with its length, in both languages. */
static void
test_more_reasons (Classroom *self, gconstpointer unused)
{
  g_autoptr (AcRecord) first = NULL, second = NULL;
  const AcRecordReason *reason;
  gint64 seq = 0, other = 0;

  write_sql (self->store.store, "UPDATE lessons SET creditable = '0-5400000'");
  join (self, 1, 1);
  pass (self, 1);
  join (self, 1, 2);
  play (self, 1, 1, &seq, 0, 60 * S, 1000);
  play (self, 1, 2, &other, 0, 20 * S, 1000);
  play (self, 1, 1, &seq, 0, 30 * S, 1000);
  settle (self);
  write_sql (self->store.store,
             "INSERT INTO prompts (id, lesson, member, boot, sent_ms, sent_clock_ms, "
             "limit_ms, shown_ms, shown_clock_ms, closed_ms, missed) "
             "VALUES (1, 1, 1, 'boot', 0, 0, 0, 0, 0, 0, 1)");
  write_sql (self->store.store,
             "UPDATE beats SET absent = 1 WHERE lesson = 1 AND seq IN (1, 7)");
  write_sql (self->store.store, "UPDATE intervals SET start_ms = 10000 "
                                "WHERE lesson = 1 AND start_ms = 0");
  first = ac_record_of_lesson (self->store.store, MEMBER, 1, NULL);
  reason = find_reason (first, "missed-prompt");
  g_assert_cmpint (reason->n_beats, ==, 2);
  g_assert_cmpint (reason->media_ms, ==, 20 * S);
  g_assert_false (g_str_is_ascii (reason->zh));
  reason = find_reason (first, "watched-again");
  g_assert_cmpint (reason->media_ms, ==, 20 * S);
  g_assert_null (find_reason (first, "two-lessons"));
  second = ac_record_of_lesson (self->store.store, MEMBER, 2, NULL);
  reason = find_reason (second, "two-lessons");
  g_assert_cmpint (reason->n_beats, ==, 2);
  g_assert_cmpint (reason->media_ms, ==, 20 * S);
  g_assert_nonnull (strstr (reason->en, "another lesson"));
}

/* 40 minutes in a year that is closed then, 10 more: they complete the hour of 45,
 * which is credited in the next. */
static void
test_closed_year (Classroom *self, gconstpointer unused)
{
  Act closing = { .what = CLOSE, .id = 2023 };
  g_autoptr (AcRecordYear) before = NULL;
  g_autoptr (AcRecordYear) after = NULL;
  g_autoptr (AcRecordYear) next = NULL;
  AcRecordLesson *lesson;
  gint64 seq = 0;

  self->now.wall_ms = 1705000000 * S;
  write_sql (self->store.store,
             "UPDATE lessons SET state = 'ended', ended_ms = 1704999999000");
  join (self, 1, 1);
  watch (self, &seq, 0, 60 * S); /* within two minutes of the end */
  pass (self, 3600 * S);
  watch (self, &seq, 60 * S, 2400 * S);
  before = ac_record_year (self->store.store, MEMBER, 2023, NULL);
  g_assert_cmpuint (before->lessons->len, ==, 1);
  lesson = before->lessons->pdata[0];
  g_assert_cmpint (lesson->group_ms, ==, 60 * S);
  g_assert_cmpint (lesson->self_ms, ==, 2340 * S);
  g_assert_cmpint (before->self_permille, ==, 500);
  g_assert_cmpint (before->group_permille, ==, 0);
  g_assert_cmpint (before->counted_permille, ==, 0); /* replay is apart */
  g_assert_cmpint (before->required_permille, ==, 32000);
  g_assert_false (before->closed);

  run (self, &closing);
  g_assert_no_error (closing.error);
  watch (self, &seq, 2400 * S, 3000 * S);
  after = ac_record_year (self->store.store, MEMBER, 2023, NULL);
  g_assert_true (after->closed);
  g_assert_cmpint (after->self_permille, ==, 500);
  write_sql (self->store.store,
             "INSERT INTO standings (member, year, duty, exempt, reason, created_ms) "
             "VALUES (1, 2024, 'committee', 0, '', 0)");
  next = ac_record_year (self->store.store, MEMBER, 2024, NULL);
  g_assert_cmpint (next->self_permille, ==, 500);
  g_assert_cmpint (next->required_permille, ==, 56000);
  lesson = next->lessons->pdata[0];
  g_assert_cmpint (lesson->self_ms, ==, 600 * S);
}

#define ADD(name, function)                                                            \
  g_test_add ("/corrections/" name, Classroom, NULL, set_up, function,                 \
              classroom_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("increase-needs-two", test_increase_needs_two);
  ADD ("trigger", test_trigger);
  ADD ("taking-away", test_taking_away);
  ADD ("refused", test_refused);
  ADD ("approved-late", test_approved_late);
  ADD ("appeal", test_appeal);
  ADD ("appeal-refused", test_appeal_refused);
  ADD ("states", test_states);
  ADD ("reasons", test_reasons);
  ADD ("more-reasons", test_more_reasons);
  ADD ("closed-year", test_closed_year);
  return g_test_run ();
}
