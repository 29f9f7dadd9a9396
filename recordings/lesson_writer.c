/* lesson_writer.c - appends slots to a lesson's files. */
#include "lesson_writer.h"

#include "disk_file.h"
#include "epoch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A track's two files of the hour. */
typedef struct {
  gchar name[AC_TRACK_NAME_MAX + 1];
  gint media_fd, index_fd; /* -1 while closed */
  guint64 media_size, index_size;
  guint32 seed; /* of the index's records */
} Track;

struct _AcLessonWriter {
  AcLessonFolder *folder;
  Track tracks[AC_MAX_TRACKS];
  guint32 n_tracks;
  gboolean open;  /* the tracks' files */
  gboolean dirty; /* something waits for fdatasync */
  gboolean folder_synced;
  guint32 hour; /* of the segment under way */
  guint32 next_ordinal;
};

static void
set_tracks (AcLessonWriter *self, const AcMediaEpoch *epoch)
{
  self->n_tracks = epoch->n_tracks;
  for (guint32 i = 0; i < epoch->n_tracks; i++) {
    self->tracks[i] = (Track){ .media_fd = -1, .index_fd = -1 };
    g_strlcpy (self->tracks[i].name, epoch->tracks[i].name,
               sizeof self->tracks[i].name);
  }
}

AcLessonWriter *
ac_lesson_writer_new (AcLessonFolder *folder, const AcCatalogueSlot *last,
                      const AcMediaEpoch *epoch)
{
  AcLessonWriter *self = g_new0 (AcLessonWriter, 1);

  self->folder = folder;
  if (last != NULL) {
    self->hour = last->hour;
    self->next_ordinal = last->ordinal + 1;
  }
  if (epoch != NULL)
    set_tracks (self, epoch);
  return self;
}

static void
close_tracks (AcLessonWriter *self)
{
  for (guint32 i = 0; i < self->n_tracks; i++) {
    Track *track = &self->tracks[i];
    if (track->media_fd >= 0)
      close (track->media_fd);
    if (track->index_fd >= 0)
      close (track->index_fd);
    track->media_fd = track->index_fd = -1;
  }
  self->open = FALSE;
}

void
ac_lesson_writer_free (AcLessonWriter *self)
{
  close_tracks (self);
  g_free (self);
}

static gboolean
open_file (AcLessonWriter *self, Track *track, AcFileKind kind, gint *fd,
           guint64 *ret_size, GError **error)
{
  g_autofree gchar *name = ac_file_name_for_track (kind, track->name, self->hour);
  struct stat status;

  *fd = ac_disk_open (self->folder->fd, name, O_RDWR | O_CREAT | O_NONBLOCK, error);
  if (*fd < 0)
    return FALSE;
  if (fstat (*fd, &status) != 0) {
    ac_disk_set_error (error, errno, name);
    return FALSE;
  }
  if (!S_ISREG (status.st_mode)) {
    ac_disk_set_error (error, EINVAL, name);
    return FALSE;
  }
  *ret_size = (guint64)status.st_size;
  return TRUE;
}

static gboolean
open_track (AcLessonWriter *self, Track *track, GError **error)
{
  guint8 header[AC_INDEX_UNIT_BYTES];
  AcIndexKey key = { .lesson = self->folder->lesson, .hour = self->hour };

  g_strlcpy (key.track, track->name, sizeof key.track);
  track->seed = ac_index_encode_header (&key, header);
  if (!open_file (self, track, AC_FILE_MEDIA, &track->media_fd, &track->media_size,
                  error) ||
      !open_file (self, track, AC_FILE_INDEX, &track->index_fd, &track->index_size,
                  error))
    return FALSE;
  if (track->index_size > 0)
    return TRUE;
  track->index_size = sizeof header;
  return ac_disk_write (track->index_fd, header, sizeof header, 0, track->name, error);
}

/* The files of self->hour: new ones, or those that an earlier epoch, or an earlier run
 * of the daemon, left there; recovery has cut those to whole records. */
static gboolean
open_tracks (AcLessonWriter *self, GError **error)
{
  self->open = TRUE;
  for (guint32 i = 0; i < self->n_tracks; i++)
    if (!open_track (self, &self->tracks[i], error))
      return FALSE;
  self->dirty = TRUE;
  return ac_disk_sync_folder (self->folder->fd, "lesson's folder", error);
}

gboolean
ac_lesson_writer_sync (AcLessonWriter *self, GError **error)
{
  if (!self->dirty)
    return TRUE;
  /* Media first: a record that is on the disk then names bytes that are there too. */
  for (guint32 i = 0; i < self->n_tracks; i++)
    if (!ac_disk_sync_data (self->tracks[i].media_fd, self->tracks[i].name, error))
      return FALSE;
  for (guint32 i = 0; i < self->n_tracks; i++)
    if (!ac_disk_sync_data (self->tracks[i].index_fd, self->tracks[i].name, error))
      return FALSE;
  self->dirty = FALSE;
  return TRUE;
}

