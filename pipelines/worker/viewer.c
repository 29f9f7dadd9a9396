#define GST_USE_UNSTABLE_API
#include "viewer.h"

#include "browser_peer.h"
#include "browser_sdp.h"
#include "input.h"
#include "viewer_line.h"

#include <gst/app/app.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

GST_DEBUG_CATEGORY_STATIC (viewer_debug);
#define GST_CAT_DEFAULT viewer_debug

/* Between the answer and the connection: paths are tried and keys agreed. */
#define OPENING_US (15 * G_USEC_PER_SEC)
/* Who receives reports: browsers about once a second, others every 5 s (RFC 3550 6.2),
 * or half as much again, and a report may be lost. One that has gone does not. */
#define SILENCE_US (30 * G_USEC_PER_SEC)
#define WATCH_MS 500
/* What may wait for its connection: then it is too slow. */
#define MAX_PICTURES 12
#define MAX_PACKETS 50

#define MTU 1200
#define NAME "airclass"

typedef enum { PICTURE, SOUND, N_FLOWS } FlowKind;

/* One track of it. */
typedef struct {
  GstAppSrc *source; /* NULL: it was not offered */
  guint max_waiting;
} Flow;

struct _AcViewer {
  AcViewerState state;
  gpointer user_data;
  GstElement *pipeline, *element;
  AcBrowserPeer *peer;
  gboolean connected, over;
  gint64 since_us; /* it was answered, or made */
  guint watch;

  Flow flows[N_FLOWS];
  guint32 picture_ssrc; /* 0: none is sent */
  GMutex lock;          /* guards the next five */
  AcViewerGate gate;
  AcViewerResends resends;
  AcViewerRungs rungs;
  AcViewerLine line;
  guint lowest;     /* rung of the ladder */
  const gchar *why; /* atomic (nullable): it is to end */
  gint hears;       /* atomic: sound is sent */
  gint heard_s;     /* atomic: when the browser sent something last, s */
};

static gint
now_s (void)
{
  return (gint)(g_get_monotonic_time () / G_USEC_PER_SEC);
}

static void
report (AcViewer *self, AcSourceState state, const gchar *detail)
{
  if (self->over)
    return;
  self->over = state == AC_SOURCE_FAILED || state == AC_SOURCE_ENDED;
  self->state (state, detail, self->user_data);
}

/* --- what the browser does -------------------------------------------------------- */

static void
on_answered (const gchar *text, gpointer user_data)
{
  AcViewer *self = user_data;

  self->since_us = g_get_monotonic_time ();
  report (self, AC_SOURCE_ANSWERED, text);
}

static void
on_broken (const gchar *why, gpointer user_data)
{
  report (user_data, AC_SOURCE_FAILED, why);
}

static GstPadProbeReturn
on_received (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_atomic_int_set (&((AcViewer *)user_data)->heard_s, now_s ());
  return GST_PAD_PROBE_OK;
}

