/* recording.c - one lesson in the archive.
 *
 * Appending checks a slot against the last one that was queued, under the lock; the
 * archive thread then writes it without the lock and enters it in the catalogue under
 * the lock. Readers look a place up under the lock and read without it: what was
 * written is never changed. */
#include "recording_private.h"

#include "disk_file.h"
#include "epoch_file.h"
#include "lesson_writer.h"

#include <errno.h>

/* Epochs may wait behind a full queue of slots: without its epoch nothing later could
 * be recorded. */
#define MAX_WAITING_EPOCHS 16

/* The last slot that was taken. */
typedef struct {
  gboolean any;
  guint32 epoch, part, flags;
  guint64 msn, start;
} Tail;

struct _AcRecording {
  gint refs;
  AcRecordings *recordings;
  gint64 lesson;
  AcLessonFolder *folder;
  AcLessonWriter *writer; /* archive thread; NULL when opened finished */
  GMutex lock;
  AcCatalogue *catalogue; /* lock; only the archive thread changes it */
  GPtrArray *epochs;      /* lock; AcMediaEpoch of number i + 1, or NULL */
  guint32 n_epochs_begun; /* lock; how many of them the archive thread has begun */
  gboolean ending;        /* lock; finish was asked for */
  gboolean finished;      /* lock; the mark is on the disk */
  GError *error;          /* lock */
  guint n_waiting_slots;  /* lock */
  guint n_waiting_epochs; /* lock */
  Tail tail;              /* lock */
};

/* --- Life ---------------------------------------------------------------------- */

static gboolean
get_last_slot (AcCatalogue *catalogue, AcCatalogueSlot *ret_slot)
{
  guint32 n_slots = ac_catalogue_n_slots (catalogue);

  if (n_slots > 0)
    ac_catalogue_get_slot (catalogue, n_slots - 1, ret_slot);
  return n_slots > 0;
}

AcRecording *
ac_recording_new (AcRecordings *recordings, AcLessonFolder *folder,
                  AcLessonState *state)
{
  AcRecording *self = g_new0 (AcRecording, 1);
  AcCatalogueSlot last;

  self->refs = 1;
  g_atomic_ref_count_inc (&recordings->refs);
  self->recordings = recordings;
  self->lesson = folder->lesson;
  self->folder = folder;
  g_mutex_init (&self->lock);
  self->catalogue = g_steal_pointer (&state->catalogue);
  self->epochs = g_steal_pointer (&state->epochs);
  self->n_epochs_begun = self->epochs->len;
  self->finished = self->ending = state->finished;

  gboolean any = get_last_slot (self->catalogue, &last);
  if (any)
    self->tail =
        (Tail){ TRUE, last.epoch, last.part, last.flags, last.msn, last.start };
  if (!self->finished) {
    const AcMediaEpoch *epoch =
        self->epochs->len > 0 ? g_ptr_array_index (self->epochs, self->epochs->len - 1)
                              : NULL;
    self->writer = ac_lesson_writer_new (folder, any ? &last : NULL, epoch);
  }
  return self;
}

