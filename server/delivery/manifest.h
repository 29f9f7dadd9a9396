/* manifest.h - the lesson as DASH (ISO/IEC 23009-1): manifest.mpd, on the same
 * segments.
 *
 * A media epoch is a Period, since codecs and initialization may differ. Segments are
 * named by their time ($Time$, TRACK/EPOCH/tTIME.m4s in 90 kHz ticks of lesson time,
 * that of the track's own first frame: sound is cut up to half an AAC frame beside the
 * picture): with $Number$ a missing S would shift all numbers behind it, and a gap is a
 * missing S.
 *
 * Live (dynamic), presentation time is wall clock time since availabilityStartTime:
 * where nothing ran, a Period begins later than the one before ended. As a replay
 * (static) it is lesson time, without these holes.
 *
 * Threads: any. */
#pragma once

#include "snapshot.h"

/* Returns: (transfer full); there is at least one segment. */
GString *ac_manifest_render (const AcSnapshotParts *parts);
