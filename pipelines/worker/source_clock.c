#include "source_clock.h"

#define MS G_GINT64_CONSTANT (1000)
#define JUMP_BACK_US (200 * MS)
#define JUMP_SLACK_US (500 * MS) /* how far the clock may be from the step */
#define FITS_LATEST_US (-300 * MS)
/* What begins later than the other has more often been held up on its way (by a parser
 * that was still being made) than been given another clock. */
#define BEGINS_LATEST_US (-3000 * MS)
#define LATE_US (600 * MS)
#define CATCHING_UP_US (100 * MS) /* gained in that time: it will be on time again */
#define EARLY_WINDOW_US (2000 * MS)
#define SETTLE_US (3000 * MS)       /* so long a publisher is new, */
#define SETTLE_WINDOW_US (500 * MS) /* and followed sooner */
#define WINDOW_US (5000 * MS)
#define EARLY_US (300 * MS)
#define LOW_MARGIN_US (120 * MS)
#define HIGH_MARGIN_US (AC_SOURCE_DELAY_US + 60 * MS)
#define SLEW_US (10 * MS)
#define DRIFT_AFTER_US (60000 * MS)
#define JOIN_US (500 * MS)   /* of a jump that the other track made just now */
#define RETURN_US (150 * MS) /* of one back to where it was */
#define JUST_NOW_US (2000 * MS)
#define WELL_US (300 * MS) /* so old may be the last packet of a track that is well */
#define USUAL_STEP_US (100 * MS) /* one packet's weight in what is usual */

typedef struct {
  gboolean seen;
  gint64 source_us, arrival_us; /* of its last packet */
  gint64 offset_us;             /* due minus source time */
  gint64 former_offset_us;      /* before its last jump */
  gint64 jump_us;               /* when that was */
  gint64 usual_us;              /* its margin, of late */
  gint64 late_since_us;         /* no packet had margin enough since; 0: the last had */
  gint64 late_margin_us;        /* what the first of them had */
  gboolean slipped;             /* late, after its clock stood still and ours did not */
  gboolean broken;              /* its line was, and nobody was told yet */
} Track;

struct _AcSourceClock {
  gboolean seen; /* any packet */
  Track tracks[2];

  gboolean phase_wanted;
  gint64 tick_us, period_us; /* period 0: no frame clock yet */

  gint64 age_us;                              /* of its first packet */
  gint64 first_us;                            /* when its first packet came */
  gint64 early_start_us, early_margin_us;     /* of the window for invariant 4 */
  gint64 window_start_us, smallest_margin_us; /* of that for 5 */

  AcSourceRepairs repairs;
  gint64 anchor_us, slewed_us; /* since when it holds, by how much it was slewed */
};

AcSourceClock *
ac_source_clock_new (void)
{
  return g_new0 (AcSourceClock, 1);
}

void
ac_source_clock_free (AcSourceClock *self)
{
  g_free (self);
}

void
ac_source_clock_reset (AcSourceClock *self, gint64 age_us)
{
  AcSourceClock fresh = {
    .tick_us = self->tick_us,
    .period_us = self->period_us,
    .age_us = age_us,
    .repairs = self->repairs,
  };

  *self = fresh;
}

void
ac_source_clock_set_phase (AcSourceClock *self, gint64 tick_us, gint64 period_us)
{
  self->tick_us = tick_us;
  self->period_us = period_us;
}

static void
begin_early_window (AcSourceClock *self, gint64 arrival_us)
{
  self->early_start_us = arrival_us;
  self->early_margin_us = G_MAXINT64;
}

static void
begin_window (AcSourceClock *self, gint64 arrival_us)
{
  self->window_start_us = arrival_us;
  self->smallest_margin_us = G_MAXINT64;
}

/* What was measured is over. */
static void
begin_anew (AcSourceClock *self, gint64 arrival_us)
{
  self->repairs.drift_ppm = 0;
  self->anchor_us = arrival_us;
  self->slewed_us = 0;
  begin_early_window (self, arrival_us);
  begin_window (self, arrival_us);
}

static void
shift (AcSourceClock *self, gint64 by_us)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->tracks); i++)
    self->tracks[i].offset_us += by_us;
}

