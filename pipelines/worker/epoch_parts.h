/* epoch_parts.h - a media epoch from what its tracks are made of.
 *
 * Threads:   any.
 * Ownership: borrows all that it is made from. */
#pragma once

#include "track_layout.h"

typedef struct {
  const AcTrackLayout *layout;
  const AcFollowedTrack *pictures;
  /* By the places of @layout: AVCDecoderConfigurationRecord or AudioSpecificConfig of
   * what is encoded here. */
  GBytes *codec_data[AC_TRACK_LAYOUT_MAX];
} AcEpochParts;

/* @planned: its data is its AcFollowedRun (nullable)
 * @wall_ms: what the clock says when it begins
 * Returns: (transfer full): NULL on error. Errors: AC_CMAF_ERROR. */
AcMediaEpoch *ac_epoch_parts_join (const AcEpochParts *self,
                                   const AcPlannedEpoch *planned, gint64 wall_ms,
                                   GError **error);
