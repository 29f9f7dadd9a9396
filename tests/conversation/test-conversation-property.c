/* Whatever people do, in whatever order, and whatever their pages repeat: a page that
 * heard every event knows what one knows that comes now; and every count is the count
 * of what lies behind it. */
#include "hall.h"
#include "page_model.h"

#include "json_text.h"

#define ACTS 250
#define RUNS 2

typedef struct {
  gint64 member;
  AcTalkKind kind;
  gchar *id, *fields;
  gint64 seq;
} Act;

typedef struct {
  Hall hall;
  PageModel pages[2]; /* a member's, the staff's */
  GPtrArray *acts;    /* Act that were done */
} Fixture;

static const AcListener listeners[] = { { .member = 99 },
                                        { .member = HALL_STAFF, .staff = TRUE } };

static void
act_free (gpointer data)
{
  Act *act = data;

  g_free (act->id);
  g_free (act->fields);
  g_free (act);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  hall_set_up (&f->hall, NULL);
  f->acts = g_ptr_array_new_with_free_func (act_free);
  for (guint i = 0; i < G_N_ELEMENTS (f->pages); i++) {
    f->pages[i].state = NULL;
    page_model_reset (&f->pages[i], hall_state (&f->hall, listeners[i].staff));
  }
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->pages); i++)
    page_model_clear (&f->pages[i]);
  g_ptr_array_unref (f->acts);
  hall_tear_down (&f->hall, NULL);
}

/* Something that there may be. */
static gint64
some_seq (Fixture *f, AcTalkKind kind)
{
  for (guint tries = 0; tries < 8 && f->acts->len > 0; tries++) {
    Act *act = f->acts->pdata[g_test_rand_int_range (0, (gint)f->acts->len)];

    if (act->kind == kind)
      return act->seq;
  }
  return g_test_rand_int_range (1, 20);
}

static const gchar *
coin (void)
{
  return g_test_rand_bit () ? "true" : "false";
}

static gchar *
random_choices (void)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (gint i = 0; i < 4; i++)
    if (g_test_rand_int_range (0, 3) == 0)
      g_string_append_printf (list, "%s%d", list->len > 0 ? "," : "", i);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* Returns: (transfer full): fields that are mostly right. */
static gchar *
random_fields (Fixture *f, AcTalkKind kind)
{
  static const gchar *const states[] = { "asked", "taken", "answered", "dismissed" };
  static const gchar *const hand_states[] = { "called", "lowered" };
  g_autofree gchar *choices = random_choices ();
  gint n = g_test_rand_int_range (1, 1000);

  switch (kind) {
  case AC_TALK_CHAT:
  case AC_TALK_ANNOUNCEMENT:
  case AC_TALK_QUESTION:
    return g_strdup_printf ("{\"text\":\"话%d\"}", n);
  case AC_TALK_CHAT_HIDE:
    return g_strdup_printf ("{\"line\":%d}", (gint)some_seq (f, AC_TALK_CHAT));
  case AC_TALK_CHAT_MODE:
    return g_strdup_printf ("{\"open\":%s,\"slow_s\":%d}", n % 8 ? "true" : "false",
                            n % 4 ? 0 : 5);
  case AC_TALK_CHAT_MUTE:
    return g_strdup_printf ("{\"member\":%d,\"muted\":%s}", n % 5 + 1, coin ());
  case AC_TALK_QUESTION_VOTE:
    return g_strdup_printf ("{\"question\":%d,\"vote\":%s}",
                            (gint)some_seq (f, AC_TALK_QUESTION), coin ());
  case AC_TALK_QUESTION_STATE:
    return g_strdup_printf ("{\"question\":%d,\"state\":\"%s\"%s}",
                            (gint)some_seq (f, AC_TALK_QUESTION), states[n % 4],
                            n % 4 == 2 && n % 3 ? ",\"text\":\"答\"" : "");
  case AC_TALK_HAND:
    return g_strdup_printf ("{\"raised\":%s}", coin ());
  case AC_TALK_HAND_STATE:
    return g_strdup_printf ("{\"hand\":%d,\"state\":\"%s\"}",
                            (gint)some_seq (f, AC_TALK_HAND), hand_states[n % 2]);
  case AC_TALK_POLL:
    return g_strdup_printf ("{\"text\":\"问%d\",\"options\":[\"甲\",\"乙\",\"丙\"],"
                            "\"multiple\":%s,\"quiz\":%s,\"shown\":%s,"
                            "\"correct\":[%d]}",
                            n, coin (), coin (), coin (), n % 3);
  case AC_TALK_POLL_ANSWER:
    return g_strdup_printf ("{\"poll\":%d,\"choices\":[%s]}",
                            (gint)some_seq (f, AC_TALK_POLL), choices);
  case AC_TALK_POLL_CLOSE:
    return g_strdup_printf ("{\"poll\":%d}", (gint)some_seq (f, AC_TALK_POLL));
  case AC_TALK_POLL_SHOW:
    return g_strdup_printf ("{\"poll\":%d,\"shown\":%s}",
                            (gint)some_seq (f, AC_TALK_POLL), coin ());
  case AC_TALK_ANNOUNCEMENT_WITHDRAW:
    return g_strdup_printf ("{\"announcement\":%d}",
                            (gint)some_seq (f, AC_TALK_ANNOUNCEMENT));
  case AC_TALK_HANDOUT:
    return g_strdup_printf ("{\"title\":\"讲义%d\",\"url\":\"https://a.example/%d\"}",
                            n, n);
  case AC_TALK_HANDOUT_CHANGE:
    return g_strdup_printf ("{\"handout\":%d,\"pinned\":%s,\"removed\":%s}",
                            (gint)some_seq (f, AC_TALK_HANDOUT), coin (), coin ());
  }
  g_assert_not_reached ();
}

