/* TLS and plain on one port, by first byte; HTTP/2 by curl. */
#include "front_fixture.h"
#include "hub_double.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
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

/* What a page of another origin could send without asking first has no header. */
static void
test_h2_api (AcFixture *fixture, gconstpointer data)
{
#define TYPE(type) "-H", "Content-Type: " type
#define POSTED "-X", "POST", "-H", "Content-Length: 0"
  static const struct {
    const gchar *options[7], *path, *expected; /* with the host for %s */
  } rows[] = {
    { { "-d", "{}", TYPE ("application/json") },
      "/api/x?a=1",
      "POST|/api/x|a=1|-|-|%s|airclass|application/json|127.0.0.1|1|{}" },
    { { "-d", "abc", TYPE ("application/octet-stream") },
      "/api/x",
      "POST|/api/x|-|-|-|%s|airclass|application/octet-stream|127.0.0.1|1|abc" },
    { { "-d", "a=b" },
      "/api/x",
      "POST|/api/x|-|-|-|%s|-|application/x-www-form-urlencoded|127.0.0.1|1|a=b" },
    { { "-X", "DELETE" }, "/api/x", "DELETE|/api/x|-|-|-|%s|airclass|-|127.0.0.1|1|" },
    { { POSTED }, "/api/x", "POST|/api/x|-|-|-|%s|-|-|127.0.0.1|1|" },
    { { POSTED, "-H", "Origin: https://a.example" },
      "/api/x",
      "POST|/api/x|-|-|https://a.example|%s|-|-|127.0.0.1|1|" },
  };
#undef TYPE
#undef POSTED
  g_autofree gchar *host =
      g_strdup_printf ("127.0.0.1:%u", ac_front_port (fixture->front));
  g_autofree gchar *large = g_strnfill (200000, 'x');
  g_autofree gchar *file = g_build_filename (folder, "body", NULL);
  g_autofree gchar *at_file = g_strconcat ("@", file, NULL);
  const gchar *const sized[] = { "--http2", "-d", at_file, NULL };
  g_autoptr (GBytes) by_size = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) halves = g_strsplit (rows[i].expected, "%s", 2);
    g_autofree gchar *expected = g_strjoinv (host, halves);
    const gchar *more[9] = { "--http2" };
    g_autoptr (GBytes) answer = NULL;

    memcpy (more + 1, rows[i].options, sizeof rows[i].options);
    answer = curl (fixture, rows[i].path, more);
    assert_text (answer, expected);
  }
  g_assert_true (g_file_set_contents (file, large, 200000, NULL));
  by_size = curl (fixture, "/api/size", sized);
  assert_text (by_size, "200000");
  g_assert_cmpint (g_unlink (file), ==, 0);
}

#define HANDOUTS "/api/v1/lessons/1/handouts"

/* Files over HTTP/2: asked about first, and let go when they are slow, whatever else
 * the connection does. */
static void
test_h2_uploads (AcFixture *fixture, gconstpointer data)
{
  g_autofree gchar *file = g_build_filename (folder, "file", NULL);
  g_autofree gchar *at_file = g_strconcat ("@", file, NULL);
  g_autofree gchar *large = g_strnfill (AC_FIXTURE_UPLOAD_BYTES, 'x');
  const gchar *const good[] = { "--http2", "-b",    "u=8", "--data-binary",
                                at_file,   VERSION, NULL };
  const gchar *const nobody[] = { "--http2", "--data-binary", at_file, VERSION, NULL };
  const gchar *const slow[] = { "--http2",      "-b",    "u=7",
                                "--limit-rate", "8k",    "--data-binary",
                                at_file,        VERSION, NULL };
  const gchar *const again[] = { "--http2", "-b",    "u=7", "--data-binary",
                                 at_file,   VERSION, NULL };
  g_autoptr (GBytes) by_good = NULL;
  g_autoptr (GBytes) by_nobody = NULL;
  g_autoptr (GBytes) by_again = NULL;
  g_autoptr (GSubprocess) phone = NULL;
  Run run;

  g_assert_true (g_file_set_contents (file, large, AC_FIXTURE_UPLOAD_BYTES, NULL));
  phone = start_curl (fixture, &run, HANDOUTS, slow);
  ac_fixture_until (&fixture->n_asked, 1);
  by_good = curl (fixture, HANDOUTS, good);
  assert_text (by_good, "300000 2 200");
  by_nobody = curl (fixture, HANDOUTS, nobody);
  assert_text (by_nobody, "who? 2 401");
  ac_fixture_until (&run.done, 1);
  assert_text (run.output, " 2 408");
  g_bytes_unref (run.output);
  by_again = curl (fixture, HANDOUTS, again);
  assert_text (by_again, "300000 2 200");
  g_assert_cmpint (g_unlink (file), ==, 0);
}

