/* Members as the staff of their branches see and change them. */
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

#define NOTED(act)                                                                     \
  query_number (f, "SELECT count (*) FROM audit WHERE act = '" act                     \
                   "' AND actor IS NOT NULL")

/* --- Adding --- */

static void
test_add (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/members", staff,
               "{\"number\":\"7001\",\"name\":\"王小明\",\"kind\":\"probationary\","
               "\"phone\":\"138 0013 8000\",\"branch\":4,\"from\":\"2026/1/5\","
               "\"certificate\":\"LD7\",\"state\":\"verified\"}"),
      ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "王*明");
  g_assert_cmpstr (json_object_get_string_member (f->json, "phone"), ==, "138****8000");
  g_assert_cmpint (json_object_get_int_member (f->json, "home"), ==, VILLAGE);
  g_assert_cmpstr (json_object_get_string_member (f->json, "certificate_state"), ==,
                   "verified");
  g_assert_false (json_object_get_boolean_member (f->json, "can_sign_in"));
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (
                           json_object_get_array_member (f->json, "branches"), 0),
                       "from"),
                   ==, "2026-01-05");
  g_assert_cmpint (NOTED ("member-add"), ==, 1);
}

static void
test_bad_adds (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
    const gchar *name, *field, *reason;
  } rows[] = {
    { "{\"branch\":4}", 422, "invalid-field", "number", "missing" },
    { "{\"branch\":4,\"number\":\"8\"}", 422, "invalid-field", "name", "missing" },
    { "{\"branch\":4,\"number\":\"八\",\"name\":\"甲\"}", 422, "invalid-field",
      "number", "number-form" },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\" \"}", 422, "invalid-field", "name",
      "text-form" },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"kind\":\"king\"}", 422,
      "invalid-field", "kind", NULL },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"kind\":null}", 422,
      "invalid-field", "kind", NULL },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"phone\":\"12\"}", 422,
      "invalid-field", "phone", "phone-form" },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"phone\":12}", 422,
      "invalid-field", "phone", NULL },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"from\":\"去年\"}", 422,
      "invalid-field", "from", "day-form" },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"from\":\"2199-01-01\"}", 422,
      "invalid-field", "from", "day-to-come" },
    { "{\"branch\":4,\"number\":\"8\",\"name\":\"甲\",\"host\":3}", 422,
      "invalid-field", "host", "host-kind" },
    { "{\"branch\":4,\"number\":\"1001\",\"name\":\"甲\"}", 409, "wrong-state",
      "number", "taken" },
    { "{\"branch\":3,\"number\":\"8\",\"name\":\"甲\"}", 403, "forbidden", NULL, NULL },
    { "{\"number\":\"8\",\"name\":\"甲\"}", 403, "forbidden", NULL, NULL },
  };
  g_autofree gchar *staff = NULL;
  gint64 before;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  before = query_number (f, "SELECT count (*) FROM members");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    assert_field (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/members",
                              .cookie = staff,
                              .body = rows[i].body },
                  rows[i].status, rows[i].name, rows[i].field);
    g_assert_cmpstr (
        json_object_get_string_member_with_default (f->json, "reason", NULL), ==,
        rows[i].reason);
  }
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM members"), ==, before);
  g_assert_cmpint (NOTED ("member-add"), ==, 0);
}

/* --- Changing --- */

static gchar *
path_of (gint64 member, const gchar *tail)
{
  return g_strdup_printf ("/api/v1/members/%" G_GINT64_FORMAT "%s", member, tail);
}

static void
test_set (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *certificate = NULL;
  gint64 member;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  member = member_in (f, "inside", VILLAGE);
  path = path_of (member, "");
  certificate = path_of (member, "/certificate");
  g_assert_cmpuint (send_to (f, "PATCH", path, staff,
                             "{\"name\":\"李雷\",\"kind\":\"activist\","
                             "\"phone\":\"13900139000\"}"),
                    ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "李*");
  g_assert_cmpuint (send_to (f, "PATCH", path, staff, "{\"phone\":null}"), ==, 200);
  g_assert_true (json_object_get_null_member (f->json, "phone"));
  g_assert_cmpstr (json_object_get_string_member (f->json, "kind"), ==, "activist");
  g_assert_cmpuint (send_to (f, "POST", certificate, staff,
                             "{\"certificate\":\"LD1\",\"state\":\"verified\"}"),
                    ==, 200);
  g_assert_cmpuint (send_to (f, "POST", certificate, staff,
                             "{\"certificate\":\"LD1\",\"state\":\"lost\"}"),
                    ==, 422);
  g_assert_cmpint (NOTED ("member-set"), ==, 3);
  g_assert_cmpint (query_number (f,
                                 "SELECT count (*) FROM audit WHERE act = 'member-set' "
                                 "AND detail = '{\"fields\":\"name kind phone\"}'"),
                   ==, 1);
  /* Who is gone does not get a name again. */
  school_sql (&f->school, "INSERT INTO erased_members (member, erased_ms) "
                          "SELECT id, 1 FROM members WHERE number = 'inside'");
  g_assert_cmpuint (send_to (f, "PATCH", path, staff, "{\"name\":\"李雷\"}"), ==, 404);
}

