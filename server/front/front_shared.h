/* front_shared.h - what the front's threads and the main loop have in common.
 *
 * Threads:   fields are immutable after the threads start, except the counters (atomic)
 *            and what is marked as the main loop's.
 * Ownership: reference counted (atomic): API calls and peers outlive ac_front_free()
 *            for as long as somebody still means to answer them. */
#pragma once

#include "front.h"
#include "pages.h"

#define AC_FRONT_MAX_CALLS 1024
/* Bytes of request bodies that have not come whole yet, all together. */
#define AC_FRONT_MAX_BODY_BYTES (64 * 1024 * 1024)
/* Files on their way in at a time. */
#define AC_FRONT_MAX_UPLOADS 2

typedef struct {
  AcFrontHandler handler;
  gpointer user_data;
  AcExecutor main; /* the loop that made the front */
  AcPages *pages;
  gboolean tls;
  gboolean trust_proxy;
  gint max_connections, max_peers;

  gint n_connections, n_peers, n_calls; /* atomic */
  gint body_bytes;                      /* atomic; see AC_FRONT_MAX_BODY_BYTES */

  GMutex uploads_lock;
  gint64 uploaders[AC_FRONT_MAX_UPLOADS]; /* whose files come in; 0: a free place */

  /* The main loop's. */
  gboolean closed; /* ac_front_free() was called: handlers are called no more */
  GQueue peers;    /* AcPeerSocket.link, opened and not yet closed */
  guint64 n_opened;
} AcFrontShared;

AcFrontShared *ac_front_shared_ref (AcFrontShared *self);
void ac_front_shared_unref (AcFrontShared *self);

/* Returns: TRUE when the counter was below @limit and is one more now. */
gboolean ac_counter_take (gint *counter, gint limit);
