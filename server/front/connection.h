/* connection.h - one accepted socket, from its first byte to its end.
 *
 * Sweeps, by the thread's wheel (libwebsockets' own timers live in one sorted list,
 * which is too slow for thousands):
 *   no first request within 10 s, a body that stands still for 10 s or takes 60 s,
 *   a keep-alive connection idle for 60 s, a reader without progress for 20 s.
 *
 * Threads:   its front thread.
 * Ownership: the thread's; freed when libwebsockets destroys the wsi. */
#pragma once

#include "front_thread.h"
#include "stream.h"

#include <netinet/in.h>

#define AC_FIRST_REQUEST_S 10
#define AC_BODY_PAUSE_S 10
#define AC_BODY_TOTAL_S 60
#define AC_IDLE_S 60
#define AC_STALL_S 20

typedef struct _AcConnection AcConnection;

struct _AcConnection {
  AcWheelEntry timer;
  GList link; /* of the thread's waiting or ready queue while link.data is set */
  AcFrontThread *thread;
  struct lws *wsi; /* the network's; NULL before adoption */
  ev_io watcher;   /* first byte; hang-up while held; room while sending */
  int fd;
  gboolean tls : 1;
  gboolean h2 : 1;
  gboolean pipelined : 1; /* the next request may have come with the last one */
  gboolean doomed : 1;    /* ac_connection_doom() was called */
  guint16 n_streams;      /* of HTTP/2 */
  guint16 n_sending;      /* of them with bytes left */
  guint64 sent_bytes;     /* handed to libwebsockets, HTTP/2 only */
  guint64 progress;       /* ac_connection_progress() when last looked at */
  struct in6_addr address;
  AcStream own; /* HTTP/1: the stream; HTTP/2: marks the network connection */
};

/* Accepts what waits on the thread's socket, a bounded number at a time. */
void ac_connections_accept (AcFrontThread *thread);

void ac_connection_set_due (AcConnection *self, gint64 seconds_from_now);
void ac_connection_unset_due (AcConnection *self);
void ac_connection_expired (AcWheelEntry *entry, gpointer user_data);

/* Starts watching for the client's hang-up while its request is held. */
void ac_connection_watch_hangup (AcConnection *self);
/* Goes on sending whenever the paused connection's socket takes something. */
void ac_connection_watch_writable (AcConnection *self);
void ac_connection_unwatch (AcConnection *self);

/* After an answer: lets libwebsockets look at the next request without asking the
 * kernel first whether the socket is writable. */
void ac_connection_make_ready (AcConnection *self);
void ac_connections_serve_ready (AcFrontThread *thread);

/* Closes and frees what was accepted but never adopted. */
void ac_connection_discard (AcConnection *self);
/* The wsi is gone; called once, last. */
void ac_connection_free (AcConnection *self);

/* Drops the connection now, with what is still unsent. */
void ac_connection_abort (AcConnection *self);

/* The same at the next tick: for use in a libwebsockets callback of a body over HTTP/2,
 * from which libwebsockets 4.1.6 would read on behind its buffer. */
void ac_connection_doom (AcConnection *self);

/* HTTP/2, while no frame is half written: asks the client to stop sending @id's body,
 * RFC 9113 8.1. */
void ac_connection_reset_stream (AcConnection *self, guint32 id);

/* Returns: a figure that grows whenever the client takes something. */
guint64 ac_connection_progress (AcConnection *self);

gboolean ac_connection_is_loopback (AcConnection *self);
/* Returns: (transfer full): "192.0.2.1" or "2001:db8::1". */
gchar *ac_connection_address_text (AcConnection *self);
