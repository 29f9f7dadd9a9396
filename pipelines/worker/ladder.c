#include "ladder.h"

#include "encode_times.h"

#include <gst/app/app.h>
#include <gst/video/video.h>
#include <time.h>

GST_DEBUG_CATEGORY_STATIC (ladder_debug);
#define GST_CAT_DEFAULT ladder_debug

#define QUEUE_FRAMES 4
#define QUEUE_BLOCKS 16
#define INLINE_HEIGHT 480 /* and less: 1 to 2 ms a picture */

#define GATE_EVENT "airclass-gate"
#define SINK "appsink name=out%u sync=false async=false enable-last-sample=false"
#define PICTURES                                                                       \
  "appsrc name=pictures is-live=true format=time block=true ! tee name=tee0 "
#define SOUND                                                                          \
  "appsrc name=sound is-live=true format=time block=true "                             \
  "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved "            \
  "! audioconvert ! avenc_aac aac-coder=fast bitrate=%u ! "

typedef struct {
  AcLadder *ladder;
  guint track;
  guint64 n_packets;  /* delivered, or left out while the gate was closed */
  guint64 resumes_at; /* frame of the full rate, 0: nowhere; under the ladder's lock */
  gboolean closed;    /* the gate; on the thread of the pictures */

  /* The encoder's thread, but for the last two, which are under the ladder's lock. */
  GThread *encoding; /* took the last picture */
  gint64 since_us, cpu_since_us;
  AcEncoderLoad load;
  AcEncodeTimes times;
} Output;

struct _AcLadder {
  AcGrid grid;
  AcLadderPlan plan;
  AcAssembler *assembler;
  AcLadderFailed failed;
  gpointer user_data;
  const AcLadderTap *tap; /* (nullable) */
  gpointer tap_data;
  GstElement *pipeline;
  GstAppSrc *pictures, *sound;
  guint bus_watch;
  gint wanted_closed; /* atomic; a bit a rendition */
  gint left_out;      /* the same */
  guint32 closed;     /* by the frames pushed so far; the pump's thread */
  GMutex lock;        /* guards resumes_at, the loads and the times */
  Output outputs[AC_GRID_MAX_RENDITIONS + 1];
};

static gboolean
is_audio (const Output *output)
{
  return output->track == output->ladder->plan.n_renditions;
}

static void
configure (Output *output, GstCaps *caps)
{
  const GValue *value =
      gst_structure_get_value (gst_caps_get_structure (caps, 0), "codec_data");
  g_autoptr (GBytes) bytes = NULL;
  gpointer data;
  gsize size;

  if (value == NULL)
    return;
  gst_buffer_extract_dup (gst_value_get_buffer (value), 0, (gsize)-1, &data, &size);
  bytes = g_bytes_new_take (data, size);
  ac_assembler_configure (output->ladder->assembler, output->track, bytes);
}

static gboolean
is_near (GstClockTime time, GstClockTime expected)
{
  return GST_CLOCK_TIME_IS_VALID (time) &&
         (time > expected ? time - expected : expected - time) < GST_MSECOND;
}

/* Whether the frame at @time is the first one after the gate was closed. */
static gboolean
resume (Output *output, GstClockTime time)
{
  AcLadder *ladder = output->ladder;
  gboolean resumed;

  g_mutex_lock (&ladder->lock);
  resumed = output->resumes_at != 0 &&
            is_near (time, ac_grid_frame_ns (&ladder->grid, output->resumes_at));
  if (resumed) {
    output->n_packets =
        output->resumes_at / ladder->plan.renditions[output->track].divisor;
    output->resumes_at = 0;
  }
  g_mutex_unlock (&ladder->lock);
  return resumed;
}

/* Frame n of an encoder is the n-th that went in; anything else would shift the whole
 * lesson, so it is looked at. Running time: x264enc adds 1,000 hours to timestamps. */
static gboolean
is_in_place (Output *output, GstSample *sample)
{
  const AcLadder *ladder = output->ladder;
  guint64 divisor = ladder->plan.renditions[output->track].divisor;
  GstClockTime time =
      gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME,
                                   GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
  GstClockTime expected = ac_grid_frame_ns (&ladder->grid, output->n_packets * divisor);

  if (is_near (time, expected) || resume (output, time))
    return TRUE;
  GST_ERROR ("rendition %u: frame %" G_GUINT64_FORMAT " is at %" GST_TIME_FORMAT
             ", not at %" GST_TIME_FORMAT,
             output->track, output->n_packets, GST_TIME_ARGS (time),
             GST_TIME_ARGS (expected));
  return FALSE;
}

