/* TLS and plain on one port, by first byte; HTTP/2 by curl. */
#include "front_fixture.h"
#include "hub_double.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static gchar *folder, *certificate, *private_key;

static void
write_pair (void)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  X509_NAME *name = X509_get_subject_name (x509);
  FILE *file;

  folder = g_dir_make_tmp ("ac-tls-XXXXXX", NULL);
  certificate = g_build_filename (folder, "cert.pem", NULL);
  private_key = g_build_filename (folder, "key.pem", NULL);
  X509_set_version (x509, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (x509), 1);
  X509_gmtime_adj (X509_getm_notBefore (x509), -3600);
  X509_gmtime_adj (X509_getm_notAfter (x509), 86400);
  X509_set_pubkey (x509, key);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (guchar *)"localhost", -1, -1,
                              0);
  X509_set_issuer_name (x509, name);
  g_assert_cmpint (X509_sign (x509, key, EVP_sha256 ()), >, 0);
  file = fopen (certificate, "w");
  PEM_write_X509 (file, x509);
  fclose (file);
  file = fopen (private_key, "w");
  PEM_write_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL);
  fclose (file);
  X509_free (x509);
  EVP_PKEY_free (key);
}

static void
set_up (AcFixture *fixture, gconstpointer data)
{
  AcFrontConfig config = { .n_threads = 1,
                           .certificate = certificate,
                           .private_key = private_key,
                           .trust_proxy = data != NULL };

  ac_fixture_set_up (fixture, &config);
}

static void
tear_down (AcFixture *fixture, gconstpointer data)
{
  ac_fixture_tear_down (fixture);
}

/* --- curl ------------------------------------------------------------------------- */

typedef struct {
  GBytes *output;
  guint done;
} Run;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_finish (G_SUBPROCESS (source), result, &run->output, NULL,
                                   &error);
  g_assert_no_error (error);
  run->done = 1;
}

static GSubprocess *
start_curl (AcFixture *fixture, Run *run, const gchar *path, const gchar *const *more)
{
  g_autofree gchar *url =
      g_strdup_printf ("https://127.0.0.1:%u%s", ac_front_port (fixture->front), path);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GSubprocess *curl;

  g_ptr_array_add (argv, (gpointer) "curl");
  g_ptr_array_add (argv, (gpointer) "-sk");
  g_ptr_array_add (argv, (gpointer) "--no-progress-meter");
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer)more[i]);
  g_ptr_array_add (argv, url);
  g_ptr_array_add (argv, NULL);
  curl = g_subprocess_newv ((const gchar *const *)argv->pdata,
                            G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  *run = (Run){ 0 };
  g_subprocess_communicate_async (curl, NULL, NULL, on_done, run);
  return curl;
}

/* Returns: (transfer full): what curl printed. */
static GBytes *
curl (AcFixture *fixture, const gchar *path, const gchar *const *more)
{
  Run run;
  g_autoptr (GSubprocess) process = start_curl (fixture, &run, path, more);

  ac_fixture_until (&run.done, 1);
  return run.output;
}

static void
assert_text (GBytes *bytes, const gchar *text)
{
  g_autofree gchar *found =
      g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (found, ==, text);
}

#define VERSION "-w", " %{http_version} %{response_code}"

/* --- Tests ------------------------------------------------------------------------ */

static void
test_versions (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const h1[] = { "--http1.1", VERSION, NULL };
  static const gchar *const h2[] = { "--http2", VERSION, NULL };
  static const gchar *const old[] = { "--tls-max", "1.1", VERSION, NULL };
  g_autoptr (GBytes) by_h1 = curl (fixture, "/live/T/now", h1);
  g_autoptr (GBytes) by_h2 = curl (fixture, "/live/T/now", h2);
  g_autoptr (GBytes) by_old = curl (fixture, "/live/T/now", old);

  assert_text (by_h1, "now 1.1 200");
  assert_text (by_h2, "now 2 200");
  assert_text (by_old, " 0 000");
}

static void
test_h2_headers (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const head[] = { "--http2", "-I", NULL };
  static const gchar *const options[] = { "--http2", "-i", "-X", "OPTIONS", NULL };
  g_autoptr (GBytes) by_head = curl (fixture, "/live/T/bytes/100000", head);
  g_autoptr (GBytes) by_options = curl (fixture, "/live/T/now", options);
  g_autofree gchar *text =
      g_strndup (g_bytes_get_data (by_head, NULL), g_bytes_get_size (by_head));
  g_autofree gchar *allowed =
      g_strndup (g_bytes_get_data (by_options, NULL), g_bytes_get_size (by_options));

  g_assert_true (g_str_has_prefix (text, "HTTP/2 200"));
  g_assert_nonnull (strstr (text, "\r\ncontent-length: 100000\r\n"));
  g_assert_nonnull (strstr (text, "\r\naccess-control-allow-origin: *\r\n"));
  g_assert_nonnull (strstr (text, "\r\ndate: "));
  g_assert_true (g_str_has_prefix (allowed, "HTTP/2 204"));
}

