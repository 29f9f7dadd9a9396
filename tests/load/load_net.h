/* load_net.h - non-blocking sockets to the server under load, and the epoll set that
 * they are watched by.
 *
 * Threads: one. */
#pragma once

#include <glib.h>

typedef struct _LoadWatch LoadWatch;

/* Embedded first in whatever has a socket. It stays where it is: an event of a socket
 * that is closed already may still come in the same turn. */
struct _LoadWatch {
  /* @events: of epoll */
  void (*ready) (LoadWatch *self, guint32 events);
  int fd; /* -1: none */
};

typedef struct {
  int epoll;
  guint16 port; /* of the server, on 127.0.0.1 */
} LoadNet;

/* Raises the limit of descriptors to the hard one. */
void load_net_init (LoadNet *self, guint16 port);

/* Begins to connect; @watch hears when it can be written to, or of an error.
 * @host: of 127.0.0.0/8, the last number of the address that it comes from
 * Returns: FALSE: refused at once, and nothing was opened. */
gboolean load_net_connect (LoadNet *self, LoadWatch *watch, guint host);
/* Connected: from now on @watch hears what there is to read.
 * Returns: FALSE: the connection has failed; it is still to be closed. */
gboolean load_net_connected (LoadNet *self, LoadWatch *watch);
void load_net_close (LoadWatch *watch);

/* Returns: FALSE when it does not take all of it at once. Such short messages fit any
 * line that is not dead. */
gboolean load_net_send (LoadWatch *watch, gconstpointer data, gsize length);

void load_net_turn (LoadNet *self, gint timeout_ms);

gint64 load_now_us (void);
