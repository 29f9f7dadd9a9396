#include "command.h"

#include "clock.h"
#include "erasure.h"
#include "ledger.h"
#include "member.h"

static void
tell_erased (AcControlCall *call)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "member", call->id);
  ac_control_call_answer_object (call, object);
}

/* Whatever became of their sessions: nobody can sign in to what is erased. */
static void
sessions_ended (gint64 id, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;

  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    tell_erased (call);
}

static void
erased (gpointer data)
{
  AcControlCall *call = data;

  if (call->control->closed) {
    tell_erased (call);
    return;
  }
  ac_accounts_grants_changed (call->control->parts.accounts, call->id);
  ac_accounts_end_sessions (call->control->parts.accounts, call->id, 0, sessions_ended,
                            call);
}

static gboolean
erase (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_member_erase (store, call->id, ac_clock_wall_ms (), error) &&
         ac_ledger_erase (store, call->id, error);
}

void
ac_control_member_erase (AcControlCall *call)
{
  const gchar *number = ac_control_read_text (call, "number");
  g_autoptr (AcMember) member = NULL;
  g_autoptr (GError) error = NULL;

  if (number == NULL)
    return;
  member = ac_member_find (call->control->parts.store, number, &error);
  if (error != NULL) {
    ac_control_call_fail_error (call, error);
  } else if (member == NULL) {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
  } else {
    call->id = member->id;
    ac_control_call_write (call, erase, erased);
  }
}
