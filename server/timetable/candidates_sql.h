/* candidates_sql.h - who would be expected in a lesson now, as SQL.
 *
 * A query that begins with AC_CANDIDATES binds the lesson as ?1, and may then read
 * candidates (member, home, host, kind, state, reason, actor). */
#pragma once

#include "audience_sql.h"

/* clang-format off: one step of SQL a line */

/* The branches that it is for, with all below. */
#define AC_CANDIDATES_AIMED                                                            \
  "aimed (id) AS ("                                                                    \
  "  SELECT branch FROM lesson_targets WHERE lesson = ?1"                              \
  "  UNION SELECT branches.id FROM branches JOIN aimed ON parent = aimed.id)"

#define AC_CANDIDATES_BRANCH_FITS                                                      \
  "CASE WHEN " AC_AUDIENCE_HAS_TARGETS                                                 \
  "  THEN members.branch IN aimed OR members.host IN aimed"                            \
  "  ELSE target_kinds <> '' END"

#define AC_CANDIDATES_NOT_SPEAKING                                                     \
  "members.id NOT IN (SELECT member FROM lesson_lecturers WHERE lesson = ?1)"

#define AC_CANDIDATES                                                                  \
  "WITH RECURSIVE " AC_CANDIDATES_AIMED ", "                                           \
  "candidates (member, home, host, kind, state, reason, actor) AS ("                   \
  "  SELECT members.id, members.branch, members.host, members.kind,"                   \
  "    ifnull (excuses.state, 'expected'), ifnull (excuses.reason, ''), actor"         \
  "  FROM lessons JOIN members"                                                        \
  "  LEFT JOIN excuses ON excuses.lesson = lessons.id AND excuses.member = members.id" \
  "  WHERE lessons.id = ?1"                                                            \
  "    AND " AC_AUDIENCE_KIND_FITS (                                                   \
      "members.kind") "    AND " AC_CANDIDATES_BRANCH_FITS                             \
                      "    AND " AC_CANDIDATES_NOT_SPEAKING                            \
                      "    AND members.id NOT IN (SELECT member FROM "                 \
                      "erased_members)) "

/* clang-format on */
