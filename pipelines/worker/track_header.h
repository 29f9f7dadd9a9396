/* track_header.h - what a media epoch says of a track, from its decoder configuration.
 *
 * Threads: any; no state. */
#pragma once

#include "cmaf_writer.h"
#include "media_epoch.h"

/* Fill in @track, but for its name and its frame rate; the init is the caller's to
 * unref. Errors: AC_CMAF_ERROR_CONFIG. */
gboolean ac_track_describe_video (AcTrack *track, const AcCmafVideo *video,
                                  GError **error);
gboolean ac_track_describe_audio (AcTrack *track, const AcCmafAudio *audio,
                                  GError **error);
