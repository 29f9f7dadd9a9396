/* interchange_printout.h - what other systems are told, as people read it.
 * Threads: any. */
#pragma once

#include <json-glib/json-glib.h>

/* Returns: (transfer full) (nullable): NULL: the command is another's. */
gchar *ac_interchange_printout (const gchar *command, JsonObject *result);
