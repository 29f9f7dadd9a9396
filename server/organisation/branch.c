#include "branch.h"

#include "field_check.h"

static const gchar *const kind_names[] = {
  [AC_BRANCH_COUNTY] = "county",   [AC_BRANCH_TOWN] = "town",
  [AC_BRANCH_VILLAGE] = "village", [AC_BRANCH_ENTERPRISE] = "enterprise",
  [AC_BRANCH_NETWORK] = "network",
};

const gchar *
ac_branch_kind_name (AcBranchKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
ac_branch_kind_from_name (const gchar *name, AcBranchKind *ret_kind)
{
  gint place = ac_organisation_find_word (kind_names, G_N_ELEMENTS (kind_names), name);

  if (place >= 0)
    *ret_kind = (AcBranchKind)place;
  return place >= 0;
}

gboolean
ac_branch_kind_is_host (AcBranchKind kind)
{
  return kind >= AC_BRANCH_ENTERPRISE;
}

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

#define COLUMNS "id, parent, name, kind, closed_ms"

static AcBranch *
read_branch (AcStatement *statement)
{
  AcBranch *branch = g_new0 (AcBranch, 1);

  branch->id = sqlite3_column_int64 (statement, 0);
  branch->parent = sqlite3_column_int64 (statement, 1);
  branch->name = ac_statement_text (statement, 2);
  /* The schema's CHECK admits these names only. */
  ac_branch_kind_from_name ((const gchar *)sqlite3_column_text (statement, 3),
                            &branch->kind);
  branch->closed_ms = sqlite3_column_int64 (statement, 4);
  return branch;
}

AcBranch *
ac_branch_get (AcStore *store, gint64 branch, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM branches WHERE id = ?", error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", branch);
  return ac_store_step (store, statement, error) == SQLITE_ROW ? read_branch (statement)
                                                               : NULL;
}

/* @statement: (nullable): bound; NULL with @error set */
static GPtrArray *
read_branches (AcStore *store, AcStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) branches = g_ptr_array_new_with_free_func (free_branch);
  gint code = -1;

  while (statement != NULL &&
         (code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (branches, read_branch (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&branches) : NULL;
}

GPtrArray *
ac_branch_list_all (AcStore *store, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM branches ORDER BY id", error);

  return read_branches (store, statement, error);
}

GPtrArray *
ac_branch_search (AcStore *store, const AcBranchQuery *query, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT " COLUMNS " FROM branches WHERE id > ?4 "
      "  AND (?3 OR closed_ms IS NULL) "
      "  AND CASE WHEN ?2 IS NULL THEN parent IS ?1 ELSE instr (name, ?2) > 0 "
      "    AND (?1 IS NULL OR id IN (SELECT at FROM down)) END "
      "ORDER BY id LIMIT ?5",
      error);

  if (statement != NULL)
    ac_statement_bind (statement, "ntdii", query->within, query->text, query->closed,
                       query->after, (gint64)query->limit);
  return read_branches (store, statement, error);
}

gboolean
ac_branch_size (AcStore *store, gint64 branch, AcBranchSize *ret_size, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT (SELECT count (*) FROM branches WHERE parent = ?1 AND closed_ms IS "
      "NULL), "
      "  (SELECT count (*) FROM sites WHERE branch = ?1 AND closed_ms IS NULL), "
      "  (SELECT count (*) FROM members WHERE branch = ?1) + "
      "  (SELECT count (*) FROM members WHERE host = ?1)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", branch);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_size = (AcBranchSize){ .branches = sqlite3_column_int64 (statement, 0),
                              .sites = sqlite3_column_int64 (statement, 1),
                              .members = sqlite3_column_int64 (statement, 2) };
  return TRUE;
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

/* --- Changes --- */

AcBranch *
ac_branch_require (AcStore *store, gint64 branch, const gchar *field, GError **error)
{
  g_autoptr (GError) local = NULL;
  AcBranch *found = ac_branch_get (store, branch, &local);

  if (found != NULL)
    return found;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, field,
                            "%s: no such branch", field);
  return NULL;
}

gboolean
ac_branch_check_open (const AcBranch *branch, const gchar *field, GError **error)
{
  return branch->closed_ms == 0 ||
         ac_organisation_refuse_because (error, AC_ORGANISATION_ERROR_INVALID, field,
                                         AC_REASON_BRANCH_CLOSED,
                                         "%s: the branch is closed", field);
}

/* Returns: the first number that @sql yields for @branch; -1 with @error. */
static gint64
number_of (AcStore *store, const gchar *sql, gint64 branch, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);

  if (statement == NULL)
    return -1;
  ac_statement_bind (statement, "i", branch);
  return ac_store_step (store, statement, error) == SQLITE_ROW
             ? sqlite3_column_int64 (statement, 0)
             : -1;
}

