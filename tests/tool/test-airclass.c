/* test-airclass.c - the real program, on a data directory of its own. */
#include "json_text.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sysexits.h>

static const gchar *program;

typedef struct {
  gchar *root, *dir; /* dir: "data" below root, not there yet */
  gchar *out, *err;
  gint exit;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->root = g_dir_make_tmp ("airclass-tool-XXXXXX", NULL);
  f->dir = g_build_filename (f->root, "data", NULL);
}

static void
remove_tree (const gchar *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  remove_tree (f->root);
  g_free (f->root);
  g_free (f->dir);
  g_free (f->out);
  g_free (f->err);
}

/* @input: standard input, or NULL */
static void
run_with (Fixture *f, const gchar *input, const gchar *arguments)
{
  g_autofree gchar *text =
      g_strdup_printf ("%s --data-dir %s %s", program, f->dir, arguments);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  g_assert_true (g_shell_parse_argv (text, NULL, &argv, NULL));
  process = g_subprocess_newv ((const gchar *const *)argv,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                   G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input != NULL ? input : "", NULL, &f->out,
                                 &f->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  f->exit = g_subprocess_get_exit_status (process);
  g_test_message ("%s: exit %d, %s%s", arguments, f->exit, f->out, f->err);
}

static void
run (Fixture *f, const gchar *arguments)
{
  run_with (f, NULL, arguments);
}

static void
run_good (Fixture *f, const gchar *arguments)
{
  run (f, arguments);
  g_assert_cmpint (f->exit, ==, EX_OK);
  g_assert_cmpstr (f->err, ==, "");
}

static JsonObject *
answer (Fixture *f)
{
  g_autoptr (GBytes) bytes = g_bytes_new (f->out, strlen (f->out));
  g_autoptr (GError) error = NULL;
  JsonObject *object = ac_json_text_parse_object (bytes, 1 << 20, &error);

  g_assert_no_error (error);
  return object;
}

/* One line on standard error, and the same as an object on standard output. */
static void
assert_failed (Fixture *f, gint code, const gchar *name, const gchar *words)
{
  g_autoptr (JsonObject) object = answer (f);
  JsonObject *error = json_object_get_object_member (object, "error");

  g_assert_cmpint (f->exit, ==, code);
  g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, name);
  g_assert_cmpint (json_object_get_int_member (error, "exit"), ==, code);
  g_assert_nonnull (strstr (f->err, words));
  g_assert_true (g_str_has_prefix (f->err, "airclass: "));
  g_assert_true (strchr (f->err, '\n') == f->err + strlen (f->err) - 1);
}

