#include "source.h"

#include "flv_tag.h"
#include "source_clock.h"

GST_DEBUG_CATEGORY_STATIC (source_debug);
#define GST_CAT_DEFAULT source_debug

#define ALIVE_US G_USEC_PER_SEC
#define RETRY_US                                                                       \
  (G_USEC_PER_SEC / 2) /* a hostile source shall not keep us at rebuilding */
#define MEASURE_MS 500 /* how long a rate that nobody tells is measured */

typedef struct {
  AcDecoder *decoder;
  gboolean failed; /* to be freed outside its own callback */
  GBytes *config;
  gboolean config_sent;   /* to this decoder */
  gboolean discontinuity; /* not yet told to the decoder */
  gint64 retry_us;        /* no decoder is made before that */
} Track;

struct _AcSource {
  AcSourceHandler handler;
  gpointer user_data;
  AcSourceClock *clock;
  Track video, audio;
  gboolean wait_keyframe;

  gint64 first_video_due_us, first_audio_arrival_us, last_frame_us;
  guint32 metadata_rate, measured_rate;
  guint n_measured;
  guint32 measure_start_ms, last_keyframe_ms;
  gboolean seen_keyframe;
  guint32 keyframe_interval_ms;

  guint64 n_bytes; /* since the last health */
  gint64 health_us;

  GMutex lock; /* guards picture: it is written on a decoder thread */
  AcPicture picture;
};

static void
on_canvas (const AcPicture *picture, guint *ret_width, guint *ret_height,
           gpointer user_data)
{
  AcSource *self = user_data;

  g_mutex_lock (&self->lock);
  self->picture = *picture;
  g_mutex_unlock (&self->lock);
  self->handler.canvas (picture, ret_width, ret_height, self->user_data);
}

static void
on_frame (GstBuffer *frame, gint64 due_us, gpointer user_data)
{
  AcSource *self = user_data;

  self->handler.frame (frame, due_us, self->user_data);
}

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  AcSource *self = user_data;

  self->handler.sound (samples, n_samples, due_us, discontinuity, self->user_data);
}

static void
on_failed (AcDecoder *decoder, const gchar *reason, gpointer user_data)
{
  AcSource *self = user_data;
  Track *track = decoder == self->video.decoder ? &self->video : &self->audio;

  GST_WARNING ("%s decoder: %s", track == &self->video ? "video" : "audio", reason);
  track->failed = TRUE;
}

static const AcDecoderHandler decoder_handler = { on_canvas, on_frame, on_sound,
                                                  on_failed };

AcSource *
ac_source_new (const AcSourceHandler *handler, gpointer user_data)
{
  static gsize once = 0;
  AcSource *self = g_new0 (AcSource, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (source_debug, "acsource", 0, "publishers");
    g_once_init_leave (&once, 1);
  }
  self->handler = *handler;
  self->user_data = user_data;
  self->clock = ac_source_clock_new ();
  g_mutex_init (&self->lock);
  ac_source_begin (self);
  return self;
}

static void
drop_decoder (Track *track)
{
  g_clear_pointer (&track->decoder, ac_decoder_free);
  track->failed = FALSE;
  track->config_sent = FALSE;
}

static void
clear_track (Track *track)
{
  drop_decoder (track);
  g_clear_pointer (&track->config, g_bytes_unref);
  track->discontinuity = FALSE;
  track->retry_us = 0;
}

