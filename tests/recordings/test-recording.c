/* test-recording.c - appending to a recording and reading it. */
#include "fixture.h"

#include "recording_private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
assert_read_code (AcRecording *recording, const gchar *track, guint32 epoch,
                  guint64 msn, gint part, gint code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      ac_recording_read (recording, track, epoch, msn, part, &error);

  g_assert_null (bytes);
  g_assert_error (error, AC_RECORDINGS_ERROR, code);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  AcSlotInfo info;

  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 0);
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 0);
  g_assert_false (ac_recording_get_slot (recording, 0, &info));
  g_assert_null (ac_recording_get_epoch (recording, 0));
  g_assert_null (ac_recording_get_epoch (recording, 1));
  g_assert_null (ac_recording_error (recording));
  g_assert_false (ac_recording_is_finished (recording));
  assert_read_code (recording, "v720", 1, 0, 0, AC_RECORDINGS_ERROR_NOT_FOUND);
}

static void
test_append_and_read (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 5, 100);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 100);
  test_check_all (recording);
  test_record (recording, 3, 20); /* another ladder */
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 120);
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 2);
  test_check_all (recording);
}

static void
test_reopen (Fixture *self, gconstpointer data)
{
  for (guint round = 0; round < 4; round++) {
    g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, round * 11);
    test_check_all (recording);
    test_record (recording, 2 + round, 11);
    test_check_all (recording);
    g_clear_pointer (&recording, ac_recording_unref);
    fixture_restart (self);
  }
}

static void
test_epoch_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 1);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) expected = test_epoch_new (1, 0, 0, 3);
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, 1);
  g_autoptr (GVariant) a = g_variant_ref_sink (ac_media_epoch_to_variant (expected));
  g_autoptr (GVariant) b = g_variant_ref_sink (ac_media_epoch_to_variant (epoch));
  g_assert_true (g_variant_equal (a, b));
}

static void
test_goes_on_in_epoch (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 4); /* ends in the middle of segment 1 */
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, 1);
  test_append (recording, epoch, 0, 4, 5);
  ac_recording_flush (recording);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 9);
  test_check_all (recording);
}

static void
test_shared (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) a = fixture_open (self, TEST_LESSON);
  g_autoptr (AcRecording) b = fixture_open (self, TEST_LESSON);
  g_autoptr (AcRecording) other = fixture_open (self, TEST_LESSON + 1);

  g_assert_true (a == b);
  g_assert_true (a != other);
}

static void
test_open_elsewhere (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcRecordings) elsewhere = ac_recordings_new (self->root, 1, NULL);
  g_autoptr (GError) error = NULL;

  test_record (recording, 2, 3);
  g_assert_null (ac_recordings_open (elsewhere, TEST_LESSON, FALSE, &error));
  test_assert_code (error, IO);
  g_assert_true (ac_recording_finish (recording, NULL));
  ac_recording_flush (recording);
  g_autoptr (AcRecording) reader =
      ac_recordings_open (elsewhere, TEST_LESSON, FALSE, NULL);
  g_assert_nonnull (reader);
  test_check_all (reader);
}

static void
test_open_not_found (Fixture *self, gconstpointer data)
{
  static const struct {
    gint64 lesson;
    gboolean create;
  } cases[] = { { 99, FALSE }, { 0, TRUE }, { -5, TRUE }, { G_MININT64, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (ac_recordings_open (self->recordings, cases[i].lesson,
                                       cases[i].create, &error));
    test_assert_code (error, NOT_FOUND);
  }
}

static void
test_open_not_a_folder (Fixture *self, gconstpointer data)
{
  g_autofree gchar *file = g_build_filename (self->root, "7", NULL);
  g_autofree gchar *link = g_build_filename (self->root, "8", NULL);

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_cmpint (symlink ("/tmp", link), ==, 0);
  for (gint64 lesson = 7; lesson <= 8; lesson++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (ac_recordings_open (self->recordings, lesson, TRUE, &error));
    test_assert_code (error, IO);
  }
}

static void
test_root_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_recordings_new ("/dev/null/archive", 1, &error));
  test_assert_code (error, IO);
}

