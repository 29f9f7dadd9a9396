#include "fetch.h"

#include "frame_parsers.h"
#include "packet_sink.h"
#include "track_chains.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (fetch_debug);
#define GST_CAT_DEFAULT fetch_debug

#define N_TRACKS 2

typedef enum { NEW, OPENING, SEEKING, PREPARED, STARTED, OVER } Stage;

struct _AcFetch {
  AcFetchHandler handler;
  gpointer user_data;
  gboolean paced;
  GstElement *pipeline;
  guint bus_watch;
  Stage stage;
  gint64 position_us; /* where a prepared one begins */

  GMutex changing; /* held while the pipeline changes its state */
  GMutex lock;     /* guards what follows: tracks appear on streaming threads */
  gboolean closed;
  AcPacketSink *sinks[N_TRACKS];  /* (nullable) */
  GstElement *elements[N_TRACKS]; /* (nullable): their appsinks */
};

/* Read ahead, of each track; bounded by bytes alone. */
#define QUEUE "queue max-size-bytes=8388608 max-size-buffers=0 max-size-time=0"

/* --- tracks (streaming threads) --------------------------------------------------- */

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  AcFetch *self = user_data;

  self->handler.format (track, caps, self->user_data);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  AcFetch *self = user_data;

  self->handler.packet (packet, self->user_data);
}

/* Returns: (transfer floating) (nullable): the branch as a bin, or what swallows a
 * track that is not wanted. Takes the track when it is still free. */
static GstElement *
branch_new (AcFetch *self, const gchar *chain, AcSourceTrack track)
{
  const AcInputHandler handler = { on_format, on_packet, NULL, NULL };
  g_autofree gchar *launch = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  GstElement *bin;

  if (chain == NULL || self->closed || self->sinks[track] != NULL)
    return gst_element_factory_make_full ("fakesink", "sync", FALSE, "async", FALSE,
                                          NULL);
  /* What is paced waits in the sink, which holds one packet; the queue lets the demuxer
   * go on to the other track's packet of that time, wherever in a file that is. */
  launch =
      g_strdup_printf ("%s%s ! appsink name=out sync=%d async=%d max-buffers=1 "
                       "enable-last-sample=false qos=false",
                       self->paced ? QUEUE " ! " : "", chain, self->paced, self->paced);
  bin = gst_parse_bin_from_description (launch, TRUE, &error);
  if (bin == NULL) {
    GST_ERROR ("%s: %s", launch, error->message);
    return NULL;
  }
  ac_frame_parsers_hurry (GST_BIN (bin));
  sink = gst_bin_get_by_name (GST_BIN (bin), "out");
  self->elements[track] = gst_object_ref (sink);
  self->sinks[track] = ac_packet_sink_new (GST_APP_SINK (sink), track, &handler, self);
  return bin;
}

static void
add_track (AcFetch *self, GstPad *pad, GstCaps *caps)
{
  AcSourceTrack track = AC_SOURCE_VIDEO;
  const gchar *chain = ac_track_chain_for (caps, &track);
  g_autoptr (GstPad) sink = NULL;
  GstElement *bin;

  GST_INFO ("track %" GST_PTR_FORMAT ": %s", caps, chain != NULL ? chain : "left out");
  g_mutex_lock (&self->lock);
  bin = branch_new (self, chain, track);
  g_mutex_unlock (&self->lock);
  if (bin == NULL)
    return;
  gst_bin_add (GST_BIN (self->pipeline), bin);
  sink = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sink);
  gst_element_sync_state_with_parent (bin);
}

static GstPadProbeReturn
on_track_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  add_track (user_data, pad, caps);
  return GST_PAD_PROBE_REMOVE;
}

static void
on_pad_added (GstElement *demux, GstPad *pad, gpointer user_data)
{
  AcFetch *self = user_data;
  g_autoptr (GstCaps) caps = NULL;

  if (gst_pad_get_direction (pad) != GST_PAD_SRC)
    return;
  caps = gst_pad_get_current_caps (pad);
  if (caps != NULL)
    add_track (self, pad, caps);
  else /* adaptive demuxers tell later */
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_track_event, self,
                       NULL);
}

