/* What people say, over their sockets. */
#include "school.h"

#include "message.h"

#include <signal.h>
#include <string.h>

/* A live lesson with two members and one of the staff in it. */
typedef struct {
  School school;
  gint64 lesson;
  gchar *cookies[3];
  FakePeer peers[3];
} Fixture;

#define STAFF 2

static void
enter (Fixture *f, guint i, const gchar *query)
{
  fake_peer_init (&f->peers[i], f->cookies[i], query);
  fake_peer_open (&f->peers[i], &f->school);
  school_settle (&f->school);
}

static void
leave (Fixture *f, guint i)
{
  if (f->peers[i].peer.data != NULL)
    fake_peer_hang_up (&f->peers[i], &f->school);
  fake_peer_clear (&f->peers[i]);
}

#define QUERY "lesson=1&client=00000000000000a1"
#define LISTEN QUERY "&since=0"

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcRole roles[] = { AC_ROLE_MEMBER, AC_ROLE_MEMBER, AC_ROLE_STAFF };

  school_open (&f->school);
  f->lesson = school_add_lesson (&f->school, "x", NULL);
  school_start_lesson (&f->school, f->lesson);
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autofree gchar *number = g_strdup_printf ("100%u", i);

    school_add_member (&f->school, number, roles[i]);
    f->cookies[i] = school_sign_in (&f->school, number);
    enter (f, i, LISTEN);
  }
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->peers); i++) {
    leave (f, i);
    g_free (f->cookies[i]);
  }
  school_settle (&f->school);
  school_close (&f->school);
}

/* Returns: how many messages to @peer hold @text. */
static guint
count (FakePeer *peer, const gchar *text)
{
  guint n = 0;

  for (guint i = 0; i < peer->sent->len; i++)
    n += strstr (peer->sent->pdata[i], text) != NULL;
  return n;
}

static void
say (Fixture *f, guint i, const gchar *text)
{
  fake_peer_say (&f->peers[i], &f->school, text);
  school_settle (&f->school);
}

static void
wait_for (Fixture *f, guint i, const gchar *text)
{
  school_until (count (&f->peers[i], text) > 0);
}

/* Acknowledged to who said it, told to all, once. */
static void
test_chat (Fixture *f, gconstpointer unused)
{
  say (f, 0, "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"大家好\"}");
  g_assert_cmpuint (count (&f->peers[0], "{\"type\":\"done\",\"id\":\"a\",\"seq\":1}"),
                    ==, 1);
  say (f, 0, "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"大家好\"}");
  g_assert_cmpuint (count (&f->peers[0], "{\"type\":\"done\",\"id\":\"a\",\"seq\":1}"),
                    ==, 2);
  say (f, 1, "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"好\"}");
  wait_for (f, 0, "\"seq\":2,\"kind\":\"chat\"");
  wait_for (f, 1, "\"seq\":2,\"kind\":\"chat\"");
  wait_for (f, STAFF, "\"seq\":2,\"kind\":\"chat\"");
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (count (&f->peers[i], "大家好"), ==, 1);
}

static void
note_file (const gchar *file, gpointer user_data)
{
  g_string_append (user_data, file);
}

