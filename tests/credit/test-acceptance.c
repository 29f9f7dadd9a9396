#include "earning.h"
#include "member_time.h"

#include <string.h>

#define S 1000
#define EDGE (5400 * S)

static AcClaim
claim (gint64 seq, gint64 from_ms, gint64 to_ms)
{
  return (AcClaim){
    .beat = { seq, from_ms, to_ms, 1000, TRUE, TRUE, AC_BEAT_VIDEO },
    .served = { from_ms, to_ms },
  };
}

/* For a member whose other sessions are not in the way. */
static void
decide (AcPresence *presence, const AcMoment *moment, const AcClaim *claims,
        guint n_claims, guint n_received, AcVerdict *verdicts, AcBatchSum *ret_sum)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) creditable = ac_interval_set_parse ("0-5400000");
  AcHolding holding = { .covered = covered,
                        .creditable = creditable,
                        .free_ms = G_GINT64_CONSTANT (1) << 40 };

  ac_acceptance_decide (presence, &holding, moment, claims, n_claims, n_received,
                        verdicts, ret_sum);
}

/* One claim at @now_ms; the other parts of the moment are a replay's. */
static AcVerdict
decide_one (AcPresence *presence, gint64 now_ms, const AcClaim *one)
{
  AcMoment moment = { .now_ms = now_ms, .edge_ms = EDGE };
  AcVerdict verdict;
  AcBatchSum sum;

  decide (presence, &moment, one, 1, 1, &verdict, &sum);
  return verdict;
}

static void
assert_accepted (const AcVerdict *verdict, gint64 start_ms, gint64 end_ms, guint flags)
{
  g_assert_cmpint (verdict->accepted.start_ms, ==, start_ms);
  g_assert_cmpint (verdict->accepted.end_ms, ==, end_ms);
  g_assert_cmphex (verdict->flags, ==, flags);
}

/* What one claim of [100 s, 110 s) is worth 10 s after the join. */
static const struct {
  const gchar *what;
  gboolean live;
  gint64 edge_ms;
  AcInterval served;
  gboolean playing, visible;
  AcBeatMode mode;
  gboolean concurrent;
  gint64 accepted_from_ms, accepted_to_ms;
  guint flags;
} cuts[] = {
  { "whole",
    FALSE,
    EDGE,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    110000,
    0 },
  { "at the live edge",
    TRUE,
    111000,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    110000,
    AC_BEAT_AT_EDGE },
  { "rewound in a live lesson",
    TRUE,
    900000,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    110000,
    0 },
  { "past the edge",
    TRUE,
    104000,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    104000,
    AC_BEAT_CUT_EDGE | AC_BEAT_AT_EDGE },
  { "all past the edge",
    TRUE,
    90000,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    100000,
    AC_BEAT_CUT_EDGE | AC_BEAT_AT_EDGE },
  { "past the end of a replay",
    FALSE,
    104000,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    104000,
    AC_BEAT_CUT_EDGE },
  { "served in part",
    FALSE,
    EDGE,
    { 103000, 108000 },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    103000,
    108000,
    AC_BEAT_CUT_SERVED },
  { "not served",
    FALSE,
    EDGE,
    { 100000, 100000 },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    100000,
    AC_BEAT_CUT_SERVED },
  { "served elsewhere",
    FALSE,
    EDGE,
    { 200000, 300000 },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    200000,
    200000,
    AC_BEAT_CUT_SERVED },
  { "paused",
    FALSE,
    EDGE,
    { 0, EDGE },
    FALSE,
    TRUE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    100000,
    AC_BEAT_NOT_PLAYING },
  { "hidden video",
    FALSE,
    EDGE,
    { 0, EDGE },
    TRUE,
    FALSE,
    AC_BEAT_VIDEO,
    FALSE,
    100000,
    100000,
    AC_BEAT_HIDDEN },
  { "hidden audio",
    FALSE,
    EDGE,
    { 0, EDGE },
    TRUE,
    FALSE,
    AC_BEAT_AUDIO,
    FALSE,
    100000,
    110000,
    0 },
  { "paused audio",
    FALSE,
    EDGE,
    { 0, EDGE },
    FALSE,
    FALSE,
    AC_BEAT_AUDIO,
    FALSE,
    100000,
    100000,
    AC_BEAT_NOT_PLAYING },
  { "room",
    FALSE,
    EDGE,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_ROOM,
    FALSE,
    100000,
    110000,
    0 },
  { "concurrent",
    FALSE,
    EDGE,
    { 0, EDGE },
    TRUE,
    TRUE,
    AC_BEAT_VIDEO,
    TRUE,
    100000,
    100000,
    AC_BEAT_CONCURRENT },
};

