#include "command_line.h"

#include "nearest_word.h"

#include <string.h>

G_DEFINE_QUARK (ac - command - line - error - quark, ac_command_line_error)

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, AC_COMMAND_LINE_ERROR, 0, text);
  return FALSE;
}

static gboolean
refuse_word (GError **error, const gchar *what, const gchar *dashes, const gchar *word,
             GPtrArray *known)
{
  const gchar *nearest;

  g_ptr_array_add (known, NULL);
  nearest = ac_nearest_word (word, (const gchar *const *)known->pdata);
  if (nearest == NULL)
    return refuse (error, "unknown %s \"%s%s\"; see airclass --help", what, dashes,
                   word);
  return refuse (error, "unknown %s \"%s%s\"; did you mean \"%s%s\"?", what, dashes,
                 word, dashes, nearest);
}

static gboolean
refuse_verb (const gchar *group, const gchar *verb, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_autofree gchar *what = g_strdup_printf ("command after \"%s\"", group);

  for (const AcCommand *c = ac_commands; c->group != NULL; c++)
    if (strcmp (c->group, group) == 0)
      g_ptr_array_add (known, (gpointer)c->verb);
  if (verb == NULL) {
    g_autofree gchar *list = NULL;

    g_ptr_array_add (known, NULL);
    list = g_strjoinv (", ", (gchar **)known->pdata);
    return refuse (error, "\"%s\" needs one of: %s", group, list);
  }
  return refuse_word (error, what, "", verb, known);
}

/* Takes the command's words off the front of @words. */
static gboolean
find_command (AcCommandLine *self, GPtrArray *words, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  const gchar *group = words->len > 0 ? words->pdata[0] : NULL;
  const gchar *verb = words->len > 1 ? words->pdata[1] : NULL;
  gboolean group_found = FALSE;

  if (group == NULL)
    return refuse (error, "no command given; see airclass --help");
  for (const AcCommand *command = ac_commands; command->group != NULL; command++) {
    g_ptr_array_add (known, (gpointer)command->group);
    if (strcmp (command->group, group) != 0)
      continue;
    group_found = TRUE;
    if (command->verb == NULL || g_strcmp0 (command->verb, verb) == 0) {
      self->command = command;
      g_ptr_array_remove_range (words, 0, command->verb != NULL ? 2 : 1);
      return TRUE;
    }
  }
  if (group_found)
    return refuse_verb (group, verb, error);
  return refuse_word (error, "command", "", group, known);
}

static gboolean
store_value (AcCommandLine *self, const AcCommandArgument *argument, const gchar *text,
             GError **error)
{
  g_autofree gchar *shown = argument->option != NULL
                                ? g_strconcat ("--", argument->option, NULL)
                                : g_strdup (argument->value);
  gint64 number;

  if (json_object_has_member (self->arguments, argument->member))
    return refuse (error, "%s is given twice", shown);
  if (!argument->integer) {
    if (!g_utf8_validate (text, -1, NULL))
      return refuse (error, "%s must be UTF-8 text", shown);
    json_object_set_string_member (self->arguments, argument->member, text);
    return TRUE;
  }
  if (!g_ascii_string_to_signed (text, 10, 1, (G_GINT64_CONSTANT (1) << 53) - 1,
                                 &number, NULL))
    return refuse (error, "%s must be a number from 1 up, not \"%s\"", shown, text);
  json_object_set_int_member (self->arguments, argument->member, number);
  return TRUE;
}

gboolean
ac_command_takes_password (const AcCommand *command)
{
  return command->password_stdin || command->password_optional;
}

static gboolean
refuse_option (AcCommandLine *self, const gchar *name, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  g_ptr_array_add (known, "data-dir");
  g_ptr_array_add (known, "json");
  g_ptr_array_add (known, "help");
  g_ptr_array_add (known, "version");
  if (ac_command_takes_password (self->command))
    g_ptr_array_add (known, "password-stdin");
  for (const AcCommandArgument *a = self->command->arguments; a->member != NULL; a++)
    if (a->option != NULL)
      g_ptr_array_add (known, (gpointer)a->option);
  return refuse_word (error, "option", "--", name, known);
}

static gboolean
apply_option (AcCommandLine *self, const gchar *name, const gchar *value,
              GError **error)
{
  if (strcmp (name, "password-stdin") == 0 &&
      ac_command_takes_password (self->command)) {
    self->password_stdin = TRUE;
    return value == NULL || refuse (error, "--password-stdin takes no value");
  }
  for (const AcCommandArgument *a = self->command->arguments; a->member != NULL; a++) {
    if (a->option == NULL || strcmp (a->option, name) != 0)
      continue;
    if (a->value == NULL && value != NULL)
      return refuse (error, "--%s takes no value", name);
    if (a->value == NULL) {
      json_object_set_boolean_member (self->arguments, a->member, TRUE);
      return TRUE;
    }
    if (value == NULL)
      return refuse (error, "--%s needs a value", name);
    return store_value (self, a, value, error);
  }
  return refuse_option (self, name, error);
}