static void
write_file (Fixture *f, const gchar *name, const gchar *text)
{
  g_autofree gchar *path = g_build_filename (f->root, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Runs "import members" or "export members" on @name below the root. */
static JsonObject *
table (Fixture *f, const gchar *verb, const gchar *name, const gchar *more)
{
  g_autofree gchar *arguments =
      g_strdup_printf ("--json %s members %s/%s %s", verb, f->root, name, more);

  run (f, arguments);
  return answer (f);
}

static gint64
count (JsonObject *report, const gchar *fate)
{
  return json_object_get_int_member (report, fate);
}

static void
test_rosters (Fixture *f, gconstpointer unused)
{
  static const gchar *const files[] = { "out.xlsx", "out.csv" };
  g_autoptr (JsonObject) seen = NULL;
  g_autoptr (JsonObject) done = NULL;
  g_autofree gchar *apply = NULL;

  run_good (f, "init");
  run_good (f, "branch add --name 县委");
  write_file (f, "in.csv", "花名册\n编号,姓名,支部,备注\n1001,王 明,县委,x\n");
  seen = table (f, "import", "in.csv", "");
  g_assert_cmpint (count (seen, "new"), ==, 1);
  g_assert_false (json_object_get_boolean_member (seen, "applied"));
  apply =
      g_strdup_printf ("--apply %s", json_object_get_string_member (seen, "digest"));
  done = table (f, "import", "in.csv", apply);
  g_assert_true (json_object_get_boolean_member (done, "applied"));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (JsonObject) out = table (f, "export", files[i], "");
    g_autoptr (JsonObject) again = table (f, "import", files[i], "");

    g_assert_cmpint (json_object_get_int_member (out, "members"), ==, 1);
    g_assert_cmpint (count (again, "same"), ==, 1);
    g_assert_cmpint (count (again, "new") + count (again, "changed") +
                         count (again, "refused"),
                     ==, 0);
  }
}

static void
test_rosters_refused (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *plain = g_strdup_printf ("import members %s/in.csv", f->root);

  run_good (f, "init");
  write_file (f, "bad.xlsx", "PK\3\4 no archive");
  write_file (f, "in.csv", "编号,姓名\n1001,\n");
  json_object_unref (table (f, "import", "bad.xlsx", ""));
  assert_failed (f, EX_DATAERR, "invalid", "save it again, or as CSV");
  json_object_unref (table (f, "import", "none.csv", ""));
  assert_failed (f, EX_NOINPUT, "not-found", "No such file");
  json_object_unref (table (f, "import", "in.csv", "--apply 0"));
  assert_failed (f, EX_DATAERR, "invalid", "look again");
  json_object_unref (table (f, "export", "out.pdf", ""));
  assert_failed (f, EX_DATAERR, "invalid", ".xlsx or .csv");
  json_object_unref (table (f, "export", "none/out.csv", ""));
  assert_failed (f, EX_CANTCREAT, "cannot-create", "No such file");
  run_good (f, plain);
  g_assert_nonnull (
      strstr (f->out, "姓名: a member who is not known yet needs a name"));
  g_assert_nonnull (strstr (f->out, "0 new, 0 changed, 0 same, 1 refused."));
}

/* Runs "report KIND" into @name below the root, with @more. */
static void
report (Fixture *f, const gchar *kind, const gchar *name, const gchar *more)
{
  g_autofree gchar *arguments =
      g_strdup_printf ("--json report %s %s/%s %s", kind, f->root, name, more);

  run (f, arguments);
}

/* @name is there, and begins with @bytes. */
static void
assert_begins (Fixture *f, const gchar *name, const gchar *bytes)
{
  g_autofree gchar *path = g_build_filename (f->root, name, NULL);
  g_autofree gchar *text = NULL;

  g_assert_cmpint (f->exit, ==, EX_OK);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, bytes));
}

static void
cards (Fixture *f, const gchar *name, const gchar *more)
{
  g_autofree gchar *arguments =
      g_strdup_printf ("--json member cards %s/%s %s", f->root, name, more);

  run (f, arguments);
}

static void
test_cards (Fixture *f, gconstpointer unused)
{
  run_good (f, "init");
  run_with (f, "correct horse battery",
            "member add --number 1001 --name 王小明 --password-stdin");
  cards (f, "a.txt", "");
  assert_failed (f, EX_DATAERR, "invalid", "must end with .pdf");
  cards (f, "nowhere/a.pdf", "");
  assert_failed (f, EX_CANTCREAT, "cannot-create", "is not a folder");
  cards (f, "a.pdf", "--branch 7");
  assert_failed (f, EX_NOINPUT, "not-found", "branch");
  cards (f, "a.pdf", "");
  assert_begins (f, "a.pdf", "%PDF-");
  cards (f, "a.pdf", "--again");
  assert_failed (f, EX_DATAERR, "exists", "another name");
  cards (f, "b.pdf", "");
  assert_failed (f, EX_DATAERR, "wrong-state", "without a card");
  cards (f, "b.pdf", "--again --reason 换卡");
  assert_begins (f, "b.pdf", "%PDF-");
  cards (f, "c.pdf", "--member 1001");
  assert_begins (f, "c.pdf", "%PDF-");
  cards (f, "d.pdf", "--member 1001 --again");
  assert_failed (f, EX_DATAERR, "invalid", "a branch or a member");
}

