/* recordings.c - the archive: its threads, and which lessons are open. */
#include "recording_private.h"

#include "disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_READERS 64
#define MAX_OPEN_MEDIA_FILES 256

GQuark
ac_recordings_error_quark (void)
{
  return g_quark_from_static_string ("ac-recordings-error-quark");
}

static gint
open_root (const gchar *root, GError **error)
{
  if (g_mkdir_with_parents (root, 0750) != 0) {
    ac_disk_set_error (error, errno, root);
    return -1;
  }
  gint fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    ac_disk_set_error (error, errno, root);
  return fd;
}

AcRecordings *
ac_recordings_new (const gchar *root, guint n_readers, GError **error)
{
  g_return_val_if_fail (root != NULL, NULL);
  gint root_fd = open_root (root, error);

  if (root_fd < 0)
    return NULL;
  AcRecordings *self = g_new0 (AcRecordings, 1);
  g_atomic_ref_count_init (&self->users);
  g_atomic_ref_count_init (&self->refs);
  self->root_fd = root_fd;
  self->archive = ac_job_pool_new ("archive", 1, 0);
  self->readers = ac_job_pool_new ("archive-reader", CLAMP (n_readers, 1, MAX_READERS),
                                   AC_RECORDINGS_MAX_WAITING_READS);
  self->media_files = ac_media_files_new (MAX_OPEN_MEDIA_FILES);
  g_mutex_init (&self->lock);
  g_cond_init (&self->settled);
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

AcRecordings *
ac_recordings_ref (AcRecordings *self)
{
  g_atomic_ref_count_inc (&self->users);
  return self;
}

void
ac_recordings_release (AcRecordings *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  ac_job_pool_free (self->archive);
  ac_job_pool_free (self->readers);
  ac_media_files_free (self->media_files);
  g_hash_table_unref (self->open);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->settled);
  close (self->root_fd);
  g_free (self);
}

static void
unref_recording (gpointer recording)
{
  ac_recording_unref (recording);
}

static GPtrArray *
list_open_recordings (AcRecordings *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GPtrArray *all = g_ptr_array_new_with_free_func (unref_recording);
  GHashTableIter iter;
  gpointer recording;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, &recording))
    if (recording != NULL)
      g_ptr_array_add (all, ac_recording_ref (recording));
  return all;
}

static void
sync_open_recordings (AcRecordings *self)
{
  g_autoptr (GPtrArray) all = list_open_recordings (self);

  for (guint i = 0; i < all->len; i++)
    ac_recording_queue_sync (g_ptr_array_index (all, i));
}

void
ac_recordings_unref (AcRecordings *self)
{
  if (!g_atomic_ref_count_dec (&self->users))
    return;
  sync_open_recordings (self);
  ac_job_pool_stop (self->readers);
  ac_job_pool_stop (self->archive);
  ac_recordings_release (self);
}

/* Returns: TRUE with *@ret_recording referenced, or FALSE: the lesson is the caller's
 * to open and ac_recordings_settle(). */
static gboolean
find_or_claim (AcRecordings *self, gint64 lesson, AcRecording **ret_recording)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gpointer found;

  while (g_hash_table_lookup_extended (self->open, &lesson, NULL, &found)) {
    if (found != NULL) {
      *ret_recording = ac_recording_ref (found);
      return TRUE;
    }
    g_cond_wait (&self->settled, &self->lock);
  }
  g_hash_table_insert (self->open, g_memdup2 (&lesson, sizeof lesson), NULL);
  return FALSE;
}

void
ac_recordings_settle (AcRecordings *self, gint64 lesson, AcRecording *recording)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (recording != NULL)
    g_hash_table_insert (self->open, g_memdup2 (&lesson, sizeof lesson), recording);
  else
    g_hash_table_remove (self->open, &lesson);
  g_cond_broadcast (&self->settled);
}

gboolean
ac_recordings_drop (AcRecordings *self, gint64 lesson, gint *refs)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!g_atomic_int_dec_and_test (refs))
    return FALSE;
  g_hash_table_insert (self->open, g_memdup2 (&lesson, sizeof lesson), NULL);
  return TRUE;
}

static AcRecording *
load_recording (AcRecordings *self, gint64 lesson, gboolean create, GError **error)
{
  g_autoptr (AcLessonFolder) folder =
      ac_lesson_folder_open (self->root_fd, lesson, create, error);
  g_auto (AcLessonState) state = { NULL };

  if (folder == NULL)
    return NULL;
  if (!ac_recovery_load (folder, &state, error)) {
    g_prefix_error (error, "recording %" G_GINT64_FORMAT ": ", lesson);
    return NULL;
  }
  return ac_recording_new (self, g_steal_pointer (&folder), &state);
}

AcRecording *
ac_recordings_open (AcRecordings *self, gint64 lesson, gboolean create, GError **error)
{
  AcRecording *recording = NULL;

  if (find_or_claim (self, lesson, &recording))
    return recording;
  recording = load_recording (self, lesson, create, error);
  ac_recordings_settle (self, lesson, recording);
  return recording;
}
