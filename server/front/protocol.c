/* What libwebsockets calls, sorted to the stream, the connection or the peer. */
#include "connection.h"
#include "head.h"
#include "peer_socket.h"

#include <string.h>

static AcFrontThread *
thread_of (struct lws *wsi)
{
  return lws_context_user (lws_get_context (wsi));
}

static int
on_instantiated (struct lws *wsi)
{
  AcFrontThread *thread = thread_of (wsi);
  AcConnection *connection = thread->adopting;

  thread->adopting = NULL;
  if (connection == NULL)
    return -1;
  connection->wsi = wsi;
  connection->own.wsi = wsi;
  lws_set_wsi_user (wsi, &connection->own);
  return 0;
}

static void
on_destroy (struct lws *wsi, AcStream *stream)
{
  if (stream == NULL || stream->wsi != wsi)
    return;
  lws_set_wsi_user (wsi, NULL);
  if (stream->h2)
    ac_stream_gone (stream);
  else
    ac_connection_free (stream->connection);
}

static gboolean
read_upgrade (AcStream *stream, AcHead *ret_head, guint *ret_refusal)
{
  gchar *path = NULL;
  gint length = 0;

  if (lws_http_get_uri_and_method (stream->wsi, &path, &length) < 0)
    *ret_refusal = 400;
  else
    *ret_refusal = ac_head_read (stream, path, length, ret_head);
  return *ret_refusal == 0;
}

/* libwebsockets is about to upgrade a connection: the last moment for an HTTP answer.
 */
static int
on_confirm_upgrade (AcStream *stream, gchar *protocol)
{
  AcReply reply = { .cache_control = "no-store" };
  AcHead head;

  if (g_ascii_strcasecmp (protocol, "websocket") != 0) {
    /* HTTP/2 without TLS is offered by some clients that are content with HTTP/1.1.
     * libwebsockets compares the word again after this call, and finds none. */
    protocol[0] = '-';
    return 0;
  }
  if (read_upgrade (stream, &head, &reply.status))
    reply.status = ac_peer_socket_refusal (stream, &head);
  if (reply.status == 0)
    return 0;
  stream->close_after = TRUE;
  ac_stream_reply (stream, &reply);
  return -1;
}

static int
on_upgrade (struct lws *wsi, AcStream *stream)
{
  AcHead head;
  guint refusal;

  if (stream == NULL || stream->state != AC_STREAM_IDLE ||
      g_strcmp0 (lws_get_protocol (wsi)->name, "airclass") != 0)
    return -1;
  /* HTTP/2 comes here without having been asked before. */
  if (!read_upgrade (stream, &head, &refusal) ||
      ac_peer_socket_refusal (stream, &head) != 0)
    return -1;
  stream->peer = ac_peer_socket_new (stream, &head);
  if (stream->peer == NULL)
    return -1;
  if (stream->h2)
    ac_front_thread_allow_own_answers (stream->connection->thread);
  return 0;
}

static int
on_established (AcStream *stream)
{
  if (stream == NULL || stream->peer == NULL)
    return -1;
  stream->state = AC_STREAM_PEER;
  ac_front_thread_forbid_own_answers (stream->connection->thread);
  ac_connection_set_due (stream->connection, AC_PEER_CHECK_S);
  ac_peer_socket_established (stream->peer);
  return 0;
}

static int
on_peer (AcStream *stream, enum lws_callback_reasons reason, void *in, size_t length)
{
  if (stream == NULL || stream->peer == NULL)
    return -1;
  switch (reason) {
  case LWS_CALLBACK_RECEIVE:
    return ac_peer_socket_receive (stream->peer, in, length);
  case LWS_CALLBACK_RECEIVE_PONG:
    ac_peer_socket_pong (stream->peer);
    return 0;
  default:
    return ac_peer_socket_writable (stream->peer);
  }
}

static int
on_http (struct lws *wsi, AcStream *stream, enum lws_callback_reasons reason, void *in,
         size_t length)
{
  stream = ac_stream_of (wsi, stream);
  if (stream == NULL)
    return -1;
  switch (reason) {
  case LWS_CALLBACK_HTTP:
    return ac_stream_request (stream, in, length);
  case LWS_CALLBACK_HTTP_BODY:
    return ac_stream_body (stream, in, length);
  case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    return ac_stream_body_complete (stream);
  default:
    return ac_stream_writable (stream);
  }
}

int
ac_front_lws_callback (struct lws *wsi, enum lws_callback_reasons reason, void *user,
                       void *in, size_t length)
{
  switch (reason) {
  case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
    return on_instantiated (wsi);
  case LWS_CALLBACK_WSI_DESTROY:
    on_destroy (wsi, user);
    return 0;
  case LWS_CALLBACK_HTTP:
  case LWS_CALLBACK_HTTP_BODY:
  case LWS_CALLBACK_HTTP_BODY_COMPLETION:
  case LWS_CALLBACK_HTTP_WRITEABLE:
    return on_http (wsi, user, reason, in, length);
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    return user != NULL ? on_confirm_upgrade (user, in) : -1;
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return on_upgrade (wsi, ac_stream_of (wsi, user));
  case LWS_CALLBACK_ESTABLISHED:
    return on_established (user);
  case LWS_CALLBACK_RECEIVE:
  case LWS_CALLBACK_RECEIVE_PONG:
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return on_peer (user, reason, in, length);
  /* The CONNECT method makes libwebsockets fall back to bare sockets. */
  case LWS_CALLBACK_RAW_ADOPT:
  case LWS_CALLBACK_RAW_RX:
  case LWS_CALLBACK_RAW_WRITEABLE:
    return -1;
  default:
    return 0;
  }
}
