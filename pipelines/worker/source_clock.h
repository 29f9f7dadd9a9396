/* source_clock.h - a source's timestamps, laid on our monotonic clock.
 *
 * As long as nothing breaks one offset serves sound and picture, so their relation is
 * exactly what the source said. A packet is *due* a fixed delay (the jitter buffer)
 * after it should have come; its *margin* is how long before that it came.
 *
 * Invariants:
 *   1. between two jumps, due times of a track differ by exactly what its timestamps
 *      differ, but for the slow correction of 5 below;
 *   2. timestamps are unwrapped already: the input that made them knows how many bits
 *      they had;
 *   3. a step of one track backwards by over 200 ms, or forwards by over 500 ms that
 *      ours did not make and that makes it come over 300 ms earlier than usual, is a
 *      jump of that track. It goes where the other track is when that fits (the other
 *      made the same jump: their relation stays what the source said), else back where
 *      it was before (one wrong timestamp), else to its usual margin by itself: the
 *      other track does not notice;
 *   4. when all that comes of a track in 600 ms has less margin than its way through
 *      decoder and pump takes (120 ms), or all that comes in 2 s is over 300 ms too
 *      early, both tracks move at once; what a stalled line brings in one burst, or a
 *      starved thread bit by bit, is late, and no reason to move. A track whose clock
 * stood still while the other was well moves alone. A publisher's first tags are often
 * held up by its own start (or are a relay's store of the last seconds), so for 3 s
 * half a second of early tags is enough;
 *   5. otherwise it drifts by at most 10 ms in 5 s, to follow the publisher's crystal
 *      and to keep the smallest margin between 120 and 260 ms;
 *   6. a new anchor is put so that video falls on the frame clock's ticks (not more
 *      than half a period away), so that equal rates map one to one.
 *
 * Threads: one at a time. */
#pragma once

#include "packet.h"

#define AC_SOURCE_DELAY_US (200 * 1000)

typedef struct _AcSourceClock AcSourceClock;

AcSourceClock *ac_source_clock_new (void);
void ac_source_clock_free (AcSourceClock *self);

/* Forgets everything but the frame clock: a new publisher.
 * @age_us: by how much its first packet comes late, because it was kept */
void ac_source_clock_reset (AcSourceClock *self, gint64 age_us);
/* Tells of the frame clock, for invariant 6: a tick and the distance between two. */
void ac_source_clock_set_phase (AcSourceClock *self, gint64 tick_us, gint64 period_us);

/* @source_us: decode time as the source gave it
 * @arrival_us: now
 * @ret_discontinuity: TRUE when this track's line was broken since its last call
 * Returns: when it is due. */
gint64 ac_source_clock_due (AcSourceClock *self, AcSourceTrack track, gint64 source_us,
                            gint64 arrival_us, gboolean *ret_discontinuity);

/* What it had to do, over all publishers. */
typedef struct {
  guint32 jumps;    /* anchors after a publisher's first */
  guint32 late;     /* packets that came after they were due */
  gint64 drift_ppm; /* by how much the source's clock is slower than ours, by the slow
                     * correction since the present anchor; 0 in its first minute */
} AcSourceRepairs;

void ac_source_clock_repairs (AcSourceClock *self, AcSourceRepairs *ret_repairs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSourceClock, ac_source_clock_free)