/* Levels from the root to @branch: 1 for a root. */
static gint64
depth_of (AcStore *store, gint64 branch, GError **error)
{
  return number_of (store,
                    "WITH RECURSIVE up (id) AS (SELECT ? UNION "
                    "  SELECT parent FROM branches JOIN up USING (id) "
                    "  WHERE parent IS NOT NULL) SELECT count (*) FROM up",
                    branch, error);
}

/* Levels from @branch to the lowest below it: 1 when there is none. */
static gint64
height_of (AcStore *store, gint64 branch, GError **error)
{
  return number_of (
      store,
      "WITH RECURSIVE down (id, level) AS (SELECT ?, 1 UNION "
      "  SELECT branches.id, level + 1 FROM branches JOIN down ON parent = down.id "
      "  WHERE level < 100) SELECT max (level) FROM down",
      branch, error);
}

/* @parent: (nullable): NULL: a root */
static gboolean
check_place (const AcBranch *parent, AcBranchKind kind, GError **error)
{
  if (parent == NULL)
    return TRUE;
  if (ac_branch_kind_is_host (parent->kind) != ac_branch_kind_is_host (kind))
    return ac_organisation_refuse_because (
        error, AC_ORGANISATION_ERROR_INVALID, "kind", AC_REASON_OTHER_SIDE,
        "kind: a branch of kind %s is on the other side than one of kind %s",
        ac_branch_kind_name (kind), ac_branch_kind_name (parent->kind));
  if (kind == AC_BRANCH_COUNTY || kind < parent->kind ||
      (kind == AC_BRANCH_TOWN && parent->kind == AC_BRANCH_TOWN))
    return ac_organisation_refuse_because (
        error, AC_ORGANISATION_ERROR_INVALID, "kind", AC_REASON_KIND_BELOW,
        "kind: a branch of kind %s cannot lie below one of kind %s",
        ac_branch_kind_name (kind), ac_branch_kind_name (parent->kind));
  return TRUE;
}

static gboolean
check_depth (AcStore *store, gint64 parent, gint64 height, GError **error)
{
  gint64 depth = depth_of (store, parent, error);

  if (depth < 0 || height < 0)
    return FALSE;
  return depth + height <= AC_BRANCH_DEPTH_MAX ||
         ac_organisation_refuse_because (
             error, AC_ORGANISATION_ERROR_INVALID, "parent", AC_REASON_BRANCH_DEPTH,
             "parent: more than %d levels of branches", AC_BRANCH_DEPTH_MAX);
}

static AcBranchKind
next_kind (const AcBranch *parent)
{
  static const AcBranchKind below[] = {
    [AC_BRANCH_COUNTY] = AC_BRANCH_TOWN,     [AC_BRANCH_TOWN] = AC_BRANCH_VILLAGE,
    [AC_BRANCH_VILLAGE] = AC_BRANCH_VILLAGE, [AC_BRANCH_ENTERPRISE] = AC_BRANCH_NETWORK,
    [AC_BRANCH_NETWORK] = AC_BRANCH_NETWORK,
  };

  return parent != NULL ? below[parent->kind] : AC_BRANCH_COUNTY;
}

