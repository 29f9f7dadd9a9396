#include "data_dir.h"

#include "daemon_settings.h"
#include "ledger_heads.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_DIR "/var/lib/airclass"
#define KEY_BYTES (AC_CONTROL_KEY_CHARS / 2)

gchar *
ac_data_dir_default (void)
{
  if (geteuid () == 0 || g_file_test (SYSTEM_DIR, G_FILE_TEST_IS_DIR))
    return g_strdup (SYSTEM_DIR);
  return g_build_filename (g_get_user_data_dir (), "airclass", NULL);
}

static gboolean
fail (GError **error, const gchar *what, const gchar *path)
{
  gint code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s %s: %s", what,
               path, g_strerror (code));
  return FALSE;
}

gboolean
ac_data_dir_prepare (const gchar *dir, GError **error)
{
  static const gchar *const folders[] = { "", "keys", "lectures", "recordings", "run" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree gchar *path = g_build_filename (dir, folders[i], NULL);

    if (g_mkdir_with_parents (path, 0700) != 0)
      return fail (error, "cannot make", path);
  }
  return TRUE;
}

gboolean
ac_data_dir_exists (const gchar *dir)
{
  g_autofree gchar *database = g_build_filename (dir, "airclass.db", NULL);

  return g_file_test (database, G_FILE_TEST_IS_REGULAR);
}

gchar *
ac_data_dir_media_key (const gchar *dir)
{
  return g_build_filename (dir, "keys", "media.key", NULL);
}

gchar *
ac_data_dir_identity_key (const gchar *dir)
{
  return g_build_filename (dir, "keys", "identity.key", NULL);
}

gchar *
ac_data_dir_handouts (const gchar *dir)
{
  return g_build_filename (dir, "handouts", NULL);
}

gchar *
ac_data_dir_recordings (const gchar *dir)
{
  return g_build_filename (dir, "recordings", NULL);
}

gchar *
ac_data_dir_lectures (const gchar *dir)
{
  return g_build_filename (dir, "lectures", NULL);
}

gchar *
ac_data_dir_ready_file (const gchar *dir)
{
  return g_build_filename (dir, "run", "ready.json", NULL);
}

gchar *
ac_data_dir_lock_file (const gchar *dir)
{
  return g_build_filename (dir, "run", "lock", NULL);
}

gchar *
ac_data_dir_heads_file (const gchar *dir)
{
  return g_build_filename (dir, AC_LEDGER_HEADS_FILE, NULL);
}

/* A file that appears whole or not at all, and loses against one that is there:
 * written under another name, synced, then linked. */
static gboolean
make_key_file (const gchar *path, GError **error)
{
  g_autofree gchar *part = g_strdup_printf ("%s.%d.part", path, getpid ());
  guint8 bytes[KEY_BYTES];
  gchar hex[AC_CONTROL_KEY_CHARS + 2];
  gint fd;
  gboolean good;

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2hex (hex, sizeof hex, bytes, sizeof bytes);
  hex[AC_CONTROL_KEY_CHARS] = '\n';
  g_unlink (part);
  fd = g_open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (error, "cannot make", part);
  good = write (fd, hex, AC_CONTROL_KEY_CHARS + 1) == AC_CONTROL_KEY_CHARS + 1 &&
         fsync (fd) == 0;
  if (!good)
    fail (error, "cannot write", part);
  close (fd);
  if (good && link (part, path) != 0 && errno != EEXIST)
    good = fail (error, "cannot make", path);
  g_unlink (part);
  sodium_memzero (bytes, sizeof bytes);
  sodium_memzero (hex, sizeof hex);
  return good;
}

static gchar *
load_key (const gchar *dir, const gchar *name, GError **error)
{
  g_autofree gchar *path = g_build_filename (dir, "keys", name, NULL);
  g_autofree gchar *key = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !make_key_file (path, error))
    return NULL;
  if (!g_file_get_contents (path, &key, NULL, error))
    return NULL;
  g_strchomp (key);
  if (strlen (key) != AC_CONTROL_KEY_CHARS ||
      strspn (key, "0123456789abcdef") != AC_CONTROL_KEY_CHARS) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s does not hold a key; remove it and restart the daemon", path);
    return NULL;
  }
  return g_steal_pointer (&key);
}

gchar *
ac_data_dir_control_key (const gchar *dir, GError **error)
{
  return load_key (dir, "control.key", error);
}

gchar *
ac_data_dir_srt_key (const gchar *dir, GError **error)
{
  return load_key (dir, "srt.key", error);
}

gchar *
ac_data_dir_interchange_key (const gchar *dir, GError **error)
{
  return load_key (dir, "interchange.key", error);
}

/* Returns: (transfer full): what DIR/airclass.conf and the environment say. */
static AcSettings *
load_settings (const gchar *dir, GError **error)
{
  g_autofree gchar *path = g_build_filename (dir, "airclass.conf", NULL);
  g_auto (GStrv) environment = g_get_environ ();
  g_autoptr (AcSettings) settings = ac_settings_new (ac_daemon_settings_table ());

  if (!ac_settings_load_file (settings, path, FALSE, error) ||
      !ac_settings_load_environment (settings, (const gchar *const *)environment,
                                     error))
    return NULL;
  return g_steal_pointer (&settings);
}

gboolean
ac_data_dir_addresses (const gchar *dir, gchar **ret_http, gchar **ret_rtmp,
                       GError **error)
{
  g_autoptr (AcSettings) settings = load_settings (dir, error);

  if (settings == NULL)
    return FALSE;
  *ret_http = ac_daemon_settings_http_url (settings, 0);
  *ret_rtmp = ac_daemon_settings_rtmp_url (settings, 0);
  return TRUE;
}

gboolean
ac_data_dir_srt (const gchar *dir, gchar **ret_url, gchar **ret_secret, GError **error)
{
  g_autoptr (AcSettings) settings = load_settings (dir, error);

  if (settings == NULL)
    return FALSE;
  *ret_secret = NULL;
  if (ac_settings_switch (settings, "srt-encryption") &&
      (*ret_secret = ac_data_dir_srt_key (dir, error)) == NULL)
    return FALSE;
  *ret_url = ac_daemon_settings_srt_url (settings, 0);
  return TRUE;
}

gint64
ac_data_dir_media_life_s (const gchar *dir, GError **error)
{
  g_autoptr (AcSettings) settings = load_settings (dir, error);

  return settings != NULL ? ac_settings_number (settings, "media-life") : 0;
}

gchar *
ac_data_dir_configured_lectures (const gchar *dir, GError **error)
{
  g_autoptr (AcSettings) settings = load_settings (dir, error);

  return settings != NULL ? ac_daemon_settings_lectures (settings, dir) : NULL;
}
