/* printout.h - a control call's result as people read it. */
#pragma once

#include <json-glib/json-glib.h>

/* Returns: (transfer full): lines of text for the result of @control_command. */
gchar *ac_printout (const gchar *control_command, JsonNode *result);
