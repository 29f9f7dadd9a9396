/* audience_sql.h - whom a lesson is for, as SQL: the same for one lesson and for lists.
 *
 * A query that begins with AC_AUDIENCE_TABLES binds the member who asks as ?1, and may
 * then use AC_AUDIENCE_CONDITION about its row of lessons. */
#pragma once

/* belongs: the member's branches now, with all above. serves: those that the member has
 * a role over, with all above; keeps: the same, with all below. */
#define AC_AUDIENCE_TABLES                                                             \
  "WITH RECURSIVE "                                                                    \
  "belongs (id) AS ("                                                                  \
  "  SELECT branch FROM members WHERE id = ?1 AND branch IS NOT NULL "                 \
  "  UNION SELECT host FROM members WHERE id = ?1 AND host IS NOT NULL "               \
  "  UNION SELECT parent FROM branches JOIN belongs USING (id) "                       \
  "    WHERE parent IS NOT NULL), "                                                    \
  "serves (id) AS ("                                                                   \
  "  SELECT branch FROM grants WHERE member = ?1 AND branch IS NOT NULL "              \
  "  UNION SELECT parent FROM branches JOIN serves USING (id) "                        \
  "    WHERE parent IS NOT NULL), "                                                    \
  "keeps (id) AS ("                                                                    \
  "  SELECT branch FROM grants WHERE member = ?1 AND branch IS NOT NULL "              \
  "  UNION SELECT branches.id FROM branches JOIN keeps ON parent = keeps.id) "

#define AC_AUDIENCE_HAS_TARGETS                                                        \
  "EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id)"
#define AC_AUDIENCE_TARGETS(tables)                                                    \
  "EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id AND " tables ")"
/* @kind: SQL of a member's kind */
#define AC_AUDIENCE_KIND_FITS(kind)                                                    \
  "(target_kinds = '' OR "                                                             \
  " instr (',' || target_kinds || ',', ',' || " kind " || ',') > 0)"

#define AC_AUDIENCE_IS_LECTURER                                                        \
  "EXISTS (SELECT 1 FROM lesson_lecturers WHERE lesson = lessons.id AND member = ?1)"

/* Open to all, or expected when the room opened, or of the branches and kinds that it
 * is for, or with a role over one of these branches, or below, or above. */
#define AC_AUDIENCE_CONDITION                                                                        \
  "((" AC_AUDIENCE_KIND_FITS (                                                                       \
      "(SELECT kind FROM members WHERE id = ?1)") "  AND "                                           \
                                                  "(NOT " AC_AUDIENCE_HAS_TARGETS                    \
                                                  "    OR " AC_AUDIENCE_TARGETS (                    \
                                                      "branch IN belongs") "))"                      \
                                                                           " OR "                    \
                                                                           "EXISTS "                 \
                                                                           "(SELECT "                \
                                                                           "1 FROM "                 \
                                                                           "expected "               \
                                                                           "WHERE "                  \
                                                                           "lesson = "               \
                                                                           "lessons."                \
                                                                           "id AND "                 \
                                                                           "member = "               \
                                                                           "?1)"                     \
                                                                           " OR"                     \
                                                                           " " AC_AUDIENCE_TARGETS ( \
                                                                               "(bran"               \
                                                                               "ch "                 \
                                                                               "IN "                 \
                                                                               "serve"               \
                                                                               "s OR "               \
                                                                               "branc"               \
                                                                               "h IN "               \
                                                                               "keeps"               \
                                                                               ")") ")"
