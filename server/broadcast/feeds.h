/* feeds.h - what feeds a lesson, and which of it is on air.
 *
 * A lesson has room for one primary and one backup. One rule for every way in
 * (docs/adr/0007-who-is-on-air.md):
 *
 *   1. A second one with the same key is refused while the first is healthy; once that
 *      has been silent for `takeover_ms` the newcomer replaces it.
 *   2. The primary is on air. When it leaves, or has been silent for `standby_ms`, a
 *      backup that sends is on air at once, from its last key frame.
 *   3. A primary that is back gets the air when it has been sending for `return_ms`
 *      without a pause, at its next key frame.
 *   4. What is fetched cannot be watched beside another: as a primary it is given the
 *      air at once when it is attached; having lost it for silence it waits until the
 *      backup is silent too.
 *   5. A browser's connection cannot wait off air, nor outlive the worker that
 *      answered it: it is closed when it loses the air, or that worker.
 *
 * At most one feed is on air; begin() and end() alternate and units() come between.
 *
 * Threads:   main loop.
 * Ownership: owns the feeds; their owners are told by closed(). Knows no clock: every
 *            time is the caller's monotonic one. */
#pragma once

#include "feed.h"

typedef struct _AcFeeds AcFeeds;

typedef struct {
  void (*begin) (const AcWireSource *source, gpointer user_data);
  void (*unit) (const AcFlvTag *unit, gpointer user_data);
  void (*end) (gpointer user_data);
} AcFeedsHandler;

typedef struct {
  guint takeover_ms; /* 0: 2,000 */
  guint standby_ms;  /* 0: 800, before the slate comes */
  guint return_ms;   /* 0: 5,000 */
} AcFeedsPolicy;

AcFeeds *ac_feeds_new (gint64 lesson, const AcFeedsPolicy *policy,
                       const AcFeedsHandler *handler, gpointer user_data);
/* Closes what is still attached, without end(). */
void ac_feeds_free (AcFeeds *self);

/* Returns: NULL when it is attached, else the refusal (static), one English sentence.
 * @ret_feed: (out): set when it is attached */
const gchar *ac_feeds_attach (AcFeeds *self, const AcFeedInfo *info, gint64 now_ms,
                              AcFeed **ret_feed);
void ac_feeds_units (AcFeeds *self, AcFeed *feed, const AcFlvTag *units, guint n_units,
                     gint64 now_ms);
void ac_feeds_detach (AcFeeds *self, AcFeed *feed, gint64 now_ms);
/* The worker's word on what it fetches by itself; of a source before it is nothing. */
void ac_feeds_source_alive (AcFeeds *self, gint64 now_ms);
void ac_feeds_source_state (AcFeeds *self, const AcWireSourceState *state);
/* What is fetched and has failed is begun once more; FALSE: it is not on air. */
gboolean ac_feeds_fetch_again (AcFeeds *self, AcFeed *feed, gint64 now_ms);
/* Time passes: to be called a few times a second while something is attached. */
void ac_feeds_tick (AcFeeds *self, gint64 now_ms);
/* The worker has died; nothing can be sent to it from here on. */
void ac_feeds_worker_gone (AcFeeds *self, gint64 now_ms);
/* A new worker: begin() again and what decoders must have seen, when one is on air. */
void ac_feeds_begin_again (AcFeeds *self, gint64 now_ms);
/* All are told, none is attached any more; without end(). */
void ac_feeds_close (AcFeeds *self, const gchar *reason);

gboolean ac_feeds_is_empty (const AcFeeds *self);
/* Returns: (transfer none) (nullable): what is on air. */
const AcFeedInfo *ac_feeds_on_air (const AcFeeds *self);
gboolean ac_feeds_backup_on_air (const AcFeeds *self);
/* Returns: (transfer none) (nullable): why what is fetched sends nothing, one clause.
 */
const gchar *ac_feeds_fault (const AcFeeds *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFeeds, ac_feeds_free)
