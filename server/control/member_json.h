/* member_json.h - a member with all that a roster keeps of them, as staff are told.
 *
 * Threads: main loop. */
#pragma once

#include "identity.h"
#include "member.h"

#include <json-glib/json-glib.h>

/* The name whole, the phone masked, of an identity number the last four.
 * Returns: (transfer full) (nullable): NULL with @error. */
JsonObject *ac_member_to_json (AcStore *store, AcIdentities *identities,
                               const AcMember *member, GError **error);
