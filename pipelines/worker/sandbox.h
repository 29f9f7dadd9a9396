/* sandbox.h - what a process may still do that decodes what strangers send.
 *
 * A decoder that is taken over shall find nothing: from ac_sandbox_enter() on this
 * process and its threads
 *   - have no capabilities, gain none by exec, and start no programs at all (seccomp);
 *   - do not look into other processes, mount, load modules or change namespaces
 *     (seccomp: EPERM);
 *   - read what programs need (libraries, plug-ins, fonts, names of hosts, devices that
 *     encode) and what they were granted, and write no file (Landlock, Linux 5.13);
 *   - hold at most AC_SANDBOX_MAX_MEMORY_BYTES of private memory and
 *     AC_SANDBOX_MAX_DESCRIPTORS descriptors, and leave no core file.
 *
 * The network is not closed: sources may be cameras and browsers.
 *
 * Threads: call it from the main thread, before others that should be bound exist. */
#pragma once

#include <glib.h>

#define AC_SANDBOX_MAX_MEMORY_BYTES (G_GUINT64_CONSTANT (3) << 30)
#define AC_SANDBOX_MAX_DESCRIPTORS 1024

typedef enum {
  AC_SANDBOX_ERROR_REFUSED, /* the kernel did not do as told; errno is in the message */
} AcSandboxError;
#define AC_SANDBOX_ERROR (ac_sandbox_error_quark ())
GQuark ac_sandbox_error_quark (void);

/* @readable: (nullable): NULL-terminated paths of files or folders that may be read
 *   besides; those that do not exist are left out
 * A kernel without Landlock is not an error: the rest holds, *@ret_files_bound is
 * FALSE. Errors: REFUSED. The process is then bound by a part of it only: end it. */
gboolean ac_sandbox_enter (const gchar *const *readable, gboolean *ret_files_bound,
                           GError **error);
