/* Branches and rooms as their staff see and change them. */
#include "api_fixture.h"

#include "audit.h"

#include <string.h>

static guint
send_to (Fixture *f, const gchar *method, const gchar *path, const gchar *cookie,
         const gchar *body)
{
  return ask (
      f, &(Request){ .method = method, .path = path, .cookie = cookie, .body = body });
}

/* Returns: (transfer full): "2,3" of the list @name of the last answer. */
static gchar *
ids_of (Fixture *f, const gchar *name)
{
  JsonArray *array = json_object_get_array_member (f->json, name);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%s%d", i > 0 ? "," : "",
                            (gint)json_object_get_int_member (
                                json_array_get_object_element (array, i), "id"));
  return g_string_free (text, FALSE);
}

static void
test_list (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *query, *ids;
  } rows[] = {
    { NULL, "1" },
    { "branch=1", "2,3" },
    { "branch=1&limit=1", "2" },
    { "branch=1&limit=1&after=2", "3" },
    { "branch=1&closed=1", "2,3,5" },
    { "q=%E9%95%87", "2,3" }, /* 镇 */
    { "q=%E9%95%87&closed=1", "2,3,5" },
    { "branch=2&q=%E9%95%87", "2" },
    { "branch=2", "4" },
    { "branch=4", "" },
  };
  g_autofree gchar *staff = NULL;
  JsonObject *village;

  run_job (f, add_branches, NULL);
  school_sql (&f->school,
              "INSERT INTO branches (id, parent, name, kind, created_ms, closed_ms) "
              "VALUES (5, 1, '旧镇', 'town', 1, 1)");
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  member_in (f, "inside", VILLAGE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *ids = NULL;

    g_test_message ("%s", rows[i].query);
    g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                          .path = "/api/v1/branches",
                                          .query = rows[i].query,
                                          .cookie = staff }),
                      ==, 200);
    ids = ids_of (f, "branches");
    g_assert_cmpstr (ids, ==, rows[i].ids);
  }
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/branches",
                                        .query = "branch=2",
                                        .cookie = staff }),
                    ==, 200);
  village = json_array_get_object_element (
      json_object_get_array_member (f->json, "branches"), 0);
  g_assert_cmpint (json_object_get_int_member (village, "members"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (village, "sites"), ==, 1);
  g_assert_cmpstr (
      json_array_get_string_element (json_object_get_array_member (village, "path"), 0),
      ==, "县");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (village, "path")), ==, 3);
}

/* One by itself says what its row in a list does. */
static void
test_get (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *staff = NULL;
  g_autoptr (JsonObject) alone = NULL;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  member_in (f, "inside", VILLAGE);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/branches/4", secretary, NULL), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "members"), ==, 1);
  alone = json_object_ref (f->json);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/branches",
                                        .query = "branch=2",
                                        .cookie = staff }),
                    ==, 200);
  g_assert_true (json_object_equal (
      alone, json_array_get_object_element (
                 json_object_get_array_member (f->json, "branches"), 0)));
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/branches/2", secretary, NULL), ==, 403);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/branches/77", staff, NULL), ==, 404);
}

static void
test_own (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  JsonObject *grant;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/grants/own", staff, NULL), ==, 200);
  grant = json_array_get_object_element (
      json_object_get_array_member (f->json, "grants"), 0);
  g_assert_cmpstr (json_object_get_string_member (grant, "role"), ==, "staff");
  g_assert_cmpstr (json_object_get_string_member (grant, "name"), ==, "甲镇");
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/grants/own", f->cookie, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "grants")), ==, 0);
}

