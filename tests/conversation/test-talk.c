/* What people do in a lesson: what it becomes, and what is refused. */
#include "hall.h"

#include "erasure.h"
#include "hand.h"

#define INVALID AC_CONVERSATION_ERROR_INVALID
#define NOT_FOUND AC_CONVERSATION_ERROR_NOT_FOUND
#define STATE AC_CONVERSATION_ERROR_STATE
#define MUTED AC_CONVERSATION_ERROR_MUTED
#define TOO_FAST AC_CONVERSATION_ERROR_TOO_FAST
#define LIMIT AC_CONVERSATION_ERROR_LIMIT

static JsonArray *
list (JsonObject *object, const gchar *name)
{
  return json_object_get_array_member (object, name);
}

static guint
length (JsonObject *object, const gchar *name)
{
  return json_array_get_length (list (object, name));
}

/* Returns: (transfer full): the text of member @name. */
static gchar *
member_text (JsonObject *object, const gchar *name)
{
  return json_to_string (json_object_get_member (object, name), FALSE);
}

static void
assert_member (JsonObject *object, const gchar *name, const gchar *expected)
{
  g_autofree gchar *text = member_text (object, name);

  g_assert_cmpstr (text, ==, expected);
}

/* Bad input is refused by the name of what is wrong with it. */
static void
test_fields (Hall *f, gconstpointer unused)
{
  static const struct {
    const gchar *type, *fields, *field;
  } rows[] = {
    { "chat", "{}", "text" },
    { "chat", "{\"text\":7}", "text" },
    { "chat", "{\"text\":\"\"}", "text" },
    { "chat", "{\"text\":\"  \"}", "text" },
    { "chat", "{\"text\":\"a\\nb\"}", "text" },
    { "chat", "{\"text\":\"a\\u202eb\"}", "text" },
    { "chat-hide", "{\"line\":0}", "line" },
    { "chat-mode", "{\"open\":1,\"slow_s\":0}", "open" },
    { "chat-mode", "{\"open\":true,\"slow_s\":301}", "slow_s" },
    { "chat-mute", "{\"muted\":true}", "member" },
    { "chat-mute", "{\"member\":1}", "muted" },
    { "question", "{}", "text" },
    { "question-vote", "{\"question\":1}", "vote" },
    { "question-state", "{\"question\":1,\"state\":\"lost\"}", "state" },
    { "hand", "{}", "raised" },
    { "hand-state", "{\"hand\":1,\"state\":\"raised\"}", "state" },
    { "poll", "{\"text\":\"?\",\"options\":[\"a\"]}", "options" },
    { "poll", "{\"text\":\"?\",\"options\":[\"a\",2]}", "options" },
    { "poll", "{\"text\":\"?\",\"options\":[\"a\",\"b\"]}", "multiple" },
    { "poll",
      "{\"text\":\"?\",\"options\":[\"a\",\"b\"],\"multiple\":false,\"quiz\":true,"
      "\"shown\":true}",
      "correct" },
    { "poll",
      "{\"text\":\"?\",\"options\":[\"a\",\"b\"],\"multiple\":false,\"quiz\":true,"
      "\"shown\":true,\"correct\":[0,1]}",
      "correct" },
    { "poll",
      "{\"text\":\"?\",\"options\":[\"a\",\"b\"],\"multiple\":true,\"quiz\":true,"
      "\"shown\":true,\"correct\":[0,2]}",
      "correct" },
    { "poll-answer", "{\"choices\":[0]}", "poll" },
    { "announcement", "{}", "text" },
    { "handout", "{\"title\":\"x\"}", "url" },
    { "handout", "{\"title\":\"x\",\"url\":\"javascript:alert(1)\"}", "url" },
    { "handout", "{\"title\":\"x\",\"url\":\"https:///x\"}", "url" },
    { "handout", "{\"title\":\"\",\"url\":\"https://a.example\"}", "title" },
    { "handout-change", "{\"handout\":1,\"pinned\":true}", "removed" },
  };
  g_autoptr (GString) text = g_string_new ("{\"text\":\"");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    hall_refused (f, HALL_STAFF, rows[i].type, rows[i].fields, INVALID, rows[i].field);
  for (guint i = 0; i < 200; i++)
    g_string_append (text, "长");
  g_string_append (text, "\"}");
  hall_say (f, 1, "chat", text->str);
  g_string_insert (text, 9, "太");
  hall_refused (f, 1, "chat", text->str, INVALID, "text");
  g_assert_cmpint (hall_number (f, "SELECT count (*) FROM lesson_events"), ==, 1);
}

