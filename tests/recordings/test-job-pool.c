/* test-job-pool.c - jobs run in order, once, and within bounds. */
#include "job_pool.h"

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean open;
  GArray *order; /* gint */
} Log;

typedef struct {
  Log *log;
  gint number;
} Entry;

static void
note (gpointer data)
{
  Entry *entry = data;

  g_mutex_lock (&entry->log->lock);
  g_array_append_val (entry->log->order, entry->number);
  g_mutex_unlock (&entry->log->lock);
}

static void
wait_until_open (gpointer data)
{
  Log *log = data;

  g_mutex_lock (&log->lock);
  while (!log->open)
    g_cond_wait (&log->cond, &log->lock);
  g_mutex_unlock (&log->lock);
}

static void
open_log (Log *log)
{
  g_mutex_lock (&log->lock);
  log->open = TRUE;
  g_cond_broadcast (&log->cond);
  g_mutex_unlock (&log->lock);
}

static void
test_order (void)
{
  Log log = { .order = g_array_new (FALSE, FALSE, sizeof (gint)) };
  Entry entries[100];
  AcJobPool *pool = ac_job_pool_new ("test", 1, 0);

  for (gint i = 0; i < 100; i++) {
    entries[i] = (Entry){ &log, i };
    g_assert_true (ac_job_pool_push (pool, note, &entries[i]));
  }
  ac_job_pool_free (pool); /* runs what waits */
  g_assert_cmpuint (log.order->len, ==, 100);
  for (gint i = 0; i < 100; i++)
    g_assert_cmpint (g_array_index (log.order, gint, i), ==, i);
  g_array_unref (log.order);
}

static void
test_bound (void)
{
  Log log = { .order = g_array_new (FALSE, FALSE, sizeof (gint)) };
  Entry entry = { &log, 1 };
  AcJobPool *pool = ac_job_pool_new ("test", 1, 2);
  guint n_taken = 0;

  g_assert_true (ac_job_pool_push (pool, wait_until_open, &log));
  while (ac_job_pool_push (pool, note, &entry))
    n_taken++;
  /* Two wait, whether or not the first was begun when they were counted. */
  g_assert_cmpuint (n_taken, >=, 1);
  g_assert_cmpuint (n_taken, <=, 2);
  open_log (&log);
  ac_job_pool_stop (pool);
  g_assert_cmpuint (log.order->len, ==, n_taken);
  g_assert_false (ac_job_pool_push (pool, note, &entry));
  ac_job_pool_stop (pool); /* again */
  ac_job_pool_free (pool);
  g_array_unref (log.order);
}

static void
free_pool (gpointer data)
{
  ac_job_pool_free (data);
}

static void
test_freed_by_job (void)
{
  for (guint i = 0; i < 50; i++) {
    AcJobPool *pool = ac_job_pool_new ("test", 1 + i % 3, 0);
    g_assert_true (ac_job_pool_push (pool, free_pool, pool));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-pool/order", test_order);
  g_test_add_func ("/job-pool/bound", test_bound);
  g_test_add_func ("/job-pool/freed-by-job", test_freed_by_job);
  return g_test_run ();
}
