/* encoders.h - what can encode the pictures, and with which settings: the one place.
 *
 * Every encoder is asked for the same: H.264 in avc form with a whole picture a buffer,
 * no B-frames, no look-ahead, constant bit rate with a buffer of a second, and key
 * frames only where they are forced.
 *
 * Threads: any; constants. */
#pragma once

#include <glib.h>

typedef struct {
  const gchar *element; /* of GStreamer */
  const gchar *kind;    /* "VA-API", "NVENC", "V4L2", "software" */
  const gchar *package; /* of Debian, that has it */
  gboolean hardware;
  const gchar *before; /* elements in front of it, "videoconvert ! " */
  const gchar *settings;
  const gchar *bitrate, *bitrate_end; /* what stands around the figure */
  guint bits_per_unit;                /* 1 or 1,000 */
  const gchar *after;                 /* elements behind it */
  const gchar *profile;               /* ",profile=high"; NULL: as it likes */
} AcEncoder;

/* The one that every machine has, and the last resort. */
#define AC_ENCODER_FALLBACK "x264enc"

/* Returns: all of them, the best first; ends with element NULL. */
const AcEncoder *ac_encoders (void);
/* Returns: (nullable): NULL: no such encoder. "" is the fallback. */
const AcEncoder *ac_encoder_find (const gchar *element);

/* Returns: (transfer full): for gst_parse_launch(): raw I420 in, packets out.
 * @name: what the element is to be called */
gchar *ac_encoder_describe (const AcEncoder *self, const gchar *name,
                            guint32 bits_per_second);
