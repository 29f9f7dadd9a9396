#include "room_time.h"

#include "attendance.h"
#include "beat.h"
#include "elsewhere.h"
#include "room_intervals.h"

typedef struct {
  gboolean late;
  gint64 site;
  AcInterval stay;
  gint64 steward, approver;
  gint64 in_wall_ms; /* of the first one that is as late */
} Stay;

void
ac_room_time_clear (AcRoomTime *self)
{
  g_clear_pointer (&self->on_time.media, ac_interval_set_unref);
  g_clear_pointer (&self->late.media, ac_interval_set_unref);
}

/* --- What devices have --- */

/* Of AUTO in the ledger: the media that count, by what they were first covered in. */
typedef struct {
  AcIntervalSet *group, *self;
  gint64 self_ms;
} Devices;

static void
devices_clear (Devices *self)
{
  g_clear_pointer (&self->group, ac_interval_set_unref);
  g_clear_pointer (&self->self, ac_interval_set_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Devices, devices_clear)

typedef struct {
  gint64 settled_beats;
  AcIntervalSet *group, *self;
} Played;

static void
add_beat (const AcReplayedBeat *beat, gpointer user_data)
{
  Played *played = user_data;
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_new ();

  if (beat->ordinal > played->settled_beats)
    return;
  ac_interval_set_add (fresh, beat->accepted.start_ms, beat->accepted.end_ms);
  ac_interval_set_remove_set (fresh, beat->group ? played->self : played->group);
  ac_interval_set_add_set (beat->group ? played->group : played->self, fresh);
}

/* While the evidence waits to be settled anew nobody knows up to which beat it was: all
 * of it is taken, and rooms are settled once more after that. */
static gboolean
load_settled_beats (AcStore *store, gint64 lesson, gint64 member, gint64 *ret_beats,
                    GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT iif (settled_beats < 0, beats, settled_beats) "
                        "FROM attendance WHERE lesson = ? AND member = ?",
                        error);
  gint code;

  *ret_beats = 0;
  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", lesson, member);
  code = ac_store_step (store, statement, error);
  if (code == SQLITE_ROW)
    *ret_beats = sqlite3_column_int64 (statement, 0);
  return code >= 0;
}

/* Returns: (transfer full) (nullable): what settled beats covered in group study. */
static AcIntervalSet *
replay_group_media (AcStore *store, gint64 lesson, gint64 member,
                    const AcIntervalSet *creditable, GError **error)
{
  g_autoptr (AcIntervalSet) covered = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) group = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) self = ac_interval_set_new ();
  const AcReplay replay = { lesson, member, 0, creditable, covered };
  Played played = { 0, group, self };

  if (!load_settled_beats (store, lesson, member, &played.settled_beats, error) ||
      !ac_attendance_replay (store, &replay, add_beat, &played, error))
    return NULL;
  return g_steal_pointer (&group);
}

static gboolean
load_devices (AcStore *store, gint64 lesson, gint64 member,
              const AcIntervalSet *creditable, Devices *ret_devices, GError **error)
{
  g_auto (AcLedgerAuto) sums = { 0 };
  g_autoptr (AcIntervalSet) group = NULL;

  if (!ac_ledger_auto_load (store, lesson, member, &sums, error))
    return FALSE;
  /* Most members have only the one or the other. */
  if (sums.self_ms == 0)
    group = ac_interval_set_ref (sums.media);
  else if (sums.group_ms == 0)
    group = ac_interval_set_new ();
  else
    group = replay_group_media (store, lesson, member, creditable, error);
  if (group == NULL)
    return FALSE;
  ret_devices->self_ms = sums.self_ms;
  ret_devices->self = ac_interval_set_intersect (sums.media, creditable);
  ret_devices->group = ac_interval_set_intersect (ret_devices->self, group);
  ac_interval_set_remove_set (ret_devices->self, ret_devices->group);
  return TRUE;
}

/* --- What rooms have --- */

/* Returns: (transfer full) (nullable): Stay, of one kind and site together. */
static GArray *
load_stays (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (Stay));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT late, site, in_ms, ifnull (out_ms, ?3), steward, approved_by, "
      "  min (in_wall_ms) OVER (PARTITION BY late) "
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
      sqlite3_column_int64 (statement, 6),
    };

    g_array_append_val (stays, stay);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&stays) : NULL;
}

