/* settlement.h - what beats have earned, into the ledger.
 *
 * The running figures of a member (table attendance) change with every beat; the ledger
 * gets the difference when there is a pause: some seconds after the lesson's end for
 * everyone who was in it, else when the member's beats have stopped for a while. The
 * column settled_beats says up to which beat the ledger has a member's attendance; it
 * is written in the same transaction as the entries, so a crash at any moment neither
 * loses nor repeats anything, and what was not settled is found again by the column
 * alone.
 *
 * For every member and lesson, always:
 *   sum of earned_ms of the entries of kind AUTO = attendance.earned_ms when settled
 *   union of their media = the member's accepted media that counts
 * Group and self study are entries of their own.
 *
 * Rooms come after that (room_time.h): entries of STEWARD and LATE hold what a member
 * has by having been in rooms beyond what their own devices covered in group study,
 * less what self study has of the same, so that the sum over the three kinds is that of
 * the union. room_attendance.settled says up to what.
 *
 * The work is done in slices of at most AC_SETTLEMENT_SLICE_MS on the store thread, one
 * in its queue at a time, so that beats are acknowledged in between.
 *
 * Threads:   main loop; slices run on the store thread.
 * Ownership: plain; a slice on its way when it is freed is finished and told nobody. */
#pragma once

#include "store.h"

#define AC_SETTLEMENT_SLICE_MS 20

typedef struct _AcSettlement AcSettlement;

typedef struct {
  gint64 after_end_ms; /* a lesson is settled so long after its end */
  gint64 idle_ms;      /* a member is, so long after their last beat */
} AcSettlementPauses;

/* Looks by itself for what is due: at once, then each idle_ms or minute, whichever is
 * shorter. */
AcSettlement *ac_settlement_new (AcStore *store, const AcSettlementPauses *pauses);
void ac_settlement_free (AcSettlement *self);

/* The lesson has ended, durably. */
void ac_settlement_lesson_ended (AcSettlement *self, gint64 lesson);

typedef struct {
  guint64 settled; /* members and lessons, since the start */
  guint64 entries;
  guint64 failures;
  gint64 longest_slice_us;
  gint64 work_us; /* of all slices, on the store thread */
} AcSettlementStats;

void ac_settlement_stats (AcSettlement *self, AcSettlementStats *ret_stats);

/* One pass over what is due, for those who keep their own time (tests, benches). */
typedef struct {
  gint64 lesson;    /* only this one, however idle; 0: all */
  gint64 now_ms;    /* wall */
  gint64 idle_ms;   /* of those that have not been idle for so long, nothing */
  gint64 budget_us; /* of a slice; 0: without end */
  gint64 at_lesson; /* goes on behind this pair; 0: from the start */
  gint64 at_member;
  gboolean rooms;    /* goes on with what rooms have earned */
  guint n_settled;   /* out */
  guint n_entries;   /* out */
  gint64 took_us;    /* out */
  gboolean finished; /* out: nothing is left of this pass */
} AcSettlementSlice;

/* Inside a store job. Errors: AC_STORE_ERROR, AC_CREDIT_ERROR. */
gboolean ac_settlement_run_slice (AcStore *store, AcSettlementSlice *slice,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSettlement, ac_settlement_free)
