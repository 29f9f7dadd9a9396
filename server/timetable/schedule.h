/* schedule.h - what the timetable knows of a lesson.
 *
 * Threads: see timetable.h. */
#pragma once

#include "timetable.h"

#define AC_SCHEDULE_LECTURERS_MAX 20
#define AC_SCHEDULE_TARGETS_MAX 250
/* An hour further ahead is a slip of the pen: five years. */
#define AC_SCHEDULE_AHEAD_MAX_MS (5 * 366 * G_GINT64_CONSTANT (86400000))

typedef struct {
  gint64 course;     /* 0: none */
  gint64 branch;     /* whose staff keep it; 0: the course's, or the whole county's */
  gint64 series;     /* 0: none */
  gint64 planned_ms; /* its hour, wall clock; 0: none */
  gint64 planned_length_ms; /* 0: not said */
  GArray *lecturers;        /* of gint64, members; NULL: none */
  GArray *targets;          /* of gint64, branches with all below; NULL: none */
  gchar *kinds;             /* "member,trainee"; "" or NULL: all */
  /* As read, not written: */
  gint64 opened_ms, cancelled_ms; /* 0: not */
  gchar *cancel_reason;           /* (nullable) */
  gint64 revision;                /* how often it was changed */
} AcSchedule;

void ac_schedule_clear (AcSchedule *self);
void ac_schedule_free (AcSchedule *self);
/* Returns: (transfer full) */
AcSchedule *ac_schedule_copy (const AcSchedule *self);

/* Also inside a job. Returns: (transfer full) (nullable): NULL without @error when
 * there is no such lesson. */
AcSchedule *ac_schedule_get (AcStore *store, gint64 lesson, GError **error);

typedef enum {
  AC_SCHEDULE_COURSE = 1 << 0,
  AC_SCHEDULE_HOUR = 1 << 1,
  AC_SCHEDULE_LENGTH = 1 << 2,
  AC_SCHEDULE_LECTURERS = 1 << 3,
  AC_SCHEDULE_TARGETS = 1 << 4, /* branches */
  AC_SCHEDULE_KINDS = 1 << 5,
  AC_SCHEDULE_BRANCH = 1 << 6,
} AcScheduleField;

#define AC_SCHEDULE_ALL 0x7f

/* Also inside a job: whether a lesson may be at @planned_ms. Errors: INVALID
 * "planned_at" (over five years away). */
gboolean ac_schedule_check_hour (gint64 planned_ms, gint64 wall_ms, GError **error);

/* Inside a job: writes those @fields of @schedule (AcScheduleField) of a lesson that
 * has not begun, and its series when it has one. Errors: NOT_FOUND "course", "branch",
 * "lecturers", "targets"; INVALID "planned_at" (over five years away),
 * "planned_length_ms" (1 minute to 24 hours), "lecturers", "targets", "kinds"; STATE
 * "course" (archived), "targets", "kinds" (its room is open); AC_STORE_ERROR. */
gboolean ac_schedule_write (AcStore *store, gint64 lesson, const AcSchedule *schedule,
                            guint fields, gint64 wall_ms, GError **error);

/* Inside a job: @lesson has another revision. */
gboolean ac_schedule_touch (AcStore *store, gint64 lesson, gint64 wall_ms,
                            GError **error);

/* Inside a job: cancels @lesson, which stays to be seen as cancelled.
 * @reason: one line of 1 to 200 characters
 * Errors: INVALID "reason"; AC_STORE_ERROR. */
gboolean ac_schedule_cancel (AcStore *store, gint64 lesson, const gchar *reason,
                             gint64 wall_ms, GError **error);

/* Inside a job: what lessons were planned by in one go, see recurrence.h. */
gboolean ac_series_add (AcStore *store, const gchar *rule, gint64 actor, gint64 wall_ms,
                        gint64 *ret_series, GError **error);
/* Also inside a job.
 * Returns: (transfer full): @lesson first, then those of its series that have not begun
 * and are not before it. */
GArray *ac_series_from (AcStore *store, gint64 lesson, GError **error);

/* Returns: whether @member lectures in a lesson that is not over; FALSE with @error. */
gboolean ac_schedule_has_lecturer (AcStore *store, gint64 member, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSchedule, ac_schedule_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcSchedule, ac_schedule_clear)
