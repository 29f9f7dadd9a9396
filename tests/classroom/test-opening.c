/* Rooms that open before their lesson's hour. */
#include "school.h"

#include <string.h>

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define HOUR_MS (60 * MINUTE_MS)
/* The hour of the lesson; no clock has to be there. */
#define THE_HOUR_MS G_GINT64_CONSTANT (1800000000000)

static void
added (gint64 lesson, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  *(gint64 *)user_data = lesson;
}

static gint64
plan (School *school, gint64 planned_ms)
{
  const AcLessonPlan plan = { .title = "一课", .planned_ms = planned_ms };
  g_autofree gchar *key = NULL;
  gint64 id = 0;

  ac_classroom_plan_lesson (school->classroom, &plan, &key, added, &id);
  school_until (id != 0);
  return id;
}

static void
assert_state_at (School *school, gint64 lesson, gint64 wall_ms, AcLessonState state)
{
  g_autoptr (AcLesson) found = NULL;

  ac_classroom_open_due_rooms (school->classroom, wall_ms, 30 * MINUTE_MS);
  school_settle (school);
  found = ac_classroom_get_lesson (school->classroom, lesson);
  g_assert_cmpint (found->state, ==, state);
}

static void
test_hour (void)
{
  School school;
  gint64 lesson, without;

  school_open (&school);
  lesson = plan (&school, THE_HOUR_MS);
  without = plan (&school, 0);
  assert_state_at (&school, lesson, THE_HOUR_MS - 31 * MINUTE_MS, AC_LESSON_PLANNED);
  assert_state_at (&school, lesson, THE_HOUR_MS - 30 * MINUTE_MS, AC_LESSON_OPEN);
  /* A clock that goes back shuts nothing, a restart neither. */
  assert_state_at (&school, lesson, THE_HOUR_MS - 5 * HOUR_MS, AC_LESSON_OPEN);
  school_reopen (&school);
  assert_state_at (&school, lesson, THE_HOUR_MS, AC_LESSON_OPEN);
  assert_state_at (&school, without, THE_HOUR_MS, AC_LESSON_PLANNED);
  school_close (&school);
}

/* A daemon that was down at the hour opens the room while the lesson can be held. */
static void
test_late (void)
{
  School school;
  gint64 first, second;

  school_open (&school);
  first = plan (&school, THE_HOUR_MS);
  second = plan (&school, THE_HOUR_MS - 20 * MINUTE_MS);
  assert_state_at (&school, first, THE_HOUR_MS + 59 * MINUTE_MS, AC_LESSON_OPEN);
  assert_state_at (&school, second, THE_HOUR_MS + 59 * MINUTE_MS, AC_LESSON_PLANNED);
  school_close (&school);
}

/* Those who wait are told; what they send before it begins is worth nothing. */
static void
test_waiting (void)
{
  School school;
  FakePeer peer;
  g_autofree gchar *cookie = NULL;
  g_autofree gchar *query = NULL;
  gint64 lesson;

  school_open (&school);
  lesson = plan (&school, THE_HOUR_MS);
  school_add_member (&school, "1001", AC_ROLE_MEMBER);
  cookie = school_sign_in (&school, "1001");
  query =
      g_strdup_printf ("lesson=%" G_GINT64_FORMAT "&client=0000000000000001", lesson);
  fake_peer_init (&peer, cookie, query);
  fake_peer_open (&peer, &school);
  school_settle (&school);
  g_assert_nonnull (strstr (fake_peer_last (&peer), "\"state\":\"planned\""));
  assert_state_at (&school, lesson, THE_HOUR_MS, AC_LESSON_OPEN);
  g_assert_nonnull (strstr (fake_peer_last (&peer), "\"state\":\"open\""));
  school.clock_ms += 20000;
  fake_peer_say (&peer, &school,
                 "{\"type\":\"beats\",\"beats\":[{\"seq\":1,\"from_ms\":0,"
                 "\"to_ms\":10000,\"rate\":1,\"playing\":true,\"visible\":true,"
                 "\"mode\":\"video\"}]}");
  school_settle (&school);
  g_assert_nonnull (strstr (fake_peer_last (&peer), "\"accepted_ms\":0,"));
  school_start_lesson (&school, lesson);
  g_assert_nonnull (strstr (fake_peer_last (&peer), "\"state\":\"live\""));
  fake_peer_hang_up (&peer, &school);
  fake_peer_clear (&peer);
  school_close (&school);
}

typedef struct {
  gboolean done;
  GError *error;
} Result;

static void
take (gint64 lesson, const GError *error, gpointer user_data)
{
  Result *result = user_data;

  result->error = error != NULL ? g_error_copy (error) : NULL;
  result->done = TRUE;
}

static void
test_too_late (void)
{
  School school;
  Result result = { 0 };
  gint64 lesson;

  school_open (&school);
  lesson = plan (&school, THE_HOUR_MS);
  school_start_lesson (&school, lesson);
  ac_classroom_open_room (school.classroom, lesson, take, &result);
  school_until (result.done);
  g_assert_error (result.error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE);
  g_clear_error (&result.error);
  assert_state_at (&school, lesson, THE_HOUR_MS, AC_LESSON_LIVE);
  school_close (&school);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/opening/hour", test_hour);
  g_test_add_func ("/opening/late", test_late);
  g_test_add_func ("/opening/waiting", test_waiting);
  g_test_add_func ("/opening/too-late", test_too_late);
  return g_test_run ();
}