/* A code to the phone signs in: whoever sets it could do what its owner may. */
static void
test_phone_of_an_office (Fixture *f, gconstpointer unused)
{
  static const gchar *const offices[] = {
    "INSERT INTO grants (member, role, branch, wall_ms) "
    "SELECT id, 'secretary', 4, 1 FROM members WHERE number = 'inside'",
    "INSERT INTO stewards (site, member) SELECT 2, id FROM members "
    "WHERE number = 'inside'",
    "INSERT INTO lesson_lecturers (lesson, member) SELECT 1, id FROM members "
    "WHERE number = 'inside'",
  };
  /* What a town's staff give themselves. */
  static const gchar *const theirs[] = {
    "INSERT INTO stewards (site, member) SELECT 1, id FROM members "
    "WHERE number = 'inside'",
    "INSERT INTO lesson_lecturers (lesson, member) SELECT 2, id FROM members "
    "WHERE number = 'inside'",
  };
  static const gchar *const others[] = { "DELETE FROM grants WHERE role = 'secretary'",
                                         "DELETE FROM stewards",
                                         "DELETE FROM lesson_lecturers" };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *chief = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *own = NULL;
  Grant home = { 0, { AC_ROLE_MEMBER, TOWN } };
  Request request = { .method = "PATCH", .body = "{\"phone\":\"13900139000\"}" };

  run_job (f, add_branches, NULL);
  add_aimed (f, (Aim){ .branch = OTHER_TOWN });
  add_aimed (f, (Aim){ .branch = VILLAGE });
  request.path = path = path_of (member_in (f, "inside", VILLAGE), "");
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, COUNTY);
  for (guint i = 0; i < G_N_ELEMENTS (offices); i++) {
    school_sql (&f->school, "UPDATE members SET phone = '13800138000'");
    school_sql (&f->school, offices[i]);
    request.cookie = staff;
    assert_field (f, &request, 403, "one-alone", "phone");
    g_assert_cmpuint (send_to (f, "PATCH", path, staff, "{\"phone\":null}"), ==, 403);
    g_assert_cmpuint (send_to (f, "PATCH", path, staff,
                               "{\"name\":\"李雷\",\"phone\":\"138 0013 8000\"}"),
                      ==, 200); /* is the same */
    g_assert_cmpint (query_number (f, "SELECT count (*) FROM members "
                                      "WHERE phone IS NOT '13800138000'"),
                     ==, 0);
    request.cookie = chief;
    g_assert_cmpuint (ask (f, &request), ==, 200);
    school_sql (&f->school, others[i]);
    request.cookie = staff;
    g_assert_cmpuint (ask (f, &request), ==, 200);
  }
  for (guint i = 0; i < G_N_ELEMENTS (theirs); i++) {
    school_sql (&f->school, "UPDATE members SET phone = '13800138000'");
    school_sql (&f->school, theirs[i]);
    g_assert_cmpuint (ask (f, &request), ==, 200);
  }
  /* One's own. */
  home.member = query_number (f, "SELECT id FROM members WHERE number = 'staff'");
  run_job (f, set_home, &home);
  request.path = own = path_of (home.member, "");
  g_assert_cmpuint (ask (f, &request), ==, 200);
}

/* A town's staff move their people within the town, and to any host branch. */
static void
test_move (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
  } rows[] = {
    { "{\"side\":\"home\",\"branch\":2}", 200 },
    { "{\"side\":\"home\",\"branch\":3}", 403 },
    { "{\"side\":\"home\",\"branch\":1}", 403 },
    { "{\"side\":\"home\",\"branch\":null}", 403 },
    { "{\"side\":\"home\"}", 422 },
    { "{\"side\":\"host\",\"branch\":5}", 200 },
    { "{\"side\":\"host\",\"branch\":99}", 404 },
    { "{\"side\":\"host\",\"branch\":null}", 200 },
    { "{\"side\":\"left\",\"branch\":2}", 422 },
    { "{\"side\":\"home\",\"branch\":2,\"from\":\"x\"}", 422 },
  };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *path = NULL;

  run_job (f, add_branches, NULL);
  school_sql (&f->school, "INSERT INTO branches (id, name, kind, created_ms) "
                          "VALUES (5, '厂', 'enterprise', 1)");
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  path = path_of (member_in (f, "inside", VILLAGE), "/memberships");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    g_assert_cmpuint (send_to (f, "POST", path, staff, rows[i].body), ==,
                      rows[i].status);
  }
  g_assert_cmpint (NOTED ("member-set"), ==, 3);
}

