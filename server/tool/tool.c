#include "tool.h"

#include "card_export.h"
#include "command_line.h"
#include "daemon_link.h"
#include "data_dir.h"
#include "doctor.h"
#include "interchange_export.h"
#include "json_text.h"
#include "ledger_inspection.h"
#include "offline.h"
#include "printout.h"
#include "report_export.h"
#include "table_file.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

/* How long a command waits for a directory that somebody else has just taken. */
#define PATIENCE_MS 5000
#define PASSWORD_MAX_BYTES 1024

/* A terminal is asked without showing what is typed; its settings are put back. */
static gboolean
read_line (gchar *line, gint size)
{
  struct termios before, quiet;
  gboolean terminal = tcgetattr (STDIN_FILENO, &before) == 0;
  gboolean good;

  if (terminal) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    fputs ("Password: ", stderr);
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  good = fgets (line, size, stdin) != NULL;
  if (terminal) {
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
    fputc ('\n', stderr);
  }
  return good;
}

/* Returns: (transfer full) (nullable): the first line of standard input. */
static gchar *
read_password (void)
{
  gchar line[PASSWORD_MAX_BYTES + 2];
  gchar *password = NULL;

  if (read_line (line, sizeof line)) {
    gsize length = strcspn (line, "\r\n");

    if (length > 0 && length <= PASSWORD_MAX_BYTES &&
        g_utf8_validate (line, (gssize)length, NULL))
      password = g_strndup (line, length);
  }
  explicit_bzero (line, sizeof line);
  return password;
}

static gboolean
ask_for_input (AcCommandLine *line, AcAnswer *answer)
{
  g_autofree gchar *password = NULL;

  if (!line->password_stdin)
    return TRUE;
  password = read_password ();
  if (password == NULL) {
    ac_answer_fail (answer,
                    &(AcControlFailure){ AC_CONTROL_INVALID, "password",
                                         "standard input must hold the password "
                                         "on one line" });
    return FALSE;
  }
  json_object_set_string_member (line->arguments, "password", password);
  explicit_bzero (password, strlen (password));
  return TRUE;
}

/* A file named as a shell names it, from where the person stands; what is not there
 * may be a name in the lectures directory. */
static void
resolve_file (JsonObject *arguments)
{
  const gchar *source =
      json_object_get_string_member_with_default (arguments, "source", NULL);
  g_autofree gchar *path = NULL;

  if (source == NULL || strstr (source, "://") != NULL ||
      !g_file_test (source, G_FILE_TEST_EXISTS))
    return;
  path = g_canonicalize_filename (source, NULL);
  if (g_utf8_validate (path, -1, NULL))
    json_object_set_string_member (arguments, "source", path);
}

static void
call_daemon (const gchar *admin, const gchar *data_dir, AcCommandLine *line,
             AcAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *message = NULL;
  guint status = 0;

  answer->json = ac_daemon_call (admin, data_dir, line->command->control,
                                 line->arguments, &status, &error);
  answer->failed = status != 200;
  if (answer->json != NULL)
    return;
  message =
      g_strdup_printf ("the daemon at %s does not answer: %s", admin, error->message);
  ac_answer_fail (answer, &(AcControlFailure){ AC_CONTROL_UNAVAILABLE, NULL, message });
}

/* One try. Whoever takes the directory between the look and the opening makes it
 * another: answer->locked. */
static void
act (AcCommandLine *line, const gchar *data_dir, guint patience_ms, AcAnswer *answer)
{
  g_autofree gchar *admin = NULL;
  g_autofree gchar *message = NULL;

  switch (ac_daemon_find (data_dir, patience_ms, &admin)) {
  case AC_DAEMON_RUNNING:
    call_daemon (admin, data_dir, line, answer);
    break;
  case AC_DAEMON_BUSY:
    message = g_strdup_printf ("%s is in use by another program; try again", data_dir);
    ac_answer_fail (answer, &(AcControlFailure){ AC_CONTROL_BUSY, NULL, message });
    break;
  case AC_DAEMON_NONE:
    ac_offline_run (data_dir, line->command->control, line->arguments, answer);
    break;
  }
}

/* What a command needs of files before it is sent. */
static gboolean
take_files (AcCommandLine *line, gchar **ret_export, AcAnswer *answer)
{
  const gchar *file =
      json_object_get_string_member_with_default (line->arguments, "file", NULL);

  *ret_export = NULL;
  if (file == NULL)
    return TRUE;
  if (strcmp (line->command->control, "members-import") == 0)
    return ac_table_file_read (line->arguments, answer);
  *ret_export = g_strdup (file);
  json_object_remove_member (line->arguments, "file");
  if (strcmp (line->command->control, AC_COMMAND_REPORT) == 0)
    return ac_report_export_check (line->arguments, *ret_export, answer);
  if (strcmp (line->command->control, AC_COMMAND_CARDS) == 0)
    return ac_card_export_check (*ret_export, answer);
  return ac_interchange_export_takes (line->command->control)
             ? ac_interchange_export_check (line->arguments, *ret_export, answer)
             : ac_table_file_check_name (*ret_export, answer);
}

