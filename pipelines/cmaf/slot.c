#include "slot.h"

AcSlot *
ac_slot_new (const AcSlot *fields)
{
  AcSlot *self = g_atomic_rc_box_dup (sizeof *self, (gpointer)fields);

  for (guint i = 0; i < self->n_parts; i++) {
    if (self->parts[i] != NULL)
      g_bytes_ref (self->parts[i]);
  }
  return self;
}

AcSlot *
ac_slot_ref (AcSlot *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AcSlot *self = data;

  for (guint i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->parts[i], g_bytes_unref);
}

void
ac_slot_unref (AcSlot *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
