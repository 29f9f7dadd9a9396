#include "source_clock.h"

#define MS G_GINT64_CONSTANT (1000)
#define JUMP_BACK_US (200 * MS)
#define JUMP_AHEAD_US (1000 * MS)
#define JUMP_SLACK_US (500 * MS) /* how far the clock may be from the step */
#define FITS_EARLIEST_US (1000 * MS)
#define FITS_LATEST_US (-300 * MS)
#define LATE_US (600 * MS)
#define EARLY_WINDOW_US (2000 * MS)
#define SETTLE_US (3000 * MS)       /* so long a publisher is new, */
#define SETTLE_WINDOW_US (500 * MS) /* and followed sooner */
#define WINDOW_US (5000 * MS)
#define EARLY_US (300 * MS)
#define LOW_MARGIN_US (120 * MS)
#define HIGH_MARGIN_US (AC_SOURCE_DELAY_US + 60 * MS)
#define SLEW_US (10 * MS)
#define DRIFT_AFTER_US (60000 * MS)

typedef struct {
  gboolean seen;
  gint64 source_us, arrival_us; /* of its last tag */
  guint anchor;                 /* number of the anchor it last used */
  gint64 late_since_us;         /* no tag had margin enough since; 0: the last had */
} Track;

struct _AcSourceClock {
  gboolean seen; /* any packet */
  Track tracks[2];

  guint anchor;     /* counts them; 0: none yet */
  gint64 offset_us; /* due minus source time */
  gboolean phase_wanted;
  gint64 tick_us, period_us; /* period 0: no frame clock yet */

  gint64 age_us;                              /* of its first tag */
  gint64 first_us;                            /* when its first tag came */
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
    .anchor = self->anchor, /* goes on, so that the next tags are discontinuous */
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

static void
move_anchor (AcSourceClock *self, gint64 offset_us, gint64 arrival_us)
{
  self->offset_us = offset_us;
  self->anchor++;
  self->phase_wanted = TRUE;
  if (arrival_us != self->first_us)
    self->repairs.jumps++;
  self->repairs.drift_ppm = 0;
  self->anchor_us = arrival_us;
  self->slewed_us = 0;
  self->tracks[0].late_since_us = self->tracks[1].late_since_us = 0;
  begin_early_window (self, arrival_us);
  begin_window (self, arrival_us);
}

/* Invariant 3. */
static gboolean
jumped (const AcSourceClock *self, const Track *track, gint64 source_us,
        gint64 arrival_us)
{
  gint64 margin = source_us + self->offset_us - arrival_us;
  gint64 step = source_us - track->source_us;
  gint64 passed = arrival_us - track->arrival_us;
  gint64 latest = FITS_LATEST_US - (track->seen ? 0 : self->age_us);

  if (margin >= latest && margin <= FITS_EARLIEST_US)
    return FALSE;
  if (!track->seen)
    return TRUE;
  return step < -JUMP_BACK_US ||
         (step > JUMP_AHEAD_US && ABS (step - passed) > JUMP_SLACK_US);
}

/* Invariant 4, its second half: each window is judged by itself, so that one late tag
 * holds nothing up for long.
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
  if (excess > EARLY_US)
    move_anchor (self, self->offset_us - excess, arrival_us);
  else
    begin_early_window (self, arrival_us);
  return excess > EARLY_US;
}

/* Invariant 5. */
static void
slew (AcSourceClock *self, gint64 by_us, gint64 arrival_us)
{
  gint64 held_us = arrival_us - self->anchor_us;

  self->offset_us += by_us;
  self->slewed_us += by_us;
  if (held_us >= DRIFT_AFTER_US)
    self->repairs.drift_ppm = self->slewed_us * G_USEC_PER_SEC / held_us;
}

/* Invariants 4 and 5. */
static void
follow (AcSourceClock *self, Track *track, gint64 source_us, gint64 arrival_us)
{
  gint64 margin = source_us + self->offset_us - arrival_us;

  self->smallest_margin_us = MIN (self->smallest_margin_us, margin);
  if (margin >= LOW_MARGIN_US)
    track->late_since_us = 0;
  else if (track->late_since_us == 0)
    track->late_since_us = arrival_us;
  else if (arrival_us - track->late_since_us >= LATE_US) {
    move_anchor (self, arrival_us + AC_SOURCE_DELAY_US - source_us, arrival_us);
    return;
  }
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
align (AcSourceClock *self, gint64 source_us)
{
  gint64 from_tick;

  self->phase_wanted = FALSE;
  if (self->period_us == 0)
    return;
  from_tick = (source_us + self->offset_us - self->tick_us) % self->period_us;
  if (from_tick < 0)
    from_tick += self->period_us;
  if (from_tick == 0)
    return;
  self->offset_us -= from_tick;
  if (from_tick > self->period_us / 2)
    self->offset_us += self->period_us;
  self->anchor++; /* sound that came before the picture has to move with it */
}

gint64
ac_source_clock_due (AcSourceClock *self, AcSourceTrack which, gint64 source_us,
                     gint64 arrival_us, gboolean *ret_discontinuity)
{
  Track *track = &self->tracks[which];
  gboolean first = !self->seen;

  self->seen = TRUE;
  if (first)
    self->first_us = arrival_us;
  if (first)
    move_anchor (self, arrival_us - self->age_us + AC_SOURCE_DELAY_US - source_us,
                 arrival_us);
  else if (jumped (self, track, source_us, arrival_us))
    move_anchor (self, arrival_us + AC_SOURCE_DELAY_US - source_us, arrival_us);
  else
    follow (self, track, source_us, arrival_us);
  if (which == AC_SOURCE_VIDEO && self->phase_wanted)
    align (self, source_us);

  *ret_discontinuity = !track->seen || track->anchor != self->anchor;
  track->seen = TRUE;
  track->source_us = source_us;
  track->arrival_us = arrival_us;
  track->anchor = self->anchor;
  if (source_us + self->offset_us < arrival_us)
    self->repairs.late++;
  return source_us + self->offset_us;
}

void
ac_source_clock_repairs (AcSourceClock *self, AcSourceRepairs *ret_repairs)
{
  *ret_repairs = self->repairs;
}