static void
on_have_type (GstElement *typefind, guint probability, GstCaps *caps,
              gpointer user_data)
{
  AcFetch *self = user_data;
  const gchar *demuxer = ac_demuxer_for (caps);
  GstElement *demux =
      demuxer != NULL ? gst_element_factory_make (demuxer, "demux") : NULL;

  if (demux == NULL) {
    GST_ELEMENT_ERROR (typefind, STREAM, WRONG_TYPE, (NULL), ("no demuxer"));
    return;
  }
  g_signal_connect (demux, "pad-added", G_CALLBACK (on_pad_added), self);
  gst_bin_add (GST_BIN (self->pipeline), demux);
  gst_element_link (typefind, demux);
  gst_element_sync_state_with_parent (demux);
}

/* --- what it says (main loop) ----------------------------------------------------- */

static gboolean
has_tracks (AcFetch *self)
{
  gboolean any;

  g_mutex_lock (&self->lock);
  any = self->sinks[0] != NULL || self->sinks[1] != NULL;
  g_mutex_unlock (&self->lock);
  return any;
}

static const gchar *
resource_reason (const GError *error)
{
  switch (error->code) {
  case GST_RESOURCE_ERROR_NOT_FOUND:
    return "there is nothing at its address";
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
    return "it wants another name or password";
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
    return "it cannot be reached";
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE:
    return "the connection broke";
  default:
    return "it cannot be read";
  }
}

/* Own words: those of elements name addresses with what is secret in them. */
static const gchar *
reason_for (AcFetch *self, GstObject *element, const GError *error)
{
  if (error->domain == GST_RESOURCE_ERROR)
    return resource_reason (error);
  /* A source that gives no other reason for having none of its data. */
  if (GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE))
    return has_tracks (self) ? "the connection broke" : "it cannot be reached";
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN) ||
      g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
      g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND) ||
      g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return "it is in no format that can be played";
  return "what it sends cannot be read";
}

static void
fail (AcFetch *self, const gchar *reason)
{
  if (self->stage == OVER)
    return;
  self->stage = OVER;
  self->handler.failed (reason, self->user_data);
}

static void
take_end (AcFetch *self)
{
  if (!has_tracks (self)) {
    fail (self, "there is neither picture nor sound in it that can be played");
    return;
  }
  if (self->stage == OVER)
    return;
  self->stage = OVER;
  self->handler.ended (self->user_data);
}

/* Of an opened one: all its sinks hold their first packet. */
static void
take_preroll (AcFetch *self)
{
  if (self->stage == OPENING && self->position_us > 0) {
    self->stage = SEEKING;
    if (gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME,
                                 GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT |
                                     GST_SEEK_FLAG_SNAP_BEFORE,
                                 self->position_us * GST_USECOND))
      return; /* and once more */
    GST_WARNING ("cannot go to %" G_GINT64_FORMAT " us", self->position_us);
  }
  if (self->stage != OPENING && self->stage != SEEKING)
    return;
  self->stage = PREPARED;
  self->handler.prepared (self->user_data);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  AcFetch *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &error, &debug);
    GST_INFO ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
    fail (self, reason_for (self, GST_MESSAGE_SRC (message), error));
    break;
  case GST_MESSAGE_EOS:
    take_end (self);
    break;
  case GST_MESSAGE_ASYNC_DONE:
    if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->pipeline))
      take_preroll (self);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* --- life ------------------------------------------------------------------------- */

