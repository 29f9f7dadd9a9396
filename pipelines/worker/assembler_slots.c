#include "assembler_private.h"
#include "epoch_parts.h"

/* --- chunks ----------------------------------------------------------------------- */

guint64
ac_assembler_current_slot (const AcAssembler *self, guint track)
{
  return self->n_slots + g_queue_get_length ((GQueue *)&self->tracks[track].chunks);
}

static gboolean
is_gap (const AcAssembler *self, guint track, guint64 nth)
{
  const AcFollowedRun *followed = ac_slot_plan_slot (self->plan, nth)->epoch->data;

  if (track == self->layout.followed)
    return followed == NULL || followed->lost;
  if (ac_track_layout_is_sound (&self->layout, track))
    return (track == self->layout.passed) != ac_followed_run_has_sound (followed);
  return (self->notes[nth % AC_SLOT_PLAN_MAX].closed & (1u << track)) != 0 ||
         (followed != NULL && (followed->left_out & (1u << track)) != 0);
}

/* What was made for a slot that does not have it. Of sound the slot is whole, and the
 * encoder goes on: what it makes meanwhile is waited for and left out.
 * Returns: FALSE when it has not come yet. */
static gboolean
put_gap (AcAssembler *self, guint index, const AcPlannedSlot *slot)
{
  AcAssemblerTrack *track = &self->tracks[index];
  guint n_samples = ac_track_layout_slot_samples (&self->layout, index, slot);

  if (index == self->layout.passed) {
    ac_passed_sound_skip (
        self->sound, ac_track_layout_frames_before (&self->layout, index, slot->epoch,
                                                    slot->first + slot->n_frames));
  } else if (index == self->layout.audio) {
    if (ac_sample_queue_length (track->waiting) < n_samples)
      return FALSE;
    ac_sample_queue_drop_head (track->waiting, n_samples);
  } else if (index != self->layout.followed) {
    track->n_frames += n_samples;
  }
  g_queue_push_tail (&track->chunks, g_bytes_new (NULL, 0));
  return TRUE;
}

/* Takes the samples of @slot; as many wait, of passed sound those that came. */
static void
take_samples (AcAssembler *self, guint index, const AcPlannedSlot *slot,
              guint n_samples, AcCmafSample *ret_samples)
{
  const AcFollowedRun *run = slot->epoch->data;
  guint64 first =
      ac_track_layout_frames_before (&self->layout, index, slot->epoch, slot->first);

  if (index == self->layout.passed)
    ac_passed_sound_take (self->sound, first, first + n_samples,
                          run->source.sound_channels, ret_samples);
  else
    ac_sample_queue_take (self->tracks[index].waiting, n_samples,
                          ac_track_layout_sample_duration (&self->layout, index),
                          ret_samples);
}

/* @n_samples: as many wait
 * Returns: FALSE when that cannot be; the track is then given up or has failed. */
static gboolean
make_chunk (AcAssembler *self, guint index, const AcPlannedSlot *slot, guint n_samples)
{
  g_autofree AcCmafSample *samples = g_new (AcCmafSample, n_samples);
  g_autoptr (GError) error = NULL;
  AcCmafChunk chunk = {
    .sequence = (guint32)(ac_assembler_current_slot (self, index) + 1),
    .decode_time = ac_track_layout_decode_time (&self->layout, index, slot),
    .segment_start = slot->part == 0,
    .wall_ms = -1,
    .samples = samples,
    .n_samples = n_samples,
  };
  GBytes *bytes;

  if (chunk.segment_start && !ac_track_layout_is_sound (&self->layout, index) &&
      !ac_sample_queue_starts_sync (self->tracks[index].waiting)) {
    if (index == self->layout.followed)
      ac_assembler_lose (self);
    else
      ac_assembler_fail_with (self, ac_track_layout_name (&self->layout, index),
                              "a segment without a key frame");
    return FALSE;
  }
  /* One prft a segment: readers warn of a second one in the same piece. */
  if (chunk.segment_start)
    chunk.wall_ms =
        self->notes[ac_assembler_current_slot (self, index) % AC_SLOT_PLAN_MAX].wall_ms;
  take_samples (self, index, slot, n_samples, samples);
  bytes = ac_cmaf_chunk (&chunk, &error);
  for (guint i = 0; i < n_samples; i++)
    g_bytes_unref (samples[i].data);
  if (bytes == NULL) {
    ac_assembler_fail (self, error);
    return FALSE;
  }
  g_queue_push_tail (&self->tracks[index].chunks, bytes);
  return TRUE;
}

/* Whether what comes of the followed source after @slot's end is late for it. */
static gboolean
is_past (const AcAssembler *self, const AcPlannedSlot *slot)
{
  return self->finishing ||
         slot->first + slot->n_frames + AC_ASSEMBLER_FOLLOWED_LATE_FRAMES <
             ac_slot_plan_n_frames (self->plan);
}

