#include "lesson_maker.h"
#include "snapshot.h"

#include <string.h>

static AcMediaPlace
find (AcSnapshot *snapshot, const gchar *track, guint32 epoch, guint64 msn, gint part,
      GBytes **bytes)
{
  guint64 start, end;

  *bytes = NULL;
  return ac_snapshot_find_media (snapshot, ac_snapshot_find_track (snapshot, track),
                                 epoch, msn, part, bytes, &start, &end);
}

static void
assert_bytes (GBytes *got, GBytes *expected)
{
  g_assert_nonnull (got);
  g_assert_true (g_bytes_equal (got, expected));
}

static void
test_parts_and_segments_here (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) part = NULL, whole = NULL, again = NULL, none = NULL;
  g_autoptr (GBytes) expected_part = lesson_maker_bytes ("v360", 1, 1, 2);
  g_autoptr (GBytes) expected_whole = lesson_maker_segment ("v360", 1, 1, 3);

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 7);
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, 2, &part), ==, AC_MEDIA_HERE);
  assert_bytes (part, expected_part);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, -1, &whole), ==, AC_MEDIA_HERE);
  assert_bytes (whole, expected_whole);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, -1, &again), ==, AC_MEDIA_HERE);
  g_assert_true (whole == again); /* put together once */

  g_assert_cmpint (find (snapshot, "v360", 1, 2, 0, &none), ==, AC_MEDIA_HERE);
  g_clear_pointer (&none, g_bytes_unref);
  g_assert_cmpint (find (snapshot, "v360", 1, 2, -1, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 2, 1, &none), ==, AC_MEDIA_HINTED);
  g_assert_cmpint (find (snapshot, "v360", 1, 2, 2, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, 3, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 2, 1, 0, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 3, 0, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, G_MAXINT64, 0, &none), ==,
                   AC_MEDIA_UNKNOWN);
}

static void
test_lesson_time (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) snapshot = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 200);
  lesson_maker_add_short_slot (maker, 1800);
  snapshot = ac_live_window_snapshot (maker->window);
  for (guint64 msn = 0; msn < 66; msn += 13)
    for (gint part = -1; part < 3; part++) {
      g_autoptr (GBytes) bytes = NULL;
      guint64 start, end;

      g_assert_cmpint (
          ac_snapshot_find_media (snapshot, 0, 1, msn, part, &bytes, &start, &end), !=,
          AC_MEDIA_UNKNOWN);
      g_assert_cmpuint (start, ==, msn * 172800 + MAX (part, 0) * 57600);
      g_assert_cmpuint (end, ==, start + (part < 0 ? 172800 : 57600));
    }
}

static void
test_older_bytes_are_the_archives (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) bytes = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 50);
  snapshot = ac_live_window_snapshot (maker->window);
  /* 96 s are there; those that ended 60 s ago or more are not kept. */
  g_assert_cmpint (find (snapshot, "v360", 1, 17, 0, &bytes), ==, AC_MEDIA_ARCHIVED);
  g_assert_cmpint (find (snapshot, "v360", 1, 18, 0, &bytes), ==, AC_MEDIA_HERE);
  g_clear_pointer (&bytes, g_bytes_unref);
  g_assert_cmpint (find (snapshot, "v360", 1, 17, 3, &bytes), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 2, 17, 0, &bytes), ==, AC_MEDIA_UNKNOWN);
}

static guint
count (const gchar *text, const gchar *what)
{
  guint n = 0;

  for (const gchar *at = text; (at = strstr (at, what)) != NULL; at++)
    n++;
  return n;
}

/* A segment that the archive did not take can be played for a minute, and is a gap from
 * then on: for the live playlist, and for the replay. */
