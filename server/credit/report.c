/* The reading side of attendance.h. */
#include "attendance.h"

#include "earning.h"
#include "evidence.h"

gboolean
ac_attendance_get (AcStore *store, gint64 lesson, gint64 member,
                   AcAttendance *ret_attendance, GError **error)
{
  AcMemberTotals totals;

  if (!ac_evidence_load_totals (store, lesson, member, &totals, error))
    return FALSE;
  *ret_attendance = totals.attendance;
  return TRUE;
}

gboolean
ac_attendance_last (AcStore *store, gint64 lesson, gint64 member, gint64 *ret_media_ms,
                    GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT end_ms FROM intervals WHERE lesson = ? AND member = ? "
                        "ORDER BY wall_ms DESC, end_ms DESC LIMIT 1",
                        error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  code = ac_store_step (store, statement, error);
  *ret_media_ms = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  return code >= 0;
}

void
ac_attendance_row_free (AcAttendanceRow *row)
{
  g_free (row->number);
  g_free (row->name);
  g_free (row);
}

static void
free_row (gpointer data)
{
  ac_attendance_row_free (data);
}

GPtrArray *
ac_attendance_list (AcStore *store, gint64 lesson, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT members.id, number, name, accepted_ms, earned_ms "
      "FROM attendance JOIN members ON members.id = attendance.member "
      "WHERE lesson = ? ORDER BY number",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", lesson);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcAttendanceRow *row = g_new (AcAttendanceRow, 1);

    row->member = sqlite3_column_int64 (statement, 0);
    row->number = ac_statement_text (statement, 1);
    row->name = ac_statement_text (statement, 2);
    row->attendance.accepted_ms = sqlite3_column_int64 (statement, 3);
    row->attendance.earned_ms = sqlite3_column_int64 (statement, 4);
    g_ptr_array_add (rows, row);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

AcIntervalSet *
ac_attendance_union (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT start_ms, end_ms FROM intervals "
                        "WHERE lesson = ? AND member = ? ORDER BY start_ms",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", lesson, member);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    ac_interval_set_add (covered, sqlite3_column_int64 (statement, 0),
                         sqlite3_column_int64 (statement, 1));
  return code == SQLITE_DONE ? g_steal_pointer (&covered) : NULL;
}

gboolean
ac_attendance_replay (AcStore *store, const AcReplay *replay, AcReplayBeat each,
                      gpointer user_data, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT accepted_from_ms, accepted_ms, elapsed_ms, media_ms, rate_permille, "
      "  ifnull (free_ms, elapsed_ms), flags, ordinal, absent IS NOT NULL "
      "FROM beats WHERE lesson = ? AND member = ? AND ordinal > ? ORDER BY ordinal",
      error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", replay->lesson, replay->member, replay->after);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 from_ms = sqlite3_column_int64 (statement, 0);
    AcBatchSum sum = { .elapsed_ms = sqlite3_column_int64 (statement, 2),
                       .media_ms = sqlite3_column_int64 (statement, 3),
                       .free_ms = sqlite3_column_int64 (statement, 5) };
    AcReplayedBeat beat = {
      .ordinal = sqlite3_column_int64 (statement, 7),
      .accepted = { from_ms, from_ms + sqlite3_column_int64 (statement, 1) },
      .group = (sqlite3_column_int (statement, 6) & AC_BEAT_GROUP) != 0,
    };
    gint64 newly_ms = 0;

    if (sqlite3_column_int (statement, 8))
      beat.accepted.end_ms = from_ms;
    else
      newly_ms = ac_earning_cover (replay->covered, replay->creditable, beat.accepted);
    beat.earned_ms = ac_earning_ms (newly_ms, &sum, sqlite3_column_int (statement, 4));
    each (&beat, user_data);
  }
  return code == SQLITE_DONE;
}

static void
add_earned (const AcReplayedBeat *beat, gpointer user_data)
{
  gint64 *earned_ms = user_data;

  *earned_ms += beat->earned_ms;
}

gboolean
ac_attendance_recompute (AcStore *store, gint64 lesson, gint64 member,
                         const AcIntervalSet *creditable, AcAttendance *ret_attendance,
                         GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  const AcReplay replay = { lesson, member, 0, creditable, covered };
  gint64 earned_ms = 0;

  if (!ac_attendance_replay (store, &replay, add_earned, &earned_ms, error))
    return FALSE;
  ret_attendance->accepted_ms = ac_interval_set_measure_both (covered, creditable);
  ret_attendance->earned_ms = earned_ms;
  return TRUE;
}
