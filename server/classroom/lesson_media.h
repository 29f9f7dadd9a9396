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

/* Media time from @start_ms to @end_ms (G_MAXINT64: until further notice) is a break:
 * it does not count, published before or after. */
void ac_lesson_media_break (AcLessonMedia *self, gint64 start_ms, gint64 end_ms);
/* The break that goes on is over: what is published from @at_ms on counts again. */
void ac_lesson_media_resume (AcLessonMedia *self, gint64 at_ms);
gboolean ac_lesson_media_on_break (AcLessonMedia *self);
/* To load them anew; what they took stays out. */
void ac_lesson_media_forget_breaks (AcLessonMedia *self);

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
