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

/* --- Lists --- */

/* clang-format off */

/* The newest lesson before @at of the stream at hand: one look into an index each. */
#define AC_AUDIENCE_NEXT(at)                                                           \
  "CASE kind"                                                                          \
  "  WHEN 'aimed' THEN (SELECT max (lesson) FROM lesson_targets"                       \
  "    WHERE branch = key AND lesson < " at ")"                                        \
  "  WHEN 'kept' THEN (SELECT max (id) FROM lessons"                                   \
  "    WHERE branch = key AND id < " at ")"                                            \
  "  WHEN 'open' THEN (SELECT max (id) FROM lessons"                                   \
  "    WHERE n_targets = 0 AND id < " at ")"                                           \
  "  WHEN 'expected' THEN (SELECT max (lesson) FROM expected"                          \
  "    WHERE member = key AND lesson < " at ")"                                        \
  "  WHEN 'lecturer' THEN (SELECT max (lesson) FROM lesson_lecturers"                  \
  "    WHERE member = key AND lesson < " at ")"                                        \
  "  ELSE (SELECT max (id) FROM lessons WHERE id < " at ") END"

/* walk (kind, key, lesson): lessons before @before of all streams (kind, key), newest
 * first, those of several streams several times. The queue of a recursive query hands
 * its rows out in order, and each puts the next one of its stream in: who stops reading
 * has looked at no more. A row without a lesson is the end of a stream. The limit is
 * none, but SQLite leaves out the order of what is joined and has no limit.
 * @streams: SELECTs of kind and key */
#define AC_AUDIENCE_WALK(streams, before)                                              \
  "streams (kind, key) AS (" streams "), "                                             \
  "walk (kind, key, lesson) AS ("                                                      \
  "  SELECT kind, key, " AC_AUDIENCE_NEXT (before) " FROM streams"                     \
  "  UNION ALL"                                                                        \
  "  SELECT kind, key, " AC_AUDIENCE_NEXT ("walk.lesson") " FROM walk"                 \
  "    WHERE lesson IS NOT NULL"                                                       \
  "  ORDER BY 3 DESC LIMIT -1)"

/* Streams of all that the member may see, with some that they may not: kinds of members
 * and roles are looked at in the condition only. */
#define AC_AUDIENCE_STREAMS                                                            \
  "SELECT 'aimed', id FROM belongs UNION SELECT 'aimed', id FROM serves"               \
  "  UNION SELECT 'aimed', id FROM keeps UNION SELECT 'kept', id FROM keeps"           \
  "  UNION VALUES ('open', 0), ('expected', ?1), ('lecturer', ?1)"                     \
  "  UNION SELECT 'all', 0 FROM grants WHERE member = ?1 AND branch IS NULL"

/* clang-format on */
