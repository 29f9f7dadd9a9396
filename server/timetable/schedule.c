#include "schedule.h"

#include "branch.h"
#include "course.h"
#include "member.h"
#include "reason.h"

#include <string.h>

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define DAY_MS (24 * 60 * MINUTE_MS)
#define REASON_MAX_CHARS 200

void
ac_schedule_clear (AcSchedule *self)
{
  g_clear_pointer (&self->lecturers, g_array_unref);
  g_clear_pointer (&self->targets, g_array_unref);
  g_clear_pointer (&self->kinds, g_free);
  g_clear_pointer (&self->cancel_reason, g_free);
}

void
ac_schedule_free (AcSchedule *self)
{
  ac_schedule_clear (self);
  g_free (self);
}

AcSchedule *
ac_schedule_copy (const AcSchedule *self)
{
  AcSchedule *copy = g_memdup2 (self, sizeof *self);

  copy->lecturers = self->lecturers != NULL ? g_array_copy (self->lecturers) : NULL;
  copy->targets = self->targets != NULL ? g_array_copy (self->targets) : NULL;
  copy->kinds = g_strdup (self->kinds);
  copy->cancel_reason = g_strdup (self->cancel_reason);
  return copy;
}

/* --- Reading --- */

/* @sql: a literal that yields numbers for one number
 * Returns: (transfer full) (nullable) */
static GArray *
read_numbers (AcStore *store, const gchar *sql, gint64 number, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", number);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (list, id);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

static AcSchedule *
read_row (AcStatement *row)
{
  AcSchedule *self = g_new0 (AcSchedule, 1);

  self->course = sqlite3_column_int64 (row, 0);
  self->branch = sqlite3_column_int64 (row, 1);
  self->series = sqlite3_column_int64 (row, 2);
  self->planned_ms = sqlite3_column_int64 (row, 3);
  self->planned_length_ms = sqlite3_column_int64 (row, 4);
  self->kinds = ac_statement_text (row, 5);
  self->opened_ms = sqlite3_column_int64 (row, 6);
  self->cancelled_ms = sqlite3_column_int64 (row, 7);
  self->cancel_reason = ac_statement_text (row, 8);
  self->revision = sqlite3_column_int64 (row, 9);
  return self;
}

AcSchedule *
ac_schedule_get (AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (AcSchedule) self = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT course, branch, series, planned_ms, planned_length_ms, target_kinds, "
      "opened_ms, cancelled_ms, cancel_reason, revision FROM lessons WHERE id = ?",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return NULL;
  self = read_row (statement);
  self->lecturers = read_numbers (
      store, "SELECT member FROM lesson_lecturers WHERE lesson = ?", lesson, error);
  self->targets =
      self->lecturers == NULL
          ? NULL
          : read_numbers (store, "SELECT branch FROM lesson_targets WHERE lesson = ?",
                          lesson, error);
  return self->targets != NULL ? g_steal_pointer (&self) : NULL;
}

/* --- Checking --- */

static gboolean
check_course (AcStore *store, gint64 id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcCourse) course = id != 0 ? ac_course_get (store, id, &local) : NULL;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (id != 0 && course == NULL)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "course",
                                "course: no such course");
  if (course != NULL && course->archived_ms != 0)
    return ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_STATE, "course",
                                        AC_REASON_ARCHIVED, "course: it is archived");
  return TRUE;
}

gboolean
ac_schedule_check_hour (gint64 planned_ms, gint64 wall_ms, GError **error)
{
  return planned_ms <= wall_ms + AC_SCHEDULE_AHEAD_MAX_MS ||
         ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_INVALID, "planned_at",
                                      AC_REASON_HOUR_TOO_FAR,
                                      "planned_at: that is more than five years away");
}

static gboolean
check_times (const AcSchedule *self, guint fields, gint64 wall_ms, GError **error)
{
  if ((fields & AC_SCHEDULE_HOUR) != 0 &&
      !ac_schedule_check_hour (self->planned_ms, wall_ms, error))
    return FALSE;
  if ((fields & AC_SCHEDULE_LENGTH) != 0 && self->planned_length_ms != 0 &&
      (self->planned_length_ms < MINUTE_MS || self->planned_length_ms > DAY_MS))
    return ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_INVALID,
                                        "planned_length_ms", AC_REASON_MINUTES_RANGE,
                                        "planned_length_ms: 1 minute to 24 hours");
  return TRUE;
}