/* Whoever keeps the files hears of it once the hand-out is gone for good. */
static void
test_removed_file (Fixture *f, gconstpointer unused)
{
  const AcClassroomHandler handler = { .handout_removed = note_file };
  g_autoptr (GString) files = g_string_new (NULL);

  ac_classroom_set_handler (f->school.classroom, &handler, files);
  school_sql (&f->school, "INSERT INTO lesson_events (lesson, seq, kind, audience, "
                          "  wall_ms, media_ms) VALUES (1, 1, 'handout', 7, 1, 0)");
  school_sql (&f->school, "INSERT INTO conversations (lesson, last_seq) VALUES (1, 1)");
  school_sql (&f->school, "INSERT INTO handouts (lesson, seq, title, file) "
                          "VALUES (1, 1, 'x', 'name')");
  say (f, 0,
       "{\"type\":\"handout-change\",\"id\":\"a\",\"handout\":1,"
       "\"pinned\":false,\"removed\":true}");
  g_assert_cmpstr (files->str, ==, ""); /* a plain member may not */
  say (f, STAFF,
       "{\"type\":\"handout-change\",\"id\":\"a\",\"handout\":1,"
       "\"pinned\":false,\"removed\":true}");
  g_assert_cmpstr (files->str, ==, "name");
  say (f, STAFF,
       "{\"type\":\"handout-change\",\"id\":\"a\",\"handout\":1,"
       "\"pinned\":false,\"removed\":true}");
  g_assert_cmpstr (files->str, ==, "name");
  ac_classroom_set_handler (f->school.classroom, NULL, NULL);
}

/* A line that was answered before its page could hear it. */
static void
test_lost_line (Fixture *f, gconstpointer unused)
{
  fake_peer_say (&f->peers[0], &f->school,
                 "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"大家好\"}");
  leave (f, 0);
  school_settle (&f->school);
  for (guint i = 1; i < 3; i++)
    leave (f, i);
  school_reopen (&f->school);
  for (guint i = 0; i < 3; i++)
    enter (f, i, LISTEN);
  say (f, 0, "{\"type\":\"chat\",\"id\":\"a\",\"text\":\"大家好\"}");
  g_assert_cmpuint (count (&f->peers[0], "{\"type\":\"done\",\"id\":\"a\",\"seq\":1}"),
                    ==, 1);
  g_assert_cmpuint (count (&f->peers[1], "大家好"), ==, 1);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  say (f, 0, "{\"type\":\"chat\",\"id\":\"a\"}");
  g_assert_cmpstr (fake_peer_last (&f->peers[0]), ==,
                   "{\"type\":\"refused\",\"id\":\"a\",\"code\":\"invalid\","
                   "\"field\":\"text\",\"detail\":\"text must have 1 to 200 "
                   "characters on one line\"}");
  say (f, 0, "{\"type\":\"chat\",\"text\":\"x\"}");
  g_assert_cmpuint (f->peers[0].closed, ==, 1008);
}

/* Five at once, then one a second. */
static void
test_pace (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 6; i++) {
    g_autofree gchar *text =
        g_strdup_printf ("{\"type\":\"chat\",\"id\":\"%u\",\"text\":\"话\"}", i);

    say (f, 0, text);
  }
  g_assert_cmpuint (count (&f->peers[0], "\"type\":\"done\""), ==, 5);
  g_assert_cmpstr (fake_peer_last (&f->peers[0]), ==,
                   "{\"type\":\"refused\",\"id\":\"5\",\"code\":\"too-fast\","
                   "\"after_ms\":1000}");
  f->school.clock_ms += 1000;
  say (f, 0, "{\"type\":\"chat\",\"id\":\"5\",\"text\":\"话\"}");
  g_assert_cmpuint (count (&f->peers[0], "\"type\":\"done\""), ==, 6);
}

/* Votes are told as a sum, and not one by one. */
static void
test_tally (Fixture *f, gconstpointer unused)
{
  say (f, 0, "{\"type\":\"question\",\"id\":\"a\",\"text\":\"几时?\"}");
  say (f, 1, "{\"type\":\"question-vote\",\"id\":\"b\",\"question\":1,\"vote\":true}");
  say (f, STAFF,
       "{\"type\":\"question-vote\",\"id\":\"b\",\"question\":1,\"vote\":true}");
  wait_for (f, 0, "{\"type\":\"tally\",\"votes\":[[1,2]],\"polls\":[]}");
  g_assert_cmpuint (count (&f->peers[0], "\"type\":\"tally\""), <=, 2);
}