static void
test_h2_sizes (AcFixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 16384, 16385, 65536, 3000000 };
  static const gchar *const versions[][2] = { { "--http2", NULL },
                                              { "--http1.1", NULL } };

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      g_autofree gchar *path =
          g_strdup_printf ("/live/T/bytes/%" G_GSIZE_FORMAT, sizes[i]);
      g_autoptr (GBytes) expected = ac_double_pattern (sizes[i]);
      g_autoptr (GBytes) got = curl (fixture, path, versions[v]);

      g_assert_true (g_bytes_equal (got, expected));
    }
}

/* Two streams of one connection, held and answered, and one that goes away. */
static void
test_h2_held (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const parallel[] = { "--http2", "-Z", VERSION, NULL };
  static const gchar *const h1[] = { "--http1.1", VERSION, NULL };
  AcSnapshot *snapshot = ac_double_snapshot_new ();
  gint cancelled = ac_double_n_cancelled ();
  Run many, one, gone;
  g_autoptr (GSubprocess) first =
      start_curl (fixture, &many, "/live/T/held?[1-8]", parallel);
  g_autoptr (GSubprocess) second = start_curl (fixture, &one, "/live/T/held", h1);
  g_autoptr (GSubprocess) third = start_curl (fixture, &gone, "/live/T/held", parallel);

  ac_fixture_until_held (10);
  g_subprocess_force_exit (third);
  ac_fixture_until (&gone.done, 1);
  ac_fixture_until_held (9);
  g_assert_cmpint (ac_double_n_cancelled (), ==, cancelled + 1);
  ac_front_publish (fixture->front, snapshot);
  ac_fixture_until (&many.done, 1);
  ac_fixture_until (&one.done, 1);
  assert_text (one.output, "published 1.1 200");
  g_assert_cmpuint (g_bytes_get_size (many.output), ==, 8 * strlen ("published 2 200"));
  g_bytes_unref (many.output);
  g_bytes_unref (one.output);
  g_bytes_unref (gone.output);
  ac_snapshot_unref (snapshot);
}

static void
test_h2_api (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const json[] = {
    "--http2", "-d", "{}", "-H", "Content-Type: application/json", NULL
  };
  static const gchar *const form[] = { "--http2", "-d", "a=b", NULL };
  static const gchar *const remove[] = { "--http2", "-X", "DELETE", NULL };
  static const gchar *const empty[] = { "--http2",           "-X", "POST", "-H",
                                        "Content-Length: 0", NULL };
  g_autofree gchar *large = g_strnfill (200000, 'x');
  const gchar *const body[] = { "--http2", "-d", NULL, NULL };
  const gchar *sized[4];
  g_autofree gchar *file = g_build_filename (folder, "body", NULL);
  g_autofree gchar *at_file = g_strconcat ("@", file, NULL);
  g_autofree gchar *host =
      g_strdup_printf ("127.0.0.1:%u", ac_front_port (fixture->front));
  g_autofree gchar *expected_json = g_strdup_printf (
      "POST|/api/x|a=1|-|-|%s|airclass|application/json|127.0.0.1|1|{}", host);
  g_autofree gchar *expected_form = g_strdup_printf (
      "POST|/api/x|-|-|-|%s|-|application/x-www-form-urlencoded|127.0.0.1|1|a=b", host);
  g_autofree gchar *expected_remove =
      g_strdup_printf ("DELETE|/api/x|-|-|-|%s|airclass|-|127.0.0.1|1|", host);
  g_autofree gchar *expected_empty =
      g_strdup_printf ("POST|/api/x|-|-|-|%s|-|-|127.0.0.1|1|", host);
  g_autoptr (GBytes) by_json = curl (fixture, "/api/x?a=1", json);
  g_autoptr (GBytes) by_form = curl (fixture, "/api/x", form);
  g_autoptr (GBytes) by_remove = curl (fixture, "/api/x", remove);
  g_autoptr (GBytes) by_empty = curl (fixture, "/api/x", empty);
  g_autoptr (GBytes) by_size = NULL;

  assert_text (by_json, expected_json);
  assert_text (by_form, expected_form);
  assert_text (by_remove, expected_remove);
  assert_text (by_empty, expected_empty);
  g_assert_true (g_file_set_contents (file, large, 200000, NULL));
  memcpy (sized, body, sizeof sized);
  sized[2] = at_file;
  by_size = curl (fixture, "/api/size", sized);
  assert_text (by_size, "200000");
  g_assert_cmpint (g_unlink (file), ==, 0);
}

