/* stream_headers.h - what a decoder must have seen before the first frame.
 *
 * Encoders send script data and decoder configurations once, at the beginning; a worker
 * that starts later needs them again.
 *
 * Threads: one. */
#pragma once

#include "wire.h"

enum { AC_STREAM_SCRIPT, AC_STREAM_VIDEO, AC_STREAM_AUDIO, AC_STREAM_N_HEADERS };

typedef struct {
  GBytes *bodies[AC_STREAM_N_HEADERS]; /* the newest of each; NULL: not seen */
} AcStreamHeaders;

/* Remembers @tag when it is a header. */
void ac_stream_headers_note (AcStreamHeaders *self, const AcFlvTag *tag);
/* Sends what is remembered, stamped @timestamp_ms. */
void ac_stream_headers_replay (AcStreamHeaders *self, guint32 timestamp_ms,
                               void (*send) (const AcFlvTag *tag, gpointer user_data),
                               gpointer user_data);
void ac_stream_headers_clear (AcStreamHeaders *self);
