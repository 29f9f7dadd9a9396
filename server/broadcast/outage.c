#include "outage.h"

void
ac_outage_begin (AcOutage *self, guint grace_ms, gint64 now_ms)
{
  *self = (AcOutage){ .grace_ms = grace_ms, .good_ms = now_ms };
}

gboolean
ac_outage_over (AcOutage *self, gint64 now_ms)
{
  const gboolean was_interrupted = self->interrupted;

  self->good_ms = now_ms;
  self->interrupted = FALSE;
  return was_interrupted;
}

gboolean
ac_outage_tick (AcOutage *self, gint64 now_ms)
{
  if (self->interrupted || now_ms - self->good_ms < self->grace_ms)
    return FALSE;
  self->interrupted = TRUE;
  return TRUE;
}
