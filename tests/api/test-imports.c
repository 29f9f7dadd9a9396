/* A county's spreadsheet from the page that sends it to the roster. */
#include "api_fixture.h"

#include "sheet.h"
#include "workbook.h"

#include <glib/gstdio.h>
#include <string.h>

static guint
send_to (Fixture *f, const gchar *method, const gchar *path, const gchar *cookie,
         const gchar *body)
{
  return ask (
      f, &(Request){ .method = method, .path = path, .cookie = cookie, .body = body });
}

static guint
upload (Fixture *f, const gchar *cookie, const gchar *query, const gchar *csv)
{
  return ask (f, &(Request){ .method = "POST",
                             .path = "/api/v1/imports",
                             .query = query,
                             .cookie = cookie,
                             .content_type = "application/octet-stream",
                             .body = csv });
}

static gint64
number_of (Fixture *f, const gchar *name)
{
  return json_object_get_int_member (f->json, name);
}

static gint64
count_members (Fixture *f)
{
  g_autoptr (AcStatement) row =
      ac_store_prepare (f->school.store, "SELECT count (*) FROM members", NULL);

  g_assert_cmpint (ac_store_step (f->school.store, row, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (row, 0);
}

static JsonObject *
row_at (Fixture *f, guint at)
{
  return json_array_get_object_element (json_object_get_array_member (f->json, "rows"),
                                        at);
}

/* --- The whole way, with a file as a county has it --- */

#define N_ROWS 13092
#define N_FAULTY 40
#define FIRST_ROW 3

/* Three styles of day and a spreadsheet's own number; the same day. */
static const gchar *const days[] = { "2026/3/5", "2026.03.05", "2026年3月5日",
                                     "46086" };

static gboolean
is_faulty (guint i)
{
  return i % 327 == 7 && i / 327 < N_FAULTY;
}

/* "１０００１２" */
static gchar *
full_width (guint number)
{
  g_autofree gchar *digits = g_strdup_printf ("%u", number);
  GString *text = g_string_new (NULL);

  for (const gchar *at = digits; *at != '\0'; at++)
    g_string_append_unichar (text, 0xff10 + (gunichar)(*at - '0'));
  return g_string_free (text, FALSE);
}

static GBytes *
county_file (void)
{
  static const gchar *const title[] = {
    "某县流动党员花名册（2026年3月）", "", "", "", "", NULL
  };
  static const gchar *const headings[] = { "编 号",      "姓　名",   "手机号码（11位）",
                                           "流出地支部", "转入日期", NULL };
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  g_autofree gchar *path =
      g_strdup_printf ("%s/county-%d.xlsx", g_get_tmp_dir (), (gint)getpid ());
  g_autoptr (GError) error = NULL;
  gchar *content;
  gsize length;

  ac_sheet_add_row (sheet, title);
  ac_sheet_add_row (sheet, headings);
  for (guint i = 0; i < N_ROWS; i++) {
    g_autofree gchar *number =
        i % 2 == 0 ? full_width (200000 + i) : g_strdup_printf ("%u", 200000 + i);
    g_autofree gchar *phone = g_strdup_printf ("139%08u", i);
    const gchar *cells[] = { number,      i % 3 == 0 ? "王　明" : "欧阳 小 明",
                             phone,       i % 2 == 0 ? "甲镇/东村" : "乙镇",
                             days[i % 4], NULL };

    if (is_faulty (i))
      cells[2] = "无此号码";
    ac_sheet_add_row (sheet, cells);
  }
  g_assert_true (ac_workbook_write (sheet, path, &error));
  g_assert_true (g_file_get_contents (path, &content, &length, &error));
  g_unlink (path);
  return g_bytes_new_take (content, length);
}

/* Asks for every page of refused rows. Returns: (transfer full): what mends them. */
static gchar *
mend_all (Fixture *f, const gchar *path, const gchar *cookie)
{
  GString *mend = g_string_new ("{\"rows\":[");
  gint64 after = 0;
  guint n = 0;

  do {
    g_autofree gchar *query =
        g_strdup_printf ("fate=refused&limit=15&after=%" G_GINT64_FORMAT, after);

    g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                          .path = path,
                                          .query = query,
                                          .cookie = cookie }),
                      ==, 200);
    for (guint i = 0;
         i < json_array_get_length (json_object_get_array_member (f->json, "rows"));
         i++) {
      JsonObject *row = row_at (f, i);

      g_assert_cmpstr (json_object_get_string_member (row, "field"), ==, "phone");
      g_assert_false (g_str_is_ascii (json_object_get_string_member (row, "why_zh")));
      g_assert_cmpstr (json_object_get_string_member (
                           json_object_get_object_member (row, "fields"), "phone"),
                       ==, "无此号码");
      g_string_append_printf (mend, "%s{\"row\":%d,\"fields\":{\"phone\":\"无\"}}",
                              n++ > 0 ? "," : "",
                              (gint)json_object_get_int_member (row, "row"));
    }
    after = json_object_get_null_member (f->json, "next") ? 0 : number_of (f, "next");
  } while (after != 0);
  g_assert_cmpuint (n, ==, N_FAULTY);
  return g_string_free (g_string_append (mend, "]}"), FALSE);
}

