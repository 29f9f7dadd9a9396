#include "clock.h"

#include <time.h>

gint64
ac_clock_monotonic_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000) + now.tv_nsec / 1000000;
}

gint64
ac_clock_wall_ms (void)
{
  return g_get_real_time () / 1000;
}

static gpointer
read_boot_id (gpointer unused)
{
  gchar *id = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
    return g_strdup ("unknown");
  return g_strstrip (id);
}

const gchar *
ac_clock_boot_id (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, read_boot_id, NULL);
}
