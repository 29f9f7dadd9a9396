#include "followed_track.h"

#include "track_header.h"

struct _AcFollowedTrack {
  AcGrid grid;
  AcLadderPlan plan;
  AcFollowedRun *run; /* (nullable): the one under way */
  GPtrArray *runs;    /* owns all of them */
  AcSampleQueue waiting;
};

static void
run_free (gpointer data)
{
  AcFollowedRun *run = data;

  g_bytes_unref (run->source.config);
  g_clear_pointer (&run->source.sound_config, g_bytes_unref);
  g_free (run);
}

AcFollowedTrack *
ac_followed_track_new (const AcGrid *grid, const AcLadderPlan *plan)
{
  AcFollowedTrack *self = g_new0 (AcFollowedTrack, 1);

  self->grid = *grid;
  self->plan = *plan;
  self->runs = g_ptr_array_new_with_free_func (run_free);
  return self;
}

void
ac_followed_track_free (AcFollowedTrack *self)
{
  ac_sample_queue_clear (&self->waiting);
  g_ptr_array_unref (self->runs);
  g_free (self);
}

AcFollowedRun *
ac_followed_track_prepare (AcFollowedTrack *self, guint64 first,
                           const AcFollowed *source)
{
  AcFollowedRun *run = g_new0 (AcFollowedRun, 1);

  run->source = *source;
  g_bytes_ref (source->config);
  if (source->sound_config != NULL)
    g_bytes_ref (source->sound_config);
  run->first = first;
  g_snprintf (run->name, sizeof run->name, "v%u", source->height);
  for (guint i = 0; i < self->plan.n_renditions; i++)
    if (g_str_equal (self->plan.renditions[i].name, run->name))
      run->left_out |= 1u << i;
  g_ptr_array_add (self->runs, run);
  return run;
}

void
ac_followed_track_begin (AcFollowedTrack *self, AcFollowedRun *run)
{
  self->run = run;
}

void
ac_followed_track_discard (AcFollowedTrack *self, AcFollowedRun *run)
{
  g_ptr_array_remove (self->runs, run);
}

const AcFollowedRun *
ac_followed_track_run (const AcFollowedTrack *self)
{
  return self->run;
}

AcSampleQueue *
ac_followed_track_waiting (AcFollowedTrack *self)
{
  return &self->waiting;
}

gboolean
ac_followed_track_push (AcFollowedTrack *self, GBytes *data, gboolean sync,
                        gint reordering)
{
  self->run->n_pushed++;
  ac_sample_queue_push (&self->waiting, data, sync,
                        reordering * (gint32)self->grid.ticks_per_frame);
  return ac_sample_queue_length (&self->waiting) <= AC_FOLLOWED_WAITING_MAX;
}

gboolean
ac_followed_track_reaches (const AcFollowedTrack *self, guint64 end)
{
  return self->run != NULL && end > self->run->first &&
         self->run->n_pushed >= end - self->run->first;
}

void
ac_followed_track_end (AcFollowedTrack *self, guint64 end)
{
  ac_sample_queue_drop_tail (&self->waiting,
                             self->run->n_pushed - (end - self->run->first));
  self->run = NULL;
}

void
ac_followed_track_lose (AcFollowedTrack *self)
{
  self->run->lost = TRUE;
  self->run = NULL;
  ac_sample_queue_clear (&self->waiting);
}

void
ac_followed_track_finish (AcFollowedTrack *self)
{
  if (self->run != NULL)
    self->run->lost = TRUE;
}

gboolean
ac_followed_track_describe (const AcFollowedTrack *self, const AcFollowedRun *run,
                            AcTrack *track, GError **error)
{
  const AcCmafVideo video = {
    .avcc = run->source.config,
    .timescale = AC_TICKS_PER_SECOND,
    .width = run->source.width,
    .height = run->source.height,
    .target_bps = run->source.bps,
  };

  g_strlcpy (track->name, run->name, sizeof track->name);
  track->frames_per_1000s = self->grid.frame_rate * 1000;
  return ac_track_describe_video (track, &video, error);
}

gboolean
ac_followed_run_describe_sound (const AcFollowedRun *run, AcTrack *track,
                                GError **error)
{
  const AcCmafAudio audio = {
    .asc = run->source.sound_config,
    .sample_rate = AC_GRID_SAMPLE_RATE,
    .channels = run->source.sound_channels,
    .target_bps = run->source.sound_bps,
  };

  return ac_track_describe_audio (track, &audio, error);
}

gboolean
ac_followed_run_has_sound (const AcFollowedRun *run)
{
  return run != NULL && run->source.sound_config != NULL;
}
