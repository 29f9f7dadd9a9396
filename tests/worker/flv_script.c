#include "flv_script.h"

#include <glib/gstdio.h>

static void
clear_tag (gpointer data)
{
  g_bytes_unref (((FlvScriptTag *)data)->body);
}

GArray *
flv_script_read (const gchar *path)
{
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (FlvScriptTag));
  g_autofree gchar *data = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *bytes;
  gsize size, at = 13; /* header and the first back pointer */

  g_array_set_clear_func (tags, clear_tag);
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  bytes = (const guint8 *)data;
  while (at + 11 < size) {
    const guint8 *tag = bytes + at;
    gsize length = (gsize)tag[1] << 16 | (gsize)tag[2] << 8 | tag[3];
    FlvScriptTag entry = {
      .type = tag[0],
      .timestamp_ms =
          (guint32)tag[7] << 24 | (guint32)tag[4] << 16 | (guint32)tag[5] << 8 | tag[6],
      .body = g_bytes_new (tag + 11, length),
    };

    g_assert_cmpuint (at + 11 + length, <=, size);
    g_array_append_val (tags, entry);
    at += 11 + length + 4;
  }
  g_assert_cmpuint (tags->len, >, 0);
  return tags;
}

GArray *
flv_script_make (const gchar *arguments)
{
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-flv-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (dir, "media.flv", NULL);
  g_autofree gchar *line = g_strdup_printf (
      "ffmpeg -nostdin -v error -y %s -flvflags no_duration_filesize -f flv %s",
      arguments, path);
  g_autoptr (GError) error = NULL;
  GArray *tags;
  gint status;

  g_spawn_command_line_sync (line, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  tags = flv_script_read (path);
  g_unlink (path);
  g_rmdir (dir);
  return tags;
}

GArray *
flv_script_lecture (const gchar *size, guint rate, gdouble seconds, gboolean picture,
                    gboolean sound)
{
  GString *arguments = g_string_new (NULL);
  GArray *tags;

  if (picture)
    g_string_append_printf (arguments, "-f lavfi -i testsrc=s=%s:r=%u:d=%f ", size,
                            rate, seconds);
  if (sound)
    g_string_append_printf (
        arguments, "-f lavfi -i sine=f=440:r=44100:d=%f -c:a aac -b:a 64k ", seconds);
  if (picture)
    g_string_append_printf (
        arguments, "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g %u ", rate);
  tags = flv_script_make (arguments->str);
  g_string_free (arguments, TRUE);
  return tags;
}
