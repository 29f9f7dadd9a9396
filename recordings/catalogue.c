/* catalogue.c - what a recording holds, in memory. */
#include "catalogue.h"

/* A slot without what its segment says of it; its places are in an array beside. */
typedef struct {
  guint64 start;
  gint64 wall_ms;
  guint32 segment, part;
  guint32 duration, flags;
  guint32 ordinal;
  guint32 first_place;
} Slot;

struct _AcCatalogue {
  GArray *segments; /* AcCatalogueSegment, by rising msn */
  GArray *slots;    /* Slot */
  GArray *places;   /* AcPlace: those of slot 0, then of slot 1, ... */
};

AcCatalogue *
ac_catalogue_new (void)
{
  AcCatalogue *self = g_new (AcCatalogue, 1);

  self->segments = g_array_new (FALSE, FALSE, sizeof (AcCatalogueSegment));
  self->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  self->places = g_array_new (FALSE, FALSE, sizeof (AcPlace));
  return self;
}

void
ac_catalogue_free (AcCatalogue *self)
{
  g_array_unref (self->segments);
  g_array_unref (self->slots);
  g_array_unref (self->places);
  g_free (self);
}

guint32
ac_catalogue_n_slots (const AcCatalogue *self)
{
  return self->slots->len;
}

guint32
ac_catalogue_n_segments (const AcCatalogue *self)
{
  return self->segments->len;
}

static const Slot *
slot_at (const AcCatalogue *self, guint32 nth)
{
  return &g_array_index (self->slots, Slot, nth);
}

const AcCatalogueSegment *
ac_catalogue_get_segment (const AcCatalogue *self, guint32 nth)
{
  return &g_array_index (self->segments, AcCatalogueSegment, nth);
}

static gboolean
slot_follows (const AcCatalogue *self, const AcCatalogueSlot *slot,
              gboolean *ret_same_segment)
{
  *ret_same_segment = FALSE;
  if (self->slots->len == 0)
    return TRUE;

  const Slot *last = slot_at (self, self->slots->len - 1);
  const AcCatalogueSegment *segment =
      ac_catalogue_get_segment (self, self->segments->len - 1);
  if (slot->ordinal <= last->ordinal || slot->start < last->start ||
      slot->epoch < segment->epoch)
    return FALSE;
  if (slot->msn != segment->msn)
    return slot->msn > segment->msn;
  *ret_same_segment = TRUE;
  return slot->epoch == segment->epoch && slot->hour == segment->hour &&
         slot->part > last->part;
}

gboolean
ac_catalogue_append (AcCatalogue *self, const AcCatalogueSlot *slot)
{
  gboolean same_segment;

  if (!slot_follows (self, slot, &same_segment))
    return FALSE;
  if (!same_segment) {
    AcCatalogueSegment segment = { slot->msn, slot->epoch, slot->hour, self->slots->len,
                                   0 };
    g_array_append_val (self->segments, segment);
  }
  g_array_index (self->segments, AcCatalogueSegment, self->segments->len - 1).n_slots++;

  Slot entry = {
    .start = slot->start,
    .wall_ms = slot->wall_ms,
    .segment = self->segments->len - 1,
    .part = slot->part,
    .duration = slot->duration,
    .flags = slot->flags,
    .ordinal = slot->ordinal,
    .first_place = self->places->len,
  };
  g_array_append_val (self->slots, entry);
  g_array_append_vals (self->places, slot->places, slot->n_places);
  return TRUE;
}

void
ac_catalogue_cut (AcCatalogue *self, guint32 n_slots)
{
  if (n_slots >= self->slots->len)
    return;

  const Slot *first_cut = slot_at (self, n_slots);
  guint32 segment = first_cut->segment;
  AcCatalogueSegment *last =
      &g_array_index (self->segments, AcCatalogueSegment, segment);
  last->n_slots = n_slots - last->first_slot;
  g_array_set_size (self->places, first_cut->first_place);
  g_array_set_size (self->segments, last->n_slots > 0 ? segment + 1 : segment);
  g_array_set_size (self->slots, n_slots);
}

void
ac_catalogue_get_slot (const AcCatalogue *self, guint32 nth, AcCatalogueSlot *ret_slot)
{
  const Slot *slot = slot_at (self, nth);
  const AcCatalogueSegment *segment = ac_catalogue_get_segment (self, slot->segment);
  guint32 end = nth + 1 < self->slots->len ? slot_at (self, nth + 1)->first_place
                                           : self->places->len;

  *ret_slot = (AcCatalogueSlot){
    .epoch = segment->epoch,
    .part = slot->part,
    .msn = segment->msn,
    .start = slot->start,
    .duration = slot->duration,
    .flags = slot->flags,
    .wall_ms = slot->wall_ms,
    .ordinal = slot->ordinal,
    .hour = segment->hour,
    .n_places = end - slot->first_place,
  };
  for (guint32 i = 0; i < ret_slot->n_places; i++)
    ret_slot->places[i] = g_array_index (self->places, AcPlace, slot->first_place + i);
}

static gint
compare_msn (gconstpointer a, gconstpointer b)
{
  const AcCatalogueSegment *x = a, *y = b;
  return x->msn < y->msn ? -1 : x->msn > y->msn;
}

const AcCatalogueSegment *
ac_catalogue_find (const AcCatalogue *self, guint32 epoch, guint64 msn)
{
  AcCatalogueSegment wanted = { .msn = msn };
  guint nth;

  if (!g_array_binary_search (self->segments, &wanted, compare_msn, &nth))
    return NULL;
  const AcCatalogueSegment *segment = ac_catalogue_get_segment (self, nth);
  return segment->epoch == epoch ? segment : NULL;
}

gboolean
ac_catalogue_has_hole_before (const AcCatalogue *self, guint32 nth)
{
  const Slot *slot = slot_at (self, nth);
  const AcCatalogueSegment *segment = ac_catalogue_get_segment (self, slot->segment);

  if (nth == 0)
    return slot->ordinal != 0 || slot->part != 0;
  if (slot->ordinal != slot_at (self, nth - 1)->ordinal + 1)
    return TRUE;
  return nth == segment->first_slot && slot->part != 0;
}