static void
test_lost_segment_is_a_gap (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) early = NULL, late = NULL, replay = NULL;
  g_autoptr (GBytes) bytes = NULL, none = NULL;
  g_autofree gchar *before = NULL, *after = NULL, *end = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 3);
  maker->unrecorded = TRUE;
  lesson_maker_add_segments (maker, 2);
  maker->unrecorded = FALSE;
  lesson_maker_add_segments (maker, 20);
  before = lesson_maker_playlist (maker, "v360", FALSE);
  early = ac_live_window_snapshot (maker->window);
  g_assert_null (strstr (before, "GAP"));
  g_assert_cmpint (find (early, "v360", 1, 3, -1, &bytes), ==, AC_MEDIA_HERE);

  lesson_maker_add_segments (maker, 30);
  after = lesson_maker_playlist (maker, "v360", FALSE);
  late = ac_live_window_snapshot (maker->window);
  g_assert_nonnull (strstr (after, "1/2.m4s\n#EXT-X-GAP\n#EXTINF:1.92000,\n1/3.m4s\n"));
  g_assert_cmpuint (count (after, "#EXT-X-GAP"), ==, 2);
  g_assert_cmpint (find (late, "v360", 1, 3, -1, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (late, "v360", 1, 3, 0, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (late, "v360", 1, 5, -1, &none), ==, AC_MEDIA_ARCHIVED);
  /* The older snapshot has the bytes still. */
  g_clear_pointer (&bytes, g_bytes_unref);
  g_assert_cmpint (find (early, "v360", 1, 3, -1, &bytes), ==, AC_MEDIA_HERE);

  lesson_maker_end (maker);
  end = lesson_maker_playlist (maker, "v360", FALSE);
  replay = ac_snapshot_new_replay (MAKER_LESSON, maker->recording);
  g_autoptr (GBytes) text = ac_snapshot_playlist (replay, 0, FALSE, FALSE);
  g_autofree gchar *again =
      g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_assert_cmpuint (count (again, "#EXTINF:1.92000,"), ==, 55);
  g_assert_cmpuint (count (again, "#EXT-X-GAP"), ==, 2);
  g_assert_cmpuint (ac_snapshot_end (replay), ==, 55 * 172800);
}

/* The daemon died far ahead of its recording: what lies between is listed as gaps, in
 * the live playlist of the next one and in the replay. */
static void
test_restart_ahead (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) snapshot = NULL, replay = NULL;
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 7); /* two segments and a part */
  lesson_maker_restart (maker);
  maker->epoch_number = 3; /* two were published that no file knows of */
  lesson_maker_jump (maker, 6, 6 * 172800);
  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpuint (count (text, "#EXT-X-GAP\n"), ==, 3);
  g_assert_nonnull (
      strstr (text, "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"4/init.mp4\"\n"));
  g_assert_nonnull (strstr (text, "1/5.m4s\n#EXT-X-DISCONTINUITY\n"));
  g_assert_nonnull (strstr (text, "\n4/6.m4s\n"));
  g_assert_nonnull (strstr (text, "TYPE=PART,URI=\"4/8.0.m4s\""));
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpuint (ac_snapshot_end (snapshot), ==, 8 * 172800);
  for (guint64 msn = 3; msn < 6; msn++) {
    g_autoptr (GBytes) none = NULL;
    g_assert_cmpint (find (snapshot, "v360", 1, msn, -1, &none), ==, AC_MEDIA_UNKNOWN);
    g_assert_cmpint (find (snapshot, "v360", 1, msn, 0, &none), ==, AC_MEDIA_UNKNOWN);
  }
  lesson_maker_end (maker);
  replay = ac_snapshot_new_replay (MAKER_LESSON, maker->recording);
  g_assert_cmpuint (ac_snapshot_end (replay), ==, 8 * 172800);
  g_autoptr (GBytes) again = ac_snapshot_playlist (replay, 0, FALSE, FALSE);
  g_autofree gchar *replayed =
      g_strndup (g_bytes_get_data (again, NULL), g_bytes_get_size (again));
  g_assert_cmpuint (count (replayed, "#EXT-X-GAP\n"), ==, 3);
}

/* Nonsense in the numbers: the lesson goes on, within what a playlist may say. */
static void
test_restart_far_ahead (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autofree gchar *text = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  lesson_maker_restart (maker);
  lesson_maker_jump (maker, 4, 100 * 172800);
  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpuint (count (text, "#EXT-X-GAP\n#EXTINF:2.49999,"), ==, 2);
  g_assert_nonnull (strstr (text, "\n2/5.m4s\n"));
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpuint (ac_snapshot_end (snapshot), ==, 102 * 172800);
}

static void
test_without_archive (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) bytes = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 50);
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpint (find (snapshot, "v360", 1, 17, 0, &bytes), ==, AC_MEDIA_UNKNOWN);
}

