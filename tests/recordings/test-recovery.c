/* test-recovery.c - what a crash, a power loss or a bad disk leaves behind. */
#include "fixture.h"

#include "disk_file.h"
#include "recording_private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_TRACKS 3
#define N_SLOTS 25 /* eight segments and a part */
#define UNIT AC_INDEX_UNIT_BYTES
/* How far from the end files are torn: more than two segments of either kind. */
#define TAIL_BYTES 450

static const gchar *const tracks[N_TRACKS] = { "v720", "v480", "audio" };

typedef enum { TEAR_CUT, TEAR_ZERO, TEAR_GARBAGE, N_TEARS } Tear;

typedef struct {
  gchar *data;
  gsize size;
} File;

/* A lesson as it was written, to be torn again and again. */
typedef struct {
  Fixture base;
  gchar *folder;
  File media[N_TRACKS], index[N_TRACKS];
} Torn;

static gchar *
file_path (const gchar *folder, const gchar *track, guint hour, const gchar *kind)
{
  return g_strdup_printf ("%s/%s-%03u.%s", folder, track, hour, kind);
}

static void
load_file (const gchar *folder, const gchar *track, const gchar *kind, File *file)
{
  g_autofree gchar *path = file_path (folder, track, 0, kind);
  g_assert_true (g_file_get_contents (path, &file->data, &file->size, NULL));
}

static void
torn_set_up (Torn *self, gconstpointer data)
{
  fixture_set_up (&self->base, NULL);
  g_autoptr (AcRecording) recording = fixture_open (&self->base, TEST_LESSON);
  test_record (recording, N_TRACKS, N_SLOTS);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (&self->base);
  self->folder = test_lesson_path (&self->base, NULL);
  for (guint i = 0; i < N_TRACKS; i++) {
    load_file (self->folder, tracks[i], "media", &self->media[i]);
    load_file (self->folder, tracks[i], "index", &self->index[i]);
  }
}

static void
torn_tear_down (Torn *self, gconstpointer data)
{
  for (guint i = 0; i < N_TRACKS; i++) {
    g_free (self->media[i].data);
    g_free (self->index[i].data);
  }
  g_free (self->folder);
  fixture_tear_down (&self->base, NULL);
}

static void
store (const gchar *path, const gchar *data, gsize size)
{
  g_unlink (path); /* GLib 2.74 does not cut what it writes over */
  g_assert_true (g_file_set_contents_full (path, data, (gssize)size,
                                           G_FILE_SET_CONTENTS_NONE, 0640, NULL));
}

/* Puts the lesson back as it was written. */
static void
restore (Torn *self)
{
  test_folder_remove (self->folder);
  g_assert_cmpint (g_mkdir (self->folder, 0750), ==, 0);
  for (guint i = 0; i < N_TRACKS; i++) {
    g_autofree gchar *media = file_path (self->folder, tracks[i], 0, "media");
    g_autofree gchar *index = file_path (self->folder, tracks[i], 0, "index");
    store (media, self->media[i].data, self->media[i].size);
    store (index, self->index[i].data, self->index[i].size);
  }
}

/* Tears @file at @at.
 * Returns: the first byte that is not as it was. */
static gsize
tear_file (const gchar *path, const File *file, gsize at, Tear tear)
{
  g_autofree gchar *data = g_memdup2 (file->data, file->size);
  gsize first = at;

  for (gsize i = at; i < file->size; i++)
    data[i] = tear == TEAR_ZERO ? 0 : (gchar)(data[i] ^ 0x5a);
  if (tear == TEAR_ZERO)
    while (first < file->size && file->data[first] == 0)
      first++;
  store (path, data, tear == TEAR_CUT ? at : file->size);
  return first;
}

static guint32
slots_in_index (gsize first_bad)
{
  return first_bad < UNIT ? 0 : (guint32)MIN (first_bad / UNIT - 1, N_SLOTS);
}

