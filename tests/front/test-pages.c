/* Pages: exact paths, precompressed forms, validators, routes; and nothing else. */
#include "front_fixture.h"
#include "pages.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
set_up (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_set_up (fixture, NULL);
}

static void
tear_down (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_tear_down (fixture);
}

static void
assert_header (AcAnswer *answer, const gchar *name, const gchar *value)
{
  g_autofree gchar *found = ac_answer_header (answer, name);

  g_assert_cmpstr (found, ==, value);
}

static void
test_paths (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *path;
    guint status;
    const gchar *type;
  } cases[] = {
    { "/", 200, "text/html; charset=utf-8" },
    { "/index.html", 200, "text/html; charset=utf-8" },
    { "/lesson/1", 200, "text/html; charset=utf-8" },
    { "/lesson/1?x=y", 200, "text/html; charset=utf-8" },
    { "/favicon.svg", 200, "image/svg+xml" },
    { "/assets/app-1a2b.js", 200, "text/javascript; charset=utf-8" },
    { "/assets/app-1a2b.js.gz", 404, NULL },
    { "/assets/other.js", 404, NULL },
    { "/assets/", 404, NULL },
    { "/missing.png", 404, NULL },
    { "/../../etc/passwd.txt", 404, NULL },
    { "/assets/..%2f..%2findex.html", 200, "text/html; charset=utf-8" },
    { "/%2e%2e/%2e%2e/etc/hosts.conf", 404, NULL },
    { "//etc/hosts.conf", 404, NULL },
    { "/..\\..\\windows.ini", 404, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", cases[i].path);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    if (answer->status != cases[i].status)
      g_error ("%s gave %u", cases[i].path, answer->status);
    assert_header (answer, "content-type", cases[i].type);
  }
}

static void
test_security (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) answer =
      ac_fixture_get (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  g_autofree gchar *policy = ac_answer_header (answer, "content-security-policy");

  assert_header (answer, "x-content-type-options", "nosniff");
  assert_header (answer, "referrer-policy", "no-referrer");
  assert_header (answer, "access-control-allow-origin", NULL);
  g_assert_nonnull (strstr (policy, "default-src 'self'"));
  g_assert_nonnull (strstr (policy, "frame-ancestors 'none'"));
  g_assert_null (strstr (policy, "unsafe"));
}

static void
test_forms (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *accept, *encoding, *body;
  } cases[] = {
    { "gzip, deflate, br", "br", "br form" },
    { "gzip", "gzip", "gzip form" },
    { "br;q=0, gzip", "gzip", "gzip form" },
    { "identity", NULL, "console.log('a page, long enough to pack')" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *request =
        g_strdup_printf ("GET /assets/app-1a2b.js HTTP/1.1\r\nHost: a\r\n"
                         "Accept-Encoding: %s\r\n\r\n",
                         cases[i].accept);
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, request);

    assert_header (answer, "content-encoding", cases[i].encoding);
    assert_header (answer, "vary", "Accept-Encoding");
    assert_header (answer, "cache-control", "public, max-age=31536000, immutable");
    g_assert_true (ac_answer_is (answer, cases[i].body));
  }
}

static void
test_validators (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (AcAnswer) first = NULL;
  g_autofree gchar *tag = NULL;
  static const gchar *matching[] = { "%s", "W/%s", "\"x\", %s", "%s, \"x\"", "*" };
  static const gchar *others[] = { "\"x\"", "x%s", "" };

  ac_client_send (client, "GET /lesson/3 HTTP/1.1\r\nHost: a\r\n\r\n");
  first = ac_client_answer (client, FALSE);
  tag = ac_answer_header (first, "etag");
  assert_header (first, "cache-control", "no-cache");
  for (guint i = 0; i < G_N_ELEMENTS (matching) + G_N_ELEMENTS (others); i++) {
    gboolean matches = i < G_N_ELEMENTS (matching);
    g_auto (GStrv) around = g_strsplit (
        matches ? matching[i] : others[i - G_N_ELEMENTS (matching)], "%s", 2);
    g_autofree gchar *value = g_strjoinv (tag, around);
    g_autofree gchar *request = g_strdup_printf (
        "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: %s\r\n\r\n", value);
    g_autoptr (AcAnswer) answer = NULL;

    ac_client_send (client, request);
    answer = ac_client_answer (client, FALSE);
    g_assert_cmpuint (answer->status, ==, matches ? 304 : 200);
    assert_header (answer, "etag", tag);
  }
}

static void
test_refused_methods (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (AcAnswer) post = ac_fixture_get (
      fixture, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  g_autoptr (AcAnswer) upgrade =
      ac_fixture_get (fixture, "GET /classroom HTTP/1.1\r\nHost: a\r\n\r\n");

  g_assert_cmpuint (post->status, ==, 405);
  g_assert_cmpuint (upgrade->status, ==, 426);
}

/* --- The index by itself ---------------------------------------------------------- */

static void
assert_refused (const gchar *web_root)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcPages) pages = ac_pages_load (web_root, &error);

  g_assert_null (pages);
  g_assert_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_PAGES);
}

static void
test_unusable_roots (void)
{
  g_autofree gchar *root = g_dir_make_tmp ("ac-pages-XXXXXX", NULL);
  g_autofree gchar *index = g_build_filename (root, "index.html", NULL);
  g_autofree gchar *deep = g_strdup (root);

  assert_refused ("/nonexistent/pages");
  assert_refused (root);
  g_assert_true (g_file_set_contents (index, "x", 1, NULL));
  for (guint i = 0; i < 10; i++) {
    g_autofree gchar *parent = g_steal_pointer (&deep);

    deep = g_build_filename (parent, "d", NULL);
    g_assert_cmpint (g_mkdir (deep, 0755), ==, 0);
  }
  assert_refused (root);
  while (!g_str_equal (deep, root)) {
    g_autofree gchar *gone = g_steal_pointer (&deep);

    g_rmdir (gone);
    deep = g_path_get_dirname (gone);
  }
  g_remove (index);
  g_rmdir (root);
}

/* Links and hidden files are not pages. */
static void
test_not_pages (void)
{
  g_autofree gchar *root = g_dir_make_tmp ("ac-pages-XXXXXX", NULL);
  g_autofree gchar *index = g_build_filename (root, "index.html", NULL);
  g_autofree gchar *hidden = g_build_filename (root, ".env.txt", NULL);
  g_autofree gchar *link = g_build_filename (root, "passwd.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AcPages) pages = NULL;
  AcPageAnswer answer;

  g_assert_true (g_file_set_contents (index, "x", 1, NULL));
  g_assert_true (g_file_set_contents (hidden, "x", 1, NULL));
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  pages = ac_pages_load (root, &error);
  g_assert_no_error (error);
  ac_pages_answer (pages, "/.env.txt", NULL, NULL, &answer);
  g_assert_cmpuint (answer.status, ==, 404);
  ac_pages_answer (pages, "/passwd.txt", NULL, NULL, &answer);
  g_assert_cmpuint (answer.status, ==, 404);
  g_remove (link);
  g_remove (hidden);
  g_remove (index);
  g_rmdir (root);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/pages/paths", test_paths },
    { "/pages/security", test_security },
    { "/pages/forms", test_forms },
    { "/pages/validators", test_validators },
    { "/pages/refused-methods", test_refused_methods },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, AcFixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/pages/unusable-roots", test_unusable_roots);
  g_test_add_func ("/pages/not-pages", test_not_pages);
  return g_test_run ();
}
