#include "acceptance.h"

#include "earning.h"

void
ac_presence_open (AcPresence *self, gint64 now_ms)
{
  *self = (AcPresence){
    .opened_ms = now_ms,
    .last_ms = now_ms,
    .batch_from_ms = now_ms,
  };
}

void
ac_presence_rebase (AcPresence *self, gint64 now_ms, gint64 gone_ms)
{
  gint64 shift_ms = now_ms - MAX (gone_ms, 0) - self->last_ms;

  self->opened_ms += shift_ms;
  self->last_ms += shift_ms;
  self->batch_from_ms += shift_ms;
  self->played_ms += shift_ms;
}

static gint64
length (AcInterval interval)
{
  return MAX (interval.end_ms - interval.start_ms, 0);
}

static gboolean
is_at_edge (const AcMoment *moment, const AcBeat *beat)
{
  return moment->live && beat->to_ms > moment->edge_ms - AC_ACCEPTANCE_LIVE_SPAN_MS;
}

static gint64
cap_permille (const AcMoment *moment, const AcBeat *beat)
{
  return is_at_edge (moment, beat) ? AC_ACCEPTANCE_LIVE_CAP_PERMILLE
                                   : AC_ACCEPTANCE_REPLAY_CAP_PERMILLE;
}

/* Rule 2. */
static guint
worthless_flags (const AcMoment *moment, const AcBeat *beat)
{
  guint flags = 0;

  if (!beat->playing)
    flags |= AC_BEAT_NOT_PLAYING;
  if (beat->mode == AC_BEAT_VIDEO && !beat->visible)
    flags |= AC_BEAT_HIDDEN;
  if (moment->concurrent)
    flags |= AC_BEAT_CONCURRENT;
  return flags;
}

/* Rule 1. */
static AcInterval
cut_to_media (const AcMoment *moment, const AcClaim *claim, guint *flags)
{
  AcInterval cut = { claim->beat.from_ms, claim->beat.to_ms };
  gint64 published_ms;

  if (cut.end_ms > moment->edge_ms) {
    cut.end_ms = MAX (moment->edge_ms, cut.start_ms);
    *flags |= AC_BEAT_CUT_EDGE;
  }
  published_ms = length (cut);
  cut.start_ms = MAX (cut.start_ms, claim->served.start_ms);
  cut.end_ms = MAX (MIN (cut.end_ms, claim->served.end_ms), cut.start_ms);
  if (length (cut) < published_ms)
    *flags |= AC_BEAT_CUT_SERVED;
  return cut;
}

/* The batch shares the time of the one before. */
static gboolean
continues (const AcPresence *self, gint64 now_ms)
{
  return self->batch_open && now_ms - self->last_ms <= AC_ACCEPTANCE_GAP_MS;
}

gint64
ac_presence_batch_from_ms (const AcPresence *self, gint64 now_ms)
{
  return continues (self, now_ms) ? self->batch_from_ms : self->last_ms;
}

/* Begins the batch: how much time it stands for, and what that allows. */
static void
pass_time (AcPresence *self, const AcMoment *moment, const AcClaim *claims,
           guint n_claims)
{
  gint64 since_last_ms = MAX (moment->now_ms - self->last_ms, 0);
  gint64 cap = 0;

  for (guint i = 0; i < n_claims; i++)
    cap = MAX (cap, cap_permille (moment, &claims[i].beat));

  if (!continues (self, moment->now_ms)) {
    gint64 left_ms = MAX (self->last_ms - self->batch_from_ms - self->batch_time_ms, 0);

    self->spare_ms = MIN (self->spare_ms + left_ms, AC_ACCEPTANCE_SPARE_MS);
    self->batch_from_ms = self->last_ms;
    self->batch_media_ms = 0;
    self->batch_time_ms = 0;
  }
  if (since_last_ms > AC_ACCEPTANCE_GAP_MS)
    self->has_interval = FALSE;
  self->allowance_us += cap * since_last_ms;
  self->last_ms = MAX (moment->now_ms, self->last_ms);
}

/* A beat that comes late finds that little time passed since the one before: what that
 * one left is still there for it. The batch then stands for so much more. */
static void
take_spare_time (AcPresence *self, AcHolding *holding, const AcBeat *beat,
                 gint64 media_ms)
{
  gint rate_permille = MAX (beat->rate_permille, 1000);
  gint64 left_ms = self->last_ms - self->batch_from_ms - self->batch_time_ms;
  gint64 wanted_ms = media_ms * 1000 / rate_permille - left_ms;
  gint64 taken_ms = MIN (MIN (self->spare_ms, holding->late_free_ms), wanted_ms);

  if ((beat->to_ms - beat->from_ms) * 1000 / rate_permille > AC_ACCEPTANCE_BEAT_MS ||
      taken_ms <= 0)
    return;
  self->spare_ms -= taken_ms;
  self->batch_from_ms -= taken_ms;
  holding->late_free_ms -= taken_ms;
  holding->free_ms += taken_ms;
}

/* Rules 3 and 4. */
static gint64
limit_by_time (const AcPresence *self, const AcMoment *moment, const AcBeat *beat)
{
  gint64 elapsed_ms = self->last_ms - self->batch_from_ms;
  gint64 batch_ms = cap_permille (moment, beat) * elapsed_ms / 1000 +
                    AC_ACCEPTANCE_SLACK_MS - self->batch_media_ms;
  gint64 total_ms =
      self->allowance_us / 1000 + AC_ACCEPTANCE_SLACK_MS - self->accepted_total_ms;

  return MAX (MIN (batch_ms, total_ms), 0);
}

