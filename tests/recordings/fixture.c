/* fixture.c - an archive in a folder of its own, and a lesson to keep in it. */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gchar *
test_folder_new (void)
{
  /* Torn files are tried by the thousand: in memory fdatasync costs nothing. */
  const gchar *parent =
      g_access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();
  g_autofree gchar *folder = g_build_filename (parent, "airclass-test-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (folder));
  return g_steal_pointer (&folder);
}

void
test_folder_remove (const gchar *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const gchar *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR) &&
        !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      test_folder_remove (path);
    else
      g_unlink (path);
  }
  g_rmdir (folder);
}

void
test_folder_copy (const gchar *from, const gchar *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);

  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (to, 0750), ==, 0);
  for (const gchar *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *source = g_build_filename (from, name, NULL);
    g_autofree gchar *target = g_build_filename (to, name, NULL);
    g_autofree gchar *data = NULL;
    gsize size;
    g_assert_true (g_file_get_contents (source, &data, &size, NULL));
    g_assert_true (g_file_set_contents_full (target, data, (gssize)size,
                                             G_FILE_SET_CONTENTS_NONE, 0640, NULL));
  }
}

gsize
test_file_size (const gchar *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return (gsize)status.st_size;
}

static void
start (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->recordings = ac_recordings_new (self->root, 2, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->root = test_folder_new ();
  start (self);
}

void
fixture_stop (Fixture *self)
{
  g_clear_pointer (&self->recordings, ac_recordings_unref);
}

void
fixture_restart (Fixture *self)
{
  fixture_stop (self);
  start (self);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  fixture_stop (self);
  test_folder_remove (self->root);
  g_free (self->root);
}

AcRecording *
fixture_open (Fixture *self, gint64 lesson)
{
  g_autoptr (GError) error = NULL;
  AcRecording *recording = ac_recordings_open (self->recordings, lesson, TRUE, &error);

  g_assert_no_error (error);
  return recording;
}

gchar *
test_lesson_path (Fixture *self, const gchar *name)
{
  g_autofree gchar *lesson = g_strdup_printf ("%d", TEST_LESSON);
  return g_build_filename (self->root, lesson, name, NULL);
}

AcMediaEpoch *
test_epoch_new (guint32 number, guint64 first_msn, guint64 start_ticks, guint n_tracks)
{
  static const gchar *const names[] = { "v720", "v480", "v360", "v240",
                                        "v180", "v120", "v90" };
  AcMediaEpoch fields = {
    .number = number,
    .wall_start_ms = 1700000000000 + number,
    .start = start_ticks,
    .first_msn = first_msn,
    .slot_duration = TEST_SLOT_TICKS,
    .slots_per_segment = TEST_PARTS,
    .n_tracks = n_tracks,
  };
  g_autoptr (GBytes) init = g_bytes_new_static ("ftypmoov", 8);

  for (guint i = 0; i < n_tracks; i++) {
    gboolean audio = i == n_tracks - 1;
    AcTrack *track = &fields.tracks[i];
    *track = (AcTrack){
      .kind = audio ? AC_TRACK_AUDIO : AC_TRACK_VIDEO,
      .timescale = audio ? 48000 : 90000,
      .width = audio ? 0 : 1280 >> i,
      .height = audio ? 0 : 720 >> i,
      .frames_per_1000s = audio ? 0 : 25000,
      .channels = audio ? 1 : 0,
      .target_bps = 48000,
      .init = init,
    };
    g_strlcpy (track->name, audio ? "audio" : names[i], sizeof track->name);
    g_strlcpy (track->codecs, audio ? "mp4a.40.2" : "avc1.64001f",
               sizeof track->codecs);
  }
  return ac_media_epoch_new (&fields);
}

/* Marsaglia's xorshift32, never 0. */
static guint32
next_random (guint32 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

GBytes *
test_part_new (guint track, guint32 epoch, guint64 msn, guint32 part)
{
  guint32 state = 0x9e3779b9 ^ track << 28 ^ epoch << 20 ^ (guint32)msn << 8 ^ part;

  for (guint i = 0; i < 3; i++)
    next_random (&state);
  gsize size = 1 + next_random (&state) % 96;
  if (next_random (&state) % 16 == 0)
    return NULL;
  guint8 *data = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(1 + next_random (&state) % 255);
  return g_bytes_new_take (data, size);
}

AcSlot *
test_slot_new (const AcMediaEpoch *epoch, guint32 first, guint32 nth)
{
  guint32 in_epoch = nth - first;
  AcSlot fields = {
    .epoch = epoch->number,
    .part = in_epoch % TEST_PARTS,
    .msn = epoch->first_msn + in_epoch / TEST_PARTS,
    .start = (guint64)nth * TEST_SLOT_TICKS,
    .duration = TEST_SLOT_TICKS,
    .wall_ms = 1700000000000 + (gint64)nth * 640,
    .n_parts = epoch->n_tracks,
  };

  if (fields.part == 0)
    fields.flags |= AC_SLOT_SEGMENT_START;
  if (fields.part == TEST_PARTS - 1)
    fields.flags |= AC_SLOT_SEGMENT_END;
  for (guint i = 0; i < fields.n_parts; i++)
    fields.parts[i] = test_part_new (i, fields.epoch, fields.msn, fields.part);
  AcSlot *slot = ac_slot_new (&fields);
  for (guint i = 0; i < fields.n_parts; i++)
    g_clear_pointer (&fields.parts[i], g_bytes_unref);
  return slot;
}

void
test_append (AcRecording *recording, const AcMediaEpoch *epoch, guint32 first,
             guint32 nth, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (AcSlot) slot = test_slot_new (epoch, first, nth + i);
    g_autoptr (GError) error = NULL;
    if (i % 32 == 31)
      ac_recording_flush (recording); /* the queue is bounded */
    ac_recording_append (recording, slot, &error);
    g_assert_no_error (error);
  }
}

void
test_record (AcRecording *recording, guint n_tracks, guint n)
{
  guint32 nth = (guint32)ac_recording_n_slots (recording);
  guint64 first_msn = 0;
  g_autoptr (GError) error = NULL;
  AcSlotInfo last;

  if (nth > 0 && ac_recording_get_slot (recording, nth - 1, &last))
    first_msn = last.msn + 1, nth = (guint32)(last.start / TEST_SLOT_TICKS) + 1;
  g_autoptr (AcMediaEpoch) epoch =
      test_epoch_new (ac_recording_n_epochs (recording) + 1, first_msn,
                      (guint64)nth * TEST_SLOT_TICKS, n_tracks);
  ac_recording_begin_epoch (recording, epoch, &error);
  g_assert_no_error (error);
  test_append (recording, epoch, nth, nth, n);
  ac_recording_flush (recording);
}

void
test_check_slot (AcRecording *recording, guint64 nth)
{
  AcSlotInfo info;

  g_assert_true (ac_recording_get_slot (recording, nth, &info));
  g_assert_cmpuint (info.start, ==, nth * TEST_SLOT_TICKS);
  g_assert_cmpint (info.wall_ms, ==, 1700000000000 + (gint64)nth * 640);
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, info.epoch);
  g_assert_nonnull (epoch);
  for (guint i = 0; i < epoch->n_tracks; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) expected = test_part_new (i, info.epoch, info.msn, info.part);
    g_autoptr (GBytes) bytes =
        ac_recording_read (recording, epoch->tracks[i].name, info.epoch, info.msn,
                           (gint)info.part, &error);
    if (expected == NULL) {
      test_assert_code (error, NOT_FOUND);
      g_assert_cmpuint (info.sizes[i], ==, 0);
      continue;
    }
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (bytes, expected));
    g_assert_cmpuint (info.sizes[i], ==, g_bytes_get_size (bytes));
  }
}