static guint32
slots_in_media (guint track, gsize first_bad)
{
  gsize end = 0;

  for (guint32 nth = 0; nth < N_SLOTS; nth++) {
    g_autoptr (GBytes) part =
        test_part_new (track, 1, nth / TEST_PARTS, nth % TEST_PARTS);
    end += part != NULL ? g_bytes_get_size (part) : 0;
    if (part != NULL && end > first_bad)
      return nth;
  }
  return N_SLOTS;
}

static void
assert_tracks_equal (Torn *self, guint32 n_slots)
{
  for (guint i = 0; i < N_TRACKS; i++) {
    gsize media_size = 0;
    for (guint32 nth = 0; nth < n_slots; nth++) {
      g_autoptr (GBytes) part =
          test_part_new (i, 1, nth / TEST_PARTS, nth % TEST_PARTS);
      media_size += part != NULL ? g_bytes_get_size (part) : 0;
    }
    g_autofree gchar *index = file_path (self->folder, tracks[i], 0, "index");
    g_autofree gchar *media = file_path (self->folder, tracks[i], 0, "media");
    g_assert_cmpuint (test_file_size (index), ==, UNIT * (1 + n_slots));
    g_assert_cmpuint (test_file_size (media), ==, media_size);
  }
}

/* The recovered lesson is the first @n_slots of the one that was written, and goes on.
 */
static void
assert_recovered (Torn *self, guint32 n_slots)
{
  g_autoptr (AcRecording) recording = fixture_open (&self->base, TEST_LESSON);

  g_assert_cmpuint (ac_recording_n_slots (recording), ==, n_slots);
  if (n_slots > 0)
    assert_tracks_equal (self, n_slots);
  test_check_all (recording);
  test_record (recording, N_TRACKS, 4);
  g_clear_pointer (&recording, ac_recording_unref);
  recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, n_slots + 4);
  g_assert_null (ac_recording_error (recording));
  test_check_all (recording);
}

static GLogWriterOutput
no_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  return level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)
             ? G_LOG_WRITER_HANDLED
             : g_log_writer_default (level, fields, n_fields, data);
}

static void
keep_epoch (Torn *self, gchar **ret_data, gsize *ret_size)
{
  g_autofree gchar *path = g_build_filename (self->folder, "epoch-1.gv", NULL);
  g_assert_true (g_file_get_contents (path, ret_data, ret_size, NULL));
}

static void
put_epoch (Torn *self, const gchar *data, gsize size)
{
  g_autofree gchar *path = g_build_filename (self->folder, "epoch-1.gv", NULL);
  store (path, data, size);
}

/* One file is torn at every byte of its tail, in every way. */
static void
test_torn_file (Torn *self, gconstpointer data)
{
  gboolean is_index = GPOINTER_TO_INT (data) / N_TEARS;
  Tear tear = GPOINTER_TO_INT (data) % N_TEARS;
  g_autofree gchar *epoch = NULL;
  gsize epoch_size;

  keep_epoch (self, &epoch, &epoch_size);
  for (guint i = 0; i < N_TRACKS; i++) {
    const File *file = is_index ? &self->index[i] : &self->media[i];
    g_assert_cmpuint (file->size, >, TAIL_BYTES);
    for (gsize at = file->size - TAIL_BYTES; at <= file->size; at++) {
      g_autofree gchar *path =
          file_path (self->folder, tracks[i], 0, is_index ? "index" : "media");
      restore (self);
      put_epoch (self, epoch, epoch_size);
      gsize first_bad = tear_file (path, file, at, tear);
      assert_recovered (self, is_index ? slots_in_index (first_bad)
                                       : slots_in_media (i, first_bad));
    }
  }
}

