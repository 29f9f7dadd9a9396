/* What is fetched from an address: a camera (RTSP over TCP), an HLS playlist, another
 * server's RTMP or SRT stream. One try; the daemon tries again. */
#include "fetch.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (pull_input_debug);
#define GST_CAT_DEFAULT pull_input_debug

/* Without media for so long it has failed, whatever its connection says. */
#define SILENCE_US (10 * G_USEC_PER_SEC)
#define WATCH_MS 500
/* HLS comes in whole segments and is paced. When they come late, the clock is put back,
 * by a bit more, so that the next ones need not be on the dot. */
#define LATE_US (300 * 1000)
#define CUSHION_US G_USEC_PER_SEC

typedef struct {
  const gchar *scheme;
  const gchar *launch;
  const gchar *element, *property; /* that takes the address */
  gboolean paced;
} Protocol;

#define RTSP                                                                           \
  "rtspsrc name=demux protocols=tcp latency=100 tcp-timeout=5000000 "                  \
  "teardown-timeout=200000000"
/* The ladder is frozen by the first picture, so the first variant is the best; what the
 * line carries decides from then on. */
#define HLS                                                                            \
  "souphttpsrc name=src timeout=10 retries=1 ! hlsdemux2 name=demux "                  \
  "connection-bitrate=12000000"
#define RTMP "rtmp2src name=src timeout=5 idle-timeout=10 ! flvdemux name=demux"
#define SRT "srtsrc name=src auto-reconnect=false ! tsdemux name=demux"

static const Protocol protocols[] = {
  { "rtsp://", RTSP, "demux", "location", FALSE },
  { "rtsps://", RTSP, "demux", "location", FALSE },
  { "http://", HLS, "src", "location", TRUE },
  { "https://", HLS, "src", "location", TRUE },
  { "rtmp://", RTMP, "src", "location", FALSE },
  { "rtmps://", RTMP, "src", "location", FALSE },
  { "srt://", SRT, "src", "uri", FALSE },
};

typedef struct {
  AcInput input;
  AcFetch *fetch;
  gboolean paced;
  gboolean connected;
  gint64 last_us; /* when media came last, or it began */
  guint watch;
} PullInput;

/* See HLS. */
static void
follow_line (PullInput *self)
{
  g_autoptr (GstElement) demux = ac_fetch_element (self->fetch, "demux");

  g_object_set (demux, "connection-bitrate", 0, NULL);
}

static void
keep_pace (PullInput *self, const AcPacket *packet)
{
  gint64 late_us = ac_fetch_lateness_us (self->fetch, packet);

  if (late_us < LATE_US)
    return;
  GST_INFO ("segments are %" G_GINT64_FORMAT " ms late", late_us / 1000);
  ac_fetch_delay (self->fetch, late_us + CUSHION_US);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  PullInput *self = user_data;

  if (self->input.over)
    return;
  self->last_us = g_get_monotonic_time ();
  if (!self->connected && self->paced && ac_fetch_is_finite (self->fetch)) {
    ac_input_report (&self->input, AC_SOURCE_FAILED,
                     "its playlist is not live; download it and play it as a file");
    return;
  }
  if (!self->connected)
    ac_input_report (&self->input, AC_SOURCE_CONNECTED, "media comes");
  if (!self->connected && self->paced)
    follow_line (self);
  self->connected = TRUE;
  if (self->paced)
    keep_pace (self, packet);
  self->input.handler.packet (packet, self->input.user_data);
}

/* What is live has no end of its own: whoever sent it has gone, and may be back. */
static void
on_ended (gpointer user_data)
{
  ac_input_report (user_data, AC_SOURCE_FAILED, "it was ended at its origin");
}

static gboolean
on_watch (gpointer user_data)
{
  PullInput *self = user_data;

  if (g_get_monotonic_time () - self->last_us >= SILENCE_US)
    ac_input_report (&self->input, AC_SOURCE_FAILED,
                     self->connected ? "it sends nothing any more"
                                     : "it sends nothing");
  return G_SOURCE_CONTINUE;
}

static const Protocol *
protocol_of (const gchar *address)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (g_str_has_prefix (address, protocols[i].scheme))
      return &protocols[i];
  return NULL;
}

static void
set_address (PullInput *self, const Protocol *protocol, const gchar *address)
{
  g_autoptr (GstElement) element = ac_fetch_element (self->fetch, protocol->element);

  g_object_set (element, protocol->property, address, NULL);
  /* Whatever the address says: nobody calls us. */
  if (protocol->launch == (const gchar *)SRT)
    gst_util_set_object_arg (G_OBJECT (element), "mode", "caller");
}

static AcInput *
pull_input_create (const AcWireSource *source, GError **error)
{
  static const AcFetchHandler handler = { .format = ac_input_on_format,
                                          .packet = on_packet,
                                          .ended = on_ended,
                                          .failed = ac_input_on_failed };
  static gsize once = 0;
  const Protocol *protocol = protocol_of (source->address);
  PullInput *self;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (pull_input_debug, "acpullinput", 0, "fetched addresses");
    g_once_init_leave (&once, 1);
  }
  if (protocol == NULL) {
    g_set_error (error, AC_INPUT_ERROR, AC_INPUT_ERROR_FAILED,
                 "its address has no scheme that can be fetched");
    return NULL;
  }
  self = g_new0 (PullInput, 1);
  self->paced = protocol->paced;
  self->fetch = ac_fetch_new (protocol->launch, protocol->paced, &handler, self, error);
  if (self->fetch == NULL) {
    g_free (self);
    return NULL;
  }
  set_address (self, protocol, source->address);
  return &self->input;
}

static void
pull_input_begin (AcInput *input)
{
  PullInput *self = (PullInput *)input;

  self->last_us = g_get_monotonic_time ();
  self->watch = g_timeout_add (WATCH_MS, on_watch, self);
  ac_fetch_start (self->fetch, 0);
}

static void
pull_input_free (AcInput *input)
{
  PullInput *self = (PullInput *)input;

  g_clear_handle_id (&self->watch, g_source_remove);
  ac_fetch_free (self->fetch);
  g_free (self);
}

const AcInputClass ac_pull_input_class = {
  .create = pull_input_create,
  .begin = pull_input_begin,
  .free = pull_input_free,
};
