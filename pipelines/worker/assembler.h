/* assembler.h - encoded frames in, slots out.
 *
 * Every encoder delivers its frames in order; the n-th frame of a track stands for a
 * known instant, so no timestamps are needed. When a track has all frames of a slot
 * they become a chunk; when all tracks have theirs the slot is handed over. Slots come
 * in order, without holes, each epoch before its first slot.
 *
 * Frames are counted from the worker's start, in all epochs. Which slot a frame is in
 * is decided when it is noted, just before it goes to the encoders.
 *
 * A video track can be closed for a while: its slots are gaps (a NULL part), nobody
 * waits for it, and what its encoder delivers next stands for the first frame of the
 * slot in which it is open again.
 *
 * The source's own pictures can be a track, *followed*: from one of their key frames on
 * a new epoch is cut by their GOPs, and a rendition of the same height is left to them.
 * When they end, another epoch begins without them, on the grid: at once when that is
 * known in time, else at the next segment, and their part in slots is a gap until then.
 * The encoders never stop.
 *
 * The source's own sound can go with them: in such an epoch the audio track is made of
 * its AAC frames, what is missing of them is silence (passed_sound.h), and what the
 * encoder makes of the sound meanwhile is left out. Nobody waits for it longer than for
 * the pictures.
 *
 * Invariant: a segment's first frame on every open video track is an IDR; an encoder
 * that breaks this fails the worker, a followed source is given up.
 *
 * Threads:   any (it locks inside); the handler is called with the lock held, on the
 *            thread that completed the slot, and must not call back.
 * Ownership: plain. */
#pragma once

#include "followed_track.h"
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
  AcLadderPlan plan; /* tracks 0 to n-1; the encoded audio is track n */
  guint32 epoch;
  guint64 first_msn;
  guint64 start; /* ticks of lesson time */
} AcAssemblerSetup;

AcAssembler *ac_assembler_new (const AcAssemblerSetup *setup,
                               const AcAssemblerHandler *handler, gpointer user_data);
void ac_assembler_free (AcAssembler *self);

/* Whether frame @index, the next to be noted, begins a segment.
 * @ret_left_out: (out): if so, a bit for each rendition that is not encoded in it,
 *   because the source's own pictures stand for it */
gboolean ac_assembler_begins_segment (AcAssembler *self, guint64 index,
                                      guint32 *ret_left_out);
/* Tells that frame @index goes to the encoders, before it does.
 * @wall_ms: what the clock says; of a slot's first frame it becomes the slot's
 * @not_creditable: it is slate */
void ac_assembler_note_frame (AcAssembler *self, guint64 index, gint64 wall_ms,
                              gboolean not_creditable);
/* Tells that the wall clock went on while frames did not: from the next segment on,
 * which is dated anew, it is another epoch. Before the next frame is noted. */
void ac_assembler_note_step (AcAssembler *self);

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

/* When frame @index begins, in ticks of lesson time. */
guint64 ac_assembler_frame_start (AcAssembler *self, guint64 index);

/* From frame @index on, not noted yet, the source's own pictures are a track.
 * Returns: FALSE when it is too late for that, GOPs of that length make no segments, or
 * a change is under way. */
gboolean ac_assembler_follow (AcAssembler *self, guint64 index,
                              const AcFollowed *source);
/* The next access unit, in decode order; the first is the key frame of frame @index.
 * @reordering: frames from its place in decode order to that in which it is shown */
void ac_assembler_push_followed (AcAssembler *self, GBytes *data, gboolean sync,
                                 gint reordering);
/* Nothing more comes of them than the frames before @end, counted as everywhere. When
 * the frame clock is not past @end yet, another epoch begins there and nothing is
 * missing. */
void ac_assembler_unfollow (AcAssembler *self, guint64 end);
/* AAC frame @number of the lesson is the source's own; numbers rise. What comes too
 * late, or too early by more than seconds, is left out. Returns: FALSE when the audio
 * track is, or will soon be, what is encoded here. */
gboolean ac_assembler_push_sound (AcAssembler *self, guint64 number, GBytes *data);
/* Nothing more comes of the sound for now. */
void ac_assembler_end_sound (AcAssembler *self);
/* FALSE also when they were given up because they did not come in time. */
gboolean ac_assembler_is_following (AcAssembler *self);

/* Whether the lesson may end with the frames noted so far. */
gboolean ac_assembler_may_finish (AcAssembler *self);
/* No frame is noted after this. */
void ac_assembler_finish (AcAssembler *self);

/* Returns: by how many frames of the full rate the slowest video encoder is behind; one
 * whose track is closed is not. */
guint ac_assembler_lag (AcAssembler *self);
/* Returns: how many slots have all their frames noted and are not handed over. */
guint ac_assembler_slots_waiting (AcAssembler *self);
guint ac_assembler_lag_ms (AcAssembler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAssembler, ac_assembler_free)
