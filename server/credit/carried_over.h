/* carried_over.h - what players may still hold that the process before this one served.
 *
 * Evidence of delivery is kept in memory, so a restart loses it while the players'
 * buffers live on. What is missing then counts as served when
 *   - it was published before the start,
 *   - the session was in the lesson before the start, and
 *   - all of it together is no more than a player buffers.
 * Asking again for the same media uses nothing up: beats come again. There is no time
 * limit: a phone that was away during the restart tells what it played when it is back.
 *
 * Threads: main loop. */
#pragma once

#include "interval_set.h"
#include "store.h"

/* The longest buffer of hls.js (maxMaxBufferLength). */
#define AC_CARRIED_OVER_MAX_MS (600 * 1000)

typedef struct _AcCarriedOver AcCarriedOver;

/* @started_ms: ac_clock_monotonic_ms() when this process opened the store
 * @boot: ac_clock_boot_id() */
AcCarriedOver *ac_carried_over_new (AcStore *store, gint64 started_ms,
                                    const gchar *boot);
void ac_carried_over_free (AcCarriedOver *self);

/* Of @lesson so much had been published by the process before; 0 unless said. */
void ac_carried_over_lesson (AcCarriedOver *self, gint64 lesson, gint64 published_ms);

/* @served: of @claim what is known to have been served, a part of it or empty; grows by
 *   what adjoins and was carried over.
 * Returns: FALSE when nothing was served even so. */
gboolean ac_carried_over_extend (AcCarriedOver *self, gint64 lesson, gint64 session,
                                 AcInterval claim, AcInterval *served);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcCarriedOver, ac_carried_over_free)
