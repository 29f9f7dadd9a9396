/* How a write goes through:
 *
 *   ac_store_write() -> waiting -> [ BEGIN  (SAVEPOINT job RELEASE)*  COMMIT ] ->
 * answers main loop                            store thread                        main
 * loop
 *
 * 1. A job's answer is posted only after the COMMIT of its group returned.
 * 2. Answers come in the order of the writes.
 * 3. A job that fails is rolled back to its savepoint; the others of its group stay,
 *    unless SQLite had to give up the whole transaction, in which case all of the group
 *    fail. */
#include "store.h"

#include "sqlite_connection.h"
#include "data_lock.h"
#include "log.h"
#include "mailbox.h"
#include "migration.h"

#include <unistd.h>

G_DEFINE_QUARK (ac - store - error - quark, ac_store_error)

/* When jobs keep coming a group is gathered for this long at most, and closed when its
 * jobs have run for this long: together the 250 ms that store.h promises. */
#define GATHER_MAX_MS 150
#define RUN_MAX_MS 100
/* The pause before a group grows with the size of the last one, so that a single write
 * on an idle system waits for nothing and a thousand a second share a few commits. */
#define GATHER_MS_PER_JOB 4

/* 8 MiB of log at 4 KiB a page. */
#define CHECKPOINT_PAGES 2048

typedef struct {
  AcStoreJob job;
  gpointer data;
  GDestroyNotify free_data;
  AcStoreDone done;
  gpointer user_data;
  GError *error;
} Write;

struct _AcStore {
  gint lock_fd;
  AcConnection *writer; /* store thread, once it runs */
  AcConnection *reader; /* main loop */
  AcMailbox *answers;
  GThread *thread;

  GMutex mutex;
  GCond changed;
  GQueue waiting;     /* guarded by mutex: Write */
  gboolean closing;   /* guarded by mutex */
  AcStoreStats stats; /* guarded by mutex */

  gint64 gather_until_us; /* store thread */
};

/* The store whose thread this is: tells ac_store_prepare() which side calls. */
static _Thread_local AcStore *store_of_thread;

static AcConnection *
connection_here (AcStore *self)
{
  return store_of_thread == self ? self->writer : self->reader;
}

sqlite3_stmt *
ac_store_prepare (AcStore *self, const gchar *sql, GError **error)
{
  return ac_connection_prepare (connection_here (self), sql, error);
}

gint
ac_store_step (AcStore *self, sqlite3_stmt *stmt, GError **error)
{
  gint code = sqlite3_step (stmt);

  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return code;
  ac_connection_set_error (sqlite3_db_handle (stmt), error);
  return -1;
}

static void
answer (gpointer data)
{
  Write *write = data;

  if (write->done != NULL)
    write->done (write->data, write->error, write->user_data);
  if (write->free_data != NULL)
    write->free_data (write->data);
  g_clear_error (&write->error);
  g_free (write);
}

void
ac_store_write (AcStore *self, AcStoreJob job, gpointer data, GDestroyNotify free_data,
                AcStoreDone done, gpointer user_data)
{
  Write *write = g_new0 (Write, 1);
  gboolean queued;

  *write = (Write){ job, data, free_data, done, user_data, NULL };
  g_mutex_lock (&self->mutex);
  queued = !self->closing && self->waiting.length < AC_STORE_WAITING_MAX;
  if (queued) {
    g_queue_push_tail (&self->waiting, write);
    /* In between, the store thread looks by itself when its time is up. */
    if (self->waiting.length == 1 || self->waiting.length == AC_STORE_WAITING_MAX / 2)
      g_cond_signal (&self->changed);
  }
  g_mutex_unlock (&self->mutex);

  if (!queued) {
    write->error = g_error_new_literal (AC_STORE_ERROR, AC_STORE_ERROR_BUSY,
                                        "too many writes wait");
    ac_mailbox_post (self->answers, answer, write);
  }
}

