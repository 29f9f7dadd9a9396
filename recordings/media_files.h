/* media_files.h - open media files for readers, at most so many at a time.
 *
 * The file that was not read for longest is closed first; one that is being read stays
 * open until its reader is done, so the bound is exceeded by the readers at most.
 *
 * Threads:   any; locked inside, never around disk access by a reader.
 * Ownership: AcMediaFile is reference counted. */
#pragma once

#include "catalogue.h"
#include "lesson_folder.h"

typedef struct _AcMediaFiles AcMediaFiles;
typedef struct _AcMediaFile AcMediaFile;

AcMediaFiles *ac_media_files_new (guint max_open);
void ac_media_files_free (AcMediaFiles *self);

/* Returns: (transfer full) (nullable): the media of @track in @hour.
 * Errors: IO, CORRUPT when there is no such file: the index named it. */
AcMediaFile *ac_media_files_get (AcMediaFiles *self, AcLessonFolder *folder,
                                 const gchar *track, guint32 hour, GError **error);
/* Reads the parts at @places one after another into one block, gaps as nothing, and
 * checks them.
 * Errors: IO, CORRUPT. */
GBytes *ac_media_file_read (AcMediaFile *self, const AcPlace *places, guint n_places,
                            GError **error);
void ac_media_file_unref (AcMediaFile *self);

/* Closes those of @lesson. */
void ac_media_files_forget (AcMediaFiles *self, gint64 lesson);
guint ac_media_files_n_open (AcMediaFiles *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMediaFiles, ac_media_files_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcMediaFile, ac_media_file_unref)
