/* audience_sql.h - whom a lesson is for, as SQL: the same for one lesson and for lists.
 *
 * A query that begins with AC_AUDIENCE_TABLES binds the member who asks as ?1, and may
 * then use the conditions about its row of lessons. */
#pragma once

/* clang-format off: one step of SQL a line */

/* The member's branches now, with all above. */
#define AC_AUDIENCE_BELONGS                                                            \
  "belongs (id) AS ("                                                                  \
  "  SELECT branch FROM members WHERE id = ?1 AND branch IS NOT NULL"                  \
  "  UNION SELECT host FROM members WHERE id = ?1 AND host IS NOT NULL"                \
  "  UNION SELECT parent FROM branches JOIN belongs USING (id)"                        \
  "    WHERE parent IS NOT NULL)"

/* Those that the member has a role over, with all above. */
#define AC_AUDIENCE_SERVES                                                             \
  "serves (id) AS ("                                                                   \
  "  SELECT branch FROM grants WHERE member = ?1 AND branch IS NOT NULL"               \
  "  UNION SELECT parent FROM branches JOIN serves USING (id)"                         \
  "    WHERE parent IS NOT NULL)"

/* The same, with all below. */
#define AC_AUDIENCE_KEEPS                                                              \
  "keeps (id) AS ("                                                                    \
  "  SELECT branch FROM grants WHERE member = ?1 AND branch IS NOT NULL"               \
  "  UNION SELECT branches.id FROM branches JOIN keeps ON parent = keeps.id)"

#define AC_AUDIENCE_TABLES                                                             \
  "WITH RECURSIVE " AC_AUDIENCE_BELONGS ", " AC_AUDIENCE_SERVES ", " AC_AUDIENCE_KEEPS \
  " "

#define AC_AUDIENCE_HAS_TARGETS                                                        \
  "EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id)"

/* @table: one of the above */
#define AC_AUDIENCE_TARGETS(table)                                                     \
  "EXISTS (SELECT 1 FROM lesson_targets"                                               \
  "  WHERE lesson = lessons.id AND branch IN " table ")"

/* @kind: SQL of a member's kind */
#define AC_AUDIENCE_KIND_FITS(kind)                                                    \
  "(target_kinds = ''"                                                                 \
  "  OR instr (',' || target_kinds || ',', ',' || " kind " || ',') > 0)"

#define AC_AUDIENCE_OWN_KIND "(SELECT kind FROM members WHERE id = ?1)"

/* Of the branches and kinds that it is for; it may be for all. */
#define AC_AUDIENCE_IS_AIMED_AT                                                        \
  "(" AC_AUDIENCE_KIND_FITS (                                                          \
      AC_AUDIENCE_OWN_KIND) "  AND (NOT " AC_AUDIENCE_HAS_TARGETS                      \
                            " OR " AC_AUDIENCE_TARGETS ("belongs") "))"

#define AC_AUDIENCE_WAS_EXPECTED                                                       \
  "EXISTS (SELECT 1 FROM expected WHERE lesson = lessons.id AND member = ?1)"

/* With a role over one of these branches, or below, or above. */
#define AC_AUDIENCE_LOOKS_AFTER                                                        \
  "(" AC_AUDIENCE_TARGETS ("serves") " OR " AC_AUDIENCE_TARGETS ("keeps") ")"

#define AC_AUDIENCE_CONDITION                                                          \
  "(" AC_AUDIENCE_IS_AIMED_AT "  OR " AC_AUDIENCE_WAS_EXPECTED                         \
  "  OR " AC_AUDIENCE_LOOKS_AFTER ")"

#define AC_AUDIENCE_IS_LECTURER                                                        \
  "EXISTS (SELECT 1 FROM lesson_lecturers WHERE lesson = lessons.id AND member = ?1)"

/* clang-format on */
