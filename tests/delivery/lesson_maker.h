/* lesson_maker.h - makes lessons for tests: epochs, slots with bytes that say what they
 * are, a window and, when asked for, a recording of them. */
#pragma once

#include "live_window.h"

#define MAKER_WALL_MS G_GINT64_CONSTANT (1767225600000) /* 2026-01-01T00:00:00Z */
#define MAKER_LESSON 7

typedef struct {
  AcLiveWindow *window;
  AcRecordings *recordings; /* NULL: not recorded */
  AcRecording *recording;
  gchar *root;
  AcMediaEpoch *epoch;
  guint32 epoch_number, part;
  guint64 msn, start;
  gint64 wall_ahead_ms; /* grows with every dead time */
  guint8 gaps;          /* tracks of the epoch that following slots miss */
  gboolean unrecorded;  /* the archive takes none of the following slots */
  guint32 flags;        /* more flags of following slots */
} LessonMaker;

LessonMaker *lesson_maker_new (gboolean recorded);
void lesson_maker_free (LessonMaker *self);

/* Begins the next epoch at the lesson's end: v720, v360 and audio, or those @tracks
 * ("v360,audio"). @frame_rate: 25 or 30. */
void lesson_maker_begin_epoch (LessonMaker *self, guint frame_rate,
                               const gchar *tracks);
/* Adds the next slot; the last of its segment by itself, or early with @end. */
void lesson_maker_add_slot (LessonMaker *self);
void lesson_maker_add_short_slot (LessonMaker *self, guint32 duration);
void lesson_maker_add_slots (LessonMaker *self, guint n);
void lesson_maker_add_segments (LessonMaker *self, guint n);
/* Ends the window and finishes the recording. */
void lesson_maker_end (LessonMaker *self);
/* The lesson goes on at segment @msn, @start, in another epoch. */
void lesson_maker_jump (LessonMaker *self, guint64 msn, guint64 start);
/* Drops the window, and opens one on the recording as after a restart. */
void lesson_maker_restart (LessonMaker *self);

/* Returns: (transfer full): what slot @msn.@part holds of @track; the whole segment. */
GBytes *lesson_maker_bytes (const gchar *track, guint32 epoch, guint64 msn, guint part);
GBytes *lesson_maker_segment (const gchar *track, guint32 epoch, guint64 msn,
                              guint n_parts);

/* Returns: (transfer full): the window's playlist of @track as it is now. */
gchar *lesson_maker_playlist (LessonMaker *self, const gchar *track, gboolean delta);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LessonMaker, lesson_maker_free)
