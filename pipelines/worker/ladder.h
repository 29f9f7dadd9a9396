/* ladder.h - the encoders: one long-lived pipeline.
 *
 *   pictures -+- gate - queue - encoder - rendition 0
 *             +- scaler -+- gate - encoder - rendition 1
 *                        +- scaler -+- ...             (cascaded)
 *   sound ---- avenc_aac - audio
 *
 * The encoder of the first rendition, and of those of more than 480 lines, has a thread
 * of its own behind a queue of a few frames; the others share the scalers' thread. When
 * a queue is full, pushing waits. Key frames are forced by frame index, the same for
 * all.
 *
 * A gate closes and opens between two segments: its encoder is fed nothing meanwhile
 * and goes on with a key frame. The change travels with the frames, so it takes effect
 * between the same two of them everywhere, however many wait on the way. A picture that
 * nobody behind a scaler is to have is not scaled.
 *
 * Threads:   _new(), _free() on the main loop; _push_*() and _finish() on the pump's
 *            thread; failed comes on the main loop.
 * Ownership: does not own the assembler, which must live longer. */
#pragma once

#include "assembler.h"
#include "encoders.h"

#include <gst/gst.h>

typedef struct _AcLadder AcLadder;

typedef void (*AcLadderFailed) (const GError *error, gpointer user_data);

/* What an encoder has done since the start. */
typedef struct {
  guint64 n_frames, n_bytes;
  gint64 busy_us;         /* from a picture's entry to its packet's exit */
  gint64 cpu_us;          /* of the thread meanwhile; 0 when another thread delivers */
  guint32 p50_us, p95_us; /* a picture's time in it, of the last minute's */
} AcEncoderLoad;

/* What goes through, for who wants it at once. None of it may wait. */
typedef struct {
  /* Frame @index of rendition @rung, on its encoder's thread. @frame: not to be
   * changed; its times are the encoder's */
  void (*picture) (guint rung, guint64 index, GstBuffer *frame, GstCaps *caps,
                   gpointer user_data);
  /* Frame @index begins a segment, a key frame of all renditions but those with a bit
   * in
   * @closed, which are not encoded from there on; before its frames come. On the pump's
   * thread. */
  void (*segment) (guint64 index, guint32 closed, gpointer user_data);
  /* AC_GRID_BLOCK_SAMPLES samples, on the pump's thread. */
  void (*block) (const gint16 *samples, guint64 index, gpointer user_data);
} AcLadderTap;

AcLadder *ac_ladder_new (const AcGrid *grid, const AcLadderPlan *plan,
                         const AcEncoder *encoder, AcAssembler *assembler,
                         AcLadderFailed failed, gpointer user_data, GError **error);
void ac_ladder_free (AcLadder *self);
/* Stops all encoders at once; what is pushed from then on is dropped. */
void ac_ladder_stop (AcLadder *self);

/* Before the first frame. @tap: static; NULL functions are not allowed */
void ac_ladder_tap (AcLadder *self, const AcLadderTap *tap, gpointer user_data);
/* The next frame that @rendition encodes will be a key frame, which begins nothing: no
 * slot, no segment. Any thread. */
void ac_ladder_force_key_frame (AcLadder *self, guint rendition);

/* Makes @frame (transfer full) the @index-th one: writes its time.
 * Returns: (transfer full): the same, or a copy of its head when it is shared. */
GstBuffer *ac_ladder_stamp (AcLadder *self, GstBuffer *frame, guint64 index);
/* Frame @index, the next, begins a segment: it will be a key frame everywhere, and the
 * gates move. Before the assembler is told of the frame.
 * @left_out: a bit for each rendition that is not encoded from here on */
void ac_ladder_begin_segment (AcLadder *self, guint64 index, guint32 left_out);
/* @frame: (transfer full): I420 of the first rendition's size, stamped */
void ac_ladder_push_frame (AcLadder *self, GstBuffer *frame);
/* AC_GRID_BLOCK_SAMPLES samples, the @index-th block. */
void ac_ladder_push_block (AcLadder *self, const gint16 *samples, guint64 index);
/* From the next segment on the renditions with a bit in @renditions are closed, the
 * others open. The lowest always stays open. Any thread. */
void ac_ladder_set_closed (AcLadder *self, guint32 renditions);
/* Whether the source's own pictures stand for it now. Any thread. */
gboolean ac_ladder_is_left_out (AcLadder *self, guint rendition);
/* Any thread. */
void ac_ladder_load (AcLadder *self, guint rendition, AcEncoderLoad *ret_load);
/* No more will come: flushes the encoders. */
void ac_ladder_finish (AcLadder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLadder, ac_ladder_free)
