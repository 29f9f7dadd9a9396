/* packet_sink.h - the end of one branch of a demuxing pipeline: a GstAppSink's buffers
 * as formats and packets on the main loop.
 *
 * For every GStreamer based input. Times are running times of the pipeline, so that all
 * its tracks have one origin; a demuxer's own clock must not be reset per track.
 *
 * Bounded: 8 MiB and 2,048 packets a track wait for the main loop. When that is full,
 * a picture is dropped with all up to the next key frame that finds room, a sound by
 * itself; the packet behind the hole is marked `lost`, and so is what a buffer marks as
 * a discontinuity. Formats are never dropped.
 *
 * Threads:   main loop (the default context of the thread that makes it); buffers come
 *            on a streaming thread, the handler is called on the main loop.
 * Ownership: plain. After ac_packet_sink_free(), which may be called while the pipeline
 * runs, nothing is called any more, and what still comes is thrown away. */
#pragma once

#include "input.h"

#include <gst/app/app.h>

typedef struct _AcPacketSink AcPacketSink;

/* @sink: whose callbacks are set; make it sync=false unless it paces a file, with caps
 *        that decoder.c knows
 * @handler: only format and packet are called */
AcPacketSink *ac_packet_sink_new (GstAppSink *sink, AcSourceTrack track,
                                  const AcInputHandler *handler, gpointer user_data);
void ac_packet_sink_free (AcPacketSink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPacketSink, ac_packet_sink_free)