static void
test_read_not_found (Fixture *self, gconstpointer data)
{
  static const struct {
    const gchar *track;
    guint32 epoch;
    guint64 msn;
    gint part;
  } cases[] = {
    { "v999", 1, 0, 0 },           { "", 1, 0, 0 },      { "../7/v720", 1, 0, 0 },
    { "v720-000", 1, 0, 0 },       { "v720", 0, 0, 0 },  { "v720", 2, 0, 0 },
    { "v720", G_MAXUINT32, 0, 0 }, { "v720", 1, 4, 0 },  { "v720", 1, G_MAXUINT64, 0 },
    { "v720", 1, 0, 3 },           { "v720", 1, 0, -2 }, { "v720", 1, 0, G_MININT },
    { "v720", 1, 0, G_MAXINT },    { "v720", 1, 3, 1 },
  };
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 10);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read_code (recording, cases[i].track, cases[i].epoch, cases[i].msn,
                      cases[i].part, AC_RECORDINGS_ERROR_NOT_FOUND);
}

/* An address names the same bytes for ever, so a segment that still grows has none. */
static void
test_growing_segment (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);

  test_record (recording, 3, 4);
  assert_read_code (recording, "audio", 1, 1, -1, AC_RECORDINGS_ERROR_NOT_FOUND);
  test_record (recording, 3, 0); /* another epoch closes it */
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = ac_recording_read (recording, "audio", 1, 1, -1, &error);
  g_autoptr (GBytes) part = test_part_new (2, 1, 1, 0);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (whole, part));
}

static void
test_finish (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  g_autoptr (GError) error = NULL;

  test_record (recording, 3, 5);
  g_assert_true (ac_recording_finish (recording, NULL));
  g_assert_true (ac_recording_finish (recording, NULL));
  ac_recording_flush (recording);
  g_assert_true (ac_recording_is_finished (recording));
  epoch = ac_recording_get_epoch (recording, 1);
  g_autoptr (AcSlot) slot = test_slot_new (epoch, 0, 5);
  g_assert_false (ac_recording_append (recording, slot, &error));
  test_assert_code (error, IO);

  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  g_assert_true (ac_recording_is_finished (recording));
  g_assert_true (ac_recording_finish (recording, NULL));
  g_assert_false (ac_recording_append (recording, slot, NULL));
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 5);
  test_check_all (recording);
  g_autoptr (GBytes) last = ac_recording_read (recording, "audio", 1, 1, -1, NULL);
  g_assert_nonnull (last); /* its last segment is short, and closed */
}

/* --- Refused slots and epochs ---------------------------------------------------- */

typedef struct {
  const gchar *what;
  guint32 epoch, part;
  guint64 msn, start;
  guint32 duration, n_parts;
} Refused;

static void
test_slot_refused (Fixture *self, gconstpointer data)
{
  /* Behind slot 1/1.0, which started at 3 slots. */
  const guint64 start = 4 * TEST_SLOT_TICKS;
  const Refused cases[] = {
    { "the same again", 1, 0, 1, 3 * TEST_SLOT_TICKS, 1, 3 },
    { "an earlier segment", 1, 0, 0, start, 1, 3 },
    { "a part left out", 1, 2, 1, start, 1, 3 },
    { "a segment without its first part", 1, 1, 2, start, 1, 3 },
    { "an epoch that was not begun", 2, 0, 2, start, 1, 3 },
    { "no epoch", 0, 0, 2, start, 1, 3 },
    { "back in time", 1, 1, 1, start - 2 * TEST_SLOT_TICKS, 1, 3 },
    { "of no length", 1, 1, 1, start, 0, 3 },
    { "too long", 1, 1, 1, start, G_MAXUINT32, 3 },
    { "too late", 1, 0, 2, 1000 * AC_TICKS_PER_HOUR, 1, 3 },
    { "too few tracks", 1, 1, 1, start, 1, 2 },
    { "too many tracks", 1, 1, 1, start, 1, 4 },
    { "a segment number out of range", 1, 0, G_MAXUINT64, start, 1, 3 },
  };
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  test_record (recording, 3, 4);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Refused *c = &cases[i];
    g_autoptr (GError) error = NULL;
    AcSlot fields = { .epoch = c->epoch,
                      .part = c->part,
                      .msn = c->msn,
                      .start = c->start,
                      .duration = c->duration,
                      .n_parts = c->n_parts,
                      .parts = { bytes, bytes, bytes, bytes } };
    g_autoptr (AcSlot) slot = ac_slot_new (&fields);
    g_test_message ("%s", c->what);
    g_assert_false (ac_recording_append (recording, slot, &error));
    test_assert_code (error, CORRUPT);
  }
  ac_recording_flush (recording);
  g_assert_null (ac_recording_error (recording)); /* nothing of it breaks the rest */
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, 1);
  test_append (recording, epoch, 0, 4, 2);
  ac_recording_flush (recording);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 6);
  test_check_all (recording);
}

