#include "lesson_maker.h"
#include "snapshot.h"

#include <string.h>

#define HEADER(version, part)                                                          \
  "#EXTM3U\n#EXT-X-VERSION:" version "\n#EXT-X-TARGETDURATION:2\n"                     \
  "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.00000,"                \
  "HOLD-BACK=6.00000,PART-HOLD-BACK=" part
#define HEADER_25                                                                      \
  HEADER ("6", "1.92000")                                                              \
  "\n#EXT-X-PART-INF:PART-TARGET=0.64000\n"                                            \
  "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
#define FIRST_25                                                                       \
  "#EXT-X-MAP:URI=\"1/init.mp4\"\n"                                                    \
  "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n"

static void
test_golden_first_segment (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpstr (
      text, ==,
      HEADER_25 FIRST_25
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.0.m4s\",INDEPENDENT=YES\n"
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.1.m4s\"\n"
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.2.m4s\"\n"
      "#EXTINF:1.92000,\n1/0.m4s\n"
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1/1.0.m4s\"\n"
      "#EXT-X-RENDITION-REPORT:URI=\"../v720/playlist.m3u8\",LAST-MSN=0,LAST-PART=2\n"
      "#EXT-X-RENDITION-REPORT:URI=\"../audio/"
      "playlist.m3u8\",LAST-MSN=0,LAST-PART=2\n");
}

static void
test_golden_audio (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 4);
  text = lesson_maker_playlist (maker, "audio", FALSE);
  g_assert_cmpstr (
      text, ==,
      HEADER_25 FIRST_25
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.0.m4s\",INDEPENDENT=YES\n"
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.1.m4s\",INDEPENDENT=YES\n"
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.2.m4s\",INDEPENDENT=YES\n"
      "#EXTINF:1.92000,\n1/0.m4s\n"
      "#EXT-X-PART:DURATION=0.64000,URI=\"1/1.0.m4s\",INDEPENDENT=YES\n"
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1/1.1.m4s\"\n"
      "#EXT-X-RENDITION-REPORT:URI=\"../v720/playlist.m3u8\",LAST-MSN=1,LAST-PART=0\n"
      "#EXT-X-RENDITION-REPORT:URI=\"../v360/playlist.m3u8\",LAST-MSN=1,LAST-PART=0\n");
}

static void
test_golden_30 (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 30, "v360");
  lesson_maker_add_segments (maker, 1);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpstr (
      text, ==,
      HEADER ("6", "1.60000") "\n#EXT-X-PART-INF:PART-TARGET=0.53333\n"
                              "#EXT-X-MEDIA-SEQUENCE:0\n"
                              "#EXT-X-DISCONTINUITY-SEQUENCE:0\n" FIRST_25
                              "#EXT-X-PART:DURATION=0.53333,URI=\"1/0.0.m4s\","
                              "INDEPENDENT=YES\n"
                              "#EXT-X-PART:DURATION=0.53333,URI=\"1/0.1.m4s\"\n"
                              "#EXT-X-PART:DURATION=0.53333,URI=\"1/0.2.m4s\"\n"
                              "#EXT-X-PART:DURATION=0.53333,URI=\"1/0.3.m4s\"\n"
                              "#EXTINF:2.13333,\n1/0.m4s\n"
                              "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1/1.0.m4s\"\n");
}

static void
test_golden_restart_with_gap (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_slots (maker, 4); /* 0 whole, a part of 1 */
  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  maker->gaps = 1;
  lesson_maker_add_slot (maker);
  maker->gaps = 0;
  lesson_maker_add_slots (maker, 3);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpstr (text, ==,
                   HEADER_25 FIRST_25
                   "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.0.m4s\",INDEPENDENT=YES\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.1.m4s\"\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"1/0.2.m4s\"\n"
                   "#EXTINF:1.92000,\n1/0.m4s\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"1/1.0.m4s\",INDEPENDENT=YES\n"
                   "#EXTINF:0.64000,\n1/1.m4s\n"
                   "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"2/init.mp4\"\n"
                   "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:07.560Z\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"2/2.0.m4s\",GAP=YES\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"2/2.1.m4s\"\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"2/2.2.m4s\"\n"
                   "#EXT-X-GAP\n#EXTINF:1.92000,\n2/2.m4s\n"
                   "#EXT-X-PART:DURATION=0.64000,URI=\"2/3.0.m4s\",INDEPENDENT=YES\n"
                   "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"2/3.1.m4s\"\n"
                   "#EXT-X-RENDITION-REPORT:URI=\"../audio/"
                   "playlist.m3u8\",LAST-MSN=3,LAST-PART=0\n");
}