/* The counts of a poll that is not shown are for the staff. */
static void
test_hidden_counts (Fixture *f, gconstpointer unused)
{
  say (f, STAFF,
       "{\"type\":\"poll\",\"id\":\"a\",\"text\":\"?\",\"options\":[\"甲\",\"乙\"],"
       "\"multiple\":false,\"quiz\":false,\"shown\":false}");
  say (f, 0, "{\"type\":\"poll-answer\",\"id\":\"b\",\"poll\":1,\"choices\":[1]}");
  wait_for (f, STAFF, "{\"poll\":1,\"answers\":1,\"counts\":[0,1]}");
  wait_for (f, 1, "\"type\":\"tally\"");
  g_assert_cmpuint (count (&f->peers[1], "counts"), ==, 0);
  say (f, STAFF, "{\"type\":\"poll-show\",\"id\":\"c\",\"poll\":1,\"shown\":true}");
  wait_for (f, 1, "\"counts\":[0,1]");
}

/* Returns: how many proofs of presence of kind @how there are. */
static gint64
proofs (Fixture *f, const gchar *how)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) row = ac_store_prepare (
      f->school.store, "SELECT count (*) FROM proofs WHERE how = ?", &error);

  g_assert_no_error (error);
  ac_statement_bind (row, "t", how);
  g_assert_cmpint (ac_store_step (f->school.store, row, &error), ==, SQLITE_ROW);
  return sqlite3_column_int64 (row, 0);
}

/* Whoever speaks or answers is there; what a page repeats proves nothing. */
static void
test_proofs (Fixture *f, gconstpointer unused)
{
  say (f, STAFF,
       "{\"type\":\"poll\",\"id\":\"a\",\"text\":\"?\",\"options\":[\"甲\",\"乙\"],"
       "\"multiple\":false,\"quiz\":false,\"shown\":false}");
  say (f, 0, "{\"type\":\"question\",\"id\":\"q\",\"text\":\"几时?\"}");
  g_assert_cmpint (proofs (f, "poll") + proofs (f, "chat"), ==, 0);
  say (f, 0, "{\"type\":\"poll-answer\",\"id\":\"b\",\"poll\":1,\"choices\":[1]}");
  g_assert_cmpint (proofs (f, "poll"), ==, 1);
  say (f, 1, "{\"type\":\"chat\",\"id\":\"c\",\"text\":\"好\"}");
  g_assert_cmpint (proofs (f, "chat"), ==, 1);
  school_sql (&f->school, "DELETE FROM proofs");
  say (f, 0, "{\"type\":\"poll-answer\",\"id\":\"b\",\"poll\":1,\"choices\":[1]}");
  say (f, 1, "{\"type\":\"chat\",\"id\":\"c\",\"text\":\"好\"}");
  g_assert_cmpint (proofs (f, "poll") + proofs (f, "chat"), ==, 0);
}

/* --- Who may --- */

typedef struct {
  const gchar *number;
  AcRole role;
  gint64 home, scope;
  /* attends, may join, moderate, direct */
  gboolean attends, joins, moderates, directs;
  gboolean lectures;
} Walker;

/* Of each role one whose scope the lesson of branch 2 lies in, and one of elsewhere. */
static const Walker walkers[] = {
  { "w1", AC_ROLE_MEMBER, 2, 0, TRUE, TRUE, FALSE, FALSE, FALSE },
  { "w2", AC_ROLE_STEWARD, 2, 2, TRUE, TRUE, FALSE, FALSE, FALSE },
  { "w3", AC_ROLE_LECTURER, 2, 2, TRUE, TRUE, FALSE, FALSE, FALSE },
  { "w4", AC_ROLE_SECRETARY, 2, 2, TRUE, TRUE, TRUE, FALSE, FALSE },
  { "w5", AC_ROLE_STAFF, 2, 1, TRUE, TRUE, TRUE, TRUE, FALSE },
  { "w6", AC_ROLE_ADMINISTRATOR, 2, 0, TRUE, TRUE, TRUE, TRUE, FALSE },
  { "w7", AC_ROLE_MEMBER, 2, 0, TRUE, TRUE, TRUE, TRUE, TRUE },
  { "e1", AC_ROLE_MEMBER, 3, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "e2", AC_ROLE_STEWARD, 3, 3, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "e3", AC_ROLE_LECTURER, 3, 3, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "e4", AC_ROLE_SECRETARY, 3, 3, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "e5", AC_ROLE_STAFF, 3, 3, FALSE, FALSE, FALSE, FALSE, FALSE },
  { "e6", AC_ROLE_ADMINISTRATOR, 3, 3, FALSE, FALSE, FALSE, FALSE, FALSE },
};
static const Walker screens[] = {
  { "screen-2", AC_ROLE_MEMBER, 2, 0, TRUE, FALSE, FALSE, FALSE, FALSE },
  { "screen-3", AC_ROLE_MEMBER, 3, 0, FALSE, FALSE, FALSE, FALSE, FALSE },
};

