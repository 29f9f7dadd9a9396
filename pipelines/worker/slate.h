/* slate.h - the picture that stands in for a lecture that is not there.
 *
 * Threads: any (Pango's and Cairo's state is made per call). */
#pragma once

#include <gst/gst.h>

typedef enum {
  AC_SLATE_WAIT,       /* before the first source: "please wait" */
  AC_SLATE_LOST,       /* "signal lost" */
  AC_SLATE_SOUND_ONLY, /* the source is there and sends no picture */
  AC_N_SLATES
} AcSlateKind;

/* @title: of the lesson, UTF-8
 * Returns: (transfer full): I420, BT.709, @width x @height. */
GstBuffer *ac_slate_draw (AcSlateKind kind, const gchar *title, guint width,
                          guint height);
