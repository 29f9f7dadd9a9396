#include "sound_follower.h"

#include "aac_config.h"
#include "codec.h"

#include <math.h>

GST_DEBUG_CATEGORY_STATIC (sound_follower_debug);
#define GST_CAT_DEFAULT sound_follower_debug

#define REGULAR_FRAMES 96
#define KEPT_FRAMES 64
#define MAX_FRAME_BYTES 4096
#define FRAME_US (1024 * 1000 / 48.0)
#define STEP_SLACK_US 8000 /* of a regular step: timestamps are often milliseconds */
#define ADRIFT_TICKS 3600  /* 40 ms */
#define MEASURED_FRAMES 2048

typedef struct {
  GBytes *data;
  gint64 source_us, due_us;
  gboolean broken; /* its timestamps do not follow those before */
} Frame;

struct _AcSoundFollower {
  AcAssembler *assembler;
  GstCaps *format;
  GBytes *config; /* (nullable): AudioSpecificConfig */
  guint channels; /* 0: not to be passed on */

  GQueue kept; /* Frame */
  guint n_regular;
  gint64 last_source_us;
  guint n_measured;
  guint64 n_bytes; /* of them */

  gboolean passing;
  guint64 key_ticks; /* lesson time of a frame of pictures */
  gint64 first;      /* number that is passed on */
  gint64 key_due_us; /* when that is shown */
  gboolean laid, adrift;
  gint64 last_number;  /* of the last that was laid, */
  gint64 last_laid_us; /* and its source time */
};

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_bytes_unref (frame->data);
  g_free (frame);
}

AcSoundFollower *
ac_sound_follower_new (AcAssembler *assembler)
{
  static gsize once = 0;
  AcSoundFollower *self = g_new0 (AcSoundFollower, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (sound_follower_debug, "acsoundfollower", 0,
                             "followed sound");
    g_once_init_leave (&once, 1);
  }
  self->assembler = assembler;
  return self;
}

static void
forget (AcSoundFollower *self)
{
  g_queue_clear_full (&self->kept, frame_free);
  self->n_regular = self->n_measured = 0;
  self->n_bytes = 0;
}

void
ac_sound_follower_free (AcSoundFollower *self)
{
  forget (self);
  gst_clear_caps (&self->format);
  g_clear_pointer (&self->config, g_bytes_unref);
  g_free (self);
}

/* --- what can be passed on -------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the AudioSpecificConfig of @format. */
static GBytes *
configuration (GstCaps *format)
{
  const GstStructure *structure = gst_caps_get_structure (format, 0);
  gint version = 0;

  if (!gst_structure_has_name (structure, "audio/mpeg") ||
      !gst_structure_get_int (structure, "mpegversion", &version) || version == 1 ||
      g_strcmp0 (gst_structure_get_string (structure, "stream-format"), "raw") != 0)
    return NULL;
  return ac_codec_config_of (format);
}

/* Returns: FALSE when it is another than before. */
static gboolean
note_format (AcSoundFollower *self, GstCaps *format)
{
  if (self->format != NULL && gst_caps_is_equal (self->format, format))
    return TRUE;
  forget (self);
  gst_caps_replace (&self->format, format);
  g_clear_pointer (&self->config, g_bytes_unref);
  self->config = configuration (format);
  self->channels =
      self->config != NULL ? ac_aac_config_plain_channels (self->config) : 0;
  return FALSE;
}

static void
note_step (AcSoundFollower *self, const AcPacket *packet, gboolean broken)
{
  gdouble step = (gdouble)(packet->decode_us - self->last_source_us);
  gsize size = g_bytes_get_size (packet->data);

  if (broken || fabs (step - FRAME_US) > STEP_SLACK_US || size > MAX_FRAME_BYTES)
    self->n_regular = 0;
  self->n_regular++;
  self->last_source_us = packet->decode_us;
  if (self->n_measured == MEASURED_FRAMES) {
    self->n_measured /= 2;
    self->n_bytes /= 2;
  }
  self->n_measured++;
  self->n_bytes += size;
}

static guint32
measured_bps (const AcSoundFollower *self)
{
  return (guint32)(self->n_bytes * 8 * AC_GRID_SAMPLE_RATE /
                   (AC_GRID_BLOCK_SAMPLES * (guint64)MAX (self->n_measured, 1)));
}

