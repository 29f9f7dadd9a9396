#include "level_meter.h"

#include <math.h>

#define LOUD_SAMPLE 33 /* -60 dBFS */
#define FULL_SCALE 32768.0

struct _AcLevelMeter {
  GMutex lock; /* guards all below */
  gdouble squares;
  guint64 n_samples;
  gint peak;
  gint64 loud_us; /* when a sample was loud last */
};

AcLevelMeter *
ac_level_meter_new (gint64 now_us)
{
  AcLevelMeter *self = g_new0 (AcLevelMeter, 1);

  g_mutex_init (&self->lock);
  self->loud_us = now_us;
  return self;
}

void
ac_level_meter_free (AcLevelMeter *self)
{
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ac_level_meter_add (AcLevelMeter *self, const gint16 *samples, gsize n_samples,
                    gint64 now_us)
{
  guint64 squares = 0; /* 2^30 a sample: no buffer of ours is near 2^34 samples */
  gint peak = 0;

  for (gsize i = 0; i < n_samples; i++) {
    gint sample = samples[i];

    squares += (guint64)(sample * sample);
    peak = MAX (peak, ABS (sample));
  }
  g_mutex_lock (&self->lock);
  self->squares += (gdouble)squares;
  self->n_samples += n_samples;
  self->peak = MAX (self->peak, peak);
  if (peak >= LOUD_SAMPLE)
    self->loud_us = now_us;
  g_mutex_unlock (&self->lock);
}

static gdouble
dbfs (gdouble amplitude)
{
  if (amplitude <= 0)
    return AC_HEALTH_SILENCE_DBFS;
  return MAX (20 * log10 (amplitude / FULL_SCALE), AC_HEALTH_SILENCE_DBFS);
}

void
ac_level_meter_read (AcLevelMeter *self, gint64 now_us, AcWireHealth *health)
{
  g_mutex_lock (&self->lock);
  health->audio_rms_dbfs =
      dbfs (self->n_samples > 0 ? sqrt (self->squares / (gdouble)self->n_samples) : 0);
  health->audio_peak_dbfs = dbfs (self->peak);
  health->audio_silent_ms = (guint32)MIN ((now_us - self->loud_us) / 1000, G_MAXUINT32);
  if (health->audio_silent_ms < 1000)
    health->audio_silent_ms = 0; /* a pause between two words */
  self->squares = 0;
  self->n_samples = 0;
  self->peak = 0;
  g_mutex_unlock (&self->lock);
}
