/* lessons.c - the list of lessons, and one lesson with the way to its media. */
#include "api_private.h"

#include "attendance.h"
#include "audit_json.h"
#include "clock.h"
#include "course.h"
#include "lesson_place.h"
#include "log.h"
#include "message.h"
#include "plan_text.h"

#include <string.h>

#define LIST_DEFAULT 50
#define LIST_MAX 100

gboolean
ac_api_lesson_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcLessonPlace) place =
      ac_lesson_place_new (call->api->parts.store, call->id,
                           call->session != NULL ? &call->session->who : NULL, &error);

  if (place == NULL) {
    *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_LESSON_NOT_FOUND;
    if (error != NULL)
      ac_log (G_LOG_LEVEL_WARNING, call->id, "cannot read whom the lesson is for: %s",
              error->message);
    return FALSE;
  }
  g_array_append_vals (branches, place->branches->data, place->branches->len);
  call->place.audience = place->access.audience;
  call->place.lecturer = place->access.lecturer;
  return TRUE;
}

gboolean
ac_api_has_lesson (AcApiCall *call, gint64 id)
{
  g_autoptr (AcLesson) lesson =
      id != 0 ? ac_classroom_get_lesson (call->api->parts.classroom, id) : NULL;

  if (id != 0 && lesson == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
  return id == 0 || lesson != NULL;
}

static JsonObject *
attendance_json (AcApiCall *call, gint64 lesson)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GError) error = NULL;
  AcAttendance attendance = { 0 };
  gint64 last_ms = 0;

  if (!ac_attendance_get (call->api->parts.store, lesson, call->session->member,
                          &attendance, &error) ||
      !ac_attendance_last (call->api->parts.store, lesson, call->session->member,
                           &last_ms, &error))
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot read attendance: %s", error->message);
  json_object_set_int_member (object, "accepted_ms", attendance.accepted_ms);
  json_object_set_int_member (object, "earned_ms", attendance.earned_ms);
  json_object_set_int_member (object, "resume_ms", last_ms);
  return object;
}

static JsonObject *
plan_json (AcStore *store, const AcLesson *lesson)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", lesson->id);
  json_object_set_string_member (object, "title", lesson->title);
  json_object_set_string_member (object, "state", ac_lesson_state_name (lesson->state));
  json_object_set_boolean_member (object, "interrupted", lesson->interrupted);
  ac_json_object_set_time (object, "planned_at", lesson->planned_ms);
  ac_json_object_set_time (object, "started_at", lesson->started_ms);
  ac_json_object_set_time (object, "ended_at", lesson->ended_ms);
  json_object_set_int_member (object, "length_ms", lesson->length_ms);
  json_object_set_int_member (object, "creditable_ms", lesson->creditable_ms);
  ac_plan_text_set (object, store, lesson->id);
  return object;
}

JsonObject *
ac_api_lesson_plan_json (AcApi *api, gint64 lesson)
{
  g_autoptr (AcLesson) found = ac_classroom_get_lesson (api->parts.classroom, lesson);

  return found != NULL ? plan_json (api->parts.store, found) : json_object_new ();
}

static JsonObject *
lesson_json (AcApiCall *call, const AcLesson *lesson)
{
  JsonObject *object = plan_json (call->api->parts.store, lesson);

  json_object_set_object_member (object, "attendance",
                                 attendance_json (call, lesson->id));
  return object;
}

/* Answers with a page of @lessons: one more than @limit tells that there is another.
 * @next: where it goes on when there are not more; 0: nowhere */
static void
respond_lessons (AcApiCall *call, const GPtrArray *lessons, guint limit, gint64 next)
{
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < MIN (lessons->len, limit); i++)
    json_array_add_object_element (array, lesson_json (call, lessons->pdata[i]));
  json_object_set_array_member (body, "lessons", array);
  ac_api_set_number (body, "next",
                     lessons->len > limit ? ((AcLesson *)lessons->pdata[limit - 1])->id
                                          : next);
  ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_lessons_list (AcApiCall *call)
{
  AcClassroom *classroom = call->api->parts.classroom;
  gint64 member = call->session->member;
  g_autoptr (GPtrArray) lessons = NULL;
  g_autofree gchar *text = ac_api_query_search (call);
  g_autofree gchar *time = ac_api_query_text (call, "time");
  gboolean over = g_strcmp0 (time, "over") == 0;
  gint64 before, limit, near, next = 0;

  if (!ac_api_read_number (call, "before", 1, G_MAXINT64, 0, &before) ||
      !ac_api_read_number (call, "near", 0, 1, 0, &near) ||
      !ac_api_read_number (call, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit))
    return;
  if (time != NULL && !over && strcmp (time, "coming") != 0) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_REQUEST,
        &(AcProblemExtra){ .field = "time", .detail = "time is coming or over" });
    return;
  }
  if (near != 0) /* by hour: a page of it has no next one */
    lessons =
        ac_classroom_list_near (classroom, member, ac_clock_wall_ms (), (guint)limit);
  else if (time != NULL)
    lessons = ac_classroom_list_by_time (classroom, member, text, over, before,
                                         ac_clock_wall_ms (), (guint)limit + 1, &next);
  else
    lessons = ac_classroom_list_visible (classroom, member, text, before,
                                         (guint)limit + 1, &next);
  respond_lessons (call, lessons, (guint)limit, next);
}

