/* chat.c - lines, and what the staff do about them. */
#include "talk_private.h"

#define LINE_MAX_CHARS 200
#define SLOW_MAX_S 300

typedef struct {
  gboolean open;
  gint64 slow_ms;
} Mode;

static gboolean
read_mode (AcTalk *talk, Mode *ret_mode, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store, "SELECT chat_open, slow_s FROM conversations WHERE lesson = ?",
      error);
  gint step;

  *ret_mode = (Mode){ .open = TRUE };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", talk->who->lesson);
  step = ac_store_step (talk->store, statement, error);
  if (step == SQLITE_ROW)
    *ret_mode = (Mode){ sqlite3_column_int (statement, 0) != 0,
                        sqlite3_column_int64 (statement, 1) * 1000 };
  return step >= 0;
}

/* The clock begins anew with the machine: a line from its future was said long ago. */
static gboolean
check_pace (AcTalk *talk, gint64 slow_ms, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store,
      "SELECT lines, line_ms FROM lesson_voices WHERE lesson = ? AND member = ?",
      error);
  gint64 passed_ms;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", talk->who->lesson, talk->who->member);
  if (ac_store_step (talk->store, statement, error) != SQLITE_ROW)
    return *error == NULL;
  if (sqlite3_column_int64 (statement, 0) >= AC_LINES_MAX)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_LIMIT, NULL,
                                   "a member says at most %d lines in a lesson",
                                   AC_LINES_MAX);
  passed_ms = talk->who->clock_ms - sqlite3_column_int64 (statement, 1);
  if (sqlite3_column_type (statement, 1) == SQLITE_NULL || passed_ms < 0 ||
      passed_ms >= slow_ms)
    return TRUE;
  return ac_conversation_put_off (error, slow_ms - passed_ms);
}

static gboolean
check_line (AcTalk *talk, GError **error)
{
  Mode mode;

  if (!ac_talk_check_voice (talk, error) || !read_mode (talk, &mode, error))
    return FALSE;
  if (talk->who->staff)
    return TRUE;
  if (!mode.open)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_STATE, NULL,
                                   "the chat is off");
  return check_pace (talk, mode.slow_ms, error);
}

gboolean
ac_chat_say (AcTalk *talk, GError **error)
{
  const gchar *words = ac_talk_read_words (talk, "text", LINE_MAX_CHARS, FALSE, error);
  AcLessonEvent *event;

  if (words == NULL || !check_line (talk, error))
    return FALSE;
  event = ac_talk_event (talk, "chat", AC_AUDIENCE_ALL);
  event->member = talk->who->member;
  event->by_staff = talk->who->staff;
  event->text = g_strdup (words);
  talk->result->seq = ac_talk_add (talk, event, NULL, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE lesson_voices SET lines = lines + 1, line_ms = ? "
                       "WHERE lesson = ? AND member = ?",
                       "iii", talk->who->clock_ms, talk->who->lesson,
                       talk->who->member);
}

gboolean
ac_chat_hide (AcTalk *talk, GError **error)
{
  JsonObject *body;
  AcLessonEvent *event;
  gboolean found;
  gint64 line, hidden;

  if (!ac_talk_read_number (talk, "line", 1, G_MAXINT32, &line, error) ||
      !ac_talk_look_up (talk,
                        "SELECT hidden FROM lesson_events "
                        "WHERE lesson = ? AND seq = ? AND kind = 'chat'",
                        line, &hidden, &found, error))
    return FALSE;
  if (!found)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND, "line",
                                   "there is no such line");
  if (hidden)
    return TRUE;
  body = json_object_new ();
  json_object_set_int_member (body, "line", line);
  event = ac_talk_event (talk, "chat-hidden", AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 && ac_store_run (talk->store, error,
                                                 "UPDATE lesson_events SET hidden = 1 "
                                                 "WHERE lesson = ? AND seq = ?",
                                                 "ii", talk->who->lesson, line);
}

gboolean
ac_chat_set_mode (AcTalk *talk, GError **error)
{
  JsonObject *body;
  AcLessonEvent *event;
  gboolean open;
  gint64 slow_s;

  if (!ac_talk_read_flag (talk, "open", &open, error) ||
      !ac_talk_read_number (talk, "slow_s", 0, SLOW_MAX_S, &slow_s, error))
    return FALSE;
  body = json_object_new ();
  json_object_set_boolean_member (body, "open", open);
  json_object_set_int_member (body, "slow_s", slow_s);
  event = ac_talk_event (talk, "chat-mode", AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE conversations SET chat_open = ?, slow_s = ? "
                       "WHERE lesson = ?",
                       "dii", open, slow_s, talk->who->lesson);
}

gboolean
ac_chat_mute (AcTalk *talk, GError **error)
{
  JsonObject *body;
  AcLessonEvent *event;
  gboolean muted, found;
  gint64 member, unused;

  if (!ac_talk_read_number (talk, "member", 1, G_MAXINT32, &member, error) ||
      !ac_talk_read_flag (talk, "muted", &muted, error) ||
      !ac_talk_look_up (talk,
                        "SELECT 1 FROM lesson_voices WHERE lesson = ? AND member = ?",
                        member, &unused, &found, error))
    return FALSE;
  if (!found)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND, "member",
                                   "nobody of this number has said anything here");
  body = json_object_new ();
  json_object_set_boolean_member (body, "muted", muted);
  event = ac_talk_event (talk, "chat-muted", AC_AUDIENCE_STAFF | AC_AUDIENCE_MEMBER);
  event->member = member;
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE lesson_voices SET muted = ? "
                       "WHERE lesson = ? AND member = ?",
                       "dii", muted, talk->who->lesson, member);
}
