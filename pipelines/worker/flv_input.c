/* FLV tags, as RTMP carries them. Timestamps are 32-bit milliseconds that wrap. */
#include "flv_tag.h"
#include "input.h"

GST_DEBUG_CATEGORY_STATIC (flv_input_debug);
#define GST_CAT_DEFAULT flv_input_debug

/* From here on, which only leaps without end come to, counting begins again. */
#define MAX_MS (G_GINT64_CONSTANT (1) << 47)

typedef struct {
  AcCodec codec;
  GBytes *config;    /* NULL: none yet */
  gboolean lost;     /* something broken was left out since the last packet */
  gchar refused[16]; /* the last codec that was; told once */
} Track;

typedef struct {
  AcInput input;
  gboolean seen;   /* a timestamp */
  gint64 last_ms;  /* the last one, unwrapped; of any track */
  Track tracks[2]; /* by AcSourceTrack */
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

  for (guint i = 0; i < G_N_ELEMENTS (self->tracks); i++)
    g_clear_pointer (&self->tracks[i].config, g_bytes_unref);
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
take_config (FlvInput *self, AcSourceTrack which, const AcFlvPacket *flv)
{
  Track *track = &self->tracks[which];
  g_autoptr (GstCaps) caps = ac_codec_caps (flv->codec, flv->data);

  if (caps == NULL) {
    GST_INFO ("a configuration contradicts itself");
    return;
  }
  g_clear_pointer (&track->config, g_bytes_unref);
  track->config = g_bytes_ref (flv->data);
  track->codec = flv->codec;
  self->input.handler.format (which, caps, self->input.user_data);
}

static void
take_frame (FlvInput *self, AcSourceTrack which, const AcFlvPacket *flv,
            guint32 timestamp_ms)
{
  Track *track = &self->tracks[which];
  AcPacket packet = { .track = which,
                      .composition_us = flv->composition_ms * G_GINT64_CONSTANT (1000),
                      .keyframe = which == AC_SOURCE_AUDIO || flv->keyframe,
                      .lost = track->lost };

  if (track->config == NULL || track->codec != flv->codec ||
      !ac_codec_unit_is_whole (flv->codec, flv->data, track->config)) {
    track->lost = TRUE;
    return;
  }
  packet.decode_us = unwrap_ms (self, timestamp_ms) * 1000;
  packet.data = packet.keyframe
                    ? ac_codec_complete_keyframe (flv->codec, flv->data, track->config)
                    : g_bytes_ref (flv->data);
  track->lost = FALSE;
  self->input.handler.packet (&packet, self->input.user_data);
  g_bytes_unref (packet.data);
}

static void
note_refused (FlvInput *self, AcSourceTrack which, const gchar *name)
{
  Track *track = &self->tracks[which];

  if (g_str_equal (track->refused, name))
    return;
  g_strlcpy (track->refused, name, sizeof track->refused);
  GST_WARNING ("the %s is left out: no decoder for %s",
               which == AC_SOURCE_VIDEO ? "picture" : "sound", name);
}

static void
flv_input_push (AcInput *input, const AcFlvTag *tag)
{
  FlvInput *self = (FlvInput *)input;
  g_auto (AcFlvPacket) flv = { 0 };

  switch (ac_flv_packet_read (tag, &flv)) {
  case AC_FLV_VIDEO_CONFIG:
    take_config (self, AC_SOURCE_VIDEO, &flv);
    break;
  case AC_FLV_VIDEO_FRAME:
    take_frame (self, AC_SOURCE_VIDEO, &flv, tag->timestamp_ms);
    break;
  case AC_FLV_AUDIO_CONFIG:
    take_config (self, AC_SOURCE_AUDIO, &flv);
    break;
  case AC_FLV_AUDIO_FRAME:
    take_frame (self, AC_SOURCE_AUDIO, &flv, tag->timestamp_ms);
    break;
  case AC_FLV_METADATA:
    self->input.handler.rate (flv.frames_per_1000s, self->input.user_data);
    break;
  case AC_FLV_REFUSED:
    note_refused (self, tag->type == 9 ? AC_SOURCE_VIDEO : AC_SOURCE_AUDIO, flv.name);
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
