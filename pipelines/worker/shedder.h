/* shedder.h - which renditions are left out when the machine cannot make them all.
 *
 * The worker never builds a queue: when its encoders lag, the costliest rendition goes,
 * then the next, never the lowest and never the sound. One comes back, the cheapest
 * first, after a calm with CPU to spare for it; one that had to go again soon after its
 * return waits twice as long the next time.
 *
 *   shed:    lag of AC_SHEDDER_LAG_MS or more for AC_SHEDDER_LAG_HOLD_US, or at once
 *            of AC_SHEDDER_LAG_MAX_MS; then AC_SHEDDER_SETTLE_US for it to tell,
 *            but no more than AC_SHEDDER_URGENT_US with a lag of
 *            AC_SHEDDER_URGENT_MS: viewers' buffers do not hold much more
 *   return:  less than AC_SHEDDER_CALM_MS, and 1.25 times its cost to spare, for its
 *            hold: AC_SHEDDER_HOLD_US, doubled up to AC_SHEDDER_HOLD_MAX_US each time
 *            it goes within AC_SHEDDER_RELAPSE_US of its return
 *
 * So a rendition that the machine can almost carry changes at most five times in the
 * first ten minutes, and then every five minutes.
 *
 * Threads: one at a time; plain values, no clock of its own. */
#pragma once

#include "media_epoch.h"

#define AC_SHEDDER_LAG_MS 320
#define AC_SHEDDER_LAG_HOLD_US (G_USEC_PER_SEC / 2)
#define AC_SHEDDER_LAG_MAX_MS 700
#define AC_SHEDDER_SETTLE_US (3500 * G_TIME_SPAN_MILLISECOND)
#define AC_SHEDDER_URGENT_MS 1000
#define AC_SHEDDER_URGENT_US G_USEC_PER_SEC
#define AC_SHEDDER_CALM_MS 200
#define AC_SHEDDER_HOLD_US (10 * G_USEC_PER_SEC)
#define AC_SHEDDER_HOLD_MAX_US (320 * G_USEC_PER_SEC)
#define AC_SHEDDER_RELAPSE_US (60 * G_USEC_PER_SEC)

typedef struct {
  gint64 now_us;
  guint lag_ms; /* how far encoders and pump are behind */
  /* What each rendition takes; 0: nothing would be gained by leaving it out. */
  guint32 cost_millicores[AC_MAX_TRACKS];
  guint32 spare_millicores; /* what the machine could give */
} AcShedderInput;

typedef struct {
  gint64 returned_us; /* 0: never was away */
  gint64 hold_us;
} AcShedderRendition;

typedef struct {
  guint n_renditions; /* by falling height: the last is the lowest */
  guint32 closed;     /* a bit a rendition: it is left out */
  guint32 n_sheds;
  gint64 over_since_us, calm_since_us; /* 0: it does not last */
  gint64 changed_us;                   /* 0: never */
  AcShedderRendition renditions[AC_MAX_TRACKS];
} AcShedder;

void ac_shedder_init (AcShedder *self, guint n_renditions);
/* To be called several times a second.
 * Returns: TRUE when @self->closed has changed. */
gboolean ac_shedder_step (AcShedder *self, const AcShedderInput *input);
