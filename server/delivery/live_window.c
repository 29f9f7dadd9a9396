/* A segment is under way from its first part until a part ends it, a new epoch begins
 * or the lesson ends; then it is complete, joins the timeline and never changes. */
#include "live_window.h"

#include "log.h"
#include "playlist.h"
#include "snapshot.h"

#include <string.h>

/* Bytes of this much media are kept here; the rest is the archive's. */
#define KEEP_TICKS (60u * AC_TICKS_PER_SECOND)
/* Every how many segments the wall clock is told: so often that any delta update,
 * which holds at least six target durations, has it. */
#define DATED_SEGMENTS 4
#define ALL_TRACKS 0xff

/* A slot, or what the recording knows of it, with its tracks in the lesson's order. */
typedef struct {
  guint32 epoch, part;
  guint64 msn, start;
  guint32 duration, flags;
  gint64 wall_ms;
  guint32 sizes[AC_MAX_TRACKS];
  guint8 gaps;
  AcSlot *slot; /* NULL: the recording has its bytes */
} Arrival;

struct _AcLiveWindow {
  gint64 lesson;
  AcRecording *recording;
  AcTimeline *timeline;
  gboolean ended, dead, worker_began;
  guint32 part_target, target_duration_s; /* 0 before the first epoch */

  GPtrArray *recents; /* AcRecent, whole segments, ascending */
  AcSegment open;
  GArray *open_parts; /* AcRecentPart; empty: no segment is under way */
  guint64 open_bytes[AC_MAX_TRACKS];
  AcRate rates[AC_MAX_TRACKS];
};

static void
clear_part (gpointer data)
{
  AcRecentPart *part = data;

  g_clear_pointer (&part->slot, ac_slot_unref);
}

static void load_recording (AcLiveWindow *self);

AcLiveWindow *
ac_live_window_new (gint64 lesson, AcRecording *recording)
{
  AcLiveWindow *self = g_new0 (AcLiveWindow, 1);

  self->lesson = lesson;
  self->timeline = ac_timeline_new ();
  self->recents = g_ptr_array_new_with_free_func ((GDestroyNotify)ac_recent_unref);
  self->open_parts = g_array_new (FALSE, FALSE, sizeof (AcRecentPart));
  g_array_set_clear_func (self->open_parts, clear_part);
  if (recording != NULL) {
    self->recording = ac_recording_ref (recording);
    load_recording (self);
  }
  return self;
}

void
ac_live_window_free (AcLiveWindow *self)
{
  g_ptr_array_unref (self->recents);
  g_array_unref (self->open_parts);
  g_clear_pointer (&self->recording, ac_recording_unref);
  ac_timeline_unref (self->timeline);
  g_free (self);
}

static const AcLessonEpoch *
current_epoch (AcLiveWindow *self)
{
  guint n = ac_timeline_n_epochs (self->timeline);

  return n > 0 ? ac_timeline_epoch (self->timeline, n - 1) : NULL;
}

static gint
find_audio (AcLiveWindow *self)
{
  for (guint i = 0; i < ac_timeline_n_tracks (self->timeline); i++)
    if (ac_timeline_track (self->timeline, i)->kind == AC_TRACK_AUDIO)
      return i;
  return -1;
}

static guint64
bits_per_second (guint64 bytes, const AcSegment *segment)
{
  return (bytes * 8 * AC_TICKS_PER_SECOND + segment->duration - 1) / segment->duration;
}

/* BANDWIDTH is the largest rate of a segment of half a target duration or more (the
 * draft, section 4.4.6.2), of picture and sound together. */
static void
measure (AcLiveWindow *self)
{
  const AcSegment *segment = &self->open;
  gint audio = find_audio (self);
  gboolean long_enough = (guint64)segment->duration * 2 >=
                         (guint64)self->target_duration_s * AC_TICKS_PER_SECOND;

  for (guint i = 0; i < ac_timeline_n_tracks (self->timeline); i++) {
    AcRate *rate = &self->rates[i];
    guint64 bytes = self->open_bytes[i];

    if (((segment->gaps | ~segment->tracks) & (1u << i)) != 0 || segment->duration == 0)
      continue;
    rate->bytes += bytes;
    rate->ticks += segment->duration;
    if (long_enough)
      rate->own_peak_bps = MAX (rate->own_peak_bps, bits_per_second (bytes, segment));
    if (audio >= 0 && (guint)audio != i)
      bytes += self->open_bytes[audio];
    if (long_enough)
      rate->peak_bps = MAX (rate->peak_bps, bits_per_second (bytes, segment));
  }
}

/* Whether what leaves the memory is nowhere else: the archive did not take it, or lost
 * it. What the archive has not written yet can be read from it all the same. */