/* Waits for a job, and for company when the last group had some.
 * Returns: FALSE when the store closes and nothing is left. */
static gboolean
wait_for_group (AcStore *self)
{
  gboolean any;

  g_mutex_lock (&self->mutex);
  while (self->waiting.length == 0 && !self->closing)
    g_cond_wait (&self->changed, &self->mutex);
  while (!self->closing && self->waiting.length < AC_STORE_WAITING_MAX / 2)
    if (!g_cond_wait_until (&self->changed, &self->mutex, self->gather_until_us))
      break;
  any = self->waiting.length > 0;
  g_mutex_unlock (&self->mutex);
  return any;
}

static Write *
next_write (AcStore *self)
{
  Write *write;

  g_mutex_lock (&self->mutex);
  write = g_queue_pop_head (&self->waiting);
  g_mutex_unlock (&self->mutex);
  return write;
}

/* Returns: FALSE when the whole transaction is gone. */
static gboolean
run_write (AcStore *self, Write *write)
{
  sqlite3 *db = ac_connection_handle (self->writer);

  if (!ac_connection_run (self->writer, "SAVEPOINT job", &write->error))
    return sqlite3_get_autocommit (db) == 0;
  if (write->job (self, write->data, &write->error)) {
    ac_connection_settle (self->writer);
    return ac_connection_run (self->writer, "RELEASE job", &write->error);
  }

  if (write->error == NULL)
    write->error = g_error_new_literal (AC_STORE_ERROR, AC_STORE_ERROR_SQL,
                                        "the job failed without a reason");
  ac_connection_settle (self->writer);
  if (sqlite3_get_autocommit (db) != 0)
    return FALSE;
  return ac_connection_run (self->writer, "ROLLBACK TO job", NULL) &&
         ac_connection_run (self->writer, "RELEASE job", NULL);
}

/* Runs waiting jobs into @group until none waits or the time is up. */
static gboolean
run_writes (AcStore *self, GPtrArray *group, gint64 started_us, GError **error)
{
  Write *write;

  while (g_get_monotonic_time () - started_us < RUN_MAX_MS * 1000 &&
         (write = next_write (self)) != NULL) {
    g_ptr_array_add (group, write);
    if (!run_write (self, write)) {
      g_set_error (
          error, AC_STORE_ERROR, AC_STORE_ERROR_SQL, "the transaction was given up: %s",
          write->error != NULL ? write->error->message
                               : sqlite3_errmsg (ac_connection_handle (self->writer)));
      return FALSE;
    }
  }
  return TRUE;
}

static void
take_all_waiting (AcStore *self, GPtrArray *group)
{
  Write *write;

  while ((write = next_write (self)) != NULL)
    g_ptr_array_add (group, write);
}

/* Nothing of @group is in the database; a job's own reason stays. */
static void
give_up_group (AcStore *self, GPtrArray *group, const GError *error)
{
  ac_log (G_LOG_LEVEL_CRITICAL, 0, "%u writes are lost: %s", group->len,
          error->message);
  if (sqlite3_get_autocommit (ac_connection_handle (self->writer)) == 0)
    ac_connection_run (self->writer, "ROLLBACK", NULL);
  for (guint i = 0; i < group->len; i++) {
    Write *write = g_ptr_array_index (group, i);

    if (write->error == NULL)
      write->error = g_error_copy (error);
  }
}

static void
answer_group (AcStore *self, GPtrArray *group, gint64 started_us, gboolean committed)
{
  gint64 now_us = g_get_monotonic_time ();

  self->gather_until_us =
      now_us + MIN (GATHER_MAX_MS, (gint64)group->len * GATHER_MS_PER_JOB) * 1000;
  g_mutex_lock (&self->mutex);
  self->stats.jobs += group->len;
  self->stats.commits += committed;
  self->stats.longest_group_ms =
      MAX (self->stats.longest_group_ms, (now_us - started_us) / 1000);
  for (guint i = 0; i < group->len; i++)
    self->stats.failed += ((Write *)g_ptr_array_index (group, i))->error != NULL;
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < group->len; i++)
    ac_mailbox_post (self->answers, answer, g_ptr_array_index (group, i));
}

