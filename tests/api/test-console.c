/* What the console shows beside members and branches: today, the machine, recordings,
 * rules, the ledger, and how well lessons are watched. */
#include "api_fixture.h"

#include "audit.h"
#include "clock.h"
#include "disk_usage.h"

#include <glib/gstdio.h>
#include <string.h>

static guint
get (Fixture *f, const gchar *path, const gchar *query, const gchar *cookie)
{
  return ask (
      f, &(Request){ .method = "GET", .path = path, .query = query, .cookie = cookie });
}

static guint
post (Fixture *f, const gchar *path, const gchar *cookie, const gchar *body)
{
  return ask (
      f, &(Request){ .method = "POST", .path = path, .cookie = cookie, .body = body });
}

static JsonObject *
at (Fixture *f, const gchar *list, guint place)
{
  return json_array_get_object_element (json_object_get_array_member (f->json, list),
                                        place);
}

static guint
length_of (Fixture *f, const gchar *list)
{
  return json_array_get_length (json_object_get_array_member (f->json, list));
}

/* --- Today --- */

static void
test_today (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *own = NULL;
  FakePeer phone;
  gint64 inside, outside;

  run_job (f, add_branches, NULL);
  inside = add_aimed (f, (Aim){ .branch = VILLAGE, .target = VILLAGE });
  outside = add_aimed (f, (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN });
  school_start_lesson (&f->school, inside);
  school_start_lesson (&f->school, outside);
  member_in (f, "inside", VILLAGE);
  own = school_sign_in (&f->school, "inside");
  fake_peer_init (&phone, own, "lesson=1&client=00000000000000a1");
  fake_peer_open (&phone, &f->school);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (get (f, "/api/v1/overview/today", "branch=2", staff), ==, 200);
  g_assert_cmpuint (length_of (f, "lessons"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (at (f, "lessons", 0), "id"), ==, inside);
  g_assert_cmpstr (json_object_get_string_member (at (f, "lessons", 0), "state"), ==,
                   "live");
  g_assert_cmpint (json_object_get_int_member (at (f, "lessons", 0), "online"), ==, 1);
  g_assert_cmpuint (get (f, "/api/v1/overview/today", NULL, staff), ==, 403);
  fake_peer_hang_up (&phone, &f->school);
  fake_peer_clear (&phone);
  school_settle (&f->school);
}

static void
test_system (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *chief = NULL;
  g_autofree gchar *town = NULL;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->handouts, 0700), ==, 0);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);
  town = cookie_with (f, "town", AC_ROLE_ADMINISTRATOR, TOWN);
  g_assert_cmpuint (get (f, "/api/v1/overview/system", NULL, town), ==, 403);
  g_assert_cmpuint (get (f, "/api/v1/overview/system", NULL, chief), ==, 200);
  g_assert_cmpint (json_object_get_int_member (
                       json_object_get_object_member (f->json, "disk"), "free_bytes"),
                   >, 0);
  g_assert_cmpuint (length_of (f, "metrics"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (at (f, "metrics", 1), "name"), ==,
                   "airclass_worker_cpu_cores");
  g_assert_cmpstr (
      json_object_get_string_member (
          json_object_get_object_member (at (f, "metrics", 1), "labels"), "lesson"),
      ==, "7");
  g_assert_cmpfloat (json_object_get_double_member (at (f, "metrics", 1), "value"), ==,
                     0.25);
}

/* --- What was recorded --- */

static void
add_recordings (Fixture *f)
{
  run_job (f, add_branches, NULL);
  school_sql (&f->school, "INSERT INTO courses (kind, title, created_ms) VALUES "
                          "('party', '党课', 1), ('skills', '电工', 1)");
  add_aimed (f, (Aim){ .branch = VILLAGE, .target = VILLAGE });
  add_aimed (f, (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN });
  add_aimed (f, (Aim){ .lecturer = 1 });
  add_aimed (f, (Aim){ 0 }); /* was never held */
  school_sql (&f->school, "UPDATE lessons SET state = 'ended', length_ms = 60000, "
                          "started_ms = 1767600000000, title = '第' || id || '课', "
                          "course = CASE id WHEN 1 THEN 1 WHEN 2 THEN 2 END "
                          "WHERE id < 4");
}

