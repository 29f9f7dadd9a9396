#include "command.h"

#include "clock.h"
#include "credit_error.h"
#include "day.h"
#include "policies.h"

#include <string.h>

static void
set_hours (JsonObject *object, const gchar *name, gint64 permille)
{
  g_autofree gchar *text = ac_policy_hours_to_text (permille);

  json_object_set_string_member (object, name, text);
}

static JsonObject *
policy_json (const AcPolicyVersion *policy)
{
  JsonObject *object = json_object_new ();
  JsonObject *required = json_object_new ();
  g_autofree gchar *tiers = ac_policy_tiers_to_text (&policy->rule);
  gboolean by_tiers = policy->rule.kind == AC_POLICY_TIERS;

  json_object_set_string_member (object, "version", policy->version);
  json_object_set_string_member (object, "valid_from", policy->valid_from);
  json_object_set_string_member (object, "valid_until", policy->valid_until);
  json_object_set_string_member (object, "rule", by_tiers ? "tiers" : "per_minutes");
  json_object_set_int_member (object, "minutes", policy->rule.minutes);
  set_hours (object, "step", policy->rule.step_permille);
  json_object_set_string_member (object, "tiers", tiers);
  json_object_set_double_member (object, "attended_percent",
                                 policy->attended_permille / 10.0);
  json_object_set_boolean_member (object, "counts_replay", policy->counts_replay);
  for (guint i = 0; i < AC_N_DUTIES; i++)
    set_hours (required, ac_duty_name (i), policy->required_permille[i]);
  json_object_set_object_member (object, "required", required);
  json_object_set_string_member (object, "reason", policy->reason);
  ac_json_object_set_time (object, "created_at", policy->created_ms);
  return object;
}

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
    ac_control_call_answer_object (addition->call, policy_json (addition->policy));
}

/* Hours as people write them; as it was when @name is not given. */
static gboolean
read_hours (AcControlCall *call, const gchar *name, gint64 *permille)
{
  const gchar *text;

  if (!ac_control_read_optional (call, name, &text))
    return FALSE;
  return text == NULL || ac_policy_parse_hours (text, permille) ||
         ac_control_refuse (call, name, "hours are written like 0.5 or 32");
}

static gboolean
read_rule (AcControlCall *call, AcPolicy *rule)
{
  const gchar *tiers;
  gint64 minutes, step = rule->step_permille;

  if (!ac_control_read_optional (call, "tiers", &tiers) ||
      !ac_control_read_number (call, "minutes", 1440, 0, &minutes) ||
      !read_hours (call, "step", &step))
    return FALSE;
  rule->step_permille = (gint)MIN (step, G_MAXINT);
  if (minutes > 0) {
    rule->kind = AC_POLICY_PER_MINUTES;
    rule->minutes = (gint)minutes;
    rule->n_tiers = 0;
  }
  if (tiers == NULL)
    return TRUE;
  if (minutes > 0)
    return ac_control_refuse (call, "tiers", "give minutes or tiers, not both");
  return ac_policy_parse_tiers (tiers, rule) ||
         ac_control_refuse (call, "tiers",
                            "tiers are minutes:hours, rising, at most eight, such as "
                            "1:0.25,15:0.5,30:1");
}

static gboolean
read_switches (AcControlCall *call, AcPolicyVersion *policy)
{
  const gchar *replay;
  gint64 attended;

  if (!ac_control_read_number (call, "attended", 100, policy->attended_permille / 10,
                               &attended) ||
      !ac_control_read_optional (call, "replay", &replay))
    return FALSE;
  if (json_object_has_member (call->args, "attended"))
    policy->attended_permille = (gint)attended * 10;
  if (replay == NULL)
    return TRUE;
  policy->counts_replay = strcmp (replay, "counts") == 0;
  return policy->counts_replay || strcmp (replay, "apart") == 0 ||
         ac_control_refuse (call, "replay", "replay is counts or apart");
}

static gboolean
read_policy (AcControlCall *call, AcPolicyVersion *policy)
{
  for (guint i = 0; i < AC_N_DUTIES; i++)
    if (!read_hours (call, ac_duty_name (i), &policy->required_permille[i]))
      return FALSE;
  return read_rule (call, &policy->rule) && read_switches (call, policy);
}

/* Returns: (transfer full) (nullable): what an addition begins as, without its names;
 * NULL: the call has failed and is gone. */
static AcPolicyVersion *
policy_before (AcControlCall *call, const gchar *from)
{
  g_autoptr (GError) error = NULL;
  AcPolicyVersion *policy =
      ac_policy_is_day (from) ? ac_policy_on (call->control->parts.store, from, &error)
                              : NULL;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return NULL;
  }
  if (policy == NULL)
    return ac_policy_version_new ();
  g_clear_pointer (&policy->version, g_free);
  g_clear_pointer (&policy->valid_from, g_free);
  g_clear_pointer (&policy->valid_until, g_free);
  g_clear_pointer (&policy->reason, g_free);
  policy->actor = 0;
  return policy;
}

void
ac_control_policy_add (AcControlCall *call)
{
  const gchar *version, *from, *until, *reason;
  g_autoptr (AcPolicyVersion) policy = NULL;
  Addition *addition;

  if ((version = ac_control_read_text (call, "version")) == NULL ||
      (from = ac_control_read_text (call, "from")) == NULL ||
      (reason = ac_control_read_text (call, "reason")) == NULL ||
      !ac_control_read_optional (call, "until", &until) ||
      (policy = policy_before (call, from)) == NULL || !read_policy (call, policy))
    return;
  policy->version = g_strdup (version);
  policy->valid_from = g_strdup (from);
  policy->valid_until = g_strdup (until);
  policy->reason = g_strdup (reason);
  policy->created_ms = ac_clock_wall_ms ();
  addition = g_new (Addition, 1);
  *addition = (Addition){ call, g_steal_pointer (&policy) };
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
    json_array_add_object_element (array, policy_json (list->pdata[i]));
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
    ac_control_call_answer_object (call, policy_json (policy));
}
