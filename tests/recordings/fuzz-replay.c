/* fuzz-replay.c - runs a fuzz target on every file of its corpus, as a test. */
#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
test_file (gconstpointer path)
{
  g_autofree gchar *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  LLVMFuzzerTestOneInput ((const guint8 *)data, size);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  g_autoptr (GDir) dir = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (dir);
  for (const gchar *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree gchar *test = g_strconcat ("/corpus/", name, NULL);
    g_test_add_data_func_full (test, g_build_filename (argv[1], name, NULL), test_file,
                               g_free);
  }
  return g_test_run ();
}
