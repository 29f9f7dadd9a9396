#include "scaler.h"

#include <libavutil/cpu.h>
#include <libswscale/swscale.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (scaler_debug);
#define GST_CAT_DEFAULT scaler_debug

#define N_PLANES 3
#define ALIGNMENT 32 /* bytes, a power of two: what swscale writes at a time */

struct _AcScaler {
  GstVideoFilter parent_instance;

  guint width, height, divisor; /* properties, under the object lock */
  gboolean letterbox;

  /* Streaming thread. */
  struct SwsContext *context;
  GstVideoRectangle target; /* where the picture goes in the output; even numbers */
  gint fps_n, fps_d;        /* of the input */
  GstBuffer *in, *out;      /* (nullable): the last picture, before and after */
  gboolean again;           /* the next one is the same */
};

G_DEFINE_FINAL_TYPE (AcScaler, ac_scaler, GST_TYPE_VIDEO_FILTER)

enum { PROP_0, PROP_WIDTH, PROP_HEIGHT, PROP_LETTERBOX, PROP_DIVISOR };

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                             GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("I420")));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("I420")));

static void
set_rate (GstStructure *structure, gint divisor)
{
  gint numerator, denominator;

  if (gst_structure_get_fraction (structure, "framerate", &numerator, &denominator))
    gst_structure_set (structure, "framerate", GST_TYPE_FRACTION, numerator,
                       denominator * divisor, NULL);
}

static void
set_output (AcScaler *self, GstStructure *structure)
{
  GST_OBJECT_LOCK (self);
  if (self->width > 0 && self->height > 0)
    gst_structure_set (structure, "width", G_TYPE_INT, (gint)self->width, "height",
                       G_TYPE_INT, (gint)self->height, "pixel-aspect-ratio",
                       GST_TYPE_FRACTION, 1, 1, NULL);
  if (self->divisor > 1)
    set_rate (structure, (gint)self->divisor);
  GST_OBJECT_UNLOCK (self);
}

static GstCaps *
transform_caps (GstBaseTransform *transform, GstPadDirection direction, GstCaps *caps,
                GstCaps *filter)
{
  AcScaler *self = AC_SCALER (transform);
  GstCaps *result = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure = gst_structure_copy (gst_caps_get_structure (caps, i));

    if (direction == GST_PAD_SINK) {
      set_output (self, structure);
    } else {
      gst_structure_set (structure, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
                         GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
      gst_structure_remove_fields (structure, "pixel-aspect-ratio", "framerate", NULL);
    }
    gst_caps_append_structure (result, structure);
  }
  if (filter != NULL) {
    GstCaps *both = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);

    gst_caps_unref (result);
    result = both;
  }
  return result;
}

/* The largest even rectangle of the input's display aspect ratio in the output. */
static GstVideoRectangle
fit (const GstVideoInfo *in, const GstVideoInfo *out)
{
  guint64 wide = (guint64)in->width * (guint)in->par_n;
  guint64 high = (guint64)in->height * (guint)in->par_d;
  GstVideoRectangle rectangle = { 0, 0, out->width, out->height };

  if (wide == 0 || high == 0)
    return rectangle;
  if (wide * (guint64)out->height >= high * (guint64)out->width)
    rectangle.h = (gint)(high * (guint64)out->width / wide);
  else
    rectangle.w = (gint)(wide * (guint64)out->height / high);
  /* A pixel or two of difference is not worth a bar. */
  rectangle.w = out->width - rectangle.w < 8 ? out->width : MAX (rectangle.w & ~1, 2);
  rectangle.h = out->height - rectangle.h < 4 ? out->height : MAX (rectangle.h & ~1, 2);
  rectangle.x = (out->width - rectangle.w) / 2 & ~1;
  rectangle.y = (out->height - rectangle.h) / 2 & ~1;
  return rectangle;
}

static void
forget (AcScaler *self)
{
  gst_clear_buffer (&self->in);
  gst_clear_buffer (&self->out);
}

