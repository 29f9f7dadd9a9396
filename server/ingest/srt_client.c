#include "srt_client.h"

#include "ts_aligner.h"

#include <string.h>

#define MESSAGE_MAX_BYTES 1500
#define WINDOW_US G_USEC_PER_SEC
#define HASTY_WINDOWS 3 /* over the limit, before it is closed */

/* What one turn may read: AC_SRT_UNIT_MAX_BYTES less room for the last message with
 * what was held back before it. */
#define TURN_MAX_BYTES                                                                 \
  (AC_SRT_UNIT_MAX_BYTES - MESSAGE_MAX_BYTES - 2 * AC_TS_PACKET_BYTES)

struct _AcSrtClient {
  SRTSOCKET socket;
  const AcSrtLimits *limits;
  AcPublisher *publisher; /* from the question to its end, else NULL */
  gboolean live;
  gchar *over; /* why */

  AcTsAligner aligner;
  gint64 since_us; /* when it asked; live: when the last media came */

  gint64 window_us; /* when the present one began */
  guint64 window_bytes;
  guint n_hasty;
  AcLinkStats stats;
};

static void
end (AcSrtClient *self, const gchar *reason)
{
  if (self->over == NULL)
    self->over = g_strdup (reason);
}

AcSrtClient *
ac_srt_client_new (SRTSOCKET socket, const gchar *address, AcHandover *handover,
                   const AcSrtLimits *limits)
{
  AcSrtClient *self = g_new0 (AcSrtClient, 1);
  gchar text[AC_SRT_STREAM_ID_MAX_BYTES + 1] = "";
  gint size = sizeof text;
  AcSrtStreamId id;

  self->socket = socket;
  self->limits = limits;
  self->since_us = self->window_us = g_get_monotonic_time ();
  if (srt_getsockflag (socket, SRTO_STREAMID, text, &size) != 0 ||
      ac_srt_stream_id_parse (text, &id) != AC_SRT_ADMITTED)
    end (self, "its stream id is gone"); /* it was there in the handshake */
  else
    self->publisher = ac_publisher_new (handover, id.key, address, self);
  return self;
}

void
ac_srt_client_free (AcSrtClient *self, const gchar *reason)
{
  if (self->publisher != NULL) {
    ac_publisher_push_closed (self->publisher, reason);
    ac_publisher_unref (self->publisher);
  }
  srt_close (self->socket);
  g_free (self->over);
  g_free (self);
}

SRTSOCKET
ac_srt_client_socket (AcSrtClient *self)
{
  return self->socket;
}

gboolean
ac_srt_client_is_live (AcSrtClient *self)
{
  return self->live;
}

const gchar *
ac_srt_client_over (AcSrtClient *self)
{
  return self->over;
}

static void
hand_over (AcSrtClient *self, GByteArray *packets)
{
  g_autoptr (GBytes) body = NULL;

  if (packets->len == 0)
    return;
  self->since_us = g_get_monotonic_time ();
  body = g_bytes_new (packets->data, packets->len);
  ac_publisher_push_tag (self->publisher,
                         &(AcPublisherUnit){ .type = AC_SRT_UNIT_TYPE, .body = body });
}

void
ac_srt_client_read (AcSrtClient *self)
{
  g_autoptr (GByteArray) packets = NULL;
  gchar message[MESSAGE_MAX_BYTES];
  gsize n_read = 0;

  if (!self->live) { /* only a failure wakes one that waits for its answer */
    end (self, "the encoder left");
    return;
  }
  packets = g_byte_array_new ();
  while (n_read < TURN_MAX_BYTES && self->over == NULL) {
    const gint got = srt_recvmsg (self->socket, message, sizeof message);

    if (got <= 0) {
      if (srt_getlasterror (NULL) != SRT_EASYNCRCV)
        end (self, "the encoder left");
      break;
    }
    n_read += (guint)got;
    if (!ac_ts_aligner_feed (&self->aligner, (const guint8 *)message, (gsize)got,
                             packets))
      end (self, "what it sends is no MPEG transport stream");
  }
  self->window_bytes += n_read;
  hand_over (self, packets);
}

static void
measure (AcSrtClient *self)
{
  SRT_TRACEBSTATS now;

  if (srt_bstats (self->socket, &now, TRUE) != 0)
    return;
  self->stats.rtt_us = (guint32)(now.msRTT * 1000);
  self->stats.latency_ms = (guint32)MAX (now.msRcvTsbPdDelay, 0);
  self->stats.received_bytes = now.byteRecvTotal;
  self->stats.packets = (guint64)MAX (now.pktRecvTotal, 0);
  self->stats.packets_lost = (guint64)MAX (now.pktRcvLossTotal, 0);
  self->stats.packets_again += (guint64)MAX (now.pktRcvRetrans, 0);
  self->stats.packets_dropped = (guint64)MAX (now.pktRcvDropTotal, 0);
  ac_publisher_set_link_stats (self->publisher, &self->stats);
}

static void
close_window (AcSrtClient *self, gint64 now_us)
{
  const guint64 kbps =
      self->window_bytes * 8 * 1000 / (guint64)MAX (now_us - self->window_us, 1);

  self->n_hasty = kbps > self->limits->max_kbps ? self->n_hasty + 1 : 0;
  self->window_us = now_us;
  self->window_bytes = 0;
  if (self->n_hasty >= HASTY_WINDOWS && self->over == NULL)
    self->over = g_strdup_printf ("it sends %" G_GUINT64_FORMAT
                                  " kbit/s, more than the %u that are allowed",
                                  kbps, self->limits->max_kbps);
}

void
ac_srt_client_look_at_clock (AcSrtClient *self, gint64 now_us)
{
  const gint64 waited_us = now_us - self->since_us;

  if (self->over != NULL)
    return;
  if (now_us - self->window_us >= WINDOW_US) {
    measure (self);
    close_window (self, now_us);
  }
  if (!self->live && waited_us > AC_SRT_CLIENT_ANSWER_S * G_USEC_PER_SEC)
    end (self, "nobody decided about the publisher in time");
  else if (self->live &&
           waited_us > (gint64)self->limits->idle_timeout_s * G_USEC_PER_SEC)
    end (self, "nothing came from the encoder any more");
}

void
ac_srt_client_rule (AcPublisher *publisher, AcVerdict verdict, const gchar *reason)
{
  AcSrtClient *self = ac_publisher_link (publisher);

  if (self == NULL)
    return; /* it has left meanwhile */
  switch (verdict) {
  case AC_VERDICT_ACCEPT:
    self->live = TRUE;
    self->since_us = g_get_monotonic_time ();
    break;
  case AC_VERDICT_REFUSE:
    if (!self->live)
      end (self, "it was refused");
    break;
  case AC_VERDICT_CLOSE:
    end (self, reason);
    break;
  }
}
