/* live_window.h - a lesson's media as playlists see it, and its immutable snapshots.
 *
 * The window lists every segment of the lesson from its start; it keeps the bytes of
 * the last minute and leaves the rest to the archive, whose addresses are the same.
 * After each slot it gives out a snapshot, and the fronts serve snapshots only.
 *
 * Threads:   AcLiveWindow: main loop. AcSnapshot: immutable, any thread; its playlists
 *            are rendered and compressed at the first request and then shared.
 * Ownership: AcSnapshot is reference counted (atomic). */
#pragma once

#include "recordings.h"

typedef struct _AcLiveWindow AcLiveWindow;
typedef struct _AcSnapshot AcSnapshot;

/* @recording: (nullable): where older bytes are; when it already holds slots (a restart
 *   in the middle of a lesson) the window begins with them. Referenced. */
AcLiveWindow *ac_live_window_new (gint64 lesson, AcRecording *recording);
void ac_live_window_free (AcLiveWindow *self);

/* A new worker begins: following slots carry its number. The segment under way, if
 * any, is closed as it stands and a discontinuity follows. */
void ac_live_window_begin_epoch (AcLiveWindow *self, AcMediaEpoch *epoch);
void ac_live_window_append (AcLiveWindow *self, AcSlot *slot);
/* No worker runs and none is about to: requests are answered at once, not held. */
void ac_live_window_set_dead (AcLiveWindow *self, gboolean dead);
/* The lesson is over: ENDLIST. */
void ac_live_window_end (AcLiveWindow *self);

/* Returns: (transfer full): the state now. */
AcSnapshot *ac_live_window_snapshot (AcLiveWindow *self);

/* Returns: (transfer full): a finished lesson's recording as a snapshot. */
AcSnapshot *ac_snapshot_new_replay (gint64 lesson, AcRecording *recording);

AcSnapshot *ac_snapshot_ref (AcSnapshot *self);
void ac_snapshot_unref (AcSnapshot *self);
gint64 ac_snapshot_lesson (AcSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLiveWindow, ac_live_window_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSnapshot, ac_snapshot_unref)
