#include "snapshot.h"

#include "manifest.h"
#include "playlist.h"

#include <string.h>
#include <zlib.h>

/* A full playlist of a long lesson is compressed once a part: cheap beats small there.
 * What everybody asks for at every part is short, and small beats cheap. */
#define LARGE_BYTES (16u * 1024)
#define LEVEL_LARGE 3
#define LEVEL_SMALL 6

/* One text in its forms; each is made when first asked for. */
typedef struct {
  GBytes *plain, *gzip;
} Rendered;

struct _AcSnapshot {
  gatomicrefcount refs;
  AcSnapshotParts parts;
  GMutex lock;                          /* guards what follows */
  Rendered playlists[AC_MAX_TRACKS][2]; /* whole, delta */
  Rendered multivariants[2];            /* all variants, audio only */
  Rendered manifest;                    /* DASH */
};

AcSnapshot *
ac_snapshot_new (const AcSnapshotParts *parts)
{
  AcSnapshot *self = g_new0 (AcSnapshot, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->parts = *parts;
  return self;
}

AcSnapshot *
ac_snapshot_ref (AcSnapshot *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
clear_rendered (Rendered *rendered)
{
  g_clear_pointer (&rendered->plain, g_bytes_unref);
  g_clear_pointer (&rendered->gzip, g_bytes_unref);
}

void
ac_snapshot_unref (AcSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < AC_MAX_TRACKS; i++)
    for (guint delta = 0; delta < 2; delta++)
      clear_rendered (&self->playlists[i][delta]);
  for (guint i = 0; i < 2; i++)
    clear_rendered (&self->multivariants[i]);
  clear_rendered (&self->manifest);
  g_ptr_array_unref (self->parts.recents);
  g_clear_pointer (&self->parts.open_parts, ac_recent_unref);
  g_clear_pointer (&self->parts.recording, ac_recording_unref);
  ac_timeline_unref (self->parts.timeline);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gint64
ac_snapshot_lesson (AcSnapshot *self)
{
  return self->parts.lesson;
}

const AcSnapshotParts *
ac_snapshot_parts (AcSnapshot *self)
{
  return &self->parts;
}

AcEdge
ac_snapshot_edge (AcSnapshot *self)
{
  AcRecent *open = self->parts.open_parts;

  return (AcEdge){
    .msn = self->parts.n_segments,
    .part = open != NULL ? ac_recent_n_parts (open) : 0,
  };
}

guint64
ac_snapshot_end (AcSnapshot *self)
{
  return ac_playlist_end (&self->parts);
}

gint
ac_snapshot_find_track (AcSnapshot *self, const gchar *name)
{
  for (guint i = 0; i < self->parts.n_tracks; i++)
    if (strcmp (ac_timeline_track (self->parts.timeline, i)->name, name) == 0)
      return i;
  return -1;
}

static GBytes *
compress_gzip (GBytes *plain)
{
  gsize size;
  gconstpointer bytes = g_bytes_get_data (plain, &size);
  z_stream stream = { 0 };
  guint8 *packed;
  gulong bound;
  int result;

  /* 16 more than the window bits asks for the gzip wrapping (zlib.h). The output has
   * room for the worst case, so only a lack of memory can fail here, and that ends the
   * process everywhere else too. */
  result = deflateInit2 (&stream, size > LARGE_BYTES ? LEVEL_LARGE : LEVEL_SMALL,
                         Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  if (result != Z_OK)
    g_error ("zlib cannot start: %d", result);
  bound = deflateBound (&stream, size);
  packed = g_malloc (bound);
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = size;
  stream.next_out = packed;
  stream.avail_out = bound;
  result = deflate (&stream, Z_FINISH);
  if (result != Z_STREAM_END)
    g_error ("zlib cannot finish: %d", result);
  bound = stream.total_out;
  deflateEnd (&stream);
  return g_bytes_new_take (g_realloc (packed, bound), bound);
}

/* Called locked; @rendered has its plain form. */
static GBytes *
choose_form (Rendered *rendered, gboolean gzip)
{
  if (!gzip)
    return g_bytes_ref (rendered->plain);
  if (rendered->gzip == NULL)
    rendered->gzip = compress_gzip (rendered->plain);
  return g_bytes_ref (rendered->gzip);
}

GBytes *
ac_snapshot_playlist (AcSnapshot *self, guint track, gboolean delta, gboolean gzip)
{
  Rendered *rendered = &self->playlists[track][delta ? 1 : 0];
  GBytes *bytes;

  g_mutex_lock (&self->lock);
  if (rendered->plain == NULL)
    rendered->plain =
        g_string_free_to_bytes (ac_playlist_render (&self->parts, track, delta));
  bytes = choose_form (rendered, gzip);
  g_mutex_unlock (&self->lock);
  return bytes;
}

GBytes *
ac_snapshot_multivariant (AcSnapshot *self, gboolean audio_only, gboolean gzip)
{
  Rendered *rendered = &self->multivariants[audio_only ? 1 : 0];
  GBytes *bytes = NULL;

  g_mutex_lock (&self->lock);
  if (rendered->plain == NULL) {
    GString *text = ac_multivariant_render (&self->parts, audio_only);

    if (text != NULL)
      rendered->plain = g_string_free_to_bytes (text);
  }
  if (rendered->plain != NULL)
    bytes = choose_form (rendered, gzip);
  g_mutex_unlock (&self->lock);
  return bytes;
}

GBytes *
ac_snapshot_manifest (AcSnapshot *self, gboolean gzip)
{
  GBytes *bytes;

  g_mutex_lock (&self->lock);
  if (self->manifest.plain == NULL)
    self->manifest.plain = g_string_free_to_bytes (ac_manifest_render (&self->parts));
  bytes = choose_form (&self->manifest, gzip);
  g_mutex_unlock (&self->lock);
  return bytes;
}

static guint64
track_start (AcSnapshot *self, guint track, guint64 msn)
{
  const AcSnapshotParts *parts = &self->parts;

  return ac_timeline_track_start (parts->timeline, parts->n_epochs,
                                  ac_timeline_segment (parts->timeline, msn), track);
}

gboolean
ac_snapshot_find_start (AcSnapshot *self, guint track, guint64 start, guint64 *ret_msn)
{
  guint64 low = 0, high = self->parts.n_segments;

  while (low < high) {
    guint64 middle = low + (high - low) / 2;

    if (track_start (self, track, middle) < start)
      low = middle + 1;
    else
      high = middle;
  }
  *ret_msn = low;
  return low < self->parts.n_segments && track_start (self, track, low) == start;
}

/* Returns: the parts of segment @msn when they are near the edge, and the segment. */
static AcRecent *
find_recent (AcSnapshot *self, guint64 msn)
{
  const AcSnapshotParts *parts = &self->parts;
  guint64 first = ac_playlist_first_recent (parts);

  if (msn == parts->n_segments)
    return parts->open_parts;
  return msn >= first && msn < parts->n_segments
             ? g_ptr_array_index (parts->recents, msn - first)
             : NULL;
}

static gboolean
is_hinted (AcSnapshot *self, const AcLessonEpoch *epoch, guint64 msn, gint part)
{
  const AcSnapshotParts *parts = &self->parts;
  AcEdge edge = ac_snapshot_edge (self);

  return parts->hinting && !parts->dead && !parts->ended && part >= 0 &&
         epoch == ac_timeline_epoch (parts->timeline, parts->n_epochs - 1) &&
         msn == edge.msn && (guint)part == edge.part;
}

/* Where a part lies in its segment: in the archive's part of the lesson only the
 * segment is known, its parts are whole slots but for the last. */
static void
locate_part (const AcSegment *segment, AcRecent *recent, const AcLessonEpoch *epoch,
             guint part, guint64 *ret_start, guint64 *ret_end)
{
  guint64 start = segment->start, end = segment->start + segment->duration;

  if (recent != NULL) {
    for (guint i = 0; i < part; i++)
      start += ac_recent_part (recent, i)->duration;
    *ret_end = start + ac_recent_part (recent, part)->duration;
  } else {
    *ret_end = part + 1u == segment->n_parts
                   ? end
                   : start + ac_media_epoch_slot_offset (epoch->media, part + 1);
    start += ac_media_epoch_slot_offset (epoch->media, part);
  }
  *ret_start = MIN (start, end);
  *ret_end = MIN (*ret_end, end);
}

static gboolean
is_listed (AcSnapshot *self, const AcSegment *segment, AcRecent *recent, guint track,
           gint part)
{
  if (recent == NULL && segment->lost)
    return FALSE;
  if (part < 0)
    return segment->msn < self->parts.n_segments &&
           (segment->gaps & (1u << track)) == 0;
  if (part >= segment->n_parts)
    return FALSE;
  return recent == NULL || (ac_recent_part (recent, part)->gaps & (1u << track)) == 0;
}

AcMediaPlace
ac_snapshot_find_media (AcSnapshot *self, guint track, guint32 epoch_number,
                        guint64 msn, gint part, GBytes **ret_bytes, guint64 *ret_start,
                        guint64 *ret_end)
{
  const AcSnapshotParts *parts = &self->parts;
  const AcLessonEpoch *epoch =
      ac_timeline_find_epoch (parts->timeline, parts->n_epochs, epoch_number);
  AcRecent *recent = find_recent (self, msn);
  const AcSegment *segment;

  if (epoch == NULL || epoch->tracks[track] < 0)
    return AC_MEDIA_UNKNOWN;
  if (is_hinted (self, epoch, msn, part))
    return AC_MEDIA_HINTED;
  if (msn > parts->n_segments || (msn == parts->n_segments && recent == NULL))
    return AC_MEDIA_UNKNOWN;
  segment = msn < parts->n_segments ? ac_timeline_segment (parts->timeline, msn)
                                    : &parts->open;
  if (segment->epoch != epoch_number || !is_listed (self, segment, recent, track, part))
    return AC_MEDIA_UNKNOWN;

  *ret_start = segment->start;
  *ret_end = segment->start + segment->duration;
  if (part >= 0)
    locate_part (segment, recent, epoch, part, ret_start, ret_end);
  if (recent != NULL) {
    *ret_bytes = part >= 0 ? ac_recent_part_bytes (recent, epoch->tracks[track], part)
                           : ac_recent_whole_bytes (recent, epoch->tracks[track]);
    if (*ret_bytes != NULL)
      return AC_MEDIA_HERE;
  }
  return parts->recording != NULL ? AC_MEDIA_ARCHIVED : AC_MEDIA_UNKNOWN;
}

GBytes *
ac_snapshot_init (AcSnapshot *self, guint track, guint32 epoch_number)
{
  const AcLessonEpoch *epoch =
      ac_timeline_find_epoch (self->parts.timeline, self->parts.n_epochs, epoch_number);

  if (epoch == NULL || epoch->tracks[track] < 0)
    return NULL;
  return g_bytes_ref (epoch->media->tracks[epoch->tracks[track]].init);
}
