#include "elsewhere.h"

/* clang-format off */

#define SHOWN(what, lesson, site, order)                                               \
  "(SELECT " what " FROM screen_beats AS shown"                                        \
  " WHERE shown.lesson = " lesson " AND shown.site = " site                            \
  "   AND shown.earned_ms > 0 ORDER BY ordinal " order " LIMIT 1)"
#define PLAYED(what, lesson, member, order)                                            \
  "(SELECT " what " FROM beats AS played"                                              \
  " WHERE played.lesson = " lesson " AND played.member = " member                      \
  "   AND played.earned_ms > 0 ORDER BY ordinal " order " LIMIT 1)"

/* When a room or a device begins and ends, and what it earned. */
#define ROOM(lesson, site)                                                             \
  "(SELECT " SHOWN ("wall_ms - elapsed_ms", lesson, site, "ASC") " AS begun_ms,"       \
  "   " SHOWN ("wall_ms", lesson, site, "DESC") " AS ended_ms,"                        \
  "   (SELECT sum (earned_ms) FROM room_intervals AS whole"                            \
  "    WHERE whole.lesson = " lesson " AND whole.site = " site ") AS took_ms)"
#define DEVICE(lesson, member)                                                         \
  "(SELECT " PLAYED ("wall_ms - elapsed_ms", lesson, member, "ASC") " AS begun_ms,"    \
  "   " PLAYED ("wall_ms", lesson, member, "DESC") " AS ended_ms,"                     \
  "   (SELECT earned_ms FROM attendance AS whole"                                      \
  "    WHERE whole.lesson = " lesson " AND whole.member = " member ") AS took_ms)"

/* The hours in which lay() puts it, so that most lessons need not be laid; NULL: it has
 * none. When the clock was set back, what came before that is laid earlier than it
 * came: as long before the end as all of it took. Set back by more than has passed,
 * first and last say nothing any more. */
#define SINCE                                                                          \
  "iif (ended_ms <= begun_ms, 0, min (begun_ms, ended_ms - took_ms))"
#define UNTIL "iif (ended_ms <= begun_ms, 9223372036854775807, ended_ms)"

/* What the ledger has of devices of member ?1 in other lessons than ?2, in the hours
 * [?3, ?4). */
#define DEVICES_BEATS                                                                  \
  "SELECT at.lesson, wall_ms, beats.earned_ms FROM attendance AS at "                  \
  "CROSS JOIN beats ON beats.lesson = at.lesson AND beats.member = at.member "         \
  "WHERE at.member = ?1 AND at.lesson <> ?2 AND beats.earned_ms > 0"                   \
  "  AND ordinal <= iif (settled_beats < 0, at.beats, settled_beats)"                  \
  "  AND (SELECT " SINCE " < ?4 AND " UNTIL " > ?3"                                    \
  "       FROM " DEVICE ("at.lesson", "?1") ") "                                       \
  "ORDER BY at.lesson, ordinal DESC"

/* Of member ?1 in other lessons than ?2, shown something in the hours [?3, ?4), that
 * come before what is as late as ?5 and began at ?6. */
#define EARLIER_STAYS                                                                  \
  "SELECT stay.lesson, stay.site, in_ms, ifnull (out_ms, ?7) "                         \
  "FROM room_stays AS stay JOIN"                                                       \
  "  (SELECT lesson, late, min (in_wall_ms) AS in_wall_ms FROM room_stays"             \
  "   WHERE member = ?1 AND lesson <> ?2 AND (late = 0 OR approved_ms IS NOT NULL)"    \
  "   GROUP BY lesson, late) AS begun USING (lesson, late) "                           \
  "WHERE stay.member = ?1 AND (late = 0 OR stay.approved_ms IS NOT NULL)"              \
  "  AND (late, begun.in_wall_ms, stay.lesson) < (?5, ?6, ?2)"                         \
  "  AND (SELECT " SINCE " < ?4 AND " UNTIL " > ?3"                                    \
  "       FROM " ROOM ("stay.lesson", "stay.site") ")"

/* Rooms of member ?2 in other lessons than ?1, shown something in the hours of ?1. */
#define TELL_OTHERS                                                                    \
  "WITH hours (from_ms, to_ms) AS ("                                                   \
  "  SELECT " SINCE ", " UNTIL " FROM " DEVICE ("?1", "?2")                            \
  "  UNION ALL"                                                                        \
  "  SELECT (SELECT " SINCE " FROM " ROOM ("?1", "own.site") "),"                      \
  "    (SELECT " UNTIL " FROM " ROOM ("?1", "own.site") ")"                            \
  "  FROM room_stays AS own WHERE own.member = ?2 AND own.lesson = ?1) "               \
  "UPDATE room_attendance SET changed = changed + 1 "                                  \
  "WHERE member = ?2 AND lesson IN"                                                    \
  "  (SELECT stay.lesson FROM room_stays AS stay"                                      \
  "   WHERE stay.member = ?2 AND stay.lesson <> ?1 AND"                                \
  "     (SELECT " SINCE " < (SELECT max (to_ms) FROM hours)"                           \
  "        AND " UNTIL " > (SELECT min (from_ms) FROM hours)"                          \
  "      FROM " ROOM ("stay.lesson", "stay.site") "))"

