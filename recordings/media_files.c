/* media_files.c - open media files for readers, at most so many at a time. */
#include "media_files.h"

#include "disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct _AcMediaFile {
  gatomicrefcount refs;
  gint fd;
  gint64 lesson;
  gchar *key;
};

struct _AcMediaFiles {
  guint max_open;
  GMutex lock;
  GHashTable *links; /* lock; key -> GList in recent */
  GQueue recent;     /* lock; of AcMediaFile, the last used first */
};

AcMediaFiles *
ac_media_files_new (guint max_open)
{
  AcMediaFiles *self = g_new0 (AcMediaFiles, 1);

  self->max_open = max_open;
  g_mutex_init (&self->lock);
  self->links = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->recent);
  return self;
}

/* The sizes come from the disk too: nothing is allocated for bytes that the file does
 * not have. */
static gboolean
places_are_inside (AcMediaFile *self, const AcPlace *places, guint n_places,
                   gsize *ret_total, GError **error)
{
  struct stat status;

  if (fstat (self->fd, &status) != 0) {
    ac_disk_set_error (error, errno, self->key);
    return FALSE;
  }
  *ret_total = 0;
  for (guint i = 0; i < n_places; i++) {
    if (places[i].length == AC_PLACE_DAMAGED || !S_ISREG (status.st_mode) ||
        places[i].offset + places[i].length > (guint64)status.st_size) {
      g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                   "%s: a part is lost", self->key);
      return FALSE;
    }
    *ret_total += places[i].length;
  }
  return TRUE;
}

static gboolean
read_place (AcMediaFile *self, const AcPlace *place, guint8 *data, GError **error)
{
  if (!ac_disk_read (self->fd, data, place->length, place->offset, self->key, error))
    return FALSE;
  if (ac_index_checksum (0, data, place->length) == place->crc)
    return TRUE;
  g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
               "%s: checksum of the part at %" G_GUINT64_FORMAT " does not hold",
               self->key, place->offset);
  return FALSE;
}

GBytes *
ac_media_file_read (AcMediaFile *self, const AcPlace *places, guint n_places,
                    GError **error)
{
  gsize total;

  if (!places_are_inside (self, places, n_places, &total, error))
    return NULL;
  g_autofree guint8 *data = g_try_malloc (MAX (total, 1));
  if (data == NULL) {
    ac_disk_set_error (error, ENOMEM, self->key);
    return NULL;
  }
  guint8 *at = data;
  for (guint i = 0; i < n_places; i++) {
    if (places[i].length > 0 && !read_place (self, &places[i], at, error))
      return NULL;
    at += places[i].length;
  }
  return g_bytes_new_take (g_steal_pointer (&data), total);
}

void
ac_media_file_unref (AcMediaFile *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  close (self->fd);
  g_free (self->key);
  g_free (self);
}

static void
drop_link (AcMediaFiles *self, GList *link)
{
  AcMediaFile *file = link->data;

  g_hash_table_remove (self->links, file->key);
  g_queue_delete_link (&self->recent, link);
  ac_media_file_unref (file);
}

void
ac_media_files_free (AcMediaFiles *self)
{
  while (self->recent.head != NULL)
    drop_link (self, self->recent.head);
  g_hash_table_unref (self->links);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static AcMediaFile *
find (AcMediaFiles *self, const gchar *key)
{
  GList *link = g_hash_table_lookup (self->links, key);

  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->recent, link);
  g_queue_push_head_link (&self->recent, link);
  AcMediaFile *file = link->data;
  g_atomic_ref_count_inc (&file->refs);
  return file;
}

static void
remember (AcMediaFiles *self, AcMediaFile *file)
{
  if (g_hash_table_contains (self->links, file->key))
    return; /* another reader opened it meanwhile; ours closes after its read */
  g_atomic_ref_count_inc (&file->refs);
  g_queue_push_head (&self->recent, file);
  g_hash_table_insert (self->links, file->key, self->recent.head);
  while (self->recent.length > self->max_open)
    drop_link (self, self->recent.tail);
}

AcMediaFile *
ac_media_files_get (AcMediaFiles *self, AcLessonFolder *folder, const gchar *track,
                    guint32 hour, GError **error)
{
  g_autofree gchar *name = ac_file_name_for_track (AC_FILE_MEDIA, track, hour);
  g_autofree gchar *key =
      g_strdup_printf ("%" G_GINT64_FORMAT "/%s", folder->lesson, name);

  g_mutex_lock (&self->lock);
  AcMediaFile *file = find (self, key);
  g_mutex_unlock (&self->lock);
  if (file != NULL)
    return file;

  gint fd = ac_disk_open (folder->fd, name, O_RDONLY | O_NONBLOCK, error);
  if (fd < 0) {
    if (error != NULL &&
        g_error_matches (*error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND))
      (*error)->code = AC_RECORDINGS_ERROR_CORRUPT;
    return NULL;
  }
  file = g_new (AcMediaFile, 1);
  *file = (AcMediaFile){ .fd = fd,
                         .lesson = folder->lesson,
                         .key = g_steal_pointer (&key) };
  g_atomic_ref_count_init (&file->refs);

  g_mutex_lock (&self->lock);
  remember (self, file);
  g_mutex_unlock (&self->lock);
  return file;
}

void
ac_media_files_forget (AcMediaFiles *self, gint64 lesson)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (GList *link = self->recent.head; link != NULL;) {
    GList *next = link->next;
    if (((AcMediaFile *)link->data)->lesson == lesson)
      drop_link (self, link);
    link = next;
  }
}

guint
ac_media_files_n_open (AcMediaFiles *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->recent.length;
}