void
ac_source_free (AcSource *self)
{
  clear_track (&self->video);
  clear_track (&self->audio);
  ac_source_clock_free (self->clock);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ac_source_begin (AcSource *self)
{
  ac_source_end (self);
  ac_source_clock_reset (self->clock);
  self->wait_keyframe = TRUE;
  self->first_video_due_us = self->first_audio_arrival_us = -1;
  self->metadata_rate = self->measured_rate = 0;
  self->n_measured = 0;
  self->seen_keyframe = FALSE;
  self->keyframe_interval_ms = 0;
  g_mutex_lock (&self->lock);
  self->picture = (AcPicture){ .rate_denominator = 1 };
  g_mutex_unlock (&self->lock);
}

void
ac_source_end (AcSource *self)
{
  clear_track (&self->video);
  clear_track (&self->audio);
  self->last_frame_us = G_MININT64 / 2;
}

void
ac_source_set_phase (AcSource *self, gint64 tick_us, gint64 period_us)
{
  ac_source_clock_set_phase (self->clock, tick_us, period_us);
}

static void
take_config (AcSource *self, Track *track, GBytes *config)
{
  if (track->config != NULL && g_bytes_equal (track->config, config))
    return;
  if (track == &self->video) /* what follows refers to nothing that was before */
    self->wait_keyframe = TRUE;
  g_clear_pointer (&track->config, g_bytes_unref);
  track->config = g_bytes_ref (config);
  track->config_sent = FALSE;
  track->discontinuity = TRUE; /* else audioresample counts on at the old rate */
}

/* Throws a decoder away that has failed. Returns: TRUE when it did. */
static gboolean
drop_failed (Track *track, gint64 now_us)
{
  if (!track->failed)
    return FALSE;
  drop_decoder (track);
  track->retry_us = now_us + RETRY_US;
  return TRUE;
}

/* Makes the decoder when there is none and gives it its configuration.
 * Returns: FALSE when it cannot be used. */
static gboolean
prepare (AcSource *self, Track *track, gint64 now_us)
{
  g_autoptr (GError) error = NULL;

  if (track->decoder == NULL && now_us < track->retry_us)
    return FALSE;
  if (track->decoder == NULL) {
    track->decoder = track == &self->video
                         ? ac_decoder_new_video (&decoder_handler, self, &error)
                         : ac_decoder_new_audio (&decoder_handler, self, &error);
    if (track->decoder == NULL) {
      GST_ERROR ("no decoder: %s", error->message);
      return FALSE;
    }
  }
  if (!track->config_sent)
    ac_decoder_configure (track->decoder, track->config);
  track->config_sent = TRUE;
  return TRUE;
}

/* A rate from timestamps, in case nothing else tells. */
static void
measure (AcSource *self, guint32 timestamp_ms, gboolean discontinuity)
{
  guint32 span_ms;

  if (self->n_measured == 0 || discontinuity) {
    self->measure_start_ms = timestamp_ms;
    self->n_measured = 1;
    return;
  }
  span_ms = timestamp_ms - self->measure_start_ms;
  if (self->measured_rate == 0 && span_ms >= MEASURE_MS && span_ms < 60000)
    self->measured_rate = (guint32)((guint64)self->n_measured * 1000 * 1000 / span_ms);
  self->n_measured++;
}

static void
note_keyframe (AcSource *self, guint32 timestamp_ms)
{
  guint32 interval_ms = timestamp_ms - self->last_keyframe_ms;

  if (self->seen_keyframe && interval_ms < 600000)
    self->keyframe_interval_ms = interval_ms;
  self->seen_keyframe = TRUE;
  self->last_keyframe_ms = timestamp_ms;
}

static void
take_video (AcSource *self, const AcFlvPacket *packet, guint32 timestamp_ms,
            gint64 arrival_us)
{
  AcDecoderInput input = { .data = packet->data, .keyframe = packet->keyframe };
  gboolean discontinuity;

  if (self->video.config == NULL ||
      !ac_flv_access_unit_is_whole (packet->data, self->video.config)) {
    self->wait_keyframe = TRUE;
    return;
  }
  input.decode_us = ac_source_clock_due (self->clock, AC_SOURCE_VIDEO, timestamp_ms,
                                         arrival_us, &discontinuity);
  input.due_us = input.decode_us + packet->composition_ms * 1000;
  self->video.discontinuity |= discontinuity;
  if (discontinuity)
    self->first_video_due_us = input.due_us;
  self->last_frame_us = arrival_us;
  measure (self, timestamp_ms, discontinuity);
  if (packet->keyframe)
    note_keyframe (self, timestamp_ms);

  if (drop_failed (&self->video, arrival_us))
    self->wait_keyframe = TRUE;
  if ((self->wait_keyframe && !packet->keyframe) ||
      !prepare (self, &self->video, arrival_us))
    return;
  input.discontinuity = self->video.discontinuity;
  self->wait_keyframe = !ac_decoder_push (self->video.decoder, &input);
  self->video.discontinuity = self->wait_keyframe;
}

static void
take_audio (AcSource *self, const AcFlvPacket *packet, guint32 timestamp_ms,
            gint64 arrival_us)
{
  AcDecoderInput input = { .data = packet->data, .keyframe = TRUE };
  gboolean discontinuity;

  if (self->audio.config == NULL)
    return;
  if (self->first_audio_arrival_us < 0)
    self->first_audio_arrival_us = arrival_us;
  input.due_us = input.decode_us = ac_source_clock_due (
      self->clock, AC_SOURCE_AUDIO, timestamp_ms, arrival_us, &discontinuity);
  self->last_frame_us = arrival_us;
  drop_failed (&self->audio, arrival_us);
  self->audio.discontinuity |= discontinuity;
  if (!prepare (self, &self->audio, arrival_us))
    return;
  input.discontinuity = self->audio.discontinuity;
  self->audio.discontinuity = !ac_decoder_push (self->audio.decoder, &input);
}

void
ac_source_tag (AcSource *self, const AcFlvTag *tag, gint64 arrival_us)
{
  g_auto (AcFlvPacket) packet = { NULL };

  self->n_bytes += g_bytes_get_size (tag->body);
  switch (ac_flv_packet_read (tag, &packet)) {
  case AC_FLV_VIDEO_CONFIG:
    take_config (self, &self->video, packet.data);
    break;
  case AC_FLV_VIDEO_FRAME:
    take_video (self, &packet, tag->timestamp_ms, arrival_us);
    break;
  case AC_FLV_AUDIO_CONFIG:
    take_config (self, &self->audio, packet.data);
    break;
  case AC_FLV_AUDIO_FRAME:
    take_audio (self, &packet, tag->timestamp_ms, arrival_us);
    break;
  case AC_FLV_METADATA:
    self->metadata_rate = packet.frames_per_1000s;
    break;
  case AC_FLV_BROKEN:
    GST_INFO ("a tag of type %u contradicts itself", tag->type);
    break;
  case AC_FLV_IGNORED:
    break;
  }
}

/* The rate in an H.264 configuration is optional and sometimes nonsense. */
static guint32
picture_rate (const AcPicture *picture)
{
  gdouble rate;

  if (picture->rate_numerator <= 0 || picture->rate_denominator <= 0)
    return 0;
  rate = 1000.0 * picture->rate_numerator / picture->rate_denominator;
  return rate >= 1000.0 && rate <= 240000.0 ? (guint32)(rate + 0.5) : 0;
}

void
ac_source_facts (AcSource *self, AcSourceFacts *ret_facts)
{
  g_mutex_lock (&self->lock);
  ret_facts->width = (guint)self->picture.width;
  ret_facts->height = (guint)self->picture.height;
  ret_facts->frames_per_1000s = picture_rate (&self->picture);
  g_mutex_unlock (&self->lock);

  if (ret_facts->frames_per_1000s == 0)
    ret_facts->frames_per_1000s = self->metadata_rate;
  if (ret_facts->frames_per_1000s == 0)
    ret_facts->frames_per_1000s = self->measured_rate;
  ret_facts->first_video_due_us = self->first_video_due_us;
  ret_facts->first_audio_arrival_us = self->first_audio_arrival_us;
}

void
ac_source_health (AcSource *self, gint64 now_us, AcWireHealth *health)
{
  gint64 passed_us = now_us - self->health_us;
  AcSourceFacts facts;

  ac_source_facts (self, &facts);
  health->source_alive = now_us - self->last_frame_us < ALIVE_US;
  health->width = facts.width;
  health->height = facts.height;
  health->frames_per_1000s = facts.frames_per_1000s;
  health->keyframe_interval_ms = self->keyframe_interval_ms;
  if (passed_us > 0 && self->health_us > 0)
    health->source_bps = (guint32)MIN (
        self->n_bytes * 8 * G_USEC_PER_SEC / (guint64)passed_us, G_MAXUINT32);
  self->n_bytes = 0;
  self->health_us = now_us;
}