/* Every file is torn somewhere, as a power loss does, and a temporary file is left. */
static void
test_torn_everywhere (Torn *self, gconstpointer data)
{
  g_autofree gchar *epoch = NULL;
  g_autofree gchar *temporary =
      g_build_filename (self->folder, "epoch-2.gv" AC_DISK_TEMPORARY, NULL);
  gsize epoch_size;

  keep_epoch (self, &epoch, &epoch_size);
  for (guint round = 0; round < 500; round++) {
    guint32 expected = N_SLOTS;
    restore (self);
    put_epoch (self, epoch, epoch_size);
    store (temporary, "half", 4);
    for (guint i = 0; i < 2 * N_TRACKS; i++) {
      guint track = i / 2;
      const File *file = i % 2 ? &self->index[track] : &self->media[track];
      g_autofree gchar *path =
          file_path (self->folder, tracks[track], 0, i % 2 ? "index" : "media");
      gsize at = file->size - (gsize)g_test_rand_int_range (0, TAIL_BYTES + 1);
      gsize first_bad = tear_file (path, file, at, g_test_rand_int_range (0, N_TEARS));
      guint32 n =
          i % 2 ? slots_in_index (first_bad) : slots_in_media (track, first_bad);
      expected = MIN (expected, n);
    }
    assert_recovered (self, expected);
    g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));
  }
}

/* A page of the last segment was not written although a later one was. */
static void
test_hole_in_last_segment (Torn *self, gconstpointer data)
{
  for (guint track = 0; track <= N_TRACKS; track++) {
    restore (self);
    g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, N_TRACKS);
    g_autoptr (AcRecording) recording = NULL;
    for (guint i = 0; i < N_TRACKS; i++) {
      g_autofree gchar *path = file_path (self->folder, tracks[i], 0, "index");
      g_autofree gchar *torn = g_memdup2 (self->index[i].data, self->index[i].size);
      if (track == N_TRACKS || track == i)
        memset (torn + UNIT * (1 + 22), 0, UNIT);
      store (path, torn, self->index[i].size);
    }
    recording = fixture_open (&self->base, TEST_LESSON);
    /* No epoch file here: its slots are kept, unreadable, but the hole counts. */
    g_assert_cmpuint (ac_recording_n_slots (recording), ==,
                      track == N_TRACKS ? 22 : N_SLOTS);
  }
}

static void
test_missing_files (Torn *self, gconstpointer data)
{
  static const struct {
    const gchar *names[3];
    guint32 n_slots;
  } cases[] = {
    { { "v720-000.index" }, 0 },
    { { "audio-000.media" }, 0 },
    { { "v480-000.index", "v480-000.media" }, 0 },
  };
  g_autofree gchar *epoch = NULL;
  gsize epoch_size;

  keep_epoch (self, &epoch, &epoch_size);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    restore (self);
    put_epoch (self, epoch, epoch_size);
    for (guint j = 0; cases[i].names[j] != NULL; j++) {
      g_autofree gchar *path = g_build_filename (self->folder, cases[i].names[j], NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
    assert_recovered (self, cases[i].n_slots);
  }
}

/* --- The hour changes ------------------------------------------------------------- */

#define HOUR_FIRST 5619u /* six slots before the hour */

static void
record_over_the_hour (Fixture *base)
{
  g_autoptr (AcRecording) recording = fixture_open (base, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch =
      test_epoch_new (1, 0, (guint64)HOUR_FIRST * TEST_SLOT_TICKS, N_TRACKS);

  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  test_append (recording, epoch, HOUR_FIRST, HOUR_FIRST, 10);
  ac_recording_flush (recording);
}

static void
test_hour_file_missing (Fixture *self, gconstpointer data)
{
  /* The crash came while the files of hour 1 were made: in each of these steps. */
  static const struct {
    const gchar *gone[6];
    guint32 n_slots;
  } cases[] = {
    { { "audio-001.index" }, 6 },
    { { "audio-001.index", "audio-001.media" }, 6 },
    { { "audio-001.index", "audio-001.media", "v480-001.index" }, 6 },
    { { "audio-001.index", "audio-001.media", "v480-001.index", "v480-001.media",
        "v720-001.index" },
      6 },
  };
  g_autofree gchar *folder = test_lesson_path (self, NULL);
  g_autofree gchar *kept = g_strconcat (folder, "-kept", NULL);

  record_over_the_hour (self);
  fixture_restart (self);
  test_folder_copy (folder, kept);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    test_folder_remove (folder);
    test_folder_copy (kept, folder);
    for (guint j = 0; j < 6 && cases[i].gone[j] != NULL; j++) {
      g_autofree gchar *path = g_build_filename (folder, cases[i].gone[j], NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
    g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, cases[i].n_slots);
    for (guint track = 0; track < N_TRACKS; track++) {
      g_autofree gchar *index = file_path (folder, tracks[track], 1, "index");
      g_autofree gchar *media = file_path (folder, tracks[track], 1, "media");
      g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (media, G_FILE_TEST_EXISTS));
    }
    g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, 1);
    test_append (recording, epoch, HOUR_FIRST, HOUR_FIRST + 6, 6);
    ac_recording_flush (recording);
    g_assert_null (ac_recording_error (recording));
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, 12);
  }
}

