#include "key_guard.h"

struct _AcKeyGuard {
  GMutex lock; /* guards the next */
  AcThrottle *by_address;
};

AcKeyGuard *
ac_key_guard_new (void)
{
  static const AcThrottleRule rule = { .n_free = AC_KEY_GUARD_FREE,
                                       .forgive_ms = 60000,
                                       .wait_ms = 1000,
                                       .wait_max_ms = AC_KEY_GUARD_WAIT_MAX_MS };
  AcKeyGuard *self = g_new0 (AcKeyGuard, 1);

  g_mutex_init (&self->lock);
  self->by_address = ac_throttle_new (&rule);
  return self;
}

void
ac_key_guard_free (AcKeyGuard *self)
{
  ac_throttle_free (self->by_address);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gint64
ac_key_guard_wait_ms (AcKeyGuard *self, const gchar *address, gint64 now_ms)
{
  g_autofree gchar *key = ac_throttle_address_key (address);
  gint64 wait_ms;

  g_mutex_lock (&self->lock);
  wait_ms = ac_throttle_wait_ms (self->by_address, key, now_ms);
  g_mutex_unlock (&self->lock);
  return wait_ms;
}

void
ac_key_guard_wrong (AcKeyGuard *self, const gchar *address, gint64 now_ms)
{
  g_autofree gchar *key = ac_throttle_address_key (address);

  g_mutex_lock (&self->lock);
  ac_throttle_begin (self->by_address, key, now_ms);
  g_mutex_unlock (&self->lock);
}