AcRecording *
ac_recording_ref (AcRecording *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

static void
set_error (AcRecording *self, GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

static gboolean
is_broken (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->error != NULL;
}

static void
sync_writer (AcRecording *self)
{
  GError *error = NULL;

  if (self->writer != NULL && !is_broken (self) &&
      !ac_lesson_writer_sync (self->writer, &error))
    set_error (self, error);
}

/* Nobody else has a reference: any thread may run it, the archive thread does as long
 * as there is one, so that nobody else waits for the disk. */
static void
close_recording (gpointer data)
{
  AcRecording *self = data;
  AcRecordings *recordings = self->recordings;
  gint64 lesson = self->lesson;

  sync_writer (self);
  g_clear_pointer (&self->writer, ac_lesson_writer_free);
  ac_media_files_forget (recordings->media_files, lesson);
  ac_lesson_folder_free (self->folder);
  ac_catalogue_free (self->catalogue);
  g_ptr_array_unref (self->epochs);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self);
  ac_recordings_settle (recordings, lesson, NULL);
  ac_recordings_release (recordings);
}

void
ac_recording_unref (AcRecording *self)
{
  gint refs = g_atomic_int_get (&self->refs);

  /* Only the last reference needs the archive's lock, where an open may revive us. */
  while (refs > 1)
    if (g_atomic_int_compare_and_exchange_full (&self->refs, refs, refs - 1, &refs))
      return;
  if (ac_recordings_drop (self->recordings, self->lesson, &self->refs) &&
      !ac_job_pool_push (self->recordings->archive, close_recording, self))
    close_recording (self);
}

/* --- Appending ----------------------------------------------------------------- */

typedef struct {
  AcRecording *recording;
  AcSlot *slot;
  AcMediaEpoch *epoch;
} Write;

static void
write_free (Write *write)
{
  g_clear_pointer (&write->slot, ac_slot_unref);
  g_clear_pointer (&write->epoch, ac_media_epoch_unref);
  ac_recording_unref (write->recording);
  g_free (write);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Write, write_free)

/* Precondition: the lock is held, so that jobs are queued in the order of the checks.
 */
static gboolean
queue_write (AcRecording *self, AcJob job, AcSlot *slot, AcMediaEpoch *epoch,
             GError **error)
{
  Write *write = g_new (Write, 1);

  *write = (Write){ ac_recording_ref (self), slot != NULL ? ac_slot_ref (slot) : NULL,
                    epoch != NULL ? ac_media_epoch_ref (epoch) : NULL };
  if (ac_job_pool_push (self->recordings->archive, job, write))
    return TRUE;
  g_clear_pointer (&write->slot, ac_slot_unref);
  g_clear_pointer (&write->epoch, ac_media_epoch_unref);
  g_free (write);
  /* The caller has a reference of its own, so this is never the last. */
  g_atomic_int_add (&self->refs, -1);
  ac_disk_set_error (error, ESHUTDOWN, "the archive is closed");
  return FALSE;
}

static gboolean
may_write (AcRecording *self, GError **error)
{
  if (self->error != NULL) {
    if (error != NULL)
      *error = g_error_copy (self->error);
    return FALSE;
  }
  if (self->ending) {
    ac_disk_set_error (error, EROFS, "the recording is finished");
    return FALSE;
  }
  return TRUE;
}

static void
write_epoch (gpointer data)
{
  g_autoptr (Write) write = data;
  AcRecording *self = write->recording;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  self->n_waiting_epochs--;
  gboolean broken = self->error != NULL;
  g_mutex_unlock (&self->lock);
  if (broken)
    return;
  if (!ac_lesson_writer_begin_epoch (self->writer, write->epoch, &error)) {
    set_error (self, error);
    return;
  }
  g_mutex_lock (&self->lock);
  self->n_epochs_begun = write->epoch->number;
  g_mutex_unlock (&self->lock);
}

static gboolean
check_epoch (AcRecording *self, const AcMediaEpoch *epoch, GError **error)
{
  const Tail *tail = &self->tail;

  if (!ac_epoch_file_check (epoch, error))
    return FALSE;
  if (epoch->number <= self->epochs->len ||
      (tail->any && (epoch->first_msn <= tail->msn || epoch->start < tail->start))) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "epoch %u does not follow what is recorded", epoch->number);
    return FALSE;
  }
  if (self->n_waiting_epochs >= MAX_WAITING_EPOCHS) {
    ac_disk_set_error (error, ENOBUFS, "too many epochs wait for the disk");
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_recording_begin_epoch (AcRecording *self, AcMediaEpoch *epoch, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!may_write (self, error) || !check_epoch (self, epoch, error) ||
      !queue_write (self, write_epoch, NULL, epoch, error))
    return FALSE;
  self->n_waiting_epochs++;
  g_ptr_array_set_size (self->epochs, (gint)epoch->number);
  g_ptr_array_index (self->epochs, epoch->number - 1) = ac_media_epoch_ref (epoch);
  return TRUE;
}

