/* sound_rate.h - a source's sound at exactly our rate, where it is due.
 *
 * Turns mono sound of any rate into 48 kHz and lets no gap and no queue arise from a
 * source whose crystal is not ours: it compares where a block is due with where the
 * sound before it ends, and plays a little faster or slower (0.5 % at most, which
 * nobody hears) until both agree. A steady drift of 200 ppm leaves 0.8 ms between them,
 * a correction of the source clock by 10 ms is gone in some seconds.
 *
 * What is 40 ms or more away (sound is missing, a clock jumped) is not played towards
 * but put where it is due, as a discontinuity.
 *
 * Threads:   one at a time.
 * Ownership: plain. */
#pragma once

#include <glib.h>

#define AC_SOUND_RATE_MIN 4000
#define AC_SOUND_RATE_MAX 192000

typedef struct _AcSoundRate AcSoundRate;

/* 16-bit mono at 48 kHz; joins what was given before unless @discontinuity. */
typedef void (*AcSoundRateOut) (const gint16 *samples, gsize n_samples, gint64 due_us,
                                gboolean discontinuity, gpointer user_data);

AcSoundRate *ac_sound_rate_new (AcSoundRateOut out, gpointer user_data);
void ac_sound_rate_free (AcSoundRate *self);

/* @rate: of @samples; outside of the limits above they are dropped
 * @due_us: of the first sample; not below 0
 * @discontinuity: they do not follow those before */
void ac_sound_rate_push (AcSoundRate *self, const gint16 *samples, gsize n_samples,
                         guint rate, gint64 due_us, gboolean discontinuity);

/* How far the last block's due time was from where the sound before it ended; positive:
 * it was due later. */
gint64 ac_sound_rate_error_us (AcSoundRate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSoundRate, ac_sound_rate_free)
