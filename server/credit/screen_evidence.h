/* screen_evidence.h - what evidence.h is to members, for the screen of a room: its
 * beats are decided by the same rules, and make R (room_intervals.h) of what it showed.
 *
 * Threads: inside a store job. Errors: AC_STORE_ERROR. */
#pragma once

#include "evidence.h"
#include "room_intervals.h"

typedef struct {
  gint64 n_beats; /* of the room, all screens */
  gint64 used_ms; /* the time that the room's screens used for what was new */
} AcScreenTotals;

gboolean ac_screen_evidence_load_totals (AcStore *store, const AcAttendee *who,
                                         AcScreenTotals *ret_totals, GError **error);
/* @used_ms: more of the screen's time. Who was signed in before it has something to be
 * settled. */
gboolean ac_screen_evidence_used (AcStore *store, const AcAttendee *who, gint64 used_ms,
                                  gint64 wall_ms, GError **error);
gboolean ac_screen_evidence_save_presence (AcStore *store, const AcAttendee *who,
                                           const AcArrival *arrival,
                                           const AcPresence *presence, GError **error);
gboolean ac_screen_evidence_add_beat (AcStore *store, const AcAttendee *who,
                                      const AcArrival *arrival, const AcBeatRow *row,
                                      gboolean late, GError **error);

/* Where a room's screen is in the lesson, by its last beat. */
typedef struct {
  gboolean there; /* it has told something */
  gint64 media_ms;
  gboolean playing;
  gint64 wall_ms; /* when that was */
} AcScreenPosition;

/* Also on the main loop. */
gboolean ac_screen_evidence_position (AcStore *store, AcRoomKey room,
                                      AcScreenPosition *ret_position, GError **error);
