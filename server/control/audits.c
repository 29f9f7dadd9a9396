/* audits.c - what was noted of what people did. */
#include "command.h"

#include "audit_json.h"
#include "member.h"

/* Sets *@ret_id to the member whose number argument @name holds, 0 when it is left out.
 * FALSE: the call has failed and is gone. */
static gboolean
read_member (AcControlCall *call, const gchar *name, gint64 *ret_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMember) member = NULL;
  const gchar *number;

  if (!ac_control_read_optional (call, name, &number))
    return FALSE;
  if (number == NULL)
    return TRUE;
  member = ac_member_find (call->control->parts.store, number, &error);
  if (member != NULL) {
    *ret_id = member->id;
    return TRUE;
  }
  if (error != NULL)
    ac_control_call_fail_error (call, error);
  else
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, name,
                                                     "there is no such member" });
  return FALSE;
}

static gboolean
read_act (AcControlCall *call, gint *ret_act)
{
  const gchar *name;
  AcAuditAct act;

  if (!ac_control_read_optional (call, "act", &name))
    return FALSE;
  if (name == NULL)
    return TRUE;
  if (!ac_audit_act_from_name (name, &act))
    return ac_control_refuse (call, "act",
                              "act must be one that the list shows, such as unmask");
  *ret_act = (gint)act;
  return TRUE;
}

static gboolean
read_days (AcControlCall *call, AcAuditQuery *query)
{
  const gchar *from, *until;
  gint64 unused;

  if (!ac_control_read_optional (call, "from", &from) ||
      !ac_control_read_optional (call, "until", &until))
    return FALSE;
  if (from != NULL && !ac_audit_day_bounds (from, &query->from_ms, &unused))
    return ac_control_refuse (call, "from", "from must be a day such as 2026-01-05");
  if (until != NULL && !ac_audit_day_bounds (until, &unused, &query->until_ms))
    return ac_control_refuse (call, "until", "until must be a day such as 2026-01-31");
  return TRUE;
}

void
ac_control_audit_list (AcControlCall *call)
{
  AcAuditQuery query = { .act = -1 };
  g_autoptr (GError) error = NULL;
  JsonObject *object;
  gint64 limit;

  if (!read_act (call, &query.act) || !read_member (call, "number", &query.member) ||
      !read_member (call, "actor", &query.actor) || !read_days (call, &query) ||
      !ac_control_read_number (call, "branch", G_MAXINT64, 0, &query.branch) ||
      !ac_control_read_number (call, "before", G_MAXINT64, 0, &query.before) ||
      !ac_control_read_number (call, "limit", AC_AUDIT_PAGE_MAX, AC_AUDIT_PAGE_DEFAULT,
                               &limit))
    return;
  query.limit = (guint)limit;
  object = ac_audit_to_json (call->control->parts.store, &query, &error);
  if (object != NULL)
    ac_control_call_answer_object (call, object);
  else
    ac_control_call_fail_error (call, error);
}
