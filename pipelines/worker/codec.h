/* codec.h - what is known of the codecs that an FLV tag may carry.
 *
 * Everything here comes from strangers: configurations and access units whose lengths
 * do not fit each other are told apart before a decoder sees them.
 *
 * Threads: any; no state. */
#pragma once

#include <gst/gst.h>

typedef enum {
  AC_CODEC_H264,
  AC_CODEC_H265,
  AC_CODEC_AV1,
  AC_CODEC_VP9,
  AC_CODEC_AAC,
  AC_CODEC_OPUS,
} AcCodec;

/* @config: H264, H265: the decoder configuration record of ISO/IEC 14496-15; AV1: that
 *          of the AV1 binding; AAC: AudioSpecificConfig; OPUS: the identification
 * header of RFC 7845; VP9: anything */
gboolean ac_codec_config_is_whole (AcCodec codec, GBytes *config);

/* @config: a whole one
 * Returns: TRUE when the lengths in @unit, an access unit, add up. */
gboolean ac_codec_unit_is_whole (AcCodec codec, GBytes *unit, GBytes *config);

/* Returns: (transfer full) (nullable): the format of a track of @codec with the whole
 * configuration @config; NULL when it contradicts itself. */
GstCaps *ac_codec_caps (AcCodec codec, GBytes *config);

/* Returns: (transfer full): @unit, a whole key frame, as a decoder can begin with it:
 * of AV1 with the sequence header, which may be in the configuration only. */
GBytes *ac_codec_complete_keyframe (AcCodec codec, GBytes *unit, GBytes *config);

/* Returns: (transfer full) (nullable): the configuration that a track's format carries.
 */
GBytes *ac_codec_config_of (GstCaps *format);
