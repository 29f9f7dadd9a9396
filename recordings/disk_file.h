/* disk_file.h - whole reads, whole writes and durable names, with errno as GError.
 *
 * Names are relative to a directory's descriptor, so that nothing outside a lesson's
 * folder can be reached, and symbolic links are not followed.
 *
 * Threads:   any.
 * Ownership: descriptors stay the caller's.
 * Failure:   AC_RECORDINGS_ERROR_IO with errno's text; short files are CORRUPT. */
#pragma once

#include "recordings.h"

/* Sets *@error to IO: "@what: strerror (@saved_errno)". */
void ac_disk_set_error (GError **error, gint saved_errno, const gchar *what);

/* Writes all of it at @offset, through interruptions and short writes. */
gboolean ac_disk_write (gint fd, gconstpointer data, gsize size, guint64 offset,
                        const gchar *what, GError **error);
/* Reads exactly @size bytes. Errors: IO, CORRUPT when the file ends before. */
gboolean ac_disk_read (gint fd, gpointer data, gsize size, guint64 offset,
                       const gchar *what, GError **error);

gboolean ac_disk_truncate (gint fd, guint64 size, const gchar *what, GError **error);
gboolean ac_disk_sync_data (gint fd, const gchar *what, GError **error);
/* Makes the names in the directory durable. */
gboolean ac_disk_sync_folder (gint folder_fd, const gchar *what, GError **error);

/* @flags: of open(2); O_CLOEXEC and O_NOFOLLOW are added, the mode is 0640
 * Returns: a descriptor, or -1. Errors: IO, NOT_FOUND when there is no such file. */
gint ac_disk_open (gint folder_fd, const gchar *name, gint flags, GError **error);

/* Returns: (transfer full) (nullable): the regular file's bytes.
 * Errors: IO, NOT_FOUND, CORRUPT when it is larger than @max_bytes. */
GBytes *ac_disk_load (gint folder_fd, const gchar *name, gsize max_bytes,
                      GError **error);

/* Writes a file under a name that ends in AC_DISK_TEMPORARY, syncs it, gives it its
 * name and syncs the folder: afterwards @name is whole or not there at all. */
#define AC_DISK_TEMPORARY ".tmp"
gboolean ac_disk_store (gint folder_fd, const gchar *name, GBytes *bytes,
                        GError **error);

/* Removes @name; it is no error when there is none. */
gboolean ac_disk_remove (gint folder_fd, const gchar *name, GError **error);
