/* planning.c - lessons that are added, changed, cancelled, before they begin.
 *
 * What is asked for is one job, so of a series all is changed or nothing. Others hear
 * of it after the commit. */
#include "classroom_private.h"

#include "audit.h"
#include "clock.h"
#include "log.h"
#include "recurrence.h"
#include "stream_key.h"

#define TITLE_MAX_CHARS 200

typedef struct {
  AcClassroom *classroom;
  gint64 wall_ms, actor;
  AcOnce once;
  gboolean again; /* it was planned before */
  gchar *title;   /* NULL: as it was */
  AcLessonSource source;
  gboolean may_follow;
  AcSchedule *schedule; /* (nullable) */
  guint fields;         /* of it */
  gchar *rule;          /* (nullable) */
  GArray *lessons;      /* AcPlannedLesson: added */
  gint64 lesson;        /* that is changed */
  gboolean following;
  GArray *affected; /* of gint64: it, and those that follow; NULL before the job */
  gchar *reason;    /* of a cancellation */
  gchar *stream_key;
  AcLessonDone done;
  AcSeriesDone series_done;
  gpointer user_data;
} Planning;

static void
clear_planned (gpointer data)
{
  g_free (((AcPlannedLesson *)data)->stream_key);
}

static Planning *
planning_new (AcClassroom *self, gpointer user_data)
{
  Planning *planning = g_new0 (Planning, 1);

  planning->classroom = ac_classroom_ref (self);
  planning->wall_ms = ac_clock_wall_ms ();
  planning->lessons = g_array_new (FALSE, TRUE, sizeof (AcPlannedLesson));
  g_array_set_clear_func (planning->lessons, clear_planned);
  planning->user_data = user_data;
  return planning;
}

static void
planning_free (gpointer data)
{
  Planning *planning = data;

  ac_classroom_unref (planning->classroom);
  ac_once_clear (&planning->once);
  g_free (planning->title);
  ac_lesson_source_clear (&planning->source);
  g_clear_pointer (&planning->schedule, ac_schedule_free);
  g_free (planning->rule);
  g_array_unref (planning->lessons);
  g_clear_pointer (&planning->affected, g_array_unref);
  g_free (planning->reason);
  g_free (planning->stream_key);
  g_free (planning);
}

static gboolean
check_title (const gchar *title, GError **error)
{
  if (ac_timetable_line_is_fit (title, TITLE_MAX_CHARS))
    return TRUE;
  g_set_error (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_INVALID,
               "title must have 1 to %d characters on one line", TITLE_MAX_CHARS);
  return FALSE;
}

/* --- Adding --- */

static gboolean
insert_row (AcStore *store, Planning *planning, AcPlannedLesson *planned,
            GError **error)
{
  g_autofree gchar *backup_key = ac_stream_key_backup (planned->stream_key);
  g_autoptr (GBytes) key = ac_stream_key_digest (planned->stream_key);
  g_autoptr (GBytes) backup = ac_stream_key_digest (backup_key);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "INSERT INTO lessons (title, key_hash, backup_hash, state, "
                        "created_ms, source_kind, source, source_loop, planned_ms, "
                        "may_follow) "
                        "VALUES (?, ?, ?, 'planned', ?, ?, ?, ?, ?, ?) RETURNING id",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (
      statement, "tbbittdnd", planning->title, key, backup, planning->wall_ms,
      ac_lesson_source_stored_kind (&planning->source), planning->source.address,
      planning->source.loop, planned->planned_ms, planning->may_follow);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  planned->lesson = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
insert_lessons (AcStore *store, Planning *planning, GError **error)
{
  AcSchedule *schedule = planning->schedule;

  if (!check_title (planning->title, error))
    return FALSE;
  if (planning->rule != NULL &&
      !ac_series_add (store, planning->rule, planning->actor, planning->wall_ms,
                      &schedule->series, error))
    return FALSE;
  for (guint i = 0; i < planning->lessons->len; i++) {
    AcPlannedLesson *one = &g_array_index (planning->lessons, AcPlannedLesson, i);

    if (!insert_row (store, planning, one, error))
      return FALSE;
    schedule->planned_ms = one->planned_ms;
    if (!ac_schedule_write (store, one->lesson, schedule, AC_SCHEDULE_ALL,
                            planning->wall_ms, error))
      return FALSE;
  }
  return ac_once_keep (store, &planning->once,
                       g_array_index (planning->lessons, AcPlannedLesson, 0).lesson,
                       planning->wall_ms, error);
}

/* @first: and its series, as they stand now; their keys are stored hashed */
static gboolean
read_planned (AcStore *store, Planning *planning, gint64 first, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT id, planned_ms FROM lessons WHERE id = ?1 "
      "OR series = (SELECT series FROM lessons WHERE id = ?1) ORDER BY id",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", first);
  g_array_set_size (planning->lessons, 0);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const AcPlannedLesson one = { sqlite3_column_int64 (statement, 0),
                                  sqlite3_column_int64 (statement, 1), NULL };

    g_array_append_val (planning->lessons, one);
  }
  return code == SQLITE_DONE;
}

