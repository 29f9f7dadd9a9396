#include "sound_ring.h"

#include "grid.h"

#include <string.h>

#define CAPACITY (3 * AC_GRID_SAMPLE_RATE)
#define JOIN_SAMPLES (AC_GRID_SAMPLE_RATE * 25 / 1000)

struct _AcSoundRing {
  GMutex lock;
  gboolean started;
  gint64 read;     /* number of the next sample to be read */
  gint64 write;    /* one past the last one written; never below read once started */
  gint64 shift_us; /* how much later its reader's clock goes than at the start */
  gboolean line;   /* a source's sound ends at write, more may be joined to it */
  gint16 samples[CAPACITY]; /* sample n is at n modulo CAPACITY; zero from write on */
};

AcSoundRing *
ac_sound_ring_new (void)
{
  AcSoundRing *self = g_new0 (AcSoundRing, 1);

  g_mutex_init (&self->lock);
  return self;
}

void
ac_sound_ring_free (AcSoundRing *self)
{
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gint64
sample_at (gint64 time_us)
{
  return time_us * (AC_GRID_SAMPLE_RATE / 1000) / 1000;
}

/* Copies to or from the ring, in one or two pieces. @samples NULL: zeros. */
static void
put (AcSoundRing *self, gint64 number, const gint16 *samples, gsize n_samples)
{
  while (n_samples > 0) {
    gsize at = (gsize)(number % CAPACITY);
    gsize run = MIN (n_samples, CAPACITY - at);

    if (samples != NULL) {
      memcpy (self->samples + at, samples, run * sizeof *samples);
      samples += run;
    } else {
      memset (self->samples + at, 0, run * sizeof *self->samples);
    }
    number += (gint64)run;
    n_samples -= run;
  }
}

/* Reading stands at @number; what lies before it becomes silence again. */
static void
advance (AcSoundRing *self, gint64 number)
{
  gint64 stale = MIN (number, self->write) - self->read;

  if (stale > 0)
    put (self, self->read, NULL, (gsize)MIN (stale, CAPACITY));
  self->read = number;
  if (self->write < number) {
    self->write = number;
    self->line = FALSE;
  }
}

void
ac_sound_ring_write (AcSoundRing *self, const gint16 *samples, gsize n_samples,
                     gint64 due_us, gboolean discontinuity)
{
  gint64 at, end;

  if (due_us < 0 || n_samples > CAPACITY)
    return;
  g_mutex_lock (&self->lock);
  at = sample_at (due_us - self->shift_us);
  if (!discontinuity && self->line && ABS (at - self->write) <= JOIN_SAMPLES)
    at = self->write;
  end = at + (gint64)n_samples;
  if (!self->started && end - self->read > CAPACITY)
    advance (self, end - CAPACITY);
  if (at < self->read) { /* its time has passed */
    gint64 late = MIN (self->read - at, (gint64)n_samples);

    samples += late;
    at += late;
  }
  if (at < end && end <= self->read + CAPACITY) {
    if (end < self->write) /* a line that was broken backwards is cut off here */
      put (self, end, NULL, (gsize)(self->write - end));
    put (self, at, samples, (gsize)(end - at));
    self->write = end;
    self->line = TRUE;
  }
  g_mutex_unlock (&self->lock);
}

void
ac_sound_ring_start (AcSoundRing *self, gint64 start_us)
{
  gint64 start = sample_at (start_us);

  g_mutex_lock (&self->lock);
  if (start < self->read) { /* older than all that was kept */
    put (self, 0, NULL, CAPACITY);
    self->read = self->write = start;
    self->line = FALSE;
  }
  advance (self, start);
  self->started = TRUE;
  g_mutex_unlock (&self->lock);
}

gsize
ac_sound_ring_read (AcSoundRing *self, gint16 *ret_samples, gsize n_samples)
{
  gsize got;

  g_mutex_lock (&self->lock);
  got = (gsize)CLAMP (self->write - self->read, 0, (gint64)n_samples);
  for (gsize i = 0; i < n_samples; i++)
    ret_samples[i] = i < got ? self->samples[(self->read + (gint64)i) % CAPACITY] : 0;
  advance (self, self->read + (gint64)n_samples);
  g_mutex_unlock (&self->lock);
  return got;
}

void
ac_sound_ring_shift (AcSoundRing *self, gint64 delta_us)
{
  g_mutex_lock (&self->lock);
  self->shift_us += delta_us;
  g_mutex_unlock (&self->lock);
}

void
ac_sound_ring_skip (AcSoundRing *self, guint64 n_samples)
{
  g_mutex_lock (&self->lock);
  advance (self, self->read + (gint64)n_samples);
  g_mutex_unlock (&self->lock);
}

guint64
ac_sound_ring_length (AcSoundRing *self)
{
  gint64 samples;

  g_mutex_lock (&self->lock);
  samples = MAX (self->write - self->read, 0);
  g_mutex_unlock (&self->lock);
  return (guint64)samples;
}
