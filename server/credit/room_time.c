#include "room_time.h"

#include "beat.h"
#include "room_intervals.h"

typedef struct {
  gboolean late;
  gint64 site;
  AcInterval stay;
  gint64 steward, approver;
} Stay;

void
ac_room_time_clear (AcRoomTime *self)
{
  g_clear_pointer (&self->on_time.media, ac_interval_set_unref);
  g_clear_pointer (&self->late.media, ac_interval_set_unref);
}

/* Returns: (transfer full) (nullable): Stay, of one kind and site together. */
static GArray *
load_stays (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (Stay));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT late, site, in_ms, ifnull (out_ms, ?3), steward, approved_by "
      "FROM room_stays WHERE member = ?2 AND lesson = ?1 "
      "  AND (late = 0 OR approved_ms IS NOT NULL) ORDER BY late, site, in_ms, id",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iii", lesson, member, (gint64)AC_BEAT_MEDIA_MAX_MS);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const Stay stay = {
      sqlite3_column_int (statement, 0) != 0,
      sqlite3_column_int64 (statement, 1),
      { sqlite3_column_int64 (statement, 2), sqlite3_column_int64 (statement, 3) },
      sqlite3_column_int64 (statement, 4),
      sqlite3_column_int64 (statement, 5),
    };

    g_array_append_val (stays, stay);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&stays) : NULL;
}

/* @present: the member was in the room then
 * @covered: what they have already; grows by what is added to @share */
static gboolean
add_room (AcStore *store, AcRoomKey key, const AcIntervalSet *present,
          const AcIntervalSet *creditable, AcIntervalSet *covered, AcRoomShare *share,
          GError **error)
{
  g_autoptr (AcRoomIntervals) room = ac_room_intervals_load (store, key, error);
  g_autoptr (AcIntervalSet) shown = NULL;
  g_autoptr (AcIntervalSet) seen = NULL;
  g_autoptr (AcIntervalSet) counted = NULL;

  if (room == NULL)
    return FALSE;
  shown = ac_room_intervals_media (room);
  seen = ac_interval_set_intersect (shown, present);
  counted = ac_interval_set_intersect (seen, creditable);
  ac_interval_set_remove_set (counted, covered);
  share->earned_ms += ac_room_intervals_time_ms (room, counted);
  ac_interval_set_add_set (share->media, counted);
  ac_interval_set_add_set (covered, counted);
  return TRUE;
}

gboolean
ac_room_time_load (AcStore *store, gint64 lesson, gint64 member,
                   const AcIntervalSet *creditable, const AcIntervalSet *by_devices,
                   AcRoomTime *ret_time, GError **error)
{
  g_autoptr (GArray) stays = load_stays (store, lesson, member, error);
  g_autoptr (AcIntervalSet) covered = ac_interval_set_copy (by_devices);
  g_auto (AcRoomTime) time = { .on_time.media = ac_interval_set_new (),
                               .late.media = ac_interval_set_new () };
  guint i = 0;

  if (stays == NULL)
    return FALSE;
  while (i < stays->len) {
    const Stay *first = &g_array_index (stays, Stay, i), *stay = first;
    AcRoomShare *share = first->late ? &time.late : &time.on_time;
    g_autoptr (AcIntervalSet) present = ac_interval_set_new ();

    for (; i < stays->len; i++) {
      stay = &g_array_index (stays, Stay, i);
      if (stay->late != first->late || stay->site != first->site)
        break;
      ac_interval_set_add (present, stay->stay.start_ms, stay->stay.end_ms);
      share->steward = stay->steward;
      share->approver = stay->approver;
    }
    if (!add_room (store, (AcRoomKey){ lesson, first->site }, present, creditable,
                   covered, share, error))
      return FALSE;
  }
  *ret_time = time;
  time = (AcRoomTime){ 0 };
  return TRUE;
}

gboolean
ac_room_time_changed (AcStore *store, gint64 lesson, gint64 member, gint64 wall_ms,
                      GError **error)
{
  return ac_store_run (store, error,
                       "INSERT INTO room_attendance (lesson, member, changed, "
                       "  updated_ms) VALUES (?, ?, 1, ?) "
                       "ON CONFLICT DO UPDATE SET changed = changed + 1, "
                       "  updated_ms = excluded.updated_ms",
                       "iii", lesson, member, wall_ms);
}

/* --- Into the ledger --- */

static gboolean
append_difference (AcStore *store, const AcLedgerTerms *terms, gint64 member,
                   AcEntryKind kind, const AcRoomShare *share, AcSettlementSlice *slice,
                   GError **error)
{
  g_auto (AcLedgerAuto) sums = { 0 };
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_copy (share->media);
  g_auto (AcLedgerEntry) entry = {
    .kind = kind,
    .study = AC_STUDY_GROUP,
    .member = member,
    .actor = share->steward,
    .approver = share->approver,
    .created_ms = slice->now_ms,
  };

  if (!ac_ledger_kind_load (store, terms->lesson, member, kind, &sums, error))
    return FALSE;
  ac_interval_set_remove_set (fresh, sums.media);
  entry.earned_ms = share->earned_ms - sums.group_ms;
  entry.media = ac_interval_set_to_text (fresh);
  if (entry.earned_ms == 0 && ac_interval_set_length (fresh) == 0)
    return TRUE;
  slice->n_entries++;
  return ac_ledger_append (store, terms, &entry, NULL, error);
}

gboolean
ac_room_time_settle (AcStore *store, const AcLedgerTerms *terms, gint64 member,
                     gint64 changed, AcSettlementSlice *slice, GError **error)
{
  g_auto (AcLedgerAuto) by_devices = { 0 };
  g_auto (AcRoomTime) time = { 0 };

  slice->n_settled++;
  return ac_ledger_kind_load (store, terms->lesson, member, AC_ENTRY_AUTO, &by_devices,
                              error) &&
         ac_room_time_load (store, terms->lesson, member, terms->creditable,
                            by_devices.media, &time, error) &&
         append_difference (store, terms, member, AC_ENTRY_STEWARD, &time.on_time,
                            slice, error) &&
         append_difference (store, terms, member, AC_ENTRY_LATE, &time.late, slice,
                            error) &&
         ac_store_run (store, error,
                       "UPDATE room_attendance SET settled = ? "
                       "WHERE lesson = ? AND member = ?",
                       "iii", changed, terms->lesson, member);
}
