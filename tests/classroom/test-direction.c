/* What a lecturer does with a lesson that goes on: breaks, and prompts; on the sockets
 * of a member with two pages and of a director. */
#include "school.h"

#include "attendance.h"
#include "prompts.h"

#include <stdio.h>
#include <string.h>

#define S G_GINT64_CONSTANT (1000)

typedef struct {
  School school;
  gint64 lesson, member;
  gchar *cookies[2]; /* the member's, the director's */
  gchar *query;
  FakePeer phone, computer, director;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  school_open (&f->school);
  f->lesson = school_add_lesson (&f->school, "x", NULL);
  f->member = school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  school_add_member (&f->school, "1002", AC_ROLE_STAFF);
  f->cookies[0] = school_sign_in (&f->school, "1001");
  f->cookies[1] = school_sign_in (&f->school, "1002");
  f->query = g_strdup_printf (
      "lesson=%" G_GINT64_FORMAT "&client=00000000000000ab&since=0", f->lesson);
  fake_peer_init (&f->phone, f->cookies[0], f->query);
  fake_peer_init (&f->computer, f->cookies[0], f->query);
  fake_peer_init (&f->director, f->cookies[1], f->query);
  fake_peer_open (&f->phone, &f->school);
  fake_peer_open (&f->computer, &f->school);
  fake_peer_open (&f->director, &f->school);
  school_settle (&f->school);
}

static void
hang_up (Fixture *f)
{
  FakePeer *peers[] = { &f->phone, &f->computer, &f->director };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    if (peers[i]->peer.data != NULL)
      fake_peer_hang_up (peers[i], &f->school);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  hang_up (f);
  fake_peer_clear (&f->phone);
  fake_peer_clear (&f->computer);
  fake_peer_clear (&f->director);
  school_settle (&f->school);
  school_close (&f->school);
  g_free (f->cookies[0]);
  g_free (f->cookies[1]);
  g_free (f->query);
}

static void
publish (Fixture *f, gint64 from_ms, gint64 to_ms)
{
  ac_classroom_media_published (f->school.classroom, f->lesson, from_ms,
                                to_ms - from_ms, TRUE);
}

static gint64
number (Fixture *f, const gchar *sql)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (f->school.store, sql, NULL);

  g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

static gint64
creditable_ms (Fixture *f)
{
  AcLesson *lesson = ac_classroom_get_lesson (f->school.classroom, f->lesson);
  gint64 creditable = lesson->creditable_ms;

  ac_lesson_free (lesson);
  return creditable;
}

static gboolean
heard (FakePeer *peer, const gchar *text)
{
  for (guint i = 0; i < peer->sent->len; i++)
    if (strstr (peer->sent->pdata[i], text) != NULL)
      return TRUE;
  return FALSE;
}

/* --- Breaks --- */

static void
mark (Fixture *f, gboolean on)
{
  fake_peer_say (&f->director, &f->school,
                 on ? "{\"type\":\"break\",\"on\":true}"
                    : "{\"type\":\"break\",\"on\":false}");
}

/* Watches all of the lesson with a beat each 10 s, on a clock of its own. */
static AcAttendance
watch (Fixture *f, const gchar *creditable)
{
  g_autoptr (AcIntervalSet) set = ac_interval_set_parse (creditable);
  const AcAttendanceMedia media = { .edge_ms = 5400 * S, .creditable = set };
  AcAttendee who = { f->lesson, 1, f->member, 1 };
  AcArrival now = { 1000 * S, 1700000000 * S, "boot" };
  AcAttendance row;

  who.session = number (f, "SELECT min (id) FROM sessions");
  ac_attendance_join_at (f->school.store, &who, &now, NULL, NULL);
  for (gint64 at_ms = 0; at_ms < 5400 * S; at_ms += 10 * S) {
    AcBeat beat = { at_ms / (10 * S) + 1, at_ms, at_ms + 10 * S, 1000, TRUE, TRUE };

    now.clock_ms += 10 * S;
    now.wall_ms += 10 * S;
    ac_attendance_submit_at (f->school.store, &who, &beat, 1, &media, &now, NULL, NULL);
  }
  school_settle (&f->school);
  g_assert_true (ac_attendance_get (f->school.store, f->lesson, f->member, &row, NULL));
  return row;
}

