#include "person_erasure.h"

gboolean
ac_person_erase (AcStore *store, gint64 member, GError **error)
{
  static const gchar *const steps[] = {
    "UPDATE lesson_events SET text = NULL WHERE member = ?",
    "DELETE FROM lesson_acts WHERE member = ?",
    "DELETE FROM asked_once WHERE member = ?",
    "DELETE FROM question_votes WHERE member = ?", /* they are counted */
    "DELETE FROM poll_answers WHERE member = ?",   /* likewise */
    "UPDATE excuses SET reason = '' WHERE member = ?",
    "UPDATE expected SET reason = '' WHERE member = ?",
    "DELETE FROM leaves WHERE member = ?",
    "DELETE FROM reminders WHERE member = ?",
    "DELETE FROM calendars WHERE lecturer = ?",
    "DELETE FROM member_cards WHERE member = ?",
    /* The answers that are kept of a room's acts name who was signed in. */
    "DELETE FROM room_acts WHERE lesson IN "
    "  (SELECT lesson FROM room_stays WHERE member = ?)",
    /* A guest is known by the name alone. */
    "DELETE FROM room_acts WHERE lesson IN (SELECT lesson FROM room_guests "
    "  WHERE name = (SELECT name FROM members WHERE id = ?))",
    "UPDATE room_guests SET name = '' "
    "  WHERE name = (SELECT name FROM members WHERE id = ?)",
    "UPDATE room_logs SET entry = '{}' WHERE member = ?1 OR (json_valid (entry) AND "
    "  json_extract (entry, '$.name') = (SELECT name FROM members WHERE id = ?1))",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!ac_store_run (store, error, steps[i], "i", member))
      return FALSE;
  return TRUE;
}