/* What is named has to be there. */
static void
test_absent (Hall *f, gconstpointer unused)
{
  static const struct {
    const gchar *type, *fields, *field;
  } rows[] = {
    { "chat-hide", "{\"line\":9}", "line" },
    { "chat-mute", "{\"member\":3,\"muted\":true}", "member" },
    { "question-vote", "{\"question\":1,\"vote\":true}", "question" },
    { "question-state", "{\"question\":9,\"state\":\"taken\"}", "question" },
    { "hand-state", "{\"hand\":9,\"state\":\"called\"}", "hand" },
    { "poll-answer", "{\"poll\":1,\"choices\":[0]}", "poll" },
    { "poll-close", "{\"poll\":9}", "poll" },
    { "announcement-withdraw", "{\"announcement\":1}", "announcement" },
    { "handout-change", "{\"handout\":9,\"pinned\":true,\"removed\":false}",
      "handout" },
  };

  hall_say (f, 1, "chat", "{\"text\":\"一\"}");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    hall_refused (f, HALL_STAFF, rows[i].type, rows[i].fields, NOT_FOUND,
                  rows[i].field);
}

/* What was acknowledged is done once, over a restart too. */
static void
test_repeated (Hall *f, gconstpointer unused)
{
  for (guint i = 0; i < 3; i++) {
    g_auto (AcTalkResult) first = { 0 }, other = { 0 };
    g_autoptr (GError) error =
        hall_try (f, 1, "same", "chat", "{\"text\":\"一\"}", &first);

    g_assert_no_error (error);
    g_assert_cmpint (first.seq, ==, 1);
    g_assert_cmpuint (first.events->len, ==, i == 0 ? 1 : 0);
    store_fixture_reopen (&f->store);
  }
  hall_say (f, 2, "chat", "{\"text\":\"二\"}");
  g_assert_cmpint (hall_number (f, "SELECT count (*) FROM lesson_events"), ==, 2);
}

/* Nothing of what was refused is left, and it may be tried again. */
static void
test_refused_again (Hall *f, gconstpointer unused)
{
  g_auto (AcTalkResult) first = { 0 }, second = { 0 };
  g_autoptr (GError) error = NULL;

  hall_say (f, HALL_STAFF, "chat-mode", "{\"open\":false,\"slow_s\":0}");
  error = hall_try (f, 1, "same", "chat", "{\"text\":\"一\"}", &first);
  g_assert_error (error, AC_CONVERSATION_ERROR, STATE);
  g_clear_error (&error);
  hall_say (f, HALL_STAFF, "chat-mode", "{\"open\":true,\"slow_s\":0}");
  error = hall_try (f, 1, "same", "chat", "{\"text\":\"一\"}", &second);
  g_assert_no_error (error);
  g_assert_cmpint (second.seq, ==, 3);
}

static void
test_chat (Hall *f, gconstpointer unused)
{
  gint64 line = hall_say (f, 1, "chat", "{\"text\":\"一\"}");
  g_autofree gchar *hide = g_strdup_printf ("{\"line\":%" G_GINT64_FORMAT "}", line);
  g_autoptr (JsonObject) state = NULL;
  g_autoptr (GPtrArray) missed = NULL;

  hall_say (f, 2, "chat", "{\"text\":\"二\"}");
  hall_say (f, HALL_STAFF, "chat-hide", hide);
  g_assert_cmpint (hall_say (f, HALL_STAFF, "chat-hide", hide), ==, 0);
  state = hall_state (f, FALSE);
  g_assert_cmpuint (length (state, "lines"), ==, 1);
  /* Nor do those hear it who come again. */
  missed = ac_lesson_event_list (f->store.store, 1, 0, &(AcListener){ .member = 3 }, 9,
                                 NULL);
  g_assert_cmpuint (missed->len, ==, 2);
  g_assert_cmpint (((AcLessonEvent *)missed->pdata[0])->seq, ==, 2);
}