/* --- Epochs --------------------------------------------------------------------------
 */

static void
test_epoch_without_slots (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 4);
  test_record (recording, 3, 0);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  /* Its addresses may be known to viewers: the number stays in use. */
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 2);
  test_record (recording, 3, 4);
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 3);
  test_check_all (recording);
}

static void
test_epoch_lost (Fixture *self, gconstpointer data)
{
  g_autofree gchar *path = test_lesson_path (self, "epoch-2.gv");

  for (guint pass = 0; pass < 2; pass++) {
    g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
    g_autoptr (GError) error = NULL;
    if (pass == 0) {
      for (guint i = 0; i < 3; i++)
        test_record (recording, 3, 9);
      g_clear_pointer (&recording, ac_recording_unref);
      store (path, "AcEpoch\n", 8);
      recording = fixture_open (self, TEST_LESSON);
    }
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, 27 + pass * 3);
    g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 3 + pass);
    g_assert_null (ac_recording_get_epoch (recording, 2));
    g_assert_null (ac_recording_read (recording, "v720", 2, 3, -1, &error));
    test_assert_code (error, CORRUPT);
    test_check_slot (recording, 8);
    test_check_slot (recording, 18);
    if (pass == 0)
      test_record (recording, 3, 3);
    g_clear_pointer (&recording, ac_recording_unref);
    g_unlink (path); /* and then the file is not there at all */
  }
}

/* --- Damage that is not at the end -------------------------------------------------
 */

static void
flip (const gchar *path, gsize at)
{
  g_autofree gchar *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (at, <, size);
  data[at] ^= 1;
  store (path, data, size);
}

static void
count_reads (AcRecording *recording, guint *ret_good, guint *ret_corrupt)
{
  *ret_good = *ret_corrupt = 0;
  for (guint64 nth = 0; nth < ac_recording_n_slots (recording); nth++) {
    AcSlotInfo info;
    g_assert_true (ac_recording_get_slot (recording, nth, &info));
    for (guint i = 0; i < N_TRACKS; i++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = ac_recording_read (recording, tracks[i], info.epoch,
                                                    info.msn, (gint)info.part, &error);
      g_autoptr (GBytes) expected = test_part_new (i, info.epoch, info.msn, info.part);
      if (g_error_matches (error, AC_RECORDINGS_ERROR, AC_RECORDINGS_ERROR_CORRUPT))
        (*ret_corrupt)++;
      else if (expected == NULL)
        test_assert_code (error, NOT_FOUND);
      else
        g_assert_true (bytes != NULL && g_bytes_equal (bytes, expected));
      *ret_good += bytes != NULL;
    }
  }
}

static guint64
folder_fingerprint (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint64 sum = 0;

  for (const gchar *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    g_autofree gchar *data = NULL;
    gsize size;
    g_assert_true (g_file_get_contents (path, &data, &size, NULL));
    sum += (guint64)g_str_hash (name) * (1 + ac_index_checksum (0, data, size) + size);
  }
  return sum;
}