/* Known words, each once. */
static gboolean
check_kinds (const gchar *kinds, GError **error)
{
  g_auto (GStrv) words = g_strsplit (kinds != NULL ? kinds : "", ",", 10);
  guint seen = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    AcMemberKind kind;

    if (!ac_member_kind_from_name (words[i], &kind) || (seen & 1u << kind) != 0)
      return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "kinds",
                                  "kinds may be member, probationary, activist, "
                                  "trainee");
    seen |= 1u << kind;
  }
  return TRUE;
}

static gboolean
check_branch (AcStore *store, gint64 id, const gchar *field, GError **error)
{
  g_autoptr (AcBranch) branch =
      id != 0 ? ac_branch_require (store, id, field, error) : NULL;

  return id == 0 || branch != NULL;
}

/* A list that is settled is for whom it was for. */
static gboolean
check_open (AcStore *store, gint64 lesson, guint fields, GError **error)
{
  g_autoptr (AcSchedule) stored = NULL;

  if ((fields & (AC_SCHEDULE_TARGETS | AC_SCHEDULE_KINDS)) == 0)
    return TRUE;
  stored = ac_schedule_get (store, lesson, error);
  if (stored == NULL || stored->opened_ms == 0)
    return stored != NULL;
  return ac_timetable_refuse_because (
      error, AC_TIMETABLE_ERROR_STATE,
      (fields & AC_SCHEDULE_TARGETS) != 0 ? "targets" : "kinds", AC_REASON_ROOM_OPEN,
      "its room is open: who is expected is settled");
}

static gboolean
check (AcStore *store, gint64 lesson, const AcSchedule *self, guint fields,
       gint64 wall_ms, GError **error)
{
  return ((fields & AC_SCHEDULE_COURSE) == 0 ||
          check_course (store, self->course, error)) &&
         ((fields & AC_SCHEDULE_BRANCH) == 0 ||
          check_branch (store, self->branch, "branch", error)) &&
         check_times (self, fields, wall_ms, error) &&
         ((fields & AC_SCHEDULE_KINDS) == 0 || check_kinds (self->kinds, error)) &&
         check_open (store, lesson, fields, error);
}

/* --- Writing --- */

static gboolean
write_lecturers (AcStore *store, gint64 lesson, GArray *lecturers, GError **error)
{
  if (lecturers != NULL && lecturers->len > AC_SCHEDULE_LECTURERS_MAX)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "lecturers",
                                "lecturers: at most %d", AC_SCHEDULE_LECTURERS_MAX);
  if (!ac_store_run (store, error, "DELETE FROM lesson_lecturers WHERE lesson = ?", "i",
                     lesson))
    return FALSE;
  for (guint i = 0; lecturers != NULL && i < lecturers->len; i++) {
    gint64 member = g_array_index (lecturers, gint64, i);
    g_autoptr (GError) local = NULL;
    g_autoptr (AcMember) found = ac_member_get (store, member, &local);

    if (found == NULL && local == NULL)
      return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "lecturers",
                                  "lecturers: no such member");
    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!ac_store_run (store, error,
                       "INSERT OR IGNORE INTO lesson_lecturers VALUES (?, ?)", "ii",
                       lesson, member))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_targets (AcStore *store, gint64 lesson, GArray *targets, GError **error)
{
  if (targets != NULL && targets->len > AC_SCHEDULE_TARGETS_MAX)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "targets",
                                "targets: at most %d branches",
                                AC_SCHEDULE_TARGETS_MAX);
  if (!ac_store_run (store, error, "DELETE FROM lesson_targets WHERE lesson = ?", "i",
                     lesson))
    return FALSE;
  for (guint i = 0; targets != NULL && i < targets->len; i++) {
    gint64 branch = g_array_index (targets, gint64, i);

    if (!check_branch (store, branch, "targets", error) ||
        !ac_store_run (store, error,
                       "INSERT OR IGNORE INTO lesson_targets VALUES (?, ?)", "ii",
                       lesson, branch))
      return FALSE;
  }
  return TRUE;
}

