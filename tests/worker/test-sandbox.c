/* What a worker may not do any more, tried by processes that entered the sandbox. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_ENTER = 100, NO_LANDLOCK = 101 };

static gchar *secret_dir, *lecture_dir;

/* Runs @act in a child that has entered.
 * Returns: errno of what it tried, 0 when that went well. */
static gint
inside (gint (*act) (void))
{
  const gchar *const readable[] = { lecture_dir, "/no/such/place", NULL };
  pid_t child = fork ();
  gint status;

  if (child == 0) {
    gboolean files_bound;

    if (!ac_sandbox_enter (readable, &files_bound, NULL))
      _exit (CANNOT_ENTER);
    _exit (files_bound ? act () : NO_LANDLOCK);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), !=, CANNOT_ENTER);
  return WEXITSTATUS (status);
}

static gint
try_open (const gchar *dir, const gchar *name, gint flags)
{
  g_autofree gchar *path = g_build_filename (dir, name, NULL);
  gint fd = open (path, flags, 0600);

  if (fd < 0)
    return errno;
  close (fd);
  return 0;
}

static gint
read_secret (void)
{
  return try_open (secret_dir, "airclass.db", O_RDONLY);
}

static gint
read_lecture (void)
{
  return try_open (lecture_dir, "lecture.mp4", O_RDONLY);
}

static gint
write_lecture (void)
{
  return try_open (lecture_dir, "lecture.mp4", O_WRONLY);
}

static gint
create_file (void)
{
  return try_open (g_get_tmp_dir (), "airclass-left-behind", O_CREAT | O_WRONLY);
}

static gint
read_password_file (void)
{
  return try_open ("/etc", "passwd", O_RDONLY);
}

static gint
read_other_process (void)
{
  g_autofree gchar *dir = g_strdup_printf ("/proc/%d", (int)getppid ());

  return try_open (dir, "environ", O_RDONLY);
}

static gint
read_library (void)
{
  return try_open ("/usr", "bin/env", O_RDONLY);
}

static gint
run_program (void)
{
  execl ("/usr/bin/env", "env", NULL);
  return errno;
}

static gint
signal_parent (void)
{
  return kill (getppid (), 0) == 0 ? 0 : errno;
}

static gint
mount_something (void)
{
  return mount ("none", "/tmp", "tmpfs", 0, NULL) == 0 ? 0 : errno;
}

static gint
change_mode (void)
{
  g_autofree gchar *path = g_build_filename (secret_dir, "airclass.db", NULL);

  return chmod (path, 0777) == 0 ? 0 : errno;
}

static gint
become_root (void)
{
  return setuid (0) == 0 && setuid (12345) == 0 ? 0 : errno;
}

#ifndef __SANITIZE_ADDRESS__
static gint
take_memory (void)
{
  const gsize size = AC_SANDBOX_MAX_MEMORY_BYTES + 4096;

  return mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
               0) == MAP_FAILED
             ? errno
             : 0;
}
#endif

static gint
take_descriptors (void)
{
  for (guint i = 0; i <= AC_SANDBOX_MAX_DESCRIPTORS; i++)
    if (dup (0) < 0)
      return errno;
  return 0;
}

static gpointer
nothing (gpointer data)
{
  return data;
}

static gint
start_thread (void)
{
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_try_new ("t", nothing, GINT_TO_POINTER (7), &error);

  return thread != NULL && g_thread_join (thread) == GINT_TO_POINTER (7) ? 0 : EAGAIN;
}

static void
test_inside (void)
{
  static const struct {
    const gchar *what;
    gint (*act) (void);
    gint expected;
  } table[] = {
    { "read the database", read_secret, EACCES },
    { "read a lecture", read_lecture, 0 },
    { "write a lecture", write_lecture, EACCES },
    { "create a file", create_file, EACCES },
    { "read /etc/passwd", read_password_file, EACCES },
    { "read another process's environment", read_other_process, EACCES },
    { "read a library", read_library, 0 },
    { "run a program", run_program, EPERM },
    { "signal another process", signal_parent, EPERM },
    { "mount", mount_something, EPERM },
    { "change a mode", change_mode, EPERM },
    { "change the user", become_root, EPERM },
#ifndef __SANITIZE_ADDRESS__
    { "take all memory", take_memory, ENOMEM },
#endif
    { "take all descriptors", take_descriptors, EMFILE },
    { "start a thread", start_thread, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gint got = inside (table[i].act);

    if (got == NO_LANDLOCK) {
      g_test_skip ("this kernel has no Landlock");
      return;
    }
    g_test_message ("%s: %s", table[i].what, g_strerror (got));
    g_assert_cmpint (got, ==, table[i].expected);
  }
}

/* Outside, all of this is allowed: the table above would else prove nothing. */
static void
test_outside (void)
{
  g_assert_cmpint (read_secret (), ==, 0);
  g_assert_cmpint (write_lecture (), ==, 0);
  g_assert_cmpint (read_password_file (), ==, 0);
  g_assert_cmpint (change_mode (), ==, 0);
  g_assert_cmpint (signal_parent (), ==, 0);
}

static gchar *
make_dir (const gchar *file)
{
  gchar *dir = g_dir_make_tmp ("airclass-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (dir, file, NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  return dir;
}

static void
remove_dir (gchar *dir, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (dir, file, NULL);

  g_unlink (path);
  g_rmdir (dir);
  g_free (dir);
}

gint
main (gint argc, gchar **argv)
{
  gint status;

  g_test_init (&argc, &argv, NULL);
  secret_dir = make_dir ("airclass.db");
  lecture_dir = make_dir ("lecture.mp4");
  g_test_add_func ("/sandbox/inside", test_inside);
  g_test_add_func ("/sandbox/outside", test_outside);
  status = g_test_run ();
  remove_dir (secret_dir, "airclass.db");
  remove_dir (lecture_dir, "lecture.mp4");
  return status;
}
