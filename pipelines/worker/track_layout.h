/* track_layout.h - the tracks of a lesson's assembler, and how long what is.
 *
 * Tracks have fixed places: the renditions that are encoded, the encoded audio, the
 * followed source and its sound. Which of them an epoch has depends on whether it
 * follows. Frames are counted from the worker's start; those of sound are AAC frames,
 * counted from the lesson's.
 *
 * Threads: any; a plain value that does not change. */
#pragma once

#include "followed_track.h"
#include "slot_plan.h"

#define AC_TRACK_LAYOUT_MAX (AC_GRID_MAX_RENDITIONS + 3)

typedef struct {
  AcGrid grid;
  AcLadderPlan plan;
  guint64 start;                           /* of frame 0, ticks of lesson time */
  guint audio, followed, passed, n_tracks; /* the first three are places */
} AcTrackLayout;

void ac_track_layout_init (AcTrackLayout *self, const AcGrid *grid,
                           const AcLadderPlan *plan, guint64 start);
/* For people. */
const gchar *ac_track_layout_name (const AcTrackLayout *self, guint track);
gboolean ac_track_layout_is_sound (const AcTrackLayout *self, guint track);
/* Frames of the full rate to one of the track's; of pictures. */
guint ac_track_layout_divisor (const AcTrackLayout *self, guint track);

/* When @frame begins, in ticks of lesson time. */
guint64 ac_track_layout_frame_start (const AcTrackLayout *self, guint64 frame);
/* Frames of @track before frame @frame, from the epoch's start; of sound from the
 * lesson's. See ac_media_epoch_boundary(). */
guint64 ac_track_layout_frames_before (const AcTrackLayout *self, guint track,
                                       const AcPlannedEpoch *epoch, guint64 frame);
/* Samples that @track has in @slot, how long each is, and when they begin, in the
 * track's timescale. */
guint ac_track_layout_slot_samples (const AcTrackLayout *self, guint track,
                                    const AcPlannedSlot *slot);
guint32 ac_track_layout_sample_duration (const AcTrackLayout *self, guint track);
guint64 ac_track_layout_decode_time (const AcTrackLayout *self, guint track,
                                     const AcPlannedSlot *slot);

/* The places of an epoch's tracks: video by falling height, then audio.
 * @followed: (nullable)
 * @ret_places: AC_TRACK_LAYOUT_MAX
 * Returns: how many. */
guint ac_track_layout_list (const AcTrackLayout *self, const AcFollowedRun *followed,
                            guint *ret_places);
