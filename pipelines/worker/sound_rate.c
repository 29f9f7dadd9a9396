/* A windowed sinc, kept as a table of phases between which it is interpolated linearly:
 * so the rate may be any number and change with every block. */
#include "sound_rate.h"

#include "grid.h"

#include <math.h>
#include <string.h>

#define TAPS 48      /* of the filter at the lower of the two rates, a multiple of 8 */
#define MAX_TAPS 200 /* TAPS times the highest rate over ours */
#define PHASES 128   /* between two samples of the source */
#define CUTOFF 0.46  /* of the lower rate: images begin at half of it */
#define BETA 8.0     /* of the Kaiser window: 80 dB */
#define OUT_SAMPLES 1024

#define JOIN_SAMPLES (AC_GRID_SAMPLE_RATE * 40 / 1000)
#define SMOOTH_S 1.0   /* timestamps tremble: the error is looked at over that time */
#define CORRECT_S 4.0  /* and made up for in about that; critically damped with it */
#define MAX_BEND 0.005 /* of the rate */

#ifdef __x86_64__
#define WIDE __attribute__ ((target_clones ("default", "arch=x86-64-v3")))
#else
#define WIDE
#endif

struct _AcSoundRate {
  AcSoundRateOut out;
  gpointer user_data;

  guint rate; /* of the source; 0: nothing came yet */
  guint taps;
  gfloat filter[PHASES + 1][MAX_TAPS];

  GArray *waiting; /* gfloat: samples of the source that are still needed */
  gdouble at;      /* in them, of the next sample of ours */
  gint64 next;     /* its number, at 48 kHz on the monotonic clock */
  gdouble error;   /* in samples of ours, smoothed */
  gint64 last_error_us;
  gboolean broken; /* the next that is given joins nothing */
};

AcSoundRate *
ac_sound_rate_new (AcSoundRateOut out, gpointer user_data)
{
  AcSoundRate *self = g_new0 (AcSoundRate, 1);

  self->out = out;
  self->user_data = user_data;
  self->waiting = g_array_new (FALSE, FALSE, sizeof (gfloat));
  return self;
}

void
ac_sound_rate_free (AcSoundRate *self)
{
  g_array_unref (self->waiting);
  g_free (self);
}

/* Modified Bessel function of the first kind and order 0, by its series. */
static gdouble
bessel (gdouble x)
{
  gdouble sum = 1.0, term = 1.0;

  for (guint k = 1; k < 40; k++) {
    term *= x / (2.0 * k) * (x / (2.0 * k));
    sum += term;
  }
  return sum;
}

/* The filter's value @x samples of the source from its middle. */
static gdouble
filter_at (gdouble x, gdouble cutoff, gdouble half)
{
  gdouble within = 1.0 - x / half * (x / half);
  gdouble angle = 2.0 * G_PI * cutoff * x;
  gdouble sinc = fabs (angle) < 1e-9 ? 1.0 : sin (angle) / angle;

  if (within <= 0.0)
    return 0.0;
  return 2.0 * cutoff * sinc * bessel (BETA * sqrt (within)) / bessel (BETA);
}

static void
design (AcSoundRate *self, guint rate)
{
  gdouble narrow = MIN (1.0, (gdouble)AC_GRID_SAMPLE_RATE / rate);
  guint half;

  self->rate = rate;
  self->taps = (guint)ceil (TAPS / narrow / 8.0) * 8;
  half = self->taps / 2;
  for (guint phase = 0; phase <= PHASES; phase++) {
    gdouble sum = 0.0;

    for (guint i = 0; i < self->taps; i++) {
      gdouble x = (gdouble)i - (half - 1) - (gdouble)phase / PHASES;

      self->filter[phase][i] = (gfloat)filter_at (x, CUTOFF * narrow, half);
      sum += self->filter[phase][i];
    }
    for (guint i = 0; i < self->taps; i++) /* silence between phases is silent */
      self->filter[phase][i] /= (gfloat)sum;
  }
}

/* Sound begins at @due, with nothing before it. */
static void
restart (AcSoundRate *self, gint64 due)
{
  const guint before = self->taps / 2 - 1;

  g_array_set_size (self->waiting, before);
  memset (self->waiting->data, 0, before * sizeof (gfloat));
  self->at = before;
  self->next = due;
  self->error = 0.0;
  self->broken = TRUE;
}

/* Returns: by how much @due, of the block that comes, is later than where the sound
 * before it ends; in samples of ours. */