static void
test_library (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *query;
    guint n;
    gint64 first;
  } rows[] = {
    { NULL, 2, 3 },
    { "limit=1", 1, 3 },
    { "before=3", 1, 1 },
    { "q=%E7%AC%AC1", 1, 1 },                /* 第1 */
    { "q=%E5%85%9A%E8%AF%BE", 1, 1 },        /* 党课: the course's */
    { "q=%E5%85%9A%E5%91%98%201001", 1, 3 }, /* the lecturer's */
    { "q=%E7%AC%AC2", 0, 0 },                /* for others */
    { "course=1", 1, 1 },
    { "lecturer=1", 1, 3 },
    { "kind=party", 1, 1 },
    { "kind=skills", 0, 0 },
    { "from=2026-01-05&to=2026-01-05", 2, 3 },
    { "from=2026-01-06", 0, 0 },
    { "to=2026-01-04", 0, 0 },
  };
  g_autofree gchar *own = NULL;

  add_recordings (f);
  member_in (f, "inside", VILLAGE);
  own = school_sign_in (&f->school, "inside");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].query);
    g_assert_cmpuint (get (f, "/api/v1/library", rows[i].query, own), ==, 200);
    g_assert_cmpuint (length_of (f, "lessons"), ==, rows[i].n);
    if (rows[i].n > 0)
      g_assert_cmpint (json_object_get_int_member (at (f, "lessons", 0), "id"), ==,
                       rows[i].first);
  }
  g_assert_cmpuint (get (f, "/api/v1/library", "kind=king", own), ==, 400);
  g_assert_cmpuint (get (f, "/api/v1/library", "from=x", own), ==, 400);
}

/* A search looks through so many at a time, whatever it finds. */
static void
test_library_is_bounded (Fixture *f, gconstpointer unused)
{
  static const gchar *const paths[] = { "/api/v1/library", "/api/v1/recordings" };
  static const gchar *const lists[] = { "lessons", "recordings" };
  g_autofree gchar *cookie = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);

  run_job (f, add_branches, NULL);
  school_add_lesson (&f->school, "开头", NULL);
  school_sql (&f->school, "WITH RECURSIVE n (i) AS (SELECT 2 UNION SELECT i + 1 FROM n "
                          "  WHERE i <= 1000) "
                          "INSERT INTO lessons (id, title, key_hash, created_ms) "
                          "SELECT i, '课', randomblob (32), 1 FROM n");
  school_sql (&f->school, "UPDATE lessons SET state = 'ended', length_ms = 60000, "
                          "started_ms = 1, ended_ms = 2");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_cmpuint (get (f, paths[i], "q=%E5%BC%80%E5%A4%B4", cookie), ==, 200);
    g_assert_cmpuint (length_of (f, lists[i]), ==, 0);
    g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, 2);
    g_assert_cmpuint (get (f, paths[i], "q=%E5%BC%80%E5%A4%B4&before=2", cookie), ==,
                      200);
    g_assert_cmpuint (length_of (f, lists[i]), ==, 1);
    g_assert_true (json_object_get_null_member (f->json, "next"));
    g_assert_cmpuint (get (f, paths[i], "limit=1", cookie), ==, 200);
    g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, 1001);
  }
}

/* A replay goes on where the member was last, not at its furthest. */
static void
test_resume (Fixture *f, gconstpointer unused)
{
  add_recordings (f);
  school_sql (&f->school,
              "INSERT INTO intervals (lesson, member, start_ms, session, end_ms, "
              "  earned_ms, mode, flags, wall_ms) SELECT 3, 1, 30000, id, 50000, 1, 0, "
              "  0, 1 FROM sessions WHERE member = 1");
  school_sql (&f->school,
              "INSERT INTO intervals (lesson, member, start_ms, session, end_ms, "
              "  earned_ms, mode, flags, wall_ms) SELECT 3, 1, 0, id, 20000, 1, 0, "
              "  0, 2 FROM sessions WHERE member = 1");
  g_assert_cmpuint (get (f, "/api/v1/lessons/3", NULL, f->cookie), ==, 200);
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (f->json, "attendance"),
                                  "resume_ms"),
      ==, 20000);
}