static void
assert_day (Fixture *f)
{
  g_autoptr (AcStatement) row = ac_store_prepare (
      f->school.store,
      "SELECT min (from_day), max (from_day), count (*) FROM memberships", NULL);

  g_assert_cmpint (ac_store_step (f->school.store, row, NULL), ==, SQLITE_ROW);
  g_assert_cmpstr ((const gchar *)sqlite3_column_text (row, 0), ==, "2026-03-05");
  g_assert_cmpstr ((const gchar *)sqlite3_column_text (row, 1), ==, "2026-03-05");
  g_assert_cmpint (sqlite3_column_int (row, 2), ==, N_ROWS);
}

static void
test_county (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) file = county_file ();
  g_autofree gchar *chief = NULL;
  g_autofree gchar *rows = NULL;
  g_autofree gchar *apply = NULL;
  g_autofree gchar *mend = NULL;
  g_autofree gchar *body = NULL;
  gint64 before;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);
  before = count_members (f);
  g_assert_cmpuint (ask (f, &(Request){ .method = "POST",
                                        .path = "/api/v1/imports",
                                        .cookie = chief,
                                        .file = file }),
                    ==, 200);
  g_assert_cmpint (number_of (f, "rows"), ==, N_ROWS);
  g_assert_cmpint (number_of (f, "new"), ==, N_ROWS - N_FAULTY);
  g_assert_cmpint (number_of (f, "refused"), ==, N_FAULTY);
  rows = g_strdup_printf ("/api/v1/imports/%d/rows", (gint)number_of (f, "id"));
  apply = g_strdup_printf ("/api/v1/imports/%d/apply", (gint)number_of (f, "id"));
  body = g_strdup_printf ("{\"digest\":\"%s\"}",
                          json_object_get_string_member (f->json, "digest"));
  assert_field (
      f, &(Request){ .method = "POST", .path = apply, .cookie = chief, .body = body },
      422, "invalid-field", "file");
  g_assert_cmpint (count_members (f), ==, before);
  mend = mend_all (f, rows, chief);
  g_assert_cmpuint (send_to (f, "PATCH", rows, chief, mend), ==, 200);
  g_assert_cmpint (number_of (f, "refused"), ==, 0);
  g_assert_cmpint (number_of (f, "new"), ==, N_ROWS);
  assert_field (
      f, &(Request){ .method = "POST", .path = apply, .cookie = chief, .body = body },
      422, "invalid-field", "apply");
  g_free (body);
  g_assert_cmpuint (
      send_to (f, "PATCH", rows, chief, "{\"rows\":[{\"row\":3,\"fields\":{}}]}"), ==,
      200);
  body = g_strdup_printf ("{\"digest\":\"%s\"}",
                          json_object_get_string_member (f->json, "digest"));
  g_assert_cmpuint (send_to (f, "POST", apply, chief, body), ==, 200);
  g_assert_true (json_object_get_boolean_member (f->json, "applied"));
  g_assert_cmpint (count_members (f), ==, before + N_ROWS);
  assert_day (f);
  g_assert_cmpuint (send_to (f, "POST", apply, chief, body), ==, 404);
  /* The same again changes nothing. */
  g_assert_cmpuint (ask (f, &(Request){ .method = "POST",
                                        .path = "/api/v1/imports",
                                        .cookie = chief,
                                        .file = file }),
                    ==, 200);
  g_assert_cmpint (number_of (f, "same"), ==, N_ROWS - N_FAULTY);
}

/* --- Whose people --- */

#define HEAD "编号,姓名,流出地支部,流入地支部\n"

static void
test_scope (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *row, *fate, *field;
  } rows[] = {
    { "8001,甲,东村,\n", "new", NULL },
    { "8001,甲,东村,厂\n", "new", NULL },
    { "8001,甲,乙镇,\n", "refused", "home" },
    { "8001,甲,,\n", "refused", "home" },
    { "inside,甲,,\n", "changed", NULL },
    { "inside,党员 inside,甲镇,\n", "changed", NULL },
    { "inside,党员 inside,乙镇,\n", "refused", "home" },
    { "inside,党员 inside,无,\n", "refused", "home" },
    { "inside,党员 inside,,厂\n", "changed", NULL },
    { "outside,甲,,\n", "refused", "number" },
    { "outside,甲,东村,\n", "refused", "number" },
  };
  g_autofree gchar *staff = NULL;

  run_job (f, add_branches, NULL);
  school_sql (&f->school, "INSERT INTO branches (id, name, kind, created_ms) "
                          "VALUES (5, '厂', 'enterprise', 1)");
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  member_in (f, "inside", VILLAGE);
  member_in (f, "outside", OTHER_TOWN);
  g_assert_cmpuint (upload (f, staff, NULL, HEAD), ==, 403);
  g_assert_cmpuint (upload (f, staff, "branch=3", HEAD), ==, 403);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *csv = g_strconcat (HEAD, rows[i].row, NULL);
    g_autofree gchar *path = NULL;

    g_test_message ("%s", rows[i].row);
    g_assert_cmpuint (upload (f, staff, "branch=2", csv), ==, 200);
    path = g_strdup_printf ("/api/v1/imports/%d/rows", (gint)number_of (f, "id"));
    g_assert_cmpuint (send_to (f, "GET", path, staff, NULL), ==, 200);
    g_assert_cmpstr (json_object_get_string_member (row_at (f, 0), "fate"), ==,
                     rows[i].fate);
    g_assert_cmpstr (
        json_object_get_string_member_with_default (row_at (f, 0), "field", NULL), ==,
        rows[i].field);
  }
}

