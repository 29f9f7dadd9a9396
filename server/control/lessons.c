#include "command.h"

#include "attendance.h"
#include "clock.h"
#include "encoder_addresses.h"
#include "local_time.h"
#include "message.h"
#include "plan_text.h"
#include "stream_key.h"

#include <string.h>

#define LIST_DEFAULT 50
#define LIST_MAX 500

static void
set_source (JsonObject *object, const AcLessonSource *source)
{
  g_autofree gchar *masked = NULL;
  JsonObject *member;

  if (source->kind == AC_LESSON_SOURCE_NONE) {
    json_object_set_null_member (object, "source");
    return;
  }
  masked = ac_lesson_source_mask (source->address);
  member = json_object_new ();
  json_object_set_string_member (member, "kind",
                                 ac_lesson_source_kind_name (source->kind));
  json_object_set_string_member (member, "address", masked);
  json_object_set_boolean_member (member, "loop", source->loop);
  json_object_set_object_member (object, "source", member);
}

static JsonObject *
lesson_json (AcStore *store, const AcLesson *lesson)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "lesson", lesson->id);
  json_object_set_string_member (object, "title", lesson->title);
  json_object_set_string_member (object, "state", ac_lesson_state_name (lesson->state));
  json_object_set_boolean_member (object, "interrupted", lesson->interrupted);
  ac_json_object_set_time (object, "created_at", lesson->created_ms);
  ac_json_object_set_time (object, "planned_at", lesson->planned_ms);
  ac_json_object_set_time (object, "started_at", lesson->started_ms);
  ac_json_object_set_time (object, "ended_at", lesson->ended_ms);
  json_object_set_int_member (object, "length_ms", lesson->length_ms);
  json_object_set_int_member (object, "creditable_ms", lesson->creditable_ms);
  json_object_set_string_member (object, "mode", lesson->may_follow ? "auto" : "grid");
  set_source (object, &lesson->source);
  ac_plan_text_set (object, store, lesson->id);
  return object;
}

/* Returns: (transfer full) (nullable): NULL: the call has failed and is gone. */
static AcLesson *
find_lesson (AcControlCall *call, gint64 id)
{
  AcLesson *lesson = ac_classroom_get_lesson (call->control->parts.classroom, id);
  g_autofree gchar *message = NULL;

  if (lesson != NULL)
    return lesson;
  message = g_strdup_printf ("there is no lesson %" G_GINT64_FORMAT, id);
  ac_control_call_fail (call,
                        &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "lesson", message });
  return NULL;
}

static gchar *
page_url (AcControl *control, gint64 lesson)
{
  return g_strdup_printf ("%s/lesson/%" G_GINT64_FORMAT, control->http, lesson);
}

/* Returns: (transfer full) (nullable): NULL when SRT is not encrypted. */
static gchar *
set_srt_passphrase (AcControl *control, JsonObject *object, gint64 lesson)
{
  gchar *passphrase = control->srt_secret != NULL
                          ? ac_stream_key_passphrase (control->srt_secret, lesson)
                          : NULL;

  json_object_set_string_member (object, "srt_passphrase", passphrase);
  return passphrase;
}

void
ac_control_set_keys (AcControlCall *call, JsonObject *object, gint64 lesson,
                     const gchar *stream_key)
{
  const AcControl *control = call->control;
  const AcEncoderPlaces places = { control->http, control->rtmp, control->srt,
                                   control->srt_secret };
  g_autofree gchar *page = page_url (call->control, lesson);

  json_object_set_int_member (object, "lesson", lesson);
  ac_encoder_addresses_set (object, &places, lesson, stream_key);
  json_object_set_string_member (object, "page_url", page);
}

/* One is answered as it always was; a series as a list of such. */
static void
lessons_added (const AcPlannedLesson *lessons, guint n_lessons, const GError *error,
               gpointer user_data)
{
  AcControlCall *call = user_data;
  JsonObject *object;
  JsonArray *array;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  if (n_lessons == 1) {
    ac_control_set_keys (call, object, lessons[0].lesson, lessons[0].stream_key);
    ac_control_call_answer_object (call, object);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < n_lessons; i++) {
    JsonObject *one = json_object_new ();

    ac_control_set_keys (call, one, lessons[i].lesson, lessons[i].stream_key);
    ac_json_object_set_time (one, "planned_at", lessons[i].planned_ms);
    json_array_add_object_element (array, one);
  }
  json_object_set_array_member (object, "lessons", array);
  ac_control_call_answer_object (call, object);
}

