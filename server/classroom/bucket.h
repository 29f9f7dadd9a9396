/* bucket.h - how much of something may come in a while (a token bucket).
 *
 * Threads: any, one at a time. */
#pragma once

#include <glib.h>

typedef struct {
  gint64 per_s;
  gint64 burst; /* so many at once */
} AcBucketRule;

typedef struct {
  gint64 spent_milli; /* thousandths, not yet given back; 0: full */
  gint64 counted_ms;  /* up to when giving back was counted */
} AcBucket;           /* all zero: full */

/* Takes @n, at most the burst, at @now_ms.
 * Returns: 0, or milliseconds until it could: nothing was taken. */
gint64 ac_bucket_take (AcBucket *self, const AcBucketRule *rule, gint64 n,
                       gint64 now_ms);
/* Takes @n that were spent already, also where there is less: the rest is owed. */
void ac_bucket_charge (AcBucket *self, gint64 n);
