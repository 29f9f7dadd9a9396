/* viewings.h - the browsers that watch one lesson by a connection of its worker: which
 * number is whose. They end with the worker.
 *
 * Threads:   main loop.
 * Ownership: plain. */
#pragma once

#include "wire.h"

typedef struct _AcViewings AcViewings;

typedef struct {
  /* See AcWireViewer. */
  void (*state) (gpointer owner, const AcWireSourceState *state);
  /* Its worker is gone, or the lesson over; not after FAILED or ENDED. @reason: one
   * clause */
  void (*closed) (gpointer owner, const gchar *reason);
} AcViewingHandler;

AcViewings *ac_viewings_new (void);
/* Those that are left are not told. */
void ac_viewings_free (AcViewings *self);

/* @handler: static. Returns: its number, never 0. */
guint32 ac_viewings_add (AcViewings *self, const AcViewingHandler *handler,
                         gpointer owner);
/* Its owner is done with it. Returns: whether it was there. */
gboolean ac_viewings_remove (AcViewings *self, guint32 number);
/* What the worker says. FAILED and ENDED are its last word: the number is nobody's
 * then. */
void ac_viewings_state (AcViewings *self, const AcWireSourceState *state);
/* All end: closed(). */
void ac_viewings_close (AcViewings *self, const gchar *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcViewings, ac_viewings_free)
