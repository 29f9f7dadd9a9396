/* decoder.h - one track of a source, decoded; disposable.
 *
 * A small pipeline of its own for the picture or the sound; a table in decoder.c says
 * which for the name of a format. When it fails, its owner frees it and makes another
 * at the next key frame.
 *
 * Threads:   main loop. The frame, sound and canvas callbacks come on the pipeline's
 *            threads and end before ac_decoder_free() returns.
 * Ownership: plain. */
#pragma once

#include "packet.h"

#include <gst/gst.h>

typedef struct _AcDecoder AcDecoder;

/* What a video configuration says; a rate of 0/1 when it is silent. */
typedef struct {
  gint width, height;
  gint rate_numerator, rate_denominator;
} AcPicture;

typedef struct {
  /* Once a configuration is known, before its first frame. Sets the size that frames
   * are to be scaled to. */
  void (*canvas) (const AcPicture *picture, guint *ret_width, guint *ret_height,
                  gpointer user_data);
  /* @frame: (transfer full): I420 of the canvas's size */
  void (*frame) (GstBuffer *frame, gint64 due_us, gpointer user_data);
  /* 16-bit mono at 48 kHz */
  void (*sound) (const gint16 *samples, gsize n_samples, gint64 due_us,
                 gboolean discontinuity, gpointer user_data);
  /* On the main loop: nothing more will come. Free it, but not from inside. */
  void (*failed) (AcDecoder *decoder, const gchar *reason, gpointer user_data);
} AcDecoderHandler;

/* Errors: GST_STREAM_ERROR: no chain for this format;
 *         GST_PARSE_ERROR, GST_CORE_ERROR: an element is missing. */
AcDecoder *ac_decoder_new (AcSourceTrack track, GstCaps *format,
                           const AcDecoderHandler *handler, gpointer user_data,
                           GError **error);
void ac_decoder_free (AcDecoder *self);

/* A changed format, for what is pushed afterwards.
 * Returns: FALSE when it is another codec's: another decoder has to be made. */
gboolean ac_decoder_set_format (AcDecoder *self, GstCaps *format);

typedef struct {
  GBytes *data;
  gint64 due_us, decode_us; /* presentation and decode time */
  gboolean keyframe, discontinuity;
} AcDecoderInput;

/* Returns: FALSE when too much waits already, or the picture is too large; the input
 * was dropped. */
gboolean ac_decoder_push (AcDecoder *self, const AcDecoderInput *input);
/* Returns: how much of what was pushed has not reached the decoder. */
guint64 ac_decoder_waiting_bytes (AcDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcDecoder, ac_decoder_free)