static void
test_gap_is_unknown (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) bytes = NULL, audio = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  maker->gaps = 2; /* v360 */
  lesson_maker_add_slot (maker);
  maker->gaps = 0;
  lesson_maker_add_slots (maker, 2);
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpint (find (snapshot, "v360", 1, 0, 0, &bytes), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 0, -1, &bytes), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 0, 1, &bytes), ==, AC_MEDIA_HERE);
  g_assert_cmpint (find (snapshot, "audio", 1, 0, -1, &audio), ==, AC_MEDIA_HERE);
}

/* One segment has one address: not that of another epoch of the lesson. */
static void
test_address_has_its_epoch (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) first = NULL, second = NULL, none = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  snapshot = ac_live_window_snapshot (maker->window);
  g_assert_cmpint (find (snapshot, "v360", 1, 0, -1, &first), ==, AC_MEDIA_HERE);
  g_assert_cmpint (find (snapshot, "v360", 2, 1, -1, &second), ==, AC_MEDIA_HERE);
  g_assert_cmpint (find (snapshot, "v360", 2, 0, -1, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, -1, &none), ==, AC_MEDIA_UNKNOWN);
  g_assert_cmpint (find (snapshot, "v360", 1, 1, 0, &none), ==, AC_MEDIA_UNKNOWN);
}

static void
test_snapshot_is_immutable (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autofree gchar *then = NULL;

  lesson_maker_begin_epoch (maker, 25, "v360,audio");
  lesson_maker_add_slots (maker, 7);
  then = lesson_maker_playlist (maker, "v360", FALSE);
  snapshot = ac_live_window_snapshot (maker->window);
  lesson_maker_add_segments (maker, 40);
  lesson_maker_begin_epoch (maker, 25, "v360,v720,audio");
  lesson_maker_add_slots (maker, 4);
  lesson_maker_end (maker);
  text = ac_snapshot_playlist (snapshot, 0, FALSE, FALSE);
  g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), then,
                   strlen (then));
  g_assert_cmpint (ac_snapshot_find_track (snapshot, "v720"), ==, -1);
}

static void
test_texts_are_shared (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (AcSnapshot) snapshot = NULL;
  g_autoptr (GBytes) one = NULL, two = NULL, packed = NULL, packed_again = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  snapshot = ac_live_window_snapshot (maker->window);
  one = ac_snapshot_playlist (snapshot, 0, FALSE, FALSE);
  two = ac_snapshot_playlist (snapshot, 0, FALSE, FALSE);
  packed = ac_snapshot_playlist (snapshot, 0, FALSE, TRUE);
  packed_again = ac_snapshot_playlist (snapshot, 0, FALSE, TRUE);
  g_assert_true (one == two);
  g_assert_true (packed == packed_again);
  g_assert_cmpuint (g_bytes_get_size (packed), <, g_bytes_get_size (one));
  g_assert_cmpmem (g_bytes_get_data (packed, NULL), 2, "\x1f\x8b", 2);
}

/* What is not the next part is left out, and the lesson goes on. */
static void
test_refused_slots (void)
{
  static const struct {
    const gchar *name;
    AcSlot slot;
  } rows[] = {
    { "epoch",
      { .epoch = 2, .msn = 1, .part = 1, .start = 230400, .duration = 57600 } },
    { "msn", { .epoch = 1, .msn = 2, .part = 1, .start = 230400, .duration = 57600 } },
    { "segment-left-out",
      { .epoch = 1, .msn = 3, .part = 0, .start = 230400, .duration = 57600 } },
    { "segment-again",
      { .epoch = 1, .msn = 1, .part = 0, .start = 230400, .duration = 57600 } },
    { "part-left-out",
      { .epoch = 1, .msn = 1, .part = 2, .start = 230400, .duration = 57600 } },
    { "part-again",
      { .epoch = 1, .msn = 1, .part = 0, .start = 172800, .duration = 57600 } },
    { "backwards",
      { .epoch = 1, .msn = 1, .part = 1, .start = 230399, .duration = 57600 } },
    { "no-duration", { .epoch = 1, .msn = 1, .part = 1, .start = 230400 } },
    { "too-long",
      { .epoch = 1, .msn = 1, .part = 1, .start = 230400, .duration = 57601 } },
    { "endless-segment",
      { .epoch = 1, .msn = 1, .part = 64, .start = 230400, .duration = 57600 } },
  };
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *before = NULL, *after = NULL;

  lesson_maker_begin_epoch (maker, 25, "audio");
  lesson_maker_add_slots (maker, 4);
  before = lesson_maker_playlist (maker, "audio", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (AcSlot) slot = ac_slot_new (&rows[i].slot);
    g_autofree gchar *text = NULL;

    g_test_message ("%s", rows[i].name);
    ac_live_window_append (maker->window, slot);
    text = lesson_maker_playlist (maker, "audio", FALSE);
    g_assert_cmpstr (text, ==, before);
  }
  lesson_maker_add_slot (maker);
  after = lesson_maker_playlist (maker, "audio", FALSE);
  g_assert_nonnull (strstr (after, "1/1.1.m4s\",INDEPENDENT"));
}

