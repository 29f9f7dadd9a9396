/* peer_sessions.h - what WHIP and WHEP have in common (RFC 9725,
 * draft-ietf-wish-whep): sessions between a browser's offer and the end of its
 * connection.
 *
 * The worker holds the connection; a session is what its offer, its answer and what is
 * trickled pass through. It is known by a name that nobody guesses, has an ETag of the
 * state of its ICE, and ends outside all callbacks; from then on it is not found. Of
 * one that ended as OTHERWISE, of the last AC_PEER_MAX_TOLD, who asks is told why: its
 * browser did nothing wrong and shall not offer again.
 *
 * Bounded: a description at most AC_SDP_MAX_BYTES, what is trickled at most
 * AC_ICE_FRAGMENT_MAX_BYTES a time and AC_PEER_MAX_PATCHES times. How many there are is
 * the owner's to bound.
 *
 * Threads:   main loop.
 * Ownership: plain. */
#pragma once

#include "wire.h"

#define AC_PEER_MAX_PATCHES 256
#define AC_PEER_MAX_TOLD 64

typedef struct _AcPeerSessions AcPeerSessions;
typedef struct _AcPeerSession AcPeerSession;

typedef enum {
  AC_PEER_DONE,
  AC_PEER_WRONG_KEY,
  AC_PEER_NO_SESSION,
  AC_PEER_REFUSED,       /* not now; the detail says why */
  AC_PEER_BAD_OFFER,     /* it cannot be answered; the detail says why */
  AC_PEER_BAD_FRAGMENT,  /* what was trickled cannot be read; the detail says why */
  AC_PEER_NO_RESTART,    /* of ICE; the detail says why */
  AC_PEER_STALE,         /* it was asked of an older state of the session */
  AC_PEER_UNCONDITIONAL, /* a restart of ICE must say so: If-Match "*" */
  AC_PEER_FULL,          /* too many that publish, or too much of one session */
  AC_PEER_THROTTLED,     /* too many wrong keys, or offers, came from there */
  AC_PEER_LATE,          /* no answer came in time */
  AC_PEER_NOT_ON_AIR,    /* there is nothing to watch */
  AC_PEER_OTHERWISE,     /* it is to be watched otherwise; the detail says why */
  AC_PEER_TOO_MANY,      /* that watch; the detail says of what */
} AcPeerOutcome;

typedef struct {
  AcPeerOutcome outcome;
  const gchar *detail; /* (nullable): one sentence or clause */
  guint retry_after_s; /* 0: nothing is said of it */
  /* When it is DONE: */
  const gchar *resource;
  const gchar *etag;   /* of the session's state from now on, without quotes */
  const gchar *answer; /* (nullable): NULL: candidates are not answered */
} AcPeerAnswer;

/* @answer: valid during the call */
typedef void (*AcPeerAnswered) (const AcPeerAnswer *answer, gpointer user_data);

/* Who asks, and for what. */
typedef struct {
  gint64 lesson;
  /* Who is signed in and may do it; 0: nobody, and the key decides. */
  gint64 session;
  const gchar *key;      /* (nullable): shown as a bearer token */
  const gchar *address;  /* of who asks */
  const gchar *resource; /* (nullable): the name of the session */
  const gchar *if_match; /* (nullable): the header */
} AcPeerRequest;

/* What the requests of a way are answered by; @service is its owner's. Each calls
 * @answered once, now or later. */
typedef struct {
  void (*offer) (gpointer service, const AcPeerRequest *request, GBytes *offer,
                 AcPeerAnswered answered, gpointer user_data);
  /* See ac_peer_sessions_patch() and _leave(). */
  void (*patch) (gpointer service, const AcPeerRequest *request, GBytes *fragment,
                 AcPeerAnswered answered, gpointer user_data);
  void (*remove) (gpointer service, const AcPeerRequest *request,
                  AcPeerAnswered answered, gpointer user_data);
} AcPeerService;

typedef struct {
  /* A fragment that was looked at goes to the worker. */
  void (*trickle) (gpointer owner, GBytes *fragment);
  /* The last call: the connection is to end, and @owner to be freed. */
  void (*ended) (gpointer owner);
} AcPeerSessionsHandler;

/* @handler: static */
AcPeerSessions *ac_peer_sessions_new (const AcPeerSessionsHandler *handler);
/* Ends all; those that wait for their answer are told LATE. */
void ac_peer_sessions_free (AcPeerSessions *self);
guint ac_peer_sessions_n (AcPeerSessions *self);

/* Candidates, or a restart of ICE: a user name that is not the last one. @answered is
 * called once, now or later. */
void ac_peer_sessions_patch (AcPeerSessions *self, const AcPeerRequest *request,
                             GBytes *fragment, AcPeerAnswered answered,
                             gpointer user_data);
/* Ends the session now, as its browser wants; then @answered. */
void ac_peer_sessions_leave (AcPeerSessions *self, const AcPeerRequest *request,
                             AcPeerAnswered answered, gpointer user_data);
typedef gboolean (*AcPeerSessionTest) (gpointer owner, gpointer user_data);
/* Returns: of how many sessions @test says TRUE. */
guint ac_peer_sessions_count (AcPeerSessions *self, AcPeerSessionTest test,
                              gpointer user_data);
/* Ends those of which @test says TRUE, soon: see ac_peer_session_end(). Who waits for
 * an answer is told NO_SESSION. */
void ac_peer_sessions_end_of (AcPeerSessions *self, AcPeerSessionTest test,
                              gpointer user_data, const gchar *why);
/* Whether one of @lesson waits for its answer. */
gboolean ac_peer_sessions_is_answering (AcPeerSessions *self, gint64 lesson);

/* Returns: (transfer full) (nullable): the text of @offer; NULL with *@ret_fault,
 * one clause. */
gchar *ac_peer_offer_text (GBytes *offer, const gchar **ret_fault);
/* Tells @answered that it was refused. */
void ac_peer_refuse (AcPeerOutcome outcome, const gchar *detail, guint retry_after_s,
                     AcPeerAnswered answered, gpointer user_data);

/* A session that waits for the worker's answer.
 * @label: for the log
 * Returns: (transfer none): until ended() */
AcPeerSession *ac_peer_session_new (AcPeerSessions *sessions, gint64 lesson,
                                    const gchar *label, const gchar *offer,
                                    gpointer owner, AcPeerAnswered answered,
                                    gpointer user_data);
/* The worker's word: the answer, or that to a restart of ICE. */
void ac_peer_session_answer (AcPeerSession *self, const gchar *text);
/* Soon: ended() follows, outside of all callbacks. @fault: what is told to who waits
 * for the answer, to who waits for a restart NO_RESTART in place of BAD_OFFER; @why:
 * for the log, and for them */
void ac_peer_session_end (AcPeerSession *self, AcPeerOutcome fault, const gchar *why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPeerSessions, ac_peer_sessions_free)
