/* lesson.c - lessons in the database.
 *
 * A lesson's state is decided inside the store job that writes it; the copy in memory
 * follows after the commit. */
#include "classroom_private.h"

#include "audience_sql.h"
#include "clock.h"
#include "expected.h"
#include "log.h"
#include "message.h"
#include "stream_key.h"

#include <string.h>

#define LIST_MAX 1000
#define DAY "86400000" /* in ms, as SQL */
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define ENDED_KEYS_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

static gboolean
parse_state (const gchar *name, AcLessonState *ret_state)
{
  for (guint i = AC_LESSON_PLANNED; i < AC_LESSON_STATES; i++)
    if (g_strcmp0 (name, ac_lesson_state_name (i)) == 0) {
      *ret_state = (AcLessonState)i;
      return TRUE;
    }
  return FALSE;
}

void
ac_lesson_free (AcLesson *lesson)
{
  g_free (lesson->title);
  ac_lesson_source_clear (&lesson->source);
  g_free (lesson);
}

/* --- Reading --- */

#define COLUMNS                                                                        \
  "id, title, state, created_ms, started_ms, ended_ms, length_ms, creditable, "        \
  "planned_ms, source_kind, source, source_loop, may_follow"

/* @ret_creditable: (out) (transfer full) (nullable): the stored set */
static AcLesson *
read_row (sqlite3_stmt *row, gchar **ret_creditable)
{
  AcLesson *lesson = g_new0 (AcLesson, 1);
  g_autofree gchar *state = ac_statement_text (row, 2);
  g_autofree gchar *kind = NULL;

  lesson->id = sqlite3_column_int64 (row, 0);
  lesson->title = ac_statement_text (row, 1);
  parse_state (state, &lesson->state);
  lesson->created_ms = sqlite3_column_int64 (row, 3);
  lesson->started_ms = sqlite3_column_int64 (row, 4);
  lesson->ended_ms = sqlite3_column_int64 (row, 5);
  lesson->length_ms = sqlite3_column_int64 (row, 6);
  *ret_creditable = ac_statement_text (row, 7);
  lesson->planned_ms = sqlite3_column_int64 (row, 8);
  kind = ac_statement_text (row, 9);
  ac_lesson_source_kind_parse (kind, &lesson->source.kind);
  lesson->source.address = ac_statement_text (row, 10);
  lesson->source.loop = sqlite3_column_int (row, 11) != 0;
  lesson->may_follow = sqlite3_column_int (row, 12) != 0;
  return lesson;
}

/* The figures in memory are newer than the row. */
static void
complete (AcClassroom *self, AcLesson *lesson, const gchar *creditable)
{
  AcOpenLesson *open = g_hash_table_lookup (self->lessons, &lesson->id);
  g_autoptr (AcLessonMedia) stored = NULL;
  AcLessonMedia *media = open != NULL ? open->media : NULL;

  if (media == NULL)
    media = stored = ac_lesson_media_new (lesson->length_ms, creditable);
  lesson->length_ms = ac_lesson_media_length_ms (media);
  lesson->creditable_ms = ac_lesson_media_creditable_ms (media);
  lesson->interrupted =
      open != NULL && open->interrupted && lesson->state == AC_LESSON_LIVE;
}

AcLesson *
ac_classroom_read_lesson (AcClassroom *self, gint64 id, gchar **ret_creditable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store, "SELECT " COLUMNS " FROM lessons WHERE id = ?", &error);
  gint step = -1;

  if (statement != NULL) {
    ac_statement_bind (statement, "i", id);
    step = ac_store_step (self->store, statement, &error);
  }
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, id, "cannot read the lesson: %s", error->message);
  return step == SQLITE_ROW ? read_row (statement, ret_creditable) : NULL;
}

AcLesson *
ac_classroom_get_lesson (AcClassroom *self, gint64 lesson)
{
  g_autofree gchar *creditable = NULL;
  AcLesson *found = ac_classroom_read_lesson (self, lesson, &creditable);

  if (found != NULL)
    complete (self, found, creditable);
  return found;
}

