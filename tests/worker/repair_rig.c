#include "repair_rig.h"

#include "frame_queue.h"
#include "sound_rate.h"
#include "sound_ring.h"
#include "source_clock.h"

#include <string.h>

#define START (G_GINT64_CONSTANT (5000) * G_USEC_PER_SEC)
#define TROUBLE_US (10 * G_USEC_PER_SEC)
#define WARM_UP_US (3 * G_USEC_PER_SEC)
#define BLOCK 1024
#define TICK_SAMPLES 1920
#define HOLE_SAMPLES 24
#define AHEAD_SAMPLES 2048 /* the pump's sound goes before its picture */
#define PERIOD_US 730000   /* after which the sound clock begins again */
#define AMPLITUDE 30000
#define EDGE_US 20000 /* around that, where it cannot be read: filters ring */

typedef struct {
  const RigScript *script;
  RigResult *result;
  GRand *random;
  gint64 now_us; /* since START */

  AcSourceClock *clock;
  AcSoundRate *rate;
  AcSoundRing *ring;
  AcFrameQueue *frames;

  gint64 n_prepared[2];
  GArray *coming[2]; /* RigPacket, as they come */
  gint64 sound_end_us;
  gint16 heard[AHEAD_SAMPLES + TICK_SAMPLES];
} Rig;

/* --- the source ------------------------------------------------------------------- */

/* Our time of what the source's clock calls @source_us. */
static gint64
in_our_time (const Rig *self, gint64 source_us)
{
  return source_us + source_us * self->script->ppm / 1000000;
}

static guint
frames_per_second (const Rig *self)
{
  return self->script->frames_per_second > 0 ? self->script->frames_per_second : 25;
}

static guint
sample_rate (const Rig *self)
{
  return self->script->sample_rate > 0 ? self->script->sample_rate : 44100;
}

static gint64
source_time (const Rig *self, AcSourceTrack track, gint64 number)
{
  if (track == AC_SOURCE_VIDEO)
    return number * G_USEC_PER_SEC / frames_per_second (self);
  return number * BLOCK * G_USEC_PER_SEC / sample_rate (self);
}

/* Prepares what happens within the next 2 s, so that it can be delayed. */
static void
prepare (Rig *self, AcSourceTrack track)
{
  for (;;) {
    gint64 source_us = source_time (self, track, self->n_prepared[track]);
    RigPacket packet = { .track = track,
                         .happened_us = in_our_time (self, source_us),
                         .timestamp_us = source_us / 1000 * 1000,
                         .delay_us = g_rand_int_range (self->random, 20000, 50000) };

    if (packet.happened_us > self->now_us + 2 * G_USEC_PER_SEC)
      return;
    self->n_prepared[track]++;
    if (self->script->spoil != NULL)
      self->script->spoil (&packet, self->random);
    if (!packet.lost)
      g_array_append_val (self->coming[track], packet);
  }
}

/* The sound's own clock: a saw that tells what time it is within a second. */
static void
push_sound (Rig *self, const RigPacket *packet, gint64 due_us, gboolean discontinuity)
{
  gint16 samples[BLOCK];

  for (guint i = 0; i < BLOCK; i++) {
    gint64 source_us =
        packet->happened_us +
        in_our_time (self, (gint64)i * G_USEC_PER_SEC / sample_rate (self));

    samples[i] =
        (gint16)((source_us % PERIOD_US) * 2 * AMPLITUDE / PERIOD_US - AMPLITUDE);
  }
  ac_sound_rate_push (self->rate, samples, BLOCK, sample_rate (self), due_us,
                      discontinuity);
}

static void
on_sound (const gint16 *samples, gsize n_samples, gint64 due_us, gboolean discontinuity,
          gpointer user_data)
{
  Rig *self = user_data;

  ac_sound_ring_write (self->ring, samples, n_samples, due_us, discontinuity);
  self->sound_end_us = due_us + (gint64)n_samples * G_USEC_PER_SEC / 48000 - START;
}

static void
arrive (Rig *self, const RigPacket *packet)
{
  gboolean discontinuity;
  gint64 due_us = ac_source_clock_due (self->clock, packet->track, packet->timestamp_us,
                                       START + packet->happened_us + packet->delay_us,
                                       &discontinuity);
  GstBuffer *frame;

  if (packet->track == AC_SOURCE_AUDIO) {
    push_sound (self, packet, due_us, discontinuity);
    return;
  }
  frame = gst_buffer_new ();
  GST_BUFFER_OFFSET (frame) = (guint64)packet->happened_us;
  ac_frame_queue_push (self->frames, frame, due_us);
}

