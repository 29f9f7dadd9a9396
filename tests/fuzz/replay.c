/* replay.c - runs a fuzz target over its corpus, as a test.
 *
 * Usage: fuzz-NOUN FOLDER */

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
test_file (gconstpointer data)
{
  g_autofree gchar *contents = NULL;
  g_autofree guint8 *exact = NULL; /* so that the sanitizer sees its end */
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (data, &contents, &size, &error);
  g_assert_no_error (error);
  exact = g_memdup2 (contents, size);
  LLVMFuzzerTestOneInput (exact, size);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  const gchar *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_strconcat ("/corpus/", name, NULL);
    g_test_add_data_func_full (path, g_build_filename (argv[1], name, NULL), test_file,
                               g_free);
  }
  return g_test_run ();
}
