/* lesson_folder.h - a lesson's folder and the names of the files in it.
 *
 * An unfinished lesson's folder is locked (flock), so that two processes never recover
 * or append to the same recording; a finished one may be read by anyone.
 *
 * Threads:   any; immutable but for the lock.
 * Ownership: owns the folder's descriptor, and with it the lock. */
#pragma once

#include "segment_index.h"

/* The mark of a lesson that ended in good order; it says how many slots it has. */
#define AC_FINISHED_NAME "finished"
#define AC_FINISHED_SLOTS "slots "

typedef struct {
  gint fd;
  gint64 lesson;
} AcLessonFolder;

/* Errors: IO, NOT_FOUND when there is none and @create is FALSE, or @lesson is not
 *   positive. */
AcLessonFolder *ac_lesson_folder_open (gint root_fd, gint64 lesson, gboolean create,
                                       GError **error);
void ac_lesson_folder_free (AcLessonFolder *self);
/* Makes the folder itself durable, which opening it does not. Waits for the disk.
 * Errors: IO. */
gboolean ac_lesson_folder_sync_name (AcLessonFolder *self, GError **error);

/* Errors: IO when another process holds it. */
gboolean ac_lesson_folder_lock (AcLessonFolder *self, GError **error);

/* A name is one of ours only in the very form in which we write it. */
typedef enum {
  AC_FILE_FOREIGN,
  AC_FILE_INDEX,
  AC_FILE_MEDIA,
  AC_FILE_EPOCH,
  AC_FILE_FINISHED,
  AC_FILE_TEMPORARY
} AcFileKind;
typedef struct {
  AcFileKind kind;
  gchar track[AC_TRACK_NAME_MAX + 1]; /* index, media */
  guint32 number;                     /* hour, or the epoch's number */
} AcFileName;

void ac_file_name_parse (const gchar *name, AcFileName *ret_name);
/* Returns: (transfer full): "TRACK-NNN.index" or "TRACK-NNN.media". */
gchar *ac_file_name_for_track (AcFileKind kind, const gchar *track, guint32 hour);

/* Returns: (transfer full) (nullable): the names in it, (element-type utf8), sorted.
 * Errors: IO, CORRUPT when there are more than a lesson can have. */
GPtrArray *ac_lesson_folder_list (AcLessonFolder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLessonFolder, ac_lesson_folder_free)
