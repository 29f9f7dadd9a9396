#include "track_header.h"

gboolean
ac_track_describe_video (AcTrack *track, const AcCmafVideo *video, GError **error)
{
  g_autofree gchar *codecs = ac_cmaf_codecs_video (video->avcc, error);

  if (codecs == NULL)
    return FALSE;
  g_strlcpy (track->codecs, codecs, sizeof track->codecs);
  track->kind = AC_TRACK_VIDEO;
  track->timescale = video->timescale;
  track->width = video->width;
  track->height = video->height;
  track->target_bps = video->target_bps;
  track->init = ac_cmaf_init_video (video, error);
  return track->init != NULL;
}

gboolean
ac_track_describe_audio (AcTrack *track, const AcCmafAudio *audio, GError **error)
{
  g_autofree gchar *codecs = ac_cmaf_codecs_audio (audio->asc, error);

  if (codecs == NULL)
    return FALSE;
  g_strlcpy (track->codecs, codecs, sizeof track->codecs);
  track->kind = AC_TRACK_AUDIO;
  track->timescale = audio->sample_rate;
  track->channels = audio->channels;
  track->target_bps = audio->target_bps;
  track->init = ac_cmaf_init_audio (audio, error);
  return track->init != NULL;
}