/* A table is for the one who sent it, as long as they may. */
static void
test_own (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *other = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *next = NULL;
  Grant grant = { 0, { AC_ROLE_STAFF, TOWN } };

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  other = cookie_with (f, "other", AC_ROLE_ADMINISTRATOR, 0);
  g_assert_cmpuint (upload (f, staff, "branch=2", HEAD "8001,甲,东村,\n"), ==, 200);
  path = g_strdup_printf ("/api/v1/imports/%d", (gint)number_of (f, "id"));
  g_assert_cmpuint (send_to (f, "GET", path, other, NULL), ==, 404);
  g_assert_cmpuint (send_to (f, "GET", path, f->cookie, NULL), ==, 403);
  g_assert_cmpuint (send_to (f, "GET", path, staff, NULL), ==, 200);
  /* The next table takes its place. */
  g_assert_cmpuint (upload (f, staff, "branch=4", HEAD "8002,乙,东村,\n"), ==, 200);
  next = g_strdup_printf ("/api/v1/imports/%d", (gint)number_of (f, "id"));
  g_assert_cmpuint (send_to (f, "GET", path, staff, NULL), ==, 404);
  grant.member = 2;
  run_job (f, take_grant, &grant);
  grant.grant.branch = OTHER_TOWN;
  run_job (f, set_grant, &grant);
  ac_accounts_grants_changed (f->school.accounts, grant.member);
  g_assert_cmpuint (send_to (f, "GET", next, staff, NULL), ==, 404);
  grant.grant.branch = VILLAGE;
  run_job (f, set_grant, &grant);
  ac_accounts_grants_changed (f->school.accounts, grant.member);
  g_assert_cmpuint (send_to (f, "DELETE", next, staff, NULL), ==, 204);
  g_assert_cmpuint (send_to (f, "GET", next, staff, NULL), ==, 404);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
    const gchar *field;
  } rows[] = {
    { "{}", 422, "rows" },
    { "{\"rows\":[1]}", 422, "row" },
    { "{\"rows\":[{\"row\":1,\"fields\":{}}]}", 422, "row" },
    { "{\"rows\":[{\"row\":9,\"fields\":{}}]}", 422, "row" },
    { "{\"rows\":[{\"row\":2}]}", 422, "fields" },
    { "{\"rows\":[{\"row\":2,\"fields\":[]}]}", 422, "fields" },
    { "{\"rows\":[{\"row\":2,\"fields\":{\"king\":\"x\"}}]}", 422, "fields" },
    { "{\"rows\":[{\"row\":2,\"fields\":{\"name\":1}}]}", 422, "name" },
  };
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  g_autofree gchar *path = NULL;

  assert_field (f,
                &(Request){ .method = "POST",
                            .path = "/api/v1/imports",
                            .cookie = staff,
                            .body = "PK\003\004 and no workbook" },
                422, "invalid-field", "file");
  assert_field (f,
                &(Request){ .method = "POST",
                            .path = "/api/v1/imports",
                            .cookie = staff,
                            .body = "甲,乙\n丙,丁\n" },
                422, "invalid-field", "file");
  g_assert_cmpuint (upload (f, staff, NULL, "编号,姓名\n8001,甲\n8001,甲\n"), ==, 200);
  path = g_strdup_printf ("/api/v1/imports/%d/rows", (gint)number_of (f, "id"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    assert_field (
        f,
        &(Request){
            .method = "PATCH", .path = path, .cookie = staff, .body = rows[i].body },
        rows[i].status, "invalid-field", rows[i].field);
  }
  g_assert_cmpuint (
      send_to (f, "PATCH", path, staff, "{\"rows\":[{\"row\":3,\"leave_out\":true}]}"),
      ==, 200);
  g_assert_cmpint (number_of (f, "refused"), ==, 0);
  g_assert_cmpint (number_of (f, "rows"), ==, 1);
  /* A column that the file has not. */
  g_assert_cmpuint (send_to (f, "PATCH", path, staff,
                             "{\"rows\":[{\"row\":2,\"fields\":{\"kind\":\"学员\"}}]}"),
                    ==, 200);
  g_assert_cmpuint (send_to (f, "GET", path, staff, NULL), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (row_at (f, 0), "fields"), "kind"),
                   ==, "学员");
}

#define ADD(name, func)                                                                \
  g_test_add ("/imports/" name, Fixture, NULL, api_set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("county", test_county);
  ADD ("scope", test_scope);
  ADD ("own", test_own);
  ADD ("refused", test_refused);
  return g_test_run ();
}