static void
test_slow (Hall *f, gconstpointer unused)
{
  hall_say (f, HALL_STAFF, "chat-mode", "{\"open\":true,\"slow_s\":10}");
  hall_say (f, 1, "chat", "{\"text\":\"一\"}");
  f->clock_ms += 9999;
  hall_refused (f, 1, "chat", "{\"text\":\"二\"}", TOO_FAST, NULL);
  hall_say (f, 2, "chat", "{\"text\":\"别人\"}");
  f->clock_ms += 1;
  hall_say (f, 1, "chat", "{\"text\":\"二\"}");
  hall_say (f, HALL_STAFF, "chat", "{\"text\":\"我\"}");
  hall_say (f, HALL_STAFF, "chat", "{\"text\":\"又是我\"}");
  f->clock_ms = 5; /* the machine began anew */
  hall_say (f, 1, "chat", "{\"text\":\"三\"}");
}

static void
test_muted (Hall *f, gconstpointer unused)
{
  g_autoptr (JsonObject) yours = NULL;
  g_autoptr (JsonObject) state = NULL;

  hall_say (f, 1, "chat", "{\"text\":\"一\"}");
  hall_say (f, HALL_STAFF, "chat-mute", "{\"member\":1,\"muted\":true}");
  hall_refused (f, 1, "chat", "{\"text\":\"二\"}", MUTED, NULL);
  hall_refused (f, 1, "question", "{\"text\":\"二\"}", MUTED, NULL);
  hall_refused (f, 1, "hand", "{\"raised\":true}", MUTED, NULL);
  yours = hall_yours (f, 1);
  assert_member (yours, "muted", "true");
  state = hall_state (f, TRUE);
  assert_member (state, "muted", "[{\"member\":1,\"name\":\"王明\"}]");
  hall_say (f, HALL_STAFF, "chat-mute", "{\"member\":1,\"muted\":false}");
  hall_say (f, 1, "chat", "{\"text\":\"三\"}");
}

static void
test_question (Hall *f, gconstpointer unused)
{
  g_autoptr (JsonObject) state = NULL;
  g_autoptr (JsonObject) yours = NULL;
  JsonObject *first;

  hall_say (f, 1, "question", "{\"text\":\"甲?\"}");
  hall_say (f, 2, "question", "{\"text\":\"乙?\"}");
  hall_say (f, 3, "question-vote", "{\"question\":2,\"vote\":true}");
  hall_say (f, 3, "question-vote", "{\"question\":2,\"vote\":true}");
  hall_say (f, 4, "question-vote", "{\"question\":2,\"vote\":true}");
  hall_say (f, 4, "question-vote", "{\"question\":2,\"vote\":false}");
  hall_say (f, 4, "question-vote", "{\"question\":1,\"vote\":false}");
  state = hall_state (f, FALSE);
  first = json_array_get_object_element (list (state, "questions"), 0);
  assert_member (first, "seq", "2");
  assert_member (first, "votes", "1");
  assert_member (first, "name", "\"李*华\"");
  yours = hall_yours (f, 3);
  assert_member (yours, "votes", "[2]");
  hall_say (f, HALL_STAFF, "question-state", "{\"question\":2,\"state\":\"taken\"}");
  hall_say (f, HALL_STAFF, "question-state",
            "{\"question\":2,\"state\":\"answered\",\"text\":\"如下\"}");
  hall_refused (f, 4, "question-vote", "{\"question\":2,\"vote\":true}", STATE,
                "question");
  hall_refused (f, HALL_STAFF, "question-state",
                "{\"question\":1,\"state\":\"taken\",\"text\":\"x\"}", INVALID, "text");
  hall_say (f, HALL_STAFF, "question-state",
            "{\"question\":1,\"state\":\"dismissed\"}");
  hall_refused (f, HALL_STAFF, "question-state", "{\"question\":1,\"state\":\"asked\"}",
                NOT_FOUND, "question");
  json_object_unref (g_steal_pointer (&state));
  state = hall_state (f, FALSE);
  g_assert_cmpuint (length (state, "questions"), ==, 1);
  first = json_array_get_object_element (list (state, "questions"), 0);
  assert_member (first, "answer", "\"如下\"");
}

typedef struct {
  gboolean raised;
  AcLessonEvent *event;
} RoomHand;

static gboolean
show_room_hand (AcStore *store, gpointer data, GError **error)
{
  RoomHand *hand = data;

  return ac_hand_of_room (store, 1, 1, hand->raised, 0, 0, &hand->event, error);
}

