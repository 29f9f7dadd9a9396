/* broadcast.h - one live lesson: from its feeds to window, archive and classroom.
 *
 *            feeds (see feed.h)        worker process
 *                 | units                 ^      | slots
 *                 v                       |      v
 *              AcBroadcast ---------------+   window, recording, classroom
 *
 * A broadcast outlives feeds and workers: a lost feed means a slate, a dead worker
 * means the next media epoch. It ends when the lesson does.
 *
 * States:  idle ----> running ----> finishing ----> over
 *           |    first feed   lesson ended    worker gone
 *           +-------------------------------------------> over
 *   idle: no worker yet, because nothing was ever published.
 *   running: a worker lives, or the next is about to be started.
 *
 * Threads:   main loop.
 * Ownership: plain; AcBroadcasts owns them all. */
#pragma once

#include "classroom.h"
#include "feeds.h"
#include "live_window.h"
#include "viewings.h"
#include "worker.h"

typedef struct _AcBroadcast AcBroadcast;

typedef struct {
  /* Media changed: hand it to the fronts. @snapshot: (transfer none) */
  void (*published) (AcSnapshot *snapshot, gpointer user_data);
  /* Its first slot came: the lesson is live. */
  void (*began) (gint64 lesson, gpointer user_data);
  /* It is over: free it. Not called for a broadcast that is stopped. */
  void (*over) (AcBroadcast *broadcast, gpointer user_data);
  /* Lesson time was published; see ac_classroom_media_published(). */
  void (*media) (gint64 lesson, gint64 start_ms, gint64 duration_ms,
                 gboolean creditable, gpointer user_data);
  /* Nothing that counts was published for the grace, or something is again. */
  void (*interrupted) (gint64 lesson, gboolean interrupted, gpointer user_data);
  /* Its worker told its health, once a second. May be NULL. */
  void (*health) (AcBroadcast *broadcast, gpointer user_data);
  /* A worker is about to be started: fill in what is the same for all. May be NULL. */
  void (*configure) (AcWireConfigure *configure, gpointer user_data);
} AcBroadcastHandler;

typedef struct {
  AcFeedsPolicy feeds;
  guint interrupted_after_ms; /* 0: 120,000 */
} AcBroadcastPolicy;

/* @worker_path: airclass-pipeline
 * @recording: the lesson's, referenced; what it holds already is the beginning of the
 *   window, and a worker is started at once to go on from there.
 * Errors: none; a worker that cannot be started is tried again. */
AcBroadcast *ac_broadcast_new (gint64 lesson, const gchar *title,
                               const gchar *worker_path, AcRecording *recording,
                               const AcBroadcastPolicy *policy,
                               const AcBroadcastHandler *handler, gpointer user_data);
/* Kills a worker that still runs; feeds that are still attached are closed. */
void ac_broadcast_free (AcBroadcast *self);

/* Whether the feed may be attached now; see feeds.h for who is on air.
 * Returns: NULL when it is attached, else the refusal (static), one English sentence.
 * @ret_feed: (out): set when it is attached */
const gchar *ac_broadcast_attach (AcBroadcast *self, const AcFeedInfo *info,
                                  AcFeed **ret_feed);
void ac_broadcast_units (AcBroadcast *self, AcFeed *feed, const AcFlvTag *units,
                         guint n_units);
/* What is fetched and has failed is tried once more; FALSE: it is not on air now. */
gboolean ac_broadcast_fetch_again (AcBroadcast *self, AcFeed *feed);
/* Its owner is done with it; closed() is not called. */
void ac_broadcast_detach (AcBroadcast *self, AcFeed *feed);

/* A browser watches by a connection of the worker.
 * @handler: static
 * Returns: its number; 0: nothing is on air now. */
guint32 ac_broadcast_watch (AcBroadcast *self, const gchar *offer,
                            const AcViewingHandler *handler, gpointer owner);
void ac_broadcast_watch_trickle (AcBroadcast *self, guint32 number, GBytes *fragment);
/* Its owner is done with it; closed() is not called. */
void ac_broadcast_unwatch (AcBroadcast *self, guint32 number);

/* The lesson ended: flush, close the recording, then over(). */
void ac_broadcast_end (AcBroadcast *self);
/* The daemon stops: flush what the worker holds; the lesson goes on at the next start.
 * over() follows. */
void ac_broadcast_suspend (AcBroadcast *self);

gint64 ac_broadcast_lesson (AcBroadcast *self);
AcLiveWindow *ac_broadcast_window (AcBroadcast *self);
gboolean ac_broadcast_has_media (AcBroadcast *self);
/* Returns: (nullable): the last report of its worker. */
const AcWireHealth *ac_broadcast_health (AcBroadcast *self);
/* Returns: (transfer none) (nullable): what is on air. */
const AcFeedInfo *ac_broadcast_on_air (AcBroadcast *self);
/* Returns: (transfer none) (nullable): see ac_feeds_fault(). */
const gchar *ac_broadcast_source_fault (AcBroadcast *self);
/* Whether it was never published: attaching a feed would start its first worker. */
gboolean ac_broadcast_is_idle (AcBroadcast *self);
GPid ac_broadcast_worker_pid (AcBroadcast *self); /* 0: none runs */
gint64 ac_broadcast_worker_age_ms (AcBroadcast *self);
/* Tells the worker how much more it may take. */
void ac_broadcast_tell_machine (AcBroadcast *self, guint32 spare_millicores);
guint ac_broadcast_worker_restarts (AcBroadcast *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBroadcast, ac_broadcast_free)
