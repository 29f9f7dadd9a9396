#include "reminder.h"

#include "candidates_sql.h"

GArray *
ac_reminder_lessons (AcStore *store, gint64 wall_ms, gint64 before_ms, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT id FROM lessons WHERE state IN ('planned', 'open') "
      "AND reminded_ms IS NULL AND planned_ms > ?1 AND planned_ms <= ?1 + ?2",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", wall_ms, before_ms);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (list, id);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

/* Once the room is open, those on its list; before, those who would be. */
gboolean
ac_reminder_settle (AcStore *store, gint64 lesson, gint64 wall_ms, GError **error)
{
  return ac_store_run (
             store, error,
             AC_CANDIDATES
             "INSERT OR IGNORE INTO reminders (lesson, member, next_ms) "
             "SELECT ?1, members.id, ?2 FROM members WHERE phone IS NOT NULL AND ("
             "  id IN (SELECT member FROM lesson_lecturers WHERE lesson = ?1) OR "
             "  CASE WHEN (SELECT opened_ms FROM lessons WHERE id = ?1) IS NULL "
             "    THEN id IN (SELECT member FROM candidates WHERE state = 'expected') "
             "    ELSE id IN (SELECT member FROM expected "
             "                WHERE lesson = ?1 AND state = 'expected') END)",
             "ii", lesson, wall_ms) &&
         ac_store_run (store, error, "UPDATE lessons SET reminded_ms = ? WHERE id = ?",
                       "ii", wall_ms, lesson);
}

void
ac_reminder_free (AcReminder *reminder)
{
  g_free (reminder->phone);
  g_free (reminder->title);
  g_free (reminder);
}

static void
free_reminder (gpointer data)
{
  ac_reminder_free (data);
}

GPtrArray *
ac_reminder_due (AcStore *store, gint64 wall_ms, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_reminder);
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "SELECT lesson, member, phone, title, planned_ms FROM reminders "
      "JOIN lessons ON lessons.id = lesson JOIN members ON members.id = member "
      "WHERE sent_ms IS NULL AND next_ms <= ?1 AND planned_ms > ?1 "
      "AND lessons.state IN ('planned', 'open') AND phone IS NOT NULL "
      "ORDER BY next_ms LIMIT ?2",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "ii", wall_ms, (gint64)limit);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    AcReminder *one = g_new0 (AcReminder, 1);

    one->lesson = sqlite3_column_int64 (statement, 0);
    one->member = sqlite3_column_int64 (statement, 1);
    one->phone = ac_statement_text (statement, 2);
    one->title = ac_statement_text (statement, 3);
    one->planned_ms = sqlite3_column_int64 (statement, 4);
    g_ptr_array_add (list, one);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&list) : NULL;
}

gboolean
ac_reminder_try (AcStore *store, gint64 lesson, gint64 member, gint64 wall_ms,
                 GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE reminders SET next_ms = ? + (60000 << min (tries, 6)), "
                       "tries = tries + 1 WHERE lesson = ? AND member = ?",
                       "iii", wall_ms, lesson, member);
}

gboolean
ac_reminder_sent (AcStore *store, gint64 lesson, gint64 member, gint64 wall_ms,
                  GError **error)
{
  return ac_store_run (
      store, error, "UPDATE reminders SET sent_ms = ? WHERE lesson = ? AND member = ?",
      "iii", wall_ms, lesson, member);
}