static gboolean
add_lessons (AcStore *store, gpointer data, GError **error)
{
  Planning *planning = data;
  gint64 made;

  if (!ac_once_find (store, &planning->once, &made, error))
    return FALSE;
  planning->again = made != 0;
  return planning->again ? read_planned (store, planning, made, error)
                         : insert_lessons (store, planning, error);
}

static void
report_added (Planning *planning, gint64 lesson)
{
  AcClassroom *self = planning->classroom;

  ac_log (G_LOG_LEVEL_INFO, lesson, "lesson added");
  if (!self->closed && self->handler.lesson_added != NULL)
    self->handler.lesson_added (lesson, self->user_data);
  if (planning->source.kind != AC_LESSON_SOURCE_NONE)
    ac_classroom_report_source (self, lesson);
}

static void
lessons_added (gpointer data, const GError *error, gpointer unused)
{
  Planning *planning = data;
  const AcPlannedLesson *lessons = (const AcPlannedLesson *)planning->lessons->data;
  guint n = planning->lessons->len;

  for (guint i = 0; error == NULL && !planning->again && i < n; i++)
    report_added (planning, lessons[i].lesson);
  if (planning->done != NULL)
    planning->done (error == NULL ? lessons[0].lesson : 0, error, planning->user_data);
  if (planning->series_done != NULL)
    planning->series_done (error == NULL ? lessons : NULL, n, error,
                           planning->user_data);
}

static Planning *
plan (AcClassroom *self, const AcLessonPlan *plan, gpointer user_data)
{
  Planning *planning = planning_new (self, user_data);

  planning->title = g_strdup (plan->title != NULL ? plan->title : "");
  if (plan->source != NULL)
    ac_lesson_source_copy (&planning->source, plan->source);
  if (plan->once != NULL)
    ac_once_copy (&planning->once, plan->once);
  planning->may_follow = plan->may_follow;
  planning->schedule = plan->schedule != NULL ? ac_schedule_copy (plan->schedule)
                                              : g_new0 (AcSchedule, 1);
  planning->schedule->series = 0;
  return planning;
}

/* Returns: (transfer none): its stream key. */
static const gchar *
add_hour (Planning *planning, gint64 planned_ms)
{
  const AcPlannedLesson planned = { 0, planned_ms, ac_stream_key_new () };

  g_array_append_val (planning->lessons, planned);
  return planned.stream_key;
}

void
ac_classroom_add_lesson (AcClassroom *self, const gchar *title, gchar **ret_stream_key,
                         AcLessonDone done, gpointer user_data)
{
  ac_classroom_plan_lesson (self, &(AcLessonPlan){ .title = title }, ret_stream_key,
                            done, user_data);
}