/* Each packet that is sent again is a copy, and one report may ask for thousands. */
static GstPadProbeReturn
on_asked_again (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  AcViewer *self = user_data;
  gboolean sent;

  if (!gst_event_has_name (GST_PAD_PROBE_INFO_EVENT (info),
                           "GstRTPRetransmissionRequest"))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  sent = ac_viewer_resends_take (&self->resends, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  return sent ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* How long ago what the report block speaks of was sent, less what the browser kept it
 * (RFC 3550 6.4.1). @now, @sent, @kept: 1/65536 s, of the middle of NTP time */
static gint64
trip_us (guint32 now, guint32 sent, guint32 kept)
{
  const gint32 trip = (gint32)(now - sent - kept);

  return sent != 0 ? MAX ((gint64)trip * G_USEC_PER_SEC / 65536, 1) : 0;
}

/* The middle 32 bits of NTP time, by the clock that sender reports bear. */
static guint32
ntp_middle (void)
{
  const gint64 now = g_get_real_time ();
  const gint64 seconds = now / G_USEC_PER_SEC + G_GINT64_CONSTANT (2208988800);
  const gint64 rest = now % G_USEC_PER_SEC * 65536 / G_USEC_PER_SEC;

  return (guint32)(seconds << 16 | rest);
}

static void
take_report (AcViewer *self, const AcViewerReport *report)
{
  guint before;
  gboolean carries;

  g_mutex_lock (&self->lock);
  before = self->line.best;
  carries =
      ac_viewer_line_report (&self->line, report, self->rungs.next_rung, self->lowest);
  if (self->line.best != before)
    GST_INFO ("a viewer's line carries rung %u now, %u before", self->line.best,
              before);
  g_mutex_unlock (&self->lock);
  if (!carries)
    g_atomic_pointer_set (&self->why,
                          "its line does not carry even the lowest rendition");
}

static void
take_block (AcViewer *self, GstRTCPPacket *packet, guint nth)
{
  AcViewerReport report = { .now_us = g_get_monotonic_time () };
  guint32 ssrc, jitter, sent, kept;
  guint8 fraction;

  gst_rtcp_packet_get_rb (packet, nth, &ssrc, &fraction, &report.lost, &report.highest,
                          &jitter, &sent, &kept);
  if (ssrc != self->picture_ssrc)
    return;
  report.trip_us = trip_us (ntp_middle (), sent, kept);
  take_report (self, &report);
}

/* On the thread that receives; it was looked at already. */
static void
on_rtcp (GObject *session, GstBuffer *buffer, gpointer user_data)
{
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gboolean more;

  if (!gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp))
    return;
  for (more = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next (&packet)) {
    const GstRTCPType type = gst_rtcp_packet_get_type (&packet);

    if (type == GST_RTCP_TYPE_RR || type == GST_RTCP_TYPE_SR)
      for (guint i = 0; i < gst_rtcp_packet_get_rb_count (&packet); i++)
        take_block (user_data, &packet, i);
  }
  gst_rtcp_buffer_unmap (&rtcp);
}

/* Returns: (transfer full) (nullable): what speaks RTP inside of the element. */
static GstElement *
rtpbin_of (AcViewer *self)
{
  return gst_bin_get_by_name (GST_BIN (self->element), "rtpbin");
}

static void
listen_to_reports (AcViewer *self)
{
  g_autoptr (GstElement) rtpbin = rtpbin_of (self);
  g_autoptr (GObject) session = NULL;

  if (rtpbin != NULL)
    g_signal_emit_by_name (rtpbin, "get-internal-session", 0, &session);
  if (session != NULL)
    g_signal_connect (session, "on-receiving-rtcp", G_CALLBACK (on_rtcp), self);
}

/* Returns: (transfer full): what @factory made inside of the element, each once. */
static GPtrArray *
made_by (AcViewer *self, const gchar *factory)
{
  g_autoptr (GstIterator) found =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (self->element), factory);
  GPtrArray *elements = g_ptr_array_new_with_free_func (gst_object_unref);
  GValue value = G_VALUE_INIT;
  GstIteratorResult result;

  while ((result = gst_iterator_next (found, &value)) == GST_ITERATOR_OK ||
         result == GST_ITERATOR_RESYNC) {
    if (result == GST_ITERATOR_OK) {
      g_ptr_array_add (elements, g_value_dup_object (&value));
      g_value_reset (&value);
    } else {
      g_ptr_array_set_size (elements, 0);
      gst_iterator_resync (found);
    }
  }
  g_value_unset (&value);
  return elements;
}

/* On the way out of what @factory made. */
static void
listen_to (AcViewer *self, const gchar *factory, GstPadProbeType type,
           GstPadProbeCallback callback)
{
  g_autoptr (GPtrArray) elements = made_by (self, factory);

  for (guint i = 0; i < elements->len; i++) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (elements->pdata[i], "src");

    gst_pad_add_probe (pad, type, callback, self, NULL);
  }
}

static void
on_connected (gpointer user_data)
{
  AcViewer *self = user_data;

  self->connected = TRUE;
  g_atomic_int_set (&self->heard_s, now_s ());
  /* What comes over the transport is, after the keys were agreed, its reports. */
  listen_to (self, "nicesrc",
             GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_received);
  listen_to (self, "rtprtxsend", GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_asked_again);
  listen_to_reports (self);
  g_mutex_lock (&self->lock);
  self->gate.wants_key_frame = self->flows[PICTURE].source != NULL;
  g_mutex_unlock (&self->lock);
  g_atomic_int_set (&self->hears, self->flows[SOUND].source != NULL);
  report (self, AC_SOURCE_CONNECTED, "it watches");
}

static gboolean
on_watch (gpointer user_data)
{
  AcViewer *self = user_data;
  const gchar *why = g_atomic_pointer_get (&self->why);

  if (why != NULL)
    report (self, AC_SOURCE_ENDED, why);
  if (!self->connected && g_get_monotonic_time () - self->since_us >= OPENING_US)
    report (self, AC_SOURCE_FAILED, "the browser could not be reached");
  if (self->connected && now_s () - g_atomic_int_get (&self->heard_s) >
                             (gint)(SILENCE_US / G_USEC_PER_SEC))
    report (self, AC_SOURCE_FAILED, "the browser reports nothing any more");
  return G_SOURCE_CONTINUE;
}

/* The browser lost its picture (PLI, FIR). */
static GstPadProbeReturn
on_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  AcViewer *self = user_data;

  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  self->gate.wants_key_frame = TRUE;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_DROP;
}

