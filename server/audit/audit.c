#include "audit.h"

static const gchar *const act_names[AC_AUDIT_ACTS] = {
  [AC_AUDIT_ROLE_GRANT] = "role-grant",
  [AC_AUDIT_ROLE_REVOKE] = "role-revoke",
  [AC_AUDIT_IMPORT] = "import",
  [AC_AUDIT_EXPORT] = "export",
  [AC_AUDIT_UNMASK] = "unmask",
  [AC_AUDIT_SHOW_ALL] = "show-all",
  [AC_AUDIT_CORRECTION_ASK] = "correction-ask",
  [AC_AUDIT_CORRECTION_APPROVE] = "correction-approve",
  [AC_AUDIT_CORRECTION_REJECT] = "correction-reject",
  [AC_AUDIT_APPEAL_ANSWER] = "appeal-answer",
  [AC_AUDIT_POLICY_ADD] = "policy-add",
  [AC_AUDIT_STANDING_SET] = "standing-set",
  [AC_AUDIT_YEAR_CLOSE] = "year-close",
  [AC_AUDIT_KEY_ROTATE] = "key-rotate",
  [AC_AUDIT_SESSIONS_END] = "sessions-end",
  [AC_AUDIT_PASSWORD_SET] = "password-set",
  [AC_AUDIT_ERASE] = "erase",
  [AC_AUDIT_EXCUSE_SET] = "excuse-set",
  [AC_AUDIT_LIST_READ] = "list-read",
  [AC_AUDIT_LEAVE_REFUSE] = "leave-refuse",
  [AC_AUDIT_MEMBER_ADD] = "member-add",
  [AC_AUDIT_MEMBER_SET] = "member-set",
  [AC_AUDIT_BRANCH_SET] = "branch-set",
  [AC_AUDIT_SITE_SET] = "site-set",
  [AC_AUDIT_WEBHOOK_SET] = "webhook-set",
};

const gchar *
ac_audit_act_name (AcAuditAct act)
{
  g_return_val_if_fail ((guint)act < AC_AUDIT_ACTS, NULL);

  return act_names[act];
}

gboolean
ac_audit_act_from_name (const gchar *name, AcAuditAct *ret_act)
{
  for (guint i = 0; i < AC_AUDIT_ACTS; i++)
    if (g_strcmp0 (act_names[i], name) == 0) {
      *ret_act = (AcAuditAct)i;
      return TRUE;
    }
  return FALSE;
}

gboolean
ac_audit_reason_is_fit (const gchar *reason)
{
  glong length = reason != NULL && g_utf8_validate (reason, -1, NULL)
                     ? g_utf8_strlen (reason, -1)
                     : 0;
  gboolean says_something = FALSE;

  if (length > AC_AUDIT_REASON_MAX_CHARS)
    return FALSE;
  for (const gchar *at = reason; length > 0; at = g_utf8_next_char (at), length--) {
    gunichar character = g_utf8_get_char (at);

    if (g_unichar_iscntrl (character))
      return FALSE;
    says_something = says_something || g_unichar_isgraph (character);
  }
  return says_something;
}

gboolean
ac_audit_note (AcStore *store, const AcAuditEntry *entry, gint64 wall_ms,
               GError **error)
{
  return ac_store_run (
      store, error,
      "INSERT INTO audit (wall_ms, actor, act, member, branch, host, lesson, reason, "
      "  detail) "
      "VALUES (?1, ?2, ?3, ?4, "
      "  ifnull (?5, (SELECT branch FROM members WHERE id = ?4)), "
      "  CASE WHEN ?5 IS NULL THEN (SELECT host FROM members WHERE id = ?4) END, "
      "  ?6, ?7, ?8)",
      "intnnntt", wall_ms, entry->actor, ac_audit_act_name (entry->act), entry->member,
      entry->branch, entry->lesson, entry->reason != NULL ? entry->reason : "",
      entry->detail != NULL ? entry->detail : "{}");
}

gboolean
ac_audit_erase (AcStore *store, gint64 member, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE audit SET reason = '', detail = '{}' WHERE member = ?",
                       "i", member);
}

void
ac_audit_row_free (AcAuditRow *row)
{
  g_free (row->reason);
  g_free (row->detail);
  g_free (row);
}

