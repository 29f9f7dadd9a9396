/* airclass-pipeline - the worker of one live lesson; see pipeline.h. */
#include "pipeline.h"

#include <gst/gst.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>

typedef struct {
  GMainLoop *loop;
  gint exit_code;
} Run;

static gboolean
parse (gint argc, gchar **argv, gint *ret_fd, GError **error)
{
  const GOptionEntry entries[] = {
    { "fd", 0, 0, G_OPTION_ARG_INT, ret_fd, "Socket to the daemon", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- worker of a live lesson");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, &argc, &argv, error);
}

static void
on_over (gint exit_code, gpointer user_data)
{
  Run *run = user_data;

  run->exit_code = exit_code;
  g_main_loop_quit (run->loop);
}

static gint
run_pipeline (gint fd)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (AcPipeline) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { loop, EXIT_FAILURE };

  pipeline = ac_pipeline_new (fd, on_over, &run, &error);
  if (pipeline == NULL) {
    g_printerr ("airclass-pipeline: %s\n", error->message);
    return EX_USAGE;
  }
  g_main_loop_run (loop);
  return run.exit_code;
}

gint
main (gint argc, gchar **argv)
{
  g_autoptr (GError) error = NULL;
  gint fd = -1;
  gint exit_code;

  /* A worker without its daemon is of no use; the end of the socket says so too. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (!parse (argc, argv, &fd, &error) || fd < 0) {
    g_printerr ("airclass-pipeline: %s\n", error != NULL ? error->message : "no --fd");
    return EX_USAGE;
  }
  gst_init (NULL, NULL);
  exit_code = run_pipeline (fd);
  gst_deinit ();
  return exit_code;
}
