#include "epoch_parts.h"

#include "track_header.h"

/* BT.709, ISO/IEC 23091-2; the pictures are converted to it when they come in. */
#define COLOUR_BT709 1

static gboolean
describe_rendition (const AcEpochParts *self, guint index, AcTrack *track,
                    GError **error)
{
  const AcRendition *rendition = &self->layout->plan.renditions[index];
  const AcCmafVideo video = {
    .avcc = self->codec_data[index],
    .timescale = AC_TICKS_PER_SECOND,
    .width = rendition->width,
    .height = rendition->height,
    .target_bps = rendition->target_bps,
    .primaries = COLOUR_BT709,
    .transfer = COLOUR_BT709,
    .matrix = COLOUR_BT709,
  };

  g_strlcpy (track->name, rendition->name, sizeof track->name);
  track->frames_per_1000s = self->layout->grid.frame_rate * 1000 / rendition->divisor;
  return ac_track_describe_video (track, &video, error);
}

static gboolean
describe_audio (const AcEpochParts *self, const AcFollowedRun *followed, AcTrack *track,
                GError **error)
{
  const AcCmafAudio audio = {
    .asc = self->codec_data[self->layout->audio],
    .sample_rate = AC_GRID_SAMPLE_RATE,
    .channels = 1,
    .target_bps = AC_GRID_AUDIO_BPS,
  };

  g_strlcpy (track->name, "audio", sizeof track->name);
  if (ac_followed_run_has_sound (followed))
    return ac_followed_run_describe_sound (followed, track, error);
  return ac_track_describe_audio (track, &audio, error);
}

static gboolean
describe_tracks (const AcEpochParts *self, const AcFollowedRun *followed,
                 AcMediaEpoch *fields, GError **error)
{
  guint places[AC_TRACK_LAYOUT_MAX];
  gboolean good = TRUE;

  fields->n_tracks = ac_track_layout_list (self->layout, followed, places);
  for (guint i = 0; i < fields->n_tracks && good; i++) {
    AcTrack *track = &fields->tracks[i];

    if (ac_track_layout_is_sound (self->layout, places[i]))
      good = describe_audio (self, followed, track, error);
    else if (places[i] == self->layout->followed)
      good = ac_followed_track_describe (self->pictures, followed, track, error);
    else
      good = describe_rendition (self, places[i], track, error);
  }
  return good;
}

AcMediaEpoch *
ac_epoch_parts_join (const AcEpochParts *self, const AcPlannedEpoch *planned,
                     gint64 wall_ms, GError **error)
{
  const AcGrid *grid = &planned->grid;
  AcMediaEpoch *epoch = NULL;
  AcMediaEpoch fields = {
    .number = planned->number,
    .wall_start_ms = wall_ms,
    .start = ac_track_layout_frame_start (self->layout, planned->first),
    .first_msn = planned->first_msn,
    .slot_duration = grid->slot_duration,
    .slots_per_segment = grid->slots_per_segment,
    .segment_duration = grid->frames_per_segment * grid->ticks_per_frame,
    .grain = grid->ticks_per_frame,
  };

  if (describe_tracks (self, planned->data, &fields, error))
    epoch = ac_media_epoch_new (&fields);
  for (guint i = 0; i < fields.n_tracks; i++)
    g_clear_pointer (&fields.tracks[i].init, g_bytes_unref);
  return epoch;
}
