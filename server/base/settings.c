#include "settings.h"

#include "nearest_word.h"

#include <string.h>

#define ENVIRONMENT_PREFIX "AIRCLASS_"

G_DEFINE_QUARK (ac - settings - error - quark, ac_settings_error)

struct _AcSettings {
  const AcSetting *table;
  guint n_entries;
  gchar **values; /* one an entry of the table */
};

AcSettings *
ac_settings_new (const AcSetting *table)
{
  AcSettings *self = g_new0 (AcSettings, 1);

  self->table = table;
  while (table[self->n_entries].group != NULL)
    self->n_entries++;
  self->values = g_new0 (gchar *, self->n_entries + 1);
  for (guint i = 0; i < self->n_entries; i++)
    self->values[i] = g_strdup (table[i].value);
  return self;
}

void
ac_settings_free (AcSettings *self)
{
  g_strfreev (self->values);
  g_free (self);
}

static gint
find (AcSettings *self, const gchar *group, const gchar *key)
{
  for (guint i = 0; i < self->n_entries; i++)
    if ((group == NULL || strcmp (self->table[i].group, group) == 0) &&
        strcmp (self->table[i].key, key) == 0)
      return i;
  return -1;
}

static void
set_unknown (AcSettings *self, const gchar *group, const gchar *key, GError **error)
{
  g_autoptr (GPtrArray) known =
      g_ptr_array_new_null_terminated (self->n_entries, g_free, TRUE);
  g_autofree gchar *typed = g_strdup_printf ("%s.%s", group, key);
  const gchar *nearest;

  for (guint i = 0; i < self->n_entries; i++)
    g_ptr_array_add (
        known, g_strdup_printf ("%s.%s", self->table[i].group, self->table[i].key));
  nearest = ac_nearest_word (typed, (const gchar *const *)known->pdata);
  g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_UNKNOWN,
               "Unknown setting \"%s\"%s%s%s", typed,
               nearest != NULL ? "; did you mean \"" : "",
               nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static gboolean
check_value (const AcSetting *setting, const gchar *value, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gint64 number;

  switch (setting->kind) {
  case AC_SETTING_NUMBER:
    if (!g_ascii_string_to_signed (value, 10, setting->min, setting->max, &number,
                                   &reason)) {
      g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_VALUE,
                   "%s.%s: \"%s\" is not a number from %" G_GINT64_FORMAT
                   " to %" G_GINT64_FORMAT,
                   setting->group, setting->key, value, setting->min, setting->max);
      return FALSE;
    }
    return TRUE;
  case AC_SETTING_SWITCH:
    if (strcmp (value, "true") != 0 && strcmp (value, "false") != 0) {
      g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_VALUE,
                   "%s.%s: \"%s\" is neither true nor false", setting->group,
                   setting->key, value);
      return FALSE;
    }
    return TRUE;
  case AC_SETTING_TEXT:
  default:
    return TRUE;
  }
}

gboolean
ac_settings_set (AcSettings *self, const gchar *group, const gchar *key,
                 const gchar *value, GError **error)
{
  gint entry = find (self, group, key);

  if (entry < 0) {
    set_unknown (self, group, key, error);
    return FALSE;
  }
  if (!check_value (&self->table[entry], value, error))
    return FALSE;
  g_free (self->values[entry]);
  self->values[entry] = g_strdup (value);
  return TRUE;
}

static gboolean
load_group (AcSettings *self, GKeyFile *file, const gchar *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);

  if (keys == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++) {
    g_autofree gchar *value = g_key_file_get_string (file, group, keys[i], error);

    if (value == NULL || !ac_settings_set (self, group, keys[i], value, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
ac_settings_load_file (AcSettings *self, const gchar *path, gboolean must_exist,
                       GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &reason)) {
    if (!must_exist && g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    g_set_error (error, AC_SETTINGS_ERROR, AC_SETTINGS_ERROR_FILE, "%s: %s", path,
                 reason->message);
    return FALSE;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (!load_group (self, file, groups[i], error)) {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

gboolean
ac_settings_load_environment (AcSettings *self, const gchar *const *environment,
                              GError **error)
{
  for (guint i = 0; i < self->n_entries; i++) {
    const AcSetting *setting = &self->table[i];
    g_autofree gchar *name =
        g_strdup_printf (ENVIRONMENT_PREFIX "%s_%s", setting->group, setting->key);
    const gchar *value;

    for (gchar *c = name; *c != '\0'; c++)
      *c = *c == '-' ? '_' : g_ascii_toupper (*c);
    value = g_environ_getenv ((gchar **)environment, name);
    if (value != NULL &&
        !ac_settings_set (self, setting->group, setting->key, value, error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  }
  return TRUE;
}

const gchar *
ac_settings_text (AcSettings *self, const gchar *key)
{
  gint entry = find (self, NULL, key);

  g_return_val_if_fail (entry >= 0, NULL);
  return *self->values[entry] != '\0' ? self->values[entry] : NULL;
}

gint64
ac_settings_number (AcSettings *self, const gchar *key)
{
  gint entry = find (self, NULL, key);

  g_return_val_if_fail (entry >= 0, 0);
  return g_ascii_strtoll (self->values[entry], NULL, 10);
}

gboolean
ac_settings_switch (AcSettings *self, const gchar *key)
{
  gint entry = find (self, NULL, key);

  g_return_val_if_fail (entry >= 0, FALSE);
  return strcmp (self->values[entry], "true") == 0;
}

gchar *
ac_settings_sample (const AcSetting *table)
{
  GString *text = g_string_new ("# Airclass settings. What is commented out is the "
                                "default.\n");
  const gchar *group = "";

  for (guint i = 0; table[i].group != NULL; i++) {
    if (strcmp (group, table[i].group) != 0)
      g_string_append_printf (text, "\n[%s]\n", table[i].group);
    group = table[i].group;
    g_string_append_printf (text, "# %s\n#%s=%s\n", table[i].help, table[i].key,
                            table[i].value);
  }
  return g_string_free (text, FALSE);
}
