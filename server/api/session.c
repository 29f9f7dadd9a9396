/* session.c - signing in, who one is, signing out. */
#include "api_private.h"

#include "log.h"
#include "schedule.h"
#include "site.h"

static gchar *
session_cookie (const gchar *token, guint max_age_s, gboolean secure)
{
  return g_strdup_printf (AC_API_COOKIE
                          "=%s; Path=/; Max-Age=%u; HttpOnly; SameSite=Strict%s",
                          token, max_age_s, secure ? "; Secure" : "");
}

gchar *
ac_api_no_session_cookie (const AcHttpRequest *request)
{
  return session_cookie ("", 0, request->secure);
}

/* Who is a steward and nothing else has the role of a member; pages show them the way
 * to their rooms by it, and nothing is decided by it. */
static gboolean
is_steward (AcStore *store, gint64 member)
{
  g_autoptr (GError) error = NULL;
  gboolean steward = ac_site_has_steward (store, member, &error);

  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read whose rooms these are: %s",
            error->message);
  return steward;
}

static gboolean
is_lecturer (AcStore *store, gint64 member)
{
  g_autoptr (GError) error = NULL;
  gboolean lecturer = ac_schedule_has_lecturer (store, member, &error);

  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read whose lessons these are: %s",
            error->message);
  return lecturer;
}

static JsonObject *
session_json (AcStore *store, const AcSession *session)
{
  JsonObject *member = json_object_new ();
  JsonObject *body = json_object_new ();

  json_object_set_string_member (member, "number", session->number);
  json_object_set_string_member (member, "name", session->name);
  json_object_set_string_member (member, "role", ac_role_name (session->role));
  json_object_set_boolean_member (member, "steward",
                                  is_steward (store, session->member));
  json_object_set_boolean_member (member, "lecturer",
                                  is_lecturer (store, session->member));
  json_object_set_object_member (body, "member", member);
  json_object_set_boolean_member (body, "must_change_password",
                                  session->who.must_change);
  return body;
}

static AcProblem
problem_of (const GError *error)
{
  if (error->domain != AC_ACCOUNTS_ERROR)
    return AC_PROBLEM_INTERNAL;
  switch (error->code) {
  case AC_ACCOUNTS_ERROR_REFUSED:
  case AC_ACCOUNTS_ERROR_INVALID:
    return AC_PROBLEM_SIGN_IN_REFUSED;
  case AC_ACCOUNTS_ERROR_NOT_FOUND: /* only of codes */
    return AC_PROBLEM_NO_CODES;
  case AC_ACCOUNTS_ERROR_THROTTLED:
    return AC_PROBLEM_TOO_MANY_ATTEMPTS;
  case AC_ACCOUNTS_ERROR_BUSY:
    return AC_PROBLEM_BUSY;
  default:
    return AC_PROBLEM_INTERNAL;
  }
}

void
ac_api_refuse_sign_in (AcHttpExchange *exchange, const GError *error)
{
  AcProblem problem = problem_of (error);
  guint wait_s = ac_accounts_error_retry_after_s (error);

  if (problem == AC_PROBLEM_INTERNAL)
    ac_log (G_LOG_LEVEL_WARNING, 0, "sign-in or sign-out failed: %s", error->message);
  if (problem == AC_PROBLEM_BUSY || problem == AC_PROBLEM_TOO_MANY_ATTEMPTS)
    wait_s = MAX (wait_s, 1);
  ac_problem_respond (exchange, problem, &(AcProblemExtra){ .retry_after_s = wait_s });
}

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
} SignIn;

static void
signed_in (AcSession *session, const gchar *token, const GError *error,
           gpointer user_data)
{
  SignIn *sign_in = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (sign_in->exchange);
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse_sign_in (sign_in->exchange, error);
  } else {
    body = session_json (sign_in->api->parts.store, session);
    ac_api_respond_json (sign_in->exchange, body,
                         session_cookie (token, AC_SESSION_MAX_AGE_S, request->secure));
  }
  ac_http_exchange_unref (sign_in->exchange);
  ac_api_unref (sign_in->api);
  g_free (sign_in);
}

void
ac_api_session_create (AcApiCall *call)
{
  AcAccounts *accounts = call->api->parts.accounts;
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *number, *secret;
  gboolean by_code;
  SignIn *sign_in;

  if (body == NULL)
    return;
  by_code = json_object_has_member (body, "code");
  number = ac_api_read_field (call, body, "number");
  secret = number != NULL
               ? ac_api_read_field (call, body, by_code ? "code" : "password")
               : NULL;
  if (secret == NULL)
    return;
  sign_in = g_new (SignIn, 1);
  *sign_in = (SignIn){ ac_api_ref (call->api), ac_http_exchange_ref (call->exchange) };
  (by_code ? ac_accounts_sign_in_with_code : ac_accounts_sign_in) (
      accounts, number, secret, call->request->remote_address,
      call->request->user_agent, signed_in, sign_in);
}

void
ac_api_session_codes (AcApiCall *call)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_boolean_member (body, "sent",
                                  ac_accounts_sends_codes (call->api->parts.accounts));
  ac_api_respond_json (call->exchange, body, NULL);
}

static void
code_sent (gint64 unused, const GError *error, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;

  if (error != NULL)
    ac_api_refuse_sign_in (exchange, error);
  else
    ac_http_exchange_respond (exchange, &(AcHttpResponse){ .status = 204 });
}

void
ac_api_session_send_code (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *number = body != NULL ? ac_api_read_field (call, body, "number") : NULL;

  if (number != NULL)
    ac_accounts_send_code (call->api->parts.accounts, number,
                           call->request->remote_address, code_sent,
                           ac_http_exchange_ref (call->exchange));
}

void
ac_api_session_get (AcApiCall *call)
{
  g_autoptr (JsonObject) body = session_json (call->api->parts.store, call->session);

  ac_api_respond_json (call->exchange, body, NULL);
}

static void
signed_out (gint64 id, const GError *error, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (exchange);

  if (error != NULL) {
    ac_api_refuse_sign_in (exchange, error);
    return;
  }
  ac_http_exchange_respond (
      exchange, &(AcHttpResponse){ .status = 204,
                                   .set_cookie = ac_api_no_session_cookie (request) });
}

void
ac_api_session_delete (AcApiCall *call)
{
  g_autofree gchar *token = ac_http_request_cookie (call->request, AC_API_COOKIE);

  if (call->session != NULL)
    ac_classroom_session_ended (call->api->parts.classroom, call->session->id);
  ac_accounts_sign_out (call->api->parts.accounts, token, signed_out,
                        ac_http_exchange_ref (call->exchange));
}
