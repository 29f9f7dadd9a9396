/* snapshot.h - a lesson's media at one moment: what the hub asks of it.
 *
 * Threads:   immutable; playlists are rendered and compressed under a lock at the first
 *            request and then shared, whoever asks.
 * Ownership: see live_window.h. */
#pragma once

#include "live_window.h"
#include "recent.h"
#include "timeline.h"

/* The next part to come: everything before it is there. */
typedef struct {
  guint64 msn;
  guint part;
} AcEdge;

/* A track's measured rates, over its whole segments. */
typedef struct {
  guint64 bytes;        /* of its own */
  guint64 ticks;        /* in which they were sent */
  guint64 peak_bps;     /* of a segment, with the audio that plays beside it */
  guint64 own_peak_bps; /* of a segment, without */
} AcRate;

/* What a snapshot is made of; every reference in it is taken over. */
typedef struct {
  gint64 lesson;
  AcTimeline *timeline;
  AcRecording *recording; /* nullable */
  guint n_tracks, n_epochs;
  guint64 n_segments;
  gboolean ended, dead;
  gboolean hinting;    /* a worker of this process's time makes the next part */
  guint32 part_target; /* ticks; of the first epoch, for the lesson's life */
  guint32 target_duration_s;
  GPtrArray *recents;   /* AcRecent of whole segments, ascending, to the last one */
  AcSegment open;       /* the segment under way, when it has parts; no text_end */
  AcRecent *open_parts; /* its parts; NULL: none is under way */
  AcRate rates[AC_MAX_TRACKS];
} AcSnapshotParts;

AcSnapshot *ac_snapshot_new (const AcSnapshotParts *parts);
const AcSnapshotParts *ac_snapshot_parts (AcSnapshot *self);

AcEdge ac_snapshot_edge (AcSnapshot *self);
/* Returns: the lesson time at the edge, in ticks. */
guint64 ac_snapshot_end (AcSnapshot *self);
/* Returns: the lesson's track @name, -1: none. */
gint ac_snapshot_find_track (AcSnapshot *self, const gchar *name);

/* Returns: (transfer full): shared by all who ask. */
GBytes *ac_snapshot_playlist (AcSnapshot *self, guint track, gboolean delta,
                              gboolean gzip);
/* Returns: (transfer full) (nullable): NULL: there is no audio for an audio-only one.
 */
GBytes *ac_snapshot_multivariant (AcSnapshot *self, gboolean audio_only, gboolean gzip);

/* Returns: (transfer full): the DASH manifest; there is a segment. */
GBytes *ac_snapshot_manifest (AcSnapshot *self, gboolean gzip);
/* Returns: FALSE, or TRUE with the whole segment of which @track's frames begin at
 * @start, in ticks. */
gboolean ac_snapshot_find_start (AcSnapshot *self, guint track, guint64 start,
                                 guint64 *ret_msn);

typedef enum {
  AC_MEDIA_HERE,     /* bytes and lesson time are set */
  AC_MEDIA_ARCHIVED, /* the recording has it; lesson time is set */
  AC_MEDIA_HINTED,   /* it is the next part */
  AC_MEDIA_UNKNOWN,
} AcMediaPlace;

/* @part: -1 for the whole segment
 * @ret_bytes: (transfer full), set when it is here; @ret_start, @ret_end in ticks */
AcMediaPlace ac_snapshot_find_media (AcSnapshot *self, guint track, guint32 epoch,
                                     guint64 msn, gint part, GBytes **ret_bytes,
                                     guint64 *ret_start, guint64 *ret_end);
/* Returns: (transfer full) (nullable): @track's header of @epoch. */
GBytes *ac_snapshot_init (AcSnapshot *self, guint track, guint32 epoch);
