#include "talk_private.h"

#include "field_check.h"
#include "json_text.h"

#include <string.h>

static const struct {
  const gchar *name;
  AcTalkFunc run;
} talks[AC_TALKS] = {
  [AC_TALK_CHAT] = { "chat", ac_chat_say },
  [AC_TALK_CHAT_HIDE] = { "chat-hide", ac_chat_hide },
  [AC_TALK_CHAT_MODE] = { "chat-mode", ac_chat_set_mode },
  [AC_TALK_CHAT_MUTE] = { "chat-mute", ac_chat_mute },
  [AC_TALK_QUESTION] = { "question", ac_question_ask },
  [AC_TALK_QUESTION_VOTE] = { "question-vote", ac_question_vote },
  [AC_TALK_QUESTION_STATE] = { "question-state", ac_question_set_state },
  [AC_TALK_HAND] = { "hand", ac_hand_show },
  [AC_TALK_HAND_STATE] = { "hand-state", ac_hand_set_state },
  [AC_TALK_POLL] = { "poll", ac_poll_open },
  [AC_TALK_POLL_ANSWER] = { "poll-answer", ac_poll_answer },
  [AC_TALK_POLL_CLOSE] = { "poll-close", ac_poll_close },
  [AC_TALK_POLL_SHOW] = { "poll-show", ac_poll_show },
  [AC_TALK_ANNOUNCEMENT] = { "announcement", ac_announcement_add },
  [AC_TALK_ANNOUNCEMENT_WITHDRAW] = { "announcement-withdraw",
                                      ac_announcement_withdraw },
  [AC_TALK_HANDOUT] = { "handout", ac_handout_add_link },
  [AC_TALK_HANDOUT_CHANGE] = { "handout-change", ac_handout_change },
};

const gchar *
ac_talk_name (AcTalkKind kind)
{
  g_return_val_if_fail ((guint)kind < AC_TALKS, NULL);

  return talks[kind].name;
}

gboolean
ac_talk_from_name (const gchar *name, AcTalkKind *ret_kind)
{
  for (guint i = 0; i < AC_TALKS; i++)
    if (g_strcmp0 (talks[i].name, name) == 0) {
      *ret_kind = (AcTalkKind)i;
      return TRUE;
    }
  return FALSE;
}

gboolean
ac_talk_id_is_valid (const gchar *id)
{
  gsize length = id != NULL ? strspn (id, "0123456789-"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "abcdefghijklmnopqrstuvwxyz")
                            : 0;

  return length >= 1 && length <= AC_TALK_ID_MAX_CHARS && id[length] == '\0';
}

void
ac_talk_result_clear (AcTalkResult *result)
{
  g_clear_pointer (&result->events, g_ptr_array_unref);
  g_clear_pointer (&result->let_go, g_free);
}

/* --- Fields --- */

static gboolean
is_fit_to_show (const gchar *words, gboolean lines)
{
  gboolean visible = FALSE;

  for (const gchar *at = words; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (ac_character_is_harmful (c) && !(lines && c == '\n'))
      return FALSE;
    visible |= g_unichar_isgraph (c);
  }
  return visible;
}

const gchar *
ac_talk_read_words (AcTalk *talk, const gchar *field, guint max_chars, gboolean lines,
                    GError **error)
{
  const gchar *words = ac_json_object_read_string (talk->fields, field, NULL);
  glong length = words != NULL ? g_utf8_strlen (words, -1) : 0;

  if (length >= 1 && length <= (glong)max_chars && is_fit_to_show (words, lines))
    return words;
  ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, field,
                          "%s must have 1 to %u characters%s", field, max_chars,
                          lines ? "" : " on one line");
  return NULL;
}

gboolean
ac_talk_read_flag (AcTalk *talk, const gchar *field, gboolean *ret_value,
                   GError **error)
{
  return ac_json_object_read_boolean (talk->fields, field, ret_value, NULL) ||
         ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, field,
                                 "%s must be true or false", field);
}

gboolean
ac_talk_read_number (AcTalk *talk, const gchar *field, gint64 min, gint64 max,
                     gint64 *ret_value, GError **error)
{
  return ac_json_object_read_int (talk->fields, field, min, max, ret_value, NULL) ||
         ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, field,
                                 "%s must be a whole number from %" G_GINT64_FORMAT
                                 " to %" G_GINT64_FORMAT,
                                 field, min, max);
}

gboolean
ac_talk_read_choice (AcTalk *talk, const gchar *field, const gchar *const names[],
                     guint *ret_index, GError **error)
{
  const gchar *value = ac_json_object_read_string (talk->fields, field, NULL);
  g_autofree gchar *list = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (names[i], value) == 0) {
      *ret_index = i;
      return TRUE;
    }
  list = g_strjoinv (", ", (gchar **)names);
  return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, field,
                                 "%s must be one of %s", field, list);
}

/* --- What there is already --- */

