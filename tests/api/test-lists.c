/* Lists of an old county: 20,000 lessons of which somebody may see a few, or all. What
 * a page costs does not depend on those that it does not show. */
#include "api_fixture.h"

#include "audience_sql.h"

#include <string.h>

/* Instructions of SQLite's machine for a page of a list: 20,000 rows looked at one by
 * one are more than ten times as many. */
#define PAGE_STEPS_MAX 60000
/* For one that looks through 400 lessons, which is its bound, and finds none or few. */
#define WALK_STEPS_MAX (400 * 200)

static Request
get (const gchar *path, const gchar *query, const gchar *cookie)
{
  return (Request){ .method = "GET", .path = path, .query = query, .cookie = cookie };
}

/* Lessons of the other town, some for everybody, some for one kind; those that somebody
 * in the village sees are old. */
static void
add_lessons (Fixture *f)
{
  school_sql (&f->school,
              "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
              "  SELECT i + 1 FROM n WHERE i < 20000) "
              "INSERT INTO lessons (id, title, key_hash, created_ms, state, "
              "  started_ms, ended_ms, branch, target_kinds) "
              "SELECT 100 + i, 'lesson ' || i, CAST ('key ' || i AS BLOB), 0, "
              "  'ended', i, i + 1, CASE WHEN i % 1000 = 7 THEN 4 ELSE 3 END, "
              "  CASE WHEN i % 5000 = 11 THEN 'activist' ELSE '' END FROM n");
  school_sql (&f->school,
              "INSERT INTO lesson_targets SELECT id, CASE WHEN id < 130 THEN 4 "
              "WHEN id % 2500 = 1 THEN 1 ELSE 3 END FROM lessons "
              "WHERE id > 100 AND id % 4000 <> 3");
  /* A lesson for two branches of one member is listed once. */
  school_sql (&f->school, "INSERT INTO lesson_targets VALUES (120, 2), (121, 1)");
  school_sql (&f->school,
              "INSERT INTO lesson_lecturers SELECT 9100 + id, id FROM members");
  school_sql (&f->school,
              "UPDATE lessons SET opened_ms = NULL WHERE id BETWEEN 8100 AND 8200");
  school_sql (&f->school, "INSERT INTO expected (lesson, member, kind, state) "
                          "SELECT 8100 + id, id, 'member', 'expected' FROM members");
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  api_set_up (f, NULL);
  run_job (f, add_branches, NULL);
}

static sqlite3 *
reader (Fixture *f)
{
  return sqlite3_db_handle (ac_store_prepare (f->school.store, "SELECT 1", NULL));
}

/* --- What is listed --- */

static const gchar visible_of[] = AC_AUDIENCE_TABLES
    "SELECT id FROM lessons WHERE " AC_AUDIENCE_CONDITION " OR " AC_AUDIENCE_IS_LECTURER
    " OR branch IN keeps"
    " OR EXISTS (SELECT 1 FROM grants WHERE member = ?1 AND branch IS NULL)"
    " ORDER BY id DESC";

/* Walks all pages. */
static void
assert_lists (Fixture *f, gint64 member, const gchar *cookie)
{
  g_autoptr (AcStatement) statement =
      ac_store_prepare (f->school.store, visible_of, NULL);
  g_autofree gchar *query = g_strdup ("limit=100");
  gboolean more = TRUE;
  guint n = 0;

  ac_statement_bind (statement, "i", member);
  while (more) {
    Request request = get ("/api/v1/lessons", query, cookie);
    JsonArray *lessons;

    g_assert_cmpuint (ask (f, &request), ==, 200);
    lessons = json_object_get_array_member (f->json, "lessons");
    for (guint i = 0; i < json_array_get_length (lessons); i++, n++) {
      g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==,
                       SQLITE_ROW);
      g_assert_cmpint (
          json_object_get_int_member (json_array_get_object_element (lessons, i), "id"),
          ==, sqlite3_column_int64 (statement, 0));
    }
    more = !json_object_get_null_member (f->json, "next");
    if (more) {
      g_free (query);
      query = g_strdup_printf ("limit=100&before=%" G_GINT64_FORMAT,
                               json_object_get_int_member (f->json, "next"));
    }
  }
  g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==, SQLITE_DONE);
  g_test_message ("%u lessons", n);
}

