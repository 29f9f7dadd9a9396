/* Which sources are regular enough to be passed on. */
#include "gop_watch.h"

typedef struct {
  guint fps, gop, b_frames;
  gboolean whole_ms; /* timestamps are rounded to milliseconds */
} Shape;

/* Places in presentation order of a GOP with @b_frames between two P frames:
 * I P B B P B B ... */
static guint
place_of (const Shape *shape, guint nth)
{
  guint step = shape->b_frames + 1;
  guint group, within;

  if (nth == 0 || shape->b_frames == 0)
    return nth;
  group = (nth - 1) / step;
  within = (nth - 1) % step;
  if (group * step + step >= shape->gop) /* the last group is cut: no B-frames */
    return nth;
  return group * step + (within == 0 ? step : within);
}

static gint64
time_of (const Shape *shape, guint64 frame)
{
  gint64 us = (gint64)(frame * G_USEC_PER_SEC / shape->fps);

  return shape->whole_ms ? (us + 500) / 1000 * 1000 : us;
}

static void
push (AcGopWatch *watch, const Shape *shape, guint64 frame)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("picture", 7);
  guint nth = (guint)(frame % shape->gop);
  AcPacket packet = {
    .track = AC_SOURCE_VIDEO,
    .data = data,
    .decode_us = time_of (shape, frame),
    .keyframe = nth == 0,
  };

  packet.composition_us =
      time_of (shape, frame - nth + place_of (shape, nth) + 2) - packet.decode_us;
  ac_gop_watch_packet (watch, &packet);
}

static AcGopWatch *
watch_for (guint fps)
{
  return ac_gop_watch_new ((gdouble)G_USEC_PER_SEC / fps);
}

static void
test_regular (void)
{
  static const Shape shapes[] = {
    { 25, 25, 0, TRUE },  { 25, 50, 0, TRUE }, { 25, 25, 2, TRUE },
    { 25, 50, 2, FALSE }, { 30, 30, 0, TRUE }, { 30, 60, 2, TRUE },
    { 30, 60, 1, FALSE }, { 25, 1, 0, TRUE },  { 25, 100, 3, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const Shape *shape = &shapes[i];
    g_autoptr (AcGopWatch) watch = watch_for (shape->fps);

    for (guint64 frame = 0; frame <= 3 * shape->gop; frame++) {
      push (watch, shape, frame);
      g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, frame / shape->gop);
    }
    g_assert_cmpuint (ac_gop_watch_frames (watch), ==, shape->gop);
    g_assert_cmpuint (ac_gop_watch_bps (watch), >=, 7 * 8 * shape->fps * 99 / 100);
  }
}

/* 29.97 is not 30: a frame would be too many every half minute. */
static void
test_other_rates (void)
{
  static const Shape shapes[] = { { 24, 48, 0, TRUE }, { 50, 50, 0, TRUE } };
  g_autoptr (AcGopWatch) watch = watch_for (30);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (AcGopWatch) other = watch_for (25);

    for (guint64 frame = 0; frame < 300; frame++)
      push (other, &shapes[i], frame);
    g_assert_cmpuint (ac_gop_watch_n_regular (other), ==, 0);
  }
  for (guint64 frame = 0; frame < 600; frame++) {
    g_autoptr (GBytes) data = g_bytes_new_static ("picture", 7);
    const AcPacket packet = { .track = AC_SOURCE_VIDEO,
                              .data = data,
                              .decode_us = (gint64)(frame * 1001 * 1000 / 30),
                              .keyframe = frame % 60 == 0 };

    ac_gop_watch_packet (watch, &packet);
    g_assert_cmpuint (ac_gop_watch_n_regular (watch), <, 3);
  }
}

static void
test_irregular (void)
{
  static const Shape shape = { 25, 25, 2, TRUE }, other = { 25, 24, 0, TRUE };
  g_autoptr (AcGopWatch) watch = watch_for (25);
  guint64 frame = 0;

  for (; frame <= 75; frame++)
    push (watch, &shape, frame);
  g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, 3);
  frame++; /* one is missing */
  push (watch, &shape, frame++);
  g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, 0);
  for (; frame <= 175; frame++)
    push (watch, &shape, frame);
  g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, 3);

  ac_gop_watch_reset (watch);
  g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, 0);
  for (frame = 0; frame <= 75; frame++)
    push (watch, &shape, frame);
  for (frame = 96; frame <= 120; frame++) /* and begins anew with another length */
    push (watch, &other, frame);
  g_assert_cmpuint (ac_gop_watch_n_regular (watch), <=, 1);
}

/* What is shown before its key frame refers to what was before: an open GOP. */
static void
test_open_gop (void)
{
  g_autoptr (AcGopWatch) watch = watch_for (25);

  for (guint64 frame = 0; frame < 200; frame++) {
    g_autoptr (GBytes) data = g_bytes_new_static ("picture", 7);
    gboolean keyframe = frame % 25 == 0, leading = frame > 1 && frame % 25 == 1;
    const AcPacket packet = { .track = AC_SOURCE_VIDEO,
                              .data = data,
                              .decode_us = (gint64)frame * 40000,
                              .composition_us = keyframe  ? 80000
                                                : leading ? 0
                                                          : 40000,
                              .keyframe = keyframe };

    ac_gop_watch_packet (watch, &packet);
    g_assert_cmpuint (ac_gop_watch_n_regular (watch), ==, 0);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gop-watch/regular", test_regular);
  g_test_add_func ("/gop-watch/other-rates", test_other_rates);
  g_test_add_func ("/gop-watch/irregular", test_irregular);
  g_test_add_func ("/gop-watch/open-gop", test_open_gop);
  return g_test_run ();
}
