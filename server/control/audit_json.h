/* audit_json.h - notes of the audit table as the tool and the API tell them.
 *
 * Threads: main loop. */
#pragma once

#include "audit.h"

#include <json-glib/json-glib.h>

#define AC_AUDIT_PAGE_DEFAULT 50
#define AC_AUDIT_PAGE_MAX 200

/* @query: with the limit that was asked for
 * Returns: (transfer full) (nullable): {"entries": [{"id", "at", "act", "actor",
 * "member", "branch", "host", "lesson", "reason", "detail"} ...], "next"}, the newest
 * first; people by their numbers, null for the operator and for nobody; "next" is the
 * "before" of the next page, null on the last one.
 * Errors: AC_STORE_ERROR. */
JsonObject *ac_audit_to_json (AcStore *store, const AcAuditQuery *query,
                              GError **error);

/* The beginning of the day @text, and of the one after it.
 * Returns: FALSE when it is no day. */
gboolean ac_audit_day_bounds (const gchar *text, gint64 *ret_from_ms,
                              gint64 *ret_until_ms);
