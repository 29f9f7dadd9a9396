#include "decoder.h"

#include "frame_parsers.h"
#include "picture_memory.h"
#include "sound_rate.h"

#include <gst/app/app.h>
#include <gst/audio/audio.h>
#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (decoder_debug);
#define GST_CAT_DEFAULT decoder_debug

#define MAX_WAITING_BYTES (8 * 1024 * 1024) /* of compressed media */
#define MAX_PIXELS (4096 * 2304) /* a picture that a decoder is asked to hold */

#define HEAD "appsrc name=in is-live=true format=time ! "
/* By our own scaler and at one colorimetry: all renditions carry BT.709. */
#define VIDEO_TAIL                                                                     \
  " ! videoconvert ! "                                                                 \
  "video/x-raw,format=I420,colorimetry=bt709 ! acscaler name=scaler letterbox=true ! " \
  "appsink name=out sync=false async=false enable-last-sample=false max-buffers=4"
/* The rate is ours to change, see sound_rate.h: audioresample counts samples, and does
 * not see that a source's clock and its timestamps go apart. */
#define AUDIO_TAIL                                                                     \
  " ! audioconvert ! audio/x-raw,format=S16LE,channels=1,layout=interleaved ! "        \
  "appsink name=out sync=false async=false enable-last-sample=false max-buffers=16"

/* How a format is decoded. The source pad of the element `shape` tells the picture's
 * size before the scaler has to know it. */
#define LATM (-1) /* stands for the mpegversion of AAC in LOAS */

typedef struct {
  AcSourceTrack track;
  const gchar *name;   /* of the caps */
  gint mpegversion[2]; /* of audio/mpeg: which ones; 0: any */
  const gchar *chain;
} Chain;

static const Chain chains[] = {
  { AC_SOURCE_VIDEO,
    "video/x-h264",
    { 0 },
    "h264parse name=shape ! avdec_h264 max-threads=1" },
  { AC_SOURCE_VIDEO,
    "video/x-h265",
    { 0 },
    "h265parse name=shape ! avdec_h265 max-threads=1" },
  { AC_SOURCE_VIDEO, "video/x-av1", { 0 }, "av1parse name=shape ! av1dec" },
  { AC_SOURCE_VIDEO, "video/x-vp9", { 0 }, "vp9parse name=shape ! vp9dec threads=1" },
  { AC_SOURCE_VIDEO, "video/x-vp8", { 0 }, "vp8dec name=shape threads=1" },
  { AC_SOURCE_AUDIO, "audio/mpeg", { 2, 4 }, "aacparse ! avdec_aac" },
  { AC_SOURCE_AUDIO, "audio/mpeg", { LATM }, "aacparse ! avdec_aac_latm" },
  { AC_SOURCE_AUDIO, "audio/mpeg", { 1 }, "mpegaudioparse ! mpg123audiodec" },
  { AC_SOURCE_AUDIO, "audio/x-ac3", { 0 }, "ac3parse ! avdec_ac3" },
  { AC_SOURCE_AUDIO, "audio/x-eac3", { 0 }, "ac3parse ! avdec_eac3" },
  { AC_SOURCE_AUDIO, "audio/x-opus", { 0 }, "opusdec" },
  { AC_SOURCE_AUDIO, "audio/x-flac", { 0 }, "flacparse ! flacdec" },
  { AC_SOURCE_AUDIO, "audio/x-raw", { 0 }, "identity" },
  { AC_SOURCE_AUDIO, "audio/x-mulaw", { 0 }, "mulawdec" },
  { AC_SOURCE_AUDIO, "audio/x-alaw", { 0 }, "alawdec" },
};

struct _AcDecoder {
  AcDecoderHandler handler;
  gpointer user_data;
  const Chain *chain;
  GstElement *pipeline;
  GstAppSrc *in;
  GstElement *scaler; /* video */
  AcSoundRate *sound; /* audio */
  guint bus_watch;
};

