/* media_epoch.h - what a stretch of media is made of: its tracks and its grid.
 *
 * In a media epoch tracks, grid and dates go on without a break. A lesson is a sequence
 * of epochs on one timeline. A restart of the worker or of the daemon opens the next;
 * so does a worker when it begins or ends to follow its source, or when it stood still.
 * Addresses carry the epoch, so none is ever used twice.
 *
 * Lesson time is counted in ticks of 90 kHz from the first published frame.
 *
 * Threads:   immutable after construction, any thread.
 * Ownership: reference counted (atomic). */
#pragma once

#include <glib.h>

#define AC_TICKS_PER_SECOND 90000
#define AC_TICKS_TO_MS(ticks) ((gint64)((ticks) / 90))
#define AC_MAX_TRACKS 8
#define AC_TRACK_NAME_MAX 15 /* of [a-z0-9] */

typedef enum { AC_TRACK_VIDEO, AC_TRACK_AUDIO } AcTrackKind;

typedef struct {
  gchar name[AC_TRACK_NAME_MAX + 1]; /* "v720", "v480", "v360", "v240", "audio" */
  AcTrackKind kind;
  guint32 timescale;        /* 90,000 for video, the sample rate for audio */
  guint32 width, height;    /* video, else 0 */
  guint32 frames_per_1000s; /* video: 25,000 is 25 fps; else 0 */
  guint32 channels;         /* audio, else 0 */
  guint32 target_bps;       /* what the encoder was asked for */
  gchar codecs[32];         /* RFC 6381, from the real configuration */
  GBytes *init;             /* the CMAF header: ftyp and moov */
} AcTrack;

typedef struct {
  guint32 number;            /* 1 for a lesson's first epoch */
  gint64 wall_start_ms;      /* wall clock at @start */
  guint64 start;             /* ticks of lesson time of its first frame */
  guint64 first_msn;         /* media sequence number of its first segment */
  guint32 slot_duration;     /* ticks that no part is longer than, the same for all
                              * epochs of a lesson: 57,600 (25 fps), 48,000 (30) */
  guint32 slots_per_segment; /* of a whole segment: 3 (25 fps), 4 (30) */
  guint32 segment_duration;  /* ticks of a whole segment; 0 to _new(): whole slots */
  guint32 grain; /* ticks of which a slot is a multiple; 0 to _new(): a slot's */
  guint32 n_tracks;
  AcTrack tracks[AC_MAX_TRACKS]; /* video by falling height, then audio */
} AcMediaEpoch;

/* Returns: (transfer full): a copy of @fields in a reference counted box; the GBytes
 * in its tracks are referenced, not stolen. */
AcMediaEpoch *ac_media_epoch_new (const AcMediaEpoch *fields);
AcMediaEpoch *ac_media_epoch_ref (AcMediaEpoch *self);
void ac_media_epoch_unref (AcMediaEpoch *self);

/* Returns: the index of the track called @name, -1 when there is none. */
gint ac_media_epoch_find (const AcMediaEpoch *self, const gchar *name);

/* Where slot @part of a segment begins, in ticks from the segment's start: a segment is
 * cut into slots that differ by one grain at most, the longer ones first. For @part =
 * slots_per_segment that is the segment's end. */
guint32 ac_media_epoch_slot_offset (const AcMediaEpoch *self, guint part);

/* How many frames of @frame_ticks begin before the frame boundary that is nearest to
 * @ticks (the later one of two), counted from @origin, in the same ticks. The one rule
 * by which frames are dealt to slots: who cuts them and who tells their lengths ask
 * here. */
guint64 ac_media_frames_before (guint64 frame_ticks, guint64 origin, guint64 ticks);

/* A track's frames do not all end where slots do: sound has frames of 1,920 ticks, and
 * half the frame rate has frames twice as long. A frame belongs to the slot in which
 * the nearest frame boundary of its track puts it.
 * @ticks: lesson time, at or after the epoch's start; a slot's start or end
 * Returns: ticks of the boundary of track @index nearest to it, the later one of two;
 * for pictures counted from the epoch's start, for sound from the lesson's, so that a
 * lesson of many epochs does not sum up what was rounded. */
guint64 ac_media_epoch_boundary (const AcMediaEpoch *self, guint index, guint64 ticks);

/* A flat form for sockets and files; _from_variant() checks every length and range and
 * returns NULL on anything unexpected. Type: AC_MEDIA_EPOCH_TYPE, in normal form. */
#define AC_MEDIA_EPOCH_TYPE "(uxttuua(suuuuuuusay)uu)"
/* What was written before slots could differ; still read. */
#define AC_MEDIA_EPOCH_TYPE_1 "(uxttuua(suuuuuuusay))"
GVariant *ac_media_epoch_to_variant (const AcMediaEpoch *self);
AcMediaEpoch *ac_media_epoch_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMediaEpoch, ac_media_epoch_unref)
