#include "self_test.h"

#include <gst/app/app.h>
#include <gst/video/video.h>
#include <string.h>
#include <time.h>

#define WIDTH 1280
#define HEIGHT 720
#define RATE 25
#define N_PICTURES 25
#define FORCED 12   /* the picture that is to be a key frame, besides the first */
#define MAX_HELD 2  /* pictures in it while the next waits */
#define BPS 1500000 /* as v720 */
#define PATIENCE_NS (2 * GST_SECOND)
/* Mean difference of luma, of 255, between what went in and what comes out. */
#define MAX_DIFFERENCE 6

typedef struct {
  const AcEncoder *encoder;
  GstElement *pipeline;
  GstAppSrc *in;
  GstAppSink *out;
  GstBuffer *pictures[N_PICTURES]; /* drawn before anything is timed */
  GPtrArray *samples;              /* GstSample */
  guint n_pushed;
  gint64 start_us, cpu_start_us; /* when the first packet had come */
  gint64 end_us, cpu_end_us;
} Run;

static gint64
process_cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

G_GNUC_PRINTF (2, 3)
static gboolean
fail (AcSelfTest *result, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  g_vsnprintf (result->reason, sizeof result->reason, format, args);
  va_end (args);
  return FALSE;
}

/* What the element says, when it says something. */
static gboolean
fail_with_bus (Run *run, AcSelfTest *result, const gchar *otherwise)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    return fail (result, "%s", otherwise);
  gst_message_parse_error (message, &error, NULL);
  return fail (result, "%s", error->message);
}

/* A slope of light with a bright square that moves. */
static GstBuffer *
draw (guint index)
{
  const gsize luma = WIDTH * HEIGHT, size = luma * 3 / 2;
  guint8 *data = g_malloc (size);

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      data[y * WIDTH + x] = (guint8)(40 + x * 90 / WIDTH + y * 60 / HEIGHT);
  for (guint y = 200; y < 360; y++)
    memset (data + y * WIDTH + 100 + index * 16, 220, 160);
  memset (data + luma, 128, size - luma);
  return gst_buffer_new_wrapped (data, size);
}

static gboolean
set_up (Run *run, AcSelfTest *result)
{
  g_autofree gchar *encode = ac_encoder_describe (run->encoder, "encoder", BPS);
  g_autofree gchar *text = g_strdup_printf (
      "appsrc name=in format=time caps=video/x-raw,format=I420,width=%d,height=%d,"
      "framerate=%d/1 ! %s ! appsink name=out sync=false async=false",
      WIDTH, HEIGHT, RATE, encode);
  g_autoptr (GError) error = NULL;

  run->pipeline =
      gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (run->pipeline == NULL)
    return fail (result, "%s", error->message);
  run->in = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (run->pipeline), "in"));
  run->out = GST_APP_SINK (gst_bin_get_by_name (GST_BIN (run->pipeline), "out"));
  run->samples = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref);
  if (gst_element_set_state (run->pipeline, GST_STATE_PLAYING) ==
      GST_STATE_CHANGE_FAILURE)
    return fail_with_bus (run, result, "it does not start");
  return TRUE;
}

static void
clear (Run *run)
{
  if (run->pipeline != NULL)
    gst_element_set_state (run->pipeline, GST_STATE_NULL);
  g_clear_object (&run->in);
  g_clear_object (&run->out);
  g_clear_object (&run->pipeline);
  g_clear_pointer (&run->samples, g_ptr_array_unref);
  for (guint i = 0; i < N_PICTURES; i++)
    gst_clear_buffer (&run->pictures[i]);
}

static gboolean
take (Run *run, GstClockTime patience)
{
  GstSample *sample = gst_app_sink_try_pull_sample (run->out, patience);

  if (sample == NULL)
    return FALSE;
  g_ptr_array_add (run->samples, sample);
  run->end_us = g_get_monotonic_time ();
  run->cpu_end_us = process_cpu_us ();
  if (run->samples->len == 1) {
    run->start_us = run->end_us;
    run->cpu_start_us = run->cpu_end_us;
  }
  return TRUE;
}

static void
push (Run *run)
{
  GstBuffer *picture = g_steal_pointer (&run->pictures[run->n_pushed]);
  GstClockTime time = gst_util_uint64_scale (run->n_pushed, GST_SECOND, RATE);

  GST_BUFFER_PTS (picture) = time;
  GST_BUFFER_DURATION (picture) = GST_SECOND / RATE;
  if (run->n_pushed == FORCED)
    gst_element_send_event (
        GST_ELEMENT (run->in),
        gst_video_event_new_downstream_force_key_unit (time, time, time, FALSE, 1));
  gst_app_src_push_buffer (run->in, picture);
  run->n_pushed++;
}

static gboolean
encode (Run *run, AcSelfTest *result)
{
  while (run->n_pushed < N_PICTURES) {
    push (run);
    while (take (run, 0))
      ;
    while (run->n_pushed - run->samples->len > MAX_HELD)
      if (!take (run, PATIENCE_NS))
        return fail_with_bus (run, result,
                              run->samples->len == 0
                                  ? "nothing comes out of it (look-ahead, or broken)"
                                  : "it holds pictures back (look-ahead, B-frames)");
  }
  gst_app_src_end_of_stream (run->in);
  while (run->samples->len < N_PICTURES)
    if (!take (run, PATIENCE_NS))
      return fail_with_bus (run, result, "it loses pictures");
  return TRUE;
}

