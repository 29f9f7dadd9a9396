/* stream_headers.h - what a decoder must have seen before the first frame.
 *
 * Encoders send script data and decoder configurations once, at the beginning; a worker
 * that starts later needs them again.
 *
 * Threads: one. */
#pragma once

#include "wire.h"

typedef enum {
  AC_TAG_SCRIPT,
  AC_TAG_VIDEO_CONFIG,
  AC_TAG_AUDIO_CONFIG,
  AC_TAG_MEDIA
} AcTagKind;

/* By the first bytes of an FLV tag's body (Adobe Video File Format 10.1, E.4). */
AcTagKind ac_flv_tag_kind (const AcFlvTag *tag);

typedef struct {
  GBytes *bodies[AC_TAG_MEDIA]; /* by kind; NULL: not seen */
} AcStreamHeaders;

/* Remembers @tag when it is a header. */
void ac_stream_headers_note (AcStreamHeaders *self, const AcFlvTag *tag);
/* Sends what is remembered, stamped @timestamp_ms. */
void ac_stream_headers_replay (AcStreamHeaders *self, guint32 timestamp_ms,
                               void (*send) (const AcFlvTag *tag, gpointer user_data),
                               gpointer user_data);
void ac_stream_headers_clear (AcStreamHeaders *self);
