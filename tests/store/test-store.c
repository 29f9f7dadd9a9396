#include "fixture.h"

#include "clock.h"

#include <sys/stat.h>
#include <unistd.h>

static void
set_up (StoreFixture *self, gconstpointer unused)
{
  store_fixture_set_up (self);
}

static void
tear_down (StoreFixture *self, gconstpointer unused)
{
  store_fixture_tear_down (self);
}

/* Inserts a branch named by its number; some numbers fail in their own ways. */
typedef struct {
  guint number;
  guint *order; /* where the answers note themselves */
  guint *n_answers;
  GError **ret_error;
} Insert;

static gboolean
insert_branch (AcStore *store, gpointer data, GError **error)
{
  Insert *insert = data;
  g_autofree gchar *name = g_strdup_printf ("branch %u", insert->number);

  return ac_store_run (store, error,
                       "INSERT INTO branches (name, created_ms) VALUES (?, ?)", "ti",
                       name, ac_clock_wall_ms ());
}

static gboolean
insert_then_fail (AcStore *store, gpointer data, GError **error)
{
  insert_branch (store, data, error);
  g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL, "on purpose");
  return FALSE;
}

static gboolean
insert_then_forget_reason (AcStore *store, gpointer data, GError **error)
{
  insert_branch (store, data, error);
  return FALSE;
}

static gboolean
insert_then_leave_a_row_open (AcStore *store, gpointer data, GError **error)
{
  sqlite3_stmt *statement = ac_store_prepare (store, "SELECT id FROM branches", error);

  return ac_store_step (store, statement, error) >= 0 &&
         insert_branch (store, data, error);
}

static void
inserted (gpointer data, const GError *error, gpointer unused)
{
  Insert *insert = data;

  if (insert->order != NULL)
    insert->order[*insert->n_answers] = insert->number;
  if (insert->ret_error != NULL && error != NULL)
    *insert->ret_error = g_error_copy (error);
  ++*insert->n_answers;
}

static void
write_insert (AcStore *store, AcStoreJob job, guint number, guint *order,
              guint *n_answers, GError **ret_error)
{
  Insert *insert = g_new0 (Insert, 1);

  *insert = (Insert){ number, order, n_answers, ret_error };
  ac_store_write (store, job, insert, g_free, inserted, NULL);
}

/* Keeps the store thread inside a job, so that what is written meanwhile waits. */
typedef struct {
  GMutex mutex;
  GCond changed;
  gboolean entered, released;
} Gate;