/* Called for the packet that was counted last. */
static void
tap_picture (const Output *output, GstSample *sample)
{
  const AcLadder *ladder = output->ladder;
  const guint divisor = ladder->plan.renditions[output->track].divisor;

  if (ladder->tap != NULL)
    ladder->tap->picture (output->track, (output->n_packets - 1) * divisor,
                          gst_sample_get_buffer (sample), gst_sample_get_caps (sample),
                          ladder->tap_data);
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  Output *output = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  g_autoptr (GBytes) bytes = NULL;
  GstBuffer *buffer;
  gpointer data;
  gsize size;

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (output->n_packets == 0)
    configure (output, gst_sample_get_caps (sample));
  if (is_audio (output)) {
    /* The first packet holds nothing but the encoder's priming, 1,024 samples. */
    if (output->n_packets++ == 0)
      return GST_FLOW_OK;
  } else {
    if (!is_in_place (output, sample)) {
      GST_ELEMENT_ERROR (sink, STREAM, ENCODE, ("an encoder lost a frame"), (NULL));
      return GST_FLOW_ERROR;
    }
    output->n_packets++;
    tap_picture (output, sample);
  }
  buffer = gst_sample_get_buffer (sample);
  gst_buffer_extract_dup (buffer, 0, (gsize)-1, &data, &size);
  bytes = g_bytes_new_take (data, size);
  ac_assembler_push (output->ladder->assembler, output->track, bytes,
                     is_audio (output) ||
                         !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT));
  return GST_FLOW_OK;
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  AcLadder *self = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  self->bus_watch = 0;
  self->failed (error, self->user_data);
  return G_SOURCE_REMOVE;
}

/* What stands between the tee of a rendition and its encoder: the gate. A small picture
 * is encoded on the thread that scaled it, while the cache still holds it: to wake
 * another one costs more than is won. */
static gchar *
describe_gate (const AcRendition *rendition, guint i)
{
  if (i > 0 && rendition->height <= INLINE_HEIGHT)
    return g_strdup_printf ("identity name=gate%u", i);
  return g_strdup_printf (
      "queue name=gate%u max-size-buffers=%u max-size-bytes=0 max-size-time=0", i,
      QUEUE_FRAMES);
}

static gchar *
describe (const AcLadderPlan *plan, const AcEncoder *encoder)
{
  GString *text = g_string_new (PICTURES);

  for (guint i = 0; i < plan->n_renditions; i++) {
    const AcRendition *rendition = &plan->renditions[i];
    g_autofree gchar *name = g_strdup_printf ("encoder%u", i);
    g_autofree gchar *encode =
        ac_encoder_describe (encoder, name, rendition->target_bps);
    g_autofree gchar *gate = describe_gate (rendition, i);

    if (i > 0)
      g_string_append_printf (
          text,
          "tee%u. ! acscaler name=scaler%u width=%u height=%u divisor=%u ! "
          "tee name=tee%u ",
          i - 1, i, rendition->width, rendition->height, rendition->divisor, i);
    g_string_append_printf (text, "tee%u. ! %s ! %s ! " SINK " ", i, gate, encode, i);
  }
  g_string_append_printf (text, SOUND SINK, AC_GRID_AUDIO_BPS, plan->n_renditions);
  return g_string_free (text, FALSE);
}

static void
set_up_inputs (AcLadder *self)
{
  const AcRendition *top = &self->plan.renditions[0];
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, top->width,
      "height", G_TYPE_INT, top->height, "framerate", GST_TYPE_FRACTION,
      self->grid.frame_rate, 1, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1,
      "interlace-mode", G_TYPE_STRING, "progressive", "colorimetry", G_TYPE_STRING,
      GST_VIDEO_COLORIMETRY_BT709, NULL);

  self->pictures =
      GST_APP_SRC (gst_bin_get_by_name (GST_BIN (self->pipeline), "pictures"));
  self->sound = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (self->pipeline), "sound"));
  gst_app_src_set_caps (self->pictures, caps);
  g_object_set (self->pictures, "max-buffers", (guint64)QUEUE_FRAMES, "max-bytes",
                (guint64)0, NULL);
  g_object_set (self->sound, "max-buffers", (guint64)QUEUE_BLOCKS, "max-bytes",
                (guint64)0, NULL);
}

/* Lets through what its encoder is to have. A key frame that is asked for while it is
 * closed must not reach the encoder either: it would come with a later frame. */
static GstPadProbeReturn
on_branch (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Output *output = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
                        ? GST_PAD_PROBE_INFO_EVENT (info)
                        : NULL;
  guint closed;

  if (event == NULL)
    return output->closed ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  if (gst_event_has_name (event, GATE_EVENT)) {
    gst_structure_get_uint (gst_event_get_structure (event), "closed", &closed);
    output->closed = (closed & (1u << output->track)) != 0;
    return GST_PAD_PROBE_DROP;
  }
  return output->closed && gst_video_event_is_force_key_unit (event)
             ? GST_PAD_PROBE_DROP
             : GST_PAD_PROBE_OK;
}

