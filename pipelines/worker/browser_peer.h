/* browser_peer.h - a connection to a browser: its offer in, our answer out, and what it
 * trickles or restarts after that. The media is the owner's, on the webrtcbin's pads.
 *
 * All our candidates are in the answer, so no second way to tell them is needed.
 *
 * Threads:   main loop; the handler is called there.
 * Ownership: plain. Nothing is called after ac_browser_peer_free(), which must not be
 *            called from inside the handler. */
#pragma once

#include "ice_fragment.h"

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

typedef struct _AcBrowserPeer AcBrowserPeer;

typedef struct {
  /* Returns: (transfer full): the text of @answer, for the browser. */
  gchar *(*describe) (const GstSDPMessage *offer, const GstSDPMessage *answer);
  /* What the browser is to be told: the answer, or to a restart of ICE a fragment. */
  void (*answered) (const gchar *text, gpointer user_data);
  /* A path was found and keys are agreed. May be NULL. */
  void (*connected) (gpointer user_data);
  /* It cannot go on. @why: one clause for a person */
  void (*broken) (const gchar *why, gpointer user_data);
} AcBrowserPeerHandler;

/* @element: a webrtcbin, referenced
 * @offer: (transfer full): what ac_browser_sdp_parse_offer() made of @text */
AcBrowserPeer *ac_browser_peer_new (GstElement *element, const gchar *text,
                                    GstSDPMessage *offer,
                                    const AcBrowserPeerHandler *handler,
                                    gpointer user_data);
void ac_browser_peer_free (AcBrowserPeer *self);

const GstSDPMessage *ac_browser_peer_offer (AcBrowserPeer *self);
/* Sets the offer; answered() or broken() follows. The element is READY at least and has
 * its transceivers. */
void ac_browser_peer_begin (AcBrowserPeer *self);
/* @fragment: with candidates, or with the credentials of a restart. What cannot be read
 * is passed over. */
void ac_browser_peer_trickle (AcBrowserPeer *self, const gchar *fragment, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcBrowserPeer, ac_browser_peer_free)
