/* The gate outlives the object: tasks that were posted before it was freed find an
 * empty queue in it and nobody to report to. */
#include "archive_reads.h"

#include <string.h>

typedef struct {
  gatomicrefcount refs;
  AcExecutor executor;
  AcArchiveReads *owner; /* the hub's thread; NULL: freed */
  GMutex lock;           /* guards what follows */
  GCond idle;
  guint n_under_way;
  GQueue finished; /* Read */
} Gate;

typedef struct {
  Gate *gate;
  AcArchiveKey key;
  GQueue waits;  /* the hub's thread */
  GBytes *bytes; /* written by the reader, read after it is on the queue */
  GError *error;
} Read;

struct _AcArchiveReads {
  AcRecordings *recordings;
  Gate *gate;
  GHashTable *reads; /* AcArchiveKey in a Read to that Read */
  AcArchiveReadDone done;
  gpointer user_data;
};

static void
gate_unref (Gate *gate)
{
  if (!g_atomic_ref_count_dec (&gate->refs))
    return;
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->idle);
  g_free (gate);
}

static void
read_free (gpointer data)
{
  Read *read = data;

  g_clear_pointer (&read->bytes, g_bytes_unref);
  g_clear_error (&read->error);
  g_free (read);
}

static guint
key_hash (gconstpointer data)
{
  const AcArchiveKey *key = data;
  guint64 mixed = key->msn * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) +
                  (guint64)key->lesson * 31 + (guint64)(key->part + 1);

  return (guint)(mixed ^ (mixed >> 32)) ^ g_str_hash (key->track);
}

static gboolean
key_equal (gconstpointer one, gconstpointer other)
{
  const AcArchiveKey *a = one, *b = other;

  return a->lesson == b->lesson && a->msn == b->msn && a->part == b->part &&
         a->epoch == b->epoch && strcmp (a->track, b->track) == 0;
}

AcArchiveReads *
ac_archive_reads_new (AcRecordings *recordings, AcExecutor executor,
                      AcArchiveReadDone done, gpointer user_data)
{
  AcArchiveReads *self = g_new0 (AcArchiveReads, 1);
  Gate *gate = g_new0 (Gate, 1);

  g_atomic_ref_count_init (&gate->refs);
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->idle);
  gate->executor = executor;
  gate->owner = self;
  self->gate = gate;
  self->recordings = recordings != NULL ? ac_recordings_ref (recordings) : NULL;
  self->reads = g_hash_table_new (key_hash, key_equal);
  self->done = done;
  self->user_data = user_data;
  return self;
}

void
ac_archive_reads_free (AcArchiveReads *self)
{
  Gate *gate = self->gate;

  g_mutex_lock (&gate->lock);
  while (gate->n_under_way > 0)
    g_cond_wait (&gate->idle, &gate->lock);
  g_queue_clear_full (&gate->finished, read_free);
  g_mutex_unlock (&gate->lock);
  gate->owner = NULL;
  gate_unref (gate);
  g_hash_table_unref (self->reads);
  g_clear_pointer (&self->recordings, ac_recordings_unref);
  g_free (self);
}

static Read *
pop_finished (Gate *gate)
{
  Read *read;

  g_mutex_lock (&gate->lock);
  read = g_queue_pop_head (&gate->finished);
  g_mutex_unlock (&gate->lock);
  return read;
}

/* On the hub's thread. */
static void
report (gpointer data)
{
  Gate *gate = data;
  Read *read;

  while (gate->owner != NULL && (read = pop_finished (gate)) != NULL) {
    AcArchiveReads *self = gate->owner;

    g_hash_table_remove (self->reads, &read->key);
    self->done (&read->waits, &read->key, read->bytes, read->error, self->user_data);
    read_free (read);
  }
  gate_unref (gate);
}

/* On a reader thread, or within _join() when too many reads wait. */
static void
finished (GBytes *bytes, const GError *error, gpointer user_data)
{
  Read *read = user_data;
  Gate *gate = read->gate;

  read->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  read->error = error != NULL ? g_error_copy (error) : NULL;
  g_atomic_ref_count_inc (&gate->refs);
  g_mutex_lock (&gate->lock);
  g_queue_push_tail (&gate->finished, read);
  ac_executor_post (gate->executor, report, gate);
  /* Last: from here on the hub may go, and its loop with it. */
  if (--gate->n_under_way == 0)
    g_cond_signal (&gate->idle);
  g_mutex_unlock (&gate->lock);
}

GQueue *
ac_archive_reads_join (AcArchiveReads *self, AcRecording *recording,
                       const AcArchiveKey *key)
{
  Read *read = g_hash_table_lookup (self->reads, key);

  if (read != NULL)
    return &read->waits;
  read = g_new0 (Read, 1);
  read->gate = self->gate;
  read->key = *key;
  g_hash_table_insert (self->reads, &read->key, read);
  g_mutex_lock (&self->gate->lock);
  self->gate->n_under_way++;
  g_mutex_unlock (&self->gate->lock);
  ac_recording_read_async (self->recordings, recording, read->key.track,
                           read->key.epoch, read->key.msn, read->key.part, finished,
                           read);
  return &read->waits;
}
