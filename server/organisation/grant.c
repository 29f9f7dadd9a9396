#include "grant.h"

#include "audit.h"
#include "branch.h"
#include "member.h"

GArray *
ac_grant_list (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GArray) grants = g_array_new (FALSE, FALSE, sizeof (AcGrant));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT role, branch FROM grants WHERE member = ? ORDER BY role, branch",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcGrant grant = { .branch = sqlite3_column_int64 (statement, 1) };

    /* The schema's CHECK admits these names only. */
    ac_role_from_name ((const gchar *)sqlite3_column_text (statement, 0), &grant.role);
    g_array_append_val (grants, grant);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&grants) : NULL;
}

static void
free_row (gpointer data)
{
  AcGrantRow *row = data;

  g_free (row->number);
  g_free (row->name);
  g_free (row);
}

static AcGrantRow *
read_row (AcStatement *statement)
{
  AcGrantRow *row = g_new0 (AcGrantRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->member = sqlite3_column_int64 (statement, 1);
  row->number = ac_statement_text (statement, 2);
  row->name = ac_statement_text (statement, 3);
  ac_role_from_name ((const gchar *)sqlite3_column_text (statement, 4),
                     &row->grant.role);
  row->grant.branch = sqlite3_column_int64 (statement, 5);
  row->wall_ms = sqlite3_column_int64 (statement, 6);
  return row;
}

GPtrArray *
ac_grant_list_within (AcStore *store, gint64 branch, gint64 after, guint limit,
                      GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at) "
      "SELECT grants.rowid, member, number, name, grants.role, grants.branch, wall_ms "
      "FROM grants JOIN members ON members.id = member "
      "WHERE grants.rowid > ?2 "
      "  AND (?1 IS NULL OR grants.branch IN (SELECT at FROM down)) "
      "ORDER BY grants.rowid LIMIT ?3",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "nii", branch, after, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

static gboolean
note_highest (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GArray) grants = ac_grant_list (store, member, error);
  AcRole highest = AC_ROLE_MEMBER;

  if (grants == NULL)
    return FALSE;
  for (guint i = 0; i < grants->len; i++)
    highest = MAX (highest, g_array_index (grants, AcGrant, i).role);
  return ac_store_run (store, error, "UPDATE members SET role = ? WHERE id = ?", "ti",
                       ac_role_name (highest), member);
}

static gboolean
check (AcStore *store, gint64 member, const AcGrant *grant, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) found = ac_member_get (store, member, &local);
  g_autoptr (AcBranch) branch = NULL;

  if (grant->role == AC_ROLE_MEMBER)
    return ac_organisation_refuse_because (error, AC_ORGANISATION_ERROR_INVALID, "role",
                                           AC_REASON_EVERYBODY,
                                           "role: everybody is a member");
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (found == NULL)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member",
                                   "member: no such member");
  if (grant->branch == 0)
    return TRUE;
  branch = ac_branch_require (store, grant->branch, "branch", error);
  return branch != NULL;
}

static gboolean
is_granted (AcStore *store, gint64 member, const AcGrant *grant, gboolean *ret_granted,
            GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT count (*) FROM grants WHERE member = ? AND role = ? "
                        "AND ifnull (branch, 0) = ?",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iti", member, ac_role_name (grant->role),
                     grant->branch);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_granted = sqlite3_column_int (statement, 0) > 0;
  return TRUE;
}

static gboolean
write_grant (AcStore *store, gint64 member, const AcGrant *grant, gboolean granted,
             gint64 wall_ms, GError **error)
{
  if (granted)
    return ac_store_run (
        store, error,
        "INSERT INTO grants (member, role, branch, wall_ms) VALUES (?, ?, ?, ?)",
        "itni", member, ac_role_name (grant->role), grant->branch, wall_ms);
  return ac_store_run (
      store, error,
      "DELETE FROM grants WHERE member = ? AND role = ? AND ifnull (branch, 0) = ?",
      "iti", member, ac_role_name (grant->role), grant->branch);
}

