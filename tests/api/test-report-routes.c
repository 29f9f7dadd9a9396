/* Reports by the API: who gets them, masked and noted; papers checked by anybody. */
#include "api_fixture.h"

#include "json_text.h"

static const gchar *
first_text (Fixture *f, guint column)
{
  JsonArray *rows = json_object_get_array_member (f->json, "rows");

  return json_array_get_string_element (json_array_get_array_element (rows, 0), column);
}

/* Masked and noted; whole with a reason, which is noted too. */
static void
test_reports (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  Request request = { .method = "GET", .path = "/api/v1/reports/credit" };

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  request.cookie = staff;
  request.query = "branch=2";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (first_text (f, 2), ==, "inside");
  g_assert_nonnull (strchr (first_text (f, 3), '*'));
  request.query = "branch=2&reason=%E5%B9%B4%E6%8A%A5";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_null (strchr (first_text (f, 3), '*'));
  request.query = "branch=2&format=pdf";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (f->response.content_type, ==, "application/pdf");
  request.path = "/api/v1/audit";
  request.query = "branch=2&act=export";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "entries")), ==, 3);
}

static void
test_bad_reports (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *kind, *query;
    guint status;
    const gchar *name, *field;
  } rows[] = {
    { "credit", "format=doc", 400, "invalid-request", "format" },
    { "credit", "lang=fr", 400, "invalid-request", "lang" },
    { "credit", "from=soon", 400, "invalid-request", "from" },
    { "credit", "from=2026-02-01&to=2026-01-01", 400, "invalid-request", "from" },
    { "credit", "reason=%20", 400, "invalid-request", "reason" },
    { "contact", "days=0", 400, "invalid-request", "days" },
    { "sign-in", "", 422, "invalid-field", "lesson" },
    { "sign-in", "lesson=99", 404, "lesson-not-found", NULL },
    { "transcript", "member=99", 404, "member-not-found", NULL },
  };
  g_autofree gchar *cookie = NULL;

  cookie = cookie_with (f, "all", AC_ROLE_ADMINISTRATOR, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strconcat ("/api/v1/reports/", rows[i].kind, NULL);
    Request request = {
      .method = "GET", .path = path, .query = rows[i].query, .cookie = cookie
    };

    assert_problem (f, &request, rows[i].status, rows[i].name);
    if (rows[i].field != NULL)
      g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                       rows[i].field);
  }
}

/* One's own paper, checked by anybody. */
static void
test_transcript (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "GET",
                      .path = "/api/v1/reports/transcript",
                      .cookie = f->cookie,
                      .secure = TRUE };
  g_autofree gchar *code = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *address = NULL;
  guint status = 200;

  g_assert_cmpuint (ask (f, &request), ==, 200);
  code = g_strdup (json_object_get_string_member (f->json, "code"));
  address = g_strconcat ("https://class.example/verify/", code, NULL);
  g_assert_cmpstr (json_object_get_string_member (f->json, "verify_url"), ==, address);
  path = g_strconcat ("/api/v1/verify/", code, NULL);
  request = (Request){ .method = "GET", .path = path };
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_true (json_object_get_boolean_member (f->json, "holds"));
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党*****1");
  g_assert_false (json_object_has_member (f->json, "number"));
  request.path = "/api/v1/verify/00000-00000-00001";
  assert_problem (f, &request, 404, "named-not-found");
  request.path = "/api/v1/verify/a.b";
  assert_problem (f, &request, 404, "not-found");
  request.path = path;
  for (guint i = 0; i < 40 && status == 200; i++)
    status = ask (f, &request);
  g_assert_cmpuint (status, ==, 429);
}

#define ADD(name, test)                                                                \
  g_test_add ("/api/" name, Fixture, NULL, api_set_up, test, api_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("reports", test_reports);
  ADD ("bad-reports", test_bad_reports);
  ADD ("transcript", test_transcript);
  return g_test_run ();
}
