#include "command.h"

#include <string.h>

static void
member_added (gint64 id, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "member", id);
  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  json_object_set_string_member (object, "name",
                                 json_object_get_string_member (call->args, "name"));
  json_object_set_string_member (
      object, "role",
      json_object_get_string_member_with_default (call->args, "role",
                                                  ac_role_name (AC_ROLE_MEMBER)));
  ac_control_call_answer_object (call, object);
}

static gboolean
read_role (AcControlCall *call, AcRole *ret_role)
{
  const gchar *name;

  *ret_role = AC_ROLE_MEMBER;
  if (!json_object_has_member (call->args, "role"))
    return TRUE;
  name = ac_control_read_text (call, "role");
  if (name == NULL)
    return FALSE;
  if (ac_role_from_name (name, ret_role))
    return TRUE;
  ac_control_call_fail (
      call, &(AcControlFailure){ AC_CONTROL_INVALID, "role",
                                 "role must be member, steward, lecturer or "
                                 "administrator" });
  return FALSE;
}

void
ac_control_member_add (AcControlCall *call)
{
  AcNewMember member = { .kind = AC_MEMBER_KIND_MEMBER };

  if ((member.number = ac_control_read_text (call, "number")) == NULL ||
      (member.name = ac_control_read_text (call, "name")) == NULL ||
      (member.password = ac_control_read_text (call, "password")) == NULL ||
      !read_role (call, &member.role) ||
      !ac_control_read_number (call, "branch", G_MAXINT64, 0, &member.branch))
    return;
  ac_accounts_add_member (call->control->parts.accounts, &member, member_added, call);
}

static void
branch_added (gint64 id, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "branch", id);
  json_object_set_string_member (object, "name",
                                 json_object_get_string_member (call->args, "name"));
  ac_control_call_answer_object (call, object);
}

void
ac_control_branch_add (AcControlCall *call)
{
  const gchar *name = ac_control_read_text (call, "name");
  gint64 parent;

  if (name == NULL || !ac_control_read_number (call, "parent", G_MAXINT64, 0, &parent))
    return;
  ac_accounts_add_branch (call->control->parts.accounts, name, parent, branch_added,
                          call);
}
