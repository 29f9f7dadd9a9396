/* acceptance.h - how much of what a player says is accepted. Pure: no clock, no I/O.
 *
 * A session in a lesson has a presence. A message of beats is a batch; with dt the time
 * since the session's last one,
 *   1. a beat is cut to published media, and to what was served;
 *   2. paused, hidden and concurrent beats are worth nothing;
 *   3. the batch is worth at most cap x dt + 2 s, later beats cut first, each from its
 *      end; the cap is 1.05 near the live edge, else 1.5; a beat of the usual length,
 * up to 15 s, may be late, and adds to dt what earlier batches left of the last two
 *      minutes;
 *   4. all batches together are worth at most the sum of their cap x dt, + 2 s once;
 *   5. a member has one time (member_time.h): of what is free of dt the batch earns at
 *      most all, and it covers at most 1.5 x as much media that was new to the member,
 *      + 10 s once a lesson.
 * A queue longer than one message continues: a batch that follows a full one within
 * 25 s shares its dt with it.
 *
 * Threads: any. */
#pragma once

#include "beat.h"
#include "interval_set.h"

#define AC_ACCEPTANCE_SLACK_MS 2000
#define AC_ACCEPTANCE_COVER_SLACK_MS 10000
#define AC_ACCEPTANCE_LIVE_CAP_PERMILLE 1050
#define AC_ACCEPTANCE_REPLAY_CAP_PERMILLE 1500
#define AC_ACCEPTANCE_LIVE_SPAN_MS 60000
#define AC_ACCEPTANCE_GAP_MS 25000    /* longer: the interval ends */
#define AC_ACCEPTANCE_OVERLAP_MS 1000 /* a beat may begin so much before its end */
#define AC_ACCEPTANCE_SPARE_MS                                                         \
  120000                            /* so much unused time is there for late beats     \
                                     */
#define AC_ACCEPTANCE_BEAT_MS 15000 /* of play, that a beat is about at most */

/* Clock readings are CLOCK_BOOTTIME of one boot and may be negative after
 * ac_presence_rebase(). */
typedef struct {
  gint64 opened_ms; /* clock: first join */
  gint64 last_ms;   /* clock: last batch, at first opened_ms */
  gboolean has_played;
  gint64 played_ms; /* clock: last beat that could earn */
  gint64 accepted_total_ms;
  gint64 allowance_us;   /* sum of cap x dt */
  gint64 batch_from_ms;  /* clock: where the last batch's dt begins */
  gint64 batch_media_ms; /* accepted in the last batch */
  gint64 batch_time_ms;  /* the time this took to watch */
  gboolean batch_open;   /* it was full */
  gint64 spare_ms;       /* what earlier batches left of their dt */
  gboolean has_interval;
  AcInterval interval; /* media: the interval that the next beat may extend */
  AcBeatMode interval_mode;
} AcPresence;

void ac_presence_open (AcPresence *self, gint64 now_ms);
/* The machine has booted since: moves the readings to the clock of now, as if @gone_ms
 * had passed since the last batch. */
void ac_presence_rebase (AcPresence *self, gint64 now_ms, gint64 gone_ms);

typedef struct {
  AcBeat beat;
  AcInterval served; /* empty: nothing of the beat was */
  gboolean absent;   /* a missed prompt took it: it passes time and covers nothing */
} AcClaim;

/* What the member has of the lesson, over all sessions. */
typedef struct {
  AcIntervalSet *covered; /* accepted; grows */
  const AcIntervalSet *creditable;
  gint64 covered_ms; /* of it creditable; grows */
  gint64 used_ms;    /* time used for it */
  gint64 free_ms;    /* of the time since ac_presence_batch_from_ms() */
  gint64
      late_free_ms; /* and of the AC_ACCEPTANCE_SPARE_MS before; late beats take it */
} AcHolding;

typedef struct {
  gint64 now_ms;  /* clock: arrival */
  gint64 edge_ms; /* media is published up to here */
  gboolean live;
  gboolean concurrent; /* another lesson of the member, opened first, plays */
} AcMoment;

typedef struct {
  AcInterval accepted; /* empty when nothing is */
  gint64 row_start_ms; /* start of the interval that it begins or extends */
  gint64 newly_ms;     /* creditable media that the member had not covered */
  guint flags;         /* AcBeatFlags */
} AcVerdict;

typedef struct {
  gint64 elapsed_ms; /* server time that the batch stands for */
  gint64 free_ms;    /* what the batch may earn at most */
  gint64 media_ms;   /* media accepted of it */
} AcBatchSum;

/* Returns: where the time begins that a batch at @now_ms stands for. */
gint64 ac_presence_batch_from_ms (const AcPresence *self, gint64 now_ms);

/* @holding: what is covered now; changed with @self
 * @claims: new, valid, by seq; @n_received: beats in the message, repeats too
 * @verdicts: (out): one a claim
 * Changes @self only when there are claims. */
void ac_acceptance_decide (AcPresence *self, AcHolding *holding, const AcMoment *moment,
                           const AcClaim *claims, guint n_claims, guint n_received,
                           AcVerdict *verdicts, AcBatchSum *ret_sum);
