/* bench_clock.h - when what was published, shared between server and client by a file.
 */
#pragma once

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define AC_BENCH_CLOCK_SLOTS 4096

typedef struct {
  guint64 n_published;
  guint64 parts_per_segment;
  guint64 running; /* set by a client that holds requests */
  gint64 published_ns[AC_BENCH_CLOCK_SLOTS];
} AcBenchClock;

static inline gint64
ac_bench_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static inline AcBenchClock *
ac_bench_clock_open (const gchar *path, gboolean create)
{
  int fd = open (path, O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0), 0600);
  void *mapped = MAP_FAILED;

  if (fd >= 0 && (!create || ftruncate (fd, sizeof (AcBenchClock)) == 0))
    mapped =
        mmap (NULL, sizeof (AcBenchClock), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) {
    perror (path);
    exit (1);
  }
  close (fd);
  return mapped;
}