static void
test_recordings (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *folder = NULL;
  g_autofree gchar *file = NULL;
  g_autofree gchar *staff = NULL;

  add_recordings (f);
  folder = g_build_filename (f->handouts, "1", NULL);
  file = g_build_filename (folder, "v-000.media", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (get (f, "/api/v1/recordings", "branch=2", staff), ==, 200);
  g_assert_cmpuint (length_of (f, "recordings"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (at (f, "recordings", 0), "disk_bytes"),
                   ==, (gint64)ac_recording_disk_usage (f->handouts, 1));
  g_assert_cmpint (json_object_get_int_member (at (f, "recordings", 0), "disk_bytes"),
                   >, 0);
  g_assert_cmpuint (get (f, "/api/v1/recordings", NULL, staff), ==, 403);
}

/* --- The rules --- */

#define POLICY "\"version\":\"2026-2\",\"from\":\"2026-06-01\",\"reason\":\"调整\""

static void
test_policies (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
    const gchar *field;
  } rows[] = {
    { "{" POLICY ",\"minutes\":40,\"step\":\"0.5\",\"member\":\"36\"}", 200, NULL },
    { "{" POLICY "}", 409, "version" },
    { "{\"from\":\"2026-06-01\",\"reason\":\"x\"}", 422, "version" },
    { "{\"version\":\"a\",\"reason\":\"x\"}", 422, "from" },
    { "{\"version\":\"a\",\"from\":\"2026-06-01\"}", 422, "reason" },
    { "{\"version\":1,\"from\":\"2026-06-01\",\"reason\":\"x\"}", 422, "version" },
    { "{\"version\":\"a\",\"from\":\"x\",\"reason\":\"x\"}", 422, "from" },
    { "{\"version\":\"a\",\"from\":\"2026-06-01\",\"reason\":\"x\",\"minutes\":0}", 422,
      "minutes" },
    { "{\"version\":\"a\",\"from\":\"2026-06-01\",\"reason\":\"x\",\"minutes\":45,"
      "\"tiers\":\"30:1\"}",
      422, "tiers" },
    { "{\"version\":\"a\",\"from\":\"2026-06-01\",\"reason\":\"x\",\"cadre\":\"x\"}",
      422, "cadre" },
    { "{\"version\":\"a\",\"from\":\"2026-06-01\",\"reason\":\"x\",\"replay\":\"x\"}",
      422, "replay" },
  };
  g_autofree gchar *chief = NULL;
  g_autofree gchar *town = NULL;
  guint n;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  town = cookie_with (f, "town", AC_ROLE_ADMINISTRATOR, TOWN);
  g_assert_cmpuint (post (f, "/api/v1/policies", town, rows[0].body), ==, 403);
  g_assert_cmpuint (get (f, "/api/v1/policies", NULL, f->cookie), ==, 200);
  n = length_of (f, "policies");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    g_assert_cmpuint (post (f, "/api/v1/policies", chief, rows[i].body), ==,
                      rows[i].status);
    if (rows[i].field != NULL)
      g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                       rows[i].field);
  }
  g_assert_cmpuint (get (f, "/api/v1/policies", NULL, f->cookie), ==, 200);
  g_assert_cmpuint (length_of (f, "policies"), ==, n + 1);
  g_assert_cmpstr (
      json_object_get_string_member (
          json_object_get_object_member (at (f, "policies", n), "required"), "member"),
      ==, "36");
}

static void
test_standings (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *chief = NULL;
  g_autofree gchar *path = NULL;

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  path = g_strdup_printf ("/api/v1/members/%d/standings",
                          (gint)member_in (f, "inside", VILLAGE));
  g_assert_cmpuint (
      post (f, path, chief, "{\"year\":2026,\"exempt\":true,\"reason\":\"年老\"}"), ==,
      204);
  g_assert_cmpuint (get (f, "/api/v1/standings", "branch=4&year=2026", secretary), ==,
                    200);
  g_assert_cmpuint (length_of (f, "standings"), ==, 1);
  g_assert_true (json_object_get_boolean_member (at (f, "standings", 0), "exempt"));
  g_assert_cmpstr (json_object_get_string_member (at (f, "standings", 0), "actor"), ==,
                   "chief");
  g_assert_cmpuint (get (f, "/api/v1/standings", "branch=4&year=2025", secretary), ==,
                    200);
  g_assert_cmpuint (length_of (f, "standings"), ==, 0);
  g_assert_cmpuint (get (f, "/api/v1/standings", "branch=3", secretary), ==, 403);
}

/* --- The ledger --- */

