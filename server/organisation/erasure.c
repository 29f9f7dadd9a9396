#include "erasure.h"

#include "audit.h"

gboolean
ac_member_erase (AcStore *store, gint64 member, gint64 wall_ms, GError **error)
{
  static const gchar *const steps[] = {
    "UPDATE members SET number = 'erased-' || id, name = '', password = NULL, "
    "  phone = NULL, certificate = NULL, certificate_state = NULL, role = 'member' "
    "  WHERE id = ?",
    "DELETE FROM certificates WHERE member = ?",
    "DELETE FROM import_keys WHERE member = ?",
    "DELETE FROM identities WHERE member = ?",
    "DELETE FROM stewards WHERE member = ?",
    "DELETE FROM grants WHERE member = ?",
    "DELETE FROM excuses WHERE member = ?",
    "UPDATE expected SET reason = '' WHERE member = ? AND reason <> ''",
    "DELETE FROM reminders WHERE member = ?",
    "UPDATE lesson_events SET text = NULL WHERE member = ?",
    "DELETE FROM question_votes WHERE member = ?",
    "DELETE FROM poll_answers WHERE member = ?",
    "DELETE FROM lesson_acts WHERE member = ?",
    "DELETE FROM lesson_voices WHERE member = ?",
  };

  /* First: it is what lets the history of certificates go. */
  if (!ac_store_run (store, error,
                     "INSERT OR IGNORE INTO erased_members (member, erased_ms) "
                     "VALUES (?, ?)",
                     "ii", member, wall_ms))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!ac_store_run (store, error, steps[i], "i", member))
      return FALSE;
  return ac_store_run (store, error,
                       "UPDATE sessions SET user_agent = NULL, token_hash = NULL, "
                       "  ended_ms = ifnull (ended_ms, ?) WHERE member = ?",
                       "ii", wall_ms, member) &&
         ac_store_run (store, error,
                       "UPDATE calendars SET revoked_ms = ifnull (revoked_ms, ?) "
                       "WHERE lecturer = ?",
                       "ii", wall_ms, member) &&
         ac_audit_erase (store, member, error) &&
         ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_ERASE, .member = member },
                        wall_ms, error);
}
