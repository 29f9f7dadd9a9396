#include "source.h"

#include "source_clock.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (source_debug);
#define GST_CAT_DEFAULT source_debug

#define ALIVE_US G_USEC_PER_SEC
#define RETRY_US                                                                       \
  (G_USEC_PER_SEC / 2) /* a hostile source shall not keep us at rebuilding */
#define MEASURE_US                                                                     \
  (G_USEC_PER_SEC / 2) /* how long a rate that nobody tells is measured */
#define MEASURE_MAX_US (60 * G_USEC_PER_SEC)
#define KEYFRAME_MAX_US (600 * G_USEC_PER_SEC)

typedef struct {
  AcDecoder *decoder;
  gboolean failed;        /* to be freed outside its own callback */
  GstCaps *format;        /* NULL: none yet */
  gboolean undecodable;   /* there is no decoder for this format */
  gboolean discontinuity; /* not yet told to the decoder */
  gint64 retry_us;        /* no decoder is made before that */
  GBytes *last;           /* (nullable): the packet before, */
  gint64 last_us;         /* and its time */
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
  gint64 measure_start_us, last_keyframe_us;
  gboolean seen_keyframe;
  guint32 keyframe_interval_ms;

  guint64 n_bytes; /* since the last health */
  guint n_pictures;
  guint32 gop_frames, n_since_keyframe;
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

static Track *
track_of (AcSource *self, AcSourceTrack which)
{
  return which == AC_SOURCE_VIDEO ? &self->video : &self->audio;
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
    GST_DEBUG_CATEGORY_INIT (source_debug, "acsource", 0, "sources");
    g_once_init_leave (&once, 1);
  }
  self->handler = *handler;
  self->user_data = user_data;
  self->clock = ac_source_clock_new ();
  g_mutex_init (&self->lock);
  ac_source_begin (self, 0);
  return self;
}

static void
drop_decoder (Track *track)
{
  g_clear_pointer (&track->decoder, ac_decoder_free);
  track->failed = FALSE;
}