static gint64
member_of (Fixture *f, const gchar *number)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (
      f->school.store, "SELECT id FROM members WHERE number = ?", NULL);

  ac_statement_bind (statement, "t", number);
  g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

static void
test_visible (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *number;
    AcRole role;
    gint64 branch, home;
  } people[] = {
    { "3001", AC_ROLE_MEMBER, 0, VILLAGE },
    { "3002", AC_ROLE_STEWARD, VILLAGE, 0 },
    { "3003", AC_ROLE_SECRETARY, TOWN, COUNTY },
    { "3004", AC_ROLE_MEMBER, 0, 0 },
    { "3005", AC_ROLE_STAFF, COUNTY, 0 },
    { "3006", AC_ROLE_ADMINISTRATOR, 0, 0 },
  };
  g_autoptr (GPtrArray) cookies = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    Grant home = { 0, { AC_ROLE_MEMBER, people[i].home } };

    g_ptr_array_add (
        cookies, cookie_with (f, people[i].number, people[i].role, people[i].branch));
    home.member = member_of (f, people[i].number);
    if (home.grant.branch != 0)
      run_job (f, set_home, &home);
  }
  add_lessons (f);
  for (guint i = 0; i < G_N_ELEMENTS (people) - 2; i++) {
    g_test_message ("%s", people[i].number);
    assert_lists (f, member_of (f, people[i].number), cookies->pdata[i]);
  }
}

/* --- What it costs --- */

static gboolean
is_table (sqlite3 *db, const gchar *name)
{
  return sqlite3_table_column_metadata (db, NULL, name, NULL, NULL, NULL, NULL, NULL,
                                        NULL) == SQLITE_OK;
}

/* The server's own looks at what is open read all of an index that holds nothing else.
 */
static gboolean
is_partial_index (sqlite3 *db, const gchar *table, const gchar *name)
{
  sqlite3_stmt *partial = NULL;
  gboolean found;

  g_assert_cmpint (sqlite3_prepare_v2 (db,
                                       "SELECT 1 FROM pragma_index_list (?) "
                                       "WHERE name = ? AND partial",
                                       -1, &partial, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_text (partial, 1, table, -1, SQLITE_STATIC);
  sqlite3_bind_text (partial, 2, name, -1, SQLITE_STATIC);
  found = sqlite3_step (partial) == SQLITE_ROW;
  sqlite3_finalize (partial);
  return found;
}

/* No table is read from one end to the other. */
static void
assert_no_scan (sqlite3 *db, const gchar *sql)
{
  g_autofree gchar *question = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  sqlite3_stmt *plan = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, question, -1, &plan, NULL), ==, SQLITE_OK);
  while (sqlite3_step (plan) == SQLITE_ROW) {
    const gchar *detail = (const gchar *)sqlite3_column_text (plan, 3);
    g_auto (GStrv) words = g_strsplit (detail, " ", -1);

    if (g_str_equal (words[0], "SCAN") && is_table (db, words[1]) &&
        !is_partial_index (db, words[1], words[g_strv_length (words) - 1]))
      g_error ("%s: %s", detail, sql);
  }
  sqlite3_finalize (plan);
}

/* Returns: what was done since the last call, of which nothing was a scan. */
static gint
take_steps (sqlite3 *db)
{
  gint all = 0;

  for (sqlite3_stmt *at = sqlite3_next_stmt (db, NULL); at != NULL;
       at = sqlite3_next_stmt (db, at)) {
    gint n = sqlite3_stmt_status (at, SQLITE_STMTSTATUS_VM_STEP, TRUE);

    if (n > 0)
      assert_no_scan (db, sqlite3_sql (at));
    all += n;
  }
  return all;
}

static void
forget_steps (sqlite3 *db)
{
  for (sqlite3_stmt *at = sqlite3_next_stmt (db, NULL); at != NULL;
       at = sqlite3_next_stmt (db, at))
    sqlite3_stmt_status (at, SQLITE_STMTSTATUS_VM_STEP, TRUE);
}

