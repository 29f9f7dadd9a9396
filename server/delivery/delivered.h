/* delivered.h - evidence: which lesson time a session was really served.
 *
 * Front threads note it, the main loop asks when it accepts a beat. Kept in memory
 * only: credit/carried_over.h says what stands in for it after a restart.
 *
 * Threads: any; locked inside, in shards. */
#pragma once

#include <glib.h>

typedef struct _AcDelivered AcDelivered;

AcDelivered *ac_delivered_new (void);
AcDelivered *ac_delivered_ref (AcDelivered *self);
void ac_delivered_unref (AcDelivered *self);

/* Lesson time [@start_ms, @end_ms) of @lesson was sent to @subject. Bounded: 65,536
 * pairs of lesson and subject, the longest unused are forgotten first. */
void ac_delivered_note (AcDelivered *self, gint64 lesson, gint64 subject,
                        gint64 start_ms, gint64 end_ms);

/* Cuts *@start_ms, *@end_ms to the first stretch of it that was served, where holes of
 * at most @tolerance_ms count as served.
 * Returns: FALSE when nothing of it was. */
gboolean ac_delivered_clip (AcDelivered *self, gint64 lesson, gint64 subject,
                            gint64 tolerance_ms, gint64 *start_ms, gint64 *end_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcDelivered, ac_delivered_unref)
