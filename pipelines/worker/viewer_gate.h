/* viewer_gate.h - which pictures a viewer gets.
 *
 * AcViewerRungs chooses the rung of the ladder for all: the highest that is encoded.
 * AcViewerGate lets through what one viewer can use: whole from a key frame on, and
 * nothing up to the next when it is too slow.
 *
 * Pure. Threads: one at a time. */
#pragma once

#include <glib.h>

/* Zeroed: the highest rung, from frame 0 on. */
typedef struct {
  guint rung, next_rung; /* which is given: up to frame next_from, and from it on */
  guint64 next_from;
  guint64 n_given; /* the frame after the last that was */
} AcViewerRungs;

/* From frame @index on, of which none came yet, the rungs with a bit in @closed are not
 * encoded; a bit is clear. Frame @index is a key frame of all others. */
void ac_viewer_rungs_change (AcViewerRungs *self, guint64 index, guint32 closed);
/* Encoders do not keep step: the first frame of another rung may come before the last
 * ones of this, which are then left out.
 * Returns: whether viewers are given frame @index of @rung, which came just now. */
gboolean ac_viewer_rungs_take (AcViewerRungs *self, guint rung, guint64 index);

/* Zeroed: it gets nothing, and wants nothing. */
typedef struct {
  gboolean open;
  gboolean wants_key_frame; /* it can show nothing until one comes */
} AcViewerGate;

/* @full: as much waits for its connection as may
 * Returns: whether it gets the frame. */
gboolean ac_viewer_gate_pass (AcViewerGate *self, gboolean key, gboolean full);
