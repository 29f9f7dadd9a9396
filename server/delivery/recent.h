/* recent.h - the parts of a segment near the live edge, and their bytes.
 *
 * Threads:   immutable but for the whole segment's bytes, which are put together at
 *            the first request and then shared; that is locked inside.
 * Ownership: AcRecent is reference counted (atomic). */
#pragma once

#include "slot.h"
#include "timeline.h"

typedef struct {
  guint32 duration;               /* ticks */
  guint32 lengths[AC_MAX_TRACKS]; /* ticks: what each track's frames of it last */
  guint8 gaps;  /* a bit for each of the lesson's tracks that misses it */
  guint8 sync;  /* TRUE: its video starts with an IDR */
  AcSlot *slot; /* NULL: its bytes are in the archive */
} AcRecentPart;

typedef struct _AcRecent AcRecent;

/* Takes references of @parts' slots. */
AcRecent *ac_recent_new (guint64 msn, const AcRecentPart *parts, guint n_parts);
AcRecent *ac_recent_ref (AcRecent *self);
void ac_recent_unref (AcRecent *self);

guint64 ac_recent_msn (AcRecent *self);
guint ac_recent_n_parts (AcRecent *self);
const AcRecentPart *ac_recent_part (AcRecent *self, guint part);

/* @epoch_track: the track's place in the slots
 * Returns: (transfer full) (nullable): the bytes of a part; of all parts in a row; NULL
 * when they are not here. */
GBytes *ac_recent_part_bytes (AcRecent *self, guint epoch_track, guint part);
GBytes *ac_recent_whole_bytes (AcRecent *self, guint epoch_track);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRecent, ac_recent_unref)
