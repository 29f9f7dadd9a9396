/* sqlite_connection.h - one SQLite connection and the statements prepared on it.
 *
 * Threads: one at a time; a connection may be handed to another thread as a whole. */
#pragma once

#include <sqlite3.h>
#include <glib.h>

typedef struct _AcConnection AcConnection;

typedef enum { AC_CONNECTION_WRITER, AC_CONNECTION_READER } AcConnectionKind;

/* The writer makes the file (mode 0600) when it is missing. Foreign keys are still off:
 * ac_connection_enforce() turns them on, once the schema stands.
 * Errors: AC_STORE_ERROR_OPEN, _SQL. */
AcConnection *ac_connection_open (const gchar *path, AcConnectionKind kind,
                                  GError **error);
void ac_connection_close (AcConnection *self);

gboolean ac_connection_enforce (AcConnection *self, GError **error);

sqlite3 *ac_connection_handle (AcConnection *self);

/* See ac_store_prepare(). */
sqlite3_stmt *ac_connection_prepare (AcConnection *self, const gchar *sql,
                                     GError **error);
/* A cached statement without parameters and rows. */
gboolean ac_connection_run (AcConnection *self, const gchar *sql, GError **error);
/* Any number of statements, not cached. */
gboolean ac_connection_execute (AcConnection *self, const gchar *sql, GError **error);
/* Resets every statement that somebody left on a row. */
void ac_connection_settle (AcConnection *self);
/* Returns: pages in the write-ahead log after the last commit. */
gint ac_connection_wal_pages (AcConnection *self);
/* Copies the log into the database as far as no reader is in the way. */
void ac_connection_checkpoint (AcConnection *self);

/* Sets @error from what @db refused: EXISTS, BUSY or SQL. */
void ac_connection_set_error (sqlite3 *db, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcConnection, ac_connection_close)