static void
test_segment_end_closes (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  AcSlot fields = { .epoch = 1,
                    .part = 3,
                    .msn = 0,
                    .start = 3 * TEST_SLOT_TICKS,
                    .duration = 1,
                    .n_parts = 2 };
  g_autoptr (AcSlot) slot = ac_slot_new (&fields);
  g_autoptr (GError) error = NULL;

  test_record (recording, 2, 3);
  g_assert_false (ac_recording_append (recording, slot, &error));
  test_assert_code (error, CORRUPT);
}

static void
assert_epoch_refused (AcRecording *recording, AcMediaEpoch *fields)
{
  g_autoptr (AcMediaEpoch) epoch = ac_media_epoch_new (fields);
  g_autoptr (GError) error = NULL;

  g_assert_false (ac_recording_begin_epoch (recording, epoch, &error));
  test_assert_code (error, CORRUPT);
}

static void
test_epoch_refused (Fixture *self, gconstpointer data)
{
  static const gchar *const names[] = { "",      "../v720", "v/720", "V720",
                                        "v720.", "v 1",     "audio" /* twice */ };
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) good = test_epoch_new (2, 2, 4 * TEST_SLOT_TICKS, 3);
  AcMediaEpoch fields;

  test_record (recording, 3, 4);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    fields = *good;
    g_strlcpy (fields.tracks[0].name, names[i], sizeof fields.tracks[0].name);
    assert_epoch_refused (recording, &fields);
  }
  fields = *good;
  memset (fields.tracks[0].name, 'a', sizeof fields.tracks[0].name);
  assert_epoch_refused (recording, &fields);
  fields = *good;
  fields.number = 1;
  assert_epoch_refused (recording, &fields);
  fields.number = AC_RECORDINGS_MAX_EPOCHS + 1;
  assert_epoch_refused (recording, &fields);
  fields = *good;
  fields.first_msn = 1; /* in use */
  assert_epoch_refused (recording, &fields);
  fields = *good;
  fields.start = 2 * TEST_SLOT_TICKS; /* before the last slot */
  assert_epoch_refused (recording, &fields);
  fields = *good;
  fields.n_tracks = 0;
  assert_epoch_refused (recording, &fields);
  g_assert_true (ac_recording_begin_epoch (recording, good, NULL));
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 2);
}

/* --- Hours ---------------------------------------------------------------------------
 */

static void
test_hours (Fixture *self, gconstpointer data)
{
  /* A segment is 1.92 s and 3,600 s is no multiple of it: one lies across the hour. */
  const guint32 per_hour = 5625, first = per_hour - 4;
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch =
      test_epoch_new (1, 0, (guint64)first * TEST_SLOT_TICKS, 2);

  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  test_append (recording, epoch, first, first, 12);
  ac_recording_flush (recording);
  g_assert_null (ac_recording_error (recording));
  for (guint pass = 0; pass < 2; pass++) {
    static const struct {
      const gchar *name;
      guint n_records;
    } files[] = { { "v720-000.index", 6 },
                  { "audio-000.index", 6 },
                  { "v720-001.index", 6 },
                  { "audio-001.index", 6 } };
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
      g_autofree gchar *path = test_lesson_path (self, files[i].name);
      g_assert_cmpuint (test_file_size (path), ==, 64 * (1 + files[i].n_records));
    }
    for (guint64 msn = 0; msn < 4; msn++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes =
          ac_recording_read (recording, "v720", 1, msn, -1, &error);
      g_assert_no_error (error);
    }
    g_clear_pointer (&recording, ac_recording_unref);
    fixture_restart (self);
    recording = fixture_open (self, TEST_LESSON);
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, 12);
  }
}

static void
limit_file_size (gsize bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes > 0 ? (rlim_t)bytes : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* --- Limits --------------------------------------------------------------------------
 */

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean open;
  guint n_waiting, n_done, n_failed;
} Gate;

