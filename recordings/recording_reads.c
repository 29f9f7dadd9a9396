/* recording_reads.c - reading what one lesson's recording holds, on the disk or still
 * on its way there.
 *
 * A place is looked up under the lock and read without it: what was written is never
 * changed. */
#include "recording_private.h"

#include "disk_file.h"

#include <errno.h>

/* What is to be read: looked up under the lock, read without it. The first parts of a
 * segment may be in its file and the last ones still on their way there. */
typedef struct {
  guint32 hour;
  GArray *places;   /* AcPlace: in the file */
  GPtrArray *taken; /* GBytes: in memory, behind them */
  guint32 last_flags;
} Reading;

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static void
reading_init (Reading *reading)
{
  *reading = (Reading){
    .places = g_array_new (FALSE, FALSE, sizeof (AcPlace)),
    .taken = g_ptr_array_new_with_free_func (unref_bytes),
  };
}

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->places, g_array_unref);
  g_clear_pointer (&reading->taken, g_ptr_array_unref);
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

/* Returns: how many slots of segment @msn of @epoch are taken and not written; the
 * first of them is *@ret_link. They stand in a row. */
static guint
find_taken (AcRecording *self, guint32 epoch, guint64 msn, GList **ret_link)
{
  GList *link = self->taken.head;
  guint n = 0;

  while (link != NULL &&
         (((AcSlot *)link->data)->epoch != epoch || ((AcSlot *)link->data)->msn != msn))
    link = link->next;
  *ret_link = link;
  for (; link != NULL && ((AcSlot *)link->data)->epoch == epoch &&
         ((AcSlot *)link->data)->msn == msn;
       link = link->next)
    n++;
  return n;
}

/* A segment that may still grow has no bytes yet: its address is for ever. */
static gboolean
is_closed (AcRecording *self, guint32 epoch, guint64 msn, guint32 last_flags)
{
  return msn < self->tail.msn || epoch < self->epochs->len ||
         (last_flags & AC_SLOT_SEGMENT_END) || self->ending;
}

static void
add_taken (Reading *reading, const AcSlot *slot, gint track)
{
  if (slot->parts[track] != NULL)
    g_ptr_array_add (reading->taken, g_bytes_ref (slot->parts[track]));
  reading->last_flags = slot->flags;
}

/* @segment: (nullable): the part of it that is written
 * Returns: FALSE when a part of it is lost. */
static gboolean
collect_segment (AcRecording *self, const AcCatalogueSegment *segment, gint track,
                 GList *taken, guint n_taken, Reading *reading)
{
  guint32 n_written = segment != NULL ? segment->n_slots : 0;
  gboolean whole = TRUE;

  for (guint32 i = 0; i < n_written; i++) {
    AcCatalogueSlot slot;
    ac_catalogue_get_slot (self->catalogue, segment->first_slot + i, &slot);
    whole = whole && slot.part == i;
    reading->last_flags = slot.flags;
    g_array_append_val (reading->places, slot.places[track]);
  }
  for (guint i = 0; i < n_taken; i++, taken = taken->next) {
    whole = whole && ((AcSlot *)taken->data)->part == n_written + i;
    add_taken (reading, taken->data, track);
  }
  if (segment == NULL || n_taken > 0)
    return whole;
  /* A segment without its end, before a slot that is lost: its end may be lost too. */
  guint32 end = segment->first_slot + segment->n_slots;
  return whole && (end >= ac_catalogue_n_slots (self->catalogue) ||
                   (reading->last_flags & AC_SLOT_SEGMENT_END) ||
                   !ac_catalogue_has_hole_before (self->catalogue, end));
}

static gboolean
collect_part (AcRecording *self, const AcCatalogueSegment *segment, gint track,
              GList *taken, guint n_taken, guint32 part, Reading *reading)
{
  for (guint32 i = 0; segment != NULL && i < segment->n_slots; i++) {
    AcCatalogueSlot slot;
    ac_catalogue_get_slot (self->catalogue, segment->first_slot + i, &slot);
    if (slot.part == part) {
      g_array_append_val (reading->places, slot.places[track]);
      return TRUE;
    }
  }
  for (; n_taken > 0; n_taken--, taken = taken->next)
    if (((AcSlot *)taken->data)->part == part) {
      add_taken (reading, taken->data, track);
      return TRUE;
    }
  return FALSE;
}

