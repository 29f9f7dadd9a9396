/* policies.h - the versions of the county's rules for credit.
 *
 * A version is never changed: to edit is to add another one. For a lesson the version
 * counts that is valid on the lesson's day; where several are, the one that was added
 * last. With its first entry in the ledger the lesson keeps that version for ever
 * (ledger.h).
 *
 * A version carries a digest (digest.h) over "airclass policy 1", version, valid_from,
 * valid_until, rule, minutes, step_permille, tiers (as stored), attended_permille,
 * counts_replay, the three required hours, created_ms, actor, reason; every entry of
 * the ledger covers the digest of its policy.
 *
 * Threads: reads on either side, see store.h; writes inside a store job. */
#pragma once

#include "policy.h"
#include "store.h"

/* Whose hours a year are asked for. Stored by name. */
typedef enum {
  AC_DUTY_MEMBER,    /* 32 by default */
  AC_DUTY_COMMITTEE, /* secretaries and committee members of branches: 56 */
  AC_DUTY_CADRE,     /* 50 */
} AcDuty;
#define AC_N_DUTIES 3

/* "member", "committee", "cadre" */
const gchar *ac_duty_name (AcDuty duty);
gboolean ac_duty_from_name (const gchar *name, AcDuty *ret_duty);

typedef struct {
  gint64 id;
  gchar *version;     /* its name: "2026-1" */
  gchar *valid_from;  /* day, "2026-01-01" */
  gchar *valid_until; /* last day; NULL: open */
  AcPolicy rule;
  gint attended_permille; /* coverage from which a lesson is attended: 800 */
  gboolean counts_replay; /* self study counts towards the yearly hours */
  gint64 required_permille[AC_N_DUTIES]; /* credit hours a year */
  gint64 created_ms;
  gint64 actor; /* member id; 0: the operator */
  gchar *reason;
  GBytes *digest; /* as stored */
} AcPolicyVersion;

AcPolicyVersion *ac_policy_version_new (void); /* the defaults; no name, no day */
void ac_policy_version_free (AcPolicyVersion *self);

/* What people write into what is stored. FALSE: @text is not of that form.
 *   hours  "0.5", "32": up to three decimals
 *   tiers  "15:0.25,30:1": from so many minutes, so many hours; rising
 *   day    "2026-01-01", as it is stored (day.h) */
gboolean ac_policy_parse_hours (const gchar *text, gint64 *ret_permille);
gboolean ac_policy_parse_tiers (const gchar *text, AcPolicy *policy);
gboolean ac_policy_is_day (const gchar *text);
/* Returns: (transfer full): "0.5", "1". */
gchar *ac_policy_hours_to_text (gint64 permille);
/* Returns: (transfer full): tiers as people write them. */
gchar *ac_policy_tiers_to_text (const AcPolicy *policy);

/* Inside a store job; fills @version's id and digest.
 * Errors: AC_CREDIT_ERROR INVALID, EXISTS; AC_STORE_ERROR. */
gboolean ac_policy_add (AcStore *store, AcPolicyVersion *version, GError **error);

/* Returns: (transfer full) (nullable): NULL without @error when there is none. */
AcPolicyVersion *ac_policy_get (AcStore *store, gint64 id, GError **error);
AcPolicyVersion *ac_policy_find (AcStore *store, const gchar *version, GError **error);
/* The one that counts on @day. */
AcPolicyVersion *ac_policy_on (AcStore *store, const gchar *day, GError **error);
/* Returns: (transfer full): AcPolicyVersion, oldest first. */
GPtrArray *ac_policy_list (AcStore *store, GError **error);
/* Returns: (transfer full): the digest of what @version says now. */
GBytes *ac_policy_digest (const AcPolicyVersion *version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPolicyVersion, ac_policy_version_free)
