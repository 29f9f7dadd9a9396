/* rtmp_chunk.h - cuts the bytes of an RTMP chunk stream into messages, and back.
 * (Adobe's RTMP specification 1.0, section 5.3 and 5.4.)
 *
 * No I/O: bytes in, messages out. Set-chunk-size and abort, the two messages that
 * concern the chunk stream itself, are obeyed here and not handed on.
 *
 * Limits: AC_RTMP_MAX_CHUNK_STREAMS chunk streams in use, AC_RTMP_MAX_UNFINISHED_BYTES
 * announced by messages that have begun and not ended, and a length for each kind of
 * message. Memory grows with the bytes that came, not with those announced.
 *
 * Threads: one at a time. */
#pragma once

#include <glib.h>

#define AC_RTMP_MAX_CHUNK_STREAMS 64
#define AC_RTMP_MAX_MEDIA_BYTES (4 * 1024 * 1024)
#define AC_RTMP_MAX_DATA_BYTES (256 * 1024)
#define AC_RTMP_MAX_COMMAND_BYTES (64 * 1024)
#define AC_RTMP_MAX_UNFINISHED_BYTES (2 * AC_RTMP_MAX_MEDIA_BYTES)

typedef enum {
  AC_RTMP_SET_CHUNK_SIZE = 1,
  AC_RTMP_ABORT = 2,
  AC_RTMP_ACKNOWLEDGEMENT = 3,
  AC_RTMP_USER_CONTROL = 4,
  AC_RTMP_WINDOW_ACK_SIZE = 5,
  AC_RTMP_SET_PEER_BANDWIDTH = 6,
  AC_RTMP_AUDIO = 8,
  AC_RTMP_VIDEO = 9,
  AC_RTMP_DATA_AMF3 = 15,
  AC_RTMP_COMMAND_AMF3 = 17,
  AC_RTMP_DATA = 18,
  AC_RTMP_COMMAND = 20,
  AC_RTMP_AGGREGATE = 22,
} AcRtmpMessageType;

typedef enum {
  AC_RTMP_ERROR_PROTOCOL,    /* what came is not RTMP */
  AC_RTMP_ERROR_LIMIT,       /* it is, but too much of it */
  AC_RTMP_ERROR_UNSUPPORTED, /* it asks for something that is not done here */
} AcRtmpError;
#define AC_RTMP_ERROR (ac_rtmp_error_quark ())
GQuark ac_rtmp_error_quark (void);

typedef struct {
  guint8 type;          /* AcRtmpMessageType, or one unknown */
  guint32 stream;       /* message stream id */
  guint32 timestamp_ms; /* absolute */
  GBytes *body;
} AcRtmpMessage;

void ac_rtmp_message_clear (AcRtmpMessage *self);

typedef struct _AcRtmpChunkReader AcRtmpChunkReader;

AcRtmpChunkReader *ac_rtmp_chunk_reader_new (void);
void ac_rtmp_chunk_reader_free (AcRtmpChunkReader *self);

/* Reads up to the end of the next message.
 *
 * @ret_used: how many of the @size bytes were taken; all, unless a message ended
 * @ret_message: (out): a message to be cleared by the caller, its body NULL when none
 *   has ended yet
 * Errors: PROTOCOL, LIMIT; the reader is useless after one. */
gboolean ac_rtmp_chunk_reader_feed (AcRtmpChunkReader *self, const guint8 *data,
                                    gsize size, gsize *ret_used,
                                    AcRtmpMessage *ret_message, GError **error);

/* Appends a whole message as chunks: a full header, then continuations.
 *
 * @chunk_stream: 2 to 63
 * @chunk_size: what the peer was told last, 128 at first */
void ac_rtmp_chunk_write (GByteArray *out, guint8 chunk_stream, guint8 type,
                          guint32 stream, const GByteArray *body, gsize chunk_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRtmpChunkReader, ac_rtmp_chunk_reader_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcRtmpMessage, ac_rtmp_message_clear)
