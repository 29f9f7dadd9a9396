/* doctor.h - whether this machine is fit for lessons, and what to do where it is not.
 *
 * Looks at processor, memory of connections, disk, ports, fonts and GStreamer, and
 * tries what can encode. Nothing is changed; a running daemon is not disturbed.
 *
 * Threads: main. */
#pragma once

#include <json-glib/json-glib.h>

/* @data_dir: need not exist
 * Returns: (transfer full): {"healthy", "checks": [{"name", "state": "ok" | "warning" |
 *   "problem", "text", "mend"?}], "encoder", "encoders": [...]}; healthy: no problem.
 */
JsonObject *ac_doctor_examine (const gchar *data_dir);
/* Returns: (transfer full): the report for a person. */
gchar *ac_doctor_to_text (JsonObject *report);
