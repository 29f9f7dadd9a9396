#include "sqlite_connection.h"

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Another process is not supposed to write (see data_lock.h), but an administrator may
 * look with the sqlite3 shell. */
#define BUSY_TIMEOUT_MS 5000

struct _AcConnection {
  sqlite3 *db;
  GHashTable *statements; /* address of the SQL -> sqlite3_stmt */
  gint wal_pages;
};

void
ac_connection_set_error (sqlite3 *db, GError **error)
{
  gint extended = sqlite3_extended_errcode (db);
  AcStoreError code = AC_STORE_ERROR_SQL;

  if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
    code = AC_STORE_ERROR_EXISTS;
  else if ((extended & 0xff) == SQLITE_BUSY)
    code = AC_STORE_ERROR_BUSY;
  g_set_error (error, AC_STORE_ERROR, code, "%s", sqlite3_errmsg (db));
}

static gint
note_wal_pages (gpointer data, sqlite3 *db, const gchar *name, gint pages)
{
  AcConnection *self = data;

  self->wal_pages = pages;
  return SQLITE_OK;
}

/* SQLite would make it readable by everyone; its log takes over the mode. */
static gboolean
make_file (const gchar *path, GError **error)
{
  gint fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "%s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  close (fd);
  return TRUE;
}

static gboolean
configure (AcConnection *self, AcConnectionKind kind, GError **error)
{
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  if (kind == AC_CONNECTION_READER)
    return ac_connection_execute (self,
                                  "PRAGMA query_only = ON;"
                                  "PRAGMA trusted_schema = OFF;"
                                  "PRAGMA cache_size = -8192;",
                                  error);

  if (!ac_connection_execute (self,
                              "PRAGMA trusted_schema = OFF;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA cache_size = -32768;"
                              "PRAGMA journal_size_limit = 67108864;",
                              error))
    return FALSE;
  /* In place of wal_autocheckpoint, which would run before a commit is answered. */
  sqlite3_wal_hook (self->db, note_wal_pages, self);
  return TRUE;
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

AcConnection *
ac_connection_open (const gchar *path, AcConnectionKind kind, GError **error)
{
  g_autoptr (AcConnection) self = g_new0 (AcConnection, 1);
  gint flags = SQLITE_OPEN_NOMUTEX;

  self->statements =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize);
  if (kind == AC_CONNECTION_WRITER && !make_file (path, error))
    return NULL;
  flags |= kind == AC_CONNECTION_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (sqlite3_open_v2 (path, &self->db, flags, NULL) != SQLITE_OK) {
    g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN, "%s: %s", path,
                 sqlite3_errmsg (self->db));
    return NULL;
  }
  if (!configure (self, kind, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
ac_connection_close (AcConnection *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->db);
  g_free (self);
}

gboolean
ac_connection_enforce (AcConnection *self, GError **error)
{
  return ac_connection_execute (self, "PRAGMA foreign_keys = ON", error);
}

sqlite3 *
ac_connection_handle (AcConnection *self)
{
  return self->db;
}

sqlite3_stmt *
ac_connection_prepare (AcConnection *self, const gchar *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL) {
    sqlite3_reset (statement);
    sqlite3_clear_bindings (statement);
    return statement;
  }
  if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                          NULL) != SQLITE_OK) {
    ac_connection_set_error (self->db, error);
    return NULL;
  }
  g_hash_table_insert (self->statements, (gpointer)sql, statement);
  return statement;
}

gboolean
ac_connection_run (AcConnection *self, const gchar *sql, GError **error)
{
  g_autoptr (AcStatement) statement = ac_connection_prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) != SQLITE_DONE) {
    ac_connection_set_error (self->db, error);
    return FALSE;
  }
  return TRUE;
}

gboolean
ac_connection_execute (AcConnection *self, const gchar *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  ac_connection_set_error (self->db, error);
  return FALSE;
}

void
ac_connection_settle (AcConnection *self)
{
  sqlite3_stmt *statement = NULL;

  while ((statement = sqlite3_next_stmt (self->db, statement)) != NULL)
    if (sqlite3_stmt_busy (statement))
      sqlite3_reset (statement);
}

gint
ac_connection_wal_pages (AcConnection *self)
{
  return self->wal_pages;
}

void
ac_connection_checkpoint (AcConnection *self)
{
  /* A failure is no loss: the log stays and the next checkpoint tries again. */
  sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  self->wal_pages = 0;
}