/* The course's branch where none is given. */
static gboolean
write_row (AcStore *store, gint64 lesson, const AcSchedule *self, guint fields,
           GError **error)
{
  return ac_store_run (
      store, error,
      "UPDATE lessons SET "
      "course = CASE WHEN ?2 & 1 THEN ?3 ELSE course END, "
      "planned_ms = CASE WHEN ?2 & 2 THEN ?4 ELSE planned_ms END, "
      "planned_length_ms = CASE WHEN ?2 & 4 THEN ?5 ELSE planned_length_ms END, "
      "target_kinds = CASE WHEN ?2 & 32 THEN ifnull (?6, '') ELSE target_kinds END, "
      "branch = CASE WHEN ?2 & 64 THEN "
      "  ifnull (?7, (SELECT branch FROM courses WHERE id = ?3)) ELSE branch END, "
      "series = ifnull (?8, series) WHERE id = ?1",
      "iinnntnn", lesson, (gint64)fields, self->course, self->planned_ms,
      self->planned_length_ms, self->kinds, self->branch, self->series);
}

gboolean
ac_schedule_write (AcStore *store, gint64 lesson, const AcSchedule *schedule,
                   guint fields, gint64 wall_ms, GError **error)
{
  return check (store, lesson, schedule, fields, wall_ms, error) &&
         write_row (store, lesson, schedule, fields, error) &&
         ((fields & AC_SCHEDULE_LECTURERS) == 0 ||
          write_lecturers (store, lesson, schedule->lecturers, error)) &&
         ((fields & AC_SCHEDULE_TARGETS) == 0 ||
          write_targets (store, lesson, schedule->targets, error));
}

gboolean
ac_schedule_touch (AcStore *store, gint64 lesson, gint64 wall_ms, GError **error)
{
  return ac_store_run (
      store, error,
      "UPDATE lessons SET revision = revision + 1, changed_ms = ? WHERE id = ?", "ii",
      wall_ms, lesson);
}

gboolean
ac_schedule_cancel (AcStore *store, gint64 lesson, const gchar *reason, gint64 wall_ms,
                    GError **error)
{
  if (!ac_timetable_line_is_fit (reason, REASON_MAX_CHARS))
    return ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, "reason", AC_REASON_REASON_FORM,
        "reason must have 1 to %d characters on one line", REASON_MAX_CHARS);
  return ac_store_run (store, error,
                       "UPDATE lessons SET state = 'cancelled', cancelled_ms = ?, "
                       "cancel_reason = ? WHERE id = ?",
                       "iti", wall_ms, reason, lesson) &&
         ac_schedule_touch (store, lesson, wall_ms, error);
}

/* --- Series --- */

gboolean
ac_series_add (AcStore *store, const gchar *rule, gint64 actor, gint64 wall_ms,
               gint64 *ret_series, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "INSERT INTO series (rule, created_ms, actor) VALUES (?, ?, ?) RETURNING id",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "tin", rule, wall_ms, actor);
  return ac_organisation_insert (store, statement, "series", ret_series, error);
}

GArray *
ac_series_from (AcStore *store, gint64 lesson, GError **error)
{
  return read_numbers (store,
                       "SELECT lessons.id FROM lessons, lessons AS this "
                       "WHERE this.id = ?1 AND (lessons.id = ?1 OR "
                       "  (lessons.series = this.series "
                       "   AND lessons.state IN ('planned', 'open') "
                       "   AND lessons.planned_ms >= this.planned_ms)) "
                       "ORDER BY lessons.id <> ?1, lessons.planned_ms",
                       lesson, error);
}

gboolean
ac_schedule_has_lecturer (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT 1 FROM lesson_lecturers JOIN lessons ON lessons.id = lesson "
      "WHERE member = ? AND state NOT IN ('ended', 'cancelled') LIMIT 1",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", member);
  return ac_store_step (store, statement, error) == SQLITE_ROW;
}
