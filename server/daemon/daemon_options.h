/* daemon_options.h - what airclassd was told: command line over environment over file.
 *
 * Threads: main. */
#pragma once

#include "settings.h"

typedef struct {
  gchar *data_dir;
  gchar *ready_file; /* or NULL */
  gboolean debug;
  AcSettings *settings; /* of ac_daemon_settings_table() */
} AcDaemonOptions;

/* Returns: (transfer full) (nullable): NULL when the program should end with
 * *@ret_exit_code (of sysexits.h), with @error unless it printed what was asked for. */
AcDaemonOptions *ac_daemon_options_parse (gint *argc, gchar ***argv,
                                          gint *ret_exit_code, GError **error);
void ac_daemon_options_free (AcDaemonOptions *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcDaemonOptions, ac_daemon_options_free)
