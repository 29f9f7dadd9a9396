/* flv_tag.h - what is inside an FLV tag.
 *
 * Adobe Video File Format Specification 10.1, E.4.2 and E.4.3; of its codecs AVC (7)
 * and AAC (10). Bodies come from strangers: nothing is passed on whose lengths do not
 * fit each other.
 *
 * Threads:   any; no state.
 * Ownership: payloads are slices of the tag's body. */
#pragma once

#include "wire.h"

typedef enum {
  AC_FLV_IGNORED, /* nothing for us: another codec, a command, an empty packet */
  AC_FLV_BROKEN,  /* lengths that contradict each other */
  AC_FLV_VIDEO_CONFIG,
  AC_FLV_VIDEO_FRAME,
  AC_FLV_AUDIO_CONFIG,
  AC_FLV_AUDIO_FRAME,
  AC_FLV_METADATA,
} AcFlvKind;

typedef struct {
  GBytes *data;             /* configuration, access unit or AAC frame */
  gboolean keyframe;        /* of a VIDEO_FRAME */
  gint32 composition_ms;    /* of a VIDEO_FRAME: presentation minus decode time */
  guint32 frames_per_1000s; /* of METADATA: 0 when it does not say */
} AcFlvPacket;

AcFlvKind ac_flv_packet_read (const AcFlvTag *tag, AcFlvPacket *ret_packet);
void ac_flv_packet_clear (AcFlvPacket *packet);

/* @config: of an AC_FLV_VIDEO_CONFIG
 * Returns: TRUE when the NAL unit lengths in @access_unit add up. */
gboolean ac_flv_access_unit_is_whole (GBytes *access_unit, GBytes *config);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcFlvPacket, ac_flv_packet_clear)
