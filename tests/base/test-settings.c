#include "nearest_word.h"
#include "settings.h"

#include <glib/gstdio.h>

static const AcSetting table[] = {
  { "server", "listen", AC_SETTING_TEXT, "[::]:8080", 0, 0, "Where to listen" },
  { "server", "threads", AC_SETTING_NUMBER, "1", 1, 64, "Service threads" },
  { "attendance", "delivery-evidence", AC_SETTING_SWITCH, "true", 0, 0, "Evidence" },
  { 0 },
};

static gboolean
load_text (AcSettings *settings, const gchar *text, GError **error)
{
  g_autofree gchar *path = NULL;
  gint fd = g_file_open_tmp ("airclass-settings-XXXXXX", &path, NULL);
  gboolean loaded;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  loaded = ac_settings_load_file (settings, path, TRUE, error);
  g_unlink (path);
  return loaded;
}

static void
test_defaults (void)
{
  g_autoptr (AcSettings) settings = ac_settings_new (table);

  g_assert_cmpstr (ac_settings_text (settings, "listen"), ==, "[::]:8080");
  g_assert_cmpint (ac_settings_number (settings, "threads"), ==, 1);
  g_assert_true (ac_settings_switch (settings, "delivery-evidence"));
}

static void
test_order (void)
{
  g_autoptr (AcSettings) settings = ac_settings_new (table);
  g_autoptr (GError) error = NULL;
  const gchar *environment[] = { "AIRCLASS_ATTENDANCE_DELIVERY_EVIDENCE=false",
                                 "AIRCLASS_SERVER_THREADS=3", NULL };

  g_assert_true (load_text (settings, "[server]\nthreads=2\nlisten=a:1\n", &error));
  g_assert_no_error (error);
  g_assert_true (ac_settings_load_environment (settings, environment, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ac_settings_number (settings, "threads"), ==, 3);
  g_assert_cmpstr (ac_settings_text (settings, "listen"), ==, "a:1");
  g_assert_false (ac_settings_switch (settings, "delivery-evidence"));
  g_assert_true (ac_settings_set (settings, "server", "threads", "4", &error));
  g_assert_cmpint (ac_settings_number (settings, "threads"), ==, 4);
}

static void
test_refused (void)
{
  const struct {
    const gchar *text;
    gint code;
    const gchar *says;
  } cases[] = {
    { "[server]\nthread=2\n", AC_SETTINGS_ERROR_UNKNOWN,
      "did you mean \"server.threads\"" },
    { "[servers]\nlisten=x\n", AC_SETTINGS_ERROR_UNKNOWN,
      "did you mean \"server.listen\"" },
    { "[zzz]\nqqq=x\n", AC_SETTINGS_ERROR_UNKNOWN, "Unknown setting \"zzz.qqq\"" },
    { "[server]\nthreads=0\n", AC_SETTINGS_ERROR_VALUE, "from 1 to 64" },
    { "[server]\nthreads=two\n", AC_SETTINGS_ERROR_VALUE, "\"two\" is not a number" },
    { "[attendance]\ndelivery-evidence=yes\n", AC_SETTINGS_ERROR_VALUE,
      "neither true" },
    { "nonsense\n", AC_SETTINGS_ERROR_FILE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AcSettings) settings = ac_settings_new (table);
    g_autoptr (GError) error = NULL;

    g_assert_false (load_text (settings, cases[i].text, &error));
    g_assert_error (error, AC_SETTINGS_ERROR, cases[i].code);
    if (g_strstr_len (error->message, -1, cases[i].says) == NULL)
      g_error ("case %u: \"%s\" does not say \"%s\"", i, error->message, cases[i].says);
  }
}

static void
test_missing_file (void)
{
  g_autoptr (AcSettings) settings = ac_settings_new (table);
  g_autoptr (GError) error = NULL;

  g_assert_true (ac_settings_load_file (settings, "/nonexistent/x", FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (ac_settings_load_file (settings, "/nonexistent/x", TRUE, &error));
  g_assert_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_FILE);
}

static void
test_sample_loads (void)
{
  g_autoptr (AcSettings) settings = ac_settings_new (table);
  g_autofree gchar *sample = ac_settings_sample (table);
  g_auto (GStrv) lines = g_strsplit (sample, "\n#", -1);
  g_autofree gchar *uncommented = g_strjoinv ("\n", lines);
  g_auto (GStrv) words = g_strsplit (uncommented, "\n ", -1);
  g_autofree gchar *text = g_strjoinv ("\n# ", words);
  g_autoptr (GError) error = NULL;

  g_assert_true (load_text (settings, text, &error));
  g_assert_no_error (error);
}

static void
test_nearest_word (void)
{
  const gchar *words[] = { "start", "end", "list", "attendance", NULL };

  g_assert_cmpstr (ac_nearest_word ("strat", words), ==, "start");
  g_assert_cmpstr (ac_nearest_word ("ed", words), ==, "end");
  g_assert_cmpstr (ac_nearest_word ("lists", words), ==, "list");
  g_assert_cmpstr (ac_nearest_word ("atendence", words), ==, "attendance");
  g_assert_null (ac_nearest_word ("publish", words));
  g_assert_null (ac_nearest_word ("", words));
  g_assert_null (ac_nearest_word (
      "an unreasonably long word that nobody in the world typed by mistake", words));
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/order", test_order);
  g_test_add_func ("/settings/refused", test_refused);
  g_test_add_func ("/settings/missing-file", test_missing_file);
  g_test_add_func ("/settings/sample-loads", test_sample_loads);
  g_test_add_func ("/nearest-word", test_nearest_word);
  return g_test_run ();
}