static gboolean
may (const Walker *walker, AcAct act)
{
  switch (act) {
  case AC_ACT_LESSON_ATTEND:
    return walker->attends;
  case AC_ACT_LESSON_JOIN:
    return walker->joins;
  case AC_ACT_LESSON_MODERATE:
    return walker->moderates;
  case AC_ACT_LESSON_DIRECT:
    return walker->directs;
  default:
    g_assert_not_reached ();
  }
}

/* Returns: (transfer full): one that is taken from whoever may send it; what is said
 * lacks everything but its id, which is refused after that. */
static gchar *
text_of (AcMessageType type, gboolean room)
{
  switch (type) {
  case AC_MESSAGE_BEATS:
    return g_strdup_printf ("{\"type\":\"beats\",\"beats\":[{\"seq\":1,\"from_ms\":0,"
                            "\"to_ms\":1000,\"rate\":1,\"playing\":true,"
                            "\"visible\":true,\"mode\":\"%s\"}]}",
                            room ? "room" : "video");
  case AC_MESSAGE_PING:
    return g_strdup ("{\"type\":\"ping\"}");
  case AC_MESSAGE_RESUME:
    return g_strdup ("{\"type\":\"resume\",\"since\":0}");
  case AC_MESSAGE_PROMPT_SHOWN:
    return g_strdup ("{\"type\":\"prompt-shown\",\"id\":1}");
  case AC_MESSAGE_PROMPT_ANSWER:
    return g_strdup ("{\"type\":\"prompt-answer\",\"id\":1,\"after_ms\":9}");
  case AC_MESSAGE_BREAK:
    return g_strdup ("{\"type\":\"break\",\"on\":false}");
  default:
    return g_strdup_printf ("{\"type\":\"%s\",\"id\":\"w\"}",
                            ac_talk_name ((AcTalkKind)(type - AC_MESSAGE_TALK)));
  }
}

/* Whoever may is not closed, and gets an answer where there is one. */
static void
assert_walked (FakePeer *peer, AcMessageType type, gboolean allowed)
{
  g_assert_cmpuint (peer->closed, ==, (allowed ? 0 : 1008));
  if (type >= AC_MESSAGE_TALK)
    g_assert_cmpuint (count (peer, "\"refused\""), ==, (allowed ? 1 : 0));
  if (type == AC_MESSAGE_PING)
    g_assert_cmpuint (count (peer, "\"pong\""), ==, (allowed ? 1 : 0));
  if (type == AC_MESSAGE_BEATS)
    g_assert_cmpuint (count (peer, "\"ack\""), ==, (allowed ? 1 : 0));
}

