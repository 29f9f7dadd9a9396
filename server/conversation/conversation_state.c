#include "conversation_state.h"

#include "json_text.h"
#include "mask.h"

#include <string.h>

#define LINES_MAX 50
#define ANNOUNCEMENTS_MAX 20
#define QUESTIONS_MAX 50
#define POLLS_MAX 20
#define MUTED_MAX 200

typedef struct {
  AcStore *store;
  gint64 lesson;
  gboolean staff;
  JsonObject *state;
  GError **error;
} Reader;

/* Adds what a row says to @array. */
typedef void (*RowFunc) (Reader *reader, AcStatement *row, JsonArray *array);

/* Member @name of the state becomes an array of the rows of @sql, whose first parameter
 * is the lesson and whose second one @key. */
static gboolean
read_list (Reader *reader, const gchar *name, const gchar *sql, gint64 key,
           RowFunc func)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (reader->store, sql, reader->error);
  JsonArray *array;
  gint step;

  if (statement == NULL)
    return FALSE;
  array = json_array_new ();
  json_object_set_array_member (reader->state, name, array);
  ac_statement_bind (statement, "ii", reader->lesson, key);
  while ((step = ac_store_step (reader->store, statement, reader->error)) == SQLITE_ROW)
    func (reader, statement, array);
  return step == SQLITE_DONE;
}

static void
set_text (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  g_autofree gchar *text = ac_statement_text (row, column);

  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static void
set_int (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  json_object_set_int_member (object, name, sqlite3_column_int64 (row, column));
}

static void
set_flag (JsonObject *object, const gchar *name, AcStatement *row, gint column)
{
  json_object_set_boolean_member (object, name, sqlite3_column_int (row, column) != 0);
}

/* --- Events that are as they were said --- */

static gboolean
read_events (Reader *reader, const gchar *name, const gchar *kind, guint limit)
{
  g_autoptr (GPtrArray) events = ac_lesson_event_list_kind (
      reader->store, reader->lesson, kind, limit, reader->error);
  JsonArray *array;

  if (events == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < events->len; i++)
    json_array_add_object_element (
        array, ac_lesson_event_to_json (events->pdata[i], reader->staff));
  json_object_set_array_member (reader->state, name, array);
  return TRUE;
}

/* --- What has become of others --- */

static void
add_question (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();
  gboolean by_staff = sqlite3_column_int (row, 6) != 0;
  g_autofree gchar *name = ac_statement_text (row, 1);
  g_autofree gchar *masked = name != NULL ? ac_mask_name (name) : NULL;

  set_int (object, "seq", row, 0);
  if (name != NULL && *name != '\0')
    json_object_set_string_member (object, "name",
                                   reader->staff || by_staff ? name : masked);
  if (by_staff)
    json_object_set_boolean_member (object, "staff", TRUE);
  set_text (object, "text", row, 2);
  set_text (object, "state", row, 3);
  set_int (object, "votes", row, 4);
  set_text (object, "answer", row, 5);
  if (reader->staff)
    set_int (object, "member", row, 7);
  json_array_add_object_element (array, object);
}

static gboolean
read_questions (Reader *reader)
{
  return read_list (reader, "questions",
                    "SELECT q.seq, m.name, e.text, q.state, q.votes, a.text, "
                    "e.by_staff, e.member FROM questions q "
                    "JOIN lesson_events e ON e.lesson = q.lesson AND e.seq = q.seq "
                    "LEFT JOIN lesson_events a ON a.lesson = q.lesson AND "
                    "a.seq = q.answer "
                    "LEFT JOIN members m ON m.id = e.member "
                    "WHERE q.lesson = ? AND q.state != 'dismissed' "
                    "ORDER BY q.state IN ('asked', 'taken') DESC, q.votes DESC, q.seq "
                    "LIMIT ?",
                    QUESTIONS_MAX, add_question);
}

static void
add_options (Reader *reader, gint64 poll, JsonObject *object, gboolean counts,
             gboolean correct)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (reader->store,
                        "SELECT option, text, answers, correct FROM poll_options "
                        "WHERE lesson = ? AND poll = ? ORDER BY option",
                        reader->error);
  JsonArray *options = json_array_new (), *answers = json_array_new ();
  JsonArray *right = json_array_new ();

  if (statement != NULL) {
    ac_statement_bind (statement, "ii", reader->lesson, poll);
    while (ac_store_step (reader->store, statement, reader->error) == SQLITE_ROW) {
      g_autofree gchar *text = ac_statement_text (statement, 1);

      json_array_add_string_element (options, text);
      json_array_add_int_element (answers, sqlite3_column_int64 (statement, 2));
      if (sqlite3_column_int (statement, 3) != 0)
        json_array_add_int_element (right, sqlite3_column_int64 (statement, 0));
    }
  }
  json_object_set_array_member (object, "options", options);
  if (counts)
    json_object_set_array_member (object, "counts", json_array_ref (answers));
  if (correct)
    json_object_set_array_member (object, "correct", json_array_ref (right));
  json_array_unref (answers);
  json_array_unref (right);
}