static void
assert_room_hand (Hall *f, const gchar *state)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (ac_hand_state_of_room (f->store.store, 1, 1, &error), ==, state);
  g_assert_no_error (error);
}

static void
test_hands (Hall *f, gconstpointer unused)
{
  RoomHand room = { .raised = TRUE }, again = { .raised = TRUE }, down = { 0 };
  g_autoptr (JsonObject) staff = NULL, all = NULL, yours = NULL;

  g_assert_cmpint (hall_say (f, 1, "hand", "{\"raised\":true}"), ==, 1);
  g_assert_cmpint (hall_say (f, 1, "hand", "{\"raised\":true}"), ==, 1);
  assert_room_hand (f, "lowered");
  hall_run (f, show_room_hand, &room);
  hall_run (f, show_room_hand, &again);
  assert_room_hand (f, "raised");
  g_assert_nonnull (room.event);
  g_assert_null (again.event);
  hall_say (f, HALL_STAFF, "hand-state", "{\"hand\":2,\"state\":\"called\"}");
  assert_room_hand (f, "called");
  staff = hall_state (f, TRUE);
  assert_member (staff, "hands",
                 "[{\"seq\":1,\"state\":\"raised\",\"name\":\"王明\",\"member\":1},"
                 "{\"seq\":2,\"state\":\"called\",\"name\":\"礼堂\",\"site\":1}]");
  all = hall_state (f, FALSE);
  assert_member (all, "hands",
                 "[{\"seq\":2,\"state\":\"called\",\"name\":\"礼堂\",\"site\":1}]");
  yours = hall_yours (f, 1);
  assert_member (yours, "hands", "[1]");
  hall_say (f, 1, "hand", "{\"raised\":false}");
  hall_run (f, show_room_hand, &down);
  assert_room_hand (f, "lowered");
  g_assert_cmpstr (down.event->kind, ==, "hand-state");
  json_object_unref (g_steal_pointer (&staff));
  staff = hall_state (f, TRUE);
  g_assert_cmpuint (length (staff, "hands"), ==, 0);
  ac_lesson_event_unref (room.event);
  ac_lesson_event_unref (down.event);
}

/* Nobody but the member learns what they chose, nobody what is right before the end. */
static void
test_quiz (Hall *f, gconstpointer unused)
{
  g_autoptr (JsonObject) yours = NULL, before = NULL, after = NULL, staff = NULL;
  JsonObject *poll;
  g_autofree gchar *text = NULL;

  hall_say (f, HALL_STAFF, "poll",
            "{\"text\":\"几?\",\"options\":[\"一\",\"二\",\"三\"],\"multiple\":true,"
            "\"quiz\":true,\"shown\":false,\"correct\":[0,2]}");
  hall_say (f, 1, "poll-answer", "{\"poll\":1,\"choices\":[1]}");
  hall_say (f, 1, "poll-answer", "{\"poll\":1,\"choices\":[2,0]}");
  hall_say (f, 2, "poll-answer", "{\"poll\":1,\"choices\":[0]}");
  hall_refused (f, 2, "poll-answer", "{\"poll\":1,\"choices\":[]}", INVALID, "choices");
  hall_refused (f, 2, "poll-answer", "{\"poll\":1,\"choices\":[3]}", INVALID,
                "choices");
  hall_refused (f, 2, "poll-answer", "{\"poll\":1,\"choices\":[1,1]}", INVALID,
                "choices");
  before = hall_state (f, FALSE);
  poll = json_array_get_object_element (list (before, "polls"), 0);
  g_assert_false (json_object_has_member (poll, "counts"));
  g_assert_false (json_object_has_member (poll, "correct"));
  staff = hall_state (f, TRUE);
  poll = json_array_get_object_element (list (staff, "polls"), 0);
  assert_member (poll, "counts", "[2,0,1]");
  assert_member (poll, "answers", "2");
  g_assert_false (json_object_has_member (poll, "correct"));
  hall_say (f, HALL_STAFF, "poll-close", "{\"poll\":1}");
  hall_refused (f, 3, "poll-answer", "{\"poll\":1,\"choices\":[0]}", STATE, "poll");
  hall_say (f, HALL_STAFF, "poll-show", "{\"poll\":1,\"shown\":true}");
  after = hall_state (f, FALSE);
  poll = json_array_get_object_element (list (after, "polls"), 0);
  assert_member (poll, "counts", "[2,0,1]");
  assert_member (poll, "correct", "[0,2]");
  yours = hall_yours (f, 1);
  assert_member (yours, "answers", "[{\"poll\":1,\"choices\":[0,2],\"right\":true}]");
  json_object_unref (g_steal_pointer (&yours));
  yours = hall_yours (f, 2);
  assert_member (yours, "answers", "[{\"poll\":1,\"choices\":[0],\"right\":false}]");
}

