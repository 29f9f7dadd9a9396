#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

G_DEFINE_QUARK (ac - sandbox - error - quark, ac_sandbox_error)

/* Of the first version of Landlock (Linux 5.13); what came later is not asked for, so
 * that every kernel does the same. */
#define READ_RIGHTS                                                                    \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                         \
   LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS (READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ALL_RIGHTS                                                                     \
  (FILE_RIGHTS | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |      \
   LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                        \
   LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                        \
   LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                      \
   LANDLOCK_ACCESS_FS_MAKE_SYM)

/* Libraries, plug-ins and fonts; the loader, fontconfig, time zone, host names and
 * certificates; the processor's and the graphics card's description. */
static const gchar *const readable_system[] = {
  "/usr",
  "/lib",
  "/lib64",
  "/opt",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/fonts",
  "/var/cache/fontconfig",
  "/etc/localtime",
  "/etc/timezone",
  "/etc/hosts",
  "/etc/host.conf",
  "/etc/resolv.conf",
  "/run/systemd/resolve",
  "/etc/nsswitch.conf",
  "/etc/gai.conf",
  "/etc/services",
  "/etc/protocols",
  "/etc/ssl",
  "/etc/gnutls",
  "/etc/drirc",
  "/etc/OpenCL",
  "/etc/vulkan",
  "/proc/self",
  "/proc/cpuinfo",
  "/proc/meminfo",
  "/proc/stat",
  "/proc/loadavg",
  "/proc/sys",
  "/proc/driver",
  "/sys",
  "/dev/urandom",
  "/dev/random",
  "/dev/zero",
};

/* Written to as well: devices that encode. Patterns of glob(7). */
static const gchar *const writable_system[] = {
  "/dev/null", "/dev/dri", "/dev/nvidia*", "/dev/video*", "/dev/media*",
};

static gboolean
refused (GError **error, const gchar *what, gint code)
{
  g_set_error (error, AC_SANDBOX_ERROR, AC_SANDBOX_ERROR_REFUSED, "%s: %s", what,
               g_strerror (code));
  return FALSE;
}

static gboolean
limit (gint resource, rlim_t most, const gchar *name, GError **error)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0)
    return refused (error, name, errno);
  now.rlim_cur = MIN (now.rlim_cur, most);
  now.rlim_max = MIN (now.rlim_max, most);
  return setrlimit (resource, &now) == 0 || refused (error, name, errno);
}

static gboolean
limit_resources (GError **error)
{
/* AddressSanitizer maps more than any machine has. */
#ifndef __SANITIZE_ADDRESS__
  if (!limit (RLIMIT_DATA, AC_SANDBOX_MAX_MEMORY_BYTES, "limit of memory", error))
    return FALSE;
#endif
  return limit (RLIMIT_NOFILE, AC_SANDBOX_MAX_DESCRIPTORS, "limit of descriptors",
                error) &&
         limit (RLIMIT_CORE, 0, "limit of core files", error);
}

/* A daemon that runs as root has workers that own files of root, and nothing more. */
static gboolean
drop_capabilities (GError **error)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

  return syscall (SYS_capset, &header, none) == 0 ||
         refused (error, "capabilities", errno);
}

/* --- files ------------------------------------------------------------------------ */

static gboolean
grant (gint ruleset, const gchar *path, guint64 rights, GError **error)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = rights };
  struct stat info;
  gboolean granted;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return TRUE; /* what is not there need not be granted */
  if (fstat (rule.parent_fd, &info) == 0 && !S_ISDIR (info.st_mode))
    rule.allowed_access &= ~(guint64)LANDLOCK_ACCESS_FS_READ_DIR;
  granted = syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
                     0) == 0 ||
            refused (error, path, errno);
  close (rule.parent_fd);
  return granted;
}

static gboolean
grant_devices (gint ruleset, const gchar *pattern, GError **error)
{
  glob_t found = { 0 };
  gboolean granted = TRUE;

  if (glob (pattern, 0, NULL, &found) != 0)
    return TRUE; /* no such device */
  for (gsize i = 0; i < found.gl_pathc && granted; i++)
    granted = grant (ruleset, found.gl_pathv[i], FILE_RIGHTS, error);
  globfree (&found);
  return granted;
}

/* A sanitizer's leak checker names what it finds at the end: it reads the program and
 * the list of what is known. */
static gboolean
grant_leak_checker (gint ruleset, GError **error)
{
#ifdef __SANITIZE_ADDRESS__
  const gchar *options = g_getenv ("LSAN_OPTIONS");
  const gchar *list = options != NULL ? strstr (options, "suppressions=/") : NULL;
  g_autofree gchar *path = NULL;

  if (list != NULL) {
    list += strlen ("suppressions=");
    path = g_strndup (list, strcspn (list, ":"));
  }
  return grant (ruleset, "/proc/self/exe", READ_RIGHTS, error) &&
         (path == NULL || grant (ruleset, path, READ_RIGHTS, error));
#else
  return TRUE;
#endif
}