static void
assert_steps (Fixture *f, const gchar *path, const gchar *query, const gchar *cookie,
              gint most)
{
  sqlite3 *db = reader (f);
  Request request = get (path, query, cookie);
  gint64 began_us;
  gint n;

  forget_steps (db);
  began_us = g_get_monotonic_time ();
  g_assert_cmpuint (ask (f, &request), ==, 200);
  n = take_steps (db);
  g_test_message ("%s%s%s: %d steps, %.1f ms", path, query != NULL ? "?" : "",
                  query != NULL ? query : "", n,
                  (gdouble)(g_get_monotonic_time () - began_us) / 1000);
  g_assert_cmpint (n, <=, most);
}

static void
assert_cheap (Fixture *f, const gchar *path, const gchar *query, const gchar *cookie)
{
  assert_steps (f, path, query, cookie, PAGE_STEPS_MAX);
}

/* What the other town was noted for; a little, and long ago, of the village. */
static void
add_notes (Fixture *f)
{
  school_sql (&f->school,
              "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
              "  SELECT i + 1 FROM n WHERE i < 20000) "
              "INSERT INTO audit (wall_ms, actor, act, member, branch, host, reason, "
              "  detail) "
              "SELECT i, iif (i < 50, 1, NULL), 'export', iif (i < 50, 1, NULL), "
              "  CASE WHEN i < 50 THEN 4 WHEN i < 9000 THEN 3 END, "
              "  CASE WHEN i < 20 THEN 4 WHEN i > 10000 THEN 3 END, '', '{}' FROM n");
}

/* What is looked for is found on whichever page it would be, and costs no scan. */
static void
test_search (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *path, *list, *query;
    guint n;
  } cases[] = {
    { "/api/v1/sites", "sites", "q=room%20399", 1 },
    { "/api/v1/sites", "sites", "q=room%2039&after=300", 10 },
    { "/api/v1/courses", "courses", "q=course%201234", 1 },
    { "/api/v1/courses", "courses", "q=&limit=1", 1 },
  };
  g_autofree gchar *county = cookie_with (f, "7001", AC_ROLE_ADMINISTRATOR, 0);
  g_autofree gchar *village = cookie_with (f, "7002", AC_ROLE_SECRETARY, VILLAGE);

  school_sql (&f->school, "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
                          "  SELECT i + 1 FROM n WHERE i < 2000) "
                          "INSERT INTO courses (kind, title, description, created_ms) "
                          "SELECT 'party', 'course ' || i, '', 0 FROM n");
  school_sql (&f->school, "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
                          "  SELECT i + 1 FROM n WHERE i < 400) "
                          "INSERT INTO sites (branch, name, created_ms) "
                          "SELECT 3, 'room ' || i, 0 FROM n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Request request = get (cases[i].path, cases[i].query, county);

    g_test_message ("%s?%s", cases[i].path, cases[i].query);
    forget_steps (reader (f));
    g_assert_cmpuint (ask (f, &request), ==, 200);
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (f->json, cases[i].list)),
        ==, cases[i].n);
    take_steps (reader (f));
    request.query = "q=%FF";
    assert_problem (f, &request, 400, "invalid-request");
  }
  /* Nobody finds more than they may see. */
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/sites",
                                        .query = "q=room%20399",
                                        .cookie = village }),
                    ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 0);
}

/* Looks for a title page after page, each of which costs no more than a list's.
 * Returns: how many were found. */
static guint
find_lessons (Fixture *f, const gchar *text, const gchar *cookie)
{
  gint64 before = G_MAXINT64;
  guint n = 0;

  while (before != 0) {
    g_autofree gchar *query =
        g_strdup_printf ("q=%s&before=%" G_GINT64_FORMAT, text, before);

    assert_cheap (f, "/api/v1/lessons", query, cookie);
    n += json_array_get_length (json_object_get_array_member (f->json, "lessons"));
    before = json_object_get_null_member (f->json, "next")
                 ? 0
                 : json_object_get_int_member (f->json, "next");
  }
  return n;
}

