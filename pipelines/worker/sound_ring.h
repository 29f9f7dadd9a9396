/* sound_ring.h - decoded sound that waits for its time; silence where there is none.
 *
 * Samples are 16-bit mono at 48 kHz, numbered on the monotonic clock. Sound that
 * follows what was written to within 25 ms is joined to it without a gap (timestamps
 * are rounded, crystals drift); beyond that, or after a discontinuity, it is put
 * exactly where it is due.
 *
 * Bounded: 3 s; what is further ahead or already played is dropped. (Sound is 0.3 s
 * early, and its reader up to 2 s late, see pump.h.)
 *
 * Threads: any (it locks inside). */
#pragma once

#include <glib.h>

typedef struct _AcSoundRing AcSoundRing;

AcSoundRing *ac_sound_ring_new (void);
void ac_sound_ring_free (AcSoundRing *self);

/* Sample @n_samples at @samples are due from @due_us on. */
void ac_sound_ring_write (AcSoundRing *self, const gint16 *samples, gsize n_samples,
                          gint64 due_us, gboolean discontinuity);

/* Where reading begins; before that call the newest 3 s are kept. */
void ac_sound_ring_start (AcSoundRing *self, gint64 start_us);
/* Takes the next @n_samples.
 * Returns: how many of them came from a source; the rest is silence. */
gsize ac_sound_ring_read (AcSoundRing *self, gint16 *ret_samples, gsize n_samples);
/* Sound written from now on is due @delta_us earlier in the ring's count: the clock
 * that reads goes so much later. */
void ac_sound_ring_shift (AcSoundRing *self, gint64 delta_us);
/* Leaves @n_samples out: the frame clock made a step. */
void ac_sound_ring_skip (AcSoundRing *self, guint64 n_samples);
/* Returns: how many samples wait. */
guint64 ac_sound_ring_length (AcSoundRing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSoundRing, ac_sound_ring_free)