static void
add_poll (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();
  gboolean quiz = sqlite3_column_int (row, 2) != 0;
  gboolean closed = sqlite3_column_int (row, 5) != 0;
  gboolean counts = reader->staff || sqlite3_column_int (row, 4) != 0;

  set_int (object, "seq", row, 0);
  set_text (object, "text", row, 1);
  set_flag (object, "quiz", row, 2);
  set_flag (object, "multiple", row, 3);
  set_flag (object, "shown", row, 4);
  set_flag (object, "closed", row, 5);
  if (counts)
    set_int (object, "answers", row, 6);
  add_options (reader, sqlite3_column_int64 (row, 0), object, counts, closed && quiz);
  json_array_add_object_element (array, object);
}

static gboolean
read_polls (Reader *reader)
{
  return read_list (reader, "polls",
                    "SELECT p.seq, e.text, quiz, multiple, shown, closed, answers "
                    "FROM polls p "
                    "JOIN lesson_events e ON e.lesson = p.lesson AND e.seq = p.seq "
                    "WHERE p.lesson = ? ORDER BY closed, p.seq DESC LIMIT ?",
                    POLLS_MAX, add_poll);
}

static void
add_handout (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();

  set_int (object, "seq", row, 0);
  set_text (object, "title", row, 1);
  set_flag (object, "pinned", row, 2);
  set_text (object, "url", row, 3);
  set_text (object, "name", row, 4);
  set_text (object, "media_type", row, 5);
  if (sqlite3_column_type (row, 6) != SQLITE_NULL)
    set_int (object, "bytes", row, 6);
  json_array_add_object_element (array, object);
}

static gboolean
read_handouts (Reader *reader)
{
  return read_list (reader, "handouts",
                    "SELECT seq, title, pinned, url, name, media_type, bytes "
                    "FROM handouts WHERE lesson = ? AND removed = ? "
                    "ORDER BY pinned DESC, seq",
                    0, add_handout);
}

static void
add_hand (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();

  set_int (object, "seq", row, 0);
  set_text (object, "state", row, 1);
  set_text (object, "name", row, 2);
  if (sqlite3_column_type (row, 3) != SQLITE_NULL)
    set_int (object, "member", row, 3);
  if (sqlite3_column_type (row, 4) != SQLITE_NULL)
    set_int (object, "site", row, 4);
  json_array_add_object_element (array, object);
}

/* Others see those of rooms. */
static gboolean
read_hands (Reader *reader)
{
  return read_list (reader, "hands",
                    "SELECT h.seq, h.state, ifnull (m.name, s.name), h.member, h.site "
                    "FROM hands h LEFT JOIN members m ON m.id = h.member "
                    "LEFT JOIN sites s ON s.id = h.site "
                    "WHERE h.lesson = ? AND h.state != 'lowered' AND "
                    "(? OR h.site IS NOT NULL) ORDER BY h.seq",
                    reader->staff, add_hand);
}

static void
add_muted (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();

  set_int (object, "member", row, 0);
  set_text (object, "name", row, 1);
  json_array_add_object_element (array, object);
}

static gboolean
read_muted (Reader *reader)
{
  return !reader->staff ||
         read_list (reader, "muted",
                    "SELECT v.member, m.name FROM lesson_voices v "
                    "JOIN members m ON m.id = v.member "
                    "WHERE v.lesson = ? AND v.muted = 1 ORDER BY v.member LIMIT ?",
                    MUTED_MAX, add_muted);
}

static gboolean
read_mode (Reader *reader)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      reader->store, "SELECT chat_open, slow_s FROM conversations WHERE lesson = ?",
      reader->error);
  JsonObject *mode;
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", reader->lesson);
  step = ac_store_step (reader->store, statement, reader->error);
  mode = json_object_new ();
  json_object_set_boolean_member (
      mode, "open", step != SQLITE_ROW || sqlite3_column_int (statement, 0) != 0);
  json_object_set_int_member (
      mode, "slow_s", step == SQLITE_ROW ? sqlite3_column_int64 (statement, 1) : 0);
  json_object_set_object_member (reader->state, "chat", mode);
  return step >= 0;
}

/* --- The messages --- */

static JsonObject *
message_new (const gchar *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  return object;
}

static GBytes *
to_bytes (JsonObject *object)
{
  gchar *text = ac_json_object_to_text (object);

  return g_bytes_new_take (text, strlen (text));
}

