/* packet.h - one access unit of a source, whatever carried it here.
 *
 * What an AcInput makes of bytes and AcSource takes. A track's format is a GstCaps,
 * given before its first packet and again whenever it changes.
 *
 * Threads: a plain value. */
#pragma once

#include <glib.h>

typedef enum { AC_SOURCE_VIDEO, AC_SOURCE_AUDIO } AcSourceTrack;

typedef struct {
  AcSourceTrack track;
  GBytes *data; /* never empty */
  /* In the source's own clock, unrepaired but unwrapped; any origin, the same for both
   * tracks. It may jump, but stays within +-2^58. */
  gint64 decode_us;
  gint64 composition_us; /* presentation minus decode time */
  gboolean keyframe;     /* of sound always TRUE */
  gboolean lost;         /* packets of this track are missing before it */
} AcPacket;
