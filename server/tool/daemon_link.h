/* daemon_link.h - reaching a running daemon through its admin address.
 *
 * A daemon runs when somebody holds DIR/run/lock and DIR/run/ready.json says where it
 * listens. Both are looked at: the file alone may be left over from a crash.
 *
 * Threads: main. Blocks. */
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
  AC_DAEMON_NONE,    /* none runs: act on the data directory */
  AC_DAEMON_RUNNING, /* *ret_admin says where */
  AC_DAEMON_BUSY,    /* the directory is in use, but nobody answers for it */
} AcDaemonState;

/* Waits up to @patience_ms for a daemon that is just starting, or for another tool.
 * @ret_admin: (out) (transfer full): "http://127.0.0.1:PORT", with RUNNING */
AcDaemonState ac_daemon_find (const gchar *data_dir, guint patience_ms,
                              gchar **ret_admin);

/* Whether somebody, a daemon or a tool, holds the lock of @data_dir now. */
gboolean ac_daemon_is_locked (const gchar *data_dir);

/* Posts @command with @args and the key of @data_dir.
 * @ret_status: the HTTP status of the answer
 * Returns: (transfer full): the answer's JSON. Errors: GIO's, when none came. */
JsonNode *ac_daemon_call (const gchar *admin, const gchar *data_dir,
                          const gchar *command, JsonObject *args, guint *ret_status,
                          GError **error);
