#include "recent.h"

#include <string.h>

struct _AcRecent {
  gatomicrefcount refs;
  guint64 msn;
  guint n_parts;
  GMutex lock;
  GBytes *whole[AC_MAX_TRACKS]; /* guarded by the lock */
  AcRecentPart parts[];
};

AcRecent *
ac_recent_new (guint64 msn, const AcRecentPart *parts, guint n_parts)
{
  AcRecent *self = g_malloc0 (sizeof *self + n_parts * sizeof self->parts[0]);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->msn = msn;
  self->n_parts = n_parts;
  for (guint i = 0; i < n_parts; i++) {
    self->parts[i] = parts[i];
    if (parts[i].slot != NULL)
      ac_slot_ref (parts[i].slot);
  }
  return self;
}

AcRecent *
ac_recent_ref (AcRecent *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ac_recent_unref (AcRecent *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->parts[i].slot, ac_slot_unref);
  for (guint i = 0; i < AC_MAX_TRACKS; i++)
    g_clear_pointer (&self->whole[i], g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint64
ac_recent_msn (AcRecent *self)
{
  return self->msn;
}

guint
ac_recent_n_parts (AcRecent *self)
{
  return self->n_parts;
}

const AcRecentPart *
ac_recent_part (AcRecent *self, guint part)
{
  return &self->parts[part];
}

GBytes *
ac_recent_part_bytes (AcRecent *self, guint epoch_track, guint part)
{
  AcSlot *slot = part < self->n_parts ? self->parts[part].slot : NULL;

  if (slot == NULL || epoch_track >= slot->n_parts || slot->parts[epoch_track] == NULL)
    return NULL;
  return g_bytes_ref (slot->parts[epoch_track]);
}

/* Called locked. */
static GBytes *
join_parts (AcRecent *self, guint epoch_track)
{
  gsize size = 0, at = 0;
  guint8 *bytes;

  for (guint i = 0; i < self->n_parts; i++) {
    AcSlot *slot = self->parts[i].slot;

    if (slot == NULL || epoch_track >= slot->n_parts ||
        slot->parts[epoch_track] == NULL)
      return NULL;
    size += g_bytes_get_size (slot->parts[epoch_track]);
  }
  bytes = g_malloc (size);
  for (guint i = 0; i < self->n_parts; i++) {
    gsize n;
    gconstpointer part = g_bytes_get_data (self->parts[i].slot->parts[epoch_track], &n);

    if (n > 0)
      memcpy (bytes + at, part, n);
    at += n;
  }
  return g_bytes_new_take (bytes, size);
}

GBytes *
ac_recent_whole_bytes (AcRecent *self, guint epoch_track)
{
  GBytes *whole;

  if (epoch_track >= AC_MAX_TRACKS)
    return NULL;
  g_mutex_lock (&self->lock);
  if (self->whole[epoch_track] == NULL)
    self->whole[epoch_track] = join_parts (self, epoch_track);
  whole = self->whole[epoch_track];
  if (whole != NULL)
    g_bytes_ref (whole);
  g_mutex_unlock (&self->lock);
  return whole;
}
