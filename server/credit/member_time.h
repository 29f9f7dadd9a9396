/* member_time.h - the time of a member that something was earned in. A person has it
 * once, however many sessions and lessons are open.
 *
 * A batch of beats stands for a stretch of time and uses some of it: the earliest that
 * is still free. Batches are decided in the order of their arrival, at which their
 * stretches end, so that whoever watches one thing after the other never finds too
 * little free, in whatever order the devices tell it.
 *
 * It is told for which lesson time was used, so that the beats of a lesson can be
 * decided again. The text of member_time.used is "17:0-100,200-300;18:300-400": the
 * stretches of each lesson.
 *
 * Threads: _load() and _save() inside a store job; the rest any. */
#pragma once

#include "attendance.h"

typedef struct _AcMemberTime AcMemberTime;

/* Returns: (transfer full): the used time of @member by this boot's clock, to be spent
 * on @lesson; empty when the machine has booted since. Errors: AC_STORE_ERROR. */
AcMemberTime *ac_member_time_load (AcStore *store, gint64 member, gint64 lesson,
                                   const AcArrival *arrival, GError **error);
/* Bounded: holes of less than a second are closed, the oldest of many stretches and
 * lessons are forgotten. */
gboolean ac_member_time_save (AcStore *store, gint64 member, const AcArrival *arrival,
                              const AcMemberTime *self, GError **error);
/* @text: as it is stored */
AcMemberTime *ac_member_time_new (const gchar *text, gint64 lesson);
void ac_member_time_free (AcMemberTime *self);
gchar *ac_member_time_to_text (const AcMemberTime *self);

/* Returns: (transfer none): over all lessons. */
const AcIntervalSet *ac_member_time_used (const AcMemberTime *self);
/* Uses @time_ms of what is free in @stretch, the earliest, for the lesson. */
void ac_member_time_spend (AcMemberTime *self, AcInterval stretch, gint64 time_ms);
/* Gives back what was used for the lesson. */
void ac_member_time_give_back (AcMemberTime *self);

/* Returns: milliseconds of @stretch that are free. */
gint64 ac_member_time_free_ms (const AcIntervalSet *used, AcInterval stretch);
/* Adds to @used, and to @own, @time_ms of what is free in @stretch, the earliest. */
void ac_member_time_use (AcIntervalSet *used, AcIntervalSet *own, AcInterval stretch,
                         gint64 time_ms);
/* Returns: (transfer full): as it is saved. */
AcIntervalSet *ac_member_time_tidy (const AcIntervalSet *used);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMemberTime, ac_member_time_free)
