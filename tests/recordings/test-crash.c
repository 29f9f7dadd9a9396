/* test-crash.c - a writer is killed in the middle of its work, again and again. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 30
#define MAX_SLOTS 2000 /* of a writer that nobody kills */

/* The child: appends as fast as it can, and tells after each slot how many are written.
 * It waits for the disk now and then only, so a kill finds it anywhere. */
static int
write_until_killed (const gchar *root)
{
  g_autoptr (AcRecordings) recordings = ac_recordings_new (root, 1, NULL);
  g_autoptr (AcRecording) recording =
      ac_recordings_open (recordings, TEST_LESSON, TRUE, NULL);
  g_assert_nonnull (recording);
  test_record (recording, 3, 0);
  guint32 n_epochs = ac_recording_n_epochs (recording);
  guint32 first = (guint32)ac_recording_n_slots (recording);
  g_autoptr (AcMediaEpoch) epoch = ac_recording_get_epoch (recording, n_epochs);

  for (guint32 i = 0; i < MAX_SLOTS; i++) {
    test_append (recording, epoch, first, first + i, 1);
    if (i % 16 == 15)
      ac_recording_flush (recording);
    guint64 n_written = ac_recording_n_slots (recording);
    if (write (STDOUT_FILENO, &n_written, sizeof n_written) != sizeof n_written)
      return 1;
  }
  return 0;
}

static gboolean
read_count (gint fd, guint64 *ret_count)
{
  gsize have = 0;

  while (have < sizeof *ret_count) {
    gssize n = read (fd, (guint8 *)ret_count + have, sizeof *ret_count - have);
    if (n <= 0)
      return FALSE;
    have += (gsize)n;
  }
  return TRUE;
}

/* Returns: the last count that the child told. */
static guint64
run_and_kill (const gchar *program, const gchar *root)
{
  const gchar *argv[] = { program, "--write", root, NULL };
  g_autoptr (GError) error = NULL;
  guint64 count = 0, last = 0;
  GPid pid;
  gint output, status;

  g_spawn_async_with_pipes (NULL, (gchar **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                            NULL, &pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  for (gint n = g_test_rand_int_range (1, 120); n > 0 && read_count (output, &count);
       n--)
    last = count;
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while (read_count (output, &count))
    last = count;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (output);
  return last;
}

static void
test_killed (gconstpointer program)
{
  g_autofree gchar *root = test_folder_new ();

  for (guint round = 0; round < ROUNDS; round++) {
    guint64 told = run_and_kill (program, root);
    g_autoptr (AcRecordings) recordings = ac_recordings_new (root, 1, NULL);
    g_autoptr (AcRecording) recording =
        ac_recordings_open (recordings, TEST_LESSON, FALSE, NULL);
    g_assert_nonnull (recording);
    g_assert_cmpuint (ac_recording_n_slots (recording), >=, told);
    test_check_all (recording);
  }
  test_folder_remove (root);
}

static GLogWriterOutput
no_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  return level & G_LOG_LEVEL_MESSAGE
             ? G_LOG_WRITER_HANDLED
             : g_log_writer_default (level, fields, n_fields, data);
}

int
main (int argc, char *argv[])
{
  g_log_set_writer_func (no_log, NULL, NULL);
  if (argc == 3 && strcmp (argv[1], "--write") == 0)
    return write_until_killed (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/crash/killed", argv[0], test_killed);
  return g_test_run ();
}
