/* lesson_folder.c - a lesson's folder and the names of the files in it. */
#include "lesson_folder.h"

#include "disk_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far more than epochs and hours of eight tracks; a bound for hostile disks. */
#define MAX_ENTRIES 65536

static gboolean
make_folder (gint root_fd, const gchar *name, GError **error)
{
  if (mkdirat (root_fd, name, 0750) != 0 && errno != EEXIST) {
    ac_disk_set_error (error, errno, name);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_lesson_folder_sync_name (AcLessonFolder *self, GError **error)
{
  gint fd = ac_disk_open (self->fd, "..", O_RDONLY | O_DIRECTORY, error);

  if (fd < 0)
    return FALSE;
  gboolean synced = ac_disk_sync_folder (fd, "the recordings' folder", error);
  close (fd);
  return synced;
}

AcLessonFolder *
ac_lesson_folder_open (gint root_fd, gint64 lesson, gboolean create, GError **error)
{
  g_autofree gchar *name = g_strdup_printf ("%" G_GINT64_FORMAT, lesson);

  if (lesson <= 0) {
    g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_NOT_FOUND,
                 "%s is no lesson", name);
    return NULL;
  }
  if (create && !make_folder (root_fd, name, error))
    return NULL;
  gint fd = ac_disk_open (root_fd, name, O_RDONLY | O_DIRECTORY, error);
  if (fd < 0) {
    g_prefix_error (error, "recording ");
    return NULL;
  }
  AcLessonFolder *self = g_new (AcLessonFolder, 1);
  *self = (AcLessonFolder){ fd, lesson };
  return self;
}

void
ac_lesson_folder_free (AcLessonFolder *self)
{
  close (self->fd);
  g_free (self);
}

gboolean
ac_lesson_folder_lock (AcLessonFolder *self, GError **error)
{
  while (flock (self->fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR)
      continue;
    gint saved_errno = errno;
    g_autofree gchar *what = g_strdup_printf (
        "lesson %" G_GINT64_FORMAT " is being recorded elsewhere", self->lesson);
    ac_disk_set_error (error, saved_errno, what);
    return FALSE;
  }
  return TRUE;
}

gchar *
ac_file_name_for_track (AcFileKind kind, const gchar *track, guint32 hour)
{
  return g_strdup_printf ("%s-%03u.%s", track, hour,
                          kind == AC_FILE_INDEX ? "index" : "media");
}

static gboolean
parse_number (const gchar *digits, gsize n, guint32 *ret_number)
{
  guint32 number = 0;

  if (n == 0 || n > 6)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!g_ascii_isdigit (digits[i]))
      return FALSE;
    number = number * 10 + (guint32)g_ascii_digit_value (digits[i]);
  }
  *ret_number = number;
  return TRUE;
}

static AcFileKind
parse_track_file (const gchar *name, const gchar *dash, AcFileName *ret)
{
  gsize n = (gsize)(dash - name);
  AcFileKind kind = g_strcmp0 (dash + 4, ".index") == 0   ? AC_FILE_INDEX
                    : g_strcmp0 (dash + 4, ".media") == 0 ? AC_FILE_MEDIA
                                                          : AC_FILE_FOREIGN;

  if (kind == AC_FILE_FOREIGN || n > AC_TRACK_NAME_MAX ||
      !parse_number (dash + 1, 3, &ret->number))
    return AC_FILE_FOREIGN;
  memcpy (ret->track, name, n);
  return ac_index_track_name_is_valid (ret->track) ? kind : AC_FILE_FOREIGN;
}

void
ac_file_name_parse (const gchar *name, AcFileName *ret_name)
{
  const gchar *dash = strchr (name, '-');

  *ret_name = (AcFileName){ .kind = AC_FILE_FOREIGN };
  if (strcmp (name, AC_FINISHED_NAME) == 0) {
    ret_name->kind = AC_FILE_FINISHED;
  } else if (g_str_has_suffix (name, AC_DISK_TEMPORARY)) {
    ret_name->kind = AC_FILE_TEMPORARY;
  } else if (g_str_has_prefix (name, "epoch-") && g_str_has_suffix (name, ".gv") &&
             name[6] != '0' &&
             parse_number (name + 6, strlen (name) - 9, &ret_name->number) &&
             ret_name->number <= AC_RECORDINGS_MAX_EPOCHS) {
    ret_name->kind = AC_FILE_EPOCH;
  } else if (dash != NULL && strlen (dash) == strlen ("-NNN.index")) {
    ret_name->kind = parse_track_file (name, dash, ret_name);
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *)a, *(const gchar *const *)b);
}

static gboolean
read_names (DIR *dir, GPtrArray *names, GError **error)
{
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir (dir);
    if (entry == NULL)
      break;
    if (names->len >= MAX_ENTRIES) {
      g_set_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT,
                   "more than %d files in a lesson's folder", MAX_ENTRIES);
      return FALSE;
    }
    if (entry->d_name[0] != '.')
      g_ptr_array_add (names, g_strdup (entry->d_name));
  }
  if (errno != 0) {
    ac_disk_set_error (error, errno, "lesson's folder");
    return FALSE;
  }
  return TRUE;
}

GPtrArray *
ac_lesson_folder_list (AcLessonFolder *self, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gint fd = ac_disk_open (self->fd, ".", O_RDONLY | O_DIRECTORY, error);

  if (fd < 0)
    return NULL;
  DIR *dir = fdopendir (fd);
  if (dir == NULL) {
    ac_disk_set_error (error, errno, "lesson's folder");
    close (fd);
    return NULL;
  }
  gboolean read = read_names (dir, names, error);
  closedir (dir);
  if (!read)
    return NULL;
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}
