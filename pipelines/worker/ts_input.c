/* MPEG-TS, as SRT carries it: units of whole packets. ts_demux.c takes it apart; behind
 * it each track has a small pipeline of its own, whose parser makes access units and a
 * format of what the stream calls a packet. */
#include "frame_parsers.h"
#include "input.h"
#include "packet_sink.h"
#include "ts_demux.h"

#include <gst/app/app.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (ts_input_debug);
#define GST_CAT_DEFAULT ts_input_debug

#define UNIT_TYPE 0x47
#define MAX_WAITING_BYTES (8 * 1024 * 1024)
/* A branch costs a millisecond; who changes tracks oftener goes without. */
#define BRANCH_INTERVAL_US (250 * 1000)

typedef struct {
  AcTsFormat format;    /* of what comes; the branch is made for it at its first unit */
  GstElement *pipeline; /* NULL: none yet, or it failed */
  GstAppSrc *in;
  AcPacketSink *out;
  guint bus_watch;
  gint64 made_us;
  gboolean lost; /* something was left out here */
} Branch;

typedef struct {
  AcInput input;
  AcTsDemux *demux;
  Branch branches[2]; /* by AcSourceTrack */
} TsInput;

typedef struct {
  const gchar *caps, *chain;
} Parsing;

static const Parsing parsings[] = {
  [AC_TS_H264] = { "video/x-h264,stream-format=byte-stream,alignment=au",
                   "h264parse ! video/x-h264,stream-format=avc,alignment=au" },
  [AC_TS_H265] = { "video/x-h265,stream-format=byte-stream,alignment=au",
                   "h265parse ! video/x-h265,stream-format=hvc1,alignment=au" },
  [AC_TS_AAC_ADTS] = { "audio/mpeg,mpegversion=4,stream-format=adts",
                       "aacparse ! audio/mpeg,stream-format=raw" },
  [AC_TS_AAC_LATM] = { "audio/mpeg,mpegversion=4,stream-format=loas", "aacparse" },
  [AC_TS_MPEG_AUDIO] = { "audio/mpeg,mpegversion=1", "mpegaudioparse" },
  [AC_TS_AC3] = { "audio/x-ac3", "ac3parse" },
  [AC_TS_EAC3] = { "audio/x-eac3", "ac3parse" },
  [AC_TS_OPUS] = { "audio/x-opus", "opusparse" },
};

/* --- branches --------------------------------------------------------------------- */

static void
close_branch (Branch *branch)
{
  if (branch->bus_watch != 0)
    g_source_remove (branch->bus_watch);
  branch->bus_watch = 0;
  g_clear_pointer (&branch->out, ac_packet_sink_free);
  if (branch->pipeline != NULL)
    gst_element_set_state (branch->pipeline, GST_STATE_NULL);
  gst_clear_object (&branch->in);
  gst_clear_object (&branch->pipeline);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Branch *branch = user_data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;
  gst_message_parse_error (message, &error, NULL);
  GST_WARNING ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  branch->bus_watch = 0; /* gone with our return */
  close_branch (branch);
  return G_SOURCE_REMOVE;
}

static GstCaps *
caps_of (const AcTsFormat *format)
{
  GstCaps *caps = gst_caps_from_string (parsings[format->codec].caps);
  const gint channels = (gint)format->channels;

  /* One or two channels in one stream; of more, as Vorbis orders them. */
  if (format->codec == AC_TS_OPUS)
    gst_caps_set_simple (caps, "rate", G_TYPE_INT, 48000, "channels", G_TYPE_INT,
                         channels, "channel-mapping-family", G_TYPE_INT, 0,
                         "stream-count", G_TYPE_INT, 1, "coupled-count", G_TYPE_INT,
                         channels - 1, NULL);
  return caps;
}

static void
open_branch (TsInput *self, AcSourceTrack track)
{
  Branch *branch = &self->branches[track];
  g_autofree gchar *launch = g_strdup_printf (
      "appsrc name=in format=time is-live=true ! %s ! appsink name=out sync=false "
      "async=false enable-last-sample=false",
      parsings[branch->format.codec].chain);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstCaps) caps = caps_of (&branch->format);

  branch->pipeline = gst_parse_launch (launch, &error);
  if (error != NULL) {
    GST_ERROR ("%s: %s", launch, error->message);
    gst_clear_object (&branch->pipeline);
    return;
  }
  ac_frame_parsers_hurry (GST_BIN (branch->pipeline));
  branch->in = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (branch->pipeline), "in"));
  gst_app_src_set_caps (branch->in, caps);
  out = gst_bin_get_by_name (GST_BIN (branch->pipeline), "out");
  branch->out = ac_packet_sink_new (GST_APP_SINK (out), track, &self->input.handler,
                                    self->input.user_data);
  bus = gst_element_get_bus (branch->pipeline);
  branch->bus_watch = gst_bus_add_watch (bus, on_message, branch);
  gst_element_set_state (branch->pipeline, GST_STATE_PLAYING);
}

/* Returns: FALSE when there is none, or it does not keep up. */
static gboolean
branch_is_ready (TsInput *self, AcSourceTrack track)
{
  Branch *branch = &self->branches[track];
  const gint64 now_us = g_get_monotonic_time ();

  if (branch->pipeline == NULL && now_us - branch->made_us >= BRANCH_INTERVAL_US) {
    branch->made_us = now_us;
    open_branch (self, track);
  }
  return branch->pipeline != NULL &&
         gst_app_src_get_current_level_bytes (branch->in) <= MAX_WAITING_BYTES;
}