static void
free_row (gpointer data)
{
  ac_audit_row_free (data);
}

static AcAuditRow *
read_row (AcStatement *statement)
{
  AcAuditRow *row = g_new0 (AcAuditRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->wall_ms = sqlite3_column_int64 (statement, 1);
  ac_audit_act_from_name ((const gchar *)sqlite3_column_text (statement, 2), &row->act);
  row->actor = sqlite3_column_int64 (statement, 3);
  row->member = sqlite3_column_int64 (statement, 4);
  row->branch = sqlite3_column_int64 (statement, 5);
  row->host = sqlite3_column_int64 (statement, 6);
  row->lesson = sqlite3_column_int64 (statement, 7);
  row->reason = ac_statement_text (statement, 8);
  row->detail = ac_statement_text (statement, 9);
  return row;
}

/* clang-format off */

/* @with: tables beside that of the branches
 * @found: which rows are looked at */
#define SELECT(with, found)                                                            \
  "WITH RECURSIVE down (at) AS (SELECT ?2 UNION "                                      \
  "  SELECT branches.id FROM branches JOIN down ON parent = at)" with                  \
  " SELECT DISTINCT audit.id, wall_ms, act, actor, member, branch, host, lesson, "     \
  "  reason, detail FROM " found                                                       \
  " AND (?3 IS NULL OR act = ?3) AND (?4 IS NULL OR member = ?4) "                     \
  "AND (?5 IS NULL OR actor = ?5) AND wall_ms >= ?6 AND (?7 IS NULL OR wall_ms < ?7) " \
  "AND (?9 IS NULL OR act <> ?9) "

/* What somebody did, or what was done to them, is found by its index. */
#define FOUND_BY(condition)                                                            \
  SELECT ("", "audit WHERE " condition " AND audit.id < ?1 AND (?2 IS NULL "           \
              "  OR branch IN (SELECT at FROM down) "                                  \
              "  OR host IN (SELECT at FROM down))")                                   \
  "ORDER BY audit.id DESC LIMIT ?8"

/* The newest row before @at of the stream at hand: one look into an index. */
#define NEXT(at)                                                                       \
  "CASE side"                                                                          \
  "  WHEN 'home' THEN (SELECT max (id) FROM audit WHERE branch = key AND id < " at ")" \
  "  ELSE (SELECT max (id) FROM audit WHERE host = key AND id < " at ") END"

/* What lies within a branch: from one such row to the next, never through the others,
 * as AC_AUDIENCE_WALK does it. */
#define WALKED                                                                         \
  SELECT (", streams (side, key) AS (SELECT 'home', at FROM down "                     \
          "  UNION ALL SELECT 'host', at FROM down), "                                 \
          "walk (side, key, row) AS ("                                                 \
          "  SELECT side, key, " NEXT ("?1") " FROM streams"                           \
          "  UNION ALL"                                                                \
          "  SELECT side, key, " NEXT ("walk.row") " FROM walk WHERE row IS NOT NULL"  \
          "  ORDER BY 3 DESC LIMIT -1)",                                               \
          "walk CROSS JOIN audit ON audit.id = walk.row WHERE 1")                      \
  "LIMIT ?8"

/* clang-format on */

GPtrArray *
ac_audit_list (AcStore *store, const AcAuditQuery *query, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement = NULL;
  gint code;

  if (query->member != 0)
    statement = ac_store_prepare (store, FOUND_BY ("member = ?4"), error);
  else if (query->actor != 0)
    statement = ac_store_prepare (store, FOUND_BY ("actor = ?5"), error);
  else if (query->branch != 0)
    statement = ac_store_prepare (store, WALKED, error);
  else
    statement = ac_store_prepare (store, FOUND_BY ("1"), error);
  if (statement == NULL)
    return NULL;
  ac_statement_bind (
      statement, "intnninit", query->before > 0 ? query->before : G_MAXINT64,
      query->branch,
      query->act >= 0 ? ac_audit_act_name ((AcAuditAct)query->act) : NULL,
      query->member, query->actor, query->from_ms, query->until_ms,
      (gint64)query->limit, query->deeds ? act_names[AC_AUDIT_LIST_READ] : NULL);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}