static void
clear_track (Track *track)
{
  drop_decoder (track);
  gst_clear_caps (&track->format);
  g_clear_pointer (&track->last, g_bytes_unref);
  track->undecodable = track->discontinuity = FALSE;
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
ac_source_begin (AcSource *self, gint64 age_us)
{
  ac_source_end (self);
  ac_source_clock_reset (self->clock, age_us);
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

void
ac_source_format (AcSource *self, AcSourceTrack which, GstCaps *format)
{
  Track *track = track_of (self, which);

  if (track->format != NULL && gst_caps_is_equal (track->format, format))
    return;
  if (which == AC_SOURCE_VIDEO) /* what follows refers to nothing that was before */
    self->wait_keyframe = TRUE;
  gst_caps_replace (&track->format, format);
  track->undecodable = FALSE;
  track->discontinuity = TRUE; /* else audioresample counts on at the old rate */
  if (track->decoder != NULL && !track->failed &&
      !ac_decoder_set_format (track->decoder, format))
    drop_decoder (track);
}

void
ac_source_rate (AcSource *self, guint32 frames_per_1000s)
{
  self->metadata_rate = frames_per_1000s;
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

/* Makes the decoder when there is none. Returns: FALSE when there can be none now. */
static gboolean
prepare (AcSource *self, Track *track, gint64 now_us)
{
  g_autoptr (GError) error = NULL;

  if (track->decoder != NULL)
    return TRUE;
  if (track->undecodable || now_us < track->retry_us)
    return FALSE;
  track->decoder =
      ac_decoder_new (track == &self->video ? AC_SOURCE_VIDEO : AC_SOURCE_AUDIO,
                      track->format, &decoder_handler, self, &error);
  if (track->decoder == NULL) {
    GST_ERROR ("the %s is left out: %s", track == &self->video ? "picture" : "sound",
               error->message);
    track->undecodable = TRUE;
  }
  return track->decoder != NULL;
}

/* A rate from timestamps, in case nothing else tells. */
static void
measure (AcSource *self, gint64 source_us, gboolean discontinuity)
{
  gint64 span_us;

  if (self->n_measured == 0 || discontinuity) {
    self->measure_start_us = source_us;
    self->n_measured = 1;
    return;
  }
  span_us = source_us - self->measure_start_us;
  if (self->measured_rate == 0 && span_us >= MEASURE_US && span_us < MEASURE_MAX_US)
    self->measured_rate =
        (guint32)((guint64)self->n_measured * 1000 * G_USEC_PER_SEC / (guint64)span_us);
  self->n_measured++;
}

static void
note_keyframe (AcSource *self, gint64 source_us)
{
  gint64 interval_us = source_us - self->last_keyframe_us;

  if (self->seen_keyframe && interval_us >= 0 && interval_us < KEYFRAME_MAX_US)
    self->keyframe_interval_ms = (guint32)(interval_us / 1000);
  self->gop_frames = self->seen_keyframe ? self->n_since_keyframe : 0;
  self->n_since_keyframe = 0;
  self->seen_keyframe = TRUE;
  self->last_keyframe_us = source_us;
}

static void
decode (AcSource *self, Track *track, const AcPacket *packet, gint64 due_us)
{
  const AcDecoderInput input = { .data = packet->data,
                                 .due_us = due_us + packet->composition_us,
                                 .decode_us = due_us,
                                 .keyframe = packet->keyframe,
                                 .discontinuity = track->discontinuity };

  track->discontinuity = !ac_decoder_push (track->decoder, &input);
}

static void
take_video (AcSource *self, const AcPacket *packet, gint64 due_us,
            gboolean discontinuity, gint64 arrival_us)
{
  if (discontinuity)
    self->first_video_due_us = due_us + packet->composition_us;
  measure (self, packet->decode_us, discontinuity);
  if (packet->keyframe)
    note_keyframe (self, packet->decode_us);
  self->n_since_keyframe++;
  self->n_pictures++;

  if (drop_failed (&self->video, arrival_us) || packet->lost)
    self->wait_keyframe = TRUE;
  if ((self->wait_keyframe && !packet->keyframe) ||
      !prepare (self, &self->video, arrival_us))
    return;
  decode (self, &self->video, packet, due_us);
  self->wait_keyframe = self->video.discontinuity;
}

static void
take_audio (AcSource *self, const AcPacket *packet, gint64 due_us, gint64 arrival_us)
{
  if (self->first_audio_arrival_us < 0)
    self->first_audio_arrival_us = arrival_us;
  drop_failed (&self->audio, arrival_us);
  if (prepare (self, &self->audio, arrival_us))
    decode (self, &self->audio, packet, due_us);
}

/* Some encoders and relays send a packet again; decoded twice, sound is torn. */
static gboolean
is_repeated (Track *track, const AcPacket *packet)
{
  const gboolean repeated = track->last != NULL &&
                            track->last_us == packet->decode_us &&
                            g_bytes_equal (track->last, packet->data);

  if (repeated)
    return TRUE;
  g_clear_pointer (&track->last, g_bytes_unref);
  track->last = g_bytes_ref (packet->data);
  track->last_us = packet->decode_us;
  return FALSE;
}

void
ac_source_packet (AcSource *self, const AcPacket *packet, gint64 arrival_us)
{
  Track *track = track_of (self, packet->track);
  gboolean discontinuity;
  gint64 due_us;

  self->n_bytes += g_bytes_get_size (packet->data);
  if (track->format == NULL || is_repeated (track, packet))
    return;
  due_us = ac_source_clock_due (self->clock, packet->track, packet->decode_us,
                                arrival_us, &discontinuity);
  self->last_frame_us = arrival_us;
  track->discontinuity |= discontinuity;
  if (packet->track == AC_SOURCE_VIDEO)
    take_video (self, packet, due_us, discontinuity, arrival_us);
  else
    take_audio (self, packet, due_us, arrival_us);
  if (self->handler.packet != NULL)
    self->handler.packet (packet, track->format, due_us, discontinuity,
                          self->user_data);
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

/* "h264" of "video/x-h264". */
static void
name_codec (const Track *track, gchar *ret_name, gsize size)
{
  const GstStructure *structure =
      track->format != NULL ? gst_caps_get_structure (track->format, 0) : NULL;
  const gchar *name;

  ret_name[0] = '\0';
  if (structure == NULL)
    return;
  name = gst_structure_get_name (structure);
  if (g_str_equal (name, "audio/mpeg"))
    name = "/aac";
  name = strrchr (name, '/') + 1;
  g_strlcpy (ret_name, g_str_has_prefix (name, "x-") ? name + 2 : name, size);
}

static guint32
per_second (guint64 n, gint64 passed_us)
{
  return (guint32)MIN (n * G_USEC_PER_SEC / (guint64)passed_us, G_MAXUINT32);
}

static guint32
waiting_bytes (const Track *track)
{
  return track->decoder != NULL ? (guint32)ac_decoder_waiting_bytes (track->decoder)
                                : 0;
}

void
ac_source_health (AcSource *self, gint64 now_us, AcWireHealth *health)
{
  gint64 passed_us = now_us - self->health_us;
  AcSourceFacts facts;
  AcSourceRepairs repairs;

  ac_source_facts (self, &facts);
  health->source_alive = now_us - self->last_frame_us < ALIVE_US;
  health->width = facts.width;
  health->height = facts.height;
  health->frames_per_1000s = facts.frames_per_1000s;
  health->keyframe_interval_ms = self->keyframe_interval_ms;
  health->gop_frames = self->gop_frames;
  name_codec (&self->video, health->video_codec, sizeof health->video_codec);
  name_codec (&self->audio, health->audio_codec, sizeof health->audio_codec);
  ac_source_clock_repairs (self->clock, &repairs);
  health->timestamp_jumps = repairs.jumps;
  health->packets_late = repairs.late;
  health->drift_ppm = repairs.drift_ppm;
  if (passed_us > 0 && self->health_us > 0) {
    health->source_bps = per_second (self->n_bytes * 8, passed_us);
    health->frames_arrived_per_1000s =
        per_second (self->n_pictures * G_GUINT64_CONSTANT (1000), passed_us);
  }
  health->source_waiting_bytes =
      waiting_bytes (&self->video) + waiting_bytes (&self->audio);
  self->n_bytes = 0;
  self->n_pictures = 0;
  self->health_us = now_us;
}
