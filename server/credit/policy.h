/* policy.h - earned time into credit hours (学时). Pure.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

typedef enum {
  AC_POLICY_PER_MINUTES, /* so many minutes are one hour, counted down to a step */
  AC_POLICY_TIERS,       /* the highest tier that is reached */
} AcPolicyKind;

#define AC_POLICY_TIERS_MAX 8

typedef struct {
  gint64 from_ms;       /* earned time that reaches it */
  gint credit_permille; /* 500: half a credit hour */
} AcPolicyTier;

typedef struct {
  AcPolicyKind kind;
  gint minutes;       /* PER_MINUTES */
  gint step_permille; /* PER_MINUTES */
  guint n_tiers;      /* TIERS, rising */
  AcPolicyTier tiers[AC_POLICY_TIERS_MAX];
} AcPolicy;

/* 45 minutes are one hour, in steps of a half. */
extern const AcPolicy ac_policy_default;

/* Returns: thousandths of a credit hour; never negative. */
gint64 ac_policy_credit (const AcPolicy *policy, gint64 earned_ms);
