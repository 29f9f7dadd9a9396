/* FLV tags, as RTMP carries them. Timestamps are 32-bit milliseconds that wrap. */
#include "flv_tag.h"
#include "input.h"

GST_DEBUG_CATEGORY_STATIC (flv_input_debug);
#define GST_CAT_DEFAULT flv_input_debug

/* From here on, which only leaps without end come to, counting begins again. */
#define MAX_MS (G_GINT64_CONSTANT (1) << 47)

typedef struct {
  AcInput input;
  gboolean seen;         /* a timestamp */
  gint64 last_ms;        /* the last one, unwrapped; of any track */
  GBytes *video, *audio; /* configurations; NULL: none yet */
  gboolean video_lost;   /* something broken was left out */
} FlvInput;

static AcInput *
flv_input_create (const AcWireSource *source, GError **error)
{
  static gsize once = 0;
  FlvInput *self = g_new0 (FlvInput, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (flv_input_debug, "acflvinput", 0, "FLV tags");
    g_once_init_leave (&once, 1);
  }
  return &self->input;
}

static void
flv_input_free (AcInput *input)
{
  FlvInput *self = (FlvInput *)input;

  g_clear_pointer (&self->video, g_bytes_unref);
  g_clear_pointer (&self->audio, g_bytes_unref);
  g_free (self);
}

static gint64
unwrap_ms (FlvInput *self, guint32 timestamp_ms)
{
  if (self->seen)
    self->last_ms += (gint32)(timestamp_ms - (guint32)self->last_ms);
  if (!self->seen || ABS (self->last_ms) > MAX_MS)
    self->last_ms = timestamp_ms;
  self->seen = TRUE;
  return self->last_ms;
}

static void
give_format (FlvInput *self, AcSourceTrack track, GstCaps *caps, GBytes *config)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (config);

  gst_caps_set_simple (caps, "codec_data", GST_TYPE_BUFFER, buffer, NULL);
  self->input.handler.format (track, caps, self->input.user_data);
}

static void
take_video_config (FlvInput *self, GBytes *config)
{
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/x-h264", "stream-format", G_TYPE_STRING, "avc",
                           "alignment", G_TYPE_STRING, "au", NULL);

  g_clear_pointer (&self->video, g_bytes_unref);
  self->video = g_bytes_ref (config);
  give_format (self, AC_SOURCE_VIDEO, caps, config);
}

static void
take_audio_config (FlvInput *self, GBytes *config)
{
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format",
                           G_TYPE_STRING, "raw", NULL);

  g_clear_pointer (&self->audio, g_bytes_unref);
  self->audio = g_bytes_ref (config);
  give_format (self, AC_SOURCE_AUDIO, caps, config);
}

static void
take_video (FlvInput *self, const AcFlvPacket *flv, guint32 timestamp_ms)
{
  AcPacket packet = { .track = AC_SOURCE_VIDEO,
                      .data = flv->data,
                      .composition_us = flv->composition_ms * G_GINT64_CONSTANT (1000),
                      .keyframe = flv->keyframe,
                      .lost = self->video_lost };

  if (self->video == NULL || !ac_flv_access_unit_is_whole (flv->data, self->video)) {
    self->video_lost = TRUE;
    return;
  }
  packet.decode_us = unwrap_ms (self, timestamp_ms) * 1000;
  self->video_lost = FALSE;
  self->input.handler.packet (&packet, self->input.user_data);
}

static void
take_audio (FlvInput *self, const AcFlvPacket *flv, guint32 timestamp_ms)
{
  AcPacket packet = { .track = AC_SOURCE_AUDIO, .data = flv->data, .keyframe = TRUE };

  if (self->audio == NULL)
    return;
  packet.decode_us = unwrap_ms (self, timestamp_ms) * 1000;
  self->input.handler.packet (&packet, self->input.user_data);
}

static void
flv_input_push (AcInput *input, const AcFlvTag *tag)
{
  FlvInput *self = (FlvInput *)input;
  g_auto (AcFlvPacket) flv = { NULL };

  switch (ac_flv_packet_read (tag, &flv)) {
  case AC_FLV_VIDEO_CONFIG:
    take_video_config (self, flv.data);
    break;
  case AC_FLV_VIDEO_FRAME:
    take_video (self, &flv, tag->timestamp_ms);
    break;
  case AC_FLV_AUDIO_CONFIG:
    take_audio_config (self, flv.data);
    break;
  case AC_FLV_AUDIO_FRAME:
    take_audio (self, &flv, tag->timestamp_ms);
    break;
  case AC_FLV_METADATA:
    self->input.handler.rate (flv.frames_per_1000s, self->input.user_data);
    break;
  case AC_FLV_BROKEN:
    GST_INFO ("a tag of type %u contradicts itself", tag->type);
    break;
  case AC_FLV_IGNORED:
    break;
  }
}

const AcInputClass ac_flv_input_class = {
  .create = flv_input_create,
  .push = flv_input_push,
  .free = flv_input_free,
};
