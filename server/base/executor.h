/* executor.h - the one way to hop threads.
 *
 * An executor names a loop that runs functions later, in the order they were posted:
 * a GMainContext, or a front thread's libev loop. Posting never runs the function in
 * the calling thread's stack frame, unlike g_main_context_invoke(). */
#pragma once

#include <glib.h>

typedef void (*AcTask) (gpointer data);

typedef struct {
  /* Runs @task (@data) on the loop's own thread, soon. Threads: any. */
  void (*post) (gpointer loop, AcTask task, gpointer data);
  gpointer loop;
} AcExecutor;

/* Returns: an executor for @context (NULL: the default one), which must outlive it. */
AcExecutor ac_executor_for_context (GMainContext *context);

static inline void
ac_executor_post (AcExecutor executor, AcTask task, gpointer data)
{
  executor.post (executor.loop, task, data);
}
