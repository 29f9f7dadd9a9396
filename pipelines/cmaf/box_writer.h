/* box_writer.h - ISO base media file format boxes, written front to back.
 *
 * Boxes nest: what is written between _begin() and _end() is the box's content, and
 * _end() fills in its length (ISO/IEC 14496-12, 4.2). Integers are big-endian.
 *
 * Threads:   one at a time.
 * Ownership: plain struct on the caller's stack; _finish() or _clear() ends it. */
#pragma once

#include <glib.h>

typedef struct {
  GByteArray *bytes;
} AcBoxWriter;

/* @size_hint: how many bytes will be written; a wrong guess costs a copy, no more. */
void ac_box_writer_init (AcBoxWriter *self, gsize size_hint);
void ac_box_writer_clear (AcBoxWriter *self);
/* Returns: (transfer full): all that was written; @self is cleared. */
GBytes *ac_box_writer_finish (AcBoxWriter *self);

/* Returns: where the box starts, for _end(). @type: four characters. */
gsize ac_box_writer_begin (AcBoxWriter *self, const gchar *type);
/* A full box: @version and 24 bits of @flags follow the type. */
gsize ac_box_writer_begin_full (AcBoxWriter *self, const gchar *type, guint8 version,
                                guint32 flags);
void ac_box_writer_end (AcBoxWriter *self, gsize start);

void ac_box_writer_u8 (AcBoxWriter *self, guint8 value);
void ac_box_writer_u16 (AcBoxWriter *self, guint16 value);
void ac_box_writer_u32 (AcBoxWriter *self, guint32 value);
void ac_box_writer_u64 (AcBoxWriter *self, guint64 value);
void ac_box_writer_zeros (AcBoxWriter *self, gsize size);
void ac_box_writer_tag (AcBoxWriter *self, const gchar *four_characters);
void ac_box_writer_data (AcBoxWriter *self, GBytes *data);
/* Overwrites the 32 bits at @offset, for lengths that are known later. */
void ac_box_writer_patch_u32 (AcBoxWriter *self, gsize offset, guint32 value);

static inline gsize
ac_box_writer_offset (const AcBoxWriter *self)
{
  return self->bytes->len;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcBoxWriter, ac_box_writer_clear)
