/* A browser that publishes: its offer is the source's address, our answer a state.
 * Sound and picture come over one transport, which this process opens itself. */
#define GST_USE_UNSTABLE_API
#include "browser_sdp.h"
#include "fetch.h"
#include "ice_restart.h"

#include <gst/webrtc/webrtc.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (webrtc_input_debug);
#define GST_CAT_DEFAULT webrtc_input_debug

/* Without media for so long the browser has gone, whatever its connection says. */
#define SILENCE_US (5 * G_USEC_PER_SEC)
/* Between the answer and the first media: paths are tried and keys agreed. */
#define OPENING_US (15 * G_USEC_PER_SEC)
#define WATCH_MS 500

/* The latency is what a packet that is sent again may take. */
#define PEER "webrtcbin name=demux bundle-policy=max-bundle latency=100"
typedef struct _WebrtcInput WebrtcInput;

/* What the peer's own threads hold: reaches the input through the main loop only. */
typedef struct {
  WebrtcInput *input; /* main loop; NULL: it is gone */
} Handle;

struct _WebrtcInput {
  AcInput input;
  AcFetch *fetch;
  GstElement *peer;
  GstSDPMessage *offer;
  Handle *handle;
  gboolean connected, answered, over;
  gint64 last_us; /* when media came last, or it began */
  guint n_candidates;
  gchar *ufrag; /* (nullable): the browser's latest */
  guint watch;
};

static void
handle_unref (gpointer handle)
{
  g_atomic_rc_box_release (handle);
}

static void
handle_unref_closure (gpointer handle, GClosure *closure)
{
  g_atomic_rc_box_release (handle);
}

/* --- main loop -------------------------------------------------------------------- */

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

/* --- what the peer says ----------------------------------------------------------- */

/* All our candidates are in the answer: no second way to tell them is needed. */
static gboolean
on_gathered (gpointer user_data)
{
  WebrtcInput *self = ((Handle *)user_data)->input;
  GstWebRTCSessionDescription *local = NULL;
  g_autofree gchar *text = NULL;

  if (self == NULL || self->answered)
    return G_SOURCE_REMOVE;
  g_object_get (self->peer, "local-description", &local, NULL);
  if (local == NULL)
    return G_SOURCE_REMOVE;
  text = ac_browser_sdp_answer_text (local->sdp);
  gst_webrtc_session_description_free (local);
  self->answered = TRUE;
  self->last_us = g_get_monotonic_time ();
  report (self, AC_SOURCE_ANSWERED, text);
  return G_SOURCE_REMOVE;
}

static gboolean
on_refused (gpointer user_data)
{
  WebrtcInput *self = ((Handle *)user_data)->input;

  if (self != NULL)
    report (self, AC_SOURCE_FAILED, "the offer cannot be answered");
  return G_SOURCE_REMOVE;
}

static gboolean
on_broken (gpointer user_data)
{
  WebrtcInput *self = ((Handle *)user_data)->input;

  if (self != NULL)
    report (self, AC_SOURCE_FAILED, "the connection to the browser broke");
  return G_SOURCE_REMOVE;
}

static void
tell (Handle *handle, GSourceFunc func)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, func, g_atomic_rc_box_acquire (handle),
                   handle_unref);
}

static void
on_gathering_state (GObject *peer, GParamSpec *spec, gpointer user_data)
{
  GstWebRTCICEGatheringState state;

  g_object_get (peer, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    tell (user_data, on_gathered);
}

static void
on_connection_state (GObject *peer, GParamSpec *spec, gpointer user_data)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (peer, "connection-state", &state, NULL);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED ||
      state == GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED)
    tell (user_data, on_broken);
}

/* Of the peer's thread. The promise that called belongs to it. */
typedef struct {
  GstElement *peer;
  Handle *handle;
} Step;

static Step *
step_new (GstElement *peer, Handle *handle)
{
  Step *step = g_new0 (Step, 1);

  step->peer = gst_object_ref (peer);
  step->handle = g_atomic_rc_box_acquire (handle);
  return step;
}

static void
step_free (gpointer data)
{
  Step *step = data;

  gst_object_unref (step->peer);
  g_atomic_rc_box_release (step->handle);
  g_free (step);
}

static void
on_answer (GstPromise *promise, gpointer user_data)
{
  Step *step = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);
  GstWebRTCSessionDescription *answer = NULL;

  if (reply != NULL)
    gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer,
                       NULL);
  if (answer == NULL) {
    tell (step->handle, on_refused);
  } else {
    g_signal_emit_by_name (step->peer, "set-local-description", answer, NULL);
    gst_webrtc_session_description_free (answer);
  }
  gst_promise_unref (promise);
}

static void
on_offer_set (GstPromise *promise, gpointer user_data)
{
  Step *step = user_data;
  const GstStructure *reply = gst_promise_get_reply (promise);

  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED ||
      (reply != NULL && gst_structure_has_field (reply, "error")))
    tell (step->handle, on_refused);
  else
    g_signal_emit_by_name (
        step->peer, "create-answer", NULL,
        gst_promise_new_with_change_func (
            on_answer, step_new (step->peer, step->handle), step_free));
  gst_promise_unref (promise);
}

