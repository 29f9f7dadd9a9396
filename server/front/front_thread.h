/* front_thread.h - one service thread: its loop, its socket, its connections.
 *
 * A connection is accepted by us, not by libwebsockets: the first byte says whether
 * it speaks TLS, and only then it is handed over (ac_connection_adopt). What waits for
 * its first byte costs a descriptor and an AcConnection, nothing more.
 *
 * Threads:   made, started, stopped and freed on the main loop; everything else
 *            happens in the thread.
 * Ownership: owns its connections, its hub and its libwebsockets context. */
#pragma once

#include "front_shared.h"
#include "front_mailbox.h"
#include "wheel.h"

#include <ev.h>
#include <libwebsockets.h>

typedef struct _AcFrontThread AcFrontThread;

/* The rendered bytes of the last answer, kept because the next one is often the same:
 * thousands of viewers wait for one playlist. */
typedef struct {
  gsize head_bytes, total_bytes; /* of buffer; 0: nothing is kept */
  GBytes *body;                  /* referenced, so that its address stays unique */
  guint status, flags;
  gint64 date_s;
  const gchar *content_type, *cache_control, *content_encoding, *etag;
} AcRendered;

#define AC_HEAD_MAX_BYTES 4096
#define AC_FIRST_BODY_BYTES (64 * 1024)

struct _AcFrontThread {
  AcFrontShared *shared; /* referenced */
  GThread *thread;
  struct ev_loop *loop;
  struct lws_context *context;
  struct lws_vhost *vhost;
  struct lws_protocol_vhost_options own_header; /* see _forbid_own_answers() */
  AcFrontMailbox *mailbox;
  AcHub *hub; /* made and freed in the thread; NULL outside of its run */
  AcRecordings *recordings;
  AcDelivered *delivered;
  AcMediaKey media_key;

  int listener;
  ev_io accept_watcher;
  ev_timer tick;
  ev_prepare prepare;

  AcWheel wheel;
  GQueue waiting; /* AcConnection.link: accepted, not one byte yet */
  GQueue uploads; /* AcUpload.link */
  GQueue ready;   /* AcConnection.link: answered, to be given its next turn */
  struct _AcConnection *adopting, *serving; /* NULL as soon as it is freed */

  gint64 now_s;
  gint64 date_s;
  gchar date[32];
  gboolean accept_paused; /* out of descriptors: until the next tick */
  AcRendered rendered;
  guint8 *out; /* LWS_PRE + AC_HEAD_MAX_BYTES + AC_FIRST_BODY_BYTES */
};

/* @listener: a listening socket, taken
 * Errors: AC_FRONT_ERROR_TLS */
AcFrontThread *ac_front_thread_new (AcFrontShared *shared, int listener,
                                    const AcFrontConfig *config,
                                    AcRecordings *recordings, AcDelivered *delivered,
                                    const AcMediaKey *media_key, GError **error);
void ac_front_thread_start (AcFrontThread *self);
/* Asks the thread to end; returns at once. */
void ac_front_thread_stop (AcFrontThread *self);
/* Joins the thread, then closes every connection. */
void ac_front_thread_free (AcFrontThread *self);

void ac_front_thread_publish (AcFrontThread *self, AcSnapshot *snapshot);
void ac_front_thread_absent (AcFrontThread *self, gint64 lesson);

/* Returns: monotonic seconds, as of the last half second. libev's own ev_now() is the
 * wall clock, which jumps. */
static inline gint64
ac_front_thread_now_s (AcFrontThread *self)
{
  return self->now_s;
}

/* Whether libwebsockets may answer by itself. It may accept a WebSocket over HTTP/2,
 * and only until the loop's next turn. */
void ac_front_thread_forbid_own_answers (AcFrontThread *self);
void ac_front_thread_allow_own_answers (AcFrontThread *self);

/* What libwebsockets calls for every protocol; in protocol.c. */
int ac_front_lws_callback (struct lws *wsi, enum lws_callback_reasons reason,
                           void *user, void *in, size_t length);
