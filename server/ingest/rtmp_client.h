/* rtmp_client.h - one accepted socket: moves bytes between it and its conversation,
 * and keeps the time.
 *
 * Deadlines by phase, with T the idle time-out:
 *   HANDSHAKE  T after the accept
 *   COMMANDS   2 T after the accept
 *   ASKED      AC_RTMP_CLIENT_ANSWER_S after the question
 *   LIVE       T after the last tag
 *   STOPPED    AC_RTMP_CLIENT_LINGER_S after it began
 *   ENDING     the same; the output is sent, our side shut, and what still comes read
 *              and thrown away, so that no reset overtakes the last message
 *
 * Threads: ingest. */
#pragma once

#include "handover.h"

#include <gio/gio.h>

#define AC_RTMP_CLIENT_ANSWER_S 10
#define AC_RTMP_CLIENT_LINGER_S 5
#define AC_RTMP_CLIENT_BUFFER_BYTES (64 * 1024)

typedef struct _AcRtmpClient AcRtmpClient;

typedef struct {
  GMainContext *context;
  AcHandover *handover;
  guint idle_timeout_s;
  guint8 *buffer; /* AC_RTMP_CLIENT_BUFFER_BYTES, shared: nothing stays in it */
  /* The client is done with: free it, now, with @reason. */
  void (*gone) (AcRtmpClient *client, const gchar *reason, gpointer user_data);
  gpointer user_data;
} AcRtmpClientSetup;

/* @socket: taken; not blocking
 * @setup: must outlive the client */
AcRtmpClient *ac_rtmp_client_new (GSocket *socket, const AcRtmpClientSetup *setup);

/* Returns: TRUE once it has asked to publish. */
gboolean ac_rtmp_client_has_asked (AcRtmpClient *self);
/* Returns: when it connected, by g_get_monotonic_time(). */
gint64 ac_rtmp_client_opened_us (AcRtmpClient *self);

/* @reason: what closed() says, if there is a publisher */
void ac_rtmp_client_free (AcRtmpClient *self, const gchar *reason);

/* The AcVerdictFunc; the publisher's link is its client. */
void ac_rtmp_client_rule (AcPublisher *publisher, AcVerdict verdict,
                          const gchar *reason);
