#include "room_intervals.h"

#include "earning.h"

struct _AcRoomIntervals {
  GArray *pieces; /* AcRoomPiece, by media.start_ms, disjoint */
};

AcRoomIntervals *
ac_room_intervals_new (void)
{
  AcRoomIntervals *self = g_new (AcRoomIntervals, 1);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (AcRoomPiece));
  return self;
}

void
ac_room_intervals_free (AcRoomIntervals *self)
{
  g_array_unref (self->pieces);
  g_free (self);
}

static AcRoomPiece *
piece_at (const AcRoomIntervals *self, guint index)
{
  return &g_array_index (self->pieces, AcRoomPiece, index);
}

static gint64
length (AcInterval media)
{
  return media.end_ms - media.start_ms;
}

static gint64
share (gint64 whole_ms, gint64 part, gint64 of)
{
  return of > 0 ? (gint64)((__int128)whole_ms * part / of) : 0;
}

/* Beats of a player at normal speed come a little early and late: pieces within a tenth
 * of real time are one; what was played faster stays apart. */
static gboolean
is_real_time (const AcRoomPiece *piece)
{
  return piece->earned_ms * 10 >= length (piece->media) * 9;
}

static void
insert (AcRoomIntervals *self, const AcRoomPiece *fresh)
{
  guint at = 0;

  while (at < self->pieces->len &&
         piece_at (self, at)->media.start_ms < fresh->media.start_ms)
    at++;
  if (at > 0) {
    AcRoomPiece *before = piece_at (self, at - 1);

    if (before->media.end_ms == fresh->media.start_ms && before->late == fresh->late &&
        is_real_time (before) == is_real_time (fresh)) {
      before->media.end_ms = fresh->media.end_ms;
      before->earned_ms += fresh->earned_ms;
      before->changed = TRUE;
      return;
    }
  }
  g_array_insert_val (self->pieces, at, *fresh);
}

gint64
ac_room_intervals_add (AcRoomIntervals *self, AcInterval accepted, AcBatchSum *sum,
                       gint rate_permille, gboolean late)
{
  g_autoptr (AcIntervalSet) known = ac_room_intervals_media (self);
  g_autoptr (AcIntervalSet) fresh = ac_interval_set_new ();
  gint64 fresh_ms, earned_ms;

  ac_interval_set_add (fresh, accepted.start_ms, accepted.end_ms);
  ac_interval_set_remove_set (fresh, known);
  fresh_ms = ac_interval_set_measure (fresh);
  earned_ms = ac_earning_ms (fresh_ms, sum, rate_permille);
  for (guint i = 0; i < ac_interval_set_length (fresh); i++) {
    AcInterval media = ac_interval_set_get (fresh, i);
    const AcRoomPiece piece = { media, share (earned_ms, length (media), fresh_ms),
                                late != FALSE, TRUE };

    insert (self, &piece);
  }
  return earned_ms;
}

AcIntervalSet *
ac_room_intervals_media (const AcRoomIntervals *self)
{
  AcIntervalSet *media = ac_interval_set_new ();

  for (guint i = 0; i < self->pieces->len; i++)
    ac_interval_set_add (media, piece_at (self, i)->media.start_ms,
                         piece_at (self, i)->media.end_ms);
  return media;
}

gint64
ac_room_intervals_time_ms (const AcRoomIntervals *self, const AcIntervalSet *media)
{
  gint64 time_ms = 0;

  for (guint i = 0; i < self->pieces->len; i++) {
    const AcRoomPiece *piece = piece_at (self, i);
    g_autoptr (AcIntervalSet) shown = ac_interval_set_new ();

    ac_interval_set_add (shown, piece->media.start_ms, piece->media.end_ms);
    time_ms += share (piece->earned_ms, ac_interval_set_measure_both (shown, media),
                      length (piece->media));
  }
  return time_ms;
}

gint64
ac_room_intervals_earned_ms (const AcRoomIntervals *self)
{
  gint64 earned_ms = 0;

  for (guint i = 0; i < self->pieces->len; i++)
    earned_ms += piece_at (self, i)->earned_ms;
  return earned_ms;
}

gboolean
ac_room_intervals_equal (const AcRoomIntervals *a, const AcRoomIntervals *b)
{
  if (a->pieces->len != b->pieces->len)
    return FALSE;
  for (guint i = 0; i < a->pieces->len; i++) {
    const AcRoomPiece *x = piece_at (a, i), *y = piece_at (b, i);

    if (x->media.start_ms != y->media.start_ms || x->media.end_ms != y->media.end_ms ||
        x->earned_ms != y->earned_ms || x->late != y->late)
      return FALSE;
  }
  return TRUE;
}

AcRoomIntervals *
ac_room_intervals_load (AcStore *store, AcRoomKey room, GError **error)
{
  g_autoptr (AcRoomIntervals) self = ac_room_intervals_new ();
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store,
                        "SELECT start_ms, end_ms, earned_ms, late FROM room_intervals "
                        "WHERE lesson = ? AND site = ? ORDER BY start_ms",
                        error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    const AcRoomPiece piece = {
      { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1) },
      sqlite3_column_int64 (statement, 2),
      sqlite3_column_int (statement, 3) != 0,
      FALSE,
    };

    g_array_append_val (self->pieces, piece);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&self) : NULL;
}

gboolean
ac_room_intervals_save (AcRoomIntervals *self, AcStore *store, AcRoomKey room,
                        gint64 wall_ms, GError **error)
{
  for (guint i = 0; i < self->pieces->len; i++) {
    AcRoomPiece *piece = piece_at (self, i);

    if (!piece->changed)
      continue;
    if (!ac_store_run (
            store, error,
            "INSERT INTO room_intervals (lesson, site, start_ms, end_ms, earned_ms, "
            "  late, wall_ms) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET end_ms = excluded.end_ms, "
            "  earned_ms = excluded.earned_ms, wall_ms = excluded.wall_ms",
            "iiiiidi", room.lesson, room.site, piece->media.start_ms,
            piece->media.end_ms, piece->earned_ms, (gint)piece->late, wall_ms))
      return FALSE;
    piece->changed = FALSE;
  }
  return TRUE;
}

AcRoomIntervals *
ac_room_intervals_recompute (AcStore *store, AcRoomKey room, GError **error)
{
  g_autoptr (AcRoomIntervals) self = ac_room_intervals_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT accepted_from_ms, accepted_ms, elapsed_ms, media_ms, free_ms, "
      "  rate_permille, late "
      "FROM screen_beats WHERE lesson = ? AND site = ? ORDER BY ordinal",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 from_ms = sqlite3_column_int64 (statement, 0);
    AcBatchSum sum = { .elapsed_ms = sqlite3_column_int64 (statement, 2),
                       .media_ms = sqlite3_column_int64 (statement, 3),
                       .free_ms = sqlite3_column_int64 (statement, 4) };

    ac_room_intervals_add (
        self, (AcInterval){ from_ms, from_ms + sqlite3_column_int64 (statement, 1) },
        &sum, sqlite3_column_int (statement, 5), sqlite3_column_int (statement, 6));
  }
  return code == SQLITE_DONE ? g_steal_pointer (&self) : NULL;
}
