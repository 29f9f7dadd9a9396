/* A shorter slice: the kernel takes it or leaves all as it was, and children have it.
 */
#include "slice.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static gboolean
kernel_knows_slices (void)
{
  struct utsname name;
  guint major, minor;

  g_assert_cmpint (uname (&name), ==, 0);
  g_assert_cmpint (sscanf (name.release, "%u.%u", &major, &minor), ==, 2);
  return major > 6 || (major == 6 && minor >= 12);
}

/* Returns: whether /proc says so of process @pid. */
static gboolean
has_short_slice (pid_t pid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/%d/sched", pid);
  g_autofree gchar *text = NULL;
  const gchar *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      (line = strstr (text, "\nse.slice")) == NULL)
    return TRUE; /* it is not told here */
  return g_ascii_strtoull (
             strchr (line, ':') + 1 + strspn (strchr (line, ':') + 1, " "), NULL, 10) ==
         AC_SLICE_US * 1000;
}

static void
test_shorten (void)
{
  int nice_before = getpriority (PRIO_PROCESS, 0), status;
  gboolean taken = ac_slice_shorten ();
  pid_t child;

  if (kernel_knows_slices () && sched_getscheduler (0) == SCHED_OTHER)
    g_assert_true (taken);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, nice_before);
  if (!taken)
    return;
  g_assert_true (has_short_slice (getpid ()));
  child = fork ();
  if (child == 0)
    _exit (has_short_slice (getpid ()) ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice/shorten", test_shorten);
  return g_test_run ();
}
