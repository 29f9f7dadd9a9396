/* outage.h - since when a lesson has shown nothing that counts.
 *
 * Slate and a dead worker alike: what matters is when the last creditable media was
 * published. After the grace the lesson is called interrupted, which ends nothing.
 *
 * Threads:   one.
 * Ownership: plain. Knows no clock: times are the caller's monotonic ones. */
#pragma once

#include <glib.h>

typedef struct {
  guint grace_ms;
  gint64 good_ms; /* when something counted last, or when the watch began */
  gboolean interrupted;
} AcOutage;

void ac_outage_begin (AcOutage *self, guint grace_ms, gint64 now_ms);
/* Something that counts was published.
 * Returns: whether the lesson was interrupted and is no more. */
gboolean ac_outage_over (AcOutage *self, gint64 now_ms);
/* Returns: whether the lesson is interrupted from now on. */
gboolean ac_outage_tick (AcOutage *self, gint64 now_ms);
