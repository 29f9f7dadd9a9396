#include "kept_units.h"

#include "flv_kind.h"

#define SPAN_MAX_MS 10000 /* what the clock says beyond that is no age */

struct _AcKeptUnits {
  GArray *units; /* AcFlvTag; the first is a video key frame */
  gsize bytes;
  gboolean has_video;
};

static void
clear_unit (gpointer unit)
{
  g_bytes_unref (((AcFlvTag *)unit)->body);
}

AcKeptUnits *
ac_kept_units_new (void)
{
  AcKeptUnits *self = g_new0 (AcKeptUnits, 1);

  self->units = g_array_new (FALSE, FALSE, sizeof (AcFlvTag));
  g_array_set_clear_func (self->units, clear_unit);
  return self;
}

void
ac_kept_units_free (AcKeptUnits *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->units);
  g_free (self);
}

static void
forget (AcKeptUnits *self)
{
  g_array_set_size (self->units, 0);
  self->bytes = 0;
}

void
ac_kept_units_push (AcKeptUnits *self, const AcFlvTag *unit)
{
  const AcFlvKind kind = ac_flv_kind (unit->type, unit->body);
  const gsize size = g_bytes_get_size (unit->body);
  AcFlvTag kept = *unit;

  if (kind == AC_FLV_SETUP)
    return; /* see stream_headers.h */
  self->has_video |= kind != AC_FLV_AUDIO;
  if (kind == AC_FLV_VIDEO_KEY || self->units->len >= AC_KEPT_UNITS_MAX ||
      self->bytes + size > AC_KEPT_UNITS_MAX_BYTES)
    forget (self);
  if (kind != AC_FLV_VIDEO_KEY && self->units->len == 0)
    return;
  if (size > AC_KEPT_UNITS_MAX_BYTES)
    return;
  g_bytes_ref (kept.body);
  self->bytes += size;
  g_array_append_val (self->units, kept);
}

gboolean
ac_kept_units_is_fresh (const AcKeptUnits *self)
{
  return !self->has_video || self->units->len == 1;
}

guint32
ac_kept_units_span_ms (const AcKeptUnits *self)
{
  const AcFlvTag *units = (const AcFlvTag *)(gpointer)self->units->data;
  gint32 span;

  if (self->units->len == 0)
    return 0;
  /* Signed: sound may be stamped before the picture that it follows. */
  span = (gint32)(units[self->units->len - 1].timestamp_ms - units[0].timestamp_ms);
  return (guint32)CLAMP (span, 0, SPAN_MAX_MS);
}

void
ac_kept_units_flush (AcKeptUnits *self,
                     void (*send) (const AcFlvTag *unit, gpointer user_data),
                     gpointer user_data)
{
  for (guint i = 0; i < self->units->len; i++)
    send (&g_array_index (self->units, AcFlvTag, i), user_data);
  forget (self);
}

void
ac_kept_units_clear (AcKeptUnits *self)
{
  forget (self);
  self->has_video = FALSE;
}