static void
run_group (AcStore *self)
{
  g_autoptr (GPtrArray) group = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 started_us = g_get_monotonic_time ();
  gboolean committed = FALSE;

  if (!ac_connection_run (self->writer, "BEGIN IMMEDIATE", &error))
    take_all_waiting (self, group);
  else
    committed = run_writes (self, group, started_us, &error) &&
                ac_connection_run (self->writer, "COMMIT", &error);
  if (!committed)
    give_up_group (self, group, error);
  answer_group (self, group, started_us, committed);

  if (ac_connection_wal_pages (self->writer) >= CHECKPOINT_PAGES)
    ac_connection_checkpoint (self->writer);
}

static gpointer
write_thread (gpointer data)
{
  AcStore *self = data;

  store_of_thread = self;
  while (wait_for_group (self))
    run_group (self);
  return NULL;
}

static gboolean
open_database (AcStore *self, const gchar *data_dir, GError **error)
{
  g_autofree gchar *path = g_build_filename (data_dir, "airclass.db", NULL);
  g_autofree gchar *backup = g_strconcat (path, ".before-update", NULL);
  g_auto (GStrv) steps = ac_migration_steps ();

  self->writer = ac_connection_open (path, AC_CONNECTION_WRITER, error);
  if (self->writer == NULL)
    return FALSE;
  if (!ac_migrate (self->writer, (const gchar *const *)steps, g_strv_length (steps),
                   backup, error) ||
      !ac_connection_enforce (self->writer, error)) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  self->reader = ac_connection_open (path, AC_CONNECTION_READER, error);
  return self->reader != NULL;
}

AcStore *
ac_store_open (const gchar *data_dir, AcExecutor executor, GError **error)
{
  g_autoptr (AcStore) self = g_new0 (AcStore, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_queue_init (&self->waiting);
  self->answers = ac_mailbox_new (executor);
  self->lock_fd = ac_data_lock_take (data_dir, error);
  if (self->lock_fd < 0 || !open_database (self, data_dir, error))
    return NULL;
  self->thread = g_thread_new ("store", write_thread, self);
  return g_steal_pointer (&self);
}

AcStore *
ac_store_open_to_read (const gchar *data_dir, GError **error)
{
  g_autofree gchar *path = g_build_filename (data_dir, "airclass.db", NULL);
  g_auto (GStrv) steps = ac_migration_steps ();
  g_autoptr (AcStore) self = g_new0 (AcStore, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_queue_init (&self->waiting);
  self->lock_fd = -1;
  self->reader = ac_connection_open (path, AC_CONNECTION_READER, error);
  if (self->reader == NULL ||
      !ac_migration_check (self->reader, g_strv_length (steps), error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
ac_store_begin_read (AcStore *self, GError **error)
{
  return ac_connection_run (self->reader, "BEGIN", error);
}

gboolean
ac_store_end_read (AcStore *self, GError **error)
{
  return ac_connection_run (self->reader, "COMMIT", error);
}

void
ac_store_close (AcStore *self)
{
  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  if (self->answers != NULL)
    ac_mailbox_close (self->answers);

  /* The reader first: the last connection to close folds the log into the database. */
  g_clear_pointer (&self->reader, ac_connection_close);
  g_clear_pointer (&self->writer, ac_connection_close);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
ac_store_stats (AcStore *self, AcStoreStats *ret_stats)
{
  g_mutex_lock (&self->mutex);
  *ret_stats = self->stats;
  ret_stats->waiting = self->waiting.length;
  g_mutex_unlock (&self->mutex);
}
