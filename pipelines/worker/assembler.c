/* Tracks: the renditions that are encoded, the audio, the followed source and its
 * sound; each fills one slot after another. A track has an entry in its queue of chunks
 * for every slot up to the one it is filling, an empty one where it has a gap, so a
 * slot is handed over when no queue is empty.
 *
 * A slot is filled when all its frames were noted, not before: until then it may still
 * be cut short. What an encoder delivers ahead of that (sound, the followed source)
 * waits. */
#include "assembler.h"

#include "passed_sound.h"
#include "sample_queue.h"
#include "slot_plan.h"
#include "track_header.h"

#define MAX_TRACKS (AC_GRID_MAX_RENDITIONS + 3)
/* Frames after a slot's end in which the followed source's last one must have come:
 * it is given to the decoder when it comes and shown 200 ms later, so it is early. */
#define FOLLOWED_LATE_FRAMES 8

/* BT.709, ISO/IEC 23091-2; the pictures are converted to it when they come in. */
#define COLOUR_BT709 1

typedef struct {
  guint divisor; /* video */
  GBytes *codec_data;
  AcSampleQueue *waiting; /* not in a chunk yet */
  guint64 n_frames;       /* delivered or left out, of this track's own frames */
  GQueue chunks; /* GBytes of slots not yet handed over; an empty one is a gap */
} Track;

/* What happens in a slot. */
typedef struct {
  gint64 wall_ms;
  guint n_not_creditable;
  guint32 closed; /* a bit a track: it has a gap here */
} Note;

struct _AcAssembler {
  GMutex lock; /* guards all below */
  AcAssemblerSetup setup;
  AcAssemblerHandler handler;
  gpointer user_data;
  Track tracks[MAX_TRACKS];
  AcSampleQueue own_waiting[MAX_TRACKS];   /* of what is encoded here */
  guint audio, followed, passed, n_tracks; /* the first three are places in tracks */
  gboolean done;                           /* finished or failed */

  AcSlotPlan *plan;
  Note notes[AC_SLOT_PLAN_MAX]; /* of slot n at n modulo */
  guint32 closed;               /* tracks, from the next slot on that is noted */
  guint64 n_slots;              /* handed over */
  guint32 epoch_sent;           /* number; 0: none yet */
  gboolean finishing;
  guint64 n_asked; /* frames that _begins_segment() has answered for */

  AcFollowedTrack *pictures; /* the source's own; its runs are the epochs' data */
  AcPassedSound *sound;      /* the source's own */
  gboolean sound_lost;       /* of the newest run: its place is no longer known */
};

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
  self->setup = *setup;
  self->handler = *handler;
  self->user_data = user_data;
  self->audio = setup->plan.n_renditions;
  self->followed = self->audio + 1;
  self->passed = self->audio + 2;
  self->n_tracks = self->audio + 3;
  self->plan = ac_slot_plan_new (&first);
  self->pictures = ac_followed_track_new (&setup->grid, &setup->plan);
  self->sound = ac_passed_sound_new ();
  for (guint i = 0; i < setup->plan.n_renditions; i++)
    self->tracks[i].divisor = setup->plan.renditions[i].divisor;
  self->tracks[self->followed].divisor = 1;
  for (guint i = 0; i < self->n_tracks; i++)
    self->tracks[i].waiting = i == self->followed
                                  ? ac_followed_track_waiting (self->pictures)
                                  : &self->own_waiting[i];
  return self;
}

