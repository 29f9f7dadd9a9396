#include "fixture.h"

#include "sqlite_connection.h"
#include "migration.h"

typedef struct {
  gchar *dir, *path, *backup;
  AcConnection *connection;
} Fixture;

static const gchar *const steps[] = {
  "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); "
  "INSERT INTO notes (text) VALUES ('one');",
  "ALTER TABLE notes ADD COLUMN colour TEXT; UPDATE notes SET colour = 'red';",
  "CREATE INDEX notes_by_colour ON notes (colour);",
};

static void
open_connection (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->connection, ac_connection_close);
  self->connection = ac_connection_open (self->path, AC_CONNECTION_WRITER, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("airclass-test-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "airclass.db", NULL);
  self->backup = g_build_filename (self->dir, "copy.db", NULL);
  open_connection (self);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->connection, ac_connection_close);
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->path);
  g_free (self->backup);
}

static gint64
number (AcConnection *connection, const gchar *sql)
{
  g_autoptr (AcStatement) statement = ac_connection_prepare (connection, sql, NULL);

  g_assert_nonnull (statement);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

static void
migrate (Fixture *self, guint n_steps)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ac_migrate (self->connection, steps, n_steps, self->backup, &error));
  g_assert_no_error (error);
}

static gboolean
exists (const gchar *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_new_database_takes_all_steps (Fixture *self, gconstpointer unused)
{
  migrate (self, 3);
  g_assert_cmpint (number (self->connection, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (number (self->connection, "SELECT count(*) FROM notes"), ==, 1);
  g_assert_false (exists (self->backup)); /* there was nothing to keep */
}

static void
test_each_older_version_arrives (Fixture *self, gconstpointer unused)
{
  for (guint version = 1; version < G_N_ELEMENTS (steps); version++) {
    g_remove (self->path);
    g_remove (self->backup);
    open_connection (self);
    migrate (self, version);
    g_assert_true (ac_connection_execute (
        self->connection, "INSERT INTO notes (text) VALUES ('kept')", NULL));
    migrate (self, G_N_ELEMENTS (steps));
    g_assert_cmpint (number (self->connection, "PRAGMA user_version"), ==, 3);
    g_assert_cmpint (number (self->connection, "SELECT count(*) FROM notes"), ==, 2);
    g_assert_true (exists (self->backup));
  }
}

static void
test_backup_is_what_was (Fixture *self, gconstpointer unused)
{
  g_autoptr (AcConnection) copy = NULL;

  migrate (self, 1);
  migrate (self, 3);
  copy = ac_connection_open (self->backup, AC_CONNECTION_READER, NULL);
  g_assert_nonnull (copy);
  g_assert_cmpint (number (copy, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (number (copy, "SELECT count(*) FROM notes WHERE text = 'one'"), ==,
                   1);
  g_assert_cmpint (number (copy, "SELECT count(*) FROM pragma_table_info('notes')"), ==,
                   2);
}

static void
test_migrating_again_does_nothing (Fixture *self, gconstpointer unused)
{
  migrate (self, 3);
  migrate (self, 3);
  g_assert_false (exists (self->backup));
}

static void
test_failing_step_changes_nothing (Fixture *self, gconstpointer unused)
{
  const gchar *const broken[] = { steps[0], steps[1], "CREATE TABLE notes (id)" };
  g_autoptr (GError) error = NULL;

  migrate (self, 1);
  g_assert_false (ac_migrate (self->connection, broken, 3, self->backup, &error));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
  g_assert_true (g_str_has_prefix (error->message, "schema step 3: "));
  g_assert_cmpint (number (self->connection, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (
      number (self->connection, "SELECT count(*) FROM pragma_table_info('notes')"), ==,
      2);
}

static void
test_no_backup_no_step (Fixture *self, gconstpointer unused)
{
  g_autofree gchar *nowhere = g_build_filename (self->dir, "missing", "copy.db", NULL);
  g_autoptr (GError) error = NULL;

  migrate (self, 1);
  g_assert_false (ac_migrate (self->connection, steps, 3, nowhere, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (number (self->connection, "PRAGMA user_version"), ==, 1);
}

static void
test_newer_is_refused (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  migrate (self, 3);
  g_assert_false (ac_migrate (self->connection, steps, 2, self->backup, &error));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN);
  g_assert_nonnull (strstr (error->message, "newer Airclass"));
}

static void
test_strangers_are_refused (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ac_connection_execute (self->connection, "CREATE TABLE cats (id)", NULL));
  g_assert_false (ac_migrate (self->connection, steps, 3, self->backup, &error));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN);
  g_assert_cmpstr (error->message, ==, "not a database of Airclass");
}

/* The program's own steps, from every version that a release may have left behind. */
static void
test_own_schema_from_every_version (Fixture *self, gconstpointer unused)
{
  g_auto (GStrv) own = ac_migration_steps ();
  guint n_own = g_strv_length (own);

  g_assert_cmpuint (n_own, >=, 3);
  for (guint version = 1; version <= n_own; version++) {
    g_remove (self->path);
    open_connection (self);
    g_assert_true (ac_migrate (self->connection, (const gchar *const *)own, version,
                               self->backup, NULL));
    g_assert_true (ac_connection_execute (
        self->connection,
        "INSERT INTO members (number, name, role, kind, "
        "created_ms) VALUES ('7', '王明', 'member', 'member', 1)",
        NULL));
    g_assert_true (ac_migrate (self->connection, (const gchar *const *)own, n_own,
                               self->backup, NULL));
    g_assert_cmpint (number (self->connection, "SELECT count(*) FROM members"), ==, 1);
    g_assert_cmpint (
        number (self->connection, "SELECT count(*) FROM pragma_foreign_key_check"), ==,
        0);
  }
}

#define ADD(name, function)                                                            \
  g_test_add ("/migration/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("new-database-takes-all-steps", test_new_database_takes_all_steps);
  ADD ("each-older-version-arrives", test_each_older_version_arrives);
  ADD ("backup-is-what-was", test_backup_is_what_was);
  ADD ("migrating-again-does-nothing", test_migrating_again_does_nothing);
  ADD ("failing-step-changes-nothing", test_failing_step_changes_nothing);
  ADD ("no-backup-no-step", test_no_backup_no_step);
  ADD ("newer-is-refused", test_newer_is_refused);
  ADD ("strangers-are-refused", test_strangers_are_refused);
  ADD ("own-schema-from-every-version", test_own_schema_from_every_version);
  return g_test_run ();
}
