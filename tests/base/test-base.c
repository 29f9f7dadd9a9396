#include "clock.h"
#include "executor.h"
#include "http_exchange.h"
#include "log.h"

#include <string.h>

static void
test_clock (void)
{
  gint64 before = ac_clock_monotonic_ms ();

  g_assert_cmpint (before, >, 0);
  g_assert_cmpint (ac_clock_monotonic_ms (), >=, before);
  g_assert_cmpint (ac_clock_wall_ms (), >, G_GINT64_CONSTANT (1600000000000));
  g_assert_cmpuint (strlen (ac_clock_boot_id ()), ==, 36);
}

static void
append_letter (gpointer data)
{
  static guint n;
  GString *text = data;

  g_string_append_c (text, 'a' + n++);
}

static void
test_executor_order (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  AcExecutor executor = ac_executor_for_context (context);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 3; i++)
    ac_executor_post (executor, append_letter, text);
  g_assert_cmpuint (text->len, ==, 0); /* never in the caller's frame */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpstr (text->str, ==, "abc");
}

static void
keep_status (AcHttpResponse *response, gpointer user_data)
{
  guint *status = user_data;

  *status = response->status;
  ac_http_response_clear (response);
}

static AcHttpExchange *
exchange_with_cookie (const gchar *cookie, AcExecutor executor, guint *status)
{
  AcHttpRequest request = { .method = g_strdup ("GET"),
                            .path = g_strdup ("/api"),
                            .cookie = g_strdup (cookie) };

  return ac_http_exchange_new (&request, executor, keep_status, status);
}

static void
test_exchange (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  AcExecutor executor = ac_executor_for_context (context);
  guint status = 0;
  AcHttpExchange *answered = exchange_with_cookie (NULL, executor, &status);

  ac_http_exchange_respond (answered, &(AcHttpResponse){ .status = 204 });
  ac_http_exchange_unref (answered);
  g_assert_cmpuint (status, ==, 0);
  g_main_context_iteration (context, FALSE);
  g_assert_cmpuint (status, ==, 204);

  ac_http_exchange_unref (exchange_with_cookie (NULL, executor, &status));
  g_main_context_iteration (context, FALSE);
  g_assert_cmpuint (status, ==, 500); /* a dropped exchange answers by itself */
}

static void
test_cookie (void)
{
  const struct {
    const gchar *header, *value;
  } cases[] = {
    { "session=abc", "abc" }, { "a=1; session=abc; b=2", "abc" },
    { "xsession=abc", NULL }, { "session", NULL },
    { "session=", "" },       { NULL, NULL },
  };
  AcExecutor executor = ac_executor_for_context (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint status = 0;
    g_autoptr (AcHttpExchange) exchange =
        exchange_with_cookie (cases[i].header, executor, &status);
    g_autofree gchar *value =
        ac_http_request_cookie (ac_http_exchange_request (exchange), "session");

    g_assert_cmpstr (value, ==, cases[i].value);
    ac_http_exchange_respond (exchange, &(AcHttpResponse){ .status = 200 });
    g_main_context_iteration (NULL, FALSE);
  }
}

static void
test_log_limit (void)
{
  AcLogLimit limit = { .interval_ms = 3600 * 1000 };
  guint suppressed = 99;

  g_assert_true (ac_log_limit_pass (&limit, &suppressed));
  g_assert_cmpuint (suppressed, ==, 0);
  g_assert_false (ac_log_limit_pass (&limit, &suppressed));
  g_assert_false (ac_log_limit_pass (&limit, &suppressed));
  limit.last_ms -= limit.interval_ms;
  g_assert_true (ac_log_limit_pass (&limit, &suppressed));
  g_assert_cmpuint (suppressed, ==, 2);
}

gint
main (gint argc, gchar **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock", test_clock);
  g_test_add_func ("/executor/order", test_executor_order);
  g_test_add_func ("/http-exchange/answer", test_exchange);
  g_test_add_func ("/http-exchange/cookie", test_cookie);
  g_test_add_func ("/log/limit", test_log_limit);
  return g_test_run ();
}