static void
check_segment (AcRecording *recording, const AcSlotInfo *last)
{
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, last->epoch);

  for (guint i = 0; i < epoch->n_tracks; i++) {
    g_autoptr (GByteArray) expected = g_byte_array_new ();
    for (guint32 part = 0; part <= last->part; part++) {
      g_autoptr (GBytes) bytes = test_part_new (i, last->epoch, last->msn, part);
      if (bytes != NULL)
        g_byte_array_append (expected, g_bytes_get_data (bytes, NULL),
                             (guint)g_bytes_get_size (bytes));
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = ac_recording_read (recording, epoch->tracks[i].name,
                                                  last->epoch, last->msn, -1, &error);
    if (expected->len == 0) {
      test_assert_code (error, NOT_FOUND);
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                     expected->data, expected->len);
  }
}

void
test_check_all (AcRecording *recording)
{
  guint64 n = ac_recording_n_slots (recording);
  AcSlotInfo info = { 0 }, next;

  for (guint64 i = 0; i < n; i++) {
    test_check_slot (recording, i);
    g_assert_true (ac_recording_get_slot (recording, i, &info));
    if ((info.flags & AC_SLOT_SEGMENT_END) ||
        (ac_recording_get_slot (recording, i + 1, &next) && next.msn != info.msn))
      check_segment (recording, &info);
  }
}
