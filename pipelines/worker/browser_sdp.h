/* browser_sdp.h - what a browser offers, looked at, and what it is answered.
 *
 * A browser sends one picture, one sound, or one of each: H.264 or VP8, and Opus; or it
 * receives them, H.264 and Opus. All that it says is a stranger's: counts and lengths
 * have limits, and an offer that breaks a rule is refused with a clause that names it.
 *
 * Pure but for GStreamer's SDP library.
 *
 * Threads: any. */
#pragma once

#include <gst/sdp/sdp.h>

#define AC_BROWSER_SDP_MAX_TRACKS 2
#define AC_BROWSER_SDP_MAX_ATTRIBUTES 512 /* of a track, and of the session */
#define AC_BROWSER_SDP_MAX_CANDIDATES 64
/* What picture and sound are of, which a browser keeps together; and our name in RTCP.
 */
#define AC_BROWSER_SDP_STREAM "airclass"

typedef enum {
  AC_BROWSER_SENDS,
  AC_BROWSER_RECEIVES,
} AcBrowserRole;

/* Errors: AC_INPUT_ERROR_FAILED, one clause. */
GstSDPMessage *ac_browser_sdp_parse_offer (const gchar *text, AcBrowserRole role,
                                           GError **error);

/* Returns: (transfer full) (nullable): what we take of @media, as a transceiver's
 * caps; NULL: nothing. */
GstCaps *ac_browser_sdp_caps (const GstSDPMedia *media);

/* Returns: (transfer full): the text of our @answer to an @offer to send. A browser
 * that heeds it begins at a rate at which its whole picture fits. */
gchar *ac_browser_sdp_answer_text (const GstSDPMessage *offer,
                                   const GstSDPMessage *answer);

/* Of an offer to receive: what we send of @media, as a transceiver's and its
 * payloader's caps; it bears @ssrc, so that the answer names it.
 * Returns: (transfer full) (nullable): NULL: the browser takes nothing that we have. */
GstCaps *ac_browser_sdp_sent_caps (const GstSDPMedia *media, guint32 ssrc);

/* Returns: (transfer full): the text of our @answer to an @offer to receive: its
 * profile, and what is one stream. */
gchar *ac_browser_sdp_sent_answer_text (const GstSDPMessage *offer,
                                        const GstSDPMessage *answer);