static void
test_ledger (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *query;
    guint n;
  } rows[] = {
    { NULL, 1 },          { "branch=2", 1 },        { "branch=3", 0 },
    { "kind=ADJUST", 1 }, { "kind=AUTO", 0 },       { "lesson=1", 1 },
    { "member=2", 1 },    { "from=2020-01-01", 1 }, { "to=2020-01-01", 0 },
    { "before=1", 0 },
  };
  g_autofree gchar *chief = NULL;
  g_autofree gchar *second = NULL;
  gint64 lesson;

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  lesson = school_add_lesson (&f->school, "x", NULL);
  school_start_lesson (&f->school, lesson);
  school_end_lesson (&f->school, lesson);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  second = cookie_with (f, "second", AC_ROLE_ADMINISTRATOR, 0);
  g_assert_cmpuint (
      post (f, "/api/v1/corrections", chief,
            "{\"kind\":\"ADJUST\",\"member\":\"inside\",\"lesson\":1,"
            "\"earned_ms\":60000,\"reason\":\"签到表\",\"study\":\"group\"}"),
      ==, 200);
  g_assert_cmpuint (post (f, "/api/v1/corrections/1/approve", second, "{}"), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].query);
    g_assert_cmpuint (get (f, "/api/v1/ledger", rows[i].query, chief), ==, 200);
    g_assert_cmpuint (length_of (f, "entries"), ==, rows[i].n);
  }
  g_assert_cmpuint (get (f, "/api/v1/ledger", NULL, chief), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (at (f, "entries", 0), "reason"), ==,
                   "签到表");
  g_assert_cmpstr (json_object_get_string_member (at (f, "entries", 0), "approver"), ==,
                   "second");
  g_assert_cmpuint (get (f, "/api/v1/ledger", "lesson=9", chief), ==, 404);
  g_assert_cmpuint (get (f, "/api/v1/ledger", "member=99", chief), ==, 404);
  g_assert_cmpuint (get (f, "/api/v1/standings", "member=99", chief), ==, 404);
  g_assert_cmpuint (get (f, "/api/v1/ledger", "kind=GIVE", chief), ==, 400);
  g_assert_cmpuint (get (f, "/api/v1/ledger", "from=x", chief), ==, 400);
  g_assert_cmpuint (get (f, "/api/v1/ledger/head", NULL, chief), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "entries"), ==, 1);
  g_assert_cmpuint (post (f, "/api/v1/ledger/verify", chief, "{}"), ==, 200);
  g_assert_true (json_object_get_boolean_member (f->json, "holds"));
  g_assert_cmpint (json_object_get_int_member (f->json, "entries"), ==, 1);
  g_assert_cmpuint (post (f, "/api/v1/ledger/close", chief, "{}"), ==, 422);
  g_assert_cmpuint (post (f, "/api/v1/ledger/close", chief, "{\"year\":2999}"), ==,
                    409);
  g_assert_cmpuint (post (f, "/api/v1/ledger/close", chief, "{\"year\":2020}"), ==,
                    200);
  g_assert_cmpint (json_object_get_int_member (at (f, "closed_years", 0), "year"), ==,
                   2020);
}

/* --- How well it is watched --- */

