/* breaks.c - the lecturer marks a break: media time that counts for nobody.
 *
 * It is cut from what counts at the live edge of the moment in which it is marked, in
 * memory at once and on disk a moment later: no beat that is decided in between finds
 * time that will not count. Were it not written, only those few tenths of a second stay
 * out. */
#include "classroom_private.h"

#include "clock.h"
#include "log.h"

typedef struct {
  AcClassroom *classroom;
  AcLessonEvent *event;
  gint64 actor;
  gboolean on;
  AcClassroomBreak state; /* out */
  gboolean changed;       /* out */
  AcBreakDone done;
  gpointer user_data;
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  ac_classroom_unref (mark->classroom);
  ac_lesson_event_unref (mark->event);
  g_free (mark);
}

/* @ret_start_ms: of the break that goes on; -1: none does */
static gboolean
read_open (AcStore *store, gint64 lesson, gint64 *ret_start_ms, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT start_ms FROM lesson_breaks "
                        "WHERE lesson = ? AND end_ms IS NULL",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  code = ac_store_step (store, statement, error);
  *ret_start_ms = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : -1;
  return code >= 0;
}

static gboolean
check_live (AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT state = 'live' FROM lessons WHERE id = ?", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW && sqlite3_column_int (statement, 0))
    return TRUE;
  if (code >= 0)
    g_set_error (
        error, AC_CLASSROOM_ERROR,
        code == SQLITE_ROW ? AC_CLASSROOM_ERROR_STATE : AC_CLASSROOM_ERROR_NOT_FOUND,
        "lesson %" G_GINT64_FORMAT " is not live: only then it has breaks", lesson);
  return FALSE;
}

/* The event tells the break as it is now. */
static gboolean
add_event (AcStore *store, Mark *mark, GError **error)
{
  JsonObject *body = json_object_new ();

  json_object_set_boolean_member (body, "on", mark->on);
  json_object_set_int_member (body, "start_ms", mark->state.start_ms);
  if (!mark->on)
    json_object_set_int_member (body, "end_ms", mark->state.end_ms);
  ac_lesson_event_set_body (mark->event, body);
  return ac_lesson_event_add (store, mark->event, error);
}

static gboolean
begin_break (AcStore *store, Mark *mark, gint64 edge_ms, GError **error)
{
  mark->state = (AcClassroomBreak){ TRUE, edge_ms, 0 };
  /* One that was marked and ended at this very edge goes on. */
  return ac_store_run (store, error,
                       "INSERT INTO lesson_breaks (lesson, start_ms, actor, wall_ms) "
                       "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET end_ms = NULL",
                       "iini", mark->event->lesson, edge_ms, mark->actor,
                       mark->event->wall_ms) &&
         add_event (store, mark, error);
}

static gboolean
end_break (AcStore *store, Mark *mark, gint64 start_ms, gint64 edge_ms, GError **error)
{
  mark->state = (AcClassroomBreak){ FALSE, start_ms, MAX (edge_ms, start_ms) };
  return ac_store_run (store, error,
                       "UPDATE lesson_breaks SET end_ms = ? "
                       "WHERE lesson = ? AND start_ms = ?",
                       "iii", mark->state.end_ms, mark->event->lesson, start_ms) &&
         add_event (store, mark, error);
}

static gboolean
write_mark (AcStore *store, gpointer data, GError **error)
{
  Mark *mark = data;
  gint64 edge_ms = mark->event->media_ms, start_ms;

  if (!check_live (store, mark->event->lesson, error) ||
      !read_open (store, mark->event->lesson, &start_ms, error))
    return FALSE;
  mark->changed = mark->on == (start_ms < 0);
  if (!mark->changed) {
    mark->state = (AcClassroomBreak){ mark->on, MAX (start_ms, 0), 0 };
    return TRUE;
  }
  return mark->on ? begin_break (store, mark, edge_ms, error)
                  : end_break (store, mark, start_ms, edge_ms, error);
}

/* What is on disk holds. */
static void
mark_written (gpointer data, const GError *error, gpointer user_data)
{
  Mark *mark = data;
  AcClassroom *self = mark->classroom;
  gint64 lesson = mark->event->lesson;
  AcOpenLesson *open =
      self->closed ? NULL : g_hash_table_lookup (self->lessons, &lesson);

  if (open != NULL && error != NULL)
    ac_classroom_load_breaks (self, open);
  if (error == NULL && mark->changed) {
    ac_log (G_LOG_LEVEL_INFO, lesson, mark->on ? "break" : "break is over");
    ac_classroom_tell_event (self, mark->event);
  }
  if (!self->closed)
    ac_classroom_close_lesson (self, lesson);
  if (mark->done != NULL)
    mark->done (error == NULL ? &mark->state : NULL, error, mark->user_data);
}

void
ac_classroom_mark_break (AcClassroom *self, gint64 lesson, gboolean on, gint64 actor,
                         AcBreakDone done, gpointer user_data)
{
  AcOpenLesson *open;
  Mark *mark = g_new0 (Mark, 1);

  mark->classroom = ac_classroom_ref (self);
  mark->event = ac_lesson_event_new (
      lesson, "break", AC_AUDIENCE_ALL | AC_AUDIENCE_STAFF | AC_AUDIENCE_MEMBER);
  mark->event->actor = actor;
  mark->actor = actor;
  mark->on = on;
  mark->done = done;
  mark->user_data = user_data;
  ac_classroom_date_event (self, mark->event);
  /* Now: dating closes a lesson that nobody is in; mark_written() does it again. */
  open = ac_classroom_open_lesson (self, lesson);
  if (open != NULL && open->state == AC_LESSON_LIVE) {
    if (!on)
      ac_lesson_media_resume (open->media, mark->event->media_ms);
    else if (!ac_lesson_media_on_break (open->media))
      ac_lesson_media_break (open->media, mark->event->media_ms, G_MAXINT64);
  }
  ac_store_write (self->store, write_mark, mark, mark_free, mark_written, NULL);
}

void
ac_classroom_load_breaks (AcClassroom *self, AcOpenLesson *open)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store, "SELECT start_ms, end_ms FROM lesson_breaks WHERE lesson = ?",
      &error);

  ac_lesson_media_forget_breaks (open->media);
  if (statement != NULL) {
    ac_statement_bind (statement, "i", open->id);
    while (ac_store_step (self->store, statement, &error) == SQLITE_ROW)
      ac_lesson_media_break (open->media, sqlite3_column_int64 (statement, 0),
                             sqlite3_column_type (statement, 1) != SQLITE_NULL
                                 ? sqlite3_column_int64 (statement, 1)
                                 : G_MAXINT64);
  }
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, open->id, "cannot read the breaks: %s",
            error->message);
}
