#include "assembler_private.h"

AcAssembler *
ac_assembler_new (const AcAssemblerSetup *setup, const AcAssemblerHandler *handler,
                  gpointer user_data)
{
  const AcPlannedEpoch first = {
    .number = setup->epoch,
    .first_msn = setup->first_msn,
    .grid = setup->grid,
  };
  AcAssembler *self = g_new0 (AcAssembler, 1);

  g_mutex_init (&self->lock);
  ac_track_layout_init (&self->layout, &setup->grid, &setup->plan, setup->start);
  self->handler = *handler;
  self->user_data = user_data;
  self->plan = ac_slot_plan_new (&first);
  self->pictures = ac_followed_track_new (&setup->grid, &setup->plan);
  self->sound = ac_passed_sound_new ();
  for (guint i = 0; i < self->layout.n_tracks; i++)
    self->tracks[i].waiting = i == self->layout.followed
                                  ? ac_followed_track_waiting (self->pictures)
                                  : &self->own_waiting[i];
  return self;
}

void
ac_assembler_free (AcAssembler *self)
{
  for (guint i = 0; i < self->layout.n_tracks; i++) {
    ac_sample_queue_clear (self->tracks[i].waiting);
    g_queue_clear_full (&self->tracks[i].chunks, (GDestroyNotify)g_bytes_unref);
    g_clear_pointer (&self->tracks[i].codec_data, g_bytes_unref);
  }
  ac_slot_plan_free (self->plan);
  ac_followed_track_free (self->pictures);
  ac_passed_sound_free (self->sound);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ac_assembler_fail (AcAssembler *self, const GError *error)
{
  if (self->done)
    return;
  self->done = TRUE;
  self->handler.failed (error, self->user_data);
}

void
ac_assembler_fail_with (AcAssembler *self, const gchar *track, const gchar *what)
{
  g_autoptr (GError) error =
      g_error_new (AC_CMAF_ERROR, AC_CMAF_ERROR_CONFIG, "track %s: %s", track, what);

  ac_assembler_fail (self, error);
}

/* --- frames ----------------------------------------------------------------------- */

gboolean
ac_assembler_begins_segment (AcAssembler *self, guint64 index, guint32 *ret_left_out)
{
  AcPlannedEpoch epoch;
  gboolean begins;

  g_mutex_lock (&self->lock);
  begins = ac_slot_plan_begins_segment (self->plan, index, &epoch);
  self->n_asked = index + 1;
  *ret_left_out =
      begins && epoch.data != NULL ? ((const AcFollowedRun *)epoch.data)->left_out : 0;
  g_mutex_unlock (&self->lock);
  return begins;
}

void
ac_assembler_note_frame (AcAssembler *self, guint64 index, gint64 wall_ms,
                         gboolean not_creditable)
{
  gint64 opened;
  AcAssemblerNote *note;

  g_mutex_lock (&self->lock);
  opened = ac_slot_plan_note (self->plan, index);
  if (opened == -2) {
    ac_assembler_fail_with (self, "video", "the encoders have stopped");
    g_mutex_unlock (&self->lock);
    return;
  }
  note = &self->notes[(ac_slot_plan_n_slots (self->plan) - 1) % AC_SLOT_PLAN_MAX];
  if (opened >= 0)
    *note = (AcAssemblerNote){ .wall_ms = wall_ms, .closed = self->closed };
  if (not_creditable)
    note->n_not_creditable++;
  ac_assembler_check_followed (self, index);
  ac_assembler_fill_all (self);
  g_mutex_unlock (&self->lock);
}

/* An epoch that is to begin anyway, soon, does. The followed source is given up: its
 * frames and the ticks are no longer one to one. */
void
ac_assembler_note_step (AcAssembler *self)
{
  AcGrid grid = self->layout.grid;

  g_mutex_lock (&self->lock);
  self->sound_lost = TRUE;
  ac_passed_sound_stop (self->sound);
  if (ac_followed_track_run (self->pictures) != NULL)
    ac_assembler_lose (self);
  else if (ac_slot_plan_n_frames (self->plan) > 0 &&
           !ac_slot_plan_is_changing (self->plan))
    ac_slot_plan_change_soon (self->plan, &grid, NULL);
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_set_closed (AcAssembler *self, guint32 tracks)
{
  g_mutex_lock (&self->lock);
  if (ac_slot_plan_n_frames (self->plan) > 0)
    self->closed = tracks & ((1u << self->layout.audio) - 1);
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_configure (AcAssembler *self, guint index, GBytes *codec_data)
{
  AcAssemblerTrack *track = &self->tracks[index];

  g_mutex_lock (&self->lock);
  if (track->codec_data == NULL)
    track->codec_data = g_bytes_ref (codec_data);
  else if (!g_bytes_equal (track->codec_data, codec_data))
    ac_assembler_fail_with (self, ac_track_layout_name (&self->layout, index),
                            "the encoder changed its configuration");
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_push (AcAssembler *self, guint index, GBytes *data, gboolean sync)
{
  AcAssemblerTrack *track = &self->tracks[index];

  g_mutex_lock (&self->lock);
  if (track->codec_data == NULL)
    ac_assembler_fail_with (self, ac_track_layout_name (&self->layout, index),
                            "a frame before its configuration");
  if (!self->done) {
    ac_sample_queue_push (track->waiting, data, sync, 0);
    track->n_frames++;
    ac_assembler_fill (self, index);
    ac_assembler_advance (self);
  }
  g_mutex_unlock (&self->lock);
}

/* --- the end ---------------------------------------------------------------------- */

/* A frame of half rate stands for two. */
gboolean
ac_assembler_may_finish (AcAssembler *self)
{
  gboolean may;

  g_mutex_lock (&self->lock);
  may = ac_slot_plan_may_finish (self->plan) &&
        ac_slot_plan_n_frames (self->plan) % 2 == 0;
  g_mutex_unlock (&self->lock);
  return may;
}

void
ac_assembler_finish (AcAssembler *self)
{
  g_mutex_lock (&self->lock);
  self->finishing = TRUE;
  ac_slot_plan_finish (self->plan);
  if (!self->done)
    ac_assembler_fill (self, self->layout.followed);
  ac_followed_track_finish (self->pictures); /* what it owes is not waited for */
  if (!self->done)
    ac_assembler_fill_all (self);
  g_mutex_unlock (&self->lock);
}

guint
ac_assembler_lag (AcAssembler *self)
{
  guint64 noted, slowest;

  g_mutex_lock (&self->lock);
  noted = slowest = ac_slot_plan_n_frames (self->plan);
  for (guint i = 0; i < self->layout.audio; i++)
    slowest = MIN (slowest, self->tracks[i].n_frames *
                                ac_track_layout_divisor (&self->layout, i));
  g_mutex_unlock (&self->lock);
  return (guint)(noted - slowest);
}

guint
ac_assembler_lag_ms (AcAssembler *self)
{
  return ac_assembler_lag (self) * 1000 / self->layout.grid.frame_rate;
}

guint
ac_assembler_slots_waiting (AcAssembler *self)
{
  guint64 n_whole;

  g_mutex_lock (&self->lock);
  n_whole = ac_slot_plan_n_slots (self->plan);
  if (n_whole > self->n_slots && !ac_slot_plan_is_whole (self->plan, n_whole - 1))
    n_whole--;
  g_mutex_unlock (&self->lock);
  return (guint)(n_whole - self->n_slots);
}