static void
write_slot (gpointer data)
{
  g_autoptr (Write) write = data;
  AcRecording *self = write->recording;
  AcCatalogueSlot entry;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  self->n_waiting_slots--;
  gboolean broken = self->error != NULL;
  g_mutex_unlock (&self->lock);
  if (broken)
    return;
  if (!ac_lesson_writer_append (self->writer, write->slot, &entry, &error)) {
    set_error (self, error);
    return;
  }
  g_mutex_lock (&self->lock);
  ac_catalogue_append (self->catalogue, &entry);
  g_mutex_unlock (&self->lock);
  if (entry.flags & AC_SLOT_SEGMENT_END)
    sync_writer (self);
}

static gboolean
slot_is_in_range (const AcSlot *slot, const AcMediaEpoch *epoch)
{
  if (epoch == NULL || slot->n_parts != epoch->n_tracks ||
      slot->part >= AC_RECORDINGS_MAX_PARTS || slot->msn >= G_MAXINT64 ||
      slot->duration == 0 || slot->duration > AC_TICKS_PER_HOUR ||
      slot->start >= AC_RECORDINGS_MAX_HOURS * AC_TICKS_PER_HOUR)
    return FALSE;
  for (guint i = 0; i < slot->n_parts; i++)
    if (slot->parts[i] != NULL &&
        g_bytes_get_size (slot->parts[i]) > AC_RECORDINGS_MAX_PART_BYTES)
      return FALSE;
  return TRUE;
}

/* After a slot was refused the rest of its segment is refused too: a segment has all of
 * its first parts, and begins with its part 0. */
static gboolean
slot_follows (const AcSlot *slot, const Tail *tail)
{
  if (!tail->any)
    return slot->part == 0;
  if (slot->start < tail->start)
    return FALSE;
  if (slot->msn == tail->msn)
    return slot->epoch == tail->epoch && slot->part == tail->part + 1 &&
           !(tail->flags & AC_SLOT_SEGMENT_END);
  return slot->msn > tail->msn && slot->part == 0;
}

static gboolean
check_slot (AcRecording *self, const AcSlot *slot, GError **error)
{
  const AcMediaEpoch *epoch = slot->epoch > 0 && slot->epoch == self->epochs->len
                                  ? g_ptr_array_index (self->epochs, slot->epoch - 1)
                                  : NULL;

  if (!slot_is_in_range (slot, epoch) || !slot_follows (slot, &self->tail)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "slot %u/%" G_GUINT64_FORMAT ".%u does not follow what is recorded",
                 slot->epoch, slot->msn, slot->part);
    return FALSE;
  }
  if (self->n_waiting_slots >= AC_RECORDING_MAX_WAITING_SLOTS) {
    ac_disk_set_error (error, ENOBUFS, "the disk is too slow for the recording");
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_recording_append (AcRecording *self, AcSlot *slot, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!may_write (self, error) || !check_slot (self, slot, error) ||
      !queue_write (self, write_slot, slot, NULL, error))
    return FALSE;
  self->n_waiting_slots++;
  self->tail =
      (Tail){ TRUE, slot->epoch, slot->part, slot->flags, slot->msn, slot->start };
  return TRUE;
}

static void
write_finish (gpointer data)
{
  g_autoptr (Write) write = data;
  AcRecording *self = write->recording;
  GError *error = NULL;

  if (is_broken (self))
    return;
  if (!ac_lesson_writer_finish (self->writer, &error)) {
    set_error (self, error);
    return;
  }
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_mutex_unlock (&self->lock);
}

gboolean
ac_recording_finish (AcRecording *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->ending && self->error == NULL)
    return TRUE;
  if (!may_write (self, error) || !queue_write (self, write_finish, NULL, NULL, error))
    return FALSE;
  self->ending = TRUE;
  return TRUE;
}

static void
write_sync (gpointer data)
{
  g_autoptr (Write) write = data;
  sync_writer (write->recording);
}

void
ac_recording_queue_sync (AcRecording *self)
{
  queue_write (self, write_sync, NULL, NULL, NULL);
}

typedef struct {
  AcRecording *recording;
  GMutex lock;
  GCond done_cond;
  gboolean done; /* lock */
} Flush;

static void
write_flush (gpointer data)
{
  Flush *flush = data;

  sync_writer (flush->recording);
  g_mutex_lock (&flush->lock);
  flush->done = TRUE;
  g_cond_signal (&flush->done_cond);
  g_mutex_unlock (&flush->lock);
}

