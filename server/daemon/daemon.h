/* daemon.h - the parts of airclassd, joined.
 *
 * Built in the order in which each part needs the one before it, freed in the reverse.
 *
 * Threads: main. */
#pragma once

#include "daemon_options.h"

typedef struct _AcDaemon AcDaemon;

/* @options: outlives the daemon
 * Errors: of whatever part could not be made, with a text that says what to mend. */
AcDaemon *ac_daemon_new (AcDaemonOptions *options, GError **error);
void ac_daemon_free (AcDaemon *self);

/* Writes the ready files and serves until SIGTERM or SIGINT.
 * Returns: the program's exit code. */
gint ac_daemon_run (AcDaemon *self);

/* Returns: the code of sysexits.h for an error of ac_daemon_new(). */
gint ac_daemon_exit_code (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcDaemon, ac_daemon_free)