static void
test_slot_before_epoch (void)
{
  g_autoptr (AcLiveWindow) window = ac_live_window_new (1, NULL);
  g_autoptr (AcSlot) slot = ac_slot_new (&(AcSlot){ .epoch = 1, .duration = 57600 });
  g_autoptr (AcSnapshot) snapshot = NULL;

  ac_live_window_append (window, slot);
  snapshot = ac_live_window_snapshot (window);
  g_assert_cmpuint (ac_snapshot_edge (snapshot).part, ==, 0);
}

static void
test_refused_epochs (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *text = NULL;
  AcMediaEpoch fields;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 1);
  fields = *maker->epoch;
  for (guint i = 0; i < 4; i++) {
    g_autoptr (AcMediaEpoch) epoch = NULL;

    fields = *maker->epoch;
    fields.number = i == 0 ? 1 : 2;
    if (i == 1)
      fields.slots_per_segment = 65;
    if (i == 2)
      fields.slot_duration = 0;
    if (i == 3)
      fields.n_tracks = 0;
    epoch = ac_media_epoch_new (&fields);
    ac_live_window_begin_epoch (maker->window, epoch);
  }
  lesson_maker_add_slot (maker);
  text = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_nonnull (strstr (text, "1/1.0.m4s\",INDEPENDENT=YES"));
}

static void
test_restart_continues (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autofree gchar *before = NULL, *filled = NULL, *after = NULL;
  g_autofree gchar *hintless = NULL;
  gchar *hint;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 100);
  before = lesson_maker_playlist (maker, "v360", FALSE);
  lesson_maker_restart (maker);
  filled = lesson_maker_playlist (maker, "v360", FALSE);

  /* The same but for the hint: no worker makes that part. */
  hint = strstr (before, "#EXT-X-PRELOAD-HINT");
  hintless = g_strdup_printf ("%.*s%s", (gint)(hint - before), before,
                              strchr (hint, '\n') + 1);
  g_assert_cmpstr (filled, ==, hintless);

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slot (maker);
  after = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_nonnull (strstr (after, "#EXTINF:0.64000,\n1/33.m4s\n#EXT-X-DISCONTINUITY\n"
                                   "#EXT-X-MAP:URI=\"2/init.mp4\"\n"));
  g_assert_nonnull (strstr (after, "URI=\"2/34.0.m4s\",INDEPENDENT=YES\n"
                                   "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"2/34.1.m4s\""));
}

static void
assert_same_texts (AcSnapshot *one, AcSnapshot *other)
{
  g_autoptr (GBytes) variants = ac_snapshot_multivariant (one, FALSE, FALSE);
  g_autoptr (GBytes) other_variants = ac_snapshot_multivariant (other, FALSE, FALSE);

  g_assert_true (g_bytes_equal (variants, other_variants));
  for (guint i = 0; i < ac_snapshot_parts (one)->n_tracks; i++) {
    g_autoptr (GBytes) text = ac_snapshot_playlist (one, i, FALSE, FALSE);
    g_autoptr (GBytes) other_text = ac_snapshot_playlist (other, i, FALSE, FALSE);

    g_assert_true (g_bytes_equal (text, other_text));
  }
}