/* A break from 2,400 to 3,000 s, watched throughout: the vector, by sockets and disk.
 */
static void
test_break (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *creditable = NULL;
  g_autoptr (AcStatement) statement = NULL;
  AcAttendance row;

  publish (f, 0, 2400 * S);
  school_settle (&f->school);
  mark (f, TRUE);
  publish (f, 2400 * S, 2900 * S); /* at once, not after the commit */
  g_assert_cmpint (creditable_ms (f), ==, 2400 * S);
  school_settle (&f->school);
  mark (f, TRUE); /* twice is once */
  publish (f, 2900 * S, 3000 * S);
  mark (f, FALSE);
  publish (f, 3000 * S, 5400 * S);
  school_settle (&f->school);
  g_assert_cmpint (creditable_ms (f), ==, 4800 * S);
  school_until (heard (&f->phone, "\"body\":{\"on\":false,\"start_ms\":2400000,"
                                  "\"end_ms\":3000000}"));
  g_assert_true (heard (&f->phone, "\"kind\":\"break\"") &&
                 heard (&f->phone, "\"body\":{\"on\":true,\"start_ms\":2400000}"));
  g_assert_cmpint (number (f, "SELECT count (*) FROM lesson_breaks "
                              "WHERE start_ms = 2400000 AND end_ms = 3000000"),
                   ==, 1);
  school_end_lesson (&f->school, f->lesson);
  statement =
      ac_store_prepare (f->school.store, "SELECT creditable FROM lessons", NULL);
  g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==, SQLITE_ROW);
  creditable = ac_statement_text (statement, 0);
  sqlite3_reset (statement);
  g_assert_cmpstr (creditable, ==, "0-2400000,3000000-5400000");
  row = watch (f, creditable);
  g_assert_cmpint (row.accepted_ms, ==, 4800 * S);
  g_assert_cmpint (row.earned_ms, ==, 4800 * S);
}

static void
test_break_done (Fixture *f, gconstpointer unused)
{
  publish (f, 0, 100 * S);
  school_settle (&f->school);
  fake_peer_say (&f->director, &f->school,
                 "{\"type\":\"break\",\"on\":true,\"id\":\"b-1\"}");
  school_settle (&f->school);
  g_assert_true (heard (&f->director, "{\"type\":\"done\",\"id\":\"b-1\"}"));
  g_assert_false (heard (&f->phone, "\"done\""));
}

/* A daemon that starts again publishes what its recording holds: breaks stay out. A
 * break that goes on ends with the lesson. */
static void
test_break_over_a_restart (Fixture *f, gconstpointer unused)
{
  FakePeer late;

  publish (f, 0, 100 * S);
  school_settle (&f->school);
  mark (f, TRUE);
  publish (f, 100 * S, 150 * S);
  school_settle (&f->school);
  hang_up (f);
  school_pause (&f->school);
  school_reopen (&f->school);
  publish (f, 0, 200 * S);
  g_assert_cmpint (creditable_ms (f), ==, 100 * S);
  fake_peer_init (&late, f->cookies[0], f->query);
  fake_peer_open (&late, &f->school);
  school_settle (&f->school);
  g_assert_true (heard (&late, "\"on_break\":true"));
  fake_peer_hang_up (&late, &f->school);
  fake_peer_clear (&late);
  school_end_lesson (&f->school, f->lesson);
  g_assert_cmpint (number (f, "SELECT count (*) FROM lesson_breaks WHERE "
                              "start_ms = 100000 AND end_ms = 200000"),
                   ==, 1);
  g_assert_cmpint (creditable_ms (f), ==, 100 * S);
}

typedef struct {
  guint answered;
  gint code;
} Answer;

static void
break_answered (const AcClassroomBreak *state, const GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  answer->answered++;
  answer->code =
      error != NULL && error->domain == AC_CLASSROOM_ERROR ? error->code : -1;
}

