/* srt_server.h - where encoders publish by SRT: one UDP port for all lessons.
 *
 * Built on libsrt. A caller is admitted or rejected in the handshake, by its stream id,
 * so that it can show its user why; libsrt asks on its own receiving thread, which
 * serves all callers of the port, and `admit` answers from what it knows. What is
 * admitted takes the same road as an RTMP publisher: the main loop is asked, and gets
 * its media as units of type 0x47, whole MPEG-TS packets of 188 bytes, 64 KiB at most.
 *
 * A passphrase is all or nothing, for libsrt's callers reject a listener that has one
 * when they have none, and the other way about, whatever the listener would like.
 *
 * Reliability is libsrt's: what is lost is asked for again as long as it can still come
 * within the latency, and is left out after that.
 *
 * Threads:   made and used on the main loop; callbacks of the AcPublisherHandler come
 * on the main loop; the work is done on a thread of its own. Ownership: as with
 * AcRtmpServer. */
#pragma once

#include "publisher.h"
#include "srt_stream_id.h"

#define AC_SRT_PASSPHRASE_MAX_CHARS 79 /* the protocol's own limit; 10 at least */

typedef struct _AcSrtServer AcSrtServer;

typedef struct {
  guint max_connections; /* more are rejected; 0: 64 */
  guint idle_timeout_s;  /* without media; 0: 10 */
  guint latency_ms;      /* how long a lost packet may take to come; 0: 200 */
  guint max_kbps;        /* who sends more for 3 s is closed; 0: 50,000 */
  gboolean encrypted;    /* callers need their lesson's passphrase; else have none */
} AcSrtLimits;

typedef struct {
  /* May a caller with this stream id publish?
   * @address: the caller's, with its port
   * @ret_passphrase: its lesson's; AC_SRT_PASSPHRASE_MAX_CHARS + 1 bytes, empty on
   *   entry; to be left alone unless the server is `encrypted`
   * Threads: libsrt's; must neither block nor call into the server. */
  AcSrtVerdict (*admit) (const AcSrtStreamId *id, const gchar *address,
                         gchar *ret_passphrase, gpointer data);
  gpointer data; /* outlives the server */
} AcSrtGate;

/* @listen: "127.0.0.1:0", "[::]:9000"
 * Errors: GIO's, prefixed with the address. */
AcSrtServer *ac_srt_server_new (const gchar *listen, const AcSrtLimits *limits,
                                const AcSrtGate *gate,
                                const AcPublisherHandler *handler, gpointer user_data,
                                GError **error);
void ac_srt_server_free (AcSrtServer *self);
guint16 ac_srt_server_port (AcSrtServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSrtServer, ac_srt_server_free)