void
ac_sound_follower_describe (AcSoundFollower *self, AcFollowed *followed)
{
  guint32 bps = measured_bps (self);

  followed->sound_config = NULL;
  if (self->channels == 0 || self->n_regular < REGULAR_FRAMES ||
      bps > AC_SOUND_FOLLOWER_MAX_BPS)
    return;
  followed->sound_config = self->config;
  followed->sound_channels = self->channels;
  followed->sound_bps = bps;
}

/* --- on the way ------------------------------------------------------------------- */

/* Lesson time at which it is to be heard, by its timestamps. */
static gdouble
wanted_ticks (const AcSoundFollower *self, const Frame *frame)
{
  return (gdouble)self->key_ticks + (gdouble)(frame->due_us - self->key_due_us) * 0.09;
}

/* Frames before the first are laid too, so that it follows on them: timestamps that are
 * rounded to milliseconds could otherwise put the second one beyond its number.
 *
 * Returns: the number that @frame is laid on; -1: none, it is left out. */
static gint64
lay (AcSoundFollower *self, const Frame *frame)
{
  gdouble wanted = wanted_ticks (self, frame);
  gint64 nearest = llround (wanted / AC_GRID_BLOCK_TICKS);
  gint64 number = nearest;

  if (self->laid && !self->adrift && !frame->broken) {
    gint64 step = lround ((gdouble)(frame->source_us - self->last_laid_us) / FRAME_US);

    number = self->last_number + MAX (step, 1);
    if (fabs (wanted - (gdouble)number * AC_GRID_BLOCK_TICKS) > ADRIFT_TICKS) {
      GST_INFO ("sound is laid %" G_GINT64_FORMAT " frames on", nearest - number);
      number = nearest;
    }
  }
  self->adrift = self->laid && number <= self->last_number;
  if (self->adrift)
    return -1;
  self->laid = TRUE;
  self->last_number = number;
  self->last_laid_us = frame->source_us;
  return number >= self->first ? number : -1;
}

static void
pass_on (AcSoundFollower *self, const Frame *frame)
{
  gint64 number = lay (self, frame);

  if (number >= 0 &&
      !ac_assembler_push_sound (self->assembler, (guint64)number, frame->data))
    self->passing = FALSE;
}

gboolean
ac_sound_follower_packet (AcSoundFollower *self, const AcPacket *packet,
                          GstCaps *format, gint64 due_us, gboolean discontinuity)
{
  gboolean same = note_format (self, format);
  gboolean goes_on = same || !self->passing;
  Frame *frame;

  if (!same)
    self->passing = FALSE;
  note_step (self, packet, discontinuity || packet->lost);
  if (self->channels == 0 || g_bytes_get_size (packet->data) > MAX_FRAME_BYTES)
    return goes_on;
  frame = g_new (Frame, 1);
  *frame =
      (Frame){ g_bytes_ref (packet->data), packet->decode_us, due_us, discontinuity };
  g_queue_push_tail (&self->kept, frame);
  if (g_queue_get_length (&self->kept) > KEPT_FRAMES)
    frame_free (g_queue_pop_head (&self->kept));
  if (self->passing)
    pass_on (self, frame);
  return goes_on;
}

void
ac_sound_follower_key (AcSoundFollower *self, guint64 index, gint64 due_us)
{
  self->key_ticks = ac_assembler_frame_start (self->assembler, index);
  self->key_due_us = due_us;
}

void
ac_sound_follower_begin (AcSoundFollower *self, guint64 index, gint64 due_us)
{
  ac_sound_follower_key (self, index, due_us);
  self->first =
      (gint64)ac_media_frames_before (AC_GRID_BLOCK_TICKS, 0, self->key_ticks);
  self->laid = self->adrift = FALSE;
  self->passing = TRUE;
  for (GList *link = self->kept.head; link != NULL && self->passing; link = link->next)
    pass_on (self, link->data);
}

void
ac_sound_follower_end (AcSoundFollower *self)
{
  if (self->passing)
    ac_assembler_end_sound (self->assembler);
  self->passing = FALSE;
}

void
ac_sound_follower_reset (AcSoundFollower *self)
{
  ac_sound_follower_end (self);
  forget (self);
  gst_clear_caps (&self->format);
  self->channels = 0;
}