static void
test_break_refused (Fixture *f, gconstpointer unused)
{
  Answer answer = { 0 };

  ac_classroom_mark_break (f->school.classroom, f->lesson, TRUE, 0, break_answered,
                           &answer);
  school_until (answer.answered == 1);
  g_assert_cmpint (answer.code, ==, AC_CLASSROOM_ERROR_STATE); /* not live */
  ac_classroom_mark_break (f->school.classroom, 99, TRUE, 0, break_answered, &answer);
  school_until (answer.answered == 2);
  g_assert_cmpint (answer.code, ==, AC_CLASSROOM_ERROR_NOT_FOUND);
  g_assert_cmpint (number (f, "SELECT count (*) FROM lesson_breaks"), ==, 0);

  mark (f, TRUE); /* the director hears why */
  school_settle (&f->school);
  g_assert_cmpstr (fake_peer_last (&f->director), ==,
                   "{\"type\":\"refused\",\"code\":\"state\",\"field\":\"on\","
                   "\"detail\":\"lesson 1 is not live: only then it has breaks\"}");
  fake_peer_say (&f->director, &f->school,
                 "{\"type\":\"break\",\"on\":false,\"id\":\"b-1\"}");
  school_settle (&f->school);
  g_assert_true (heard (&f->director, "\"type\":\"refused\",\"id\":\"b-1\","
                                      "\"code\":\"state\""));

  fake_peer_say (&f->phone, &f->school, "{\"type\":\"break\",\"on\":true}");
  g_assert_cmpint (f->phone.closed, ==, 1008); /* a member directs nothing */

  hang_up (f); /* nobody is in it any more */
  ac_classroom_mark_break (f->school.classroom, f->lesson, TRUE, 0, break_answered,
                           &answer);
  school_until (answer.answered == 3);
  g_assert_cmpint (answer.code, ==, AC_CLASSROOM_ERROR_STATE);
}

/* --- Prompts --- */

static void
say_prompt (Fixture *f, FakePeer *peer, const gchar *text)
{
  fake_peer_say (peer, &f->school, text);
  school_settle (&f->school);
}

/* All at once, but not the director; on both pages, answered on one. */
static void
test_prompt_all (Fixture *f, gconstpointer unused)
{
  publish (f, 0, 60 * S);
  school_settle (&f->school);
  g_assert_cmpint (
      ac_classroom_prompt_all (f->school.classroom, f->lesson, f->member + 1), ==, 1);
  school_settle (&f->school);
  g_assert_true (heard (&f->phone, "{\"type\":\"prompt\",\"id\":1,\"limit_ms\":180000,"
                                   "\"left_ms\":180000}"));
  g_assert_true (heard (&f->computer, "\"type\":\"prompt\""));
  g_assert_false (heard (&f->director, "\"type\":\"prompt\""));
  say_prompt (f, &f->phone, "{\"type\":\"prompt-shown\",\"id\":1}");
  say_prompt (f, &f->computer, "{\"type\":\"prompt-shown\",\"id\":1}");
  say_prompt (f, &f->computer,
              "{\"type\":\"prompt-answer\",\"id\":1,\"after_ms\":900}");
  g_assert_true (heard (&f->phone, "{\"type\":\"prompt-closed\",\"id\":1,"
                                   "\"answered\":true}"));
  g_assert_cmpint (number (f, "SELECT count (*) FROM prompts WHERE missed = 0 AND "
                              "answered_ms IS NOT NULL AND pressed_after_ms = 900 "
                              "AND asker IS NOT NULL"),
                   ==, 1);
  g_assert_cmpint (number (f, "SELECT count (*) FROM proofs WHERE how = 'press'"), ==,
                   1);
}

static void
write_now (Fixture *f, AcStoreJob job)
{
  ac_store_write (f->school.store, job, NULL, NULL, NULL, NULL);
  school_settle (&f->school);
}

static gboolean
make_due (AcStore *store, gpointer unused, GError **error)
{
  return ac_store_run (
      store, error, "UPDATE attendance SET prompt_due_ms = 1, prompt_play_ms = 1", "");
}

