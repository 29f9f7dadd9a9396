/* fixture.h - an archive in a folder of its own, and a lesson whose every byte can be
 * told from its place, so that what is read can be checked without keeping it. */
#pragma once

#include "recordings.h"

#define TEST_LESSON 7
#define TEST_SLOT_TICKS 57600
#define TEST_PARTS 3 /* of a segment */

typedef struct {
  gchar *root;
  AcRecordings *recordings;
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
/* Ends the archive and opens it again. */
void fixture_restart (Fixture *self);
/* Ends it only. */
void fixture_stop (Fixture *self);
AcRecording *fixture_open (Fixture *self, gint64 lesson);

/* Returns: (transfer full): a new folder, in memory where there is such a file system.
 */
gchar *test_folder_new (void);
void test_folder_remove (const gchar *folder);
void test_folder_copy (const gchar *from, const gchar *to);
gchar *test_lesson_path (Fixture *self, const gchar *name);

/* An epoch of @n_tracks: v720, v480, ..., audio. */
AcMediaEpoch *test_epoch_new (guint32 number, guint64 first_msn, guint64 start,
                              guint n_tracks);
/* The bytes of a part: 1 to 96 of them, none zero; a gap now and then (NULL) when
 * @gaps. */
GBytes *test_part_new (guint track, guint32 epoch, guint64 msn, guint32 part);
/* Slot @nth of a lesson that began its @epoch at slot @first, with segments of
 * TEST_PARTS from @epoch->first_msn on. */
AcSlot *test_slot_new (const AcMediaEpoch *epoch, guint32 first, guint32 nth);

/* Begins the epoch behind what is there and appends @n slots. */
void test_record (AcRecording *recording, guint n_tracks, guint n);
/* Goes on in @epoch, whose first slot is @first of the lesson. */
void test_append (AcRecording *recording, const AcMediaEpoch *epoch, guint32 first,
                  guint32 nth, guint n);
/* Every slot can be read and is what test_record() wrote; each closed segment is the
 * concatenation of its parts. */
void test_check_all (AcRecording *recording);
void test_check_slot (AcRecording *recording, guint64 nth);

gsize test_file_size (const gchar *path);
#define test_assert_code(error, c)                                                     \
  g_assert_error (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_##c)