static void
test_golden_end (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 4);
  lesson_maker_add_short_slot (maker, 3600);
  lesson_maker_end (maker);
  text = lesson_maker_playlist (maker, "v720", TRUE);
  g_assert_cmpstr (text, ==,
                   HEADER_25 FIRST_25 "#EXTINF:1.92000,\n1/0.m4s\n"
                                      "#EXTINF:0.68000,\n1/1.m4s\n"
                                      "#EXT-X-ENDLIST\n");
}

/* A segment that no part ended is whole when the lesson ends. */
static void
test_end_closes_segment (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 5);
  lesson_maker_end (maker);
  text = lesson_maker_playlist (maker, "audio", FALSE);
  g_assert_nonnull (strstr (text, "#EXTINF:1.28000,\n1/1.m4s\n#EXT-X-ENDLIST\n"));
}

static guint
count (const gchar *text, const gchar *needle)
{
  guint n = 0;

  for (const gchar *at = strstr (text, needle); at != NULL;
       at = strstr (at + 1, needle))
    n++;
  return n;
}

static void
test_parts_only_near_edge (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);

  lesson_maker_begin_epoch (maker, 25, NULL);
  for (guint slot = 1; slot <= 60; slot++) {
    g_autofree gchar *text = NULL;
    guint whole = slot / 3, open = slot % 3;
    gdouble end = slot * 0.64;
    guint expected = open;

    lesson_maker_add_slot (maker);
    for (guint i = 0; i < whole; i++)
      expected += i * 1.92 >= end - 6.0 - 1e-9 ? 3 : 0;
    text = lesson_maker_playlist (maker, "v720", FALSE);
    g_assert_cmpuint (count (text, "#EXT-X-PART:"), ==, expected);
    g_assert_cmpuint (count (text, "#EXTINF:"), ==, whole);
    g_assert_cmpuint (count (text, "#EXT-X-PRELOAD-HINT:"), ==, 1);
    g_assert_cmpuint (count (text, "#EXT-X-MAP:"), ==, 1);
  }
}

static void
test_delta_boundary (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);

  lesson_maker_begin_epoch (maker, 25, NULL);
  for (guint slot = 1; slot <= 200; slot++) {
    g_autofree gchar *full = NULL, *delta = NULL;
    const gchar *skip;
    gdouble end = slot * 0.64;

    lesson_maker_add_slot (maker);
    full = lesson_maker_playlist (maker, "v720", FALSE);
    delta = lesson_maker_playlist (maker, "v720", TRUE);
    if (end <= 120) {
      g_assert_cmpstr (full, ==, delta);
      continue;
    }
    g_assert_true (g_str_has_prefix (delta, "#EXTM3U\n#EXT-X-VERSION:9\n"));
    skip = strstr (delta, "#EXT-X-SKIP:SKIPPED-SEGMENTS=");
    g_assert_nonnull (skip);
    g_assert_true (skip > strstr (delta, "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"));
    {
      guint skipped = g_ascii_strtoull (strchr (skip, '=') + 1, NULL, 10);

      /* All that end before the boundary and nothing else. */
      g_assert_cmpfloat (skipped * 1.92, <=, end - 12 + 1e-9);
      g_assert_cmpfloat ((skipped + 1) * 1.92, >, end - 12 - 1e-9);
      g_assert_cmpuint (skipped + count (delta, "#EXTINF:"), ==, slot / 3);
      /* What is not skipped reads the same. */
      g_assert_true (g_str_has_suffix (full, strchr (skip, '\n') + 1));
      g_assert_cmpuint (count (delta, "#EXT-X-PROGRAM-DATE-TIME:"), >, 0);
    }
  }
}

static void
test_no_delta_after_end (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *full = NULL, *delta = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 100);
  lesson_maker_end (maker);
  full = lesson_maker_playlist (maker, "v720", FALSE);
  delta = lesson_maker_playlist (maker, "v720", TRUE);
  g_assert_cmpstr (full, ==, delta);
  g_assert_true (g_str_has_suffix (full, "#EXT-X-ENDLIST\n"));
}

/* Text and segments cross the timeline's chunks many times over. */
static void
test_long_lesson (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;
  const gchar *at;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 3000);
  lesson_maker_end (maker);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  at = text;
  for (guint msn = 0; msn < 3000; msn++) {
    g_autofree gchar *line = g_strdup_printf ("#EXTINF:1.92000,\n1/%u.m4s\n", msn);

    at = strstr (at, line);
    g_assert_nonnull (at);
    at += strlen (line);
  }
  g_assert_cmpstr (at, ==, "#EXT-X-ENDLIST\n");
}