/* Rule 5: the end of @cut, so that of it no more than @left_ms is new to the member. */
static gint64
limit_by_member (const AcHolding *holding, AcInterval cut, gint64 left_ms)
{
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) counted = NULL;

  ac_interval_set_add (fresh, cut.start_ms, cut.end_ms);
  ac_interval_set_remove_set (fresh, holding->covered);
  counted = ac_interval_set_intersect (fresh, holding->creditable);
  for (guint i = 0; i < ac_interval_set_length (counted); i++) {
    AcInterval piece = ac_interval_set_get (counted, i);

    if (length (piece) > left_ms)
      return piece.start_ms + left_ms;
    left_ms -= length (piece);
  }
  return cut.end_ms;
}

/* Where @accepted is written: into the interval under way, or one of its own. Nothing
 * is accepted that was not claimed, so a hole, however small, begins a new one. */
static gint64
extend_interval (AcPresence *self, AcInterval accepted, AcBeatMode mode)
{
  AcInterval *interval = &self->interval;

  if (self->has_interval && self->interval_mode == mode &&
      accepted.start_ms >= interval->start_ms &&
      accepted.start_ms <= interval->end_ms &&
      accepted.start_ms >= interval->end_ms - AC_ACCEPTANCE_OVERLAP_MS) {
    interval->end_ms = MAX (interval->end_ms, accepted.end_ms);
  } else {
    *interval = accepted;
    self->interval_mode = mode;
    self->has_interval = TRUE;
  }
  return interval->start_ms;
}

static void
accept (AcPresence *self, AcHolding *holding, const AcClaim *claim, AcVerdict *verdict)
{
  const AcBeat *beat = &claim->beat;
  gint64 media_ms = length (verdict->accepted);

  if (!claim->absent) {
    verdict->row_start_ms = extend_interval (self, verdict->accepted, beat->mode);
    verdict->newly_ms =
        ac_earning_cover (holding->covered, holding->creditable, verdict->accepted);
    holding->covered_ms += verdict->newly_ms;
  }
  self->accepted_total_ms += media_ms;
  self->batch_media_ms += media_ms;
  self->batch_time_ms += media_ms * 1000 / MAX (beat->rate_permille, 1000);
}

static AcVerdict
decide_claim (AcPresence *self, AcHolding *holding, const AcMoment *moment,
              const AcClaim *claim)
{
  const AcBeat *beat = &claim->beat;
  AcVerdict verdict = { .flags = worthless_flags (moment, beat) };
  gboolean worthless = verdict.flags != 0;
  AcInterval cut = cut_to_media (moment, claim, &verdict.flags);
  gint64 end_ms = cut.start_ms, left_ms;

  if (is_at_edge (moment, beat))
    verdict.flags |= AC_BEAT_AT_EDGE;
  if (!worthless) {
    take_spare_time (self, holding, beat, length (cut));
    left_ms = (holding->used_ms + holding->free_ms) *
                  AC_ACCEPTANCE_REPLAY_CAP_PERMILLE / 1000 +
              AC_ACCEPTANCE_COVER_SLACK_MS - holding->covered_ms;
    end_ms = MIN (cut.end_ms, cut.start_ms + limit_by_time (self, moment, beat));
    end_ms = limit_by_member (holding, (AcInterval){ cut.start_ms, end_ms },
                              MAX (left_ms, 0));
    if (end_ms < cut.end_ms)
      verdict.flags |= AC_BEAT_CUT_TIME;
  }
  verdict.accepted = (AcInterval){ cut.start_ms, end_ms };
  verdict.row_start_ms = cut.start_ms;
  if (length (verdict.accepted) > 0)
    accept (self, holding, claim, &verdict);
  return verdict;
}

void
ac_acceptance_decide (AcPresence *self, AcHolding *holding, const AcMoment *moment,
                      const AcClaim *claims, guint n_claims, guint n_received,
                      AcVerdict *verdicts, AcBatchSum *ret_sum)
{
  const guint idle = AC_BEAT_NOT_PLAYING | AC_BEAT_HIDDEN | AC_BEAT_CONCURRENT;
  gint64 media_before_ms, time_before_ms;

  *ret_sum = (AcBatchSum){ 0 };
  if (n_claims == 0)
    return;
  pass_time (self, moment, claims, n_claims);
  media_before_ms = self->batch_media_ms;
  time_before_ms = self->batch_time_ms;

  for (guint i = 0; i < n_claims; i++) {
    verdicts[i] = decide_claim (self, holding, moment, &claims[i]);
    if ((verdicts[i].flags & idle) == 0) {
      self->has_played = TRUE;
      self->played_ms = self->last_ms;
    }
  }
  self->batch_open = n_received >= AC_BEAT_BATCH_MAX;
  ret_sum->media_ms = self->batch_media_ms - media_before_ms;
  ret_sum->elapsed_ms = MAX (self->last_ms - self->batch_from_ms - time_before_ms, 0);
  ret_sum->free_ms = holding->free_ms;
}
