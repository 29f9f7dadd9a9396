#include "assembler.h"

#include "cmaf_writer.h"

#define MAX_TRACKS (AC_GRID_MAX_RENDITIONS + 1)
#define MAX_PENDING_SLOTS 64 /* noted and not yet handed over */

/* BT.709, ISO/IEC 23091-2; the pictures are converted to it when they come in. */
#define COLOUR_BT709 1

typedef struct {
  guint divisor; /* video */
  GBytes *codec_data;
  AcCmafSample samples[AC_GRID_FRAMES_PER_SLOT * 2]; /* of the slot under way */
  guint n_samples;
  guint64 n_frames; /* delivered or left out, of this track's own frames */
  GQueue chunks;    /* GBytes of slots not yet handed over; an empty one is a gap */
} Track;

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
  guint n_tracks;
  gboolean epoch_sent, done; /* finished or failed */

  Note notes[MAX_PENDING_SLOTS]; /* of slot n at n modulo */
  guint64 n_noted;               /* frames */
  guint32 closed;                /* tracks, from the next slot on that is noted */
  guint64 n_slots;               /* handed over */
  guint64 total_frames;          /* G_MAXUINT64: not known yet */
};

AcAssembler *
ac_assembler_new (const AcAssemblerSetup *setup, const AcAssemblerHandler *handler,
                  gpointer user_data)
{
  AcAssembler *self = g_new0 (AcAssembler, 1);

  g_mutex_init (&self->lock);
  self->setup = *setup;
  self->handler = *handler;
  self->user_data = user_data;
  self->n_tracks = setup->plan.n_renditions + 1;
  self->total_frames = G_MAXUINT64;
  for (guint i = 0; i < setup->plan.n_renditions; i++)
    self->tracks[i].divisor = setup->plan.renditions[i].divisor;
  return self;
}

static void
clear_samples (Track *track)
{
  for (guint i = 0; i < track->n_samples; i++)
    g_clear_pointer (&track->samples[i].data, g_bytes_unref);
  track->n_samples = 0;
}

void
ac_assembler_free (AcAssembler *self)
{
  for (guint i = 0; i < self->n_tracks; i++) {
    clear_samples (&self->tracks[i]);
    g_queue_clear_full (&self->tracks[i].chunks, (GDestroyNotify)g_bytes_unref);
    g_clear_pointer (&self->tracks[i].codec_data, g_bytes_unref);
  }
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_audio (const AcAssembler *self, guint track)
{
  return track == self->n_tracks - 1;
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
  return is_audio (self, track) ? "audio" : self->setup.plan.renditions[track].name;
}

/* --- lengths ---------------------------------------------------------------------- */

/* Frames of the full rate in slot @slot. */
static guint
slot_frames (const AcAssembler *self, guint64 slot)
{
  guint64 first = slot * AC_GRID_FRAMES_PER_SLOT;

  if (self->total_frames <= first)
    return 0;
  return (guint)MIN (self->total_frames - first, AC_GRID_FRAMES_PER_SLOT);
}

/* Samples that @track has in slot @slot. */
static guint
slot_samples (const AcAssembler *self, guint track, guint64 slot)
{
  const AcGrid *grid = &self->setup.grid;
  guint frames = slot_frames (self, slot);
  guint divisor = self->tracks[track].divisor;

  if (!is_audio (self, track))
    return frames / divisor;
  if (frames == AC_GRID_FRAMES_PER_SLOT)
    return grid->blocks_per_slot;
  return frames > 0 ? (guint)MAX (ac_grid_blocks_for_frames (grid, frames), 1) : 0;
}

static guint32
sample_duration (const AcAssembler *self, guint track)
{
  if (is_audio (self, track))
    return AC_GRID_BLOCK_SAMPLES;
  return self->tracks[track].divisor * self->setup.grid.ticks_per_frame;
}

static guint64
slot_start (const AcAssembler *self, guint64 slot)
{
  return self->setup.start + slot * self->setup.grid.slot_duration;
}

static guint64
decode_time (const AcAssembler *self, guint track, guint64 slot)
{
  guint64 ticks = slot_start (self, slot);

  /* 48,000 to 90,000 is 8 to 15; slots on the grid divide without a rest. */
  return is_audio (self, track) ? ticks / 15 * 8 + ticks % 15 * 8 / 15 : ticks;
}

/* --- epoch ------------------------------------------------------------------------ */

static gboolean
describe_video (AcAssembler *self, guint index, AcTrack *track, GError **error)
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
  g_autofree gchar *codecs = ac_cmaf_codecs_video (video.avcc, error);

  if (codecs == NULL)
    return FALSE;
  g_strlcpy (track->name, rendition->name, sizeof track->name);
  g_strlcpy (track->codecs, codecs, sizeof track->codecs);
  track->kind = AC_TRACK_VIDEO;
  track->timescale = AC_TICKS_PER_SECOND;
  track->width = rendition->width;
  track->height = rendition->height;
  track->frames_per_1000s = self->setup.grid.frame_rate * 1000 / rendition->divisor;
  track->target_bps = rendition->target_bps;
  track->init = ac_cmaf_init_video (&video, error);
  return track->init != NULL;
}

