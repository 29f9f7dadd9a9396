#include "grid.h"

#include <math.h>

#define MAX_SLOTS 4      /* in a segment */
#define SMALLEST_SIZE 16 /* of a picture that an encoder takes, each way */

void
ac_grid_init (AcGrid *self, guint frame_rate, gboolean may_follow)
{
  gboolean fast = frame_rate == 30;

  self->frame_rate = fast ? 30 : 25;
  self->ticks_per_frame = AC_TICKS_PER_SECOND / self->frame_rate;
  self->slot_duration = self->ticks_per_frame * AC_GRID_FRAMES_PER_SLOT;
  self->slots_per_segment = fast ? 4 : 3;
  self->frames_per_segment = self->slots_per_segment * AC_GRID_FRAMES_PER_SLOT;
  if (may_follow && !fast)
    self->slot_duration = AC_GRID_FOLLOW_SLOT_25;
}

/* Whether @frames last as long as a slot should, their sound too. */
static gboolean
fits_slot (const AcGrid *self, guint frames)
{
  guint32 ticks = frames * self->ticks_per_frame;
  guint32 longest =
      (ticks + AC_GRID_BLOCK_TICKS - 1) / AC_GRID_BLOCK_TICKS * AC_GRID_BLOCK_TICKS;
  guint32 shortest = ticks / AC_GRID_BLOCK_TICKS * AC_GRID_BLOCK_TICKS;

  return longest <= self->slot_duration && shortest * 100 >= self->slot_duration * 85;
}

gboolean
ac_grid_follow (AcGrid *self, guint gop_frames)
{
  const guint most = 2 * self->frame_rate; /* 2 s */
  guint frames, slots;

  if (gop_frames == 0 || gop_frames > most)
    return FALSE;
  frames = most / gop_frames * gop_frames;
  for (slots = 1; slots <= MAX_SLOTS; slots++)
    if (fits_slot (self, frames / slots) &&
        fits_slot (self, (frames + slots - 1) / slots))
      break;
  if (slots > MAX_SLOTS)
    return FALSE;
  self->frames_per_segment = frames;
  self->slots_per_segment = slots;
  return TRUE;
}

guint
ac_grid_slot_offset (const AcGrid *self, guint part)
{
  return (self->frames_per_segment * part + self->slots_per_segment - 1) /
         self->slots_per_segment;
}

gint64
ac_grid_frame_us (const AcGrid *self, guint64 index)
{
  return (gint64)(index * G_USEC_PER_SEC / self->frame_rate);
}

guint64
ac_grid_frame_ns (const AcGrid *self, guint64 index)
{
  return index / self->frame_rate * 1000000000 +
         index % self->frame_rate * 1000000000 / self->frame_rate;
}

guint64
ac_grid_blocks_for_frames (const AcGrid *self, guint64 n_frames)
{
  return ac_media_frames_before (AC_GRID_BLOCK_TICKS, 0,
                                 n_frames * self->ticks_per_frame);
}

gint64
ac_grid_sound_offset_us (guint64 start)
{
  guint64 block = ac_media_frames_before (AC_GRID_BLOCK_TICKS, 0, start);

  return ((gint64)(block * AC_GRID_BLOCK_TICKS) - (gint64)start) * 100 / 9;
}

static gdouble
distance (gdouble rate, gdouble base)
{
  gdouble best = G_MAXDOUBLE;

  for (gint n = 1; n <= 4; n++) {
    best = MIN (best, fabs (log (rate / (base * n))));
    best = MIN (best, fabs (log (rate / (base / n))));
  }
  return best;
}

guint
ac_grid_rate_for (guint32 frames_per_1000s)
{
  gdouble rate = frames_per_1000s / 1000.0;

  if (frames_per_1000s == 0)
    return 25;
  return distance (rate, 25.0) <= distance (rate, 30.0) ? 25 : 30;
}

static void
plan_small (AcRendition *rendition, guint width, guint height)
{
  if (width == 0)
    width = height * 16 / 9;
  rendition->width = MAX (width / 8 * 8, SMALLEST_SIZE);
  rendition->height = MAX (height / 2 * 2, SMALLEST_SIZE);
  rendition->divisor = 1;
  rendition->target_bps = 150000;
  g_snprintf (rendition->name, sizeof rendition->name, "v%u", rendition->height);
}

void
ac_ladder_plan_init (AcLadderPlan *self, guint source_width, guint source_height)
{
  static const AcRendition ladder[AC_GRID_MAX_RENDITIONS] = {
    { "v720", 1280, 720, 1, 1500000 },
    { "v480", 848, 480, 1, 700000 },
    { "v360", 640, 360, 1, 350000 },
    { "v240", 424, 240, 2, 150000 },
  };

  self->n_renditions = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++) {
    if (ladder[i].height <= source_height)
      self->renditions[self->n_renditions++] = ladder[i];
  }
  /* Half the frame rate is for weak lines beside something better. */
  if (self->n_renditions == 1) {
    self->renditions[0].divisor = 1;
    self->renditions[0].target_bps = 250000;
  }
  if (self->n_renditions == 0)
    plan_small (&self->renditions[self->n_renditions++], source_width, source_height);
}

void
ac_ladder_plan_full_rate (AcLadderPlan *self)
{
  for (guint i = 0; i < self->n_renditions; i++)
    self->renditions[i].divisor = 1;
}
