/* Buffers of a pipeline as packets on the main loop. */
#include "packet_sink.h"

typedef struct {
  GstElement *pipeline;
  GstAppSrc *in;
  AcPacketSink *sink;
  guint n_formats, n_packets, n_lost, n_broken;
  gint64 last_us;
  gboolean complete; /* the pictures since the last key frame are all there */
  AcPacket last;     /* without its data */
} Fixture;

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (fixture->n_packets, ==, 0);
  fixture->n_formats++;
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_packets++;
  fixture->n_lost += packet->lost;
  if (packet->keyframe)
    fixture->complete = TRUE;
  else if (packet->decode_us != fixture->last_us + 40000)
    fixture->complete = FALSE;
  fixture->n_broken += !fixture->complete;
  fixture->last_us = packet->decode_us;
  fixture->last = *packet;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const AcInputHandler handler = { on_format, on_packet, NULL, NULL };
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-h264");

  fixture->pipeline = gst_parse_launch (
      "appsrc name=in format=time max-bytes=0 ! appsink name=out sync=false", NULL);
  fixture->in = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (fixture->pipeline), "in"));
  sink = gst_bin_get_by_name (GST_BIN (fixture->pipeline), "out");
  gst_app_src_set_caps (fixture->in, caps);
  fixture->sink =
      ac_packet_sink_new (GST_APP_SINK (sink), AC_SOURCE_VIDEO, &handler, fixture);
  gst_element_set_state (fixture->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->sink, ac_packet_sink_free);
  gst_element_set_state (fixture->pipeline, GST_STATE_NULL);
  g_clear_object (&fixture->in);
  g_clear_object (&fixture->pipeline);
}

static void
push (Fixture *fixture, guint number, gsize size, gboolean key)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  GST_BUFFER_DTS (buffer) = number * 40 * GST_MSECOND;
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) + 80 * GST_MSECOND;
  if (!key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  g_assert_cmpint (gst_app_src_push_buffer (fixture->in, buffer), ==, GST_FLOW_OK);
}

/* Until the pipeline has passed all on; the main loop does not run meanwhile. */
static void
wait_for_end (Fixture *fixture)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (fixture->pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_app_src_end_of_stream (fixture->in);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS);
  g_assert_nonnull (message);
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_packets (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    push (fixture, i, 100, i % 5 == 0);
  wait_for_end (fixture);
  g_assert_cmpuint (fixture->n_packets, ==, 0); /* on no other thread */
  drain ();
  g_assert_cmpuint (fixture->n_formats, ==, 1);
  g_assert_cmpuint (fixture->n_packets, ==, 10);
  g_assert_cmpuint (fixture->n_lost, ==, 0);
  g_assert_cmpint (fixture->last.decode_us, ==, 360000);
  g_assert_cmpint (fixture->last.composition_us, ==, 80000);
  g_assert_false (fixture->last.keyframe);
}

/* The main loop is stuck: what is kept is bounded, and what comes of it afterwards can
 * be decoded. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 400; i++)
    push (fixture, i, 100 * 1024, i % 50 == 0);
  wait_for_end (fixture);
  drain ();
  g_assert_cmpuint (fixture->n_packets, >=, 70);
  g_assert_cmpuint (fixture->n_packets, <=, 82); /* 8 MiB */
  g_assert_cmpuint (fixture->n_broken, ==, 0);
}

static void
test_full_then_room (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2100; i++) /* more than 2,048 packets */
    push (fixture, i, 10, i % 50 == 0);
  while (fixture->n_packets < 2048)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 2100; i < 2300; i++)
    push (fixture, i, 10, i % 50 == 0);
  wait_for_end (fixture);
  drain ();
  g_assert_cmpuint (fixture->n_broken, ==, 0);
  g_assert_cmpint (fixture->last.decode_us, ==, 2299 * 40000);
}

static void
test_free_full (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    push (fixture, i, 100, i == 0);
  g_clear_pointer (&fixture->sink, ac_packet_sink_free);
  wait_for_end (fixture);
  drain ();
  g_assert_cmpuint (fixture->n_packets, ==, 0);
}

gint
main (gint argc, gchar **argv)
{
  static const struct {
    const gchar *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } table[] = {
    { "/packet-sink/packets", test_packets },
    { "/packet-sink/full", test_full },
    { "/packet-sink/full-then-room", test_full_then_room },
    { "/packet-sink/free-full", test_free_full },
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].run, tear_down);
  return g_test_run ();
}
