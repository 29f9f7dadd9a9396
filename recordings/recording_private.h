/* recording_private.h - what the archive and its recordings know of each other. */
#pragma once

#include "job_pool.h"
#include "lesson_writer.h"
#include "media_files.h"
#include "recovery.h"

#define AC_RECORDING_MAX_WAITING_SLOTS 64
/* With the rest of a segment, of which a worker may send too many. */
#define AC_RECORDING_MAX_TAKEN_SLOTS 128
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

/* The last slot that was taken. */
typedef struct {
  gboolean any;
  guint32 epoch, part, flags;
  guint64 msn, start;
} AcRecordingTail;

struct _AcRecording {
  gint refs;
  AcRecordings *recordings;
  gint64 lesson;
  AcLessonFolder *folder;
  AcLessonWriter *writer; /* archive thread; NULL when opened finished */
  GMutex lock;
  AcCatalogue *catalogue; /* lock; only the archive thread changes it */
  GPtrArray *epochs;      /* lock; AcMediaEpoch of number i + 1, or NULL */
  gboolean ending;        /* lock; finish was asked for */
  gboolean finished;      /* lock; the mark is on the disk */
  GError *error;          /* lock */
  GQueue taken;           /* lock; AcSlot, in order: in no file yet */
  guint n_waiting_epochs; /* lock */
  AcPublished found;      /* as it was when opened; epoch 0: nothing */
  AcPublished published;  /* lock; what is to be on the disk */
  guint64 mark_sequence;  /* lock; of the last mark */
  gboolean mark_dirty;    /* lock; published is newer than the mark */
  gboolean mark_queued;   /* lock; a reader thread writes it, or is about to */
  AcRecordingTail tail;   /* lock */
};