GBytes *
ac_conversation_state (AcStore *store, gint64 lesson, gboolean staff, gint64 *ret_seq,
                       GError **error)
{
  g_autoptr (JsonObject) state = message_new ("state");
  g_autoptr (GError) failure = NULL;
  Reader reader = { store, lesson, staff, state, &failure };
  gboolean read;

  if (!ac_store_begin_read (store, error))
    return NULL;
  *ret_seq = ac_lesson_event_last (store, lesson, &failure);
  json_object_set_int_member (state, "seq", *ret_seq);
  read = read_mode (&reader) && read_events (&reader, "lines", "chat", LINES_MAX) &&
         read_events (&reader, "announcements", "announcement", ANNOUNCEMENTS_MAX) &&
         read_questions (&reader) && read_polls (&reader) && read_handouts (&reader) &&
         read_hands (&reader) && read_muted (&reader);
  if (!ac_store_end_read (store, error))
    return NULL;
  if (read && failure == NULL)
    return to_bytes (state);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static void
add_votes (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonArray *pair = json_array_new ();

  json_array_add_int_element (pair, sqlite3_column_int64 (row, 0));
  json_array_add_int_element (pair, sqlite3_column_int64 (row, 1));
  json_array_add_array_element (array, pair);
}

static void
add_counts (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();
  JsonArray *counts = json_array_new ();
  g_autofree gchar *list = ac_statement_text (row, 2);
  g_auto (GStrv) numbers = g_strsplit (list != NULL ? list : "", ",", 0);

  set_int (object, "poll", row, 0);
  set_int (object, "answers", row, 1);
  for (guint i = 0; numbers[i] != NULL; i++)
    json_array_add_int_element (counts, g_ascii_strtoll (numbers[i], NULL, 10));
  json_object_set_array_member (object, "counts", counts);
  json_array_add_object_element (array, object);
}

GBytes *
ac_conversation_tally (AcStore *store, gint64 lesson, gboolean staff, GError **error)
{
  g_autoptr (JsonObject) tally = message_new ("tally");
  Reader reader = { store, lesson, staff, tally, error };

  if (!read_list (&reader, "votes",
                  "SELECT seq, votes FROM questions WHERE lesson = ? AND "
                  "state IN ('asked', 'taken') ORDER BY votes DESC, seq LIMIT ?",
                  QUESTIONS_MAX, add_votes) ||
      !read_list (&reader, "polls",
                  "SELECT seq, answers, (SELECT group_concat (answers) FROM "
                  "(SELECT answers FROM poll_options o WHERE o.lesson = p.lesson AND "
                  " o.poll = p.seq ORDER BY option)) "
                  "FROM polls p WHERE lesson = ? AND (shown OR ?) AND closed = 0 "
                  "ORDER BY seq",
                  staff, add_counts))
    return NULL;
  return to_bytes (tally);
}

static void
add_number (Reader *reader, AcStatement *row, JsonArray *array)
{
  json_array_add_int_element (array, sqlite3_column_int64 (row, 0));
}

static void
add_answer (Reader *reader, AcStatement *row, JsonArray *array)
{
  JsonObject *object = json_object_new ();
  JsonArray *choices = json_array_new ();
  guint bits = (guint)sqlite3_column_int (row, 1);

  set_int (object, "poll", row, 0);
  for (guint i = 0; i < 8; i++)
    if ((bits & (1u << i)) != 0)
      json_array_add_int_element (choices, i);
  json_object_set_array_member (object, "choices", choices);
  if (sqlite3_column_type (row, 2) != SQLITE_NULL)
    set_flag (object, "right", row, 2);
  json_array_add_object_element (array, object);
}

GBytes *
ac_conversation_yours (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  g_autoptr (JsonObject) yours = message_new ("yours");
  Reader reader = { store, lesson, FALSE, yours, error };

  if (!read_list (&reader, "muted",
                  "SELECT muted FROM lesson_voices WHERE lesson = ? AND member = ? "
                  "AND muted = 1",
                  member, add_number) ||
      !read_list (&reader, "votes",
                  "SELECT question FROM question_votes WHERE lesson = ? AND member = ?",
                  member, add_number) ||
      !read_list (&reader, "answers",
                  "SELECT a.poll, choices, CASE WHEN p.quiz AND p.closed THEN choices "
                  "= (SELECT sum (o.correct << o.option) FROM poll_options o WHERE "
                  "   o.lesson = a.lesson AND o.poll = a.poll) END "
                  "FROM poll_answers a JOIN polls p ON p.lesson = a.lesson AND "
                  "p.seq = a.poll WHERE a.lesson = ? AND a.member = ?",
                  member, add_answer) ||
      !read_list (&reader, "hands",
                  "SELECT seq FROM hands WHERE lesson = ? AND member = ? AND "
                  "state != 'lowered'",
                  member, add_number) ||
      !read_list (&reader, "questions",
                  "SELECT q.seq FROM lesson_events e JOIN questions q ON "
                  "q.lesson = e.lesson AND q.seq = e.seq "
                  "WHERE e.lesson = ? AND e.member = ? AND e.kind = 'question'",
                  member, add_number))
    return NULL;
  json_object_set_boolean_member (
      yours, "muted",
      json_array_get_length (json_object_get_array_member (yours, "muted")) > 0);
  return to_bytes (yours);
}
