#include "membership.h"

#include "branch.h"

static const gchar *const side_names[] = {
  [AC_SIDE_HOME] = "home",
  [AC_SIDE_HOST] = "host",
};

const gchar *
ac_side_name (AcSide side)
{
  g_return_val_if_fail ((guint)side < G_N_ELEMENTS (side_names), NULL);

  return side_names[side];
}

gboolean
ac_side_from_name (const gchar *name, AcSide *ret_side)
{
  gint place = ac_organisation_find_word (side_names, G_N_ELEMENTS (side_names), name);

  if (place >= 0)
    *ret_side = (AcSide)place;
  return place >= 0;
}

gboolean
ac_membership_at (AcStore *store, gint64 member, gint64 wall_ms,
                  AcMembership *ret_membership, GError **error)
{
  gchar day[AC_DAY_CHARS + 1];
  /* Beside max() SQLite takes the other columns from the row that has it. */
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT side = 'host', branch, max (from_day) FROM memberships "
                        "WHERE member = ? AND from_day <= ? GROUP BY side",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_day_at (wall_ms, day);
  *ret_membership = (AcMembership){ 0 };
  ac_statement_bind (statement, "it", member, day);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    *(sqlite3_column_int (statement, 0) == AC_SIDE_HOST ? &ret_membership->host
                                                        : &ret_membership->home) =
        sqlite3_column_int64 (statement, 1);
  return code == SQLITE_DONE;
}

static gboolean
check_branch (AcStore *store, AcSide side, gint64 branch, GError **error)
{
  g_autoptr (AcBranch) found = NULL;

  if (branch == 0)
    return TRUE;
  found = ac_branch_require (store, branch, "branch", error);
  if (found == NULL || !ac_branch_check_open (found, "branch", error))
    return FALSE;
  if (ac_branch_kind_is_host (found->kind) == (side == AC_SIDE_HOST))
    return TRUE;
  return ac_organisation_refuse_because (
      error, AC_ORGANISATION_ERROR_INVALID, "branch",
      side == AC_SIDE_HOST ? AC_REASON_HOST_KIND : AC_REASON_HOME_KIND,
      side == AC_SIDE_HOST
          ? "branch: a host branch is of kind enterprise or network, not %s"
          : "branch: a home branch is of kind county, town or village, not %s",
      ac_branch_kind_name (found->kind));
}

/* What members say of themselves is the last row. */
static gboolean
note_current (AcStore *store, gint64 member, AcSide side, GError **error)
{
  static const gchar *const notes[] = {
    [AC_SIDE_HOME] =
        "UPDATE members SET branch = (SELECT branch FROM memberships "
        "  WHERE member = ?1 AND side = 'home' ORDER BY from_day DESC LIMIT 1) "
        "WHERE id = ?1",
    [AC_SIDE_HOST] =
        "UPDATE members SET host = (SELECT branch FROM memberships "
        "  WHERE member = ?1 AND side = 'host' ORDER BY from_day DESC LIMIT 1) "
        "WHERE id = ?1",
  };

  return ac_store_run (store, error, notes[side], "i", member);
}

static gboolean
check_member (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT 1 FROM members WHERE id = ?", error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_DONE)
    return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "member",
                                   "member: no such member");
  return code == SQLITE_ROW;
}

/* A row that says what the one before it says already, or the first that says "none",
 * is taken away: so the last row's day is that since when its branch holds. */
static gboolean
drop_repetitions (AcStore *store, gint64 member, AcSide side, GError **error)
{
  return ac_store_run (
      store, error,
      "DELETE FROM memberships AS row WHERE member = ?1 AND side = ?2 AND branch IS "
      "  (SELECT branch FROM memberships AS before WHERE before.member = ?1 "
      "   AND before.side = ?2 AND before.from_day < row.from_day "
      "   ORDER BY before.from_day DESC LIMIT 1)",
      "it", member, side_names[side]);
}

gboolean
ac_membership_set (AcStore *store, gint64 member, AcSide side, gint64 branch,
                   const gchar *from_day, gint64 wall_ms, GError **error)
{
  gchar today[AC_DAY_CHARS + 1];

  ac_day_at (wall_ms, today);
  if (from_day != NULL && g_strcmp0 (from_day, today) > 0)
    return ac_organisation_refuse_because (
        error, AC_ORGANISATION_ERROR_INVALID, "from", AC_REASON_DAY_TO_COME,
        "from: %s is to come; enter it on that day", from_day);
  return check_member (store, member, error) &&
         check_branch (store, side, branch, error) &&
         ac_store_run (store, error,
                       "INSERT INTO memberships (member, side, from_day, branch) "
                       "VALUES (?, ?, ?, ?) ON CONFLICT (member, side, from_day) "
                       "DO UPDATE SET branch = excluded.branch",
                       "ittn", member, side_names[side],
                       from_day != NULL ? from_day : today, branch) &&
         drop_repetitions (store, member, side, error) &&
         note_current (store, member, side, error);
}

GArray *
ac_membership_history (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, TRUE, sizeof (AcMembershipSpan));
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT side, from_day, branch FROM memberships "
                        "WHERE member = ? ORDER BY side, from_day",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcMembershipSpan span = { .branch = sqlite3_column_int64 (statement, 2) };

    ac_side_from_name ((const gchar *)sqlite3_column_text (statement, 0), &span.side);
    g_strlcpy (span.from_day, (const gchar *)sqlite3_column_text (statement, 1),
               sizeof span.from_day);
    g_array_append_val (spans, span);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&spans) : NULL;
}