static gboolean
describe_audio (AcAssembler *self, AcTrack *track, GError **error)
{
  const AcCmafAudio audio = {
    .asc = self->tracks[self->n_tracks - 1].codec_data,
    .sample_rate = AC_GRID_SAMPLE_RATE,
    .channels = 1,
    .target_bps = AC_GRID_AUDIO_BPS,
  };
  g_autofree gchar *codecs = ac_cmaf_codecs_audio (audio.asc, error);

  if (codecs == NULL)
    return FALSE;
  g_strlcpy (track->name, "audio", sizeof track->name);
  g_strlcpy (track->codecs, codecs, sizeof track->codecs);
  track->kind = AC_TRACK_AUDIO;
  track->timescale = AC_GRID_SAMPLE_RATE;
  track->channels = 1;
  track->target_bps = AC_GRID_AUDIO_BPS;
  track->init = ac_cmaf_init_audio (&audio, error);
  return track->init != NULL;
}

static gboolean
send_epoch (AcAssembler *self)
{
  const AcAssemblerSetup *setup = &self->setup;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMediaEpoch) epoch = NULL;
  AcMediaEpoch fields = {
    .number = setup->epoch,
    .wall_start_ms = self->notes[0].wall_ms,
    .start = setup->start,
    .first_msn = setup->first_msn,
    .slot_duration = setup->grid.slot_duration,
    .slots_per_segment = setup->grid.slots_per_segment,
    .n_tracks = self->n_tracks,
  };
  gboolean good = TRUE;

  for (guint i = 0; i < self->n_tracks && good; i++)
    good = is_audio (self, i) ? describe_audio (self, &fields.tracks[i], &error)
                              : describe_video (self, i, &fields.tracks[i], &error);
  if (good)
    epoch = ac_media_epoch_new (&fields);
  for (guint i = 0; i < self->n_tracks; i++)
    g_clear_pointer (&fields.tracks[i].init, g_bytes_unref);

  if (good)
    self->handler.epoch (epoch, self->user_data);
  else
    fail (self, error);
  self->epoch_sent = good;
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
slot_flags (const AcAssembler *self, guint64 slot, guint part, const Note *note)
{
  guint frames = slot_frames (self, slot);
  guint32 flags = 0;

  if (part == 0)
    flags |= AC_SLOT_SEGMENT_START;
  if (part == self->setup.grid.slots_per_segment - 1 ||
      (slot + 1) * AC_GRID_FRAMES_PER_SLOT >= self->total_frames)
    flags |= AC_SLOT_SEGMENT_END;
  if (note->n_not_creditable * 2 > frames)
    flags |= AC_SLOT_NOT_CREDITABLE;
  return flags;
}

static void
send_slot (AcAssembler *self)
{
  guint64 number = self->n_slots++;
  guint per_segment = self->setup.grid.slots_per_segment;
  guint part = (guint)(number % per_segment);
  Note *note = &self->notes[number % MAX_PENDING_SLOTS];
  AcSlot fields = {
    .epoch = self->setup.epoch,
    .part = part,
    .msn = self->setup.first_msn + number / per_segment,
    .start = slot_start (self, number),
    .duration = slot_frames (self, number) * self->setup.grid.ticks_per_frame,
    .flags = slot_flags (self, number, part, note),
    .wall_ms = note->wall_ms,
    .n_parts = self->n_tracks,
  };
  g_autoptr (AcSlot) slot = NULL;

  for (guint i = 0; i < self->n_tracks; i++) {
    fields.parts[i] = g_queue_pop_head (&self->tracks[i].chunks);
    if (g_bytes_get_size (fields.parts[i]) == 0)
      g_clear_pointer (&fields.parts[i], g_bytes_unref);
  }
  slot = ac_slot_new (&fields);
  for (guint i = 0; i < self->n_tracks; i++)
    g_clear_pointer (&fields.parts[i], g_bytes_unref);
  *note = (Note){ 0 };
  self->handler.slot (slot, self->user_data);
}