/* Lets through to the scaler of @user_data what its rendition, or one behind it, is to
 * have. Of the lowest alone that is every second picture, and none of it is dear. */
static GstPadProbeReturn
on_scaler (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  const Output *first = user_data;
  const AcLadder *self = first->ladder;
  GstClockTime time = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  guint64 index = gst_util_uint64_scale_round (time, self->grid.frame_rate, GST_SECOND);

  for (guint i = first->track; i < self->plan.n_renditions; i++)
    if (!self->outputs[i].closed && index % self->plan.renditions[i].divisor == 0)
      return GST_PAD_PROBE_OK;
  return GST_PAD_PROBE_DROP;
}

/* --- what it costs ---------------------------------------------------------------- */

static gint64
thread_cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static GstPadProbeReturn
on_encoder_in (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Output *output = user_data;

  output->encoding = g_thread_self ();
  output->since_us = g_get_monotonic_time ();
  output->cpu_since_us = thread_cpu_us ();
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_encoder_out (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Output *output = user_data;
  gint64 busy_us = g_get_monotonic_time () - output->since_us;
  gint64 cpu_us = output->encoding == g_thread_self ()
                      ? thread_cpu_us () - output->cpu_since_us
                      : 0;

  g_mutex_lock (&output->ladder->lock);
  output->load.n_frames++;
  output->load.n_bytes += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  output->load.busy_us += busy_us;
  output->load.cpu_us += cpu_us;
  ac_encode_times_add (&output->times, busy_us);
  g_mutex_unlock (&output->ladder->lock);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (AcLadder *self, const gchar *prefix, guint rendition, const gchar *pad_name,
           GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autofree gchar *name = g_strdup_printf ("%s%u", prefix, rendition);
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (self->pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, callback, &self->outputs[rendition], NULL);
}

static void
set_up_probes (AcLadder *self)
{
  const GstPadProbeType gate =
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;

  for (guint i = 0; i < self->plan.n_renditions; i++) {
    add_probe (self, "gate", i, "sink", gate, on_branch);
    if (i > 0)
      add_probe (self, "scaler", i, "sink", GST_PAD_PROBE_TYPE_BUFFER, on_scaler);
    add_probe (self, "encoder", i, "sink", GST_PAD_PROBE_TYPE_BUFFER, on_encoder_in);
    add_probe (self, "encoder", i, "src", GST_PAD_PROBE_TYPE_BUFFER, on_encoder_out);
  }
}

static void
set_up_outputs (AcLadder *self)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  for (guint i = 0; i <= self->plan.n_renditions; i++) {
    g_autofree gchar *name = g_strdup_printf ("out%u", i);
    g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), name);

    self->outputs[i] = (Output){ .ladder = self, .track = i };
    gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, &self->outputs[i],
                                NULL);
  }
}

AcLadder *
ac_ladder_new (const AcGrid *grid, const AcLadderPlan *plan, const AcEncoder *encoder,
               AcAssembler *assembler, AcLadderFailed failed, gpointer user_data,
               GError **error)
{
  static gsize once = 0;
  g_autoptr (AcLadder) self = g_new0 (AcLadder, 1);
  g_autofree gchar *description = describe (plan, encoder);
  g_autoptr (GstBus) bus = NULL;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (ladder_debug, "acladder", 0, "encoders");
    g_once_init_leave (&once, 1);
  }
  g_mutex_init (&self->lock);
  self->grid = *grid;
  self->plan = *plan;
  self->assembler = assembler;
  self->failed = failed;
  self->user_data = user_data;
  self->pipeline =
      gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->pipeline == NULL)
    return NULL;

  GST_DEBUG ("%s", description);
  set_up_inputs (self);
  set_up_outputs (self);
  set_up_probes (self);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_bus_message, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return g_steal_pointer (&self);
}

