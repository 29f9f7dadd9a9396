/* slow_disk.c - a disk that is slow or full, for a daemon under test (LD_PRELOAD).
 *
 * AIRCLASS_TEST_DISK names a file that says how the disk is just now: "0" as it is,
 * "MILLISECONDS" what a sync of a media file or of the archive's folders takes longer,
 * "full" no media file grows. The database and the logs stay quick. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FULL = -1 };

static int
read_state (void)
{
  const char *path = getenv ("AIRCLASS_TEST_DISK");
  char text[16] = "";
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  ssize_t n = 0;

  if (fd >= 0) {
    n = read (fd, text, sizeof text - 1);
    close (fd);
  }
  if (n <= 0)
    return 0;
  return strncmp (text, "full", 4) == 0 ? FULL : atoi (text);
}

static int
is_recordings (const char *name)
{
  return strstr (name, "/recordings") != NULL;
}

static ssize_t
read_name (int fd, char *name, size_t size)
{
  char link[64];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, name, size - 1);
  name[n > 0 ? n : 0] = '\0';
  return n;
}

static int
is_media (int fd)
{
  char name[4096];
  ssize_t n = read_name (fd, name, sizeof name);

  return n > 6 && memcmp (name + n - 6, ".media", 6) == 0;
}

int fdatasync (int fd);
int fsync (int fd);
ssize_t pwrite (int fd, const void *data, size_t size, off_t offset);

int
fdatasync (int fd)
{
  int (*next) (int) = (int (*) (int))dlsym (RTLD_NEXT, "fdatasync");
  int state = is_media (fd) ? read_state () : 0;

  if (state > 0)
    usleep ((useconds_t)state * 1000);
  return next (fd);
}

int
fsync (int fd)
{
  int (*next) (int) = (int (*) (int))dlsym (RTLD_NEXT, "fsync");
  char name[4096];

  read_name (fd, name, sizeof name);
  if (is_recordings (name) && read_state () > 0)
    usleep ((useconds_t)read_state () * 1000);
  return next (fd);
}

/* Built with 64 bits of offset, as the daemon: the symbol is pwrite64. */
ssize_t
pwrite (int fd, const void *data, size_t size, off_t offset)
{
  ssize_t (*next) (int, const void *, size_t, off_t) =
      (ssize_t (*) (int, const void *, size_t, off_t))dlsym (RTLD_NEXT, "pwrite64");

  if (is_media (fd) && read_state () == FULL) {
    errno = ENOSPC;
    return -1;
  }
  return next (fd, data, size, offset);
}