gboolean
ac_control_read_hour (AcControlCall *call, gint64 *ret_wall_ms)
{
  gint64 now_ms = ac_clock_wall_ms ();
  const gchar *text;

  *ret_wall_ms = 0;
  if (!json_object_has_member (call->args, "at"))
    return TRUE;
  text = ac_control_read_text (call, "at");
  if (text == NULL)
    return FALSE;
  if (!ac_local_time_parse (text, ret_wall_ms))
    return ac_control_refuse (call, "at",
                              "at must be an hour such as \"2026-12-01 19:30\"");
  if (*ret_wall_ms < now_ms)
    return ac_control_refuse (call, "at",
                              "at is past; give an hour to come, or none and start "
                              "the lesson by hand");
  return *ret_wall_ms - now_ms <= AC_SCHEDULE_AHEAD_MAX_MS ||
         ac_control_refuse (call, "at", "at is more than five years ahead");
}

/* @text: NULL when there is none. FALSE: the call has failed and is gone. */
static gboolean
read_source (AcControlCall *call, const gchar *text, AcLessonSource *ret_source)
{
  g_autoptr (GError) error = NULL;
  const gchar *field;
  gboolean loop;

  if (!ac_control_read_switch (call, "loop", &loop))
    return FALSE;
  if (text == NULL)
    return !loop ||
           ac_control_refuse (call, "loop", "loop needs a source, which is a file");
  return ac_lesson_source_parse (text, loop, call->control->lectures, ret_source,
                                 &field, &error) ||
         ac_control_refuse (call, field, error->message);
}

/* What it fetches, whom it is for, and when it comes again. FALSE: the call has failed
 * and is gone. */
static gboolean
read_plan (AcControlCall *call, AcPlanText *plan, gint64 planned_ms)
{
  g_autoptr (GError) error = NULL;
  gint64 minutes;

  if (!ac_control_read_number (call, "minutes", 24 * 60, 0, &minutes))
    return FALSE;
  plan->lectures = call->control->lectures;
  if (!ac_plan_text_read (plan, call->args, call->control->parts.store, &error)) {
    ac_control_call_fail_error (call, error);
    return FALSE;
  }
  plan->schedule.planned_ms = planned_ms;
  plan->schedule.planned_length_ms = minutes * 60000;
  return TRUE;
}

void
ac_control_lesson_add (AcControlCall *call)
{
  const gchar *title = ac_control_read_text (call, "title");
  g_auto (AcPlanText) text_plan = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) hours = NULL;
  g_autofree gchar *rule = NULL;
  AcLessonPlan plan = { .title = title,
                        .source = &text_plan.source,
                        .schedule = &text_plan.schedule };

  if (title == NULL || !ac_control_read_hour (call, &plan.planned_ms) ||
      !read_plan (call, &text_plan, plan.planned_ms))
    return;
  plan.may_follow = text_plan.may_follow;
  hours = ac_plan_text_hours (&text_plan, &rule, &error);
  if (hours == NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_classroom_plan_series (call->control->parts.classroom, &plan, hours, rule, 0,
                              lessons_added, call);
}

void
ac_control_lesson_written (gint64 id, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  g_autoptr (AcLesson) lesson = NULL;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  if (call->control->closed) {
    ac_control_call_fail (
        call, &(AcControlFailure){ AC_CONTROL_BUSY, NULL, "the daemon is stopping" });
    return;
  }
  lesson = find_lesson (call, id);
  if (lesson != NULL)
    ac_control_call_answer_object (call,
                                   lesson_json (call->control->parts.store, lesson));
}

void
ac_control_lesson_source (AcControlCall *call)
{
  g_auto (AcLessonSource) source = { 0 };
  gint64 id, planned_ms;
  const gchar *text;

  if (!ac_control_read_id (call, "lesson", &id) ||
      (text = ac_control_read_text (call, "source")) == NULL)
    return;
  if (strcmp (text, "none") == 0)
    text = NULL;
  if (read_source (call, text, &source) && ac_control_read_hour (call, &planned_ms))
    ac_classroom_set_source (call->control->parts.classroom, id, &source, planned_ms,
                             ac_control_lesson_written, call);
}

