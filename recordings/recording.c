/* recording.c - one lesson in the archive: what is appended, and what is known of it.
 *
 * Appending checks a slot against the last one that was queued, under the lock, and
 * enters it in the list of the taken; the archive thread then writes it without the
 * lock, and moves it from that list to the catalogue under the lock. So at any moment
 * every slot that was taken is in one of them. When the writing breaks, what is on the
 * list stays there: it is in no file, but it can be read until the recording is closed.
 */
#include "recording_private.h"

#include "disk_file.h"
#include "epoch_file.h"
#include "lesson_writer.h"
#include "published_mark.h"

#include <errno.h>

/* Epochs may wait behind a full queue of slots: without its epoch nothing later could
 * be recorded. */
#define MAX_WAITING_EPOCHS 16

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
  g_queue_init (&self->taken);
  self->finished = self->ending = state->finished;

  gboolean any = get_last_slot (self->catalogue, &last);
  if (any)
    self->tail = (AcRecordingTail){ TRUE,       last.epoch, last.part,
                                    last.flags, last.msn,   last.start };
  if (!self->finished) {
    ac_published_mark_load (folder->fd, self->lesson, &self->found,
                            &self->mark_sequence);
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

static gboolean
is_broken (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
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

static void
unref_slot (gpointer slot)
{
  ac_slot_unref (slot);
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
  g_queue_clear_full (&self->taken, unref_slot);
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
queue_job (AcRecording *self, AcJobPool *pool, AcJob job, AcSlot *slot,
           AcMediaEpoch *epoch, GError **error)
{
  Write *write = g_new (Write, 1);

  *write = (Write){ ac_recording_ref (self), slot != NULL ? ac_slot_ref (slot) : NULL,
                    epoch != NULL ? ac_media_epoch_ref (epoch) : NULL };
  if (ac_job_pool_push (pool, job, write))
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
queue_write (AcRecording *self, AcJob job, AcSlot *slot, AcMediaEpoch *epoch,
             GError **error)
{
  return queue_job (self, self->recordings->archive, job, slot, epoch, error);
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
  if (!ac_lesson_writer_begin_epoch (self->writer, write->epoch, &error))
    set_error (self, error);
}

static gboolean
check_epoch (AcRecording *self, const AcMediaEpoch *epoch, GError **error)
{
  const AcRecordingTail *tail = &self->tail;

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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

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

  if (is_broken (self))
    return;
  if (!ac_lesson_writer_append (self->writer, write->slot, &entry, &error)) {
    set_error (self, error);
    return;
  }
  g_mutex_lock (&self->lock);
  ac_catalogue_append (self->catalogue, &entry);
  ac_slot_unref (g_queue_pop_head (&self->taken));
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
slot_follows (const AcSlot *slot, const AcRecordingTail *tail)
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
  if (self->taken.length >= (slot->part == 0 ? AC_RECORDING_MAX_WAITING_SLOTS
                                             : AC_RECORDING_MAX_TAKEN_SLOTS)) {
    ac_disk_set_error (error, ENOBUFS, "the disk is too slow for the recording");
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_recording_append (AcRecording *self, AcSlot *slot, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  if (!may_write (self, error) || !check_slot (self, slot, error) ||
      !queue_write (self, write_slot, slot, NULL, error))
    return FALSE;
  g_queue_push_tail (&self->taken, ac_slot_ref (slot));
  self->tail = (AcRecordingTail){ TRUE,        slot->epoch, slot->part,
                                  slot->flags, slot->msn,   slot->start };
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  return self->error != NULL ? g_error_copy (self->error) : NULL;
}

/* --- How far it was published ------------------------------------------------------
 */

static void
write_mark (gpointer data)
{
  g_autoptr (Write) write = data;
  AcRecording *self = write->recording;

  g_mutex_lock (&self->lock);
  while (self->mark_dirty) {
    AcPublished published = self->published;
    guint64 sequence = ++self->mark_sequence;

    self->mark_dirty = FALSE;
    g_mutex_unlock (&self->lock);
    /* A disk that cannot even do this has raised its alarm by the slots. */
    ac_published_mark_store (self->folder->fd, self->lesson, sequence, &published,
                             NULL);
    g_mutex_lock (&self->lock);
  }
  self->mark_queued = FALSE;
  g_mutex_unlock (&self->lock);
}

void
ac_recording_note_published (AcRecording *self, const AcPublished *published)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  self->published = *published;
  self->mark_dirty = TRUE;
  if (!self->mark_queued)
    self->mark_queued =
        queue_job (self, self->recordings->readers, write_mark, NULL, NULL, NULL);
}

gboolean
ac_recording_get_published (AcRecording *self, AcPublished *ret_published)
{
  *ret_published = self->found;
  return self->found.epoch > 0;
}

/* --- What is known ------------------------------------------------------------- */

gboolean
ac_recording_is_finished (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  return self->finished;
}

guint64
ac_recording_n_slots (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  return ac_catalogue_n_slots (self->catalogue);
}

/* What is known of one that is not written yet. */
static void
describe_taken (const AcSlot *slot, AcSlotInfo *ret_info)
{
  *ret_info = (AcSlotInfo){
    .epoch = slot->epoch,
    .part = slot->part,
    .msn = slot->msn,
    .start = slot->start,
    .duration = slot->duration,
    .flags = slot->flags,
    .wall_ms = slot->wall_ms,
  };
  for (guint i = 0; i < slot->n_parts; i++)
    if (slot->parts[i] != NULL)
      ret_info->sizes[i] = (guint32)g_bytes_get_size (slot->parts[i]);
}

gboolean
ac_recording_get_slot (AcRecording *self, guint64 nth, AcSlotInfo *ret_info)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  guint32 n_written = ac_catalogue_n_slots (self->catalogue);
  AcCatalogueSlot slot;

  if (nth >= (guint64)n_written + self->taken.length)
    return FALSE;
  if (nth >= n_written) {
    describe_taken (g_queue_peek_nth (&self->taken, (guint)(nth - n_written)),
                    ret_info);
    return TRUE;
  }
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  AcMediaEpoch *epoch = number >= 1 && number <= self->epochs->len
                            ? g_ptr_array_index (self->epochs, number - 1)
                            : NULL;
  return epoch != NULL ? ac_media_epoch_ref (epoch) : NULL;
}

guint32
ac_recording_n_epochs (AcRecording *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  return self->epochs->len;
}