static void
gate_wait (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->n_waiting++;
  g_cond_broadcast (&gate->cond);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
gate_job (gpointer data)
{
  gate_wait (data);
}

static void
gate_open (Gate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->open = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

static void
gate_read_done (GBytes *bytes, const GError *error, gpointer user_data)
{
  Gate *gate = user_data;

  g_assert_true ((bytes != NULL) != (error != NULL));
  g_mutex_lock (&gate->lock);
  gate->n_done++;
  gate->n_failed += error != NULL;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

static void
test_append_limit (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 3);
  g_autoptr (GError) error = NULL;
  Gate gate = { 0 };

  g_assert_true (ac_job_pool_push (self->recordings->archive, gate_job, &gate));
  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  test_append (recording, epoch, 0, 0, 31); /* the helper would flush at 32 */
  test_append (recording, epoch, 0, 31, 31);
  test_append (recording, epoch, 0, 62, 2);
  /* The queue is full, but the segment was begun. */
  test_append (recording, epoch, 0, 64, 2);
  g_autoptr (AcSlot) one_too_many = test_slot_new (epoch, 0, 66);
  g_assert_false (ac_recording_append (recording, one_too_many, &error));
  test_assert_code (error, IO);
  g_clear_error (&error);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 0);
  gate_open (&gate);
  ac_recording_flush (recording);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 66);
  g_assert_null (ac_recording_error (recording));

  /* The rest of segment 22 has a hole before it; segment 23 is whole again. */
  g_autoptr (AcSlot) behind_hole = test_slot_new (epoch, 0, 67);
  g_assert_false (ac_recording_append (recording, behind_hole, &error));
  test_assert_code (error, CORRUPT);
  test_append (recording, epoch, 0, 69, 3);
  ac_recording_flush (recording);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 69);
  g_assert_false (ac_recording_holds (recording, 1, 22, 3));
  g_assert_true (ac_recording_holds (recording, 1, 23, 3));
  g_mutex_clear (&gate.lock);
}

/* --- Taken and not written yet
 * --------------------------------------------------------
 */

static void
assert_reads (AcRecording *recording, guint64 msn, guint n_parts)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint32 i = 0; i < n_parts; i++) {
    g_autoptr (GBytes) part = ac_recording_read (recording, "audio", 1, msn, i, &error);
    g_autoptr (GBytes) expected = test_part_new (2, 1, msn, i);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (part, expected));
    g_byte_array_append (whole, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
  }
  if (n_parts < TEST_PARTS)
    return;
  g_autoptr (GBytes) segment =
      ac_recording_read (recording, "audio", 1, msn, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (whole->data, whole->len, g_bytes_get_data (segment, NULL),
                   g_bytes_get_size (segment));
  g_assert_true (ac_recording_holds (recording, 1, msn, n_parts));
}

/* The archive thread stands still in the middle of a segment: everything that was taken
 * can be read, and is known; what may still grow has no bytes. */
static void
test_slow_disk (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  Gate gate = { 0 };
  AcSlotInfo info;

  test_record (recording, 3, 7); /* two segments and a part */
  ac_recording_flush (recording);
  epoch = ac_recording_get_epoch (recording, 1);
  g_assert_true (ac_job_pool_push (self->recordings->archive, gate_job, &gate));
  test_append (recording, epoch, 0, 7, 9); /* to the first part of the sixth */
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 7);
  for (guint64 msn = 0; msn < 5; msn++)
    assert_reads (recording, msn, 3);
  assert_reads (recording, 5, 1);
  assert_read_code (recording, "audio", 1, 5, -1, AC_RECORDINGS_ERROR_NOT_FOUND);
  assert_read_code (recording, "audio", 1, 5, 1, AC_RECORDINGS_ERROR_NOT_FOUND);
  g_assert_false (ac_recording_holds (recording, 1, 5, 3));
  for (guint64 nth = 0; nth < 16; nth++) {
    g_assert_true (ac_recording_get_slot (recording, nth, &info));
    g_assert_cmpuint (info.start, ==, nth * TEST_SLOT_TICKS);
    g_assert_cmpuint (info.sizes[2], >, 0);
  }
  g_assert_false (ac_recording_get_slot (recording, 16, &info));
  g_assert_true (ac_recording_finish (recording, NULL));
  assert_reads (recording, 5, 1);
  g_autoptr (GBytes) last = ac_recording_read (recording, "audio", 1, 5, -1, NULL);
  g_assert_nonnull (last); /* it was asked to end: nothing follows */
  gate_open (&gate);
  ac_recording_flush (recording);
  g_assert_true (ac_recording_is_finished (recording));
  test_check_all (recording);
}

