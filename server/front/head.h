/* head.h - what a request's header says, read out of libwebsockets and checked.
 *
 * Traps of libwebsockets 4.1.6 that are dealt with here:
 *   - it decodes the path before it looks for the end of the line, so %0a would begin a
 *     header of the attacker's choosing: such a request has lost its HTTP version and
 *     is refused for it;
 *   - a %00 hides behind the string's end;
 *   - the query arrives decoded and in pieces: it is put together again;
 *   - it does not decode chunked bodies: refused;
 *   - over HTTP/2 it drops headers that it has no name for, X-Requested-With among
 *     them; see ac_head_requested_with().
 *
 * Threads: the connection's. Valid as long as libwebsockets holds the header table. */
#pragma once

#include "stream.h"

typedef enum {
  AC_METHOD_GET,
  AC_METHOD_HEAD,
  AC_METHOD_OPTIONS,
  AC_METHOD_POST,
  AC_METHOD_PUT,
  AC_METHOD_PATCH,
  AC_METHOD_DELETE,
  AC_METHOD_CONNECT, /* a WebSocket over HTTP/2, RFC 8441 */
} AcMethod;

#define AC_QUERY_MAX_BYTES 2048

typedef struct {
  struct lws *wsi;
  AcMethod method;
  const gchar *path;
  gint64 content_length;           /* -1: none given */
  gchar query[AC_QUERY_MAX_BYTES]; /* raw again, "" when absent */
  gchar accept_encoding[256];      /* "" when absent or absurdly long */
} AcHead;

/* Fills @ret_head and the stream's head_only, http10 and keep_alive.
 * Returns: 0, or the status to refuse the request with. */
guint ac_head_read (AcStream *stream, const gchar *path, gsize length,
                    AcHead *ret_head);

const gchar *ac_method_name (AcMethod method);

/* Returns: (transfer full) (nullable): the header's value, at most @max_bytes. */
gchar *ac_head_value (struct lws *wsi, enum lws_token_indexes token, gsize max_bytes);
gchar *ac_head_custom_value (struct lws *wsi, const gchar *name_with_colon,
                             gsize max_bytes);
/* Returns: (transfer full) (nullable): Host, or :authority. */
gchar *ac_head_host (struct lws *wsi);
gchar *ac_head_requested_with (struct lws *wsi, AcMethod method);
/* Returns: (transfer full): the client's address, behind a trusted proxy its word. */
gchar *ac_head_remote_address (AcStream *stream);
gboolean ac_head_is_secure (AcStream *stream);
/* Returns: TRUE when this plain request has to come again over TLS. */
gboolean ac_head_needs_tls (AcStream *stream);
