#include "slate.h"

#include <gst/video/video.h>
#include <libswscale/swscale.h>
#include <pango/pangocairo.h>

#define N_PLANES 3

typedef struct {
  const gchar *chinese, *english;
} Message;

static const Message messages[AC_N_SLATES] = {
  [AC_SLATE_WAIT] = { "即将继续", "Please wait" },
  [AC_SLATE_LOST] = { "信号中断", "Signal lost" },
  [AC_SLATE_SOUND_ONLY] = { "仅有声音", "Sound only" },
};

/* Draws @text centred below @top, at most @lines high. Returns: where it ends. */
static gdouble
draw_text (cairo_t *cairo, const gchar *text, gdouble size, gint lines, gdouble top,
           gdouble width)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cairo);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");
  gdouble margin = width / 12;
  gint height;

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, (gint)((width - 2 * margin) * PANGO_SCALE));
  pango_layout_set_height (layout, -lines);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, NULL, &height);
  cairo_move_to (cairo, margin, top);
  pango_cairo_show_layout (cairo, layout);
  return top + height;
}

static void
draw (cairo_t *cairo, const Message *message, const gchar *title, gdouble width,
      gdouble height)
{
  gdouble y;

  cairo_set_source_rgb (cairo, 0.075, 0.102, 0.133);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 0.78, 0.83, 0.87);
  y = draw_text (cairo, title, height / 14, 2, height * 0.30, width);

  cairo_set_source_rgb (cairo, 0.25, 0.42, 0.48); /* a quiet line between the two */
  cairo_rectangle (cairo, width * 0.44, y + height * 0.045, width * 0.12,
                   MAX (height / 240, 1));
  cairo_fill (cairo);

  cairo_set_source_rgb (cairo, 0.58, 0.66, 0.71);
  y = draw_text (cairo, message->chinese, height / 20, 1, y + height * 0.09, width);
  draw_text (cairo, message->english, height / 26, 1, y + height * 0.012, width);
}

static void
convert (const guint8 *pixels, gint stride, GstVideoFrame *frame)
{
  gint width = GST_VIDEO_FRAME_WIDTH (frame), height = GST_VIDEO_FRAME_HEIGHT (frame);
  struct SwsContext *context =
      sws_getContext (width, height, AV_PIX_FMT_BGRA, width, height, AV_PIX_FMT_YUV420P,
                      SWS_BICUBIC, NULL, NULL, NULL);
  const int *bt709 = sws_getCoefficients (SWS_CS_ITU709);
  const uint8_t *from[1] = { pixels };
  const int from_stride[1] = { stride };
  uint8_t *to[N_PLANES];
  int to_stride[N_PLANES];

  if (context == NULL)
    return;
  for (guint i = 0; i < N_PLANES; i++) {
    to[i] = GST_VIDEO_FRAME_PLANE_DATA (frame, i);
    to_stride[i] = GST_VIDEO_FRAME_PLANE_STRIDE (frame, i);
  }
  sws_setColorspaceDetails (context, bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16);
  sws_scale (context, from, from_stride, 0, height, to, to_stride);
  sws_freeContext (context);
}

GstBuffer *
ac_slate_draw (AcSlateKind kind, const gchar *title, guint width, guint height)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (gint)width, (gint)height);
  cairo_t *cairo = cairo_create (surface);
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer;

  draw (cairo, &messages[kind], title, width, height);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, height);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, 0x80, info.size);
  if (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE)) {
    convert (cairo_image_surface_get_data (surface),
             cairo_image_surface_get_stride (surface), &frame);
    gst_video_frame_unmap (&frame);
  }
  cairo_surface_destroy (surface);
  return buffer;
}
