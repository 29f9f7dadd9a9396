/* sample_queue.h - a track's frames that are in no chunk yet, in decode order.
 *
 * Not bounded by itself: who fills it says how much may wait.
 *
 * Threads:   one at a time; plain.
 * Ownership: references the bytes of its samples. */
#pragma once

#include "cmaf_writer.h"

typedef struct {
  GQueue samples; /* AcCmafSample */
} AcSampleQueue;

void ac_sample_queue_clear (AcSampleQueue *self);

/* @data: referenced. The duration is given when it is taken. */
void ac_sample_queue_push (AcSampleQueue *self, GBytes *data, gboolean sync,
                           gint32 composition_offset);
guint ac_sample_queue_length (const AcSampleQueue *self);
/* Whether decoding can start with the first; there is one. */
gboolean ac_sample_queue_starts_sync (const AcSampleQueue *self);
/* Takes the first @n_samples; as many wait.
 * @ret_samples: their bytes are the caller's to unref */
void ac_sample_queue_take (AcSampleQueue *self, guint n_samples, guint32 duration,
                           AcCmafSample *ret_samples);
/* Drop the first, the last @n_samples; as many wait. */
void ac_sample_queue_drop_head (AcSampleQueue *self, guint64 n_samples);
void ac_sample_queue_drop_tail (AcSampleQueue *self, guint64 n_samples);
