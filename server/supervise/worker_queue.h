/* worker_queue.h - frames that wait until a worker reads them.
 *
 * Bounded: a tag that would bring the queue over AC_WORKER_QUEUE_MAX_BYTES is dropped,
 * and so is every tag after it up to the next video key frame, or up to the next tag
 * when the source has shown no video. Sequence headers and script data have a reserve
 * and are not dropped while it lasts; frames that steer the worker never are.
 *
 * Threads: one at a time. */
#pragma once

#include "wire.h"

#define AC_WORKER_QUEUE_MAX_BYTES (8 * 1024 * 1024)
#define AC_WORKER_QUEUE_RESERVE_BYTES (1024 * 1024)

typedef struct _AcWorkerQueue AcWorkerQueue;

AcWorkerQueue *ac_worker_queue_new (void);
void ac_worker_queue_free (AcWorkerQueue *self);

/* @frame: (transfer full) */
void ac_worker_queue_push (AcWorkerQueue *self, GBytes *frame);
/* Returns: FALSE when the tag was dropped. */
gboolean ac_worker_queue_push_tag (AcWorkerQueue *self, const AcFlvTag *tag);
/* Another source follows: what was said about video is forgotten. */
void ac_worker_queue_new_source (AcWorkerQueue *self);

gboolean ac_worker_queue_is_empty (AcWorkerQueue *self);
gsize ac_worker_queue_bytes (AcWorkerQueue *self);
void ac_worker_queue_clear (AcWorkerQueue *self);

/* Writes to a socket that does not block, as much as it takes.
 *
 * @ret_sent: how many bytes it took
 * Errors: GIO's. */
gboolean ac_worker_queue_send (AcWorkerQueue *self, gint fd, gsize *ret_sent,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWorkerQueue, ac_worker_queue_free)
