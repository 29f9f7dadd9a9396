#include "command.h"

#include "clock.h"
#include "member.h"
#include "standing.h"

/* The arguments were read before: they are of the right kinds. */
static gboolean
write_standing (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  AcStanding standing = {
    .member = call->id,
    .year = json_object_get_int_member (call->args, "year"),
    .exempt = json_object_get_boolean_member_with_default (call->args, "exempt", FALSE),
    .reason = json_object_get_string_member (call->args, "reason"),
  };

  ac_duty_from_name (
      json_object_get_string_member_with_default (call->args, "duty", "member"),
      &standing.duty);
  return ac_standing_set (store, &standing, ac_clock_wall_ms (), error);
}

static void
tell_standing (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "number",
                                 json_object_get_string_member (call->args, "number"));
  json_object_set_int_member (object, "year",
                              json_object_get_int_member (call->args, "year"));
  json_object_set_string_member (
      object, "duty",
      json_object_get_string_member_with_default (call->args, "duty", "member"));
  json_object_set_boolean_member (
      object, "exempt",
      json_object_get_boolean_member_with_default (call->args, "exempt", FALSE));
  ac_control_call_answer_object (call, object);
}

/* FALSE: the call has failed and is gone. */
static gboolean
read_arguments (AcControlCall *call)
{
  const gchar *duty;
  gboolean exempt;
  gint64 year;
  AcDuty known;

  if (!ac_control_read_id (call, "year", &year) ||
      ac_control_read_text (call, "reason") == NULL ||
      !ac_control_read_switch (call, "exempt", &exempt) ||
      !ac_control_read_optional (call, "duty", &duty))
    return FALSE;
  return duty == NULL || ac_duty_from_name (duty, &known) ||
         ac_control_refuse (call, "duty", "duty must be member, committee or cadre");
}

void
ac_control_standing_set (AcControlCall *call)
{
  const gchar *number = ac_control_read_text (call, "number");
  g_autoptr (AcMember) member = NULL;
  g_autoptr (GError) error = NULL;

  if (number == NULL || !read_arguments (call))
    return;
  member = ac_member_find (call->control->parts.store, number, &error);
  if (error != NULL) {
    ac_control_call_fail_error (call, error);
  } else if (member == NULL) {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
  } else {
    call->id = member->id;
    ac_control_call_write (call, write_standing, tell_standing);
  }
}
