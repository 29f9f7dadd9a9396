/* rtmp_server.h - where encoders publish, by RTMP (Adobe's RTMP specification 1.0).
 *
 * The server speaks the protocol on its own ingest thread and hands what it carries,
 * FLV tags, to the main loop in batches. It knows nothing of lessons: whether a stream
 * key may publish is asked.
 *
 * Threads:   made and used on the main loop; callbacks come on the main loop.
 * Ownership: an AcPublisher belongs to the server and is valid from requested() until
 *            closed() has returned. */
#pragma once

#include <gio/gio.h>

typedef struct _AcRtmpServer AcRtmpServer;
typedef struct _AcPublisher AcPublisher;

typedef struct {
  guint8 type;          /* 8 audio, 9 video, 18 script data */
  guint32 timestamp_ms; /* the source's clock, 32 bits, unrepaired */
  GBytes *body;
} AcRtmpTag;

typedef struct {
  /* An encoder asks to publish @stream_key (the name after "live/", without a query).
   * Answer with _accept() or _refuse(), now or later; 10 s at most. */
  void (*requested) (AcPublisher *publisher, const gchar *stream_key,
                     gpointer user_data);
  /* Tags of an accepted publisher, in order. At most 512 wait for the main loop; more
   * drops video up to the next key frame. */
  void (*tags) (AcPublisher *publisher, const AcRtmpTag *tags, guint n_tags,
                gpointer user_data);
  /* It left, fell silent for the idle time-out, or broke a rule: @reason says which.
   * Called for every publisher that was requested(). */
  void (*closed) (AcPublisher *publisher, const gchar *reason, gpointer user_data);
} AcRtmpHandler;

typedef struct {
  guint max_connections; /* more are closed at once; 0: 64 */
  guint idle_timeout_s;  /* 0: 10 */
} AcRtmpLimits;

/* @listen: "127.0.0.1:0", "[::]:1935"
 * Errors: GIO's, prefixed with the address. */
AcRtmpServer *ac_rtmp_server_new (const gchar *listen, const AcRtmpLimits *limits,
                                  const AcRtmpHandler *handler, gpointer user_data,
                                  GError **error);
void ac_rtmp_server_free (AcRtmpServer *self);
guint16 ac_rtmp_server_port (AcRtmpServer *self);

void ac_publisher_accept (AcPublisher *self);
/* @reason: one English sentence, shown to the encoder's user in onStatus; no key in it
 */
void ac_publisher_refuse (AcPublisher *self, const gchar *reason);
/* Ends an accepted publisher, e.g. because its lesson ended. closed() follows. */
void ac_publisher_close (AcPublisher *self, const gchar *reason);
const gchar *ac_publisher_address (AcPublisher *self); /* "192.0.2.1:50123" */
gpointer ac_publisher_data (AcPublisher *self);
void ac_publisher_set_data (AcPublisher *self, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRtmpServer, ac_rtmp_server_free)
