#include "course.h"

#include "branch.h"
#include "field_check.h"
#include "reason.h"

#define TITLE_MAX_CHARS 200
#define DESCRIPTION_MAX_CHARS 2000

static const gchar *const kind_names[] = {
  [AC_COURSE_PARTY] = "party",
  [AC_COURSE_POLICY] = "policy",
  [AC_COURSE_SKILLS] = "skills",
  [AC_COURSE_ENTERPRISE] = "enterprise",
  [AC_COURSE_BRANCH_LIFE] = "branch-life",
};

const gchar *
ac_course_kind_name (AcCourseKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
ac_course_kind_from_name (const gchar *name, AcCourseKind *ret_kind)
{
  gint place = ac_organisation_find_word (kind_names, G_N_ELEMENTS (kind_names), name);

  if (place >= 0)
    *ret_kind = (AcCourseKind)place;
  return place >= 0;
}

void
ac_course_free (AcCourse *course)
{
  g_free (course->title);
  g_free (course->description);
  g_free (course);
}

static void
free_course (gpointer data)
{
  ac_course_free (data);
}

/* --- Reading --- */

#define COLUMNS "id, kind, title, description, branch, archived_ms, created_ms"

static AcCourse *
read_course (AcStatement *row)
{
  AcCourse *course = g_new0 (AcCourse, 1);

  course->id = sqlite3_column_int64 (row, 0);
  /* The schema's CHECK admits these names only. */
  ac_course_kind_from_name ((const gchar *)sqlite3_column_text (row, 1), &course->kind);
  course->title = ac_statement_text (row, 2);
  course->description = ac_statement_text (row, 3);
  course->branch = sqlite3_column_int64 (row, 4);
  course->archived_ms = sqlite3_column_int64 (row, 5);
  course->created_ms = sqlite3_column_int64 (row, 6);
  return course;
}

AcCourse *
ac_course_get (AcStore *store, gint64 course, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM courses WHERE id = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", course);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_course (statement)
                                                               : NULL;
}

GPtrArray *
ac_course_list (AcStore *store, gboolean archived, const gchar *text, gint64 before,
                guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_course);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " COLUMNS " FROM courses "
                        "WHERE id < ?1 AND (?2 OR archived_ms IS NULL) "
                        "AND (?3 IS NULL OR instr (title, ?3) > 0) "
                        "ORDER BY id DESC LIMIT ?4",
                        error);
  gint code = -1;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "idti", before > 0 ? before : G_MAXINT64, archived,
                     text, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (list, read_course (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

/* --- Writing --- */

/* Lines and all, but nothing that hides or turns what is beside it. */
static gboolean
is_plain_text (const gchar *text)
{
  if (!g_utf8_validate (text, -1, NULL) ||
      g_utf8_strlen (text, -1) > DESCRIPTION_MAX_CHARS)
    return FALSE;
  for (const gchar *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (*at != '\n' && ac_character_is_harmful (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
check (const AcCourse *course, GError **error)
{
  if (!ac_timetable_line_is_fit (course->title, TITLE_MAX_CHARS))
    return ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, "title", AC_REASON_LINE_FORM,
        "title must have 1 to %d characters on one line", TITLE_MAX_CHARS);
  if (!is_plain_text (course->description))
    return ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, "description", AC_REASON_LINES_FORM,
        "description must be text of at most %d characters", DESCRIPTION_MAX_CHARS);
  return TRUE;
}

gboolean
ac_course_add (AcStore *store, const AcCourse *course, gint64 actor, gint64 wall_ms,
               gint64 *ret_course, GError **error)
{
  g_autoptr (AcBranch) branch = NULL;
  g_autoptr (AcStatement) statement = NULL;

  if (!check (course, error))
    return FALSE;
  if (course->branch != 0 &&
      (branch = ac_branch_require (store, course->branch, "branch", error)) == NULL)
    return FALSE;
  statement = ac_store_prepare (
      store,
      "INSERT INTO courses (kind, title, description, branch, created_ms, actor) "
      "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
      error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "tttnin", kind_names[course->kind], course->title,
                     course->description, course->branch, wall_ms, actor);
  return ac_organisation_insert (store, statement, "course", ret_course, error);
}

gboolean
ac_course_set (AcStore *store, const AcCourse *course, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;
  gint step;

  if (!check (course, error))
    return FALSE;
  statement = ac_store_prepare (
      store,
      "UPDATE courses SET kind = ?, title = ?, description = ?, archived_ms = ? "
      "WHERE id = ? RETURNING id",
      error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "tttni", kind_names[course->kind], course->title,
                     course->description, course->archived_ms, course->id);
  step = ac_store_step (store, statement, error);
  return step == SQLITE_ROW ||
         (step == SQLITE_DONE &&
          ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "course",
                               "course: no such course"));
}