static gboolean
apply_words (AcCommandLine *self, GPtrArray *words, GError **error)
{
  guint n = 0;

  for (const AcCommandArgument *a = self->command->arguments; a->member != NULL; a++)
    if (a->option == NULL && n < words->len &&
        !store_value (self, a, words->pdata[n++], error))
      return FALSE;
  if (n < words->len)
    return refuse (error, "\"%s\" is one word too many; quote texts with spaces",
                   (const gchar *)words->pdata[n]);
  for (const AcCommandArgument *a = self->command->arguments; a->member != NULL; a++)
    if (a->required && !json_object_has_member (self->arguments, a->member))
      return refuse (error, "%s%s is missing", a->option != NULL ? "--" : "",
                     a->option != NULL ? a->option : a->value);
  if (self->command->password_stdin && !self->password_stdin)
    return refuse (error, "--password-stdin is missing: the password is read from "
                          "standard input, never from the command line");
  return TRUE;
}

/* Whether the word after --@name is its value: an unknown option takes none, so that
 * it is what the error is about. */
static gboolean
takes_value (const gchar *name)
{
  if (strcmp (name, "data-dir") == 0)
    return TRUE;
  for (const AcCommand *c = ac_commands; c->group != NULL; c++)
    for (const AcCommandArgument *a = c->arguments; a->member != NULL; a++)
      if (g_strcmp0 (a->option, name) == 0)
        return a->value != NULL;
  return FALSE;
}

static gboolean
apply_global (AcCommandLine *self, const gchar *name, const gchar *value,
              GError **error)
{
  if (strcmp (name, "data-dir") == 0) {
    if (value == NULL || *value == '\0')
      return refuse (error, "--data-dir needs a value");
    g_free (self->data_dir);
    self->data_dir = g_strdup (value);
    return TRUE;
  }
  if (value != NULL)
    return refuse (error, "--%s takes no value", name);
  if (strcmp (name, "json") == 0)
    self->json = TRUE;
  else if (strcmp (name, "help") == 0)
    self->help = TRUE;
  else
    self->version = TRUE;
  return TRUE;
}

static gboolean
is_global (const gchar *name)
{
  static const gchar *const globals[] = { "data-dir", "json", "help", "version", NULL };

  return g_strv_contains (globals, name);
}

typedef struct {
  GPtrArray *words;
  GPtrArray *options; /* name, value, name, value ...; a value may be NULL */
} Split;

/* Takes the option at argv[*at], and its value when that is the next word. */
static gboolean
split_option (AcCommandLine *self, gint argc, gchar **argv, gint *at, Split *split,
              GError **error)
{
  const gchar *text = argv[*at];
  const gchar *equals = strchr (text, '=');
  const gchar *value = equals != NULL ? equals + 1 : NULL;
  g_autofree gchar *name = NULL;

  if (strcmp (text, "-h") == 0)
    text = "--help";
  if (text[1] != '-')
    return refuse (error, "unknown option \"%s\"; see airclass --help", text);
  name = equals != NULL ? g_strndup (text + 2, equals - text - 2) : g_strdup (text + 2);
  if (equals == NULL && takes_value (name) && *at + 1 < argc &&
      !g_str_has_prefix (argv[*at + 1], "--"))
    value = argv[++*at];
  if (is_global (name))
    return apply_global (self, name, value, error);
  g_ptr_array_add (split->options, g_steal_pointer (&name));
  g_ptr_array_add (split->options, g_strdup (value));
  return TRUE;
}

/* Goes on after an error, so that --json is seen wherever it stands. */
static gboolean
split_words (AcCommandLine *self, gint argc, gchar **argv, Split *split, GError **error)
{
  gboolean good = TRUE;
  gboolean options_end = FALSE;

  for (gint i = 1; i < argc; i++) {
    if (options_end || argv[i][0] != '-' || argv[i][1] == '\0')
      g_ptr_array_add (split->words, g_strdup (argv[i]));
    else if (strcmp (argv[i], "--") == 0)
      options_end = TRUE;
    else
      good &= split_option (self, argc, argv, &i, split, good ? error : NULL);
  }
  return good;
}

gboolean
ac_command_line_parse (AcCommandLine *self, gint argc, gchar **argv, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (g_free);

  self->arguments = json_object_new ();
  if (!split_words (self, argc, argv, &(Split){ words, options }, error))
    return FALSE;
  if (self->version || (self->help && words->len == 0))
    return TRUE;
  if (!find_command (self, words, error))
    return FALSE;
  if (self->help)
    return TRUE;
  for (guint i = 0; i < options->len; i += 2)
    if (!apply_option (self, options->pdata[i], options->pdata[i + 1], error))
      return FALSE;
  return apply_words (self, words, error);
}

void
ac_command_line_clear (AcCommandLine *self)
{
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_pointer (&self->arguments, json_object_unref);
}
