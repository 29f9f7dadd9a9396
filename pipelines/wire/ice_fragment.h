/* ice_fragment.h - what a browser sends after its offer: an SDP fragment (RFC 8840)
 * with candidates, or with the new credentials of an ICE restart (RFC 9725 4.3.2).
 *
 * Lines are text of printable characters; those that are not known are passed over.
 * What is told of several tracks is told of the one transport that they share.
 *
 * Pure. Threads: any. */
#pragma once

#include <glib.h>

#define AC_ICE_FRAGMENT_MAX_BYTES (16 * 1024)
#define AC_ICE_MAX_LINES 256
#define AC_ICE_LINE_MAX_BYTES 512
#define AC_ICE_MAX_CANDIDATES 64
/* RFC 8839 5.4; a password has 22 at least, a user name 4. */
#define AC_ICE_CREDENTIAL_MAX_CHARS 256

typedef struct {
  gchar *ufrag, *pwd;    /* (nullable) */
  GPtrArray *candidates; /* "candidate:...", in order; never NULL */
} AcIceFragment;

/* @ret_fragment: untouched when it fails
 * Errors: AC_WIRE_ERROR_MALFORMED, one clause that names the line's kind. */
gboolean ac_ice_fragment_parse (const gchar *data, gsize size,
                                AcIceFragment *ret_fragment, GError **error);
void ac_ice_fragment_clear (AcIceFragment *fragment);

/* Returns: (transfer full) (nullable): the first user name in a whole description. */
gchar *ac_ice_ufrag_of (const gchar *sdp);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcIceFragment, ac_ice_fragment_clear)
