/* whip.h - browsers that publish (WHIP, RFC 9725): sessions between the offer and the
 * end of its feed.
 *
 * The worker holds the connection; a session is what its offer, its answer and what is
 * trickled pass through. One that ends (deleted, lost, taken over, answered a second
 * time by a new worker, which the browser cannot hear) detaches its feed: slate.
 *
 * Bounded: AC_WHIP_MAX_SESSIONS at once; a description at most AC_SDP_MAX_BYTES, what
 * is trickled at most AC_UNIT_CANDIDATES_MAX_BYTES a time and AC_WHIP_MAX_PATCHES
 * times.
 *
 * Threads:   main loop.
 * Ownership: plain; what it is made of outlives it. */
#pragma once

#include "broadcasts.h"

#define AC_WHIP_MAX_SESSIONS 64
#define AC_WHIP_MAX_PATCHES 256

typedef struct _AcWhip AcWhip;

typedef enum {
  AC_WHIP_DONE,
  AC_WHIP_WRONG_KEY,
  AC_WHIP_NO_SESSION,
  AC_WHIP_REFUSED,   /* not now; the detail says why */
  AC_WHIP_BAD_OFFER, /* it cannot be answered; the detail says why */
  AC_WHIP_RESTART,   /* an ICE restart, which is not done: publish again */
  AC_WHIP_FULL,      /* too many sessions, or too much of one */
  AC_WHIP_LATE,      /* no answer came in time */
} AcWhipOutcome;

/* @detail: (nullable): one sentence or clause; @resource, @answer: (nullable): when it
 * is DONE. All valid during the call. */
typedef void (*AcWhipPublished) (AcWhipOutcome outcome, const gchar *detail,
                                 const gchar *resource, const gchar *answer,
                                 gpointer user_data);

AcWhip *ac_whip_new (AcClassroom *classroom, AcBroadcasts *broadcasts);
/* Sessions that wait for their answer are told LATE. Before the broadcasts are freed.
 */
void ac_whip_free (AcWhip *self);

/* @key: (nullable): the lesson's stream key. @published is called once, now or later.
 */
void ac_whip_publish (AcWhip *self, gint64 lesson, const gchar *key, GBytes *offer,
                      const gchar *address, AcWhipPublished published,
                      gpointer user_data);
AcWhipOutcome ac_whip_trickle (AcWhip *self, gint64 lesson, const gchar *key,
                               const gchar *resource, GBytes *fragment);
AcWhipOutcome ac_whip_remove (AcWhip *self, gint64 lesson, const gchar *key,
                              const gchar *resource);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWhip, ac_whip_free)
