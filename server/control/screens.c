/* Screens of rooms. */
#include "command.h"

#include "clock.h"
#include "screen.h"

static void
paired (const AcScreen *screen, const GError *error, gpointer user_data)
{
  AcControlCall *call = user_data;

  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_answer_object (call, ac_screen_to_json (screen));
}

/* What waits is in the memory of a running daemon. */
void
ac_control_screen_pair (AcControlCall *call)
{
  const gchar *code, *name;
  gint64 site;

  if ((code = ac_control_read_text (call, "code")) == NULL ||
      (name = ac_control_read_text (call, "name")) == NULL ||
      !ac_control_read_id (call, "site", &site))
    return;
  if (call->control->parts.rooms == NULL)
    ac_control_call_fail (
        call, &(AcControlFailure){ AC_CONTROL_UNAVAILABLE, NULL,
                                   "no daemon is running that the screen could have "
                                   "asked: start airclassd" });
  else
    ac_rooms_pair (call->control->parts.rooms, code, site, name, 0, paired, call);
}

void
ac_control_screen_list (AcControlCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) screens = NULL;
  JsonArray *array;
  JsonObject *object;
  gint64 site;

  if (!ac_control_read_number (call, "site", G_MAXINT64, 0, &site))
    return;
  screens = ac_screen_list (call->control->parts.store, site, &error);
  if (screens == NULL) {
    ac_control_call_fail_error (call, error);
    return;
  }
  array = json_array_new ();
  for (guint i = 0; i < screens->len; i++)
    json_array_add_object_element (array, ac_screen_to_json (screens->pdata[i]));
  object = json_object_new ();
  json_object_set_array_member (object, "screens", array);
  ac_control_call_answer_object (call, object);
}

static gboolean
write_revocation (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;

  return ac_screen_revoke (store, call->id, 0, ac_clock_wall_ms (), error);
}

static void
tell_revoked (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  ac_classroom_session_ended (call->control->parts.classroom, -call->id);
  json_object_set_int_member (object, "screen", call->id);
  ac_control_call_answer_object (call, object);
}

void
ac_control_screen_revoke (AcControlCall *call)
{
  if (ac_control_read_id (call, "screen", &call->id))
    ac_control_call_write (call, write_revocation, tell_revoked);
}
