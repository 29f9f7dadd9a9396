#include "school.h"

#include <string.h>

#define CLIENT "client=00000000000000a1"

#define BEATS(seq, from, to)                                                           \
  "{\"type\":\"beats\",\"beats\":[{\"seq\":" #seq ",\"from_ms\":" #from                \
  ",\"to_ms\":" #to                                                                    \
  ",\"rate\":1,\"playing\":true,\"visible\":true,\"mode\":\"video\"}]}"

/* A live lesson with a minute of media, a member in front of it. */
typedef struct {
  School school;
  gint64 lesson;
  gchar *cookie;
  gchar *query;
  FakePeer peer;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  school_open (&f->school);
  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  f->cookie = school_sign_in (&f->school, "1001");
  f->lesson = school_add_lesson (&f->school, "x", NULL);
  school_start_lesson (&f->school, f->lesson);
  ac_classroom_media_published (f->school.classroom, f->lesson, 0, 60000, TRUE);
  f->query = g_strdup_printf ("lesson=%" G_GINT64_FORMAT "&" CLIENT, f->lesson);
  fake_peer_init (&f->peer, f->cookie, f->query);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  if (f->peer.peer.data != NULL)
    fake_peer_hang_up (&f->peer, &f->school);
  school_settle (&f->school);
  school_close (&f->school);
  fake_peer_clear (&f->peer);
  g_free (f->cookie);
  g_free (f->query);
}

static void
join (Fixture *f)
{
  fake_peer_open (&f->peer, &f->school);
  school_until (f->peer.sent->len == 1);
}

static void
say (Fixture *f, const gchar *text)
{
  guint n = f->peer.sent->len;

  fake_peer_say (&f->peer, &f->school, text);
  school_until (f->peer.sent->len > n || f->peer.closed != 0);
}

static void
test_welcome (Fixture *f, gconstpointer unused)
{
  AcClassroomStats stats;

  join (f);
  g_assert_cmpstr (
      fake_peer_last (&f->peer), ==,
      "{\"type\":\"welcome\",\"lesson\":1,\"state\":\"live\","
      "\"length_ms\":60000,\"accepted_ms\":0,\"earned_ms\":0,\"last_seq\":0,"
      "\"interrupted\":false,\"on_break\":false}");
  ac_classroom_stats (f->school.classroom, &stats);
  g_assert_cmpuint (stats.rooms, ==, 1);
  g_assert_cmpuint (stats.occupants, ==, 1);
  fake_peer_hang_up (&f->peer, &f->school);
  ac_classroom_stats (f->school.classroom, &stats);
  g_assert_cmpuint (stats.rooms, ==, 0);
  g_assert_cmpuint (stats.occupants, ==, 0);
}

/* What is for the staff reaches nobody else, and nobody in another lesson. */
static void
test_staff (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *number;
    AcRole role;
    const gchar *query;
    gboolean hears;
  } rows[] = {
    { "steward", AC_ROLE_STEWARD, "lesson=1&" CLIENT, TRUE },
    { "lecturer", AC_ROLE_LECTURER, "lesson=1&" CLIENT, TRUE },
    { "administrator", AC_ROLE_ADMINISTRATOR, "lesson=1&" CLIENT, TRUE },
    { "elsewhere", AC_ROLE_LECTURER, "lesson=2&" CLIENT, FALSE },
  };
  g_autoptr (GBytes) text = g_bytes_new_static ("{\"type\":\"health\"}", 17);
  g_autoptr (GPtrArray) cookies = g_ptr_array_new_with_free_func (g_free);
  FakePeer peers[G_N_ELEMENTS (rows)];

  school_add_lesson (&f->school, "another", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    school_add_member (&f->school, rows[i].number, rows[i].role);
    g_ptr_array_add (cookies, school_sign_in (&f->school, rows[i].number));
    fake_peer_init (&peers[i], cookies->pdata[i], rows[i].query);
    fake_peer_open (&peers[i], &f->school);
  }
  join (f); /* a plain member */
  school_settle (&f->school);
  ac_classroom_tell_staff (f->school.classroom, 1, text);
  ac_classroom_tell_staff (f->school.classroom, 99, text);
  g_assert_cmpstr (fake_peer_last (&f->peer), !=, "{\"type\":\"health\"}");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpint (g_str_equal (fake_peer_last (&peers[i]), "{\"type\":\"health\"}"),
                     ==, rows[i].hears);
    fake_peer_hang_up (&peers[i], &f->school);
    fake_peer_clear (&peers[i]);
  }
}

