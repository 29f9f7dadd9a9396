#include "head.h"

#include "connection.h"
#include "target.h"

#include <string.h>

#define MAX_HOST_BYTES 255
#define MAX_FORWARDED_BYTES 512

static const struct {
  enum lws_token_indexes token;
  AcMethod method;
  const gchar *name;
} methods[] = {
  { WSI_TOKEN_GET_URI, AC_METHOD_GET, "GET" },
  { WSI_TOKEN_HEAD_URI, AC_METHOD_HEAD, "HEAD" },
  { WSI_TOKEN_OPTIONS_URI, AC_METHOD_OPTIONS, "OPTIONS" },
  { WSI_TOKEN_POST_URI, AC_METHOD_POST, "POST" },
  { WSI_TOKEN_PUT_URI, AC_METHOD_PUT, "PUT" },
  { WSI_TOKEN_PATCH_URI, AC_METHOD_PATCH, "PATCH" },
  { WSI_TOKEN_DELETE_URI, AC_METHOD_DELETE, "DELETE" },
  { WSI_TOKEN_CONNECT, AC_METHOD_CONNECT, "CONNECT" },
};

const gchar *
ac_method_name (AcMethod method)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (methods[i].method == method)
      return methods[i].name;
  return "";
}

static gboolean
read_method (struct lws *wsi, AcMethod *ret_method)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (lws_hdr_total_length (wsi, methods[i].token) > 0) {
      *ret_method = methods[i].method;
      return TRUE;
    }
  return FALSE;
}

/* The version closes the request line. Where it is missing or odd, the line was cut
 * short by an encoded line break, and what follows are headers from the path. */
static gboolean
read_version (AcStream *stream)
{
  gchar text[16];

  if (stream->h2)
    return TRUE;
  if (lws_hdr_copy (stream->wsi, text, sizeof text, WSI_TOKEN_HTTP) != 8)
    return FALSE;
  stream->http10 = g_str_equal (text, "HTTP/1.0");
  return stream->http10 || g_str_equal (text, "HTTP/1.1");
}

/* The same decision as lws_http_action() takes, from the same 24 characters. */
static void
read_keep_alive (AcStream *stream)
{
  gchar text[24];

  stream->keep_alive = !stream->http10;
  if (lws_hdr_copy (stream->wsi, text, sizeof text, WSI_TOKEN_CONNECTION) <= 0)
    return;
  if (g_ascii_strcasecmp (text, "keep-alive") == 0)
    stream->keep_alive = TRUE;
  else if (g_ascii_strcasecmp (text, "close") == 0)
    stream->keep_alive = FALSE;
}

static gboolean
read_query (AcHead *head)
{
  gchar piece[AC_QUERY_MAX_BYTES];
  gint length;

  head->query[0] = '\0';
  if (lws_hdr_total_length (head->wsi, WSI_TOKEN_HTTP_URI_ARGS) >=
      (gint)sizeof head->query)
    return FALSE;
  for (gint i = 0; (length = lws_hdr_copy_fragment (head->wsi, piece, sizeof piece,
                                                    WSI_TOKEN_HTTP_URI_ARGS, i)) >= 0;
       i++) {
    /* A target that ends in '?' or '&' gets a '/' for its empty last piece. */
    if (length == 1 && piece[0] == '/')
      continue;
    if (!ac_target_query_append (head->query, sizeof head->query, piece, length))
      return FALSE;
  }
  return TRUE;
}