gboolean
ac_lesson_writer_begin_epoch (AcLessonWriter *self, const AcMediaEpoch *epoch,
                              GError **error)
{
  if (!ac_lesson_writer_sync (self, error))
    return FALSE;
  close_tracks (self);
  if (!self->folder_synced && !ac_lesson_folder_sync_name (self->folder, error))
    return FALSE;
  self->folder_synced = TRUE;
  if (!ac_epoch_file_store (self->folder->fd, epoch, error))
    return FALSE;
  set_tracks (self, epoch);
  return TRUE;
}

static void
roll_back (AcLessonWriter *self)
{
  for (guint32 i = 0; i < self->n_tracks; i++) {
    const Track *track = &self->tracks[i];
    if (track->index_fd >= 0)
      ac_disk_truncate (track->index_fd, track->index_size, track->name, NULL);
  }
  for (guint32 i = 0; i < self->n_tracks; i++) {
    const Track *track = &self->tracks[i];
    if (track->media_fd >= 0)
      ac_disk_truncate (track->media_fd, track->media_size, track->name, NULL);
  }
}

/* Files are opened at a segment's start: all of a segment is in one file. */
static gboolean
prepare_segment (AcLessonWriter *self, const AcSlot *slot, GError **error)
{
  if (slot->part == 0) {
    guint32 hour = (guint32)(slot->start / AC_TICKS_PER_HOUR);
    if (!ac_lesson_writer_sync (self, error))
      return FALSE;
    if (self->open && hour != self->hour)
      close_tracks (self);
    self->hour = hour;
  }
  return self->open || open_tracks (self, error);
}

static gboolean
write_media (AcLessonWriter *self, const AcSlot *slot, AcCatalogueSlot *ret,
             GError **error)
{
  for (guint32 i = 0; i < self->n_tracks; i++) {
    const Track *track = &self->tracks[i];
    gsize size = 0;
    gconstpointer data =
        slot->parts[i] != NULL ? g_bytes_get_data (slot->parts[i], &size) : NULL;
    ret->places[i] = (AcPlace){ track->media_size, (guint32)size, 0 };
    if (size == 0)
      continue;
    ret->places[i].crc = ac_index_checksum (0, data, size);
    if (!ac_disk_write (track->media_fd, data, size, track->media_size, track->name,
                        error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_index (AcLessonWriter *self, const AcCatalogueSlot *slot, GError **error)
{
  for (guint32 i = 0; i < self->n_tracks; i++) {
    const Track *track = &self->tracks[i];
    if (track->index_size >= AC_INDEX_MAX_BYTES) {
      ac_disk_set_error (error, EFBIG, track->name);
      return FALSE;
    }
    guint8 unit[AC_INDEX_UNIT_BYTES];
    AcIndexRecord record = {
      .msn = slot->msn,
      .start = slot->start,
      .offset = slot->places[i].offset,
      .wall_ms = slot->wall_ms,
      .ordinal = slot->ordinal,
      .length = slot->places[i].length,
      .duration = slot->duration,
      .epoch = slot->epoch,
      .part = slot->part,
      .flags = slot->flags,
      .media_crc = slot->places[i].crc,
    };
    ac_index_encode_record (track->seed, &record, unit);
    if (!ac_disk_write (track->index_fd, unit, sizeof unit, track->index_size,
                        track->name, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
append (AcLessonWriter *self, const AcSlot *slot, AcCatalogueSlot *ret, GError **error)
{
  if (!prepare_segment (self, slot, error))
    return FALSE;
  *ret = (AcCatalogueSlot){
    .epoch = slot->epoch,
    .part = slot->part,
    .msn = slot->msn,
    .start = slot->start,
    .duration = slot->duration,
    .flags = slot->flags,
    .wall_ms = slot->wall_ms,
    .ordinal = self->next_ordinal,
    .hour = self->hour,
    .n_places = self->n_tracks,
  };
  self->dirty = TRUE;
  return write_media (self, slot, ret, error) && write_index (self, ret, error);
}

gboolean
ac_lesson_writer_append (AcLessonWriter *self, const AcSlot *slot,
                         AcCatalogueSlot *ret_slot, GError **error)
{
  if (!append (self, slot, ret_slot, error)) {
    roll_back (self);
    return FALSE;
  }
  for (guint32 i = 0; i < self->n_tracks; i++) {
    self->tracks[i].media_size += ret_slot->places[i].length;
    self->tracks[i].index_size += AC_INDEX_UNIT_BYTES;
  }
  self->next_ordinal++;
  return TRUE;
}

gboolean
ac_lesson_writer_finish (AcLessonWriter *self, GError **error)
{
  g_autofree gchar *text =
      g_strdup_printf (AC_FINISHED_SLOTS "%u\n", self->next_ordinal);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  if (!ac_lesson_writer_sync (self, error))
    return FALSE;
  close_tracks (self);
  return ac_disk_store (self->folder->fd, AC_FINISHED_NAME, bytes, error);
}
