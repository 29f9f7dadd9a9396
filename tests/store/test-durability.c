/* A child writes and says on standard output what was answered; it is killed by
 * SIGKILL at some moment, again and again, on one database. Whatever was answered must
 * be there, and nothing may be there in part. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 8

typedef struct {
  AcStore *store;
  gint64 next;
} Child;

/* Two rows a job: a torn job would leave one. */
static gboolean
insert_pair (AcStore *store, gpointer data, GError **error)
{
  const gint64 *number = data;
  g_autofree gchar *name = g_strdup_printf ("%" G_GINT64_FORMAT, *number);

  return ac_store_run (store, error,
                       "INSERT INTO branches (id, name, created_ms) VALUES (?, ?, 0)",
                       "it", *number * 2, name) &&
         ac_store_run (store, error,
                       "INSERT INTO branches (id, parent, name, created_ms) "
                       "VALUES (?, ?, 'below', 0)",
                       "ii", *number * 2 + 1, *number * 2);
}

static void write_pair (Child *child);

static void
pair_written (gpointer data, const GError *error, gpointer user_data)
{
  const gint64 *number = data;

  g_assert_no_error (error);
  printf ("%" G_GINT64_FORMAT "\n", *number);
  fflush (stdout);
  write_pair (user_data);
}

static void
write_pair (Child *child)
{
  gint64 *number = g_new (gint64, 1);

  *number = child->next++;
  ac_store_write (child->store, insert_pair, number, g_free, pair_written, child);
}

static int
run_child (const gchar *dir, gint64 first)
{
  g_autoptr (GError) error = NULL;
  Child child = { ac_store_open (dir, ac_executor_for_context (NULL), &error), first };

  g_assert_no_error (error);
  for (guint i = 0; i < 40; i++)
    write_pair (&child);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

/* Returns: the highest number answered before the child was killed. */
static gint64
run_and_kill (const gchar *self, const gchar *dir, gint64 first, guint n_answers)
{
  g_autofree gchar *first_text = g_strdup_printf ("%" G_GINT64_FORMAT, first);
  const gchar *argv[] = { self, "--child", dir, first_text, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;
  gint out;
  FILE *answers;
  gint64 highest = first - 1;
  gchar line[32];

  g_spawn_async_with_pipes (NULL, (gchar **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                            NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  answers = fdopen (out, "r");
  for (guint i = 0; i < n_answers && fgets (line, sizeof line, answers) != NULL; i++)
    highest = g_ascii_strtoll (line, NULL, 10);
  kill (pid, SIGKILL);
  /* What was answered between the last line read and the kill counts as well. */
  while (fgets (line, sizeof line, answers) != NULL)
    if (strchr (line, '\n') != NULL)
      highest = g_ascii_strtoll (line, NULL, 10);
  fclose (answers);
  waitpid (pid, NULL, 0);
  return highest;
}

static const gchar *program;

static void
test_kill (void)
{
  StoreFixture fixture = { 0 };
  gint64 first = 1;

  store_fixture_set_up (&fixture);
  for (guint round = 0; round < ROUNDS; round++) {
    gint64 highest;

    g_clear_pointer (&fixture.store, ac_store_close);
    highest = run_and_kill (program, fixture.dir, first, 20 + round * 60);
    g_assert_cmpint (highest, >=, first);
    store_fixture_open (&fixture); /* also: the dead child's lock is gone */

    g_assert_cmpint (query_number (fixture.store, "SELECT max (id) FROM branches"), >=,
                     highest * 2 + 1);
    g_assert_cmpint (query_number (fixture.store,
                                   "SELECT max (id) - min (id) + 1 - count (*) "
                                   "FROM branches"),
                     ==, 0); /* whole pairs, none missing */
    g_assert_cmpint (query_number (fixture.store, "SELECT count(*) FROM "
                                                  "pragma_integrity_check WHERE "
                                                  "integrity_check = 'ok'"),
                     ==, 1);
    first = query_number (fixture.store, "SELECT max (id) / 2 + 1 FROM branches");
  }
  store_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], g_ascii_strtoll (argv[3], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/durability/kill", test_kill);
  return g_test_run ();
}
