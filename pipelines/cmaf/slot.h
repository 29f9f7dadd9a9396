/* slot.h - one interval of the grid, for every track at once.
 *
 * All renditions and the audio are cut at the same instants (design: the grid), and
 * the worker hands over an interval only when every track has its part of it. So a
 * part exists for all tracks or for none, all playlists of a lesson stand at the same
 * part, and a crash leaves them equally long.
 *
 * A segment is the slots that share a media sequence number; its bytes are the
 * concatenation of its parts' bytes.
 *
 * Threads:   immutable after construction, any thread.
 * Ownership: reference counted (atomic); references the GBytes of its parts. */
#pragma once

#include "media_epoch.h"

typedef enum {
  AC_SLOT_SEGMENT_START = 1 << 0, /* its video parts start with an IDR */
  AC_SLOT_SEGMENT_END = 1 << 1,   /* completes its segment */
  AC_SLOT_NOT_CREDITABLE = 1 << 2 /* slate was shown in more than half of it */
} AcSlotFlags;

typedef struct {
  guint32 epoch;    /* AcMediaEpoch.number */
  guint32 part;     /* position in its segment, from 0 */
  guint64 msn;      /* media sequence number of its segment; a lesson's first is 0 */
  guint64 start;    /* ticks of lesson time */
  guint32 duration; /* ticks; shorter than the epoch's only for a lesson's last */
  guint32 flags;    /* AcSlotFlags */
  gint64 wall_ms;   /* wall clock at @start */
  guint32 n_parts;  /* equals the epoch's n_tracks */
  GBytes *parts[AC_MAX_TRACKS]; /* CMAF chunk of each track, in the epoch's order;
                                 * NULL: the track has a gap here */
} AcSlot;

/* Returns: (transfer full): a copy of @fields that references its parts. */
AcSlot *ac_slot_new (const AcSlot *fields);
AcSlot *ac_slot_ref (AcSlot *self);
void ac_slot_unref (AcSlot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSlot, ac_slot_unref)