void
ac_assembler_free (AcAssembler *self)
{
  for (guint i = 0; i < self->n_tracks; i++) {
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

static void
fail (AcAssembler *self, const GError *error)
{
  if (self->done)
    return;
  self->done = TRUE;
  self->handler.failed (error, self->user_data);
}

static void
fail_with (AcAssembler *self, const gchar *track, const gchar *what)
{
  g_autoptr (GError) error =
      g_error_new (AC_CMAF_ERROR, AC_CMAF_ERROR_CONFIG, "track %s: %s", track, what);

  fail (self, error);
}

static const gchar *
track_name (const AcAssembler *self, guint track)
{
  return track == self->audio ? "audio" : self->setup.plan.renditions[track].name;
}

/* --- lengths ---------------------------------------------------------------------- */

static guint64
frame_start (const AcAssembler *self, guint64 frame)
{
  return self->setup.start + frame * self->setup.grid.ticks_per_frame;
}

static gboolean
is_sound (const AcAssembler *self, guint track)
{
  return track == self->audio || track == self->passed;
}

/* Frames of @track before frame @frame, from the epoch's start; of sound from the
 * lesson's. See ac_media_epoch_boundary(). */
static guint64
frames_before (const AcAssembler *self, guint track, const AcPlannedEpoch *epoch,
               guint64 frame)
{
  if (is_sound (self, track))
    return ac_media_frames_before (AC_GRID_BLOCK_TICKS, 0, frame_start (self, frame));
  return ac_media_frames_before (self->tracks[track].divisor, 0, frame - epoch->first);
}

/* Samples that @track has in @slot. */
static guint
slot_samples (const AcAssembler *self, guint track, const AcPlannedSlot *slot)
{
  guint64 first = frames_before (self, track, slot->epoch, slot->first);
  guint64 end = frames_before (self, track, slot->epoch, slot->first + slot->n_frames);

  return (guint)MAX (end - first, 1);
}

static guint32
sample_duration (const AcAssembler *self, guint track)
{
  if (is_sound (self, track))
    return AC_GRID_BLOCK_SAMPLES;
  return self->tracks[track].divisor * self->setup.grid.ticks_per_frame;
}

static guint64
decode_time (const AcAssembler *self, guint track, const AcPlannedSlot *slot)
{
  if (!is_sound (self, track))
    return frame_start (self, slot->first);
  return frames_before (self, track, slot->epoch, slot->first) * AC_GRID_BLOCK_SAMPLES;
}

/* --- epoch ------------------------------------------------------------------------ */

static gboolean
describe_rendition (AcAssembler *self, guint index, AcTrack *track, GError **error)
{
  const AcRendition *rendition = &self->setup.plan.renditions[index];
  const AcCmafVideo video = {
    .avcc = self->tracks[index].codec_data,
    .timescale = AC_TICKS_PER_SECOND,
    .width = rendition->width,
    .height = rendition->height,
    .target_bps = rendition->target_bps,
    .primaries = COLOUR_BT709,
    .transfer = COLOUR_BT709,
    .matrix = COLOUR_BT709,
  };

  g_strlcpy (track->name, rendition->name, sizeof track->name);
  track->frames_per_1000s = self->setup.grid.frame_rate * 1000 / rendition->divisor;
  return ac_track_describe_video (track, &video, error);
}

static gboolean
describe_audio (AcAssembler *self, const AcFollowedRun *followed, AcTrack *track,
                GError **error)
{
  const AcCmafAudio audio = {
    .asc = self->tracks[self->audio].codec_data,
    .sample_rate = AC_GRID_SAMPLE_RATE,
    .channels = 1,
    .target_bps = AC_GRID_AUDIO_BPS,
  };

  g_strlcpy (track->name, "audio", sizeof track->name);
  if (ac_followed_run_has_sound (followed))
    return ac_followed_run_describe_sound (followed, track, error);
  return ac_track_describe_audio (track, &audio, error);
}

/* The places in tracks of an epoch's tracks: video by falling height, then audio.
 * Returns: how many. */
static guint
list_tracks (const AcAssembler *self, const AcFollowedRun *followed, guint *ret_places)
{
  guint n = 0;

  if (followed != NULL)
    ret_places[n++] = self->followed;
  for (guint i = 0; i < self->audio; i++)
    if (followed == NULL || (followed->left_out & (1u << i)) == 0)
      ret_places[n++] = i;
  ret_places[n++] = ac_followed_run_has_sound (followed) ? self->passed : self->audio;
  return n;
}

static gboolean
describe_tracks (AcAssembler *self, const AcFollowedRun *followed, AcMediaEpoch *fields,
                 GError **error)
{
  guint places[MAX_TRACKS];
  gboolean good = TRUE;

  fields->n_tracks = list_tracks (self, followed, places);
  for (guint i = 0; i < fields->n_tracks && good; i++) {
    AcTrack *track = &fields->tracks[i];

    if (is_sound (self, places[i]))
      good = describe_audio (self, followed, track, error);
    else if (places[i] == self->followed)
      good = ac_followed_track_describe (self->pictures, followed, track, error);
    else
      good = describe_rendition (self, places[i], track, error);
  }
  return good;
}

static gboolean
send_epoch (AcAssembler *self, const AcPlannedEpoch *planned, gint64 wall_ms)
{
  const AcGrid *grid = &planned->grid;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMediaEpoch) epoch = NULL;
  AcMediaEpoch fields = {
    .number = planned->number,
    .wall_start_ms = wall_ms,
    .start = frame_start (self, planned->first),
    .first_msn = planned->first_msn,
    .slot_duration = grid->slot_duration,
    .slots_per_segment = grid->slots_per_segment,
    .segment_duration = grid->frames_per_segment * grid->ticks_per_frame,
    .grain = grid->ticks_per_frame,
  };
  gboolean good = describe_tracks (self, planned->data, &fields, &error);

  if (good)
    epoch = ac_media_epoch_new (&fields);
  for (guint i = 0; i < fields.n_tracks; i++)
    g_clear_pointer (&fields.tracks[i].init, g_bytes_unref);
  if (good)
    self->handler.epoch (epoch, self->user_data);
  else
    fail (self, error);
  self->epoch_sent = planned->number;
  return good;
}

/* --- slots ------------------------------------------------------------------------ */

static gboolean
all_have_chunk (const AcAssembler *self)
{
  for (guint i = 0; i < self->n_tracks; i++) {
    if (g_queue_is_empty ((GQueue *)&self->tracks[i].chunks))
      return FALSE;
  }
  return TRUE;
}

static guint32
slot_flags (const AcPlannedSlot *slot, const Note *note)
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
  Note *note = &self->notes[self->n_slots % AC_SLOT_PLAN_MAX];
  GBytes *chunks[MAX_TRACKS];
  guint places[MAX_TRACKS];
  AcSlot fields = {
    .epoch = planned->epoch->number,
    .part = planned->part,
    .msn = planned->msn,
    .start = frame_start (self, planned->first),
    .duration = planned->n_frames * self->setup.grid.ticks_per_frame,
    .flags = slot_flags (planned, note),
    .wall_ms = note->wall_ms,
    .n_parts = list_tracks (self, planned->epoch->data, places),
  };
  g_autoptr (AcSlot) slot = NULL;

  for (guint i = 0; i < self->n_tracks; i++)
    chunks[i] = g_queue_pop_head (&self->tracks[i].chunks);
  for (guint i = 0; i < fields.n_parts; i++)
    if (g_bytes_get_size (chunks[places[i]]) > 0)
      fields.parts[i] = chunks[places[i]];
  slot = ac_slot_new (&fields);
  for (guint i = 0; i < self->n_tracks; i++)
    g_bytes_unref (chunks[i]);
  *note = (Note){ 0 };
  ac_slot_plan_close (self->plan);
  self->n_slots++;
  self->handler.slot (slot, self->user_data);
}