static gboolean
is_lost (AcLiveWindow *self, const AcSegment *segment)
{
  return self->recording != NULL && segment->gaps != ALL_TRACKS &&
         !ac_recording_holds (self->recording, segment->epoch, segment->msn,
                              segment->n_parts);
}

static void
forget_old (AcLiveWindow *self)
{
  guint n_old = 0;
  guint64 end = self->open.start + self->open.duration;

  for (; n_old < self->recents->len; n_old++) {
    const AcSegment *segment = ac_timeline_segment (
        self->timeline, ac_recent_msn (g_ptr_array_index (self->recents, n_old)));

    if (segment->start + segment->duration + KEEP_TICKS >= end)
      break;
    ac_timeline_settle (self->timeline, is_lost (self, segment));
  }
  if (n_old > 0)
    g_ptr_array_remove_range (self->recents, 0, n_old);
}

static void
close_segment (AcLiveWindow *self)
{
  if (self->open_parts->len == 0)
    return;
  measure (self);
  /* The segment was only opened while there was room for it. */
  ac_timeline_append (self->timeline, &self->open);
  g_ptr_array_add (self->recents, ac_recent_new (self->open.msn,
                                                 (AcRecentPart *)self->open_parts->data,
                                                 self->open_parts->len));
  forget_old (self);
  g_array_set_size (self->open_parts, 0);
  memset (self->open_bytes, 0, sizeof self->open_bytes);
}

/* The first part of a segment, or a segment that never comes. */
static void
open_segment (AcLiveWindow *self, const Arrival *arrival)
{
  guint64 n_segments = ac_timeline_n_segments (self->timeline);
  const AcSegment *last =
      n_segments > 0 ? ac_timeline_segment (self->timeline, n_segments - 1) : NULL;
  const AcLessonEpoch *epoch = current_epoch (self);

  self->open = (AcSegment){
    .msn = arrival->msn,
    .start = arrival->start,
    .wall_ms = arrival->wall_ms,
    .epoch = arrival->epoch,
  };
  for (guint i = 0; i < ac_timeline_n_tracks (self->timeline); i++)
    if (epoch->tracks[i] >= 0)
      self->open.tracks |= 1u << i;
  if (last == NULL || last->epoch != arrival->epoch)
    self->open.flags |= AC_SEGMENT_NEW_INIT | AC_SEGMENT_DATED;
  if (last != NULL && last->epoch != arrival->epoch)
    self->open.flags |= AC_SEGMENT_DISCONTINUITY;
  if (arrival->msn % DATED_SEGMENTS == 0)
    self->open.flags |= AC_SEGMENT_DATED;
}

/* Says why @arrival is not the next part of the lesson, NULL when it is. The worker
 * decodes what strangers send: it is not believed. */
static const gchar *
refuse (AcLiveWindow *self, const Arrival *arrival)
{
  const AcLessonEpoch *epoch = current_epoch (self);
  guint64 n_segments = ac_timeline_n_segments (self->timeline);
  guint n_open = self->open_parts->len;

  if (self->ended)
    return "the lesson has ended";
  if (epoch == NULL || epoch->media->number != arrival->epoch)
    return "its epoch is not the current one";
  if (arrival->duration == 0 || arrival->duration > self->part_target)
    return "its duration is out of bounds";
  if (arrival->part >= AC_SEGMENT_MAX_PARTS ||
      n_segments >= AC_TIMELINE_MAX_SEGMENTS - 1)
    return "the lesson or the segment is too long";
  if (arrival->start < self->open.start + self->open.duration)
    return "it begins before the end of the last";
  if (arrival->part > 0 && (n_open != arrival->part || arrival->msn != n_segments))
    return "it does not continue the segment under way";
  if (arrival->part == 0 && arrival->msn != n_segments + (n_open > 0 ? 1 : 0))
    return "its segment is not the next";
  return NULL;
}

/* How long each of the lesson's tracks is in [@start, @end); the time itself for those
 * that the epoch does not have. */
static void
measure_lengths (AcLiveWindow *self, guint64 start, guint64 end, guint32 *ret_lengths)
{
  const AcLessonEpoch *epoch = current_epoch (self);

  for (guint i = 0; i < AC_MAX_TRACKS; i++) {
    gint track = epoch != NULL ? epoch->tracks[i] : -1;

    ret_lengths[i] =
        track < 0 || start < epoch->media->start
            ? (guint32)(end - start)
            : (guint32)(ac_media_epoch_boundary (epoch->media, track, end) -
                        ac_media_epoch_boundary (epoch->media, track, start));
  }
}

