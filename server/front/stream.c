#include "stream.h"

#include "api_call.h"
#include "connection.h"
#include "head.h"
#include "peer_socket.h"
#include "target.h"
#include "upload.h"

#include <string.h>

#define LIVE "/live/"
#define API "/api/"
#define WHIP "/whip/"
#define WHEP "/whep/"
#define CALENDAR "/calendar/"
#define CLASSROOM "/classroom"
/* Told to who gets a 503: the disk or the thread is behind, or a hold took too long. */
#define RETRY_AFTER_S 2

/* Most of the body that one turn writes; what the socket does not take of it is
 * libwebsockets' copy, so this bounds a slow reader's memory. */
#define CHUNK_BYTES (64 * 1024)
/* A frame of HTTP/2 holds 16,384 bytes unless the client allows more. */
#define H2_CHUNK_BYTES 16384
#define DIGITS "0123456789"
/* A refused body is read this far, so that the refusal is not lost to a reset. */
#define DRAIN_MAX_BYTES (1024 * 1024)

/* --- Life ------------------------------------------------------------------------ */

AcStream *
ac_stream_of (struct lws *wsi, void *user)
{
  struct lws *network = lws_get_network_wsi (wsi);
  AcStream *marker, *self = user;

  if (self != NULL)
    return self;
  if (network == NULL || network == wsi)
    return NULL;
  marker = lws_wsi_user (network);
  if (marker == NULL)
    return NULL;

  self = g_new0 (AcStream, 1);
  self->connection = marker->connection;
  self->wsi = wsi;
  self->h2 = TRUE;
  self->connection->h2 = TRUE;
  self->connection->n_streams++;
  lws_set_wsi_user (wsi, self);
  return self;
}

static void
set_state (AcStream *self, AcStreamState state)
{
  AcConnection *connection = self->connection;

  if (self->h2 && (self->state == AC_STREAM_SENDING) != (state == AC_STREAM_SENDING)) {
    if (state == AC_STREAM_SENDING)
      connection->n_sending++;
    else
      connection->n_sending--;
  }
  self->state = state;
}

static void
forget_answer (AcStream *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->pending_head, g_byte_array_unref);
  self->offset = 0;
}

/* Returns: (transfer full) (nullable): the body so far, which counts no more. */
static GByteArray *
take_incoming (AcStream *self)
{
  if (self->incoming != NULL)
    g_atomic_int_add (&self->connection->thread->shared->body_bytes,
                      -(gint)self->incoming->len);
  g_clear_pointer (&self->upload, ac_upload_free);
  return g_steal_pointer (&self->incoming);
}

static void
forget_call (AcStream *self)
{
  g_autoptr (GByteArray) incoming = take_incoming (self);

  g_clear_pointer (&self->call, ac_api_call_abandon);
}

void
ac_stream_gone (AcStream *self)
{
  AcConnection *connection = self->connection;
  AcFrontThread *thread = connection->thread;

  if (self->state == AC_STREAM_HELD && thread->hub != NULL)
    ac_hub_cancel (thread->hub, &self->wait);
  forget_call (self);
  g_clear_pointer (&self->peer, ac_peer_socket_gone);
  forget_answer (self);
  set_state (self, AC_STREAM_IDLE);
  if (self->h2) {
    connection->n_streams--;
    g_free (self);
  }
}

void
ac_stream_pause (AcStream *self)
{
  /* The header table and the timer go back: thousands may wait, and both live in lists
   * that libwebsockets walks from the start. */
  lws_http_headers_detach (self->wsi);
  lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
  if (self->h2 || self->paused)
    return;
  self->paused = TRUE;
  lws_rx_flow_control (self->wsi, 0);
}

static void
resume_reading (AcStream *self)
{
  if (!self->paused)
    return;
  self->paused = FALSE;
  ac_connection_unwatch (self->connection);
  lws_rx_flow_control (self->wsi, 1);
}

/* --- Answering ------------------------------------------------------------------- */

/* Everything was handed to libwebsockets and left it.
 * Returns: what the callback returns. */
