/* airclassd - parse, load, build, run.
 *
 * The parts know each other only through their headers; here they are joined, in the
 * order in which each needs the one before, and taken apart in the reverse order. */
#include "daemon.h"
#include "daemon_options.h"
#include "log.h"
#include "slice.h"

#include <stdio.h>
#include <sysexits.h>

gint
main (gint argc, gchar **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcDaemonOptions) options = NULL;
  g_autoptr (AcDaemon) daemon = NULL;
  gint exit_code = EX_OK;

  options = ac_daemon_options_parse (&argc, &argv, &exit_code, &error);
  if (options == NULL) {
    if (error != NULL)
      fprintf (stderr, "airclassd: %s\n", error->message);
    return exit_code;
  }
  ac_log_init (options->debug);
  ac_slice_shorten (); /* before there are threads and workers */
  daemon = ac_daemon_new (options, &error);
  if (daemon == NULL) {
    fprintf (stderr, "airclassd: %s\n", error->message);
    return ac_daemon_exit_code (error);
  }
  return ac_daemon_run (daemon);
}
