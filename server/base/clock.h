/* clock.h - the two clocks.
 *
 * Lengths are computed from the monotonic clock only; the wall clock is stored beside
 * them for people. The monotonic clock is CLOCK_BOOTTIME: it goes on while the machine
 * sleeps and survives a restart of the process, so that stored readings stay comparable
 * until the machine boots again (see ac_clock_boot_id()).
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* Returns: milliseconds since the machine booted. */
gint64 ac_clock_monotonic_ms (void);

/* Returns: milliseconds since 1970-01-01T00:00:00Z. */
gint64 ac_clock_wall_ms (void);

/* Returns: (transfer none): the kernel's identifier of this boot, the same for every
 * process until the machine restarts. */
const gchar *ac_clock_boot_id (void);
