/* frame_parsers.h - elements that make frames of sound, without the frames they keep.
 *
 * Before it has found its step aacparse wants a frame and the header of the next. In
 * GStreamer 1.22 it goes on wanting as many bytes later, when frames are small: of
 * silence it keeps thirty, until they are as long as one of speech, and what was quiet
 * comes two thirds of a second late.
 *
 * Threads: any, while nothing flows yet. */
#pragma once

#include <gst/gst.h>

/* Each aacparse in @bin looks at what it has whenever something comes. */
void ac_frame_parsers_hurry (GstBin *bin);
