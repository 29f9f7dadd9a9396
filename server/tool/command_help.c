/* command_help.c - the table of commands as help. */
#include "command_line.h"

static void
append_usage (GString *text, const AcCommand *command)
{
  g_string_append_printf (text, "airclass %s", command->group);
  if (command->verb != NULL)
    g_string_append_printf (text, " %s", command->verb);
  for (const AcCommandArgument *a = command->arguments; a->member != NULL; a++) {
    g_string_append (text, a->required ? " " : " [");
    if (a->option != NULL)
      g_string_append_printf (text, "--%s%s", a->option, a->value != NULL ? " " : "");
    g_string_append_printf (text, "%s%s", a->value != NULL ? a->value : "",
                            a->required ? "" : "]");
  }
  if (ac_command_takes_password (command))
    g_string_append (text, command->password_optional ? " [--password-stdin]"
                                                      : " --password-stdin");
}

static void
append_global_options (GString *text)
{
  g_string_append (text, "\nOptions everywhere:\n"
                         "  --data-dir DIR    where Airclass keeps its data\n"
                         "  --json            answer as JSON, errors too\n"
                         "  --help            this text; after a command, about it\n"
                         "  --version         the version\n");
}

static gchar *
help_on (const AcCommand *command)
{
  g_autoptr (GString) text = g_string_new ("Usage: ");

  append_usage (text, command);
  g_string_append_printf (text, "\n\n%s\n\n", command->help);
  for (const AcCommandArgument *a = command->arguments; a->member != NULL; a++) {
    g_autofree gchar *name = g_strconcat (
        a->option != NULL ? "--" : "", a->option != NULL ? a->option : a->value,
        a->option != NULL && a->value != NULL ? " " : "",
        a->option != NULL ? a->value : "", NULL);

    g_string_append_printf (text, "  %-17s %s\n", name, a->help);
  }
  if (ac_command_takes_password (command))
    g_string_append_printf (text, "  %-17s %s\n", "--password-stdin",
                            "read the password from standard input, one line");
  append_global_options (text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gchar *
ac_command_line_help (const AcCommand *command)
{
  g_autoptr (GString) text = NULL;

  if (command != NULL)
    return help_on (command);
  text = g_string_new ("Usage: airclass [OPTION...] COMMAND\n\n"
                       "Airclass, the remote classroom: the operator's tool.\n"
                       "It acts on a running daemon, or on its data when none runs.\n\n"
                       "Commands:\n");
  for (const AcCommand *c = ac_commands; c->group != NULL; c++) {
    g_autofree gchar *name = g_strjoin (" ", c->group, c->verb, NULL);

    g_string_append_printf (text, "  %-17s %s\n", name, c->help);
  }
  append_global_options (text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