/* clang-format on */

static gint64
number (AcStatement *row, gint column)
{
  return sqlite3_column_int64 (row, column);
}

static gint64
scale (gint64 part, gint64 whole, gint64 to)
{
  return whole > 0 ? (gint64)((__int128)part * to / whole) : 0;
}

/* What of @piece, which goes evenly with @from, goes with [@start_ms, @end_ms). */
static AcInterval
with (AcInterval from, AcInterval piece, gint64 start_ms, gint64 end_ms)
{
  gint64 whole = from.end_ms - from.start_ms, to = piece.end_ms - piece.start_ms;

  return (AcInterval){ piece.start_ms + scale (start_ms - from.start_ms, whole, to),
                       piece.start_ms + scale (end_ms - from.start_ms, whole, to) };
}

/* --- Beats on the wall clock --- */

/* Read from the last beat back: it is told at the end of what it is about, and what is
 * told late, or in one message, lies before what came after it.
 * @next_ms: where the beat after it begins, changed to where this one does
 * Returns: where @time_ms of a beat lie that came at @wall_ms. */
static AcInterval
lay (gint64 *next_ms, gint64 wall_ms, gint64 time_ms)
{
  gint64 end_ms = MIN (wall_ms, *next_ms);

  *next_ms = end_ms - time_ms;
  return (AcInterval){ *next_ms, end_ms };
}

/* A beat of a room. */
typedef struct {
  AcIntervalSet *fresh; /* media that no beat before it had shown */
  gint64 wall_ms, earned_ms;
} ScreenBeat;

static void
clear_screen_beat (gpointer data)
{
  ac_interval_set_unref (((ScreenBeat *)data)->fresh);
}

/* Returns: (transfer full) (nullable): ScreenBeat, as they were decided. */
static GArray *
load_screen_beats (AcStore *store, AcRoomKey room, GError **error)
{
  g_autoptr (GArray) beats = g_array_new (FALSE, FALSE, sizeof (ScreenBeat));
  g_autoptr (AcIntervalSet) known = ac_interval_set_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT accepted_from_ms, accepted_ms, wall_ms, earned_ms FROM screen_beats "
      "WHERE lesson = ? AND site = ? AND accepted_ms > 0 ORDER BY ordinal",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  g_array_set_clear_func (beats, clear_screen_beat);
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 from_ms = number (statement, 0), to_ms = from_ms + number (statement, 1);
    const ScreenBeat beat = { ac_interval_set_new (), number (statement, 2),
                              number (statement, 3) };

    ac_interval_set_add (beat.fresh, from_ms, to_ms);
    ac_interval_set_remove_set (beat.fresh, known);
    ac_interval_set_add (known, from_ms, to_ms);
    g_array_append_val (beats, beat);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&beats) : NULL;
}

typedef struct {
  AcInterval media, wall;
} Shown;

/* What was new of @beat, which took @wall, goes evenly with it. */
static void
add_shown (GArray *list, const ScreenBeat *beat, AcInterval wall)
{
  const AcInterval whole = { 0, ac_interval_set_measure (beat->fresh) };
  gint64 at_ms = 0;

  for (guint i = 0; i < ac_interval_set_length (beat->fresh); i++) {
    AcInterval media = ac_interval_set_get (beat->fresh, i);
    gint64 next_ms = at_ms + media.end_ms - media.start_ms;
    const Shown shown = { media, with (whole, wall, at_ms, next_ms) };

    g_array_append_val (list, shown);
    at_ms = next_ms;
  }
}

/* Returns: (transfer full) (nullable): Shown: what was new of each beat of a room. */
static GArray *
load_shown (AcStore *store, AcRoomKey room, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Shown));
  g_autoptr (GArray) beats = load_screen_beats (store, room, error);
  gint64 next_ms = G_MAXINT64;

  if (beats == NULL)
    return NULL;
  for (guint i = beats->len; i-- > 0;) {
    const ScreenBeat *beat = &g_array_index (beats, ScreenBeat, i);

    if (beat->earned_ms > 0)
      add_shown (list, beat, lay (&next_ms, beat->wall_ms, beat->earned_ms));
  }
  return g_steal_pointer (&list);
}

/* --- Where else they were --- */

/* On the wall clock. */
typedef struct {
  AcStore *store;
  const AcElsewhere *who;
  AcInterval hours;    /* in which the room was shown something */
  AcIntervalSet *busy; /* grows */
} Search;

/* What the ledger has of them: what waits to be settled is looked at after that. */
static gboolean
add_devices (Search *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store, DEVICES_BEATS, error);
  gint64 lesson = 0, next_ms = G_MAXINT64;
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiii", self->who->member, self->who->lesson,
                     self->hours.start_ms, self->hours.end_ms);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW) {
    AcInterval wall;

    if (number (statement, 0) != lesson)
      next_ms = G_MAXINT64;
    lesson = number (statement, 0);
    wall = lay (&next_ms, number (statement, 1), number (statement, 2));
    ac_interval_set_add (self->busy, wall.start_ms, wall.end_ms);
  }
  return code == SQLITE_DONE;
}

