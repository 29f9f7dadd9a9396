#include "track_layout.h"

void
ac_track_layout_init (AcTrackLayout *self, const AcGrid *grid, const AcLadderPlan *plan,
                      guint64 start)
{
  *self = (AcTrackLayout){
    .grid = *grid,
    .plan = *plan,
    .start = start,
    .audio = plan->n_renditions,
    .followed = plan->n_renditions + 1,
    .passed = plan->n_renditions + 2,
    .n_tracks = plan->n_renditions + 3,
  };
}

const gchar *
ac_track_layout_name (const AcTrackLayout *self, guint track)
{
  return track == self->audio ? "audio" : self->plan.renditions[track].name;
}

guint
ac_track_layout_divisor (const AcTrackLayout *self, guint track)
{
  return track < self->audio ? self->plan.renditions[track].divisor : 1;
}

guint64
ac_track_layout_frame_start (const AcTrackLayout *self, guint64 frame)
{
  return self->start + frame * self->grid.ticks_per_frame;
}

gboolean
ac_track_layout_is_sound (const AcTrackLayout *self, guint track)
{
  return track == self->audio || track == self->passed;
}

guint64
ac_track_layout_frames_before (const AcTrackLayout *self, guint track,
                               const AcPlannedEpoch *epoch, guint64 frame)
{
  if (ac_track_layout_is_sound (self, track))
    return ac_media_frames_before (AC_GRID_BLOCK_TICKS, 0,
                                   ac_track_layout_frame_start (self, frame));
  return ac_media_frames_before (ac_track_layout_divisor (self, track), 0,
                                 frame - epoch->first);
}

guint
ac_track_layout_slot_samples (const AcTrackLayout *self, guint track,
                              const AcPlannedSlot *slot)
{
  guint64 first = ac_track_layout_frames_before (self, track, slot->epoch, slot->first);
  guint64 end = ac_track_layout_frames_before (self, track, slot->epoch,
                                               slot->first + slot->n_frames);

  return (guint)MAX (end - first, 1);
}

guint32
ac_track_layout_sample_duration (const AcTrackLayout *self, guint track)
{
  if (ac_track_layout_is_sound (self, track))
    return AC_GRID_BLOCK_SAMPLES;
  return ac_track_layout_divisor (self, track) * self->grid.ticks_per_frame;
}

guint64
ac_track_layout_decode_time (const AcTrackLayout *self, guint track,
                             const AcPlannedSlot *slot)
{
  if (!ac_track_layout_is_sound (self, track))
    return ac_track_layout_frame_start (self, slot->first);
  return ac_track_layout_frames_before (self, track, slot->epoch, slot->first) *
         AC_GRID_BLOCK_SAMPLES;
}

guint
ac_track_layout_list (const AcTrackLayout *self, const AcFollowedRun *followed,
                      guint *ret_places)
{
  guint n = 0;

  if (followed != NULL)
    ret_places[n++] = self->followed;
  for (guint i = 0; i < self->audio; i++)
    if (followed == NULL || (followed->left_out & (1u << i)) == 0)
      ret_places[n++] = i;
  ret_places[n++] = ac_followed_run_has_sound (followed) ? self->passed : self->audio;
  return n;
}
