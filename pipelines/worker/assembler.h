/* assembler.h - encoded frames in, slots out.
 *
 * Every encoder delivers its frames in order; the n-th frame of a track stands for a
 * known instant, so no timestamps are needed. When a track has all frames of a slot
 * they become a chunk; when all tracks have theirs the slot is handed over. Slots come
 * in order, without holes, after the epoch.
 *
 * A video track can be closed for a while: its slots are gaps (a NULL part), nobody
 * waits for it, and what its encoder delivers next stands for the first frame of the
 * slot in which it is open again.
 *
 * Invariant: a segment's first frame on every open video track is an IDR; an encoder
 * that breaks this fails the whole epoch.
 *
 * Threads:   any (it locks inside); the handler is called with the lock held, on the
 *            thread that completed the slot, and must not call back.
 * Ownership: plain. */
#pragma once

#include "grid.h"
#include "slot.h"

typedef struct _AcAssembler AcAssembler;

typedef struct {
  void (*epoch) (AcMediaEpoch *epoch, gpointer user_data);
  void (*slot) (AcSlot *slot, gpointer user_data);
  void (*finished) (gpointer user_data); /* once, after the last slot */
  void (*failed) (const GError *error, gpointer user_data); /* once; nothing follows */
} AcAssemblerHandler;

typedef struct {
  AcGrid grid;
  AcLadderPlan plan; /* tracks 0 to n-1; the audio is track n */
  guint32 epoch;
  guint64 first_msn;
  guint64 start; /* ticks of lesson time */
} AcAssemblerSetup;

AcAssembler *ac_assembler_new (const AcAssemblerSetup *setup,
                               const AcAssemblerHandler *handler, gpointer user_data);
void ac_assembler_free (AcAssembler *self);

/* Tells that frame @index goes to the encoders, before it does.
 * @wall_ms: what the clock says; of a slot's first frame it becomes the slot's
 * @not_creditable: it is slate */
void ac_assembler_note_frame (AcAssembler *self, guint64 index, gint64 wall_ms,
                              gboolean not_creditable);

/* From the next slot on whose first frame is noted, the tracks with a bit in @tracks
 * are closed and the others open. The encoder of a closed track gets no frame of those
 * slots; a track that is opened begins with an IDR, so the slot starts a segment. Not
 * for the audio, and not before the first slot was noted: the epoch tells every track's
 * configuration. */
void ac_assembler_set_closed (AcAssembler *self, guint32 tracks);

/* @codec_data: AVCDecoderConfigurationRecord or AudioSpecificConfig, before the first
 * frame. A later, different one is a failure: the encoders run without a break. */
void ac_assembler_configure (AcAssembler *self, guint track, GBytes *codec_data);
void ac_assembler_push (AcAssembler *self, guint track, GBytes *data, gboolean sync);

/* The lesson has @n_frames frames in all, an even number, no fewer than are in slots
 * that may have been handed over; what is delivered beyond them is dropped. */
void ac_assembler_finish (AcAssembler *self, guint64 n_frames);

/* Returns: by how many frames of the full rate the slowest video encoder is behind; one
 * whose track is closed is not. */
guint ac_assembler_lag (AcAssembler *self);
guint ac_assembler_lag_ms (AcAssembler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAssembler, ac_assembler_free)
