/* peer_socket.h - a WebSocket as the main loop's AcPeer.
 *
 * Limits: a message of 8 KiB in, 256 messages waiting out (the oldest that may be lost
 * is dropped; when all must arrive the socket is closed with 1013), 32 messages on
 * their way to the main loop (then the socket is not read until it catches up).
 * A socket that says nothing for 40 s is pinged, and dropped after 80 s.
 *
 * Threads:   the functions here: its front thread. The AcPeer in it: main loop.
 * Ownership: reference counted (atomic): one for the front thread, one for the main
 *            loop, one for each task on its way. */
#pragma once

#include "head.h"

typedef struct _AcPeerSocket AcPeerSocket;

#define AC_PEER_MESSAGE_MAX_BYTES 8192
#define AC_PEER_QUEUE_MAX 256
#define AC_PEER_INFLIGHT_MAX 32
#define AC_PEER_PING_S 40
#define AC_PEER_SILENT_S 80
#define AC_PEER_CHECK_S 20

/* Returns: 0 when @stream's request may become a classroom socket, or the status to
 * refuse it with. */
guint ac_peer_socket_refusal (AcStream *stream, const AcHead *head);

/* Captures the upgrade's header. Returns: (nullable): NULL when there are too many. */
AcPeerSocket *ac_peer_socket_new (AcStream *stream, const AcHead *head);

void ac_peer_socket_established (AcPeerSocket *self);
/* These return what the callback returns. */
int ac_peer_socket_receive (AcPeerSocket *self, const guint8 *data, gsize length);
int ac_peer_socket_writable (AcPeerSocket *self);
void ac_peer_socket_pong (AcPeerSocket *self);
/* The wheel's turn. Returns: FALSE when the socket is to be dropped. */
gboolean ac_peer_socket_check (AcPeerSocket *self);
/* The wsi is gone; drops the front thread's reference. */
void ac_peer_socket_gone (AcPeerSocket *self);

/* On the main loop, when the front is freed: every open peer hears closed. */
void ac_peer_sockets_close_all (AcFrontShared *shared);
