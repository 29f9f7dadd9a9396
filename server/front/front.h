/* front.h - the public port: turns sockets into requests and back.
 *
 * HTTP/1.1 and, over TLS, HTTP/2, on libwebsockets with libev; one service thread per
 * context, connections spread by SO_REUSEPORT. Serves:
 *   /live/...            media, by the thread's own hub (server/delivery)
 *   /classroom           the WebSocket, handed to the main loop as AcPeer
 *   /api/...             handed to the main loop as AcHttpExchange
 *   /whip/..., /whep/... likewise
 *   anything else        the pages: files of @web_root, by content hash
 *
 * Threads:   made and used on the main loop; its threads are its own.
 * Ownership: ac_front_free() closes every connection and joins the threads. */
#pragma once

#include "http_exchange.h"
#include "hub.h"
#include "peer.h"

typedef struct _AcFront AcFront;

typedef enum {
  AC_FRONT_ERROR_LISTEN, /* the address cannot be bound; says which and why */
  AC_FRONT_ERROR_TLS,    /* certificate or key cannot be used */
  AC_FRONT_ERROR_PAGES,  /* the pages cannot be read */
} AcFrontError;
#define AC_FRONT_ERROR (ac_front_error_quark ())
GQuark ac_front_error_quark (void);

typedef struct {
  const gchar *listen; /* "127.0.0.1:0", "[::]:8080" */
  guint n_threads;     /* 1 or more */
  const gchar
      *certificate; /* PEM file, or NULL: no TLS. With one, TLS and plain HTTP */
  const gchar *private_key; /*   share the port; plain GETs of pages are redirected */
  const gchar *web_root;    /* folder of the built pages */
  guint max_connections;    /* 0: what the file descriptor limit allows */
  guint max_peers;          /* WebSockets; 0: max_connections */
  gboolean trust_proxy;     /* take X-Forwarded-For and -Proto from loopback peers */
} AcFrontConfig;

typedef struct {
  /* All on the main loop. @exchange: (transfer none): ref it to answer later. At most
   * 1,024 exchanges are under way; beyond that the front answers 503 itself. */
  void (*api) (AcHttpExchange *exchange, gpointer user_data);
  AcPeerHandler peer;
  /* A hub wants a snapshot of @lesson: answer with _publish() or _absent(). */
  void (*lesson_wanted) (gint64 lesson, gpointer user_data);
  /* Somebody means to send a file; @exchange has no body yet. Answered with 100 and
   * whose it is, or with a refusal. NULL: nobody may. */
  void (*upload) (AcHttpExchange *exchange, gpointer user_data);
} AcFrontHandler;

/* Errors: LISTEN, TLS, PAGES. */
AcFront *ac_front_new (const AcFrontConfig *config, AcRecordings *recordings,
                       AcDelivered *delivered, const AcMediaKey *media_key,
                       const AcFrontHandler *handler, gpointer user_data,
                       GError **error);
void ac_front_free (AcFront *self);

/* Returns: the port that was bound. */
guint16 ac_front_port (AcFront *self);

/* Hand a snapshot to every front thread. Returns at once. */
void ac_front_publish (AcFront *self, AcSnapshot *snapshot);
void ac_front_absent (AcFront *self, gint64 lesson);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcFront, ac_front_free)
