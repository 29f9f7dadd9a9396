/* Invariants:
 *   1. the directories have a fixed size and their chunks never move, so a reader's
 *      pointer stays good while the writer goes on;
 *   2. a chunk is linked before the first snapshot that counts something in it;
 *   3. what lies beyond a reader's counts may be written at any time and is not read;
 *      nor are text_end and lost of a segment that its snapshot still has the bytes of.
 */
#include "timeline.h"

#include "segment_text.h"

#include <string.h>

#define SEGMENTS_PER_CHUNK 256
#define SEGMENT_CHUNKS (AC_TIMELINE_MAX_SEGMENTS / SEGMENTS_PER_CHUNK)
#define TEXT_CHUNK_BYTES (32u * 1024)
#define TEXT_CHUNKS 2048
/* The longest text of one segment: every tag, the largest numbers. */
#define SEGMENT_TEXT_MAX_BYTES 250u

G_STATIC_ASSERT ((guint64)SEGMENT_TEXT_MAX_BYTES *AC_TIMELINE_MAX_SEGMENTS <=
                 (guint64)TEXT_CHUNK_BYTES * TEXT_CHUNKS);

struct _AcTimeline {
  gatomicrefcount refs;
  guint n_tracks, n_epochs;
  guint64 n_segments, n_settled;
  AcLessonTrack tracks[AC_MAX_TRACKS];
  AcLessonEpoch *epochs[AC_TIMELINE_MAX_EPOCHS];
  AcSegment *segments[SEGMENT_CHUNKS];
  gchar **texts[AC_MAX_TRACKS]; /* TEXT_CHUNKS each */
  guint32 text_sizes[AC_MAX_TRACKS];
};

AcTimeline *
ac_timeline_new (void)
{
  AcTimeline *self = g_new0 (AcTimeline, 1);

  g_atomic_ref_count_init (&self->refs);
  return self;
}

AcTimeline *
ac_timeline_ref (AcTimeline *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ac_timeline_unref (AcTimeline *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_epochs; i++) {
    ac_media_epoch_unref (self->epochs[i]->media);
    g_free (self->epochs[i]);
  }
  for (guint i = 0; i < SEGMENT_CHUNKS && self->segments[i] != NULL; i++)
    g_free (self->segments[i]);
  for (guint track = 0; track < self->n_tracks; track++) {
    for (guint i = 0; i < TEXT_CHUNKS && self->texts[track][i] != NULL; i++)
      g_free (self->texts[track][i]);
    g_free (self->texts[track]);
  }
  g_free (self);
}

static AcSegment *
segment_at (AcTimeline *self, guint64 msn)
{
  return &self->segments[msn / SEGMENTS_PER_CHUNK][msn % SEGMENTS_PER_CHUNK];
}

static void
write_text (AcTimeline *self, guint track, const gchar *text, gsize size)
{
  while (size > 0) {
    guint chunk = self->text_sizes[track] / TEXT_CHUNK_BYTES;
    guint offset = self->text_sizes[track] % TEXT_CHUNK_BYTES;
    gsize n = MIN (size, TEXT_CHUNK_BYTES - offset);

    if (self->texts[track][chunk] == NULL)
      self->texts[track][chunk] = g_malloc (TEXT_CHUNK_BYTES);
    memcpy (self->texts[track][chunk] + offset, text, n);
    self->text_sizes[track] += n;
    text += n;
    size -= n;
  }
}

static void
write_segment_text (AcTimeline *self, guint track, AcSegment *segment, GString *scratch)
{
  g_string_truncate (scratch, 0);
  ac_segment_text_begin (scratch, segment, track);
  ac_segment_text_end (scratch, segment, track, segment->lost);
  write_text (self, track, scratch->str, scratch->len);
  segment->text_end[track] = self->text_sizes[track];
}

/* The segments before it have no such track: their bits stay "gap, not there". The
 * readers of before do not know the track, so nothing that they read changes. */
static void
add_track (AcTimeline *self, const AcTrack *track)
{
  g_autoptr (GString) scratch = g_string_sized_new (SEGMENT_TEXT_MAX_BYTES);
  guint nth = self->n_tracks;

  g_strlcpy (self->tracks[nth].name, track->name, sizeof self->tracks[nth].name);
  self->tracks[nth].kind = track->kind;
  self->texts[nth] = g_new0 (gchar *, TEXT_CHUNKS);
  self->n_tracks++;
  for (guint64 msn = 0; msn < self->n_settled; msn++)
    write_segment_text (self, nth, segment_at (self, msn), scratch);
}

static gint
find_track (AcTimeline *self, const gchar *name)
{
  for (guint i = 0; i < self->n_tracks; i++)
    if (strcmp (self->tracks[i].name, name) == 0)
      return i;
  return -1;
}

