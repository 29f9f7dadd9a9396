/* enhanced-flv - an MP4 file as FLV with the headers of Enhanced RTMP, for publishers
 * of tests. Usage: enhanced-flv MEDIA.mp4 OUT.flv */
#include "enhanced_script.h"

#include <gst/gst.h>

static void
append_tag (GByteArray *out, const FlvScriptTag *tag)
{
  gsize size;
  const guint8 *body = g_bytes_get_data (tag->body, &size);
  const guint8 head[] = { tag->type,
                          (guint8)(size >> 16),
                          (guint8)(size >> 8),
                          (guint8)size,
                          (guint8)(tag->timestamp_ms >> 16),
                          (guint8)(tag->timestamp_ms >> 8),
                          (guint8)tag->timestamp_ms,
                          (guint8)(tag->timestamp_ms >> 24),
                          0,
                          0,
                          0 };
  const guint32 back = GUINT32_TO_BE ((guint32)(sizeof head + size));

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, body, (guint)size);
  g_byte_array_append (out, (const guint8 *)&back, sizeof back);
}

gint
main (gint argc, gchar **argv)
{
  static const guint8 header[13] = { 'F', 'L', 'V', 1, 5, 0, 0, 0, 9 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GArray) tags = NULL;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc != 3) {
    g_printerr ("Usage: enhanced-flv MEDIA.mp4 OUT.flv\n");
    return 64;
  }
  tags = enhanced_script_read (argv[1]);
  g_byte_array_append (out, header, sizeof header);
  for (guint i = 0; i < tags->len; i++)
    append_tag (out, &g_array_index (tags, FlvScriptTag, i));
  if (g_file_set_contents (argv[2], (const gchar *)out->data, out->len, &error))
    return 0;
  g_printerr ("enhanced-flv: %s\n", error->message);
  return 1;
}
