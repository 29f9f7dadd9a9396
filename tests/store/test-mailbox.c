#include "mailbox.h"

#include "fixture.h"

typedef struct {
  AcMailbox *mailbox;
  guint numbers[1000];
  guint n_numbers;
  guint next;
} Log;

static void
note (gpointer data)
{
  Log *log = data;

  log->numbers[log->n_numbers++] = log->next++;
}

static void
note_and_post (gpointer data)
{
  Log *log = data;

  note (log);
  ac_mailbox_post (log->mailbox, note, log);
}

static void
test_runs_later (void)
{
  Log log = { ac_mailbox_new (ac_executor_for_context (NULL)) };

  ac_mailbox_post (log.mailbox, note_and_post, &log);
  g_assert_cmpuint (log.n_numbers, ==, 0);
  await (&log.n_numbers, 2);
  ac_mailbox_close (log.mailbox);
}

static gpointer
post_many (gpointer data)
{
  Log *log = data;

  for (guint i = 0; i < 500; i++)
    ac_mailbox_post (log->mailbox, note, log);
  return NULL;
}

static void
test_from_threads (void)
{
  Log log = { ac_mailbox_new (ac_executor_for_context (NULL)) };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("poster", post_many, &log);
  await (&log.n_numbers, 1000);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  ac_mailbox_close (log.mailbox);
}

static void
test_close_runs_the_rest (void)
{
  Log log = { ac_mailbox_new (ac_executor_for_context (NULL)) };

  ac_mailbox_post (log.mailbox, note, &log);
  ac_mailbox_post (log.mailbox, note_and_post, &log);
  ac_mailbox_close (log.mailbox);
  g_assert_cmpuint (log.n_numbers, ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* what was posted to the loop finds nothing, and frees itself */
  g_assert_cmpuint (log.n_numbers, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/runs-later", test_runs_later);
  g_test_add_func ("/mailbox/from-threads", test_from_threads);
  g_test_add_func ("/mailbox/close-runs-the-rest", test_close_runs_the_rest);
  return g_test_run ();
}