static void
test_reports (Fixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) first = NULL;
  g_autoptr (JsonObject) again = NULL;

  run_good (f, "init");
  run_with (f, "correct horse battery",
            "member add --number 1001 --name 王小明 --password-stdin");
  report (f, "credit", "a.csv", "");
  assert_begins (f, "a.csv", "\357\273\277流");
  report (f, "contact", "a.pdf", "--days 7");
  assert_begins (f, "a.pdf", "%PDF-");
  report (f, "transcript", "a.xlsx", "--member 1001");
  assert_begins (f, "a.xlsx", "PK");
  first = answer (f);
  report (f, "transcript", "b.pdf", "--member 1001 --reason 年度证明");
  again = answer (f);
  g_assert_cmpstr (json_object_get_string_member (first, "code"), ==,
                   json_object_get_string_member (again, "code"));
  report (f, "credit", "a.csv", "");
  assert_failed (f, EX_DATAERR, "exists", "another name");
  report (f, "credit", "a.doc", "");
  assert_failed (f, EX_DATAERR, "invalid", ".pdf, .xlsx, .csv or .json");
  report (f, "sign-in", "s.csv", "");
  assert_failed (f, EX_DATAERR, "invalid", "of a lesson");
}

static void
test_other_systems (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *statements =
      g_strdup_printf ("--json export statements %s/s.jsonl", f->root);
  g_autofree gchar *roster =
      g_strdup_printf ("--json export oneroster %s/r.zip --from 2026-02-30", f->root);
  g_autofree gchar *whole =
      g_strdup_printf ("--json export oneroster %s/r.zip", f->root);

  run_good (f, "init");
  run_good (f, statements);
  assert_begins (f, "s.jsonl", "");
  run (f, statements);
  assert_failed (f, EX_DATAERR, "exists", "another name");
  run (f, roster);
  assert_failed (f, EX_DATAERR, "invalid", "2026-01-31");
  run_good (f, whole);
  assert_begins (f, "r.zip", "PK");
  run_good (f, "webhook add https://county.example/hook");
  g_assert_nonnull (strstr (f->out, "whsec_"));
  run_good (f, "webhook list");
  g_assert_nonnull (strstr (f->out, "https://county.example/hook"));
  g_assert_null (strstr (f->out, "whsec_"));
  run_good (f, "webhook remove 1");
  run (f, "--json webhook remove 1");
  assert_failed (f, EX_NOINPUT, "not-found", "webhook list");
}

