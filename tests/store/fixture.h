/* fixture.h - a store in a directory of its own, and a loop with a watchdog.
 *
 * Shared by the tests of store, accounts and credit. */
#pragma once

#include "store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  gchar *dir;
  AcExecutor executor;
  AcStore *store;
} StoreFixture;

static inline void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static inline void
store_fixture_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = ac_store_open (self->dir, self->executor, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->store);
}

static inline void
store_fixture_reopen (StoreFixture *self)
{
  ac_store_close (self->store);
  store_fixture_open (self);
}

static inline void
store_fixture_set_up (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("airclass-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->executor = ac_executor_for_context (NULL);
  store_fixture_open (self);
}

static inline gboolean
watchdog_bites (gpointer unused)
{
  g_error ("the awaited answer never came");
  return G_SOURCE_REMOVE;
}

/* Runs the loop until *@flag is at least @target. */
static inline void
await (const guint *flag, guint target)
{
  guint watchdog = g_timeout_add_seconds (50, watchdog_bites, NULL);

  while (*flag < target)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
}

static inline void
store_fixture_tear_down (StoreFixture *self)
{
  g_clear_pointer (&self->store, ac_store_close);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_tree (self->dir);
  g_clear_pointer (&self->dir, g_free);
}

/* Returns: the number that @sql yields on the reader. */
static inline gint64
query_number (AcStore *store, const gchar *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStatement) statement = ac_store_prepare (store, sql, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ac_store_step (store, statement, &error), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

typedef struct {
  const gchar *sql;
  guint answered;
  GError *error;
} SqlJob;

static inline gboolean
run_sql_job (AcStore *store, gpointer data, GError **error)
{
  SqlJob *job = data;

  return ac_store_run (store, error, job->sql, "");
}

static inline void
sql_job_answered (gpointer data, const GError *error, gpointer unused)
{
  SqlJob *job = data;

  job->error = error != NULL ? g_error_copy (error) : NULL;
  job->answered++;
}

/* One durable statement; @sql a literal. */
static inline void
write_sql (AcStore *store, const gchar *sql)
{
  SqlJob job = { sql };

  ac_store_write (store, run_sql_job, &job, NULL, sql_job_answered, NULL);
  await (&job.answered, 1);
  g_assert_no_error (job.error);
}