static void
write_export (AcCommandLine *line, const gchar *data_dir, const gchar *path,
              AcAnswer *answer)
{
  if (strcmp (line->command->control, AC_COMMAND_REPORT) == 0)
    ac_report_export_write (data_dir, path, answer);
  else if (strcmp (line->command->control, AC_COMMAND_CARDS) == 0)
    ac_card_export_write (path, answer);
  else if (ac_interchange_export_takes (line->command->control))
    ac_interchange_export_write (data_dir, line->command->control, line->arguments,
                                 path, answer);
  else
    ac_table_file_write (path, answer);
}

static void
run (AcCommandLine *line, AcAnswer *answer)
{
  g_autofree gchar *export = NULL;
  g_autofree gchar *data_dir = line->data_dir != NULL
                                   ? g_canonicalize_filename (line->data_dir, NULL)
                                   : ac_data_dir_default ();
  gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_GINT64_CONSTANT (1000);
  gint64 left;

  if (!ask_for_input (line, answer) || !take_files (line, &export, answer))
    return;
  resolve_file (line->arguments);
  do {
    left = MAX (deadline - g_get_monotonic_time (), 0);
    ac_answer_clear (answer);
    *answer = (AcAnswer){ 0 };
    act (line, data_dir, (guint)(left / 1000), answer);
  } while (answer->locked && left > 0);
  if (export != NULL && !answer->failed)
    write_export (line, data_dir, export, answer);
}

/* --- Telling --- */

/* Errors are one line, whatever is in them. */
static gint
tell_error (const gchar *message, gint code)
{
  g_autofree gchar *line = g_strdup (message);

  g_strdelimit (line, "\r\n", ' ');
  fprintf (stderr, "airclass: %s\n", line);
  return code;
}

static void
print_json (JsonNode *node)
{
  g_autofree gchar *text = json_to_string (node, FALSE);

  puts (text);
}

/* Also of an answer that is no error object: a proxy or another program answered. */
static gint
tell_failure (const AcAnswer *answer, gboolean json)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (answer->json)
                           ? json_node_get_object (answer->json)
                           : NULL;
  JsonNode *member = object != NULL ? json_object_get_member (object, "error") : NULL;
  const gchar *message = NULL;
  gint64 code = EX_SOFTWARE;

  if (member != NULL && JSON_NODE_HOLDS_OBJECT (member)) {
    JsonObject *error = json_node_get_object (member);

    message = json_object_get_string_member_with_default (error, "message", NULL);
    code = json_object_get_int_member_with_default (error, "exit", EX_SOFTWARE);
  }
  if (json)
    print_json (answer->json);
  return tell_error (message != NULL ? message : "the answer cannot be understood",
                     code >= EX__BASE && code <= EX__MAX ? (gint)code : EX_SOFTWARE);
}

static gint
tell (const AcCommandLine *line, const AcAnswer *answer)
{
  if (answer->failed)
    return tell_failure (answer, line->json);
  if (line->json) {
    print_json (answer->json);
  } else {
    g_autofree gchar *text = ac_printout (line->command->control, answer->json);

    fputs (text, stdout);
  }
  if (fflush (stdout) != 0)
    return tell_error (g_strerror (errno), EX_IOERR);
  return EX_OK;
}

static gint
refuse_line (const AcCommandLine *line, const GError *error)
{
  g_auto (AcAnswer) answer = { 0 };

  ac_answer_fail (&answer,
                  &(AcControlFailure){ AC_CONTROL_USAGE, NULL, error->message });
  return tell_failure (&answer, line->json);
}

static gint
doctor (const AcCommandLine *line)
{
  g_autofree gchar *data_dir = line->data_dir != NULL
                                   ? g_canonicalize_filename (line->data_dir, NULL)
                                   : ac_data_dir_default ();
  g_autoptr (JsonObject) report = ac_doctor_examine (data_dir);
  g_autofree gchar *text =
      line->json ? ac_json_object_to_text (report) : ac_doctor_to_text (report);

  puts (text);
  if (fflush (stdout) != 0)
    return tell_error (g_strerror (errno), EX_IOERR);
  return json_object_get_boolean_member (report, "healthy") ? EX_OK : EX_CONFIG;
}

static void
inspect_ledger (const AcCommandLine *line, AcAnswer *answer)
{
  g_autofree gchar *data_dir = line->data_dir != NULL
                                   ? g_canonicalize_filename (line->data_dir, NULL)
                                   : ac_data_dir_default ();

  ac_ledger_inspect (data_dir, line->command->control, line->arguments, answer);
}

gint
ac_tool_main (gint argc, gchar **argv)
{
  g_auto (AcCommandLine) line = { 0 };
  g_auto (AcAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_CTYPE, "");
  if (!ac_command_line_parse (&line, argc, argv, &error))
    return refuse_line (&line, error);
  if (line.version) {
    puts ("airclass " AC_VERSION);
    return EX_OK;
  }
  if (line.help) {
    g_autofree gchar *help = ac_command_line_help (line.command);

    fputs (help, stdout);
    return EX_OK;
  }
  if (strcmp (line.command->control, AC_COMMAND_DOCTOR) == 0)
    return doctor (&line);
  if (ac_ledger_inspect_takes (line.command->control))
    inspect_ledger (&line, &answer);
  else
    run (&line, &answer);
  return tell (&line, &answer);
}
