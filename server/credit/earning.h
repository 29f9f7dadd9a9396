/* earning.h - what accepted media earns. Pure.
 *
 * Media earns once, when a member first covers it, and no more than the time that it
 * took: what is watched at 1.5x earns two thirds.
 *
 * Threads: any. */
#pragma once

#include "acceptance.h"

/* Adds @piece to @covered.
 * Returns: milliseconds of it that were new there and are in @creditable. */
gint64 ac_earning_cover (AcIntervalSet *covered, const AcIntervalSet *creditable,
                         AcInterval piece);

/* @newly_ms: from ac_earning_cover(), of a beat of the batch summed up in @sum, whose
 *   free time it takes
 * Returns: newly x min (1, elapsed / media, 1 / rate), counted down; at most what is
 * free. */
gint64 ac_earning_ms (gint64 newly_ms, AcBatchSum *sum, gint rate_permille);
