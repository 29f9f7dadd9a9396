#include "standing.h"

#include "audit.h"
#include "credit_error.h"
#include "ledger.h"

#define YEAR_MIN 1970
#define YEAR_MAX 9999
#define REASON_MAX_CHARS 400

gboolean
ac_standing_set (AcStore *store, const AcStanding *standing, gint64 wall_ms,
                 GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("iti", "year", standing->year, "duty",
                                              ac_duty_name (standing->duty), "exempt",
                                              (gint64)(standing->exempt != FALSE));
  const AcAuditEntry entry = { .act = AC_AUDIT_STANDING_SET,
                               .member = standing->member,
                               .reason = standing->reason,
                               .detail = detail };
  gboolean closed;

  if (standing->year < YEAR_MIN || standing->year > YEAR_MAX)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "year",
                             "year must be from %d to %d", YEAR_MIN, YEAR_MAX);
  if (*standing->reason == '\0' ||
      g_utf8_strlen (standing->reason, -1) > REASON_MAX_CHARS)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_INVALID, "reason",
                             "reason must say why, in 1 to %d characters",
                             REASON_MAX_CHARS);
  if (!ac_ledger_is_closed (store, standing->year, &closed, error))
    return FALSE;
  if (closed)
    return ac_credit_refuse (error, AC_CREDIT_ERROR_STATE, "year",
                             "%" G_GINT64_FORMAT " is closed", standing->year);
  return ac_store_run (store, error,
                       "INSERT INTO standings (member, year, duty, exempt, reason, "
                       "  created_ms) VALUES (?, ?, ?, ?, ?, ?)",
                       "iitdti", standing->member, standing->year,
                       ac_duty_name (standing->duty), standing->exempt != FALSE,
                       standing->reason, wall_ms) &&
         ac_audit_note (store, &entry, wall_ms, error);
}
