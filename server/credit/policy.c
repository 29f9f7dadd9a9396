#include "policy.h"

const AcPolicy ac_policy_default = {
  .kind = AC_POLICY_PER_MINUTES,
  .minutes = 45,
  .step_permille = 500,
};

static gint64
credit_per_minutes (const AcPolicy *policy, gint64 earned_ms)
{
  gint64 hour_ms = policy->minutes * G_GINT64_CONSTANT (60000);
  /* Whole steps: one takes hour_ms * step / 1000. */
  gint64 steps = earned_ms * 1000 / hour_ms / policy->step_permille;

  return steps * policy->step_permille;
}

static gint64
credit_of_tier (const AcPolicy *policy, gint64 earned_ms)
{
  gint64 credit = 0;

  for (guint i = 0; i < policy->n_tiers; i++)
    if (earned_ms >= policy->tiers[i].from_ms)
      credit = policy->tiers[i].credit_permille;
  return credit;
}

gint64
ac_policy_credit (const AcPolicy *policy, gint64 earned_ms)
{
  g_return_val_if_fail (policy->n_tiers <= AC_POLICY_TIERS_MAX, 0);

  if (earned_ms <= 0)
    return 0;
  if (policy->kind == AC_POLICY_TIERS)
    return credit_of_tier (policy, earned_ms);
  g_return_val_if_fail (policy->minutes > 0 && policy->step_permille > 0, 0);
  return credit_per_minutes (policy, earned_ms);
}
