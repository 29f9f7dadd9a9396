/* course_reports.c - training in skills, heads and attendances apart, and the hours of
 * lecturers. */
#include "report_fill.h"

#include <string.h>

/* --- Skills training --- */

const AcReportColumn ac_report_skill_columns[] = {
  { "course", "课程", "Course", AC_REPORT_TEXT, 14 },
  { "lessons", "课次", "Lessons", AC_REPORT_COUNT, 4, TRUE },
  { "heads", "培训人数", "Heads", AC_REPORT_COUNT, 5 },
  { "attendances", "培训人次", "Attendances", AC_REPORT_COUNT, 5, TRUE },
  { "trainee_heads", "其中群众学员人数", "Heads of trainees", AC_REPORT_COUNT, 6 },
  { "trainee_attendances", "其中群众学员人次", "Attendances of trainees",
    AC_REPORT_COUNT, 6, TRUE },
  { "guests", "来宾人次", "Guests", AC_REPORT_COUNT, 4, TRUE },
  { "time", "学习时长", "Time", AC_REPORT_TIME, 6, TRUE },
  { NULL },
};

typedef struct {
  AcReportScope *scope;
  GHashTable *heads, *all_heads; /* members: of the course, of all of them */
  gint64 n_lessons, n_attendances, n_trainees, n_trainee_attendances, n_guests;
  gint64 time_ms;
} Course;

static gboolean
is_trainee (AcReportScope *scope, gint64 member)
{
  const AcReportPerson *person = ac_report_scope_person (scope, member);

  return person != NULL && strcmp (person->kind, "trainee") == 0;
}

static void
add_head (const AcStudyFigure *figure, gpointer data)
{
  Course *course = data;
  gint64 time_ms = figure->time.group_ms + figure->time.self_ms;
  gboolean trainee;

  if (time_ms <= 0)
    return;
  trainee = is_trainee (course->scope, figure->member);
  if (g_hash_table_add (course->heads, GSIZE_TO_POINTER (figure->member)))
    course->n_trainees += trainee;
  g_hash_table_add (course->all_heads, GSIZE_TO_POINTER (figure->member));
  course->n_attendances++;
  course->n_trainee_attendances += trainee;
  course->time_ms += time_ms;
}

static gboolean
add_guests (Course *course, gint64 lesson, GError **error)
{
  AcStore *store = ac_report_scope_store (course->scope);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT branch FROM room_guests JOIN sites ON sites.id = site "
                        "WHERE lesson = ?",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    course->n_guests +=
        ac_report_scope_has (course->scope, sqlite3_column_int64 (statement, 0), 0);
  return code == SQLITE_DONE;
}

static gboolean
add_lessons (Course *course, gint64 id, GError **error)
{
  AcStore *store = ac_report_scope_store (course->scope);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT id FROM lessons WHERE course = ? ORDER BY id", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", id);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 lesson = sqlite3_column_int64 (statement, 0);

    g_array_append_val (ids, lesson);
  }
  for (guint i = 0; i < ids->len && code == SQLITE_DONE; i++) {
    gint64 lesson = g_array_index (ids, gint64, i);
    gint64 before = course->n_attendances + course->n_guests;

    if (!ac_ledger_pass (course->scope, lesson, FALSE, add_head, course, error) ||
        !add_guests (course, lesson, error))
      return FALSE;
    course->n_lessons += course->n_attendances + course->n_guests > before;
  }
  return code == SQLITE_DONE;
}

static void
add_course_row (AcReport *report, const gchar *title, const Course *course)
{
  ac_report_begin_row (report);
  ac_report_put_text (report, title);
  ac_report_put_number (report, course->n_lessons);
  ac_report_put_number (report, g_hash_table_size (course->heads));
  ac_report_put_number (report, course->n_attendances);
  ac_report_put_number (report, course->n_trainees);
  ac_report_put_number (report, course->n_trainee_attendances);
  ac_report_put_number (report, course->n_guests);
  ac_report_put_number (report, course->time_ms);
}

static gboolean
add_courses (AcReportScope *scope, AcReport *report, GHashTable *all_heads,
             GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT id, title FROM courses WHERE kind = 'skills' ORDER BY title, id",
      error);
  gint code = -1;

  while (statement != NULL &&
         (code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    g_autoptr (GHashTable) heads = g_hash_table_new (NULL, NULL);
    Course course = { .scope = scope, .heads = heads, .all_heads = all_heads };

    if (!add_lessons (&course, sqlite3_column_int64 (statement, 0), error))
      return FALSE;
    if (course.n_lessons > 0)
      add_course_row (report, (const gchar *)sqlite3_column_text (statement, 1),
                      &course);
  }
  return code == SQLITE_DONE;
}

