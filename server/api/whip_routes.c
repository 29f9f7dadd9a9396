#include "whip_routes.h"

#include "problem.h"

#include <string.h>

#define BEARER "Bearer "
#define SDP "application/sdp"
#define FRAGMENT "application/trickle-ice-sdpfrag"

typedef struct _AcApiWhipTarget Target;

struct _AcApiWhipTarget {
  gint64 lesson;
  gchar *resource; /* (nullable): of /whip/LESSON/RESOURCE */
};

static void
target_clear (Target *target)
{
  g_free (target->resource);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

static gboolean
read_target (const gchar *path, Target *ret_target)
{
  g_auto (GStrv) parts = g_strsplit (path + strlen (AC_API_WHIP_PREFIX), "/", 3);
  const guint n_parts = g_strv_length (parts);

  if (n_parts == 0 || n_parts > 2 ||
      !g_ascii_string_to_signed (parts[0], 10, 1, G_MAXINT64, &ret_target->lesson,
                                 NULL))
    return FALSE;
  ret_target->resource = n_parts == 2 ? g_strdup (parts[1]) : NULL;
  return TRUE;
}

/* Returns: (transfer none) (nullable): the key that @request shows. */
static const gchar *
bearer_key (const AcHttpRequest *request)
{
  if (request->authorization == NULL ||
      g_ascii_strncasecmp (request->authorization, BEARER, strlen (BEARER)) != 0)
    return NULL;
  return request->authorization + strlen (BEARER);
}

static gboolean
has_type (const AcHttpRequest *request, const gchar *type)
{
  return request->content_type != NULL &&
         g_ascii_strncasecmp (request->content_type, type, strlen (type)) == 0 &&
         strchr ("; \t", request->content_type[strlen (type)]) != NULL;
}

static void
respond_empty (AcHttpExchange *exchange, guint status)
{
  ac_http_exchange_respond (exchange,
                            &(AcHttpResponse){ .status = status, .signalling = TRUE });
}

static void
respond_fault (AcHttpExchange *exchange, AcWhipOutcome outcome, const gchar *detail)
{
  static const AcProblem problems[] = {
    [AC_WHIP_WRONG_KEY] = AC_PROBLEM_WRONG_KEY,
    [AC_WHIP_NO_SESSION] = AC_PROBLEM_NOT_FOUND,
    [AC_WHIP_REFUSED] = AC_PROBLEM_PUBLISH_REFUSED,
    [AC_WHIP_BAD_OFFER] = AC_PROBLEM_OFFER_REFUSED,
    [AC_WHIP_BAD_FRAGMENT] = AC_PROBLEM_OFFER_REFUSED,
    [AC_WHIP_STALE] = AC_PROBLEM_STALE,
    [AC_WHIP_UNCONDITIONAL] = AC_PROBLEM_UNCONDITIONAL,
    [AC_WHIP_FULL] = AC_PROBLEM_TOO_MANY_ATTEMPTS,
    [AC_WHIP_THROTTLED] = AC_PROBLEM_TOO_MANY_ATTEMPTS,
    [AC_WHIP_LATE] = AC_PROBLEM_BUSY,
  };

  ac_problem_respond (exchange, problems[outcome],
                      &(AcProblemExtra){ .detail = detail, .signalling = TRUE });
}

static void
on_published (const AcWhipAnswer *answer, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);

  if (answer->outcome != AC_WHIP_DONE) {
    respond_fault (exchange, answer->outcome, answer->detail);
    return;
  }
  ac_http_exchange_respond (
      exchange,
      &(AcHttpResponse){
          .status = 201,
          .content_type = SDP,
          .location = g_strconcat (request->path, "/", answer->resource, NULL),
          .etag = g_strdup_printf ("\"%s\"", answer->etag),
          .signalling = TRUE,
          .body = g_bytes_new (answer->answer, strlen (answer->answer)),
      });
}

static void
on_patched (const AcWhipAnswer *answer, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;

  if (answer->outcome != AC_WHIP_DONE)
    respond_fault (exchange, answer->outcome, answer->detail);
  else if (answer->answer == NULL)
    respond_empty (exchange, 204);
  else
    ac_http_exchange_respond (
        exchange, &(AcHttpResponse){
                      .status = 200,
                      .content_type = FRAGMENT,
                      .etag = g_strdup_printf ("\"%s\"", answer->etag),
                      .signalling = TRUE,
                      .body = g_bytes_new (answer->answer, strlen (answer->answer)),
                  });
}

static AcWhipRequest
whip_request (const AcHttpRequest *request, const Target *target)
{
  return (AcWhipRequest){
    .lesson = target->lesson,
    .key = bearer_key (request),
    .address = request->remote_address,
    .resource = target->resource,
    .if_match = request->if_match,
  };
}

/* Returns: whether the body is declared as @type; it was answered when it is not. */
static gboolean
demand_type (AcHttpExchange *exchange, const gchar *type)
{
  if (has_type (ac_http_exchange_request (exchange), type))
    return TRUE;
  ac_problem_respond (exchange, AC_PROBLEM_NOT_SDP,
                      &(AcProblemExtra){ .signalling = TRUE });
  return FALSE;
}

static void
publish (AcWhip *whip, AcHttpExchange *exchange, const Target *target)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  const AcWhipRequest wanted = whip_request (request, target);

  if (demand_type (exchange, SDP))
    ac_whip_publish (whip, &wanted, request->body, on_published,
                     ac_http_exchange_ref (exchange));
}

static void
patch (AcWhip *whip, AcHttpExchange *exchange, const Target *target)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  const AcWhipRequest wanted = whip_request (request, target);

  if (demand_type (exchange, FRAGMENT))
    ac_whip_patch (whip, &wanted, request->body, on_patched,
                   ac_http_exchange_ref (exchange));
}

static void
leave (AcWhip *whip, AcHttpExchange *exchange, const Target *target)
{
  const AcWhipRequest wanted =
      whip_request (ac_http_exchange_request (exchange), target);
  const AcWhipOutcome outcome = ac_whip_remove (whip, &wanted);

  if (outcome == AC_WHIP_DONE)
    respond_empty (exchange, 200);
  else
    respond_fault (exchange, outcome, NULL);
}

static void
ask (AcWhip *whip, AcHttpExchange *exchange, const Target *target)
{
  respond_empty (exchange, 204);
}

const AcApiWhipRoute ac_api_whip_routes[] = {
  { "OPTIONS", "/whip/:lesson", ask },
  { "POST", "/whip/:lesson", publish },
  { "OPTIONS", "/whip/:lesson/:resource", ask },
  { "PATCH", "/whip/:lesson/:resource", patch },
  { "DELETE", "/whip/:lesson/:resource", leave },
  { 0 },
};

void
ac_api_whip_handle (AcWhip *whip, AcHttpExchange *exchange)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  g_auto (Target) target = { 0 };
  AcProblem problem = AC_PROBLEM_NOT_FOUND;

  if (read_target (request->path, &target)) {
    problem = AC_PROBLEM_WRONG_METHOD;
    for (const AcApiWhipRoute *route = ac_api_whip_routes; route->method != NULL;
         route++)
      if (strcmp (request->method, route->method) == 0 &&
          g_str_has_suffix (route->pattern, "/:resource") ==
              (target.resource != NULL)) {
        route->handle (whip, exchange, &target);
        return;
      }
  }
  ac_problem_respond (exchange, problem, &(AcProblemExtra){ .signalling = TRUE });
}
