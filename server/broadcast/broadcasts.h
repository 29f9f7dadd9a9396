/* broadcasts.h - every lesson that is live, and the way to those that ended.
 *
 * Turns what the ingest, the classroom and the fronts say into calls of one broadcast.
 *
 * Threads:   main loop.
 * Ownership: plain; one per process; references what it is given. */
#pragma once

#include "key_guard.h"
#include "monitor.h"
#include "publisher.h"
#include "srt_access.h"

typedef struct _AcBroadcasts AcBroadcasts;

typedef struct {
  void (*published) (AcSnapshot *snapshot, gpointer user_data);
  void (*absent) (gint64 lesson, gpointer user_data);
  /* After ac_broadcasts_suspend(): all are over. */
  void (*suspended) (gpointer user_data);
} AcBroadcastsHandler;

/* What is the same for all lessons. */
typedef struct {
  const gchar *worker_path; /* airclass-pipeline; copied */
  AcBroadcastPolicy lesson;
  AcMonitorPolicy monitor;
} AcBroadcastsPolicy;

AcBroadcasts *ac_broadcasts_new (AcClassroom *classroom, AcRecordings *recordings,
                                 const AcBroadcastsPolicy *policy,
                                 const AcBroadcastsHandler *handler,
                                 gpointer user_data);
void ac_broadcasts_free (AcBroadcasts *self);

/* At start: goes on with every lesson that was live, finishes the recordings of those
 * that ended while nobody looked. */
void ac_broadcasts_resume (AcBroadcasts *self);
void ac_broadcasts_suspend (AcBroadcasts *self);

/* Feeds a lesson, which becomes live with it.
 * @ret_broadcast, @ret_feed: (out) (transfer none): for ac_broadcast_units() and
 *   _detach(), until closed() was called; set when it is attached
 * Returns: NULL when it is attached, else the refusal (static), one English sentence.
 */
const gchar *ac_broadcasts_attach (AcBroadcasts *self, gint64 lesson,
                                   const AcFeedInfo *info, AcBroadcast **ret_broadcast,
                                   AcFeed **ret_feed);

/* Returns: (transfer none) (nullable): that of @lesson, when it is live. */
AcBroadcast *ac_broadcasts_find (AcBroadcasts *self, gint64 lesson);

/* Returns: (transfer none): of all ways in. */
AcKeyGuard *ac_broadcasts_key_guard (AcBroadcasts *self);

/* Tell @access who publishes; NULL: nobody. It outlives this. */
void ac_broadcasts_set_srt_access (AcBroadcasts *self, AcSrtAccess *access);

/* user_data of the handler: the AcBroadcasts. */
const AcPublisherHandler *ac_broadcasts_publisher_handler (void);
void ac_broadcasts_lesson_changed (AcBroadcasts *self, gint64 lesson,
                                   AcLessonState state);
void ac_broadcasts_lesson_wanted (AcBroadcasts *self, gint64 lesson);

/* What encodes the pictures of workers that are started from now on; "": x264enc. */
void ac_broadcasts_set_encoder (AcBroadcasts *self, const gchar *element);
/* Returns: (transfer full): JSON, the body of GET /lessons/:id/health. */
GBytes *ac_broadcasts_health (AcBroadcasts *self, gint64 lesson, gint64 since_ms);
/* Prometheus text, one family a measure. */
void ac_broadcasts_metrics (AcBroadcasts *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBroadcasts, ac_broadcasts_free)
