#include "evidence.h"

#include "screen_evidence.h"

static gboolean
is_screen (const AcAttendee *who)
{
  return who->screen != 0;
}

static gint64
session_of (const AcAttendee *who)
{
  return is_screen (who) ? who->screen : who->session;
}

/* What ac_store_step() says of a query that yields one row or none.
 * Returns: FALSE with @error. */
static gboolean
step_to_row (AcStore *store, AcStatement *statement, gboolean *ret_row, GError **error)
{
  gint code = ac_store_step (store, statement, error);

  *ret_row = code == SQLITE_ROW;
  return code >= 0;
}

static gint64
number (AcStatement *statement, gint column)
{
  return sqlite3_column_int64 (statement, column);
}

static gboolean
is_null (AcStatement *statement, gint column)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL;
}

#define PRESENCE                                                                       \
  "boot, last_wall_ms, opened_ms, last_ms, played_ms, accepted_total_ms, "             \
  "allowance_us, batch_from_ms, batch_media_ms, batch_time_ms, batch_open, "           \
  "interval_start_ms, interval_end_ms, interval_mode"

static void
read_presence (AcStatement *statement, const AcArrival *arrival, AcPresence *presence)
{
  *presence = (AcPresence){
    .opened_ms = number (statement, 2),
    .last_ms = number (statement, 3),
    .has_played = !is_null (statement, 4),
    .played_ms = number (statement, 4),
    .accepted_total_ms = number (statement, 5),
    .allowance_us = number (statement, 6),
    .batch_from_ms = number (statement, 7),
    .batch_media_ms = number (statement, 8),
    .batch_time_ms = number (statement, 9),
    .batch_open = number (statement, 10) != 0,
    .has_interval = !is_null (statement, 11),
    .interval = { number (statement, 11), number (statement, 12) },
    .interval_mode = (AcBeatMode)number (statement, 13),
    .spare_ms = number (statement, 14),
  };
  if (g_strcmp0 ((const gchar *)sqlite3_column_text (statement, 0), arrival->boot) != 0)
    ac_presence_rebase (presence, arrival->clock_ms,
                        arrival->wall_ms - number (statement, 1));
}

gboolean
ac_evidence_load_presence (AcStore *store, const AcAttendee *who,
                           const AcArrival *arrival, AcPresence *ret_presence,
                           GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      is_screen (who) ? "SELECT " PRESENCE
                        ", 0 FROM screen_presence WHERE screen = ? AND lesson = ?"
                      : "SELECT " PRESENCE ", spare_ms FROM presence "
                        "WHERE session = ? AND lesson = ?",
      error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", session_of (who), who->lesson);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  if (there)
    read_presence (statement, arrival, ret_presence);
  else
    ac_presence_open (ret_presence, arrival->clock_ms);
  return TRUE;
}

