/* flv_kind.h - what a bounded queue must know of an FLV tag to drop with sense.
 *
 * Looks at the first two bytes of the body only (Adobe Video File Format 10.1, annex
 * E.4.2.1 and E.4.3.1; Enhanced RTMP v2 for the extended headers).
 *
 * Threads: any. */
#pragma once

#include <glib.h>

typedef enum {
  AC_FLV_AUDIO,     /* by itself; also a piece of a transport stream */
  AC_FLV_VIDEO,     /* needs those before it */
  AC_FLV_VIDEO_KEY, /* decodes by itself, given the sequence header */
  AC_FLV_SETUP,     /* sequence headers and script data: never dropped */
} AcFlvKind;

static inline AcFlvKind
ac_flv_kind_of_video (const guint8 *body, gsize size)
{
  const gboolean extended = size > 0 && (body[0] & 0x80) != 0;
  const guint frame_type = size > 0 ? body[0] >> 4 & 7 : 0;
  const guint low = size > 0 ? body[0] & 15 : 0; /* packet type or codec */

  if (extended && low == 0) /* sequence start */
    return AC_FLV_SETUP;
  if (extended && low == 4) /* colour metadata: of no use to us, and no key frame */
    return AC_FLV_VIDEO;
  if (!extended && (low == 7 || low == 12) && size > 1 && body[1] == 0)
    return AC_FLV_SETUP;
  return frame_type == 1 ? AC_FLV_VIDEO_KEY : AC_FLV_VIDEO;
}

static inline AcFlvKind
ac_flv_kind_of_audio (const guint8 *body, gsize size)
{
  const guint format = size > 0 ? body[0] >> 4 : 0;

  if (format == 10 && size > 1 && body[1] == 0) /* AudioSpecificConfig */
    return AC_FLV_SETUP;
  if (format == 9 && (body[0] & 15) == 0) /* extended: sequence start */
    return AC_FLV_SETUP;
  return AC_FLV_AUDIO;
}

/* @type: 8 audio, 9 video, 18 script data, 0x47 MPEG-TS */
static inline AcFlvKind
ac_flv_kind (guint8 type, GBytes *body)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  switch (type) {
  case 0x47:
    return AC_FLV_AUDIO;
  case 8:
    return ac_flv_kind_of_audio (data, size);
  case 9:
    return ac_flv_kind_of_video (data, size);
  default:
    return AC_FLV_SETUP;
  }
}