void
ac_recording_flush (AcRecording *self)
{
  Flush flush = { .recording = self };

  g_mutex_init (&flush.lock);
  g_cond_init (&flush.done_cond);
  if (ac_job_pool_push (self->recordings->archive, write_flush, &flush)) {
    g_mutex_lock (&flush.lock);
    while (!flush.done)
      g_cond_wait (&flush.done_cond, &flush.lock);
    g_mutex_unlock (&flush.lock);
  }
  g_cond_clear (&flush.done_cond);
  g_mutex_clear (&flush.lock);
}

GError *
ac_recording_error (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->error != NULL ? g_error_copy (self->error) : NULL;
}

/* --- What is known ------------------------------------------------------------- */

gboolean
ac_recording_is_finished (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->finished;
}

guint64
ac_recording_n_slots (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return ac_catalogue_n_slots (self->catalogue);
}

gboolean
ac_recording_get_slot (AcRecording *self, guint64 nth, AcSlotInfo *ret_info)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  AcCatalogueSlot slot;

  if (nth >= ac_catalogue_n_slots (self->catalogue))
    return FALSE;
  ac_catalogue_get_slot (self->catalogue, (guint32)nth, &slot);
  *ret_info = (AcSlotInfo){
    .epoch = slot.epoch,
    .part = slot.part,
    .msn = slot.msn,
    .start = slot.start,
    .duration = slot.duration,
    .flags = slot.flags,
    .wall_ms = slot.wall_ms,
  };
  for (guint i = 0; i < slot.n_places; i++)
    if (slot.places[i].length != AC_PLACE_DAMAGED)
      ret_info->sizes[i] = slot.places[i].length;
  return TRUE;
}

AcMediaEpoch *
ac_recording_get_epoch (AcRecording *self, guint32 number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  AcMediaEpoch *epoch = number >= 1 && number <= self->epochs->len
                            ? g_ptr_array_index (self->epochs, number - 1)
                            : NULL;
  return epoch != NULL ? ac_media_epoch_ref (epoch) : NULL;
}

guint32
ac_recording_n_epochs (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->epochs->len;
}

/* --- Reading ------------------------------------------------------------------- */

/* What is to be read: looked up under the lock, read without it. */
typedef struct {
  guint32 hour;
  GArray *places; /* AcPlace */
} Reading;

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->places, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

/* Returns: the track's index in the epoch, or -1. */
static gint
find_track (AcRecording *self, const gchar *track, guint32 number, GError **error)
{
  if (number < 1 || number > self->epochs->len) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "no epoch %u", number);
    return -1;
  }
  const AcMediaEpoch *epoch = g_ptr_array_index (self->epochs, number - 1);
  if (epoch == NULL) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "epoch %u is lost", number);
    return -1;
  }
  gint found = ac_media_epoch_find (epoch, track);
  if (found < 0)
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "no such track in epoch %u", number);
  return found;
}

/* A segment that may still grow has no bytes yet: its address is for ever. */
static gboolean
segment_is_closed (AcRecording *self, const AcCatalogueSegment *segment,
                   guint32 last_flags)
{
  return segment->first_slot + segment->n_slots <
             ac_catalogue_n_slots (self->catalogue) ||
         (last_flags & AC_SLOT_SEGMENT_END) || segment->epoch < self->n_epochs_begun ||
         self->finished;
}

static gboolean
look_up_segment (AcRecording *self, const AcCatalogueSegment *segment, gint track,
                 Reading *reading, GError **error)
{
  guint32 end = segment->first_slot + segment->n_slots;
  AcCatalogueSlot slot = { 0 };
  gboolean whole = TRUE;

  for (guint32 i = segment->first_slot; i < end; i++) {
    guint32 previous = slot.ordinal;
    ac_catalogue_get_slot (self->catalogue, i, &slot);
    whole = whole && slot.part == i - segment->first_slot &&
            (slot.part == 0 || slot.ordinal == previous + 1);
    g_array_append_val (reading->places, slot.places[track]);
  }
  /* A segment without its end, before a slot that is lost: its end may be lost too. */
  if (end < ac_catalogue_n_slots (self->catalogue) &&
      !(slot.flags & AC_SLOT_SEGMENT_END))
    whole = whole && !ac_catalogue_has_hole_before (self->catalogue, end);
  if (!whole) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "segment %" G_GUINT64_FORMAT " lost a part", segment->msn);
    return FALSE;
  }
  if (!segment_is_closed (self, segment, slot.flags)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "segment %" G_GUINT64_FORMAT " is not complete", segment->msn);
    return FALSE;
  }
  return TRUE;
}

