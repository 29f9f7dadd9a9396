/* local_time.h - hours as people write them.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* "2026-12-01 19:30", with seconds or without, a "T" for the space, on this machine's
 * wall clock; or with a zone: "2026-12-01T11:30:00Z", "... +08:00".
 * Returns: FALSE when @text is no such time. */
gboolean ac_local_time_parse (const gchar *text, gint64 *ret_wall_ms);
