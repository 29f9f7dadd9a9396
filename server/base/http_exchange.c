#include "http_exchange.h"

#include <string.h>

struct _AcHttpExchange {
  AcHttpRequest request;
  AcExecutor executor;
  AcHttpAnswer answer;
  gpointer user_data;
  gint answered; /* atomic */
};

typedef struct {
  AcHttpResponse response;
  AcHttpAnswer answer;
  gpointer user_data;
} Delivery;

static void
deliver (gpointer data)
{
  Delivery *delivery = data;

  delivery->answer (&delivery->response, delivery->user_data);
  g_free (delivery);
}

AcHttpExchange *
ac_http_exchange_new (AcHttpRequest *request, AcExecutor executor, AcHttpAnswer answer,
                      gpointer user_data)
{
  AcHttpExchange *self = g_atomic_rc_box_new0 (AcHttpExchange);

  self->request = *request;
  memset (request, 0, sizeof *request);
  if (self->request.body == NULL)
    self->request.body = g_bytes_new_static ("", 0);
  self->executor = executor;
  self->answer = answer;
  self->user_data = user_data;
  return self;
}

AcHttpExchange *
ac_http_exchange_ref (AcHttpExchange *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ac_http_request_clear (AcHttpRequest *request)
{
  g_free (request->method);
  g_free (request->path);
  g_free (request->query);
  g_free (request->authorization);
  g_free (request->cookie);
  g_free (request->origin);
  g_free (request->host);
  g_free (request->requested_with);
  g_free (request->content_type);
  g_free (request->language);
  g_free (request->user_agent);
  g_free (request->if_match);
  g_free (request->if_none_match);
  g_free (request->remote_address);
  g_clear_pointer (&request->body, g_bytes_unref);
  memset (request, 0, sizeof *request);
}

void
ac_http_request_copy_head (const AcHttpRequest *request, AcHttpRequest *ret_copy)
{
  *ret_copy = (AcHttpRequest){
    .method = g_strdup (request->method),
    .path = g_strdup (request->path),
    .query = g_strdup (request->query),
    .authorization = g_strdup (request->authorization),
    .cookie = g_strdup (request->cookie),
    .origin = g_strdup (request->origin),
    .host = g_strdup (request->host),
    .requested_with = g_strdup (request->requested_with),
    .content_type = g_strdup (request->content_type),
    .language = g_strdup (request->language),
    .user_agent = g_strdup (request->user_agent),
    .if_match = g_strdup (request->if_match),
    .if_none_match = g_strdup (request->if_none_match),
    .remote_address = g_strdup (request->remote_address),
    .secure = request->secure,
  };
}

static void
exchange_free (gpointer data)
{
  AcHttpExchange *self = data;

  if (!g_atomic_int_get (&self->answered))
    ac_http_exchange_respond (self, &(AcHttpResponse){ .status = 500 });
  ac_http_request_clear (&self->request);
}

void
ac_http_exchange_unref (AcHttpExchange *self)
{
  g_atomic_rc_box_release_full (self, exchange_free);
}

const AcHttpRequest *
ac_http_exchange_request (AcHttpExchange *self)
{
  return &self->request;
}

void
ac_http_exchange_respond (AcHttpExchange *self, AcHttpResponse *response)
{
  Delivery *delivery;

  g_return_if_fail (g_atomic_int_compare_and_exchange (&self->answered, 0, 1));

  delivery = g_new (Delivery, 1);
  *delivery = (Delivery){ *response, self->answer, self->user_data };
  memset (response, 0, sizeof *response);
  ac_executor_post (self->executor, deliver, delivery);
}

gchar *
ac_http_request_cookie (const AcHttpRequest *request, const gchar *name)
{
  g_auto (GStrv) pairs = NULL;
  gsize length = strlen (name);

  if (request->cookie == NULL)
    return NULL;
  pairs = g_strsplit (request->cookie, ";", 64);
  for (guint i = 0; pairs[i] != NULL; i++) {
    const gchar *pair = g_strstrip (pairs[i]);

    if (strncmp (pair, name, length) == 0 && pair[length] == '=')
      return g_strdup (pair + length + 1);
  }
  return NULL;
}

void
ac_http_response_clear (AcHttpResponse *response)
{
  g_clear_pointer (&response->set_cookie, g_free);
  g_clear_pointer (&response->location, g_free);
  g_clear_pointer (&response->etag, g_free);
  g_clear_pointer (&response->disposition, g_free);
  g_clear_pointer (&response->body, g_bytes_unref);
}

gboolean
ac_http_etag_matches (const gchar *if_none_match, const gchar *etag)
{
  const gchar *found = if_none_match;
  gsize length = strlen (etag);

  if (g_str_equal (if_none_match, "*"))
    return TRUE;
  while ((found = strstr (found, etag)) != NULL) {
    gchar before = found == if_none_match ? ',' : found[-1];
    gchar after = found[length];

    if (strchr (", /", before) != NULL && strchr (", ", after) != NULL)
      return TRUE; /* strchr finds the end of the string, too */
    found += length;
  }
  return FALSE;
}