/* --- the offer -------------------------------------------------------------------- */

static void
add_transceivers (WebrtcInput *self)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (self->offer); i++) {
    g_autoptr (GstCaps) caps =
        ac_browser_sdp_caps (gst_sdp_message_get_media (self->offer, i));
    g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

    g_signal_emit_by_name (self->peer, "add-transceiver",
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
  static const AcFetchHandler handler = {
    .format = on_format, .packet = on_packet, .ended = on_ended, .failed = on_failed
  };
  static gsize once = 0;
  GstSDPMessage *offer;
  WebrtcInput *self;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (webrtc_input_debug, "acwebrtcinput", 0, "browsers");
    g_once_init_leave (&once, 1);
  }
  offer = ac_browser_sdp_parse_offer (source->address, error);
  if (offer == NULL)
    return NULL;
  self = g_new0 (WebrtcInput, 1);
  self->offer = offer;
  self->fetch = ac_fetch_new (PEER, FALSE, &handler, self, error);
  if (self->fetch == NULL) {
    gst_sdp_message_free (offer);
    g_free (self);
    return NULL;
  }
  self->peer = ac_fetch_element (self->fetch, "demux");
  self->handle = g_atomic_rc_box_new0 (Handle);
  self->handle->input = self;
  self->ufrag = ac_ice_ufrag_of (source->address);
  return &self->input;
}

static void
listen_to (WebrtcInput *self, const gchar *signal, GCallback callback)
{
  g_signal_connect_data (self->peer, signal, callback,
                         g_atomic_rc_box_acquire (self->handle), handle_unref_closure,
                         0);
}

static void
webrtc_input_begin (AcInput *input)
{
  WebrtcInput *self = (WebrtcInput *)input;
  GstWebRTCSessionDescription *description;
  GstSDPMessage *copy;

  self->last_us = g_get_monotonic_time ();
  self->watch = g_timeout_add (WATCH_MS, on_watch, self);
  listen_to (self, "notify::ice-gathering-state", G_CALLBACK (on_gathering_state));
  listen_to (self, "notify::connection-state", G_CALLBACK (on_connection_state));
  /* Its thread must run before it takes descriptions; the rest starts elsewhere. */
  gst_element_set_state (self->peer, GST_STATE_READY);
  add_transceivers (self);
  ac_fetch_start (self->fetch, 0);
  gst_sdp_message_copy (self->offer, &copy);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, copy);
  g_signal_emit_by_name (
      self->peer, "set-remote-description", description,
      gst_promise_new_with_change_func (
          on_offer_set, step_new (self->peer, self->handle), step_free));
  gst_webrtc_session_description_free (description);
}

/* The browser's addresses begin to count anew with it. */
static void
restart_ice (WebrtcInput *self, const AcIceFragment *fragment)
{
  g_autofree gchar *answer =
      ac_ice_restart (self->peer, gst_sdp_message_get_media (self->offer, 0), fragment);

  if (answer == NULL) {
    report (self, AC_SOURCE_FAILED, "its connection cannot be restarted");
    return;
  }
  g_free (self->ufrag);
  self->ufrag = g_strdup (fragment->ufrag);
  self->n_candidates = 0;
  self->last_us = g_get_monotonic_time ();
  report (self, AC_SOURCE_ANSWERED, answer);
}

/* With one transport the media line of a candidate does not matter. */
static void
webrtc_input_push (AcInput *input, const AcFlvTag *unit)
{
  WebrtcInput *self = (WebrtcInput *)input;
  gsize size;
  const gchar *data = g_bytes_get_data (unit->body, &size);
  g_auto (AcIceFragment) fragment = { NULL };

  if (unit->type != AC_UNIT_CANDIDATES || self->over ||
      !ac_ice_fragment_parse (data, size, &fragment, NULL))
    return;
  if (fragment.pwd != NULL && g_strcmp0 (fragment.ufrag, self->ufrag) != 0)
    restart_ice (self, &fragment);
  for (guint i = 0; i < fragment.candidates->len; i++)
    if (self->n_candidates++ < AC_BROWSER_SDP_MAX_CANDIDATES)
      g_signal_emit_by_name (self->peer, "add-ice-candidate", 0,
                             fragment.candidates->pdata[i]);
}

static void
webrtc_input_free (AcInput *input)
{
  WebrtcInput *self = (WebrtcInput *)input;

  g_clear_handle_id (&self->watch, g_source_remove);
  self->handle->input = NULL;
  g_signal_handlers_disconnect_by_data (self->peer, self->handle);
  handle_unref (self->handle);
  gst_object_unref (self->peer);
  ac_fetch_free (self->fetch);
  gst_sdp_message_free (self->offer);
  g_free (self->ufrag);
  g_free (self);
}

const AcInputClass ac_webrtc_input_class = {
  .create = webrtc_input_create,
  .begin = webrtc_input_begin,
  .push = webrtc_input_push,
  .free = webrtc_input_free,
};
