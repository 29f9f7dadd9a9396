/* question.c - what members want to know, how many of them, and what became of it. */
#include "talk_private.h"

#include <string.h>

#define QUESTION_MAX_CHARS 500
#define ANSWER_MAX_CHARS 2000

static const gchar *const state_names[] = { "asked", "taken", "answered", "dismissed",
                                            NULL };

gboolean
ac_question_ask (AcTalk *talk, GError **error)
{
  const gchar *words =
      ac_talk_read_words (talk, "text", QUESTION_MAX_CHARS, TRUE, error);
  AcLessonEvent *event;
  gboolean found;
  gint64 asked;

  if (words == NULL || !ac_talk_check_voice (talk, error) ||
      !ac_talk_check_count (talk, "SELECT count (*) FROM questions WHERE lesson = ?",
                            AC_QUESTIONS_MAX, "questions", error) ||
      !ac_talk_look_up (talk,
                        "SELECT questions FROM lesson_voices "
                        "WHERE lesson = ? AND member = ?",
                        talk->who->member, &asked, &found, error))
    return FALSE;
  if (asked >= AC_QUESTIONS_OF_MEMBER_MAX)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_LIMIT, NULL,
                                   "a member asks at most %d questions in a lesson",
                                   AC_QUESTIONS_OF_MEMBER_MAX);
  event = ac_talk_event (talk, "question", AC_AUDIENCE_ALL);
  event->member = talk->who->member;
  event->by_staff = talk->who->staff;
  event->text = g_strdup (words);
  talk->result->seq = ac_talk_add (talk, event, NULL, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "INSERT INTO questions (lesson, seq) VALUES (?, ?)", "ii",
                       talk->who->lesson, talk->result->seq) &&
         ac_talk_count (talk,
                        "UPDATE lesson_voices SET questions = questions + 1 "
                        "WHERE lesson = ? AND member = ?",
                        error);
}

/* What was dismissed is as if it had never been: pages have forgotten it.
 * @ret_open: (out): whether it waits for an answer */
static gboolean
read_question (AcTalk *talk, gint64 *ret_question, gboolean *ret_open, GError **error)
{
  gboolean found;
  gint64 open;

  if (!ac_talk_read_number (talk, "question", 1, G_MAXINT32, ret_question, error) ||
      !ac_talk_look_up (talk,
                        "SELECT state IN ('asked', 'taken') FROM questions "
                        "WHERE lesson = ? AND seq = ? AND "
                        "state != 'dismissed'",
                        *ret_question, &open, &found, error))
    return FALSE;
  *ret_open = open != 0;
  return found || ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND,
                                          "question", "there is no such question");
}

static gboolean
set_vote (AcTalk *talk, gint64 question, gboolean vote, GError **error)
{
  return (vote
              ? ac_store_run (talk->store, error,
                              "INSERT INTO question_votes (lesson, question, member) "
                              "VALUES (?, ?, ?)",
                              "iii", talk->who->lesson, question, talk->who->member)
              : ac_store_run (talk->store, error,
                              "DELETE FROM question_votes "
                              "WHERE lesson = ? AND question = ? AND member = ?",
                              "iii", talk->who->lesson, question, talk->who->member)) &&
         ac_store_run (talk->store, error,
                       "UPDATE questions SET votes = votes + ? "
                       "WHERE lesson = ? AND seq = ?",
                       "dii", vote ? 1 : -1, talk->who->lesson, question);
}

static gboolean
has_voted (AcTalk *talk, gint64 question, gboolean *ret_voted, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (talk->store,
                        "SELECT 1 FROM question_votes "
                        "WHERE lesson = ? AND question = ? AND member = ?",
                        error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", talk->who->lesson, question, talk->who->member);
  step = ac_store_step (talk->store, statement, error);
  *ret_voted = step == SQLITE_ROW;
  return step >= 0;
}

gboolean
ac_question_vote (AcTalk *talk, GError **error)
{
  gboolean open, vote, voted;
  gint64 question;

  if (!ac_talk_read_flag (talk, "vote", &vote, error) ||
      !ac_talk_check_voice (talk, error) ||
      !read_question (talk, &question, &open, error))
    return FALSE;
  if (!open)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_STATE, "question",
                                   "the question is dealt with");
  if (!has_voted (talk, question, &voted, error))
    return FALSE;
  if (voted == vote)
    return TRUE;
  talk->result->tally = TRUE;
  return set_vote (talk, question, vote, error);
}

/* @words: (nullable): the answer */
static gint64
tell_state (AcTalk *talk, gint64 question, const gchar *state, const gchar *words,
            GError **error)
{
  JsonObject *body = json_object_new ();
  AcLessonEvent *event = ac_talk_event (talk, "question-state", AC_AUDIENCE_ALL);

  json_object_set_int_member (body, "question", question);
  json_object_set_string_member (body, "state", state);
  event->member = talk->who->member;
  event->by_staff = TRUE;
  event->text = g_strdup (words);
  return ac_talk_add (talk, event, body, error);
}

/* Whoever comes later is not told of what was dismissed, as of a hidden line. */
gboolean
ac_question_set_state (AcTalk *talk, GError **error)
{
  const gchar *words = NULL, *state;
  gboolean open;
  gint64 question;
  guint index;

  if (!ac_talk_read_choice (talk, "state", state_names, &index, error) ||
      !read_question (talk, &question, &open, error))
    return FALSE;
  state = state_names[index];
  if (json_object_has_member (talk->fields, "text")) {
    words = ac_talk_read_words (talk, "text", ANSWER_MAX_CHARS, TRUE, error);
    if (words == NULL)
      return FALSE;
    if (strcmp (state, "answered") != 0)
      return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, "text",
                                     "only what is answered has an answer's text");
  }
  talk->result->seq = tell_state (talk, question, state, words, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE questions SET state = ?, answer = ? "
                       "WHERE lesson = ? AND seq = ?",
                       "tnii", state, words != NULL ? talk->result->seq : (gint64)0,
                       talk->who->lesson, question) &&
         (strcmp (state, "dismissed") != 0 ||
          ac_store_run (talk->store, error,
                        "UPDATE lesson_events SET hidden = 1 "
                        "WHERE lesson = ? AND seq = ?",
                        "ii", talk->who->lesson, question));
}
