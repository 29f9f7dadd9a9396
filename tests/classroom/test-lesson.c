#include "school.h"
#include "stream_key.h"

#include <string.h>

typedef struct {
  gboolean done;
  gint64 lesson;
  GError *error;
} Result;

static void
take (gint64 lesson, const GError *error, gpointer user_data)
{
  Result *result = user_data;

  result->done = TRUE;
  result->lesson = lesson;
  result->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
assert_refused (Result *result, AcClassroomError code)
{
  school_until (result->done);
  g_assert_error (result->error, AC_CLASSROOM_ERROR, (gint)code);
  g_assert_cmpint (result->lesson, ==, 0);
  g_clear_error (&result->error);
  result->done = FALSE;
}

static void
assert_good (Result *result, gint64 lesson)
{
  school_until (result->done);
  g_assert_no_error (result->error);
  g_assert_cmpint (result->lesson, ==, lesson);
  result->done = FALSE;
}

static void
test_add (void)
{
  School school;
  g_autofree gchar *key = NULL;
  g_autofree gchar *backup_key = NULL;
  g_autoptr (AcLesson) lesson = NULL;
  gboolean backup;
  gint64 id;

  school_open (&school);
  id = school_add_lesson (&school, "党课 第一讲", &key);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpstr (lesson->title, ==, "党课 第一讲");
  g_assert_cmpint (lesson->state, ==, AC_LESSON_PLANNED);
  g_assert_cmpint (lesson->created_ms, >, 0);
  g_assert_cmpint (lesson->started_ms, ==, 0);
  g_assert_cmpint (lesson->ended_ms, ==, 0);
  g_assert_cmpint (lesson->length_ms, ==, 0);
  g_assert_cmpint (ac_classroom_lesson_by_key (school.classroom, key, &backup), ==, id);
  g_assert_false (backup);
  backup_key = ac_stream_key_backup (key);
  g_assert_cmpint (ac_classroom_lesson_by_key (school.classroom, backup_key, &backup),
                   ==, id);
  g_assert_true (backup);
  key[0] = key[0] == 'a' ? 'b' : 'a';
  g_assert_cmpint (ac_classroom_lesson_by_key (school.classroom, key, &backup), ==, 0);
  g_assert_false (backup);
  g_assert_cmpint (ac_classroom_lesson_by_key (school.classroom, "x", &backup), ==, 0);
  g_assert_null (ac_classroom_get_lesson (school.classroom, id + 1));
  school_close (&school);
}

/* The keys themselves are nowhere in the database. */
static void
test_key_is_hashed (void)
{
  School school;
  g_autofree gchar *key = NULL;
  g_autofree gchar *backup = NULL;
  const gchar *const names[] = { "airclass.db", "airclass.db-wal" };

  school_open (&school);
  school_add_lesson (&school, "x", &key);
  backup = ac_stream_key_backup (key);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (school.dir, names[i], NULL);
    g_autofree gchar *content = NULL;
    gsize length;

    if (!g_file_get_contents (path, &content, &length, NULL))
      continue;
    g_assert_null (memmem (content, length, key, strlen (key)));
    g_assert_null (memmem (content, length, backup, strlen (backup)));
  }
  school_close (&school);
}

static void
test_titles (void)
{
  School school;
  Result result = { 0 };
  g_autofree gchar *longest = g_strnfill (200, 'x');
  g_autofree gchar *too_long = g_strnfill (201, 'x');
  const gchar *const bad[] = { NULL, "", "   ", "a\nb", "a\x7f", "\xff", too_long };

  school_open (&school);
  school_add_lesson (&school, longest, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *key = NULL;

    ac_classroom_add_lesson (school.classroom, bad[i], &key, take, &result);
    g_assert_false (result.done);
    assert_refused (&result, AC_CLASSROOM_ERROR_INVALID);
  }
  school_close (&school);
}

typedef struct {
  guint n;
  gint64 lesson;
  AcLessonState state;
} Changes;

static void
note_change (gint64 lesson, AcLessonState state, gpointer user_data)
{
  Changes *changes = user_data;

  changes->n++;
  changes->lesson = lesson;
  changes->state = state;
}