/* Of one member and lesson, while it is summed up. */
typedef struct {
  const AcIntervalSet *creditable;
  const AcIntervalSet *self; /* media of self study */
  AcIntervalSet *covered;    /* they have it already; grows by what rooms add */
  gint64 again_ms;           /* the rooms' time of what is in @self */
  gint64 elsewhere_ms;       /* media of rooms, while they were at another lesson */
} Sums;

static gboolean
take_out_elsewhere (AcStore *store, const AcElsewhere *who, gint64 site,
                    AcIntervalSet *counted, Sums *sums, GError **error)
{
  gint64 before_ms = ac_interval_set_measure (counted);

  if (!ac_elsewhere_take_out (store, who, site, counted, error))
    return FALSE;
  sums->elsewhere_ms += before_ms - ac_interval_set_measure (counted);
  return TRUE;
}

/* @present: the member was in the room then */
static gboolean
add_room (AcStore *store, const AcElsewhere *who, gint64 site,
          const AcIntervalSet *present, Sums *sums, AcRoomShare *share, GError **error)
{
  const AcRoomKey key = { who->lesson, site };
  g_autoptr (AcRoomIntervals) room = ac_room_intervals_load (store, key, error);
  g_autoptr (AcIntervalSet) shown = NULL;
  g_autoptr (AcIntervalSet) seen = NULL;
  g_autoptr (AcIntervalSet) counted = NULL;
  g_autoptr (AcIntervalSet) again = NULL;

  if (room == NULL)
    return FALSE;
  shown = ac_room_intervals_media (room);
  seen = ac_interval_set_intersect (shown, present);
  counted = ac_interval_set_intersect (seen, sums->creditable);
  ac_interval_set_remove_set (counted, sums->covered);
  if (!take_out_elsewhere (store, who, site, counted, sums, error))
    return FALSE;
  again = ac_interval_set_intersect (counted, sums->self);
  share->earned_ms += ac_room_intervals_time_ms (room, counted);
  sums->again_ms += ac_room_intervals_time_ms (room, again);
  ac_interval_set_add_set (share->media, counted);
  ac_interval_set_add_set (sums->covered, counted);
  return TRUE;
}

static gboolean
add_stays (AcStore *store, AcElsewhere *who, GArray *stays, Sums *sums,
           AcRoomTime *time, GError **error)
{
  guint i = 0;

  while (i < stays->len) {
    const Stay *first = &g_array_index (stays, Stay, i), *stay = first;
    AcRoomShare *share = first->late ? &time->late : &time->on_time;
    g_autoptr (AcIntervalSet) present = ac_interval_set_new ();

    for (; i < stays->len; i++) {
      stay = &g_array_index (stays, Stay, i);
      if (stay->late != first->late || stay->site != first->site)
        break;
      ac_interval_set_add (present, stay->stay.start_ms, stay->stay.end_ms);
      share->steward = stay->steward;
      share->approver = stay->approver;
    }
    who->late = first->late;
    who->in_wall_ms = first->in_wall_ms;
    if (!add_room (store, who, first->site, present, sums, share, error))
      return FALSE;
  }
  return TRUE;
}

/* What self study and rooms have both is taken from self study: its share of the time,
 * but no more than rooms gave for it. */
static void
take_again (const Devices *devices, const Sums *sums, AcRoomTime *time)
{
  gint64 self_media_ms = ac_interval_set_measure (devices->self);
  gint64 again_media_ms =
      ac_interval_set_measure_both (devices->self, time->on_time.media) +
      ac_interval_set_measure_both (devices->self, time->late.media);

  time->again.steward =
      time->on_time.steward != 0 ? time->on_time.steward : time->late.steward;
  time->again.approver = time->on_time.steward != 0 ? 0 : time->late.approver;
  if (self_media_ms > 0)
    time->again.earned_ms =
        -MIN (sums->again_ms, devices->self_ms * again_media_ms / self_media_ms);
}

