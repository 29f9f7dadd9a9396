/* passwords.c - a member has forgotten their password. */
#include "command.h"

#include "password.h"

typedef struct {
  gchar made[AC_PASSWORD_MADE_CHARS + 1]; /* "": the operator's own */
  GPtrArray *devices;                     /* AcDevice that are signed in */
} Reset;

static void
reset_free (gpointer data)
{
  Reset *reset = data;

  g_clear_pointer (&reset->devices, g_ptr_array_unref);
  g_free (reset);
}

static void
password_set (gint64 id, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  Reset *reset = call->data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  for (guint i = 0; i < reset->devices->len; i++)
    ac_classroom_session_ended (call->control->parts.classroom,
                                ((AcDevice *)reset->devices->pdata[i])->session);
  object = json_object_new ();
  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  json_object_set_string_member (object, "password",
                                 reset->made[0] != '\0' ? reset->made : NULL);
  json_object_set_int_member (object, "sessions", reset->devices->len);
  ac_control_call_answer_object (call, object);
}

void
ac_control_member_password (AcControlCall *call)
{
  AcAccounts *accounts = call->control->parts.accounts;
  const gchar *number = ac_control_read_text (call, "number");
  const gchar *password;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMember) member = NULL;
  Reset *reset;

  if (number == NULL || !ac_control_read_optional (call, "password", &password))
    return;
  call->data = reset = g_new0 (Reset, 1);
  call->free_data = reset_free;
  member = ac_member_find (call->control->parts.store, number, &error);
  if (member != NULL)
    reset->devices = ac_accounts_devices (accounts, member->id, &error);
  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  if (member == NULL) {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
    return;
  }
  if (password == NULL)
    ac_password_make (reset->made);
  ac_accounts_set_password (
      accounts,
      &(AcNewPassword){ .member = member->id,
                        .password = password != NULL ? password : reset->made,
                        .made = password == NULL },
      password_set, call);
}
