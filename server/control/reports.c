/* reports.c - reports, as the operator asks for them. A whole county takes seconds, so
 * the tool makes the file beside the daemon; here it is checked, and noted that it
 * leaves. */
#include "command.h"

#include "audit.h"
#include "branch.h"
#include "member.h"
#include "report_note.h"

static void
free_order (gpointer data)
{
  ac_report_order_free (data);
}

static gboolean
read_names (AcControlCall *call, AcReportOrder *order)
{
  const gchar *kind = ac_control_read_text (call, "report");
  const gchar *format = kind != NULL ? ac_control_read_text (call, "format") : NULL;

  if (format == NULL)
    return FALSE;
  if (!ac_report_kind_from_name (kind, &order->kind))
    return ac_control_refuse (call, "report",
                              "a report is credit, sign-in, sites, host, make-up, "
                              "contact, skills, lecturers, adjustments or transcript");
  return ac_report_form_from_name (format, &order->form) ||
         ac_control_refuse (call, "format", "format is csv, xlsx, pdf or json");
}

static gboolean
read_member (AcControlCall *call, AcReportOrder *order)
{
  const gchar *number;
  g_autoptr (AcMember) member = NULL;

  if (!ac_control_read_optional (call, "number", &number))
    return FALSE;
  if ((order->kind == AC_REPORT_TRANSCRIPT) != (number != NULL))
    return ac_control_refuse (call, "number",
                              number == NULL ? "a transcript is of a member: give the "
                                               "member's number"
                                             : "only a transcript is of one member");
  if (number == NULL)
    return TRUE;
  member = ac_member_find (call->control->parts.store, number, NULL);
  if (member == NULL) {
    ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "number",
                                                     "there is no such member" });
    return FALSE;
  }
  order->ask->member = member->id;
  return TRUE;
}

static gboolean
read_lesson (AcControlCall *call, AcReportAsk *ask)
{
  g_autoptr (AcLesson) lesson = NULL;

  if (!ac_control_read_number (call, "lesson", G_MAXINT64, 0, &ask->lesson))
    return FALSE;
  if (ask->lesson == 0)
    return TRUE;
  lesson = ac_classroom_get_lesson (call->control->parts.classroom, ask->lesson);
  if (lesson != NULL)
    return TRUE;
  ac_control_call_fail (call, &(AcControlFailure){ AC_CONTROL_NOT_FOUND, "lesson",
                                                   "there is no such lesson" });
  return FALSE;
}

static gboolean
read_period (AcControlCall *call, AcReportAsk *ask)
{
  const gchar *from, *to;
  g_autoptr (GError) error = NULL;

  if (!ac_control_read_optional (call, "from", &from) ||
      !ac_control_read_optional (call, "to", &to))
    return FALSE;
  if (ac_report_ask_set_period (ask, from, to, &error))
    return TRUE;
  ac_control_call_fail_error (call, error);
  return FALSE;
}

static gboolean
read_reason (AcControlCall *call, AcReportOrder *order)
{
  const gchar *reason;

  if (!ac_control_read_optional (call, "reason", &reason))
    return FALSE;
  order->ask->unmasked = reason != NULL;
  return reason == NULL || ac_audit_reason_is_fit (reason) ||
         ac_control_refuse (call, "reason",
                            "reason says what whole names are for, in 1 to 200 "
                            "characters");
}

static gboolean
note (AcStore *store, gpointer data, GError **error)
{
  AcControlCall *call = data;
  AcReportOrder *order = call->data;
  gint64 branch = order->ask->branch;
  g_autoptr (AcBranch) there =
      branch != 0 ? ac_branch_require (store, branch, "branch", error) : NULL;

  if (branch != 0 && there == NULL)
    return FALSE;
  return ac_report_note (
      store, order, 0,
      json_object_get_string_member_with_default (call->args, "reason", NULL), error);
}

static void
tell_ask (gpointer data)
{
  AcControlCall *call = data;
  const AcReportOrder *order = call->data;
  const AcReportAsk *ask = order->ask;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "report", ac_report_kind_name (order->kind));
  json_object_set_string_member (object, "format", ac_report_form_name (order->form));
  json_object_set_int_member (object, "branch", ask->branch);
  json_object_set_int_member (object, "lesson", ask->lesson);
  json_object_set_int_member (object, "member", ask->member);
  json_object_set_string_member (object, "from", ask->from);
  json_object_set_string_member (object, "to", ask->to);
  json_object_set_int_member (object, "days", ask->days);
  json_object_set_boolean_member (object, "unmasked", ask->unmasked);
  if (order->code != NULL) {
    g_autofree gchar *address =
        g_strdup_printf ("%s/verify/%s", call->control->http, order->code);

    json_object_set_string_member (object, "code", order->code);
    json_object_set_string_member (object, "address", address);
  }
  ac_control_call_answer_object (call, object);
}

void
ac_control_report (AcControlCall *call)
{
  AcReportOrder *order = g_new0 (AcReportOrder, 1);

  order->ask = ac_report_ask_new ();
  call->data = order;
  call->free_data = free_order;
  if (read_names (call, order) && read_member (call, order) &&
      read_period (call, order->ask) && read_reason (call, order) &&
      ac_control_read_number (call, "branch", G_MAXINT64, 0, &order->ask->branch) &&
      read_lesson (call, order->ask) &&
      ac_control_read_number (call, "days", AC_REPORT_DAYS_MAX, AC_REPORT_DAYS_DEFAULT,
                              &order->ask->days))
    ac_control_call_write (call, note, tell_ask);
}
