#include "flv_file.h"

#define HEADER_BYTES 13
#define TAG_HEADER_BYTES 11
#define ROUND_MS 2000 /* the test pictures flash so often */

static guint32
be24 (const guint8 *bytes)
{
  return (guint32)bytes[0] << 16 | (guint32)bytes[1] << 8 | bytes[2];
}

static FlvFileTag
tag_at (const guint8 *bytes)
{
  const gsize size = be24 (bytes + 1);
  FlvFileTag tag = {
    .type = bytes[0] & 31,
    .ms = (guint32)bytes[7] << 24 | be24 (bytes + 4),
    .body = bytes + TAG_HEADER_BYTES,
    .size = size,
  };

  tag.setup = tag.type == 18 || (size > 1 && tag.body[1] == 0);
  tag.keyframe = tag.type == 9 && !tag.setup && size > 0 && tag.body[0] >> 4 == 1;
  return tag;
}

FlvFile *
flv_file_read (const gchar *path, GError **error)
{
  g_autoptr (FlvFile) file = g_new0 (FlvFile, 1);
  guint32 last_ms = 0;
  gsize size;

  file->tags = g_array_new (FALSE, FALSE, sizeof (FlvFileTag));
  if (!g_file_get_contents (path, &file->contents, &size, error))
    return NULL;
  for (gsize at = HEADER_BYTES; at + TAG_HEADER_BYTES + 4 <= size;) {
    FlvFileTag tag = tag_at ((const guint8 *)file->contents + at);

    at += TAG_HEADER_BYTES + tag.size + 4;
    if (at > size)
      break;
    if (!tag.setup)
      last_ms = MAX (last_ms, tag.ms);
    g_array_append_val (file->tags, tag);
  }
  file->duration_ms = (last_ms + ROUND_MS / 2) / ROUND_MS * ROUND_MS;
  if (file->tags->len > 0)
    return g_steal_pointer (&file);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no FLV tags", path);
  return NULL;
}

void
flv_file_free (FlvFile *file)
{
  if (file == NULL)
    return;
  g_array_unref (file->tags);
  g_free (file->contents);
  g_free (file);
}
