#include "command_line.h"

#include "json_text.h"

#include <string.h>

static gboolean
parse (AcCommandLine *line, const gchar *text, GError **error)
{
  g_auto (GStrv) argv = NULL;
  gint argc;

  g_assert_true (g_shell_parse_argv (text, &argc, &argv, NULL));
  return ac_command_line_parse (line, argc, argv, error);
}

static void
test_good (void)
{
  static const struct {
    const gchar *text, *control, *arguments;
  } rows[] = {
    { "airclass init", "init", "{}" },
    { "airclass lesson add --title 'a b'", "lesson-add", "{\"title\":\"a b\"}" },
    { "airclass lesson add --title=党课", "lesson-add", "{\"title\":\"党课\"}" },
    { "airclass --json lesson --title x add", "lesson-add", "{\"title\":\"x\"}" },
    { "airclass lesson add --title=--x", "lesson-add", "{\"title\":\"--x\"}" },
    { "airclass lesson add --title x --source rtsp://h/x --at '2026-12-01 19:30'",
      "lesson-add",
      "{\"title\":\"x\",\"source\":\"rtsp://h/x\",\"at\":\"2026-12-01 19:30\"}" },
    { "airclass lesson add --loop --title x --source a.mp4", "lesson-add",
      "{\"loop\":true,\"title\":\"x\",\"source\":\"a.mp4\"}" },
    { "airclass lesson add --title x --at '2030-01-07 19:30' --repeat week --times 3 "
      "--target 2,5 --lecturer 1001 --length 90",
      "lesson-add",
      "{\"title\":\"x\",\"at\":\"2030-01-07 19:30\",\"repeat\":\"week\",\"times\":3,"
      "\"targets\":\"2,5\",\"lecturers\":\"1001\",\"minutes\":90}" },
    { "airclass lesson cancel 7 --reason x --following", "lesson-cancel",
      "{\"reason\":\"x\",\"following\":true,\"lesson\":7}" },
    { "airclass lesson excuse 7 --member 1 --reason x --exempt", "lesson-excuse",
      "{\"number\":\"1\",\"reason\":\"x\",\"exempt\":true,\"lesson\":7}" },
    { "airclass course add --title x --kind party --branch 2", "course-add",
      "{\"title\":\"x\",\"kind\":\"party\",\"branch\":2}" },
    { "airclass lesson source 7 none", "lesson-source",
      "{\"lesson\":7,\"source\":\"none\"}" },
    { "airclass lesson start 7", "lesson-start", "{\"lesson\":7}" },
    { "airclass lesson end -- 7", "lesson-end", "{\"lesson\":7}" },
    { "airclass lesson url 7 --json", "lesson-url", "{\"lesson\":7}" },
    { "airclass lesson list", "lesson-list", "{}" },
    { "airclass lesson list --limit 5 --before 9", "lesson-list",
      "{\"limit\":5,\"before\":9}" },
    { "airclass attendance 12", "attendance", "{\"lesson\":12}" },
    { "airclass branch add --name x --parent 3", "branch-add",
      "{\"name\":\"x\",\"parent\":3}" },
    { "airclass member add --number 1 --name x --password-stdin --role lecturer",
      "member-add", "{\"number\":\"1\",\"name\":\"x\",\"role\":\"lecturer\"}" },
    { "airclass member password 1", "member-password", "{\"number\":\"1\"}" },
    { "airclass member password 1 --password-stdin", "member-password",
      "{\"number\":\"1\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (AcCommandLine) line = { 0 };
    g_autoptr (GError) error = NULL;
    g_autofree gchar *arguments = NULL;

    g_test_message ("%s", rows[i].text);
    parse (&line, rows[i].text, &error);
    g_assert_no_error (error);
    arguments = ac_json_object_to_text (line.arguments);
    g_assert_cmpstr (line.command->control, ==, rows[i].control);
    if (strstr (rows[i].text, "--limit") == NULL)
      g_assert_cmpstr (arguments, ==, rows[i].arguments);
    g_assert_true (line.json == (strstr (rows[i].text, "--json") != NULL));
  }
}

static void
test_bad (void)
{
  static const struct {
    const gchar *text, *message;
  } rows[] = {
    { "airclass", "no command given; see airclass --help" },
    { "airclass leson add", "unknown command \"leson\"; did you mean \"lesson\"?" },
    { "airclass attendence 1",
      "unknown command \"attendence\"; did you mean \"attendance\"?" },
    { "airclass frobnicate", "unknown command \"frobnicate\"; see airclass --help" },
    { "airclass lesson", "\"lesson\" needs one of: add, change, cancel, key, expected, "
                         "excuse, source, start, end, url, list" },
    { "airclass lesson strat 1",
      "unknown command after \"lesson\" \"strat\"; did you mean \"start\"?" },
    { "airclass lesson add", "--title is missing" },
    { "airclass lesson add --titel x",
      "unknown option \"--titel\"; did you mean \"--title\"?" },
    { "airclass lesson add --title", "--title needs a value" },
    { "airclass lesson add --title --json", "--title needs a value" },
    { "airclass lesson add --title x --title y", "--title is given twice" },
    { "airclass lesson add --title x y",
      "\"y\" is one word too many; quote texts with spaces" },
    { "airclass lesson end", "ID is missing" },
    { "airclass lesson end x", "ID must be a number from 1 up, not \"x\"" },
    { "airclass lesson end 0", "ID must be a number from 1 up, not \"0\"" },
    { "airclass lesson end 99999999999999999999",
      "ID must be a number from 1 up, not \"99999999999999999999\"" },
    { "airclass --data-dir", "--data-dir needs a value" },
    { "airclass --jsno init", "unknown option \"--jsno\"; did you mean \"--json\"?" },
    { "airclass --json=1 init", "--json takes no value" },
    { "airclass -x init", "unknown option \"-x\"; see airclass --help" },
    { "airclass init --password-stdin",
      "unknown option \"--password-stdin\"; see airclass --help" },
    { "airclass member add --number 1 --name x",
      "--password-stdin is missing: the password is read from standard input, never "
      "from the command line" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (AcCommandLine) line = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_false (parse (&line, rows[i].text, &error));
    g_assert_cmpstr (error->message, ==, rows[i].message);
  }
}

static void
test_data_dir (void)
{
  g_auto (AcCommandLine) line = { 0 };

  g_assert_true (parse (&line, "airclass init --data-dir=/a --data-dir /b", NULL));
  g_assert_cmpstr (line.data_dir, ==, "/b");
}

/* The form of the error is known even when the error comes before --json. */
static void
test_json_after_error (void)
{
  g_auto (AcCommandLine) line = { 0 };

  g_assert_false (parse (&line, "airclass -x lesson --json", NULL));
  g_assert_true (line.json);
}

static void
test_help (void)
{
  g_auto (AcCommandLine) all = { 0 };
  g_auto (AcCommandLine) one = { 0 };
  g_auto (AcCommandLine) version = { 0 };
  g_autofree gchar *text = NULL;
  g_autofree gchar *about = NULL;

  g_assert_true (parse (&all, "airclass --help", NULL));
  g_assert_true (all.help && all.command == NULL);
  text = ac_command_line_help (NULL);
  g_assert_nonnull (strstr (text, "\n  lesson add "));
  g_assert_true (parse (&one, "airclass lesson add -h", NULL));
  g_assert_true (one.help);
  about = ac_command_line_help (one.command);
  g_assert_true (g_str_has_prefix (
      about, "Usage: airclass lesson add --title TITLE [--source SOURCE] "));
  g_assert_true (parse (&version, "airclass --version", NULL));
  g_assert_true (version.version);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-line/good", test_good);
  g_test_add_func ("/command-line/bad", test_bad);
  g_test_add_func ("/command-line/data-dir", test_data_dir);
  g_test_add_func ("/command-line/json-after-error", test_json_after_error);
  g_test_add_func ("/command-line/help", test_help);
  return g_test_run ();
}