/* A track that a later epoch brings is a gap before it, without an init. */
static void
test_late_track (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *late = NULL, *early = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 1);
  lesson_maker_begin_epoch (maker, 25, "v720,audio");
  lesson_maker_add_segments (maker, 1);
  lesson_maker_end (maker);
  late = lesson_maker_playlist (maker, "v720", FALSE);
  g_assert_nonnull (strstr (late,
                            "#EXT-X-GAP\n#EXTINF:1.92000,\n1/0.m4s\n"
                            "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"2/init.mp4\"\n"));
  g_assert_null (strstr (late, "1/init.mp4"));
  early = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_nonnull (strstr (early, "#EXT-X-GAP\n#EXTINF:1.92000,\n2/1.m4s\n"));
  g_assert_null (strstr (early, "2/init.mp4"));
}

static void
test_dead_has_no_hint (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *dead = NULL, *alive = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  ac_live_window_set_dead (maker->window, TRUE);
  dead = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_null (strstr (dead, "PRELOAD-HINT"));
  g_assert_null (strstr (dead, "ENDLIST"));
  lesson_maker_begin_epoch (maker, 25, NULL);
  alive = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_nonnull (strstr (alive, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"2/2.0.m4s\""));
}

static gchar *
multivariant (LessonMaker *maker, gboolean audio_only)
{
  g_autoptr (AcSnapshot) snapshot = ac_live_window_snapshot (maker->window);
  g_autoptr (GBytes) text = ac_snapshot_multivariant (snapshot, audio_only, FALSE);

  if (text == NULL)
    return NULL;
  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

static void
test_multivariant_measured (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL, *audio = NULL;

  lesson_maker_begin_epoch (maker, 25, "v720,v480,v360,v240,audio");
  lesson_maker_add_segments (maker, 20);
  text = multivariant (maker, FALSE);
  /* Parts of 400 to 480 bytes and 100 beside them, three in 1.92 s: 580 * 3 * 8 / 1.92
   * at most, 540 * 3 * 8 / 1.92 on the average. */
#define VARIANT(size, name)                                                            \
  "#EXT-X-STREAM-INF:BANDWIDTH=7250,AVERAGE-BANDWIDTH=6750,CODECS=\"avc1.64001f,"      \
  "mp4a.40.2\",RESOLUTION=" size ",FRAME-RATE=25.000,AUDIO=\"audio\"\n" name           \
  "/playlist.m3u8\n"
  g_assert_cmpstr (text, ==,
                   "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                   "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"中文\","
                   "LANGUAGE=\"zh\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\","
                   "URI=\"audio/playlist.m3u8\"\n" VARIANT ("640x360", "v360")
                       VARIANT ("426x240", "v240") VARIANT ("854x480", "v480")
                           VARIANT ("1280x720", "v720"));
  audio = multivariant (maker, TRUE);
  g_assert_cmpstr (audio, ==,
                   "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                   "#EXT-X-STREAM-INF:BANDWIDTH=1250,AVERAGE-BANDWIDTH=1250,"
                   "CODECS=\"mp4a.40.2\"\naudio/playlist.m3u8\n");
}

static void
test_multivariant_early (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *early = NULL, *ended = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_segments (maker, 2);
  early = multivariant (maker, FALSE);
  g_assert_nonnull (strstr (early, "BANDWIDTH=408000,AVERAGE-BANDWIDTH=6375,"));
  lesson_maker_end (maker);
  ended = multivariant (maker, FALSE);
  g_assert_nonnull (strstr (ended, "BANDWIDTH=6500,AVERAGE-BANDWIDTH=6375,"));
}

static void
test_multivariant_one_kind (void)
{
  g_autoptr (LessonMaker) video = lesson_maker_new (FALSE);
  g_autoptr (LessonMaker) audio = lesson_maker_new (FALSE);
  g_autofree gchar *of_video = NULL, *of_audio = NULL, *none = NULL;

  lesson_maker_begin_epoch (video, 25, "v360");
  lesson_maker_add_segments (video, 1);
  of_video = multivariant (video, FALSE);
  none = multivariant (video, TRUE);
  g_assert_null (strstr (of_video, "AUDIO"));
  g_assert_null (none);

  lesson_maker_begin_epoch (audio, 25, "audio");
  lesson_maker_add_segments (audio, 1);
  of_audio = multivariant (audio, FALSE);
  g_assert_null (strstr (of_audio, "#EXT-X-MEDIA:"));
  g_assert_nonnull (strstr (of_audio, "CODECS=\"mp4a.40.2\"\naudio/playlist.m3u8\n"));
}

/* The last, short segment says nothing about the peak: 420 bytes in 40 ms would be
 * 84,000. Together, 1,620 bytes in 1.96 s. */
static void
test_multivariant_short_segment (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360");
  lesson_maker_add_segments (maker, 1);
  lesson_maker_add_short_slot (maker, 3600);
  lesson_maker_end (maker);
  text = multivariant (maker, FALSE);
  g_assert_nonnull (strstr (text, "BANDWIDTH=6612,AVERAGE-BANDWIDTH=6612,"));
}

/* @names: the variants in their order, "v360 v720 " */
static void
assert_offered (LessonMaker *maker, const gchar *names)
{
  g_autofree gchar *text = multivariant (maker, FALSE);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_suffix (lines[i], "/playlist.m3u8"))
      g_string_append_printf (found, "%.*s ", (gint)(strchr (lines[i], '/') - lines[i]),
                              lines[i]);
  g_assert_cmpstr (found->str, ==, names);
}

