#include "viewer_sound.h"

#include "grid.h"

#include <gst/app/app.h>

#define LAUNCH                                                                         \
  "appsrc name=source is-live=true format=time max-bytes=0 max-buffers=0 max-time=0 "  \
  "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved "            \
  "! opusenc bitrate=64000 frame-size=20 "                                             \
  "! appsink name=sink sync=false async=false enable-last-sample=false"
/* Half a second. */
#define MAX_BLOCKS 24

struct _AcViewerSound {
  AcViewerSoundPacket packet;
  gpointer user_data;
  GstElement *pipeline;
  GstAppSrc *source;
};

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  AcViewerSound *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  self->packet (gst_sample_get_buffer (sample), gst_sample_get_caps (sample),
                self->user_data);
  return GST_FLOW_OK;
}

AcViewerSound *
ac_viewer_sound_new (AcViewerSoundPacket packet, gpointer user_data, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  GstElement *pipeline =
      gst_parse_launch_full (LAUNCH, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) sink = NULL;
  AcViewerSound *self;

  if (pipeline == NULL)
    return NULL;
  self = g_new0 (AcViewerSound, 1);
  self->packet = packet;
  self->user_data = user_data;
  self->pipeline = pipeline;
  self->source = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "source"));
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return self;
}

void
ac_viewer_sound_free (AcViewerSound *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->source);
  gst_object_unref (self->pipeline);
  g_free (self);
}

void
ac_viewer_sound_push (AcViewerSound *self, const gint16 *samples, GstClockTime time)
{
  const gsize size = AC_GRID_BLOCK_SAMPLES * sizeof *samples;
  GstBuffer *block;

  if (gst_app_src_get_current_level_buffers (self->source) >= MAX_BLOCKS)
    return;
  block = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_fill (block, 0, samples, size);
  GST_BUFFER_PTS (block) = time;
  GST_BUFFER_DURATION (block) =
      gst_util_uint64_scale (AC_GRID_BLOCK_SAMPLES, GST_SECOND, AC_GRID_SAMPLE_RATE);
  gst_app_src_push_buffer (self->source, block);
}
