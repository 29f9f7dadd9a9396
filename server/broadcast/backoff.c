#include "backoff.h"

#define FIRST_MS 1000
#define HEALTHY_MS 10000

void
ac_backoff_up (AcBackoff *self, gint64 now_ms)
{
  self->up_since_ms = now_ms;
}

guint
ac_backoff_down (AcBackoff *self, gint64 now_ms)
{
  gboolean was_healthy =
      self->up_since_ms != 0 && now_ms - self->up_since_ms >= HEALTHY_MS;

  self->delay_ms = was_healthy || self->delay_ms == 0
                       ? FIRST_MS
                       : MIN (self->delay_ms * 2, AC_BACKOFF_MAX_MS);
  self->up_since_ms = 0;
  return self->delay_ms;
}