static void
test_states (void)
{
  School school;
  Result result = { 0 };
  Changes changes = { 0 };
  const AcClassroomHandler handler = { .lesson_changed = note_change };
  g_autoptr (AcLesson) lesson = NULL;
  gint64 id;

  school_open (&school);
  ac_classroom_set_handler (school.classroom, &handler, &changes);
  id = school_add_lesson (&school, "x", NULL);
  ac_classroom_end_lesson (school.classroom, id, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_STATE);
  ac_classroom_start_lesson (school.classroom, id, take, &result);
  assert_good (&result, id);
  g_assert_cmpuint (changes.n, ==, 1);
  g_assert_cmpint (changes.lesson, ==, id);
  g_assert_cmpint (changes.state, ==, AC_LESSON_LIVE);
  ac_classroom_start_lesson (school.classroom, id, take, &result);
  assert_good (&result, id);
  g_assert_cmpuint (changes.n, ==, 1);
  ac_classroom_end_lesson (school.classroom, id, take, &result);
  assert_good (&result, id);
  ac_classroom_end_lesson (school.classroom, id, take, &result);
  assert_good (&result, id);
  g_assert_cmpuint (changes.n, ==, 2);
  g_assert_cmpint (changes.state, ==, AC_LESSON_ENDED);
  ac_classroom_start_lesson (school.classroom, id, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_STATE);
  ac_classroom_start_lesson (school.classroom, id + 1, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_NOT_FOUND);
  ac_classroom_end_lesson (school.classroom, id + 1, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_NOT_FOUND);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->state, ==, AC_LESSON_ENDED);
  g_assert_cmpint (lesson->started_ms, >, 0);
  g_assert_cmpint (lesson->ended_ms, >=, lesson->started_ms);
  school_close (&school);
}

static void
test_list (void)
{
  School school;
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) rest = NULL;

  school_open (&school);
  for (guint i = 0; i < 5; i++)
    school_add_lesson (&school, "x", NULL);
  page = ac_classroom_list_lessons (school.classroom, 0, 3);
  g_assert_cmpuint (page->len, ==, 3);
  g_assert_cmpint (((AcLesson *)page->pdata[0])->id, ==, 5);
  g_assert_cmpint (((AcLesson *)page->pdata[2])->id, ==, 3);
  rest = ac_classroom_list_lessons (school.classroom, 3, 3);
  g_assert_cmpuint (rest->len, ==, 2);
  g_assert_cmpint (((AcLesson *)rest->pdata[0])->id, ==, 2);
  school_close (&school);
}

static void
test_first_publication_starts (void)
{
  School school;
  Changes changes = { 0 };
  const AcClassroomHandler handler = { .lesson_changed = note_change };
  gint64 id;

  school_open (&school);
  ac_classroom_set_handler (school.classroom, &handler, &changes);
  id = school_add_lesson (&school, "x", NULL);
  ac_classroom_media_published (school.classroom, id, 0, 640, TRUE);
  ac_classroom_media_published (school.classroom, id, 640, 640, TRUE);
  school_until (changes.n == 1);
  g_assert_cmpint (changes.state, ==, AC_LESSON_LIVE);
  school_settle (&school);
  g_assert_cmpuint (changes.n, ==, 1);
  school_close (&school);
}

static gint64
stored_length (School *school, gint64 lesson)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      school->store, "SELECT length_ms FROM lessons WHERE id = ?", &error);

  g_assert_no_error (error);
  ac_statement_bind (statement, "i", lesson);
  g_assert_cmpint (ac_store_step (school->store, statement, &error), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

/* The length is written at the first publication, then at most each five seconds; what
 * is told is always the newest. */
static void
test_throttled (void)
{
  School school;
  g_autoptr (AcLesson) lesson = NULL;
  gint64 id;

  school_open (&school);
  id = school_add_lesson (&school, "x", NULL);
  school_start_lesson (&school, id);
  ac_classroom_media_published (school.classroom, id, 0, 640, TRUE);
  school_settle (&school);
  g_assert_cmpint (stored_length (&school, id), ==, 640);
  school.clock_ms += 4999;
  ac_classroom_media_published (school.classroom, id, 640, 640, TRUE);
  school_settle (&school);
  g_assert_cmpint (stored_length (&school, id), ==, 640);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->length_ms, ==, 1280);
  g_assert_cmpint (lesson->creditable_ms, ==, 1280);
  school.clock_ms += 1;
  ac_classroom_media_published (school.classroom, id, 1280, 640, TRUE);
  school_settle (&school);
  g_assert_cmpint (stored_length (&school, id), ==, 1920);
  school_close (&school);
}

