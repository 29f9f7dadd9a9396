/* ice_restart.h - new paths for a connection that is there (RFC 9725 4.3.2, RFC 8445
 * 9).
 *
 * webrtcbin 1.22 answers a second offer with the credentials of the first, so the agent
 * below it is asked: it takes the browser's new credentials, makes new ones of its own
 * and tries all paths again, while media goes on over the old one.
 *
 * Threads: any; the agent has a lock. */
#pragma once

#include "ice_fragment.h"

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

/* To be called when the answer is there. From here on checks of a browser under another
 * user name are not heard (stun_gate.h), and one that chooses its path late after a
 * restart is waited for.
 *
 * @ufrag: the browser's */
void ac_ice_expect (GstElement *peer, const gchar *ufrag);

/* @peer: a webrtcbin whose tracks share one transport and that was answered
 * @first: the first track of its offer
 * @fragment: with a user name and a password; its candidates are left to the caller
 * Returns: (transfer full) (nullable): our fragment, with all candidates; NULL: the
 *   agent could not do it */
gchar *ac_ice_restart (GstElement *peer, const GstSDPMedia *first,
                       const AcIceFragment *fragment);