static gboolean
read_first (AcTalk *talk, AcStatement *statement, gint64 *ret_value,
            gboolean *ret_found, GError **error)
{
  gint step = ac_store_step (talk->store, statement, error);

  *ret_found = step == SQLITE_ROW;
  *ret_value = *ret_found ? sqlite3_column_int64 (statement, 0) : 0;
  return step >= 0;
}

gboolean
ac_talk_look_up (AcTalk *talk, const gchar *sql, gint64 key, gint64 *ret_value,
                 gboolean *ret_found, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (talk->store, sql, error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", talk->who->lesson, key);
  return read_first (talk, statement, ret_value, ret_found, error);
}

gboolean
ac_talk_check_count (AcTalk *talk, const gchar *count, gint64 max, const gchar *what,
                     GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (talk->store, count, error);
  gboolean found;
  gint64 n;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", talk->who->lesson);
  if (!read_first (talk, statement, &n, &found, error))
    return FALSE;
  return n < max || ac_conversation_refuse (
                        error, AC_CONVERSATION_ERROR_LIMIT, NULL,
                        "a lesson has at most %" G_GINT64_FORMAT " %s", max, what);
}

gboolean
ac_talk_check_voice (AcTalk *talk, GError **error)
{
  gboolean found;
  gint64 over, muted;

  if (talk->who->staff)
    return TRUE;
  if (!ac_talk_look_up (talk,
                        "SELECT state IN ('ended', 'cancelled') FROM lessons "
                        "WHERE id = ?1 AND ?2 = 0",
                        0, &over, &found, error))
    return FALSE;
  if (over)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_STATE, NULL,
                                   "the lesson is over");
  if (!ac_talk_look_up (
          talk, "SELECT muted FROM lesson_voices WHERE lesson = ? AND member = ?",
          talk->who->member, &muted, &found, error))
    return FALSE;
  if (muted)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_MUTED, NULL,
                                   "the staff have asked you to listen");
  return ac_talk_check_count (talk,
                              "SELECT last_seq FROM conversations WHERE lesson = ?",
                              AC_EVENTS_MAX, "events", error);
}

gboolean
ac_talk_count (AcTalk *talk, const gchar *sql, GError **error)
{
  return ac_store_run (talk->store, error, sql, "ii", talk->who->lesson,
                       talk->who->member);
}

/* --- Events --- */

AcLessonEvent *
ac_talk_event (AcTalk *talk, const gchar *kind, AcAudience audience)
{
  AcLessonEvent *event = ac_lesson_event_new (talk->who->lesson, kind, audience);

  event->wall_ms = talk->who->wall_ms;
  event->media_ms = talk->who->media_ms;
  return event;
}

gint64
ac_talk_add (AcTalk *talk, AcLessonEvent *event, JsonObject *body, GError **error)
{
  g_ptr_array_add (talk->result->events, event);
  if (body != NULL)
    ac_lesson_event_set_body (event, body);
  return ac_lesson_event_add (talk->store, event, error) ? event->seq : 0;
}

/* --- Doing it, once --- */

static gboolean
find_repeated (AcTalk *talk, const gchar *id, gboolean *ret_found, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store,
      "SELECT seq FROM lesson_acts WHERE lesson = ? AND member = ? AND id = ?", error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iit", talk->who->lesson, talk->who->member, id);
  return read_first (talk, statement, &talk->result->seq, ret_found, error);
}

static gboolean
count_act (AcTalk *talk, GError **error)
{
  gboolean found;
  gint64 acts;

  if (!ac_talk_look_up (
          talk, "SELECT acts FROM lesson_voices WHERE lesson = ? AND member = ?",
          talk->who->member, &acts, &found, error))
    return FALSE;
  if (acts >= AC_ACTS_MAX && !talk->who->staff)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_LIMIT, NULL,
                                   "a member does at most %d things in a lesson",
                                   AC_ACTS_MAX);
  return ac_talk_count (talk,
                        "INSERT INTO lesson_voices (lesson, member, acts) "
                        "VALUES (?, ?, 1) "
                        "ON CONFLICT DO UPDATE SET acts = acts + 1",
                        error);
}

gboolean
ac_talk_run (AcStore *store, AcTalkKind kind, const AcSpeaker *who, const gchar *id,
             JsonObject *fields, AcTalkResult *ret_result, GError **error)
{
  AcTalk talk = { store, who, fields, ret_result };
  gboolean repeated;

  ret_result->events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_event_unref);
  if (!find_repeated (&talk, id, &repeated, error))
    return FALSE;
  if (repeated)
    return TRUE;
  return count_act (&talk, error) && talks[kind].run (&talk, error) &&
         ac_store_run (store, error,
                       "INSERT INTO lesson_acts (lesson, member, id, seq) "
                       "VALUES (?, ?, ?, ?)",
                       "iiti", who->lesson, who->member, id, ret_result->seq);
}