static void
test_over (Hall *f, gconstpointer unused)
{
  hall_say (f, 1, "question", "{\"text\":\"甲?\"}");
  hall_sql (f, "UPDATE lessons SET state = 'ended', ended_ms = 1 WHERE id = 1");
  hall_refused (f, 1, "chat", "{\"text\":\"一\"}", STATE, NULL);
  hall_refused (f, 2, "question-vote", "{\"question\":1,\"vote\":true}", STATE, NULL);
  hall_say (f, HALL_STAFF, "question-state",
            "{\"question\":1,\"state\":\"answered\",\"text\":\"如下\"}");
}

static void
test_limits (Hall *f, gconstpointer unused)
{
  static const gchar poll[] = "{\"text\":\"?\",\"options\":[\"a\",\"b\"],"
                              "\"multiple\":false,\"quiz\":false,\"shown\":true}";

  hall_say (f, 1, "chat", "{\"text\":\"一\"}");
  hall_sql (f, "UPDATE lesson_voices SET questions = 50, lines = 1000");
  hall_refused (f, 1, "question", "{\"text\":\"又?\"}", LIMIT, NULL);
  hall_refused (f, 1, "chat", "{\"text\":\"又\"}", LIMIT, NULL);
  hall_sql (f, "UPDATE lesson_voices SET acts = 5000");
  hall_refused (f, 1, "hand", "{\"raised\":true}", LIMIT, NULL);
  for (guint i = 0; i < 5; i++)
    hall_say (f, HALL_STAFF, "poll", poll);
  hall_refused (f, HALL_STAFF, "poll", poll, LIMIT, NULL);
  hall_say (f, HALL_STAFF, "poll-close", "{\"poll\":2}");
  hall_say (f, HALL_STAFF, "poll", poll);
  hall_sql (f, "UPDATE conversations SET last_seq = 100000");
  hall_refused (f, 2, "chat", "{\"text\":\"一\"}", LIMIT, NULL);
  hall_say (f, HALL_STAFF, "announcement", "{\"text\":\"静\"}");
}

static gboolean
erase (AcStore *store, gpointer unused, GError **error)
{
  return ac_member_erase (store, 1, 1, error);
}

/* A person goes with their words; the numbers stay. */
static void
test_erased (Hall *f, gconstpointer unused)
{
  g_autoptr (JsonObject) state = NULL;
  g_autofree gchar *text = NULL;

  hall_say (f, 1, "chat", "{\"text\":\"秘密\"}");
  hall_say (f, 1, "question", "{\"text\":\"秘密?\"}");
  hall_say (f, 1, "question-vote", "{\"question\":2,\"vote\":true}");
  hall_say (f, 2, "chat", "{\"text\":\"公开\"}");
  hall_run (f, erase, NULL);
  state = hall_state (f, TRUE);
  text = hall_text (state);
  g_assert_null (strstr (text, "秘密"));
  g_assert_null (strstr (text, "王明"));
  g_assert_nonnull (strstr (text, "公开"));
  assert_member (state, "seq", "3");
  g_assert_cmpint (hall_number (f, "SELECT (SELECT count (*) FROM question_votes) + "
                                   "(SELECT count (*) FROM lesson_acts "
                                   " WHERE member = 1)"),
                   ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (Hall *f, gconstpointer unused);
  } tests[] = {
    { "fields", test_fields },     { "absent", test_absent },
    { "repeated", test_repeated }, { "refused-again", test_refused_again },
    { "chat", test_chat },         { "slow", test_slow },
    { "muted", test_muted },       { "question", test_question },
    { "hands", test_hands },       { "quiz", test_quiz },
    { "over", test_over },         { "limits", test_limits },
    { "erased", test_erased },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/talk/", tests[i].name, NULL);

    g_test_add (path, Hall, NULL, hall_set_up, tests[i].test, hall_tear_down);
  }
  return g_test_run ();
}
