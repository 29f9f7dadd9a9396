#include "signalling.h"

#include "api_private.h"
#include "lesson_place.h"
#include "log.h"
#include "message.h"
#include "whep.h"
#include "whip.h"

#include <string.h>

#define BEARER "Bearer "
#define SDP "application/sdp"
#define FRAGMENT "application/trickle-ice-sdpfrag"
/* Instead of a problem. */
#define ALLOWED ((AcProblem)G_MAXINT)

/* @tail: "LESSON" or "LESSON/RESOURCE"; it is neither: FALSE
 * @ret_resource: (transfer full) (nullable) */
static gboolean
read_target (const gchar *tail, gint64 *ret_lesson, gchar **ret_resource)
{
  g_auto (GStrv) parts = g_strsplit (tail, "/", 3);
  const guint n_parts = g_strv_length (parts);

  if (n_parts == 0 || n_parts > 2 ||
      !g_ascii_string_to_signed (parts[0], 10, 1, G_MAXINT64, ret_lesson, NULL))
    return FALSE;
  *ret_resource = n_parts == 2 ? g_strdup (parts[1]) : NULL;
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
respond_fault (AcHttpExchange *exchange, const AcPeerAnswer *answer)
{
  static const AcProblem problems[] = {
    [AC_PEER_WRONG_KEY] = AC_PROBLEM_WRONG_KEY,
    [AC_PEER_NO_SESSION] = AC_PROBLEM_NOT_FOUND,
    [AC_PEER_REFUSED] = AC_PROBLEM_PUBLISH_REFUSED,
    [AC_PEER_BAD_OFFER] = AC_PROBLEM_OFFER_REFUSED,
    [AC_PEER_BAD_FRAGMENT] = AC_PROBLEM_OFFER_REFUSED,
    [AC_PEER_NO_RESTART] = AC_PROBLEM_RESTART_REFUSED,
    [AC_PEER_STALE] = AC_PROBLEM_STALE,
    [AC_PEER_UNCONDITIONAL] = AC_PROBLEM_UNCONDITIONAL,
    [AC_PEER_FULL] = AC_PROBLEM_TOO_MANY_ATTEMPTS,
    [AC_PEER_THROTTLED] = AC_PROBLEM_TOO_MANY_ATTEMPTS,
    [AC_PEER_LATE] = AC_PROBLEM_BUSY,
    [AC_PEER_NOT_ON_AIR] = AC_PROBLEM_NOT_ON_AIR,
    [AC_PEER_OTHERWISE] = AC_PROBLEM_WATCH_OTHERWISE,
    [AC_PEER_TOO_MANY] = AC_PROBLEM_TOO_MANY_VIEWERS,
  };

  ac_problem_respond (exchange, problems[answer->outcome],
                      &(AcProblemExtra){ .detail = answer->detail,
                                         .retry_after_s = answer->retry_after_s,
                                         .signalling = TRUE });
}

static void
on_answered (const AcPeerAnswer *answer, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);

  if (answer->outcome != AC_PEER_DONE) {
    respond_fault (exchange, answer);
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
on_patched (const AcPeerAnswer *answer, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;

  if (answer->outcome != AC_PEER_DONE)
    respond_fault (exchange, answer);
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

static void
on_left (const AcPeerAnswer *answer, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;

  if (answer->outcome != AC_PEER_DONE)
    respond_fault (exchange, answer);
  else
    respond_empty (exchange, 200);
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

/* --- the routes ------------------------------------------------------------------- */

static void
offer (const AcSignallingKind *kind, gpointer service, AcHttpExchange *exchange,
       const AcPeerRequest *request)
{
  if (demand_type (exchange, SDP))
    kind->service->offer (service, request, ac_http_exchange_request (exchange)->body,
                          on_answered, ac_http_exchange_ref (exchange));
}

static void
patch (const AcSignallingKind *kind, gpointer service, AcHttpExchange *exchange,
       const AcPeerRequest *request)
{
  if (demand_type (exchange, FRAGMENT))
    kind->service->patch (service, request, ac_http_exchange_request (exchange)->body,
                          on_patched, ac_http_exchange_ref (exchange));
}

static void
leave (const AcSignallingKind *kind, gpointer service, AcHttpExchange *exchange,
       const AcPeerRequest *request)
{
  kind->service->remove (service, request, on_left, ac_http_exchange_ref (exchange));
}

static void
ask (const AcSignallingKind *kind, gpointer service, AcHttpExchange *exchange,
     const AcPeerRequest *request)
{
  respond_empty (exchange, 204);
}

const AcSignallingRoute ac_signalling_routes[] = {
  { "OPTIONS", ":lesson", ask },
  { "POST", ":lesson", offer },
  { "OPTIONS", ":lesson/:resource", ask },
  { "PATCH", ":lesson/:resource", patch },
  { "DELETE", ":lesson/:resource", leave },
  { 0 },
};

const AcSignallingKind ac_signalling_whip = { "/whip/", AC_ACT_LESSON_PUBLISH,
                                              &ac_whip_service };
const AcSignallingKind ac_signalling_whep = { "/whep/", AC_ACT_LESSON_PREVIEW,
                                              &ac_whep_service };

/* Returns: (nullable): the route; *@ret_problem says why there is none. */
static const AcSignallingRoute *
find_route (const gchar *method, gboolean has_resource, AcProblem *ret_problem)
{
  *ret_problem = AC_PROBLEM_WRONG_METHOD;
  for (const AcSignallingRoute *route = ac_signalling_routes; route->method != NULL;
       route++)
    if (strcmp (method, route->method) == 0 &&
        g_str_has_suffix (route->pattern, "/:resource") == has_resource)
      return route;
  return NULL;
}

/* As at any other route: who may do it nowhere learns nothing of what is there. */
static AcProblem
look_at_session (const AcSignallingKind *kind, const AcSession *session, gint64 lesson,
                 AcStore *store)
{
  g_autoptr (AcLessonPlace) place = NULL;
  g_autoptr (GError) error = NULL;

  if (session == NULL || !ac_access_may_somewhere (kind->act, &session->who))
    return ac_api_denial (session != NULL ? &session->who : NULL);
  place = ac_lesson_place_new (store, lesson, &session->who, &error);
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, lesson, "cannot read whom the lesson is for: %s",
            error->message);
  if (place == NULL)
    return error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_LESSON_NOT_FOUND;
  return ac_access_may (kind->act, &session->who, &place->access)
             ? ALLOWED
             : AC_PROBLEM_FORBIDDEN;
}

/* Who shows no token is judged by their session.
 * Returns: ALLOWED, and in @asked whose session it was. */
static AcProblem
look_at (const AcSignallingKind *kind, const AcHttpRequest *request, AcApi *api,
         AcPeerRequest *asked)
{
  g_autoptr (AcSession) session = NULL;
  AcProblem problem;

  if (request->authorization != NULL || strcmp (request->method, "OPTIONS") == 0)
    return ALLOWED;
  if (request->origin != NULL &&
      !ac_message_origin_matches (request->origin, request->host))
    return AC_PROBLEM_CROSS_ORIGIN;
  session = ac_api_session_of (api, request);
  problem = look_at_session (kind, session, asked->lesson, api->parts.store);
  if (problem == ALLOWED)
    asked->session = session->id;
  return problem;
}

void
ac_signalling_handle (const AcSignallingKind *kind, gpointer service, AcApi *api,
                      AcHttpExchange *exchange)
{
  const AcHttpRequest *request = ac_http_exchange_request (exchange);
  g_autofree gchar *resource = NULL;
  AcPeerRequest asked = { .key = bearer_key (request),
                          .address = request->remote_address,
                          .if_match = request->if_match };
  AcProblem problem = AC_PROBLEM_NOT_FOUND;
  const AcSignallingRoute *route = NULL;

  if (read_target (request->path + strlen (kind->prefix), &asked.lesson, &resource))
    route = find_route (request->method, resource != NULL, &problem);
  asked.resource = resource;
  if (route != NULL)
    problem = look_at (kind, request, api, &asked);
  if (route != NULL && problem == ALLOWED)
    route->handle (kind, service, exchange, &asked);
  else
    ac_problem_respond (exchange, problem, &(AcProblemExtra){ .signalling = TRUE });
}
