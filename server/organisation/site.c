#include "site.h"

#include "branch.h"
#include "field_check.h"

void
ac_site_free (AcSite *site)
{
  g_free (site->name);
  g_array_unref (site->stewards);
  g_free (site);
}

static void
free_site (gpointer data)
{
  ac_site_free (data);
}

static gboolean
read_stewards (AcStore *store, AcSite *site, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT member FROM stewards WHERE site = ? ORDER BY member", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", site->id);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);

    g_array_append_val (site->stewards, member);
  }
  return code == SQLITE_DONE;
}

#define COLUMNS "id, branch, name, closed_ms"

static AcSite *
read_site (AcStatement *statement)
{
  AcSite *site = g_new0 (AcSite, 1);

  site->id = sqlite3_column_int64 (statement, 0);
  site->branch = sqlite3_column_int64 (statement, 1);
  site->name = ac_statement_text (statement, 2);
  site->closed_ms = sqlite3_column_int64 (statement, 3);
  site->stewards = g_array_new (FALSE, FALSE, sizeof (gint64));
  return site;
}

/* @statement: (nullable): bound; NULL with @error set */
static GPtrArray *
read_sites (AcStore *store, AcStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) sites = g_ptr_array_new_with_free_func (free_site);
  gint code = -1;

  if (statement == NULL)
    return NULL;
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (sites, read_site (statement));
  for (guint i = 0; code == SQLITE_DONE && i < sites->len; i++)
    if (!read_stewards (store, sites->pdata[i], error))
      return NULL;
  return code == SQLITE_DONE ? g_steal_pointer (&sites) : NULL;
}

GPtrArray *
ac_site_list (AcStore *store, gint64 branch, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT " COLUMNS " FROM sites WHERE closed_ms IS NULL "
                        "AND (?1 = 0 OR branch = ?1) ORDER BY id",
                        error);

  if (statement != NULL)
    ac_statement_bind (statement, "i", branch);
  return read_sites (store, statement, error);
}

GPtrArray *
ac_site_list_near (AcStore *store, const AcSiteSearch *search, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE keeps (id) AS ("
      "  SELECT branch FROM grants WHERE member = ?1 AND branch IS NOT NULL"
      "  UNION SELECT branches.id FROM branches JOIN keeps ON parent = keeps.id), "
      "near (site) AS ("
      "  SELECT site FROM stewards WHERE member = ?1 AND site > ?2"
      "  UNION SELECT sites.id FROM keeps JOIN sites ON branch = keeps.id"
      "    WHERE sites.id > ?2"
      "  UNION SELECT * FROM (SELECT sites.id FROM sites WHERE sites.id > ?2"
      "    AND (?5 OR closed_ms IS NULL) AND (?4 IS NULL OR instr (name, ?4) > 0)"
      "    AND EXISTS (SELECT 1 FROM grants WHERE member = ?1 AND branch IS NULL)"
      "    ORDER BY sites.id LIMIT ?3)) "
      "SELECT " COLUMNS " FROM near CROSS JOIN sites ON id = site "
      "WHERE (?5 OR closed_ms IS NULL) AND (?4 IS NULL OR instr (name, ?4) > 0) "
      "ORDER BY id LIMIT ?3",
      error);

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iiitd", search->member, search->after,
                     (gint64)search->limit, search->text, search->closed);
  return read_sites (store, statement, error);
}

GPtrArray *
ac_site_list_within (AcStore *store, gint64 branch, gint64 after, guint limit,
                     GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT " COLUMNS " FROM sites WHERE id > ?2 "
      "AND (?1 IS NULL OR branch IN (SELECT at FROM down)) ORDER BY id LIMIT ?3",
      error);

  if (statement != NULL)
    ac_statement_bind (statement, "nii", branch, after, (gint64)limit);
  return read_sites (store, statement, error);
}

AcSite *
ac_site_get (AcStore *store, gint64 site, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM sites WHERE id = ?", error);
  g_autoptr (AcSite) found = NULL;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return NULL;
  found = read_site (statement);
  return read_stewards (store, found, error) ? g_steal_pointer (&found) : NULL;
}

gboolean
ac_site_add (AcStore *store, gint64 branch, const gchar *name, gint64 wall_ms,
             gint64 *ret_site, GError **error)
{
  g_autoptr (AcBranch) found = NULL;
  g_autoptr (AcStatement) statement = NULL;
  GError *refusal = ac_check_name (name);

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  found = ac_branch_require (store, branch, "branch", error);
  if (found == NULL || !ac_branch_check_open (found, "branch", error))
    return FALSE;
  statement = ac_store_prepare (store,
                                "INSERT INTO sites (branch, name, created_ms) "
                                "VALUES (?, ?, ?) RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iti", branch, name, wall_ms);
  return ac_organisation_insert (store, statement, "name", ret_site, error);
}

/* @sql: a SELECT of the row ?1 */
static gboolean
require (AcStore *store, const gchar *sql, gint64 id, const gchar *field,
         GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", id);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, field,
                                   "%s: no such %s", field, field);
  return code == SQLITE_ROW;
}

gboolean
ac_site_set_steward (AcStore *store, gint64 site, gint64 member, gboolean steward,
                     GError **error)
{
  const gchar *sql =
      steward
          ? "INSERT INTO stewards (site, member) VALUES (?, ?) ON CONFLICT DO NOTHING"
          : "DELETE FROM stewards WHERE site = ? AND member = ?";

  return require (store, "SELECT 1 FROM sites WHERE id = ?", site, "site", error) &&
         require (store, "SELECT 1 FROM members WHERE id = ?", member, "member",
                  error) &&
         ac_store_run (store, error, sql, "ii", site, member);
}

static gboolean
write_site (AcStore *store, const AcSite *site, const gchar *name, gboolean closed,
            gint64 wall_ms, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "UPDATE sites SET name = ?2, closed_ms = CASE WHEN ?3 THEN "
                        "  ifnull (closed_ms, ?4) END WHERE id = ?1 RETURNING id",
                        error);
  gint64 id;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "itdi", site->id, name != NULL ? name : site->name,
                     closed != FALSE, wall_ms);
  return ac_organisation_insert (store, statement, "name", &id, error);
}

gboolean
ac_site_set (AcStore *store, gint64 site, const gchar *name, gboolean closed,
             gint64 wall_ms, GError **error)
{
  g_autoptr (AcSite) found = NULL;
  g_autoptr (AcBranch) branch = NULL;
  GError *refusal = name != NULL ? ac_check_name (name) : NULL;

  if (refusal != NULL) {
    g_propagate_error (error, refusal);
    return FALSE;
  }
  if (!require (store, "SELECT 1 FROM sites WHERE id = ?", site, "site", error) ||
      (found = ac_site_get (store, site, error)) == NULL ||
      (branch = ac_branch_require (store, found->branch, "branch", error)) == NULL)
    return FALSE;
  if (!closed && !ac_branch_check_open (branch, "closed", error))
    return FALSE;
  return write_site (store, found, name, closed, wall_ms, error) &&
         (!closed || ac_store_run (store, error, "DELETE FROM stewards WHERE site = ?",
                                   "i", site));
}

gboolean
ac_site_has_steward (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT 1 FROM stewards WHERE member = ? LIMIT 1", error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", member);
  return ac_store_step (store, statement, error) == SQLITE_ROW;
}
