/* person_export.h - everything that is known of a member.
 *
 * Threads: the store's. Errors: AC_STORE_ERROR, AC_ORGANISATION_ERROR.
 */
#pragma once

#include "identity_keys.h"
#include "store.h"

#include <json-glib/json-glib.h>

/* What a member may ask for by themselves: years of study, and of office. */
#define AC_PERSON_EXPORT_ROWS_MAX 20000

/* @keys: (nullable): without them "identity" is null
 * @most: rows of a list; one that has more stands in "cut", as {"list": NAME}
 * Returns: (transfer full) (nullable): {"identity": number or null, "cut": [], NAME:
 * [{COLUMN: value ...} ...] ...}, a list for each section of person_tables.h. Times are
 * milliseconds since 1970, lengths and media times milliseconds. */
JsonObject *ac_person_export (AcStore *store, const AcIdentityKeys *keys, gint64 member,
                              guint most, GError **error);
