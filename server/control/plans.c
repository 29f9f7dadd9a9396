/* plans.c - lessons that are changed before they begin, and who is expected. */
#include "command.h"

#include "clock.h"
#include "expected.h"
#include "member.h"
#include "plan_text.h"

#define LIST_MAX 20000

void
ac_control_lesson_change (AcControlCall *call)
{
  g_auto (AcPlanText) plan = { .lectures = call->control->lectures };
  g_autoptr (GError) error = NULL;
  gint64 id, minutes;

  if (!ac_control_read_id (call, "lesson", &id) ||
      !ac_control_read_number (call, "minutes", 24 * 60, 0, &minutes))
    return;
  if (!ac_plan_text_read (&plan, call->args, call->control->parts.store, &error)) {
    ac_control_call_fail_error (call, error);
    return;
  }
  if (!ac_control_read_hour (call, &plan.schedule.planned_ms))
    return;
  plan.schedule.planned_length_ms = minutes * 60000;
  plan.fields |= (plan.schedule.planned_ms != 0 ? AC_SCHEDULE_HOUR : 0) |
                 (minutes != 0 ? AC_SCHEDULE_LENGTH : 0);
  ac_classroom_edit_lesson (call->control->parts.classroom, id,
                            &(AcLessonEdit){ .fields = plan.fields,
                                             .title = plan.title,
                                             .schedule = &plan.schedule,
                                             .following = plan.following },
                            ac_control_lesson_written, call);
}

void
ac_control_lesson_cancel (AcControlCall *call)
{
  const gchar *reason;
  gboolean following;
  gint64 id;

  if (ac_control_read_id (call, "lesson", &id) &&
      (reason = ac_control_read_text (call, "reason")) != NULL &&
      ac_control_read_switch (call, "following", &following))
    ac_classroom_cancel_lesson (call->control->parts.classroom, id, reason, following,
                                ac_control_lesson_written, call);
}

/* --- Keys --- */

static void
key_written (gint64 lesson, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  ac_control_set_keys (call, object, lesson, call->stream_key);
  ac_control_call_answer_object (call, object);
}

void
ac_control_lesson_key (AcControlCall *call)
{
  gint64 id;

  if (ac_control_read_id (call, "lesson", &id))
    ac_classroom_rotate_key (call->control->parts.classroom, id, 0, &call->stream_key,
                             key_written, call);
}

/* --- Who is expected --- */

static gboolean
write_excuse (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  JsonObject *args = call->args;
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) member =
      ac_member_find (store, json_object_get_string_member (args, "number"), &local);
  gboolean back = json_object_get_boolean_member_with_default (args, "remove", FALSE);
  gboolean exempt = json_object_get_boolean_member_with_default (args, "exempt", FALSE);
  const AcExcuse excuse = {
    .lesson = call->id,
    .member = member != NULL ? member->id : 0,
    .state = back     ? AC_EXPECTED
             : exempt ? AC_EXPECTED_EXEMPT
                      : AC_EXPECTED_EXCUSED,
    .reason =
        back ? NULL : json_object_get_string_member_with_default (args, "reason", NULL),
  };

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return ac_excuse_set (store, &excuse, ac_clock_wall_ms (), error);
}

static void
tell_excuse (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "lesson", call->id);
  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  ac_control_call_answer_object (call, object);
}

void
ac_control_lesson_excuse (AcControlCall *call)
{
  const gchar *reason;
  gboolean given;

  if (ac_control_read_id (call, "lesson", &call->id) &&
      ac_control_read_text (call, "number") != NULL &&
      ac_control_read_optional (call, "reason", &reason) &&
      ac_control_read_switch (call, "exempt", &given) &&
      ac_control_read_switch (call, "remove", &given))
    ac_control_call_write (call, write_excuse, tell_excuse);
}

static JsonObject *
expected_json (const AcExpected *expected)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "number", expected->number);
  json_object_set_string_member (object, "name", expected->name);
  json_object_set_string_member (object, "kind", ac_member_kind_name (expected->kind));
  json_object_set_string_member (object, "state",
                                 ac_expected_state_name (expected->state));
  json_object_set_string_member (object, "reason", expected->reason);
  return object;
}

void
ac_control_lesson_expected (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  gint64 id, branch;
  JsonObject *object;
  JsonArray *array;

  if (!ac_control_read_id (call, "lesson", &id) ||
      !ac_control_read_number (call, "branch", G_MAXINT64, 0, &branch))
    return;
  list = ac_expected_list (call->control->parts.store, id, branch, 0, LIST_MAX, &error);
  if (list == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, expected_json (list->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "expected", array);
  ac_control_call_answer_object (call, object);
}
