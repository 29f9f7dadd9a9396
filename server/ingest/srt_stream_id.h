/* srt_stream_id.h - what an SRT caller says that it wants.
 *
 * Two forms: a plain stream key, and the keyed form of the SRT access control guide,
 * "#!::r=LESSON,m=publish,u=KEY", its members in any order. `u` is the stream key, `r`
 * the lesson's number (not needed, for the key says it too), `m` must be "publish" (the
 * guide's default is "request"), `t` must be "stream" when it is there; what else there
 * is (h, s, our own or another's) is ignored. Callers that send the "#" percent-encoded
 * have the whole decoded.
 *
 * Threads: any; no state. */
#pragma once

#include <glib.h>

#define AC_SRT_STREAM_ID_MAX_BYTES 512 /* the protocol's own limit */
#define AC_SRT_KEY_MAX_BYTES 128

/* Codes of the SRT access control guide (access_control.h of libsrt), by which callers
 * learn why. */
typedef enum {
  AC_SRT_ADMITTED = 0,
  AC_SRT_BAD_REQUEST = 1400,  /* a stream id that is not one */
  AC_SRT_UNAUTHORIZED = 1401, /* no such stream key */
  AC_SRT_OVERLOAD = 1402,     /* too many callers, or wrong keys of this one */
  AC_SRT_FORBIDDEN = 1403,    /* the key is another lesson's */
  AC_SRT_NOT_FOUND = 1404,    /* no such lesson, or it has ended */
  AC_SRT_BAD_MODE = 1405,     /* not m=publish */
  AC_SRT_CONFLICT = 1409,     /* another encoder publishes this lesson */
  AC_SRT_MEDIA_TYPE = 1415,   /* not t=stream */
  AC_SRT_INTERNAL = 1500,     /* a fault of the server */
  AC_SRT_DOWN = 1503,         /* the server is stopping */
  AC_SRT_VERSION = 1505,      /* a caller older than SRT 1.3 */
} AcSrtVerdict;

typedef struct {
  gchar key[AC_SRT_KEY_MAX_BYTES + 1];
  gint64 lesson; /* 0: not named */
} AcSrtStreamId;

/* @text: may be NULL, of any bytes
 * @ret_id: filled in when ADMITTED is returned, which says nothing of the key yet */
AcSrtVerdict ac_srt_stream_id_parse (const gchar *text, AcSrtStreamId *ret_id);

/* Returns: (transfer none): one English clause for the log. */
const gchar *ac_srt_verdict_text (AcSrtVerdict verdict);
