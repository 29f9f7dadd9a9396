/* hub.h - answers requests for media: the rules of LL-HLS, without sockets.
 *
 * One hub a front thread, without locks. A request is answered at once, or held until
 * a snapshot, the archive or the clock answers it. Held requests wait on lists of what
 * they wait for, so a publication touches only those that it answers.
 *
 * Threads:   the front thread that made it.
 * Ownership: the requester owns its AcMediaWait, embedded in its connection. */
#pragma once

#include "delivered.h"
#include "executor.h"
#include "live_window.h"
#include "media_token.h"

typedef struct _AcHub AcHub;

/* An answer. Every pointer is valid as long as the reference to @owner is held. */
typedef struct {
  guint status;
  const gchar *content_type;     /* static, or NULL */
  const gchar *cache_control;    /* static */
  const gchar *content_encoding; /* "gzip" or NULL */
  GBytes *body;                  /* transfer full */
  gboolean vary_encoding;        /* Vary: Accept-Encoding */
} AcMediaAnswer;

typedef struct _AcMediaWait AcMediaWait;
struct _AcMediaWait {
  GList link;        /* the hub's; link.data is this wait while it is held */
  gpointer private_; /* the hub's, while held */
  gpointer owner;    /* the requester's own */
};

typedef struct {
  /* A held request is answered: the wait is out of every list. @answer's body is the
   * callee's now. */
  void (*answered) (AcMediaWait *wait, AcMediaAnswer *answer, gpointer user_data);
  /* No snapshot of @lesson is known here: find one, then call _publish() or _absent().
   * Asked once until one of them is called. */
  void (*wanted) (gint64 lesson, gpointer user_data);
} AcHubHandler;

/* @executor: the front thread's loop, where archive reads come back
 * @recordings, @delivered: referenced; @key: copied */
AcHub *ac_hub_new (AcRecordings *recordings, AcDelivered *delivered,
                   const AcMediaKey *key, AcExecutor executor,
                   const AcHubHandler *handler, gpointer user_data);
/* Held requests are forgotten without an answer; reads under way are waited out. */
void ac_hub_free (AcHub *self);

/* @path: decoded, below "/live/": TOKEN/LESSON/...; @query: raw or NULL
 * @wait: used when the answer is held
 * Returns: TRUE with *@ret_answer filled, or FALSE: held, _answered() follows. */
gboolean ac_hub_request (AcHub *self, const gchar *path, const gchar *query,
                         gboolean accepts_gzip, AcMediaWait *wait,
                         AcMediaAnswer *ret_answer);
/* The client of a held request went away. */
void ac_hub_cancel (AcHub *self, AcMediaWait *wait);

/* A newer snapshot of its lesson: replaces the old one, answers who waited for it. */
void ac_hub_publish (AcHub *self, AcSnapshot *snapshot);
/* There is no media of @lesson: those who wait get 404. */
void ac_hub_absent (AcHub *self, gint64 lesson);
/* Ended lessons that nobody asked for in ten minutes are dropped; requests held too
 * long get 503. Call about twice a second. */
void ac_hub_tick (AcHub *self);
guint ac_hub_n_held (AcHub *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcHub, ac_hub_free)