/* @name of the query is a day: its begin, or its end. FALSE: it was answered. */
static gboolean
read_day (AcApiCall *call, const gchar *name, gboolean end, gint64 *ret_ms)
{
  g_autofree gchar *text = ac_api_query_text (call, name);
  gint64 from_ms, until_ms;

  if (text == NULL)
    return TRUE;
  if (!ac_audit_day_bounds (text, &from_ms, &until_ms)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_REQUEST,
        &(AcProblemExtra){ .field = name, .detail = "a day is written 2026-01-05" });
    return FALSE;
  }
  *ret_ms = end ? until_ms : from_ms;
  return TRUE;
}

gboolean
ac_api_read_library (AcApiCall *call, AcLibraryQuery *query, gchar **ret_text,
                     gchar **ret_kind)
{
  gint64 limit;
  AcCourseKind unused;

  *query = (AcLibraryQuery){ .until_ms = G_MAXINT64 };
  if (!ac_api_read_number (call, "before", 1, G_MAXINT64, 0, &query->before) ||
      !ac_api_read_number (call, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit) ||
      !ac_api_read_number (call, "course", 1, G_MAXINT64, 0, &query->course) ||
      !ac_api_read_number (call, "lecturer", 1, G_MAXINT64, 0, &query->lecturer) ||
      !read_day (call, "from", FALSE, &query->from_ms) ||
      !read_day (call, "to", TRUE, &query->until_ms))
    return FALSE;
  query->limit = (guint)limit + 1;
  query->kind = *ret_kind = ac_api_query_text (call, "kind");
  query->text = *ret_text = ac_api_query_search (call);
  if (query->kind == NULL || ac_course_kind_from_name (query->kind, &unused))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_REQUEST,
      &(AcProblemExtra){ .field = "kind", .detail = "there is no such kind" });
  return FALSE;
}

void
ac_api_library (AcApiCall *call)
{
  g_autoptr (GPtrArray) lessons = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *kind = NULL;
  AcLibraryQuery query;
  gint64 next;

  if (!ac_api_read_library (call, &query, &text, &kind))
    return;
  lessons = ac_classroom_search_library (call->api->parts.classroom,
                                         call->session->member, &query, &next, &error);
  if (lessons != NULL)
    respond_lessons (call, lessons, query.limit - 1, next);
  else
    ac_api_refuse (call->exchange, error);
}

static JsonObject *
media_json (AcApiCall *call, gint64 lesson)
{
  JsonObject *object = json_object_new ();
  gint64 expires_s = ac_clock_wall_ms () / 1000 + call->api->parts.media_life_s;
  g_autofree gchar *token = ac_media_token_new (call->api->parts.media_key, lesson,
                                                call->session->id, expires_s);
  g_autofree gchar *base =
      g_strdup_printf ("/live/%s/%" G_GINT64_FORMAT, token, lesson);
  g_autofree gchar *multivariant = g_strconcat (base, "/multivariant.m3u8", NULL);
  g_autofree gchar *dash = g_strconcat (base, "/manifest.mpd", NULL);
  g_autofree gchar *audio = g_strconcat (base, "/audio.m3u8", NULL);

  json_object_set_string_member (object, "multivariant", multivariant);
  json_object_set_string_member (object, "dash", dash);
  json_object_set_string_member (object, "audio", audio);
  ac_json_object_set_time (object, "expires_at", expires_s * 1000);
  return object;
}

void
ac_api_lessons_get (AcApiCall *call)
{
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  g_autoptr (JsonObject) body = NULL;

  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  body = lesson_json (call, lesson);
  if (lesson->length_ms > 0)
    json_object_set_object_member (body, "media", media_json (call, lesson->id));
  else
    json_object_set_null_member (body, "media");
  ac_api_respond_json (call->exchange, body, NULL);
}