gboolean
ac_grant_set_by (AcStore *store, gint64 actor, gint64 member, const AcGrant *grant,
                 gboolean granted, gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("tn", "role", ac_role_name (grant->role),
                                              "branch", grant->branch);
  const AcAuditEntry entry = { .act =
                                   granted ? AC_AUDIT_ROLE_GRANT : AC_AUDIT_ROLE_REVOKE,
                               .actor = actor,
                               .member = member,
                               .branch = grant->branch,
                               .detail = detail };
  gboolean there;

  if (!check (store, member, grant, error) ||
      !is_granted (store, member, grant, &there, error))
    return FALSE;
  return there == granted ||
         (write_grant (store, member, grant, granted, wall_ms, error) &&
          note_highest (store, member, error) &&
          ac_audit_note (store, &entry, wall_ms, error));
}

gboolean
ac_grant_set (AcStore *store, gint64 member, const AcGrant *grant, gboolean granted,
              gint64 wall_ms, GError **error)
{
  return ac_grant_set_by (store, 0, member, grant, granted, wall_ms, error);
}

gboolean
ac_branch_path (AcStore *store, gint64 branch, GArray *path, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE up (id) AS (SELECT id FROM branches WHERE id = ? UNION "
      "  SELECT parent FROM branches JOIN up USING (id) WHERE parent IS NOT NULL) "
      "SELECT id FROM up",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", branch);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (path, id);
  }
  return code == SQLITE_DONE;
}

/* --- Who is out of whose reach --- */

/* clang-format off */

/* What a member between ?1 and ?2, but not ?3, may do and others may not: whose branch
 * it is about (NULL: nobody's), and the act by which it was given to them. */
#define HELD                                                                           \
  "SELECT member, branch, ?4 FROM grants "                                             \
  "  WHERE member BETWEEN ?1 AND ?2 AND member <> ?3 "                                 \
  "UNION SELECT member, branch, ?5 FROM stewards JOIN sites ON sites.id = site "       \
  "  WHERE member BETWEEN ?1 AND ?2 AND member <> ?3 "                                 \
  "UNION SELECT member, branch, ?6 FROM lesson_lecturers JOIN lessons "                \
  "    ON lessons.id = lesson "                                                        \
  "  WHERE member BETWEEN ?1 AND ?2 AND member <> ?3 "                                 \
  "    AND state NOT IN ('ended', 'cancelled')"

/* clang-format on */

static gboolean
may_give_over (AcStore *store, const AcAccessWho *who, AcAct giving, gint64 branch,
               gboolean *ret_may, GError **error)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (gint64));
  AcAccessPlace place = { 0 };

  if (!ac_branch_path (store, branch, path, error))
    return FALSE;
  place.branches = (const gint64 *)path->data;
  place.n_branches = path->len;
  *ret_may = ac_access_may (giving, who, &place);
  return TRUE;
}

/* @statement: of HELD */
static gboolean
read_held (AcStore *store, AcStatement *statement, const AcAccessWho *who,
           GHashTable *members, GError **error)
{
  gint code;

  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 member = sqlite3_column_int64 (statement, 0);
    gboolean may = FALSE;

    if (!may_give_over (store, who, (AcAct)sqlite3_column_int (statement, 2),
                        sqlite3_column_int64 (statement, 1), &may, error))
      return FALSE;
    if (!may)
      g_hash_table_add (members, g_memdup2 (&member, sizeof member));
  }
  return code == SQLITE_DONE;
}

GHashTable *
ac_grant_out_of_reach (AcStore *store, gint64 actor, gint64 member, GError **error)
{
  g_autoptr (GHashTable) members =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) grants = NULL;
  g_autoptr (AcStatement) statement = NULL;
  AcAccessWho who = { .member = actor };

  if (actor == 0)
    return g_steal_pointer (&members);
  grants = ac_grant_list (store, actor, error);
  statement = grants != NULL ? ac_store_prepare (store, HELD, error) : NULL;
  if (statement == NULL)
    return NULL;
  who.grants = (const AcGrant *)grants->data;
  who.n_grants = grants->len;
  ac_statement_bind (statement, "iiiiii", member, member != 0 ? member : G_MAXINT64,
                     actor, (gint64)AC_ACT_GRANT, (gint64)AC_ACT_BRANCH_MANAGE,
                     (gint64)AC_ACT_LESSON_MANAGE);
  return read_held (store, statement, &who, members, error) ? g_steal_pointer (&members)
                                                            : NULL;
}
