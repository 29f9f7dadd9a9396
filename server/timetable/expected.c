#include "expected.h"

#include "audit.h"
#include "candidates_sql.h"
#include "reason.h"

static const gchar *const state_names[] = {
  [AC_EXPECTED] = "expected",
  [AC_EXPECTED_EXCUSED] = "excused",
  [AC_EXPECTED_EXEMPT] = "exempt",
};

const gchar *
ac_expected_state_name (AcExpectedState state)
{
  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

gboolean
ac_expected_state_from_name (const gchar *name, AcExpectedState *ret_state)
{
  gint place =
      ac_organisation_find_word (state_names, G_N_ELEMENTS (state_names), name);

  if (place >= 0)
    *ret_state = (AcExpectedState)place;
  return place >= 0;
}

gboolean
ac_expected_settle (AcStore *store, gint64 lesson, GError **error)
{
  return ac_store_run (store, error,
                       AC_CANDIDATES
                       "INSERT INTO expected (lesson, member, home_branch, host_branch,"
                       "  kind, state, reason, actor) "
                       "SELECT ?1, * FROM candidates",
                       "i", lesson);
}

/* --- Excuses --- */

typedef struct {
  gboolean settled, cancelled;
} Stage;

static gboolean
read_stage (AcStore *store, gint64 lesson, Stage *ret_stage, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT opened_ms IS NOT NULL, state = 'cancelled' FROM lessons WHERE id = ?",
      error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", lesson);
  step = ac_store_step (store, statement, error);
  if (step == SQLITE_ROW)
    *ret_stage = (Stage){ sqlite3_column_int (statement, 0) != 0,
                          sqlite3_column_int (statement, 1) != 0 };
  else if (step == SQLITE_DONE)
    ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "lesson",
                         "lesson: no such lesson");
  return step == SQLITE_ROW;
}

static gboolean
check_member (AcStore *store, gint64 member, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (AcMember) found = ac_member_get (store, member, &local);

  if (found != NULL)
    return TRUE;
  if (local == NULL)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "member",
                                "member: no such member");
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
write_excuse (AcStore *store, const AcExcuse *excuse, gint64 wall_ms, GError **error)
{
  if (excuse->state == AC_EXPECTED)
    return ac_store_run (store, error,
                         "DELETE FROM excuses WHERE lesson = ? AND member = ?", "ii",
                         excuse->lesson, excuse->member);
  return ac_store_run (
      store, error,
      "INSERT INTO excuses (lesson, member, state, reason, actor, wall_ms) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (lesson, member) DO UPDATE SET "
      "  state = excluded.state, reason = excluded.reason, actor = excluded.actor, "
      "  wall_ms = excluded.wall_ms",
      "iittni", excuse->lesson, excuse->member, state_names[excuse->state],
      excuse->reason, excuse->actor, wall_ms);
}

static gboolean
write_settled (AcStore *store, const AcExcuse *excuse, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "UPDATE expected SET state = ?, reason = ifnull (?, ''), actor = ? "
      "WHERE lesson = ? AND member = ? RETURNING 1",
      error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ttnii", state_names[excuse->state], excuse->reason,
                     excuse->actor, excuse->lesson, excuse->member);
  step = ac_store_step (store, statement, error);
  return step == SQLITE_ROW ||
         (step == SQLITE_DONE &&
          ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_INVALID, "member",
                                       AC_REASON_NOT_EXPECTED,
                                       "member: is not expected in this lesson"));
}

/* The row says what holds; what was said before stays in the audit. */
static gboolean
note (AcStore *store, const AcExcuse *excuse, gint64 wall_ms, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("t", "state", state_names[excuse->state]);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_EXCUSE_SET,
                                         .actor = excuse->actor,
                                         .member = excuse->member,
                                         .lesson = excuse->lesson,
                                         .reason = excuse->reason,
                                         .detail = detail },
                        wall_ms, error);
}

gboolean
ac_excuse_set (AcStore *store, const AcExcuse *excuse, gint64 wall_ms, GError **error)
{
  Stage stage = { 0 };

  if (excuse->actor != 0 && excuse->actor == excuse->member)
    return ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_DENIED, "member",
                                        AC_REASON_OWN,
                                        "member: nobody excuses themselves");
  if (!read_stage (store, excuse->lesson, &stage, error) ||
      !check_member (store, excuse->member, error))
    return FALSE;
  if (stage.cancelled)
    return ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_STATE, "lesson", AC_REASON_LESSON_CANCELLED,
        "lesson: it was cancelled, nobody needs an excuse");
  if (excuse->state != AC_EXPECTED && !ac_audit_reason_is_fit (excuse->reason))
    return ac_timetable_refuse_because (
        error, AC_TIMETABLE_ERROR_INVALID, "reason", AC_REASON_REASON_FORM,
        "reason must have 1 to %d characters on one line", AC_AUDIT_REASON_MAX_CHARS);
  return write_excuse (store, excuse, wall_ms, error) &&
         (!stage.settled || write_settled (store, excuse, error)) &&
         note (store, excuse, wall_ms, error);
}

/* --- The list --- */

void
ac_expected_free (AcExpected *expected)
{
  g_free (expected->number);
  g_free (expected->name);
  g_free (expected->reason);
  g_free (expected);
}

static void
free_expected (gpointer data)
{
  ac_expected_free (data);
}

static AcExpected *
read_expected (AcStatement *row)
{
  AcExpected *self = g_new0 (AcExpected, 1);

  self->member = sqlite3_column_int64 (row, 0);
  self->number = ac_statement_text (row, 1);
  self->name = ac_statement_text (row, 2);
  self->home = sqlite3_column_int64 (row, 3);
  self->host = sqlite3_column_int64 (row, 4);
  /* The schema's CHECKs admit these names only. */
  ac_member_kind_from_name ((const gchar *)sqlite3_column_text (row, 5), &self->kind);
  ac_expected_state_from_name ((const gchar *)sqlite3_column_text (row, 6),
                               &self->state);
  self->reason = ac_statement_text (row, 7);
  return self;
}

GPtrArray *
ac_expected_list (AcStore *store, gint64 lesson, gint64 branch, gint64 after,
                  guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_expected);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      AC_CANDIDATES
      ", "
      "listed (member, home, host, kind, state, reason) AS ("
      "  SELECT member, home, host, kind, state, reason FROM candidates "
      "  WHERE (SELECT opened_ms FROM lessons WHERE id = ?1) IS NULL "
      "  UNION ALL SELECT member, home_branch, host_branch, kind, state, reason "
      "  FROM expected WHERE lesson = ?1), "
      "below (id) AS (SELECT ?2 UNION "
      "  SELECT branches.id FROM branches JOIN below ON parent = below.id) "
      "SELECT member, number, name, home, listed.host, listed.kind, state, reason "
      "FROM listed JOIN members ON members.id = member "
      "WHERE member > ?3 AND (?2 = 0 OR home IN below OR listed.host IN below) "
      "ORDER BY member LIMIT ?4",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iiii", lesson, branch, after, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    g_ptr_array_add (list, read_expected (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}
