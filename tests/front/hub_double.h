/* hub_double.h - a hub for the front's own tests: its paths say what it does.
 *
 *   T/now           200 at once, "now"
 *   T/query         200 with the query as its body, "-" without one
 *   T/bytes/N       200 with N bytes of a known pattern (ac_double_pattern())
 *   T/gzip          200, gzip when accepted
 *   T/busy          503 at once
 *   T/held          held until a publication, then 200 "published"
 *   T/held/N        the same with N bytes
 *   T/want          asks for lesson 7, held until _absent(7): 404
 *   else            404
 *
 * Threads: as hub.h says. The counters may be read anywhere. */
#pragma once

#include "hub.h"

AcSnapshot *ac_double_snapshot_new (void);

/* Returns: how many requests are held by all hubs. */
gint ac_double_n_held (void);
/* Returns: how many held requests were cancelled so far. */
gint ac_double_n_cancelled (void);
/* Returns: (transfer full) */
GBytes *ac_double_pattern (gsize length);
