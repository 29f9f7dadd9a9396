/* tsan-glib.c - lets the thread sanitizer see GLib's locks.
 *
 * GLib locks with futexes of its own and is not built with the sanitizer, which then
 * takes everything that a GMutex guards for a race. These stand in front of GLib's
 * functions, call them, and tell the sanitizer. Linked into tests of such builds only.
 */
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

#define REAL(name) ((__typeof__ (&name))find (#name))

static gpointer
find (const gchar *name)
{
  gpointer symbol = dlsym (RTLD_NEXT, name);

  if (symbol == NULL)
    __builtin_trap ();
  return symbol;
}

void
g_mutex_init (GMutex *mutex)
{
  REAL (g_mutex_init) (mutex);
  __tsan_mutex_create (mutex, 0);
}

void
g_mutex_clear (GMutex *mutex)
{
  __tsan_mutex_destroy (mutex, 0);
  REAL (g_mutex_clear) (mutex);
}

void
g_mutex_lock (GMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, 0);
  REAL (g_mutex_lock) (mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  REAL (g_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

/* --- Reference counts: who frees has seen what all others did before they let go. ---
 */

static __thread GDestroyNotify clear_in_release;

static void
acquire_and_clear (gpointer block)
{
  __tsan_acquire (block);
  if (clear_in_release != NULL)
    clear_in_release (block);
}

void
g_atomic_rc_box_release_full (gpointer block, GDestroyNotify clear)
{
  /* A block's clearing may release another one. */
  GDestroyNotify outer = clear_in_release;

  __tsan_release (block);
  clear_in_release = clear;
  REAL (g_atomic_rc_box_release_full) (block, acquire_and_clear);
  clear_in_release = outer;
}
