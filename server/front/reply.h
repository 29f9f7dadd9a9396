/* reply.h - an answer as values, and its header as bytes.
 *
 * Threads: its front thread. */
#pragma once

#include <glib.h>

struct _AcFrontThread;
struct lws;

typedef enum {
  AC_REPLY_CORS = 1 << 0,          /* media: anybody may read it, without credentials */
  AC_REPLY_VARY_ENCODING = 1 << 1, /* Vary: Accept-Encoding */
  AC_REPLY_PAGE = 1 << 2,          /* Content-Security-Policy and its like */
  AC_REPLY_ALLOW_READ = 1 << 3,    /* Allow: GET, HEAD, OPTIONS */
  AC_REPLY_PREFLIGHT = 1 << 4,     /* what a page elsewhere may send for media */
  AC_REPLY_CLOSE = 1 << 5,         /* Connection: close */
  AC_REPLY_KEEP_ALIVE = 1 << 6,    /* Connection: keep-alive, for HTTP/1.0 */
  AC_REPLY_SIGNALLING = 1 << 7,    /* WHIP: any page may send and read it */
} AcReplyFlags;

typedef struct {
  guint status;
  guint flags;
  const gchar *content_type; /* these: static, or as long as the pages */
  const gchar *cache_control;
  const gchar *content_encoding;
  const gchar *etag;
  const gchar *set_cookie; /* these: valid during the call */
  const gchar *location;
  const gchar *disposition;
  guint retry_after_s;
  GBytes *body; /* (transfer full) (nullable) */
} AcReply;

/* Renders header and the first 64 KiB of the body into the thread's buffer, or finds
 * them there already.
 * @ret_body_bytes: how much of the body is among them
 * Returns: bytes from thread->out + LWS_PRE on; 0 when the header is too long. */
gsize ac_reply_render (struct _AcFrontThread *thread, const AcReply *reply,
                       gboolean head_only, gsize *ret_body_bytes);

/* Returns: (transfer full) (nullable): LWS_PRE and the header for HTTP/2. */
GByteArray *ac_reply_render_h2 (struct _AcFrontThread *thread, const AcReply *reply,
                                struct lws *wsi);
