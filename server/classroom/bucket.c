#include "bucket.h"

gint64
ac_bucket_take (AcBucket *self, const AcBucketRule *rule, gint64 n, gint64 now_ms)
{
  gint64 full_after_ms = MAX (self->spent_milli, 0) / rule->per_s + 1;
  gint64 passed_ms = CLAMP (now_ms - self->counted_ms, 0, full_after_ms);
  gint64 over_milli;

  self->spent_milli = MAX (self->spent_milli - passed_ms * rule->per_s, 0);
  self->counted_ms = MAX (now_ms, self->counted_ms);
  over_milli = self->spent_milli + n * 1000 - rule->burst * 1000;
  if (over_milli > 0)
    return (over_milli + rule->per_s - 1) / rule->per_s;
  self->spent_milli += n * 1000;
  return 0;
}

void
ac_bucket_charge (AcBucket *self, gint64 n)
{
  self->spent_milli += n * 1000;
}