static guint
read_body_length (AcHead *head)
{
  g_autofree gchar *text = NULL;

  head->content_length = -1;
  if (lws_hdr_total_length (head->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
    return 411;
  if (lws_hdr_total_length (head->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
    return 0;
  text = ac_head_value (head->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 20);
  head->content_length = text != NULL ? ac_target_content_length (text) : -1;
  return head->content_length >= 0 ? 0 : 400;
}

guint
ac_head_read (AcStream *stream, const gchar *path, gsize length, AcHead *ret_head)
{
  struct lws *wsi = stream->wsi;
  guint refusal;

  ret_head->wsi = wsi;
  ret_head->path = path;
  stream->head_only = stream->http10 = stream->keep_alive = FALSE;
  stream->close_after = stream->body_follows = FALSE;

  if (!read_version (stream))
    return 400;
  refusal = read_body_length (ret_head);
  if (refusal != 0)
    return refusal;
  stream->body_follows = ret_head->content_length > 0;
  if (!read_method (wsi, &ret_head->method))
    return 405;
  if (!ac_target_path_is_sane (path, length))
    return 400;
  if (!read_query (ret_head))
    return 414;
  read_keep_alive (stream);
  stream->head_only = ret_head->method == AC_METHOD_HEAD;
  if (lws_hdr_copy (wsi, ret_head->accept_encoding, sizeof ret_head->accept_encoding,
                    WSI_TOKEN_HTTP_ACCEPT_ENCODING) <= 0)
    ret_head->accept_encoding[0] = '\0';
  return 0;
}

gchar *
ac_head_value (struct lws *wsi, enum lws_token_indexes token, gsize max_bytes)
{
  gint length = lws_hdr_total_length (wsi, token);
  g_autofree gchar *text = NULL;

  if (length <= 0 || (gsize)length > max_bytes)
    return NULL;
  /* One to spare: lws_hdr_copy wants room for a comma after the last piece, too. */
  text = g_malloc (length + 2);
  if (lws_hdr_copy (wsi, text, length + 2, token) <= 0)
    return NULL;
  return g_steal_pointer (&text);
}

gchar *
ac_head_custom_value (struct lws *wsi, const gchar *name_with_colon, gsize max_bytes)
{
  gint name_length = strlen (name_with_colon);
  gint length = lws_hdr_custom_length (wsi, name_with_colon, name_length);
  g_autofree gchar *text = NULL;

  if (length <= 0 || (gsize)length > max_bytes)
    return NULL;
  text = g_malloc (length + 2);
  if (lws_hdr_custom_copy (wsi, text, length + 2, name_with_colon, name_length) < 0)
    return NULL;
  return g_steal_pointer (&text);
}

gchar *
ac_head_host (struct lws *wsi)
{
  gchar *host = ac_head_value (wsi, WSI_TOKEN_HOST, MAX_HOST_BYTES);

  return host != NULL
             ? host
             : ac_head_value (wsi, WSI_TOKEN_HTTP_COLON_AUTHORITY, MAX_HOST_BYTES);
}

/* Whether browsers ask first before a page of another origin sends it: a method other
 * than those of forms, or a type that no form has (Fetch standard, CORS-safelisted). */
static gboolean
is_preflighted (AcMethod method, const gchar *type)
{
  return method == AC_METHOD_PUT || method == AC_METHOD_PATCH ||
         method == AC_METHOD_DELETE ||
         (method == AC_METHOD_POST && type != NULL &&
          (g_str_has_prefix (type, "application/json") ||
           g_str_has_prefix (type, "application/octet-stream")));
}

/* The header proves that a request from another origin's page was preflighted, which we
 * never allow for the API. Over HTTP/2, where it is lost, what is preflighted anyway is
 * told to have it; of the rest, such as a POST without a body, Origin has to speak. */
gchar *
ac_head_requested_with (struct lws *wsi, AcMethod method)
{
  g_autofree gchar *type = NULL;

  if (lws_get_network_wsi (wsi) == wsi)
    return ac_head_custom_value (wsi, "x-requested-with:", 64);
  type = ac_head_value (wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, 128);
  return is_preflighted (method, type) ? g_strdup ("airclass") : NULL;
}

/* Only what a proxy on this machine says is believed. */
static gboolean
is_behind_proxy (AcStream *stream)
{
  AcConnection *connection = stream->connection;

  return connection->thread->shared->trust_proxy &&
         ac_connection_is_loopback (connection);
}

gchar *
ac_head_remote_address (AcStream *stream)
{
  g_autofree gchar *list = NULL;
  gchar *address = NULL;

  if (is_behind_proxy (stream))
    list = ac_head_value (stream->wsi, WSI_TOKEN_X_FORWARDED_FOR, MAX_FORWARDED_BYTES);
  if (list != NULL)
    address = ac_target_forwarded_for (list);
  return address != NULL ? address : ac_connection_address_text (stream->connection);
}

static gchar *
forwarded_proto (AcStream *stream)
{
  return ac_head_custom_value (stream->wsi, "x-forwarded-proto:", 16);
}

gboolean
ac_head_is_secure (AcStream *stream)
{
  g_autofree gchar *proto = NULL;

  if (stream->connection->tls)
    return TRUE;
  if (!is_behind_proxy (stream))
    return FALSE;
  proto = forwarded_proto (stream);
  return proto != NULL && g_ascii_strcasecmp (proto, "https") == 0;
}

gboolean
ac_head_needs_tls (AcStream *stream)
{
  g_autofree gchar *proto = NULL;

  if (!stream->connection->thread->shared->tls || ac_head_is_secure (stream))
    return FALSE;
  /* Operators' scripts on this machine may speak plain HTTP; a proxy here that says
   * that its client did so may not. */
  proto = forwarded_proto (stream);
  return proto != NULL || !ac_connection_is_loopback (stream->connection);
}