/* Steps through @statement, which selects COLUMNS and is bound. */
static GPtrArray *
read_rows (AcClassroom *self, AcStatement *statement, GError **error)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_free);

  while (ac_store_step (self->store, statement, error) == SQLITE_ROW) {
    g_autofree gchar *creditable = NULL;
    AcLesson *lesson = read_row (statement, &creditable);

    complete (self, lesson, creditable);
    g_ptr_array_add (list, lesson);
  }
  return list;
}

/* @list: (nullable): NULL after an error */
static GPtrArray *
listed (GPtrArray *list, const GError *error)
{
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot list the lessons: %s", error->message);
  return list != NULL ? list
                      : g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_free);
}

GPtrArray *
ac_classroom_list_lessons (AcClassroom *self, gint64 before, guint limit)
{
  GPtrArray *list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT " COLUMNS " FROM lessons WHERE id < ? "
                        "ORDER BY id DESC LIMIT ?",
                        &error);

  if (statement != NULL) {
    ac_statement_bind (statement, "ii", before > 0 ? before : G_MAXINT64,
                       (gint64)MIN (limit, LIST_MAX));
    list = read_rows (self, statement, &error);
  }
  return listed (list, error);
}

GPtrArray *
ac_classroom_read_walk (AcClassroom *self, AcStatement *statement, guint limit,
                        guint most, gint64 *ret_next, GError **error)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_free);
  gint64 last = 0;

  for (guint looked = 0; list->len < limit && looked < most; looked++) {
    AcLesson *lesson = NULL;
    gint64 id;

    if (ac_store_step (self->store, statement, error) != SQLITE_ROW) {
      last = 0;
      break;
    }
    id = sqlite3_column_int64 (statement, 0);
    if (id != last && sqlite3_column_int (statement, 1) != 0)
      lesson = ac_classroom_get_lesson (self, id);
    if (lesson != NULL)
      g_ptr_array_add (list, lesson);
    last = id;
  }
  *ret_next = last;
  return list;
}

/* clang-format off */
#define MAY_VIEW                                                                       \
  "(" AC_AUDIENCE_CONDITION " OR " AC_AUDIENCE_IS_LECTURER                             \
  "  OR branch IN keeps"                                                               \
  "  OR EXISTS (SELECT 1 FROM grants WHERE member = ?1 AND branch IS NULL))"

#define VISIBLE                                                                        \
  AC_AUDIENCE_TABLES ", " AC_AUDIENCE_WALK (AC_AUDIENCE_STREAMS, "?2") " "             \
  "SELECT id, "                                                                        \
  "  CASE WHEN ?3 IS NULL OR instr (title, ?3) > 0 THEN " MAY_VIEW " ELSE 0 END "      \
  "FROM walk CROSS JOIN lessons ON id = lesson"

/* What is to come, or may still be; else it is over. What was to begin by ?4, wall ms,
 * and did not has been missed. */
#define IS_COMING                                                                      \
  "(state IN ('open', 'live') OR (state <> 'ended' AND coalesce (planned_ms,"          \
  "  CASE state WHEN 'planned' THEN ?4 ELSE 0 END) >= ?4))"

/* As lessons_by_time has it. */
#define HELD "coalesce (started_ms, planned_ms, created_ms)"

/* What is on comes first, what has no hour last. */
#define SOON                                                                           \
  "CASE WHEN state IN ('open', 'live') THEN 0 ELSE ifnull (planned_ms, 1 << 62) END"

/* @list: SELECTs ids in order, after ?2 when that is not 0 */
#define IN_ORDER(list)                                                                 \
  AC_AUDIENCE_TABLES ", list (at) AS (" list " LIMIT -1) "                             \
  "SELECT id, "                                                                        \
  "  CASE WHEN ?3 IS NULL OR instr (title, ?3) > 0 THEN " MAY_VIEW " ELSE 0 END "      \
  "FROM list CROSS JOIN lessons ON id = at"

/* Where the page before ended, in order of @time. */
#define WHERE_BEFORE(time) "(SELECT " time ", id FROM lessons WHERE id = ?2)"

