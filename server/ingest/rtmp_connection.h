/* rtmp_connection.h - one publisher's RTMP conversation, without a socket.
 *
 * Bytes that came go in, bytes to be sent pile up in the output, and what a server
 * wants to know comes out as events. Time is the owner's business: it looks at the
 * phase and decides how long that may last.
 *
 * Phases:  HANDSHAKE -> COMMANDS -> ASKED -> LIVE -> STOPPED
 *                            \---------\--------\---> ENDING
 *
 * ASKED lasts from the publish command to the owner's answer. Bytes are not looked at
 * then: what feed() still gets is kept (AC_RTMP_CONNECTION_MAX_FEED_BYTES at most), and
 * the owner should not read more from the socket. STOPPED is a client that has
 * finished and is expected to close; rtmp2sink calls it an error when we do. In ENDING
 * the owner sends the rest of the output and closes. What comes in these two is thrown
 * away.
 *
 * Threads: one at a time. The events are emitted inside of feed() and accept(), and
 * must not free the connection. */
#pragma once

#include "rtmp_chunk.h"
#include "rtmp_server.h"

#define AC_RTMP_CONNECTION_MAX_FEED_BYTES (64 * 1024)
/* A client that makes more answers than this wait unread breaks a rule. */
#define AC_RTMP_CONNECTION_MAX_OUTPUT_BYTES (64 * 1024)
#define AC_RTMP_STREAM_KEY_MAX_BYTES 256

typedef enum {
  AC_RTMP_PHASE_HANDSHAKE,
  AC_RTMP_PHASE_COMMANDS,
  AC_RTMP_PHASE_ASKED,
  AC_RTMP_PHASE_LIVE,
  AC_RTMP_PHASE_STOPPED,
  AC_RTMP_PHASE_ENDING,
} AcRtmpPhase;

typedef struct {
  /* The client wants to publish: accept() or refuse(), not from inside. */
  void (*publish) (const gchar *stream_key, gpointer user_data);
  void (*tag) (const AcPublisherUnit *tag, gpointer user_data);
  /* It published and has stopped in good order; the phase is STOPPED. */
  void (*unpublish) (gpointer user_data);
} AcRtmpConnectionEvents;

typedef struct _AcRtmpConnection AcRtmpConnection;

AcRtmpConnection *ac_rtmp_connection_new (const AcRtmpConnectionEvents *events,
                                          gpointer user_data);
void ac_rtmp_connection_free (AcRtmpConnection *self);

AcRtmpPhase ac_rtmp_connection_phase (AcRtmpConnection *self);

/* Returns: (transfer none): bytes to be sent; the owner removes those it sent. */
GByteArray *ac_rtmp_connection_output (AcRtmpConnection *self);

/* Errors: AC_RTMP_ERROR; the connection is useless after one. */
gboolean ac_rtmp_connection_feed (AcRtmpConnection *self, const guint8 *data,
                                  gsize size, GError **error);

/* Answers in the phase ASKED; in another they do nothing.
 * accept() goes on with the bytes that were kept. Errors: as feed() */
gboolean ac_rtmp_connection_accept (AcRtmpConnection *self, GError **error);
void ac_rtmp_connection_refuse (AcRtmpConnection *self, const gchar *reason);

/* Tells a client that is LIVE that it is over, and why. */
void ac_rtmp_connection_end (AcRtmpConnection *self, const gchar *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRtmpConnection, ac_rtmp_connection_free)
