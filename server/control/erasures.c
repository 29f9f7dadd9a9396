#include "command.h"

#include "clock.h"
#include "erasure.h"
#include "ledger.h"
#include "member.h"
#include "person_erasure.h"

static void
free_devices (gpointer data)
{
  g_ptr_array_unref (data);
}

static void
tell_erased (AcControlCall *call)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "member", call->id);
  ac_control_call_answer_object (call, object);
}

/* Whoever is in a lesson with the erased number is shown out of it. */
static void
erased (gpointer data)
{
  AcControlCall *call = data;
  const GPtrArray *devices = call->data;

  ac_accounts_grants_changed (call->control->parts.accounts, call->id);
  for (guint i = 0; i < devices->len; i++)
    ac_classroom_session_ended (call->control->parts.classroom,
                                ((AcDevice *)devices->pdata[i])->session);
  tell_erased (call);
}

static gboolean
erase (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_person_erase (store, call->id, error) &&
         ac_member_erase (store, call->id, ac_clock_wall_ms (), error) &&
         ac_ledger_erase (store, call->id, error);
}

static void
erase_member (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *devices =
      ac_accounts_devices (call->control->parts.accounts, call->id, &error);

  if (devices == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  call->data = devices;
  call->free_data = free_devices;
  ac_control_call_write (call, erase, erased);
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
    erase_member (call);
  }
}
