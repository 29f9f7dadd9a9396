#include "screen_evidence.h"

gboolean
ac_screen_evidence_load_totals (AcStore *store, const AcAttendee *who,
                                AcScreenTotals *ret_totals, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT (SELECT ifnull (max (ordinal), 0) FROM screen_beats "
      "        WHERE lesson = ?1 AND site = ?2), "
      "  (SELECT ifnull (sum (used_ms), 0) FROM screens JOIN screen_presence "
      "     ON screen = screens.id AND lesson = ?1 WHERE site = ?2)",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", who->lesson, who->site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_totals = (AcScreenTotals){ sqlite3_column_int64 (statement, 0),
                                  sqlite3_column_int64 (statement, 1) };
  return TRUE;
}

gboolean
ac_screen_evidence_used (AcStore *store, const AcAttendee *who, gint64 used_ms,
                         gint64 wall_ms, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE screen_presence SET used_ms = used_ms + ? "
                       "WHERE screen = ? AND lesson = ?",
                       "iii", used_ms, who->screen, who->lesson) &&
         ac_store_run (store, error,
                       "UPDATE room_attendance SET changed = changed + 1, "
                       "  updated_ms = ?3 "
                       "WHERE lesson = ?1 AND member IN "
                       "  (SELECT member FROM room_stays WHERE lesson = ?1 "
                       "   AND site = ?2)",
                       "iii", who->lesson, who->site, wall_ms);
}

gboolean
ac_screen_evidence_save_presence (AcStore *store, const AcAttendee *who,
                                  const AcArrival *arrival, const AcPresence *presence,
                                  GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "INSERT INTO screen_presence (screen, lesson, boot, last_wall_ms, opened_ms, "
      "  last_ms, accepted_total_ms, allowance_us, batch_from_ms, batch_media_ms, "
      "  batch_time_ms, batch_open, played_ms, interval_start_ms, interval_end_ms, "
      "  interval_mode) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET boot = excluded.boot, "
      "  last_wall_ms = excluded.last_wall_ms, opened_ms = excluded.opened_ms, "
      "  last_ms = excluded.last_ms, accepted_total_ms = excluded.accepted_total_ms, "
      "  allowance_us = excluded.allowance_us, batch_from_ms = excluded.batch_from_ms, "
      "  batch_media_ms = excluded.batch_media_ms, "
      "  batch_time_ms = excluded.batch_time_ms, batch_open = excluded.batch_open, "
      "  played_ms = excluded.played_ms, "
      "  interval_start_ms = excluded.interval_start_ms, "
      "  interval_end_ms = excluded.interval_end_ms, "
      "  interval_mode = excluded.interval_mode",
      error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iitiiiiiiiid", who->screen, who->lesson, arrival->boot,
                     arrival->wall_ms - (arrival->clock_ms - presence->last_ms),
                     presence->opened_ms, presence->last_ms,
                     presence->accepted_total_ms, presence->allowance_us,
                     presence->batch_from_ms, presence->batch_media_ms,
                     presence->batch_time_ms, presence->batch_open);
  if (presence->has_played)
    sqlite3_bind_int64 (statement, 13, presence->played_ms);
  if (presence->has_interval) {
    sqlite3_bind_int64 (statement, 14, presence->interval.start_ms);
    sqlite3_bind_int64 (statement, 15, presence->interval.end_ms);
    sqlite3_bind_int64 (statement, 16, presence->interval_mode);
  }
  return ac_store_step (store, statement, error) >= 0;
}

gboolean
ac_screen_evidence_add_beat (AcStore *store, const AcAttendee *who,
                             const AcArrival *arrival, const AcBeatRow *row,
                             gboolean late, GError **error)
{
  const AcBeat *beat = &row->claim->beat;
  const AcInterval *accepted = &row->verdict.accepted;

  return ac_store_run (
      store, error,
      "INSERT INTO screen_beats (screen, client, lesson, seq, site, ordinal, from_ms, "
      "  to_ms, rate_permille, playing, wall_ms, clock_ms, accepted_from_ms, "
      "  accepted_ms, elapsed_ms, free_ms, media_ms, earned_ms, flags, late) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iiiiiiiiddiiiiiiiidd", who->screen, (gint64)who->client, who->lesson, beat->seq,
      who->site, row->ordinal, beat->from_ms, beat->to_ms, beat->rate_permille,
      (gint)(beat->playing != FALSE), arrival->wall_ms, arrival->clock_ms,
      accepted->start_ms, accepted->end_ms - accepted->start_ms, row->sum.elapsed_ms,
      row->sum.free_ms, row->sum.media_ms, row->earned_ms, (gint)row->verdict.flags,
      (gint)(late != FALSE));
}

gboolean
ac_screen_evidence_position (AcStore *store, AcRoomKey room,
                             AcScreenPosition *ret_position, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT accepted_from_ms + accepted_ms, playing, wall_ms FROM screen_beats "
      "WHERE lesson = ? AND site = ? ORDER BY ordinal DESC LIMIT 1",
      error);
  gint code;

  *ret_position = (AcScreenPosition){ 0 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_position = (AcScreenPosition){ TRUE, sqlite3_column_int64 (statement, 0),
                                        sqlite3_column_int (statement, 1) != 0,
                                        sqlite3_column_int64 (statement, 2) };
  return code >= 0;
}
