/* identities.c - the key of identity numbers. */
#include "command.h"

#include "identity.h"

static void
rotated (guint n_sealed, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;
  JsonObject *object;

  if (error != NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "numbers", n_sealed);
  ac_control_call_answer_object (call, object);
}

void
ac_control_identity_rotate (AcControlCall *call)
{
  ac_identities_rotate (call->control->parts.identities, rotated, call);
}