/* What is left out is not offered until a whole segment of it is there again; its rate
 * stays what was measured. */
static void
test_multivariant_gap (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL); /* v720, v360, audio */
  lesson_maker_add_segments (maker, 20);
  assert_offered (maker, "v360 v720 ");
  maker->gaps = 1;
  lesson_maker_add_slot (maker);
  assert_offered (maker, "v360 ");
  lesson_maker_add_slots (maker, 5);
  assert_offered (maker, "v360 ");
  maker->gaps = 0;
  lesson_maker_add_slots (maker, 2);
  assert_offered (maker, "v360 ");
  lesson_maker_add_slot (maker);
  assert_offered (maker, "v360 v720 ");
  text = multivariant (maker, FALSE);
  g_assert_nonnull (strstr (text, "BANDWIDTH=7250,AVERAGE-BANDWIDTH=6750,"
                                  "CODECS=\"avc1.64001f,mp4a.40.2\","
                                  "RESOLUTION=1280x720,"));
  maker->gaps = 1;
  lesson_maker_add_segments (maker, 1);
  lesson_maker_restart (maker);
  assert_offered (maker, "v360 ");
  lesson_maker_end (maker);
  assert_offered (maker, "v360 v720 ");
}

static void
test_multivariant_all_gap (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  maker->gaps = 3;
  lesson_maker_add_segments (maker, 1);
  assert_offered (maker, "v360 v720 ");
}

/* A rendition that never was is no part of the replay. */
static void
test_multivariant_never_there (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);

  lesson_maker_begin_epoch (maker, 25, NULL);
  maker->gaps = 1;
  lesson_maker_add_segments (maker, 3);
  lesson_maker_end (maker);
  assert_offered (maker, "v360 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playlist/golden/first-segment", test_golden_first_segment);
  g_test_add_func ("/playlist/golden/audio", test_golden_audio);
  g_test_add_func ("/playlist/golden/30-fps", test_golden_30);
  g_test_add_func ("/playlist/golden/restart-with-gap", test_golden_restart_with_gap);
  g_test_add_func ("/playlist/golden/end", test_golden_end);
  g_test_add_func ("/playlist/end-closes-segment", test_end_closes_segment);
  g_test_add_func ("/playlist/parts-only-near-edge", test_parts_only_near_edge);
  g_test_add_func ("/playlist/delta-boundary", test_delta_boundary);
  g_test_add_func ("/playlist/no-delta-after-end", test_no_delta_after_end);
  g_test_add_func ("/playlist/long-lesson", test_long_lesson);
  g_test_add_func ("/playlist/late-track", test_late_track);
  g_test_add_func ("/playlist/dead-has-no-hint", test_dead_has_no_hint);
  g_test_add_func ("/multivariant/measured", test_multivariant_measured);
  g_test_add_func ("/multivariant/gap", test_multivariant_gap);
  g_test_add_func ("/multivariant/all-gap", test_multivariant_all_gap);
  g_test_add_func ("/multivariant/never-there", test_multivariant_never_there);
  g_test_add_func ("/multivariant/early", test_multivariant_early);
  g_test_add_func ("/multivariant/one-kind", test_multivariant_one_kind);
  g_test_add_func ("/multivariant/short-segment", test_multivariant_short_segment);
  return g_test_run ();
}
