/* catalogue.h - what a recording holds, in memory: slots, segments and their places.
 *
 * Grows by one slot at a time, in order; segments are found by binary search. About
 * 140 bytes a slot of five tracks: 0.9 MB an hour.
 *
 * Threads:   none of its own; the recording locks around it.
 * Ownership: plain values. */
#pragma once

#include "segment_index.h"

/* Where a track's part of a slot lies in the media file of its segment's hour. */
typedef struct {
  guint64 offset;
  guint32 length; /* 0: a gap; AC_PLACE_DAMAGED: its index record is lost */
  guint32 crc;    /* CRC-32 of the bytes */
} AcPlace;
#define AC_PLACE_DAMAGED G_MAXUINT32

typedef struct {
  guint32 epoch, part;
  guint64 msn, start;
  guint32 duration, flags;
  gint64 wall_ms;
  guint32
      ordinal;  /* the count of slots before it in the lesson, damaged ones included */
  guint32 hour; /* of its media file */
  guint32 n_places; /* of its epoch; 0 when the epoch's file is damaged */
  AcPlace places[AC_MAX_TRACKS];
} AcCatalogueSlot;

/* The slots that share a media sequence number. */
typedef struct {
  guint64 msn;
  guint32 epoch, hour;
  guint32 first_slot, n_slots;
} AcCatalogueSegment;

typedef struct _AcCatalogue AcCatalogue;

AcCatalogue *ac_catalogue_new (void);
void ac_catalogue_free (AcCatalogue *self);

guint32 ac_catalogue_n_slots (const AcCatalogue *self);
guint32 ac_catalogue_n_segments (const AcCatalogue *self);

/* Returns: FALSE, changing nothing, when @slot is not behind the last one. */
gboolean ac_catalogue_append (AcCatalogue *self, const AcCatalogueSlot *slot);
/* Keeps the first @n_slots. */
void ac_catalogue_cut (AcCatalogue *self, guint32 n_slots);

/* Precondition: @nth is less than the count. */
void ac_catalogue_get_slot (const AcCatalogue *self, guint32 nth,
                            AcCatalogueSlot *ret_slot);
const AcCatalogueSegment *ac_catalogue_get_segment (const AcCatalogue *self,
                                                    guint32 nth);
/* Returns: (nullable): segment @msn of @epoch. */
const AcCatalogueSegment *ac_catalogue_find (const AcCatalogue *self, guint32 epoch,
                                             guint64 msn);
/* Whether a slot is missing before the @nth: it does not follow the one before it in
 * the lesson's count, or in its segment. */
gboolean ac_catalogue_has_hole_before (const AcCatalogue *self, guint32 nth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCatalogue, ac_catalogue_free)
