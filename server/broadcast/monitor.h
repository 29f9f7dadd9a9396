/* monitor.h - how the machine and the lessons on it do.
 *
 * Once a second: what the machine and each worker take goes into who is let in and into
 * what a worker may take more; what a worker tells goes into the lesson's history, to
 * the staff in its room, and into the metrics.
 *
 * CPU to spare is offered to one lesson at a time, so that two do not take back a
 * rendition for the same half core.
 *
 * Threads:   main loop.
 * Ownership: plain; one, owned by the broadcasts. */
#pragma once

#include "broadcast.h"
#include "health_history.h"

typedef struct _AcMonitor AcMonitor;

typedef struct {
  gboolean shedding;     /* workers leave renditions out when they cannot make them */
  gboolean admission;    /* lessons are refused that the machine cannot carry */
  guint max_cpu_percent; /* of the machine that may be used; 0: 90 */
} AcMonitorPolicy;

/* @proc: "/proc"
 * @live: lesson (gint64) -> AcBroadcast; read whenever it is called; outlives it */
AcMonitor *ac_monitor_new (const AcMonitorPolicy *policy, const gchar *proc,
                           GHashTable *live);
void ac_monitor_free (AcMonitor *self);

/* Time passes: once a second.
 * @now_ms: on the monotonic clock, whatever happens to that on the wall */
void ac_monitor_tick (AcMonitor *self, gint64 now_ms);

/* A worker told its health. Returns: (transfer none): the sample that was kept. */
const AcHealthSample *ac_monitor_take (AcMonitor *self, AcBroadcast *broadcast);

/* Whether another lesson may begin.
 * Returns: (transfer none) (nullable): NULL: yes; else why not, good until the next
 * call. */
const gchar *ac_monitor_admit (AcMonitor *self);

/* Returns: (transfer full): see ac_health_text_history(). */
GBytes *ac_monitor_history (AcMonitor *self, gint64 lesson, gint64 since_ms);
void ac_monitor_metrics (AcMonitor *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMonitor, ac_monitor_free)
