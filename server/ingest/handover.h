/* handover.h - publishers on their way from an ingest thread to the main loop.
 *
 * A handover is the bounded queue between the two: the ingest thread announces
 * publishers, pushes their tags and tells their end; the main loop gets it all in
 * order, AC_PUBLISHER_BATCH tags at most at a time. Answers go back as verdicts.
 *
 * Queue when full: AC_PUBLISHER_MAX_TAGS tags or AC_PUBLISHER_MAX_BYTES a publisher;
 * more media is dropped, video then up to the next key frame (units of a transport
 * stream one by one: their demuxer finds its way). A reserve is kept for
 * sequence headers and script data; when even that is full the push fails.
 *
 * Threads:   said at each function. */
#pragma once

#include "executor.h"
#include "publisher.h"

#define AC_PUBLISHER_MAX_TAGS 512 /* AC_PUBLISHER_RESERVE of them for setup */
#define AC_PUBLISHER_RESERVE 32
#define AC_PUBLISHER_MAX_BYTES (16 * 1024 * 1024)
#define AC_PUBLISHER_RESERVE_BYTES (4 * 1024 * 1024) /* more, for setup */
#define AC_PUBLISHER_BATCH 64

typedef struct _AcHandover AcHandover;

typedef enum {
  AC_VERDICT_ACCEPT,
  AC_VERDICT_REFUSE,
  AC_VERDICT_CLOSE,
} AcVerdict;

/* Runs on the ingest thread. @reason: NULL with ACCEPT */
typedef void (*AcVerdictFunc) (AcPublisher *publisher, AcVerdict verdict,
                               const gchar *reason);

/* Handlers are called in the thread-default main context of the caller.
 * @kind: of all publishers that come this way
 * @ingest: where @verdict runs
 * Threads: main. */
AcHandover *ac_handover_new (AcPublisherKind kind, const AcPublisherHandler *handler,
                             gpointer user_data, AcExecutor ingest,
                             AcVerdictFunc verdict);
/* Calls closed() for everyone who was requested(), and no handler after that. The
 * ingest thread must have ended. Threads: main. */
void ac_handover_stop (AcHandover *self, const gchar *reason);
AcHandover *ac_handover_ref (AcHandover *self); /* any thread */
void ac_handover_unref (AcHandover *self);

/* Announces a publisher: requested() follows.
 * @link: the ingest thread's own, see ac_publisher_link()
 * Threads: ingest, as all that follow. */
AcPublisher *ac_publisher_new (AcHandover *handover, const gchar *stream_key,
                               const gchar *address, gpointer link);
AcPublisher *ac_publisher_ref (AcPublisher *self);
void ac_publisher_unref (AcPublisher *self);

/* Returns: FALSE when not even a sequence header finds room. */
gboolean ac_publisher_push_tag (AcPublisher *self, const AcPublisherUnit *tag);

/* The last word: closed() follows when the tags before it are through, and link()
 * is NULL from now on. */
void ac_publisher_push_closed (AcPublisher *self, const gchar *reason);
gpointer ac_publisher_link (AcPublisher *self);
void ac_publisher_set_link_stats (AcPublisher *self, const AcLinkStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcHandover, ac_handover_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPublisher, ac_publisher_unref)
