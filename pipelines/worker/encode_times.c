#include "encode_times.h"

#include <stdlib.h>

void
ac_encode_times_add (AcEncodeTimes *self, gint64 us)
{
  self->us[self->next] = (guint32)CLAMP (us, 0, G_MAXUINT32);
  self->next = (self->next + 1) % AC_ENCODE_TIMES_MAX;
  self->n = MIN (self->n + 1, AC_ENCODE_TIMES_MAX);
}

static int
compare (const void *a, const void *b)
{
  const guint32 first = *(const guint32 *)a, second = *(const guint32 *)b;

  return (first > second) - (first < second);
}

guint32
ac_encode_times_percentile (AcEncodeTimes *copy, guint percent)
{
  if (copy->n == 0)
    return 0;
  qsort (copy->us, copy->n, sizeof copy->us[0], compare);
  return copy->us[(MAX (copy->n * percent, 1) + 99) / 100 - 1];
}
