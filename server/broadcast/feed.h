/* feed.h - one thing that feeds a lesson, whatever carries it.
 *
 * An encoder that publishes by RTMP or SRT, a browser, an address that is fetched, a
 * file: each is a feed, made by whoever knows its transport and attached to the
 * broadcast of its lesson. Two kinds of them:
 *
 *   pushed (FLV, TS): its owner hands its units to ac_broadcast_units(); it is healthy
 *     while units arrive.
 *   fetched (PULL, FILE, WEBRTC): the worker gets the media by itself from the moment
 *     the feed is on air; it is healthy while the worker says that its source is alive.
 *
 * A lesson has one primary feed and one backup; which of them is on air is said in
 * feeds.h and docs/adr/0007-who-is-on-air.md.
 *
 * Threads:   main loop.
 * Ownership: an AcFeed belongs to the broadcast that it is attached to, and is valid
 *            until ac_broadcast_detach() or until closed() was called. */
#pragma once

#include "wire.h"

typedef struct _AcFeed AcFeed;

/* How the line behaves on which a feed comes; totals since it was connected. */
typedef struct {
  guint32 rtt_ms;
  guint32 latency_ms; /* agreed: how long a packet may take to come */
  gint64 packets;
  gint64 packets_lost;    /* noticed to be missing */
  gint64 packets_again;   /* sent again, and come */
  gint64 packets_dropped; /* given up: they would have been too late */
} AcFeedLink;

extern const AcField ac_feed_link_fields[];

typedef struct {
  AcWireSource source; /* copied */
  gboolean backup;     /* hot standby: on air while no primary is healthy */
  const gchar *label;  /* for logs: "rtmp 192.0.2.1:50123"; copied */
  /* The broadcast is done with it (another took over, the lesson ended, the daemon
   * stops) and the AcFeed is gone; not called after _detach(). It must not call back
   * into the broadcast.
   * @reason: one clause for a log or for the encoder */
  void (*closed) (gpointer owner, const gchar *reason);
  /* Of a fetched one on air, may be NULL: what the worker says of it. It must not call
   * back into the broadcast either. */
  void (*state) (gpointer owner, const AcWireSourceState *state);
  /* Of a FILE, may be NULL: where it is to be played from, asked whenever a worker
   * begins it. */
  gint64 (*position_ms) (gpointer owner);
  /* May be NULL. Returns: FALSE when nothing is known of the line. */
  gboolean (*link) (gpointer owner, AcFeedLink *ret_link);
  gpointer owner;
} AcFeedInfo;
