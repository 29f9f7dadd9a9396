#include "gop_watch.h"

#include <math.h>

#define STEP_TOLERANCE_US 2000.0 /* timestamps in milliseconds, twice rounded */
#define RATE_TOLERANCE 0.0005

struct _AcGopWatch {
  gdouble period_us;

  gboolean in_gop;
  gint64 first_decode_us, first_present_us, last_decode_us; /* of the GOP under way */
  guint n_frames;
  gsize n_bytes;
  guint64 shown[AC_GOP_WATCH_MAX_FRAMES / 64]; /* a bit a place in presentation order */

  guint n_regular, frames;
  guint32 bps;
  gint64 since_us; /* decode time of the first of them */
};

AcGopWatch *
ac_gop_watch_new (gdouble period_us)
{
  AcGopWatch *self = g_new0 (AcGopWatch, 1);

  self->period_us = period_us;
  return self;
}

void
ac_gop_watch_free (AcGopWatch *self)
{
  g_free (self);
}

void
ac_gop_watch_reset (AcGopWatch *self)
{
  *self = (AcGopWatch){ .period_us = self->period_us };
}

static void
begin_gop (AcGopWatch *self, const AcPacket *packet)
{
  self->in_gop = TRUE;
  self->first_decode_us = packet->decode_us;
  self->first_present_us = packet->decode_us + packet->composition_us;
  self->n_frames = 0;
  self->n_bytes = 0;
  self->shown[0] = self->shown[1] = 0;
}

/* Notes where the packet is shown. Returns: FALSE when that is no place of this GOP. */
static gboolean
take_place (AcGopWatch *self, const AcPacket *packet)
{
  gdouble at =
      (gdouble)(packet->decode_us + packet->composition_us - self->first_present_us) /
      self->period_us;
  glong place = lround (at);

  if (place < 0 || place >= AC_GOP_WATCH_MAX_FRAMES ||
      fabs (at - (gdouble)place) * self->period_us > STEP_TOLERANCE_US ||
      (self->shown[place / 64] >> place % 64 & 1) != 0)
    return FALSE;
  self->shown[place / 64] |= G_GUINT64_CONSTANT (1) << place % 64;
  return TRUE;
}

/* Whether the places 0 to n_frames - 1 are taken, and no others. */
static gboolean
is_filled (const AcGopWatch *self)
{
  for (guint i = 0; i < AC_GOP_WATCH_MAX_FRAMES; i++)
    if ((self->shown[i / 64] >> i % 64 & 1) != (i < self->n_frames))
      return FALSE;
  return TRUE;
}

static gboolean
is_of_rate (const AcGopWatch *self, gint64 span_us, guint n_frames)
{
  gdouble expected = n_frames * self->period_us;

  return fabs ((gdouble)span_us - expected) <=
         MAX (expected * RATE_TOLERANCE, STEP_TOLERANCE_US);
}

static void
end_gop (AcGopWatch *self, gint64 next_decode_us)
{
  gint64 span_us = next_decode_us - self->first_decode_us;

  if (!is_filled (self) || !is_of_rate (self, span_us, self->n_frames)) {
    ac_gop_watch_reset (self);
    return;
  }
  if (self->n_regular == 0 || self->n_frames != self->frames) {
    self->n_regular = 0;
    self->frames = self->n_frames;
    self->bps = 0;
    self->since_us = self->first_decode_us;
  }
  self->n_regular++;
  self->bps =
      MAX (self->bps, (guint32)MIN ((guint64)self->n_bytes * 8 * G_USEC_PER_SEC /
                                        (guint64)MAX (span_us, 1),
                                    G_MAXUINT32));
  if (!is_of_rate (self, next_decode_us - self->since_us,
                   self->n_regular * self->frames))
    ac_gop_watch_reset (self);
}

void
ac_gop_watch_packet (AcGopWatch *self, const AcPacket *packet)
{
  gdouble step = (gdouble)(packet->decode_us - self->last_decode_us);

  if (self->in_gop &&
      (packet->lost || fabs (step - self->period_us) > STEP_TOLERANCE_US))
    ac_gop_watch_reset (self);
  if (packet->keyframe && self->in_gop)
    end_gop (self, packet->decode_us);
  if (packet->keyframe)
    begin_gop (self, packet);
  self->last_decode_us = packet->decode_us;
  if (!self->in_gop)
    return;
  self->n_frames++;
  self->n_bytes += g_bytes_get_size (packet->data);
  if (!take_place (self, packet))
    ac_gop_watch_reset (self);
}

guint
ac_gop_watch_n_regular (const AcGopWatch *self)
{
  return self->n_regular;
}

guint
ac_gop_watch_frames (const AcGopWatch *self)
{
  return self->frames;
}

guint32
ac_gop_watch_bps (const AcGopWatch *self)
{
  return self->bps;
}