/* Whatever is looked for, and by whom: a page is a page's work. */
static void
test_title (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *county = cookie_with (f, "7001", AC_ROLE_ADMINISTRATOR, 0);
  g_autofree gchar *village = cookie_with (f, "7002", AC_ROLE_SECRETARY, VILLAGE);

  add_lessons (f);
  g_assert_cmpuint (find_lessons (f, "%20lesson%2012345%20", county), ==, 1);
  g_assert_cmpuint (find_lessons (f, "lesson%20777", county), ==, 11);
  g_assert_cmpuint (find_lessons (f, "no%20such", county), ==, 0);
  g_assert_cmpuint (find_lessons (f, "lesson%2012345", village), ==, 0);
  g_assert_cmpuint (find_lessons (f, "lesson%208007", village), ==, 1);
}

static void
test_costs (Fixture *f, gconstpointer unused)
{
  static const gchar *const paths[] = { "/api/v1/lessons", "/api/v1/sites",
                                        "/api/v1/courses", "/api/v1/members",
                                        "/api/v1/grants",  "/api/v1/audit" };
  static const gint64 branches[] = { VILLAGE, OTHER_TOWN, COUNTY, 0 };

  add_lessons (f);
  add_notes (f);
  for (guint i = 0; i < G_N_ELEMENTS (branches); i++) {
    g_autofree gchar *number = g_strdup_printf ("400%u", i);
    g_autofree gchar *query =
        branches[i] != 0 ? g_strdup_printf ("branch=%" G_GINT64_FORMAT, branches[i])
                         : NULL;
    g_autofree gchar *cookie =
        cookie_with (f, number, AC_ROLE_ADMINISTRATOR, branches[i]);

    for (guint k = 0; k < G_N_ELEMENTS (paths); k++)
      assert_cheap (f, paths[k], query, cookie);
  }
}

/* Of a branch what lies within it on either side, once; of somebody what is theirs. */
static void
test_notes (Fixture *f, gconstpointer unused)
{
  static const gchar *const queries[] = { "branch=4&limit=200", "member=1&limit=200",
                                          "actor=1&limit=200",
                                          "branch=4&member=1&limit=200" };
  g_autofree gchar *cookie = cookie_with (f, "6001", AC_ROLE_ADMINISTRATOR, 0);

  add_notes (f);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    JsonArray *entries;

    assert_cheap (f, "/api/v1/audit", queries[i], cookie);
    entries = json_object_get_array_member (f->json, "entries");
    g_assert_cmpuint (json_array_get_length (entries), ==, 49);
    for (guint k = 1; k < 49; k++)
      g_assert_cmpint (
          json_object_get_int_member (json_array_get_object_element (entries, k), "id"),
          <,
          json_object_get_int_member (json_array_get_object_element (entries, k - 1),
                                      "id"));
    g_assert_true (json_object_get_null_member (f->json, "next"));
  }
}

/* What a sign-in can be about now is not behind what was planned later. */
/* The last page of a long log costs what the first does. */
static void
test_room_logs (Fixture *f, gconstpointer unused)
{
  static const gchar *const queries[] = { "limit=100",
                                          "past=bbbbbbbbbbbbbbbb&after=9900&limit=100",
                                          "past=cccccccccccccccc&after=0&limit=100",
                                          "device=bbbbbbbbbbbbbbbb&after=9900" };
  g_autofree gchar *cookie = cookie_with (f, "7001", AC_ROLE_ADMINISTRATOR, 0);

  school_add_lesson (&f->school, "x", NULL);
  school_sql (&f->school,
              "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
              "  SELECT i + 1 FROM n WHERE i < 10000) "
              "INSERT INTO room_logs (site, device, seq, lesson, prev_hash, hash, "
              "  entry, at_ms, media_ms, sender, received_ms, state) "
              "SELECT 1, d, i, 1, x'', x'', '{}', 1, 0, 1, 1, 'waiting' FROM n "
              "JOIN (SELECT 'aaaaaaaaaaaaaaaa' AS d UNION ALL "
              "  SELECT 'bbbbbbbbbbbbbbbb' UNION ALL SELECT 'cccccccccccccccc')");
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    assert_cheap (f, "/api/v1/lessons/1/rooms/1/logs", queries[i], cookie);
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (f->json, "entries")), ==,
        100);
  }
}

