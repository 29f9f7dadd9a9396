/* command_line.h - what was typed, checked against one table of commands (commands.c).
 *
 * Options are GNU-style and may stand anywhere: --name VALUE, --name=VALUE, --flag, and
 * "--" ends them. A word that is not known is an error that names the nearest one.
 *
 * Threads: any. */
#pragma once

#include <json-glib/json-glib.h>

/* What a command takes: an option, or (@option NULL) the word that follows it. */
typedef struct {
  const gchar *option; /* without "--"; NULL: a plain word */
  const gchar *member; /* the member of the control call's arguments */
  const gchar *value;  /* shown in help: "TITLE"; NULL: a switch, true when given */
  const gchar *help;
  gboolean required;
  gboolean integer;
} AcCommandArgument;

#define AC_COMMAND_MAX_ARGUMENTS 16
/* Its file is written here, beside the daemon. */
#define AC_COMMAND_REPORT "report"
#define AC_COMMAND_CARDS "member-cards"
/* No control commands: the tool does these by itself. */
#define AC_COMMAND_DOCTOR "doctor"
#define AC_COMMAND_LEDGER_VERIFY "ledger-verify"
#define AC_COMMAND_LEDGER_HEAD "ledger-head"
#define AC_COMMAND_LEDGER_RECOMPUTE "ledger-recompute"

typedef struct {
  const gchar *group, *verb; /* "lesson", "add"; a command of one word has no verb */
  const gchar *control;      /* the control command: "lesson-add" */
  const gchar *help;
  gboolean password_stdin;    /* takes --password-stdin, and needs it */
  gboolean password_optional; /* takes it, and makes one without */
  AcCommandArgument arguments[AC_COMMAND_MAX_ARGUMENTS + 1]; /* ends with member NULL */
} AcCommand;

extern const AcCommand ac_commands[]; /* ends with group NULL */
gboolean ac_command_takes_password (const AcCommand *command);

typedef struct {
  gchar *data_dir; /* NULL: the default */
  gboolean json, help, version, password_stdin;
  const AcCommand *command; /* NULL with --help and --version */
  JsonObject *arguments;
} AcCommandLine;

/* @json, help and version are filled as far as they were understood even on failure, so
 * that the error can be told in the form that was asked for.
 * Errors: AC_COMMAND_LINE_ERROR; the message is one line. */
#define AC_COMMAND_LINE_ERROR (ac_command_line_error_quark ())
GQuark ac_command_line_error_quark (void);
gboolean ac_command_line_parse (AcCommandLine *self, gint argc, gchar **argv,
                                GError **error);
void ac_command_line_clear (AcCommandLine *self);

/* Returns: (transfer full): help on @command, on everything when it is NULL. */
gchar *ac_command_line_help (const AcCommand *command);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcCommandLine, ac_command_line_clear)
