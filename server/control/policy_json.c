#include "policy_json.h"

#include "credit_error.h"
#include "json_text.h"

#include <string.h>

#define MINUTES_MAX 1440

/* --- Telling --- */

static void
set_hours (JsonObject *object, const gchar *name, gint64 permille)
{
  g_autofree gchar *text = ac_policy_hours_to_text (permille);

  json_object_set_string_member (object, name, text);
}

JsonObject *
ac_policy_to_json (const AcPolicyVersion *policy)
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

/* --- Reading --- */

static gboolean
refuse (GError **error, const gchar *field, const gchar *reason, const gchar *message)
{
  return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, field, reason, "%s",
                                   message);
}

/* @field: static. *@ret_text: NULL when it is not given. */
static gboolean
read_text (JsonObject *object, const gchar *field, gboolean needed,
           const gchar **ret_text, GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  *ret_text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return !needed ||
           ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, field,
                                     AC_REASON_MISSING, "%s is missing", field);
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, field, "%s must be a text",
                             field);
  *ret_text = json_node_get_string (node);
  return TRUE;
}

/* @value: stays when it is not given. */
static gboolean
read_number (JsonObject *object, const gchar *field, gint64 max, const gchar *reason,
             gint64 *value, GError **error)
{
  if (!json_object_has_member (object, field) ||
      ac_json_object_read_int (object, field, 1, max, value, NULL))
    return TRUE;
  return ac_credit_refuse_because (error, AC_CREDIT_ERROR_INVALID, field, reason,
                                   "%s must be a number from 1 to %" G_GINT64_FORMAT,
                                   field, max);
}

/* Hours as people write them; as it was when @field is not given. */
static gboolean
read_hours (JsonObject *object, const gchar *field, gint64 *permille, GError **error)
{
  const gchar *text;

  if (!read_text (object, field, FALSE, &text, error))
    return FALSE;
  return text == NULL || ac_policy_parse_hours (text, permille) ||
         refuse (error, field, AC_REASON_HOURS_FORM,
                 "hours are written like 0.5 or 32");
}

static gboolean
read_rule (JsonObject *object, AcPolicy *rule, GError **error)
{
  const gchar *tiers;
  gint64 minutes = 0, step = rule->step_permille;

  if (!read_text (object, "tiers", FALSE, &tiers, error) ||
      !read_number (object, "minutes", MINUTES_MAX, AC_REASON_MINUTES_RANGE, &minutes,
                    error) ||
      !read_hours (object, "step", &step, error))
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
    return refuse (error, "tiers", AC_REASON_ONE_RULE,
                   "give minutes or tiers, not both");
  return ac_policy_parse_tiers (tiers, rule) ||
         refuse (error, "tiers", AC_REASON_TIERS_FORM,
                 "tiers are minutes:hours, rising, at most eight, such as "
                 "1:0.25,15:0.5,30:1");
}

static gboolean
read_switches (JsonObject *object, AcPolicyVersion *policy, GError **error)
{
  const gchar *replay;
  gint64 attended = 0;

  if (!read_number (object, "attended", 100, AC_REASON_PERCENT_RANGE, &attended,
                    error) ||
      !read_text (object, "replay", FALSE, &replay, error))
    return FALSE;
  if (attended > 0)
    policy->attended_permille = (gint)attended * 10;
  if (replay == NULL)
    return TRUE;
  policy->counts_replay = strcmp (replay, "counts") == 0;
  return policy->counts_replay || strcmp (replay, "apart") == 0 ||
         refuse (error, "replay", NULL, "replay is counts or apart");
}

/* Returns: (transfer full): what an addition begins as, without its names. */
static AcPolicyVersion *
policy_before (AcStore *store, const gchar *from, GError **error)
{
  g_autoptr (GError) local = NULL;
  AcPolicyVersion *policy =
      ac_policy_is_day (from) ? ac_policy_on (store, from, &local) : NULL;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
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

AcPolicyVersion *
ac_policy_from_json (AcStore *store, JsonObject *object, GError **error)
{
  const gchar *version, *from, *until, *reason;
  g_autoptr (AcPolicyVersion) policy = NULL;

  if (!read_text (object, "version", TRUE, &version, error) ||
      !read_text (object, "from", TRUE, &from, error) ||
      !read_text (object, "reason", TRUE, &reason, error) ||
      !read_text (object, "until", FALSE, &until, error) ||
      (policy = policy_before (store, from, error)) == NULL)
    return NULL;
  for (guint i = 0; i < AC_N_DUTIES; i++)
    if (!read_hours (object, ac_duty_name (i), &policy->required_permille[i], error))
      return NULL;
  if (!read_rule (object, &policy->rule, error) ||
      !read_switches (object, policy, error))
    return NULL;
  policy->version = g_strdup (version);
  policy->valid_from = g_strdup (from);
  policy->valid_until = g_strdup (until);
  policy->reason = g_strdup (reason);
  return g_steal_pointer (&policy);
}
