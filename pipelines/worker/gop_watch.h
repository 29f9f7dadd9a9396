/* gop_watch.h - whether a source's pictures come as regularly as a grid.
 *
 * Regular is: one access unit a period in decode order, closed GOPs of the same number
 * of frames, and every presentation time of a GOP taken once. Timestamps may be rounded
 * to milliseconds. Anything else begins the count anew.
 *
 * Threads: one at a time. No clock. */
#pragma once

#include "packet.h"

#define AC_GOP_WATCH_MAX_FRAMES 128 /* a longer GOP is not regular */

typedef struct _AcGopWatch AcGopWatch;

/* @period_us: of the frame grid */
AcGopWatch *ac_gop_watch_new (gdouble period_us);
void ac_gop_watch_free (AcGopWatch *self);

void ac_gop_watch_reset (AcGopWatch *self);
void ac_gop_watch_packet (AcGopWatch *self, const AcPacket *packet);

/* Returns: how many whole GOPs in a row were alike and of the grid's rate (to 500 ppm);
 * at a key frame the one that it ended is counted. */
guint ac_gop_watch_n_regular (const AcGopWatch *self);
guint ac_gop_watch_frames (const AcGopWatch *self); /* of such a GOP */
guint32 ac_gop_watch_bps (const AcGopWatch *self);  /* of the largest of them */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcGopWatch, ac_gop_watch_free)
