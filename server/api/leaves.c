/* leaves.c - a member asks for leave from a lesson, and their branch decides. */
#include "api_private.h"

#include "leave.h"
#include "member_json.h"

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
leave_json (AcStore *store, gconstpointer row)
{
  const AcLeave *leave = row;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", leave->id);
  json_object_set_int_member (object, "lesson", leave->lesson);
  json_object_set_int_member (object, "member", leave->member);
  ac_json_object_set_person (object, store, "number", "name", leave->member);
  json_object_set_string_member (object, "state", ac_leave_state_name (leave->state));
  json_object_set_string_member (object, "reason", leave->reason);
  ac_json_object_set_time (object, "asked_at", leave->asked_ms);
  json_object_set_string_member (object, "answer",
                                 leave->answer != NULL ? leave->answer : "");
  ac_json_object_set_time (object, "decided_at", leave->decided_ms);
  return object;
}

/* --- Acts --- */

static JsonObject *
tell_leave (AcApiChange *change, GError **error)
{
  return leave_json (change->store, change->data);
}

static void
free_leave (gpointer data)
{
  ac_leave_free (data);
}

/* @leave: what is given; its words are taken */
static void
change_leave (AcApiCall *call, const AcLeave *leave, AcStoreJob job)
{
  ac_api_change (call,
                 &(AcApiChange){ .tell = tell_leave,
                                 .data = g_memdup2 (leave, sizeof *leave),
                                 .free_data = free_leave },
                 job);
}

static gboolean
write_ask (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_leave_ask (store, change->data, change->wall_ms, error);
}

void
ac_api_leave_ask (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *reason = body != NULL ? ac_api_read_field (call, body, "reason") : NULL;

  if (reason != NULL)
    change_leave (call,
                  &(AcLeave){ .lesson = call->id,
                              .member = call->session->member,
                              .reason = g_strdup (reason) },
                  write_ask);
}

static gboolean
write_withdrawal (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_leave_withdraw (store, change->id, change->actor, error);
}

void
ac_api_leave_withdraw (AcApiCall *call)
{
  ac_api_change (call, &(AcApiChange){ 0 }, write_withdrawal);
}

static gboolean
write_approval (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_leave_decide (store, change->data, TRUE, change->wall_ms, error);
}

void
ac_api_leave_approve (AcApiCall *call)
{
  change_leave (call, &(AcLeave){ .id = call->id, .decider = call->session->member },
                write_approval);
}

static gboolean
write_refusal (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_leave_decide (store, change->data, FALSE, change->wall_ms, error);
}

void
ac_api_leave_refuse (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *answer = body != NULL ? ac_api_read_field (call, body, "answer") : NULL;

  if (answer != NULL)
    change_leave (call,
                  &(AcLeave){ .id = call->id,
                              .decider = call->session->member,
                              .answer = g_strdup (answer) },
                  write_refusal);
}

/* --- Lists --- */

static const AcApiListing listing = {
  "leaves", "before", 50, 100, G_STRUCT_OFFSET (AcLeave, id), leave_json,
};

/* @member: 0: those of all that wait */
static void
list (AcApiCall *call, gint64 member)
{
  g_autoptr (GPtrArray) leaves = NULL;
  g_autoptr (GError) error = NULL;
  gint64 branch = 0;
  AcApiPage page;

  if ((member == 0 &&
       !ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch)) ||
      !ac_api_read_page (call, &listing, &page))
    return;
  leaves = ac_leave_list (call->api->parts.store, member, branch, page.from,
                          (guint)page.limit + 1, &error);
  ac_api_respond_page (call, &listing, &page, leaves, error);
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
