#include "leave.h"

#include "audit.h"
#include "candidates_sql.h"
#include "expected.h"
#include "reason.h"

static const gchar *const state_names[] = {
  [AC_LEAVE_ASKED] = "asked",
  [AC_LEAVE_APPROVED] = "approved",
  [AC_LEAVE_REFUSED] = "refused",
};

const gchar *
ac_leave_state_name (AcLeaveState state)
{
  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

void
ac_leave_clear (AcLeave *self)
{
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->answer, g_free);
}

void
ac_leave_free (AcLeave *self)
{
  ac_leave_clear (self);
  g_free (self);
}

static gboolean
check_line (const gchar *text, const gchar *field, GError **error)
{
  return ac_audit_reason_is_fit (text) ||
         ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_INVALID, field,
                                      AC_REASON_REASON_FORM,
                                      "%s must have 1 to %d characters on one line",
                                      field, AC_AUDIT_REASON_MAX_CHARS);
}

/* Of a lesson that was cancelled nobody needs leave: who asked does not wait. The
 * caller's row of leaves. */
#define WAITS                                                                          \
  "leaves.state = 'asked' AND NOT EXISTS (SELECT 1 FROM lessons AS its "               \
  "  WHERE its.id = leaves.lesson AND its.state = 'cancelled')"

/* --- Rows --- */

#define COLUMNS                                                                        \
  "leaves.id, lesson, member, reason, asked_ms, state, decider, decided_ms, answer"

static void
read_row (AcStatement *row, AcLeave *self)
{
  gint state = ac_organisation_find_word (state_names, G_N_ELEMENTS (state_names),
                                          (const gchar *)sqlite3_column_text (row, 5));

  *self = (AcLeave){
    .id = sqlite3_column_int64 (row, 0),
    .lesson = sqlite3_column_int64 (row, 1),
    .member = sqlite3_column_int64 (row, 2),
    .reason = ac_statement_text (row, 3),
    .asked_ms = sqlite3_column_int64 (row, 4),
    .state = (AcLeaveState)MAX (state, 0), /* the schema admits these only */
    .decider = sqlite3_column_int64 (row, 6),
    .decided_ms = sqlite3_column_int64 (row, 7),
    .answer = ac_statement_text (row, 8),
  };
}

static gboolean
refuse_unknown (GError **error)
{
  return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "leave",
                              "leave: nobody has asked for it");
}

gboolean
ac_leave_get (AcStore *store, gint64 id, AcLeave *ret_leave, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT " COLUMNS " FROM leaves WHERE id = ?", error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "i", id);
  step = ac_store_step (store, statement, error);
  if (step == SQLITE_ROW)
    read_row (statement, ret_leave);
  else if (step == SQLITE_DONE)
    refuse_unknown (error);
  return step == SQLITE_ROW;
}

/* --- Asking --- */

/* What stands in the way of @leave. */
typedef struct {
  gboolean cancelled, excused, expected;
  gint waiting_here, asked_here, waiting;
} Stage;

static gboolean
read_stage (AcStore *store, const AcLeave *leave, Stage *ret_stage, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      AC_CANDIDATES
      "SELECT state = 'cancelled', "
      "  EXISTS (SELECT 1 FROM excuses WHERE lesson = ?1 AND member = ?2), "
      "  iif (opened_ms IS NULL, "
      "    EXISTS (SELECT 1 FROM candidates WHERE member = ?2), "
      "    EXISTS (SELECT 1 FROM expected WHERE lesson = ?1 AND member = ?2)), "
      "  (SELECT count (*) FROM leaves "
      "    WHERE member = ?2 AND lesson = ?1 AND state = 'asked'), "
      "  (SELECT count (*) FROM leaves WHERE member = ?2 AND lesson = ?1), "
      "  (SELECT count (*) FROM leaves WHERE member = ?2 AND " WAITS ") "
      "FROM lessons WHERE id = ?1",
      error);
  gint step;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", leave->lesson, leave->member);
  step = ac_store_step (store, statement, error);
  if (step == SQLITE_ROW)
    *ret_stage = (Stage){
      .cancelled = sqlite3_column_int (statement, 0) != 0,
      .excused = sqlite3_column_int (statement, 1) != 0,
      .expected = sqlite3_column_int (statement, 2) != 0,
      .waiting_here = sqlite3_column_int (statement, 3),
      .asked_here = sqlite3_column_int (statement, 4),
      .waiting = sqlite3_column_int (statement, 5),
    };
  else if (step == SQLITE_DONE)
    ac_timetable_refuse (error, AC_TIMETABLE_ERROR_NOT_FOUND, "lesson",
                         "lesson: no such lesson");
  return step == SQLITE_ROW;
}

static gboolean
refuse_state (GError **error, const gchar *why)
{
  return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_STATE, "lesson", "lesson: %s",
                              why);
}

static gboolean
check_stage (AcStore *store, const AcLeave *leave, GError **error)
{
  Stage stage = { 0 };

  if (!read_stage (store, leave, &stage, error))
    return FALSE;
  if (stage.cancelled)
    return refuse_state (error, "it was cancelled, nobody needs leave");
  if (!stage.expected)
    return ac_timetable_refuse (error, AC_TIMETABLE_ERROR_INVALID, "lesson",
                                "lesson: you are not expected in it");
  if (stage.excused)
    return refuse_state (error, "you are excused from it already");
  if (stage.waiting_here > 0)
    return refuse_state (error, "you have asked, and wait for the answer");
  if (stage.asked_here >= AC_LEAVES_OF_LESSON_MAX)
    return refuse_state (error, "you have asked often enough; call your branch");
  return stage.waiting < AC_LEAVES_OPEN_MAX ||
         refuse_state (error, "too many others that you asked for wait");
}