/* Reads page by page until @n ids were told: these. */
static void
assert_order (Fixture *f, const gchar *time, const gchar *cookie,
              const gint64 *expected, guint n)
{
  g_autoptr (GString) query = g_string_new (NULL);
  guint told = 0;

  g_string_printf (query, "time=%s&limit=2", time);
  for (;;) {
    JsonArray *lessons;

    assert_steps (f, "/api/v1/lessons", query->str, cookie,
                  told < n ? PAGE_STEPS_MAX : WALK_STEPS_MAX);
    lessons = json_object_get_array_member (f->json, "lessons");
    for (guint i = 0; i < json_array_get_length (lessons); i++) {
      gint64 id =
          json_object_get_int_member (json_array_get_object_element (lessons, i), "id");

      if (id / 1000 != 40) /* add_lessons()' own */
        continue;
      g_assert_cmpuint (told, <, n);
      g_assert_cmpint (id, ==, expected[told++]);
    }
    if (json_object_get_null_member (f->json, "next"))
      break;
    g_string_printf (query, "time=%s&limit=2&before=%" G_GINT64_FORMAT, time,
                     json_object_get_int_member (f->json, "next"));
  }
  g_assert_cmpuint (told, ==, n);
}

/* Those to come by their hour, the others by when they were held, whenever they were
 * planned. */
static void
test_by_time (Fixture *f, gconstpointer unused)
{
  static const gint64 coming[] = { 40002, 40009, 40003, 40008, 40005, 40001 };
  static const gint64 over[] = { 40006, 40004, 40007 };
  g_autofree gchar *village = cookie_with (f, "4102", AC_ROLE_STEWARD, VILLAGE);
  Request request = get ("/api/v1/lessons", "time=now", village);

  add_lessons (f);
  school_sql (
      &f->school,
      "INSERT INTO lessons (id, title, key_hash, created_ms, state, planned_ms) "
      "SELECT column1, '', CAST ('time ' || column1 AS BLOB), 0, column2, "
      "  unixepoch () * 1000 + column3 * 3600000 FROM ("
      "  VALUES (40001, 'planned', NULL), (40002, 'open', 20), "
      "  (40003, 'planned', -1), (40004, 'cancelled', -48), (40005, 'planned', 30), "
      "  (40006, 'ended', -30), (40007, 'planned', -72), (40008, 'cancelled', 10), "
      "  (40009, 'live', NULL))");
  assert_order (f, "coming", village, coming, G_N_ELEMENTS (coming));
  assert_order (f, "over", village, over, G_N_ELEMENTS (over));
  assert_cheap (f, "/api/v1/lessons", "time=over&q=no%20such&limit=100", village);
  g_assert_false (json_object_get_null_member (f->json, "next")); /* not to the end */
  assert_problem (f, &request, 400, "invalid-request");
}