/* Whether @track has what it will have of slot @nth. */
static gboolean
is_complete (const AcAssembler *self, guint index, const AcPlannedSlot *slot,
             guint n_samples)
{
  guint64 end = ac_track_layout_frames_before (&self->layout, index, slot->epoch,
                                               slot->first + slot->n_frames);

  if (index != self->layout.passed)
    return ac_sample_queue_length (self->tracks[index].waiting) >= n_samples;
  if (ac_passed_sound_has_all (self->sound, end))
    return TRUE;
  if (!is_past (self, slot))
    return FALSE;
  ac_passed_sound_stop (self->sound); /* the next slots need not wait */
  return TRUE;
}

void
ac_assembler_fill (AcAssembler *self, guint index)
{
  guint64 n_opened = ac_slot_plan_n_slots (self->plan);

  for (guint64 nth = ac_assembler_current_slot (self, index);
       nth < n_opened && !self->done; nth = ac_assembler_current_slot (self, index)) {
    const AcPlannedSlot *slot = ac_slot_plan_slot (self->plan, nth);
    guint n_samples = ac_track_layout_slot_samples (&self->layout, index, slot);

    gboolean whole = ac_slot_plan_is_whole (self->plan, nth);

    if (is_gap (self, index, nth)) {
      if ((ac_track_layout_is_sound (&self->layout, index) && !whole) ||
          !put_gap (self, index, slot))
        break;
    } else if (!whole || !is_complete (self, index, slot, n_samples))
      break;
    else if (!make_chunk (self, index, slot, n_samples) &&
             index != self->layout.followed)
      break;
  }
}

/* --- slots ------------------------------------------------------------------------ */

static gboolean
send_epoch (AcAssembler *self, const AcPlannedEpoch *planned, gint64 wall_ms)
{
  AcEpochParts parts = { .layout = &self->layout, .pictures = self->pictures };
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMediaEpoch) epoch = NULL;

  for (guint i = 0; i < self->layout.n_tracks; i++)
    parts.codec_data[i] = self->tracks[i].codec_data;
  epoch = ac_epoch_parts_join (&parts, planned, wall_ms, &error);
  if (epoch != NULL)
    self->handler.epoch (epoch, self->user_data);
  else
    ac_assembler_fail (self, error);
  self->epoch_sent = planned->number;
  return epoch != NULL;
}

static gboolean
all_have_chunk (const AcAssembler *self)
{
  for (guint i = 0; i < self->layout.n_tracks; i++) {
    if (g_queue_is_empty ((GQueue *)&self->tracks[i].chunks))
      return FALSE;
  }
  return TRUE;
}

static guint32
slot_flags (const AcPlannedSlot *slot, const AcAssemblerNote *note)
{
  guint32 flags = 0;

  if (slot->part == 0)
    flags |= AC_SLOT_SEGMENT_START;
  if (slot->ends_segment)
    flags |= AC_SLOT_SEGMENT_END;
  if (note->n_not_creditable * 2 > slot->n_frames)
    flags |= AC_SLOT_NOT_CREDITABLE;
  return flags;
}

static void
send_slot (AcAssembler *self, const AcPlannedSlot *planned)
{
  AcAssemblerNote *note = &self->notes[self->n_slots % AC_SLOT_PLAN_MAX];
  GBytes *chunks[AC_TRACK_LAYOUT_MAX];
  guint places[AC_TRACK_LAYOUT_MAX];
  AcSlot fields = {
    .epoch = planned->epoch->number,
    .part = planned->part,
    .msn = planned->msn,
    .start = ac_track_layout_frame_start (&self->layout, planned->first),
    .duration = planned->n_frames * self->layout.grid.ticks_per_frame,
    .flags = slot_flags (planned, note),
    .wall_ms = note->wall_ms,
    .n_parts = ac_track_layout_list (&self->layout, planned->epoch->data, places),
  };
  g_autoptr (AcSlot) slot = NULL;

  for (guint i = 0; i < self->layout.n_tracks; i++)
    chunks[i] = g_queue_pop_head (&self->tracks[i].chunks);
  for (guint i = 0; i < fields.n_parts; i++)
    if (g_bytes_get_size (chunks[places[i]]) > 0)
      fields.parts[i] = chunks[places[i]];
  slot = ac_slot_new (&fields);
  for (guint i = 0; i < self->layout.n_tracks; i++)
    g_bytes_unref (chunks[i]);
  *note = (AcAssemblerNote){ 0 };
  ac_slot_plan_close (self->plan);
  self->n_slots++;
  self->handler.slot (slot, self->user_data);
}

void
ac_assembler_advance (AcAssembler *self)
{
  while (!self->done && all_have_chunk (self)) {
    const AcPlannedSlot *slot = ac_slot_plan_slot (self->plan, self->n_slots);
    const AcAssemblerNote *note = &self->notes[self->n_slots % AC_SLOT_PLAN_MAX];

    if (self->epoch_sent != slot->epoch->number &&
        !send_epoch (self, slot->epoch, note->wall_ms))
      return;
    send_slot (self, slot);
  }
  if (!self->done && self->finishing &&
      self->n_slots == ac_slot_plan_n_slots (self->plan)) {
    self->done = TRUE;
    self->handler.finished (self->user_data);
  }
}

void
ac_assembler_fill_all (AcAssembler *self)
{
  for (guint i = 0; i < self->layout.n_tracks; i++)
    ac_assembler_fill (self, i);
  ac_assembler_advance (self);
}
