/* test-daemon-link.c - the program against a running admin server: the school of the
 * tests stands in for a daemon, holding the directory's lock as one does. */
#include "admin_server.h"
#include "daemon_link.h"
#include "data_dir.h"
#include "school.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sysexits.h>

typedef struct {
  School school;
  AcMediaKey key;
  AcControl *control;
  AcAdminServer *server;
} Fixture;

static void
write_ready_file (Fixture *f, const gchar *admin)
{
  g_autofree gchar *path = ac_data_dir_ready_file (f->school.dir);
  g_autofree gchar *text = g_strdup_printf ("{\"admin\":\"%s\",\"pid\":1}", admin);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *secret = NULL;
  g_autofree gchar *url = NULL;

  school_open (&f->school);
  g_assert_true (ac_data_dir_prepare (f->school.dir, &error));
  secret = ac_data_dir_control_key (f->school.dir, &error);
  g_assert_no_error (error);
  f->control = ac_control_new (&(AcControlParts){
      .data_dir = f->school.dir,
      .store = f->school.store,
      .accounts = f->school.accounts,
      .classroom = f->school.classroom,
      .media_key = &f->key,
      .addresses = { "http://class.example", "rtmp://class.example:1936" },
  });
  f->server = ac_admin_server_new (
      &(AcAdminServerConfig){ .listen = "127.0.0.1:0", .key = secret }, f->control,
      NULL, NULL, &error);
  g_assert_no_error (error);
  url = ac_admin_server_url (f->server);
  write_ready_file (f, url);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ac_admin_server_free (f->server);
  ac_control_free (f->control);
  school_close (&f->school);
}

static void
finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* Returns: the exit code; the server answers meanwhile. */
static gint
run (Fixture *f, const gchar *input, const gchar *arguments, gchar **ret_out,
     gchar **ret_err)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s --data-dir %s %s", g_getenv ("AIRCLASS"), f->school.dir, arguments);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_shell_parse_argv (text, NULL, &argv, NULL));
  process = g_subprocess_newv ((const gchar *const *)argv,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                   G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, input, NULL, finished, &result);
  school_until (result != NULL);
  g_subprocess_communicate_utf8_finish (process, result, ret_out, ret_err, &error);
  g_assert_no_error (error);
  g_test_message ("%s: %s%s", arguments, *ret_out, *ret_err);
  return g_subprocess_get_exit_status (process);
}

static void
test_commands (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *input, *arguments;
    gint exit;
    const gchar *words; /* on standard output */
  } rows[] = {
    { "", "init", EX_OK, "is ready." },
    { "correct horse battery\n", "member add --number 7 --name x --password-stdin",
      EX_OK, "Added 7 x (member)." },
    { "", "member password 7", EX_OK,
      "7 has another password; 0 sessions have ended." },
    { "battery staple\n", "member password 7 --password-stdin", EX_OK,
      "7 has another password" },
    { "", "member password 8", EX_NOINPUT, "" },
    { "", "--json lesson add --title x", EX_OK, "\"rtmp://class.example:1936/live/" },
    { "", "lesson start 1", EX_OK, "is live" },
    { "", "--json lesson url 1", EX_OK, "\"http://class.example/live/" },
    { "", "--json attendance 1", EX_OK, "[]" },
    { "", "lesson list", EX_OK, "live" },
    { "", "--json lesson end 9", EX_NOINPUT, "\"not-found\"" },
    { "", "lesson end 1", EX_OK, "has ended" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *out = NULL;
    g_autofree gchar *err = NULL;

    g_assert_cmpint (run (f, rows[i].input, rows[i].arguments, &out, &err), ==,
                     rows[i].exit);
    if (strcmp (rows[i].words, "has ended") != 0)
      g_assert_nonnull (strstr (out, rows[i].words));
  }
}

static void
test_wrong_key (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *path =
      g_build_filename (f->school.dir, "keys", "control.key", NULL);
  g_autofree gchar *key = g_strnfill (AC_CONTROL_KEY_CHARS, '0');
  g_autofree gchar *out = NULL;
  g_autofree gchar *err = NULL;

  g_assert_true (g_file_set_contents (path, key, -1, NULL));
  g_assert_cmpint (run (f, "", "--json lesson list", &out, &err), ==, EX_NOPERM);
  g_assert_nonnull (strstr (out, "\"denied\""));
}

/* It is locked, but the address that it names is dead. */
static void
test_dead_address (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *out = NULL;
  g_autofree gchar *err = NULL;

  write_ready_file (f, "http://127.0.0.1:1");
  g_assert_cmpint (run (f, "", "--json lesson list", &out, &err), ==, EX_UNAVAILABLE);
  g_assert_nonnull (strstr (out, "\"unavailable\""));
}

/* Locked and nothing said: also when the file names an address that is not ours. */
static void
test_busy (Fixture *f, gconstpointer unused)
{
  static const gchar *const addresses[] = { "http://192.0.2.1:80",
                                            "https://127.0.0.1:1", "http://localhost:1",
                                            "x" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autofree gchar *admin = NULL;

    write_ready_file (f, addresses[i]);
    g_assert_cmpint (ac_daemon_find (f->school.dir, 0, &admin), ==, AC_DAEMON_BUSY);
    g_assert_null (admin);
  }
}

static void
test_none (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *admin = NULL;

  g_assert_cmpint (ac_daemon_find ("/nonexistent", 0, &admin), ==, AC_DAEMON_NONE);
  g_assert_cmpint (ac_daemon_find (f->school.dir, 0, &admin), ==, AC_DAEMON_RUNNING);
  g_assert_true (g_str_has_prefix (admin, "http://127.0.0.1:"));
}

#define ADD(name, func)                                                                \
  g_test_add ("/daemon-link/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("commands", test_commands);
  ADD ("wrong-key", test_wrong_key);
  ADD ("dead-address", test_dead_address);
  ADD ("busy", test_busy);
  ADD ("none", test_none);
  return g_test_run ();
}
