#define GST_USE_UNSTABLE_API
#include "browser_peer.h"

#include "browser_sdp.h"
#include "ice_restart.h"

#include <gst/webrtc/webrtc.h>

/* What the element's own threads hold: reaches the peer through the main loop only. */
typedef struct {
  AcBrowserPeer *peer; /* main loop; NULL: it is gone */
} Handle;

struct _AcBrowserPeer {
  AcBrowserPeerHandler handler;
  gpointer user_data;
  GstElement *element;
  GstSDPMessage *offer;
  Handle *handle;
  gboolean answered, connected;
  guint n_candidates;
  gchar *ufrag; /* (nullable): the browser's latest */
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

static gboolean
on_gathered (gpointer user_data)
{
  AcBrowserPeer *self = ((Handle *)user_data)->peer;
  GstWebRTCSessionDescription *local = NULL;
  g_autofree gchar *text = NULL;

  if (self == NULL || self->answered)
    return G_SOURCE_REMOVE;
  g_object_get (self->element, "local-description", &local, NULL);
  if (local == NULL)
    return G_SOURCE_REMOVE;
  text = self->handler.describe (self->offer, local->sdp);
  gst_webrtc_session_description_free (local);
  self->answered = TRUE;
  if (self->ufrag != NULL)
    ac_ice_expect (self->element, self->ufrag);
  self->handler.answered (text, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_refused (gpointer user_data)
{
  AcBrowserPeer *self = ((Handle *)user_data)->peer;

  if (self != NULL)
    self->handler.broken ("the offer cannot be answered", self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_broken (gpointer user_data)
{
  AcBrowserPeer *self = ((Handle *)user_data)->peer;

  if (self != NULL)
    self->handler.broken ("the connection to the browser broke", self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_connected (gpointer user_data)
{
  AcBrowserPeer *self = ((Handle *)user_data)->peer;

  if (self == NULL || self->connected)
    return G_SOURCE_REMOVE;
  self->connected = TRUE;
  if (self->handler.connected != NULL)
    self->handler.connected (self->user_data);
  return G_SOURCE_REMOVE;
}

/* --- what the element says, on threads of its own --------------------------------- */

static void
tell (Handle *handle, GSourceFunc func)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, func, g_atomic_rc_box_acquire (handle),
                   handle_unref);
}

static void
on_gathering_state (GObject *element, GParamSpec *spec, gpointer user_data)
{
  GstWebRTCICEGatheringState state;

  g_object_get (element, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    tell (user_data, on_gathered);
}

static void
on_connection_state (GObject *element, GParamSpec *spec, gpointer user_data)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (element, "connection-state", &state, NULL);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
    tell (user_data, on_connected);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED ||
      state == GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED)
    tell (user_data, on_broken);
}

/* The promise that called belongs to it. */
typedef struct {
  GstElement *element;
  Handle *handle;
} Step;

static Step *
step_new (GstElement *element, Handle *handle)
{
  Step *step = g_new0 (Step, 1);

  step->element = gst_object_ref (element);
  step->handle = g_atomic_rc_box_acquire (handle);
  return step;
}

static void
step_free (gpointer data)
{
  Step *step = data;

  gst_object_unref (step->element);
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
    g_signal_emit_by_name (step->element, "set-local-description", answer, NULL);
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
        step->element, "create-answer", NULL,
        gst_promise_new_with_change_func (
            on_answer, step_new (step->element, step->handle), step_free));
  gst_promise_unref (promise);
}

/* --- life ------------------------------------------------------------------------- */

static void
listen_to (AcBrowserPeer *self, const gchar *signal, GCallback callback)
{
  g_signal_connect_data (self->element, signal, callback,
                         g_atomic_rc_box_acquire (self->handle), handle_unref_closure,
                         0);
}

AcBrowserPeer *
ac_browser_peer_new (GstElement *element, const gchar *text, GstSDPMessage *offer,
                     const AcBrowserPeerHandler *handler, gpointer user_data)
{
  AcBrowserPeer *self = g_new0 (AcBrowserPeer, 1);

  self->handler = *handler;
  self->user_data = user_data;
  self->element = gst_object_ref (element);
  self->offer = offer;
  self->handle = g_atomic_rc_box_new0 (Handle);
  self->handle->peer = self;
  self->ufrag = ac_ice_ufrag_of (text);
  listen_to (self, "notify::ice-gathering-state", G_CALLBACK (on_gathering_state));
  listen_to (self, "notify::connection-state", G_CALLBACK (on_connection_state));
  return self;
}

void
ac_browser_peer_free (AcBrowserPeer *self)
{
  self->handle->peer = NULL;
  g_signal_handlers_disconnect_by_data (self->element, self->handle);
  handle_unref (self->handle);
  gst_object_unref (self->element);
  gst_sdp_message_free (self->offer);
  g_free (self->ufrag);
  g_free (self);
}

const GstSDPMessage *
ac_browser_peer_offer (AcBrowserPeer *self)
{
  return self->offer;
}

void
ac_browser_peer_begin (AcBrowserPeer *self)
{
  GstWebRTCSessionDescription *description;
  GstSDPMessage *copy = NULL;

  gst_sdp_message_copy (self->offer, &copy);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, copy);
  g_signal_emit_by_name (
      self->element, "set-remote-description", description,
      gst_promise_new_with_change_func (
          on_offer_set, step_new (self->element, self->handle), step_free));
  gst_webrtc_session_description_free (description);
}

/* --- after the answer ------------------------------------------------------------- */

/* The browser's addresses begin to count anew with it. */
static gboolean
restart_ice (AcBrowserPeer *self, const AcIceFragment *fragment)
{
  g_autofree gchar *answer = ac_ice_restart (
      self->element, gst_sdp_message_get_media (self->offer, 0), fragment);

  if (answer == NULL) {
    self->handler.broken ("its connection cannot be restarted", self->user_data);
    return FALSE;
  }
  g_free (self->ufrag);
  self->ufrag = g_strdup (fragment->ufrag);
  self->n_candidates = 0;
  self->handler.answered (answer, self->user_data);
  return TRUE;
}

/* With one transport the media line of a candidate does not matter. */
void
ac_browser_peer_trickle (AcBrowserPeer *self, const gchar *data, gsize size)
{
  g_auto (AcIceFragment) fragment = { NULL };

  if (!ac_ice_fragment_parse (data, size, &fragment, NULL))
    return;
  if (fragment.pwd != NULL && g_strcmp0 (fragment.ufrag, self->ufrag) != 0 &&
      !restart_ice (self, &fragment))
    return;
  for (guint i = 0; i < fragment.candidates->len; i++)
    if (self->n_candidates++ < AC_BROWSER_SDP_MAX_CANDIDATES)
      g_signal_emit_by_name (self->element, "add-ice-candidate", 0,
                             fragment.candidates->pdata[i]);
}
