#include "tally.h"

#include "earning.h"

void
ac_tally_clear (AcTally *self)
{
  g_clear_pointer (&self->covered, ac_interval_set_unref);
  g_clear_pointer (&self->time, ac_member_time_free);
}

/* @stretch: clock: the time that the batch stands for
 * @before: what late beats may add to it */
static AcHolding
hold (const AcTally *self, AcInterval stretch, AcInterval before)
{
  const AcIntervalSet *used = ac_member_time_used (self->time);

  return (AcHolding){
    .covered = self->covered,
    .creditable = self->creditable,
    .covered_ms = ac_interval_set_measure_both (self->covered, self->creditable),
    .used_ms = self->totals.used_ms,
    .free_ms = ac_member_time_free_ms (used, stretch),
    .late_free_ms = ac_member_time_free_ms (used, before),
  };
}

static guint
batch_flags (const AcBatch *batch, guint i)
{
  guint flags = i == 0 ? AC_BEAT_FIRST : 0;

  if (batch->full)
    flags |= AC_BEAT_FULL;
  if (batch->group)
    flags |= AC_BEAT_GROUP;
  if (batch->moment.live)
    flags |= AC_BEAT_LIVE;
  return flags;
}

gint64
ac_tally_decide (AcTally *self, AcPresence *presence, const AcBatch *batch,
                 AcBeatRow *rows)
{
  AcMemberTotals *totals = &self->totals;
  gint64 now_ms = batch->moment.now_ms, newly_ms = 0, earned_ms = 0, time_ms;
  AcInterval stretch = { ac_presence_batch_from_ms (presence, now_ms), now_ms };
  AcInterval before = { MAX (stretch.start_ms - AC_ACCEPTANCE_SPARE_MS,
                             presence->opened_ms),
                        stretch.start_ms };
  AcHolding holding = hold (self, stretch, before);
  const gint64 late_free_ms = holding.late_free_ms;
  AcVerdict verdicts[AC_BEAT_BATCH_MAX];
  AcBatchSum sum;

  ac_acceptance_decide (
      presence, &holding, &batch->moment, batch->claims, batch->n_claims,
      batch->full ? AC_BEAT_BATCH_MAX : batch->n_claims, verdicts, &sum);
  for (guint i = 0; i < batch->n_claims; i++) {
    AcBeatRow *row = &rows[i];

    *row = (AcBeatRow){ &batch->claims[i], verdicts[i], sum, batch->moment.edge_ms,
                        ++totals->n_beats };
    row->verdict.flags |= batch_flags (batch, i);
    row->earned_ms =
        ac_earning_ms (verdicts[i].newly_ms, &sum, batch->claims[i].beat.rate_permille);
    newly_ms += verdicts[i].newly_ms;
    earned_ms += row->earned_ms;
  }
  totals->attendance.accepted_ms = holding.covered_ms;
  totals->attendance.earned_ms += earned_ms;
  totals->group_ms += batch->group ? earned_ms : 0;
  /* Whatever rate it was said to have been played at, it took this long. */
  time_ms = MAX (earned_ms, newly_ms * 1000 / AC_ACCEPTANCE_REPLAY_CAP_PERMILLE);
  time_ms = MIN (time_ms, holding.free_ms);
  totals->used_ms += time_ms;
  if (holding.late_free_ms < late_free_ms)
    stretch.start_ms = before.start_ms;
  ac_member_time_spend (self->time, stretch, time_ms);
  return time_ms;
}
