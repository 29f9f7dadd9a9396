#include "grid.h"

#include <math.h>

#define SMALLEST_SIZE 16 /* of a picture that an encoder takes, each way */

void
ac_grid_init (AcGrid *self, guint frame_rate)
{
  gboolean fast = frame_rate == 30;

  self->frame_rate = fast ? 30 : 25;
  self->ticks_per_frame = AC_TICKS_PER_SECOND / self->frame_rate;
  self->slot_duration = self->ticks_per_frame * AC_GRID_FRAMES_PER_SLOT;
  self->slots_per_segment = fast ? 4 : 3;
  self->blocks_per_slot = fast ? 25 : 30;
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
  guint64 slots = n_frames / AC_GRID_FRAMES_PER_SLOT;
  guint64 rest = n_frames % AC_GRID_FRAMES_PER_SLOT;

  /* A slot is a whole number of AAC frames, so only the rest has to be rounded. */
  return slots * self->blocks_per_slot +
         (rest * self->blocks_per_slot + AC_GRID_FRAMES_PER_SLOT / 2) /
             AC_GRID_FRAMES_PER_SLOT;
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