/* --- media ------------------------------------------------------------------------ */

static void
push (Flow *flow, GstBuffer *buffer, GstCaps *caps)
{
  gst_app_src_set_caps (flow->source, caps);
  gst_app_src_push_buffer (flow->source, gst_buffer_ref (buffer));
}

static gboolean
is_full (const Flow *flow)
{
  return gst_app_src_get_current_level_buffers (flow->source) >= flow->max_waiting;
}

void
ac_viewer_segment (AcViewer *self, guint64 index, guint32 closed, guint lowest)
{
  g_mutex_lock (&self->lock);
  self->lowest = lowest;
  ac_viewer_rungs_segment (&self->rungs, index, closed, self->line.best, lowest);
  g_mutex_unlock (&self->lock);
}

void
ac_viewer_picture (AcViewer *self, guint rung, guint64 index, GstBuffer *frame,
                   GstCaps *caps)
{
  Flow *flow = &self->flows[PICTURE];
  const gboolean key = !GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT);
  gboolean taken, was_open, passes;

  if (flow->source == NULL)
    return;
  g_mutex_lock (&self->lock);
  taken = ac_viewer_rungs_take (&self->rungs, rung, index);
  was_open = self->gate.open;
  passes = taken && ac_viewer_gate_pass (&self->gate, key, is_full (flow));
  g_mutex_unlock (&self->lock);
  if (taken && was_open && !passes)
    GST_INFO ("a viewer is too slow: its picture stands up to the next key frame");
  if (passes)
    push (flow, frame, caps);
}

void
ac_viewer_sound (AcViewer *self, GstBuffer *packet, GstCaps *caps)
{
  Flow *flow = &self->flows[SOUND];

  if (g_atomic_int_get (&self->hears) && !is_full (flow))
    push (flow, packet, caps);
}

gboolean
ac_viewer_wants_key_frame (AcViewer *self, guint rung)
{
  gboolean wants;

  g_mutex_lock (&self->lock);
  wants = self->rungs.next_rung == rung && ac_viewer_gate_asks (&self->gate);
  g_mutex_unlock (&self->lock);
  return wants;
}

gboolean
ac_viewer_has_picture (AcViewer *self)
{
  return self->flows[PICTURE].source != NULL;
}

void
ac_viewer_lose_rung (AcViewer *self, guint rung, const gchar *why)
{
  g_mutex_lock (&self->lock);
  if (self->rungs.next_rung == rung && ac_viewer_has_picture (self))
    g_atomic_pointer_set (&self->why, why);
  g_mutex_unlock (&self->lock);
}

/* --- life ------------------------------------------------------------------------- */

/* Returns: whether its branch is there. @caps: what is sent of it */
static gboolean
add_flow (AcViewer *self, FlowKind kind, GstCaps *caps, GError **error)
{
  static const gchar *const payers[] = {
    [PICTURE] = "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
    [SOUND] = "rtpopuspay",
  };
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  Flow *flow = &self->flows[kind];
  g_autofree gchar *text = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstPad) out = NULL, in = NULL;
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;
  GstElement *bin;
  guint ssrc = 0;
  gint payload = 0;

  gst_structure_get_uint (structure, "ssrc", &ssrc);
  gst_structure_get_int (structure, "payload", &payload);
  text = g_strdup_printf ("appsrc name=source is-live=true format=time max-bytes=0 "
                          "max-buffers=0 max-time=0 ! %s mtu=%u pt=%d ssrc=%u",
                          payers[kind], MTU, payload, ssrc);
  bin = gst_parse_bin_from_description (text, TRUE, error);
  if (bin == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (self->pipeline), bin);
  source = gst_bin_get_by_name (GST_BIN (bin), "source");
  flow->source = GST_APP_SRC (gst_object_ref (source));
  flow->max_waiting = kind == PICTURE ? MAX_PICTURES : MAX_PACKETS;
  if (kind == PICTURE)
    self->picture_ssrc = ssrc;
  out = gst_element_get_static_pad (bin, "src");
  in = gst_element_request_pad (self->element,
                                gst_element_get_pad_template (self->element, "sink_%u"),
                                NULL, caps);
  if (in == NULL || gst_pad_link (out, in) != GST_PAD_LINK_OK) {
    g_set_error_literal (error, AC_INPUT_ERROR, AC_INPUT_ERROR_FAILED,
                         "the offer cannot be answered");
    return FALSE;
  }
  g_object_get (in, "transceiver", &transceiver, NULL);
  g_object_set (transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
                "codec-preferences", caps, "do-nack", kind == PICTURE, NULL);
  if (kind == PICTURE)
    gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, self, NULL);
  return TRUE;
}

