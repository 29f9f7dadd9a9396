/* throttle.h - how often somebody may try. Pure but for its table.
 *
 * A key (an account, an address) has a count of failures. So many are free; each one
 * more doubles the wait that follows it. With time they are forgiven one by one. An
 * attempt counts as a failure from its start, so that many at once cannot slip through
 * before the first is known to be wrong; a success takes its own count back.
 *
 * Threads:   main loop.
 * Ownership: plain. At most AC_THROTTLE_KEYS_MAX keys; the longest untouched is
 *            forgotten first. */
#pragma once

#include <glib.h>

#define AC_THROTTLE_KEYS_MAX 16384

typedef struct {
  guint n_free;      /* failures that cost nothing */
  gint64 forgive_ms; /* one failure is forgiven each */
  gint64 wait_ms;    /* after the first failure that is not free; doubles */
  gint64 wait_max_ms;
} AcThrottleRule;

typedef struct _AcThrottle AcThrottle;

AcThrottle *ac_throttle_new (const AcThrottleRule *rule);
void ac_throttle_free (AcThrottle *self);

/* Returns: milliseconds that @key has to wait; 0: it may try now. */
gint64 ac_throttle_wait_ms (AcThrottle *self, const gchar *key, gint64 now_ms);
/* Counts an attempt that begins now. */
void ac_throttle_begin (AcThrottle *self, const gchar *key, gint64 now_ms);
/* Takes an attempt back: it was right, or never made. */
void ac_throttle_take_back (AcThrottle *self, const gchar *key);
/* Forgets all of @key's failures. */
void ac_throttle_forget (AcThrottle *self, const gchar *key);
guint ac_throttle_n_keys (AcThrottle *self);

/* Returns: (transfer full): what an address is known by, without its port: an IPv6
 * network hands its hosts 2^64 of them.
 * @address: (nullable): "192.0.2.1", "192.0.2.1:50123", "[2001:db8::1]:50123" */
gchar *ac_throttle_address_key (const gchar *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcThrottle, ac_throttle_free)
