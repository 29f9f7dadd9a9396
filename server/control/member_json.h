/* member_json.h - a member with all that a roster keeps of them, as staff are told.
 *
 * Threads: main loop; of ac_json_object_set_person() that of the store's connection. */
#pragma once

#include "identity.h"
#include "member.h"

#include <json-glib/json-glib.h>

/* The name whole, the phone masked, of an identity number the last four.
 * Returns: (transfer full) (nullable): NULL with @error. */
JsonObject *ac_member_to_json (AcStore *store, AcIdentities *identities,
                               const AcMember *member, GError **error);

/* Sets @number to the number of @member and @name to their masked name; both to null
 * when there is none, as of 0. */
void ac_json_object_set_person (JsonObject *object, AcStore *store, const gchar *number,
                                const gchar *name, gint64 member);
