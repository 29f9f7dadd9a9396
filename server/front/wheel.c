#include "wheel.h"

static GQueue *
slot_of (AcWheel *self, gint64 second)
{
  return &self->slots[second % AC_WHEEL_SLOTS];
}

static void
link_entry (AcWheel *self, AcWheelEntry *entry)
{
  gint64 farthest = self->now_s + AC_WHEEL_SLOTS - 1;

  /* Due in the past is due at the next second: the slot of now was swept already. */
  entry->slot_s = CLAMP (entry->due_s, self->now_s + 1, farthest);
  entry->link.data = entry;
  g_queue_push_tail_link (slot_of (self, entry->slot_s), &entry->link);
}

static void
unlink_entry (AcWheel *self, AcWheelEntry *entry)
{
  g_queue_unlink (slot_of (self, entry->slot_s), &entry->link);
  entry->link.data = NULL;
}

void
ac_wheel_init (AcWheel *self, gint64 now_s, AcWheelExpired expired, gpointer user_data)
{
  *self = (AcWheel){ .now_s = now_s, .expired = expired, .user_data = user_data };
  for (guint i = 0; i < AC_WHEEL_SLOTS; i++)
    g_queue_init (&self->slots[i]);
}

void
ac_wheel_set (AcWheel *self, AcWheelEntry *entry, gint64 due_s)
{
  entry->due_s = due_s;
  if (entry->link.data != NULL) {
    if (due_s >= entry->slot_s)
      return;
    unlink_entry (self, entry);
  }
  link_entry (self, entry);
}

void
ac_wheel_unset (AcWheel *self, AcWheelEntry *entry)
{
  if (entry->link.data != NULL)
    unlink_entry (self, entry);
}

static void
sweep_slot (AcWheel *self)
{
  GQueue *slot = slot_of (self, self->now_s);

  /* Nothing is linked into the slot of now, so this ends. */
  while (slot->head != NULL) {
    AcWheelEntry *entry = slot->head->data;

    unlink_entry (self, entry);
    if (entry->due_s > self->now_s)
      link_entry (self, entry);
    else
      self->expired (entry, self->user_data);
  }
}

void
ac_wheel_advance (AcWheel *self, gint64 now_s)
{
  /* After a pause longer than a turn every slot is swept once. */
  if (now_s - self->now_s > AC_WHEEL_SLOTS)
    self->now_s = now_s - AC_WHEEL_SLOTS;
  while (self->now_s < now_s) {
    self->now_s++;
    sweep_slot (self);
  }
}
