#include "enhanced_script.h"

#include <glib/gstdio.h>
#include <gst/app/app.h>

#define SEQUENCE_START 0
#define CODED_FRAMES 1
#define CODED_FRAMES_X 3
#define LEAD_MS 200

static const struct {
  const gchar *caps;
  const gchar *four_cc;
  guint8 tag;
} codecs[] = {
  { "video/x-h265", "hvc1", 9 },
  { "video/x-av1", "av01", 9 },
  { "video/x-vp9", "vp09", 9 },
  { "audio/x-opus", "Opus", 8 },
};

static gsize
codec_of (GstCaps *caps)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (gst_structure_has_name (gst_caps_get_structure (caps, 0), codecs[i].caps))
      return i;
  g_assert_not_reached ();
}

/* @composition_ms: G_MININT: none is written */
static void
add_tag (GArray *tags, gsize codec, guint8 packet, gboolean key, gint64 time_ms,
         gint composition_ms, GstBuffer *data)
{
  const guint8 head = codecs[codec].tag == 8
                          ? (guint8)(0x90 | packet)
                          : (guint8)(0x80 | (key ? 0x10 : 0x20) | packet);
  GByteArray *body = g_byte_array_new ();
  FlvScriptTag tag = { .type = codecs[codec].tag, .timestamp_ms = (guint32)time_ms };
  GstMapInfo map;

  g_byte_array_append (body, &head, 1);
  g_byte_array_append (body, (const guint8 *)codecs[codec].four_cc, 4);
  if (composition_ms != G_MININT) {
    const guint8 time[] = { (guint8)(composition_ms >> 16),
                            (guint8)(composition_ms >> 8), (guint8)composition_ms };

    g_byte_array_append (body, time, 3);
  }
  g_assert_true (gst_buffer_map (data, &map, GST_MAP_READ));
  g_byte_array_append (body, map.data, (guint)map.size);
  gst_buffer_unmap (data, &map);
  tag.body = g_byte_array_free_to_bytes (body);
  g_array_append_val (tags, tag);
}

/* The identification header of RFC 7845, section 5.1. */
static GstBuffer *
opus_head (const GstStructure *structure)
{
  guint8 head[19] = "OpusHead\1\2\x38\1\x80\xbb";
  gint channels;

  g_assert_true (gst_structure_get_int (structure, "channels", &channels));
  head[9] = (guint8)channels;
  return gst_buffer_new_memdup (head, sizeof head);
}

/* The configuration, which is in the caps. */
static void
add_start (GArray *tags, gsize codec, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const GValue *value = gst_structure_get_value (structure, "codec_data");
  g_autoptr (GstBuffer) config = NULL;

  if (g_str_equal (codecs[codec].four_cc, "Opus"))
    config = opus_head (structure);
  else if (g_str_equal (codecs[codec].four_cc, "hvc1"))
    config = gst_buffer_ref (gst_value_get_buffer (value));
  else /* qtdemux 1.22 makes no good one; AV1's without OBUs, VP9's nobody reads */
    config = gst_buffer_new_memdup ("\x81\0\x0c\0", 4);
  add_tag (tags, codec, SEQUENCE_START, TRUE, 0, G_MININT, config);
}

/* Edit lists count, and decode times before nought: all is moved on by LEAD_MS. */
static gint64
time_ms (const GstSegment *segment, GstClockTime time)
{
  guint64 running;
  gint sign =
      gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running);

  return LEAD_MS + sign * (gint64)(running / GST_MSECOND);
}

static void
add_frame (GArray *tags, gsize codec, GstBuffer *buffer, const GstSegment *segment)
{
  const gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gint64 present = time_ms (segment, GST_BUFFER_PTS (buffer));
  gint64 decode = GST_BUFFER_DTS_IS_VALID (buffer)
                      ? time_ms (segment, GST_BUFFER_DTS (buffer))
                      : present;

  if (!g_str_equal (codecs[codec].four_cc, "hvc1"))
    add_tag (tags, codec, CODED_FRAMES, key, present, G_MININT, buffer);
  else if (present == decode)
    add_tag (tags, codec, CODED_FRAMES_X, key, decode, G_MININT, buffer);
  else
    add_tag (tags, codec, CODED_FRAMES, key, decode, (gint)(present - decode), buffer);
}

/* Takes all of @sink's track into @tags. */
static void
take_track (GstElement *pipeline, const gchar *name, GArray *tags)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);
  gboolean started = FALSE;

  for (;;) {
    g_autoptr (GstSample) sample =
        sink != NULL ? gst_app_sink_pull_sample (GST_APP_SINK (sink)) : NULL;
    GstCaps *caps;

    if (sample == NULL)
      return;
    caps = gst_sample_get_caps (sample);
    if (!started)
      add_start (tags, codec_of (caps), caps);
    started = TRUE;
    add_frame (tags, codec_of (caps), gst_sample_get_buffer (sample),
               gst_sample_get_segment (sample));
  }
}

static gint
by_time (gconstpointer a, gconstpointer b)
{
  const FlvScriptTag *left = a, *right = b;

  return (left->timestamp_ms > right->timestamp_ms) -
         (left->timestamp_ms < right->timestamp_ms);
}

static void
clear_tag (gpointer data)
{
  g_bytes_unref (((FlvScriptTag *)data)->body);
}

GArray *
enhanced_script_read (const gchar *path)
{
  g_autofree gchar *line = g_strdup_printf (
      "filesrc location=\"%s\" ! qtdemux name=d "
      "d.video_0 ! queue max-size-bytes=0 max-size-time=0 max-size-buffers=0 ! "
      "appsink name=video sync=false "
      "d.audio_0 ! queue max-size-bytes=0 max-size-time=0 max-size-buffers=0 ! "
      "appsink name=audio sync=false",
      path);
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (FlvScriptTag));
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  g_array_set_clear_func (tags, clear_tag);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  take_track (pipeline, "video", tags);
  take_track (pipeline, "audio", tags);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_array_sort (tags, by_time); /* which is stable */
  g_assert_cmpuint (tags->len, >, 2);
  return tags;
}

GArray *
enhanced_script_make (const gchar *arguments)
{
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-mp4-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (dir, "media.mp4", NULL);
  g_autofree gchar *line =
      g_strdup_printf ("ffmpeg -nostdin -v error -y %s %s", arguments, path);
  g_autofree gchar *unheard = NULL;
  g_autoptr (GError) error = NULL;
  GArray *tags;
  gint status;

  g_spawn_command_line_sync (line, NULL, &unheard, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  tags = enhanced_script_read (path);
  g_unlink (path);
  g_rmdir (dir);
  return tags;
}