static void
test_near (Fixture *f, gconstpointer unused)
{
  static const gint64 expected[] = { 40001, 40002, 40003, 40004, 40007 };
  g_autofree gchar *village = cookie_with (f, "4101", AC_ROLE_STEWARD, VILLAGE);
  JsonArray *lessons;

  add_lessons (f);
  school_sql (
      &f->school,
      "INSERT INTO lessons (id, title, key_hash, created_ms, state, planned_ms, "
      "  ended_ms) "
      "SELECT id, '', CAST ('near ' || id AS BLOB), 0, state, "
      "  unixepoch () * 1000 + hours * 3600000, "
      "  CASE state WHEN 'ended' THEN unixepoch () * 1000 - 7200000 END "
      "FROM (SELECT column1 AS id, column2 AS state, column3 AS hours FROM ("
      "  VALUES (40001, 'live', -72), (40002, 'open', 20), "
      "  (40003, 'planned', 1), (40005, 'planned', 30), (40006, 'ended', -30)))");
  school_sql (&f->school,
              "INSERT INTO lessons (id, title, key_hash, created_ms, state, "
              "  ended_ms) VALUES (40007, '', x'6f', 0, 'planned', NULL), "
              "  (40004, '', x'6e', 0, 'ended', "
              "  unixepoch () * 1000 - 7200000)");
  school_sql (
      &f->school,
      "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
      "  SELECT i + 1 FROM n WHERE i < 60) "
      "INSERT INTO lessons (id, title, key_hash, created_ms, state, planned_ms) "
      "SELECT 50000 + i, 'later', CAST ('later ' || i AS BLOB), 0, 'planned', "
      "  (unixepoch () + i * 604800) * 1000 FROM n");
  assert_cheap (f, "/api/v1/lessons", "near=1", village);
  lessons = json_object_get_array_member (f->json, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (
        json_object_get_int_member (json_array_get_object_element (lessons, i), "id"),
        ==, expected[i]);
  g_assert_true (json_object_get_null_member (f->json, "next"));
}

static void
post_good (Fixture *f, const gchar *path, const gchar *cookie, const gchar *body)
{
  Request request = { .method = "POST", .path = path, .cookie = cookie, .body = body };

  g_assert_cmpuint (ask (f, &request), ==, 200);
}

/* Returns: (transfer full): the cookie of a screen that @cookie let into @site. */
static gchar *
screen_of (Fixture *f, gint site, const gchar *cookie)
{
  g_autofree gchar *path = g_strdup_printf ("/api/v1/sites/%d/screens", site);
  g_autofree gchar *claim = NULL;
  g_autofree gchar *pair = NULL;

  post_good (f, "/api/v1/screens/pairing", NULL, NULL);
  claim = g_strdup_printf ("{\"secret\":\"%s\"}",
                           json_object_get_string_member (f->json, "secret"));
  pair = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"大屏\"}",
                          json_object_get_string_member (f->json, "code"));
  post_good (f, path, cookie, pair);
  post_good (f, "/api/v1/screens/pairing/claim", NULL, claim);
  return g_strndup (f->response.set_cookie, strcspn (f->response.set_cookie, ";"));
}

/* What a screen shows of them. */
static void
test_screen (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *cookie = NULL;
  g_autofree gchar *secretary = cookie_with (f, "4100", AC_ROLE_SECRETARY, COUNTY);

  add_lessons (f);
  cookie = screen_of (f, SITE_INSIDE, secretary);
  assert_cheap (f, "/api/v1/screens/self", NULL, cookie);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "lessons")), ==,
      20);
}

/* --- Sites --- */

static void
test_sites (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *village = cookie_with (f, "5001", AC_ROLE_STEWARD, VILLAGE);
  g_autofree gchar *lecturer = cookie_with (f, "5002", AC_ROLE_LECTURER, COUNTY);
  g_autofree gchar *all = cookie_with (f, "5003", AC_ROLE_STAFF, 0);
  Request request = get ("/api/v1/sites", NULL, village);

  school_sql (&f->school, "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL "
                          "  SELECT i + 1 FROM n WHERE i < 500) "
                          "INSERT INTO sites (branch, name, created_ms) "
                          "SELECT 3, 'room ' || i, 0 FROM n");
  school_sql (&f->school, "INSERT INTO sites (branch, name, created_ms) "
                          "VALUES (4, 'late', 0)");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 2);
  g_assert_true (json_object_get_null_member (f->json, "next"));
  request.query = "limit=1";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, SITE_INSIDE);
  request.query = "after=1&limit=1";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_true (json_object_get_null_member (f->json, "next"));

  request = get ("/api/v1/sites", NULL, lecturer); /* near, and not theirs to run */
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 0);
  g_assert_true (json_object_get_null_member (f->json, "next"));

  request = get ("/api/v1/sites", "after=400", all);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "sites")), ==, 103);
  request.query = "after=0";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, 200);
  request.query = "limit=201";
  assert_problem (f, &request, 400, "invalid-request");
}

#define ADD(name, func)                                                                \
  g_test_add ("/api/lists/" name, Fixture, NULL, set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("visible", test_visible);
  ADD ("search", test_search);
  ADD ("title", test_title);
  ADD ("costs", test_costs);
  ADD ("notes", test_notes);
  ADD ("room-logs", test_room_logs);
  ADD ("near", test_near);
  ADD ("by-time", test_by_time);
  ADD ("screen", test_screen);
  ADD ("sites", test_sites);
  return g_test_run ();
}