static void
test_quality (Fixture *f, gconstpointer unused)
{
  static const gchar *const bad[] = {
    "{\"stalls\":-1}",         "{\"stalls\":1001}",   "{\"start_ms\":600001}",
    "{\"latency_ms\":600001}", "{\"latency_ms\":-1}", "{\"device\":1}",
  };
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  guint status = 0;

  school_add_lesson (&f->school, "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpuint (post (f, "/api/v1/lessons/1/quality", f->cookie, bad[i]), ==,
                      422);
  g_assert_cmpuint (
      post (f, "/api/v1/lessons/1/quality", f->cookie,
            "{\"rendition\":\"720p\",\"delivery\":\"hls\",\"device\":\"phone\","
            "\"start_ms\":1200,\"stalls\":2,\"stall_ms\":900,\"switches\":1,"
            "\"errors\":1,\"played_ms\":60000}"),
      ==, 204);
  g_assert_cmpuint (post (f, "/api/v1/lessons/1/quality", f->cookie,
                          "{\"rendition\":\"x\\u0000\",\"delivery\":\"hls\"}"),
                    ==, 400);
  g_assert_cmpuint (post (f, "/api/v1/lessons/1/quality", f->cookie,
                          "{\"rendition\":\"invented\",\"delivery\":\"hls\","
                          "\"device\":\"phone\",\"stalls\":1,\"played_ms\":1000}"),
                    ==, 204);
  g_assert_cmpuint (get (f, "/api/v1/lessons/1/quality", NULL, f->cookie), ==, 403);
  g_assert_cmpuint (get (f, "/api/v1/lessons/1/quality", NULL, staff), ==, 200);
  g_assert_cmpuint (length_of (f, "renditions"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (at (f, "renditions", 1), "rendition"),
                   ==, "other");
  g_assert_cmpuint (length_of (f, "deliveries"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (at (f, "deliveries", 0), "reports"), ==,
                   2);
  g_assert_cmpint (json_object_get_int_member (at (f, "deliveries", 0), "starts"), ==,
                   1);
  g_assert_cmpint (json_object_get_int_member (at (f, "deliveries", 0), "start_ms"), ==,
                   1200);
  g_assert_cmpint (json_object_get_int_member (at (f, "deliveries", 0), "stalls"), ==,
                   3);
  g_assert_cmpint (json_object_get_int_member (at (f, "devices", 0), "played_ms"), ==,
                   61000);
  for (guint i = 0; i < 5 && status != 429; i++)
    status = post (f, "/api/v1/lessons/1/quality", f->cookie, "{}");
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
}

/* What is older than a year goes, an hour with each report. */
static void
test_quality_is_dropped (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);

  school_add_lesson (&f->school, "x", NULL);
  school_sql (&f->school,
              "WITH RECURSIVE n (i) AS (SELECT 0 UNION SELECT i + 1 FROM n "
              "  WHERE i < 89) "
              "INSERT INTO quality SELECT 1, 1000 + i, '720p', 'hls', 'phone', 1, 0, "
              "  0, 0, 0, 0, 0, 0, 0 FROM n");
  school_sql (&f->school, "INSERT INTO latency SELECT lesson, minute, delivery, 100, 1 "
                          "FROM quality");
  school_sql (&f->school,
              "INSERT INTO quality SELECT 1, unixepoch () / 60 - 365 * 1440, "
              "  '720p', 'hls', 'phone', 1, 0, 0, 0, 0, 0, 0, 0, 0");
  for (gint i = 0; i < 3; i++) {
    g_assert_cmpint (
        query_number (f, "SELECT count (*) FROM quality WHERE minute < 2000"), ==,
        MAX (90 - 60 * i, 0));
    g_assert_cmpint (query_number (f, "SELECT count (*) FROM latency"), ==,
                     MAX (90 - 60 * i, 0));
    g_assert_cmpuint (get (f, "/api/v1/lessons/1/quality", NULL, staff), ==, 200);
  }
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM quality"), ==, 1);
}

static void
report_latency (Fixture *f, const gchar *number, const gchar *delivery, gint latency_ms)
{
  g_autofree gchar *cookie = cookie_with (f, number, AC_ROLE_STAFF, 0);
  g_autofree gchar *body = g_strdup_printf (
      "{\"delivery\":\"%s\",\"latency_ms\":%d,\"played_ms\":1}", delivery, latency_ms);

  g_assert_cmpuint (post (f, "/api/v1/lessons/1/quality", cookie, body), ==, 204);
}

static void
assert_latency (JsonObject *row, gint64 median_ms, gint64 p95_ms)
{
  g_assert_cmpint (json_object_get_int_member (row, "latency_ms"), ==, median_ms);
  g_assert_cmpint (json_object_get_int_member (row, "latency_p95_ms"), ==, p95_ms);
}

/* Nineteen of twenty are within the 95th percentile, whatever the last one has. */
static void
test_latency (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  g_autoptr (GString) metrics = g_string_new (NULL);
  gint64 minute;

  school_add_lesson (&f->school, "x", NULL);
  g_assert_cmpuint (post (f, "/api/v1/lessons/1/quality", staff,
                          "{\"delivery\":\"dash\",\"played_ms\":1}"),
                    ==, 204);
  minute = ac_clock_wall_ms () / 60000;
  for (gint i = 0; i < 20; i++) {
    g_autofree gchar *number = g_strdup_printf ("viewer%d", i);

    report_latency (f, number, "hls", i < 19 ? 2000 + 100 * i : 123456);
  }
  report_latency (f, "other", "native", 2349);
  g_assert_cmpuint (get (f, "/api/v1/lessons/1/quality", NULL, staff), ==, 200);
  g_assert_cmpuint (length_of (f, "deliveries"), ==, 3);
  g_assert_false (json_object_has_member (at (f, "deliveries", 0), "latency_ms"));
  assert_latency (at (f, "deliveries", 1), 2900, 3800);
  assert_latency (at (f, "deliveries", 2), 2300, 2300);
  g_assert_false (json_object_has_member (at (f, "devices", 0), "latency_ms"));
  if (ac_clock_wall_ms () / 60000 == minute)
    assert_latency (at (f, "minutes", 0), 2900, 3800);
  g_assert_cmpuint (get (f, "/api/v1/overview/system", NULL, staff), ==, 200);
  assert_latency (at (f, "viewers", 1), 2900, 3800);
  ac_api_metrics (f->api, metrics);
  g_assert_nonnull (strstr (metrics->str, "_bucket{le=\"2\"} 1\n"));
  g_assert_nonnull (strstr (metrics->str, "_bucket{le=\"3\"} 12\n"));
  g_assert_nonnull (strstr (metrics->str, "_bucket{le=\"60\"} 20\n"));
  g_assert_nonnull (strstr (metrics->str, "_bucket{le=\"+Inf\"} 21\n"));
  g_assert_nonnull (strstr (metrics->str, "_count 21\n"));
}

/* --- Who else is told --- */

static void
test_webhooks (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *chief = NULL;
  g_autofree gchar *town = NULL;
  g_autofree gchar *keys = g_build_filename (f->school.dir, "keys", NULL);

  g_assert_cmpint (g_mkdir_with_parents (keys, 0700), ==, 0);
  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  town = cookie_with (f, "town", AC_ROLE_ADMINISTRATOR, TOWN);
  g_assert_cmpuint (
      post (f, "/api/v1/webhooks", town, "{\"url\":\"https://a.example/h\"}"), ==, 403);
  assert_field (f,
                &(Request){ .method = "POST",
                            .path = "/api/v1/webhooks",
                            .cookie = chief,
                            .body = "{\"url\":\"file:///etc/passwd\"}" },
                422, "invalid-field", "url");
  g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==, "url-form");
  assert_field (f,
                &(Request){ .method = "POST",
                            .path = "/api/v1/webhooks",
                            .cookie = chief,
                            .body = "{\"url\":\"https://a.example/h\","
                                    "\"events\":\"king\"}" },
                422, "invalid-field", "events");
  g_assert_cmpuint (post (f, "/api/v1/webhooks", chief,
                          "{\"url\":\"https://a.example/h\","
                          "\"events\":\"lesson.live\"}"),
                    ==, 200);
  g_assert_true (
      g_str_has_prefix (json_object_get_string_member (f->json, "secret"), "whsec_"));
  g_assert_cmpuint (get (f, "/api/v1/webhooks", NULL, chief), ==, 200);
  g_assert_cmpuint (length_of (f, "webhooks"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (at (f, "webhooks", 0), "events"), ==,
                   "lesson.live");
  g_assert_false (json_object_has_member (at (f, "webhooks", 0), "secret"));
  g_assert_cmpuint (post (f, "/api/v1/webhooks/9/resume", chief, "{}"), ==, 404);
  g_assert_cmpuint (post (f, "/api/v1/webhooks/1/resume", chief, "{}"), ==, 200);
  g_assert_cmpuint (ask (f, &(Request){ .method = "DELETE",
                                        .path = "/api/v1/webhooks/1",
                                        .cookie = chief }),
                    ==, 200);
  g_assert_cmpuint (length_of (f, "webhooks"), ==, 0);
}

#define ADD(name, func)                                                                \
  g_test_add ("/console/" name, Fixture, NULL, api_set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("today", test_today);
  ADD ("system", test_system);
  ADD ("library", test_library);
  ADD ("library-is-bounded", test_library_is_bounded);
  ADD ("resume", test_resume);
  ADD ("recordings", test_recordings);
  ADD ("policies", test_policies);
  ADD ("standings", test_standings);
  ADD ("ledger", test_ledger);
  ADD ("quality", test_quality);
  ADD ("quality-is-dropped", test_quality_is_dropped);
  ADD ("latency", test_latency);
  ADD ("webhooks", test_webhooks);
  return g_test_run ();
}
