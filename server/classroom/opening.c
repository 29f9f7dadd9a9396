/* opening.c - rooms open before their lesson's hour. */
#include "classroom_private.h"

#include "log.h"

#define AT_ONCE 50

static void
opened (gint64 lesson, const GError *error, gpointer user_data)
{
  static AcLogLimit limit = { .interval_ms = 60000 };
  guint suppressed;

  /* Somebody may have begun or cancelled it meanwhile. */
  if (error == NULL ||
      g_error_matches (error, AC_CLASSROOM_ERROR, AC_CLASSROOM_ERROR_STATE))
    return;
  if (ac_log_limit_pass (&limit, &suppressed))
    ac_log (G_LOG_LEVEL_WARNING, 0, "a room cannot be opened: %s (and %u before)",
            error->message, suppressed);
}

void
ac_classroom_open_due_rooms (AcClassroom *self, gint64 wall_ms, gint64 before_ms)
{
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (
      self->store,
      "SELECT id FROM lessons WHERE state = 'planned' AND planned_ms <= ?1 + ?2 "
      "AND planned_ms + ifnull (planned_length_ms, 3600000) > ?1 "
      "ORDER BY planned_ms LIMIT ?3",
      &error);

  if (statement != NULL) {
    ac_statement_bind (statement, "iii", wall_ms, before_ms, (gint64)AT_ONCE);
    while (ac_store_step (self->store, statement, &error) == SQLITE_ROW) {
      gint64 id = sqlite3_column_int64 (statement, 0);

      g_array_append_val (due, id);
    }
  }
  if (error != NULL)
    opened (0, error, NULL);
  for (guint i = 0; i < due->len; i++)
    ac_classroom_open_room (self, g_array_index (due, gint64, i), opened, NULL);
}
