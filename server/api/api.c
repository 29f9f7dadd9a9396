/* api.c - the one way in: route, origin, session, role, in this order. */
#include "api_private.h"

#include "message.h"

#include <string.h>

#define PREFIX "/api/v1"
#define BODY_MAX_BYTES (16 * 1024)
#define QUERY_MAX_BYTES 1024

const AcApiRoute ac_api_routes[] = {
  { "POST", PREFIX "/session", AC_API_FOR_ANYONE, ac_api_session_create },
  { "GET", PREFIX "/session", AC_API_FOR_EVERY_ROLE, ac_api_session_get },
  { "DELETE", PREFIX "/session", AC_API_FOR_ANYONE, ac_api_session_delete },
  { "GET", PREFIX "/lessons", AC_API_FOR_EVERY_ROLE, ac_api_lessons_list },
  { "GET", PREFIX "/lessons/:id", AC_API_FOR_EVERY_ROLE, ac_api_lessons_get },
  { "GET", PREFIX "/lessons/:id/health", AC_API_FOR_STAFF, ac_api_health_get },
  { NULL },
};

AcApi *
ac_api_new (const AcApiParts *parts)
{
  AcApi *self = g_new0 (AcApi, 1);

  self->parts = *parts;
  return self;
}

void
ac_api_free (AcApi *self)
{
  g_free (self);
}

void
ac_api_respond_json (AcHttpExchange *exchange, JsonObject *body, gchar *set_cookie)
{
  gchar *text = ac_json_object_to_text (body);

  ac_http_exchange_respond (exchange,
                            &(AcHttpResponse){
                                .status = 200,
                                .content_type = "application/json",
                                .set_cookie = set_cookie,
                                .body = g_bytes_new_take (text, strlen (text)),
                            });
}

static gboolean
is_json_type (const gchar *type)
{
  static const gchar json[] = "application/json";

  return type != NULL && g_ascii_strncasecmp (type, json, sizeof json - 1) == 0 &&
         strchr ("; \t", type[sizeof json - 1]) != NULL;
}

JsonObject *
ac_api_read_body (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  JsonObject *body;

  if (!is_json_type (call->request->content_type)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_NOT_JSON, NULL);
    return NULL;
  }
  body = ac_json_text_parse_object (call->request->body, BODY_MAX_BYTES, &error);
  if (body == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                        &(AcProblemExtra){ .detail = error->message });
  return body;
}

const gchar *
ac_api_read_field (AcApiCall *call, JsonObject *body, const gchar *name)
{
  g_autoptr (GError) error = NULL;
  const gchar *value = ac_json_object_read_string (body, name, &error);

  if (value == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                        &(AcProblemExtra){ .field = name, .detail = error->message });
  return value;
}

gboolean
ac_api_read_number (AcApiCall *call, const gchar *name, gint64 min, gint64 max,
                    gint64 fallback, gint64 *ret_value)
{
  const gchar *query = call->request->query != NULL ? call->request->query : "";
  g_autoptr (GHashTable) fields = NULL;
  const gchar *text;

  if (strlen (query) <= QUERY_MAX_BYTES)
    fields = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  text = fields != NULL ? g_hash_table_lookup (fields, name) : NULL;
  *ret_value = fallback;
  if (fields != NULL &&
      (text == NULL || g_ascii_string_to_signed (text, 10, min, max, ret_value, NULL)))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_REQUEST,
      &(AcProblemExtra){ .field = name, .detail = "the query is out of range" });
  return FALSE;
}

/* @pattern: "/api/v1/lessons/:id/health"; ":id" stands for a number from 1 up. */
static gboolean
path_matches (const gchar *pattern, const gchar *path, gint64 *ret_id)
{
  const gchar *colon = strchr (pattern, ':');
  g_autofree gchar *number = NULL;
  gsize length;

  if (colon == NULL)
    return strcmp (pattern, path) == 0;
  if (strncmp (pattern, path, colon - pattern) != 0)
    return FALSE;
  path += colon - pattern;
  length = strspn (path, "0123456789");
  number = g_strndup (path, length);
  return strcmp (path + length, colon + strcspn (colon, "/")) == 0 &&
         g_ascii_string_to_signed (number, 10, 1, G_MAXINT64, ret_id, NULL);
}

/* Returns: (nullable): the route; @ret_problem says why there is none. */
static const AcApiRoute *
find_route (const AcHttpRequest *request, gint64 *ret_id, AcProblem *ret_problem)
{
  *ret_problem = AC_PROBLEM_NOT_FOUND;
  for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++) {
    if (!path_matches (route->pattern, request->path, ret_id))
      continue;
    if (strcmp (route->method, request->method) == 0)
      return route;
    *ret_problem = AC_PROBLEM_WRONG_METHOD;
  }
  return NULL;
}

/* Cross-site requests cannot set the header without asking first, and we never answer
 * such a question with yes; Origin is looked at besides. */
static gboolean
is_same_origin (const AcHttpRequest *request)
{
  if (strcmp (request->method, "GET") == 0 || strcmp (request->method, "HEAD") == 0)
    return TRUE;
  return g_strcmp0 (request->requested_with, "airclass") == 0 &&
         (request->origin == NULL ||
          ac_message_origin_matches (request->origin, request->host));
}

gboolean
ac_api_is_allowed (guint access, const AcSession *session, AcProblem *ret_problem)
{
  if ((access & AC_API_FOR_ANYONE) != 0)
    return TRUE;
  *ret_problem = session != NULL ? AC_PROBLEM_FORBIDDEN : AC_PROBLEM_SIGNED_OUT;
  return session != NULL && (access & AC_API_FOR (session->role)) != 0;
}

void
ac_api_handle (AcApi *self, AcHttpExchange *exchange)
{
  AcApiCall call = { .api = self,
                     .exchange = exchange,
                     .request = ac_http_exchange_request (exchange) };
  g_autofree gchar *token = NULL;
  g_autoptr (AcSession) session = NULL;
  AcProblem problem;
  const AcApiRoute *route = find_route (call.request, &call.id, &problem);

  if (route == NULL) {
    ac_problem_respond (exchange, problem, NULL);
    return;
  }
  if (!is_same_origin (call.request)) {
    ac_problem_respond (exchange, AC_PROBLEM_CROSS_ORIGIN, NULL);
    return;
  }
  token = ac_http_request_cookie (call.request, AC_API_COOKIE);
  if (token != NULL)
    session = ac_accounts_session (self->parts.accounts, token);
  if (!ac_api_is_allowed (route->access, session, &problem)) {
    ac_problem_respond (exchange, problem, NULL);
    return;
  }
  call.session = session;
  route->run (&call);
}
