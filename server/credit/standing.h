/* standing.h - what a member owes in a year: the duty by which hours are asked for, or
 * that nothing is. The newest word on a member and year counts; earlier ones stay.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR; AC_CREDIT_ERROR DENIED "member"
 * (nobody's own); INVALID "year", "reason"; STATE when the year is closed. */
#pragma once

#include "policies.h"

typedef struct {
  gint64 member, year;
  AcDuty duty;
  gboolean exempt;
  const gchar *reason;
  gint64 actor; /* a member; 0: the operator */
} AcStanding;

typedef struct {
  gint64 id, member, year;
  gchar *number; /* the member's */
  AcDuty duty;
  gboolean exempt;
  gchar *reason;
  gint64 actor, created_ms;
} AcStandingRow;

/* Either side. @branch: of members whose home or host branch lies within it; 0: of all.
 * @member: 0: of any. @year: 0: of any
 * Returns: (transfer full): AcStandingRow, the newest first, those with id < @before
 * when it is not 0, at most @limit; superseded ones too. */
GPtrArray *ac_standing_list (AcStore *store, gint64 branch, gint64 member, gint64 year,
                             gint64 before, guint limit, GError **error);

gboolean ac_standing_set (AcStore *store, const AcStanding *standing, gint64 wall_ms,
                          GError **error);