/* @data: whether the lesson is finished */
static void
test_damage_in_the_middle (Torn *self, gconstpointer data)
{
  gboolean finished = GPOINTER_TO_INT (data);
  g_autofree gchar *mark = g_build_filename (self->folder, AC_FINISHED_NAME, NULL);
  g_autofree gchar *index = file_path (self->folder, "v480", 0, "index");
  g_autofree gchar *media = file_path (self->folder, "audio", 0, "media");
  g_autofree gchar *header = file_path (self->folder, "v720", 0, "index");
  g_autoptr (GError) error = NULL;
  guint good, corrupt, all;

  g_autoptr (AcRecording) recording = fixture_open (&self->base, TEST_LESSON);
  count_reads (recording, &all, &corrupt);
  g_assert_cmpuint (corrupt, ==, 0);
  g_clear_pointer (&recording, ac_recording_unref);
  if (finished)
    store (mark, "slots 25\n", 9);

  flip (index, UNIT * (1 + 4) + 3); /* a record */
  flip (media, 10);                 /* a part's bytes */
  flip (header, 20);                /* a header */
  guint64 before = folder_fingerprint (self->folder);
  recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, N_SLOTS);
  count_reads (recording, &good, &corrupt);
  g_assert_cmpuint (corrupt, ==, 2);
  g_assert_cmpuint (good, >=, all - 2);
  /* Whole segments: what lost a part is corrupt, the others are not. */
  g_assert_null (ac_recording_read (recording, "v480", 1, 1, -1, &error));
  test_assert_code (error, CORRUPT);
  g_autoptr (GBytes) next = ac_recording_read (recording, "v480", 1, 2, -1, NULL);
  g_assert_nonnull (next);
  if (finished) {
    g_assert_cmpuint (folder_fingerprint (self->folder), ==, before);
    return;
  }
  test_record (recording, N_TRACKS, 3);
  g_assert_null (ac_recording_error (recording));
  g_clear_pointer (&recording, ac_recording_unref);
  recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, N_SLOTS + 3);
}

/* The same records lost in all tracks: nobody knows of the slot any more. */
static void
test_slot_lost_in_all_tracks (Torn *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = NULL;
  AcSlotInfo info;

  for (guint i = 0; i < N_TRACKS; i++) {
    g_autofree gchar *index = file_path (self->folder, tracks[i], 0, "index");
    flip (index, UNIT * (1 + 4));  /* part 1 of segment 1 */
    flip (index, UNIT * (1 + 11)); /* the end of segment 3 */
  }
  recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, N_SLOTS - 2);
  for (guint64 msn = 0; msn < 8; msn++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes =
        ac_recording_read (recording, "v720", 1, msn, -1, &error);
    if (msn == 1 || msn == 3)
      test_assert_code (error, CORRUPT);
    else
      g_assert_true (bytes != NULL || g_error_matches (error, AC_RECORDINGS_ERROR,
                                                       AC_RECORDINGS_ERROR_NOT_FOUND));
  }
  g_assert_true (ac_recording_get_slot (recording, 4, &info));
  g_assert_cmpuint (info.part, ==, 2);
  test_record (recording, N_TRACKS, 3);
  g_assert_null (ac_recording_error (recording));
}

static void
test_finished_is_not_touched (Torn *self, gconstpointer data)
{
  g_autofree gchar *mark = g_build_filename (self->folder, AC_FINISHED_NAME, NULL);
  g_autofree gchar *temporary =
      g_build_filename (self->folder, "x" AC_DISK_TEMPORARY, NULL);
  guint good, corrupt;

  store (mark, "slots 25\n", 9);
  store (temporary, "x", 1);
  for (guint i = 0; i < N_TRACKS; i++) {
    g_autofree gchar *media = file_path (self->folder, tracks[i], 0, "media");
    tear_file (media, &self->media[i], self->media[i].size - 5, TEAR_CUT);
  }
  guint64 before = folder_fingerprint (self->folder);
  g_autoptr (AcRecording) recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, N_SLOTS);
  count_reads (recording, &good, &corrupt);
  g_assert_cmpuint (corrupt, >=, N_TRACKS);
  g_assert_cmpuint (good, >, 50);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (&self->base);
  g_assert_cmpuint (folder_fingerprint (self->folder), ==, before);
}

