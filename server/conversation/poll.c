/* poll.c - polls and quizzes. Results are counts; who chose what is told to nobody but
 * the member. */
#include "talk_private.h"

#include "json_text.h"

#define POLL_MAX_CHARS 300
#define OPTION_MAX_CHARS 100
#define OPTIONS_MIN 2
#define OPTIONS_MAX 8

typedef struct {
  const gchar *words;
  JsonArray *options; /* of strings that are fit to show */
  guint correct;      /* a bit each option; 0: no quiz */
  gboolean multiple, quiz, shown;
} Plan;

/* --- Reading --- */

static JsonArray *
read_array (AcTalk *talk, const gchar *field)
{
  JsonNode *node = json_object_get_member (talk->fields, field);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                      : NULL;
}

/* An option is checked as any words are: as a member of an object. */
static gboolean
check_option (AcTalk *talk, JsonNode *node, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  AcTalk option = *talk;

  json_object_set_member (object, "options", json_node_copy (node));
  option.fields = object;
  return ac_talk_read_words (&option, "options", OPTION_MAX_CHARS, FALSE, error) !=
         NULL;
}

static gboolean
read_options (AcTalk *talk, JsonArray **ret_options, GError **error)
{
  JsonArray *array = read_array (talk, "options");
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n < OPTIONS_MIN || n > OPTIONS_MAX)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, "options",
                                   "a poll has %d to %d options", OPTIONS_MIN,
                                   OPTIONS_MAX);
  *ret_options = array;
  for (guint i = 0; i < n; i++)
    if (!check_option (talk, json_array_get_element (array, i), error))
      return FALSE;
  return TRUE;
}

/* @field: an array of numbers of options, each once
 * @ret_bits: (out): a bit each */
static gboolean
read_bits (AcTalk *talk, const gchar *field, guint n_options, gboolean multiple,
           guint *ret_bits, GError **error)
{
  JsonArray *array = read_array (talk, field);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  guint bits = 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    gint64 option =
        JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
            ? json_node_get_int (node)
            : -1;

    if (option < 0 || option >= n_options || (bits & (1u << option)) != 0)
      n = 0;
    else
      bits |= 1u << option;
  }
  *ret_bits = bits;
  if (n > 0 && (multiple || n == 1))
    return TRUE;
  return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_INVALID, field,
                                 "%s must name %s of the options, by numbers from 0",
                                 field, multiple ? "some" : "one");
}

static gboolean
read_plan (AcTalk *talk, Plan *plan, GError **error)
{
  plan->words = ac_talk_read_words (talk, "text", POLL_MAX_CHARS, TRUE, error);
  return plan->words != NULL && read_options (talk, &plan->options, error) &&
         ac_talk_read_flag (talk, "multiple", &plan->multiple, error) &&
         ac_talk_read_flag (talk, "quiz", &plan->quiz, error) &&
         ac_talk_read_flag (talk, "shown", &plan->shown, error) &&
         (!plan->quiz ||
          read_bits (talk, "correct", json_array_get_length (plan->options),
                     plan->multiple, &plan->correct, error));
}

/* --- Opening --- */

static JsonObject *
plan_body (const Plan *plan)
{
  JsonObject *body = json_object_new ();

  json_object_set_array_member (body, "options", json_array_ref (plan->options));
  json_object_set_boolean_member (body, "multiple", plan->multiple);
  json_object_set_boolean_member (body, "quiz", plan->quiz);
  json_object_set_boolean_member (body, "shown", plan->shown);
  return body;
}

static gboolean
keep_plan (AcTalk *talk, const Plan *plan, GError **error)
{
  gint64 lesson = talk->who->lesson, poll = talk->result->seq;

  if (!ac_store_run (talk->store, error,
                     "INSERT INTO polls (lesson, seq, quiz, multiple, shown) "
                     "VALUES (?, ?, ?, ?, ?)",
                     "iiddd", lesson, poll, plan->quiz, plan->multiple, plan->shown))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (plan->options); i++)
    if (!ac_store_run (talk->store, error,
                       "INSERT INTO poll_options (lesson, poll, option, text, correct) "
                       "VALUES (?, ?, ?, ?, ?)",
                       "iidtd", lesson, poll, (gint)i,
                       json_array_get_string_element (plan->options, i),
                       (gint)((plan->correct >> i) & 1)))
      return FALSE;
  return TRUE;
}

