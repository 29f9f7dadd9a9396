#include "data_dir.h"

#include <glib/gstdio.h>
#include <string.h>

static gchar *
new_dir (void)
{
  g_autofree gchar *root = g_dir_make_tmp ("airclass-dir-XXXXXX", NULL);

  return g_build_filename (root, "data", NULL);
}

static void
remove_dir (gchar *dir)
{
  static const gchar *const names[] = {
    "keys/control.key", "airclass.conf", "keys", "lectures",
    "recordings",       "run",           "",     ".."
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path = g_build_filename (dir, names[i], NULL);
    g_autofree gchar *whole = g_canonicalize_filename (path, NULL);

    g_remove (whole);
  }
  g_free (dir);
}

static void
test_prepare (void)
{
  gchar *dir = new_dir ();
  g_autofree gchar *run = g_build_filename (dir, "run", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ac_data_dir_prepare (dir, &error));
  g_assert_true (ac_data_dir_prepare (dir, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (run, G_FILE_TEST_IS_DIR));
  g_assert_false (ac_data_dir_exists (dir));
  remove_dir (dir);
}

static void
test_prepare_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ac_data_dir_prepare ("/dev/null/x", &error));
  g_assert_nonnull (strstr (error->message, "/dev/null/x"));
}

static void
test_key (void)
{
  gchar *dir = new_dir ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;

  g_assert_null (ac_data_dir_control_key (dir, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  ac_data_dir_prepare (dir, NULL);
  first = ac_data_dir_control_key (dir, &error);
  second = ac_data_dir_control_key (dir, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpuint (strlen (first), ==, AC_CONTROL_KEY_CHARS);
  remove_dir (dir);
}

static void
test_srt (void)
{
  static const struct {
    const gchar *conf, *url;
    gboolean secret;
  } rows[] = {
    { "", NULL, TRUE },
    { "[server]\nsrt=0.0.0.0:9000\n", "srt://localhost:9000", TRUE },
    { "[server]\npublic-srt=srt://b.example:9000\n", "srt://b.example:9000", TRUE },
    { "[server]\nsrt=\npublic-srt=srt://b.example:9000\n", NULL, TRUE },
    { "[server]\nsrt=127.0.0.1:9\n[ingest]\nsrt-encryption=false\n",
      "srt://127.0.0.1:9", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *dir = new_dir ();
    g_autofree gchar *path = g_build_filename (dir, "airclass.conf", NULL);
    g_autofree gchar *url = NULL;
    g_autofree gchar *secret = NULL;
    g_autoptr (GError) error = NULL;

    ac_data_dir_prepare (dir, NULL);
    g_assert_true (g_file_set_contents (path, rows[i].conf, -1, NULL));
    g_assert_true (ac_data_dir_srt (dir, &url, &secret, &error));
    g_assert_cmpstr (url, ==, rows[i].url);
    g_assert_cmpint (secret != NULL, ==, rows[i].secret);
    remove_dir (dir);
  }
}

static void
test_addresses (void)
{
  static const struct {
    const gchar *conf, *http, *rtmp;
  } rows[] = {
    { NULL, "http://127.0.0.1:8080", "rtmp://127.0.0.1:1935" },
    { "", "http://127.0.0.1:8080", "rtmp://127.0.0.1:1935" },
    { "[server]\npublic-url=https://a.example/\n", "https://a.example",
      "rtmp://127.0.0.1:1935" },
    { "[server]\nlisten=0.0.0.0:81\npublic-rtmp=rtmp://b.example\n",
      "http://localhost:81", "rtmp://b.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *dir = new_dir ();
    g_autofree gchar *path = g_build_filename (dir, "airclass.conf", NULL);
    g_autofree gchar *http = NULL;
    g_autofree gchar *rtmp = NULL;
    g_autoptr (GError) error = NULL;

    ac_data_dir_prepare (dir, NULL);
    if (rows[i].conf != NULL)
      g_assert_true (g_file_set_contents (path, rows[i].conf, -1, NULL));
    g_assert_true (ac_data_dir_addresses (dir, &http, &rtmp, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (http, ==, rows[i].http);
    g_assert_cmpstr (rtmp, ==, rows[i].rtmp);
    remove_dir (dir);
  }
}

/* A slip in the file is told, not passed over. */
static void
test_configuration_refused (void)
{
  static const gchar *const texts[] = { "nonsense", "[server]\npublic-urk=x\n",
                                        "[sever]\npublic-url=x\n",
                                        "[server]\nthreads=many\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    gchar *dir = new_dir ();
    g_autofree gchar *path = g_build_filename (dir, "airclass.conf", NULL);
    g_autofree gchar *http = NULL;
    g_autofree gchar *rtmp = NULL;
    g_autoptr (GError) error = NULL;

    ac_data_dir_prepare (dir, NULL);
    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_false (ac_data_dir_addresses (dir, &http, &rtmp, &error));
    g_assert_nonnull (error);
    remove_dir (dir);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-dir/prepare", test_prepare);
  g_test_add_func ("/data-dir/prepare-refused", test_prepare_refused);
  g_test_add_func ("/data-dir/key", test_key);
  g_test_add_func ("/data-dir/srt", test_srt);
  g_test_add_func ("/data-dir/addresses", test_addresses);
  g_test_add_func ("/data-dir/configuration-refused", test_configuration_refused);
  return g_test_run ();
}
