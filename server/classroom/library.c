#include "library.h"

#include "audience_sql.h"
#include "classroom_private.h"

/* ?1 is the member or the branch. */
#define FITS                                                                           \
  "id < ?2 AND state = 'ended' AND length_ms > 0 "                                     \
  "AND (?4 IS NULL OR course = ?4) "                                                   \
  "AND (?5 IS NULL OR EXISTS (SELECT 1 FROM lesson_lecturers l "                       \
  "  WHERE l.lesson = lessons.id AND l.member = ?5)) "                                 \
  "AND (?6 IS NULL OR (SELECT c.kind FROM courses c WHERE c.id = lessons.course) "     \
  "  = ?6) "                                                                           \
  "AND started_ms >= ?7 AND started_ms < ?8 "
#define HAS_TEXT                                                                       \
  "(?3 IS NULL OR instr (title, ?3) > 0 "                                              \
  "  OR EXISTS (SELECT 1 FROM courses c WHERE c.id = lessons.course "                  \
  "    AND instr (c.title, ?3) > 0) "                                                  \
  "  OR EXISTS (SELECT 1 FROM lesson_lecturers l JOIN members m ON m.id = l.member "   \
  "    WHERE l.lesson = lessons.id AND instr (m.name, ?3) > 0))"
/* What fits is walked through, and only of what has the text it is asked whether it is
 * one of @those: so a search is as long as its bound, and what does not fit is passed
 * at a microsecond a lesson. By another index it would be sorted, and looked at to its
 * end, before the first row is told. */
#define WALK(those)                                                                    \
  "SELECT id, CASE WHEN " HAS_TEXT " THEN " those " ELSE 0 END "                       \
  "FROM lessons NOT INDEXED WHERE " FITS "ORDER BY id DESC"

/* @statement: (nullable): NULL with @error set
 * @who: as ?1; 0: NULL */
static GPtrArray *
read_lessons (AcClassroom *self, AcStatement *statement, gint64 who,
              const AcLibraryQuery *query, gint64 *ret_next, GError **error)
{
  g_autoptr (GPtrArray) lessons = NULL;
  GError *local = NULL;

  *ret_next = 0;
  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nitnntii", who,
                     query->before > 0 ? query->before : G_MAXINT64, query->text,
                     query->course, query->lecturer, query->kind, query->from_ms,
                     query->until_ms);
  lessons = ac_classroom_read_walk (
      self, statement, query->limit,
      query->text != NULL ? AC_LESSON_SEARCH_MAX : G_MAXUINT, ret_next, &local);
  if (local == NULL)
    return g_steal_pointer (&lessons);
  g_propagate_error (error, local);
  return NULL;
}

GPtrArray *
ac_classroom_search_library (AcClassroom *self, gint64 member,
                             const AcLibraryQuery *query, gint64 *ret_next,
                             GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      AC_AUDIENCE_TABLES WALK ("(" AC_AUDIENCE_CONDITION " OR " AC_AUDIENCE_IS_LECTURER
                               "  OR branch IN keeps OR EXISTS (SELECT 1 FROM grants "
                               "    WHERE member = ?1 AND branch IS NULL))"),
      error);

  return read_lessons (self, statement, member, query, ret_next, error);
}

GPtrArray *
ac_classroom_list_recordings (AcClassroom *self, gint64 branch,
                              const AcLibraryQuery *query, gint64 *ret_next,
                              GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) " WALK (
          "(?1 IS NULL OR branch IN (SELECT at FROM down))"),
      error);

  return read_lessons (self, statement, branch, query, ret_next, error);
}
