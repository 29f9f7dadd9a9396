/* media_epoch.h - what a stretch of media is made of: its tracks and its grid.
 *
 * A media epoch is the life of one worker: encoders that started together and ran
 * without a break. A lesson is a sequence of epochs on one timeline; a restart of the
 * worker or of the daemon opens the next. Addresses carry the epoch, so none is ever
 * used twice.
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
  guint32 slot_duration;     /* ticks of a whole slot: 57,600 (25 fps), 48,000 (30) */
  guint32 slots_per_segment; /* of a whole segment: 3 (25 fps), 4 (30) */
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

/* A flat form for sockets and files; _from_variant() checks every length and range and
 * returns NULL on anything unexpected. Type: AC_MEDIA_EPOCH_TYPE, in normal form. */
#define AC_MEDIA_EPOCH_TYPE "(uxttuua(suuuuuuusay))"
GVariant *ac_media_epoch_to_variant (const AcMediaEpoch *self);
AcMediaEpoch *ac_media_epoch_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMediaEpoch, ac_media_epoch_unref)