/* @stay: media */
static gboolean
add_stay (Search *self, AcRoomKey room, AcInterval stay, GError **error)
{
  g_autoptr (GArray) list = load_shown (self->store, room, error);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const Shown *shown = &g_array_index (list, Shown, i);
    gint64 start_ms = MAX (shown->media.start_ms, stay.start_ms);
    gint64 end_ms = MIN (shown->media.end_ms, stay.end_ms);

    if (start_ms < end_ms) {
      AcInterval wall = with (shown->media, shown->wall, start_ms, end_ms);

      ac_interval_set_add (self->busy, wall.start_ms, wall.end_ms);
    }
  }
  return list != NULL;
}

/* Rooms of other lessons that they were signed into before. */
static gboolean
add_rooms (Search *self, GError **error)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (self->store, EARLIER_STAYS, error);
  gint code;

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "iiiidii", self->who->member, self->who->lesson,
                     self->hours.start_ms, self->hours.end_ms,
                     (gint)(self->who->late != FALSE), self->who->in_wall_ms,
                     (gint64)AC_BEAT_MEDIA_MAX_MS);
  while ((code = ac_store_step (self->store, statement, error)) == SQLITE_ROW)
    if (!add_stay (self, (AcRoomKey){ number (statement, 0), number (statement, 1) },
                   (AcInterval){ number (statement, 2), number (statement, 3) }, error))
      return FALSE;
  return code == SQLITE_DONE;
}

/* What has played within 25 s still plays, as when beats are decided. */
static AcIntervalSet *
close_holes (const AcIntervalSet *set)
{
  AcIntervalSet *closed = ac_interval_set_copy (set);

  for (guint i = 1; i < ac_interval_set_length (set); i++) {
    gint64 from_ms = ac_interval_set_get (set, i - 1).end_ms;
    gint64 to_ms = ac_interval_set_get (set, i).start_ms;

    if (to_ms - from_ms <= AC_ACCEPTANCE_GAP_MS)
      ac_interval_set_add (closed, from_ms, to_ms);
  }
  return closed;
}

/* --- Taking out --- */

/* @ret_hours: (out): empty when nothing was shown */
static gboolean
load_hours (AcStore *store, AcRoomKey room, AcInterval *ret_hours, GError **error)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store, "SELECT " SINCE ", " UNTIL " FROM " ROOM ("?1", "?2"), error);

  if (statement == NULL)
    return FALSE;
  ac_statement_bind (statement, "ii", room.lesson, room.site);
  if (ac_store_step (store, statement, error) != SQLITE_ROW)
    return FALSE;
  *ret_hours = (AcInterval){ number (statement, 0), number (statement, 1) };
  return TRUE;
}

static AcIntervalSet *
set_of (AcInterval interval)
{
  AcIntervalSet *set = ac_interval_set_new ();

  ac_interval_set_add (set, interval.start_ms, interval.end_ms);
  return set;
}

static gboolean
take_out_busy (AcStore *store, AcRoomKey room, const AcIntervalSet *busy,
               AcIntervalSet *media, GError **error)
{
  g_autoptr (GArray) list = load_shown (store, room, error);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const Shown *shown = &g_array_index (list, Shown, i);
    g_autoptr (AcIntervalSet) hours = set_of (shown->wall);
    g_autoptr (AcIntervalSet) both = ac_interval_set_intersect (hours, busy);

    for (guint j = 0; j < ac_interval_set_length (both); j++) {
      AcInterval wall = ac_interval_set_get (both, j);
      AcInterval piece = with (shown->wall, shown->media, wall.start_ms, wall.end_ms);

      ac_interval_set_remove (media, piece.start_ms, piece.end_ms);
    }
  }
  return list != NULL;
}

gboolean
ac_elsewhere_take_out (AcStore *store, const AcElsewhere *self, gint64 site,
                       AcIntervalSet *media, GError **error)
{
  const AcRoomKey room = { self->lesson, site };
  g_autoptr (AcIntervalSet) busy = ac_interval_set_new ();
  g_autoptr (AcIntervalSet) closed = NULL;
  Search search = { .store = store, .who = self, .busy = busy };

  if (ac_interval_set_length (media) == 0)
    return TRUE;
  if (!load_hours (store, room, &search.hours, error) ||
      !add_devices (&search, error) || !add_rooms (&search, error))
    return FALSE;
  if (ac_interval_set_length (busy) == 0)
    return TRUE;
  closed = close_holes (busy);
  return take_out_busy (store, room, closed, media, error);
}

/* --- Telling other lessons --- */

gboolean
ac_elsewhere_changed (AcStore *store, gint64 lesson, gint64 member, GError **error)
{
  return ac_store_run (store, error, TELL_OTHERS, "ii", lesson, member);
}
