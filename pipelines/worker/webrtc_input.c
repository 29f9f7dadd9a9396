/* A browser that publishes: its offer is the source's address, our answer a state.
 * Sound and picture come over one transport, which this process opens itself. */
#define GST_USE_UNSTABLE_API
#include "browser_peer.h"
#include "browser_sdp.h"
#include "fetch.h"

#include <gst/webrtc/webrtc.h>

/* Without media for so long the browser has gone, whatever its connection says. One
 * whose line is lost needs 5 s to find out, and then restarts ICE. */
#define SILENCE_US (10 * G_USEC_PER_SEC)
/* Between the answer and the first media: paths are tried and keys agreed. */
#define OPENING_US (15 * G_USEC_PER_SEC)
#define WATCH_MS 500

/* The latency is what a packet that is sent again may take. */
#define PEER "webrtcbin name=demux bundle-policy=max-bundle latency=100"

typedef struct {
  AcInput input;
  AcFetch *fetch;
  GstElement *element;
  AcBrowserPeer *peer;
  gboolean connected, over;
  gint64 last_us; /* when media came last, or it began */
  guint watch;
} WebrtcInput;

static void
report (WebrtcInput *self, AcSourceState state, const gchar *detail)
{
  if (self->over)
    return;
  self->over = state == AC_SOURCE_FAILED;
  self->input.handler.state (state, detail, self->input.user_data);
}

static void
on_format (AcSourceTrack track, GstCaps *caps, gpointer user_data)
{
  WebrtcInput *self = user_data;

  if (!self->over)
    self->input.handler.format (track, caps, self->input.user_data);
}

static void
on_packet (const AcPacket *packet, gpointer user_data)
{
  WebrtcInput *self = user_data;

  if (self->over)
    return;
  self->last_us = g_get_monotonic_time ();
  if (!self->connected)
    report (self, AC_SOURCE_CONNECTED, "media comes");
  self->connected = TRUE;
  self->input.handler.packet (packet, self->input.user_data);
}

static void
on_ended (gpointer user_data)
{
  report (user_data, AC_SOURCE_FAILED, "the browser ended it");
}

static void
on_failed (const gchar *reason, gpointer user_data)
{
  report (user_data, AC_SOURCE_FAILED, reason);
}

static gboolean
on_watch (gpointer user_data)
{
  WebrtcInput *self = user_data;
  gint64 silent_us = g_get_monotonic_time () - self->last_us;

  if (silent_us >= (self->connected ? SILENCE_US : OPENING_US))
    report (self, AC_SOURCE_FAILED,
            self->connected ? "the browser sends nothing any more"
                            : "the browser could not be reached");
  return G_SOURCE_CONTINUE;
}

static void
on_answered (const gchar *text, gpointer user_data)
{
  WebrtcInput *self = user_data;

  self->last_us = g_get_monotonic_time ();
  report (self, AC_SOURCE_ANSWERED, text);
}

/* A buffer asks for what has not come when the next packet is due by the distance of
 * the last ones, too. Pictures come in bursts, so it asked for what nobody had lost,
 * and the browser sent less for it: docs/adr/0014. Any thread, before the buffer is
 * used. */
static void
on_element (GstBin *bin, GstBin *sub_bin, GstElement *element, gpointer unused)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL &&
      g_str_equal (gst_plugin_feature_get_name (factory), "rtpjitterbuffer"))
    g_object_set (element, "rtx-next-seqnum", FALSE, NULL);
}

static void
add_transceivers (WebrtcInput *self)
{
  const GstSDPMessage *offer = ac_browser_peer_offer (self->peer);

  for (guint i = 0; i < gst_sdp_message_medias_len (offer); i++) {
    g_autoptr (GstCaps) caps =
        ac_browser_sdp_caps (gst_sdp_message_get_media (offer, i));
    g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

    g_signal_emit_by_name (self->element, "add-transceiver",
                           GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps,
                           &transceiver);
    if (transceiver != NULL)
      g_object_set (transceiver, "do-nack", TRUE, NULL);
  }
}

/* --- life ------------------------------------------------------------------------- */

static AcInput *
webrtc_input_create (const AcWireSource *source, GError **error)
{
  static const AcFetchHandler fetch_handler = {
    .format = on_format, .packet = on_packet, .ended = on_ended, .failed = on_failed
  };
  static const AcBrowserPeerHandler peer_handler = {
    .describe = ac_browser_sdp_answer_text,
    .answered = on_answered,
    .broken = on_failed,
  };
  GstSDPMessage *offer =
      ac_browser_sdp_parse_offer (source->address, AC_BROWSER_SENDS, error);
  WebrtcInput *self;

  if (offer == NULL)
    return NULL;
  self = g_new0 (WebrtcInput, 1);
  self->fetch = ac_fetch_new (PEER, FALSE, &fetch_handler, self, error);
  if (self->fetch == NULL) {
    gst_sdp_message_free (offer);
    g_free (self);
    return NULL;
  }
  self->element = ac_fetch_element (self->fetch, "demux");
  g_signal_connect (self->element, "deep-element-added", G_CALLBACK (on_element), NULL);
  self->peer =
      ac_browser_peer_new (self->element, source->address, offer, &peer_handler, self);
  return &self->input;
}

static void
webrtc_input_begin (AcInput *input)
{
  WebrtcInput *self = (WebrtcInput *)input;

  self->last_us = g_get_monotonic_time ();
  self->watch = g_timeout_add (WATCH_MS, on_watch, self);
  /* Its thread must run before it takes descriptions; the rest starts elsewhere. */
  gst_element_set_state (self->element, GST_STATE_READY);
  add_transceivers (self);
  ac_fetch_start (self->fetch, 0);
  ac_browser_peer_begin (self->peer);
}

static void
webrtc_input_push (AcInput *input, const AcFlvTag *unit)
{
  WebrtcInput *self = (WebrtcInput *)input;
  gsize size;
  const gchar *data = g_bytes_get_data (unit->body, &size);

  if (unit->type == AC_UNIT_CANDIDATES && !self->over)
    ac_browser_peer_trickle (self->peer, data, size);
}

static void
webrtc_input_free (AcInput *input)
{
  WebrtcInput *self = (WebrtcInput *)input;

  g_clear_handle_id (&self->watch, g_source_remove);
  ac_browser_peer_free (self->peer);
  gst_object_unref (self->element);
  ac_fetch_free (self->fetch);
  g_free (self);
}

const AcInputClass ac_webrtc_input_class = {
  .create = webrtc_input_create,
  .begin = webrtc_input_begin,
  .push = webrtc_input_push,
  .free = webrtc_input_free,
};