static gboolean
add_flows (AcViewer *self, const GstSDPMessage *offer, GError **error)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (offer); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (offer, i);
    g_autoptr (GstCaps) caps =
        ac_browser_sdp_sent_caps (media, 1 + g_random_int () % G_MAXINT32);
    const gboolean sound = g_strcmp0 (gst_sdp_media_get_media (media), "audio") == 0;

    if (!add_flow (self, sound ? SOUND : PICTURE, caps, error))
      return FALSE;
  }
  return TRUE;
}

/* The clock is the one that the lesson's frames are due by. And what is told of a
 * packet's time is when it was due, not when it was sent: pictures and sound take
 * different times to be encoded. */
static void
set_clock (AcViewer *self, gint64 origin_us)
{
  g_autoptr (GstClock) clock = g_object_new (GST_TYPE_SYSTEM_CLOCK, "clock-type",
                                             GST_CLOCK_TYPE_MONOTONIC, NULL);
  g_autoptr (GstElement) rtpbin = rtpbin_of (self);
  /* Else it bears the names of the user and the machine. */
  g_autoptr (GstStructure) sdes =
      gst_structure_new ("application/x-rtp-source-sdes", "cname", G_TYPE_STRING,
                         AC_BROWSER_SDP_STREAM, NULL);

  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, (GstClockTime)origin_us * GST_USECOND);
  if (rtpbin != NULL)
    g_object_set (rtpbin, "rtcp-sync-send-time", FALSE, "sdes", sdes, NULL);
}

static gboolean
set_up (AcViewer *self, const gchar *text, GstSDPMessage *offer, gint64 origin_us,
        GError **error)
{
  static const AcBrowserPeerHandler handler = { .describe =
                                                    ac_browser_sdp_sent_answer_text,
                                                .answered = on_answered,
                                                .connected = on_connected,
                                                .broken = on_broken };

  self->pipeline = gst_pipeline_new (NULL);
  self->element = gst_element_factory_make_full (
      "webrtcbin", "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
  if (self->element == NULL) {
    gst_sdp_message_free (offer);
    g_set_error_literal (error, AC_INPUT_ERROR, AC_INPUT_ERROR_FAILED,
                         "this server has no webrtcbin");
    return FALSE;
  }
  gst_object_ref_sink (self->element);
  gst_bin_add (GST_BIN (self->pipeline), self->element);
  self->peer = ac_browser_peer_new (self->element, text, offer, &handler, self);
  set_clock (self, origin_us);
  /* Its thread must run before it takes descriptions. */
  gst_element_set_state (self->element, GST_STATE_READY);
  return add_flows (self, offer, error);
}

AcViewer *
ac_viewer_new (const gchar *text, gint64 origin_us, const AcViewerRungs *rungs,
               AcViewerState state, gpointer user_data, GError **error)
{
  static gsize once = 0;
  GstSDPMessage *offer = ac_browser_sdp_parse_offer (text, AC_BROWSER_RECEIVES, error);
  g_autoptr (AcViewer) self = NULL;

  if (g_once_init_enter (&once)) {
    GST_DEBUG_CATEGORY_INIT (viewer_debug, "acviewer", 0, "browsers that watch");
    g_once_init_leave (&once, 1);
  }
  if (offer == NULL)
    return NULL;
  self = g_new0 (AcViewer, 1);
  g_mutex_init (&self->lock);
  self->state = state;
  self->user_data = user_data;
  self->rungs = *rungs;
  self->since_us = g_get_monotonic_time ();
  if (!set_up (self, text, offer, origin_us, error))
    return NULL;
  self->watch = g_timeout_add (WATCH_MS, on_watch, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  ac_browser_peer_begin (self->peer);
  return g_steal_pointer (&self);
}

void
ac_viewer_trickle (AcViewer *self, const gchar *fragment)
{
  if (!self->over)
    ac_browser_peer_trickle (self->peer, fragment, strlen (fragment));
}

static void
stop (GstElement *pipeline, gpointer unused)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* The probes' last call has returned when the pipeline is gone. */
static void
on_pipeline_gone (gpointer user_data, GObject *pipeline)
{
  AcViewer *self = user_data;

  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Stopping takes a while: it is done on a thread of GStreamer's pool. */
void
ac_viewer_free (AcViewer *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_pointer (&self->peer, ac_browser_peer_free);
  gst_clear_object (&self->element);
  for (guint i = 0; i < N_FLOWS; i++)
    gst_clear_object (&self->flows[i].source);
  g_object_weak_ref (G_OBJECT (self->pipeline), on_pipeline_gone, self);
  gst_element_call_async (self->pipeline, stop, NULL, NULL);
  gst_object_unref (self->pipeline);
}