void
ac_ladder_stop (AcLadder *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

void
ac_ladder_free (AcLadder *self)
{
  if (self->bus_watch != 0)
    g_source_remove (self->bus_watch);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_object (&self->pictures);
  g_clear_object (&self->sound);
  g_clear_object (&self->pipeline);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* A forced key frame at running time 0 makes x264enc ignore all later ones; the first
 * frame is one anyway. */
static void
force_keyframe (AcLadder *self, guint64 index)
{
  GstClockTime time = ac_grid_frame_ns (&self->grid, index);

  if (index > 0)
    gst_element_send_event (GST_ELEMENT (self->pictures),
                            gst_video_event_new_downstream_force_key_unit (
                                time, time, time, FALSE, (guint)index));
}

void
ac_ladder_tap (AcLadder *self, const AcLadderTap *tap, gpointer user_data)
{
  self->tap = tap;
  self->tap_data = user_data;
}

void
ac_ladder_force_key_frame (AcLadder *self, guint rendition)
{
  g_autofree gchar *name = g_strdup_printf ("encoder%u", rendition);
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  gst_element_send_event (encoder, gst_video_event_new_upstream_force_key_unit (
                                       GST_CLOCK_TIME_NONE, FALSE, 0));
}

GstBuffer *
ac_ladder_stamp (AcLadder *self, GstBuffer *frame, guint64 index)
{
  GstClockTime time = ac_grid_frame_ns (&self->grid, index);

  frame = gst_buffer_make_writable (frame);
  GST_BUFFER_PTS (frame) = time;
  GST_BUFFER_DTS (frame) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (frame) = ac_grid_frame_ns (&self->grid, index + 1) - time;
  GST_BUFFER_FLAG_UNSET (frame, GST_BUFFER_FLAG_DISCONT);
  return frame;
}

/* The segment that begins with frame @index has other renditions than the last. */
static void
move_gates (AcLadder *self, guint32 closed, guint64 index)
{
  guint32 opened = self->closed & ~closed;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->plan.n_renditions; i++)
    if ((opened & (1u << i)) != 0)
      self->outputs[i].resumes_at = index;
  g_mutex_unlock (&self->lock);
  self->closed = closed;
  ac_assembler_set_closed (self->assembler, closed);
  gst_element_send_event (
      GST_ELEMENT (self->pictures),
      gst_event_new_custom (
          GST_EVENT_CUSTOM_DOWNSTREAM,
          gst_structure_new (GATE_EVENT, "closed", G_TYPE_UINT, closed, NULL)));
}

void
ac_ladder_begin_segment (AcLadder *self, guint64 index, guint32 left_out)
{
  guint32 closed = (guint32)g_atomic_int_get (&self->wanted_closed) | left_out;

  g_atomic_int_set (&self->left_out, (gint)left_out);
  if (closed != self->closed && index > 0)
    move_gates (self, closed, index);
  if (self->tap != NULL)
    self->tap->segment (index, self->closed, self->tap_data);
  force_keyframe (self, index);
}

void
ac_ladder_push_frame (AcLadder *self, GstBuffer *frame)
{
  gst_app_src_push_buffer (self->pictures, frame);
}

void
ac_ladder_set_closed (AcLadder *self, guint32 renditions)
{
  guint32 all_but_lowest = (1u << (self->plan.n_renditions - 1)) - 1;

  g_atomic_int_set (&self->wanted_closed, (gint)(renditions & all_but_lowest));
}

void
ac_ladder_push_block (AcLadder *self, const gint16 *samples, guint64 index)
{
  const gsize size = AC_GRID_BLOCK_SAMPLES * sizeof *samples;
  GstBuffer *block = gst_buffer_new_allocate (NULL, size, NULL);
  guint64 first = index * AC_GRID_BLOCK_SAMPLES;

  if (self->tap != NULL)
    self->tap->block (samples, index, self->tap_data);
  gst_buffer_fill (block, 0, samples, size);
  GST_BUFFER_PTS (block) =
      gst_util_uint64_scale (first, GST_SECOND, AC_GRID_SAMPLE_RATE);
  GST_BUFFER_DURATION (block) =
      gst_util_uint64_scale (first + AC_GRID_BLOCK_SAMPLES, GST_SECOND,
                             AC_GRID_SAMPLE_RATE) -
      GST_BUFFER_PTS (block);
  gst_app_src_push_buffer (self->sound, block);
}

gboolean
ac_ladder_is_left_out (AcLadder *self, guint rendition)
{
  return ((guint)g_atomic_int_get (&self->left_out) & (1u << rendition)) != 0;
}

void
ac_ladder_load (AcLadder *self, guint rendition, AcEncoderLoad *ret_load)
{
  AcEncodeTimes times;

  g_mutex_lock (&self->lock);
  *ret_load = self->outputs[rendition].load;
  times = self->outputs[rendition].times;
  g_mutex_unlock (&self->lock);
  ret_load->p50_us = ac_encode_times_percentile (&times, 50);
  ret_load->p95_us = ac_encode_times_percentile (&times, 95);
}

void
ac_ladder_finish (AcLadder *self)
{
  gst_app_src_end_of_stream (self->pictures);
  gst_app_src_end_of_stream (self->sound);
}
