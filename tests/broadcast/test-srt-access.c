/* Who may publish by SRT, asked as libsrt asks: from another thread. */

#include "srt_access.h"

#include "school.h"
#include "stream_key.h"

#include <string.h>

static const gchar secret[AC_STREAM_KEY_SECRET_CHARS + 1] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

typedef struct {
  School school;
  AcKeyGuard *guard;
  AcSrtAccess *access;
  const gchar *address; /* of who asks */
  gchar *key;
  gint64 lesson;
} Fixture;

static void
on_added (gint64 lesson, gpointer user_data)
{
  Fixture *f = user_data;

  ac_srt_access_refresh (f->access);
}

static void
on_changed (gint64 lesson, AcLessonState state, gpointer user_data)
{
  on_added (lesson, user_data);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const AcClassroomHandler handler = { .lesson_added = on_added,
                                              .lesson_changed = on_changed };

  school_open (&f->school);
  f->guard = ac_key_guard_new ();
  f->address = "192.0.2.1:50123";
  f->access = ac_srt_access_new (f->school.classroom, f->guard, secret);
  ac_classroom_set_handler (f->school.classroom, &handler, f);
  f->lesson = school_add_lesson (&f->school, "第一课", &f->key);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_srt_access_free (f->access);
  ac_key_guard_free (f->guard);
  school_close (&f->school);
  g_free (f->key);
}

typedef struct {
  AcSrtGate gate;
  AcSrtStreamId id;
  const gchar *address;
  gchar passphrase[AC_SRT_PASSPHRASE_MAX_CHARS + 1];
  AcSrtVerdict verdict;
} Question;

static gpointer
ask (gpointer data)
{
  Question *question = data;

  question->verdict = question->gate.admit (&question->id, question->address,
                                            question->passphrase, question->gate.data);
  return NULL;
}

/* Turns the main loop first, so that a refresh that waits is done. */
static AcSrtVerdict
verdict_on (Fixture *f, const gchar *key, gint64 lesson, gchar **ret_passphrase)
{
  Question question = { .gate = ac_srt_access_gate (f->access),
                        .id = { .lesson = lesson },
                        .address = f->address };

  g_strlcpy (question.id.key, key, sizeof question.id.key);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_thread_join (g_thread_new ("asks", ask, &question));
  if (ret_passphrase != NULL)
    *ret_passphrase = g_strdup (question.passphrase);
  return question.verdict;
}

static void
test_keys (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *backup = ac_stream_key_backup (f->key);
  g_autofree gchar *other = ac_stream_key_new ();
  g_autofree gchar *expected = ac_stream_key_passphrase (secret, f->lesson);
  g_autofree gchar *given = NULL;
  g_autofree gchar *refused = NULL;

  g_assert_cmpint (verdict_on (f, f->key, 0, &given), ==, AC_SRT_ADMITTED);
  g_assert_cmpstr (given, ==, expected);
  g_assert_cmpint (verdict_on (f, f->key, f->lesson, NULL), ==, AC_SRT_ADMITTED);
  g_assert_cmpint (verdict_on (f, backup, f->lesson, NULL), ==, AC_SRT_ADMITTED);
  g_assert_cmpint (verdict_on (f, f->key, f->lesson + 1, NULL), ==, AC_SRT_FORBIDDEN);
  g_assert_cmpint (verdict_on (f, other, 0, &refused), ==, AC_SRT_UNAUTHORIZED);
  g_assert_cmpstr (refused, ==, "");
  g_assert_cmpint (verdict_on (f, "short", 0, NULL), ==, AC_SRT_UNAUTHORIZED);
}

static void
test_lesson_comes_and_ends (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *key = NULL;
  const gint64 lesson = school_add_lesson (&f->school, "第二课", &key);

  g_assert_cmpint (verdict_on (f, key, lesson, NULL), ==, AC_SRT_ADMITTED);
  school_start_lesson (&f->school, lesson);
  g_assert_cmpint (verdict_on (f, key, lesson, NULL), ==, AC_SRT_ADMITTED);
  school_end_lesson (&f->school, lesson);
  g_assert_cmpint (verdict_on (f, key, lesson, NULL), ==, AC_SRT_NOT_FOUND);
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_ADMITTED);
}

