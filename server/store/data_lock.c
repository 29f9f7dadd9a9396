#include "data_lock.h"

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gstdio.h>

static gint
read_pid (gint fd)
{
  gchar text[24] = "";
  gssize length = pread (fd, text, sizeof text - 1, 0);

  return length > 0 ? (gint)g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
write_pid (gint fd)
{
  gchar text[24];
  gint length = g_snprintf (text, sizeof text, "%d\n", getpid ());

  return ftruncate (fd, 0) == 0 && pwrite (fd, text, length, 0) == length;
}

static gint
refuse (const gchar *path, gint code, GError **error)
{
  g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "%s: %s", path,
               g_strerror (code));
  return -1;
}

gint
ac_data_lock_take (const gchar *data_dir, GError **error)
{
  g_autofree gchar *run_dir = g_build_filename (data_dir, "run", NULL);
  g_autofree gchar *path = g_build_filename (run_dir, "lock", NULL);
  gint fd, code, pid;

  if (g_mkdir_with_parents (run_dir, 0700) != 0)
    return refuse (run_dir, errno, error);
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return refuse (path, errno, error);
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && write_pid (fd))
    return fd;

  code = errno;
  pid = read_pid (fd);
  close (fd);
  if (code != EWOULDBLOCK)
    return refuse (path, code, error);
  if (pid > 0)
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "%s: in use by process %d",
                 data_dir, pid);
  else
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN,
                 "%s: in use by another process", data_dir);
  return -1;
}
