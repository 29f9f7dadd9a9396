#include "viewer_gate.h"

static guint
choose_rung (guint32 closed, guint best, guint lowest)
{
  for (guint i = best; i <= lowest; i++)
    if ((closed & (1u << i)) == 0)
      return i;
  for (guint i = best; i > 0; i--)
    if ((closed & (1u << (i - 1))) == 0)
      return i - 1;
  return AC_VIEWER_SOURCE;
}

void
ac_viewer_rungs_segment (AcViewerRungs *self, guint64 index, guint32 closed, guint best,
                         guint lowest)
{
  self->rung = self->next_rung;
  self->next_rung = choose_rung (closed, best, lowest);
  self->next_from = index;
}

gboolean
ac_viewer_rungs_take (AcViewerRungs *self, guint rung, guint64 index)
{
  const guint wanted = index >= self->next_from ? self->next_rung : self->rung;

  if (rung != wanted || index < self->n_given)
    return FALSE;
  self->n_given = index + 1;
  return TRUE;
}

gboolean
ac_viewer_gate_pass (AcViewerGate *self, gboolean key, gboolean full)
{
  self->full = full;
  if (full && (self->open || self->wants_key_frame)) {
    self->open = FALSE;
    self->wants_key_frame = TRUE;
  } else if (key && self->wants_key_frame) {
    self->open = TRUE;
    self->wants_key_frame = FALSE;
  }
  return self->open;
}

gboolean
ac_viewer_gate_asks (const AcViewerGate *self)
{
  return self->wants_key_frame && !self->full;
}

gboolean
ac_viewer_forcing_ask (AcViewerForcing *self, gint64 now_us)
{
  const gboolean quiet =
      self->wait_us == 0 || now_us - self->asked_us >= AC_VIEWER_FORCE_QUIET_US;

  self->asked_us = now_us;
  if (!quiet && now_us - self->forced_us < self->wait_us)
    return FALSE;
  self->wait_us = quiet ? AC_VIEWER_FORCE_FIRST_US
                        : MIN (self->wait_us * 2, AC_VIEWER_FORCE_MAX_US);
  self->forced_us = now_us;
  return TRUE;
}

gboolean
ac_viewer_resends_take (AcViewerResends *self, gint64 now_us)
{
  if (now_us - self->second_us >= G_USEC_PER_SEC) {
    self->second_us = now_us;
    self->n = 0;
  }
  if (self->n >= AC_VIEWER_RESENDS_A_SECOND)
    return FALSE;
  self->n++;
  return TRUE;
}
