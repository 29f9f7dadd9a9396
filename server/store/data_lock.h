/* data_lock.h - one process at a time works on a data directory.
 *
 * DIR/run/lock is held by flock(2), so that it ends with its process however that
 * ends; the holder's pid is in it for people and for the refused. */
#pragma once

#include <glib.h>

/* Returns: a file descriptor that holds the lock until it is closed; -1 with @error.
 * Makes DIR and DIR/run (mode 0700) when they are missing.
 * Errors: AC_STORE_ERROR_OPEN. */
gint ac_data_lock_take (const gchar *data_dir, GError **error);
