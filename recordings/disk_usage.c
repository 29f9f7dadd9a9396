#include "disk_usage.h"

#include <sys/stat.h>

guint64
ac_recording_disk_usage (const gchar *root, gint64 lesson)
{
  g_autofree gchar *name = g_strdup_printf ("%" G_GINT64_FORMAT, lesson);
  g_autofree gchar *folder = root != NULL ? g_build_filename (root, name, NULL) : NULL;
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const gchar *file;
  guint64 bytes = 0;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, file, NULL);
    struct stat status;

    if (stat (path, &status) == 0 && S_ISREG (status.st_mode))
      bytes += (guint64)status.st_blocks * 512;
  }
  return bytes;
}