static void
test_init (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *key = g_build_filename (f->dir, "keys", "control.key", NULL);
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  GStatBuf status;

  run_good (f, "init");
  g_assert_true (g_file_get_contents (key, &first, NULL, NULL));
  g_assert_cmpint (g_stat (key, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (f->dir, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);
  run_good (f, "init");
  g_assert_true (g_file_get_contents (key, &second, NULL, NULL));
  g_assert_cmpstr (first, ==, second);
  run_good (f, "--json init");
  g_assert_nonnull (strstr (f->out, "\"data_dir\""));
}

static void
test_needs_init (Fixture *f, gconstpointer unused)
{
  run (f, "--json lesson list");
  assert_failed (f, EX_NOINPUT, "not-found", "init\" first");
}

static void
test_cannot_create (Fixture *f, gconstpointer unused)
{
  g_assert_true (g_file_set_contents (f->dir, "a file", -1, NULL));
  run (f, "--json init");
  assert_failed (f, EX_CANTCREAT, "cannot-create", f->dir);
}

static void
test_members (Fixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) object = NULL;

  run_good (f, "init");
  run_with (f, "correct horse battery\n",
            "--json member add --number 1001 --name 王小明 --role lecturer "
            "--password-stdin");
  g_assert_cmpint (f->exit, ==, EX_OK);
  object = answer (f);
  g_assert_cmpint (json_object_get_int_member (object, "member"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "number"), ==, "1001");
  g_assert_cmpstr (json_object_get_string_member (object, "role"), ==, "lecturer");
  run_with (f, "correct horse battery",
            "--json member add --number 1001 --name x --password-stdin");
  assert_failed (f, EX_DATAERR, "exists", "");
  run_with (f, "short", "--json member add --number 2 --name x --password-stdin");
  assert_failed (f, EX_DATAERR, "invalid", "");
  run_with (f, "", "--json member add --number 2 --name x --password-stdin");
  assert_failed (f, EX_DATAERR, "invalid", "password");
  run_with (f, "correct horse battery",
            "--json member add --number 2 --name x --role king --password-stdin");
  assert_failed (f, EX_DATAERR, "invalid", "role");
  run_with (f, "correct horse battery",
            "--json member add --number 2 --name x --branch 9 --password-stdin");
  assert_failed (f, EX_NOINPUT, "not-found", "");
  run_good (f, "branch add --name 县委");
  run_with (f, "correct horse battery",
            "member add --number 2 --name x --branch 1 --password-stdin");
  g_assert_cmpint (f->exit, ==, EX_OK);
  g_assert_cmpstr (f->out, ==, "Added 2 x (member).\n");
  run_with (
      f, "correct horse battery",
      "member add --number 3 --name x --role secretary --branch 1 --password-stdin");
  g_assert_cmpint (f->exit, ==, EX_OK);
  run_good (f, "--json role list 3"); /* over the branch, and not everywhere */
  g_assert_nonnull (strstr (f->out, "\"branch\":1"));
}

static void
test_lessons (Fixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree gchar *stream = NULL;

  run_good (f, "init");
  run_good (f, "--json lesson add --title '第一课'");
  object = answer (f);
  g_assert_cmpint (json_object_get_int_member (object, "lesson"), ==, 1);
  stream = g_strdup_printf ("rtmp://127.0.0.1:1935/live/%s",
                            json_object_get_string_member (object, "stream_key"));
  g_assert_cmpstr (json_object_get_string_member (object, "rtmp_url"), ==, stream);
  g_assert_cmpstr (json_object_get_string_member (object, "page_url"), ==,
                   "http://127.0.0.1:8080/lesson/1");
  run (f, "--json lesson end 1");
  assert_failed (f, EX_DATAERR, "wrong-state", "not started");
  run_good (f, "lesson start 1");
  g_assert_cmpstr (f->out, ==, "Lesson 1 \"第一课\" is live (0:00:00).\n");
  run_good (f, "--json lesson end 1");
  run_good (f, "lesson end 1");
  run (f, "--json lesson start 1");
  assert_failed (f, EX_DATAERR, "wrong-state", "has ended");
  run (f, "--json lesson end 2");
  assert_failed (f, EX_NOINPUT, "not-found", "no lesson 2");
  run (f, "--json lesson add --title ''");
  assert_failed (f, EX_DATAERR, "invalid", "title");
  run_good (f, "lesson list");
  g_assert_nonnull (strstr (f->out, "第一课"));
  g_assert_null (strstr (f->out, json_object_get_string_member (object, "stream_key")));
}

static void
test_sources (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *file = g_build_filename (f->dir, "lectures", "a.mp4", NULL);
  g_autofree gchar *masked = NULL;

  run_good (f, "init");
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  run_good (f, "lesson add --title x --source a.mp4 --loop --at '2027-01-31 19:30'");
  run_good (f, "lesson list");
  g_assert_nonnull (strstr (f->out, "2027-01-31 19:30"));
  masked = g_strconcat (file, " (loop)", NULL);
  g_assert_nonnull (strstr (f->out, masked));
  run_good (f, "lesson source 1 rtsp://admin:hunter2@192.0.2.7/ch1");
  g_assert_nonnull (strstr (f->out, "rtsp://admin:***@192.0.2.7/ch1"));
  run_good (f, "--json lesson list");
  g_assert_null (strstr (f->out, "hunter2"));
  run (f, "--json lesson source 1 /etc/passwd");
  assert_failed (f, EX_DATAERR, "invalid", "lectures");
  run (f, "--json lesson add --title x --loop=yes");
  assert_failed (f, EX_USAGE, "usage", "--loop takes no value");
}

static void
test_urls (Fixture *f, gconstpointer unused)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GDateTime) expires = NULL;
  g_autofree gchar *conf = g_build_filename (f->dir, "airclass.conf", NULL);
  const gchar *url;

  run_good (f, "init");
  g_assert_true (g_file_set_contents (conf,
                                      "[server]\npublic-url=https://class.example/\n"
                                      "public-rtmp=rtmp://class.example\n"
                                      "media-life=600\n",
                                      -1, NULL));
  run_good (f, "lesson add --title x");
  g_assert_nonnull (strstr (f->out, "rtmp://class.example/live/"));
  run_good (f, "--json lesson url 1");
  object = answer (f);
  url = json_object_get_string_member (object, "multivariant");
  g_assert_true (g_str_has_prefix (url, "https://class.example/live/"));
  g_assert_true (g_str_has_suffix (url, "/1/multivariant.m3u8"));
  expires = g_date_time_new_from_iso8601 (
      json_object_get_string_member (object, "expires_at"), NULL);
  g_assert_cmpint (g_date_time_to_unix (expires), <=,
                   g_get_real_time () / G_USEC_PER_SEC + 600);
  url = json_object_get_string_member (object, "audio");
  g_assert_true (g_str_has_suffix (url, "/1/audio.m3u8"));
  run (f, "--json lesson url 2");
  assert_failed (f, EX_NOINPUT, "not-found", "no lesson 2");
  g_assert_true (g_file_set_contents (conf, "nonsense", -1, NULL));
  run (f, "--json lesson url 1");
  assert_failed (f, EX_CONFIG, "config", "airclass.conf");
}

