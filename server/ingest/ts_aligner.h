/* ts_aligner.h - whole MPEG-TS packets out of whatever pieces come.
 *
 * Senders put seven packets of 188 bytes in a datagram, but nothing makes them; and
 * lost datagrams take pieces of packets with them. In step, a packet is one that begins
 * with the sync byte 0x47 (ISO/IEC 13818-1, 2.4.3.2) and stands where the one before it
 * ends. Out of step, two sync bytes 188 bytes apart bring it back; what is in between
 * is skipped. Who sends AC_TS_GARBAGE_MAX_BYTES of such in a row, sends something else.
 *
 * Threads: one. */
#pragma once

#include <glib.h>

#define AC_TS_PACKET_BYTES 188
#define AC_TS_GARBAGE_MAX_BYTES (64 * 1024)

typedef struct {
  guint8 held[2 * AC_TS_PACKET_BYTES]; /* what is not enough to decide by */
  gsize n_held;
  gsize garbage; /* bytes skipped since the last packet */
  gboolean in_step;
} AcTsAligner;

/* @out: whole packets are appended
 * Returns: FALSE when this is no transport stream. */
gboolean ac_ts_aligner_feed (AcTsAligner *self, const guint8 *data, gsize size,
                             GByteArray *out);
