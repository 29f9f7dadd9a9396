/* The scaler element and the slate. */
#include "scaler.h"
#include "slate.h"

#include <gst/check/gstharness.h>

static guint8
pixel (GstBuffer *buffer, guint width, guint height, guint plane, guint x, guint y)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint8 value;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, height);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  value = ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA (
      &frame, plane))[y * (guint)GST_VIDEO_FRAME_PLANE_STRIDE (&frame, plane) + x];
  gst_video_frame_unmap (&frame);
  return value;
}

/* A picture of one luma; chroma neutral. */
static GstBuffer *
picture (guint width, guint height, guint8 luma)
{
  GstVideoInfo info;
  GstBuffer *buffer;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, height);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, 128, info.size);
  for (guint y = 0; y < height; y++)
    gst_buffer_memset (buffer, info.offset[0] + y * (guint)info.stride[0], luma, width);
  return buffer;
}

static GstHarness *
harness (const gchar *description, guint width, guint height, const gchar *rest)
{
  GstHarness *self = gst_harness_new_parse (description);
  g_autofree gchar *caps =
      g_strdup_printf ("video/x-raw,format=I420,width=%u,height=%u,framerate=25/1%s",
                       width, height, rest);

  gst_harness_set_src_caps_str (self, caps);
  return self;
}