static gboolean
check_packets (Run *run, AcSelfTest *result)
{
  const GstStructure *caps =
      gst_caps_get_structure (gst_sample_get_caps (run->samples->pdata[0]), 0);

  if (gst_structure_get_value (caps, "codec_data") == NULL)
    return fail (result, "it gives no decoder configuration");
  for (guint i = 0; i < run->samples->len; i++) {
    GstSample *sample = run->samples->pdata[i];
    GstBuffer *packet = gst_sample_get_buffer (sample);
    GstClockTime expected = gst_util_uint64_scale (i, GST_SECOND, RATE);
    GstClockTime time = gst_segment_to_running_time (
        gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (packet));
    gboolean sync = !GST_BUFFER_FLAG_IS_SET (packet, GST_BUFFER_FLAG_DELTA_UNIT);

    if (!GST_CLOCK_TIME_IS_VALID (time) ||
        ABS ((GstClockTimeDiff)(time - expected)) > GST_MSECOND)
      return fail (result, "packet %u is out of order (B-frames?)", i);
    if (sync && i != 0 && i != FORCED)
      return fail (result, "it makes a key frame of its own at picture %u", i);
    if (!sync && (i == 0 || i == FORCED))
      return fail (result, "it makes no key frame where one is forced");
  }
  return TRUE;
}

/* Returns: the mean difference of luma between @decoded and picture @index. */
static gboolean
compare (GstSample *decoded, guint index, AcSelfTest *result)
{
  g_autoptr (GstBuffer) original = draw (index);
  GstBuffer *buffer = gst_sample_get_buffer (decoded);
  guint64 sum = 0;
  GstMapInfo a, b;

  if (!gst_buffer_map (buffer, &a, GST_MAP_READ))
    return fail (result, "its pictures cannot be read");
  if (a.size < (gsize)WIDTH * HEIGHT) {
    gst_buffer_unmap (buffer, &a);
    return fail (result, "its pictures have another size");
  }
  gst_buffer_map (original, &b, GST_MAP_READ);
  for (gsize i = 0; i < (gsize)WIDTH * HEIGHT; i++)
    sum += (guint64)ABS (a.data[i] - b.data[i]);
  gst_buffer_unmap (original, &b);
  gst_buffer_unmap (buffer, &a);
  if (sum / (WIDTH * HEIGHT) > MAX_DIFFERENCE)
    return fail (result, "its pictures do not look like what went in");
  return TRUE;
}

static gboolean
feed_decoder (Run *run, GstElement *pipeline, GstAppSrc *in, GstAppSink *out,
              AcSelfTest *result)
{
  g_autoptr (GstSample) last = NULL;
  guint n = 0;

  gst_app_src_set_caps (in, gst_sample_get_caps (run->samples->pdata[0]));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < run->samples->len; i++) {
    GstBuffer *packet =
        gst_buffer_copy (gst_sample_get_buffer (run->samples->pdata[i]));

    GST_BUFFER_PTS (packet) = gst_util_uint64_scale (i, GST_SECOND, RATE);
    GST_BUFFER_DTS (packet) = GST_CLOCK_TIME_NONE;
    gst_app_src_push_buffer (in, packet);
  }
  gst_app_src_end_of_stream (in);
  for (;; n++) {
    GstSample *sample = gst_app_sink_try_pull_sample (out, PATIENCE_NS);

    if (sample == NULL)
      break;
    g_clear_pointer (&last, gst_sample_unref);
    last = sample;
  }
  if (n != N_PICTURES)
    return fail (result, "%u of %u pictures can be decoded", n, N_PICTURES);
  return compare (last, N_PICTURES - 1, result);
}

static gboolean
decode (Run *run, AcSelfTest *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "appsrc name=in format=time ! avdec_h264 max-threads=1 ! videoconvert ! "
      "video/x-raw,format=I420 ! appsink name=out sync=false",
      &error);
  g_autoptr (GstElement) in = NULL, out = NULL;
  gboolean good;

  if (pipeline == NULL)
    return fail (result, "there is no decoder to check it: %s", error->message);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  good = feed_decoder (run, pipeline, GST_APP_SRC (in), GST_APP_SINK (out), result);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return good;
}

/* The first picture is not counted: drivers are loaded with it. */
static gboolean
check_speed (Run *run, AcSelfTest *result)
{
  gint64 took_us = MAX (run->end_us - run->start_us, 1);
  gint64 media_us = (N_PICTURES - 1) * (gint64)G_USEC_PER_SEC / RATE;

  result->speed_percent = (guint32)(media_us * 100 / took_us);
  result->cpu_percent =
      (guint32)((run->cpu_end_us - run->cpu_start_us) * 100 / media_us);
  if (result->speed_percent >= AC_SELF_TEST_MIN_SPEED_PERCENT)
    return TRUE;
  return fail (result, "it is too slow: %u.%02u times real time",
               result->speed_percent / 100, result->speed_percent % 100);
}

void
ac_self_test (const AcEncoder *encoder, AcSelfTest *ret_result)
{
  Run run = { .encoder = encoder };

  *ret_result = (AcSelfTest){ 0 };
  for (guint i = 0; i < N_PICTURES; i++)
    run.pictures[i] = draw (i);
  ret_result->good = set_up (&run, ret_result) && encode (&run, ret_result) &&
                     check_packets (&run, ret_result) && decode (&run, ret_result) &&
                     check_speed (&run, ret_result);
  clear (&run);
}
