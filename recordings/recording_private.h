/* recording_private.h - what the archive and its recordings know of each other. */
#pragma once

#include "job_pool.h"
#include "media_files.h"
#include "recovery.h"

#define AC_RECORDING_MAX_WAITING_SLOTS 64
#define AC_RECORDINGS_MAX_WAITING_READS 256

/* Counted twice: by those who use the archive, and by those (recordings) who need the
 * struct. The last user stops the threads; what recordings are left can still be read,
 * but not written. */
struct _AcRecordings {
  gatomicrefcount users;
  gatomicrefcount refs;
  gint root_fd;
  AcJobPool *archive; /* one thread */
  AcJobPool *readers;
  AcMediaFiles *media_files;
  GMutex lock;
  GCond settled;    /* a recording was opened or closed */
  GHashTable *open; /* lock; lesson (gint64) -> AcRecording, NULL while it is being
                     * opened or closed */
};

void ac_recordings_release (AcRecordings *self);

/* Takes one reference of @recording away under the archive's lock.
 * Returns: TRUE when that was the last: the caller must close it, then call
 *   ac_recordings_settle(). */
gboolean ac_recordings_drop (AcRecordings *self, gint64 lesson, gint *refs);
void ac_recordings_settle (AcRecordings *self, gint64 lesson, AcRecording *recording);

/* @folder, @state: taken; @recordings: a reference is taken
 * Returns: (transfer full). */
AcRecording *ac_recording_new (AcRecordings *recordings, AcLessonFolder *folder,
                               AcLessonState *state);
/* Asks the archive thread to sync what was appended. */
void ac_recording_queue_sync (AcRecording *self);
