/* disk_file.c - whole reads, whole writes and durable names. */
#include "disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void
ac_disk_set_error (GError **error, gint saved_errno, const gchar *what)
{
  g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_IO, "%s: %s", what,
               g_strerror (saved_errno));
}

gboolean
ac_disk_write (gint fd, gconstpointer data, gsize size, guint64 offset,
               const gchar *what, GError **error)
{
  const guint8 *at = data;

  while (size > 0) {
    gssize n = pwrite (fd, at, size, (off_t)offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      ac_disk_set_error (error, n < 0 ? errno : EIO, what);
      return FALSE;
    }
    at += n;
    size -= (gsize)n;
    offset += (guint64)n;
  }
  return TRUE;
}

gboolean
ac_disk_read (gint fd, gpointer data, gsize size, guint64 offset, const gchar *what,
              GError **error)
{
  guint8 *at = data;

  while (size > 0) {
    gssize n = pread (fd, at, size, (off_t)offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      ac_disk_set_error (error, errno, what);
      return FALSE;
    }
    if (n == 0) {
      g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                   "%s: ends %" G_GSIZE_FORMAT " bytes early", what, size);
      return FALSE;
    }
    at += n;
    size -= (gsize)n;
    offset += (guint64)n;
  }
  return TRUE;
}

gboolean
ac_disk_truncate (gint fd, guint64 size, const gchar *what, GError **error)
{
  while (ftruncate (fd, (off_t)size) != 0) {
    if (errno == EINTR)
      continue;
    ac_disk_set_error (error, errno, what);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_disk_sync_data (gint fd, const gchar *what, GError **error)
{
  while (fdatasync (fd) != 0) {
    if (errno == EINTR)
      continue;
    ac_disk_set_error (error, errno, what);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_disk_sync_folder (gint folder_fd, const gchar *what, GError **error)
{
  while (fsync (folder_fd) != 0) {
    if (errno == EINTR)
      continue;
    ac_disk_set_error (error, errno, what);
    return FALSE;
  }
  return TRUE;
}

gint
ac_disk_open (gint folder_fd, const gchar *name, gint flags, GError **error)
{
  gint fd;

  do
    fd = openat (folder_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0640);
  while (fd < 0 && errno == EINTR);

  if (fd < 0) {
    gint saved_errno = errno;
    ac_disk_set_error (error, saved_errno, name);
    if (saved_errno == ENOENT && error != NULL && *error != NULL)
      (*error)->code = AC_RECORDINGS_ERROR_NOT_FOUND;
  }
  return fd;
}

static gboolean
load_from (gint fd, const gchar *name, gsize max_bytes, GBytes **ret_bytes,
           GError **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0) {
    ac_disk_set_error (error, errno, name);
    return FALSE;
  }
  if (!S_ISREG (status.st_mode) || (guint64)status.st_size > max_bytes) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "%s: not a file of at most %" G_GSIZE_FORMAT " bytes", name,
                 max_bytes);
    return FALSE;
  }

  gsize size = (gsize)status.st_size;
  g_autofree guint8 *data = g_malloc (MAX (size, 1));
  if (!ac_disk_read (fd, data, size, 0, name, error))
    return FALSE;
  *ret_bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  return TRUE;
}

GBytes *
ac_disk_load (gint folder_fd, const gchar *name, gsize max_bytes, GError **error)
{
  GBytes *bytes = NULL;
  /* O_NONBLOCK: a FIFO put in the folder must not hang the opener. */
  gint fd = ac_disk_open (folder_fd, name, O_RDONLY | O_NONBLOCK, error);

  if (fd < 0)
    return NULL;
  load_from (fd, name, max_bytes, &bytes, error);
  close (fd);
  return bytes;
}

static gboolean
write_and_sync (gint fd, GBytes *bytes, const gchar *name, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return ac_disk_write (fd, data, size, 0, name, error) &&
         ac_disk_sync_data (fd, name, error);
}

gboolean
ac_disk_store (gint folder_fd, const gchar *name, GBytes *bytes, GError **error)
{
  g_autofree gchar *temporary = g_strconcat (name, AC_DISK_TEMPORARY, NULL);
  gint fd = ac_disk_open (folder_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC, error);

  if (fd < 0)
    return FALSE;
  gboolean written = write_and_sync (fd, bytes, name, error);
  if (close (fd) != 0 && written) {
    ac_disk_set_error (error, errno, name);
    written = FALSE;
  }
  if (written && renameat (folder_fd, temporary, folder_fd, name) != 0) {
    ac_disk_set_error (error, errno, name);
    written = FALSE;
  }
  if (!written) {
    unlinkat (folder_fd, temporary, 0);
    return FALSE;
  }
  return ac_disk_sync_folder (folder_fd, name, error);
}

gboolean
ac_disk_remove (gint folder_fd, const gchar *name, GError **error)
{
  if (unlinkat (folder_fd, name, 0) != 0 && errno != ENOENT) {
    ac_disk_set_error (error, errno, name);
    return FALSE;
  }
  return TRUE;
}