/* Hands over what is complete; called after anything changed. */
static void
advance (AcAssembler *self)
{
  while (!self->done && all_have_chunk (self)) {
    const AcPlannedSlot *slot = ac_slot_plan_slot (self->plan, self->n_slots);
    const Note *note = &self->notes[self->n_slots % AC_SLOT_PLAN_MAX];

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

/* --- chunks ----------------------------------------------------------------------- */

/* The slot that @track is filling. */
static guint64
current_slot (const AcAssembler *self, guint track)
{
  return self->n_slots + g_queue_get_length ((GQueue *)&self->tracks[track].chunks);
}

static gboolean
is_gap (const AcAssembler *self, guint track, guint64 nth)
{
  const AcFollowedRun *followed = ac_slot_plan_slot (self->plan, nth)->epoch->data;

  if (track == self->followed)
    return followed == NULL || followed->lost;
  if (is_sound (self, track))
    return (track == self->passed) != ac_followed_run_has_sound (followed);
  return (self->notes[nth % AC_SLOT_PLAN_MAX].closed & (1u << track)) != 0 ||
         (followed != NULL && (followed->left_out & (1u << track)) != 0);
}

/* What was made for a slot that does not have it. Of sound the slot is whole, and the
 * encoder goes on: what it makes meanwhile is waited for and left out.
 * Returns: FALSE when it has not come yet. */
static gboolean
put_gap (AcAssembler *self, guint index, const AcPlannedSlot *slot)
{
  Track *track = &self->tracks[index];
  guint n_samples = slot_samples (self, index, slot);

  if (index == self->passed) {
    ac_passed_sound_skip (self->sound, frames_before (self, index, slot->epoch,
                                                      slot->first + slot->n_frames));
  } else if (index == self->audio) {
    if (ac_sample_queue_length (track->waiting) < n_samples)
      return FALSE;
    ac_sample_queue_drop_head (track->waiting, n_samples);
  } else if (index != self->followed) {
    track->n_frames += n_samples;
  }
  g_queue_push_tail (&track->chunks, g_bytes_new (NULL, 0));
  return TRUE;
}

/* Of the followed source, from the slot under way on. */
static void
lose (AcAssembler *self)
{
  AcGrid grid = self->setup.grid;

  if (ac_followed_track_run (self->pictures) == NULL)
    return;
  ac_followed_track_lose (self->pictures);
  ac_slot_plan_change_soon (self->plan, &grid, NULL);
}

/* Takes the samples of @slot; as many wait, of passed sound those that came. */
static void
take_samples (AcAssembler *self, guint index, const AcPlannedSlot *slot,
              guint n_samples, AcCmafSample *ret_samples)
{
  const AcFollowedRun *run = slot->epoch->data;
  guint64 first = frames_before (self, index, slot->epoch, slot->first);

  if (index == self->passed)
    ac_passed_sound_take (self->sound, first, first + n_samples,
                          run->source.sound_channels, ret_samples);
  else
    ac_sample_queue_take (self->tracks[index].waiting, n_samples,
                          sample_duration (self, index), ret_samples);
}

/* @n_samples: as many wait
 * Returns: FALSE when that cannot be; the track is then given up or has failed. */
static gboolean
make_chunk (AcAssembler *self, guint index, const AcPlannedSlot *slot, guint n_samples)
{
  g_autofree AcCmafSample *samples = g_new (AcCmafSample, n_samples);
  g_autoptr (GError) error = NULL;
  AcCmafChunk chunk = {
    .sequence = (guint32)(current_slot (self, index) + 1),
    .decode_time = decode_time (self, index, slot),
    .segment_start = slot->part == 0,
    .wall_ms = -1,
    .samples = samples,
    .n_samples = n_samples,
  };
  GBytes *bytes;

  if (chunk.segment_start && !is_sound (self, index) &&
      !ac_sample_queue_starts_sync (self->tracks[index].waiting)) {
    if (index == self->followed)
      lose (self);
    else
      fail_with (self, track_name (self, index), "a segment without a key frame");
    return FALSE;
  }
  /* One prft a segment: readers warn of a second one in the same piece. */
  if (chunk.segment_start)
    chunk.wall_ms = self->notes[current_slot (self, index) % AC_SLOT_PLAN_MAX].wall_ms;
  take_samples (self, index, slot, n_samples, samples);
  bytes = ac_cmaf_chunk (&chunk, &error);
  for (guint i = 0; i < n_samples; i++)
    g_bytes_unref (samples[i].data);
  if (bytes == NULL) {
    fail (self, error);
    return FALSE;
  }
  g_queue_push_tail (&self->tracks[index].chunks, bytes);
  return TRUE;
}

/* Whether what comes of the followed source after @slot's end is late for it. */
static gboolean
is_past (const AcAssembler *self, const AcPlannedSlot *slot)
{
  return self->finishing || slot->first + slot->n_frames + FOLLOWED_LATE_FRAMES <
                                ac_slot_plan_n_frames (self->plan);
}

/* Whether @track has what it will have of slot @nth. */
static gboolean
is_complete (const AcAssembler *self, guint index, const AcPlannedSlot *slot,
             guint n_samples)
{
  guint64 end = frames_before (self, index, slot->epoch, slot->first + slot->n_frames);

  if (index != self->passed)
    return ac_sample_queue_length (self->tracks[index].waiting) >= n_samples;
  if (ac_passed_sound_has_all (self->sound, end))
    return TRUE;
  if (!is_past (self, slot))
    return FALSE;
  ac_passed_sound_stop (self->sound); /* the next slots need not wait */
  return TRUE;
}

/* Fills as many slots of the track as can be filled. */
static void
fill (AcAssembler *self, guint index)
{
  guint64 n_opened = ac_slot_plan_n_slots (self->plan);

  for (guint64 nth = current_slot (self, index); nth < n_opened && !self->done;
       nth = current_slot (self, index)) {
    const AcPlannedSlot *slot = ac_slot_plan_slot (self->plan, nth);
    guint n_samples = slot_samples (self, index, slot);

    gboolean whole = ac_slot_plan_is_whole (self->plan, nth);

    if (is_gap (self, index, nth)) {
      if ((is_sound (self, index) && !whole) || !put_gap (self, index, slot))
        break;
    } else if (!whole || !is_complete (self, index, slot, n_samples))
      break;
    else if (!make_chunk (self, index, slot, n_samples) && index != self->followed)
      break;
  }
}

static void
fill_all (AcAssembler *self)
{
  for (guint i = 0; i < self->n_tracks; i++)
    fill (self, i);
  advance (self);
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

/* The followed source has to be early; what is not there by now will not come. */
static void
check_followed (AcAssembler *self, guint64 index)
{
  guint64 nth = current_slot (self, self->followed);
  const AcPlannedSlot *slot;

  if (ac_followed_track_run (self->pictures) == NULL ||
      !ac_slot_plan_is_whole (self->plan, nth))
    return;
  slot = ac_slot_plan_slot (self->plan, nth);
  if (slot->first + slot->n_frames + FOLLOWED_LATE_FRAMES < index)
    lose (self);
}

void
ac_assembler_note_frame (AcAssembler *self, guint64 index, gint64 wall_ms,
                         gboolean not_creditable)
{
  gint64 opened;
  Note *note;

  g_mutex_lock (&self->lock);
  opened = ac_slot_plan_note (self->plan, index);
  if (opened == -2) {
    fail_with (self, "video", "the encoders have stopped");
    g_mutex_unlock (&self->lock);
    return;
  }
  note = &self->notes[(ac_slot_plan_n_slots (self->plan) - 1) % AC_SLOT_PLAN_MAX];
  if (opened >= 0)
    *note = (Note){ .wall_ms = wall_ms, .closed = self->closed };
  if (not_creditable)
    note->n_not_creditable++;
  check_followed (self, index);
  fill_all (self);
  g_mutex_unlock (&self->lock);
}

/* An epoch that is to begin anyway, soon, does. The followed source is given up: its
 * frames and the ticks are no longer one to one. */
void
ac_assembler_note_step (AcAssembler *self)
{
  AcGrid grid = self->setup.grid;

  g_mutex_lock (&self->lock);
  self->sound_lost = TRUE;
  ac_passed_sound_stop (self->sound);
  if (ac_followed_track_run (self->pictures) != NULL)
    lose (self);
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
    self->closed = tracks & ((1u << self->audio) - 1);
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_configure (AcAssembler *self, guint index, GBytes *codec_data)
{
  Track *track = &self->tracks[index];

  g_mutex_lock (&self->lock);
  if (track->codec_data == NULL)
    track->codec_data = g_bytes_ref (codec_data);
  else if (!g_bytes_equal (track->codec_data, codec_data))
    fail_with (self, track_name (self, index), "the encoder changed its configuration");
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_push (AcAssembler *self, guint index, GBytes *data, gboolean sync)
{
  Track *track = &self->tracks[index];

  g_mutex_lock (&self->lock);
  if (track->codec_data == NULL)
    fail_with (self, track_name (self, index), "a frame before its configuration");
  if (!self->done) {
    ac_sample_queue_push (track->waiting, data, sync, 0);
    track->n_frames++;
    fill (self, index);
    advance (self);
  }
  g_mutex_unlock (&self->lock);
}

/* --- the followed source ---------------------------------------------------------- */

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
  for (guint i = 0; last != NULL && i < self->audio; i++)
    if (current_slot (self, i) == n_slots)
      self->tracks[i].n_frames -=
          slot_samples (self, i, &before) - slot_samples (self, i, last);
  return TRUE;
}

guint64
ac_assembler_frame_start (AcAssembler *self, guint64 index)
{
  return frame_start (self, index);
}

gboolean
ac_assembler_follow (AcAssembler *self, guint64 index, const AcFollowed *source)
{
  AcGrid grid = self->setup.grid;
  AcFollowedRun *run;
  gboolean good;

  g_mutex_lock (&self->lock);
  run = ac_followed_track_prepare (self->pictures, index, source);
  good = !self->done && ac_followed_track_run (self->pictures) == NULL &&
         ac_grid_follow (&grid, source->gop_frames) && change (self, index, &grid, run);
  if (good) {
    ac_followed_track_begin (self->pictures, run);
    self->sound_lost = FALSE;
    fill_all (self); /* the slot under way may just have become whole */
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
      lose (self);
    fill (self, self->followed);
    advance (self);
  }
  g_mutex_unlock (&self->lock);
}

/* Ends them before frame @end, if that can still be. */
static gboolean
end_followed (AcAssembler *self, guint64 end)
{
  AcGrid grid = self->setup.grid;

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
    lose (self);
  if (!self->done)
    fill_all (self);
  g_mutex_unlock (&self->lock);
}

/* Whether a slot that is still to be filled has the source's sound. */
static gboolean
wants_sound (const AcAssembler *self)
{
  guint64 n_opened = ac_slot_plan_n_slots (self->plan);
  guint64 nth = MIN (current_slot (self, self->passed), n_opened - 1);

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
    fill (self, self->passed);
    advance (self);
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
    fill (self, self->passed);
    advance (self);
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
    fill (self, self->followed);
  ac_followed_track_finish (self->pictures); /* what it owes is not waited for */
  if (!self->done)
    fill_all (self);
  g_mutex_unlock (&self->lock);
}

guint
ac_assembler_lag (AcAssembler *self)
{
  guint64 noted, slowest;

  g_mutex_lock (&self->lock);
  noted = slowest = ac_slot_plan_n_frames (self->plan);
  for (guint i = 0; i < self->audio; i++)
    slowest = MIN (slowest, self->tracks[i].n_frames * self->tracks[i].divisor);
  g_mutex_unlock (&self->lock);
  return (guint)(noted - slowest);
}

guint
ac_assembler_lag_ms (AcAssembler *self)
{
  return ac_assembler_lag (self) * 1000 / self->setup.grid.frame_rate;
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