/* A segment that never ends is not taken for ever. */
static void
test_endless_segment (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  AcSlot fields = { .epoch = 1, .duration = 1, .n_parts = 1, .parts = { bytes } };
  Gate gate = { 0 };
  gboolean taken = TRUE;

  g_assert_true (ac_job_pool_push (self->recordings->archive, gate_job, &gate));
  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  for (; taken; fields.part++) {
    g_autoptr (AcSlot) slot = ac_slot_new (&fields);
    taken = ac_recording_append (recording, slot, NULL);
  }
  g_assert_cmpuint (fields.part, ==, AC_RECORDING_MAX_TAKEN_SLOTS + 1);
  gate_open (&gate);
  ac_recording_flush (recording); /* the gate is ours */
}

static void
test_published (Fixture *self, gconstpointer data)
{
  AcRecording *recording = fixture_open (self, TEST_LESSON);
  AcPublished published;
  g_autofree gchar *path = test_lesson_path (self, "published");

  g_assert_false (ac_recording_get_published (recording, &published));
  for (guint32 i = 1; i <= 500; i++) {
    published = (AcPublished){ i / 100 + 1, i, i * 10 };
    ac_recording_note_published (recording, &published);
  }
  for (guint pass = 0; pass < 3; pass++) {
    ac_recording_unref (recording);
    fixture_restart (self);
    recording = fixture_open (self, TEST_LESSON);
    g_assert_true (ac_recording_get_published (recording, &published));
    g_assert_cmpuint (published.epoch, ==, 6);
    g_assert_cmpuint (published.next_msn, ==, 500);
    g_assert_cmpuint (published.next_start, ==, 5000);
    g_assert_cmpuint (test_file_size (path), <=, 128);
  }
  ac_recording_unref (recording);

  /* One of the two is torn: the other, an older one, holds. Another lesson's: none. */
  g_autofree gchar *text = NULL;
  gsize size;
  fixture_stop (self);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (gsize at = 0; at < size; at += 64)
    if (GUINT64_FROM_LE (*(guint64 *)(gpointer)(text + at + 32)) == 500)
      text[at + 33] ^= 1;
  g_assert_true (g_file_set_contents (path, text, (gssize)size, NULL));
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  if (ac_recording_get_published (recording, &published))
    g_assert_cmpuint (published.next_msn, <, 500);
  ac_recording_unref (recording);
}

/* What was taken and could not be written is read until the recording is closed. */
static void
test_disk_breaks (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  Gate gate = { 0 };

  test_record (recording, 3, 6);
  ac_recording_flush (recording);
  epoch = ac_recording_get_epoch (recording, 1);
  g_assert_true (ac_job_pool_push (self->recordings->archive, gate_job, &gate));
  test_append (recording, epoch, 0, 6, 6);
  limit_file_size (64);
  gate_open (&gate);
  ac_recording_flush (recording);
  limit_file_size (0);
  g_autoptr (GError) broke = ac_recording_error (recording);
  test_assert_code (broke, IO);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 6);
  for (guint64 msn = 0; msn < 4; msn++)
    assert_reads (recording, msn, 3);
}

static void
test_read_async (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  Gate gate = { 0 };

  test_record (recording, 3, 30);
  for (guint i = 0; i < 30; i++)
    ac_recording_read_async (self->recordings, recording, i % 3 ? "audio" : "nothing",
                             1, i / 3, -1, gate_read_done, &gate);
  g_mutex_lock (&gate.lock);
  while (gate.n_done < 30)
    g_cond_wait (&gate.cond, &gate.lock);
  g_mutex_unlock (&gate.lock);
  g_assert_cmpuint (gate.n_failed, ==, 10);
}