static GstFlowReturn
on_frame (GstAppSink *sink, gpointer user_data)
{
  AcDecoder *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *frame;

  if (sample == NULL)
    return GST_FLOW_EOS;
  frame = gst_sample_get_buffer (sample);
  if (GST_BUFFER_PTS_IS_VALID (frame))
    self->handler.frame (gst_buffer_ref (frame),
                         (gint64)(GST_BUFFER_PTS (frame) / 1000), self->user_data);
  return GST_FLOW_OK;
}

static GstFlowReturn
on_sound (GstAppSink *sink, gpointer user_data)
{
  AcDecoder *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer;
  GstMapInfo map;
  gint rate = 0;

  if (sample == NULL)
    return GST_FLOW_EOS;
  gst_structure_get_int (gst_caps_get_structure (gst_sample_get_caps (sample), 0),
                         "rate", &rate);
  buffer = gst_sample_get_buffer (sample);
  if (!GST_BUFFER_PTS_IS_VALID (buffer) || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  ac_sound_rate_push (self->sound, (const gint16 *)map.data, map.size / sizeof (gint16),
                      (guint)rate, (gint64)(GST_BUFFER_PTS (buffer) / 1000),
                      GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unmap (buffer, &map);
  return GST_FLOW_OK;
}

static void
on_rated_sound (const gint16 *samples, gsize n_samples, gint64 due_us,
                gboolean discontinuity, gpointer user_data)
{
  AcDecoder *self = user_data;

  self->handler.sound (samples, n_samples, due_us, discontinuity, self->user_data);
}

/* The scaler must know its output before the decoder negotiates. */
static GstPadProbeReturn
on_shape_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  AcDecoder *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  AcPicture picture = { .rate_denominator = 1 };
  guint width = 0, height = 0;
  GstStructure *structure;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  structure = gst_caps_get_structure (caps, 0);
  if (!gst_structure_get_int (structure, "width", &picture.width) ||
      !gst_structure_get_int (structure, "height", &picture.height))
    return GST_PAD_PROBE_OK;
  /* Without caps the decoder refuses what follows, and fails. */
  if ((gint64)picture.width * picture.height > MAX_PIXELS)
    return GST_PAD_PROBE_DROP;
  gst_structure_get_fraction (structure, "framerate", &picture.rate_numerator,
                              &picture.rate_denominator);
  self->handler.canvas (&picture, &width, &height, self->user_data);
  g_object_set (self->scaler, "width", width, "height", height, NULL);
  return GST_PAD_PROBE_OK;
}

/* Memory that needs no copying, see picture_memory.h; decoders take an allocator only
 * with a pool. */
static void
add_pool (GstQuery *query)
{
  g_autoptr (GstAllocator) allocator = ac_picture_allocator_new ();
  g_autoptr (GstBufferPool) pool = NULL;
  GstVideoInfo info;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (caps == NULL || !gst_video_info_from_caps (&info, caps))
    return;
  pool = gst_video_buffer_pool_new ();
  gst_query_add_allocation_param (query, allocator, NULL);
  gst_query_add_allocation_pool (query, pool, (guint)info.size, 0, 0);
}

/* Without the promise to honour GstVideoMeta the decoder copies every frame into a
 * layout without padding. */
static GstPadProbeReturn
on_allocation_query (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  add_pool (query);
  return GST_PAD_PROBE_HANDLED;
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  AcDecoder *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  self->bus_watch = 0;
  self->handler.failed (self, error->message, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
add_probe (GstElement *element, const gchar *pad_name, GstPadProbeType type,
           GstPadProbeCallback probe, gpointer user_data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, probe, user_data, NULL);
}

static void
connect_video (AcDecoder *self, GstElement *sink)
{
  g_autoptr (GstElement) shape =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "shape");

  self->scaler = gst_bin_get_by_name (GST_BIN (self->pipeline), "scaler");
  add_probe (shape, "src", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_shape_event, self);
  add_probe (sink, "sink", GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, on_allocation_query,
             NULL);
}

/* Returns: (nullable): the chain for @format on @track. */
static const Chain *
find_chain (AcSourceTrack track, GstCaps *format)
{
  const GstStructure *structure = gst_caps_get_structure (format, 0);
  gint version = 0;

  gst_structure_get_int (structure, "mpegversion", &version);
  if (g_strcmp0 (gst_structure_get_string (structure, "stream-format"), "loas") == 0)
    version = LATM;
  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++) {
    const Chain *chain = &chains[i];

    if (chain->track == track && gst_structure_has_name (structure, chain->name) &&
        (chain->mpegversion[0] == 0 || chain->mpegversion[0] == version ||
         chain->mpegversion[1] == version))
      return chain;
  }
  return NULL;
}

