/* lesson_writer.h - appends slots to a lesson's files.
 *
 * Invariants:
 *   1. an index record is written after the bytes that it names;
 *   2. a segment is on the disk before the first byte of the next is written, so that
 *      after a power loss only the last segment can be torn;
 *   3. a failed append cuts the files back to the slots before it, as far as the disk
 *      lets us; what it does not, recovery does.
 *
 * Threads:   the archive thread only.
 * Ownership: owns its descriptors; the folder must outlive it. */
#pragma once

#include "catalogue.h"
#include "lesson_folder.h"

typedef struct _AcLessonWriter AcLessonWriter;

/* @last: (nullable): the last slot that the (recovered) files hold
 * @epoch: (nullable): the last epoch, for going on in it */
AcLessonWriter *ac_lesson_writer_new (AcLessonFolder *folder,
                                      const AcCatalogueSlot *last,
                                      const AcMediaEpoch *epoch);
/* Closes without syncing. */
void ac_lesson_writer_free (AcLessonWriter *self);

/* After any failure the writer is not to be used again but for _free(). */
gboolean ac_lesson_writer_begin_epoch (AcLessonWriter *self, const AcMediaEpoch *epoch,
                                       GError **error);
/* @slot: of the epoch begun last, in order
 * @ret_slot: where its parts are now */
gboolean ac_lesson_writer_append (AcLessonWriter *self, const AcSlot *slot,
                                  AcCatalogueSlot *ret_slot, GError **error);
/* Waits for the disk. */
gboolean ac_lesson_writer_sync (AcLessonWriter *self, GError **error);
/* Syncs, closes the files and leaves the mark of a lesson that ended well. */
gboolean ac_lesson_writer_finish (AcLessonWriter *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLessonWriter, ac_lesson_writer_free)