static gboolean
look_up_part (AcRecording *self, const AcCatalogueSegment *segment, gint track,
              guint32 part, Reading *reading, GError **error)
{
  for (guint32 i = 0; i < segment->n_slots; i++) {
    AcCatalogueSlot slot;
    ac_catalogue_get_slot (self->catalogue, segment->first_slot + i, &slot);
    if (slot.part == part) {
      g_array_append_val (reading->places, slot.places[track]);
      return TRUE;
    }
  }
  g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
               "no part %u in segment %" G_GUINT64_FORMAT, part, segment->msn);
  return FALSE;
}

static gboolean
look_up (AcRecording *self, const gchar *track, guint32 epoch, guint64 msn, gint part,
         Reading *reading, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint track_index = find_track (self, track, epoch, error);

  if (track_index < 0)
    return FALSE;
  const AcCatalogueSegment *segment = ac_catalogue_find (self->catalogue, epoch, msn);
  if (segment == NULL || part < -1) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "no segment %" G_GUINT64_FORMAT " in epoch %u", msn, epoch);
    return FALSE;
  }
  reading->hour = segment->hour;
  reading->places = g_array_new (FALSE, FALSE, sizeof (AcPlace));
  return part < 0
             ? look_up_segment (self, segment, track_index, reading, error)
             : look_up_part (self, segment, track_index, (guint32)part, reading, error);
}

static gboolean
reading_is_gap (const Reading *reading)
{
  for (guint i = 0; i < reading->places->len; i++)
    if (g_array_index (reading->places, AcPlace, i).length > 0)
      return FALSE;
  return TRUE;
}

GBytes *
ac_recording_read (AcRecording *self, const gchar *track, guint32 epoch, guint64 msn,
                   gint part, GError **error)
{
  g_auto (Reading) reading = { 0 };
  g_autoptr (GError) local = NULL;

  if (!look_up (self, track, epoch, msn, part, &reading, error))
    return NULL;
  if (reading_is_gap (&reading)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "a gap in %s at segment %" G_GUINT64_FORMAT, track, msn);
    return NULL;
  }
  g_autoptr (AcMediaFile) file = ac_media_files_get (
      self->recordings->media_files, self->folder, track, reading.hour, &local);
  g_autoptr (GBytes) bytes =
      file != NULL
          ? ac_media_file_read (file, &g_array_index (reading.places, AcPlace, 0),
                                reading.places->len, &local)
          : NULL;
  if (bytes == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return g_steal_pointer (&bytes);
}

typedef struct {
  AcRecording *recording;
  gchar *track;
  guint32 epoch;
  guint64 msn;
  gint part;
  AcRecordingRead done;
  gpointer user_data;
} Read;

static void
read_free (Read *read)
{
  ac_recording_unref (read->recording);
  g_free (read->track);
  g_free (read);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Read, read_free)

static void
run_read (gpointer data)
{
  g_autoptr (Read) read = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = ac_recording_read (
      read->recording, read->track, read->epoch, read->msn, read->part, &error);

  read->done (bytes, error, read->user_data);
}

void
ac_recording_read_async (AcRecordings *recordings, AcRecording *self,
                         const gchar *track, guint32 epoch, guint64 msn, gint part,
                         AcRecordingRead done, gpointer user_data)
{
  Read *read = g_new (Read, 1);

  *read = (Read){
    ac_recording_ref (self), g_strdup (track), epoch, msn, part, done, user_data
  };
  if (ac_job_pool_push (recordings->readers, run_read, read))
    return;
  g_autoptr (Read) refused = read;
  g_autoptr (GError) error = NULL;
  ac_disk_set_error (&error, ENOBUFS, "too many reads wait for the disk");
  done (NULL, error, user_data);
}