#define COMING                                                                         \
  IN_ORDER ("SELECT id FROM lessons "                                                  \
            "WHERE state IN ('planned', 'open', 'live', 'cancelled')"                  \
            "  AND " IS_COMING                                                         \
            "  AND (?2 = 0 OR (" SOON ", id) > " WHERE_BEFORE (SOON) ") "              \
            "ORDER BY " SOON ", id")

/* From one row of the index to the next; it begins where the page before ended. */
#define OVER                                                                           \
  IN_ORDER ("SELECT id FROM lessons WHERE NOT " IS_COMING                              \
            "  AND " HELD " <= ifnull ("                                               \
            "    (SELECT " HELD " FROM lessons WHERE id = ?2), 1 << 62)"               \
            "  AND (?2 = 0 OR (" HELD ", id) < " WHERE_BEFORE (HELD) ") "              \
            "ORDER BY " HELD " DESC, id DESC")

/* ?2 is now, in wall ms. Of those without an hour the newest are looked at only: they are
 * rare, and there is no index by end. */
#define NEAR                                                                           \
  AC_AUDIENCE_TABLES ", near (at) AS ("                                                \
  "  SELECT id FROM lessons WHERE state IN ('open', 'live')"                           \
  "  UNION SELECT id FROM lessons"                                                     \
  "    WHERE planned_ms BETWEEN ?2 - " DAY " AND ?2 + " DAY                            \
  "      AND state <> 'cancelled'"                                                     \
  "  UNION SELECT at FROM (SELECT id AS at FROM lessons"                               \
  "      WHERE state = 'planned' AND planned_ms IS NULL ORDER BY id DESC LIMIT 200)"   \
  "  UNION SELECT at FROM (SELECT id AS at, ended_ms AS ended FROM lessons"            \
  "      WHERE state = 'ended' AND planned_ms IS NULL ORDER BY id DESC LIMIT 200)"     \
  "    WHERE ended >= ?2 - " DAY ") "                                                  \
  "SELECT " COLUMNS " FROM near CROSS JOIN lessons ON id = at WHERE " MAY_VIEW " "     \
  "ORDER BY CASE state WHEN 'live' THEN 0 WHEN 'open' THEN 1 ELSE 2 END, "             \
  "  abs (coalesce (planned_ms, ended_ms, ?2 - " DAY ") - ?2), id DESC LIMIT ?3"
/* clang-format on */

GPtrArray *
ac_classroom_list_visible (AcClassroom *self, gint64 member, const gchar *text,
                           gint64 before, guint limit, gint64 *ret_next)
{
  GPtrArray *list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (self->store, VISIBLE, &error);

  *ret_next = 0;
  if (statement != NULL) {
    ac_statement_bind (statement, "iit", member, before > 0 ? before : G_MAXINT64,
                       text);
    list = ac_classroom_read_walk (self, statement, MIN (limit, LIST_MAX),
                                   text != NULL ? AC_LESSON_SEARCH_MAX : G_MAXUINT,
                                   ret_next, &error);
  }
  return listed (list, error);
}

GPtrArray *
ac_classroom_list_by_time (AcClassroom *self, gint64 member, const gchar *text,
                           gboolean over, gint64 after, gint64 wall_ms, guint limit,
                           gint64 *ret_next)
{
  GPtrArray *list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store, over ? OVER : COMING, &error);

  *ret_next = 0;
  if (statement != NULL) {
    ac_statement_bind (statement, "iiti", member, after, text, wall_ms - DAY_MS);
    list = ac_classroom_read_walk (self, statement, MIN (limit, LIST_MAX),
                                   AC_LESSON_TIMES_MAX, ret_next, &error);
  }
  return listed (list, error);
}

GPtrArray *
ac_classroom_list_near (AcClassroom *self, gint64 member, gint64 wall_ms, guint limit)
{
  GPtrArray *list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (self->store, NEAR, &error);

  if (statement != NULL) {
    ac_statement_bind (statement, "iii", member, wall_ms,
                       (gint64)MIN (limit, LIST_MAX));
    list = read_rows (self, statement, &error);
  }
  return listed (list, error);
}

