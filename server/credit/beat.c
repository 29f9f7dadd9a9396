#include "beat.h"

gboolean
ac_beat_is_valid (const AcBeat *beat)
{
  return beat->seq >= 1 && beat->seq <= AC_BEAT_SEQ_MAX && beat->from_ms >= 0 &&
         beat->from_ms <= beat->to_ms && beat->to_ms <= AC_BEAT_MEDIA_MAX_MS &&
         beat->rate_permille >= 0 && beat->rate_permille <= AC_BEAT_RATE_MAX_PERMILLE &&
         (beat->mode == AC_BEAT_VIDEO || beat->mode == AC_BEAT_AUDIO ||
          beat->mode == AC_BEAT_ROOM);
}
