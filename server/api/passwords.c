/* passwords.c - a member changes their password, or has forgotten it and is helped by
 * staff. */
#include "api_private.h"

#include "check.h"
#include "grant.h"
#include "password.h"

#include <string.h>

/* --- One's own --- */

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  gint64 member;
  gchar *wanted;      /* wiped when done */
  GPtrArray *devices; /* AcDevice that were signed in */
} Change;

static void
change_free (Change *change)
{
  ac_http_exchange_unref (change->exchange);
  ac_api_unref (change->api);
  g_clear_pointer (&change->devices, g_ptr_array_unref);
  explicit_bzero (change->wanted, strlen (change->wanted));
  g_free (change->wanted);
  g_free (change);
}

/* At the end of the daemon all sockets are closed anyway. */
static void
end_sockets (AcApi *api, GPtrArray *devices)
{
  for (guint i = 0; !api->closed && devices != NULL && i < devices->len; i++)
    ac_classroom_session_ended (api->parts.classroom,
                                ((AcDevice *)devices->pdata[i])->session);
}

/* Another one was set meanwhile, which ended this session too; or it was only hashed
 * anew by a sign-in: then it is tried once more. */
static void
refuse_outrun (Change *change)
{
  const AcHttpRequest *request = ac_http_exchange_request (change->exchange);
  g_autoptr (AcSession) session =
      change->api->closed ? NULL : ac_api_session_of (change->api, request);

  if (session == NULL)
    ac_problem_respond (change->exchange, AC_PROBLEM_SIGNED_OUT, NULL);
  else
    ac_problem_respond (change->exchange, AC_PROBLEM_BUSY,
                        &(AcProblemExtra){ .retry_after_s = 1 });
}

static void
own_set (gint64 id, const GError *error, gpointer user_data)
{
  Change *change = user_data;
  const AcHttpRequest *request = ac_http_exchange_request (change->exchange);

  if (g_error_matches (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_REFUSED)) {
    refuse_outrun (change);
  } else if (error != NULL) {
    ac_api_refuse_sign_in (change->exchange, error);
  } else {
    end_sockets (change->api, change->devices);
    ac_http_exchange_respond (
        change->exchange,
        &(AcHttpResponse){ .status = 204,
                           .set_cookie = ac_api_no_session_cookie (request) });
  }
  change_free (change);
}

/* Sockets of sessions that cannot be read would stay: then nothing is changed. */
static void
proven (gint64 id, const gchar *proof, const GError *error, gpointer user_data)
{
  Change *change = user_data;
  AcAccounts *accounts = change->api->parts.accounts;
  g_autoptr (GError) unread = NULL;

  if (error != NULL) {
    ac_api_refuse_sign_in (change->exchange, error);
  } else if (id != change->member) { /* the number is another's certificate's now */
    ac_problem_respond (change->exchange, AC_PROBLEM_SIGN_IN_REFUSED, NULL);
  } else if (!change->api->closed) {
    change->devices = ac_accounts_devices (accounts, id, &unread);
    if (change->devices != NULL) {
      ac_accounts_set_password (
          accounts,
          &(AcNewPassword){
              .member = id, .password = change->wanted, .proof = proof, .actor = id },
          own_set, change);
      return;
    }
    ac_api_refuse (change->exchange, unread);
  }
  change_free (change);
}

void
ac_api_password_change (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *password =
      body != NULL ? ac_api_read_field (call, body, "password") : NULL;
  const gchar *wanted =
      password != NULL ? ac_api_read_field (call, body, "new_password") : NULL;
  g_autoptr (GError) error = wanted != NULL ? ac_check_password (wanted) : NULL;
  Change *change;

  if (wanted == NULL)
    return;
  if (error != NULL || strcmp (password, wanted) == 0) {
    ac_api_refuse_because (
        call, "new_password",
        error != NULL ? AC_REASON_PASSWORD_LENGTH : AC_REASON_PASSWORD_SAME,
        error != NULL ? error->message : "it is the one that there is");
    return;
  }
  change = g_new0 (Change, 1);
  change->api = ac_api_ref (call->api);
  change->exchange = ac_http_exchange_ref (call->exchange);
  change->member = call->session->member;
  change->wanted = g_strdup (wanted);
  ac_accounts_try_password (call->api->parts.accounts, call->session->number, password,
                            call->request->remote_address, proven, change);
}

/* --- Another's --- */

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  GPtrArray *devices; /* AcDevice that are signed in */
  gchar made[AC_PASSWORD_MADE_CHARS + 1];
} Reset;

static void
reset_free (Reset *reset)
{
  ac_http_exchange_unref (reset->exchange);
  ac_api_unref (reset->api);
  g_clear_pointer (&reset->devices, g_ptr_array_unref);
  g_free (reset);
}

static void
refuse (AcHttpExchange *exchange, const GError *error)
{
  if (g_error_matches (error, AC_ACCOUNTS_ERROR, AC_ACCOUNTS_ERROR_NOT_FOUND))
    ac_problem_respond (exchange, AC_PROBLEM_MEMBER_NOT_FOUND, NULL);
  else
    ac_problem_respond (exchange, AC_PROBLEM_BUSY,
                        &(AcProblemExtra){ .retry_after_s = 1 });
}

static void
password_set (gint64 id, const GError *error, gpointer user_data)
{
  Reset *reset = user_data;
  g_autoptr (JsonObject) body = NULL;

  if (error == NULL) {
    end_sockets (reset->api, reset->devices);
    body = json_object_new ();
    json_object_set_int_member (body, "member", id);
    json_object_set_string_member (body, "password", reset->made);
    ac_api_respond_json (reset->exchange, body, NULL);
  } else {
    refuse (reset->exchange, error);
  }
  reset_free (reset);
}

/* FALSE: it was answered. */
static gboolean
may_reset (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) out_of_reach = ac_grant_out_of_reach (
      call->api->parts.store, call->session->member, call->id, &error);

  if (out_of_reach == NULL) {
    ac_api_refuse (call->exchange, error);
    return FALSE;
  }
  if (call->id == call->session->member)
    ac_problem_respond (call->exchange, AC_PROBLEM_ONE_ALONE,
                        &(AcProblemExtra){ .reason = AC_REASON_OWN,
                                           .detail =
                                               "your own is set with your password: "
                                               "PUT /api/v1/password" });
  else if (g_hash_table_size (out_of_reach) > 0)
    ac_problem_respond (call->exchange, AC_PROBLEM_ONE_ALONE,
                        &(AcProblemExtra){ .reason = AC_REASON_ROLES_ABOVE,
                                           .detail = "ask somebody who could give this "
                                                     "member's roles" });
  else
    return TRUE;
  return FALSE;
}

void
ac_api_password_reset (AcApiCall *call)
{
  AcAccounts *accounts = call->api->parts.accounts;
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *reason = body != NULL ? ac_api_read_reason (call, body) : NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *devices;
  Reset *reset;

  if (reason == NULL || !may_reset (call) || !ac_api_count_look (call, "password"))
    return;
  devices = ac_accounts_devices (accounts, call->id, &error);
  if (devices == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  reset = g_new0 (Reset, 1);
  reset->api = ac_api_ref (call->api);
  reset->exchange = ac_http_exchange_ref (call->exchange);
  reset->devices = devices;
  ac_password_make (reset->made);
  ac_accounts_set_password (accounts,
                            &(AcNewPassword){ .member = call->id,
                                              .password = reset->made,
                                              .made = TRUE,
                                              .actor = call->session->member,
                                              .reason = reason },
                            password_set, reset);
}