static void
test_attendance (Fixture *f, gconstpointer unused)
{
  run_good (f, "init");
  run_good (f, "lesson add --title x");
  run_good (f, "--json attendance 1");
  g_assert_cmpstr (f->out, ==, "[]\n");
  run_good (f, "attendance 1");
  g_assert_cmpstr (f->out, ==, "NUMBER  NAME  ACCEPTED  EARNED\n");
  run (f, "--json attendance 2");
  assert_failed (f, EX_NOINPUT, "not-found", "no lesson 2");
}

static void
test_policies (Fixture *f, gconstpointer unused)
{
  run_good (f, "init");
  run_good (f, "policy show");
  g_assert_nonnull (strstr (f->out, "45 minutes are 1 hour, in steps of 0.5"));
  run_good (f, "policy add --name 2027-1 --from 2027-01-01 --reason '县委 3 号文' "
               "--tiers 15:0.5,30:1 --replay counts");
  g_assert_nonnull (strstr (f->out, "minutes:hours 15:0.5,30:1"));
  run_good (f, "policy list");
  g_assert_nonnull (strstr (f->out, "2027-1      2027-01-01"));
  run_good (f, "policy show --day 2027-03-01");
  g_assert_nonnull (strstr (f->out, "Policy 2027-1\n"));
  run (f, "--json policy add --name 2027-1 --from 2027-01-01 --reason x");
  assert_failed (f, EX_DATAERR, "exists", "another name");
  run (f, "--json policy add --name x --from 2027-02-30 --reason x");
  assert_failed (f, EX_DATAERR, "invalid", "from must be a day");
}

