#include "lesson_media.h"

static void
assert_set (AcLessonMedia *media, const gchar *expected)
{
  g_autoptr (AcIntervalSet) set = ac_lesson_media_snapshot (media);
  g_autofree gchar *text = ac_interval_set_to_text (set);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_grows (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (0, "");

  g_assert_false (ac_lesson_media_is_dirty (media));
  g_assert_true (ac_lesson_media_publish (media, 0, 640, TRUE));
  g_assert_true (ac_lesson_media_publish (media, 640, 640, TRUE));
  g_assert_true (ac_lesson_media_publish (media, 1280, 640, FALSE));
  g_assert_true (ac_lesson_media_publish (media, 1920, 640, TRUE));
  g_assert_cmpint (ac_lesson_media_length_ms (media), ==, 2560);
  g_assert_cmpint (ac_lesson_media_creditable_ms (media), ==, 1920);
  assert_set (media, "0-1280,1920-2560");
}

/* A restart publishes again what the recording holds: nothing changes. */
static void
test_again (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (2560, "0-1280,1920-2560");

  g_assert_true (ac_lesson_media_publish (media, 0, 640, TRUE));
  g_assert_true (ac_lesson_media_publish (media, 1280, 640, FALSE));
  g_assert_false (ac_lesson_media_is_dirty (media));
  assert_set (media, "0-1280,1920-2560");
}

/* What a crash lost may come back as slate. */
static void
test_last_word (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (2560, "0-2560");

  g_assert_true (ac_lesson_media_publish (media, 1920, 640, FALSE));
  g_assert_true (ac_lesson_media_is_dirty (media));
  assert_set (media, "0-1920");
  g_assert_cmpint (ac_lesson_media_length_ms (media), ==, 2560);
}

static void
test_snapshot_stays (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (0, "");
  g_autoptr (AcIntervalSet) before = NULL;
  g_autoptr (AcIntervalSet) after = NULL;

  ac_lesson_media_publish (media, 0, 640, TRUE);
  before = ac_lesson_media_snapshot (media);
  ac_lesson_media_publish (media, 640, 640, TRUE);
  after = ac_lesson_media_snapshot (media);
  g_assert_cmpint (ac_interval_set_measure (before), ==, 640);
  g_assert_cmpint (ac_interval_set_measure (after), ==, 1280);
}

static void
test_refused (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (0, "what?");

  g_assert_false (ac_lesson_media_publish (media, -1, 640, TRUE));
  g_assert_false (ac_lesson_media_publish (media, 0, 0, TRUE));
  g_assert_false (ac_lesson_media_publish (media, 0, -640, TRUE));
  g_assert_false (ac_lesson_media_publish (media, G_MAXINT64 - 1, 640, TRUE));
  g_assert_false (ac_lesson_media_publish (media, 1, G_MAXINT64, TRUE));
  g_assert_false (ac_lesson_media_is_dirty (media));
  assert_set (media, "");
}

static void
test_saved (void)
{
  g_autoptr (AcLessonMedia) media = ac_lesson_media_new (0, "");

  ac_lesson_media_publish (media, 0, 640, TRUE);
  ac_lesson_media_saved (media, 77);
  g_assert_false (ac_lesson_media_is_dirty (media));
  g_assert_cmpint (ac_lesson_media_saved_ms (media), ==, 77);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lesson-media/grows", test_grows);
  g_test_add_func ("/lesson-media/again", test_again);
  g_test_add_func ("/lesson-media/last-word", test_last_word);
  g_test_add_func ("/lesson-media/snapshot-stays", test_snapshot_stays);
  g_test_add_func ("/lesson-media/refused", test_refused);
  g_test_add_func ("/lesson-media/saved", test_saved);
  return g_test_run ();
}
