/* job_pool.h - a few threads that run jobs in the order they were pushed.
 *
 * Threads:   any. Jobs of a pool of one thread run one after another.
 * Ownership: the pool runs every job that it took, exactly once. */
#pragma once

#include <glib.h>

typedef struct _AcJobPool AcJobPool;
typedef void (*AcJob) (gpointer data);

/* @max_waiting: beyond that pushes are refused; 0: the pusher keeps its own bound */
AcJobPool *ac_job_pool_new (const gchar *name, guint n_threads, guint max_waiting);

/* Returns: FALSE when the pool is full or stopped; @data is the caller's then. */
gboolean ac_job_pool_push (AcJobPool *self, AcJob job, gpointer data);

/* Runs what waits, ends the threads and waits for them; called on one of them, it
 * leaves that one to end by itself. Later pushes are refused. Idempotent. */
void ac_job_pool_stop (AcJobPool *self);

/* Stops and drops it. */
void ac_job_pool_free (AcJobPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcJobPool, ac_job_pool_free)
