/* key_guard.h - who has tried wrong stream keys, whichever way in.
 *
 * An address may be wrong ten times; each time more doubles the wait until it may try
 * again, up to a minute, and a minute forgives one. While it waits no key of it is
 * looked at, so that nothing is learned; nobody else is held up.
 *
 * Threads:   any: SRT's keys are judged on libsrt's thread.
 * Ownership: plain. Bounded as AcThrottle is. */
#pragma once

#include "throttle.h"

#define AC_KEY_GUARD_FREE 10
#define AC_KEY_GUARD_WAIT_MAX_MS 60000

typedef struct _AcKeyGuard AcKeyGuard;

AcKeyGuard *ac_key_guard_new (void);
void ac_key_guard_free (AcKeyGuard *self);

/* @address: with or without a port
 * Returns: milliseconds for which keys of @address are refused; 0: they are looked at.
 */
gint64 ac_key_guard_wait_ms (AcKeyGuard *self, const gchar *address, gint64 now_ms);
/* Counts a wrong key of @address. */
void ac_key_guard_wrong (AcKeyGuard *self, const gchar *address, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcKeyGuard, ac_key_guard_free)