/* Both tracks go, and keep their relation. */
static void
move_anchor (AcSourceClock *self, gint64 by_us, gint64 arrival_us)
{
  shift (self, by_us);
  for (guint i = 0; i < G_N_ELEMENTS (self->tracks); i++) {
    self->tracks[i].broken = TRUE;
    self->tracks[i].late_since_us = 0;
  }
  self->phase_wanted = TRUE;
  begin_anew (self, arrival_us);
}

static void
begin (AcSourceClock *self, gint64 source_us, gint64 arrival_us)
{
  self->seen = TRUE;
  self->first_us = arrival_us;
  for (guint i = 0; i < G_N_ELEMENTS (self->tracks); i++) {
    self->tracks[i].usual_us = AC_SOURCE_DELAY_US;
    self->tracks[i].jump_us = G_MININT64 / 2;
  }
  move_anchor (self, arrival_us - self->age_us + AC_SOURCE_DELAY_US - source_us,
               arrival_us);
}

static gboolean
is_near (const Track *track, gint64 offset_us, gint64 source_us, gint64 arrival_us,
         gint64 slack_us)
{
  return ABS (source_us + offset_us - arrival_us - track->usual_us) <= slack_us;
}

/* Invariant 3, its second half: where a track goes that jumped. */
static void
jump (AcSourceClock *self, Track *track, gint64 source_us, gint64 arrival_us)
{
  const Track *other = &self->tracks[track == &self->tracks[0]];
  const gint64 former_us = track->offset_us;
  const gint64 slack_us =
      arrival_us - other->jump_us < JUST_NOW_US ? JOIN_US : RETURN_US;

  if (other->seen &&
      is_near (track, other->offset_us, source_us, arrival_us, slack_us)) {
    track->offset_us = other->offset_us;
  } else if (track->seen && is_near (track, track->former_offset_us, source_us,
                                     arrival_us, RETURN_US)) {
    track->offset_us = track->former_offset_us;
  } else {
    track->offset_us = arrival_us + track->usual_us - source_us;
    self->repairs.jumps++;
  }
  track->former_offset_us = former_us;
  track->jump_us = arrival_us;
  track->late_since_us = 0;
  track->slipped = FALSE;
  track->broken = TRUE;
  self->phase_wanted |= track == &self->tracks[AC_SOURCE_VIDEO];
  begin_anew (self, arrival_us);
}

/* Invariant 3. */
static gboolean
has_jumped (const AcSourceClock *self, const Track *track, gint64 source_us,
            gint64 arrival_us)
{
  gint64 margin = source_us + track->offset_us - arrival_us;
  gint64 step = source_us - track->source_us;
  gint64 passed = arrival_us - track->arrival_us;

  if (!track->seen)
    return margin < BEGINS_LATEST_US - self->age_us || margin > -BEGINS_LATEST_US;
  /* So long the packet before may have been held up: both are followed, see below. */
  if (arrival_us - self->first_us < SETTLE_US && margin <= -BEGINS_LATEST_US)
    return step < -JUMP_BACK_US;
  return step < -JUMP_BACK_US ||
         (step - passed > JUMP_SLACK_US && margin > track->usual_us + EARLY_US);
}

/* Invariant 4, its second half: each window is judged by itself, so that one late
 * packet holds nothing up for long.
 * Returns: TRUE when the anchor has moved. */
static gboolean
follow_early (AcSourceClock *self, gint64 margin, gint64 arrival_us)
{
  gint64 window_us =
      arrival_us - self->first_us < SETTLE_US ? SETTLE_WINDOW_US : EARLY_WINDOW_US;
  gint64 excess;

  self->early_margin_us = MIN (self->early_margin_us, margin);
  if (arrival_us - self->early_start_us < window_us)
    return FALSE;
  excess = self->early_margin_us - AC_SOURCE_DELAY_US;
  if (excess > EARLY_US) {
    move_anchor (self, -excess, arrival_us);
    self->repairs.jumps++;
  } else {
    begin_early_window (self, arrival_us);
  }
  return excess > EARLY_US;
}

