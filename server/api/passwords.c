/* passwords.c - staff help a member of theirs who has forgotten the password. */
#include "api_private.h"

#include "password.h"

typedef struct {
  AcHttpExchange *exchange;
  AcClassroom *classroom;
  GPtrArray *devices; /* AcDevice that are signed in */
  gchar made[AC_PASSWORD_MADE_CHARS + 1];
} Reset;

static void
reset_free (Reset *reset)
{
  ac_http_exchange_unref (reset->exchange);
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
    for (guint i = 0; i < reset->devices->len; i++)
      ac_classroom_session_ended (reset->classroom,
                                  ((AcDevice *)reset->devices->pdata[i])->session);
    body = json_object_new ();
    json_object_set_int_member (body, "member", id);
    json_object_set_string_member (body, "password", reset->made);
    ac_api_respond_json (reset->exchange, body, NULL);
  } else {
    refuse (reset->exchange, error);
  }
  reset_free (reset);
}

/* Whoever sets a password can sign in by it: so of somebody with roles it is set by
 * those only who could give these roles. */
static gboolean
may_give_roles_of (AcApiCall *call, gint64 member)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GArray) grants = ac_grant_list (store, member, NULL);

  for (guint i = 0; grants != NULL && i < grants->len; i++) {
    g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (gint64));
    gint64 branch = g_array_index (grants, AcGrant, i).branch;
    AcAccessPlace place = { 0 };

    if (branch != 0 && !ac_branch_path (store, branch, branches, NULL))
      return FALSE;
    place.branches = (const gint64 *)branches->data;
    place.n_branches = branches->len;
    if (!ac_access_may (AC_ACT_GRANT, &call->session->who, &place))
      return FALSE;
  }
  return grants != NULL;
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

  if (reason == NULL)
    return;
  if (call->id == call->session->member || !may_give_roles_of (call, call->id)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_ONE_ALONE,
                        &(AcProblemExtra){ .detail = "ask somebody who could give this "
                                                     "member's roles" });
    return;
  }
  if (!ac_api_count_look (call, "password"))
    return;
  devices = ac_accounts_devices (accounts, call->id, &error);
  if (devices == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  reset = g_new0 (Reset, 1);
  reset->exchange = ac_http_exchange_ref (call->exchange);
  reset->classroom = call->api->parts.classroom;
  reset->devices = devices;
  ac_password_make (reset->made);
  ac_accounts_set_password (accounts, call->id, reset->made, call->session->member,
                            reason, password_set, reset);
}
