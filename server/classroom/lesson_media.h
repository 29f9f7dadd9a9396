/* lesson_media.h - what is published of a lesson: its length and what counts of it.
 *
 * Threads:   main loop; a snapshot of the set may be read anywhere.
 * Ownership: plain. */
#pragma once

#include "interval_set.h"

typedef struct _AcLessonMedia AcLessonMedia;

/* @creditable: text of lessons.creditable; unreadable text counts as empty */
AcLessonMedia *ac_lesson_media_new (gint64 length_ms, const gchar *creditable);
void ac_lesson_media_free (AcLessonMedia *self);

/* The last word on a stretch holds: published again as slate, it counts no more.
 * Returns: FALSE when that is no stretch of media time: nothing was done. */
gboolean ac_lesson_media_publish (AcLessonMedia *self, gint64 start_ms,
                                  gint64 duration_ms, gboolean creditable);

gint64 ac_lesson_media_length_ms (AcLessonMedia *self);
gint64 ac_lesson_media_creditable_ms (AcLessonMedia *self);
/* Returns: (transfer full): the set as it is now; it never changes. */
AcIntervalSet *ac_lesson_media_snapshot (AcLessonMedia *self);
/* Returns: (transfer full): the set for lessons.creditable. */
gchar *ac_lesson_media_to_text (AcLessonMedia *self);

/* Whether something was published since ac_lesson_media_saved(). */
gboolean ac_lesson_media_is_dirty (AcLessonMedia *self);
void ac_lesson_media_saved (AcLessonMedia *self, gint64 now_ms);
gint64 ac_lesson_media_saved_ms (AcLessonMedia *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLessonMedia, ac_lesson_media_free)