static GstClockTime
to_ns (gint64 time)
{
  return time != AC_TS_NO_TIME
             ? gst_util_uint64_scale ((guint64)time, GST_SECOND, 90000)
             : GST_CLOCK_TIME_NONE;
}

static void
give (TsInput *self, const AcTsUnit *unit)
{
  Branch *branch = &self->branches[unit->track];
  GstBuffer *buffer;

  branch->lost |= unit->lost;
  if (!branch_is_ready (self, unit->track)) {
    branch->lost = TRUE;
    return;
  }
  buffer = gst_buffer_new_wrapped_bytes (unit->data);
  GST_BUFFER_PTS (buffer) = to_ns (unit->presentation);
  GST_BUFFER_DTS (buffer) = to_ns (unit->decode);
  if (branch->lost)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  branch->lost = FALSE;
  gst_app_src_push_buffer (branch->in, buffer);
}

/* --- Opus ------------------------------------------------------------------------- */

/* Reads the control header in front of an Opus packet ("Opus in MPEG-TS", ETSI TS
 * 103 491 as FFmpeg writes it).
 * Returns: its bytes, 0 when it is none. @ret_size: of the packet behind it */
static gsize
read_opus_header (const guint8 *at, gsize size, gsize *ret_size)
{
  gsize offset = 2;

  *ret_size = 0;
  if (size < 3 || at[0] != 0x7f || (at[1] & 0xe0) != 0xe0)
    return 0;
  do {
    if (offset >= size)
      return 0;
    *ret_size += at[offset];
  } while (at[offset++] == 0xff);
  offset += (at[1] & 0x10) != 0 ? 2 : 0; /* trimmed at its start */
  offset += (at[1] & 0x08) != 0 ? 2 : 0; /* and at its end */
  if ((at[1] & 0x04) != 0 && offset < size)
    offset += 1 + at[offset];
  return offset<size && * ret_size> 0 && *ret_size <= size - offset ? offset : 0;
}

/* RFC 6716, 3.1: 48 kHz samples in the packet that begins with these two bytes. */
static gint64
opus_samples (guint8 toc, guint8 second)
{
  static const gint silk[] = { 480, 960, 1920, 2880 };
  const guint config = toc >> 3;
  const gint frame = config < 12   ? silk[config & 3]
                     : config < 16 ? 480 << (config & 1)
                                   : 120 << (config & 3);
  const gint count = (toc & 3) == 0 ? 1 : (toc & 3) == 3 ? second & 63 : 2;

  return (gint64)frame * count;
}

static void
give_opus (TsInput *self, const AcTsUnit *unit)
{
  gsize size, offset = 0, header, length;
  const guint8 *data = g_bytes_get_data (unit->data, &size);
  AcTsUnit packet = *unit;

  while ((header = read_opus_header (data + offset, size - offset, &length)) > 0) {
    const guint8 *at = data + offset + header;

    packet.data = g_bytes_new_from_bytes (unit->data, offset + header, length);
    give (self, &packet);
    g_bytes_unref (packet.data);
    packet.lost = FALSE;
    if (packet.presentation != AC_TS_NO_TIME)
      packet.presentation = packet.decode =
          packet.presentation + opus_samples (at[0], length > 1 ? at[1] : 0) * 15 / 8;
    offset += header + length;
  }
  if (offset < size)
    self->branches[unit->track].lost = TRUE;
}

/* --- input ------------------------------------------------------------------------ */

static void
on_track (AcSourceTrack track, const AcTsFormat *format, gpointer user_data)
{
  TsInput *self = user_data;
  Branch *branch = &self->branches[track];

  GST_INFO ("track %d is of codec %d", track, format->codec);
  if (memcmp (&branch->format, format, sizeof *format) != 0)
    close_branch (branch);
  branch->format = *format;
}

static void
on_unit (const AcTsUnit *unit, gpointer user_data)
{
  TsInput *self = user_data;

  if (self->branches[unit->track].format.codec == AC_TS_OPUS)
    give_opus (self, unit);
  else
    give (self, unit);
}

static AcInput *
ts_input_create (const AcWireSource *source, GError **error)
{
  static gsize once = 0;
  const AcTsDemuxHandler handler = { on_track, on_unit };
  TsInput *self = g_new0 (TsInput, 1);

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (ts_input_debug, "actsinput", 0, "MPEG-TS");
    g_once_init_leave (&once, 1);
  }
  self->demux = ac_ts_demux_new (&handler, self);
  return &self->input;
}

static void
ts_input_push (AcInput *input, const AcFlvTag *unit)
{
  TsInput *self = (TsInput *)input;
  gsize size;
  const guint8 *data = g_bytes_get_data (unit->body, &size);

  if (unit->type == UNIT_TYPE)
    ac_ts_demux_push (self->demux, data, size);
}

static void
ts_input_free (AcInput *input)
{
  TsInput *self = (TsInput *)input;

  for (guint i = 0; i < G_N_ELEMENTS (self->branches); i++)
    close_branch (&self->branches[i]);
  ac_ts_demux_free (self->demux);
  g_free (self);
}

const AcInputClass ac_ts_input_class = {
  .create = ts_input_create,
  .push = ts_input_push,
  .free = ts_input_free,
};
