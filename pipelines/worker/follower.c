#include "follower.h"

#include "codec.h"
#include "gop_watch.h"
#include "sound_follower.h"

#include <math.h>

GST_DEBUG_CATEGORY_STATIC (follower_debug);
#define GST_CAT_DEFAULT follower_debug

#define FIRST_TRIAL_GOPS 3
#define TRIAL_SECONDS 4 /* a rate that is almost the grid's shows by then */
#define MAX_TRIAL_GOPS 96
#define MAX_WIDTH 1920
#define MAX_HEIGHT 1088
#define MAX_LEVEL 42      /* 4.2: what phones decode */
#define NUDGE_MAX_US 5000 /* a GOP: more than source_clock.h slews, 10 ms in 5 s */
#define STEP_US 200000    /* so far apart they are not by drift */

struct _AcFollower {
  AcGrid grid;
  AcAssembler *assembler;
  AcPump *pump;
  AcGopWatch *watch;
  AcSoundFollower *sound;
  GstCaps *format;
  AcFollowerTap tap; /* (nullable) */
  gpointer tap_data;
  guint trial_gops;

  gboolean following;
  guint gop_frames, position; /* in decode order, of the next packet in its GOP */
  guint last_place, whole;    /* the latest shown of it; so many are shown without a
                               * hole */
  guint64 key_index;          /* frame of the last key frame */
  gint64 key_present_us;      /* its presentation time, source's clock */
};

static gdouble
period_us (const AcFollower *self)
{
  return (gdouble)G_USEC_PER_SEC / self->grid.frame_rate;
}

AcFollower *
ac_follower_new (const AcGrid *grid, AcAssembler *assembler, AcPump *pump)
{
  static gsize once = 0;
  AcFollower *self = g_new0 (AcFollower, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (follower_debug, "acfollower", 0, "followed sources");
    g_once_init_leave (&once, 1);
  }
  self->grid = *grid;
  self->assembler = assembler;
  self->pump = pump;
  self->watch = ac_gop_watch_new (period_us (self));
  self->sound = ac_sound_follower_new (assembler);
  self->trial_gops = FIRST_TRIAL_GOPS;
  return self;
}

void
ac_follower_tap (AcFollower *self, AcFollowerTap tap, gpointer user_data)
{
  self->tap = tap;
  self->tap_data = user_data;
}

void
ac_follower_free (AcFollower *self)
{
  ac_gop_watch_free (self->watch);
  ac_sound_follower_free (self->sound);
  gst_clear_caps (&self->format);
  g_free (self);
}

static void
give_up (AcFollower *self, const gchar *why)
{
  if (!self->following)
    return;
  GST_INFO ("the source is followed no longer: %s", why);
  self->following = FALSE;
  self->trial_gops = MIN (self->trial_gops * 2, MAX_TRIAL_GOPS);
  ac_assembler_unfollow (self->assembler, self->key_index + self->whole);
  ac_gop_watch_reset (self->watch); /* the next trial counts from here */
}

void
ac_follower_end (AcFollower *self)
{
  give_up (self, "it is gone");
  ac_sound_follower_reset (self->sound);
  ac_gop_watch_reset (self->watch);
  gst_clear_caps (&self->format);
}

gboolean
ac_follower_is_following (AcFollower *self)
{
  return self->following && ac_assembler_is_following (self->assembler);
}

/* --- what can be followed --------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the AVCDecoderConfigurationRecord of @format. */
static GBytes *
configuration (GstCaps *format)
{
  const GstStructure *structure = gst_caps_get_structure (format, 0);

  if (!gst_structure_has_name (structure, "video/x-h264") ||
      g_strcmp0 (gst_structure_get_string (structure, "stream-format"), "avc") != 0)
    return NULL;
  return ac_codec_config_of (format);
}

/* Baseline, Main or High, which phones decode. */
static gboolean
is_playable (GBytes *config)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (config, &size);

  return size >= 7 && (data[1] == 66 || data[1] == 77 || data[1] == 100) &&
         data[3] <= MAX_LEVEL;
}

/* Whether the access unit has an IDR picture (ISO/IEC 14496-10, table 7-1: type 5);
 * encoders mark other I pictures as key frames too. */
static gboolean
has_idr (GBytes *access_unit, GBytes *config)
{
  gsize size, at = 0;
  const guint8 *data = g_bytes_get_data (access_unit, &size);
  const guint8 *record = g_bytes_get_data (config, NULL);
  const guint length_size = (record[4] & 3) + 1;

  while (at + length_size < size) {
    gsize length = 0;

    for (guint i = 0; i < length_size; i++)
      length = length << 8 | data[at + i];
    at += length_size;
    if ((data[at] & 31) == 5)
      return TRUE;
    if (length > size - at)
      return FALSE;
    at += length;
  }
  return FALSE;
}

/* --- on the way ------------------------------------------------------------------- */

/* The frame whose tick is nearest to @due_us; -1: it has been. */
static gint64
index_at (AcFollower *self, gint64 due_us)
{
  AcPumpStatus status;
  glong ahead;

  ac_pump_status (self->pump, &status);
  if (status.next_tick_us == 0)
    return -1;
  ahead = lround ((gdouble)(due_us - status.next_tick_us) / period_us (self));
  return ahead >= 1 ? (gint64)status.next_frame + ahead : -1;
}