static gboolean
make_chunk (AcAssembler *self, guint index, guint64 slot)
{
  Track *track = &self->tracks[index];
  g_autoptr (GError) error = NULL;
  AcCmafChunk chunk = {
    .sequence = (guint32)(slot + 1),
    .decode_time = decode_time (self, index, slot),
    .segment_start = slot % self->setup.grid.slots_per_segment == 0,
    .wall_ms = -1,
    .samples = track->samples,
    .n_samples = track->n_samples,
  };
  GBytes *bytes;

  /* One prft a segment: readers warn of a second one in the same piece. */
  if (chunk.segment_start)
    chunk.wall_ms = self->notes[slot % MAX_PENDING_SLOTS].wall_ms;
  if (chunk.segment_start && !track->samples[0].sync) {
    fail_with (self, track_name (self, index), "a segment without a key frame");
    return FALSE;
  }
  for (guint i = 0; i < track->n_samples; i++)
    track->samples[i].duration = sample_duration (self, index);
  bytes = ac_cmaf_chunk (&chunk, &error);
  clear_samples (track);
  if (bytes == NULL) {
    fail (self, error);
    return FALSE;
  }
  g_queue_push_tail (&track->chunks, bytes);
  return TRUE;
}

/* Hands over what is complete; called after anything changed. */
static void
advance (AcAssembler *self)
{
  while (!self->done && all_have_chunk (self)) {
    if (!self->epoch_sent && !send_epoch (self))
      return;
    send_slot (self);
  }
  if (!self->done && self->total_frames <= self->n_slots * AC_GRID_FRAMES_PER_SLOT) {
    self->done = TRUE;
    self->handler.finished (self->user_data);
  }
}

/* The slot that @track is filling. */
static guint64
current_slot (AcAssembler *self, const Track *track)
{
  return self->n_slots + g_queue_get_length ((GQueue *)&track->chunks);
}

/* Puts gaps where @index stands for as long as it is closed there. Behind what its
 * encoder still owes of the slots before: so also called when that has come. */
static void
fill_gaps (AcAssembler *self, guint index)
{
  Track *track = &self->tracks[index];
  guint64 slot = current_slot (self, track);

  for (; slot * AC_GRID_FRAMES_PER_SLOT < self->n_noted &&
         (self->notes[slot % MAX_PENDING_SLOTS].closed & (1u << index)) != 0;
       slot++) {
    track->n_frames += AC_GRID_FRAMES_PER_SLOT / track->divisor;
    g_queue_push_tail (&track->chunks, g_bytes_new (NULL, 0));
  }
}

static void
complete (AcAssembler *self, guint index)
{
  Track *track = &self->tracks[index];
  guint64 slot = current_slot (self, track);

  if (track->n_samples == 0 || track->n_samples < slot_samples (self, index, slot) ||
      !make_chunk (self, index, slot))
    return;
  fill_gaps (self, index);
  advance (self);
}

void
ac_assembler_note_frame (AcAssembler *self, guint64 index, gint64 wall_ms,
                         gboolean not_creditable)
{
  guint64 slot = index / AC_GRID_FRAMES_PER_SLOT;
  Note *note = &self->notes[slot % MAX_PENDING_SLOTS];

  g_mutex_lock (&self->lock);
  if (slot >= self->n_slots + MAX_PENDING_SLOTS)
    fail_with (self, "video", "the encoders have stopped");
  if (not_creditable)
    note->n_not_creditable++;
  self->n_noted = index + 1;
  if (index % AC_GRID_FRAMES_PER_SLOT == 0) {
    note->wall_ms = wall_ms;
    note->closed = self->closed;
    for (guint i = 0; i + 1 < self->n_tracks && !self->done; i++)
      fill_gaps (self, i);
  }
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_set_closed (AcAssembler *self, guint32 tracks)
{
  g_mutex_lock (&self->lock);
  if (self->n_noted > 0)
    self->closed = tracks & ((1u << (self->n_tracks - 1)) - 1);
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
  if (!self->done &&
      track->n_samples < slot_samples (self, index, current_slot (self, track))) {
    AcCmafSample *sample = &track->samples[track->n_samples++];

    *sample = (AcCmafSample){ .data = g_bytes_ref (data), .sync = sync };
    track->n_frames++;
    complete (self, index);
  }
  g_mutex_unlock (&self->lock);
}

void
ac_assembler_finish (AcAssembler *self, guint64 n_frames)
{
  g_mutex_lock (&self->lock);
  self->total_frames = n_frames;
  for (guint i = 0; i < self->n_tracks; i++) {
    Track *track = &self->tracks[i];
    guint samples = slot_samples (self, i, current_slot (self, track));

    while (track->n_samples > samples)
      g_clear_pointer (&track->samples[--track->n_samples].data, g_bytes_unref);
    complete (self, i);
  }
  advance (self);
  g_mutex_unlock (&self->lock);
}

guint
ac_assembler_lag (AcAssembler *self)
{
  guint64 slowest;

  g_mutex_lock (&self->lock);
  slowest = self->n_noted;
  for (guint i = 0; i + 1 < self->n_tracks; i++)
    slowest = MIN (slowest, self->tracks[i].n_frames * self->tracks[i].divisor);
  slowest = self->n_noted - slowest;
  g_mutex_unlock (&self->lock);
  return (guint)slowest;
}

guint
ac_assembler_lag_ms (AcAssembler *self)
{
  return ac_assembler_lag (self) * 1000 / self->setup.grid.frame_rate;
}