static void
test_cuts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    AcMoment moment = { 10000, cuts[i].edge_ms, cuts[i].live, cuts[i].concurrent };
    AcClaim one = { { 1, 100000, 110000, 1000, cuts[i].playing, cuts[i].visible,
                      cuts[i].mode },
                    cuts[i].served };
    gint64 worth_ms = cuts[i].accepted_to_ms - cuts[i].accepted_from_ms;
    AcPresence presence;
    AcVerdict verdict;
    AcBatchSum sum;

    g_test_message ("%s", cuts[i].what);
    ac_presence_open (&presence, 0);
    decide (&presence, &moment, &one, 1, 1, &verdict, &sum);
    assert_accepted (&verdict, cuts[i].accepted_from_ms, cuts[i].accepted_to_ms,
                     cuts[i].flags);
    g_assert_cmpint (presence.accepted_total_ms, ==, worth_ms);
    g_assert_cmpint (presence.last_ms, ==, 10000);
    g_assert_cmpint (sum.media_ms, ==, worth_ms);
    g_assert_cmpint (sum.elapsed_ms, ==, 10000);
  }
}

/* A claim of 600 s from 0, @elapsed after the join. */
static void
test_time_limits (void)
{
  static const struct {
    gboolean live;
    gint64 elapsed_ms, accepted_ms;
  } rows[] = {
    { TRUE, 0, 2000 },        { TRUE, 20000, 23000 },   { TRUE, 7, 2007 },
    { FALSE, 0, 2000 },       { FALSE, 20000, 32000 },  { FALSE, 400000, 600000 },
    { TRUE, 569523, 599999 }, { TRUE, 569524, 600000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    AcMoment moment = { 50 + rows[i].elapsed_ms, 600000, rows[i].live, FALSE };
    AcClaim one = claim (1, 0, 600000);
    AcPresence presence;
    AcVerdict verdict;
    AcBatchSum sum;

    ac_presence_open (&presence, 50);
    decide (&presence, &moment, &one, 1, 1, &verdict, &sum);
    g_assert_cmpint (verdict.accepted.end_ms, ==, rows[i].accepted_ms);
  }
}

static void
test_later_beats_are_cut_first (void)
{
  AcMoment moment = { .now_ms = 10 * S, .edge_ms = EDGE };
  AcClaim claims[] = { claim (1, 0, 8 * S), claim (2, 20 * S, 40 * S),
                       claim (3, 50 * S, 60 * S) };
  AcPresence presence;
  AcVerdict verdicts[3];
  AcBatchSum sum;

  ac_presence_open (&presence, 0);
  decide (&presence, &moment, claims, 3, 3, verdicts, &sum);
  assert_accepted (&verdicts[0], 0, 8 * S, 0);
  assert_accepted (&verdicts[1], 20 * S, 29 * S, AC_BEAT_CUT_TIME);
  assert_accepted (&verdicts[2], 50 * S, 50 * S, AC_BEAT_CUT_TIME);
  g_assert_cmpint (sum.media_ms, ==, 17 * S);
}

/* Time that was not used before is no credit for one message. */
static void
test_message_limit_after_a_pause (void)
{
  AcMoment moment = { .now_ms = 1000 * S, .edge_ms = EDGE };
  AcClaim paused = claim (1, 0, 0);
  AcClaim claims[] = { claim (2, 0, 10 * S), claim (3, 10 * S, 20 * S),
                       claim (4, 20 * S, 30 * S) };
  AcPresence presence;
  AcVerdict verdicts[3];
  AcBatchSum sum;

  ac_presence_open (&presence, 0);
  decide (&presence, &moment, &paused, 1, 1, verdicts, &sum);
  moment.now_ms += 10 * S;
  decide (&presence, &moment, claims, 3, 3, verdicts, &sum);
  assert_accepted (&verdicts[1], 10 * S, 17 * S, AC_BEAT_CUT_TIME);
  assert_accepted (&verdicts[2], 20 * S, 20 * S, AC_BEAT_CUT_TIME);
}

static void
test_slack_is_given_once (void)
{
  AcPresence presence;
  gint64 sum = 0;

  ac_presence_open (&presence, 0);
  for (gint i = 1; i <= 100; i++) {
    AcClaim one = claim (i, i * 20 * S, i * 20 * S + 60 * S);
    AcVerdict verdict = decide_one (&presence, i * 1000, &one);

    sum += verdict.accepted.end_ms - verdict.accepted.start_ms;
    g_assert_cmpint (sum, <=, i * 1500 + 2000);
  }
  g_assert_cmpint (sum, ==, 100 * 1500 + 2000);
}

/* Caught up at 1.5x, then live: the fast stretch must not be held against it. */
static void
test_live_after_catching_up (void)
{
  AcMoment moment = { .live = TRUE };
  AcPresence presence;
  AcVerdict verdict;
  AcBatchSum sum;
  gint64 media_ms = 0;

  ac_presence_open (&presence, 0);
  for (gint i = 1; i <= 300; i++) {
    gboolean behind = media_ms + 70 * S < 1000 * S + i * 10 * S;
    AcClaim one = claim (i, media_ms, media_ms + (behind ? 15 : 10) * S);

    moment.now_ms = i * 10 * S;
    moment.edge_ms = 1000 * S + i * 10 * S;
    decide (&presence, &moment, &one, 1, 1, &verdict, &sum);
    g_assert_cmphex (verdict.flags & AC_BEAT_CUT_TIME, ==, 0);
    media_ms = one.beat.to_ms;
  }
}

static void
test_nothing_new_changes_nothing (void)
{
  AcMoment moment = { .now_ms = 99 * S, .edge_ms = EDGE };
  AcPresence presence, before;
  AcBatchSum sum;

  ac_presence_open (&presence, 5);
  before = presence;
  decide (&presence, &moment, NULL, 0, 64, NULL, &sum);
  g_assert_cmpmem (&presence, sizeof presence, &before, sizeof before);
  g_assert_cmpint (sum.media_ms, ==, 0);
}

static void
test_clock_backwards (void)
{
  AcClaim one = claim (1, 0, 60 * S);
  AcPresence presence;
  AcVerdict verdict;

  ac_presence_open (&presence, 100 * S);
  verdict = decide_one (&presence, 40 * S, &one);
  assert_accepted (&verdict, 0, 2 * S, AC_BEAT_CUT_TIME);
  g_assert_cmpint (presence.last_ms, ==, 100 * S);
}

/* 200 beats queued during 2,000 s offline arrive as 64 + 64 + 64 + 8 within a second:
 * none is lost, and they earn what they took. */
static void
test_queue_of_many_messages (void)
{
  static const gint rates[] = { 1000, 1500 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++) {
    gint64 step_ms = 10 * rates[r], earned_ms = 0;
    AcPresence presence;

    ac_presence_open (&presence, 0);
    for (guint sent = 0; sent < 200;) {
      AcMoment moment = { .now_ms = 2000 * S + sent, .edge_ms = EDGE };
      guint n = MIN (200 - sent, AC_BEAT_BATCH_MAX);
      AcVerdict verdicts[AC_BEAT_BATCH_MAX];
      AcClaim claims[AC_BEAT_BATCH_MAX];
      AcBatchSum sum;

      for (guint i = 0; i < n; i++) {
        claims[i] =
            claim (sent + i + 1, (sent + i) * step_ms, (sent + i + 1) * step_ms);
        claims[i].beat.rate_permille = rates[r];
      }
      decide (&presence, &moment, claims, n, n, verdicts, &sum);
      for (guint i = 0; i < n; i++) {
        g_assert_cmphex (verdicts[i].flags, ==, 0);
        g_assert_cmpint (verdicts[i].row_start_ms, ==, 0);
        earned_ms += ac_earning_ms (step_ms, &sum, rates[r]);
      }
      sent += n;
    }
    g_assert_cmpint (presence.accepted_total_ms, ==, 200 * step_ms);
    g_assert_cmpint (earned_ms, ==, 2000 * S);
  }
}

/* The queue's allowance is not there for a message that was not full. */
static void
test_short_messages_do_not_continue (void)
{
  AcClaim first = claim (1, 0, 10 * S), second = claim (2, 10 * S, 20 * S);
  AcPresence presence;
  AcVerdict verdict;

  ac_presence_open (&presence, 0);
  decide_one (&presence, 2000 * S, &first);
  verdict = decide_one (&presence, 2000 * S + 100, &second);
  assert_accepted (&verdict, 10 * S, 12150, AC_BEAT_CUT_TIME);
}

/* Beats at 10 s, 20 s, ...: which begin a row of their own. */
static void
test_intervals (void)
{
  static const struct {
    gint64 now_ms, from_ms, to_ms;
    AcBeatMode mode;
    gint64 row_start_ms;
  } rows[] = {
    { 10000, 0, 10000, AC_BEAT_VIDEO, 0 },
    { 20000, 10000, 20000, AC_BEAT_VIDEO, 0 },      /* goes on */
    { 30000, 19000, 29000, AC_BEAT_VIDEO, 0 },      /* 1 s over */
    { 40000, 27999, 38000, AC_BEAT_VIDEO, 27999 },  /* more than 1 s over */
    { 50000, 38001, 48000, AC_BEAT_VIDEO, 38001 },  /* a hole of 1 ms */
    { 60000, 48000, 58000, AC_BEAT_AUDIO, 48000 },  /* another mode */
    { 85000, 58000, 68000, AC_BEAT_AUDIO, 48000 },  /* 25 s later */
    { 110001, 68000, 78000, AC_BEAT_AUDIO, 68000 }, /* more than that */
    { 120000, 500000, 510000, AC_BEAT_AUDIO, 500000 },
    { 130000, 510000, 520000, AC_BEAT_AUDIO, 500000 },
  };
  AcPresence presence;

  ac_presence_open (&presence, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    AcClaim one = claim (i + 1, rows[i].from_ms, rows[i].to_ms);
    AcVerdict verdict;

    one.beat.mode = rows[i].mode;
    verdict = decide_one (&presence, rows[i].now_ms, &one);
    g_assert_cmpint (verdict.row_start_ms, ==, rows[i].row_start_ms);
  }
}

static void
test_rebase (void)
{
  AcPresence presence;
  AcClaim first = claim (1, 0, 10 * S), second = claim (2, 10 * S, 600 * S);
  AcVerdict verdict;

  ac_presence_open (&presence, 5000 * S);
  decide_one (&presence, 5010 * S, &first);
  ac_presence_rebase (&presence, 30 * S, 100 * S); /* booted 30 s ago, gone for 100 s */
  g_assert_cmpint (presence.last_ms, ==, -70 * S);
  g_assert_cmpint (presence.opened_ms, ==, -80 * S);
  verdict = decide_one (&presence, 30 * S, &second);
  assert_accepted (&verdict, 10 * S, 162 * S, AC_BEAT_CUT_TIME);

  ac_presence_rebase (&presence, 7 * S, -3600 * S); /* the wall clock was set back */
  g_assert_cmpint (presence.last_ms, ==, 7 * S);
}

static void
test_beat_limits (void)
{
  static const struct {
    AcBeat beat;
    gboolean valid;
  } rows[] = {
    { { 1, 0, 0, 0, FALSE, FALSE, AC_BEAT_VIDEO }, TRUE },
    { { AC_BEAT_SEQ_MAX, 0, AC_BEAT_MEDIA_MAX_MS, 16000, TRUE, TRUE, AC_BEAT_ROOM },
      TRUE },
    { { 0, 0, 0, 1000, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { AC_BEAT_SEQ_MAX + 1, 0, 0, 1000, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, -1, 0, 1000, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, 5, 4, 1000, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, 0, AC_BEAT_MEDIA_MAX_MS + 1, 1000, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, 0, 0, -1, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, 0, 0, 16001, TRUE, TRUE, AC_BEAT_VIDEO }, FALSE },
    { { 1, 0, 0, 1000, TRUE, TRUE, (AcBeatMode)3 }, FALSE },
    { { 1, 0, 0, 1000, TRUE, TRUE, (AcBeatMode)-1 }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ac_beat_is_valid (&rows[i].beat), ==, rows[i].valid);
}

static void
test_earning (void)
{
  static const struct {
    gint64 newly_ms, elapsed_ms, media_ms;
    gint rate_permille;
    gint64 earned_ms;
  } rows[] = {
    { 10000, 10000, 10000, 1000, 10000 },
    { 10000, 90000, 10000, 1000, 10000 }, /* a pause earns nothing */
    { 23000, 20000, 23000, 1000, 20000 },
    { 15000, 10000, 15000, 1500, 10000 },
    { 15000, 90000, 15000, 1500, 10000 }, /* fast, then a pause */
    { 5000, 10000, 15000, 1500, 3333 },   /* a part of it was new */
    { 10000, 20000, 10000, 500, 10000 },  /* slow earns its media */
    { 2000, 0, 2000, 1000, 0 },
    { 0, 10000, 10000, 1000, 0 },
    { AC_BEAT_MEDIA_MAX_MS, G_GINT64_CONSTANT (1) << 40,
      (G_GINT64_CONSTANT (1) << 40) + 1000, 1000, AC_BEAT_MEDIA_MAX_MS - 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    AcBatchSum sum = { .elapsed_ms = rows[i].elapsed_ms,
                       .media_ms = rows[i].media_ms,
                       .free_ms = G_MAXINT64 };

    g_assert_cmpint (ac_earning_ms (rows[i].newly_ms, &sum, rows[i].rate_permille), ==,
                     rows[i].earned_ms);
  }
}

/* A message's beats share what is free. */
static void
test_earning_what_is_free (void)
{
  AcBatchSum sum = { .elapsed_ms = 10000, .media_ms = 10000, .free_ms = 7000 };

  g_assert_cmpint (ac_earning_ms (5000, &sum, 1000), ==, 5000);
  g_assert_cmpint (ac_earning_ms (5000, &sum, 1000), ==, 2000);
  g_assert_cmpint (ac_earning_ms (5000, &sum, 1000), ==, 0);
}

/* One beat of 10 s, 10 s after the join. */
static const struct {
  const gchar *what;
  const gchar *covered, *creditable;
  gint64 used_ms, free_ms;
  gint64 accepted_ms, newly_ms;
} holding_rows[] = {
  { "alone", "", "0-5400000", 0, 10000, 10000, 10000 },
  { "slack, once", "", "0-5400000", 0, 0, 10000, 10000 },
  { "half free", "0-10000", "0-5400000", 0, 4000, 6000, 6000 },
  { "none free", "0-10000", "0-5400000", 0, 0, 0, 0 },
  { "used before", "0-10000", "0-5400000", 6000, 0, 9000, 9000 },
  { "again", "0-10000,100000-106000", "0-5400000", 4000, 0, 6000, 0 },
  { "around what is covered", "0-6000,102000-106000", "0-5400000", 0, 2000, 7000,
    3000 },
  { "what does not count", "0-10000", "0-104000", 0, 2000, 3000, 3000 },
  { "nothing counts", "0-10000", "", 0, 0, 10000, 0 },
};

static void
test_holding (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (holding_rows); i++) {
    g_autoptr (AcIntervalSet) covered = ac_interval_set_parse (holding_rows[i].covered);
    g_autoptr (AcIntervalSet) creditable =
        ac_interval_set_parse (holding_rows[i].creditable);
    AcHolding holding = { covered, creditable,
                          ac_interval_set_measure_both (covered, creditable),
                          holding_rows[i].used_ms, holding_rows[i].free_ms };
    AcMoment moment = { .now_ms = 10 * S, .edge_ms = EDGE };
    AcClaim one = claim (1, 100 * S, 110 * S);
    AcPresence presence;
    AcVerdict verdict;
    AcBatchSum sum;

    g_test_message ("%s", holding_rows[i].what);
    ac_presence_open (&presence, 0);
    ac_acceptance_decide (&presence, &holding, &moment, &one, 1, 1, &verdict, &sum);
    g_assert_cmpint (verdict.accepted.start_ms, ==, 100 * S);
    g_assert_cmpint (verdict.accepted.end_ms - verdict.accepted.start_ms, ==,
                     holding_rows[i].accepted_ms);
    g_assert_cmpint (verdict.newly_ms, ==, holding_rows[i].newly_ms);
    g_assert_cmpint (sum.free_ms, ==, holding_rows[i].free_ms);
    g_assert_cmpint (holding.covered_ms, ==,
                     ac_interval_set_measure_both (covered, creditable));
  }
}

static void
assert_time (const AcIntervalSet *used, const gchar *expected)
{
  g_autofree gchar *text = ac_interval_set_to_text (used);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_member_time (void)
{
  g_autoptr (AcIntervalSet) used = ac_interval_set_parse ("10000-20000,30000-40000");
  g_autoptr (AcIntervalSet) own = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) tidy = NULL;
  g_autoptr (AcIntervalSet) few = NULL;
  AcInterval stretch = { 5000, 35000 };

  g_assert_cmpint (ac_member_time_free_ms (used, stretch), ==, 15000);
  ac_member_time_use (used, own, stretch, 0);
  assert_time (used, "10000-20000,30000-40000");
  ac_member_time_use (used, own, stretch, 6000);
  assert_time (used, "5000-21000,30000-40000");
  ac_member_time_use (used, own, stretch, 90000); /* no more than there is */
  assert_time (used, "5000-40000");
  g_assert_cmpint (ac_member_time_free_ms (used, stretch), ==, 0);

  ac_interval_set_add (used, -9000, -3000); /* before the boot */
  ac_interval_set_add (used, 40999, 41000);
  ac_interval_set_add (used, 42000, 43000);
  tidy = ac_member_time_tidy (used);
  assert_time (tidy, "5000-41000,42000-43000");
  for (gint64 i = 0; i < 1000; i++)
    ac_interval_set_add (used, i * 5000, i * 5000 + 1000);
  few = ac_member_time_tidy (used);
  g_assert_cmpuint (ac_interval_set_length (few), ==, 128);
  g_assert_true (ac_interval_set_contains (few, 999 * 5000));
}

static void
test_cover (void)
{
  g_autoptr (AcIntervalSet) creditable = ac_interval_set_parse ("0-100,200-300");
  g_autoptr (AcIntervalSet) covered = ac_interval_set_parse ("20-40");
  g_autofree gchar *text = NULL;

  g_assert_cmpint (ac_earning_cover (covered, creditable, (AcInterval){ 10, 50 }), ==,
                   20);
  g_assert_cmpint (ac_earning_cover (covered, creditable, (AcInterval){ 10, 50 }), ==,
                   0);
  g_assert_cmpint (ac_earning_cover (covered, creditable, (AcInterval){ 90, 210 }), ==,
                   20);
  g_assert_cmpint (ac_earning_cover (covered, creditable, (AcInterval){ 7, 7 }), ==, 0);
  text = ac_interval_set_to_text (covered);
  g_assert_cmpstr (text, ==, "10-50,90-210");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/acceptance/cuts", test_cuts);
  g_test_add_func ("/acceptance/time-limits", test_time_limits);
  g_test_add_func ("/acceptance/later-beats-are-cut-first",
                   test_later_beats_are_cut_first);
  g_test_add_func ("/acceptance/message-limit-after-a-pause",
                   test_message_limit_after_a_pause);
  g_test_add_func ("/acceptance/slack-is-given-once", test_slack_is_given_once);
  g_test_add_func ("/acceptance/live-after-catching-up", test_live_after_catching_up);
  g_test_add_func ("/acceptance/nothing-new-changes-nothing",
                   test_nothing_new_changes_nothing);
  g_test_add_func ("/acceptance/clock-backwards", test_clock_backwards);
  g_test_add_func ("/acceptance/queue-of-many-messages", test_queue_of_many_messages);
  g_test_add_func ("/acceptance/short-messages-do-not-continue",
                   test_short_messages_do_not_continue);
  g_test_add_func ("/acceptance/intervals", test_intervals);
  g_test_add_func ("/acceptance/rebase", test_rebase);
  g_test_add_func ("/acceptance/beat-limits", test_beat_limits);
  g_test_add_func ("/earning/earned", test_earning);
  g_test_add_func ("/acceptance/one-time-of-a-member", test_holding);
  g_test_add_func ("/acceptance/member-time", test_member_time);
  g_test_add_func ("/earning/what-is-free", test_earning_what_is_free);
  g_test_add_func ("/earning/cover", test_cover);
  return g_test_run ();
}
