/* elsewhere.h - the time that a member, who sits in a room, was at another lesson.
 *
 * A person is at one lesson at a time (rule 5 of the attendance model). What their
 * devices earned in another lesson comes before any room: those beats were decided when
 * they came, and have earned nothing where the room was there first (evidence.h). Of
 * rooms of two lessons the one that the member was signed into first counts, and what
 * was signed with a line before what a log told later.
 *
 * Beats of a phone and of a screen are brought together by the wall clock of their
 * arrival; how long they took is what they earned, and never a difference of that
 * clock.
 *
 * Threads: either side, see store.h; _changed() inside a job. Errors: AC_STORE_ERROR.
 */
#pragma once

#include "room_intervals.h"

/* A member in the rooms of a lesson. */
typedef struct {
  gint64 lesson, member;
  gboolean late;     /* out of logs */
  gint64 in_wall_ms; /* the first time */
} AcElsewhere;

/* Takes out of @media what @site was shown of the lesson while the member was at
 * another one. */
gboolean ac_elsewhere_take_out (AcStore *store, const AcElsewhere *self, gint64 site,
                                AcIntervalSet *media, GError **error);
/* What @member has of @lesson has changed: what rooms gave them of others in the same
 * hours is to be settled again. */
gboolean ac_elsewhere_changed (AcStore *store, gint64 lesson, gint64 member,
                               GError **error);