static gboolean
set_info (GstVideoFilter *filter, GstCaps *in_caps, GstVideoInfo *in, GstCaps *out_caps,
          GstVideoInfo *out)
{
  AcScaler *self = AC_SCALER (filter);

  self->fps_n = in->fps_n;
  self->fps_d = in->fps_d;
  self->target = (GstVideoRectangle){ 0, 0, out->width, out->height };
  if (self->letterbox)
    self->target = fit (in, out);
  forget (self);
  g_clear_pointer (&self->context, sws_freeContext);
  self->context = sws_getContext (in->width, in->height, AV_PIX_FMT_YUV420P,
                                  self->target.w, self->target.h, AV_PIX_FMT_YUV420P,
                                  SWS_BICUBIC, NULL, NULL, NULL);
  if (self->context == NULL)
    GST_ERROR_OBJECT (self, "swscale refuses %dx%d to %dx%d", in->width, in->height,
                      self->target.w, self->target.h);
  return self->context != NULL;
}

/* Black around the picture; nothing to do when it fills the frame. */
static void
paint_bars (const GstVideoFrame *frame, const GstVideoRectangle *target)
{
  for (guint i = 0; i < N_PLANES; i++) {
    guint shift = i == 0 ? 0 : 1;
    guint8 black = i == 0 ? 16 : 128;
    guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (frame, i);
    gint width = GST_VIDEO_FRAME_COMP_WIDTH (frame, i);
    gint height = GST_VIDEO_FRAME_COMP_HEIGHT (frame, i);
    gint left = target->x >> shift, top = target->y >> shift;
    gint right = left + ((target->w + (gint)shift) >> shift);
    gint bottom = top + ((target->h + (gint)shift) >> shift);

    for (gint y = 0; y < height; y++) {
      if (y < top || y >= bottom) {
        memset (row, black, (gsize)width);
      } else {
        memset (row, black, (gsize)left);
        memset (row + right, black, (gsize)(width - right));
      }
      row += GST_VIDEO_FRAME_PLANE_STRIDE (frame, i);
    }
  }
}

static GstFlowReturn
transform_frame (GstVideoFilter *filter, GstVideoFrame *in, GstVideoFrame *out)
{
  AcScaler *self = AC_SCALER (filter);
  const uint8_t *from[N_PLANES];
  uint8_t *to[N_PLANES];
  int from_stride[N_PLANES], to_stride[N_PLANES];

  for (guint i = 0; i < N_PLANES; i++) {
    guint shift = i == 0 ? 0 : 1;

    from[i] = GST_VIDEO_FRAME_PLANE_DATA (in, i);
    from_stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (in, i);
    to_stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (out, i);
    to[i] = (uint8_t *)GST_VIDEO_FRAME_PLANE_DATA (out, i) +
            (self->target.y >> shift) * to_stride[i] + (self->target.x >> shift);
  }
  if (self->target.w != GST_VIDEO_FRAME_WIDTH (out) ||
      self->target.h != GST_VIDEO_FRAME_HEIGHT (out))
    paint_bars (out, &self->target);
  sws_scale (self->context, from, from_stride, 0, GST_VIDEO_FRAME_HEIGHT (in), to,
             to_stride);
  return GST_FLOW_OK;
}

/* swscale has slow paths for rows that do not begin at a multiple of its registers'
 * width, as every second row of a picture 424 wide does when it is packed. */
static void
align (GstBufferPool *pool)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocationParams params = { .align = ALIGNMENT - 1 };
  GstVideoAlignment alignment;

  gst_video_alignment_reset (&alignment);
  for (guint i = 0; i < N_PLANES; i++)
    alignment.stride_align[i] = ALIGNMENT - 1;
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  gst_buffer_pool_config_set_allocator (config, NULL, &params);
  if (!gst_buffer_pool_set_config (pool, config))
    GST_WARNING_OBJECT (pool, "rows stay as they are");
}

