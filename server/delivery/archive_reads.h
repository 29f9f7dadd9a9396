/* archive_reads.h - reads of the archive for one hub, shared by all who wait for them.
 *
 * Threads:   the hub's; the archive's reader threads only put results on a queue.
 * Ownership: the hub owns it. */
#pragma once

#include "executor.h"
#include "recordings.h"

typedef struct _AcArchiveReads AcArchiveReads;

/* What is read: a part, or the whole segment when @part is -1. */
typedef struct {
  gint64 lesson;
  gchar track[AC_TRACK_NAME_MAX + 1];
  guint32 epoch;
  guint64 msn;
  gint part;
} AcArchiveKey;

/* A read ended: @waits, its waits' links, are the callee's to empty. @bytes is NULL
 * with @error set. */
typedef void (*AcArchiveReadDone) (GQueue *waits, const AcArchiveKey *key,
                                   GBytes *bytes, const GError *error,
                                   gpointer user_data);

AcArchiveReads *ac_archive_reads_new (AcRecordings *recordings, AcExecutor executor,
                                      AcArchiveReadDone done, gpointer user_data);
/* Waits until no reader thread works for it; nothing is reported after that. */
void ac_archive_reads_free (AcArchiveReads *self);

/* Starts a read of @key in @recording, or joins the one that is under way.
 * Returns: (transfer none): its list, to put the wait's link on; valid until done. */
GQueue *ac_archive_reads_join (AcArchiveReads *self, AcRecording *recording,
                               const AcArchiveKey *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcArchiveReads, ac_archive_reads_free)
