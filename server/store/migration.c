#include "migration.h"

#include "log.h"
#include "schema_resource.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <glib/gstdio.h>

/* PRAGMA application_id of our files: "ACls". */
#define APPLICATION_ID 0x41436c73

static const gchar *const step_names[] = {
  "0001-accounts.sql",
  "0002-lessons.sql",
  "0003-attendance.sql",
  "0004-member-time.sql",
  "0005-sources.sql",
  "0006-backup-key.sql",
  "0007-mode.sql",
  "0008-organisation.sql",
  "0009-policies.sql",
  "0010-ledger.sql",
  "0011-grants.sql",
  "0012-erasing.sql",
  "0013-rooms.sql",
  "0014-audit.sql",
  "0015-time.sql",
  "0016-timetable.sql",
  "0017-classroom.sql",
  "0018-identity.sql",
  "0019-interchange.sql",
  "0020-reports.sql",
  "0021-calendars.sql",
  "0022-once.sql",
  "0023-lists.sql",
  "0024-room-logs.sql",
  "0025-leaves.sql",
  "0026-closed.sql",
  "0027-quality.sql",
  "0028-made-passwords.sql",
  "0029-audit-by-branch.sql",
  "0030-latency.sql",
  "0031-room-logs.sql",
  "0032-lessons-by-start.sql",
  "0033-lessons-by-time.sql",
  "0034-why-rejected.sql",
};

gchar **
ac_migration_steps (void)
{
  gchar **steps = g_new0 (gchar *, G_N_ELEMENTS (step_names) + 1);
  GResource *resource = ac_schema_get_resource ();

  for (guint i = 0; i < G_N_ELEMENTS (step_names); i++) {
    g_autofree gchar *path = g_strconcat ("/airclass/schema/", step_names[i], NULL);
    g_autoptr (GBytes) sql =
        g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    g_assert (sql != NULL); /* built in */
    steps[i] = g_strndup (g_bytes_get_data (sql, NULL), g_bytes_get_size (sql));
  }
  return steps;
}

static gboolean
read_number (AcConnection *connection, const gchar *sql, gint64 *ret_number,
             GError **error)
{
  g_autoptr (AcStatement) statement = ac_connection_prepare (connection, sql, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) != SQLITE_ROW) {
    ac_connection_set_error (ac_connection_handle (connection), error);
    return FALSE;
  }
  *ret_number = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
check_identity (AcConnection *connection, guint n_steps, gint64 *ret_version,
                GError **error)
{
  gint64 application, tables;

  if (!read_number (connection, "PRAGMA user_version", ret_version, error) ||
      !read_number (connection, "PRAGMA application_id", &application, error) ||
      !read_number (connection, "SELECT count (*) FROM sqlite_schema", &tables, error))
    return FALSE;

  if (application != APPLICATION_ID && (tables > 0 || *ret_version != 0)) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN,
                 "not a database of Airclass");
    return FALSE;
  }
  if (*ret_version > n_steps || *ret_version < 0) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN,
                 "made by a newer Airclass (schema %" G_GINT64_FORMAT
                 ", this program knows %u): update the program",
                 *ret_version, n_steps);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_migration_check (AcConnection *connection, guint n_steps, GError **error)
{
  gint64 version;

  if (!check_identity (connection, n_steps, &version, error))
    return FALSE;
  if (version == n_steps)
    return TRUE;
  g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN,
               "made by an older Airclass (schema %" G_GINT64_FORMAT
               ", this program needs %u): start the daemon once",
               version, n_steps);
  return FALSE;
}

static gboolean
sync_file (const gchar *path)
{
  gint fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return synced;
}

/* @path: a new file, of mode 0600 */
static gboolean
copy_into (AcConnection *connection, const gchar *path, GError **error)
{
  g_autoptr (AcConnection) copy = NULL;
  sqlite3_backup *backup;
  gint code;

  copy = ac_connection_open (path, AC_CONNECTION_WRITER, error);
  if (copy == NULL)
    return FALSE;
  backup = sqlite3_backup_init (ac_connection_handle (copy), "main",
                                ac_connection_handle (connection), "main");
  if (backup == NULL) {
    ac_connection_set_error (ac_connection_handle (copy), error);
    return FALSE;
  }
  code = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  if (code != SQLITE_DONE) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL, "%s",
                 sqlite3_errstr (code));
    return FALSE;
  }
  /* One plain file, without a log beside it. */
  return ac_connection_execute (copy, "PRAGMA journal_mode = DELETE", error);
}

static gboolean
back_up (AcConnection *connection, const gchar *path, GError **error)
{
  g_autofree gchar *partial = g_strconcat (path, ".partial", NULL);

  if (g_unlink (partial) != 0 && errno != ENOENT) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "%s: %s", partial,
                 g_strerror (errno));
    return FALSE;
  }
  if (!copy_into (connection, partial, error)) {
    g_prefix_error (error, "backup to %s: ", partial);
    return FALSE;
  }
  if (!sync_file (partial) || g_rename (partial, path) != 0) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "backup to %s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static gboolean
take_steps (AcConnection *connection, const gchar *const *steps, guint from, guint to,
            GError **error)
{
  g_autofree gchar *mark = g_strdup_printf (
      "PRAGMA application_id = %d; PRAGMA user_version = %u;", APPLICATION_ID, to);

  for (guint i = from; i < to; i++)
    if (!ac_connection_execute (connection, steps[i], error)) {
      g_prefix_error (error, "schema step %u: ", i + 1);
      return FALSE;
    }
  return ac_connection_execute (connection, mark, error);
}

gboolean
ac_migrate (AcConnection *connection, const gchar *const *steps, guint n_steps,
            const gchar *backup, GError **error)
{
  gint64 version;

  if (!check_identity (connection, n_steps, &version, error))
    return FALSE;
  if (version == n_steps)
    return TRUE;
  if (version > 0 && !back_up (connection, backup, error))
    return FALSE;

  if (!ac_connection_execute (connection, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!take_steps (connection, steps, (guint)version, n_steps, error) ||
      !ac_connection_execute (connection, "COMMIT", error)) {
    ac_connection_execute (connection, "ROLLBACK", NULL);
    return FALSE;
  }
  if (version > 0)
    ac_log (G_LOG_LEVEL_MESSAGE, 0, "schema went from %u to %u, copy in %s",
            (guint)version, n_steps, backup);
  return TRUE;
}