GPtrArray *
ac_classroom_list_hours (AcClassroom *self, gint64 from_ms, guint limit)
{
  GPtrArray *list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT " COLUMNS " FROM lessons "
      "WHERE state IN ('planned', 'open') AND source IS NOT NULL AND planned_ms >= ? "
      "ORDER BY planned_ms LIMIT ?",
      &error);

  if (statement != NULL) {
    ac_statement_bind (statement, "ii", from_ms, (gint64)MIN (limit, LIST_MAX));
    list = read_rows (self, statement, &error);
  }
  return listed (list, error);
}

gint64
ac_classroom_lesson_by_key (AcClassroom *self, const gchar *stream_key,
                            gboolean *ret_backup)
{
  g_autoptr (GBytes) bytes = ac_stream_key_digest (stream_key);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = NULL;

  *ret_backup = FALSE;
  if (bytes == NULL)
    return 0;
  statement = ac_store_prepare (self->store,
                                "SELECT id, backup_hash IS ? FROM lessons "
                                "WHERE key_hash = ? OR backup_hash = ?",
                                &error);
  if (statement != NULL) {
    ac_statement_bind (statement, "bbb", bytes, bytes, bytes);
    if (ac_store_step (self->store, statement, &error) == SQLITE_ROW) {
      *ret_backup = sqlite3_column_int (statement, 1) != 0;
      return sqlite3_column_int64 (statement, 0);
    }
  }
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot look a stream key up: %s", error->message);
  return 0;
}

static void
report_key (sqlite3_stmt *row, gint column, AcLessonKey *key,
            void (*func) (const AcLessonKey *key, gpointer user_data),
            gpointer user_data)
{
  key->hash = sqlite3_column_blob (row, column);
  if (key->hash != NULL &&
      sqlite3_column_bytes (row, column) == AC_STREAM_KEY_HASH_BYTES)
    func (key, user_data);
}

void
ac_classroom_each_key (AcClassroom *self,
                       void (*func) (const AcLessonKey *key, gpointer user_data),
                       gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store,
                        "SELECT id, state, key_hash, backup_hash FROM lessons "
                        "WHERE state <> 'ended' OR ended_ms > ?",
                        &error);

  if (statement != NULL) {
    ac_statement_bind (statement, "i", ac_clock_wall_ms () - ENDED_KEYS_MS);
    while (ac_store_step (self->store, statement, &error) == SQLITE_ROW) {
      g_autofree gchar *state = ac_statement_text (statement, 1);
      AcLessonKey key = { .lesson = sqlite3_column_int64 (statement, 0) };

      parse_state (state, &key.state);
      report_key (statement, 2, &key, func, user_data);
      key.backup = TRUE;
      report_key (statement, 3, &key, func, user_data);
    }
  }
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read the stream keys: %s", error->message);
}

/* --- Writing --- */

typedef struct {
  AcClassroom *classroom;
  gint64 lesson; /* 0 until it has been added */
  AcLessonState state;
  AcLessonSource source;
  gint64 planned_ms;
  gint64 wall_ms;
  gint64 length_ms;
  gchar *creditable; /* of a lesson that ends, when it is in memory */
  gboolean changed;
  AcLessonDone done;
  gpointer user_data;
} Change;

static Change *
change_new (AcClassroom *self, gint64 lesson, AcLessonDone done, gpointer user_data)
{
  Change *change = g_new0 (Change, 1);

  change->classroom = ac_classroom_ref (self);
  change->lesson = lesson;
  change->wall_ms = ac_clock_wall_ms ();
  change->done = done;
  change->user_data = user_data;
  return change;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  ac_classroom_unref (change->classroom);
  ac_lesson_source_clear (&change->source);
  g_free (change->creditable);
  g_free (change);
}

gboolean
ac_lesson_refuse_state (gint64 lesson, AcLessonState state, GError **error)
{
  static const gchar *const why[AC_LESSON_STATES] = {
    [AC_LESSON_PLANNED] = "has not started yet",
    [AC_LESSON_OPEN] = "has not started yet",
    [AC_LESSON_LIVE] = "is live already",
    [AC_LESSON_ENDED] = "has ended and cannot start again",
    [AC_LESSON_CANCELLED] = "was cancelled",
  };

  g_set_error (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE,
               "lesson %" G_GINT64_FORMAT " %s", lesson, why[state]);
  return FALSE;
}

