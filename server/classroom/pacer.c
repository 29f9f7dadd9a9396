#include "pacer.h"

static gboolean
interval_over (gpointer data)
{
  AcPacer *self = data;

  if (self->due) {
    self->due = FALSE;
    self->run (self->data);
    return G_SOURCE_CONTINUE;
  }
  self->source = 0;
  return G_SOURCE_REMOVE;
}

void
ac_pacer_ask (AcPacer *self)
{
  if (self->source != 0) {
    self->due = TRUE;
    return;
  }
  self->source = g_timeout_add (self->interval_ms, interval_over, self);
  self->run (self->data);
}

void
ac_pacer_clear (AcPacer *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->due = FALSE;
}
