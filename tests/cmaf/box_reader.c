#include "box_reader.h"

#include <string.h>

guint16
box_u16 (const guint8 *at)
{
  return (guint16)(at[0] << 8 | at[1]);
}

guint32
box_u32 (const guint8 *at)
{
  return (guint32)box_u16 (at) << 16 | box_u16 (at + 2);
}

guint64
box_u64 (const guint8 *at)
{
  return (guint64)box_u32 (at) << 32 | box_u32 (at + 4);
}

gboolean
box_find (const guint8 *data, gsize size, const gchar *path, Box *ret_box)
{
  while (size >= 8) {
    gsize length = box_u32 (data);

    if (length < 8 || length > size)
      return FALSE;
    if (memcmp (data + 4, path, 4) == 0) {
      *ret_box = (Box){ data + 8, length - 8 };
      return path[4] == '\0' || box_find (data + 8, length - 8, path + 5, ret_box);
    }
    data += length;
    size -= length;
  }
  return FALSE;
}

gchar *
box_list (const guint8 *data, gsize size)
{
  GString *list = g_string_new (NULL);

  while (size >= 8 && box_u32 (data) >= 8 && box_u32 (data) <= size) {
    gsize length = box_u32 (data);

    g_string_append_len (list, (const gchar *)data + 4, 4);
    g_string_append_c (list, ' ');
    data += length;
    size -= length;
  }
  return g_string_free (list, size != 0);
}

static void
read_samples (const Box *moof, const Box *trun, const Box *mdat, ReadChunk *chunk)
{
  guint32 version_flags = box_u32 (trun->data);
  gboolean offsets = (version_flags & 0x800) != 0;
  const guint8 *at = trun->data + 12;
  const guint8 *media = moof->data - 8 + box_u32 (trun->data + 8);

  g_assert_cmphex (version_flags, ==, offsets ? 0x01000f01 : 0x00000701);
  chunk->n_samples = box_u32 (trun->data + 4);
  g_assert_cmpuint (chunk->n_samples, <=, G_N_ELEMENTS (chunk->samples));
  g_assert_cmpuint (trun->size, ==, 12 + chunk->n_samples * (offsets ? 16 : 12));
  g_assert_true (media == mdat->data);
  for (guint i = 0; i < chunk->n_samples; i++) {
    ReadSample *sample = &chunk->samples[i];

    *sample =
        (ReadSample){ box_u32 (at), box_u32 (at + 4), box_u32 (at + 8), 0, media };
    if (offsets)
      sample->composition_offset = (gint32)box_u32 (at + 12);
    at += offsets ? 16 : 12;
    media += sample->size;
  }
  g_assert_true (media == mdat->data + mdat->size);
}

void
box_read_chunk (GBytes *bytes, ReadChunk *ret_chunk)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree gchar *list = box_list (data, size);
  Box moof, mdat, prft, box;

  memset (ret_chunk, 0, sizeof *ret_chunk);
  g_assert_nonnull (list);
  ret_chunk->has_styp = g_str_has_prefix (list, "styp ");
  ret_chunk->has_prft = strstr (list, "prft ") != NULL;
  g_assert_true (g_str_has_suffix (list, "moof mdat "));

  g_assert_true (box_find (data, size, "moof", &moof));
  g_assert_true (box_find (data, size, "mdat", &mdat));
  if (ret_chunk->has_prft && box_find (data, size, "prft", &prft)) {
    ret_chunk->ntp = box_u64 (prft.data + 8);
    ret_chunk->prft_time = box_u64 (prft.data + 16);
  }
  g_assert_true (box_find (data, size, "moof/mfhd", &box));
  ret_chunk->sequence = box_u32 (box.data + 4);
  g_assert_true (box_find (data, size, "moof/traf/tfhd", &box));
  g_assert_cmphex (box_u32 (box.data), ==, 0x020000);
  g_assert_cmpuint (box_u32 (box.data + 4), ==, 1);
  g_assert_true (box_find (data, size, "moof/traf/tfdt", &box));
  g_assert_cmphex (box_u32 (box.data), ==, 0x01000000);
  ret_chunk->decode_time = box_u64 (box.data + 4);
  g_assert_true (box_find (data, size, "moof/traf/trun", &box));
  read_samples (&moof, &box, &mdat, ret_chunk);
}