gboolean
ac_lesson_read_state (AcStore *store, gint64 lesson, AcLessonState *ret_state,
                      GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT state FROM lessons WHERE id = ?", error);
  g_autofree gchar *name = NULL;
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  step = ac_store_step (store, statement, error);
  if (step == SQLITE_ROW) {
    name = ac_statement_text (statement, 0);
    return parse_state (name, ret_state);
  }
  if (step == SQLITE_DONE)
    g_set_error (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_NOT_FOUND,
                 "there is no lesson %" G_GINT64_FORMAT, lesson);
  return FALSE;
}

static gboolean
may_become (AcLessonState from, AcLessonState to)
{
  static const guint before[AC_LESSON_STATES] = {
    [AC_LESSON_OPEN] = 1u << AC_LESSON_PLANNED,
    [AC_LESSON_LIVE] = 1u << AC_LESSON_PLANNED | 1u << AC_LESSON_OPEN,
    [AC_LESSON_ENDED] = 1u << AC_LESSON_LIVE,
  };

  return (before[to] & 1u << from) != 0;
}

/* Who is expected is settled when the room opens, or the lesson begins without. */
static gboolean
settle (AcStore *store, Change *change, GError **error)
{
  return ac_expected_settle (store, change->lesson, error) &&
         ac_store_run (store, error, "UPDATE lessons SET opened_ms = ? WHERE id = ?",
                       "ii", change->wall_ms, change->lesson);
}

static gboolean
write_state (AcStore *store, gpointer data, GError **error)
{
  Change *change = data;
  AcLessonState state;

  if (!ac_lesson_read_state (store, change->lesson, &state, error))
    return FALSE;
  if (state == change->state)
    return TRUE;
  if (!may_become (state, change->state))
    return ac_lesson_refuse_state (change->lesson, state, error);
  change->changed = TRUE;
  if (state == AC_LESSON_PLANNED && !settle (store, change, error))
    return FALSE;
  if (change->state == AC_LESSON_OPEN)
    return ac_store_run (store, error, "UPDATE lessons SET state = 'open' WHERE id = ?",
                         "i", change->lesson);
  if (change->state == AC_LESSON_LIVE)
    return ac_store_run (
        store, error, "UPDATE lessons SET state = 'live', started_ms = ? WHERE id = ?",
        "ii", change->wall_ms, change->lesson);
  if (!ac_store_run (store, error,
                     "UPDATE lessons SET state = 'ended', ended_ms = ? WHERE id = ?",
                     "ii", change->wall_ms, change->lesson))
    return FALSE;
  return (change->creditable == NULL ||
          ac_store_run (store, error,
                        "UPDATE lessons SET length_ms = ?, creditable = ? WHERE id = ?",
                        "iti", change->length_ms, change->creditable,
                        change->lesson)) &&
         /* A break that goes on ends with it. */
         ac_store_run (store, error,
                       "UPDATE lesson_breaks SET end_ms = max (start_ms, "
                       "  (SELECT length_ms FROM lessons WHERE id = ?1)) "
                       "WHERE lesson = ?1 AND end_ms IS NULL",
                       "i", change->lesson);
}

void
ac_classroom_announce (AcClassroom *self, gint64 lesson, AcLessonState state)
{
  AcOpenLesson *open = g_hash_table_lookup (self->lessons, &lesson);

  ac_log (G_LOG_LEVEL_INFO, lesson, "lesson is %s", ac_lesson_state_name (state));
  if (open != NULL) {
    open->state = state;
    open->interrupted &= state == AC_LESSON_LIVE;
    if (state == AC_LESSON_ENDED)
      ac_lesson_media_resume (open->media, ac_lesson_media_length_ms (open->media));
    ac_classroom_save_if_due (self, open);
    ac_classroom_tell_state (self, open);
  }
  if (self->handler.lesson_changed != NULL)
    self->handler.lesson_changed (lesson, state, self->user_data);
}

