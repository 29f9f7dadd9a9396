/* load_socket.h - the client's side of a WebSocket (RFC 6455), text only.
 *
 * Threads: one. */
#pragma once

#include "load_net.h"

/* @cookie: "name=value"
 * Returns: FALSE when the line does not take it. */
gboolean load_socket_ask (LoadWatch *watch, guint16 port, const gchar *path,
                          const gchar *cookie);
/* @text: up to 64 KiB
 * Returns: FALSE when the line does not take it. */
gboolean load_socket_send (LoadWatch *watch, const gchar *text);

typedef struct {
  /* @text: ends with a NUL */
  void (*message) (const gchar *text, gsize length, gpointer data);
  void (*upgraded) (guint status, gpointer data); /* 101: it is open */
} LoadSocketHandler;

typedef struct {
  gboolean open;
  GByteArray *rest;   /* of a frame that has not come whole; NULL: none */
  guint16 close_code; /* that the server sent; 0: none */
} LoadSocket;

void load_socket_reset (LoadSocket *self);
/* Reads what there is. The handler must not close @watch.
 * Returns: FALSE: the line is lost, or closed by the server. */
gboolean load_socket_read (LoadSocket *self, LoadWatch *watch,
                           const LoadSocketHandler *handler, gpointer data);
