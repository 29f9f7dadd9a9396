#include "lesson_place.h"

#include "audience_sql.h"
#include "grant.h"

static AcLessonPlace *
read_place (AcStatement *row, GArray *branches, const AcAccessWho *who)
{
  AcLessonPlace *self = g_new0 (AcLessonPlace, 1);

  self->branches = g_array_ref (branches);
  self->access = (AcAccessPlace){
    .branches = (const gint64 *)branches->data,
    .n_branches = branches->len,
    .audience = who != NULL && sqlite3_column_int (row, 1) != 0,
    .lecturer = who != NULL && sqlite3_column_int (row, 2) != 0,
  };
  return self;
}

/* A screen shows what is for the branch of its site, whatever kind of member it is for.
 */
#define FOR_SCREENS                                                                    \
  "WITH RECURSIVE belongs (id) AS ("                                                   \
  "  SELECT branch FROM sites WHERE id = ?1 "                                          \
  "  UNION SELECT parent FROM branches JOIN belongs USING (id) "                       \
  "    WHERE parent IS NOT NULL) "                                                     \
  "SELECT branch, NOT " AC_AUDIENCE_HAS_TARGETS                                        \
  "  OR " AC_AUDIENCE_TARGETS ("belongs") ", 0 FROM lessons WHERE id = ?2"

AcLessonPlace *
ac_lesson_place_new (AcStore *store, gint64 lesson, const AcAccessWho *who,
                     GError **error)
{
  g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean screen = who != NULL && who->screen != 0;
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        screen ? FOR_SCREENS
                               : AC_AUDIENCE_TABLES
                            "SELECT branch, " AC_AUDIENCE_CONDITION
                            ", " AC_AUDIENCE_IS_LECTURER " FROM lessons WHERE id = ?2",
                        error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii",
                     screen        ? who->site
                     : who != NULL ? who->member
                                   : (gint64)0,
                     lesson);
  if (ac_store_step (store, statement, error) != SQLITE_ROW ||
      !ac_branch_path (store, sqlite3_column_int64 (statement, 0), branches, error))
    return NULL;
  return read_place (statement, branches, who);
}

void
ac_lesson_place_free (AcLessonPlace *self)
{
  g_array_unref (self->branches);
  g_free (self);
}