/* The staff of a host branch look after their guests, whose home is not theirs. */
static void
test_move_guests (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *path = NULL;

  run_job (f, add_branches, NULL);
  school_sql (&f->school,
              "INSERT INTO branches (id, name, kind, created_ms) "
              "VALUES (5, '厂', 'enterprise', 1), (6, '店', 'enterprise', 1)");
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, 5);
  path = path_of (member_in (f, "guest", VILLAGE), "/memberships");
  g_assert_cmpuint (
      send_to (f, "POST", path, staff, "{\"side\":\"host\",\"branch\":5}"), ==, 403);
  school_sql (&f->school, "UPDATE members SET host = 5 WHERE number = 'guest'");
  g_assert_cmpuint (
      send_to (f, "POST", path, staff, "{\"side\":\"host\",\"branch\":6}"), ==, 403);
  g_assert_cmpuint (
      send_to (f, "POST", path, staff, "{\"side\":\"home\",\"branch\":2}"), ==, 403);
  g_assert_cmpuint (
      send_to (f, "POST", path, staff, "{\"side\":\"host\",\"branch\":null}"), ==, 200);
}

static void
test_standing (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
  } rows[] = {
    { "{\"year\":2026,\"duty\":\"committee\",\"reason\":\"支委\"}", 204 },
    { "{\"year\":2026,\"exempt\":true,\"reason\":\"年老\"}", 204 },
    { "{\"year\":2026,\"duty\":\"king\",\"reason\":\"x\"}", 422 },
    { "{\"year\":2026,\"exempt\":1,\"reason\":\"x\"}", 422 },
    { "{\"year\":2026}", 422 },
    { "{\"reason\":\"x\"}", 422 },
  };
  g_autofree gchar *chief = NULL;
  g_autofree gchar *path = NULL;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, TOWN);
  path = path_of (member_in (f, "inside", VILLAGE), "/standings");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    g_assert_cmpuint (send_to (f, "POST", path, chief, rows[i].body), ==,
                      rows[i].status);
  }
  g_assert_cmpint (
      query_number (f, "SELECT count (*) FROM standings WHERE actor IS NOT NULL"), ==,
      2);
  g_assert_cmpint (NOTED ("standing-set"), ==, 2);
}

static void
test_own_standing (Fixture *f, gconstpointer unused)
{
  static const gchar *const bodies[] = {
    "{\"year\":2026,\"exempt\":true,\"reason\":\"年老\"}",
    "{\"year\":2026,\"duty\":\"member\",\"reason\":\"换届\"}",
  };
  g_autofree gchar *chief = NULL;
  g_autofree gchar *path = NULL;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  path = path_of (query_number (f, "SELECT id FROM members WHERE number = 'chief'"),
                  "/standings");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    assert_field (
        f,
        &(Request){
            .method = "POST", .path = path, .cookie = chief, .body = bodies[i] },
        403, "one-alone", "member");
    g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==, "own");
  }
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM standings"), ==, 0);
}

/* --- Looking --- */