gboolean
ac_poll_open (AcTalk *talk, GError **error)
{
  Plan plan = { 0 };
  AcLessonEvent *event;

  if (!read_plan (talk, &plan, error) ||
      !ac_talk_check_count (talk, "SELECT count (*) FROM polls WHERE lesson = ?",
                            AC_POLLS_MAX, "polls", error) ||
      !ac_talk_check_count (
          talk, "SELECT count (*) FROM polls WHERE lesson = ? AND closed = 0",
          AC_POLLS_OPEN_MAX, "open polls", error))
    return FALSE;
  event = ac_talk_event (talk, "poll", AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  event->text = g_strdup (plan.words);
  talk->result->seq = ac_talk_add (talk, event, plan_body (&plan), error);
  return talk->result->seq != 0 && keep_plan (talk, &plan, error);
}

/* --- Answering --- */

typedef struct {
  gint64 seq;
  gboolean multiple, closed, quiz, shown;
  guint n_options;
  guint correct;
  gint64 answers;
} Poll;

static gboolean
read_poll (AcTalk *talk, Poll *poll, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store,
      "SELECT multiple, closed, quiz, shown, answers, "
      "(SELECT count (*) FROM poll_options o WHERE o.lesson = p.lesson AND "
      "  o.poll = p.seq), "
      "(SELECT sum (o.correct << o.option) FROM poll_options o "
      "  WHERE o.lesson = p.lesson AND o.poll = p.seq) "
      "FROM polls p WHERE lesson = ? AND seq = ?",
      error);
  gint step;

  if (statement == NULL ||
      !ac_talk_read_number (talk, "poll", 1, G_MAXINT32, &poll->seq, error))
    return FALSE;
  ac_statement_bind (statement, "ii", talk->who->lesson, poll->seq);
  step = ac_store_step (talk->store, statement, error);
  if (step == SQLITE_DONE)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND, "poll",
                                   "there is no such poll");
  if (step != SQLITE_ROW)
    return FALSE;
  poll->multiple = sqlite3_column_int (statement, 0) != 0;
  poll->closed = sqlite3_column_int (statement, 1) != 0;
  poll->quiz = sqlite3_column_int (statement, 2) != 0;
  poll->shown = sqlite3_column_int (statement, 3) != 0;
  poll->answers = sqlite3_column_int64 (statement, 4);
  poll->n_options = (guint)sqlite3_column_int (statement, 5);
  poll->correct = (guint)sqlite3_column_int (statement, 6);
  return TRUE;
}

static gboolean
read_choices (AcTalk *talk, gint64 poll, guint *ret_choices, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      talk->store,
      "SELECT choices FROM poll_answers WHERE lesson = ? AND poll = ? AND member = ?",
      error);
  gint step;

  *ret_choices = 0;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", talk->who->lesson, poll, talk->who->member);
  step = ac_store_step (talk->store, statement, error);
  if (step == SQLITE_ROW)
    *ret_choices = (guint)sqlite3_column_int (statement, 0);
  return step >= 0;
}

static gboolean
count_choices (AcTalk *talk, gint64 poll, guint before, guint after, GError **error)
{
  return ac_store_run (talk->store, error,
                       "UPDATE poll_options SET answers = answers + "
                       "((?1 >> option) & 1) - ((?2 >> option) & 1) "
                       "WHERE lesson = ?3 AND poll = ?4",
                       "ddii", (gint)after, (gint)before, talk->who->lesson, poll) &&
         ac_store_run (talk->store, error,
                       "UPDATE polls SET answers = answers + ? "
                       "WHERE lesson = ? AND seq = ?",
                       "dii", before == 0 ? 1 : 0, talk->who->lesson, poll);
}

