#include "person_erasure.h"

/* A guest is known by the name alone. It is this person's only when nobody else has it.
 */
#define OWN_NAME                                                                       \
  "(SELECT name FROM members AS gone WHERE id = ?1 AND NOT EXISTS "                    \
  "  (SELECT 1 FROM members WHERE name = gone.name AND id <> gone.id))"

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
    /* The answers that are kept of a room's acts name who was signed in. The acts about
     * others must stay: one that is sent again would be done twice. */
    "DELETE FROM room_acts WHERE lesson IN "
    "  (SELECT lesson FROM room_stays WHERE member = ?1) "
    "  AND json_extract (result, '$.member') = ?1",
    "DELETE FROM room_acts WHERE lesson IN "
    "  (SELECT lesson FROM room_guests WHERE name = " OWN_NAME ") "
    "  AND json_extract (result, '$.guest') = " OWN_NAME,
    "UPDATE room_logs SET entry = '{}' WHERE member = ?1",
    /* A guest is counted, whoever it was: the entry may still have to be decided on. */
    "UPDATE room_logs SET entry = json_replace (entry, '$.name', '-') "
    "  WHERE json_valid (entry) AND json_extract (entry, '$.name') = " OWN_NAME,
    "UPDATE room_guests SET name = '' WHERE name = " OWN_NAME,
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!ac_store_run (store, error, steps[i], "i", member))
      return FALSE;
  return TRUE;
}
