/* stream.h - one request and its answer: an HTTP/1 connection's, one after another, or
 * one of HTTP/2's.
 *
 *   IDLE ──request──▶ (answered at once) ──────────────┐
 *     │                                                ▼
 *     ├─▶ HELD (hub) ──answered────────────────▶ SENDING ──all written──▶ IDLE
 *     ├─▶ BODY ──complete──▶ CALL (main loop) ──▶      │
 *     ├─▶ DRAIN: refused with its body on the way      └─error─▶ closed
 *     └─▶ PEER: a WebSocket from here on
 *
 * DRAIN over HTTP/2: the answer is followed by RST_STREAM (NO_ERROR), RFC 9113 8.1,
 * and the stream is kept, reading what was on its way, until the body is whole or
 * nothing comes for AC_BODY_PAUSE_S. libwebsockets 4.1.6 must not lose it before: it
 * sends no RST_STREAM, so that a client without window waits for ever; it answers DATA
 * of a stream that is gone by ending the connection; and it keeps a pointer to the
 * stream whose frame is half read. Till then it counts as one of its connection's 24
 * streams. Who sends AC_HTTP_UPLOAD_MAX_BYTES after a refusal loses the connection.
 *
 * HTTP/1 stays unread in HELD, CALL and SENDING (flow control): libwebsockets reads
 * only in the states where it parses, and its loop would spin on a pipelined request,
 * or on the end of the stream, that nobody reads.
 *
 * Threads:   its front thread.
 * Ownership: HTTP/1: embedded in its connection; HTTP/2: its own wsi's. */
#pragma once

#include "front_thread.h"
#include "reply.h"

typedef enum {
  AC_STREAM_IDLE,
  AC_STREAM_HELD,
  AC_STREAM_BODY,
  AC_STREAM_CALL,
  AC_STREAM_DRAIN,
  AC_STREAM_SENDING,
  AC_STREAM_PEER,
} AcStreamState;

typedef struct _AcStream AcStream;
struct _AcConnection;

struct _AcStream {
  struct _AcConnection *connection;
  struct lws *wsi;
  AcStreamState state;
  gboolean h2 : 1;
  gboolean head_only : 1;   /* HEAD */
  gboolean http10 : 1;      /* HTTP/1.0 */
  gboolean keep_alive : 1;  /* as libwebsockets understands the request */
  gboolean close_after : 1; /* whatever the request said */
  gboolean paused : 1;      /* not reading */
  gboolean body_follows : 1;
  gboolean expects : 1;    /* an invitation to send its body */
  gboolean must_reset : 1; /* HTTP/2: RST_STREAM is still to be sent */
  guint32 id;              /* HTTP/2: known once it has answered */
  gint64 body_began_s;
  gsize body_bytes; /* that will come, by its header */
  gsize drained_bytes;
  AcMediaWait wait;
  GByteArray *incoming;     /* a request's body so far */
  struct _AcUpload *upload; /* it is long; NULL: it is not */
  GByteArray *pending_head; /* HTTP/2: LWS_PRE and the rendered header */
  GBytes *body;             /* being sent */
  gsize offset;
  struct _AcApiCall *call;
  struct _AcPeerSocket *peer;
};

/* Returns: the stream of @wsi, made when @wsi is a new stream of HTTP/2. */
AcStream *ac_stream_of (struct lws *wsi, void *user);
/* @wsi is being destroyed. */
void ac_stream_gone (AcStream *self);

/* These return what a libwebsockets callback returns: 0, or -1 to close. */
int ac_stream_request (AcStream *self, const gchar *path, gsize length);
int ac_stream_body (AcStream *self, const guint8 *data, gsize length);
int ac_stream_body_complete (AcStream *self);
int ac_stream_writable (AcStream *self);

/* Answers; takes @reply's body. For use in a libwebsockets callback of this stream. */
int ac_stream_reply (AcStream *self, AcReply *reply);
/* The same outside of its callbacks. */
void ac_stream_reply_later (AcStream *self, AcReply *reply);

/* Outside of its callbacks: a file was asked about, and has its place now (@refusal
 * NULL), or may not come. Takes @refusal's body. */
void ac_stream_upload_answered (AcStream *self, AcReply *refusal);
/* It comes too slowly to keep its place. */
void ac_stream_upload_late (AcStream *self);

/* Stops reading while the answer is made elsewhere. */
void ac_stream_pause (AcStream *self);

/* AcHubHandler.answered */
void ac_stream_media_answered (AcMediaWait *wait, AcMediaAnswer *answer,
                               gpointer unused);