static void
test_search (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *query;
    gint64 total;
  } rows[] = {
    { "limit=50", 6 },
    { "q=%E7%8E%8B", 2 }, /* 王 */
    { "q=%E5%B0%8F%E6%98%8E", 1 },
    { "q=70", 3 },
    { "q=13800138000", 1 },
    { "q=138", 0 },
    { "q=ld9", 1 },
    { "q=%25", 0 }, /* a percent sign is one */
    { "kind=activist", 1 },
    { "kind=member&q=%E7%8E%8B", 1 },
    { "certificate=verified", 1 },
    { "certificate=none", 5 },
    { "can_sign_in=0", 3 },
    { "can_sign_in=1", 3 },
    { "branch=2", 1 },
    { "branch=2&can_sign_in=1", 0 },
  };
  g_autofree gchar *chief = NULL;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);
  member_in (f, "other", OTHER_TOWN);
  school_sql (&f->school,
              "INSERT INTO members (number, name, kind, phone, certificate, "
              "  certificate_state, branch, created_ms) VALUES "
              "('7001', '王小明', 'member', '13800138000', NULL, NULL, 4, 1), "
              "('7002', '王雷', 'activist', NULL, 'LD9', 'verified', NULL, 1), "
              "('7003', '李%明', 'member', NULL, NULL, NULL, NULL, 1), "
              "('7004', '王明', 'member', NULL, NULL, NULL, NULL, 1)");
  school_sql (&f->school, "UPDATE members SET name = '李明' WHERE number = '7003'");
  school_sql (&f->school, "INSERT INTO erased_members (member, erased_ms) "
                          "SELECT id, 1 FROM members WHERE number = '7004'");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *query = g_strconcat ("count=1&", rows[i].query, NULL);

    g_test_message ("%s", rows[i].query);
    g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                          .path = "/api/v1/members",
                                          .query = query,
                                          .cookie = chief }),
                      ==, 200);
    g_assert_cmpint (json_object_get_int_member (f->json, "total"), ==, rows[i].total);
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (f->json, "members")), ==,
        rows[i].total);
  }
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/members",
                                        .query = "kind=king",
                                        .cookie = chief }),
                    ==, 400);
}

/* Stewards see who belongs to the branch; what is kept of them is for others. */
static void
test_file (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *steward = NULL;
  g_autofree gchar *own = NULL;
  g_autofree gchar *path = NULL;
  gint64 member;

  run_job (f, add_branches, NULL);
  secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  steward = cookie_with (f, "steward", AC_ROLE_STEWARD, VILLAGE);
  member = member_in (f, "inside", VILLAGE);
  own = school_sign_in (&f->school, "inside");
  path = path_of (member, "/file");
  g_assert_cmpuint (send_to (f, "GET", path, steward, NULL), ==, 403);
  g_assert_cmpuint (send_to (f, "GET", path, secretary, NULL), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党*******e");
  g_assert_true (json_object_has_member (f->json, "certificates"));
  g_assert_cmpuint (send_to (f, "GET", path, own, NULL), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党员 inside");
}

/* --- Taking them along --- */

static void
test_export (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
  } refused[] = {
    { "{\"branch\":2,\"format\":\"csv\"}", 422 },
    { "{\"branch\":2,\"format\":\"csv\",\"reason\":\" \"}", 422 },
    { "{\"branch\":2,\"format\":\"pdf\",\"reason\":\"x\"}", 422 },
    { "{\"branch\":3,\"format\":\"csv\",\"reason\":\"x\"}", 403 },
    { "{\"format\":\"csv\",\"reason\":\"x\"}", 403 },
  };
  g_autofree gchar *staff = NULL;
  const gchar *text;
  gsize size;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  member_in (f, "inside", VILLAGE);
  member_in (f, "outside", OTHER_TOWN);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_test_message ("%s", refused[i].body);
    g_assert_cmpuint (
        send_to (f, "POST", "/api/v1/members/export", staff, refused[i].body), ==,
        refused[i].status);
  }
  g_assert_cmpint (NOTED ("export"), ==, 0);
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/members/export", staff,
               "{\"branch\":2,\"format\":\"csv\",\"reason\":\"核对名册\"}"),
      ==, 200);
  text = g_bytes_get_data (f->response.body, &size);
  g_assert_nonnull (g_strstr_len (text, (gssize)size, "党员 inside"));
  g_assert_null (g_strstr_len (text, (gssize)size, "outside"));
  g_assert_cmpstr (f->response.disposition, ==, "attachment; filename=\"members.csv\"");
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/members/export", staff,
               "{\"branch\":2,\"format\":\"xlsx\",\"reason\":\"x\",\"identity\":true}"),
      ==, 200);
  text = g_bytes_get_data (f->response.body, &size);
  g_assert_cmpmem (text, 2, "PK", 2);
  g_assert_cmpint (NOTED ("export"), ==, 2);
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM audit WHERE act = 'export' "
                                    "AND detail LIKE '%\"with\":\"identity\"%'"),
                   ==, 1);
}

#define ADD(name, func)                                                                \
  g_test_add ("/members/" name, Fixture, NULL, api_set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("add", test_add);
  ADD ("bad-adds", test_bad_adds);
  ADD ("set", test_set);
  ADD ("phone-of-an-office", test_phone_of_an_office);
  ADD ("move", test_move);
  ADD ("move-guests", test_move_guests);
  ADD ("standing", test_standing);
  ADD ("own-standing", test_own_standing);
  ADD ("search", test_search);
  ADD ("file", test_file);
  ADD ("export", test_export);
  return g_test_run ();
}