/* --- HTTP/2, frame by frame -------------------------------------------------------
 */

enum { H2_DATA = 0, H2_HEADERS = 1, H2_SETTINGS = 4 };
enum { H2_END_STREAM = 1, H2_END_HEADERS = 4 };

static void
append_h2_frame (GByteArray *to, guint8 type, guint8 flags, guint8 stream,
                 gconstpointer payload, gsize length)
{
  const guint8 head[9] = {
    0, length >> 8, length & 0xff, type, flags, 0, 0, 0, stream
  };

  g_byte_array_append (to, head, sizeof head);
  g_byte_array_append (to, payload, length);
}

static void
append_field (GByteArray *to, const gchar *name, const gchar *value)
{
  guint8 start = 0, name_length = strlen (name), value_length = strlen (value);

  g_byte_array_append (to, &start, 1);
  g_byte_array_append (to, &name_length, 1);
  g_byte_array_append (to, (const guint8 *)name, name_length);
  g_byte_array_append (to, &value_length, 1);
  g_byte_array_append (to, (const guint8 *)value, value_length);
}

/* With a name of HPACK's static table, RFC 7541 appendix A. */
static void
append_static (GByteArray *to, guint8 index, const gchar *value)
{
  guint8 value_length = strlen (value);

  g_byte_array_append (to, &index, 1);
  g_byte_array_append (to, &value_length, 1);
  g_byte_array_append (to, (const guint8 *)value, value_length);
}

static const gchar preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static GByteArray *
h2_upgrade (const gchar *path)
{
  g_autoptr (GByteArray) fields = g_byte_array_new ();
  GByteArray *bytes = g_byte_array_new ();

  append_static (fields, 2, "CONNECT"); /* :method */
  append_field (fields, ":protocol", "websocket");
  append_static (fields, 7, "https");          /* :scheme */
  append_static (fields, 4, path);             /* :path */
  append_static (fields, 1, "school.example"); /* :authority */
  append_field (fields, "sec-websocket-protocol", "airclass");
  append_field (fields, "sec-websocket-version", "13");
  g_byte_array_append (bytes, (const guint8 *)preface, strlen (preface));
  append_h2_frame (bytes, H2_SETTINGS, 0, 0, "", 0);
  append_h2_frame (bytes, H2_HEADERS, H2_END_HEADERS, 1, fields->data, fields->len);
  return bytes;
}

/* Turns the main loop until @expected was received, anywhere in @received. */
static void
await_bytes (SSL *ssl, GByteArray *received, gconstpointer expected, gsize length)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  guint8 block[4096];

  while (received->len == 0 ||
         memmem (received->data, received->len, expected, length) == NULL) {
    int got = SSL_read (ssl, block, sizeof block);

    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
    if (got > 0)
      g_byte_array_append (received, block, got);
  }
}

static void
await_over_tls (SSL *ssl, const gchar *expected)
{
  g_autoptr (GByteArray) received = g_byte_array_new ();

  await_bytes (ssl, received, expected, strlen (expected));
}

