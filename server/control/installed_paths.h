/* installed_paths.h - where the daemon's own files are.
 *
 * In the build tree everything lies beside the daemon; installed, the worker is in
 * libexec and the pages in share. What lies beside the daemon wins.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

gchar *ac_installed_worker (void); /* airclass-pipeline */
gchar *ac_installed_pages (void);  /* the built pages */
