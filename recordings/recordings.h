/* recordings.h - the archive: every lesson's media, kept as it was sent.
 *
 * On disk, below the root, one folder a lesson:
 *   ROOT/LESSON/epoch-N.gv           the epoch's tracks (AcMediaEpoch, checksummed)
 *   ROOT/LESSON/TRACK-NNN.media      chunks one after another; NNN is the hour of
 *                                    lesson time in which its first segment starts
 *   ROOT/LESSON/TRACK-NNN.index      fixed-size records, one a part, each with a
 *                                    checksum
 *   ROOT/LESSON/published            how far it was published (published_mark.h)
 *   ROOT/LESSON/finished             exists when the lesson ended in good order
 *
 * Invariants:
 *   1. data before index: an index record is written after the bytes that it names;
 *   2. every track holds the same slots; recovery cuts all tracks to the last slot
 *      that is whole in each, and never touches a finished lesson;
 *   3. nothing is overwritten: epochs only append.
 *
 * Threads:   AcRecordings and AcRecording: any thread (they lock inside). Writes happen
 *            on the archive thread that AcRecordings owns. Callbacks come through the
 *            executor given with them.
 * Ownership: both reference counted (atomic). */
#pragma once

#include "slot.h"

typedef enum {
  AC_RECORDINGS_ERROR_IO,        /* the disk refused; the message has errno's text */
  AC_RECORDINGS_ERROR_CORRUPT,   /* a checksum or length does not hold */
  AC_RECORDINGS_ERROR_NOT_FOUND, /* no such lesson, track, epoch, segment or part */
} AcRecordingsError;
#define AC_RECORDINGS_ERROR (ac_recordings_error_quark ())
GQuark ac_recordings_error_quark (void);

typedef struct _AcRecordings AcRecordings; /* the archive */
typedef struct _AcRecording AcRecording;   /* one lesson in it */

/* Opens the archive at @root, made when missing, and starts its archive thread and
 * @n_readers reader threads.
 * Errors: IO. */
AcRecordings *ac_recordings_new (const gchar *root, guint n_readers, GError **error);
AcRecordings *ac_recordings_ref (AcRecordings *self);
/* The last unref writes and syncs what is queued, then stops the threads. */
void ac_recordings_unref (AcRecordings *self);

/* Opens the recording of @lesson, recovering a torn tail when it is unfinished and not
 * open already (an open recording is shared: the same object is returned). A new one
 * does not wait for the disk: the archive thread makes its folder durable.
 * Errors: IO, CORRUPT, NOT_FOUND (when @create is FALSE and there is none). */
AcRecording *ac_recordings_open (AcRecordings *self, gint64 lesson, gboolean create,
                                 GError **error);
AcRecording *ac_recording_ref (AcRecording *self);
void ac_recording_unref (AcRecording *self);

/* Appending: queued to the archive thread; at most 64 slots wait, beyond that appends
 * fail with IO at once and the caller raises an alarm; a segment that was begun is
 * taken whole all the same. fdatasync once a segment. What was taken can be read at
 * once, from memory until it is in its file: 64 slots are 41 s, so the archive has
 * everything before the live window forgets it. When the writing breaks, what waited
 * then can be read until the recording is closed. The slots of one recording are
 * appended in order. A slot or epoch that does not follow what is there, was not begun
 * or breaks a limit is refused with CORRUPT and nothing changes; after a refused slot
 * the rest of its segment is refused too. Epochs are numbered on from
 * ac_recording_n_epochs(). A failed write is reported by ac_recording_error() and ends
 * the writing: what was written before it stays. After a full queue, appending can go
 * on at the start of a segment. */
gboolean ac_recording_begin_epoch (AcRecording *self, AcMediaEpoch *epoch,
                                   GError **error);
gboolean ac_recording_append (AcRecording *self, AcSlot *slot, GError **error);
gboolean ac_recording_finish (AcRecording *self, GError **error);
/* Waits until all that was appended before is written and synced. For tests, the tool
 * and shutdown; never call it on the main loop while lessons run. */
void ac_recording_flush (AcRecording *self);
/* Returns: (transfer full) (nullable): what broke the writing, if anything did. */
GError *ac_recording_error (AcRecording *self);

/* What is known of a slot without its bytes. */
typedef struct {
  guint32 epoch, part;
  guint64 msn, start;
  guint32 duration, flags;
  gint64 wall_ms;
  guint32 sizes[AC_MAX_TRACKS]; /* bytes of each track's part; 0: a gap, or lost */
} AcSlotInfo;

/* How far the lesson was published, recorded or not: the newest epoch, and where its
 * next segment begins. */
typedef struct {
  guint32 epoch;
  guint64 next_msn, next_start; /* ticks */
} AcPublished;

/* Kept on the disk a moment later, by a reader thread: the archive thread may be
 * waiting for the disk. Never waits itself. */
void ac_recording_note_published (AcRecording *self, const AcPublished *published);
/* Returns: FALSE, or TRUE with what was noted before the recording was opened. */
gboolean ac_recording_get_published (AcRecording *self, AcPublished *ret_published);

gboolean ac_recording_is_finished (AcRecording *self);
/* How many slots are written (index record on its way to the disk included). */
guint64 ac_recording_n_slots (AcRecording *self);
/* Those that were taken and are not written yet follow the written ones.
 * Returns: FALSE when there is no @nth. */
gboolean ac_recording_get_slot (AcRecording *self, guint64 nth, AcSlotInfo *ret_info);
/* Returns: (transfer full) (nullable): epoch @number (from 1), NULL when there is none
 * or its file is lost. */
AcMediaEpoch *ac_recording_get_epoch (AcRecording *self, guint32 number);
guint32 ac_recording_n_epochs (AcRecording *self);

/* Reads a part, or the whole segment when @part is -1; blocks on the disk. A segment
 * that may still grow is not found as a whole: an address names the same bytes for
 * ever. A gap is not found either; in a segment it is left out.
 * Errors: IO, CORRUPT, NOT_FOUND (also when @epoch is not the segment's). */
GBytes *ac_recording_read (AcRecording *self, const gchar *track, guint32 epoch,
                           guint64 msn, gint part, GError **error);

/* Whether all @n_parts of the segment can be read, gaps included. */
gboolean ac_recording_holds (AcRecording *self, guint32 epoch, guint64 msn,
                             guint n_parts);

/* The same as _read() on a reader thread. @done is called exactly once on a reader
 * thread (post from there); @bytes is NULL with @error set on failure. At most 256
 * reads wait; beyond that @done gets an IO error from the calling thread. */
typedef void (*AcRecordingRead) (GBytes *bytes, const GError *error,
                                 gpointer user_data);
void ac_recording_read_async (AcRecordings *recordings, AcRecording *self,
                              const gchar *track, guint32 epoch, guint64 msn, gint part,
                              AcRecordingRead done, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRecordings, ac_recordings_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRecording, ac_recording_unref)
