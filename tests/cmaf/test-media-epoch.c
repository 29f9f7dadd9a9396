#include "media_epoch.h"
#include "slot.h"

#include <string.h>

/* Two tracks with everything set; owns one reference to @init in each. */
static AcMediaEpoch
an_epoch (GBytes *init)
{
  AcMediaEpoch epoch = {
    .number = 3,
    .wall_start_ms = 1700000000123,
    .start = 57600 * 9,
    .first_msn = 3,
    .slot_duration = 57600,
    .slots_per_segment = 3,
    .n_tracks = 2,
    .tracks = { { "v720", AC_TRACK_VIDEO, 90000, 1280, 720, 25000, 0, 1500000,
                  "avc1.64001F", init },
                { "audio", AC_TRACK_AUDIO, 48000, 0, 0, 0, 1, 48000, "mp4a.40.2",
                  init } },
  };

  return epoch;
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  AcMediaEpoch fields = an_epoch (init);
  g_autoptr (AcMediaEpoch) epoch = ac_media_epoch_new (&fields);
  g_autoptr (GVariant) variant = g_variant_ref_sink (ac_media_epoch_to_variant (epoch));
  g_autoptr (AcMediaEpoch) back = ac_media_epoch_from_variant (variant);

  g_assert_nonnull (back);
  g_assert_cmpuint (back->number, ==, 3);
  g_assert_cmpint (back->wall_start_ms, ==, 1700000000123);
  g_assert_cmpuint (back->start, ==, 57600 * 9);
  g_assert_cmpuint (back->first_msn, ==, 3);
  g_assert_cmpuint (back->slots_per_segment, ==, 3);
  g_assert_cmpuint (back->n_tracks, ==, 2);
  g_assert_cmpstr (back->tracks[0].name, ==, "v720");
  g_assert_cmpuint (back->tracks[0].frames_per_1000s, ==, 25000);
  g_assert_cmpstr (back->tracks[1].codecs, ==, "mp4a.40.2");
  g_assert_true (g_bytes_equal (back->tracks[1].init, init));
}

static void
test_find (void)
{
  AcMediaEpoch fields = an_epoch (NULL);

  g_assert_cmpint (ac_media_epoch_find (&fields, "v720"), ==, 0);
  g_assert_cmpint (ac_media_epoch_find (&fields, "audio"), ==, 1);
  g_assert_cmpint (ac_media_epoch_find (&fields, "v7200"), ==, -1);
  g_assert_cmpint (ac_media_epoch_find (&fields, ""), ==, -1);
}

static void
break_name (AcMediaEpoch *epoch)
{
  strcpy (epoch->tracks[0].name, "../x");
}

static void
break_name_empty (AcMediaEpoch *epoch)
{
  epoch->tracks[0].name[0] = '\0';
}

static void
break_name_twice (AcMediaEpoch *epoch)
{
  strcpy (epoch->tracks[0].name, "audio");
}

static void
break_codecs (AcMediaEpoch *epoch)
{
  strcpy (epoch->tracks[1].codecs, "mp4a\",X=\"");
}

static void
break_kind (AcMediaEpoch *epoch)
{
  epoch->tracks[0].kind = (AcTrackKind)2;
}

static void
break_timescale (AcMediaEpoch *epoch)
{
  epoch->tracks[0].timescale = 0;
}

static void
break_size (AcMediaEpoch *epoch)
{
  epoch->tracks[0].width = 16385;
}

static void
break_rate (AcMediaEpoch *epoch)
{
  epoch->tracks[0].frames_per_1000s = 0;
}

static void
break_channels (AcMediaEpoch *epoch)
{
  epoch->tracks[1].channels = 9;
}

static void
break_number (AcMediaEpoch *epoch)
{
  epoch->number = 0;
}

/* A followed source: segments of 50 frames in slots of 17, 17 and 16. */
static void
test_slots_of_a_followed_source (void)
{
  const AcMediaEpoch fields = {
    .number = 1,
    .start = 1000000,
    .slot_duration = 61440,
    .slots_per_segment = 3,
    .segment_duration = 50 * 3600,
    .grain = 3600,
    .n_tracks = 3,
    .tracks = { { .name = "v720", .frames_per_1000s = 25000 },
                { .name = "v240", .frames_per_1000s = 12500 },
                { .name = "audio", .kind = AC_TRACK_AUDIO, .timescale = 48000 } },
  };
  g_autoptr (AcMediaEpoch) epoch = ac_media_epoch_new (&fields);
  const guint64 end = 1000000 + 17 * 3600; /* of the first slot */

  g_assert_cmpuint (ac_media_epoch_slot_offset (epoch, 0), ==, 0);
  g_assert_cmpuint (ac_media_epoch_slot_offset (epoch, 1), ==, 17 * 3600);
  g_assert_cmpuint (ac_media_epoch_slot_offset (epoch, 2), ==, 34 * 3600);
  g_assert_cmpuint (ac_media_epoch_slot_offset (epoch, 3), ==, 50 * 3600);
  g_assert_cmpuint (ac_media_epoch_boundary (epoch, 0, end), ==, end);
  /* nine frames of two, the last one reaches over */
  g_assert_cmpuint (ac_media_epoch_boundary (epoch, 1, end), ==, end + 3600);
  /* frames of sound from 520.8 to 552.7 */
  g_assert_cmpuint (ac_media_epoch_boundary (epoch, 2, 1000000), ==, 521 * 1920);
  g_assert_cmpuint (ac_media_epoch_boundary (epoch, 2, end), ==, 553 * 1920);
}