/* What the staff of the town may, step after step. */
static void
test_change (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *method, *path, *body;
    guint status;
    const gchar *field;
  } rows[] = {
    { "POST", "/api/v1/branches", "{\"name\":\"西村\",\"parent\":2}", 200,
      NULL }, /* 5 */
    { "POST", "/api/v1/branches", "{\"name\":\"西村\",\"parent\":2}", 409, "name" },
    { "POST", "/api/v1/branches", "{\"parent\":2}", 422, "name" },
    { "POST", "/api/v1/branches", "{\"name\":\"厂\",\"parent\":2,\"kind\":\"network\"}",
      422, "kind" },
    { "POST", "/api/v1/branches", "{\"name\":\"厂\",\"parent\":2,\"kind\":\"king\"}",
      422, "kind" },
    { "POST", "/api/v1/branches", "{\"name\":\"南村\",\"parent\":3}", 403, NULL },
    { "POST", "/api/v1/branches", "{\"name\":\"省\"}", 403, NULL },
    { "PATCH", "/api/v1/branches/5", "{\"name\":\"西新村\"}", 200, NULL },
    { "PATCH", "/api/v1/branches/5", "{\"parent\":4}", 200, NULL },
    { "PATCH", "/api/v1/branches/5", "{\"parent\":5}", 422, "parent" },
    { "PATCH", "/api/v1/branches/5", "{\"parent\":3}", 403, "parent" },
    { "PATCH", "/api/v1/branches/5", "{\"parent\":null}", 403, "parent" },
    { "PATCH", "/api/v1/branches/2", "{\"parent\":4}", 403, "parent" },
    { "PATCH", "/api/v1/branches/3", "{\"name\":\"x\"}", 403, NULL },
    { "PATCH", "/api/v1/branches/4", "{\"closed\":true}", 409, "closed" },
    { "PATCH", "/api/v1/branches/5", "{\"closed\":1}", 422, "closed" },
    { "PATCH", "/api/v1/branches/5", "{\"closed\":true}", 200, NULL },
    { "POST", "/api/v1/branches", "{\"name\":\"组\",\"parent\":5}", 422, "parent" },
    { "POST", "/api/v1/branches/5/sites", "{\"name\":\"礼堂\"}", 422, "branch" },
    { "POST", "/api/v1/members", "{\"number\":\"8\",\"name\":\"甲\",\"branch\":5}", 422,
      "branch" },
    { "PATCH", "/api/v1/branches/5", "{\"closed\":false}", 200, NULL },
    { "POST", "/api/v1/branches/5/sites", "{\"name\":\"礼堂\"}", 200, NULL },
    { "PATCH", "/api/v1/branches/5", "{\"closed\":true}", 409, "closed" },
  };
  g_autofree gchar *staff = NULL;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  member_in (f, "inside", VILLAGE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s %s %s", rows[i].method, rows[i].path, rows[i].body);
    g_assert_cmpuint (send_to (f, rows[i].method, rows[i].path, staff, rows[i].body),
                      ==, rows[i].status);
    if (rows[i].status != 200)
      g_assert_cmpstr (
          json_object_get_string_member_with_default (f->json, "field", NULL), ==,
          rows[i].field);
  }
}

static void
test_sites (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *steward = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *other = NULL;
  JsonObject *site;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  path = g_strdup_printf ("/api/v1/sites/1/stewards/%d",
                          (gint)member_in (f, "inside", VILLAGE));
  steward = school_sign_in (&f->school, "inside");
  g_assert_cmpuint (send_to (f, "PUT", path, staff, "{}"), ==, 200);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/sites", steward, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 1);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/branches/2/sites", staff, NULL), ==,
                    200);
  site = json_array_get_object_element (json_object_get_array_member (f->json, "sites"),
                                        0);
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (
                           json_object_get_array_member (site, "stewards"), 0),
                       "number"),
                   ==, "inside");
  g_assert_cmpuint (send_to (f, "DELETE", path, staff, NULL), ==, 200);
  /* Whom the staff may not see is as if they were not there. */
  other = g_strdup_printf ("/api/v1/sites/1/stewards/%d",
                           (gint)member_in (f, "outside", OTHER_TOWN));
  assert_field (f,
                &(Request){ .method = "PUT",
                            .path = "/api/v1/sites/1/stewards/99",
                            .cookie = staff,
                            .body = "{}" },
                404, "named-not-found", "member");
  assert_field (
      f, &(Request){ .method = "PUT", .path = other, .cookie = staff, .body = "{}" },
      404, "named-not-found", "member");
  g_assert_cmpuint (send_to (f, "DELETE", other, staff, NULL), ==, 200);
  g_assert_cmpint (
      query_number (f, "SELECT count (*) FROM audit WHERE act = 'site-set'"), ==, 2);
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/sites/1", staff, "{\"name\":\"大礼堂\"}"), ==, 200);
  g_assert_cmpuint (send_to (f, "PUT", path, staff, "{}"), ==, 200);
  school_sql (&f->school, "INSERT INTO screens (site, name, token_hash, paired_ms, "
                          "last_seen_ms) VALUES (1, '大屏', x'00', 1, 1)");
  g_assert_cmpuint (send_to (f, "PATCH", "/api/v1/sites/1", staff, "{\"closed\":true}"),
                    ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "stewards")), ==,
      0);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/sites/1/screens", staff, NULL), ==,
                    200);
  g_assert_false (json_object_get_null_member (
      json_array_get_object_element (json_object_get_array_member (f->json, "screens"),
                                     0),
      "revoked_at"));
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/sites", staff, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 0);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/sites",
                                        .query = "closed=1",
                                        .cookie = staff }),
                    ==, 200);
  site = json_array_get_object_element (json_object_get_array_member (f->json, "sites"),
                                        0);
  g_assert_true (json_object_get_boolean_member (site, "closed"));
}

#define ADD(name, func)                                                                \
  g_test_add ("/branches/" name, Fixture, NULL, api_set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("list", test_list);
  ADD ("get", test_get);
  ADD ("own", test_own);
  ADD ("change", test_change);
  ADD ("sites", test_sites);
  return g_test_run ();
}