static gboolean
is_usable (const AcMediaEpoch *epoch)
{
  if (epoch->slot_duration == 0 || epoch->slots_per_segment == 0 ||
      epoch->slots_per_segment > AC_SEGMENT_MAX_PARTS || epoch->n_tracks == 0 ||
      epoch->n_tracks > AC_MAX_TRACKS)
    return FALSE;
  for (guint i = 0; i < epoch->n_tracks; i++)
    if (epoch->tracks[i].name[0] == '\0' || epoch->tracks[i].init == NULL)
      return FALSE;
  return TRUE;
}

gboolean
ac_timeline_add_epoch (AcTimeline *self, AcMediaEpoch *media)
{
  AcLessonEpoch *epoch;

  if (self->n_epochs == AC_TIMELINE_MAX_EPOCHS || !is_usable (media) ||
      (self->n_epochs > 0 &&
       media->number <= self->epochs[self->n_epochs - 1]->media->number))
    return FALSE;
  epoch = g_new (AcLessonEpoch, 1);
  epoch->media = ac_media_epoch_ref (media);
  memset (epoch->tracks, -1, sizeof epoch->tracks);
  for (guint i = 0; i < media->n_tracks; i++) {
    gint track = find_track (self, media->tracks[i].name);

    if (track < 0 && self->n_tracks < AC_MAX_TRACKS) {
      track = self->n_tracks;
      add_track (self, &media->tracks[i]);
    }
    if (track >= 0)
      epoch->tracks[track] = i;
  }
  self->epochs[self->n_epochs++] = epoch;
  return TRUE;
}

gboolean
ac_timeline_append (AcTimeline *self, const AcSegment *segment)
{
  guint chunk = self->n_segments / SEGMENTS_PER_CHUNK;
  AcSegment *own;

  g_return_val_if_fail (segment->msn == self->n_segments, FALSE);
  if (self->n_segments == AC_TIMELINE_MAX_SEGMENTS)
    return FALSE;
  if (self->segments[chunk] == NULL)
    self->segments[chunk] = g_new0 (AcSegment, SEGMENTS_PER_CHUNK);
  own = segment_at (self, segment->msn);
  *own = *segment;
  /* What the epoch does not have is a gap, also for tracks that come later. */
  own->gaps |= (guint8)~own->tracks;
  own->lost = FALSE;
  self->n_segments++;
  return TRUE;
}

void
ac_timeline_settle (AcTimeline *self, gboolean lost)
{
  g_autoptr (GString) scratch = g_string_sized_new (SEGMENT_TEXT_MAX_BYTES);
  AcSegment *segment;

  g_return_if_fail (self->n_settled < self->n_segments);
  segment = segment_at (self, self->n_settled);
  segment->lost = lost;
  for (guint track = 0; track < self->n_tracks; track++)
    write_segment_text (self, track, segment, scratch);
  self->n_settled++;
}

guint64
ac_timeline_n_settled (AcTimeline *self)
{
  return self->n_settled;
}

guint
ac_timeline_n_tracks (AcTimeline *self)
{
  return self->n_tracks;
}

guint
ac_timeline_n_epochs (AcTimeline *self)
{
  return self->n_epochs;
}

guint64
ac_timeline_n_segments (AcTimeline *self)
{
  return self->n_segments;
}

const AcLessonTrack *
ac_timeline_track (AcTimeline *self, guint track)
{
  return &self->tracks[track];
}

const AcLessonEpoch *
ac_timeline_epoch (AcTimeline *self, guint nth)
{
  return self->epochs[nth];
}

const AcSegment *
ac_timeline_segment (AcTimeline *self, guint64 msn)
{
  return segment_at (self, msn);
}

const AcLessonEpoch *
ac_timeline_find_epoch (AcTimeline *self, guint n_epochs, guint32 number)
{
  guint low = 0, high = n_epochs;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (self->epochs[middle]->media->number < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < n_epochs && self->epochs[low]->media->number == number
             ? self->epochs[low]
             : NULL;
}

void
ac_timeline_append_text (AcTimeline *self, guint track, guint64 first_msn,
                         guint64 end_msn, GString *text)
{
  guint32 at, end;

  if (first_msn >= end_msn)
    return;
  at = first_msn > 0 ? segment_at (self, first_msn - 1)->text_end[track] : 0;
  end = segment_at (self, end_msn - 1)->text_end[track];
  while (at < end) {
    guint offset = at % TEXT_CHUNK_BYTES;
    guint n = MIN (end - at, TEXT_CHUNK_BYTES - offset);

    g_string_append_len (text, self->texts[track][at / TEXT_CHUNK_BYTES] + offset, n);
    at += n;
  }
}

guint64
ac_timeline_track_start (AcTimeline *self, guint n_epochs, const AcSegment *segment,
                         guint track)
{
  const AcLessonEpoch *epoch = ac_timeline_find_epoch (self, n_epochs, segment->epoch);

  if (epoch == NULL || epoch->tracks[track] < 0 || segment->start < epoch->media->start)
    return segment->start;
  return ac_media_epoch_boundary (epoch->media, (guint)epoch->tracks[track],
                                  segment->start);
}