static void
begin (AcFollower *self, const AcPacket *packet, gint64 present_due_us, guint width,
       guint height)
{
  gint64 index = index_at (self, present_due_us);
  g_autoptr (GBytes) config = configuration (self->format);
  AcFollowed followed = {
    .width = width,
    .height = height,
    .bps = ac_gop_watch_bps (self->watch),
    .config = config,
    .gop_frames = ac_gop_watch_frames (self->watch),
  };

  ac_sound_follower_describe (self->sound, &followed);
  if (config == NULL || !is_playable (config) || !has_idr (packet->data, config) ||
      width == 0 || width > MAX_WIDTH || height > MAX_HEIGHT ||
      followed.bps > AC_FOLLOWER_MAX_BPS || index < 0 ||
      !ac_assembler_follow (self->assembler, (guint64)index, &followed))
    return;
  GST_INFO ("the source is followed from frame %" G_GINT64_FORMAT
            " on, GOPs of %u, %s sound",
            index, followed.gop_frames,
            followed.sound_config != NULL ? "with its" : "without its");
  self->following = TRUE;
  self->gop_frames = followed.gop_frames;
  self->position = 0;
  self->key_index = (guint64)index - followed.gop_frames; /* on_key() adds one */
  if (followed.sound_config != NULL)
    ac_sound_follower_begin (self->sound, (guint64)index, present_due_us);
}

/* Moves the ticks after the source's key frames. Returns: FALSE when the frame clock
 * has made a step (pump.h), so that frames and ticks are no longer one to one. */
static gboolean
keep_pace (AcFollower *self, gint64 due_us)
{
  AcPumpStatus status;
  gdouble off_us;

  ac_pump_status (self->pump, &status);
  off_us = (gdouble)(due_us - status.next_tick_us) -
           ((gdouble)self->key_index - (gdouble)status.next_frame) * period_us (self);
  if (fabs (off_us) > STEP_US)
    return FALSE;
  ac_pump_nudge (self->pump, CLAMP ((gint64)off_us / 2, -NUDGE_MAX_US, NUDGE_MAX_US));
  return TRUE;
}

static void
on_key (AcFollower *self, const AcPacket *packet, gint64 present_due_us)
{
  self->position = self->last_place = self->whole = 0;
  self->key_index += self->gop_frames;
  self->key_present_us = packet->decode_us + packet->composition_us;
  if (keep_pace (self, present_due_us)) {
    ac_sound_follower_key (self->sound, self->key_index, present_due_us);
    return;
  }
  ac_sound_follower_end (self->sound); /* its place is no longer known */
  self->key_index = 0;                 /* at once: what waits is too late, too */
  give_up (self, "the frame clock made a step");
}

static void
pass_on (AcFollower *self, const AcPacket *packet)
{
  gint64 present_us = packet->decode_us + packet->composition_us - self->key_present_us;
  glong place = lround ((gdouble)present_us / period_us (self));

  ac_assembler_push_followed (self->assembler, packet->data, packet->keyframe,
                              (gint)place - (gint)self->position);
  if (self->tap != NULL && place >= 0)
    self->tap (self->key_index + (guint64)place, packet, self->format,
               (guint)place != self->position, self->tap_data);
  self->position++;
  self->last_place = MAX (self->last_place, (guint)MAX (place, 0));
  if (self->last_place + 1 == self->position)
    self->whole = self->position;
}

static void
note_format (AcFollower *self, GstCaps *format)
{
  if (self->format != NULL && gst_caps_is_equal (self->format, format))
    return;
  give_up (self, "its parameters changed");
  ac_gop_watch_reset (self->watch);
  gst_caps_replace (&self->format, format);
}

/* Whether what is followed goes on as it was. */
static const gchar *
find_fault (AcFollower *self, const AcPacket *packet)
{
  if (!ac_assembler_is_following (self->assembler))
    return "it was late";
  if (ac_gop_watch_n_regular (self->watch) == 0)
    return "it is not regular";
  if (packet->keyframe ? self->position != self->gop_frames
                       : self->position >= self->gop_frames)
    return "its key frames come otherwise";
  return NULL;
}

static gboolean
has_shown_itself (AcFollower *self)
{
  guint n = ac_gop_watch_n_regular (self->watch);

  return n >= self->trial_gops &&
         n * ac_gop_watch_frames (self->watch) >= TRIAL_SECONDS * self->grid.frame_rate;
}

void
ac_follower_packet (AcFollower *self, const AcPacket *packet, GstCaps *format,
                    gint64 due_us, gboolean discontinuity, guint width, guint height)
{
  gint64 present_due_us = due_us + packet->composition_us;
  const gchar *fault;

  note_format (self, format);
  if (discontinuity) {
    ac_sound_follower_end (self->sound);
    give_up (self, "its line was broken");
    ac_gop_watch_reset (self->watch);
  }
  ac_gop_watch_packet (self->watch, packet);
  if (self->following && (fault = find_fault (self, packet)) != NULL)
    give_up (self, fault);
  if (!self->following && packet->keyframe && has_shown_itself (self))
    begin (self, packet, present_due_us, width, height);
  if (!self->following)
    return;
  if (packet->keyframe)
    on_key (self, packet, present_due_us);
  if (!self->following)
    return;
  pass_on (self, packet);
}

void
ac_follower_sound (AcFollower *self, const AcPacket *packet, GstCaps *format,
                   gint64 due_us, gboolean discontinuity)
{
  if (!ac_sound_follower_packet (self->sound, packet, format, due_us, discontinuity))
    give_up (self, "its sound's parameters changed");
}