static void
test_end_stores_the_rest (void)
{
  School school;
  g_autoptr (AcLesson) lesson = NULL;
  gint64 id;

  school_open (&school);
  id = school_add_lesson (&school, "x", NULL);
  school_start_lesson (&school, id);
  ac_classroom_media_published (school.classroom, id, 0, 1000, TRUE);
  ac_classroom_media_published (school.classroom, id, 1000, 1000, FALSE);
  school_end_lesson (&school, id);
  g_assert_cmpint (stored_length (&school, id), ==, 2000);
  /* The worker's last slots may come after the end. */
  ac_classroom_media_published (school.classroom, id, 2000, 500, TRUE);
  school_settle (&school); /* a save that was under way */
  school_settle (&school); /* the one that it brought about */
  g_assert_cmpint (stored_length (&school, id), ==, 2500);
  school_reopen (&school);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->length_ms, ==, 2500);
  g_assert_cmpint (lesson->creditable_ms, ==, 1500);
  g_assert_cmpint (lesson->state, ==, AC_LESSON_ENDED);
  school_close (&school);
}

static void
test_restart_goes_on (void)
{
  School school;
  g_autoptr (AcLesson) lesson = NULL;
  gint64 id;

  school_open (&school);
  id = school_add_lesson (&school, "x", NULL);
  school_start_lesson (&school, id);
  ac_classroom_media_published (school.classroom, id, 0, 1000, TRUE);
  ac_classroom_media_published (school.classroom, id, 1000, 1000, TRUE);
  school_reopen (&school);
  ac_classroom_media_published (school.classroom, id, 2000, 1000, TRUE);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->state, ==, AC_LESSON_LIVE);
  g_assert_cmpint (lesson->length_ms, ==, 3000);
  g_assert_cmpint (lesson->creditable_ms, ==, 3000);
  school_close (&school);
}

static void
test_unknown_publication (void)
{
  School school;

  school_open (&school);
  ac_classroom_media_published (school.classroom, 99, 0, 640, TRUE);
  g_assert_null (ac_classroom_get_lesson (school.classroom, 99));
  school_close (&school);
}

static void
note_source (gint64 lesson, gpointer user_data)
{
  Changes *changes = user_data;

  changes->n++;
  changes->lesson = lesson;
}

static gint64
plan (School *school, const gchar *address, gint64 planned_ms)
{
  AcLessonSource source = { AC_LESSON_SOURCE_PULL, (gchar *)address, FALSE };
  AcLessonPlan lesson = { "x", address != NULL ? &source : NULL, planned_ms };
  g_autofree gchar *key = NULL;
  Result result = { 0 };

  ac_classroom_plan_lesson (school->classroom, &lesson, &key, take, &result);
  school_until (result.done);
  g_assert_no_error (result.error);
  return result.lesson;
}

/* What is planned with an hour and a source is listed, soonest first, until it starts;
 * all of it survives a restart. */
static void
test_hours (void)
{
  School school;
  gint64 late, soon;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  const AcLesson *first;

  school_open (&school);
  late = plan (&school, "rtsp://h/late", 2000);
  soon = plan (&school, "rtsp://h/soon", 1000);
  plan (&school, "rtsp://h/by-hand", 0);
  plan (&school, NULL, 500);
  school_pause (&school);
  school_reopen (&school);
  list = ac_classroom_list_hours (school.classroom, 1000, 10);
  g_assert_cmpuint (list->len, ==, 2);
  first = list->pdata[0];
  g_assert_cmpint (first->id, ==, soon);
  g_assert_cmpint (first->planned_ms, ==, 1000);
  g_assert_cmpint (first->source.kind, ==, AC_LESSON_SOURCE_PULL);
  g_assert_cmpstr (first->source.address, ==, "rtsp://h/soon");
  school_start_lesson (&school, soon);
  rest = ac_classroom_list_hours (school.classroom, 0, 10);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_cmpint (((AcLesson *)rest->pdata[0])->id, ==, late);
  school_close (&school);
}