static void
arrive (AcLiveWindow *self, const Arrival *arrival)
{
  const gchar *reason = refuse (self, arrival);
  AcRecentPart part = {
    .duration = arrival->duration,
    .gaps = arrival->gaps,
    .sync = (arrival->flags & AC_SLOT_SEGMENT_START) != 0,
    .slot = arrival->slot != NULL ? ac_slot_ref (arrival->slot) : NULL,
  };

  if (reason != NULL) {
    static AcLogLimit limit = { .interval_ms = 10000 };
    guint suppressed;

    if (ac_log_limit_pass (&limit, &suppressed))
      ac_log (G_LOG_LEVEL_WARNING, self->lesson,
              "part %" G_GUINT64_FORMAT ".%u left out: %s (%u others before)",
              arrival->msn, arrival->part, reason, suppressed);
    g_clear_pointer ((AcSlot **)&part.slot, ac_slot_unref);
    return;
  }
  if (arrival->part == 0) {
    close_segment (self);
    open_segment (self, arrival);
  }
  measure_lengths (self, arrival->start, arrival->start + arrival->duration,
                   part.lengths);
  g_array_append_val (self->open_parts, part);
  self->open.duration += arrival->duration;
  for (guint i = 0; i < AC_MAX_TRACKS; i++)
    self->open.lengths[i] += part.lengths[i];
  self->open.gaps |= arrival->gaps;
  self->open.n_parts++;
  for (guint i = 0; i < AC_MAX_TRACKS; i++)
    self->open_bytes[i] += arrival->sizes[i];
  if ((arrival->flags & AC_SLOT_SEGMENT_END) != 0)
    close_segment (self);
}

static void
same_lengths (guint32 duration, guint32 *ret_lengths)
{
  for (guint i = 0; i < AC_MAX_TRACKS; i++)
    ret_lengths[i] = duration;
}

/* The lesson goes on at segment @msn, @start: what lies between was published once and
 * is lost, since the archive could not take it (a disk that is full, or too slow). Its
 * segments are gaps, so that times and numbers stay what they were. */
static void
skip_to (AcLiveWindow *self, guint32 epoch, guint64 msn, guint64 start, gint64 wall_ms)
{
  guint64 n_segments = ac_timeline_n_segments (self->timeline);
  guint64 end = self->open.start + self->open.duration;
  guint64 longest =
      (guint64)(2 * self->target_duration_s + 1) * AC_TICKS_PER_SECOND / 2 - 1;
  guint64 n = msn - n_segments, hole;
  const guint32 last_epoch =
      n_segments > 0 ? ac_timeline_segment (self->timeline, n_segments - 1)->epoch
                     : epoch;

  if (msn <= n_segments || msn >= AC_TIMELINE_MAX_SEGMENTS || start <= end)
    return;
  /* More time than so many segments can be: they are the last of it. */
  hole = MIN (start - end, n * longest);
  end = start - hole;
  for (guint64 i = 0; i < n; i++) {
    Arrival lost = {
      .epoch = last_epoch,
      .msn = n_segments + i,
      .start = end + hole * i / n,
      .duration = hole * (i + 1) / n - hole * i / n,
      .gaps = ALL_TRACKS,
    };
    guint n_parts = (lost.duration + self->part_target - 1) / self->part_target;

    lost.wall_ms = wall_ms - AC_TICKS_TO_MS (start - lost.start);
    open_segment (self, &lost);
    for (guint part = 0; part < n_parts; part++) {
      AcRecentPart gap = {
        .duration =
            lost.duration * (part + 1) / n_parts - lost.duration * part / n_parts,
        .gaps = ALL_TRACKS,
      };
      same_lengths (gap.duration, gap.lengths);
      g_array_append_val (self->open_parts, gap);
    }
    self->open.duration = lost.duration;
    same_lengths (lost.duration, self->open.lengths);
    self->open.gaps = ALL_TRACKS;
    self->open.n_parts = n_parts;
    close_segment (self);
  }
  ac_log (G_LOG_LEVEL_MESSAGE, self->lesson,
          "%" G_GUINT64_FORMAT " ms from %" G_GUINT64_FORMAT " ms on are lost",
          hole / 90, end / 90);
}

static gboolean
add_epoch (AcLiveWindow *self, AcMediaEpoch *epoch)
{
  if (!ac_timeline_add_epoch (self->timeline, epoch))
    return FALSE;
  if (self->part_target == 0) {
    guint64 segment = (guint64)epoch->slot_duration * epoch->slots_per_segment;

    self->part_target = epoch->slot_duration;
    self->target_duration_s =
        MAX (1, (segment + AC_TICKS_PER_SECOND / 2) / AC_TICKS_PER_SECOND);
  }
  return TRUE;
}