static void
test_letterbox (void)
{
  static const struct {
    guint width, height;
    const gchar *caps;
    guint black_x, black_y; /* a point in the bars */
  } table[] = {
    { 320, 240, "", 4, 120 }, /* 4:3: bars at the sides */
    { 640, 240, "", 200, 4 }, /* wide: above and below */
    { 360, 288, ",pixel-aspect-ratio=16/15", 4, 120 },
    { 90, 160, "", 60, 120 }, /* upright */
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstHarness *h = harness ("acscaler letterbox=true width=424 height=240",
                             table[i].width, table[i].height, table[i].caps);
    GstBuffer *out;

    gst_harness_push (h, picture (table[i].width, table[i].height, 200));
    out = gst_harness_pull (h);
    g_assert_cmpuint (pixel (out, 424, 240, 0, 212, 120), ==, 200);
    g_assert_cmpuint (pixel (out, 424, 240, 0, table[i].black_x, table[i].black_y), ==,
                      16);
    g_assert_cmpuint (
        pixel (out, 424, 240, 1, table[i].black_x / 2, table[i].black_y / 2), ==, 128);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

static void
test_stretch (void)
{
  GstHarness *h = harness ("acscaler width=848 height=480", 1280, 720, "");
  GstBuffer *out;

  gst_harness_push (h, picture (1280, 720, 90));
  out = gst_harness_pull (h);
  g_assert_cmpuint (pixel (out, 848, 480, 0, 0, 0), ==, 90);
  g_assert_cmpuint (pixel (out, 848, 480, 0, 847, 479), ==, 90);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* To rows that swscale writes fast, where the next one can take them. */
static void
test_rows (void)
{
  GstHarness *h = gst_harness_new_parse ("acscaler width=424 height=240");
  const GstVideoMeta *meta;
  GstBuffer *out;

  gst_harness_add_propose_allocation_meta (h, GST_VIDEO_META_API_TYPE, NULL);
  gst_harness_set_src_caps_str (
      h, "video/x-raw,format=I420,width=640,height=360,framerate=25/1");
  gst_harness_push (h, picture (640, 360, 90));
  out = gst_harness_pull (h);
  meta = gst_buffer_get_video_meta (out);
  g_assert_nonnull (meta);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (meta->stride[i] % 32, ==, 0);
  g_assert_cmpuint (pixel (out, 424, 240, 0, 423, 239), ==, 90);
  g_assert_cmpuint (pixel (out, 424, 240, 1, 211, 119), ==, 128);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* The right size already: the same memory comes out. */
static void
test_no_copy (void)
{
  GstHarness *h = harness ("acscaler letterbox=true width=640 height=360", 640, 360,
                           ",pixel-aspect-ratio=1/1");
  GstBuffer *in = picture (640, 360, 90), *out;

  gst_harness_push (h, in);
  out = gst_harness_pull (h);
  g_assert_true (in == out);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* A frame that is held is not scaled again, and the next one is. */
static void
test_held (void)
{
  GstHarness *h = harness ("acscaler width=424 height=240", 640, 360, "");
  GstBuffer *in[3] = { picture (640, 360, 90), NULL, picture (640, 360, 91) };
  GstBuffer *out[3];

  in[1] = gst_buffer_copy (in[0]);
  for (guint i = 0; i < 3; i++) {
    GST_BUFFER_PTS (in[i]) = i * 40 * GST_MSECOND;
    GST_BUFFER_DURATION (in[i]) = 40 * GST_MSECOND;
    gst_harness_push (h, in[i]);
    out[i] = gst_harness_pull (h);
    g_assert_cmpuint (GST_BUFFER_PTS (out[i]), ==, i * 40 * GST_MSECOND);
    g_assert_cmpuint (GST_BUFFER_DURATION (out[i]), ==, 40 * GST_MSECOND);
    g_assert_cmpuint (pixel (out[i], 424, 240, 0, 100, 100), ==, i < 2 ? 90 : 91);
  }
  g_assert_true (gst_buffer_peek_memory (out[0], 0) ==
                 gst_buffer_peek_memory (out[1], 0));
  g_assert_true (gst_buffer_peek_memory (out[1], 0) !=
                 gst_buffer_peek_memory (out[2], 0));
  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (out[i]);
  gst_harness_teardown (h);
}

static void
test_divisor (void)
{
  GstHarness *h = harness ("acscaler width=424 height=240 divisor=2", 640, 360, "");
  GstCaps *caps;
  gint numerator, denominator;

  for (guint i = 0; i < 7; i++) {
    GstBuffer *buffer = picture (640, 360, 90);

    GST_BUFFER_PTS (buffer) = i * 40 * GST_MSECOND;
    g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
  }
  g_assert_cmpuint (gst_harness_buffers_received (h), ==, 4);
  for (guint i = 0; i < 4; i++) {
    GstBuffer *buffer = gst_harness_pull (h);

    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i * 80 * GST_MSECOND);
    gst_buffer_unref (buffer);
  }
  caps = gst_pad_get_current_caps (h->sinkpad);
  gst_structure_get_fraction (gst_caps_get_structure (caps, 0), "framerate", &numerator,
                              &denominator);
  g_assert_cmpint (numerator * 2, ==, denominator * 25);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

/* Dark, and with something written on it. */
static void
test_slates (void)
{
  static const guint sizes[][2] = {
    { 1280, 720 }, { 424, 240 }, { 160, 90 }, { 16, 16 }
  };
  g_autofree gchar *very_long = g_strnfill (1000, 'W');
  const gchar *titles[] = { "光的折射", "", very_long };

  for (guint i = 0; i < G_N_ELEMENTS (sizes) * G_N_ELEMENTS (titles); i++) {
    guint width = sizes[i % G_N_ELEMENTS (sizes)][0];
    guint height = sizes[i % G_N_ELEMENTS (sizes)][1];
    GstBuffer *slate =
        ac_slate_draw (AC_SLATE_LOST, titles[i / G_N_ELEMENTS (sizes)], width, height);
    guint n_bright = 0;

    g_assert_cmpuint (pixel (slate, width, height, 0, 1, 1), <, 50);
    for (guint y = 0; y < height; y++) {
      for (guint x = 0; x < width; x += 3)
        n_bright += pixel (slate, width, height, 0, x, y) > 90;
      if (n_bright > 10)
        break;
    }
    if (height > 16)
      g_assert_cmpuint (n_bright, >, 10);
    gst_buffer_unref (slate);
  }
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ac_scaler_register ();
  g_test_add_func ("/scaler/letterbox", test_letterbox);
  g_test_add_func ("/scaler/stretch", test_stretch);
  g_test_add_func ("/scaler/rows", test_rows);
  g_test_add_func ("/scaler/no-copy", test_no_copy);
  g_test_add_func ("/scaler/held", test_held);
  g_test_add_func ("/scaler/divisor", test_divisor);
  g_test_add_func ("/slate/drawn", test_slates);
  return g_test_run ();
}