/* Heads of several courses are not added up: one person may be in each. */
gboolean
ac_report_fill_skills (AcReportScope *scope, AcReport *report, GError **error)
{
  g_autoptr (GHashTable) all_heads = g_hash_table_new (NULL, NULL);

  if (!add_courses (scope, report, all_heads, error))
    return FALSE;
  ac_report_add_count (report, ac_report_word (report, "培训总人数", "Heads in all"),
                       g_hash_table_size (all_heads));
  ac_report_add_count (report,
                       ac_report_word (report, "培训总人次", "Attendances in all"),
                       ac_report_sum (report, 3));
  ac_report_add_note (
      report,
      ac_report_word (
          report,
          "人数按人计，参加几次都算一人；人次按每人每课计。各课程人数不能相加。",
          "Heads are people, however often they came; attendances are a "
          "person in a lesson. Heads of courses do not add up."));
  ac_report_note_no_record (report);
  ac_report_add_branch_signatures (report);
  return TRUE;
}

/* --- Lecturers --- */

const AcReportColumn ac_report_lecturer_columns[] = {
  { "number", "编号", "Number", AC_REPORT_TEXT, 10 },
  { "name", "讲师", "Lecturer", AC_REPORT_TEXT, 5 },
  { "branch", "支部", "Branch", AC_REPORT_TEXT, 8 },
  { "day", "日期", "Day", AC_REPORT_DAY, 6 },
  { "lesson", "课", "Lesson", AC_REPORT_TEXT, 12 },
  { "course", "课程", "Course", AC_REPORT_TEXT, 9 },
  { "taught", "授课时长", "Taught", AC_REPORT_TIME, 5, TRUE },
  { "attendances", "参学人次", "Attendances", AC_REPORT_COUNT, 5, TRUE },
  { NULL },
};

static void
count_attendance (const AcStudyFigure *figure, gpointer count)
{
  *(gint64 *)count += figure->time.group_ms + figure->time.self_ms > 0;
}

static gboolean
add_taught (AcReportScope *scope, AcReport *report, AcStatement *row, GError **error)
{
  const AcReportLesson *lesson =
      ac_report_scope_lesson (scope, sqlite3_column_int64 (row, 0));
  const AcReportPerson *person =
      ac_report_scope_person (scope, sqlite3_column_int64 (row, 1));
  gint64 n_attendances = 0;

  if (lesson == NULL || !lesson->in_period ||
      !ac_report_scope_has (scope, person->home, person->host))
    return TRUE;
  if (!ac_ledger_pass (scope, lesson->id, FALSE, count_attendance, &n_attendances,
                       error))
    return FALSE;
  ac_report_begin_row (report);
  ac_report_put_number_of (report, person);
  ac_report_put_name (report, scope, person);
  ac_report_put_branch (report, scope, person->home);
  ac_report_put_text (report, lesson->day);
  ac_report_put_text (report, lesson->title);
  ac_report_put_text (report, (const gchar *)sqlite3_column_text (row, 2));
  ac_report_put_number (report, lesson->creditable_ms);
  ac_report_put_number (report, n_attendances);
  return TRUE;
}

gboolean
ac_report_fill_lecturers (AcReportScope *scope, AcReport *report, GError **error)
{
  AcStore *store = ac_report_scope_store (scope);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT lesson, lesson_lecturers.member, courses.title, "
                        "  coalesce (started_ms, planned_ms) AS at "
                        "FROM lesson_lecturers JOIN lessons ON lessons.id = lesson "
                        "JOIN members ON members.id = lesson_lecturers.member "
                        "LEFT JOIN courses ON courses.id = course ORDER BY number, at",
                        error);
  gint code = -1;

  while (statement != NULL &&
         (code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    if (!add_taught (scope, report, statement, error))
      return FALSE;
  ac_report_add_count (report, ac_report_word (report, "课次", "Lessons taught"),
                       ac_report_n_rows (report));
  ac_report_add_note (
      report,
      ac_report_word (report,
                      "授课时长为计入学时的播出时长，不含休息与信号中断；参学人次限于"
                      "本表范围内的支部。",
                      "Taught is what counts of the lesson: without breaks and lost "
                      "signal. Attendances are those of this report's branches."));
  ac_report_add_branch_signatures (report);
  return code == SQLITE_DONE;
}