void
ac_control_lesson_start (AcControlCall *call)
{
  gint64 id;

  if (ac_control_read_id (call, "lesson", &id))
    ac_classroom_start_lesson (call->control->parts.classroom, id,
                               ac_control_lesson_written, call);
}

void
ac_control_lesson_end (AcControlCall *call)
{
  gint64 id;

  if (ac_control_read_id (call, "lesson", &id))
    ac_classroom_end_lesson (call->control->parts.classroom, id,
                             ac_control_lesson_written, call);
}

void
ac_control_lesson_list (AcControlCall *call)
{
  g_autoptr (GPtrArray) lessons = NULL;
  JsonArray *array;
  JsonObject *object;
  gint64 before, limit;

  if (!ac_control_read_number (call, "before", G_MAXINT64, 0, &before) ||
      !ac_control_read_number (call, "limit", LIST_MAX, LIST_DEFAULT, &limit))
    return;
  lessons = ac_classroom_list_lessons (call->control->parts.classroom, before,
                                       (guint)limit + 1);
  array = json_array_new ();
  for (guint i = 0; i < MIN (lessons->len, (guint)limit); i++)
    json_array_add_object_element (
        array, lesson_json (call->control->parts.store, lessons->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "lessons", array);
  if (lessons->len > limit)
    json_object_set_int_member (object, "next",
                                ((AcLesson *)lessons->pdata[limit - 1])->id);
  else
    json_object_set_null_member (object, "next");
  ac_control_call_answer_object (call, object);
}

/* Subject 0: what an operator's script fetches is noted for nobody. */
void
ac_control_lesson_url (AcControlCall *call)
{
  AcControl *control = call->control;
  gint64 expires_s = ac_clock_wall_ms () / 1000 + control->parts.media_life_s;
  gint64 id;
  g_autoptr (AcLesson) lesson = NULL;
  g_autofree gchar *token = NULL;
  g_autofree gchar *base = NULL;
  g_autofree gchar *multivariant = NULL;
  g_autofree gchar *dash = NULL;
  g_autofree gchar *audio = NULL;
  g_autofree gchar *page = NULL;
  g_autofree gchar *passphrase = NULL;
  JsonObject *object;

  if (!ac_control_read_id (call, "lesson", &id) ||
      (lesson = find_lesson (call, id)) == NULL)
    return;
  token = ac_media_token_new (control->parts.media_key, id, 0, expires_s);
  base = g_strdup_printf ("%s/live/%s/%" G_GINT64_FORMAT, control->http, token, id);
  multivariant = g_strconcat (base, "/multivariant.m3u8", NULL);
  dash = g_strconcat (base, "/manifest.mpd", NULL);
  audio = g_strconcat (base, "/audio.m3u8", NULL);
  page = page_url (control, id);
  object = json_object_new ();
  json_object_set_string_member (object, "multivariant", multivariant);
  json_object_set_string_member (object, "dash", dash);
  json_object_set_string_member (object, "audio", audio);
  json_object_set_string_member (object, "page_url", page);
  passphrase = set_srt_passphrase (control, object, id);
  ac_json_object_set_time (object, "expires_at", expires_s * 1000);
  ac_control_call_answer_object (call, object);
}

static JsonNode *
attendance_json (GPtrArray *rows)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < rows->len; i++) {
    const AcAttendanceRow *row = rows->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "member", row->number);
    json_object_set_string_member (object, "name", row->name);
    json_object_set_int_member (object, "accepted_ms", row->attendance.accepted_ms);
    json_object_set_int_member (object, "earned_ms", row->attendance.earned_ms);
    json_array_add_object_element (array, object);
  }
  json_node_take_array (node, array);
  return node;
}

void
ac_control_attendance (AcControlCall *call)
{
  g_autoptr (AcLesson) lesson = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!ac_control_read_id (call, "lesson", &id) ||
      (lesson = find_lesson (call, id)) == NULL)
    return;
  rows = ac_attendance_list (call->control->parts.store, id, &error);
  if (rows == NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_answer (call, attendance_json (rows));
}