static void
walk (Fixture *f, const Walker *walker, const gchar *cookie)
{
  for (guint type = AC_MESSAGE_BEATS; type < AC_MESSAGE_TYPES; type++) {
    g_autofree gchar *text =
        text_of ((AcMessageType)type, g_str_has_prefix (cookie, "airclass_screen"));
    FakePeer peer;

    g_test_message ("%s %s", walker->number, text);
    fake_peer_init (&peer, cookie, QUERY);
    fake_peer_open (&peer, &f->school);
    school_settle (&f->school);
    fake_peer_say (&peer, &f->school, text);
    school_settle (&f->school);
    f->school.clock_ms += 1000;
    assert_walked (&peer, (AcMessageType)type,
                   may (walker, ac_message_act ((AcMessageType)type)));
    fake_peer_hang_up (&peer, &f->school);
    fake_peer_clear (&peer);
  }
}

/* Who is not let in at all has nothing to say. */
static void
assert_shut_out (Fixture *f, const gchar *cookie)
{
  FakePeer peer;

  fake_peer_init (&peer, cookie, QUERY);
  fake_peer_open (&peer, &f->school);
  g_assert_cmpuint (peer.closed, ==, 1008);
  g_assert_null (peer.peer.data);
  fake_peer_clear (&peer);
}

static void
walk_or_shut_out (Fixture *f, const Walker *walker, const gchar *cookie)
{
  if (walker->attends)
    walk (f, walker, cookie);
  else
    assert_shut_out (f, cookie);
}

static void
let_in (Fixture *f, const Walker *walker)
{
  gint64 member = school_add_member (&f->school, walker->number, AC_ROLE_MEMBER);

  school_place (&f->school, member, walker->home);
  if (walker->role != AC_ROLE_MEMBER)
    school_grant (&f->school, member, walker->role, walker->scope);
  if (walker->lectures)
    school_sql (&f->school, "INSERT INTO lesson_lecturers (lesson, member) "
                            "SELECT 1, max (id) FROM members");
}

/* Screen n hangs in site n, of branch n. */
static AcSession *
find_screen (const gchar *token, gpointer unused)
{
  gint64 n = g_ascii_strtoll (token, NULL, 10);

  return ac_session_new_for_screen (n, n, "大屏");
}

/* Every message with everyone, and with everyone of another subtree. */
static void
test_walk (Fixture *f, gconstpointer unused)
{
  school_sql (&f->school, "INSERT INTO branches (id, parent, name, kind, created_ms) "
                          "VALUES (1, NULL, '云县', 'county', 0), "
                          "(2, 1, '东镇', 'town', 0), (3, 1, '西镇', 'town', 0)");
  school_sql (&f->school, "INSERT INTO sites (id, branch, name, created_ms) "
                          "VALUES (2, 2, '礼堂', 0), (3, 3, '礼堂', 0)");
  school_sql (&f->school, "INSERT INTO screens (id, site, name, token_hash, paired_ms, "
                          "last_seen_ms) VALUES (2, 2, '大屏', x'02', 0, 0), "
                          "(3, 3, '大屏', x'03', 0, 0)");
  school_sql (&f->school, "UPDATE lessons SET branch = 2 WHERE id = 1");
  school_sql (&f->school, "INSERT INTO lesson_targets (lesson, branch) VALUES (1, 2)");
  ac_classroom_set_screens (f->school.classroom, find_screen, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (walkers); i++) {
    g_autofree gchar *cookie = NULL;

    let_in (f, &walkers[i]);
    cookie = school_sign_in (&f->school, walkers[i].number);
    walk_or_shut_out (f, &walkers[i], cookie);
  }
  for (guint i = 0; i < G_N_ELEMENTS (screens); i++) {
    g_autofree gchar *cookie =
        g_strdup_printf ("airclass_screen=%" G_GINT64_FORMAT, screens[i].home);

    walk_or_shut_out (f, &screens[i], cookie);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (Fixture *f, gconstpointer unused);
  } tests[] = {
    { "chat", test_chat },
    { "lost-line", test_lost_line },
    { "refused", test_refused },
    { "pace", test_pace },
    { "tally", test_tally },
    { "hidden-counts", test_hidden_counts },
    { "proofs", test_proofs },
    { "walk", test_walk },
    { "removed-file", test_removed_file },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strconcat ("/saying/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
