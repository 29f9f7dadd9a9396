/* backoff.h - how long to wait before what failed is tried again: 1 s, doubled up to
 * 30 s; what was up for 10 s begins at 1 s again.
 *
 * Threads:   one; knows no clock, times are the caller's monotonic ones. */
#pragma once

#include <glib.h>

#define AC_BACKOFF_MAX_MS 30000

typedef struct {
  guint delay_ms;     /* the last one; 0: none yet */
  gint64 up_since_ms; /* 0: not up */
} AcBackoff;

void ac_backoff_up (AcBackoff *self, gint64 now_ms);
/* Returns: how long to wait now, in milliseconds. */
guint ac_backoff_down (AcBackoff *self, gint64 now_ms);