/* On the grid every track's boundary is the slot's. */
static void
test_slots_of_the_grid (void)
{
  AcMediaEpoch fields = an_epoch (NULL);
  g_autoptr (AcMediaEpoch) epoch = ac_media_epoch_new (&fields);

  g_assert_cmpuint (epoch->grain, ==, epoch->slot_duration);
  for (guint part = 0; part <= epoch->slots_per_segment; part++) {
    guint64 at = epoch->start + ac_media_epoch_slot_offset (epoch, part);

    g_assert_cmpuint (at, ==, epoch->start + part * 57600);
    for (guint i = 0; i < epoch->n_tracks; i++)
      g_assert_cmpuint (ac_media_epoch_boundary (epoch, i, at), ==, at);
  }
}

static void
break_wall (AcMediaEpoch *epoch)
{
  epoch->wall_start_ms = -1;
}

static void
break_start (AcMediaEpoch *epoch)
{
  epoch->start = G_MAXUINT64;
}

static void
break_duration (AcMediaEpoch *epoch)
{
  epoch->slot_duration = 0;
}

static void
break_segment (AcMediaEpoch *epoch)
{
  epoch->slots_per_segment = 0;
}

static void
break_tracks (AcMediaEpoch *epoch)
{
  epoch->n_tracks = 0;
}

static void
test_refused (void)
{
  static void (*const breaks[]) (AcMediaEpoch *) = {
    break_name,      break_name_empty, break_name_twice, break_codecs,   break_kind,
    break_timescale, break_size,       break_rate,       break_channels, break_number,
    break_wall,      break_start,      break_duration,   break_segment,  break_tracks,
  };
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);

  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++) {
    AcMediaEpoch fields = an_epoch (init);
    g_autoptr (GVariant) variant = NULL;

    breaks[i](&fields);
    variant = g_variant_ref_sink (ac_media_epoch_to_variant (&fields));
    g_assert_null (ac_media_epoch_from_variant (variant));
  }
}

static void
test_refused_init (void)
{
  g_autoptr (GBytes) init = g_bytes_new_take (g_malloc0 (64 * 1024 + 1), 64 * 1024 + 1);
  AcMediaEpoch fields = an_epoch (init);
  g_autoptr (GVariant) variant =
      g_variant_ref_sink (ac_media_epoch_to_variant (&fields));

  g_assert_null (ac_media_epoch_from_variant (variant));
}

static void
test_refused_types (void)
{
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("epoch"));
  g_autoptr (GVariant) garbage = g_variant_ref_sink (g_variant_new_from_data (
      G_VARIANT_TYPE (AC_MEDIA_EPOCH_TYPE), "\1\2\3\4\5", 5, FALSE, NULL, NULL));

  g_assert_null (ac_media_epoch_from_variant (other));
  g_assert_null (ac_media_epoch_from_variant (garbage));
}

static void
on_part_free (gpointer data)
{
  (*(guint *)data)++;
}

static void
test_slot (void)
{
  guint n_freed = 0;
  GBytes *part = g_bytes_new_with_free_func ("part", 4, on_part_free, &n_freed);
  AcSlot fields = { .epoch = 1, .n_parts = 3, .parts = { part, NULL, part } };
  AcSlot *slot = ac_slot_new (&fields);
  AcSlot *again = ac_slot_ref (slot);

  g_bytes_unref (part);
  ac_slot_unref (slot);
  g_assert_cmpuint (n_freed, ==, 0);
  g_assert_null (again->parts[1]);
  ac_slot_unref (again);
  g_assert_cmpuint (n_freed, ==, 1);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-epoch/round-trip", test_round_trip);
  g_test_add_func ("/media-epoch/find", test_find);
  g_test_add_func ("/media-epoch/refused", test_refused);
  g_test_add_func ("/media-epoch/refused-init", test_refused_init);
  g_test_add_func ("/media-epoch/refused-types", test_refused_types);
  g_test_add_func ("/media-epoch/slots-of-a-followed-source",
                   test_slots_of_a_followed_source);
  g_test_add_func ("/media-epoch/slots-of-the-grid", test_slots_of_the_grid);
  g_test_add_func ("/slot/references", test_slot);
  return g_test_run ();
}