static gboolean
look_up (AcRecording *self, const gchar *track, guint32 epoch, guint64 msn, gint part,
         Reading *reading, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  gint index = find_track (self, track, epoch, error);
  GList *taken;

  if (index < 0)
    return FALSE;
  const AcCatalogueSegment *segment = ac_catalogue_find (self->catalogue, epoch, msn);
  guint n_taken = find_taken (self, epoch, msn, &taken);
  if ((segment == NULL && n_taken == 0) || part < -1 ||
      (part >= 0 &&
       !collect_part (self, segment, index, taken, n_taken, (guint32)part, reading))) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "no segment %" G_GUINT64_FORMAT " part %d in epoch %u", msn, part,
                 epoch);
    return FALSE;
  }
  reading->hour = segment != NULL ? segment->hour : 0;
  if (part >= 0)
    return TRUE;
  if (!collect_segment (self, segment, index, taken, n_taken, reading)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                 "segment %" G_GUINT64_FORMAT " lost a part", msn);
    return FALSE;
  }
  if (!is_closed (self, epoch, msn, reading->last_flags)) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "segment %" G_GUINT64_FORMAT " is not complete", msn);
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_written (const Reading *reading)
{
  for (guint i = 0; i < reading->places->len; i++)
    if (g_array_index (reading->places, AcPlace, i).length > 0)
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full): @bytes (transfer full) (nullable) and what was taken. */
static GBytes *
join (GBytes *bytes, GPtrArray *taken)
{
  GByteArray *all;

  if (taken->len == 0)
    return bytes;
  if (bytes == NULL && taken->len == 1)
    return g_bytes_ref (g_ptr_array_index (taken, 0));
  all = bytes != NULL ? g_bytes_unref_to_array (bytes) : g_byte_array_new ();
  for (guint i = 0; i < taken->len; i++) {
    gsize size;
    gconstpointer data = g_bytes_get_data (g_ptr_array_index (taken, i), &size);
    g_byte_array_append (all, data, (guint)size);
  }
  return g_byte_array_free_to_bytes (all);
}

static GBytes *
read_written (AcRecording *self, const gchar *track, const Reading *reading,
              GError **error)
{
  g_autoptr (AcMediaFile) file = ac_media_files_get (
      self->recordings->media_files, self->folder, track, reading->hour, error);

  return file != NULL
             ? ac_media_file_read (file, &g_array_index (reading->places, AcPlace, 0),
                                   reading->places->len, error)
             : NULL;
}

GBytes *
ac_recording_read (AcRecording *self, const gchar *track, guint32 epoch, guint64 msn,
                   gint part, GError **error)
{
  g_auto (Reading) reading = { 0 };
  g_autoptr (GError) local = NULL;
  GBytes *bytes = NULL;

  reading_init (&reading);
  if (!look_up (self, track, epoch, msn, part, &reading, error))
    return NULL;
  if (is_written (&reading)) {
    bytes = read_written (self, track, &reading, &local);
    if (bytes == NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  } else if (reading.taken->len == 0) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "a gap in %s at segment %" G_GUINT64_FORMAT, track, msn);
    return NULL;
  }
  return join (bytes, reading.taken);
}

gboolean
ac_recording_holds (AcRecording *self, guint32 epoch, guint64 msn, guint n_parts)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  const AcCatalogueSegment *segment = ac_catalogue_find (self->catalogue, epoch, msn);
  GList *taken;

  return (segment != NULL ? segment->n_slots : 0) +
             find_taken (self, epoch, msn, &taken) ==
         n_parts;
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
  g_autoptr (Read) refused G_GNUC_UNUSED = read;
  g_autoptr (GError) error = NULL;
  ac_disk_set_error (&error, ENOBUFS, "too many reads wait for the disk");
  done (NULL, error, user_data);
}