gboolean
ac_poll_answer (AcTalk *talk, GError **error)
{
  Poll poll;
  guint before, after;

  if (!read_poll (talk, &poll, error) || !ac_talk_check_voice (talk, error))
    return FALSE;
  if (poll.closed)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_STATE, "poll",
                                   "the poll is closed");
  if (!read_bits (talk, "choices", poll.n_options, poll.multiple, &after, error) ||
      !read_choices (talk, poll.seq, &before, error))
    return FALSE;
  if (before == after)
    return TRUE;
  talk->result->tally = TRUE;
  return ac_store_run (talk->store, error,
                       "INSERT INTO poll_answers (lesson, poll, member, choices) "
                       "VALUES (?, ?, ?, ?) "
                       "ON CONFLICT DO UPDATE SET choices = excluded.choices",
                       "iiid", talk->who->lesson, poll.seq, talk->who->member,
                       (gint)after) &&
         count_choices (talk, poll.seq, before, after, error);
}

/* --- Closing and showing --- */

static gboolean
set_counts (AcTalk *talk, const Poll *poll, JsonObject *body, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (talk->store,
                        "SELECT answers FROM poll_options WHERE lesson = ? AND "
                        "poll = ? ORDER BY option",
                        error);
  JsonArray *counts;
  gint step;

  if (statement == NULL)
    return FALSE;
  counts = json_array_new ();
  json_object_set_array_member (body, "counts", counts);
  json_object_set_int_member (body, "answers", poll->answers);
  ac_statement_bind (statement, "ii", talk->who->lesson, poll->seq);
  while ((step = ac_store_step (talk->store, statement, error)) == SQLITE_ROW)
    json_array_add_int_element (counts, sqlite3_column_int64 (statement, 0));
  return step == SQLITE_DONE;
}

static void
set_correct (const Poll *poll, JsonObject *body)
{
  JsonArray *correct = json_array_new ();

  for (guint i = 0; i < poll->n_options; i++)
    if ((poll->correct & (1u << i)) != 0)
      json_array_add_int_element (correct, i);
  json_object_set_array_member (body, "correct", correct);
}

/* Tells how @poll stands now. */
static gboolean
tell_poll (AcTalk *talk, const Poll *poll, const gchar *kind, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  AcLessonEvent *event;

  json_object_set_int_member (body, "poll", poll->seq);
  json_object_set_boolean_member (body, "shown", poll->shown);
  if (poll->closed && poll->quiz)
    set_correct (poll, body);
  if (poll->shown && !set_counts (talk, poll, body, error))
    return FALSE;
  event = ac_talk_event (talk, kind, AC_AUDIENCE_ALL);
  event->actor = talk->who->member;
  talk->result->seq = ac_talk_add (talk, event, g_steal_pointer (&body), error);
  talk->result->tally = TRUE;
  return talk->result->seq != 0;
}

gboolean
ac_poll_close (AcTalk *talk, GError **error)
{
  Poll poll;

  if (!read_poll (talk, &poll, error))
    return FALSE;
  if (poll.closed)
    return TRUE;
  poll.closed = TRUE;
  return ac_store_run (talk->store, error,
                       "UPDATE polls SET closed = 1 WHERE lesson = ? AND seq = ?", "ii",
                       talk->who->lesson, poll.seq) &&
         tell_poll (talk, &poll, "poll-closed", error);
}

gboolean
ac_poll_show (AcTalk *talk, GError **error)
{
  gboolean shown;
  Poll poll;

  if (!ac_talk_read_flag (talk, "shown", &shown, error) ||
      !read_poll (talk, &poll, error))
    return FALSE;
  if (poll.shown == shown)
    return TRUE;
  poll.shown = shown;
  return ac_store_run (talk->store, error,
                       "UPDATE polls SET shown = ? WHERE lesson = ? AND seq = ?", "dii",
                       (gint)shown, talk->who->lesson, poll.seq) &&
         tell_poll (talk, &poll, "poll-shown", error);
}