static void
test_foreign_files (Torn *self, gconstpointer data)
{
  static const gchar *const names[] = {
    "poster.jpg",     "v720-0000.index",
    "V720-000.index", "v720-00a.media",
    "epoch-01.gv",    "epoch-0.gv",
    "epoch-99999.gv", "-000.index",
    "notes.txt",      "abcdefghijklmnop-000.index"
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (self->folder, names[i], NULL);
    store (path, "x", 1);
  }
  g_autoptr (AcRecording) recording = fixture_open (&self->base, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, N_SLOTS);
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (self->folder, names[i], NULL);
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

static void
test_special_files (Torn *self, gconstpointer data)
{
  g_autofree gchar *index = file_path (self->folder, "v720", 0, "index");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (index), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", index), ==, 0);
  g_assert_null (
      ac_recordings_open (self->base.recordings, TEST_LESSON, FALSE, &error));
  test_assert_code (error, IO);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (index), ==, 0);
  g_assert_cmpint (mkfifo (index, 0600), ==, 0);
  g_assert_null (
      ac_recordings_open (self->base.recordings, TEST_LESSON, FALSE, &error));
  test_assert_code (error, CORRUPT);
}

static void
test_newer_release (Torn *self, gconstpointer data)
{
  g_autofree gchar *path = file_path (self->folder, "v720", 0, "index");
  g_autofree gchar *index = g_memdup2 (self->index[0].data, self->index[0].size);
  g_autoptr (GError) error = NULL;

  index[8] = AC_INDEX_VERSION + 1;
  guint32 crc = GUINT32_TO_LE (ac_index_checksum (0, index, 60));
  memcpy (index + 60, &crc, 4);
  store (path, index, self->index[0].size);
  guint64 before = folder_fingerprint (self->folder);
  g_assert_null (
      ac_recordings_open (self->base.recordings, TEST_LESSON, FALSE, &error));
  test_assert_code (error, CORRUPT);
  g_assert_cmpuint (folder_fingerprint (self->folder), ==, before);
}

#define ADD(path, function, data)                                                      \
  g_test_add ("/recovery/" path, Torn, GINT_TO_POINTER (data), torn_set_up, function,  \
              torn_tear_down)
#define ADD_PLAIN(path, function)                                                      \
  g_test_add ("/recovery/" path, Fixture, NULL, fixture_set_up, function,              \
              fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (no_log, NULL, NULL);

  ADD ("media-cut", test_torn_file, TEAR_CUT);
  ADD ("media-zero", test_torn_file, TEAR_ZERO);
  ADD ("media-garbage", test_torn_file, TEAR_GARBAGE);
  ADD ("index-cut", test_torn_file, N_TEARS + TEAR_CUT);
  ADD ("index-zero", test_torn_file, N_TEARS + TEAR_ZERO);
  ADD ("index-garbage", test_torn_file, N_TEARS + TEAR_GARBAGE);
  ADD ("torn-everywhere", test_torn_everywhere, 0);
  ADD ("hole-in-last-segment", test_hole_in_last_segment, 0);
  ADD ("missing-files", test_missing_files, 0);
  ADD_PLAIN ("hour-file-missing", test_hour_file_missing);
  ADD_PLAIN ("epoch-without-slots", test_epoch_without_slots);
  ADD_PLAIN ("epoch-lost", test_epoch_lost);
  ADD ("damage-in-the-middle", test_damage_in_the_middle, FALSE);
  ADD ("damage-in-a-finished-lesson", test_damage_in_the_middle, TRUE);
  ADD ("slot-lost-in-all-tracks", test_slot_lost_in_all_tracks, 0);
  ADD ("finished-is-not-touched", test_finished_is_not_touched, 0);
  ADD ("foreign-files", test_foreign_files, 0);
  ADD ("special-files", test_special_files, 0);
  ADD ("newer-release", test_newer_release, 0);
  return g_test_run ();
}