/* Whoever is staff no more hears nothing of it after a minute, though it says nothing.
 */
static void
test_no_staff_any_more (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("{\"type\":\"health\"}", 17);
  gint64 lecturer = school_add_member (&f->school, "2001", AC_ROLE_LECTURER);
  g_autofree gchar *cookie = school_sign_in (&f->school, "2001");
  FakePeer peer;
  guint n;

  fake_peer_init (&peer, cookie, f->query);
  fake_peer_open (&peer, &f->school);
  school_until (peer.sent->len > 0);
  ac_classroom_tell_staff (f->school.classroom, f->lesson, text);
  g_assert_cmpstr (fake_peer_last (&peer), ==, "{\"type\":\"health\"}");

  school_sql (&f->school, "DELETE FROM grants");
  ac_accounts_grants_changed (f->school.accounts, lecturer);
  n = peer.sent->len;
  f->school.clock_ms += 60000;
  ac_classroom_tell_staff (f->school.classroom, f->lesson, text);
  g_assert_cmpuint (peer.sent->len, ==, n);
  g_assert_cmpuint (peer.closed, ==, 0); /* a member like others */
  fake_peer_hang_up (&peer, &f->school);
  fake_peer_clear (&peer);
}

static void
test_refusals (Fixture *f, gconstpointer unused)
{
  const struct {
    const gchar *cookie, *origin, *query;
    guint16 code;
  } rows[] = {
    { NULL, "http://class.example:8080", f->query, 4401 },
    { "airclass_session=00", "http://class.example:8080", f->query, 4401 },
    { f->cookie, "http://evil.example", f->query, 1008 },
    { f->cookie, "null", f->query, 1008 },
    { f->cookie, NULL, "lesson=1", 1008 },
    { f->cookie, NULL, NULL, 1008 },
    { f->cookie, NULL, "lesson=77&" CLIENT, 4404 },
    { NULL, NULL, "lesson=77&" CLIENT, 4401 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    FakePeer peer;

    fake_peer_init (&peer, rows[i].cookie, rows[i].query);
    peer.peer.origin = rows[i].origin;
    fake_peer_open (&peer, &f->school);
    g_assert_cmpuint (peer.closed, ==, rows[i].code);
    g_assert_null (peer.peer.data);
    fake_peer_say (&peer, &f->school, "{\"type\":\"ping\"}");
    fake_peer_hang_up (&peer, &f->school);
    g_assert_cmpuint (peer.sent->len, ==, 0);
    fake_peer_clear (&peer);
  }
}

static void
test_made_password (Fixture *f, gconstpointer unused)
{
  school_sql (&f->school, "UPDATE sessions SET must_change = 1");
  fake_peer_open (&f->peer, &f->school);
  g_assert_cmpuint (f->peer.closed, ==, 4403);
  g_assert_null (f->peer.peer.data);
}

static void
test_no_origin (Fixture *f, gconstpointer unused)
{
  f->peer.peer.origin = NULL;
  join (f);
  g_assert_cmpuint (f->peer.closed, ==, 0);
}

static void
test_ping (Fixture *f, gconstpointer unused)
{
  join (f);
  say (f, "{\"type\":\"ping\"}");
  g_assert_cmpstr (fake_peer_last (&f->peer), ==, "{\"type\":\"pong\"}");
  fake_peer_say (&f->peer, &f->school, "{\"type\":\"sing\"}");
  g_assert_cmpuint (f->peer.sent->len, ==, 2);
}

static void
test_malformed (Fixture *f, gconstpointer unused)
{
  join (f);
  fake_peer_say (&f->peer, &f->school, "beats");
  g_assert_cmpuint (f->peer.closed, ==, 1007);
  g_assert_null (f->peer.peer.data);
  fake_peer_say (&f->peer, &f->school, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.sent->len, ==, 1);
}

static void
test_ack (Fixture *f, gconstpointer unused)
{
  join (f);
  say (f, BEATS (1, 0, 2000));
  g_assert_nonnull (
      strstr (fake_peer_last (&f->peer), "\"type\":\"ack\",\"seqs\":[1]"));
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"accepted_ms\":2000"));
}

