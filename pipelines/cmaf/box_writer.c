#include "box_writer.h"

#include <string.h>

void
ac_box_writer_init (AcBoxWriter *self, gsize size_hint)
{
  self->bytes = g_byte_array_sized_new ((guint)MIN (size_hint, G_MAXINT));
}

void
ac_box_writer_clear (AcBoxWriter *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

GBytes *
ac_box_writer_finish (AcBoxWriter *self)
{
  return g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));
}

gsize
ac_box_writer_begin (AcBoxWriter *self, const gchar *type)
{
  gsize start = self->bytes->len;

  ac_box_writer_u32 (self, 0);
  ac_box_writer_tag (self, type);
  return start;
}

gsize
ac_box_writer_begin_full (AcBoxWriter *self, const gchar *type, guint8 version,
                          guint32 flags)
{
  gsize start = ac_box_writer_begin (self, type);

  ac_box_writer_u32 (self, (guint32)version << 24 | (flags & 0xffffff));
  return start;
}

void
ac_box_writer_end (AcBoxWriter *self, gsize start)
{
  ac_box_writer_patch_u32 (self, start, (guint32)(self->bytes->len - start));
}

void
ac_box_writer_u8 (AcBoxWriter *self, guint8 value)
{
  g_byte_array_append (self->bytes, &value, 1);
}

void
ac_box_writer_u16 (AcBoxWriter *self, guint16 value)
{
  guint16 wire = GUINT16_TO_BE (value);

  g_byte_array_append (self->bytes, (const guint8 *)&wire, sizeof wire);
}

void
ac_box_writer_u32 (AcBoxWriter *self, guint32 value)
{
  guint32 wire = GUINT32_TO_BE (value);

  g_byte_array_append (self->bytes, (const guint8 *)&wire, sizeof wire);
}

void
ac_box_writer_u64 (AcBoxWriter *self, guint64 value)
{
  guint64 wire = GUINT64_TO_BE (value);

  g_byte_array_append (self->bytes, (const guint8 *)&wire, sizeof wire);
}

void
ac_box_writer_zeros (AcBoxWriter *self, gsize size)
{
  guint start = self->bytes->len;

  g_byte_array_set_size (self->bytes, start + (guint)size);
  memset (self->bytes->data + start, 0, size);
}

void
ac_box_writer_tag (AcBoxWriter *self, const gchar *four_characters)
{
  g_byte_array_append (self->bytes, (const guint8 *)four_characters, 4);
}

void
ac_box_writer_data (AcBoxWriter *self, GBytes *data)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (data, &size);

  if (size > 0)
    g_byte_array_append (self->bytes, bytes, (guint)size);
}

void
ac_box_writer_patch_u32 (AcBoxWriter *self, gsize offset, guint32 value)
{
  guint32 wire = GUINT32_TO_BE (value);

  memcpy (self->bytes->data + offset, &wire, sizeof wire);
}