static int
complete (AcStream *self)
{
  AcConnection *connection = self->connection;

  forget_answer (self);
  set_state (self, AC_STREAM_IDLE);
  if (self->h2)
    return -1; /* closes the stream, not the connection */
  if (self->close_after || !self->keep_alive)
    return -1;
  resume_reading (self);
  if (lws_http_transaction_completed (self->wsi))
    return -1;
  lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
  ac_connection_set_due (connection, AC_IDLE_S);
  ac_connection_make_ready (connection);
  return 0;
}

/* The client is still sending what nobody will read. */
static int
begin_drain (AcStream *self)
{
  forget_answer (self);
  set_state (self, AC_STREAM_DRAIN);
  self->drained_bytes = 0;
  if (self->h2) {
    self->must_reset = TRUE;
    lws_callback_on_writable (self->wsi);
    return 0;
  }
  ac_connection_set_due (self->connection, AC_BODY_PAUSE_S);
  return 0;
}

/* Returns: what the callback returns. */
static int
continue_drain (AcStream *self)
{
  if (!self->body_follows)
    return -1; /* whole: the stream ends, not the connection */
  if (!self->must_reset)
    return 0;
  if (lws_partial_buffered (lws_get_network_wsi (self->wsi))) {
    lws_callback_on_writable (self->wsi);
    return 0;
  }
  self->must_reset = FALSE;
  ac_connection_reset_stream (self->connection, self->id);
  /* libwebsockets sets the same again whenever something comes. */
  lws_set_timeout (self->wsi, PENDING_TIMEOUT_HTTP_CONTENT, AC_BODY_PAUSE_S);
  return 0;
}

static gsize
remaining (AcStream *self)
{
  return self->body != NULL ? g_bytes_get_size (self->body) - self->offset : 0;
}

static int
continue_sending (AcStream *self)
{
  AcConnection *connection = self->connection;
  gboolean flushing = !self->h2 && lws_partial_buffered (self->wsi);

  if (remaining (self) == 0 && !flushing)
    return self->body_follows ? begin_drain (self) : complete (self);
  if (self->state != AC_STREAM_SENDING) {
    set_state (self, AC_STREAM_SENDING);
    if (!self->h2 && !self->body_follows) {
      ac_stream_pause (self);
      ac_connection_watch_writable (connection);
    }
    connection->progress = ac_connection_progress (connection);
  }
  ac_connection_set_due (connection, AC_STALL_S);
  if (!self->paused)
    lws_callback_on_writable (self->wsi);
  return 0;
}

static int
reply_h1 (AcStream *self, AcReply *reply)
{
  AcFrontThread *thread = self->connection->thread;
  gsize body_bytes, bytes;

  if (self->close_after || !self->keep_alive)
    reply->flags |= AC_REPLY_CLOSE;
  else if (self->http10)
    reply->flags |= AC_REPLY_KEEP_ALIVE;
  bytes = ac_reply_render (thread, reply, self->head_only, &body_bytes);
  if (bytes == 0 ||
      lws_write (self->wsi, thread->out + LWS_PRE, bytes, LWS_WRITE_HTTP_HEADERS) < 0) {
    g_clear_pointer (&reply->body, g_bytes_unref);
    return -1;
  }
  if (self->head_only)
    g_clear_pointer (&reply->body, g_bytes_unref);
  self->body = g_steal_pointer (&reply->body);
  self->offset = body_bytes;
  return continue_sending (self);
}

/* HTTP/2 writes only when libwebsockets says so, one frame at a time. */
static int
reply_h2 (AcStream *self, AcReply *reply)
{
  self->pending_head = ac_reply_render_h2 (self->connection->thread, reply, self->wsi);
  if (self->head_only)
    g_clear_pointer (&reply->body, g_bytes_unref);
  self->body = g_steal_pointer (&reply->body);
  self->offset = 0;
  if (self->pending_head == NULL)
    return -1;
  set_state (self, AC_STREAM_SENDING);
  lws_http_headers_detach (self->wsi);
  lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
  ac_connection_set_due (self->connection, AC_STALL_S);
  lws_callback_on_writable (self->wsi);
  return 0;
}