static gboolean
decide_allocation (GstBaseTransform *transform, GstQuery *query)
{
  /* Others downstream take packed rows only. Asked first: the parent's call clears it.
   */
  const gboolean takes_rows =
      gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  g_autoptr (GstBufferPool) pool = NULL;

  if (!GST_BASE_TRANSFORM_CLASS (ac_scaler_parent_class)
           ->decide_allocation (transform, query))
    return FALSE;
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  if (takes_rows && pool != NULL &&
      gst_buffer_pool_has_option (pool, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
    align (pool);
  return TRUE;
}

static gboolean
is_same (GstBuffer *a, GstBuffer *b)
{
  return a != NULL && gst_buffer_n_memory (a) == 1 && gst_buffer_n_memory (b) == 1 &&
         gst_buffer_peek_memory (a, 0) == gst_buffer_peek_memory (b, 0);
}

/* The picture of before under another time, when it is the same. */
static GstFlowReturn
prepare_output_buffer (GstBaseTransform *transform, GstBuffer *input,
                       GstBuffer **output)
{
  AcScaler *self = AC_SCALER (transform);
  GstBaseTransformClass *parent = GST_BASE_TRANSFORM_CLASS (ac_scaler_parent_class);

  self->again =
      !gst_base_transform_is_passthrough (transform) && is_same (self->in, input);
  if (!self->again)
    return parent->prepare_output_buffer (transform, input, output);
  *output = gst_buffer_copy (self->out);
  gst_buffer_copy_into (*output, input, GST_BUFFER_COPY_TIMESTAMPS, 0, (gsize)-1);
  return GST_FLOW_OK;
}

static GstFlowReturn
transform_buffer (GstBaseTransform *transform, GstBuffer *input, GstBuffer *output)
{
  AcScaler *self = AC_SCALER (transform);
  GstFlowReturn flow;

  if (self->again)
    return GST_FLOW_OK;
  forget (self); /* its buffers are free for the next ones */
  flow = GST_BASE_TRANSFORM_CLASS (ac_scaler_parent_class)
             ->transform (transform, input, output);
  if (flow == GST_FLOW_OK) {
    self->in = gst_buffer_ref (input);
    self->out = gst_buffer_ref (output);
  }
  return flow;
}

static gboolean
stop (GstBaseTransform *transform)
{
  forget (AC_SCALER (transform));
  return TRUE;
}

static gboolean
is_left_out (const AcScaler *self, GstBuffer *input)
{
  GstClockTime time = GST_BUFFER_PTS (input);

  if (self->divisor <= 1 || !GST_CLOCK_TIME_IS_VALID (time) || self->fps_n <= 0 ||
      self->fps_d <= 0)
    return FALSE;
  return gst_util_uint64_scale_round (time, (guint64)self->fps_n,
                                      (guint64)self->fps_d * GST_SECOND) %
             self->divisor !=
         0;
}

/* Frames that are left out are not even given a buffer. */
static GstFlowReturn
submit_input_buffer (GstBaseTransform *transform, gboolean is_discont, GstBuffer *input)
{
  AcScaler *self = AC_SCALER (transform);

  if (is_left_out (self, input)) {
    gst_buffer_unref (input);
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  }
  return GST_BASE_TRANSFORM_CLASS (ac_scaler_parent_class)
      ->submit_input_buffer (transform, is_discont, input);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  AcScaler *self = AC_SCALER (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_WIDTH:
    self->width = g_value_get_uint (value);
    break;
  case PROP_HEIGHT:
    self->height = g_value_get_uint (value);
    break;
  case PROP_LETTERBOX:
    self->letterbox = g_value_get_boolean (value);
    break;
  case PROP_DIVISOR:
    self->divisor = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  forget (AC_SCALER (object));
  g_clear_pointer (&AC_SCALER (object)->context, sws_freeContext);
  G_OBJECT_CLASS (ac_scaler_parent_class)->finalize (object);
}

static void
ac_scaler_class_init (AcScalerClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform = GST_BASE_TRANSFORM_CLASS (klass);
  GstVideoFilterClass *filter = GST_VIDEO_FILTER_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object->set_property = set_property;
  object->finalize = finalize;
  transform->passthrough_on_same_caps = TRUE;
  transform->transform_caps = transform_caps;
  transform->submit_input_buffer = submit_input_buffer;
  transform->decide_allocation = decide_allocation;
  transform->prepare_output_buffer = prepare_output_buffer;
  transform->transform = transform_buffer;
  transform->stop = stop;
  filter->set_info = set_info;
  filter->transform_frame = transform_frame;

  g_object_class_install_property (
      object, PROP_WIDTH,
      g_param_spec_uint ("width", "width", "of the output", 0, 16384, 0, flags));
  g_object_class_install_property (
      object, PROP_HEIGHT,
      g_param_spec_uint ("height", "height", "of the output", 0, 16384, 0, flags));
  g_object_class_install_property (
      object, PROP_LETTERBOX,
      g_param_spec_boolean ("letterbox", "letterbox", "keep the aspect", FALSE, flags));
  g_object_class_install_property (
      object, PROP_DIVISOR,
      g_param_spec_uint ("divisor", "divisor", "every n-th frame", 1, 16, 1, flags));
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Airclass scaler",
                                         "Filter/Converter/Video/Scaler",
                                         "Scales by libswscale", "Airclass");
}

static void
ac_scaler_init (AcScaler *self)
{
  self->divisor = 1;
}

/* --- the processor ---------------------------------------------------------------- */

#define TRIALS 8
#define TRIAL_WIDTH 1280
#define TRIAL_SCALED 848
#define TRIAL_ROWS 32

/* How long swscale takes for some rows with @cpu_flags. */
static gint64
time_rows (gint cpu_flags, const uint8_t *from, uint8_t *to)
{
  const int from_stride = TRIAL_WIDTH, to_stride = TRIAL_SCALED;
  struct SwsContext *context;
  gint64 began_us;

  av_force_cpu_flags (cpu_flags);
  context =
      sws_getContext (TRIAL_WIDTH, TRIAL_ROWS, AV_PIX_FMT_GRAY8, TRIAL_SCALED,
                      TRIAL_ROWS, AV_PIX_FMT_GRAY8, SWS_BICUBIC, NULL, NULL, NULL);
  if (context == NULL)
    return G_MAXINT64;
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < 4; i++)
    sws_scale (context, &from, &from_stride, 0, TRIAL_ROWS, &to, &to_stride);
  began_us = g_get_monotonic_time () - began_us;
  sws_freeContext (context);
  return began_us;
}

/* swscale reads rows by AVX2's gather, which is slower than its older code on AMD's
 * processors and on Intel's whose microcode keeps gathers from leaking: half of a
 * scaler's time. libavutil has a flag for it and sets it for few of them. So both are
 * tried, a few milliseconds in all; the pictures are the same. */
static void
choose_code (void)
{
#ifdef AV_CPU_FLAG_SLOW_GATHER
  const gint flags = av_get_cpu_flags (), slow = flags | AV_CPU_FLAG_SLOW_GATHER;
  g_autofree uint8_t *from = g_malloc0 (TRIAL_WIDTH * TRIAL_ROWS);
  g_autofree uint8_t *to = g_malloc0 (TRIAL_SCALED * TRIAL_ROWS);
  gint64 with_us = G_MAXINT64, without_us = G_MAXINT64;

  if ((flags & AV_CPU_FLAG_AVX2) == 0)
    return;
  for (guint i = 0; i < TRIALS; i++) {
    with_us = MIN (with_us, time_rows (flags, from, to));
    without_us = MIN (without_us, time_rows (slow, from, to));
  }
  GST_INFO ("%" G_GINT64_FORMAT " us with gathers, %" G_GINT64_FORMAT " without",
            with_us, without_us);
  av_force_cpu_flags (without_us < with_us ? slow : flags);
#endif
}

void
ac_scaler_register (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (scaler_debug, "acscaler", 0, "picture scaler");
    choose_code ();
    g_once_init_leave (&once, 1);
  }
  gst_element_register (NULL, "acscaler", GST_RANK_NONE, AC_TYPE_SCALER);
}
