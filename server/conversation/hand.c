/* hand.c - raised hands, of persons and of rooms: one of each at a time. */
#include "hand.h"

#include "talk_private.h"

static const gchar *const state_names[] = { "called", "lowered", NULL };

typedef struct {
  gint64 seq; /* 0: there is none */
  gint64 member;
  gint64 site;
} Hand;

static gboolean
read_hand (AcTalk *talk, AcStatement *bound, Hand *ret_hand, GError **error)
{
  gint step = ac_store_step (talk->store, bound, error);

  *ret_hand = (Hand){ 0 };
  if (step == SQLITE_ROW)
    *ret_hand =
        (Hand){ sqlite3_column_int64 (bound, 0), sqlite3_column_int64 (bound, 1),
                sqlite3_column_int64 (bound, 2) };
  return step >= 0;
}

/* The hand that @member, or @site, holds up. */
static gboolean
find_hand (AcTalk *talk, gint64 member, gint64 site, Hand *ret_hand, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (talk->store,
                        "SELECT seq, member, site FROM hands WHERE lesson = ? AND "
                        "state != 'lowered' AND (member = ? OR site = ?)",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "inn", talk->who->lesson, member, site);
  return read_hand (talk, statement, ret_hand, error);
}

/* A person's hand is between them and the staff; that a room is called, or has it up,
 * its screen has to hear, which is nobody's. */
static AcLessonEvent *
event_of (AcTalk *talk, const gchar *kind, gint64 member, gint64 site)
{
  AcLessonEvent *event = ac_talk_event (
      talk, kind, site != 0 ? AC_AUDIENCE_ALL : AC_AUDIENCE_STAFF | AC_AUDIENCE_MEMBER);

  event->member = member;
  event->site = site;
  return event;
}

static gboolean
raise_hand (AcTalk *talk, gint64 member, gint64 site, GError **error)
{
  if (!ac_talk_check_count (talk,
                            "SELECT count (*) FROM hands WHERE lesson = ? AND "
                            "state != 'lowered'",
                            AC_HANDS_MAX, "raised hands", error))
    return FALSE;
  talk->result->seq =
      ac_talk_add (talk, event_of (talk, "hand", member, site), NULL, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "INSERT INTO hands (lesson, seq, member, site) "
                       "VALUES (?, ?, ?, ?)",
                       "iinn", talk->who->lesson, talk->result->seq, member, site);
}

/* @actor: 0: whoever holds it up */
static gboolean
set_state (AcTalk *talk, const Hand *hand, const gchar *state, gint64 actor,
           GError **error)
{
  JsonObject *body = json_object_new ();
  AcLessonEvent *event = event_of (talk, "hand-state", hand->member, hand->site);

  json_object_set_int_member (body, "hand", hand->seq);
  json_object_set_string_member (body, "state", state);
  event->actor = actor;
  talk->result->seq = ac_talk_add (talk, event, body, error);
  return talk->result->seq != 0 &&
         ac_store_run (talk->store, error,
                       "UPDATE hands SET state = ? WHERE lesson = ? AND seq = ?", "tii",
                       state, talk->who->lesson, hand->seq);
}

static gboolean
show_hand (AcTalk *talk, gint64 member, gint64 site, gboolean raised, GError **error)
{
  Hand hand;

  if (!find_hand (talk, member, site, &hand, error))
    return FALSE;
  if (raised == (hand.seq != 0)) {
    talk->result->seq = hand.seq;
    return TRUE;
  }
  return raised ? raise_hand (talk, member, site, error)
                : set_state (talk, &hand, "lowered", 0, error);
}

gboolean
ac_hand_show (AcTalk *talk, GError **error)
{
  gboolean raised;

  return ac_talk_read_flag (talk, "raised", &raised, error) &&
         (!raised || ac_talk_check_voice (talk, error)) &&
         show_hand (talk, talk->who->member, 0, raised, error);
}

gboolean
ac_hand_set_state (AcTalk *talk, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;
  gint64 seq;
  guint index;
  Hand hand;

  if (!ac_talk_read_number (talk, "hand", 1, G_MAXINT32, &seq, error) ||
      !ac_talk_read_choice (talk, "state", state_names, &index, error))
    return FALSE;
  statement = ac_store_prepare (talk->store,
                                "SELECT seq, member, site FROM hands "
                                "WHERE lesson = ? AND seq = ? AND state != 'lowered'",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", talk->who->lesson, seq);
  if (!read_hand (talk, statement, &hand, error))
    return FALSE;
  if (hand.seq == 0)
    return ac_conversation_refuse (error, AC_CONVERSATION_ERROR_NOT_FOUND, "hand",
                                   "no such hand is up");
  return set_state (talk, &hand, state_names[index], talk->who->member, error);
}

gboolean
ac_hand_of_room (AcStore *store, gint64 lesson, gint64 site, gboolean raised,
                 gint64 wall_ms, gint64 media_ms, AcLessonEvent **ret_event,
                 GError **error)
{
  const AcSpeaker who = { .lesson = lesson, .wall_ms = wall_ms, .media_ms = media_ms };
  g_auto (AcTalkResult) result = { .events = g_ptr_array_new_with_free_func (
                                       (GDestroyNotify)ac_lesson_event_unref) };
  AcTalk talk = { .store = store, .who = &who, .result = &result };

  *ret_event = NULL;
  if ((raised && !ac_talk_check_voice (&talk, error)) ||
      !show_hand (&talk, 0, site, raised, error))
    return FALSE;
  if (result.events->len > 0)
    *ret_event = ac_lesson_event_ref (result.events->pdata[0]);
  return TRUE;
}

const gchar *
ac_hand_state_of_room (AcStore *store, gint64 lesson, gint64 site, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT state = 'called' FROM hands WHERE lesson = ? AND "
                        "state != 'lowered' AND site = ?",
                        error);
  gint step;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", lesson, site);
  step = ac_store_step (store, statement, error);
  if (step < 0)
    return NULL;
  if (step != SQLITE_ROW)
    return "lowered";
  return sqlite3_column_int (statement, 0) != 0 ? "called" : "raised";
}