static void
test_plain (AcFixture *fixture, gconstpointer data)
{
  static const struct {
    const gchar *request;
    guint status;
    const gchar *location;
  } cases[] = {
    /* this machine's own scripts */
    { "GET /live/T/now HTTP/1.1\r\nHost: a:1\r\n\r\n", 200, NULL },
    { "GET /lesson/1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 200, NULL },
    /* a proxy here whose client spoke plain HTTP */
    { "GET /lesson/1%20x?y=%26 HTTP/1.1\r\nHost: a:1\r\nX-Forwarded-Proto: "
      "http\r\n\r\n",
      308, "https://a:1/lesson/1%20x?y=%26" },
    { "GET / HTTP/1.1\r\nHost: a/b\r\nX-Forwarded-Proto: http\r\n\r\n", 400, NULL },
    { "GET / HTTP/1.1\r\nX-Forwarded-Proto: http\r\n\r\n", 400, NULL },
    { "POST /api/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n"
      "Content-Length: 2\r\n\r\n{}",
      308, "https://a/api/x" },
    { "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n", 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AcAnswer) answer = ac_fixture_get (fixture, cases[i].request);
    g_autofree gchar *location = ac_answer_header (answer, "location");
    guint expected = cases[i].status;

    if (expected == 0)
      expected = data != NULL ? 200 : 308; /* believed only when told to */
    g_assert_cmpuint (answer->status, ==, expected);
    if (cases[i].status != 0)
      g_assert_cmpstr (location, ==, cases[i].location);
  }
}

/* What is neither: garbage behind the first byte of a handshake, and half of one. */
static void
test_garbage (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const h2[] = { "--http2", VERSION, NULL };
  g_autoptr (AcClient) half = ac_client_new (fixture);
  g_autoptr (GBytes) after = NULL;

  ac_client_send_bytes (half, "\x16\x03\x01", 3);
  for (guint i = 0; i < 50; i++) {
    g_autoptr (AcClient) client = ac_client_new (fixture);
    guint8 noise[400] = { 0x16, 3, 1 };

    for (guint k = 3 + i % 5; k < sizeof noise; k++)
      noise[k] = g_test_rand_int_range (0, 256);
    ac_client_send_bytes (client, noise, sizeof noise);
  }
  after = curl (fixture, "/live/T/now", h2);
  assert_text (after, "now 2 200");
}

static void
test_unusable (void)
{
  static const AcFrontHandler handler = { 0 };
  static const AcMediaKey key = { { 0 } };
  g_autofree gchar *index = g_build_filename (folder, "index.html", NULL);
  AcFrontConfig configs[] = {
    { .certificate = "/nonexistent.pem", .private_key = private_key },
    { .certificate = certificate, .private_key = NULL },
    { .certificate = certificate, .private_key = certificate },
    { .certificate = private_key, .private_key = private_key },
  };

  g_assert_true (g_file_set_contents (index, "x", 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    g_autoptr (GError) error = NULL;

    configs[i].listen = "127.0.0.1:0";
    configs[i].n_threads = 1;
    configs[i].web_root = folder;
    g_assert_null (
        ac_front_new (&configs[i], NULL, NULL, &key, &handler, NULL, &error));
    g_assert_error (error, AC_FRONT_ERROR, AC_FRONT_ERROR_TLS);
  }
  g_assert_cmpint (g_unlink (index), ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    gconstpointer data;
    void (*test) (AcFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/tls/plain", NULL, test_plain },
    { "/tls/plain-behind-proxy", "trusted", test_plain },
    { "/tls/versions", NULL, test_versions },
    { "/tls/h2-headers", NULL, test_h2_headers },
    { "/tls/h2-sizes", NULL, test_h2_sizes },
    { "/tls/h2-held", NULL, test_h2_held },
    { "/tls/h2-api", NULL, test_h2_api },
    { "/tls/garbage", NULL, test_garbage },
  };
  g_autofree gchar *curl_found = g_find_program_in_path ("curl");
  int result;

  g_test_init (&argc, &argv, NULL);
  write_pair ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    if (i < 2 || curl_found != NULL)
      g_test_add (tests[i].name, AcFixture, tests[i].data, set_up, tests[i].test,
                  tear_down);
  g_test_add_func ("/tls/unusable", test_unusable);
  result = g_test_run ();
  g_unlink (certificate);
  g_unlink (private_key);
  g_rmdir (folder);
  g_free (certificate);
  g_free (private_key);
  g_free (folder);
  return result;
}