static void
test_read_limit (Fixture *self, gconstpointer data)
{
  const guint limit = AC_RECORDINGS_MAX_WAITING_READS, n_readers = 2;
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  Gate gate = { 0 }, reads = { 0 };

  test_record (recording, 3, 3);
  for (guint i = 0; i < n_readers; i++)
    g_assert_true (ac_job_pool_push (self->recordings->readers, gate_job, &gate));
  g_mutex_lock (&gate.lock);
  while (gate.n_waiting < n_readers)
    g_cond_wait (&gate.cond, &gate.lock);
  g_mutex_unlock (&gate.lock);

  for (guint i = 0; i < limit + 3; i++)
    ac_recording_read_async (self->recordings, recording, "audio", 1, 0, -1,
                             gate_read_done, &reads);
  g_mutex_lock (&reads.lock);
  g_assert_cmpuint (reads.n_done, ==, 3); /* refused, and told so at once */
  g_assert_cmpuint (reads.n_failed, ==, 3);
  g_mutex_unlock (&reads.lock);
  gate_open (&gate);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_stop (self); /* runs what waits */
  g_assert_cmpuint (reads.n_done, ==, limit + 3);
  g_assert_cmpuint (reads.n_failed, ==, 3);
}

/* Callbacks may drop the last references: here the archive ends on its own reader. */
typedef struct {
  Gate gate;
  AcRecordings *recordings;
  AcRecording *recording;
} Dropping;

static void
drop_all (GBytes *bytes, const GError *error, gpointer user_data)
{
  Dropping *dropping = user_data;

  gate_wait (&dropping->gate);
  ac_recording_unref (dropping->recording);
  ac_recordings_unref (dropping->recordings);
  gate_read_done (bytes, error, &dropping->gate);
}

static void
test_dropped_by_reader (Fixture *self, gconstpointer data)
{
  Dropping dropping = { .recordings = self->recordings,
                        .recording = fixture_open (self, TEST_LESSON) };

  test_record (dropping.recording, 3, 5);
  self->recordings = NULL;
  ac_recording_read_async (dropping.recordings, dropping.recording, "audio", 1, 0, 0,
                           drop_all, &dropping);
  gate_open (&dropping.gate);
  g_mutex_lock (&dropping.gate.lock);
  while (dropping.gate.n_done == 0)
    g_cond_wait (&dropping.gate.cond, &dropping.gate.lock);
  g_mutex_unlock (&dropping.gate.lock);
}

static void
test_archive_closed_first (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = NULL;
  g_autoptr (GError) error = NULL;

  test_record (recording, 3, 4);
  epoch = ac_recording_get_epoch (recording, 1);
  fixture_stop (self);
  g_autoptr (AcSlot) slot = test_slot_new (epoch, 0, 4);
  g_assert_false (ac_recording_append (recording, slot, &error));
  test_assert_code (error, IO);
  ac_recording_flush (recording);
  test_check_all (recording);
}

static void
test_unref_writes_queue (Fixture *self, gconstpointer data)
{
  AcRecording *recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 3);

  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  test_append (recording, epoch, 0, 0, 31);
  ac_recording_unref (recording);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_slots (recording), ==, 31);
  test_check_all (recording);
  ac_recording_unref (recording);
}

/* More lessons than the cache of open media files holds. */
static void
test_many_lessons (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ac_recording_unref);

  for (gint64 lesson = 1; lesson <= 100; lesson++) {
    AcRecording *recording = fixture_open (self, lesson);
    test_record (recording, 4, 3);
    g_assert_true (ac_recording_finish (recording, NULL));
    g_ptr_array_add (all, recording);
  }
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < all->len; i++)
      test_check_all (g_ptr_array_index (all, i));
  g_assert_cmpuint (ac_media_files_n_open (self->recordings->media_files), <=, 256);
  g_ptr_array_set_size (all, 0);
}

/* --- A disk that is full -----------------------------------------------------------
 */

static void
assert_index_size (Fixture *self, gint64 lesson, guint64 n_slots)
{
  static const gchar *const names[] = { "v720", "v480", "audio" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_strdup_printf ("%s/%" G_GINT64_FORMAT "/%s-000.index",
                                              self->root, lesson, names[i]);
    if (n_slots > 0 || g_file_test (path, G_FILE_TEST_EXISTS))
      g_assert_cmpuint (test_file_size (path), <=, 64 * (1 + n_slots));
    if (n_slots > 0)
      g_assert_cmpuint (test_file_size (path), ==, 64 * (1 + n_slots));
  }
}

