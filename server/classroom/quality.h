/* quality.h - how well a lesson is watched, as its players tell.
 *
 * Each player tells once a minute what happened since it told last. What comes is
 * summed up in memory, by lesson, minute, rendition, delivery and kind of device, and
 * written a few seconds later: so many viewers cost the database no more than a few,
 * and nobody's report is kept by itself. Latencies are counted, by lesson, minute and
 * delivery: of sums there is no median.
 *
 * Threads:   main loop.
 * Ownership: plain; freed before its store. */
#pragma once

#include "store.h"

typedef struct _AcQuality AcQuality;

/* As long as what was told of a minute is kept: long enough to compare one half of a
 * year's lessons with the other's. A report that comes later takes an hour of it away.
 */
#define AC_QUALITY_KEPT_DAYS 366

/* Words that are not known are "other": what somebody invents makes no rows. */
typedef struct {
  const gchar *rendition; /* "1080p" ... "144p", "audio" */
  const gchar *delivery;  /* "hls", "native", "dash", "whep" */
  const gchar *device;    /* "phone", "tablet", "desktop", "screen" */
  gint64 start_ms;        /* from asking to the first picture; -1: it began before */
  gint64 latency_ms;      /* behind the live edge; -1: not at it */
  gint64 stalls, stall_ms, switches, errors, played_ms;
} AcQualityReport;

#define AC_QUALITY_MS_MAX (10 * 60 * 1000) /* of times in a report */
#define AC_QUALITY_COUNT_MAX 1000          /* of counts */

AcQuality *ac_quality_new (AcStore *store);
/* Writes what is there first. */
void ac_quality_free (AcQuality *self);

void ac_quality_add (AcQuality *self, gint64 lesson, const AcQualityReport *report,
                     gint64 wall_ms);
/* Writes what is there. @done: (nullable): as of ac_store_write() */
void ac_quality_flush (AcQuality *self, AcStoreDone done, gpointer user_data);
/* Appends what was told since the start, as /metrics has it. */
void ac_quality_metrics (AcQuality *self, GString *out);

typedef struct {
  gchar *rendition, *delivery, *device; /* NULL: summed up over all */
  gint64 minute;                        /* wall, since 1970; 0: over all */
  gint64 reports, starts, start_ms, start_max_ms;
  gint64 stalls, stall_ms, switches, errors, played_ms;
  gint64 latency_ms, latency_p95_ms; /* median, 95th percentile, to two digits; -1: none
                                      * was told, or by rendition or device */
} AcQualityRow;

typedef enum {
  AC_QUALITY_BY_MINUTE,
  AC_QUALITY_BY_RENDITION,
  AC_QUALITY_BY_DELIVERY,
  AC_QUALITY_BY_DEVICE,
} AcQualityBy;

/* Returns: (transfer full): AcQualityRow of @lesson (0: of all) from @from_minute on,
 * at most @limit. */
GPtrArray *ac_quality_list (AcStore *store, gint64 lesson, AcQualityBy by,
                            gint64 from_minute, guint limit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcQuality, ac_quality_free)
