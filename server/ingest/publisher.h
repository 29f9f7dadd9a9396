/* publisher.h - an encoder that publishes, seen from the main loop.
 *
 * The same for every protocol; handover.h is the ingest threads' side of it.
 *
 * Threads:   main loop.
 * Ownership: an AcPublisher belongs to its server and is valid from requested() until
 *            closed() has returned. */
#pragma once

#include <glib.h>

typedef struct _AcPublisher AcPublisher;

typedef enum {
  AC_PUBLISHER_RTMP, /* tags are FLV tags */
  AC_PUBLISHER_SRT,  /* type 0x47: whole MPEG-TS packets, 64 KiB at most; no time */
} AcPublisherKind;

typedef struct {
  guint8 type;          /* 8 audio, 9 video, 18 script data; 0x47 MPEG-TS */
  guint32 timestamp_ms; /* the source's clock, 32 bits, unrepaired */
  GBytes *body;
} AcPublisherUnit;

typedef struct {
  /* An encoder asks to publish @stream_key (RTMP: the name after "live/", without a
   * query; SRT: that of the stream id). Answer with _accept() or _refuse(), now or
   * later; 10 s at most. */
  void (*requested) (AcPublisher *publisher, const gchar *stream_key,
                     gpointer user_data);
  /* Tags of an accepted publisher, in order. At most 512 wait for the main loop; more
   * drops video up to the next key frame. */
  void (*tags) (AcPublisher *publisher, const AcPublisherUnit *tags, guint n_tags,
                gpointer user_data);
  /* It left, fell silent for the idle time-out, or broke a rule: @reason says which.
   * Called for every publisher that was requested(). */
  void (*closed) (AcPublisher *publisher, const gchar *reason, gpointer user_data);
} AcPublisherHandler;

/* How the line behaves; totals since the connection began. */
typedef struct {
  guint32 rtt_us;
  guint32 latency_ms; /* agreed: how long a packet may take to come */
  guint64 received_bytes;
  guint64 packets;
  guint64 packets_lost;    /* noticed to be missing */
  guint64 packets_again;   /* sent again, and come */
  guint64 packets_dropped; /* given up: they would have been too late */
} AcLinkStats;

void ac_publisher_accept (AcPublisher *self);
/* @reason: one English sentence, shown to the encoder's user where the protocol can
 * carry one (RTMP's onStatus); no key in it */
void ac_publisher_refuse (AcPublisher *self, const gchar *reason);
/* Ends an accepted publisher, e.g. because its lesson ended. closed() follows. */
void ac_publisher_close (AcPublisher *self, const gchar *reason);
const gchar *ac_publisher_address (AcPublisher *self); /* "192.0.2.1:50123" */
gpointer ac_publisher_data (AcPublisher *self);
void ac_publisher_set_data (AcPublisher *self, gpointer data);
AcPublisherKind ac_publisher_kind (AcPublisher *self);
/* Returns: FALSE when nothing is known: RTMP, or its first second. About once a second
 * there is something new. */
gboolean ac_publisher_link_stats (AcPublisher *self, AcLinkStats *ret_stats);
