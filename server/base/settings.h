/* settings.h - the daemon's configuration: one table of what can be set.
 *
 * A value comes from the last of: the table's default, the configuration file (a GLib
 * key file), the environment (AIRCLASS_GROUP_KEY), the command line. An unknown group
 * or key, or a value of the wrong kind, is an error that names it and the nearest known
 * one.
 *
 * Threads:   one; read-only after loading, then any. */
#pragma once

#include <glib.h>

typedef enum {
  AC_SETTINGS_ERROR_UNKNOWN, /* no such group or key */
  AC_SETTINGS_ERROR_VALUE,   /* not of the key's kind, or out of its range */
  AC_SETTINGS_ERROR_FILE,    /* the file cannot be read or parsed */
} AcSettingsError;
#define AC_SETTINGS_ERROR (ac_settings_error_quark ())
GQuark ac_settings_error_quark (void);

typedef enum {
  AC_SETTING_TEXT,
  AC_SETTING_NUMBER, /* an integer from @min to @max */
  AC_SETTING_SWITCH, /* true or false */
} AcSettingKind;

typedef struct {
  const gchar *group, *key; /* lower case, words joined by '-' */
  AcSettingKind kind;
  const gchar *value; /* the default; "" for none */
  gint64 min, max;    /* of a number */
  const gchar *help;  /* one line, for the sample file and --help */
} AcSetting;

typedef struct _AcSettings AcSettings;

/* @table: static, ended by an entry whose group is NULL; one key may be set from the
 * command line as --KEY, so keys are unique in the whole table. */
AcSettings *ac_settings_new (const AcSetting *table);
void ac_settings_free (AcSettings *self);

/* Errors: FILE, UNKNOWN, VALUE; a missing file is FILE when @must_exist. */
gboolean ac_settings_load_file (AcSettings *self, const gchar *path,
                                gboolean must_exist, GError **error);
/* @environment: as g_get_environ() gives it. Errors: VALUE, UNKNOWN. */
gboolean ac_settings_load_environment (AcSettings *self,
                                       const gchar *const *environment, GError **error);
/* Errors: UNKNOWN, VALUE. */
gboolean ac_settings_set (AcSettings *self, const gchar *group, const gchar *key,
                          const gchar *value, GError **error);

/* A key that is not in the table is a programmer's error.
 * Returns: (transfer none): NULL instead of "". */
const gchar *ac_settings_text (AcSettings *self, const gchar *key);
gint64 ac_settings_number (AcSettings *self, const gchar *key);
gboolean ac_settings_switch (AcSettings *self, const gchar *key);

/* Returns: (transfer full): a commented configuration file with every default. */
gchar *ac_settings_sample (const AcSetting *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSettings, ac_settings_free)
