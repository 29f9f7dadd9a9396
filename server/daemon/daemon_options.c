#include "daemon_options.h"

#include "daemon_settings.h"
#include "data_dir.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* One --KEY an entry of the settings table. @values: in the table's order, filled by
 * GOption. */
static GOptionEntry *
settings_entries (const AcSetting *table, guint n_settings, gchar **values)
{
  GOptionEntry *entries = g_new0 (GOptionEntry, n_settings + 1);

  for (guint i = 0; i < n_settings; i++)
    entries[i] = (GOptionEntry){
      .long_name = table[i].key,
      .arg = G_OPTION_ARG_STRING,
      .arg_data = &values[i],
      .description = table[i].help,
      .arg_description = table[i].kind == AC_SETTING_TEXT     ? "TEXT"
                         : table[i].kind == AC_SETTING_SWITCH ? "true|false"
                                                              : "N",
    };
  return entries;
}

static gboolean
load_settings (AcDaemonOptions *options, const gchar *config, gchar **values,
               GError **error)
{
  const AcSetting *table = ac_daemon_settings_table ();
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree gchar *default_config =
      g_build_filename (options->data_dir, "airclass.conf", NULL);

  if (!ac_settings_load_file (options->settings,
                              config != NULL ? config : default_config, config != NULL,
                              error) ||
      !ac_settings_load_environment (options->settings,
                                     (const gchar *const *)environment, error))
    return FALSE;
  for (guint i = 0; table[i].group != NULL; i++)
    if (values[i] != NULL && !ac_settings_set (options->settings, table[i].group,
                                               table[i].key, values[i], error)) {
      g_prefix_error (error, "--%s: ", table[i].key);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_exposure (AcSettings *settings, GError **error)
{
  const gchar *listen = ac_settings_text (settings, "listen");

  if (ac_settings_text (settings, "certificate") != NULL ||
      ac_settings_switch (settings, "allow-plain-http") ||
      ac_daemon_settings_is_loopback (listen))
    return TRUE;
  g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_VALUE,
               "server.listen: %s can be reached by others without TLS; set "
               "server.certificate and server.private-key, or allow it with "
               "--allow-plain-http=true (behind a TLS proxy)",
               listen);
  return FALSE;
}

static gboolean
check_encoder (AcSettings *settings, GError **error)
{
  const gchar *encoder = ac_settings_text (settings, "encoder");

  if (encoder == NULL ||
      (strlen (encoder) < 24 &&
       strspn (encoder, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen (encoder)))
    return TRUE;
  g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_VALUE,
               "encoding.encoder: \"%s\" is no encoder; use auto, or a name that "
               "airclass doctor prints",
               encoder);
  return FALSE;
}

AcDaemonOptions *
ac_daemon_options_parse (gint *argc, gchar ***argv, gint *ret_exit_code, GError **error)
{
  g_autoptr (AcDaemonOptions) options = g_new0 (AcDaemonOptions, 1);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const AcSetting *table = ac_daemon_settings_table ();
  gboolean version = FALSE, sample = FALSE;
  g_autofree gchar *config = NULL;
  guint n_settings = 0;

  while (table[n_settings].group != NULL)
    n_settings++;
  /* Not a GStrv: it has holes. */
  g_autoptr (GPtrArray) given = g_ptr_array_new_with_free_func (g_free);
  gchar **values;

  g_ptr_array_set_size (given, n_settings + 1);
  values = (gchar **)given->pdata;
  g_autofree GOptionEntry *per_setting = settings_entries (table, n_settings, values);
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Where everything is kept", "DIR" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config,
      "Configuration file (default: DIR/airclass.conf)", "FILE" },
    { "ready-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ready_file,
      "Write the addresses there, as JSON, once everything listens", "FILE" },
    { "debug", 0, 0, G_OPTION_ARG_NONE, &options->debug, "Log debug messages", NULL },
    { "sample-config", 0, 0, G_OPTION_ARG_NONE, &sample,
      "Print a configuration file with every default and end", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and end", NULL },
    { 0 },
  };

  g_option_context_set_summary (context, "The Airclass server (空中课堂).");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, per_setting, NULL);
  *ret_exit_code = EX_USAGE;
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "\"%s\" is not an option; see --help", (*argv)[1]);
    return NULL;
  }
  if (version || sample) {
    g_autofree gchar *text =
        version ? g_strdup ("airclassd " AC_VERSION "\n") : ac_settings_sample (table);

    fputs (text, stdout);
    *ret_exit_code = EX_OK;
    return NULL;
  }
  if (options->data_dir == NULL)
    options->data_dir = ac_data_dir_default ();
  options->settings = ac_settings_new (table);
  *ret_exit_code = EX_CONFIG;
  if (!load_settings (options, config, values, error) ||
      !check_exposure (options->settings, error) ||
      !check_encoder (options->settings, error))
    return NULL;
  *ret_exit_code = EX_OK;
  return g_steal_pointer (&options);
}

void
ac_daemon_options_free (AcDaemonOptions *options)
{
  g_clear_pointer (&options->settings, ac_settings_free);
  g_free (options->data_dir);
  g_free (options->ready_file);
  g_free (options);
}
