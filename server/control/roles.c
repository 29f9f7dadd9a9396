/* roles.c - who has which role, and where. */
#include "command.h"

#include "clock.h"
#include "grant.h"

static void
tell_roles (gpointer data)
{
  AcControlCall *call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) grants =
      ac_grant_list (call->control->parts.store, call->id, &error);
  JsonObject *object;
  JsonArray *roles;

  ac_accounts_grants_changed (call->control->parts.accounts, call->id);
  if (grants == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  roles = json_array_new ();
  for (guint i = 0; i < grants->len; i++) {
    const AcGrant *grant = &g_array_index (grants, AcGrant, i);
    JsonObject *role = json_object_new ();

    json_object_set_string_member (role, "role", ac_role_name (grant->role));
    if (grant->branch != 0)
      json_object_set_int_member (role, "branch", grant->branch);
    else
      json_object_set_null_member (role, "branch");
    json_array_add_object_element (roles, role);
  }
  object = json_object_new ();
  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  json_object_set_array_member (object, "roles", roles);
  ac_control_call_answer_object (call, object);
}

/* FALSE: the call has failed and is gone. */
static gboolean
find_member (AcControlCall *call)
{
  const gchar *number = ac_control_read_text (call, "number");
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMember) member = NULL;

  if (number == NULL)
    return FALSE;
  member = ac_member_find (call->control->parts.store, number, &error);
  if (member != NULL) {
    call->id = member->id;
    return TRUE;
  }
  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
  return FALSE;
}

void
ac_control_role_list (AcControlCall *call)
{
  if (find_member (call))
    tell_roles (call);
}

static gboolean
set_grant (AcStore *store, AcControlCall *call, gboolean granted, GError **error)
{
  AcGrant grant = { .branch = json_object_get_int_member_with_default (call->args,
                                                                       "branch", 0) };

  ac_role_from_name (json_object_get_string_member (call->args, "role"), &grant.role);
  return ac_grant_set (store, call->id, &grant, granted, ac_clock_wall_ms (), error);
}

static gboolean
write_grant (AcStore *store, gpointer data, GError **error)
{
  return set_grant (store, data, TRUE, error);
}

static gboolean
write_revocation (AcStore *store, gpointer data, GError **error)
{
  return set_grant (store, data, FALSE, error);
}

static void
change (AcControlCall *call, AcStoreJob job)
{
  const gchar *role;
  AcRole unused;
  gint64 branch;

  if (!ac_control_read_number (call, "branch", G_MAXINT64, 0, &branch) ||
      (role = ac_control_read_text (call, "role")) == NULL)
    return;
  if (!ac_role_from_name (role, &unused))
    ac_control_call_fail (
        call,
        &(AcControlFailure){ AC_CONTROL_INVALID, "role",
                             "role must be steward, lecturer, secretary, staff or "
                             "administrator" });
  else if (find_member (call))
    ac_control_call_write (call, job, tell_roles);
}

void
ac_control_role_grant (AcControlCall *call)
{
  change (call, write_grant);
}

void
ac_control_role_revoke (AcControlCall *call)
{
  change (call, write_revocation);
}
