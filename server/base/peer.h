/* peer.h - one open classroom socket, seen from the main loop.
 *
 * The front implements it over a WebSocket; the classroom only knows this interface,
 * and so do its tests. The front calls the handlers on the main loop:
 * opened, then messages, then closed, which is the last word.
 *
 * Threads:   main loop.
 * Ownership: the opener (front) owns the peer; it is valid from opened to closed.
 *            @data belongs to whoever handles it and is theirs to free at closed. */
#pragma once

#include <glib.h>

typedef struct _AcPeer AcPeer;

struct _AcPeer {
  guint64 id;          /* unique in this process */
  const gchar *cookie; /* the upgrade request's headers; valid while open */
  const gchar *origin; /* may be NULL */
  const gchar *host;   /* may be NULL */
  const gchar *query;  /* without '?', may be NULL */
  const gchar *remote_address;
  gboolean secure;
  gpointer data; /* the handler's own */

  /* Queues one text message. When more than 256 wait for a slow client, the oldest is
   * dropped unless @must_arrive, in which case the socket is closed with 1013. */
  void (*send) (AcPeer *self, GBytes *text, gboolean must_arrive);

  /* Starts the closing handshake (RFC 6455 7.4 codes); closed follows. */
  void (*close) (AcPeer *self, guint16 code, const gchar *reason);
};

typedef struct {
  void (*opened) (AcPeer *peer, gpointer user_data);
  void (*message) (AcPeer *peer, GBytes *text, gpointer user_data); /* valid UTF-8 */
  void (*closed) (AcPeer *peer, gpointer user_data);
} AcPeerHandler;
