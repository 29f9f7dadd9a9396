/* whip.h - browsers that publish (WHIP, RFC 9725).
 *
 * A session is the feed of its lesson while it lasts. One that ends (deleted, lost,
 * taken over, its worker gone) detaches its feed: slate; it is not found any more, and
 * the browser offers anew. See peer_sessions.h for what passes through.
 *
 * Bounded: AC_WHIP_MAX_SESSIONS at once.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it. */
#pragma once

#include "broadcasts.h"
#include "peer_sessions.h"

#define AC_WHIP_MAX_SESSIONS 64

typedef struct _AcWhip AcWhip;

AcWhip *ac_whip_new (AcClassroom *classroom, AcBroadcasts *broadcasts);
/* Sessions that wait for their answer are told LATE. Before the broadcasts are freed.
 */
void ac_whip_free (AcWhip *self);

/* Who may: by the request's session (see AC_ACT_LESSON_PUBLISH), or by its key, the
 * lesson's stream key. */
extern const AcPeerService ac_whip_service; /* of an AcWhip */

/* @login may not publish any more: what it publishes ends. */
void ac_whip_session_ended (AcWhip *self, gint64 login);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWhip, ac_whip_free)