static void
test_taken (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *backup = ac_stream_key_backup (f->key);

  ac_srt_access_sent (f->access, f->lesson, FALSE);
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_CONFLICT);
  g_assert_cmpint (verdict_on (f, backup, 0, NULL), ==, AC_SRT_ADMITTED);
  ac_srt_access_sent (f->access, f->lesson, TRUE);
  g_assert_cmpint (verdict_on (f, backup, 0, NULL), ==, AC_SRT_CONFLICT);
  ac_srt_access_left (f->access, f->lesson, FALSE);
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_ADMITTED);
}

/* Who has fallen silent keeps nobody out. */
static void
test_silent (Fixture *f, gconstpointer unused)
{
  const gint64 began_us = g_get_monotonic_time ();

  ac_srt_access_sent (f->access, f->lesson, FALSE);
  while (verdict_on (f, f->key, 0, NULL) == AC_SRT_CONFLICT)
    g_usleep (10000);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=,
                   (AC_SRT_ACCESS_TAKEN_MS - 10) * 1000);
}

static void
test_without_encryption (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *given = NULL;

  ac_srt_access_free (f->access);
  f->access = ac_srt_access_new (f->school.classroom, f->guard, NULL);
  g_assert_cmpint (verdict_on (f, f->key, 0, &given), ==, AC_SRT_ADMITTED);
  g_assert_cmpstr (given, ==, "");
}

/* Other ways in count with it, and are counted. */
static void
test_guesses (Fixture *f, gconstpointer unused)
{
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  g_autofree gchar *wrong = ac_stream_key_new ();

  for (guint i = 1; i < AC_KEY_GUARD_FREE; i++)
    g_assert_cmpint (verdict_on (f, wrong, 0, NULL), ==, AC_SRT_UNAUTHORIZED);
  ac_key_guard_wrong (f->guard, "192.0.2.1:1935", now_ms);
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_ADMITTED);
  g_assert_cmpint (verdict_on (f, wrong, 0, NULL), ==, AC_SRT_UNAUTHORIZED);
  g_assert_cmpint (verdict_on (f, wrong, 0, NULL), ==, AC_SRT_OVERLOAD);
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_OVERLOAD);
  g_assert_cmpint (ac_key_guard_wait_ms (f->guard, "192.0.2.1", now_ms), >, 0);
  f->address = "192.0.2.2:50123";
  g_assert_cmpint (verdict_on (f, f->key, 0, NULL), ==, AC_SRT_ADMITTED);
}

static void
test_guard (void)
{
  g_autoptr (AcKeyGuard) guard = ac_key_guard_new ();
  gint64 now_ms = 1000000;

  for (guint i = 0; i < 100; i++)
    ac_key_guard_wrong (guard, "[2001:db8::1]:1", now_ms);
  g_assert_cmpint (ac_key_guard_wait_ms (guard, "[2001:db8::2]:2", now_ms), ==,
                   AC_KEY_GUARD_WAIT_MAX_MS);
  g_assert_cmpint (ac_key_guard_wait_ms (guard, "[2001:db8:0:1::1]:2", now_ms), ==, 0);
  now_ms += AC_KEY_GUARD_WAIT_MAX_MS;
  g_assert_cmpint (ac_key_guard_wait_ms (guard, "2001:db8::3", now_ms), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/srt-access/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/srt-access/lesson-comes-and-ends", Fixture, NULL, set_up,
              test_lesson_comes_and_ends, tear_down);
  g_test_add ("/srt-access/taken", Fixture, NULL, set_up, test_taken, tear_down);
  g_test_add ("/srt-access/silent", Fixture, NULL, set_up, test_silent, tear_down);
  g_test_add ("/srt-access/without-encryption", Fixture, NULL, set_up,
              test_without_encryption, tear_down);
  g_test_add ("/srt-access/guesses", Fixture, NULL, set_up, test_guesses, tear_down);
  g_test_add_func ("/key-guard", test_guard);
  return g_test_run ();
}
