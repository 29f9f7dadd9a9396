/* viewers.h - all browsers that watch this lesson by WHEP, and what they are given: the
 * highest rung of the ladder that is encoded and that their line carries, and the
 * lesson's sound, encoded once, while somebody listens.
 *
 * What the source's own pictures stand for is not encoded, and they may have B frames,
 * which WebRTC has not: viewers get the highest rung below. Where there is none, since
 * they stand for the only rung, viewers get them, when their time has come and unless
 * they have B frames: who watches is sent away then. A change of rung is at the
 * beginning of a segment, a key frame of all rungs.
 *
 * A key frame is asked of the encoder when a viewer can show nothing without one and
 * has room for it; once a second at most and less often while that goes on
 * (AcViewerForcing), since all who watch that rung pay for it. It moves no slot and no
 * segment: those begin where they would.
 *
 * Threads:   main loop; the tap's on any thread. Handlers are called on the main loop.
 * Ownership: plain. Borrows the ladder. */
#pragma once

#include "ladder.h"
#include "packet.h"
#include "wire.h"

typedef struct _AcViewers AcViewers;

/* @state: its source_number is the viewer's. */
typedef void (*AcViewersState) (const AcWireSourceState *state, gpointer user_data);

AcViewers *ac_viewers_new (AcViewersState state, gpointer user_data);
void ac_viewers_free (AcViewers *self);

/* From now on there is media.
 * @origin_us: monotonic time of frame 0; @sound_offset_us: block 0 begins so much later
 */
void ac_viewers_start (AcViewers *self, AcLadder *ladder, guint n_rungs,
                       const AcGrid *grid, gint64 origin_us, gint64 sound_offset_us);
/* The ladder goes, and nothing comes any more. */
void ac_viewers_stop (AcViewers *self);

/* FAILED is told of a viewer that cannot be; before _start() all. */
void ac_viewers_begin (AcViewers *self, guint32 number, const gchar *offer);
void ac_viewers_trickle (AcViewers *self, guint32 number, const gchar *fragment);
void ac_viewers_end (AcViewers *self, guint32 number);

/* See AcFollowerTap; @user_data: the AcViewers. On the main loop. */
void ac_viewers_followed (guint64 index, const AcPacket *packet, GstCaps *format,
                          gboolean reordered, gpointer user_data);
/* What the ladder is tapped with; user_data: the AcViewers. */
extern const AcLadderTap ac_viewers_tap;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcViewers, ac_viewers_free)
