/* hub_clock.h - the hub's time, for tests that cannot wait.
 *
 * Threads: as the hub. */
#pragma once

#include "hub.h"

typedef gint64 (*AcHubClock) (gpointer data);

/* Replaces the monotonic and the wall clock, both in milliseconds. */
void ac_hub_set_clocks (AcHub *self, AcHubClock monotonic, AcHubClock wall,
                        gpointer data);
