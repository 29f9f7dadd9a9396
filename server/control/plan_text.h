/* plan_text.h - a lesson's plan as JSON, from the API and from the tool.
 *
 *   title              text
 *   course, branch     number
 *   planned_at         hour, see local_time.h; null: none
 *   planned_length_ms  number; null: not said
 *   lecturers          member numbers
 *   targets            numbers of branches; with all below
 *   kinds              member, probationary, activist, trainee
 *   source             what it fetches by itself, see lesson_source.h
 *   loop               true: again and again, of a file
 *   mode               auto, grid: whether the source's pictures may be passed on
 *   following          true: those of its series that come later too
 *   repeat             {"by": "week", "month-day" or "month-weekday", "interval",
 *                       "times" or "until", "skip"}
 *
 * A list is an array, or text with commas. The tool gives "repeat" as text, the "by",
 * and the others beside it.
 *
 * Threads: main loop. */
#pragma once

#include "classroom.h"
#include "course.h"
#include "member.h"
#include "recurrence.h"

#include <json-glib/json-glib.h>

typedef struct {
  /* Given: whether who asks may name @member as a lecturer. Who may not is told that
   * there is no such member. NULL function: anybody may be named. */
  gboolean (*may_name) (const AcMember *member, gpointer user_data);
  gpointer may_name_data;
  const gchar *lectures; /* the directory of prepared lectures */
  /* Read: */
  const gchar *title; /* (nullable): not given; of the object */
  AcSchedule schedule;
  guint fields; /* AcScheduleField: given */
  gboolean following;
  gboolean repeats;
  AcRecurrence recurrence;
  GStrv skips; /* what recurrence names */
  AcLessonSource source;
  gboolean may_follow;
} AcPlanText;

/* @object: outlives @self
 * Errors: AC_TIMETABLE_ERROR_INVALID, _NOT_FOUND "lecturers". */
gboolean ac_plan_text_read (AcPlanText *self, JsonObject *object, AcStore *store,
                            GError **error);
void ac_plan_text_clear (AcPlanText *self);

/* The hours of the lessons to be, from its first on.
 * @ret_rule: (out) (transfer full) (nullable): of a series
 * Returns: (transfer full) (nullable). Errors: as ac_recurrence_hours(). */
GArray *ac_plan_text_hours (const AcPlanText *self, gchar **ret_rule, GError **error);

/* Sets what the timetable knows of @lesson: course, branch, series, planned_length_ms,
 * lecturers, targets, kinds, cancel_reason. */
void ac_plan_text_set (JsonObject *object, AcStore *store, gint64 lesson);
/* Returns: (transfer full): id, kind, title, description, branch, archived. */
JsonObject *ac_course_to_json (const AcCourse *course);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcPlanText, ac_plan_text_clear)
