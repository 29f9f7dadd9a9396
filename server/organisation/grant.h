/* grant.h - the roles that members have, and where: see access.h.
 *
 * Threads: see organisation.h. */
#pragma once

#include "access.h"
#include "organisation.h"

/* Returns: (transfer full): AcGrant. Also inside a job. */
GArray *ac_grant_list (AcStore *store, gint64 member, GError **error);

typedef struct {
  gint64 id; /* of the row: what a page goes on after */
  gint64 member;
  gchar *number, *name; /* the member's */
  AcGrant grant;
  gint64 wall_ms; /* since when */
} AcGrantRow;

/* Returns: (transfer full): AcGrantRow over @branch or below it (0: all), those after
 * @after, at most @limit. */
GPtrArray *ac_grant_list_within (AcStore *store, gint64 branch, gint64 after,
                                 guint limit, GError **error);

/* Inside a job: @member has the role of @grant from now on, or has it no more; noted
 * for audit. What is so already stays. A session that is remembered has to be read
 * again, see ac_accounts_grants_changed(). Errors: NOT_FOUND "member", "branch";
 * INVALID "role" (everybody is a member); AC_STORE_ERROR. */
gboolean ac_grant_set (AcStore *store, gint64 member, const AcGrant *grant,
                       gboolean granted, gint64 wall_ms, GError **error);
/* The same by the member @actor; the one above is the operator's. */
gboolean ac_grant_set_by (AcStore *store, gint64 actor, gint64 member,
                          const AcGrant *grant, gboolean granted, gint64 wall_ms,
                          GError **error);

/* Those who may do something that @actor could not have let them do: by a role, as a
 * steward, as one who lectures in what is not over. Whoever can sign in for somebody,
 * by a password or a phone that they have set, can do what that one may: so it is set
 * by those only who are not refused here. Also inside a job.
 * @actor: never among them; 0: the operator, who may let everybody
 * @member: the only one who is looked at; 0: all
 * Returns: (transfer full): a set of gint64 *; NULL with @error: AC_STORE_ERROR. */
GHashTable *ac_grant_out_of_reach (AcStore *store, gint64 actor, gint64 member,
                                   GError **error);

/* Appends @branch and each above it to @path, of gint64: what an AcAccessPlace holds.
 * Nothing for 0. Errors: AC_STORE_ERROR. */
gboolean ac_branch_path (AcStore *store, gint64 branch, GArray *path, GError **error);
