/* airclass-pipeline - the worker of one live lesson; see pipeline.h and sandbox.h. */
#include "pipeline.h"
#include "probe.h"
#include "sandbox.h"

#include <gst/gst.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>

typedef struct {
  GMainLoop *loop;
  gint exit_code;
} Run;

typedef struct {
  gint fd;
  gchar **readable;
  gchar *probe;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->readable);
  g_free (options->probe);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (gint argc, gchar **argv, Options *ret_options, GError **error)
{
  const GOptionEntry entries[] = {
    { "fd", 0, 0, G_OPTION_ARG_INT, &ret_options->fd, "Socket to the daemon", "N" },
    { "probe", 0, 0, G_OPTION_ARG_STRING, &ret_options->probe,
      "Try what this machine can encode with, print it as JSON and end",
      "hardware|all" },
    { "readable", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &ret_options->readable,
      "File or folder that a lecture may be read from", "PATH" },
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

/* After GStreamer has its registry (that starts a program of its own and writes),
 * before the first byte of a stranger. */
static gboolean
enter_sandbox (const GStrv readable)
{
  g_autoptr (GError) error = NULL;
  gboolean files_bound;

  if (!ac_sandbox_enter ((const gchar *const *)readable, &files_bound, &error)) {
    g_printerr ("airclass-pipeline: no sandbox: %s\n", error->message);
    return FALSE;
  }
  if (!files_bound)
    g_printerr (
        "airclass-pipeline: this kernel has no Landlock: files are not bound\n");
  return TRUE;
}

/* A woken thread waits its turn instead of interrupting one that is at a picture, whose
 * caches it would spoil; the daemon's threads, which answer viewers, still do. Without
 * it the lesson costs a little more. */
static void
take_turns (void)
{
  sched_setscheduler (0, SCHED_BATCH, &(struct sched_param){ 0 });
}

gint
main (gint argc, gchar **argv)
{
  g_auto (Options) options = { .fd = -1 };
  g_autoptr (GError) error = NULL;
  gint exit_code;

  /* A worker without its daemon is of no use; the end of the socket says so too. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (!parse (argc, argv, &options, &error) ||
      (options.fd < 0 && options.probe == NULL)) {
    g_printerr ("airclass-pipeline: %s\n", error != NULL ? error->message : "no --fd");
    return EX_USAGE;
  }
  if (options.probe != NULL)
    return ac_probe_main (
        &(AcProbeSetup){ .software = g_strcmp0 (options.probe, "all") == 0 });
  /* Proxies are looked up in GSettings, whose store would want to write. */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  take_turns ();
  gst_init (NULL, NULL);
  if (!enter_sandbox (options.readable))
    return EX_OSERR;
  exit_code = run_pipeline (options.fd);
  gst_deinit ();
  return exit_code;
}
