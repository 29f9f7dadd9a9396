/* store.h - the database and its one writer.
 *
 * SQLite in WAL mode with synchronous=FULL. Writes are jobs on the store thread; jobs
 * that arrive together share one transaction (group commit, at most 250 ms apart), each
 * in a savepoint of its own, so that one that fails undoes itself only. A job's answer
 * comes after the commit that holds it: an answered write is durable.
 *
 * Reads on the main loop use a read-only connection of their own and see the last
 * commit.
 *
 * Threads:   made and used on the main loop; jobs run on the store thread.
 * Ownership: reference counted is not needed: one per process, freed last. */
#pragma once

#include "executor.h"

#include <sqlite3.h>

typedef struct _AcStore AcStore;

typedef enum {
  AC_STORE_ERROR_OPEN,   /* cannot be opened, or is newer than this program */
  AC_STORE_ERROR_SQL,    /* SQLite refused; its text is the message */
  AC_STORE_ERROR_BUSY,   /* too many writes wait; try again in a moment */
  AC_STORE_ERROR_EXISTS, /* a unique value is taken */
  AC_STORE_ERROR_KEY,    /* it stands for something else, see once.h */
} AcStoreError;
#define AC_STORE_ERROR (ac_store_error_quark ())
GQuark ac_store_error_quark (void);

/* Opens DIR/airclass.db, makes it or migrates it (one transaction, a backup before).
 * Holds DIR/run/lock: a second process that opens it gets OPEN "in use by process N".
 * Errors: OPEN, SQL. */
AcStore *ac_store_open (const gchar *data_dir, AcExecutor executor, GError **error);
/* Opens DIR/airclass.db to read only, beside whoever works on it: no lock, no thread,
 * no migration. Writes are answered never: there must be none. What is read between
 * ac_store_begin_read() and the close is one state of the database.
 * Errors: OPEN, also when the schema is not this program's; SQL. */
AcStore *ac_store_open_to_read (const gchar *data_dir, GError **error);
gboolean ac_store_begin_read (AcStore *self, GError **error);
/* Main loop: the end of what ac_store_begin_read() began. Nothing in between may return
 * to the loop. */
gboolean ac_store_end_read (AcStore *self, GError **error);

/* Runs what is queued, commits, answers it (from inside this call), closes. What an
 * answer writes meanwhile is answered BUSY. */
void ac_store_close (AcStore *self);

/* Runs on the store thread inside the transaction. Prepare with ac_store_prepare(). */
typedef gboolean (*AcStoreJob) (AcStore *store, gpointer data, GError **error);
/* On the executor, after the commit. */
typedef void (*AcStoreDone) (gpointer data, const GError *error, gpointer user_data);

#define AC_STORE_WAITING_MAX 20000

/* At most AC_STORE_WAITING_MAX jobs wait; beyond that @done gets BUSY (soon, never from
 * inside).
 * @free_data frees @data after @done. @done may be NULL. */
void ac_store_write (AcStore *self, AcStoreJob job, gpointer data,
                     GDestroyNotify free_data, AcStoreDone done, gpointer user_data);

/* Returns: (transfer none): the statement of @sql on the calling side's connection (the
 * writer's inside a job, the reader's on the main loop), prepared once, reset and
 * unbound. @sql: a string literal: its address is the cache's key.
 * Errors: SQL. */
sqlite3_stmt *ac_store_prepare (AcStore *self, const gchar *sql, GError **error);

/* Steps @stmt. Returns SQLITE_ROW or SQLITE_DONE; -1 with @error set otherwise
 * (EXISTS on a unique constraint, else SQL). */
gint ac_store_step (AcStore *self, sqlite3_stmt *stmt, GError **error);

/* A statement of the cache in use: g_autoptr (AcStatement) resets it at the end of the
 * block. A statement of the reader that is left on a row pins the state it sees and
 * holds up checkpoints. */
typedef sqlite3_stmt AcStatement;
void ac_statement_reset (AcStatement *statement);

/* Binds @values in order to parameters 1, 2, ...; @types has a letter for each:
 *   'i' gint64 (not a plain int), 'd' gint, 't' text (NULL: NULL), 'b' GBytes * (NULL:
 * NULL), 'n' gint64, stored as NULL when it is 0 Text and bytes must live until the
 * statement is reset. */
void ac_statement_bind (AcStatement *statement, const gchar *types, ...);
void ac_statement_bind_va (AcStatement *statement, const gchar *types, va_list values);
/* Returns: (transfer full) (nullable): the text of @column, NULL for NULL. */
gchar *ac_statement_text (AcStatement *statement, gint column);

/* Prepares, binds and steps once: for statements without rows.
 * Errors: EXISTS, SQL. */
gboolean ac_store_run (AcStore *self, GError **error, const gchar *sql,
                       const gchar *types, ...);

typedef struct {
  guint64 jobs;            /* run so far */
  guint64 failed;          /* of them undone */
  guint64 commits;         /* transactions */
  guint waiting;           /* in the queue now */
  gint64 longest_group_ms; /* longest transaction so far, with its commit */
} AcStoreStats;

/* Threads: any. */
void ac_store_stats (AcStore *self, AcStoreStats *ret_stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcStore, ac_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcStatement, ac_statement_reset)
