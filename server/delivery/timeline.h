/* timeline.h - a lesson's complete segments and epochs, and their text in playlists.
 *
 * Append-only: the live window writes at the end, snapshots remember how much of it
 * was there when they were made and read no further. Nothing that was written moves
 * or changes, so readers need no lock. A segment's text is written late, when its bytes
 * leave the memory: only then is it known whether the archive has them or the segment
 * is a gap from now on. Until then playlists write it themselves. The snapshot's way to
 * the other thread (a locked queue) orders the memory. A snapshot costs one reference,
 * whatever the length of the lesson.
 *
 * Threads:   one writer (main loop); readers on any thread, within their counts.
 * Ownership: reference counted (atomic). */
#pragma once

#include "media_epoch.h"

#define AC_TIMELINE_MAX_SEGMENTS 262144 /* 5.8 days of 1.92 s */
#define AC_TIMELINE_MAX_EPOCHS 4096
#define AC_SEGMENT_MAX_PARTS 64

typedef enum {
  AC_SEGMENT_DISCONTINUITY = 1 << 0, /* the first of a later epoch */
  AC_SEGMENT_NEW_INIT = 1 << 1,      /* the first of any epoch */
  AC_SEGMENT_DATED = 1 << 2,         /* carries its wall clock time */
} AcSegmentFlags;

typedef struct {
  guint64 msn;
  guint64 start;    /* ticks */
  gint64 wall_ms;   /* wall clock at @start */
  guint32 duration; /* ticks */
  guint32 epoch;
  guint8 n_parts;
  guint8 flags;  /* AcSegmentFlags */
  guint8 tracks; /* a bit for each of the lesson's tracks that its epoch has */
  guint8 gaps;   /* a bit for each that misses a part of it */
  guint8 lost;   /* settled as a gap: neither here nor in the archive */
  guint32 lengths[AC_MAX_TRACKS];  /* ticks: what each track's frames of it last */
  guint32 text_end[AC_MAX_TRACKS]; /* the timeline's own: where its text ends */
} AcSegment;

/* A track of the lesson; epochs may order theirs differently. */
typedef struct {
  gchar name[AC_TRACK_NAME_MAX + 1];
  AcTrackKind kind;
} AcLessonTrack;

typedef struct {
  AcMediaEpoch *media;
  gint8 tracks[AC_MAX_TRACKS]; /* the lesson's track to the epoch's, -1: it has none */
} AcLessonEpoch;

typedef struct _AcTimeline AcTimeline;

AcTimeline *ac_timeline_new (void);
AcTimeline *ac_timeline_ref (AcTimeline *self);
void ac_timeline_unref (AcTimeline *self);

/* Writer. Tracks that no epoch had before are added to the lesson's, as gaps up to
 * here; those over AC_MAX_TRACKS are left out.
 * Returns: FALSE when the epoch is not usable or there are too many. */
gboolean ac_timeline_add_epoch (AcTimeline *self, AcMediaEpoch *epoch);
/* Writer. @segment: its number is the count of segments so far; text_end is ignored.
 * Returns: FALSE when the timeline is full. */
gboolean ac_timeline_append (AcTimeline *self, const AcSegment *segment);

/* Writer. The first segment that is not settled is not in memory any more; it can be
 * read from the archive, or it is @lost. */
void ac_timeline_settle (AcTimeline *self, gboolean lost);

/* Writer: the counts as they are; a snapshot keeps its own. */
guint ac_timeline_n_tracks (AcTimeline *self);
guint ac_timeline_n_epochs (AcTimeline *self);
guint64 ac_timeline_n_segments (AcTimeline *self);
guint64 ac_timeline_n_settled (AcTimeline *self);

/* Readers; the arguments are below the reader's counts.
 * Returns: (transfer none). */
const AcLessonTrack *ac_timeline_track (AcTimeline *self, guint track);
const AcLessonEpoch *ac_timeline_epoch (AcTimeline *self, guint nth);
const AcSegment *ac_timeline_segment (AcTimeline *self, guint64 msn);
/* Returns: (nullable): the epoch @number among the first @n_epochs. */
const AcLessonEpoch *ac_timeline_find_epoch (AcTimeline *self, guint n_epochs,
                                             guint32 number);
/* Returns: when @track's own frames of @segment begin, in ticks of lesson time: up to
 * half a frame beside the segment (ac_media_epoch_boundary()); with `lengths` its own
 * span. */
guint64 ac_timeline_track_start (AcTimeline *self, guint n_epochs,
                                 const AcSegment *segment, guint track);
/* Appends the text of segments [@first_msn, @end_msn) of @track, without parts; they
 * are settled. */
void ac_timeline_append_text (AcTimeline *self, guint track, guint64 first_msn,
                              guint64 end_msn, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcTimeline, ac_timeline_unref)