static gboolean
grant_all (gint ruleset, const gchar *const *readable, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (readable_system); i++)
    if (!grant (ruleset, readable_system[i], READ_RIGHTS, error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (writable_system); i++)
    if (!grant_devices (ruleset, writable_system[i], error))
      return FALSE;
  for (; readable != NULL && *readable != NULL; readable++)
    if (!grant (ruleset, *readable, READ_RIGHTS & ~LANDLOCK_ACCESS_FS_EXECUTE, error))
      return FALSE;
  return grant_leak_checker (ruleset, error);
}

static gboolean
bind_files (const gchar *const *readable, gboolean *ret_bound, GError **error)
{
  const struct landlock_ruleset_attr attr = { .handled_access_fs = ALL_RIGHTS };
  gint ruleset;
  gboolean good;

  *ret_bound = FALSE;
  ruleset = (gint)syscall (SYS_landlock_create_ruleset, &attr,
                           sizeof attr.handled_access_fs, 0);
  if (ruleset < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
    return TRUE;
  if (ruleset < 0)
    return refused (error, "Landlock", errno);
  good = grant_all (ruleset, readable, error) &&
         (syscall (SYS_landlock_restrict_self, ruleset, 0) == 0 ||
          refused (error, "Landlock", errno));
  close (ruleset);
  *ret_bound = good;
  return good;
}

/* --- system calls ----------------------------------------------------------------- */

/* A list of what is refused, not of what is allowed: drivers of graphics cards call
 * what no list foresees. */
static const gint refused_calls[] = {
  /* other programs and processes */
  SCMP_SYS (execve),
  SCMP_SYS (execveat),
  SCMP_SYS (fork),
  SCMP_SYS (vfork),
/* The leak checker of a sanitizer build looks at its own process this way. */
#ifndef __SANITIZE_ADDRESS__
  SCMP_SYS (ptrace),
#endif
  SCMP_SYS (process_vm_readv),
  SCMP_SYS (process_vm_writev),
  SCMP_SYS (pidfd_getfd),
  SCMP_SYS (pidfd_open),
  SCMP_SYS (pidfd_send_signal),
  SCMP_SYS (kill),
  SCMP_SYS (kcmp),
  /* the machine */
  SCMP_SYS (mount),
  SCMP_SYS (umount2),
  SCMP_SYS (pivot_root),
  SCMP_SYS (chroot),
  SCMP_SYS (move_mount),
  SCMP_SYS (open_tree),
  SCMP_SYS (fsopen),
  SCMP_SYS (fsmount),
  SCMP_SYS (unshare),
  SCMP_SYS (setns),
  SCMP_SYS (swapon),
  SCMP_SYS (swapoff),
  SCMP_SYS (reboot),
  SCMP_SYS (kexec_load),
  SCMP_SYS (kexec_file_load),
  SCMP_SYS (init_module),
  SCMP_SYS (finit_module),
  SCMP_SYS (delete_module),
  SCMP_SYS (settimeofday),
  SCMP_SYS (clock_settime),
  SCMP_SYS (adjtimex),
  SCMP_SYS (clock_adjtime),
  SCMP_SYS (sethostname),
  SCMP_SYS (setdomainname),
  SCMP_SYS (acct),
  SCMP_SYS (quotactl),
  SCMP_SYS (syslog),
  SCMP_SYS (iopl),
  SCMP_SYS (ioperm),
  /* parts of the kernel that have been ways into it, and that no codec needs */
  SCMP_SYS (bpf),
  SCMP_SYS (perf_event_open),
  SCMP_SYS (userfaultfd),
  SCMP_SYS (keyctl),
  SCMP_SYS (add_key),
  SCMP_SYS (request_key),
  SCMP_SYS (io_uring_setup),
  SCMP_SYS (io_uring_enter),
  SCMP_SYS (io_uring_register),
  SCMP_SYS (personality),
  SCMP_SYS (open_by_handle_at),
  SCMP_SYS (name_to_handle_at),
  SCMP_SYS (lookup_dcookie),
  SCMP_SYS (vmsplice),
  SCMP_SYS (fanotify_init),
  /* file attributes, which Landlock does not cover */
  SCMP_SYS (chmod),
  SCMP_SYS (fchmodat),
  SCMP_SYS (chown),
  SCMP_SYS (lchown),
  SCMP_SYS (fchownat),
  SCMP_SYS (truncate),
  SCMP_SYS (setxattr),
  SCMP_SYS (lsetxattr),
  SCMP_SYS (removexattr),
  SCMP_SYS (lremovexattr),
};

static gboolean
bind_calls (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  gint status = filter != NULL ? 0 : -ENOMEM;

  for (guint i = 0; i < G_N_ELEMENTS (refused_calls) && status == 0; i++)
    status = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), refused_calls[i], 0);
  if (status == 0)
    status = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (status == 0) /* a binary tree: a call costs seven comparisons, not ninety */
    status = seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (status == 0)
    status = seccomp_load (filter);
  if (filter != NULL)
    seccomp_release (filter);
  return status == 0 || refused (error, "seccomp", -status);
}

gboolean
ac_sandbox_enter (const gchar *const *readable, gboolean *ret_files_bound,
                  GError **error)
{
  *ret_files_bound = FALSE;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return refused (error, "no new privileges", errno);
  return limit_resources (error) && drop_capabilities (error) &&
         bind_files (readable, ret_files_bound, error) && bind_calls (error);
}
