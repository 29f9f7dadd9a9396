#include "member.h"

void
ac_branch_free (AcBranch *branch)
{
  g_free (branch->name);
  g_free (branch);
}

static void
free_branch (gpointer data)
{
  ac_branch_free (data);
}

static AcBranch *
read_branch (AcStatement *statement)
{
  AcBranch *branch = g_new0 (AcBranch, 1);

  branch->id = sqlite3_column_int64 (statement, 0);
  branch->parent = sqlite3_column_int64 (statement, 1);
  branch->name = ac_statement_text (statement, 2);
  return branch;
}

AcBranch *
ac_branch_get (AcStore *store, gint64 branch, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT id, parent, name FROM branches WHERE id = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", branch);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_branch (statement)
                                                               : NULL;
}

GPtrArray *
ac_branch_list (AcStore *store, gint64 parent, GError **error)
{
  g_autoptr (GPtrArray) branches = g_ptr_array_new_with_free_func (free_branch);
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT id, parent, name FROM branches "
                        "WHERE ifnull (parent, 0) = ? ORDER BY name",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", parent);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (branches, read_branch (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&branches) : NULL;
}

gboolean
ac_branch_is_within (AcStore *store, gint64 branch, gint64 ancestor)
{
  /* UNION, not UNION ALL: ends even if somebody's hand made the tree a ring. */
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE up (id) AS (SELECT id FROM branches WHERE id = ?1 UNION "
      "  SELECT parent FROM branches JOIN up USING (id) WHERE parent IS NOT NULL) "
      "SELECT 1 FROM up WHERE id = ?2",
      NULL);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", branch, ancestor);
  return ac_store_step (store, statement, NULL) == SQLITE_ROW;
}
