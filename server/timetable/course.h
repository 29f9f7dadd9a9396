/* course.h - what lessons belong to.
 *
 * Threads: see timetable.h. */
#pragma once

#include "timetable.h"

typedef enum {
  AC_COURSE_PARTY,       /* 党课 */
  AC_COURSE_POLICY,      /* 政策 */
  AC_COURSE_SKILLS,      /* 技能培训 */
  AC_COURSE_ENTERPRISE,  /* 创业服务 */
  AC_COURSE_BRANCH_LIFE, /* 组织生活 */
} AcCourseKind;

/* "party", "policy", "skills", "enterprise", "branch-life" */
const gchar *ac_course_kind_name (AcCourseKind kind);
gboolean ac_course_kind_from_name (const gchar *name, AcCourseKind *ret_kind);

typedef struct {
  gint64 id;
  AcCourseKind kind;
  gchar *title;       /* one line of 1 to 200 characters */
  gchar *description; /* up to 2,000 characters; "" for none */
  gint64 branch;      /* whose staff keep it; 0: the county's */
  gint64 archived_ms; /* 0: lessons may be added */
  gint64 created_ms;
} AcCourse;

void ac_course_free (AcCourse *course);

/* Inside a job; @course's id, archived_ms and created_ms do not matter.
 * @actor: a member; 0: the operator
 * Errors: INVALID "title", "description"; NOT_FOUND "branch"; AC_STORE_ERROR. */
gboolean ac_course_add (AcStore *store, const AcCourse *course, gint64 actor,
                        gint64 wall_ms, gint64 *ret_course, GError **error);
/* Inside a job: kind, title, description, and whether it is archived, of the row
 * course->id. Errors: likewise; NOT_FOUND "course". */
gboolean ac_course_set (AcStore *store, const AcCourse *course, GError **error);

/* Also inside a job. Returns: (transfer full) (nullable): NULL without @error when
 * there is none. */
AcCourse *ac_course_get (AcStore *store, gint64 course, GError **error);
/* @archived: those too
 * @text: lies within the title; NULL: any
 * Returns: (transfer full): AcCourse, newest first, those with id < @before when it is
 * not 0, at most @limit. */
GPtrArray *ac_course_list (AcStore *store, gboolean archived, const gchar *text,
                           gint64 before, guint limit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCourse, ac_course_free)
