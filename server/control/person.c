/* person.c - everything that is known of a member, for whoever asks about themselves.
 */
#include "command.h"

#include "audit.h"
#include "clock.h"
#include "identity.h"
#include "member.h"
#include "person_export.h"

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_audit_note (
      store,
      &(AcAuditEntry){ .act = AC_AUDIT_SHOW_ALL,
                       .member = call->id,
                       .reason = json_object_get_string_member (call->args, "reason") },
      ac_clock_wall_ms (), error);
}

static void
tell (gpointer data)
{
  AcControlCall *call = data;
  g_autoptr (AcIdentityKeys) keys =
      ac_identities_keys (call->control->parts.identities, NULL);
  g_autoptr (GError) error = NULL;
  JsonObject *object =
      ac_person_export (call->control->parts.store, keys, call->id, G_MAXUINT, &error);

  if (object != NULL)
    ac_control_call_answer_object (call, object);
  else
    ac_control_call_fail_error (call, error);
}

void
ac_control_member_show_all (AcControlCall *call)
{
  const gchar *number = ac_control_read_text (call, "number");
  const gchar *reason = number != NULL ? ac_control_read_text (call, "reason") : NULL;
  g_autoptr (AcMember) member = NULL;
  g_autoptr (GError) error = NULL;

  if (reason == NULL)
    return;
  if (!ac_audit_reason_is_fit (reason)) {
    ac_control_refuse (call, "reason",
                       "reason must say who asks for it and why, in 1 to 200 "
                       "characters on one line");
    return;
  }
  member = ac_member_find (call->control->parts.store, number, &error);
  if (member != NULL) {
    call->id = member->id;
    ac_control_call_write (call, note, tell);
  } else if (error != NULL) {
    ac_control_call_fail_error (call, error);
  } else {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
  }
}
