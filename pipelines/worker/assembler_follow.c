#include "assembler_private.h"

void
ac_assembler_lose (AcAssembler *self)
{
  AcGrid grid = self->layout.grid;

  if (ac_followed_track_run (self->pictures) == NULL)
    return;
  ac_followed_track_lose (self->pictures);
  ac_slot_plan_change_soon (self->plan, &grid, NULL);
}

void
ac_assembler_check_followed (AcAssembler *self, guint64 index)
{
  guint64 nth = ac_assembler_current_slot (self, self->layout.followed);
  const AcPlannedSlot *slot;

  if (ac_followed_track_run (self->pictures) == NULL ||
      !ac_slot_plan_is_whole (self->plan, nth))
    return;
  slot = ac_slot_plan_slot (self->plan, nth);
  if (slot->first + slot->n_frames + AC_ASSEMBLER_FOLLOWED_LATE_FRAMES < index)
    ac_assembler_lose (self);
}

/* From frame @index on; what the slot under way loses is taken from those tracks that
 * have their gap in it already. Returns: FALSE when the encoders were told otherwise.
 */
static gboolean
change (AcAssembler *self, guint64 index, const AcGrid *grid, AcFollowedRun *run)
{
  guint64 n_slots = ac_slot_plan_n_slots (self->plan);
  const AcPlannedSlot *last =
      n_slots > self->n_slots ? ac_slot_plan_slot (self->plan, n_slots - 1) : NULL;
  AcPlannedSlot before = { 0 };

  if (last != NULL)
    before = *last;
  if (index < self->n_asked || !ac_slot_plan_change (self->plan, index, grid, run))
    return FALSE;
  for (guint i = 0; last != NULL && i < self->layout.audio; i++)
    if (ac_assembler_current_slot (self, i) == n_slots)
      self->tracks[i].n_frames -=
          ac_track_layout_slot_samples (&self->layout, i, &before) -
          ac_track_layout_slot_samples (&self->layout, i, last);
  return TRUE;
}

guint64
ac_assembler_frame_start (AcAssembler *self, guint64 index)
{
  return ac_track_layout_frame_start (&self->layout, index);
}

gboolean
ac_assembler_follow (AcAssembler *self, guint64 index, const AcFollowed *source)
{
  AcGrid grid = self->layout.grid;
  AcFollowedRun *run;
  gboolean good;

  g_mutex_lock (&self->lock);
  run = ac_followed_track_prepare (self->pictures, index, source);
  good = !self->done && ac_followed_track_run (self->pictures) == NULL &&
         ac_grid_follow (&grid, source->gop_frames) && change (self, index, &grid, run);
  if (good) {
    ac_followed_track_begin (self->pictures, run);
    self->sound_lost = FALSE;
    ac_assembler_fill_all (self); /* the slot under way may just have become whole */
  } else {
    ac_followed_track_discard (self->pictures, run);
  }
  g_mutex_unlock (&self->lock);
  return good;
}

void
ac_assembler_push_followed (AcAssembler *self, GBytes *data, gboolean sync,
                            gint reordering)
{
  g_mutex_lock (&self->lock);
  if (ac_followed_track_run (self->pictures) != NULL && !self->done) {
    if (!ac_followed_track_push (self->pictures, data, sync, reordering))
      ac_assembler_lose (self);
    ac_assembler_fill (self, self->layout.followed);
    ac_assembler_advance (self);
  }
  g_mutex_unlock (&self->lock);
}

/* Ends them before frame @end, if that can still be. */
static gboolean
end_followed (AcAssembler *self, guint64 end)
{
  AcGrid grid = self->layout.grid;

  if (!ac_followed_track_reaches (self->pictures, end) ||
      !change (self, end, &grid, NULL))
    return FALSE;
  ac_followed_track_end (self->pictures, end);
  return TRUE;
}

void
ac_assembler_unfollow (AcAssembler *self, guint64 end)
{
  g_mutex_lock (&self->lock);
  if (!end_followed (self, end))
    ac_assembler_lose (self);
  if (!self->done)
    ac_assembler_fill_all (self);
  g_mutex_unlock (&self->lock);
}

/* Whether a slot that is still to be filled has the source's sound. */
static gboolean
wants_sound (const AcAssembler *self)
{
  guint64 n_opened = ac_slot_plan_n_slots (self->plan);
  guint64 nth =
      MIN (ac_assembler_current_slot (self, self->layout.passed), n_opened - 1);

  if (ac_followed_run_has_sound (ac_followed_track_run (self->pictures)))
    return TRUE;
  return nth >= self->n_slots && nth < n_opened &&
         ac_followed_run_has_sound (ac_slot_plan_slot (self->plan, nth)->epoch->data);
}

gboolean
ac_assembler_push_sound (AcAssembler *self, guint64 number, GBytes *data)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = !self->done && !self->sound_lost && wants_sound (self);
  if (wanted && ac_passed_sound_push (self->sound, number, data)) {
    ac_assembler_fill (self, self->layout.passed);
    ac_assembler_advance (self);
  }
  g_mutex_unlock (&self->lock);
  return wanted;
}

void
ac_assembler_end_sound (AcAssembler *self)
{
  g_mutex_lock (&self->lock);
  ac_passed_sound_stop (self->sound);
  if (!self->done) {
    ac_assembler_fill (self, self->layout.passed);
    ac_assembler_advance (self);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
ac_assembler_is_following (AcAssembler *self)
{
  gboolean following;

  g_mutex_lock (&self->lock);
  following = ac_followed_track_run (self->pictures) != NULL;
  g_mutex_unlock (&self->lock);
  return following;
}
