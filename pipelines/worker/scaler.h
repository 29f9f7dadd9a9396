/* scaler.h - the element "acscaler": pictures to another size, by libswscale.
 *
 * GStreamer's videoscale costs more and aliases text. I420 in and out. A picture that
 * comes again (the same memory: a frame that is held) is not scaled again.
 *
 * Properties:
 *   width, height  of the output; 0: as the input. May be set until caps arrive.
 *   letterbox      keep the aspect ratio, black bars around; else stretch
 *   divisor        pass on every n-th frame: those whose number, by their time and the
 *                  input's frame rate, is a multiple of it */
#pragma once

#include <gst/video/gstvideofilter.h>

#define AC_TYPE_SCALER (ac_scaler_get_type ())
G_DECLARE_FINAL_TYPE (AcScaler, ac_scaler, AC, SCALER, GstVideoFilter)

/* Makes "acscaler" known in this process. */
void ac_scaler_register (void);