static void
test_set_source (void)
{
  School school;
  Changes changes = { 0 };
  Result result = { 0 };
  const AcClassroomHandler handler = { .source_changed = note_source };
  const AcLessonSource file = { AC_LESSON_SOURCE_FILE, (gchar *)"/l/a.mp4", TRUE };
  const AcLessonSource none = { 0 };
  g_autoptr (AcLesson) lesson = NULL;
  gint64 id;

  school_open (&school);
  ac_classroom_set_handler (school.classroom, &handler, &changes);
  school_add_lesson (&school, "nothing to report", NULL);
  g_assert_cmpuint (changes.n, ==, 0);
  id = plan (&school, "rtsp://h/x", 1000);
  g_assert_cmpint (changes.lesson, ==, id);
  ac_classroom_set_source (school.classroom, id, &file, 0, take, &result);
  assert_good (&result, id);
  g_assert_cmpuint (changes.n, ==, 2);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->source.kind, ==, AC_LESSON_SOURCE_FILE);
  g_assert_cmpstr (lesson->source.address, ==, "/l/a.mp4");
  g_assert_true (lesson->source.loop);
  g_assert_cmpint (lesson->planned_ms, ==, 1000);
  school_start_lesson (&school, id);
  ac_classroom_set_source (school.classroom, id, &file, 2000, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_STATE);
  ac_classroom_set_source (school.classroom, id, &none, 0, take, &result);
  assert_good (&result, id);
  g_clear_pointer (&lesson, ac_lesson_free);
  lesson = ac_classroom_get_lesson (school.classroom, id);
  g_assert_cmpint (lesson->source.kind, ==, AC_LESSON_SOURCE_NONE);
  g_assert_null (lesson->source.address);
  school_end_lesson (&school, id);
  ac_classroom_set_source (school.classroom, id, &file, 0, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_STATE);
  ac_classroom_set_source (school.classroom, 99, &file, 0, take, &result);
  assert_refused (&result, AC_CLASSROOM_ERROR_NOT_FOUND);
  g_assert_cmpuint (changes.n, ==, 3);
  school_close (&school);
}

/* A write that is under way when the classroom goes is still answered, once. */
static void
test_answer_after_free (void)
{
  School school;
  Result result = { 0 };
  g_autofree gchar *key = NULL;

  school_open (&school);
  ac_classroom_add_lesson (school.classroom, "x", &key, take, &result);
  g_clear_pointer (&school.classroom, ac_classroom_free);
  g_clear_pointer (&school.accounts, ac_accounts_free);
  g_clear_pointer (&school.store, ac_store_close);
  g_assert_true (result.done);
  g_assert_no_error (result.error);
  school_close (&school);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/lesson/add", test_add);
  g_test_add_func ("/lesson/key-is-hashed", test_key_is_hashed);
  g_test_add_func ("/lesson/titles", test_titles);
  g_test_add_func ("/lesson/states", test_states);
  g_test_add_func ("/lesson/list", test_list);
  g_test_add_func ("/lesson/first-publication-starts", test_first_publication_starts);
  g_test_add_func ("/lesson/throttled", test_throttled);
  g_test_add_func ("/lesson/end-stores-the-rest", test_end_stores_the_rest);
  g_test_add_func ("/lesson/restart-goes-on", test_restart_goes_on);
  g_test_add_func ("/lesson/unknown-publication", test_unknown_publication);
  g_test_add_func ("/lesson/hours", test_hours);
  g_test_add_func ("/lesson/set-source", test_set_source);
  g_test_add_func ("/lesson/answer-after-free", test_answer_after_free);
  return g_test_run ();
}
