#include "api_call.h"

#include "connection.h"

#include <string.h>

#define MAX_COOKIE_BYTES 4096
#define MAX_HEADER_BYTES 512

struct _AcApiCall {
  AcStream *stream; /* NULL: the client is gone */
  AcFrontShared *shared;
  AcFrontMailbox *mailbox;
  AcHttpRequest request; /* until submitted */
  gboolean submitted;
};

typedef struct {
  AcFrontShared *shared;
  AcHttpExchange *exchange;
} Handover;

AcApiCall *
ac_api_call_new (AcStream *stream, const AcHead *head)
{
  AcFrontThread *thread = stream->connection->thread;
  struct lws *wsi = stream->wsi;
  AcApiCall *self;

  self = g_new0 (AcApiCall, 1);
  self->stream = stream;
  self->shared = ac_front_shared_ref (thread->shared);
  self->mailbox = ac_front_mailbox_ref (thread->mailbox);
  self->request = (AcHttpRequest){
    .method = g_strdup (ac_method_name (head->method)),
    .path = g_strdup (head->path),
    .query = head->query[0] != '\0' ? g_strdup (head->query) : NULL,
    .authorization =
        ac_head_value (wsi, WSI_TOKEN_HTTP_AUTHORIZATION, MAX_HEADER_BYTES),
    .cookie = ac_head_value (wsi, WSI_TOKEN_HTTP_COOKIE, MAX_COOKIE_BYTES),
    .origin = ac_head_value (wsi, WSI_TOKEN_ORIGIN, MAX_HEADER_BYTES),
    .host = ac_head_host (wsi),
    .requested_with = ac_head_requested_with (wsi, head->method),
    .content_type = ac_head_value (wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, MAX_HEADER_BYTES),
    .language = ac_head_value (wsi, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE, MAX_HEADER_BYTES),
    .user_agent = ac_head_value (wsi, WSI_TOKEN_HTTP_USER_AGENT, MAX_HEADER_BYTES),
    .if_match = ac_head_value (wsi, WSI_TOKEN_HTTP_IF_MATCH, MAX_HEADER_BYTES),
    .if_none_match =
        ac_head_value (wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, MAX_HEADER_BYTES),
    .remote_address = ac_head_remote_address (stream),
    .secure = ac_head_is_secure (stream),
  };
  return self;
}

static void
call_free (AcApiCall *self)
{
  if (self->submitted)
    g_atomic_int_add (&self->shared->n_calls, -1);
  ac_front_mailbox_unref (self->mailbox);
  ac_front_shared_unref (self->shared);
  g_free (self);
}

const AcHttpRequest *
ac_api_call_request (const AcApiCall *self)
{
  return &self->request;
}

gboolean
ac_api_call_expects_invitation (AcStream *stream)
{
  return !stream->h2 && !stream->http10 &&
         lws_hdr_total_length (stream->wsi, WSI_TOKEN_HTTP_EXPECT) > 0;
}

int
ac_api_call_invite_body (AcStream *stream)
{
  static const gchar invitation[] = "HTTP/1.1 100 Continue\r\n\r\n";
  guint8 buffer[LWS_PRE + sizeof invitation];
  gsize length = strlen (invitation);

  if (!stream->expects)
    return 0;
  memcpy (buffer + LWS_PRE, invitation, length);
  return lws_write (stream->wsi, buffer + LWS_PRE, length, LWS_WRITE_HTTP_HEADERS) < 0
             ? -1
             : 0;
}

AcReply
ac_api_call_reply (AcHttpResponse *response)
{
  return (AcReply){
    .status = response->status,
    .content_type = response->content_type,
    .cache_control = response->may_be_kept ? "private, no-cache" : "no-store",
    .set_cookie = response->set_cookie,
    .location = response->location,
    .disposition = response->disposition,
    .etag = response->etag,
    .flags = response->signalling ? AC_REPLY_SIGNALLING : 0,
    .retry_after_s = response->retry_after_s,
    .body = g_steal_pointer (&response->body),
  };
}

static void
on_answer (AcHttpResponse *response, gpointer user_data)
{
  AcApiCall *self = user_data;
  AcStream *stream = self->stream;

  if (stream != NULL) {
    AcReply reply = ac_api_call_reply (response);

    stream->call = NULL;
    stream->state = AC_STREAM_IDLE;
    ac_stream_reply_later (stream, &reply);
  }
  ac_http_response_clear (response);
  call_free (self);
}

/* On the main loop. An exchange that nobody takes answers 500 by itself. */
static void
hand_over (gpointer data)
{
  Handover *handover = data;
  AcFrontShared *shared = handover->shared;

  if (!shared->closed)
    shared->handler.api (handover->exchange, shared->user_data);
  ac_http_exchange_unref (handover->exchange);
  ac_front_shared_unref (shared);
  g_free (handover);
}

gboolean
ac_api_call_submit (AcApiCall *self, GByteArray *body)
{
  Handover *handover;

  if (!ac_counter_take (&self->shared->n_calls, AC_FRONT_MAX_CALLS))
    return FALSE;
  handover = g_new0 (Handover, 1);
  if (body != NULL)
    self->request.body = g_bytes_new (body->data, body->len);
  self->submitted = TRUE;
  handover->shared = ac_front_shared_ref (self->shared);
  handover->exchange = ac_http_exchange_new (
      &self->request, ac_front_mailbox_executor (self->mailbox), on_answer, self);
  ac_executor_post (self->shared->main, hand_over, handover);
  return TRUE;
}

void
ac_api_call_abandon (AcApiCall *self)
{
  self->stream = NULL;
  if (self->submitted)
    return; /* the answer frees it */
  ac_http_request_clear (&self->request);
  call_free (self);
}