void
ac_classroom_plan_lesson (AcClassroom *self, const AcLessonPlan *lesson_plan,
                          gchar **ret_stream_key, AcLessonDone done, gpointer user_data)
{
  Planning *planning = plan (self, lesson_plan, user_data);

  *ret_stream_key = g_strdup (add_hour (planning, lesson_plan->planned_ms));
  planning->done = done;
  ac_store_write (self->store, add_lessons, planning, planning_free, lessons_added,
                  NULL);
}

void
ac_classroom_plan_series (AcClassroom *self, const AcLessonPlan *lesson_plan,
                          GArray *hours, const gchar *rule, gint64 actor,
                          AcSeriesDone done, gpointer user_data)
{
  Planning *planning = plan (self, lesson_plan, user_data);

  for (guint i = 0; i < hours->len; i++)
    add_hour (planning, g_array_index (hours, gint64, i));
  planning->rule = g_strdup (rule);
  planning->actor = actor;
  planning->series_done = done;
  ac_store_write (self->store, add_lessons, planning, planning_free, lessons_added,
                  NULL);
}

/* --- Changing --- */

/* Finds what the change is about; none of it may have begun. */
static gboolean
find_affected (AcStore *store, Planning *planning, GError **error)
{
  AcLessonState state;

  if (!ac_lesson_read_state (store, planning->lesson, &state, error))
    return FALSE;
  if (state >= AC_LESSON_LIVE)
    return ac_lesson_refuse_state (planning->lesson, state, error);
  if (planning->following) {
    planning->affected = ac_series_from (store, planning->lesson, error);
  } else {
    planning->affected = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_array_append_val (planning->affected, planning->lesson);
  }
  return planning->affected != NULL;
}

static gboolean
edit_one (AcStore *store, Planning *planning, gint64 lesson, gint64 from_ms,
          GTimeZone *zone, GError **error)
{
  g_autoptr (AcSchedule) stored = ac_schedule_get (store, lesson, error);
  gint64 to_ms = planning->schedule->planned_ms;
  AcSchedule wanted = *planning->schedule;

  if (stored == NULL)
    return FALSE;
  if (lesson != planning->lesson && to_ms != 0)
    wanted.planned_ms = ac_recurrence_move (stored->planned_ms, from_ms, to_ms, zone);
  return (planning->title == NULL ||
          ac_store_run (store, error, "UPDATE lessons SET title = ? WHERE id = ?", "ti",
                        planning->title, lesson)) &&
         ac_schedule_write (store, lesson, &wanted, planning->fields, planning->wall_ms,
                            error) &&
         ac_schedule_touch (store, lesson, planning->wall_ms, error);
}

static gboolean
edit_lessons (AcStore *store, gpointer data, GError **error)
{
  Planning *planning = data;
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (AcSchedule) first = NULL;

  if ((planning->title != NULL && !check_title (planning->title, error)) ||
      !find_affected (store, planning, error))
    return FALSE;
  first = ac_schedule_get (store, planning->lesson, error);
  if (first == NULL)
    return FALSE;
  for (guint i = 0; i < planning->affected->len; i++)
    if (!edit_one (store, planning, g_array_index (planning->affected, gint64, i),
                   first->planned_ms, zone, error))
      return FALSE;
  return TRUE;
}

static void
lessons_edited (gpointer data, const GError *error, gpointer unused)
{
  Planning *planning = data;

  if (error == NULL && (planning->fields & AC_SCHEDULE_HOUR) != 0)
    for (guint i = 0; i < planning->affected->len; i++)
      ac_classroom_report_source (planning->classroom,
                                  g_array_index (planning->affected, gint64, i));
  planning->done (error == NULL ? planning->lesson : 0, error, planning->user_data);
}

