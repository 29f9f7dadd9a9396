#include "lesson_maker.h"
#include "snapshot.h"

#include <string.h>

static gchar *
manifest (LessonMaker *maker)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (maker->window);
  g_autoptr (GBytes) text = ac_snapshot_manifest (snapshot, FALSE);

  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

static void
assert_has (const gchar *text, const gchar *what)
{
  if (strstr (text, what) == NULL)
    g_error ("%s\nis not in\n%s", what, text);
}

static void
assert_lacks (const gchar *text, const gchar *what)
{
  if (strstr (text, what) != NULL)
    g_error ("%s\nis in\n%s", what, text);
}

static void
test_live (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 5);
  lesson_maker_add_slots (maker, 2); /* not whole: not listed */
  text = manifest (maker);
  assert_has (text,
              " type=\"dynamic\" availabilityStartTime=\"2026-01-01T00:00:00.000Z\""
              " publishTime=\"2026-01-01T00:00:09.600Z\""
              " minimumUpdatePeriod=\"PT1.00000S\""
              " suggestedPresentationDelay=\"PT8.00000S\"");
  assert_has (text, "<Period id=\"1\" start=\"PT0.00000S\">");
  assert_has (text, "<Representation id=\"v360\"");
  assert_has (text, "codecs=\"avc1.64001f\" width=\"640\" height=\"360\" sar=\"1:1\" "
                    "frameRate=\"25\"");
  assert_has (text, "audioSamplingRate=\"48000\"><AudioChannelConfiguration");
  assert_has (text, "timescale=\"90000\" presentationTimeOffset=\"0\" "
                    "initialization=\"$RepresentationID$/1/init.mp4\" "
                    "media=\"$RepresentationID$/1/t$Time$.m4s\"><SegmentTimeline>"
                    "<S t=\"0\" d=\"172800\" r=\"4\"/></SegmentTimeline>");
  assert_has (text, "urn:mpeg:dash:utc:http-head:2014");
  assert_lacks (text, "mediaPresentationDuration");
}

/* A missing S where a track has a gap; the others have it. */
static void
test_gaps (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *left_out = NULL, *back = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  maker->gaps = 1; /* v720 */
  lesson_maker_add_segments (maker, 2);
  left_out = manifest (maker);
  assert_lacks (left_out, "\"v720\""); /* it is not offered now */
  maker->gaps = 0;
  lesson_maker_add_segments (maker, 3);
  back = manifest (maker);
  assert_has (back, "<S t=\"0\" d=\"172800\" r=\"1\"/><S t=\"691200\" d=\"172800\" "
                    "r=\"2\"/>");
  assert_has (back, "<S t=\"0\" d=\"172800\" r=\"6\"/>");
}

/* Live, the time when nothing ran lies between Periods; a replay has none. */
static void
test_epochs (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) replay = NULL;
  g_autofree gchar *live = NULL, *ended = NULL, *again = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 3);
  lesson_maker_add_short_slot (maker, 18000);
  lesson_maker_begin_epoch (maker, 30, "v360,audio"); /* after 5 s of nothing */
  lesson_maker_add_segments (maker, 1);
  live = manifest (maker);
  assert_has (live, "<Period id=\"1\" start=\"PT0.00000S\" duration=\"PT5.96000S\">");
  assert_has (live, "<S t=\"0\" d=\"172800\" r=\"2\"/><S d=\"18000\"/>");
  assert_has (live, "<Period id=\"2\" start=\"PT10.96000S\">");
  assert_has (live, "presentationTimeOffset=\"536400\" "
                    "initialization=\"$RepresentationID$/2/init.mp4\"");
  assert_has (live, "<S t=\"536400\" d=\"192000\"/>");
  lesson_maker_end (maker);
  ended = manifest (maker);
  assert_has (ended, " type=\"static\" mediaPresentationDuration=\"PT8.09333S\">");
  assert_has (ended, "<Period id=\"2\" start=\"PT5.96000S\" duration=\"PT2.13333S\">");
  assert_lacks (ended, "availabilityStartTime");
  assert_lacks (ended, "UTCTiming");

  replay = ac_snapshot_new_replay (MAKER_LESSON, maker->recording);
  g_autoptr (GBytes) bytes = ac_snapshot_manifest (replay, FALSE);
  again = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (again, ==, ended);
}

