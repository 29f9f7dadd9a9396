#include "command.h"

#include "branch.h"
#include "clock.h"
#include "member_json.h"
#include "membership.h"

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
                                 "role must be member, steward, lecturer, secretary, "
                                 "staff or administrator" });
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

/* Answers with the member that "number" names. */
static void
tell_member (gpointer data)
{
  AcControlCall *call = data;
  const gchar *number = json_object_get_string_member (call->args, "number");
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMember) member =
      ac_member_find (call->control->parts.store, number, &error);
  JsonObject *object = NULL;

  if (member != NULL)
    object = ac_member_to_json (call->control->parts.store,
                                call->control->parts.identities, member, &error);
  if (object != NULL)
    ac_control_call_answer_object (call, object);
  else if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
}

void
ac_control_member_show (AcControlCall *call)
{
  if (ac_control_read_text (call, "number") != NULL)
    tell_member (call);
}

/* --- Changes of a member --- */

static const gchar *
text_of (AcControlCall *call, const gchar *name)
{
  return json_object_get_string_member_with_default (call->args, name, NULL);
}

/* Inside a job. */
static AcMember *
require_member (AcStore *store, AcControlCall *call, GError **error)
{
  g_autoptr (GError) local = NULL;
  AcMember *member = ac_member_find (store, text_of (call, "number"), &local);

  if (member != NULL)
    return member;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "number",
                            "there is no such member");
  return NULL;
}

static gboolean
write_details (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  g_autoptr (AcMember) member = require_member (store, call, error);

  if (member == NULL)
    return FALSE;
  if (text_of (call, "name") != NULL) {
    g_free (member->name);
    member->name = g_strdup (text_of (call, "name"));
  }
  if (text_of (call, "kind") != NULL)
    ac_member_kind_from_name (text_of (call, "kind"), &member->kind);
  if (text_of (call, "phone") != NULL) {
    g_clear_pointer (&member->phone, g_free);
    if (strcmp (text_of (call, "phone"), "none") != 0)
      member->phone = g_strdup (text_of (call, "phone"));
  }
  return ac_member_update (store, member, error);
}

static gboolean
refuse (AcControlCall *call, const gchar *field, const gchar *message)
{
  ac_control_call_fail (call,
                        &(AcControlFailure){ AC_CONTROL_INVALID, field, message });
  return FALSE;
}

void
ac_control_member_set (AcControlCall *call)
{
  const gchar *name, *kind, *phone;
  AcMemberKind unused;

  if (ac_control_read_text (call, "number") == NULL ||
      !ac_control_read_optional (call, "name", &name) ||
      !ac_control_read_optional (call, "kind", &kind) ||
      !ac_control_read_optional (call, "phone", &phone))
    return;
  if (kind != NULL && !ac_member_kind_from_name (kind, &unused))
    refuse (call, "kind", "kind must be member, probationary, activist or trainee");
  else
    ac_control_call_write (call, write_details, tell_member);
}

static gboolean
write_move (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  g_autoptr (AcMember) member = require_member (store, call, error);
  const gchar *from = text_of (call, "from");
  gchar day[AC_DAY_CHARS + 1];
  AcSide side = AC_SIDE_HOME;

  if (member == NULL)
    return FALSE;
  ac_side_from_name (text_of (call, "side"), &side);
  return ac_membership_set (
      store, member->id, side,
      json_object_get_int_member_with_default (call->args, "branch", 0),
      from != NULL && ac_day_parse (from, day) ? day : NULL, ac_clock_wall_ms (),
      error);
}

void
ac_control_member_move (AcControlCall *call)
{
  const gchar *side, *from;
  gchar day[AC_DAY_CHARS + 1];
  AcSide unused;
  gint64 branch;

  if (ac_control_read_text (call, "number") == NULL ||
      (side = ac_control_read_text (call, "side")) == NULL ||
      !ac_control_read_number (call, "branch", G_MAXINT64, 0, &branch) ||
      !ac_control_read_optional (call, "from", &from))
    return;
  if (!ac_side_from_name (side, &unused))
    refuse (call, "side", "side must be home or host");
  else if (from != NULL && !ac_day_parse (from, day))
    refuse (call, "from", "from must be a day such as \"2026-01-05\"");
  else
    ac_control_call_write (call, write_move, tell_member);
}

static gboolean
write_certificate (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  g_autoptr (AcMember) member = require_member (store, call, error);
  AcCertificateChange change = { .number = text_of (call, "certificate"),
                                 .note = text_of (call, "note") };

  if (member == NULL)
    return FALSE;
  ac_certificate_state_from_name (text_of (call, "state"), &change.state);
  return ac_certificate_set (store, member->id, &change, ac_clock_wall_ms (), error);
}

void
ac_control_member_certificate (AcControlCall *call)
{
  const gchar *state, *note;
  AcCertificateState unused;

  if (ac_control_read_text (call, "number") == NULL ||
      ac_control_read_text (call, "certificate") == NULL ||
      !ac_control_read_optional (call, "state", &state) ||
      !ac_control_read_optional (call, "note", &note))
    return;
  if (state != NULL && !ac_certificate_state_from_name (state, &unused))
    refuse (call, "state", "state must be unverified, verified or revoked");
  else
    ac_control_call_write (call, write_certificate, tell_member);
}
