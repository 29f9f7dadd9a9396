/* leaves.c - a member asks for leave from a lesson, and their branch decides. */
#include "api_private.h"

#include "clock.h"
#include "leave.h"
#include "mask.h"
#include "member.h"

#define LIST_DEFAULT 50
#define LIST_MAX 100

gboolean
ac_api_leave_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                    AcProblem *ret_problem)
{
  g_auto (AcLeave) leave = { 0 };
  AcApiCall of_member = *call;

  if (!ac_leave_get (call->api->parts.store, call->id, &leave, NULL)) {
    *ret_problem = AC_PROBLEM_NAMED_NOT_FOUND;
    return FALSE;
  }
  of_member.id = leave.member;
  return ac_api_member_place (&of_member, branches, ret_member, ret_problem);
}

static JsonObject *
leave_json (AcStore *store, const AcLeave *leave)
{
  g_autoptr (AcMember) member = ac_member_get (store, leave->member, NULL);
  g_autofree gchar *name = member != NULL ? ac_mask_name (member->name) : NULL;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", leave->id);
  json_object_set_int_member (object, "lesson", leave->lesson);
  json_object_set_int_member (object, "member", leave->member);
  json_object_set_string_member (object, "number",
                                 member != NULL ? member->number : NULL);
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "state", ac_leave_state_name (leave->state));
  json_object_set_string_member (object, "reason", leave->reason);
  ac_json_object_set_time (object, "asked_at", leave->asked_ms);
  json_object_set_string_member (object, "answer",
                                 leave->answer != NULL ? leave->answer : "");
  ac_json_object_set_time (object, "decided_at", leave->decided_ms);
  return object;
}

/* --- Acts --- */

typedef struct {
  AcHttpExchange *exchange;
  AcStore *store;
  AcLeave leave;
  gboolean approve;
} Act;

static Act *
act_new (AcApiCall *call)
{
  Act *act = g_new0 (Act, 1);

  act->exchange = ac_http_exchange_ref (call->exchange);
  act->store = call->api->parts.store;
  return act;
}

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  ac_leave_clear (&act->leave);
  g_free (act);
}

static void
act_done (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  body = leave_json (act->store, &act->leave);
  ac_api_respond_json (act->exchange, body, NULL);
}

static gboolean
write_ask (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_leave_ask (store, &act->leave, ac_clock_wall_ms (), error);
}

void
ac_api_leave_ask (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *reason = body != NULL ? ac_api_read_field (call, body, "reason") : NULL;
  Act *act;

  if (reason == NULL)
    return;
  act = act_new (call);
  act->leave.lesson = call->id;
  act->leave.member = call->session->member;
  act->leave.reason = g_strdup (reason);
  ac_store_write (act->store, write_ask, act, act_free, act_done, NULL);
}

static gboolean
write_decision (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_leave_decide (store, &act->leave, act->approve, ac_clock_wall_ms (), error);
}

static void
decide (AcApiCall *call, gboolean approve, const gchar *answer)
{
  Act *act = act_new (call);

  act->leave.id = call->id;
  act->leave.decider = call->session->member;
  act->leave.answer = g_strdup (answer);
  act->approve = approve;
  ac_store_write (act->store, write_decision, act, act_free, act_done, NULL);
}

void
ac_api_leave_approve (AcApiCall *call)
{
  decide (call, TRUE, NULL);
}

void
ac_api_leave_refuse (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *answer = body != NULL ? ac_api_read_field (call, body, "answer") : NULL;

  if (answer != NULL)
    decide (call, FALSE, answer);
}

/* --- Lists --- */

/* @member: 0: those of all that wait */
static void
list (AcApiCall *call, gint64 member)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *array;
  gint64 branch = 0, before, limit;

  if ((member == 0 &&
       !ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch)) ||
      !ac_api_read_number (call, "before", 1, G_MAXINT64, 0, &before) ||
      !ac_api_read_number (call, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit))
    return;
  leaves = ac_leave_list (store, member, branch, before, (guint)limit + 1, &error);
  if (leaves == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < MIN (leaves->len, (guint)limit); i++)
    json_array_add_object_element (array, leave_json (store, leaves->pdata[i]));
  json_object_set_array_member (body, "leaves", array);
  ac_api_set_number (body, "next",
                     leaves->len > limit ? ((AcLeave *)leaves->pdata[limit - 1])->id
                                         : 0);
  ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_leave_list (AcApiCall *call)
{
  list (call, call->session->member);
}

void
ac_api_leave_list_open (AcApiCall *call)
{
  list (call, 0);
}