/* Notes whether @track is late. Returns: TRUE when it was so for too long. */
static gboolean
is_late_for_good (Track *track, gint64 margin, gint64 source_us, gint64 arrival_us)
{
  gint64 step = source_us - track->source_us;
  gint64 passed = arrival_us - track->arrival_us;

  if (margin >= LOW_MARGIN_US) {
    track->late_since_us = 0;
    track->slipped = FALSE;
    return FALSE;
  }
  track->slipped |= track->seen && passed - step > JUMP_SLACK_US;
  if (track->late_since_us != 0 && arrival_us - track->late_since_us >= LATE_US &&
      margin - track->late_margin_us < CATCHING_UP_US)
    return TRUE;
  if (track->late_since_us == 0 || arrival_us - track->late_since_us >= LATE_US) {
    track->late_since_us = arrival_us;
    track->late_margin_us = margin;
  }
  return FALSE;
}

/* Invariant 4, its first half. A track that lost time while the other did not goes
 * alone. */
static void
follow_late (AcSourceClock *self, Track *track, gint64 source_us, gint64 arrival_us)
{
  const Track *other = &self->tracks[track == &self->tracks[0]];

  if (track->slipped && other->seen && other->late_since_us == 0 &&
      arrival_us - other->arrival_us < WELL_US) {
    jump (self, track, source_us, arrival_us);
    return;
  }
  move_anchor (self, arrival_us + AC_SOURCE_DELAY_US - source_us - track->offset_us,
               arrival_us);
  self->repairs.jumps++;
}

/* Invariant 5. */
static void
slew (AcSourceClock *self, gint64 by_us, gint64 arrival_us)
{
  gint64 held_us = arrival_us - self->anchor_us;

  shift (self, by_us);
  self->slewed_us += by_us;
  if (held_us >= DRIFT_AFTER_US)
    self->repairs.drift_ppm = self->slewed_us * G_USEC_PER_SEC / held_us;
}

/* Invariants 4 and 5. */
static void
follow (AcSourceClock *self, Track *track, gint64 source_us, gint64 arrival_us)
{
  gint64 margin = source_us + track->offset_us - arrival_us;

  self->smallest_margin_us = MIN (self->smallest_margin_us, margin);
  if (is_late_for_good (track, margin, source_us, arrival_us)) {
    follow_late (self, track, source_us, arrival_us);
    return;
  }
  if (!track->slipped && margin >= FITS_LATEST_US)
    track->usual_us +=
        CLAMP (margin - track->usual_us, -USUAL_STEP_US, USUAL_STEP_US) / 16;
  if (follow_early (self, margin, arrival_us) ||
      arrival_us - self->window_start_us < WINDOW_US)
    return;
  if (self->smallest_margin_us < LOW_MARGIN_US)
    slew (self, SLEW_US, arrival_us);
  else if (self->smallest_margin_us > HIGH_MARGIN_US)
    slew (self, -SLEW_US, arrival_us);
  begin_window (self, arrival_us);
}

/* Invariant 6. */
static void
align (AcSourceClock *self, gint64 due_us)
{
  gint64 from_tick;

  self->phase_wanted = FALSE;
  if (self->period_us == 0)
    return;
  from_tick = (due_us - self->tick_us) % self->period_us;
  if (from_tick < 0)
    from_tick += self->period_us;
  if (from_tick == 0)
    return;
  shift (self,
         from_tick > self->period_us / 2 ? self->period_us - from_tick : -from_tick);
  /* sound that came before the picture has to move with it */
  self->tracks[0].broken = self->tracks[1].broken = TRUE;
}

gint64
ac_source_clock_due (AcSourceClock *self, AcSourceTrack which, gint64 source_us,
                     gint64 arrival_us, gboolean *ret_discontinuity)
{
  Track *track = &self->tracks[which];

  if (!self->seen)
    begin (self, source_us, arrival_us);
  else if (has_jumped (self, track, source_us, arrival_us))
    jump (self, track, source_us, arrival_us);
  else
    follow (self, track, source_us, arrival_us);
  if (which == AC_SOURCE_VIDEO && self->phase_wanted)
    align (self, source_us + track->offset_us);

  *ret_discontinuity = !track->seen || track->broken;
  track->seen = TRUE;
  track->broken = FALSE;
  track->source_us = source_us;
  track->arrival_us = arrival_us;
  if (source_us + track->offset_us < arrival_us)
    self->repairs.late++;
  return source_us + track->offset_us;
}

void
ac_source_clock_repairs (AcSourceClock *self, AcSourceRepairs *ret_repairs)
{
  *ret_repairs = self->repairs;
}