static gboolean
build (AcDecoder *self, GError **error)
{
  const gboolean is_video = self->chain->track == AC_SOURCE_VIDEO;
  GstAppSinkCallbacks callbacks = { .new_sample = is_video ? on_frame : on_sound };
  g_autofree gchar *text =
      g_strconcat (HEAD, self->chain->chain, is_video ? VIDEO_TAIL : AUDIO_TAIL, NULL);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline =
      gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->pipeline == NULL)
    return FALSE;
  ac_frame_parsers_hurry (GST_BIN (self->pipeline));
  self->in = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (self->pipeline), "in"));
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  gst_app_src_set_max_bytes (self->in, 0); /* the limit is ours, see _push() */
  if (is_video)
    connect_video (self, sink);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_bus_message, self);
  return TRUE;
}

AcDecoder *
ac_decoder_new (AcSourceTrack track, GstCaps *format, const AcDecoderHandler *handler,
                gpointer user_data, GError **error)
{
  static gsize once = 0;
  const Chain *chain = find_chain (track, format);
  g_autoptr (AcDecoder) self = NULL;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (decoder_debug, "acdecoder", 0, "source decoders");
    g_once_init_leave (&once, 1);
  }
  if (chain == NULL) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND,
                 "no decoder for %s",
                 gst_structure_get_name (gst_caps_get_structure (format, 0)));
    return NULL;
  }
  self = g_new0 (AcDecoder, 1);
  self->handler = *handler;
  self->user_data = user_data;
  self->chain = chain;
  self->sound = ac_sound_rate_new (on_rated_sound, self);
  if (!build (self, error))
    return NULL;
  gst_app_src_set_caps (self->in, format);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return g_steal_pointer (&self);
}

void
ac_decoder_free (AcDecoder *self)
{
  if (self->bus_watch != 0)
    g_source_remove (self->bus_watch);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_object (&self->in);
  g_clear_object (&self->scaler);
  g_clear_object (&self->pipeline);
  ac_sound_rate_free (self->sound);
  g_free (self);
}

gboolean
ac_decoder_set_format (AcDecoder *self, GstCaps *format)
{
  if (find_chain (self->chain->track, format) != self->chain)
    return FALSE;
  gst_app_src_set_caps (self->in, format);
  return TRUE;
}

/* VP8 has no parser that would tell a picture's size before the decoder makes room for
 * it: the frame tag and what follows it in a key frame, RFC 6386, 9.1. */
static gboolean
is_too_large (const AcDecoder *self, GBytes *data)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (data, &size);
  gint64 width, height;

  if (!g_str_equal (self->chain->name, "video/x-vp8") || size < 10 ||
      (bytes[0] & 1) != 0)
    return FALSE;
  width = bytes[6] | (bytes[7] & 0x3f) << 8;
  height = bytes[8] | (bytes[9] & 0x3f) << 8;
  return width * height > MAX_PIXELS;
}

guint64
ac_decoder_waiting_bytes (AcDecoder *self)
{
  return gst_app_src_get_current_level_bytes (self->in);
}

gboolean
ac_decoder_push (AcDecoder *self, const AcDecoderInput *input)
{
  GstBuffer *buffer;

  if (ac_decoder_waiting_bytes (self) > MAX_WAITING_BYTES ||
      is_too_large (self, input->data))
    return FALSE;
  buffer = gst_buffer_new_wrapped_bytes (input->data);
  GST_BUFFER_PTS (buffer) = (GstClockTime)MAX (input->due_us, 0) * 1000;
  GST_BUFFER_DTS (buffer) = (GstClockTime)MAX (input->decode_us, 0) * 1000;
  if (self->chain->track == AC_SOURCE_VIDEO && !input->keyframe)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (input->discontinuity)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_app_src_push_buffer (self->in, buffer);
  return TRUE;
}