/* What the archive lost is a gap when it leaves the memory. */
static void
test_lost (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autofree gchar *before = NULL, *after = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 3);
  maker->unrecorded = TRUE;
  lesson_maker_add_segments (maker, 1);
  maker->unrecorded = FALSE;
  lesson_maker_add_segments (maker, 2);
  before = manifest (maker);
  assert_has (before, "<S t=\"0\" d=\"172800\" r=\"5\"/>");
  lesson_maker_add_segments (maker, 50);
  after = manifest (maker);
  assert_has (after, "<S t=\"0\" d=\"172800\" r=\"2\"/><S t=\"691200\" d=\"172800\" "
                     "r=\"51\"/>");
}

/* Just after a restart far ahead of the recording the newest segments are all lost:
 * what is older is listed all the same. */
static void
test_lost_edge (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 3);
  lesson_maker_restart (maker);
  lesson_maker_jump (maker, 6, 6 * 172800);
  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  text = manifest (maker);
  assert_has (text, "contentType=\"video\"");
  assert_has (text, "contentType=\"audio\"");
  assert_has (text, "<S t=\"0\" d=\"172800\" r=\"2\"/></SegmentTimeline>");
  assert_lacks (text, "<Period id=\"2\"");
}

/* The epoch begins within an AAC frame: sound has its own times, and is found by them.
 */
static void
test_sound_beside (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;
  g_autoptr (AcSnapshot) snapshot = NULL;
  guint64 msn = 0;
  gint sound, picture;

  maker->start = 180000; /* 93.75 AAC frames */
  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 3);
  text = manifest (maker);
  assert_has (text, "<S t=\"180000\" d=\"172800\" r=\"2\"/>");
  assert_has (text, "<S t=\"180480\" d=\"172800\" r=\"2\"/>");
  snapshot = ac_live_window_snapshot (maker->window);
  sound = ac_snapshot_find_track (snapshot, "audio");
  picture = ac_snapshot_find_track (snapshot, "v360");
  g_assert_true (
      ac_snapshot_find_start (snapshot, (guint)sound, 180480 + 172800, &msn));
  g_assert_cmpuint (msn, ==, 1);
  g_assert_false (ac_snapshot_find_start (snapshot, (guint)sound, 180000, &msn));
  g_assert_true (ac_snapshot_find_start (snapshot, (guint)picture, 180000, &msn));
  g_assert_cmpuint (msn, ==, 0);
}

static void
test_frame_rates (void)
{
  static const struct {
    guint rate;
    const gchar *text;
  } rows[] = { { 25, "frameRate=\"25\"" }, { 30, "frameRate=\"30\"" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
    g_autofree gchar *text = NULL;

    lesson_maker_begin_epoch (maker, rows[i].rate, NULL);
    lesson_maker_add_segments (maker, 1);
    text = manifest (maker);
    assert_has (text, rows[i].text);
  }
}

static void
test_shared (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  snapshot = ac_live_window_snapshot (maker->window);
  g_autoptr (GBytes) one = ac_snapshot_manifest (snapshot, TRUE);
  g_autoptr (GBytes) other = ac_snapshot_manifest (snapshot, TRUE);
  g_assert_true (one == other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/live", test_live);
  g_test_add_func ("/manifest/gaps", test_gaps);
  g_test_add_func ("/manifest/epochs", test_epochs);
  g_test_add_func ("/manifest/lost", test_lost);
  g_test_add_func ("/manifest/lost-edge", test_lost_edge);
  g_test_add_func ("/manifest/sound-beside", test_sound_beside);
  g_test_add_func ("/manifest/frame-rates", test_frame_rates);
  g_test_add_func ("/manifest/shared", test_shared);
  return g_test_run ();
}