gboolean
ac_leave_ask (AcStore *store, AcLeave *leave, gint64 wall_ms, GError **error)
{
  g_autoptr (AcStatement) statement = NULL;

  if (!check_line (leave->reason, "reason", error) ||
      !check_stage (store, leave, error))
    return FALSE;
  statement = ac_store_prepare (store,
                                "INSERT INTO leaves (lesson, member, reason, asked_ms) "
                                "VALUES (?, ?, ?, ?) RETURNING id",
                                error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiti", leave->lesson, leave->member, leave->reason,
                     wall_ms);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  leave->id = sqlite3_column_int64 (statement, 0);
  leave->asked_ms = wall_ms;
  leave->state = AC_LEAVE_ASKED;
  return TRUE;
}

static gboolean
check_waits (const AcLeave *leave, GError **error)
{
  return leave->state == AC_LEAVE_ASKED ||
         ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_STATE, "leave",
                                      AC_REASON_DECIDED, "leave: it was %s already",
                                      state_names[leave->state]);
}

gboolean
ac_leave_withdraw (AcStore *store, gint64 leave, gint64 member, GError **error)
{
  g_auto (AcLeave) asked = { 0 };

  if (!ac_leave_get (store, leave, &asked, error))
    return FALSE;
  if (asked.member != member)
    return refuse_unknown (error);
  return check_waits (&asked, error) &&
         ac_store_run (store, error, "DELETE FROM leaves WHERE id = ?", "i", leave);
}

/* --- Deciding --- */

/* The excuse is noted by itself; a refusal changes nothing else. */
static gboolean
carry_out (AcStore *store, const AcLeave *leave, GError **error)
{
  if (leave->state == AC_LEAVE_APPROVED)
    return ac_excuse_set (store,
                          &(AcExcuse){ .lesson = leave->lesson,
                                       .member = leave->member,
                                       .state = AC_EXPECTED_EXCUSED,
                                       .reason = leave->reason,
                                       .actor = leave->decider },
                          leave->decided_ms, error);
  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_LEAVE_REFUSE,
                                         .actor = leave->decider,
                                         .member = leave->member,
                                         .lesson = leave->lesson,
                                         .reason = leave->answer },
                        leave->decided_ms, error);
}

/* Fills @leave in from the row. */
static gboolean
take_up (AcStore *store, AcLeave *leave, GError **error)
{
  g_auto (AcLeave) asked = { 0 };

  if (!ac_leave_get (store, leave->id, &asked, error))
    return FALSE;
  if (!check_waits (&asked, error))
    return FALSE;
  if (leave->decider == asked.member)
    return ac_timetable_refuse_because (error, AC_TIMETABLE_ERROR_DENIED, "leave",
                                        AC_REASON_OWN,
                                        "leave: nobody grants their own");
  leave->lesson = asked.lesson;
  leave->member = asked.member;
  leave->asked_ms = asked.asked_ms;
  leave->reason = g_steal_pointer (&asked.reason);
  return TRUE;
}

/* What staff have said since, such as an exemption, is not written over. */
static gboolean
check_not_excused (AcStore *store, const AcLeave *leave, GError **error)
{
  Stage stage = { 0 };

  if (!read_stage (store, leave, &stage, error))
    return FALSE;
  return !stage.excused ||
         ac_timetable_refuse_because (
             error, AC_TIMETABLE_ERROR_STATE, "leave", AC_REASON_EXCUSED_SINCE,
             "leave: they have been excused since they asked; refuse "
             "it, or take that back");
}

gboolean
ac_leave_decide (AcStore *store, AcLeave *leave, gboolean approve, gint64 wall_ms,
                 GError **error)
{
  if (!approve && !check_line (leave->answer, "answer", error))
    return FALSE;
  if (!take_up (store, leave, error) ||
      (approve && !check_not_excused (store, leave, error)))
    return FALSE;
  leave->state = approve ? AC_LEAVE_APPROVED : AC_LEAVE_REFUSED;
  leave->decided_ms = wall_ms;
  return ac_store_run (store, error,
                       "UPDATE leaves SET state = ?, decider = ?, decided_ms = ?, "
                       "  answer = ifnull (?, '') WHERE id = ?",
                       "tiiti", state_names[leave->state], leave->decider, wall_ms,
                       approve ? NULL : leave->answer, leave->id) &&
         carry_out (store, leave, error);
}

/* --- Lists --- */

static void
free_leave (gpointer data)
{
  ac_leave_free (data);
}

GPtrArray *
ac_leave_list (AcStore *store, gint64 member, gint64 branch, gint64 before, guint limit,
               GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_leave);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE below (at) AS (SELECT ?2 UNION "
      "  SELECT branches.id FROM branches JOIN below ON parent = at) "
      "SELECT " COLUMNS " FROM leaves JOIN members ON members.id = member "
      "WHERE leaves.id < ?3 AND (?1 = 0 OR member = ?1) "
      "  AND ((?1 <> 0 AND state <> 'asked') OR " WAITS ") "
      "  AND (?2 = 0 OR branch IN below OR host IN below) "
      "ORDER BY leaves.id DESC LIMIT ?4",
      error);
  gint step;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iiii", member, branch,
                     before > 0 ? before : G_MAXINT64, (gint64)limit);
  while ((step = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcLeave *one = g_new (AcLeave, 1);

    read_row (statement, one);
    g_ptr_array_add (list, one);
  }
  return step == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}