static gboolean
is_of_members (AcTalkKind kind)
{
  return kind == AC_TALK_CHAT || kind == AC_TALK_QUESTION || kind == AC_TALK_HAND ||
         kind == AC_TALK_QUESTION_VOTE || kind == AC_TALK_POLL_ANSWER;
}

static void
hear (Fixture *f, const AcTalkResult *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->pages); i++) {
    for (guint k = 0; k < result->events->len; k++) {
      const AcLessonEvent *event = result->events->pdata[k];
      g_autoptr (JsonObject) json = ac_lesson_event_to_json (event, listeners[i].staff);

      if (ac_lesson_event_is_for (event, &listeners[i]))
        page_model_apply (&f->pages[i], json);
    }
    if (result->tally) {
      g_autoptr (JsonObject) tally = hall_tally (&f->hall, listeners[i].staff);

      page_model_tally (&f->pages[i], tally);
    }
  }
}

static void
do_something (Fixture *f)
{
  AcTalkKind kind = (AcTalkKind)g_test_rand_int_range (0, AC_TALKS);
  Act *act = g_new0 (Act, 1);
  g_auto (AcTalkResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  act->kind = kind;
  act->member =
      is_of_members (kind) ? g_test_rand_int_range (1, HALL_MEMBERS + 1) : HALL_STAFF;
  act->id = g_strdup_printf ("r-%u", ++f->hall.n_ids);
  act->fields = random_fields (f, kind);
  error = hall_try (&f->hall, act->member, act->id, ac_talk_name (kind), act->fields,
                    &result);
  if (error != NULL) {
    g_assert_cmpint (error->domain, ==, AC_CONVERSATION_ERROR);
    act_free (act);
    return;
  }
  act->seq = result.seq;
  g_ptr_array_add (f->acts, act);
  hear (f, &result);
}

/* As a page does that lost its line before the answer. */
static void
repeat_something (Fixture *f)
{
  g_auto (AcTalkResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  Act *act;

  if (f->acts->len == 0)
    return;
  act = f->acts->pdata[g_test_rand_int_range (0, (gint)f->acts->len)];
  error = hall_try (&f->hall, act->member, act->id, ac_talk_name (act->kind),
                    act->fields, &result);
  g_assert_no_error (error);
  g_assert_cmpint (result.seq, ==, act->seq);
  g_assert_cmpuint (result.events->len, ==, 0);
}

static void
compare (Fixture *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->pages); i++) {
    g_autoptr (JsonObject) fresh = hall_state (&f->hall, listeners[i].staff);
    g_autofree gchar *expected = page_model_summary (fresh);
    g_autofree gchar *held = page_model_summary (f->pages[i].state);

    g_assert_cmpstr (held, ==, expected);
  }
}

static void
check_counts (Fixture *f)
{
  g_assert_cmpint (hall_number (&f->hall,
                                "SELECT count (*) FROM questions q WHERE votes != "
                                "(SELECT count (*) FROM question_votes v WHERE "
                                " v.lesson = q.lesson AND v.question = q.seq)"),
                   ==, 0);
  g_assert_cmpint (
      hall_number (&f->hall,
                   "SELECT count (*) FROM poll_options o WHERE answers != "
                   "(SELECT count (*) FROM poll_answers a WHERE a.lesson = o.lesson "
                   " AND a.poll = o.poll AND (a.choices >> o.option) & 1)"),
      ==, 0);
  g_assert_cmpint (hall_number (&f->hall,
                                "SELECT count (*) FROM polls p WHERE answers != "
                                "(SELECT count (*) FROM poll_answers a WHERE "
                                " a.lesson = p.lesson AND a.poll = p.seq)"),
                   ==, 0);
  g_assert_cmpint (hall_number (&f->hall, "SELECT max (seq) - count (*) FROM "
                                          "lesson_events WHERE lesson = 1"),
                   ==, 0);
}

static void
test_pages (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < ACTS; i++) {
    f->hall.clock_ms += g_test_rand_int_range (0, 4000);
    do_something (f);
    if (g_test_rand_int_range (0, 10) == 0)
      repeat_something (f);
    if (g_test_rand_int_range (0, 40) == 0)
      compare (f);
    if (g_test_rand_int_range (0, 60) == 0) /* one comes just now */
      page_model_reset (&f->pages[0], hall_state (&f->hall, FALSE));
  }
  compare (f);
  check_counts (f);
  g_assert_cmpuint (f->acts->len, >, ACTS / 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < RUNS; i++) {
    g_autofree gchar *path = g_strdup_printf ("/conversation/property/%u", i);

    g_test_add (path, Fixture, NULL, set_up, test_pages, tear_down);
  }
  return g_test_run ();
}
