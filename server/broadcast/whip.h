/* whip.h - browsers that publish (WHIP, RFC 9725): sessions between the offer and the
 * end of its feed.
 *
 * The worker holds the connection; a session is what its offer, its answer and what is
 * trickled pass through. One that ends (deleted, lost, taken over, its worker gone)
 * detaches its feed: slate; it is not found any more, and the browser offers anew.
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
  AC_WHIP_REFUSED,       /* not now; the detail says why */
  AC_WHIP_BAD_OFFER,     /* it cannot be answered; the detail says why */
  AC_WHIP_BAD_FRAGMENT,  /* what was trickled cannot be read; the detail says why */
  AC_WHIP_STALE,         /* it was asked of an older state of the session */
  AC_WHIP_UNCONDITIONAL, /* a restart of ICE must say so: If-Match "*" */
  AC_WHIP_FULL,          /* too many sessions, or too much of one */
  AC_WHIP_THROTTLED,     /* too many wrong keys came from there */
  AC_WHIP_LATE,          /* no answer came in time */
} AcWhipOutcome;

typedef struct {
  AcWhipOutcome outcome;
  const gchar *detail; /* (nullable): one sentence or clause */
  /* When it is DONE: */
  const gchar *resource;
  const gchar *etag;   /* of the session's state from now on, without quotes */
  const gchar *answer; /* (nullable): NULL: candidates are not answered */
} AcWhipAnswer;

/* @answer: valid during the call */
typedef void (*AcWhipAnswered) (const AcWhipAnswer *answer, gpointer user_data);

AcWhip *ac_whip_new (AcClassroom *classroom, AcBroadcasts *broadcasts);
/* Sessions that wait for their answer are told LATE. Before the broadcasts are freed.
 */
void ac_whip_free (AcWhip *self);

/* Who asks, and for what. */
typedef struct {
  gint64 lesson;
  const gchar *key;      /* (nullable): the lesson's stream key */
  const gchar *address;  /* of who asks */
  const gchar *resource; /* of the session; unused by _publish() */
  const gchar *if_match; /* (nullable): the header, of _patch() */
} AcWhipRequest;

/* @answered is called once, now or later. */
void ac_whip_publish (AcWhip *self, const AcWhipRequest *request, GBytes *offer,
                      AcWhipAnswered answered, gpointer user_data);
/* Candidates, or a restart of ICE: a user name that is not the last one. */
void ac_whip_patch (AcWhip *self, const AcWhipRequest *request, GBytes *fragment,
                    AcWhipAnswered answered, gpointer user_data);
AcWhipOutcome ac_whip_remove (AcWhip *self, const AcWhipRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcWhip, ac_whip_free)
