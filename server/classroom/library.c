#include "library.h"

#include "audience_sql.h"
#include "classroom_private.h"

/* ?1 is the member or the branch. */
#define FITS                                                                           \
  "id < ?2 AND state = 'ended' AND length_ms > 0 "                                     \
  "AND (?3 IS NULL OR instr (title, ?3) > 0 "                                          \
  "  OR EXISTS (SELECT 1 FROM courses c WHERE c.id = lessons.course "                  \
  "    AND instr (c.title, ?3) > 0) "                                                  \
  "  OR EXISTS (SELECT 1 FROM lesson_lecturers l JOIN members m ON m.id = l.member "   \
  "    WHERE l.lesson = lessons.id AND instr (m.name, ?3) > 0)) "                      \
  "AND (?4 IS NULL OR course = ?4) "                                                   \
  "AND (?5 IS NULL OR EXISTS (SELECT 1 FROM lesson_lecturers l "                       \
  "  WHERE l.lesson = lessons.id AND l.member = ?5)) "                                 \
  "AND (?6 IS NULL OR (SELECT c.kind FROM courses c WHERE c.id = lessons.course) "     \
  "  = ?6) "                                                                           \
  "AND started_ms >= ?7 AND started_ms < ?8 "

/* @statement: (nullable): NULL with @error set
 * @who: as ?1; 0: NULL */
static GPtrArray *
read_lessons (AcClassroom *self, AcStatement *statement, gint64 who,
              const AcLibraryQuery *query, GError **error)
{
  g_autoptr (GPtrArray) lessons =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_lesson_free);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nitnntiii", who,
                     query->before > 0 ? query->before : G_MAXINT64, query->text,
                     query->course, query->lecturer, query->kind, query->from_ms,
                     query->until_ms, (gint64)query->limit);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    AcLesson *lesson =
        ac_classroom_get_lesson (self, sqlite3_column_int64 (statement, 0));

    if (lesson != NULL)
      g_ptr_array_add (lessons, lesson);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&lessons) : NULL;
}

GPtrArray *
ac_classroom_search_library (AcClassroom *self, gint64 member,
                             const AcLibraryQuery *query, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      AC_AUDIENCE_TABLES "SELECT id FROM lessons WHERE " FITS
                         "AND (" AC_AUDIENCE_CONDITION " OR " AC_AUDIENCE_IS_LECTURER
                         "  OR branch IN keeps OR EXISTS (SELECT 1 FROM grants "
                         "    WHERE member = ?1 AND branch IS NULL)) "
                         "ORDER BY id DESC LIMIT ?9",
      error);

  return read_lessons (self, statement, member, query, error);
}

GPtrArray *
ac_classroom_list_recordings (AcClassroom *self, gint64 branch,
                              const AcLibraryQuery *query, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT id FROM lessons WHERE " FITS
      "AND (?1 IS NULL OR branch IN (SELECT at FROM down)) ORDER BY id DESC LIMIT ?9",
      error);

  return read_lessons (self, statement, branch, query, error);
}
