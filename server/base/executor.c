#include "executor.h"

typedef struct {
  AcTask task;
  gpointer data;
} Posted;

static gboolean
run_posted (gpointer data)
{
  Posted *posted = data;

  posted->task (posted->data);
  return G_SOURCE_REMOVE;
}

static void
post_to_context (gpointer loop, AcTask task, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Posted *posted = g_new (Posted, 1);

  *posted = (Posted){ .task = task, .data = data };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "ac-executor");
  g_source_set_callback (source, run_posted, posted, g_free);
  g_source_attach (source, loop);
}

AcExecutor
ac_executor_for_context (GMainContext *context)
{
  return (AcExecutor){
    .post = post_to_context,
    .loop = context != NULL ? context : g_main_context_default (),
  };
}