gboolean
ac_evidence_save_presence (AcStore *store, const AcAttendee *who,
                           const AcArrival *arrival, const AcPresence *presence,
                           GError **error)
{
  g_autoptr (AcStatement) statement = NULL;
  gint64 last_wall_ms = arrival->wall_ms - (arrival->clock_ms - presence->last_ms);

  if (is_screen (who))
    return ac_screen_evidence_save_presence (store, who, arrival, presence, error);
  statement = ac_store_prepare (
      store,
      "INSERT OR REPLACE INTO presence (session, lesson, member, boot, last_wall_ms, "
      "  opened_ms, last_ms, accepted_total_ms, allowance_us, batch_from_ms, "
      "  batch_media_ms, batch_time_ms, batch_open, played_ms, interval_start_ms, "
      "  interval_end_ms, interval_mode, spare_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      error);
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (
      statement, "iiitiiiiiiiid", who->session, who->lesson, who->member, arrival->boot,
      last_wall_ms, presence->opened_ms, presence->last_ms, presence->accepted_total_ms,
      presence->allowance_us, presence->batch_from_ms, presence->batch_media_ms,
      presence->batch_time_ms, presence->batch_open);
  if (presence->has_played)
    sqlite3_bind_int64 (statement, 14, presence->played_ms);
  if (presence->has_interval) {
    sqlite3_bind_int64 (statement, 15, presence->interval.start_ms);
    sqlite3_bind_int64 (statement, 16, presence->interval.end_ms);
    sqlite3_bind_int64 (statement, 17, presence->interval_mode);
  }
  sqlite3_bind_int64 (statement, 18, presence->spare_ms);
  return ac_store_step (store, statement, error) >= 0;
}

gboolean
ac_evidence_is_concurrent (AcStore *store, const AcAttendee *who,
                           const AcArrival *arrival, gboolean *ret_concurrent,
                           GError **error)
{
  static const gchar of_screens[] =
      "SELECT 1 FROM screen_presence AS other "
      "WHERE other.screen = ?1 AND other.lesson <> ?2 AND other.played_ms >= ?3 "
      "  AND other.boot = ?4 AND other.opened_ms < ifnull ("
      "    (SELECT opened_ms FROM screen_presence WHERE screen = ?1 AND lesson = ?2 "
      "     AND boot = ?4), ?5) LIMIT 1";
  /* Readings of another boot cannot be compared, and are older than 25 s. */
  static const gchar of_members[] =
      "WITH opened AS (SELECT lesson, min (opened_ms) AS at FROM presence "
      "                WHERE member = ?1 AND boot = ?4 GROUP BY lesson) "
      "SELECT 1 FROM presence AS other "
      "WHERE other.member = ?1 AND other.lesson <> ?2 AND other.played_ms >= ?3 "
      "  AND other.boot = ?4 "
      "  AND (SELECT at FROM opened WHERE lesson = other.lesson) < "
      "    ifnull ((SELECT at FROM opened WHERE lesson = ?2), ?5) "
      /* Or they sit in a room, signed in before, whose screen plays another one. */
      "UNION ALL SELECT 1 FROM room_stays AS stay JOIN screens USING (site) "
      "  JOIN screen_presence AS shown ON shown.screen = screens.id "
      "    AND shown.lesson = stay.lesson "
      "WHERE stay.member = ?1 AND stay.lesson <> ?2 AND stay.out_ms IS NULL "
      "  AND stay.late = 0 AND shown.played_ms >= ?3 AND shown.boot = ?4 "
      "  AND stay.in_wall_ms < ?6 + "
      "    ifnull ((SELECT at FROM opened WHERE lesson = ?2), ?5) LIMIT 1";
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, is_screen (who) ? of_screens : of_members, error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiiti", is_screen (who) ? who->screen : who->member,
                     who->lesson, arrival->clock_ms - AC_ACCEPTANCE_GAP_MS,
                     arrival->boot, arrival->clock_ms);
  if (!is_screen (who)) /* between the clocks */
    sqlite3_bind_int64 (statement, 6, arrival->wall_ms - arrival->clock_ms);
  return step_to_row (store, statement, ret_concurrent, error);
}

gboolean
ac_evidence_is_group (AcStore *store, gint64 lesson, const AcArrival *arrival,
                      gboolean *ret_group, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT 1 FROM lessons WHERE id = ? AND ifnull (ended_ms, ?) >= ?", error);
  gint64 from_ms = arrival->wall_ms - AC_EVIDENCE_GROUP_GRACE_MS;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", lesson, from_ms, from_ms);
  return step_to_row (store, statement, ret_group, error);
}

gboolean
ac_evidence_has_beat (AcStore *store, const AcAttendee *who, gint64 seq,
                      gboolean *ret_has, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        is_screen (who) ? "SELECT 1 FROM screen_beats WHERE screen = ? "
                                          "AND client = ? AND lesson = ? AND seq = ?"
                                        : "SELECT 1 FROM beats WHERE session = ? "
                                          "AND client = ? AND lesson = ? AND seq = ?",
                        error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiii", session_of (who), (gint64)who->client,
                     who->lesson, seq);
  return step_to_row (store, statement, ret_has, error);
}

gboolean
ac_evidence_last_seq (AcStore *store, const AcAttendee *who, gint64 *ret_last_seq,
                      GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      is_screen (who) ? "SELECT ifnull (max (seq), 0) FROM screen_beats "
                        "WHERE screen = ? AND client = ? AND lesson = ?"
                      : "SELECT ifnull (max (seq), 0) FROM beats "
                        "WHERE session = ? AND client = ? AND lesson = ?",
      error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iii", session_of (who), (gint64)who->client,
                     who->lesson);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  *ret_last_seq = there ? number (statement, 0) : 0;
  return TRUE;
}

gint64
ac_evidence_boot (const gchar *boot)
{
  return g_str_hash (boot);
}