/* The same beat again changes nothing and is acknowledged again. */
static void
test_duplicate (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *first = NULL;

  join (f);
  say (f, BEATS (1, 0, 2000));
  first = g_strdup (fake_peer_last (&f->peer));
  say (f, BEATS (1, 0, 2000));
  g_assert_cmpstr (fake_peer_last (&f->peer), ==, first);
}

/* What was acknowledged is there after a restart, for the same client. */
static void
test_durable (Fixture *f, gconstpointer unused)
{
  join (f);
  say (f, BEATS (1, 0, 2000));
  fake_peer_hang_up (&f->peer, &f->school);
  school_reopen (&f->school);
  fake_peer_clear (&f->peer);
  fake_peer_init (&f->peer, f->cookie, f->query);
  join (f);
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"accepted_ms\":2000"));
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"last_seq\":1,"));
}

static void
test_beyond_edge (Fixture *f, gconstpointer unused)
{
  join (f);
  say (f, BEATS (1, 59500, 61000));
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"accepted_ms\":500"));
}

static void
test_slate_counts_nothing (Fixture *f, gconstpointer unused)
{
  ac_classroom_media_published (f->school.classroom, f->lesson, 60000, 10000, FALSE);
  join (f);
  say (f, BEATS (1, 59500, 61000));
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"accepted_ms\":500"));
}

static gboolean
serve_first_second (gint64 lesson, gint64 session, gint64 *start_ms, gint64 *end_ms,
                    gpointer user_data)
{
  g_assert_cmpint (lesson, ==, 1);
  g_assert_cmpint (session, >, 0);
  *end_ms = MIN (*end_ms, 1000);
  return *end_ms > *start_ms;
}

static void
test_served (Fixture *f, gconstpointer unused)
{
  const AcClassroomHandler handler = { .served = serve_first_second };

  ac_classroom_set_handler (f->school.classroom, &handler, f);
  join (f);
  say (f, BEATS (1, 0, 2000));
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"accepted_ms\":1000"));
}

static void
test_end_is_told (Fixture *f, gconstpointer unused)
{
  join (f);
  school_end_lesson (&f->school, f->lesson);
  g_assert_cmpstr (fake_peer_last (&f->peer), ==,
                   "{\"type\":\"lesson\",\"state\":\"ended\",\"length_ms\":60000,"
                   "\"interrupted\":false}");
}

/* Told when it changes, to those who are there and to those who come later; an end
 * ends it. */
static void
test_interrupted (Fixture *f, gconstpointer unused)
{
  AcLesson *lesson;

  join (f);
  ac_classroom_set_interrupted (f->school.classroom, f->lesson, FALSE);
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "welcome"));
  ac_classroom_set_interrupted (f->school.classroom, f->lesson, TRUE);
  g_assert_cmpstr (fake_peer_last (&f->peer), ==,
                   "{\"type\":\"lesson\",\"state\":\"live\",\"length_ms\":60000,"
                   "\"interrupted\":true}");
  lesson = ac_classroom_get_lesson (f->school.classroom, f->lesson);
  g_assert_true (lesson->interrupted);
  ac_lesson_free (lesson);
  fake_peer_hang_up (&f->peer, &f->school);
  fake_peer_clear (&f->peer);
  fake_peer_init (&f->peer, f->cookie, f->query);
  join (f);
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"interrupted\":true"));
  school_end_lesson (&f->school, f->lesson);
  g_assert_nonnull (strstr (fake_peer_last (&f->peer), "\"interrupted\":false"));
  lesson = ac_classroom_get_lesson (f->school.classroom, f->lesson);
  g_assert_false (lesson->interrupted);
  ac_lesson_free (lesson);
}

