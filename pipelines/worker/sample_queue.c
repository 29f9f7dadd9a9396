#include "sample_queue.h"

static void
sample_free (gpointer data)
{
  AcCmafSample *sample = data;

  g_bytes_unref (sample->data);
  g_free (sample);
}

void
ac_sample_queue_clear (AcSampleQueue *self)
{
  g_queue_clear_full (&self->samples, sample_free);
}

void
ac_sample_queue_push (AcSampleQueue *self, GBytes *data, gboolean sync,
                      gint32 composition_offset)
{
  AcCmafSample *sample = g_new0 (AcCmafSample, 1);

  sample->data = g_bytes_ref (data);
  sample->sync = sync;
  sample->composition_offset = composition_offset;
  g_queue_push_tail (&self->samples, sample);
}

guint
ac_sample_queue_length (const AcSampleQueue *self)
{
  return self->samples.length;
}

gboolean
ac_sample_queue_starts_sync (const AcSampleQueue *self)
{
  return ((const AcCmafSample *)self->samples.head->data)->sync;
}

void
ac_sample_queue_take (AcSampleQueue *self, guint n_samples, guint32 duration,
                      AcCmafSample *ret_samples)
{
  for (guint i = 0; i < n_samples; i++) {
    AcCmafSample *sample = g_queue_pop_head (&self->samples);

    ret_samples[i] = *sample;
    ret_samples[i].duration = duration;
    g_free (sample);
  }
}

void
ac_sample_queue_drop_head (AcSampleQueue *self, guint64 n_samples)
{
  for (guint64 i = 0; i < n_samples; i++)
    sample_free (g_queue_pop_head (&self->samples));
}

void
ac_sample_queue_drop_tail (AcSampleQueue *self, guint64 n_samples)
{
  for (guint64 i = 0; i < n_samples; i++)
    sample_free (g_queue_pop_tail (&self->samples));
}
