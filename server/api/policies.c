/* policies.c - the rules for credit, and what is asked of members in a year. */
#include "api_private.h"

#include "clock.h"
#include "day.h"
#include "member.h"
#include "policies.h"
#include "policy_json.h"
#include "standing.h"

/* Versions are few: a county writes some a year. */
void
ac_api_policy_list (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ac_policy_list (store, &error);
  gchar today[AC_DAY_CHARS + 1];
  g_autoptr (AcPolicyVersion) now = NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;

  ac_day_at (ac_clock_wall_ms (), today);
  if (list != NULL)
    now = ac_policy_on (store, today, &error);
  if (error != NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, ac_policy_to_json (list->pdata[i]));
  json_object_set_array_member (body, "policies", array);
  json_object_set_string_member (body, "current", now != NULL ? now->version : NULL);
  ac_api_respond_json (call->exchange, body, NULL);
}

static void
free_policy (gpointer data)
{
  ac_policy_version_free (data);
}

static gboolean
add_policy (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  AcPolicyVersion *policy = change->data;

  policy->actor = change->actor;
  policy->created_ms = change->wall_ms;
  return ac_policy_add (store, policy, error);
}

static JsonObject *
tell_policy (AcApiChange *change, GError **error)
{
  return ac_policy_to_json (change->data);
}

void
ac_api_policy_add (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  g_autoptr (GError) error = NULL;
  AcPolicyVersion *policy;

  if (body == NULL)
    return;
  policy = ac_policy_from_json (call->api->parts.store, body, &error);
  if (policy == NULL)
    ac_api_refuse (call->exchange, error);
  else
    ac_api_change (
        call,
        &(AcApiChange){ .tell = tell_policy, .data = policy, .free_data = free_policy },
        add_policy);
}

/* --- Standings --- */

static JsonObject *
standing_json (AcStore *store, gconstpointer data)
{
  const AcStandingRow *row = data;
  g_autoptr (AcMember) actor = ac_member_get (store, row->actor, NULL);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", row->id);
  json_object_set_int_member (object, "member", row->member);
  json_object_set_string_member (object, "number", row->number);
  json_object_set_int_member (object, "year", row->year);
  json_object_set_string_member (object, "duty", ac_duty_name (row->duty));
  json_object_set_boolean_member (object, "exempt", row->exempt);
  json_object_set_string_member (object, "reason", row->reason);
  json_object_set_string_member (object, "actor", actor != NULL ? actor->number : NULL);
  ac_json_object_set_time (object, "at", row->created_ms);
  return object;
}

static const AcApiListing listing = {
  "standings", "before", 50, 200, G_STRUCT_OFFSET (AcStandingRow, id), standing_json,
};

void
ac_api_standing_list (AcApiCall *call)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 branch, member, year;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_number (call, "member", 1, G_MAXINT64, 0, &member) ||
      !ac_api_read_number (call, "year", 1970, 9999, 0, &year) ||
      !ac_api_read_page (call, &listing, &page) || !ac_api_has_member (call, member))
    return;
  rows = ac_standing_list (call->api->parts.store, branch, member, year, page.from,
                           (guint)page.limit + 1, &error);
  ac_api_respond_people_page (call, &listing, &page, rows, error,
                              &(AcApiPeople){ .branch = branch, .member = member });
}