/* Returns: a session with HTTP/2 whose bytes are all sent, and which does not block. */
static SSL *
open_h2 (SSL_CTX *context, AcClient *client, GByteArray *bytes)
{
  static const guint8 h2[] = { 2, 'h', '2' };
  SSL *ssl = SSL_new (context);

  SSL_set_alpn_protos (ssl, h2, sizeof h2);
  SSL_set_fd (ssl, client->fd);
  g_assert_cmpint (SSL_connect (ssl), ==, 1);
  g_assert_cmpint (SSL_write (ssl, bytes->data, bytes->len), ==, bytes->len);
  g_assert_true (g_unix_set_fd_nonblocking (client->fd, TRUE, NULL));
  return ssl;
}

static void
send_h2 (SSL *ssl, GByteArray *bytes)
{
  g_assert_cmpint (SSL_write (ssl, bytes->data, bytes->len), ==, bytes->len);
  g_byte_array_set_size (bytes, 0);
}

static void
append_request (GByteArray *to, guint8 stream, const gchar *method, const gchar *path,
                const gchar *cookie, const gchar *length)
{
  g_autoptr (GByteArray) fields = g_byte_array_new ();

  append_static (fields, 2, method);
  append_static (fields, 7, "https");
  append_static (fields, 4, path);
  append_static (fields, 1, "school.example");
  if (cookie != NULL)
    append_field (fields, "cookie", cookie);
  if (length != NULL)
    append_field (fields, "content-length", length);
  append_h2_frame (to, H2_HEADERS,
                   H2_END_HEADERS | (length == NULL ? H2_END_STREAM : 0), stream,
                   fields->data, fields->len);
}

static GByteArray *
h2_start (void)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)preface, strlen (preface));
  append_h2_frame (bytes, H2_SETTINGS, 0, 0, "", 0);
  return bytes;
}

/* Refused while it comes, in the middle of a frame: answered, told to stop, and what
 * was on its way harms nobody else's streams. */
