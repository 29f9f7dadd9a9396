/* job_pool.c - a few threads that run jobs in the order they were pushed. */
#include "job_pool.h"

typedef struct {
  AcJob run;
  gpointer data;
} Job;

struct _AcJobPool {
  gatomicrefcount refs; /* the owner and each thread: a thread may outlive _free() when
                         * that was called on it */
  guint max_waiting;
  GMutex lock;
  GCond wake;
  GQueue jobs;        /* lock */
  gboolean stopping;  /* lock */
  GPtrArray *threads; /* lock; emptied by whoever joins them */
};

static void
unref (AcJobPool *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->threads);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}

static gpointer
run_jobs (gpointer data)
{
  AcJobPool *self = data;

  g_mutex_lock (&self->lock);
  for (;;) {
    Job *job = g_queue_pop_head (&self->jobs);
    if (job != NULL) {
      g_mutex_unlock (&self->lock);
      job->run (job->data);
      g_free (job);
      g_mutex_lock (&self->lock);
    } else if (self->stopping) {
      break;
    } else {
      g_cond_wait (&self->wake, &self->lock);
    }
  }
  g_mutex_unlock (&self->lock);
  unref (self);
  return NULL;
}

AcJobPool *
ac_job_pool_new (const gchar *name, guint n_threads, guint max_waiting)
{
  AcJobPool *self = g_new0 (AcJobPool, 1);

  g_atomic_ref_count_init (&self->refs);
  self->max_waiting = max_waiting;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->jobs);
  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < n_threads; i++) {
    g_atomic_ref_count_inc (&self->refs);
    g_ptr_array_add (self->threads, g_thread_new (name, run_jobs, self));
  }
  return self;
}

gboolean
ac_job_pool_push (AcJobPool *self, AcJob job, gpointer data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->stopping ||
      (self->max_waiting > 0 && self->jobs.length >= self->max_waiting))
    return FALSE;
  Job *entry = g_new (Job, 1);
  *entry = (Job){ job, data };
  g_queue_push_tail (&self->jobs, entry);
  g_cond_signal (&self->wake);
  return TRUE;
}

void
ac_job_pool_stop (AcJobPool *self)
{
  g_autoptr (GPtrArray) threads = NULL;

  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  threads = g_steal_pointer (&self->threads);
  self->threads = g_ptr_array_new ();
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < threads->len; i++) {
    GThread *thread = g_ptr_array_index (threads, i);
    if (thread == g_thread_self ())
      g_thread_unref (thread);
    else
      g_thread_join (thread);
  }
}

void
ac_job_pool_free (AcJobPool *self)
{
  ac_job_pool_stop (self);
  unref (self);
}