AcFetch *
ac_fetch_new (const gchar *launch, gboolean paced, const AcFetchHandler *handler,
              gpointer user_data, GError **error)
{
  static gsize once = 0;
  g_autoptr (AcFetch) self = g_new0 (AcFetch, 1);
  g_autoptr (GstElement) demux = NULL;
  g_autoptr (GstElement) type = NULL;
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstBus) bus = NULL;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (fetch_debug, "acfetch", 0, "fetched media");
    g_once_init_leave (&once, 1);
  }
  g_mutex_init (&self->changing);
  g_mutex_init (&self->lock);
  self->handler = *handler;
  self->user_data = user_data;
  self->paced = paced;
  self->pipeline =
      gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->pipeline == NULL)
    return NULL;
  if (!GST_IS_PIPELINE (self->pipeline)) {
    GstElement *element = self->pipeline;

    self->pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (self->pipeline), element);
  }
  /* Adaptive demuxers work nowhere else. */
  GST_OBJECT_FLAG_SET (self->pipeline, GST_BIN_FLAG_STREAMS_AWARE);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  demux = ac_fetch_element (self, "demux");
  type = ac_fetch_element (self, "type");
  if (demux != NULL)
    g_signal_connect (demux, "pad-added", G_CALLBACK (on_pad_added), self);
  if (type != NULL)
    g_signal_connect (type, "have-type", G_CALLBACK (on_have_type), self);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_message, self);
  return g_steal_pointer (&self);
}

/* On a thread of the pool. Those that start come too late when stop() was first. */
static void
change_state (AcFetch *self, GstState state)
{
  gboolean closed;

  g_mutex_lock (&self->changing);
  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  if (!closed || state == GST_STATE_NULL)
    gst_element_set_state (self->pipeline, state);
  g_mutex_unlock (&self->changing);
}

static void
stop (GstElement *pipeline, gpointer user_data)
{
  change_state (user_data, GST_STATE_NULL);
}

/* The signal's handler is gone when its last call has returned: with the pipeline.
 * Until then `self` must live: it is the pipeline's last reference that frees it. */
static void
on_pipeline_gone (gpointer user_data, GObject *pipeline)
{
  AcFetch *self = user_data;

  for (guint i = 0; i < N_TRACKS; i++)
    gst_clear_object (&self->elements[i]);
  g_mutex_clear (&self->changing);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ac_fetch_free (AcFetch *self)
{
  if (self->bus_watch != 0)
    g_source_remove (self->bus_watch);
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  for (guint i = 0; i < N_TRACKS; i++)
    g_clear_pointer (&self->sinks[i], ac_packet_sink_free);
  g_mutex_unlock (&self->lock);
  if (self->pipeline == NULL) {
    on_pipeline_gone (self, NULL);
    return;
  }
  g_object_weak_ref (G_OBJECT (self->pipeline), on_pipeline_gone, self);
  gst_element_call_async (self->pipeline, stop, self, NULL);
  gst_object_unref (self->pipeline);
}

GstElement *
ac_fetch_element (AcFetch *self, const gchar *name)
{
  return gst_bin_get_by_name (GST_BIN (self->pipeline), name);
}

static void
play (GstElement *pipeline, gpointer user_data)
{
  change_state (user_data, GST_STATE_PLAYING);
}

static void
open_paused (GstElement *pipeline, gpointer user_data)
{
  change_state (user_data, GST_STATE_PAUSED);
}

void
ac_fetch_start (AcFetch *self, gint64 base_us)
{
  self->stage = STARTED;
  if (base_us != 0) {
    gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time (self->pipeline, (GstClockTime)base_us * GST_USECOND);
  }
  gst_element_call_async (self->pipeline, play, self, NULL);
}

void
ac_fetch_prepare (AcFetch *self, gint64 position_us)
{
  self->stage = OPENING;
  self->position_us = position_us;
  gst_element_call_async (self->pipeline, open_paused, self, NULL);
}

void
ac_fetch_delay (AcFetch *self, gint64 delay_us)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < N_TRACKS; i++)
    if (self->elements[i] != NULL)
      gst_element_set_base_time (self->elements[i],
                                 gst_element_get_base_time (self->elements[i]) +
                                     (GstClockTime)delay_us * GST_USECOND);
  g_mutex_unlock (&self->lock);
}

gint64
ac_fetch_lateness_us (AcFetch *self, const AcPacket *packet)
{
  GstElement *element = self->elements[packet->track];

  return g_get_monotonic_time () - packet->decode_us -
         (gint64)(gst_element_get_base_time (element) / GST_USECOND);
}

gboolean
ac_fetch_is_finite (AcFetch *self)
{
  gint64 duration;

  return gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &duration) &&
         duration > 0;
}
