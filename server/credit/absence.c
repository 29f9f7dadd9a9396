#include "absence.h"

#include "redecision.h"

/* --- Beats that cannot be decided again keep what was accepted of them --- */

static gboolean
rewrite_intervals (AcStore *store, const AcAbsence *absence, GError **error)
{
  return ac_store_run (store, error,
                       "DELETE FROM intervals WHERE lesson = ? AND member = ?", "ii",
                       absence->lesson, absence->member) &&
         ac_store_run (
             store, error,
             "INSERT INTO intervals (lesson, member, start_ms, session, end_ms, "
             "  earned_ms, mode, flags, wall_ms) "
             "SELECT lesson, member, accepted_from_ms, session, "
             "  max (accepted_from_ms + accepted_ms), sum (earned_ms), max (mode), "
             "  max (flags), max (wall_ms) "
             "FROM beats WHERE lesson = ? AND member = ? AND accepted_ms > 0 "
             "  AND absent IS NULL GROUP BY accepted_from_ms, session",
             "ii", absence->lesson, absence->member);
}

typedef struct {
  GArray *beats; /* AcReplayedBeat */
  gint64 earned_ms, group_ms;
} Sums;

static void
add_beat (const AcReplayedBeat *beat, gpointer user_data)
{
  Sums *sums = user_data;

  g_array_append_val (sums->beats, *beat);
  sums->earned_ms += beat->earned_ms;
  sums->group_ms += beat->group ? beat->earned_ms : 0;
}

static gboolean
write_earned (AcStore *store, const AcAbsence *absence, GArray *beats, GError **error)
{
  for (guint i = 0; i < beats->len; i++) {
    const AcReplayedBeat *beat = &g_array_index (beats, AcReplayedBeat, i);

    if (!ac_store_run (store, error,
                       "UPDATE beats SET earned_ms = ?1 WHERE lesson = ?2 AND "
                       "  member = ?3 AND ordinal = ?4 AND earned_ms <> ?1",
                       "iiii", beat->earned_ms, absence->lesson, absence->member,
                       beat->ordinal))
      return FALSE;
  }
  return TRUE;
}

/* No beat goes on with an interval from before the rows were written anew. */
static gboolean
end_intervals (AcStore *store, const AcAbsence *absence, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE presence SET interval_start_ms = NULL, "
                       "  interval_end_ms = NULL, interval_mode = NULL "
                       "WHERE lesson = ? AND member = ?",
                       "ii", absence->lesson, absence->member);
}

static gboolean
sum_up_again (AcStore *store, const AcAbsence *absence, GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  g_autoptr (GArray) beats = g_array_new (FALSE, FALSE, sizeof (AcReplayedBeat));
  const AcReplay replay = { absence->lesson, absence->member, 0, absence->creditable,
                            covered };
  Sums sums = { .beats = beats };

  return ac_attendance_replay (store, &replay, add_beat, &sums, error) &&
         write_earned (store, absence, beats, error) &&
         rewrite_intervals (store, absence, error) &&
         end_intervals (store, absence, error) &&
         ac_store_run (
             store, error,
             "UPDATE attendance SET accepted_ms = ?, earned_ms = ?, group_ms = ? "
             "WHERE lesson = ? AND member = ?",
             "iiiii", ac_interval_set_measure_both (covered, absence->creditable),
             sums.earned_ms, sums.group_ms, absence->lesson, absence->member);
}

static gboolean
settle_evidence (AcStore *store, const AcAbsence *absence, const AcArrival *arrival,
                 GError **error)
{
  AcRedecision again = { .lesson = absence->lesson,
                         .member = absence->member,
                         .creditable = absence->creditable };

  return ac_redecide (store, &again, arrival, error) &&
         (again.done || sum_up_again (store, absence, error)) &&
         ac_redecision_unsettle (store, absence->lesson, absence->member, error);
}

/* --- The beats --- */

typedef struct {
  gint64 boot_number, clock_ms, wall_ms;
} LastProof;

static gboolean
load_last_proof (AcStore *store, const AcAbsence *absence, LastProof *ret_proof,
                 GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT boot, clock_ms, wall_ms FROM proofs "
                        "WHERE lesson = ? AND member = ? "
                        "ORDER BY wall_ms DESC, clock_ms DESC LIMIT 1",
                        error);
  gint code;

  *ret_proof = (LastProof){ .clock_ms = G_MININT64, .wall_ms = G_MININT64 };
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", absence->lesson, absence->member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_proof = (LastProof){
      .boot_number =
          ac_evidence_boot ((const gchar *)sqlite3_column_text (statement, 0)),
      .clock_ms = sqlite3_column_int64 (statement, 1),
      .wall_ms = sqlite3_column_int64 (statement, 2),
    };
  return code >= 0;
}

/* Readings of two boots cannot be compared: the wall clock stands in. */
gboolean
ac_absence_take (AcStore *store, const AcAbsence *absence, const AcArrival *arrival,
                 GError **error)
{
  LastProof proof;

  return load_last_proof (store, absence, &proof, error) &&
         ac_store_run (store, error,
                       "UPDATE beats SET absent = ?1 WHERE lesson = ?2 AND member = ?3 "
                       "  AND absent IS NULL AND boot IS NOT NULL AND mode <> ?4 "
                       "  AND iif (boot IS ?5, clock_ms > ?6, wall_ms > ?7)",
                       "iiidiii", absence->prompt, absence->lesson, absence->member,
                       (gint)AC_BEAT_ROOM, proof.boot_number, proof.clock_ms,
                       proof.wall_ms) &&
         settle_evidence (store, absence, arrival, error);
}

gboolean
ac_absence_give_back (AcStore *store, const AcAbsence *absence,
                      const AcArrival *arrival, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE beats SET absent = NULL "
                       "WHERE lesson = ? AND member = ? AND absent = ?",
                       "iii", absence->lesson, absence->member, absence->prompt) &&
         settle_evidence (store, absence, arrival, error);
}
