/* box_reader.h - boxes read back, for tests. */
#pragma once

#include <glib.h>

typedef struct {
  const guint8 *data; /* content, after the header */
  gsize size;
} Box;

/* @path: types from the outside in, "moov/trak/tkhd"; the first of each is taken.
 * Returns: FALSE when there is none, or lengths contradict each other. */
gboolean box_find (const guint8 *data, gsize size, const gchar *path, Box *ret_box);
/* Returns: the types of the boxes in a row, "styp moof mdat ", NULL when the lengths do
 * not add up. */
gchar *box_list (const guint8 *data, gsize size);

guint16 box_u16 (const guint8 *at);
guint32 box_u32 (const guint8 *at);
guint64 box_u64 (const guint8 *at);

typedef struct {
  guint32 duration, size, flags;
  gint32 composition_offset;
  const guint8 *data;
} ReadSample;

typedef struct {
  gboolean has_styp, has_prft;
  guint64 ntp, prft_time;
  guint32 sequence;
  guint64 decode_time;
  guint n_samples;
  ReadSample samples[4096];
} ReadChunk;

/* Stops the test when @bytes is not one CMAF chunk whose lengths all fit. */
void box_read_chunk (GBytes *bytes, ReadChunk *ret_chunk);
