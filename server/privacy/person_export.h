/* person_export.h - everything that is known of a member.
 *
 * Threads: main loop, and inside a job. Errors: AC_STORE_ERROR, AC_ORGANISATION_ERROR.
 */
#pragma once

#include "identity_keys.h"
#include "store.h"

#include <json-glib/json-glib.h>

/* @keys: (nullable): without them "identity" is null
 * Returns: (transfer full) (nullable): {"identity": number or null, NAME: [{COLUMN:
 * value ...} ...] ...}, a list for each section of person_tables.h. Times are
 * milliseconds since 1970, lengths and media times milliseconds. */
JsonObject *ac_person_export (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                              GError **error);