gboolean
ac_branch_add (AcStore *store, const gchar *name, gint64 parent,
               const AcBranchKind *kind, gint64 wall_ms, gint64 *ret_branch,
               GError **error)
{
  g_autoptr (AcBranch) above = NULL;
  g_autoptr (AcStatement) statement = NULL;
  GError *refusal = ac_check_name (name);
  AcBranchKind own;

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  if (parent != 0 &&
      (above = ac_branch_require (store, parent, "parent", error)) == NULL)
    return FALSE;
  own = kind != NULL ? *kind : next_kind (above);
  if (above != NULL && !ac_branch_check_open (above, "parent", error))
    return FALSE;
  if (!check_place (above, own, error) ||
      (parent != 0 && !check_depth (store, parent, 1, error)))
    return FALSE;
  statement = ac_store_prepare (store,
                                "INSERT INTO branches (parent, name, kind, created_ms) "
                                "VALUES (?, ?, ?, ?) RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ntti", parent, name, kind_names[own], wall_ms);
  return ac_organisation_insert (store, statement, "name", ret_branch, error);
}

/* @set: an UPDATE of one value ?2 of the branch ?1, with RETURNING id */
static gboolean
update (AcStore *store, const gchar *set, const gchar *types, gint64 branch,
        gconstpointer value, gint64 number, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (store, set, error);
  gint64 id;

  if (statement == NULL)
    return FALSE;
  if (value != NULL)
    ac_statement_bind (statement, types, branch, value);
  else
    ac_statement_bind (statement, types, branch, number);
  return ac_organisation_insert (store, statement, "name", &id, error);
}

gboolean
ac_branch_move (AcStore *store, gint64 branch, gint64 parent, GError **error)
{
  g_autoptr (AcBranch) moved = ac_branch_require (store, branch, "branch", error);
  g_autoptr (AcBranch) above = NULL;

  if (moved == NULL || (parent != 0 && (above = ac_branch_require (
                                            store, parent, "parent", error)) == NULL))
    return FALSE;
  if (parent != 0 && ac_branch_is_within (store, parent, branch))
    return ac_organisation_refuse_because (error, AC_ORGANISATION_ERROR_INVALID,
                                           "parent", AC_REASON_BELOW_ITSELF,
                                           "parent: a branch cannot lie below itself");
  if (above != NULL && !ac_branch_check_open (above, "parent", error))
    return FALSE;
  if (!check_place (above, moved->kind, error) ||
      (parent != 0 &&
       !check_depth (store, parent, height_of (store, branch, error), error)))
    return FALSE;
  return update (store, "UPDATE branches SET parent = ?2 WHERE id = ?1 RETURNING id",
                 "in", branch, NULL, parent, error);
}

gboolean
ac_branch_rename (AcStore *store, gint64 branch, const gchar *name, GError **error)
{
  g_autoptr (AcBranch) found = NULL;
  GError *refusal = ac_check_name (name);

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  found = ac_branch_require (store, branch, "branch", error);
  return found != NULL &&
         update (store, "UPDATE branches SET name = ?2 WHERE id = ?1 RETURNING id",
                 "it", branch, name, 0, error);
}

/* @parent: 0: a root */
static gboolean
check_open_above (AcStore *store, gint64 parent, GError **error)
{
  g_autoptr (AcBranch) above = NULL;

  if (parent == 0)
    return TRUE;
  above = ac_branch_require (store, parent, "parent", error);
  return above != NULL && ac_branch_check_open (above, "closed", error);
}

static gboolean
check_empty (AcStore *store, gint64 branch, GError **error)
{
  AcBranchSize size;

  if (!ac_branch_size (store, branch, &size, error))
    return FALSE;
  return size.branches + size.sites + size.members == 0 ||
         ac_organisation_refuse_because (
             error, AC_ORGANISATION_ERROR_EXISTS, "closed", AC_REASON_BRANCH_IN_USE,
             "closed: %" G_GINT64_FORMAT " members, %" G_GINT64_FORMAT
             " branches and %" G_GINT64_FORMAT
             " sites are there: move them or close them first",
             size.members, size.branches, size.sites);
}

gboolean
ac_branch_set_closed (AcStore *store, gint64 branch, gboolean closed, gint64 wall_ms,
                      GError **error)
{
  g_autoptr (AcBranch) found = ac_branch_require (store, branch, "branch", error);

  if (found == NULL)
    return FALSE;
  if (closed ? !check_empty (store, branch, error)
             : !check_open_above (store, found->parent, error))
    return FALSE;
  return ac_store_run (store, error,
                       "UPDATE branches SET closed_ms = CASE WHEN ?2 THEN "
                       "  ifnull (closed_ms, ?3) END WHERE id = ?1",
                       "idi", branch, closed != FALSE, wall_ms);
}
