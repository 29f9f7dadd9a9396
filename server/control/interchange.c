/* interchange.c - files for other systems. They are large and are written by the tool,
 * which reads the database beside the daemon; here it is noted that they leave. */
#include "command.h"

#include "audit.h"
#include "branch.h"
#include "clock.h"

static gboolean
note_export (AcControlCall *call, AcStore *store, const gchar *what, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("t", "what", what);
  g_autoptr (AcBranch) branch =
      call->id != 0 ? ac_branch_require (store, call->id, "branch", error) : NULL;

  if (call->id != 0 && branch == NULL)
    return FALSE;
  return ac_audit_note (
      store,
      &(AcAuditEntry){ .act = AC_AUDIT_EXPORT, .branch = call->id, .detail = detail },
      ac_clock_wall_ms (), error);
}

static gboolean
note_statements (AcStore *store, gpointer data, GError **error)
{
  return note_export (data, store, "statements", error);
}

static void
tell_home (gpointer data)
{
  AcControlCall *call = data;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "home", call->control->http);
  ac_control_call_answer_object (call, object);
}

void
ac_control_statements_export (AcControlCall *call)
{
  ac_control_call_write (call, note_statements, tell_home);
}

static gboolean
note_oneroster (AcStore *store, gpointer data, GError **error)
{
  return note_export (data, store, "oneroster", error);
}

static void
tell_nothing (gpointer call)
{
  ac_control_call_answer_object (call, json_object_new ());
}

void
ac_control_oneroster_export (AcControlCall *call)
{
  if (ac_control_read_number (call, "branch", G_MAXINT64, 0, &call->id))
    ac_control_call_write (call, note_oneroster, tell_nothing);
}
