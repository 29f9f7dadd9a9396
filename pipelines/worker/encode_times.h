/* encode_times.h - how long an encoder took for each of its last frames.
 *
 * Threads: one at a time; plain. */
#pragma once

#include <glib.h>

#define AC_ENCODE_TIMES_MAX 1500 /* a minute at 25 frames a second; older ones go */

typedef struct {
  guint32 us[AC_ENCODE_TIMES_MAX]; /* a ring */
  guint n, next;
} AcEncodeTimes; /* begins as zeros */

void ac_encode_times_add (AcEncodeTimes *self, gint64 us);
/* Sorts them: a copy's, which takes no more.
 * Returns: what @percent of the frames took at most, nearest rank; 0: there are none */
guint32 ac_encode_times_percentile (AcEncodeTimes *copy, guint percent);
