/* viewer_gate.h - which pictures a viewer gets.
 *
 * AcViewerRungs chooses the rung of the ladder: the highest that is encoded and that
 * its line carries (viewer_line.h). AcViewerGate lets through what one viewer can use:
 * whole from a key frame on, and nothing up to the next when it is too slow.
 * AcViewerForcing says when the encoder is made to give a key frame before the next
 * segment's, AcViewerResends which packets are sent again.
 *
 * Pure. Threads: one at a time. */
#pragma once

#include <glib.h>

/* The source's own pictures, where nothing else is: no rung of the ladder. */
#define AC_VIEWER_SOURCE 32

/* Zeroed: the highest rung, from frame 0 on. */
typedef struct {
  guint rung, next_rung; /* which is given: up to frame next_from, and from it on */
  guint64 next_from;
  guint64 n_given; /* the frame after the last that was */
} AcViewerRungs;

/* A segment begins with frame @index, a key frame of all rungs; none of its frames came
 * yet.
 * @closed: a bit for each rung that is not encoded from there on
 * @best: the highest that is wanted; when none from it down is encoded it is the next
 *        above, and when none is at all AC_VIEWER_SOURCE
 * @lowest: of the ladder */
void ac_viewer_rungs_segment (AcViewerRungs *self, guint64 index, guint32 closed,
                              guint best, guint lowest);
/* Encoders do not keep step: the first frame of another rung may come before the last
 * ones of this, which are then left out.
 * Returns: whether it is given frame @index of @rung, which came just now. */
gboolean ac_viewer_rungs_take (AcViewerRungs *self, guint rung, guint64 index);

/* Zeroed: it gets nothing, and wants nothing. */
typedef struct {
  gboolean open;
  gboolean wants_key_frame; /* it can show nothing until one comes */
  gboolean full;            /* at the last frame; read only here */
} AcViewerGate;

/* @full: as much waits for its connection as may
 * Returns: whether it gets the frame. */
gboolean ac_viewer_gate_pass (AcViewerGate *self, gboolean key, gboolean full);
/* Returns: whether one is to be forced for it. Not while it is full: it would not get
 * it, and the others pay. */
gboolean ac_viewer_gate_asks (const AcViewerGate *self);

/* Once a second at first. Who loses pictures all the time would have everybody watch
 * nothing but key frames: as long as they are asked for again within 10 s it is half as
 * often each time, down to every 16 s; each segment begins with one anyway. */
#define AC_VIEWER_FORCE_FIRST_US (1 * G_USEC_PER_SEC)
#define AC_VIEWER_FORCE_MAX_US (16 * G_USEC_PER_SEC)
#define AC_VIEWER_FORCE_QUIET_US (10 * G_USEC_PER_SEC)

/* Zeroed: none was forced yet. */
typedef struct {
  gint64 asked_us, forced_us;
  gint64 wait_us; /* between the last that was forced and the next */
} AcViewerForcing;

/* Somebody asks for a key frame at @now_us, a monotonic time.
 * Returns: whether one is to be forced; it is counted then. */
gboolean ac_viewer_forcing_ask (AcViewerForcing *self, gint64 now_us);

/* A picture of a megabit and a half is some 160 packets a second: enough to lose all of
 * them twice. */
#define AC_VIEWER_RESENDS_A_SECOND 400

/* Zeroed: none was sent again. */
typedef struct {
  gint64 second_us; /* when this second began */
  guint n;          /* sent again in it */
} AcViewerResends;

/* A packet is asked for again at @now_us, a monotonic time.
 * Returns: whether it is sent; it is counted then. */
gboolean ac_viewer_resends_take (AcViewerResends *self, gint64 now_us);