static void
test_disk_full (Fixture *self, gconstpointer data)
{
  /* Sizes at which header, media or record of some slot no longer fit, also in part. */
  for (gsize bytes = 1; bytes < 700; bytes += 13) {
    g_autoptr (AcRecording) recording = fixture_open (self, 1 + (gint64)bytes);
    g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 3);
    g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
    ac_recording_flush (recording);
    limit_file_size (bytes);
    for (guint32 nth = 0; nth < 12; nth++) {
      g_autoptr (AcSlot) slot = test_slot_new (epoch, 0, nth);
      ac_recording_append (recording, slot, NULL);
    }
    ac_recording_flush (recording);
    limit_file_size (0);

    g_autoptr (GError) broke = ac_recording_error (recording);
    test_assert_code (broke, IO);
    guint64 n = ac_recording_n_slots (recording);
    g_assert_cmpuint (n, <, 12);
    test_check_all (recording);
    assert_index_size (self, 1 + (gint64)bytes, n); /* already, before recovery */
    g_autoptr (AcSlot) slot = test_slot_new (epoch, 0, (guint32)n);
    g_autoptr (GError) error = NULL;
    g_assert_false (ac_recording_append (recording, slot, &error));
    test_assert_code (error, IO);
    g_assert_false (ac_recording_finish (recording, NULL));

    g_clear_pointer (&recording, ac_recording_unref);
    fixture_restart (self);
    recording = fixture_open (self, 1 + (gint64)bytes);
    g_assert_cmpuint (ac_recording_n_slots (recording), ==, n);
    test_record (recording, 3, 5);
    g_assert_null (ac_recording_error (recording));
    test_check_all (recording);
  }
}

static void
test_epoch_cannot_be_written (Fixture *self, gconstpointer data)
{
  g_autoptr (AcRecording) recording = fixture_open (self, TEST_LESSON);
  g_autoptr (AcMediaEpoch) epoch = test_epoch_new (1, 0, 0, 3);

  limit_file_size (20);
  g_assert_true (ac_recording_begin_epoch (recording, epoch, NULL));
  ac_recording_flush (recording);
  limit_file_size (0);
  g_autoptr (GError) error = ac_recording_error (recording);
  test_assert_code (error, IO);
  g_clear_pointer (&recording, ac_recording_unref);
  fixture_restart (self);
  recording = fixture_open (self, TEST_LESSON);
  g_assert_cmpuint (ac_recording_n_epochs (recording), ==, 0);
}

#define ADD(path, function)                                                            \
  g_test_add ("/recording/" path, Fixture, NULL, fixture_set_up, function,             \
              fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGXFSZ, SIG_IGN); /* a write beyond RLIMIT_FSIZE then fails with EFBIG */

  ADD ("empty", test_empty);
  ADD ("append-and-read", test_append_and_read);
  ADD ("reopen", test_reopen);
  ADD ("epoch-kept", test_epoch_kept);
  ADD ("goes-on-in-epoch", test_goes_on_in_epoch);
  ADD ("shared", test_shared);
  ADD ("open-elsewhere", test_open_elsewhere);
  ADD ("open-not-found", test_open_not_found);
  ADD ("open-not-a-folder", test_open_not_a_folder);
  g_test_add_func ("/recording/root-errors", test_root_errors);
  ADD ("read-not-found", test_read_not_found);
  ADD ("growing-segment", test_growing_segment);
  ADD ("finish", test_finish);
  ADD ("slot-refused", test_slot_refused);
  ADD ("segment-end-closes", test_segment_end_closes);
  ADD ("epoch-refused", test_epoch_refused);
  ADD ("hours", test_hours);
  ADD ("append-limit", test_append_limit);
  ADD ("slow-disk", test_slow_disk);
  ADD ("endless-segment", test_endless_segment);
  ADD ("published", test_published);
  ADD ("disk-breaks", test_disk_breaks);
  ADD ("read-async", test_read_async);
  ADD ("read-limit", test_read_limit);
  ADD ("dropped-by-reader", test_dropped_by_reader);
  ADD ("archive-closed-first", test_archive_closed_first);
  ADD ("unref-writes-queue", test_unref_writes_queue);
  ADD ("many-lessons", test_many_lessons);
  ADD ("disk-full", test_disk_full);
  ADD ("epoch-cannot-be-written", test_epoch_cannot_be_written);
  return g_test_run ();
}