static void
note_session (gint64 session, gpointer user_data)
{
  *(gint64 *)user_data = session;
}

/* Those who only watch have no socket. */
static void
test_sign_out_is_told (Fixture *f, gconstpointer unused)
{
  const AcClassroomHandler handler = { .session_ended = note_session };
  gint64 ended = 0;

  ac_classroom_set_handler (f->school.classroom, &handler, &ended);
  ac_classroom_session_ended (f->school.classroom, -12);
  g_assert_cmpint (ended, ==, -12);
}

static void
test_sign_out (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *token = school_token (f->cookie);
  g_autoptr (AcSession) session = ac_accounts_session (f->school.accounts, token);

  join (f);
  ac_classroom_session_ended (f->school.classroom, session->id + 1);
  g_assert_cmpuint (f->peer.closed, ==, 0);
  ac_classroom_session_ended (f->school.classroom, session->id);
  g_assert_cmpuint (f->peer.closed, ==, 4401);
}

static void
ignore_done (gint64 id, const GError *error, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

/* A session that ended without anybody telling loses its sockets within a minute. */
static void
test_session_is_checked (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *token = school_token (f->cookie);
  gboolean done = FALSE;

  join (f);
  ac_accounts_sign_out (f->school.accounts, token, ignore_done, &done);
  school_until (done);
  say (f, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.closed, ==, 0);
  f->school.clock_ms += 60000;
  say (f, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.closed, ==, 4401);
}

static void
test_message_limit (Fixture *f, gconstpointer unused)
{
  join (f);
  for (guint i = 0; i < 60; i++)
    fake_peer_say (&f->peer, &f->school, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.closed, ==, 0);
  f->school.clock_ms += 100;
  fake_peer_say (&f->peer, &f->school, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.closed, ==, 0);
  fake_peer_say (&f->peer, &f->school, "{\"type\":\"ping\"}");
  g_assert_cmpuint (f->peer.closed, ==, 1008);
}

/* A phone that calls itself a room would never be asked whether anybody is there. */
static void
test_no_room (Fixture *f, gconstpointer unused)
{
  ac_classroom_media_published (f->school.classroom, f->lesson, 0, 60000, TRUE);
  join (f);
  say (f, "{\"type\":\"beats\",\"beats\":[{\"seq\":1,\"from_ms\":0,\"to_ms\":1500,"
          "\"rate\":1,\"playing\":true,\"visible\":true,\"mode\":\"room\"}]}");
  g_assert_cmpuint (f->peer.closed, ==, 1008);
}

/* @n beats of a millisecond each, from @seq, as somebody sends who wants many rows. */
static gchar *
tiny_beats (guint seq, guint n)
{
  g_autoptr (GString) text = g_string_new ("{\"type\":\"beats\",\"beats\":[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text,
                            "%s{\"seq\":%u,\"from_ms\":%u,\"to_ms\":%u,\"rate\":1,"
                            "\"playing\":true,\"visible\":true,\"mode\":\"video\"}",
                            i > 0 ? "," : "", seq + i, i * 2, i * 2 + 1);
  g_string_append (text, "]}");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The limit is the member's: a new socket does not help. */
static void
test_beat_limit (Fixture *f, gconstpointer unused)
{
  for (guint round = 0; round < 2; round++) {
    join (f);
    for (guint i = 0; i < 32; i++) {
      g_autofree gchar *text = tiny_beats ((round * 32 + i) * 64 + 1, 64);

      say (f, text);
      g_assert_true (g_str_has_prefix (fake_peer_last (&f->peer), "{\"type\":\"ack\""));
    }
    if (round == 1)
      break;
    fake_peer_hang_up (&f->peer, &f->school);
    fake_peer_clear (&f->peer);
    fake_peer_init (&f->peer, f->cookie, f->query);
  }
  say (f, BEATS (5000, 0, 1));
  g_assert_cmpstr (fake_peer_last (&f->peer), ==,
                   "{\"type\":\"retry\",\"after_ms\":1000}");
  f->school.clock_ms += 1000;
  say (f, BEATS (5000, 0, 1));
  g_assert_true (g_str_has_prefix (fake_peer_last (&f->peer),
                                   "{\"type\":\"ack\",\"seqs\":[5000]"));
}

static gboolean
is_put_off (Fixture *f)
{
  return g_str_has_prefix (fake_peer_last (&f->peer), "{\"type\":\"retry\"");
}

/* Says beats one by one from @seq downwards. Returns: how many until it is put off. */
static guint
say_backwards (Fixture *f, guint seq)
{
  for (guint n = 0; n < 100; n++) {
    g_autofree gchar *text = tiny_beats (seq - n, 1);

    if (n == 40) /* for the messages: four beats */
      f->school.clock_ms += 1000;
    say (f, text);
    if (is_put_off (f))
      return n;
  }
  return 100;
}

/* Each message that comes after a later one has the store decide all again: a page can
 * do that as often as it could send full messages. */
static void
test_backwards (Fixture *f, gconstpointer unused)
{
  join (f);
  say (f, BEATS (5000, 0, 1));
  g_assert_cmpuint (say_backwards (f, 4999), ==, 64);
  fake_peer_hang_up (&f->peer, &f->school);
  fake_peer_clear (&f->peer);
  fake_peer_init (&f->peer, f->cookie, f->query);
  join (f);
  f->school.clock_ms += 64 * 1000 / 4;
  g_assert_cmpuint (say_backwards (f, 4000), ==, 1); /* nor over another socket */
}

/* Nor where one socket of the page is ahead of the other. */
static void
test_backwards_on_two (Fixture *f, gconstpointer unused)
{
  FakePeer ahead;

  join (f);
  fake_peer_init (&ahead, f->cookie, f->query);
  fake_peer_open (&ahead, &f->school);
  school_settle (&f->school);
  fake_peer_say (&ahead, &f->school, BEATS (5000, 0, 1));
  school_settle (&f->school);
  g_assert_cmpuint (say_backwards (f, 4999), ==, 64);
  fake_peer_hang_up (&ahead, &f->school);
  fake_peer_clear (&ahead);
}

/* What the store did not take was not sent before: saying it again is not dear. */
static void
test_said_again (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *text = tiny_beats (1, 2);

  join (f);
  school_sql (&f->school, "CREATE TRIGGER full BEFORE INSERT ON beats "
                          "BEGIN SELECT RAISE (FAIL, 'full'); END");
  for (guint n = 0; n < 70; n++) {
    if (n % 30 == 29) /* for the messages */
      f->school.clock_ms += 1000;
    say (f, text);
    g_assert_cmpstr (fake_peer_last (&f->peer), ==,
                     "{\"type\":\"retry\",\"after_ms\":10000}");
  }
  school_sql (&f->school, "DROP TRIGGER full");
  say (f, text);
  g_assert_true (
      g_str_has_prefix (fake_peer_last (&f->peer), "{\"type\":\"ack\",\"seqs\":[1,2]"));
}

static void
test_socket_limit (Fixture *f, gconstpointer unused)
{
  FakePeer peers[9];

  for (guint i = 0; i < 9; i++) {
    fake_peer_init (&peers[i], f->cookie, f->query);
    fake_peer_open (&peers[i], &f->school);
  }
  g_assert_cmpuint (peers[7].closed, ==, 0);
  g_assert_cmpuint (peers[8].closed, ==, 1008);
  fake_peer_hang_up (&peers[0], &f->school);
  join (f);
  for (guint i = 0; i < 9; i++) {
    if (i > 0)
      fake_peer_hang_up (&peers[i], &f->school);
    fake_peer_clear (&peers[i]);
  }
}

/* Sixteen messages wait for their commit; the seventeenth is put off. */
static void
test_pending_limit (Fixture *f, gconstpointer unused)
{
  join (f);
  for (guint i = 0; i < 17; i++)
    fake_peer_say (&f->peer, &f->school, BEATS (1, 0, 1000));
  g_assert_cmpstr (fake_peer_last (&f->peer), ==,
                   "{\"type\":\"retry\",\"after_ms\":1000}");
  school_until (f->peer.sent->len == 1 + 17);
}

/* Answers that come when the socket, or all of it, is gone. */
static void
test_gone_before_answer (Fixture *f, gconstpointer unused)
{
  fake_peer_open (&f->peer, &f->school);
  fake_peer_say (&f->peer, &f->school, BEATS (1, 0, 1000));
  fake_peer_hang_up (&f->peer, &f->school);
  school_settle (&f->school);
  g_assert_cmpuint (f->peer.sent->len, ==, 0);
}

static void
test_freed_before_answer (Fixture *f, gconstpointer unused)
{
  fake_peer_open (&f->peer, &f->school);
  fake_peer_say (&f->peer, &f->school, BEATS (1, 0, 1000));
  school_reopen (&f->school);
  g_assert_null (f->peer.peer.data);
  g_assert_cmpuint (f->peer.sent->len, ==, 0);
}

/* Two tabs of one member: one seq each, one union. */
static void
test_two_tabs (Fixture *f, gconstpointer unused)
{
  FakePeer other;
  g_autofree gchar *query = g_strdup (f->query);

  query[strlen (query) - 1] = '2';
  fake_peer_init (&other, f->cookie, query);
  join (f);
  fake_peer_open (&other, &f->school);
  school_until (other.sent->len == 1);
  say (f, BEATS (1, 0, 1000));
  fake_peer_say (&other, &f->school, BEATS (1, 0, 1000));
  school_until (other.sent->len == 2);
  g_assert_nonnull (strstr (fake_peer_last (&other), "\"accepted_ms\":1000"));
  fake_peer_hang_up (&other, &f->school);
  fake_peer_clear (&other);
}

#define ADD(name, func)                                                                \
  g_test_add ("/room/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("welcome", test_welcome);
  ADD ("interrupted", test_interrupted);
  ADD ("refusals", test_refusals);
  ADD ("made-password", test_made_password);
  ADD ("staff", test_staff);
  ADD ("no-staff-any-more", test_no_staff_any_more);
  ADD ("no-origin", test_no_origin);
  ADD ("ping", test_ping);
  ADD ("malformed", test_malformed);
  ADD ("ack", test_ack);
  ADD ("duplicate", test_duplicate);
  ADD ("durable", test_durable);
  ADD ("beyond-edge", test_beyond_edge);
  ADD ("slate-counts-nothing", test_slate_counts_nothing);
  ADD ("served", test_served);
  ADD ("end-is-told", test_end_is_told);
  ADD ("sign-out", test_sign_out);
  ADD ("sign-out-is-told", test_sign_out_is_told);
  ADD ("session-is-checked", test_session_is_checked);
  ADD ("message-limit", test_message_limit);
  ADD ("no-room", test_no_room);
  ADD ("beat-limit", test_beat_limit);
  ADD ("backwards", test_backwards);
  ADD ("backwards-on-two", test_backwards_on_two);
  ADD ("said-again", test_said_again);
  ADD ("socket-limit", test_socket_limit);
  ADD ("pending-limit", test_pending_limit);
  ADD ("gone-before-answer", test_gone_before_answer);
  ADD ("freed-before-answer", test_freed_before_answer);
  ADD ("two-tabs", test_two_tabs);
  return g_test_run ();
}