/* All that comes up to now, in order; of each track nothing overtakes. */
static void
deliver (Rig *self)
{
  for (;;) {
    RigPacket first;
    gint which = -1;
    gint64 first_us = G_MAXINT64;

    for (gint i = 0; i < 2; i++) {
      const RigPacket *packet;

      prepare (self, (AcSourceTrack)i);
      if (self->coming[i]->len == 0)
        continue;
      packet = &g_array_index (self->coming[i], RigPacket, 0);
      if (packet->happened_us + packet->delay_us < first_us) {
        first_us = packet->happened_us + packet->delay_us;
        which = i;
      }
    }
    if (which < 0 || first_us > self->now_us)
      return;
    first = g_array_index (self->coming[which], RigPacket, 0);
    g_array_remove_index (self->coming[which], 0);
    arrive (self, &first);
  }
}

/* --- the pump --------------------------------------------------------------------- */

/* Returns: whether this moment is looked at. */
static gboolean
is_looked_at (const Rig *self, gint64 happened_us)
{
  gint64 begin_us =
      self->script->settle_ms > 0 ? TROUBLE_US - RIG_FRAME_US : G_MAXINT64;

  return happened_us < begin_us ||
         happened_us > TROUBLE_US + self->script->settle_ms * G_GINT64_CONSTANT (1000);
}

/* Whether there is a hole in a tick's sound: the saw passes nought, but does not stay.
 */
static gboolean
is_broken (const gint16 *samples)
{
  guint run = 0;

  for (guint i = 0; i < TICK_SAMPLES; i++) {
    run = samples[i] == 0 ? run + 1 : 0;
    if (run >= HOLE_SAMPLES)
      return TRUE;
  }
  return FALSE;
}

static void
hear (Rig *self)
{
  gint16 *fresh = self->heard + AHEAD_SAMPLES;
  gint64 fill_us;
  gsize got;

  memmove (self->heard, self->heard + TICK_SAMPLES, AHEAD_SAMPLES * sizeof (gint16));
  got = ac_sound_ring_read (self->ring, fresh, TICK_SAMPLES);
  if (self->now_us > WARM_UP_US && (got < TICK_SAMPLES || is_broken (fresh)))
    self->result->n_silent++;
  fill_us = self->sound_end_us - self->now_us;
  self->result->fullest_us = MAX (self->result->fullest_us, fill_us);
  self->result->fill_at_end_us = fill_us;
}

static void
compare (Rig *self, gint64 shown_us)
{
  gint64 second_us = shown_us % PERIOD_US;
  gint64 heard_us = ((gint64)self->heard[0] + AMPLITUDE) * PERIOD_US / (2 * AMPLITUDE);
  gint64 apart_us = heard_us - second_us;

  if (self->heard[0] == 0 || second_us < EDGE_US || heard_us < EDGE_US ||
      heard_us > PERIOD_US - EDGE_US || !is_looked_at (self, shown_us))
    return;
  if (apart_us > PERIOD_US / 2)
    apart_us -= PERIOD_US;
  else if (apart_us < -PERIOD_US / 2)
    apart_us += PERIOD_US;
  self->result->n_compared++;
  self->result->most_apart_us = MAX (self->result->most_apart_us, ABS (apart_us));
}

static void
tick (Rig *self)
{
  guint dropped = 0;
  g_autoptr (GstBuffer) frame =
      ac_frame_queue_take (self->frames, START + self->now_us, RIG_FRAME_US, &dropped);

  self->result->n_dropped += dropped;
  self->result->n_held += frame == NULL && self->now_us > WARM_UP_US;
  if (frame != NULL && self->now_us > WARM_UP_US)
    compare (self, (gint64)GST_BUFFER_OFFSET (frame));
}

void
rig_run (const RigScript *script, RigResult *ret_result)
{
  Rig *self = g_new0 (Rig, 1);

  *ret_result = (RigResult){ 0 };
  self->script = script;
  self->result = ret_result;
  self->random = g_rand_new_with_seed (11);
  self->clock = ac_source_clock_new ();
  self->rate = ac_sound_rate_new (on_sound, self);
  self->ring = ac_sound_ring_new ();
  self->frames = ac_frame_queue_new ();
  for (guint i = 0; i < 2; i++)
    self->coming[i] = g_array_new (FALSE, FALSE, sizeof (RigPacket));
  ac_source_clock_set_phase (self->clock, START, RIG_FRAME_US);
  ac_sound_ring_start (self->ring, START + AHEAD_SAMPLES * G_USEC_PER_SEC / 48000);

  for (; self->now_us < script->seconds * G_USEC_PER_SEC;
       self->now_us += RIG_FRAME_US) {
    deliver (self);
    hear (self);
    tick (self);
  }

  for (guint i = 0; i < 2; i++)
    g_array_unref (self->coming[i]);
  ac_frame_queue_free (self->frames);
  ac_sound_ring_free (self->ring);
  ac_sound_rate_free (self->rate);
  ac_source_clock_free (self->clock);
  g_rand_free (self->random);
  g_free (self);
}