static gboolean
insert_beat (AcStore *store, const AcAttendee *who, const AcArrival *arrival,
             const AcBeatRow *row, GError **error)
{
  const AcBeat *beat = &row->claim->beat;
  const AcInterval *accepted = &row->verdict.accepted, *served = &row->claim->served;

  return ac_store_run (
      store, error,
      "INSERT INTO beats (session, client, lesson, seq, member, ordinal, from_ms, "
      "  to_ms, rate_permille, mode, playing, visible, wall_ms, clock_ms, "
      "  accepted_from_ms, accepted_ms, elapsed_ms, free_ms, media_ms, "
      "  earned_ms, flags, boot, edge_ms, served_from_ms, served_to_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "  ?)",
      "iiiiiiiiddddiiiiiiiidiiii", who->session, (gint64)who->client, who->lesson,
      beat->seq, who->member, row->ordinal, beat->from_ms, beat->to_ms,
      beat->rate_permille, (gint)beat->mode, beat->playing != FALSE,
      beat->visible != FALSE, arrival->wall_ms, arrival->clock_ms, accepted->start_ms,
      accepted->end_ms - accepted->start_ms, row->sum.elapsed_ms, row->sum.free_ms,
      row->sum.media_ms, row->earned_ms, (gint)row->verdict.flags,
      ac_evidence_boot (arrival->boot), row->edge_ms, served->start_ms, served->end_ms);
}

gboolean
ac_evidence_extend_interval (AcStore *store, const AcAttendee *who,
                             const AcArrival *arrival, const AcBeatRow *row,
                             GError **error)
{
  const AcVerdict *verdict = &row->verdict;

  if (verdict->accepted.end_ms <= verdict->accepted.start_ms || row->claim->absent)
    return TRUE;
  return ac_store_run (
      store, error,
      "INSERT INTO intervals (lesson, member, start_ms, session, end_ms, earned_ms, "
      "  mode, flags, wall_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET end_ms = max (end_ms, excluded.end_ms), "
      "  earned_ms = earned_ms + excluded.earned_ms, "
      "  flags = flags | excluded.flags, wall_ms = excluded.wall_ms",
      "iiiiiiddi", who->lesson, who->member, verdict->row_start_ms, who->session,
      verdict->accepted.end_ms, row->earned_ms, (gint)row->claim->beat.mode,
      (gint)verdict->flags, arrival->wall_ms);
}

gboolean
ac_evidence_add_beat (AcStore *store, const AcAttendee *who, const AcArrival *arrival,
                      const AcBeatRow *row, GError **error)
{
  return insert_beat (store, who, arrival, row, error) &&
         ac_evidence_extend_interval (store, who, arrival, row, error);
}

gboolean
ac_evidence_load_totals (AcStore *store, gint64 lesson, gint64 member,
                         AcMemberTotals *ret_totals, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT accepted_ms, earned_ms, beats, used_ms, group_ms, "
                        "  prompt_play_ms, prompt_due_ms "
                        "FROM attendance WHERE lesson = ? AND member = ?",
                        error);
  gboolean there;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  if (!step_to_row (store, statement, &there, error))
    return FALSE;
  *ret_totals = (AcMemberTotals){ 0 };
  if (there)
    *ret_totals = (AcMemberTotals){ { number (statement, 0), number (statement, 1) },
                                    .n_beats = number (statement, 2),
                                    .used_ms = number (statement, 3),
                                    .group_ms = number (statement, 4),
                                    .prompt_play_ms = number (statement, 5),
                                    .prompt_due_ms = number (statement, 6) };
  return TRUE;
}

gboolean
ac_evidence_save_totals (AcStore *store, const AcAttendee *who,
                         const AcArrival *arrival, const AcMemberTotals *totals,
                         GError **error)
{
  return ac_store_run (
      store, error,
      "INSERT INTO attendance (lesson, member, beats, accepted_ms, earned_ms, used_ms, "
      "  group_ms, updated_ms, prompt_play_ms, prompt_due_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET beats = excluded.beats, "
      "  accepted_ms = excluded.accepted_ms, earned_ms = excluded.earned_ms, "
      "  used_ms = excluded.used_ms, group_ms = excluded.group_ms, "
      "  updated_ms = excluded.updated_ms, "
      "  prompt_play_ms = excluded.prompt_play_ms, "
      "  prompt_due_ms = excluded.prompt_due_ms",
      "iiiiiiiiii", who->lesson, who->member, totals->n_beats,
      totals->attendance.accepted_ms, totals->attendance.earned_ms, totals->used_ms,
      totals->group_ms, arrival->wall_ms, totals->prompt_play_ms,
      totals->prompt_due_ms);
}