static void
test_h2_refused (AcFixture *fixture, gconstpointer data)
{
  static const gchar *const lengths[] = { "300000", "999999999" };
  static const gchar *const answers[] = { "who?", "" };
  static const guint8 reset[] = { 0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  static const guint8 other_ends[] = { 0, 0, 3, 0, 1, 0, 0, 0, 3, 'n', 'o', 'w' };
  g_autofree gchar *large = g_strnfill (16000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (AcClient) client = ac_client_new (fixture);
    g_autoptr (GByteArray) bytes = h2_start ();
    g_autoptr (GByteArray) received = g_byte_array_new ();
    g_autoptr (GByteArray) rest = g_byte_array_new ();
    SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
    SSL *ssl;

    append_request (bytes, 1, "POST", HANDOUTS, NULL, lengths[i]);
    append_h2_frame (rest, H2_DATA, 0, 1, large, 16000);
    g_byte_array_append (bytes, rest->data, 5000);
    ssl = open_h2 (context, client, bytes);
    await_bytes (ssl, received, reset, sizeof reset);
    g_assert_nonnull (
        memmem (received->data, received->len, answers[i], strlen (answers[i])));
    g_byte_array_remove_range (rest, 0, 5000);
    append_h2_frame (rest, H2_DATA, 0, 1, large, 16000);
    append_request (rest, 3, "GET", "/live/T/now", NULL, NULL);
    append_h2_frame (rest, H2_DATA, 0, 1, large, 16000);
    send_h2 (ssl, rest);
    await_bytes (ssl, received, other_ends, sizeof other_ends);
    SSL_free (ssl);
    SSL_CTX_free (context);
  }
}

/* Who goes on sending for all that is cut off. */
static void
test_h2_deaf (AcFixture *fixture, gconstpointer data)
{
  static const guint8 reset[] = { 0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (GByteArray) bytes = h2_start ();
  g_autoptr (GByteArray) received = g_byte_array_new ();
  g_autofree gchar *large = g_strnfill (16000, 'x');
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  gsize sent = 0;
  SSL *ssl;

  append_request (bytes, 1, "POST", HANDOUTS, NULL, "999999999");
  ssl = open_h2 (context, client, bytes);
  await_bytes (ssl, received, reset, sizeof reset);
  g_byte_array_set_size (bytes, 0);
  append_h2_frame (bytes, H2_DATA, 0, 1, large, 16000);
  signal (SIGPIPE, SIG_IGN);
  g_assert_true (g_unix_set_fd_nonblocking (client->fd, FALSE, NULL));
  while (SSL_write (ssl, bytes->data, bytes->len) == (int)bytes->len) {
    sent += bytes->len;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
  g_assert_cmpuint (sent, >, AC_HTTP_UPLOAD_MAX_BYTES / 2);
  SSL_free (ssl);
  SSL_CTX_free (context);
}

/* Its first bytes come together with its header: the window is opened nevertheless. */
static void
test_h2_window (AcFixture *fixture, gconstpointer data)
{
  /* WINDOW_UPDATE of stream 1, 300,000 bytes */
  static const guint8 opened[] = { 0, 0, 4, 8, 0, 0, 0, 0, 1, 0x00, 0x04, 0x93, 0xe0 };
  g_autoptr (AcClient) client = ac_client_new (fixture);
  g_autoptr (GByteArray) bytes = h2_start ();
  g_autoptr (GByteArray) received = g_byte_array_new ();
  g_autofree gchar *large = g_strnfill (3000, 'x');
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  SSL *ssl;

  append_request (bytes, 1, "POST", HANDOUTS, "u=8", "300000");
  append_h2_frame (bytes, H2_DATA, 0, 1, large, 3000);
  ssl = open_h2 (context, client, bytes);
  await_bytes (ssl, received, opened, sizeof opened);
  for (guint i = 0; i < 99; i++) {
    append_h2_frame (bytes, H2_DATA, i == 98 ? H2_END_STREAM : 0, 1, large, 3000);
  }
  g_byte_array_remove_range (bytes, 0, bytes->len - 99 * 3009);
  g_assert_true (g_unix_set_fd_nonblocking (client->fd, FALSE, NULL));
  send_h2 (ssl, bytes);
  g_assert_true (g_unix_set_fd_nonblocking (client->fd, TRUE, NULL));
  await_bytes (ssl, received, "300000", strlen ("300000"));
  SSL_free (ssl);
  SSL_CTX_free (context);
}

/* --- A WebSocket over HTTP/2, RFC 8441, as browsers open it ------------------------
 */

/* Sends the upgrade, and a message once it is accepted, which is to come back. */
static void
exchange_over_tls (AcFixture *fixture, GByteArray *bytes)
{
  static const guint8 hello[] = { 0x81, 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o' };
  g_autoptr (AcClient) client = ac_client_new (fixture);
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  SSL *ssl = open_h2 (context, client, bytes);
  g_autoptr (GByteArray) message = g_byte_array_new ();

  await_over_tls (ssl, "airclass");
  append_h2_frame (message, H2_DATA, 0, 1, hello, sizeof hello);
  send_h2 (ssl, message);
  await_over_tls (ssl, "\x81\x05hello");
  SSL_free (ssl);
  SSL_CTX_free (context);
}

static void
test_h2_peer (AcFixture *fixture, gconstpointer data)
{
  g_autoptr (GByteArray) good = h2_upgrade ("/classroom?lesson=4");

  fixture->echo = 1;
  exchange_over_tls (fixture, good);
  ac_fixture_until (&fixture->n_closed, 1);
  g_assert_cmpuint (fixture->n_opened, ==, 1);
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
    { "/tls/h2-peer", NULL, test_h2_peer },
    { "/tls/versions", NULL, test_versions },
    { "/tls/h2-headers", NULL, test_h2_headers },
    { "/tls/h2-sizes", NULL, test_h2_sizes },
    { "/tls/h2-held", NULL, test_h2_held },
    { "/tls/h2-api", NULL, test_h2_api },
    { "/tls/h2-uploads", NULL, test_h2_uploads },
    { "/tls/h2-refused", NULL, test_h2_refused },
    { "/tls/h2-deaf", NULL, test_h2_deaf },
    { "/tls/h2-window", NULL, test_h2_window },
    { "/tls/garbage", NULL, test_garbage },
  };
  g_autofree gchar *curl_found = g_find_program_in_path ("curl");
  int result;

  g_test_init (&argc, &argv, NULL);
  write_pair ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    if (i < 3 || curl_found != NULL)
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
