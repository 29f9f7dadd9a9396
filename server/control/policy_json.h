/* policy_json.h - versions of the policy as tool and pages write and read them.
 *
 * Threads: either side, see store.h. */
#pragma once

#include "policies.h"

#include <json-glib/json-glib.h>

JsonObject *ac_policy_to_json (const AcPolicyVersion *policy);

/* Reads a version to be added: "version", "from" and "reason", perhaps "until"; what
 * else is not given is as it was on the day "from": "minutes" and "step" or "tiers",
 * "attended" in percent, "replay" (counts, apart), and hours of each duty.
 * Returns: (transfer full): without created_ms and actor.
 * Errors: AC_CREDIT_ERROR INVALID; AC_STORE_ERROR. */
AcPolicyVersion *ac_policy_from_json (AcStore *store, JsonObject *object,
                                      GError **error);
