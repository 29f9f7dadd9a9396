#include "report_note.h"

#include "audit.h"
#include "transcript.h"

gboolean
ac_report_note (AcStore *store, AcReportOrder *order, gint64 actor, const gchar *reason,
                GError **error)
{
  const AcReportAsk *ask = order->ask;
  g_autofree gchar *detail = ac_audit_detail (
      "ttttt", "what", "report", "report", ac_report_kind_name (order->kind), "format",
      ac_report_form_name (order->form), "from", ask->from, "to", ask->to);

  if (order->kind == AC_REPORT_PROGRESS) /* it names nobody */
    return TRUE;
  if (order->kind == AC_REPORT_TRANSCRIPT &&
      !ac_transcript_note (store, ask, actor, &order->code, error))
    return FALSE;
  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_EXPORT,
                                         .actor = actor,
                                         .member = ask->member,
                                         .branch = ask->branch,
                                         .lesson = ask->lesson,
                                         .reason = reason,
                                         .detail = detail },
                        ask->made_ms, error);
}
