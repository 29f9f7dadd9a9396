/* whep.h - browsers that watch with little delay (WHEP, draft-ietf-wish-whep): the
 * studio's preview, and rooms that ask for it. See peer_sessions.h for what passes
 * through, and docs/adr/0025 for who may.
 *
 * A session ends when it is deleted, its browser is gone, its worker is, the lesson is
 * over, or who watches was signed out; it is not found any more then, and the browser
 * offers anew. It ends, too, when its line does not carry even the lowest rendition, or
 * there is nothing to give: then who asks is told that, and watches the lesson's page.
 *
 * Bounded, since each is a stream of its own out of the worker: so many over all
 * lessons, AC_WHEP_MAX_LESSON of a lesson, AC_WHEP_MAX_SESSION of a signed-in session.
 * And each is a connection that the worker builds: who had AC_WHEP_OFFERS_FREE of a
 * lesson made waits before the next, twice as long each time, and is forgiven one every
 * five seconds.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it. */
#pragma once

#include "broadcasts.h"
#include "media_token.h"
#include "peer_sessions.h"

#define AC_WHEP_MAX_LESSON 8
#define AC_WHEP_MAX_SESSION 2
#define AC_WHEP_OFFERS_FREE 16
#define AC_WHEP_OFFERS_WAIT_MAX_MS 60000

typedef struct _AcWhep AcWhep;

/* @max_viewers: over all lessons */
AcWhep *ac_whep_new (AcClassroom *classroom, AcBroadcasts *broadcasts,
                     const AcMediaKey *media_key, guint max_viewers);
/* Those that wait for their answer are told LATE. Before the broadcasts are freed. */
void ac_whep_free (AcWhep *self);

/* Who may: by the request's session (see AC_ACT_LESSON_PREVIEW), or by its key, the
 * lesson's stream key or a media token that the operator was given for the lesson (one
 * that names no session). */
extern const AcPeerService ac_whep_service; /* of an AcWhep */

/* @login, of a person or a screen, may not watch any more: what it watches ends. */
void ac_whep_session_ended (AcWhep *self, gint64 login);

/* Prometheus text. */
void ac_whep_metrics (AcWhep *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWhep, ac_whep_free)