void
ac_live_window_begin_epoch (AcLiveWindow *self, AcMediaEpoch *epoch)
{
  if (self->ended)
    return;
  close_segment (self);
  if (!add_epoch (self, epoch)) {
    ac_log (G_LOG_LEVEL_WARNING, self->lesson,
            "epoch %u left out: not a usable successor of the %u before", epoch->number,
            ac_timeline_n_epochs (self->timeline));
    return;
  }
  skip_to (self, epoch->number, epoch->first_msn, epoch->start, epoch->wall_start_ms);
  self->worker_began = TRUE;
  self->dead = FALSE;
}

void
ac_live_window_append (AcLiveWindow *self, AcSlot *slot)
{
  const AcLessonEpoch *epoch = current_epoch (self);
  Arrival arrival = {
    .epoch = slot->epoch,
    .part = slot->part,
    .msn = slot->msn,
    .start = slot->start,
    .duration = slot->duration,
    .flags = slot->flags,
    .wall_ms = slot->wall_ms,
    .gaps = ALL_TRACKS,
    .slot = slot,
  };

  for (guint i = 0; epoch != NULL && i < AC_MAX_TRACKS; i++) {
    gint track = epoch->tracks[i];

    if (track >= 0 && (guint)track < slot->n_parts && slot->parts[track] != NULL) {
      arrival.sizes[i] = MIN (g_bytes_get_size (slot->parts[track]), G_MAXUINT32);
      arrival.gaps &= ~(1u << i);
    }
  }
  arrive (self, &arrival);
}

static void
arrive_recorded (AcLiveWindow *self, const AcSlotInfo *info)
{
  const AcLessonEpoch *epoch = current_epoch (self);
  Arrival arrival = {
    .epoch = info->epoch,
    .part = info->part,
    .msn = info->msn,
    .start = info->start,
    .duration = info->duration,
    .flags = info->flags,
    .wall_ms = info->wall_ms,
    .gaps = ALL_TRACKS,
  };

  for (guint i = 0; epoch != NULL && i < AC_MAX_TRACKS; i++)
    if (epoch->tracks[i] >= 0 && info->sizes[epoch->tracks[i]] > 0) {
      arrival.sizes[i] = info->sizes[epoch->tracks[i]];
      arrival.gaps &= ~(1u << i);
    }
  arrive (self, &arrival);
}

static void
load_recording (AcLiveWindow *self)
{
  guint32 n_epochs = ac_recording_n_epochs (self->recording), number = 0;
  AcSlotInfo info;

  for (guint64 i = 0; ac_recording_get_slot (self->recording, i, &info); i++) {
    while (number < info.epoch && number < n_epochs) {
      g_autoptr (AcMediaEpoch) epoch =
          ac_recording_get_epoch (self->recording, ++number);

      if (epoch != NULL)
        add_epoch (self, epoch);
    }
    if (info.part == 0 && self->part_target > 0) {
      guint64 next =
          ac_timeline_n_segments (self->timeline) + (self->open_parts->len > 0);

      if (info.msn > next) {
        close_segment (self);
        skip_to (self, info.epoch, info.msn, info.start, info.wall_ms);
      }
    }
    arrive_recorded (self, &info);
  }
}

void
ac_live_window_set_dead (AcLiveWindow *self, gboolean dead)
{
  self->dead = dead;
}

void
ac_live_window_end (AcLiveWindow *self)
{
  close_segment (self);
  self->ended = TRUE;
}

AcSnapshot *
ac_live_window_snapshot (AcLiveWindow *self)
{
  AcSnapshotParts parts = {
    .lesson = self->lesson,
    .timeline = ac_timeline_ref (self->timeline),
    .recording = self->recording != NULL ? ac_recording_ref (self->recording) : NULL,
    .n_tracks = ac_timeline_n_tracks (self->timeline),
    .n_epochs = ac_timeline_n_epochs (self->timeline),
    .n_segments = ac_timeline_n_segments (self->timeline),
    .ended = self->ended,
    .dead = self->dead,
    .hinting = self->worker_began && !self->ended,
    .part_target = self->part_target,
    .target_duration_s = self->target_duration_s,
    .recents =
        g_ptr_array_new_full (self->recents->len, (GDestroyNotify)ac_recent_unref),
    .open = self->open,
  };

  for (guint i = 0; i < self->recents->len; i++)
    g_ptr_array_add (parts.recents,
                     ac_recent_ref (g_ptr_array_index (self->recents, i)));
  if (self->open_parts->len > 0)
    parts.open_parts = ac_recent_new (
        self->open.msn, (AcRecentPart *)self->open_parts->data, self->open_parts->len);
  memcpy (parts.rates, self->rates, sizeof parts.rates);
  return ac_snapshot_new (&parts);
}

AcSnapshot *
ac_snapshot_new_replay (gint64 lesson, AcRecording *recording)
{
  g_autoptr (AcLiveWindow) window = ac_live_window_new (lesson, recording);

  ac_live_window_end (window);
  return ac_live_window_snapshot (window);
}
