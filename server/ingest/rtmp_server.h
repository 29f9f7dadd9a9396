/* rtmp_server.h - where encoders publish, by RTMP (Adobe's RTMP specification 1.0).
 *
 * The server speaks the protocol on its own ingest thread and hands what it carries,
 * FLV tags, to the main loop in batches. It knows nothing of lessons: whether a stream
 * key may publish is asked.
 *
 * Threads:   made and used on the main loop; callbacks come on the main loop.
 * Ownership: of publishers, see publisher.h. */
#pragma once

#include "publisher.h"

#include <gio/gio.h>

typedef struct _AcRtmpServer AcRtmpServer;

typedef struct {
  guint max_connections; /* more are closed at once; 0: 64 */
  guint idle_timeout_s;  /* 0: 10 */
} AcRtmpLimits;

/* @listen: "127.0.0.1:0", "[::]:1935"
 * Errors: GIO's, prefixed with the address. */
AcRtmpServer *ac_rtmp_server_new (const gchar *listen, const AcRtmpLimits *limits,
                                  const AcPublisherHandler *handler, gpointer user_data,
                                  GError **error);
void ac_rtmp_server_free (AcRtmpServer *self);
guint16 ac_rtmp_server_port (AcRtmpServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRtmpServer, ac_rtmp_server_free)
