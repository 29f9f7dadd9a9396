/* membership.h - which branches a member belongs to, and did.
 *
 * On each side a member belongs to one branch at most at a time: home (流出地支部) and
 * host (流入地支部). What is written holds from its day on, until the next day that
 * something is written for; the past stays as it was.
 *
 * Threads: see organisation.h. */
#pragma once

#include "day.h"
#include "organisation.h"

typedef enum {
  AC_SIDE_HOME,
  AC_SIDE_HOST,
} AcSide;

/* "home", "host" */
const gchar *ac_side_name (AcSide side);
gboolean ac_side_from_name (const gchar *name, AcSide *ret_side);

typedef struct {
  gint64 home; /* a branch; 0: none */
  gint64 host; /* likewise */
} AcMembership;

/* Where @member belonged at @wall_ms: what is frozen into records of that time. What is
 * written later for an earlier day changes the answer, so who needs it for good keeps a
 * copy. Also inside a job.
 * Returns: FALSE with @error. A member who is not there belongs to none.
 * Errors: AC_STORE_ERROR. */
gboolean ac_membership_at (AcStore *store, gint64 member, gint64 wall_ms,
                           AcMembership *ret_membership, GError **error);

/* Inside a job: from @from_day on @member belongs to @branch (0: to none).
 * @from_day: of ac_day_parse(), not after today; NULL: today
 * Errors: NOT_FOUND "member", "branch"; INVALID "branch" (of the other side),
 * "from" (to come); AC_STORE_ERROR. */
gboolean ac_membership_set (AcStore *store, gint64 member, AcSide side, gint64 branch,
                            const gchar *from_day, gint64 wall_ms, GError **error);

typedef struct {
  AcSide side;
  gchar from_day[AC_DAY_CHARS + 1];
  gint64 branch; /* 0: none */
} AcMembershipSpan;

/* Returns: (transfer full): AcMembershipSpan, home first, the oldest first. */
GArray *ac_membership_history (AcStore *store, gint64 member, GError **error);
