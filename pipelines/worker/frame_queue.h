/* frame_queue.h - decoded pictures that wait for their time.
 *
 * Which one a tick shows: frames are due anywhere, ticks come once a period. The frame
 * nearest to the tick is shown, with a band of a quarter period in which the decision
 * is not changed, so that a source of the same rate, whose timestamps are rounded to
 * milliseconds and drift, does not flip between doubled and lost frames. A frame is
 * shown at most three quarters of a period from when it was due.
 *
 * Bounded: 64 frames; of more, every second goes. (Were it the oldest, a source that is
 * ahead of us by more than 64 frames would never be seen.)
 *
 * Threads:   any (it locks inside).
 * Ownership: holds a reference to what waits in it. */
#pragma once

#include <gst/gst.h>

#define AC_FRAME_QUEUE_MAX 64

typedef struct _AcFrameQueue AcFrameQueue;

AcFrameQueue *ac_frame_queue_new (void);
void ac_frame_queue_free (AcFrameQueue *self);

/* @frame: (transfer full). Frames that wait and are due at the same time or later are
 * superseded: a source's line was broken. */
void ac_frame_queue_push (AcFrameQueue *self, GstBuffer *frame, gint64 due_us);

/* @ret_dropped: adds how many were thrown away to come to this one
 * Returns: (transfer full) (nullable): the frame to show at @tick_us. */
GstBuffer *ac_frame_queue_take (AcFrameQueue *self, gint64 tick_us, gint64 period_us,
                                guint *ret_dropped);

void ac_frame_queue_clear (AcFrameQueue *self);
guint ac_frame_queue_length (AcFrameQueue *self);
/* Returns: when the frame that waits longest is due, -1 when none waits. */
gint64 ac_frame_queue_first_due (AcFrameQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFrameQueue, ac_frame_queue_free)