gboolean
ac_room_time_load (AcStore *store, gint64 lesson, gint64 member,
                   const AcIntervalSet *creditable, AcRoomTime *ret_time,
                   GError **error)
{
  g_autoptr (GArray) stays = load_stays (store, lesson, member, error);
  g_auto (Devices) devices = { 0 };
  g_autoptr (AcIntervalSet) covered = NULL;
  g_auto (AcRoomTime) time = { .on_time.media = ac_interval_set_new (),
                               .late.media = ac_interval_set_new () };
  AcElsewhere who = { .lesson = lesson, .member = member };
  Sums sums;

  if (stays == NULL ||
      !load_devices (store, lesson, member, creditable, &devices, error))
    return FALSE;
  covered = ac_interval_set_copy (devices.group);
  sums = (Sums){ .creditable = creditable, .self = devices.self, .covered = covered };
  if (!add_stays (store, &who, stays, &sums, &time, error))
    return FALSE;
  time.elsewhere_ms = sums.elsewhere_ms;
  take_again (&devices, &sums, &time);
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

/* What the entries of one kind and study are to add up to. */
typedef struct {
  const AcLedgerTerms *terms;
  gint64 member;
  AcEntryKind kind;
  AcStudy study;
  const AcRoomShare *share;
  AcSettlementSlice *slice;
} Target;

/* @media: NULL: none */
static gboolean
append (AcStore *store, const Target *target, gint64 earned_ms,
        const AcIntervalSet *media, GError **error)
{
  g_auto (AcLedgerEntry) entry = {
    .kind = target->kind,
    .study = target->study,
    .member = target->member,
    .media = media != NULL ? ac_interval_set_to_text (media) : g_strdup (""),
    .earned_ms = earned_ms,
    .actor = target->share->steward,
    .approver = target->share->approver,
    .created_ms = target->slice->now_ms,
  };

  if (earned_ms == 0 && entry.media[0] == '\0')
    return TRUE;
  target->slice->n_entries++;
  return ac_ledger_append (store, target->terms, &entry, NULL, error);
}

/* Takes away media of @sums that @target no longer has. @sums: changed with it */
static gboolean
append_removal (AcStore *store, const Target *target, AcLedgerAuto *sums,
                GError **error)
{
  gint64 taken_ms;
  g_autoptr (AcIntervalSet) removed = ac_ledger_auto_remove (
      sums, AC_STUDY_GROUP, target->terms->creditable, target->share->media, &taken_ms);

  return removed == NULL || append (store, target, -taken_ms, removed, error);
}

/* An entry of less than 0 takes media away (ledger.h), so what is new has its own. */
static gboolean
append_group (AcStore *store, const Target *target, AcLedgerAuto *sums, GError **error)
{
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_copy (target->share->media);
  gint64 earned_ms;

  if (!append_removal (store, target, sums, error))
    return FALSE;
  ac_interval_set_remove_set (fresh, sums->media);
  earned_ms = target->share->earned_ms - sums->group_ms;
  if (earned_ms >= 0)
    return append (store, target, earned_ms, fresh, error);
  return append (store, target, earned_ms, NULL, error) &&
         append (store, target, 0, fresh, error);
}

static gboolean
append_difference (AcStore *store, const Target *target, GError **error)
{
  g_auto (AcLedgerAuto) sums = { 0 };

  if (!ac_ledger_kind_load (store, target->terms->lesson, target->member, target->kind,
                            &sums, error))
    return FALSE;
  return target->study == AC_STUDY_GROUP
             ? append_group (store, target, &sums, error)
             : append (store, target, target->share->earned_ms - sums.self_ms, NULL,
                       error);
}

gboolean
ac_room_time_settle (AcStore *store, const AcLedgerTerms *terms, gint64 member,
                     gint64 changed, AcSettlementSlice *slice, GError **error)
{
  g_auto (AcRoomTime) time = { 0 };
  const Target targets[] = {
    { terms, member, AC_ENTRY_STEWARD, AC_STUDY_GROUP, &time.on_time, slice },
    { terms, member, AC_ENTRY_LATE, AC_STUDY_GROUP, &time.late, slice },
    { terms, member, AC_ENTRY_STEWARD, AC_STUDY_SELF, &time.again, slice },
  };

  guint n_before = slice->n_entries;

  slice->n_settled++;
  if (!ac_room_time_load (store, terms->lesson, member, terms->creditable, &time,
                          error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    if (!append_difference (store, &targets[i], error))
      return FALSE;
  return ac_store_run (store, error,
                       "UPDATE room_attendance SET settled = ? "
                       "WHERE lesson = ? AND member = ?",
                       "iii", changed, terms->lesson, member) &&
         (slice->n_entries == n_before ||
          ac_elsewhere_changed (store, terms->lesson, member, error));
}
