/* wire_link.h - the socket to the daemon.
 *
 * Reads frames on the main loop; sends from any thread through a bounded queue that the
 * main loop empties. A daemon that reads nothing for 5 s while something waits, or
 * 32 MiB that wait, is a failure.
 *
 * Threads:   main loop, except ac_wire_link_send() and _unsent_bytes().
 * Ownership: owns the descriptor. */
#pragma once

#include "wire.h"

typedef struct _AcWireLink AcWireLink;

typedef struct {
  void (*frame) (AcWireType type, GBytes *payload, gpointer user_data);
  /* The last call. @error: NULL when the daemon closed the connection. */
  void (*closed) (const GError *error, gpointer user_data);
  /* All that was sent is written, after it was not. */
  void (*drained) (gpointer user_data);
} AcWireLinkHandler;

/* @fd: a stream socket. Errors: G_IO_ERROR. */
AcWireLink *ac_wire_link_new (gint fd, const AcWireLinkHandler *handler,
                              gpointer user_data, GError **error);
void ac_wire_link_free (AcWireLink *self);

/* Queues a whole frame; never blocks. @frame: (transfer full) */
void ac_wire_link_send (AcWireLink *self, GBytes *frame);
/* Returns: how much waits to be written. */
gsize ac_wire_link_unsent_bytes (AcWireLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWireLink, ac_wire_link_free)
