/* slow_disk.c - a disk that is slow or full, for a daemon under test (LD_PRELOAD).
 *
 * AIRCLASS_TEST_DISK names a file that says how the disk is just now: "0" as it is,
 * "MILLISECONDS" what fdatasync of a media file takes longer, "full" no media file
 * grows. Nothing but *.media is touched, so the database and the logs stay quick. */
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
is_media (int fd)
{
  char link[64], name[4096];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, name, sizeof name);
  return n > 6 && memcmp (name + n - 6, ".media", 6) == 0;
}

int fdatasync (int fd);
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
