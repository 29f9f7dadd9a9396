/* recovery.h - reads a lesson's folder, and cuts a torn tail off.
 *
 * What a crash leaves: the last slot in some tracks only, half a record, bytes without
 * a record, a new hour's files for some tracks only, a temporary file. What a power
 * loss adds: any page written since the last fdatasync may be missing or zero, and that
 * is at most the last segment (see lesson_writer.h).
 *
 * So the tail is walked back segment by segment: at the first slot that is not whole in
 * every track of its epoch (record and bytes, by their checksums) everything from it on
 * is cut, until two whole segments in a row were seen. Damage before those is the
 * disk's and is kept: cutting there would throw away what can be read.
 *
 * A finished lesson is only read, whatever its state. */
#pragma once

#include "catalogue.h"
#include "lesson_folder.h"

typedef struct {
  AcCatalogue *catalogue;
  GPtrArray *epochs; /* AcMediaEpoch of number i + 1, NULL where it is lost */
  gboolean finished;
} AcLessonState;

/* Locks an unfinished lesson's folder.
 * Errors: IO, CORRUPT when a newer release wrote it. */
gboolean ac_recovery_load (AcLessonFolder *folder, AcLessonState *ret_state,
                           GError **error);
void ac_lesson_state_clear (AcLessonState *state);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLessonState, ac_lesson_state_clear)