int
ac_stream_reply (AcStream *self, AcReply *reply)
{
  if (self->body_follows)
    self->close_after = TRUE;
  return self->h2 ? reply_h2 (self, reply) : reply_h1 (self, reply);
}

void
ac_stream_reply_later (AcStream *self, AcReply *reply)
{
  if (ac_stream_reply (self, reply) != 0)
    lws_set_timeout (self->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

static int
refuse (AcStream *self, guint status)
{
  AcReply reply = { .status = status, .cache_control = "no-store" };

  if (status == 405)
    reply.flags |= AC_REPLY_ALLOW_READ;
  if (status == 503)
    reply.retry_after_s = RETRY_AFTER_S;
  return ac_stream_reply (self, &reply);
}

/* A request that cannot be trusted to end where it seems to: nothing after it is read.
 */
static int
refuse_and_close (AcStream *self, guint status)
{
  self->close_after = TRUE;
  return refuse (self, status);
}

static int
write_h2 (AcStream *self)
{
  gint allowance;
  gsize bytes, left = remaining (self);
  gboolean last;

  if (self->pending_head != NULL) {
    g_autoptr (GByteArray) head = g_steal_pointer (&self->pending_head);
    gint flags = LWS_WRITE_HTTP_HEADERS;

    if (left == 0)
      flags |= LWS_WRITE_H2_STREAM_END;
    bytes = head->len - LWS_PRE;
    if (lws_write (self->wsi, head->data + LWS_PRE, bytes, flags) < 0)
      return -1;
    /* The frame's header was written in front; its end is the stream's number, which
     * libwebsockets tells nowhere else. */
    memcpy (&self->id, head->data + LWS_PRE - sizeof self->id, sizeof self->id);
    self->id = GUINT32_FROM_BE (self->id);
    self->connection->sent_bytes += bytes;
    return continue_sending (self);
  }

  allowance = (gint)lws_get_peer_write_allowance (self->wsi);
  if (allowance == 0)
    return 0; /* called again when the client opens its window */
  bytes = MIN (left, H2_CHUNK_BYTES);
  if (allowance > 0)
    bytes = MIN (bytes, (gsize)allowance);
  last = bytes == left;
  /* The frame's header is written in front of the data, so this is a copy. */
  self->connection->thread->rendered.total_bytes = 0;
  memcpy (self->connection->thread->out + LWS_PRE,
          (const guint8 *)g_bytes_get_data (self->body, NULL) + self->offset, bytes);
  if (lws_write (self->wsi, self->connection->thread->out + LWS_PRE, bytes,
                 last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (gint)bytes)
    return -1;
  self->offset += bytes;
  self->connection->sent_bytes += bytes;
  return continue_sending (self);
}

static int
write_h1 (AcStream *self)
{
  gsize bytes = MIN (remaining (self), CHUNK_BYTES);

  if (bytes > 0) {
    const guint8 *data = g_bytes_get_data (self->body, NULL);

    /* Not written to: HTTP/1 adds nothing to a body of known length. */
    if (lws_write (self->wsi, (guint8 *)data + self->offset, bytes, LWS_WRITE_HTTP) <
        (gint)bytes)
      return -1;
    self->offset += bytes;
  }
  return continue_sending (self);
}

int
ac_stream_writable (AcStream *self)
{
  if (self->h2 && self->state == AC_STREAM_DRAIN)
    return continue_drain (self);
  if (self->state != AC_STREAM_SENDING)
    return 0; /* a turn that nobody asked for */
  return self->h2 ? write_h2 (self) : write_h1 (self);
}

/* --- Media ----------------------------------------------------------------------- */

static AcReply
media_reply (AcMediaAnswer *answer)
{
  return (AcReply){
    .status = answer->status,
    .flags = AC_REPLY_CORS | (answer->vary_encoding ? AC_REPLY_VARY_ENCODING : 0),
    .content_type = answer->content_type,
    .cache_control = answer->cache_control,
    .content_encoding = answer->content_encoding,
    .body = g_steal_pointer (&answer->body),
    .retry_after_s = answer->status == 503 ? RETRY_AFTER_S : 0,
  };
}

void
ac_stream_media_answered (AcMediaWait *wait, AcMediaAnswer *answer, gpointer unused)
{
  AcStream *self = wait->owner;
  AcReply reply = media_reply (answer);

  set_state (self, AC_STREAM_IDLE);
  ac_stream_reply_later (self, &reply);
}

static int
serve_media (AcStream *self, const AcHead *head)
{
  AcFrontThread *thread = self->connection->thread;
  AcMediaAnswer answer = { 0 };
  AcReply reply;

  if (head->method == AC_METHOD_OPTIONS) {
    reply = (AcReply){ .status = 204,
                       .flags = AC_REPLY_CORS | AC_REPLY_PREFLIGHT,
                       .cache_control = "public, max-age=86400" };
    return ac_stream_reply (self, &reply);
  }
  if (head->method != AC_METHOD_GET && head->method != AC_METHOD_HEAD)
    return refuse (self, 405);

  self->wait.owner = self;
  if (!ac_hub_request (thread->hub, head->path + strlen (LIVE),
                       head->query[0] != '\0' ? head->query : NULL,
                       ac_accepts_encoding (head->accept_encoding, "gzip"), &self->wait,
                       &answer)) {
    set_state (self, AC_STREAM_HELD);
    ac_stream_pause (self);
    if (!self->h2) {
      ac_connection_unset_due (self->connection);
      ac_connection_watch_hangup (self->connection);
    }
    return 0;
  }
  reply = media_reply (&answer);
  return ac_stream_reply (self, &reply);
}

/* --- Pages ----------------------------------------------------------------------- */

static int
serve_page (AcStream *self, const AcHead *head)
{
  g_autofree gchar *if_none_match = NULL;
  AcPageAnswer page;
  AcReply reply;

  if (head->method != AC_METHOD_GET && head->method != AC_METHOD_HEAD)
    return refuse (self, 405);
  if_none_match = ac_head_value (self->wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, 1024);
  ac_pages_answer (self->connection->thread->shared->pages, head->path,
                   head->accept_encoding, if_none_match, &page);
  reply = (AcReply){
    .status = page.status,
    .flags = AC_REPLY_PAGE | (page.vary_encoding ? AC_REPLY_VARY_ENCODING : 0),
    .content_type = page.content_type,
    .cache_control = page.cache_control,
    .content_encoding = page.content_encoding,
    .etag = page.etag,
    .body = page.body,
  };
  return ac_stream_reply (self, &reply);
}

static int
redirect_to_tls (AcStream *self, const AcHead *head)
{
  g_autofree gchar *host = ac_head_host (self->wsi);
  g_autofree gchar *path = NULL, *location = NULL;
  AcReply reply = { .status = 308, .cache_control = "no-store" };

  if (host == NULL || !ac_target_host_is_sane (host))
    return refuse_and_close (self, 400);
  path = g_uri_escape_string (head->path, "/:@!$&'()*+,;=", FALSE);
  location = g_strconcat ("https://", host, path, head->query[0] != '\0' ? "?" : "",
                          head->query, NULL);
  reply.location = location;
  return ac_stream_reply (self, &reply);
}

/* --- API ------------------------------------------------------------------------- */

static void
wait_for_answer (AcStream *self)
{
  set_state (self, AC_STREAM_CALL);
  ac_stream_pause (self);
  if (!self->h2) {
    ac_connection_unset_due (self->connection);
    ac_connection_watch_hangup (self->connection);
  }
}

static int
begin_call (AcStream *self)
{
  g_autoptr (GByteArray) incoming = take_incoming (self);

  self->body_follows = FALSE;
  if (!ac_api_call_submit (self->call, incoming)) {
    forget_call (self);
    return refuse (self, 503);
  }
  wait_for_answer (self);
  return 0;
}

/* "/api/v1/lessons/7/handouts", "/api/v1/imports": the places that take files. */
static gboolean
is_upload (const AcHead *head)
{
  static const gchar before[] = "/api/v1/lessons/", after[] = "/handouts";
  const gchar *path = head->path;

  if (head->method != AC_METHOD_POST)
    return FALSE;
  return strcmp (path, "/api/v1/imports") == 0 ||
         (g_str_has_prefix (path, before) &&
          strcmp (path + sizeof before - 1 + strspn (path + sizeof before - 1, DIGITS),
                  after) == 0);
}

static gboolean
is_too_long (const AcHead *head)
{
  return head->content_length >
         (is_upload (head) ? AC_HTTP_UPLOAD_MAX_BYTES : AC_HTTP_BODY_MAX_BYTES);
}

/* Who sends a file takes one of few places: what others send needs room too. So it is
 * asked first who it is, and nobody is invited before. */
static gboolean
ask_about_upload (AcStream *self, const AcHead *head)
{
  if (head->content_length <= AC_HTTP_BODY_MAX_BYTES)
    return TRUE;
  self->upload = ac_upload_new (self, ac_api_call_request (self->call));
  return self->upload != NULL;
}

static int
serve_api (AcStream *self, const AcHead *head)
{
  gboolean has_method_with_body = head->method == AC_METHOD_POST ||
                                  head->method == AC_METHOD_PUT ||
                                  head->method == AC_METHOD_PATCH;

  if (is_too_long (head))
    return refuse (self, 413);
  /* Without a length libwebsockets waits for 100 MiB. */
  if (has_method_with_body && head->content_length < 0) {
    self->body_follows = self->h2;
    return refuse_and_close (self, 411);
  }
  self->call = ac_api_call_new (self, head);
  if (head->content_length <= 0)
    return begin_call (self);
  if (!ask_about_upload (self, head)) {
    forget_call (self);
    return refuse (self, 503);
  }

  set_state (self, AC_STREAM_BODY);
  self->incoming = g_byte_array_new ();
  self->body_bytes = head->content_length;
  self->body_began_s = ac_front_thread_now_s (self->connection->thread);
  lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
  ac_connection_set_due (self->connection, AC_BODY_PAUSE_S);
  self->expects = ac_api_call_expects_invitation (self);
  return self->upload != NULL ? 0 : ac_api_call_invite_body (self);
}

/* HTTP/2's invitation: room for the whole body at once. libwebsockets 4.1.6 opens the
 * window by itself, 256 KiB and then as it reads, but it miscounts what came before
 * the request was looked at, and may stop with the window shut. */
static int
open_window (AcStream *self)
{
  return lws_wsi_tx_credit (self->wsi, LWSTXCR_PEER_TO_US, (int)self->body_bytes);
}

void
ac_stream_upload_answered (AcStream *self, AcReply *refusal)
{
  gboolean whole = self->state == AC_STREAM_CALL;
  int result;

  if (refusal != NULL) {
    forget_call (self);
    if (whole)
      set_state (self, AC_STREAM_IDLE);
    result = ac_stream_reply (self, refusal);
  } else if (whole) {
    result = begin_call (self);
  } else {
    result = self->h2 ? open_window (self) : ac_api_call_invite_body (self);
  }
  if (result != 0)
    lws_set_timeout (self->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

void
ac_stream_upload_late (AcStream *self)
{
  AcReply refusal = { .status = 408, .cache_control = "no-store" };

  forget_call (self);
  ac_stream_reply_later (self, &refusal);
}

static int
drain (AcStream *self, gsize length)
{
  gsize most = self->h2 ? AC_HTTP_UPLOAD_MAX_BYTES : DRAIN_MAX_BYTES;

  self->drained_bytes += length;
  return self->drained_bytes > most ? -1 : 0;
}

/* Returns: what the callback returns. */
static int
append_body (AcStream *self, const guint8 *data, gsize length)
{
  AcFrontShared *shared = self->connection->thread->shared;

  if (self->incoming->len + length >
      (self->upload != NULL ? AC_HTTP_UPLOAD_MAX_BYTES : AC_HTTP_BODY_MAX_BYTES))
    return -1;
  if (g_atomic_int_add (&shared->body_bytes, (gint)length) + (gint)length >
      AC_FRONT_MAX_BODY_BYTES) {
    g_atomic_int_add (&shared->body_bytes, -(gint)length);
    forget_call (self);
    return refuse (self, 503);
  }
  g_byte_array_append (self->incoming, data, length);
  return 0;
}

/* Returns: what the callback of HTTP/1 returns. */
static int
take_body (AcStream *self, const guint8 *data, gsize length)
{
  AcConnection *connection = self->connection;
  gint64 now_s = ac_front_thread_now_s (connection->thread);

  if (self->state == AC_STREAM_DRAIN || self->state == AC_STREAM_SENDING)
    return drain (self, length);
  if (self->state != AC_STREAM_BODY || length == 0)
    return 0;
  if (append_body (self, data, length) != 0)
    return -1;
  if (self->state != AC_STREAM_BODY)
    return 0;                 /* refused */
  if (self->upload != NULL) { /* it has a pace to keep instead */
    lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
    ac_connection_set_due (connection, AC_BODY_PAUSE_S);
    return 0;
  }
  if (self->h2 && now_s - self->body_began_s >= AC_BODY_TOTAL_S) {
    /* The wheel looks after the whole connection there. */
    forget_call (self);
    return refuse (self, 408);
  }
  lws_set_timeout (self->wsi, NO_PENDING_TIMEOUT, 0);
  ac_connection_set_due (
      connection,
      MIN (AC_BODY_PAUSE_S, MAX (0, self->body_began_s + AC_BODY_TOTAL_S - now_s)));
  return 0;
}

int
ac_stream_body (AcStream *self, const guint8 *data, gsize length)
{
  int result = take_body (self, data, length);

  if (result == 0 || !self->h2)
    return result;
  ac_connection_doom (self->connection);
  return 0;
}

int
ac_stream_body_complete (AcStream *self)
{
  if (self->state == AC_STREAM_BODY && self->upload != NULL &&
      !ac_upload_has_place (self->upload)) {
    self->body_follows = FALSE;
    wait_for_answer (self);
    return 0;
  }
  if (self->state == AC_STREAM_BODY)
    return begin_call (self);
  if (self->state == AC_STREAM_DRAIN && !self->h2)
    return -1;
  self->body_follows = FALSE; /* refused; its answer is on the way, or sent */
  if (self->state == AC_STREAM_DRAIN)
    lws_callback_on_writable (self->wsi);
  return 0;
}

/* --- Requests -------------------------------------------------------------------- */

int
ac_stream_request (AcStream *self, const gchar *path, gsize length)
{
  AcConnection *connection = self->connection;
  gboolean pipelined;
  AcHead head;
  guint refusal;

  if (self->state != AC_STREAM_IDLE)
    return -1;
  pipelined = connection->pipelined;
  connection->pipelined = FALSE;
  refusal = ac_head_read (self, path, length, &head);
  /* libwebsockets 4.1.6 gives a pipelined request its own header as its body. Such
   * requests are to be sent again on another connection, RFC 9112 9.3.2. */
  if (pipelined && self->body_follows)
    return -1;
  if (refusal != 0)
    return refuse_and_close (self, refusal);
  ac_connection_set_due (connection, AC_STALL_S);
  if (connection->thread->hub == NULL)
    return -1; /* the thread is ending */

  if (ac_head_needs_tls (self))
    return redirect_to_tls (self, &head);
  if (head.method == AC_METHOD_CONNECT)
    return refuse (self, 405);
  if (g_str_has_prefix (path, LIVE) && !self->body_follows)
    return serve_media (self, &head);
  if (g_str_has_prefix (path, API) || g_str_has_prefix (path, WHIP) ||
      g_str_has_prefix (path, WHEP) || g_str_has_prefix (path, CALENDAR))
    return serve_api (self, &head);
  if (g_str_equal (path, CLASSROOM))
    return refuse (self, 426);
  if (g_str_has_prefix (path, LIVE))
    return refuse (self, 400);
  return serve_page (self, &head);
}