static gboolean
pass_200_s (AcStore *store, gpointer unused, GError **error)
{
  return ac_store_run (
      store, error, "UPDATE prompts SET shown_clock_ms = shown_clock_ms - 200000", "");
}

/* Due by play, shown to who comes back, missed, and answered too late but in time. */
static void
test_prompt_due (Fixture *f, gconstpointer unused)
{
  static const gchar beat[] =
      "{\"type\":\"beats\",\"beats\":[{\"seq\":%d,\"from_ms\":%d,\"to_ms\":%d,"
      "\"rate\":1,\"playing\":true,\"visible\":true,\"mode\":\"video\"}]}";
  g_autofree gchar *first = g_strdup_printf (beat, 1, 0, 1000);
  g_autofree gchar *second = g_strdup_printf (beat, 2, 1000, 2000);
  gint64 accepted_ms;

  publish (f, 0, 60 * S);
  school_settle (&f->school);
  say_prompt (f, &f->phone, first);
  write_now (f, make_due);
  say_prompt (f, &f->phone, second);
  school_settle (&f->school);
  g_assert_true (heard (&f->phone, "\"type\":\"prompt\",\"id\":1"));
  accepted_ms = number (f, "SELECT accepted_ms FROM attendance");
  g_assert_cmpint (accepted_ms, >, 0);

  ac_classroom_judge_prompts (f->school.classroom);
  school_settle (&f->school);
  g_assert_cmpint (number (f, "SELECT count (*) FROM prompts WHERE closed_ms IS NULL"),
                   ==, 1); /* there is time */
  fake_peer_hang_up (&f->computer, &f->school);
  g_ptr_array_set_size (f->computer.sent, 0);
  fake_peer_open (&f->computer, &f->school);
  school_settle (&f->school);
  g_assert_true (heard (&f->computer, "\"type\":\"prompt\",\"id\":1"));

  say_prompt (f, &f->phone, "{\"type\":\"prompt-shown\",\"id\":1}");
  write_now (f, pass_200_s);
  ac_classroom_judge_prompts (f->school.classroom);
  school_settle (&f->school);
  g_assert_true (heard (&f->phone, "\"type\":\"prompt-closed\",\"id\":1,"
                                   "\"answered\":false"));
  g_assert_cmpint (number (f, "SELECT missed FROM prompts"), ==, 1);
  g_assert_cmpint (number (f, "SELECT accepted_ms FROM attendance"), ==, 0);

  say_prompt (f, &f->phone,
              "{\"type\":\"prompt-answer\",\"id\":1,\"after_ms\":100000}");
  g_assert_cmpint (number (f, "SELECT missed FROM prompts"), ==, 0);
  g_assert_cmpint (number (f, "SELECT accepted_ms FROM attendance"), ==, accepted_ms);
}

static void
test_malformed (Fixture *f, gconstpointer unused)
{
  static const gchar *const texts[] = {
    "{\"type\":\"prompt-shown\"}",
    "{\"type\":\"prompt-shown\",\"id\":0}",
    "{\"type\":\"prompt-answer\",\"id\":1}",
    "{\"type\":\"prompt-answer\",\"id\":1,\"after_ms\":-1}",
    "{\"type\":\"break\"}",
    "{\"type\":\"break\",\"on\":1}",
    "{\"type\":\"break\",\"on\":true,\"id\":\"\"}",
    "{\"type\":\"break\",\"on\":true,\"id\":7}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    FakePeer peer;

    fake_peer_init (&peer, f->cookies[1], f->query);
    fake_peer_open (&peer, &f->school);
    school_settle (&f->school);
    fake_peer_say (&peer, &f->school, texts[i]);
    g_assert_cmpint (peer.closed, ==, 1008);
    fake_peer_clear (&peer);
  }
}

#define ADD(name, function)                                                            \
  g_test_add ("/direction/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("break", test_break);
  ADD ("break/over-a-restart", test_break_over_a_restart);
  ADD ("break/done", test_break_done);
  ADD ("break/refused", test_break_refused);
  ADD ("prompt/all", test_prompt_all);
  ADD ("prompt/due", test_prompt_due);
  ADD ("malformed", test_malformed);
  return g_test_run ();
}