/* As somebody who has the file, and drops what guards it. */
static void
tamper (Fixture *f, const gchar *sql)
{
  g_autofree gchar *path = g_build_filename (f->dir, "airclass.db", NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_ledger (Fixture *f, gconstpointer unused)
{
  run (f, "--json ledger verify");
  assert_failed (f, EX_NOINPUT, "not-found", "no data");
  run_good (f, "init");
  run_good (f, "ledger verify");
  g_assert_cmpstr (f->out, ==, "0 entries are as they were entered.\n");
  run_good (f, "ledger head");
  g_assert_true (g_str_has_prefix (f->out, "0 000000"));
  run_good (f, "ledger recompute");
  run_good (f, "ledger close 2020");
  g_assert_cmpstr (f->out, ==, "2020 is closed with 0 entries.\n");
  run (f, "--json ledger close 2020");
  assert_failed (f, EX_DATAERR, "wrong-state", "closed already");
  run_with (f, "correct horse battery\n",
            "member add --number 1 --name x --password-stdin");
  run_good (f, "lesson add --title x");
  tamper (f, "INSERT INTO ledger (seq, kind, study, member, lesson, media, earned_ms, "
             "policy, lesson_year, year, created_ms, prev_hash, hash) VALUES "
             "(1, 'AUTO', 'group', 1, 1, '', 60000, 1, 2026, 2026, 1, zeroblob (32), "
             "zeroblob (32))");
  run (f, "--json ledger verify");
  assert_failed (f, EX_DATAERR, "ledger-damaged", "entry 1 was changed");
  run (f, "--json ledger recompute --lesson 1");
  assert_failed (f, EX_DATAERR, "ledger-damaged", "lesson 1, member 1");
  run_good (f, "ledger recompute --lesson 2");
}

static void
test_erase (Fixture *f, gconstpointer unused)
{
  run_good (f, "init");
  run_with (f, "correct horse battery\n",
            "member add --number 1001 --name 王小明 --password-stdin");
  run_good (f, "standing set 1001 --year 2026 --duty committee --exempt --reason 病假");
  g_assert_cmpstr (f->out, ==, "1001 counts as committee in 2026, exempt.\n");
  run (f, "--json standing set 1001 --year 2026 --duty king --reason x");
  assert_failed (f, EX_DATAERR, "invalid", "duty must be");
  run (f, "--json standing set 9 --year 2026 --reason x");
  assert_failed (f, EX_NOINPUT, "not-found", "no such member");
  run_good (f, "ledger close 2025");
  run (f, "--json standing set 1001 --year 2025 --reason x");
  assert_failed (f, EX_DATAERR, "wrong-state", "2025 is closed");
  run (f, "--json member erase 1002");
  assert_failed (f, EX_NOINPUT, "not-found", "no such member");
  run_good (f, "member erase 1001");
  g_assert_cmpstr (f->out, ==, "Member 1 is erased.\n");
  run (f, "--json member erase 1001");
  assert_failed (f, EX_NOINPUT, "not-found", "no such member");
  run_good (f, "ledger verify");
}

static void
test_bad_key (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *key = g_build_filename (f->dir, "keys", "control.key", NULL);

  run_good (f, "init");
  g_assert_true (g_file_set_contents (key, "guess", -1, NULL));
  run (f, "--json lesson list");
  assert_failed (f, EX_CONFIG, "config", key);
}

static void
test_usage (Fixture *f, gconstpointer unused)
{
  run (f, "--json leson add");
  assert_failed (f, EX_USAGE, "usage", "did you mean \"lesson\"?");
  run (f, "lesson add");
  g_assert_cmpint (f->exit, ==, EX_USAGE);
  g_assert_cmpstr (f->out, ==, "");
  g_assert_cmpstr (f->err, ==, "airclass: --title is missing\n");
  run_good (f, "--help");
  run_good (f, "--version");
  g_assert_cmpstr (f->out, ==, "airclass " AC_VERSION "\n");
  g_assert_false (g_file_test (f->dir, G_FILE_TEST_EXISTS));
}

/* A ready.json that a crash left behind does not send anybody anywhere. */
static void
test_stale_ready_file (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *ready = g_build_filename (f->dir, "run", "ready.json", NULL);

  run_good (f, "init");
  g_assert_true (g_file_set_contents (
      ready, "{\"admin\":\"http://127.0.0.1:1\",\"pid\":1}", -1, NULL));
  run_good (f, "lesson add --title x");
}

/* Several tools at once take turns. */
static void
test_at_once (Fixture *f, gconstpointer unused)
{
  GSubprocess *processes[4];

  run_good (f, "init");
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, program,
                          "--data-dir", f->dir, "lesson", "add", "--title", "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++) {
    g_assert_true (g_subprocess_wait_check (processes[i], NULL, NULL));
    g_object_unref (processes[i]);
  }
  run (f, "--json lesson url 4");
  g_assert_cmpint (f->exit, ==, EX_OK);
}

#define ADD(name, func)                                                                \
  g_test_add ("/airclass/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("AIRCLASS");
  g_assert_nonnull (program);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  ADD ("init", test_init);
  ADD ("rosters", test_rosters);
  ADD ("rosters-refused", test_rosters_refused);
  ADD ("cards", test_cards);
  ADD ("reports", test_reports);
  ADD ("other-systems", test_other_systems);
  ADD ("needs-init", test_needs_init);
  ADD ("cannot-create", test_cannot_create);
  ADD ("members", test_members);
  ADD ("lessons", test_lessons);
  ADD ("sources", test_sources);
  ADD ("urls", test_urls);
  ADD ("attendance", test_attendance);
  ADD ("policies", test_policies);
  ADD ("ledger", test_ledger);
  ADD ("erase", test_erase);
  ADD ("bad-key", test_bad_key);
  ADD ("usage", test_usage);
  ADD ("stale-ready-file", test_stale_ready_file);
  ADD ("at-once", test_at_once);
  return g_test_run ();
}