static gboolean
pass_gate (AcStore *store, gpointer data, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  gate->entered = TRUE;
  g_cond_signal (&gate->changed);
  while (!gate->released)
    g_cond_wait (&gate->changed, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static void
close_gate (AcStore *store, Gate *gate)
{
  g_mutex_init (&gate->mutex);
  g_cond_init (&gate->changed);
  ac_store_write (store, pass_gate, gate, NULL, NULL, NULL);
  g_mutex_lock (&gate->mutex);
  while (!gate->entered)
    g_cond_wait (&gate->changed, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->released = TRUE;
  g_cond_signal (&gate->changed);
  g_mutex_unlock (&gate->mutex);
}

static void
test_written_rows_are_read (StoreFixture *self, gconstpointer unused)
{
  guint n_answers = 0;

  write_insert (self->store, insert_branch, 1, NULL, &n_answers, NULL);
  g_assert_cmpuint (n_answers, ==, 0); /* never from inside */
  await (&n_answers, 1);
  g_assert_cmpint (query_number (self->store, "SELECT count(*) FROM branches"), ==, 1);
}

static void
test_settings (StoreFixture *self, gconstpointer unused)
{
  g_autofree gchar *path = g_build_filename (self->dir, "airclass.db", NULL);
  g_autofree gchar *wal = g_strconcat (path, "-wal", NULL);
  struct stat status;

  g_assert_cmpint (query_number (self->store, "PRAGMA query_only"), ==, 1);
  g_assert_cmpint (query_number (self->store,
                                 "SELECT count(*) FROM pragma_journal_mode "
                                 "WHERE journal_mode = 'wal'"),
                   ==, 1);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (wal, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static gboolean
check_writer_settings (AcStore *store, gpointer data, GError **error)
{
  static const struct {
    const gchar *sql;
    gint64 value;
  } settings[] = {
    { "PRAGMA synchronous", 2 },
    { "PRAGMA foreign_keys", 1 },
    { "PRAGMA query_only", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_assert_cmpint (query_number (store, settings[i].sql), ==, settings[i].value);
  return TRUE;
}

static void
counted (gpointer data, const GError *error, gpointer user_data)
{
  guint *n_answers = user_data;

  g_assert_no_error (error);
  ++*n_answers;
}

static void
test_writer_settings (StoreFixture *self, gconstpointer unused)
{
  guint n_answers = 0;

  ac_store_write (self->store, check_writer_settings, NULL, NULL, counted, &n_answers);
  await (&n_answers, 1);
}

static void
test_foreign_keys_hold (StoreFixture *self, gconstpointer unused)
{
  SqlJob job = {
    "INSERT INTO branches (parent, name, created_ms) VALUES (77, 'x', 0)"
  };
  g_autoptr (GError) error = NULL;

  ac_store_write (self->store, run_sql_job, &job, NULL, sql_job_answered, NULL);
  await (&job.answered, 1);
  error = job.error;
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
}

static void
test_reader_cannot_write (StoreFixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ac_store_run (self->store, &error, "DELETE FROM branches", ""));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
}

static void
test_group_shares_a_commit (StoreFixture *self, gconstpointer unused)
{
  Gate gate = { 0 };
  AcStoreStats before, after;
  guint n_answers = 0;

  ac_store_stats (self->store, &before);
  close_gate (self->store, &gate);
  for (guint i = 0; i < 500; i++)
    write_insert (self->store, insert_branch, i, NULL, &n_answers, NULL);
  open_gate (&gate);
  await (&n_answers, 500);

  ac_store_stats (self->store, &after);
  g_assert_cmpuint (after.jobs - before.jobs, ==, 501);
  g_assert_cmpuint (after.commits - before.commits, <=, 20);
  g_assert_cmpuint (after.failed, ==, 0);
  g_assert_cmpuint (after.waiting, ==, 0);
}

typedef struct {
  AcStore *store;
  guint finished;
} Trickle;

static gboolean
do_nothing (AcStore *store, gpointer data, GError **error)
{
  return TRUE;
}

static void
count_finished (gpointer data, const GError *error, gpointer user_data)
{
  Trickle *trickle = user_data;

  g_assert_no_error (error);
  trickle->finished++;
}

/* After a full group the store gathers for 150 ms, so that a steady load shares its
 * commits. A lower bound: a slow machine cannot break it. */
static void
test_steady_load_is_gathered (StoreFixture *self, gconstpointer unused)
{
  Trickle trickle = { self->store, 0 };
  gint64 started_ms = ac_clock_monotonic_ms ();

  for (guint i = 0; i < 50; i++)
    ac_store_write (self->store, do_nothing, NULL, NULL, count_finished, &trickle);
  await (&trickle.finished, 50);
  ac_store_write (self->store, do_nothing, NULL, NULL, count_finished, &trickle);
  await (&trickle.finished, 51);
  g_assert_cmpint (ac_clock_monotonic_ms () - started_ms, >=, 149);
}

static void
test_answers_in_order (StoreFixture *self, gconstpointer unused)
{
  guint order[300], n_answers = 0;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    write_insert (self->store, i % 7 == 3 ? insert_then_fail : insert_branch, i, order,
                  &n_answers, NULL);
  await (&n_answers, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpuint (order[i], ==, i);
}

static void
test_failing_job_undoes_itself_only (StoreFixture *self, gconstpointer unused)
{
  Gate gate = { 0 };
  g_autoptr (GError) failed = NULL;
  g_autoptr (GError) silent = NULL;
  g_autoptr (GError) taken = NULL;
  guint n_answers = 0;

  close_gate (self->store, &gate);
  write_insert (self->store, insert_branch, 1, NULL, &n_answers, NULL);
  write_insert (self->store, insert_then_fail, 2, NULL, &n_answers, &failed);
  write_insert (self->store, insert_then_forget_reason, 3, NULL, &n_answers, &silent);
  write_insert (self->store, insert_branch, 1, NULL, &n_answers, &taken);
  write_insert (self->store, insert_then_leave_a_row_open, 4, NULL, &n_answers, NULL);
  write_insert (self->store, insert_branch, 5, NULL, &n_answers, NULL);
  open_gate (&gate);
  await (&n_answers, 6);

  g_assert_error (failed, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
  g_assert_cmpstr (failed->message, ==, "on purpose");
  g_assert_error (silent, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
  g_assert_error (taken, AC_STORE_ERROR, AC_STORE_ERROR_EXISTS);
  g_assert_cmpint (query_number (self->store, "SELECT count(*) FROM branches"), ==, 3);
  g_assert_cmpint (query_number (self->store,
                                 "SELECT count(*) FROM branches WHERE name "
                                 "IN ('branch 2', 'branch 3')"),
                   ==, 0);
}

static gboolean
roll_everything_back (AcStore *store, gpointer data, GError **error)
{
  /* What SQLite does by itself when the disk is full or cannot be written. */
  ac_store_run (store, NULL, "ROLLBACK", "");
  g_set_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL, "the disk is full");
  return FALSE;
}

static void
test_lost_transaction_fails_its_group (StoreFixture *self, gconstpointer unused)
{
  Gate gate = { 0 };
  g_autoptr (GError) before = NULL;
  g_autoptr (GError) culprit = NULL;
  g_autoptr (GError) after = NULL;
  guint n_answers = 0;
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* it is logged */

  close_gate (self->store, &gate);
  write_insert (self->store, insert_branch, 1, NULL, &n_answers, &before);
  write_insert (self->store, roll_everything_back, 2, NULL, &n_answers, &culprit);
  write_insert (self->store, insert_branch, 3, NULL, &n_answers, &after);
  open_gate (&gate);
  await (&n_answers, 3);
  g_log_set_always_fatal (fatal);

  g_assert_error (before, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
  g_assert_cmpstr (culprit->message, ==, "the disk is full");
  g_assert_no_error (after);
  g_assert_cmpint (query_number (self->store, "SELECT count(*) FROM branches"), ==, 1);
}

static void
note_busy (gpointer data, const GError *error, gpointer user_data)
{
  guint *counts = user_data; /* answered, busy */

  counts[0]++;
  if (error != NULL) {
    g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY);
    counts[1]++;
  }
}

static void
test_queue_is_bounded (StoreFixture *self, gconstpointer unused)
{
  Gate gate = { 0 };
  guint counts[2] = { 0, 0 };

  close_gate (self->store, &gate);
  for (guint i = 0; i < AC_STORE_WAITING_MAX + 5; i++)
    ac_store_write (self->store, do_nothing, NULL, NULL, note_busy, counts);
  g_assert_cmpuint (counts[0], ==, 0);
  await (&counts[1], 5); /* the refused need not wait for the others */
  g_assert_cmpuint (counts[0], ==, 5);
  open_gate (&gate);
  await (&counts[0], AC_STORE_WAITING_MAX + 5);
  g_assert_cmpuint (counts[1], ==, 5);
}

static void
write_while_closing (gpointer data, const GError *error, gpointer user_data)
{
  Trickle *trickle = user_data;

  trickle->finished++;
  if (error == NULL)
    ac_store_write (trickle->store, do_nothing, NULL, NULL, write_while_closing,
                    trickle);
  else
    g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_BUSY);
}

static void
test_close_answers_everything (StoreFixture *self, gconstpointer unused)
{
  guint n_answers = 0;
  Trickle trickle = { self->store, 0 };

  for (guint i = 0; i < 100; i++)
    write_insert (self->store, insert_branch, i, NULL, &n_answers, NULL);
  ac_store_write (self->store, do_nothing, NULL, NULL, write_while_closing, &trickle);
  ac_store_close (self->store);
  g_assert_cmpuint (n_answers, ==, 100);
  g_assert_cmpuint (trickle.finished, ==, 2);

  store_fixture_open (self);
  g_assert_cmpint (query_number (self->store, "SELECT count(*) FROM branches"), ==,
                   100);
}

static void
test_bound_values (StoreFixture *self, gconstpointer unused)
{
  static const gchar *const sql =
      "SELECT ?1, ?2, ?3, ?4, ?5 IS NULL, ?6 IS NULL, ?7 IS NULL, length (?8)";
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (AcStatement) statement = ac_store_prepare (self->store, sql, NULL);
  g_autofree gchar *text = NULL;

  ac_statement_bind (statement, "idtbtbnb", G_MAXINT64, -5, "支部", bytes, NULL, NULL,
                     (gint64)0, empty);
  g_assert_cmpint (ac_store_step (self->store, statement, NULL), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int64 (statement, 0), ==, G_MAXINT64);
  g_assert_cmpint (sqlite3_column_int (statement, 1), ==, -5);
  text = ac_statement_text (statement, 2);
  g_assert_cmpstr (text, ==, "支部");
  g_assert_cmpmem (sqlite3_column_blob (statement, 3),
                   sqlite3_column_bytes (statement, 3), "\0\1\2", 3);
  for (gint column = 4; column < 7; column++)
    g_assert_cmpint (sqlite3_column_int (statement, column), ==, 1);
  g_assert_cmpint (sqlite3_column_int (statement, 7), ==, 0);
  g_assert_cmpint (sqlite3_column_type (statement, 7), ==, SQLITE_INTEGER);
}

static void
test_prepared_once (StoreFixture *self, gconstpointer unused)
{
  static const gchar *const sql = "SELECT ?1 IS NULL";
  sqlite3_stmt *first = ac_store_prepare (self->store, sql, NULL);
  sqlite3_stmt *second;

  ac_statement_bind (first, "d", 5);
  g_assert_cmpint (ac_store_step (self->store, first, NULL), ==, SQLITE_ROW);
  second = ac_store_prepare (self->store, sql, NULL);
  g_assert_true (first == second);
  g_assert_cmpint (ac_store_step (self->store, second, NULL), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (second, 0), ==, 1); /* unbound again */
  ac_statement_reset (second);
}

static void
test_bad_sql_is_an_error (StoreFixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_store_prepare (self->store, "SELECT nothing", &error));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_SQL);
}

static void
test_second_opener_is_refused (StoreFixture *self, gconstpointer unused)
{
  g_autofree gchar *expected = g_strdup_printf ("*in use by process %d", getpid ());
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_store_open (self->dir, self->executor, &error));
  g_assert_error (error, AC_STORE_ERROR, AC_STORE_ERROR_OPEN);
  g_assert_true (g_pattern_match_simple (expected, error->message));
}

static void
test_lock_ends_with_close (StoreFixture *self, gconstpointer unused)
{
  store_fixture_reopen (self);
  g_assert_cmpint (query_number (self->store, "SELECT count(*) FROM branches"), ==, 0);
}

static void
test_data_dir_is_made_private (StoreFixture *self, gconstpointer unused)
{
  g_autofree gchar *dir = g_build_filename (self->dir, "a", "b", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcStore) store = ac_store_open (dir, self->executor, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (stat (dir, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
}

static void
test_unusable_places (StoreFixture *self, gconstpointer unused)
{
  g_autofree gchar *file = g_build_filename (self->dir, "file", NULL);
  g_autofree gchar *dir = g_build_filename (self->dir, "dir", NULL);
  g_autofree gchar *database = g_build_filename (dir, "airclass.db", NULL);
  g_autoptr (GError) not_a_dir = NULL;
  g_autoptr (GError) not_a_database = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_null (ac_store_open (file, self->executor, &not_a_dir));
  g_assert_error (not_a_dir, AC_STORE_ERROR, AC_STORE_ERROR_OPEN);

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents (database, "this is no database at all, by far", -1, NULL));
  g_assert_null (ac_store_open (dir, self->executor, &not_a_database));
  g_assert_nonnull (not_a_database);
  g_assert_true (g_str_has_prefix (not_a_database->message, database));
}

#define ADD(name, function)                                                            \
  g_test_add ("/store/" name, StoreFixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("written-rows-are-read", test_written_rows_are_read);
  ADD ("settings", test_settings);
  ADD ("writer-settings", test_writer_settings);
  ADD ("foreign-keys-hold", test_foreign_keys_hold);
  ADD ("reader-cannot-write", test_reader_cannot_write);
  ADD ("group-shares-a-commit", test_group_shares_a_commit);
  ADD ("steady-load-is-gathered", test_steady_load_is_gathered);
  ADD ("answers-in-order", test_answers_in_order);
  ADD ("failing-job-undoes-itself-only", test_failing_job_undoes_itself_only);
  ADD ("lost-transaction-fails-its-group", test_lost_transaction_fails_its_group);
  ADD ("queue-is-bounded", test_queue_is_bounded);
  ADD ("close-answers-everything", test_close_answers_everything);
  ADD ("bound-values", test_bound_values);
  ADD ("prepared-once", test_prepared_once);
  ADD ("bad-sql-is-an-error", test_bad_sql_is_an_error);
  ADD ("second-opener-is-refused", test_second_opener_is_refused);
  ADD ("lock-ends-with-close", test_lock_ends_with_close);
  ADD ("data-dir-is-made-private", test_data_dir_is_made_private);
  ADD ("unusable-places", test_unusable_places);
  return g_test_run ();
}
