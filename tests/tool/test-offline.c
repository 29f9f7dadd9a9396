/* test-offline.c - ending a lesson that a killed daemon left behind. */
#include "data_dir.h"
#include "offline.h"
#include "recordings.h"
#include "school.h"

#define SLOT_TICKS 57600
#define N_SLOTS 6

typedef struct {
  School school; /* closed while the tool acts */
  gint64 lesson;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  school_open (&f->school);
  g_assert_true (ac_data_dir_prepare (f->school.dir, NULL));
  f->lesson = school_add_lesson (&f->school, "x", NULL);
  school_start_lesson (&f->school, f->lesson);
  ac_classroom_media_published (f->school.classroom, f->lesson, 0, 640, TRUE);
  school_settle (&f->school);
  school_pause (&f->school);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  school_close (&f->school);
}

static AcMediaEpoch *
new_epoch (void)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  AcMediaEpoch fields = {
    .number = 1,
    .wall_start_ms = 1,
    .slot_duration = SLOT_TICKS,
    .slots_per_segment = 3,
    .n_tracks = 2,
    .tracks = { { .name = "v240",
                  .kind = AC_TRACK_VIDEO,
                  .timescale = 90000,
                  .width = 424,
                  .height = 240,
                  .frames_per_1000s = 25000,
                  .target_bps = 150000,
                  .codecs = "avc1.42c015",
                  .init = init },
                { .name = "audio",
                  .kind = AC_TRACK_AUDIO,
                  .timescale = 48000,
                  .channels = 1,
                  .target_bps = 48000,
                  .codecs = "mp4a.40.2",
                  .init = init } },
  };

  return ac_media_epoch_new (&fields);
}

/* Records N_SLOTS slots; the last one is slate. */
static void
record (Fixture *f)
{
  g_autofree gchar *root = ac_data_dir_recordings (f->school.dir);
  g_autoptr (AcRecordings) recordings = ac_recordings_new (root, 1, NULL);
  g_autoptr (AcRecording) recording =
      ac_recordings_open (recordings, f->lesson, TRUE, NULL);
  g_autoptr (AcMediaEpoch) epoch = new_epoch ();
  g_autoptr (GBytes) part = g_bytes_new_static ("part", 4);
  g_autoptr (GError) error = NULL;

  g_assert_true (ac_recording_begin_epoch (recording, epoch, &error));
  for (guint i = 0; i < N_SLOTS; i++) {
    g_autoptr (AcSlot) slot = ac_slot_new (&(AcSlot){
        .epoch = 1,
        .part = i % 3,
        .msn = i / 3,
        .start = i * SLOT_TICKS,
        .duration = SLOT_TICKS,
        .flags = (i % 3 == 0 ? AC_SLOT_SEGMENT_START : 0) |
                 (i % 3 == 2 ? AC_SLOT_SEGMENT_END : 0) |
                 (i + 1 == N_SLOTS ? AC_SLOT_NOT_CREDITABLE : 0),
        .wall_ms = 1 + i * 640,
        .n_parts = 2,
        .parts = { part, part },
    });

    g_assert_true (ac_recording_append (recording, slot, &error));
    ac_recording_flush (recording);
  }
  g_assert_no_error (error);
}

static gboolean
is_finished (Fixture *f)
{
  g_autofree gchar *root = ac_data_dir_recordings (f->school.dir);
  g_autoptr (AcRecordings) recordings = ac_recordings_new (root, 1, NULL);
  g_autoptr (AcRecording) recording =
      ac_recordings_open (recordings, f->lesson, FALSE, NULL);

  return recording != NULL && ac_recording_is_finished (recording);
}

static void
end_lesson (Fixture *f)
{
  g_autoptr (JsonObject) args = json_object_new ();
  g_auto (AcAnswer) answer = { 0 };

  json_object_set_int_member (args, "lesson", f->lesson);
  ac_offline_run (f->school.dir, "lesson-end", args, &answer);
  g_assert_false (answer.failed);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (answer.json), "state"), ==,
      "ended");
}

static AcLesson *
stored_lesson (Fixture *f)
{
  AcLesson *lesson;

  school_reopen (&f->school);
  lesson = ac_classroom_get_lesson (f->school.classroom, f->lesson);
  school_pause (&f->school);
  return lesson;
}

/* The recording knows more than the database did, and becomes a replay. */
static void
test_recorded (Fixture *f, gconstpointer unused)
{
  g_autoptr (AcLesson) lesson = NULL;

  record (f);
  g_assert_false (is_finished (f));
  end_lesson (f);
  g_assert_true (is_finished (f));
  lesson = stored_lesson (f);
  g_assert_cmpint (lesson->state, ==, AC_LESSON_ENDED);
  g_assert_cmpint (lesson->length_ms, ==, N_SLOTS * 640);
  g_assert_cmpint (lesson->creditable_ms, ==, (N_SLOTS - 1) * 640);
  end_lesson (f);
}

static void
test_not_recorded (Fixture *f, gconstpointer unused)
{
  g_autoptr (AcLesson) lesson = NULL;

  end_lesson (f);
  g_assert_false (is_finished (f));
  lesson = stored_lesson (f);
  g_assert_cmpint (lesson->length_ms, ==, 640);
}

/* A crash between the end of the lesson and of its recording is mended by asking again.
 */
static void
test_end_again (Fixture *f, gconstpointer unused)
{
  record (f);
  school_reopen (&f->school);
  school_end_lesson (&f->school, f->lesson);
  school_pause (&f->school);
  g_assert_false (is_finished (f));
  end_lesson (f);
  g_assert_true (is_finished (f));
}

static void
test_locked (Fixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) args = json_object_new ();
  g_auto (AcAnswer) answer = { 0 };

  school_reopen (&f->school);
  ac_offline_run (f->school.dir, "lesson-list", args, &answer);
  g_assert_true (answer.failed);
  g_assert_true (answer.locked);
}

#define ADD(name, func)                                                                \
  g_test_add ("/offline/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("recorded", test_recorded);
  ADD ("not-recorded", test_not_recorded);
  ADD ("end-again", test_end_again);
  ADD ("locked", test_locked);
  return g_test_run ();
}
