/* slot_plan.h - which slot of which segment a frame is in, over all epochs of a worker.
 *
 * Frames are counted from the worker's start. A slot is opened by its first frame and
 * gets the length that the epoch's grid says; a change that begins inside of it cuts it
 * short. So a slot's length is final once all its frames were noted.
 *
 * Bounded: AC_SLOT_PLAN_MAX slots are open at a time.
 *
 * Threads: one at a time; plain. */
#pragma once

#include "grid.h"

#define AC_SLOT_PLAN_MAX 64

typedef struct {
  guint32 number;    /* AcMediaEpoch.number */
  guint64 first;     /* frame */
  guint64 first_msn; /* media sequence number of its first segment */
  AcGrid grid;
  gpointer data; /* the caller's */
} AcPlannedEpoch;

typedef struct {
  const AcPlannedEpoch *epoch; /* the plan's, valid as long as it */
  guint64 msn;
  guint part;
  guint64 first;  /* frame */
  guint n_frames; /* final once so many were noted */
  gboolean ends_segment;
} AcPlannedSlot;

typedef struct _AcSlotPlan AcSlotPlan;

/* @first: of the first epoch; its first frame is 0 */
AcSlotPlan *ac_slot_plan_new (const AcPlannedEpoch *first);
void ac_slot_plan_free (AcSlotPlan *self);

/* The frames from @index on are of another epoch, numbered next, with @grid.
 * Returns: FALSE when frame @index was noted already or another change is under way. */
gboolean ac_slot_plan_change (AcSlotPlan *self, guint64 index, const AcGrid *grid,
                              gpointer data);
/* As above, from the next segment on that is not noted yet; in place of a change that
 * is under way and has not begun. */
void ac_slot_plan_change_soon (AcSlotPlan *self, const AcGrid *grid, gpointer data);
/* Whether a change is under way that has not begun. */
gboolean ac_slot_plan_is_changing (const AcSlotPlan *self);

/* Returns: TRUE when frame @index, the next to be noted, begins a segment.
 * @ret_epoch: (out) (optional): of which epoch; the plan's */
gboolean ac_slot_plan_begins_segment (const AcSlotPlan *self, guint64 index,
                                      AcPlannedEpoch *ret_epoch);
/* Returns: the slot that frame @index, the next, opened; -1 when it is in the last one;
 * -2 when too many are open. */
gint64 ac_slot_plan_note (AcSlotPlan *self, guint64 index);
/* No further frame comes: the open slot ends where it is. */
void ac_slot_plan_finish (AcSlotPlan *self);
/* Whether the lesson may end now: the last slot is not whole, so that it can still be
 * told to end its segment, or ends it anyway. */
gboolean ac_slot_plan_may_finish (const AcSlotPlan *self);

guint64 ac_slot_plan_n_frames (const AcSlotPlan *self); /* noted */
guint64 ac_slot_plan_n_slots (const AcSlotPlan *self);  /* opened */
/* @nth: one that was opened and not closed */
const AcPlannedSlot *ac_slot_plan_slot (const AcSlotPlan *self, guint64 nth);
/* Whether all frames of slot @nth were noted. */
gboolean ac_slot_plan_is_whole (const AcSlotPlan *self, guint64 nth);
/* The oldest slot is done with. */
void ac_slot_plan_close (AcSlotPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSlotPlan, ac_slot_plan_free)