void
ac_classroom_edit_lesson (AcClassroom *self, gint64 lesson, const AcLessonEdit *edit,
                          AcLessonDone done, gpointer user_data)
{
  Planning *planning = planning_new (self, user_data);

  planning->lesson = lesson;
  planning->title = g_strdup (edit->title);
  planning->fields = edit->fields;
  planning->schedule = edit->schedule != NULL ? ac_schedule_copy (edit->schedule)
                                              : g_new0 (AcSchedule, 1);
  planning->schedule->series = 0; /* it stays in its own */
  planning->following = edit->following;
  planning->done = done;
  ac_store_write (self->store, edit_lessons, planning, planning_free, lessons_edited,
                  NULL);
}

static gboolean
cancel_lessons (AcStore *store, gpointer data, GError **error)
{
  Planning *planning = data;

  if (!find_affected (store, planning, error))
    return FALSE;
  for (guint i = 0; i < planning->affected->len; i++)
    if (!ac_schedule_cancel (store, g_array_index (planning->affected, gint64, i),
                             planning->reason, planning->wall_ms, error))
      return FALSE;
  return TRUE;
}

static void
lessons_cancelled (gpointer data, const GError *error, gpointer unused)
{
  Planning *planning = data;
  AcClassroom *self = planning->classroom;

  for (guint i = 0; error == NULL && !self->closed && i < planning->affected->len;
       i++) {
    gint64 lesson = g_array_index (planning->affected, gint64, i);

    ac_classroom_announce (self, lesson, AC_LESSON_CANCELLED);
    ac_classroom_close_lesson (self, lesson);
  }
  planning->done (error == NULL ? planning->lesson : 0, error, planning->user_data);
}

void
ac_classroom_cancel_lesson (AcClassroom *self, gint64 lesson, const gchar *reason,
                            gboolean following, AcLessonDone done, gpointer user_data)
{
  Planning *planning = planning_new (self, user_data);

  planning->lesson = lesson;
  planning->reason = g_strdup (reason);
  planning->following = following;
  planning->done = done;
  ac_store_write (self->store, cancel_lessons, planning, planning_free,
                  lessons_cancelled, NULL);
}

/* --- Keys --- */

static gboolean
write_key (AcStore *store, gpointer data, GError **error)
{
  Planning *planning = data;
  g_autofree gchar *backup_key = ac_stream_key_backup (planning->stream_key);
  g_autoptr (GBytes) key = ac_stream_key_digest (planning->stream_key);
  g_autoptr (GBytes) backup = ac_stream_key_digest (backup_key);
  AcLessonState state;

  if (!ac_lesson_read_state (store, planning->lesson, &state, error))
    return FALSE;
  if (state >= AC_LESSON_ENDED)
    return ac_lesson_refuse_state (planning->lesson, state, error);
  return ac_store_run (store, error,
                       "UPDATE lessons SET key_hash = ?, backup_hash = ? WHERE id = ?",
                       "bbi", key, backup, planning->lesson) &&
         ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_KEY_ROTATE,
                                         .actor = planning->actor,
                                         .lesson = planning->lesson },
                        planning->wall_ms, error);
}

static void
key_written (gpointer data, const GError *error, gpointer unused)
{
  Planning *planning = data;
  AcClassroom *self = planning->classroom;

  if (error == NULL && !self->closed && self->handler.lesson_added != NULL)
    self->handler.lesson_added (planning->lesson, self->user_data);
  planning->done (error == NULL ? planning->lesson : 0, error, planning->user_data);
}

void
ac_classroom_rotate_key (AcClassroom *self, gint64 lesson, gint64 actor,
                         gchar **ret_stream_key, AcLessonDone done, gpointer user_data)
{
  Planning *planning = planning_new (self, user_data);

  planning->lesson = lesson;
  planning->actor = actor;
  planning->stream_key = ac_stream_key_new ();
  planning->done = done;
  *ret_stream_key = g_strdup (planning->stream_key);
  ac_store_write (self->store, write_key, planning, planning_free, key_written, NULL);
}