void
ac_classroom_report_source (AcClassroom *self, gint64 lesson)
{
  if (!self->closed && self->handler.source_changed != NULL)
    self->handler.source_changed (lesson, self->user_data);
}

static void
state_written (gpointer data, const GError *error, gpointer user_data)
{
  Change *change = data;
  AcClassroom *self = change->classroom;

  if (!self->closed) {
    AcOpenLesson *open = g_hash_table_lookup (self->lessons, &change->lesson);

    if (open != NULL && change->state == AC_LESSON_LIVE)
      open->starting = FALSE;
    if (error == NULL && change->changed)
      ac_classroom_announce (self, change->lesson, change->state);
    ac_classroom_close_lesson (self, change->lesson);
  }
  if (change->done != NULL)
    change->done (error == NULL ? change->lesson : 0, error, change->user_data);
}

void
ac_classroom_open_room (AcClassroom *self, gint64 lesson, AcLessonDone done,
                        gpointer user_data)
{
  Change *change = change_new (self, lesson, done, user_data);

  change->state = AC_LESSON_OPEN;
  ac_store_write (self->store, write_state, change, change_free, state_written, NULL);
}

void
ac_classroom_start_lesson (AcClassroom *self, gint64 lesson, AcLessonDone done,
                           gpointer user_data)
{
  Change *change = change_new (self, lesson, done, user_data);

  change->state = AC_LESSON_LIVE;
  ac_store_write (self->store, write_state, change, change_free, state_written, NULL);
}

void
ac_classroom_end_lesson (AcClassroom *self, gint64 lesson, AcLessonDone done,
                         gpointer user_data)
{
  AcOpenLesson *open = g_hash_table_lookup (self->lessons, &lesson);
  Change *change = change_new (self, lesson, done, user_data);

  change->state = AC_LESSON_ENDED;
  if (open != NULL) {
    change->length_ms = ac_lesson_media_length_ms (open->media);
    change->creditable = ac_lesson_media_to_text (open->media);
  }
  ac_store_write (self->store, write_state, change, change_free, state_written, NULL);
}

/* --- The source of a lesson --- */

static gboolean
write_source (AcStore *store, gpointer data, GError **error)
{
  Change *change = data;
  AcLessonState state;

  if (!ac_lesson_read_state (store, change->lesson, &state, error))
    return FALSE;
  if (state >= AC_LESSON_ENDED)
    return ac_lesson_refuse_state (change->lesson, state, error);
  if (state == AC_LESSON_LIVE && change->planned_ms != 0) {
    g_set_error (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE,
                 "lesson %" G_GINT64_FORMAT " is live already; leave its hour out",
                 change->lesson);
    return FALSE;
  }
  return ac_store_run (store, error,
                       "UPDATE lessons SET source_kind = ?, source = ?, "
                       "source_loop = ?, planned_ms = ifnull (?, planned_ms) "
                       "WHERE id = ?",
                       "ttdni", ac_lesson_source_stored_kind (&change->source),
                       change->source.address, change->source.loop, change->planned_ms,
                       change->lesson);
}

static void
source_written (gpointer data, const GError *error, gpointer user_data)
{
  Change *change = data;

  if (error == NULL) {
    ac_log (G_LOG_LEVEL_INFO, change->lesson, "its source is %s now",
            ac_lesson_source_kind_name (change->source.kind));
    ac_classroom_report_source (change->classroom, change->lesson);
  }
  if (change->done != NULL)
    change->done (error == NULL ? change->lesson : 0, error, change->user_data);
}

void
ac_classroom_set_source (AcClassroom *self, gint64 lesson, const AcLessonSource *source,
                         gint64 planned_ms, AcLessonDone done, gpointer user_data)
{
  Change *change = change_new (self, lesson, done, user_data);

  ac_lesson_source_copy (&change->source, source);
  change->planned_ms = planned_ms;
  ac_store_write (self->store, write_source, change, change_free, source_written, NULL);
}
