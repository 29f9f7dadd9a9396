/* followed_track.h - the source's own pictures, from key frame to slot.
 *
 * What the assembler keeps of a followed source: a *run* for every stretch in which it
 * is followed (what it is, where it began, how it ended), and the access units that are
 * in no slot yet. One run is under way at most; runs of before stay, since slots that
 * wait for their encoders still refer to them.
 *
 * A run is begun with the frame of its first key frame, fills by ac_followed_track_
 * push(), and is over by _end() (its pictures up to a frame are good) or _lose() (what
 * it still owes never comes: gaps).
 *
 * Bounded: AC_FOLLOWED_WAITING_MAX access units wait.
 *
 * Threads:   one at a time; it is the assembler's, under the assembler's lock.
 * Ownership: owns its runs and what waits. */
#pragma once

#include "grid.h"
#include "sample_queue.h"

#define AC_FOLLOWED_WAITING_MAX 1024

/* The source's own pictures, and its sound when that is passed on with them. */
typedef struct {
  guint width, height;
  guint32 bps;      /* measured */
  GBytes *config;   /* AVCDecoderConfigurationRecord */
  guint gop_frames; /* from a key frame to the next, always */

  GBytes *sound_config; /* (nullable): AudioSpecificConfig of AAC-LC, 48 kHz */
  guint sound_channels; /* 1 or 2 */
  guint32 sound_bps;    /* measured */
} AcFollowed;

typedef struct {
  AcFollowed source;
  guint32 left_out; /* a bit for the rendition that it stands for */
  guint64 first;    /* frame */
  guint64 n_pushed; /* access units */
  gboolean lost;    /* what it still owes never comes */
  gchar name[AC_TRACK_NAME_MAX + 1];
} AcFollowedRun;

typedef struct _AcFollowedTrack AcFollowedTrack;

AcFollowedTrack *ac_followed_track_new (const AcGrid *grid, const AcLadderPlan *plan);
void ac_followed_track_free (AcFollowedTrack *self);

/* A run that may begin with frame @first; the rendition of the same height is left to
 * it. Then either _begin() or _discard().
 * @source: copied, its configurations referenced
 * Returns: the track's */
AcFollowedRun *ac_followed_track_prepare (AcFollowedTrack *self, guint64 first,
                                          const AcFollowed *source);
void ac_followed_track_begin (AcFollowedTrack *self, AcFollowedRun *run);
void ac_followed_track_discard (AcFollowedTrack *self, AcFollowedRun *run);

/* Returns: (nullable): the run under way, whether its first frame was noted yet or not.
 */
const AcFollowedRun *ac_followed_track_run (const AcFollowedTrack *self);
/* What waits, of the run under way or of the one that was ended. */
AcSampleQueue *ac_followed_track_waiting (AcFollowedTrack *self);

/* The next access unit of the run under way.
 * @reordering: frames from its place in decode order to that in which it is shown
 * Returns: FALSE when too many wait. */
gboolean ac_followed_track_push (AcFollowedTrack *self, GBytes *data, gboolean sync,
                                 gint reordering);
/* Whether all access units before frame @end have come. */
gboolean ac_followed_track_reaches (const AcFollowedTrack *self, guint64 end);
/* The run under way is over, and is shown up to frame @end, which it reaches. */
void ac_followed_track_end (AcFollowedTrack *self, guint64 end);
/* The run under way is over; what waits is dropped. */
void ac_followed_track_lose (AcFollowedTrack *self);
/* Nothing more is pushed; what has come is still shown. */
void ac_followed_track_finish (AcFollowedTrack *self);

/* What a player is told of @run. Errors: AC_CMAF_ERROR. */
gboolean ac_followed_track_describe (const AcFollowedTrack *self,
                                     const AcFollowedRun *run, AcTrack *track,
                                     GError **error);
/* Of its sound, that is passed on. */
gboolean ac_followed_run_describe_sound (const AcFollowedRun *run, AcTrack *track,
                                         GError **error);
/* @run: (nullable). Returns: whether the source's own sound is in it. */
gboolean ac_followed_run_has_sound (const AcFollowedRun *run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFollowedTrack, ac_followed_track_free)
