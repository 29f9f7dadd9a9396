/* record_place.h - the branches that a member's record of a lesson lies within.
 *
 * Those of the hour when the lesson was held, as the ledger's entries have them: who
 * keeps a branch keeps what was studied there, also of people who have moved on.
 *
 * Threads: main loop, and inside a job. */
#pragma once

#include "membership.h"

/* Returns: FALSE with @error (AC_STORE_ERROR). Of a lesson that is not there: none. */
gboolean ac_record_place (AcStore *store, gint64 member, gint64 lesson,
                          AcMembership *ret_place, GError **error);

/* For statements that list rows with columns member and lesson: ?BRANCH, which may be
 * NULL for all, is to be bound, AC_RECORD_DOWN to stand in front. */
#define AC_RECORD_DOWN(branch)                                                         \
  "WITH RECURSIVE down (at) AS (SELECT " branch " UNION "                              \
  "  SELECT branches.id FROM branches JOIN down ON parent = at) "
#define AC_RECORD_SIDE(side, rows)                                                     \
  "(SELECT branch FROM memberships WHERE member = " rows ".member AND side = '" side   \
  "' AND from_day <= (SELECT date (coalesce (started_ms, planned_ms, created_ms) "     \
  "  / 1000, 'unixepoch', 'localtime') FROM lessons WHERE id = " rows ".lesson) "      \
  "ORDER BY from_day DESC LIMIT 1)"
#define AC_RECORD_WITHIN(branch, rows)                                                 \
  "(" branch " IS NULL OR " AC_RECORD_SIDE (                                           \
      "home", rows) " IN (SELECT at FROM down) "                                       \
                    "OR " AC_RECORD_SIDE ("host", rows) " IN (SELECT at FROM down))"
