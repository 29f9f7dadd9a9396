#include "slot_plan.h"

#define NOT_BEFORE_NEXT_SEGMENT G_MAXUINT64

struct _AcSlotPlan {
  GPtrArray *epochs;                     /* AcPlannedEpoch; the last is under way */
  AcPlannedSlot slots[AC_SLOT_PLAN_MAX]; /* slot n at n modulo */
  guint64 n_opened, n_closed;
  guint64 n_frames; /* noted */
  gboolean finished;

  gboolean changing;
  guint64 change_at; /* frame, or NOT_BEFORE_NEXT_SEGMENT */
  AcGrid change_grid;
  gpointer change_data;
};

AcSlotPlan *
ac_slot_plan_new (const AcPlannedEpoch *first)
{
  AcSlotPlan *self = g_new0 (AcSlotPlan, 1);

  self->epochs = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->epochs, g_memdup2 (first, sizeof *first));
  return self;
}

void
ac_slot_plan_free (AcSlotPlan *self)
{
  g_ptr_array_unref (self->epochs);
  g_free (self);
}

static const AcPlannedEpoch *
current_epoch (const AcSlotPlan *self)
{
  return g_ptr_array_index (self->epochs, self->epochs->len - 1);
}

static AcPlannedSlot *
slot_at (const AcSlotPlan *self, guint64 nth)
{
  return (AcPlannedSlot *)&self->slots[nth % AC_SLOT_PLAN_MAX];
}

/* The slot that was opened last; NULL before the first. */
static AcPlannedSlot *
last_slot (const AcSlotPlan *self)
{
  return self->n_opened > 0 ? slot_at (self, self->n_opened - 1) : NULL;
}

static guint64
end_of (const AcPlannedSlot *slot)
{
  return slot->first + slot->n_frames;
}

gboolean
ac_slot_plan_change (AcSlotPlan *self, guint64 index, const AcGrid *grid, gpointer data)
{
  AcPlannedSlot *last = last_slot (self);

  if (self->changing || self->finished || index < self->n_frames || last == NULL ||
      index <= last->first)
    return FALSE;
  self->changing = TRUE;
  self->change_at = index;
  self->change_grid = *grid;
  self->change_data = data;
  if (index <= end_of (last)) {
    last->n_frames = (guint)(index - last->first);
    last->ends_segment = TRUE;
  }
  return TRUE;
}

void
ac_slot_plan_change_soon (AcSlotPlan *self, const AcGrid *grid, gpointer data)
{
  self->changing = TRUE;
  self->change_at = NOT_BEFORE_NEXT_SEGMENT;
  self->change_grid = *grid;
  self->change_data = data;
}

gboolean
ac_slot_plan_is_changing (const AcSlotPlan *self)
{
  return self->changing;
}

/* Whether the epoch of before ends with frame @index - 1. */
static gboolean
changes_at (const AcSlotPlan *self, guint64 index)
{
  const AcPlannedSlot *last = last_slot (self);

  if (!self->changing || last == NULL || index < end_of (last))
    return FALSE;
  return self->change_at == NOT_BEFORE_NEXT_SEGMENT ? last->ends_segment
                                                    : index >= self->change_at;
}

gboolean
ac_slot_plan_begins_segment (const AcSlotPlan *self, guint64 index,
                             AcPlannedEpoch *ret_epoch)
{
  const AcPlannedSlot *last = last_slot (self);

  if (last != NULL && index < end_of (last))
    return FALSE;
  if (ret_epoch != NULL) {
    *ret_epoch = *current_epoch (self);
    if (changes_at (self, index))
      ret_epoch->data = self->change_data;
  }
  return last == NULL || last->ends_segment || changes_at (self, index);
}

static void
begin_epoch (AcSlotPlan *self, guint64 index)
{
  const AcPlannedEpoch *before = current_epoch (self);
  AcPlannedEpoch epoch = {
    .number = before->number + 1,
    .first = index,
    .first_msn = last_slot (self)->msn + 1,
    .grid = self->change_grid,
    .data = self->change_data,
  };

  g_ptr_array_add (self->epochs, g_memdup2 (&epoch, sizeof epoch));
  self->changing = FALSE;
}

/* A change that is to begin inside of the slot cuts it short. */
static void
set_length (const AcSlotPlan *self, AcPlannedSlot *slot)
{
  const AcGrid *grid = &slot->epoch->grid;

  slot->n_frames = ac_grid_slot_offset (grid, slot->part + 1) -
                   ac_grid_slot_offset (grid, slot->part);
  slot->ends_segment = slot->part + 1 == grid->slots_per_segment;
  if (!self->changing || self->change_at == NOT_BEFORE_NEXT_SEGMENT ||
      self->change_at > end_of (slot))
    return;
  slot->n_frames = (guint)(self->change_at - slot->first);
  slot->ends_segment = TRUE;
}

gint64
ac_slot_plan_note (AcSlotPlan *self, guint64 index)
{
  AcPlannedSlot *last = last_slot (self);
  AcPlannedSlot slot = { .first = index };
  gboolean new_epoch;

  if (last != NULL && index < end_of (last)) {
    self->n_frames = index + 1;
    return -1;
  }
  if (self->n_opened - self->n_closed == AC_SLOT_PLAN_MAX)
    return -2;
  new_epoch = changes_at (self, index);
  if (new_epoch)
    begin_epoch (self, index);
  self->n_frames = index + 1;
  slot.epoch = current_epoch (self);
  if (last == NULL)
    slot.msn = slot.epoch->first_msn;
  else if (last->ends_segment || new_epoch)
    slot.msn = last->msn + 1;
  else {
    slot.msn = last->msn;
    slot.part = last->part + 1;
  }
  set_length (self, &slot);
  *slot_at (self, self->n_opened) = slot;
  return (gint64)self->n_opened++;
}

void
ac_slot_plan_finish (AcSlotPlan *self)
{
  AcPlannedSlot *last = last_slot (self);

  self->finished = TRUE;
  if (last == NULL)
    return;
  last->n_frames = (guint)(self->n_frames - last->first);
  last->ends_segment = TRUE;
}

gboolean
ac_slot_plan_may_finish (const AcSlotPlan *self)
{
  const AcPlannedSlot *last = last_slot (self);

  return last != NULL && (self->n_frames < end_of (last) || last->ends_segment);
}

guint64
ac_slot_plan_n_frames (const AcSlotPlan *self)
{
  return self->n_frames;
}

guint64
ac_slot_plan_n_slots (const AcSlotPlan *self)
{
  return self->n_opened;
}

const AcPlannedSlot *
ac_slot_plan_slot (const AcSlotPlan *self, guint64 nth)
{
  g_return_val_if_fail (nth >= self->n_closed && nth < self->n_opened, NULL);

  return slot_at (self, nth);
}

gboolean
ac_slot_plan_is_whole (const AcSlotPlan *self, guint64 nth)
{
  return nth < self->n_opened && end_of (slot_at (self, nth)) <= self->n_frames;
}

void
ac_slot_plan_close (AcSlotPlan *self)
{
  self->n_closed++;
}
