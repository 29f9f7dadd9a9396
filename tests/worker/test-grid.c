#include "grid.h"

static void
test_grids (void)
{
  static const struct {
    guint rate, ticks, slot, per_segment, blocks;
  } table[] = { { 25, 3600, 57600, 3, 30 }, { 30, 3000, 48000, 4, 25 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    AcGrid grid;

    ac_grid_init (&grid, table[i].rate, FALSE);
    g_assert_cmpuint (grid.frame_rate, ==, table[i].rate);
    g_assert_cmpuint (grid.ticks_per_frame, ==, table[i].ticks);
    g_assert_cmpuint (grid.slot_duration, ==, table[i].slot);
    g_assert_cmpuint (grid.slots_per_segment, ==, table[i].per_segment);
    g_assert_cmpuint (ac_grid_blocks_for_frames (&grid, 16), ==, table[i].blocks);
    /* a slot is as long in AAC frames as it is in video frames */
    g_assert_cmpuint ((guint64)table[i].blocks * AC_GRID_BLOCK_SAMPLES * 90000, ==,
                      (guint64)grid.slot_duration * AC_GRID_SAMPLE_RATE);
    g_assert_cmpuint (grid.slots_per_segment * grid.slot_duration, <=, 2.2 * 90000);
  }
}

/* Segments of whole GOPs, about 2 s of them, in slots that differ by one frame. */
static void
test_follow (void)
{
  static const struct {
    guint rate, gop, per_segment, slots, longest;
  } table[] = { { 25, 25, 50, 3, 17 }, { 25, 50, 50, 3, 17 }, { 25, 48, 48, 3, 16 },
                { 25, 24, 48, 3, 16 }, { 25, 30, 30, 2, 15 }, { 25, 1, 50, 3, 17 },
                { 30, 30, 60, 4, 15 }, { 30, 60, 60, 4, 15 }, { 30, 15, 60, 4, 15 },
                { 25, 51, 0, 0, 0 },   { 25, 40, 0, 0, 0 },   { 25, 0, 0, 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    AcGrid grid, before;

    ac_grid_init (&grid, table[i].rate, TRUE);
    before = grid;
    if (table[i].slots == 0) {
      g_assert_false (ac_grid_follow (&grid, table[i].gop));
      g_assert_cmpuint (grid.frames_per_segment, ==, before.frames_per_segment);
      continue;
    }
    g_assert_true (ac_grid_follow (&grid, table[i].gop));
    g_assert_cmpuint (grid.frames_per_segment, ==, table[i].per_segment);
    g_assert_cmpuint (grid.slots_per_segment, ==, table[i].slots);
    g_assert_cmpuint (grid.slot_duration, ==, before.slot_duration);
    g_assert_cmpuint (ac_grid_slot_offset (&grid, 1), ==, table[i].longest);
    g_assert_cmpuint (ac_grid_slot_offset (&grid, table[i].slots), ==,
                      table[i].per_segment);
  }
}

/* Ten hours on, a frame is where it should be. */
static void
test_no_drift (void)
{
  AcGrid grid;

  ac_grid_init (&grid, 30, FALSE);
  g_assert_cmpint (ac_grid_frame_us (&grid, 36000 * 30), ==,
                   G_GINT64_CONSTANT (36000) * G_USEC_PER_SEC);
  g_assert_cmpuint (ac_grid_frame_ns (&grid, 36000 * 30 + 1), ==,
                    G_GUINT64_CONSTANT (36000033333333));
  g_assert_cmpint (ac_grid_frame_us (&grid, 2), ==, 66666);
}

static void
test_blocks (void)
{
  static const struct {
    guint rate;
    guint64 frames, blocks;
  } table[] = { { 25, 0, 0 },   { 25, 1, 2 },   { 25, 8, 15 }, { 25, 16, 30 },
                { 25, 17, 32 }, { 30, 16, 25 }, { 30, 2, 3 },  { 30, 16000, 25000 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    AcGrid grid;

    ac_grid_init (&grid, table[i].rate, FALSE);
    g_assert_cmpuint (ac_grid_blocks_for_frames (&grid, table[i].frames), ==,
                      table[i].blocks);
  }
}

/* A worker that begins within an AAC frame: 93.75 and 0.25 of them. */
static void
test_sound_offset (void)
{
  g_assert_cmpint (ac_grid_sound_offset_us (0), ==, 0);
  g_assert_cmpint (ac_grid_sound_offset_us (576000), ==, 0);
  g_assert_cmpint (ac_grid_sound_offset_us (180000), ==, 5333);
  g_assert_cmpint (ac_grid_sound_offset_us (480), ==, -5333);
}

static void
test_rates (void)
{
  static const struct {
    guint32 source;
    guint expected;
  } table[] = {
    { 0, 25 },     { 25000, 25 }, { 50000, 25 }, { 12500, 25 }, { 24000, 25 },
    { 23976, 25 }, { 24990, 25 }, { 30000, 30 }, { 29970, 30 }, { 60000, 30 },
    { 59940, 30 }, { 15000, 30 }, { 10000, 30 }, { 7500, 30 },  { 100000, 25 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpuint (ac_grid_rate_for (table[i].source), ==, table[i].expected);
}

static void
test_ladders (void)
{
  static const struct {
    guint width, height, n_renditions;
    const gchar *top;
    guint top_width, top_height, top_divisor;
  } table[] = {
    { 1920, 1080, 4, "v720", 1280, 720, 1 }, { 1280, 720, 4, "v720", 1280, 720, 1 },
    { 1024, 576, 3, "v480", 848, 480, 1 },   { 640, 480, 3, "v480", 848, 480, 1 },
    { 640, 360, 2, "v360", 640, 360, 1 },    { 320, 240, 1, "v240", 424, 240, 1 },
    { 317, 239, 1, "v238", 312, 238, 1 },    { 0, 180, 1, "v180", 320, 180, 1 },
    { 1, 1, 1, "v16", 16, 16, 1 },           { 720, 1280, 4, "v720", 1280, 720, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    AcLadderPlan plan;

    ac_ladder_plan_init (&plan, table[i].width, table[i].height);
    g_assert_cmpuint (plan.n_renditions, ==, table[i].n_renditions);
    g_assert_cmpstr (plan.renditions[0].name, ==, table[i].top);
    g_assert_cmpuint (plan.renditions[0].width, ==, table[i].top_width);
    g_assert_cmpuint (plan.renditions[0].height, ==, table[i].top_height);
    g_assert_cmpuint (plan.renditions[0].divisor, ==, table[i].top_divisor);
    for (guint k = 1; k < plan.n_renditions; k++)
      g_assert_cmpuint (plan.renditions[k].height, <, plan.renditions[k - 1].height);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grid/grids", test_grids);
  g_test_add_func ("/grid/follow", test_follow);
  g_test_add_func ("/grid/no-drift", test_no_drift);
  g_test_add_func ("/grid/blocks", test_blocks);
  g_test_add_func ("/grid/sound-offset", test_sound_offset);
  g_test_add_func ("/grid/rates", test_rates);
  g_test_add_func ("/grid/ladders", test_ladders);
  return g_test_run ();
}
