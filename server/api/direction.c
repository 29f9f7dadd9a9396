/* direction.c - what a lecturer does with a lesson while it goes on: breaks, and asking
 * whether everybody is there. */
#include "api_private.h"

static void
refuse (AcHttpExchange *exchange, const GError *error)
{
  if (g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_NOT_FOUND))
    ac_problem_respond (exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
  else if (g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE))
    ac_problem_respond (exchange, AC_PROBLEM_WRONG_STATE,
                        &(AcProblemExtra){ .detail = error->message });
  else
    ac_api_refuse (exchange, error);
}

static void
break_marked (const AcClassroomBreak *state, const GError *error, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    refuse (exchange, error);
    return;
  }
  body = json_object_new ();
  json_object_set_boolean_member (body, "on", state->on);
  json_object_set_int_member (body, "start_ms", state->start_ms);
  json_object_set_int_member (body, "end_ms", state->end_ms);
  ac_api_respond_json (exchange, body, NULL);
}

void
ac_api_break_mark (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  JsonNode *on;

  if (body == NULL)
    return;
  on = json_object_get_member (body, "on");
  if (on == NULL || json_node_get_value_type (on) != G_TYPE_BOOLEAN) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "on", .detail = "on must be true or false" });
    return;
  }
  ac_classroom_mark_break (call->api->parts.classroom, call->id,
                           json_node_get_boolean (on), call->session->member,
                           break_marked, ac_http_exchange_ref (call->exchange));
}

void
ac_api_prompt_all (AcApiCall *call)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_int_member (body, "asked",
                              ac_classroom_prompt_all (call->api->parts.classroom,
                                                       call->id,
                                                       call->session->member));
  ac_api_respond_json (call->exchange, body, NULL);
}