/* The replay says what the live playlist said at its end, and has the same bytes. */
static void
test_replay_equals_live (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (TRUE);
  g_autoptr (AcSnapshot) live = NULL, replay = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_slots (maker, 20);
  lesson_maker_begin_epoch (maker, 25, NULL);
  maker->gaps = 1;
  lesson_maker_add_slots (maker, 2);
  maker->gaps = 0;
  lesson_maker_add_slots (maker, 6);
  lesson_maker_add_short_slot (maker, 7200);
  lesson_maker_end (maker);
  live = ac_live_window_snapshot (maker->window);
  replay = ac_snapshot_new_replay (MAKER_LESSON, maker->recording);
  g_assert_cmpint (ac_snapshot_lesson (replay), ==, MAKER_LESSON);
  assert_same_texts (live, replay);

  for (guint64 msn = 0; msn < ac_snapshot_edge (live).msn; msn++)
    for (gint part = -1; part < 3; part++) {
      guint32 epoch = msn < 7 ? 1 : 2;
      g_autoptr (GBytes) bytes = NULL, unused = NULL, archived = NULL;

      if (find (live, "v360", epoch, msn, part, &bytes) != AC_MEDIA_HERE) {
        g_assert_cmpint (find (replay, "v360", epoch, msn, part, &unused), ==,
                         AC_MEDIA_UNKNOWN);
        continue;
      }
      g_assert_cmpint (find (replay, "v360", epoch, msn, part, &unused), ==,
                       AC_MEDIA_ARCHIVED);
      archived = ac_recording_read (maker->recording, "v360", epoch, msn, part, NULL);
      assert_bytes (archived, bytes);
    }
}

static void
test_nothing_after_end (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autofree gchar *before = NULL, *after = NULL;

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 2);
  lesson_maker_end (maker);
  before = lesson_maker_playlist (maker, "v360", FALSE);
  lesson_maker_add_slot (maker);
  lesson_maker_begin_epoch (maker, 25, NULL);
  ac_live_window_end (maker->window);
  after = lesson_maker_playlist (maker, "v360", FALSE);
  g_assert_cmpstr (before, ==, after);
}

static gpointer
render_all (gpointer data)
{
  for (guint i = 0; i < 50; i++) {
    g_autoptr (GBytes) text = ac_snapshot_playlist (data, i % 3, i % 2, i % 5 == 0);
    g_autoptr (GBytes) whole = NULL;

    find (data, "audio", 1, 60 + i % 3, -1, &whole);
    g_assert_nonnull (whole);
  }
  ac_snapshot_unref (data);
  return NULL;
}

/* Readers of old snapshots while the writer goes on: for the thread sanitizer. */
static void
test_threads (void)
{
  g_autoptr (LessonMaker) maker = lesson_maker_new (FALSE);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  lesson_maker_begin_epoch (maker, 25, NULL);
  lesson_maker_add_segments (maker, 63);
  for (guint i = 0; i < 20; i++) {
    AcSnapshot *snapshot = ac_live_window_snapshot (maker->window);

    g_ptr_array_add (threads, g_thread_new ("reader", render_all, snapshot));
    lesson_maker_add_slot (maker);
    if (i == 10)
      lesson_maker_begin_epoch (maker, 25, "v720,v480,v360,audio");
  }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/live-window/parts-and-segments-here",
                   test_parts_and_segments_here);
  g_test_add_func ("/live-window/lesson-time", test_lesson_time);
  g_test_add_func ("/live-window/older-is-archived", test_older_bytes_are_the_archives);
  g_test_add_func ("/live-window/lost-is-a-gap", test_lost_segment_is_a_gap);
  g_test_add_func ("/live-window/restart-ahead", test_restart_ahead);
  g_test_add_func ("/live-window/restart-far-ahead", test_restart_far_ahead);
  g_test_add_func ("/live-window/without-archive", test_without_archive);
  g_test_add_func ("/live-window/gap-is-unknown", test_gap_is_unknown);
  g_test_add_func ("/live-window/address-has-its-epoch", test_address_has_its_epoch);
  g_test_add_func ("/live-window/snapshot-is-immutable", test_snapshot_is_immutable);
  g_test_add_func ("/live-window/texts-are-shared", test_texts_are_shared);
  g_test_add_func ("/live-window/refused-slots", test_refused_slots);
  g_test_add_func ("/live-window/slot-before-epoch", test_slot_before_epoch);
  g_test_add_func ("/live-window/refused-epochs", test_refused_epochs);
  g_test_add_func ("/live-window/restart-continues", test_restart_continues);
  g_test_add_func ("/live-window/replay-equals-live", test_replay_equals_live);
  g_test_add_func ("/live-window/nothing-after-end", test_nothing_after_end);
  g_test_add_func ("/live-window/threads", test_threads);
  return g_test_run ();
}
