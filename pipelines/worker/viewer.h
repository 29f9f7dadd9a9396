/* viewer.h - a browser that watches with less than half a second of delay (WHEP): one
 * rung of the ladder, as it is encoded, and the lesson's sound in Opus.
 *
 *   frames ---- rtph264pay -+- webrtcbin ---- the browser
 *   sound ----- rtpopuspay -+
 *
 * Times are those of the lesson's frames, of picture and sound alike: what the browser
 * is told of both (RTCP) is on one clock, so it can keep them together.
 *
 * Nothing here waits: a viewer that does not take what comes loses it, pictures up to
 * the next key frame. What was lost on the way is sent again when it asks (RFC 4588),
 * AC_VIEWER_RESENDS_A_SECOND packets a second at most. A line that does not carry its
 * rung gets a lower one with the next segment (viewer_line.h); the stream goes on, of
 * the same payload type, SSRC and times, with new parameter sets before the key frame.
 *
 * Threads:   main loop; ac_viewer_segment(), _picture(), _sound(), _wants_key_frame()
 * and _lose_rung() on any thread, not at once with _free(). The handler is called on
 * the main loop. Ownership: plain. Nothing is called after ac_viewer_free(), which must
 * not be called from inside the handler. */
#pragma once

#include "viewer_gate.h"
#include "wire.h"

#include <gst/gst.h>

typedef struct _AcViewer AcViewer;

/* Once FAILED or ENDED nothing follows; ENDED is that of a browser which did nothing
 * wrong: it watches otherwise. */
typedef void (*AcViewerState) (AcSourceState state, const gchar *detail,
                               gpointer user_data);

/* @origin_us: monotonic time of the lesson's time 0
 * @rungs: which is given now
 * Errors: AC_INPUT_ERROR: of the offer; GST_PARSE_ERROR. */
AcViewer *ac_viewer_new (const gchar *offer, gint64 origin_us,
                         const AcViewerRungs *rungs, AcViewerState state,
                         gpointer user_data, GError **error);
void ac_viewer_free (AcViewer *self);

/* What the browser trickles; see ac_browser_peer_trickle(). */
void ac_viewer_trickle (AcViewer *self, const gchar *fragment);

/* See ac_viewer_rungs_segment(). */
void ac_viewer_segment (AcViewer *self, guint64 index, guint32 closed, guint lowest);
/* Frame @index of @rung, which may be another than it is given.
 * @frame: its PTS is its time; @caps: H.264 in access units, with codec_data */
void ac_viewer_picture (AcViewer *self, guint rung, guint64 index, GstBuffer *frame,
                        GstCaps *caps);
/* @packet: the same; Opus */
void ac_viewer_sound (AcViewer *self, GstBuffer *packet, GstCaps *caps);
/* Whether one of @rung is to be forced for it: see ac_viewer_gate_asks(). */
gboolean ac_viewer_wants_key_frame (AcViewer *self, guint rung);
/* Whether it was asked for pictures. */
gboolean ac_viewer_has_picture (AcViewer *self);
/* Of @rung nothing comes any more that it can show: it ends, soon, if it is given that.
 * @why: one clause, static */
void ac_viewer_lose_rung (AcViewer *self, guint rung, const gchar *why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcViewer, ac_viewer_free)
