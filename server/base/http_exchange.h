/* http_exchange.h - one API request and its answer, as values that cross threads.
 *
 * The front makes an exchange from a socket and hands it to the main loop; a route
 * reads the request and answers once, at once or later. An exchange that is dropped
 * without an answer answers 500 by itself, so no client waits for ever.
 *
 * Threads:   the request is immutable; ac_http_exchange_respond() may be called on any
 *            thread, once.
 * Ownership: reference counted (atomic). */
#pragma once

#include "executor.h"

typedef struct {
  gchar *method;         /* "GET", "POST", ... */
  gchar *path;           /* decoded, normalised, begins with '/' */
  gchar *query;          /* raw, without '?'; NULL when absent */
  gchar *authorization;  /* the Authorization header, or NULL */
  gchar *cookie;         /* the Cookie header, or NULL */
  gchar *origin;         /* the Origin header, or NULL */
  gchar *host;           /* the Host header or :authority, or NULL */
  gchar *requested_with; /* the X-Requested-With header, or NULL */
  gchar *content_type;   /* or NULL */
  gchar *language;       /* Accept-Language, or NULL */
  gchar *user_agent;     /* the User-Agent header, or NULL */
  gchar *if_match;       /* the If-Match header, or NULL */
  gchar *if_none_match;  /* the If-None-Match header, or NULL */
  gchar *remote_address; /* "192.0.2.1"; of the client behind a trusted proxy */
  gboolean secure;       /* arrived over TLS, here or at a trusted proxy */
  GBytes *body;          /* never NULL; at most AC_HTTP_BODY_MAX_BYTES, of a
                            file AC_HTTP_UPLOAD_MAX_BYTES */
} AcHttpRequest;

#define AC_HTTP_BODY_MAX_BYTES (256 * 1024)
/* Of a file: what is handed out in a lesson, a table of members. */
#define AC_HTTP_UPLOAD_MAX_BYTES (20 * 1024 * 1024)

typedef struct {
  guint status;              /* 200, 404, ... */
  const gchar *content_type; /* static string; NULL with an empty body */
  gchar *set_cookie;         /* value of a Set-Cookie header, or NULL; owned */
  gchar *location;           /* value of a Location header, or NULL; owned */
  gchar *etag;               /* value of an ETag header, or NULL; owned */
  gboolean may_be_kept;      /* and asked for again by its ETag; else no-store */
  gchar *disposition;        /* value of Content-Disposition, or NULL; owned */
  gboolean signalling;       /* of WHIP: pages of any origin may ask */
  guint retry_after_s;       /* Retry-After, 0: none */
  GBytes *body;              /* owned, may be NULL; sent with Cache-Control: no-store */
  gint64 uploader;           /* with 100: whose file it is that may come, see front.h */
} AcHttpResponse;

typedef struct _AcHttpExchange AcHttpExchange;

/* @request: fields are taken (stolen), strings owned by the exchange from now on
 * @executor, @answer: where and how the answer is given back. @answer gets the
 *   response (its fields to be cleared by it) and @user_data, exactly once. */
typedef void (*AcHttpAnswer) (AcHttpResponse *response, gpointer user_data);
AcHttpExchange *ac_http_exchange_new (AcHttpRequest *request, AcExecutor executor,
                                      AcHttpAnswer answer, gpointer user_data);
AcHttpExchange *ac_http_exchange_ref (AcHttpExchange *self);
void ac_http_exchange_unref (AcHttpExchange *self);
const AcHttpRequest *ac_http_exchange_request (AcHttpExchange *self);

/* @response: its owned fields are taken. A second answer is a programmer's error. */
void ac_http_exchange_respond (AcHttpExchange *self, AcHttpResponse *response);

/* Returns: (transfer full) (nullable): the value of cookie @name. */
gchar *ac_http_request_cookie (const AcHttpRequest *request, const gchar *name);

/* RFC 9110 8.8.3.2, weak comparison: whether @etag is one of the list that
 * @if_none_match is; '*' is any. */
gboolean ac_http_etag_matches (const gchar *if_none_match, const gchar *etag);

/* @ret_copy: all of @request but its body; to be cleared */
void ac_http_request_copy_head (const AcHttpRequest *request, AcHttpRequest *ret_copy);

/* Both free what the value owns and leave it empty. */
void ac_http_request_clear (AcHttpRequest *request);
void ac_http_response_clear (AcHttpResponse *response);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcHttpExchange, ac_http_exchange_unref)
