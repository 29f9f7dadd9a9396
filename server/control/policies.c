#include "command.h"

#include "clock.h"
#include "credit_error.h"
#include "day.h"
#include "policies.h"
#include "policy_json.h"

/* --- Adding --- */

typedef struct {
  AcControlCall *call;
  AcPolicyVersion *policy;
} Addition;

static void
addition_free (gpointer data)
{
  Addition *addition = data;

  ac_policy_version_free (addition->policy);
  g_free (addition);
}

static gboolean
write_policy (AcStore *store, gpointer data, GError **error)
{
  return ac_policy_add (store, ((Addition *)data)->policy, error);
}

static void
policy_written (gpointer data, const GError *error, gpointer unused)
{
  Addition *addition = data;

  if (error != NULL)
    ac_control_call_fail_error (addition->call, error);
  else
    ac_control_call_answer_object (addition->call,
                                   ac_policy_to_json (addition->policy));
}

void
ac_control_policy_add (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  AcPolicyVersion *policy =
      ac_policy_from_json (call->control->parts.store, call->args, &error);
  Addition *addition;

  if (policy == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  policy->created_ms = ac_clock_wall_ms ();
  addition = g_new (Addition, 1);
  *addition = (Addition){ call, policy };
  ac_store_write (call->control->parts.store, write_policy, addition, addition_free,
                  policy_written, NULL);
}

/* --- Looking --- */

void
ac_control_policy_list (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = ac_policy_list (call->control->parts.store, &error);
  JsonObject *object;
  JsonArray *array;

  if (list == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, ac_policy_to_json (list->pdata[i]));
  json_object_set_array_member (object, "policies", array);
  ac_control_call_answer_object (call, object);
}

static AcPolicyVersion *
find_policy (AcControlCall *call, const gchar *version, const gchar *day,
             GError **error)
{
  gchar today[AC_DAY_CHARS + 1];
  AcStore *store = call->control->parts.store;
  g_autoptr (GError) local = NULL;
  AcPolicyVersion *policy;

  ac_day_at (ac_clock_wall_ms (), today);
  policy = version != NULL ? ac_policy_find (store, version, &local)
                           : ac_policy_on (store, day != NULL ? day : today, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (policy == NULL)
    ac_credit_refuse (error, AC_CREDIT_ERROR_NOT_FOUND,
                      version != NULL ? "version" : "day",
                      "there is no such version; see airclass policy list");
  return policy;
}

void
ac_control_policy_show (AcControlCall *call)
{
  g_autoptr (AcPolicyVersion) policy = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *version, *day;

  if (!ac_control_read_optional (call, "version", &version) ||
      !ac_control_read_optional (call, "day", &day))
    return;
  if (day != NULL && !ac_policy_is_day (day)) {
    ac_control_refuse (call, "day", "day must be a day such as 2026-01-01");
    return;
  }
  policy = find_policy (call, version, day, &error);
  if (policy == NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_answer_object (call, ac_policy_to_json (policy));
}