static gdouble
error_of (const AcSoundRate *self, gdouble due)
{
  gdouble left = self->waiting->len - self->at; /* samples of the source */

  return due - (gdouble)self->next - left * AC_GRID_SAMPLE_RATE / self->rate;
}

/* Eight at a time: these are the most costly lines of the worker's own. */
typedef gfloat Lanes __attribute__ ((vector_size (8 * sizeof (gfloat)), aligned (4)));

WIDE static gfloat
convolve (const gfloat *samples, const gfloat *low, const gfloat *high, gfloat part,
          guint taps)
{
  Lanes sums = { 0 };

  for (guint i = 0; i < taps; i += 8) {
    const Lanes from = *(const Lanes *)(low + i), to = *(const Lanes *)(high + i);

    sums += *(const Lanes *)(samples + i) * (from + part * (to - from));
  }
  return (sums[0] + sums[4]) + (sums[1] + sums[5]) + (sums[2] + sums[6]) +
         (sums[3] + sums[7]);
}

/* One sample of ours. */
static gint16
interpolate (const AcSoundRate *self)
{
  const gfloat *samples = (const gfloat *)self->waiting->data;
  gsize whole = (gsize)self->at;
  gdouble phase = (self->at - (gdouble)whole) * PHASES;
  guint low = MIN ((guint)phase, PHASES - 1);
  gfloat value = convolve (samples + whole - (self->taps / 2 - 1), self->filter[low],
                           self->filter[low + 1], (gfloat)(phase - low), self->taps);

  return (gint16)lrintf (CLAMP (value, (gfloat)G_MININT16, (gfloat)G_MAXINT16));
}

static void
give (AcSoundRate *self, const gint16 *samples, gsize n_samples)
{
  gint64 first = self->next - (gint64)n_samples;

  if (n_samples == 0)
    return;
  self->out (samples, n_samples, first * 1000 / (AC_GRID_SAMPLE_RATE / 1000),
             self->broken, self->user_data);
  self->broken = FALSE;
}

/* Plays what can be played without knowing what comes. @step: samples of the source to
 * one of ours */
static void
play (AcSoundRate *self, gdouble step)
{
  gint16 samples[OUT_SAMPLES];
  gsize n = 0, keep;

  while (self->at + self->taps / 2 < self->waiting->len) {
    samples[n++] = interpolate (self);
    self->at += step;
    self->next++;
    if (n == OUT_SAMPLES) {
      give (self, samples, n);
      n = 0;
    }
  }
  give (self, samples, n);
  keep = (gsize)self->at - (self->taps / 2 - 1);
  g_array_remove_range (self->waiting, 0, (guint)MIN (keep, self->waiting->len));
  self->at -= (gdouble)keep;
}

static void
append (AcSoundRate *self, const gint16 *samples, gsize n_samples)
{
  guint old = self->waiting->len;

  g_array_set_size (self->waiting, old + (guint)n_samples);
  for (gsize i = 0; i < n_samples; i++)
    ((gfloat *)self->waiting->data)[old + i] = samples[i];
}

void
ac_sound_rate_push (AcSoundRate *self, const gint16 *samples, gsize n_samples,
                    guint rate, gint64 due_us, gboolean discontinuity)
{
  gdouble due = (gdouble)due_us * AC_GRID_SAMPLE_RATE / G_USEC_PER_SEC;
  gdouble bend, error;

  if (rate < AC_SOUND_RATE_MIN || rate > AC_SOUND_RATE_MAX || due_us < 0 ||
      n_samples == 0 || n_samples > rate)
    return;
  if (rate != self->rate) {
    design (self, rate);
    discontinuity = TRUE;
  }
  error = discontinuity ? 0.0 : error_of (self, due);
  if (discontinuity || fabs (error) > JOIN_SAMPLES) {
    restart (self, (gint64)llrint (due));
    error = 0.0;
  }
  self->last_error_us = (gint64)(error * G_USEC_PER_SEC / AC_GRID_SAMPLE_RATE);
  self->error +=
      (error - self->error) * MIN (1.0, (gdouble)n_samples / rate / SMOOTH_S);
  bend = self->error / (CORRECT_S * AC_GRID_SAMPLE_RATE);
  append (self, samples, n_samples);
  play (self, (gdouble)rate / AC_GRID_SAMPLE_RATE *
                  (1.0 - CLAMP (bend, -MAX_BEND, MAX_BEND)));
}

gint64
ac_sound_rate_error_us (AcSoundRate *self)
{
  return self->last_error_us;
}
