/* room_time.h - what a member has of a lesson by having been in rooms.
 *
 * Somebody who was signed in from a to b earns R n [a, b] n M (rule 8): R is what the
 * room was shown (room_intervals.h), M what counts of the lesson, and whoever was not
 * signed out stayed to the end. What their own devices played in group study comes
 * first, then rooms, then what was approved later, then self study: each has only what
 * the ones before did not cover, so that the sum is the union, and nobody loses group
 * study by watching at home what they saw in a room. Beats are settled before rooms, so
 * what self study has twice is taken from it by an entry of the rooms. What a room
 * showed while they were at another lesson is not theirs (elsewhere.h).
 *
 * Threads: either side, see store.h. Errors: AC_STORE_ERROR. */
#pragma once

#include "interval_set.h"
#include "ledger.h"
#include "settlement.h"
#include "store.h"

typedef struct {
  gint64 earned_ms;
  AcIntervalSet *media;
  gint64 steward, approver; /* of the last stay; 0: none */
} AcRoomShare;

typedef struct {
  AcRoomShare on_time; /* STEWARD */
  AcRoomShare late;    /* LATE: from logs, approved */
  AcRoomShare again;   /* STEWARD, of self study: at most 0; media: NULL */
  gint64 elsewhere_ms; /* media that rooms had besides: they were at another lesson */
} AcRoomTime;

void ac_room_time_clear (AcRoomTime *self);

/* Of stays and rooms, beyond what the ledger has from the member's devices. */
gboolean ac_room_time_load (AcStore *store, gint64 lesson, gint64 member,
                            const AcIntervalSet *creditable, AcRoomTime *ret_time,
                            GError **error);

/* Inside a job: a stay of @member has changed, or what counts for it: it is to be
 * settled. */
gboolean ac_room_time_changed (AcStore *store, gint64 lesson, gint64 member,
                               gint64 wall_ms, GError **error);
/* Inside a job: enters the differences of a member up to @changed; see settlement.h. */
gboolean ac_room_time_settle (AcStore *store, const AcLedgerTerms *terms, gint64 member,
                              gint64 changed, AcSettlementSlice *slice, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcRoomTime, ac_room_time_clear)
