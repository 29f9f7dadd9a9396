/* flv_tag.h - what is inside an FLV tag.
 *
 * Adobe Video File Format Specification 10.1, E.4.2 and E.4.3, with AVC (7) and AAC
 * (10) of its codecs; and the extended headers of Enhanced RTMP v2 with a FourCC: avc1,
 * hvc1, av01, vp09; mp4a, Opus. Of several tracks in one tag the default (0) is taken.
 * Bodies come from strangers: nothing is passed on whose lengths do not fit each other.
 *
 * Threads:   any; no state.
 * Ownership: payloads are slices of the tag's body. */
#pragma once

#include "codec.h"
#include "wire.h"

typedef enum {
  AC_FLV_IGNORED, /* nothing for us: a command, an empty packet, other metadata */
  AC_FLV_BROKEN,  /* lengths that contradict each other */
  AC_FLV_REFUSED, /* a codec that is not ours, see `name` */
  AC_FLV_VIDEO_CONFIG,
  AC_FLV_VIDEO_FRAME,
  AC_FLV_AUDIO_CONFIG,
  AC_FLV_AUDIO_FRAME,
  AC_FLV_METADATA,
} AcFlvKind;

typedef struct {
  AcCodec codec;            /* of a CONFIG or FRAME */
  GBytes *data;             /* configuration, access unit or frame of sound */
  gboolean keyframe;        /* of a VIDEO_FRAME */
  gint32 composition_ms;    /* of a VIDEO_FRAME: presentation minus decode time */
  guint32 frames_per_1000s; /* of METADATA: 0 when it does not say */
  gchar name[16];           /* of what is REFUSED, for a person; printable */
} AcFlvPacket;

AcFlvKind ac_flv_packet_read (const AcFlvTag *tag, AcFlvPacket *ret_packet);
void ac_flv_packet_clear (AcFlvPacket *packet);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcFlvPacket, ac_flv_packet_clear)
