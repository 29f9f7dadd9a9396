/* Courses and lessons as staff plan them. */
#include "api_fixture.h"

#include <string.h>

static guint
send_to (Fixture *f, const gchar *method, const gchar *path, const gchar *cookie,
         const gchar *body)
{
  return ask (
      f, &(Request){ .method = method, .path = path, .cookie = cookie, .body = body });
}

static void
assert_refused (Fixture *f, const Request *request, guint status, const gchar *name,
                const gchar *field)
{
  assert_problem (f, request, status, name);
  g_assert_cmpstr (json_object_get_string_member_with_default (f->json, "field", NULL),
                   ==, field);
}

static void
test_courses (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  JsonArray *courses;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/courses", staff,
                             "{\"kind\":\"party\",\"title\":\"党课\",\"branch\":4,"
                             "\"description\":\"每月一次\\n全体党员\"}"),
                    ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "branch"), ==, VILLAGE);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/courses", staff,
                             "{\"kind\":\"party\",\"title\":\"党课\"}"),
                    ==, 403); /* the county's is not theirs */
  /* A course of one's own named beside it opens no other place. */
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/courses", staff,
                             "{\"kind\":\"party\",\"title\":\"x\",\"course\":1}"),
                    ==, 403);
  g_assert_cmpuint (send_to (f, "PATCH", "/api/v1/courses/1", staff,
                             "{\"title\":\"党课 2027\",\"kind\":\"branch-life\"}"),
                    ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "kind"), ==, "branch-life");
  g_assert_cmpstr (json_object_get_string_member (f->json, "description"), ==,
                   "每月一次\n全体党员");
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/courses/1", staff, "{\"archived\":true}"), ==, 200);
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/lessons",
                              .cookie = staff,
                              .body = "{\"title\":\"一课\",\"course\":1}" },
                  409, "wrong-state", "course");
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/courses", f->cookie, NULL), ==, 200);
  courses = json_object_get_array_member (f->json, "courses");
  g_assert_cmpuint (json_array_get_length (courses), ==, 0);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/courses",
                                        .query = "archived=1",
                                        .cookie = f->cookie }),
                    ==, 200);
  courses = json_object_get_array_member (f->json, "courses");
  g_assert_cmpuint (json_array_get_length (courses), ==, 1);
}

static void
test_bad_courses (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body, *field;
  } rows[] = {
    { "{}", "kind" },
    { "{\"kind\":\"fun\",\"title\":\"x\"}", "kind" },
    { "{\"kind\":\"party\"}", "title" },
    { "{\"kind\":\"party\",\"title\":\"\\n\"}", "title" },
    { "{\"kind\":\"party\",\"title\":\"x\",\"description\":\"\\u202e\"}",
      "description" },
    { "{\"kind\":\"party\",\"title\":\"x\",\"branch\":\"4\"}", "branch" },
  };
  g_autofree gchar *chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_refused (f,
                    &(Request){ .method = "POST",
                                .path = "/api/v1/courses",
                                .cookie = chief,
                                .body = rows[i].body },
                    422, "invalid-field", rows[i].field);
}

#define SERIES                                                                         \
  "{\"title\":\"党课\",\"course\":1,\"planned_at\":\"2030-01-07T19:30:00+08:00\","   \
  "\"planned_length_ms\":5400000,\"lecturers\":[\"1001\"],\"targets\":[4],"            \
  "\"kinds\":[\"member\",\"probationary\"],"                                           \
  "\"repeat\":{\"by\":\"week\",\"times\":3}}"

/* And 1001, who speaks, belongs to the town. */
static void
add_course (Fixture *f, const gchar *cookie)
{
  Grant home = { 1, { AC_ROLE_MEMBER, TOWN } };

  run_job (f, set_home, &home);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/courses", cookie,
                             "{\"kind\":\"party\",\"title\":\"党课\",\"branch\":2}"),
                    ==, 200);
}

static void
assert_planned (Fixture *f, gint64 lesson, const gchar *planned_at, const gchar *state)
{
  g_autofree gchar *path = g_strdup_printf ("/api/v1/lessons/%d", (gint)lesson);

  g_assert_cmpuint (send_to (f, "GET", path, f->cookie, NULL), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "planned_at"), ==,
                   planned_at);
  g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, state);
}

static void
test_series (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  JsonObject *lesson;
  JsonArray *lessons;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  add_course (f, staff);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons", staff, SERIES), ==, 200);
  lessons = json_object_get_array_member (f->json, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, 3);
  lesson = json_array_get_object_element (lessons, 2);
  g_assert_cmpstr (json_object_get_string_member (lesson, "planned_at"), ==,
                   "2030-01-21T11:30:00Z");
  g_assert_cmpuint (strlen (json_object_get_string_member (lesson, "stream_key")), ==,
                    32);
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/lessons/1", f->cookie, NULL), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (f->json, "course"), "kind"),
                   ==, "party");
  g_assert_cmpint (json_object_get_int_member (f->json, "branch"), ==, TOWN);
  g_assert_cmpint (json_object_get_int_member (f->json, "planned_length_ms"), ==,
                   5400000);
  g_assert_false (json_object_has_member (f->json, "stream_key"));

  /* One alone, then it and those after it, then one cancelled. */
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/1", staff,
               "{\"planned_at\":\"2030-01-08 19:00+08:00\",\"title\":\"第一课\"}"),
      ==, 200);
  assert_planned (f, 1, "2030-01-08T11:00:00Z", "planned");
  assert_planned (f, 2, "2030-01-14T11:30:00Z", "planned");
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/2", staff,
               "{\"planned_at\":\"2030-01-15 20:00+08:00\",\"following\":true}"),
      ==, 200);
  assert_planned (f, 1, "2030-01-08T11:00:00Z", "planned");
  assert_planned (f, 2, "2030-01-15T12:00:00Z", "planned");
  assert_planned (f, 3, "2030-01-22T12:00:00Z", "planned");
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/lessons/2/cancel", staff, "{\"reason\":\"停电\"}"),
      ==, 200);
  assert_planned (f, 2, "2030-01-15T12:00:00Z", "cancelled");
  g_assert_cmpstr (json_object_get_string_member (f->json, "cancel_reason"), ==,
                   "停电");
  assert_planned (f, 3, "2030-01-22T12:00:00Z", "planned");
  assert_refused (f,
                  &(Request){ .method = "PATCH",
                              .path = "/api/v1/lessons/2",
                              .cookie = staff,
                              .body = "{\"title\":\"x\"}" },
                  409, "wrong-state", NULL);
}

/* A number that is nobody's and one that is somebody's whom one does not look after get
 * the same answer. */
static void
assert_unnamed (Fixture *f, const gchar *method, const gchar *path, const gchar *cookie,
                const gchar *number)
{
  g_autofree gchar *body =
      g_strdup_printf ("{\"title\":\"x\",%s\"lecturers\":[\"%s\"]}",
                       strcmp (method, "POST") == 0 ? "\"branch\":2," : "", number);
  g_autofree gchar *detail =
      g_strdup_printf ("lecturers: there is no member %s", number);

  assert_refused (
      f, &(Request){ .method = method, .path = path, .cookie = cookie, .body = body },
      404, "named-not-found", "lecturers");
  g_assert_cmpstr (json_object_get_string_member (f->json, "detail"), ==, detail);
}

/* Lecturers: those whom one looks after, who lecture there by their role, or who did
 * before; oneself. */
static void
test_lecturers (Fixture *f, gconstpointer unused)
{
  static const gchar *const good[] = { "inside", "teacher", "staff" };
  static const gchar *const bad[] = { "nobody", "outside", "elsewhere" };
  g_autofree gchar *staff = NULL;
  Aim aim = { .branch = TOWN };

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_free (cookie_with (f, "teacher", AC_ROLE_LECTURER, COUNTY));
  g_free (cookie_with (f, "elsewhere", AC_ROLE_LECTURER, OTHER_TOWN));
  member_in (f, "inside", VILLAGE);
  member_in (f, "outside", OTHER_TOWN);
  aim.lecturer = member_in (f, "before", OTHER_TOWN);
  g_assert_cmpint (add_aimed (f, aim), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    assert_unnamed (f, "POST", "/api/v1/lessons", staff, bad[i]);
    assert_unnamed (f, "PATCH", "/api/v1/lessons/1", staff, bad[i]);
  }
  assert_unnamed (f, "POST", "/api/v1/lessons", staff, "before");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree gchar *body =
        g_strdup_printf ("{\"lecturers\":[\"before\",\"%s\"]}", good[i]);

    g_test_message ("%s", body);
    g_assert_cmpuint (send_to (f, "PATCH", "/api/v1/lessons/1", staff, body), ==, 200);
  }
}

/* A lesson is aimed at those whom one looks after, or open to all. */
static void
test_aim (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
  } rows[] = {
    { "{\"title\":\"x\",\"branch\":4}", 200 },
    { "{\"title\":\"x\",\"branch\":2,\"targets\":[2,4]}", 200 },
    { "{\"title\":\"x\",\"branch\":2,\"targets\":[4],\"kinds\":[\"member\"]}", 200 },
    { "{\"title\":\"x\",\"branch\":2,\"targets\":[3]}", 403 },
    { "{\"title\":\"x\",\"branch\":2,\"targets\":[1]}", 403 },
    { "{\"title\":\"x\",\"branch\":2,\"kinds\":[\"member\"]}", 403 },
    { "{\"title\":\"x\",\"branch\":3}", 403 },
    { "{\"title\":\"x\"}", 403 },
  };
  g_autofree gchar *staff = NULL;

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons", staff, rows[i].body), ==,
                      rows[i].status);
  }
  /* And not by a change either. */
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/1", staff, "{\"targets\":[3]}"), ==, 403);
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/1", staff, "{\"kinds\":[\"member\"]}"), ==,
      403);
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/1", staff, "{\"targets\":[4]}"), ==, 200);
}

static void
test_bad_plans (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body, *field;
    guint status;
    const gchar *reason;
  } rows[] = {
    { "{}", "title", 422 },
    { "{\"title\":\"\"}", "title", 422, "line-form" },
    { "{\"title\":\"x\",\"planned_at\":\"soon\"}", "planned_at", 422 },
    { "{\"title\":\"x\",\"planned_at\":\"2099-01-01 10:00\"}", "planned_at", 422,
      "hour-too-far" },
    { "{\"title\":\"x\",\"planned_at\":\"9996-01-01 10:00\","
      "\"repeat\":{\"by\":\"week\",\"times\":2}}",
      "planned_at", 422 },
    { "{\"title\":\"x\",\"planned_length_ms\":5}", "planned_length_ms", 422,
      "minutes-range" },
    { "{\"title\":\"x\",\"planned_length_ms\":\"5\"}", "planned_length_ms", 422 },
    { "{\"title\":\"x\",\"course\":9}", "course", 404, "not-there" },
    { "{\"title\":\"x\",\"branch\":9}", "branch", 404 },
    { "{\"title\":\"x\",\"targets\":[9]}", "targets", 404 },
    { "{\"title\":\"x\",\"targets\":[{}]}", "targets", 422 },
    { "{\"title\":\"x\",\"targets\":5}", "targets", 422 },
    { "{\"title\":\"x\",\"targets\":[\"a\"]}", "targets", 422 },
    { "{\"title\":\"x\",\"kinds\":[\"king\"]}", "kinds", 422 },
    { "{\"title\":\"x\",\"kinds\":[\"member\",\"member\"]}", "kinds", 422 },
    { "{\"title\":\"x\",\"lecturers\":[\"nobody\"]}", "lecturers", 404, "not-there" },
    { "{\"title\":\"x\",\"repeat\":{\"by\":\"week\",\"times\":2}}", "planned_at", 422 },
    { "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\",\"repeat\":{}}", "repeat",
      422 },
    { "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\","
      "\"repeat\":{\"by\":\"week\"}}",
      "times", 422 },
    { "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\","
      "\"repeat\":{\"by\":\"week\",\"times\":101}}",
      "times", 422, "times-range" },
    { "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\","
      "\"repeat\":{\"by\":\"week\",\"until\":\"2033-01-07\"}}",
      "until", 422 },
    { "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\","
      "\"repeat\":{\"by\":\"week\",\"times\":2,\"interval\":53}}",
      "interval", 422 },
  };
  g_autofree gchar *chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    assert_refused (f,
                    &(Request){ .method = "POST",
                                .path = "/api/v1/lessons",
                                .cookie = chief,
                                .body = rows[i].body },
                    rows[i].status,
                    rows[i].status == 404 ? "named-not-found" : "invalid-field",
                    rows[i].field);
    if (rows[i].reason != NULL)
      g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==,
                       rows[i].reason);
  }
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/lessons", chief, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "lessons")), ==, 0);
}

/* --- Sources --- */

static void
assert_source (Fixture *f, const gchar *cookie, const gchar *fields,
               AcLessonSource wanted, gboolean may_follow)
{
  g_autofree gchar *body = g_strdup_printf ("{\"title\":\"x\",%s}", fields);
  g_autoptr (AcLesson) lesson = NULL;

  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons", cookie, body), ==, 200);
  lesson = ac_classroom_get_lesson (
      f->school.classroom,
      json_object_get_int_member (
          json_array_get_object_element (
              json_object_get_array_member (f->json, "lessons"), 0),
          "id"));
  g_assert_cmpint (lesson->source.kind, ==, wanted.kind);
  g_assert_cmpint (lesson->source.loop, ==, wanted.loop);
  g_assert_cmpint (lesson->may_follow, ==, may_follow);
  if (wanted.address != NULL)
    g_assert_true (g_str_has_suffix (lesson->source.address, wanted.address));
}

static void
test_sources (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *fields, *field;
  } bad[] = {
    { "\"source\":\"nothing.mp4\"", "source" },
    { "\"source\":\"../media.key\"", "source" },
    { "\"source\":\"ftp://example\"", "source" },
    { "\"source\":5", "source" },
    { "\"source\":\"rtsp://cam.example/1\",\"loop\":true", "loop" },
    { "\"loop\":true", "loop" },
    { "\"source\":\"film.mp4\",\"loop\":1", "loop" },
    { "\"mode\":\"other\"", "mode" },
    { "\"mode\":null", "mode" },
  };
  g_autofree gchar *film = g_build_filename (f->lectures, "film.mp4", NULL);
  g_autofree gchar *chief = NULL;
  g_autofree gchar *staff = NULL;

  g_assert_true (g_file_set_contents (film, "x", 1, NULL));
  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  assert_source (f, chief, "\"mode\":\"grid\"", (AcLessonSource){ 0 }, FALSE);
  assert_source (
      f, chief, "\"source\":\"rtsp://cam.example/1\",\"mode\":\"auto\"",
      (AcLessonSource){ AC_LESSON_SOURCE_PULL, (gchar *)"rtsp://cam.example/1", FALSE },
      TRUE);
  assert_source (
      f, staff, "\"branch\":2,\"source\":\"film.mp4\",\"loop\":true",
      (AcLessonSource){ AC_LESSON_SOURCE_FILE, (gchar *)"/lectures/film.mp4", TRUE },
      FALSE);
  /* The server stands where they do not. */
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/lessons",
                              .cookie = staff,
                              .body = "{\"title\":\"x\",\"branch\":2,"
                                      "\"source\":\"rtsp://cam.example/1\"}" },
                  403, "forbidden", "source");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree gchar *body = g_strdup_printf ("{\"title\":\"x\",%s}", bad[i].fields);

    assert_refused (f,
                    &(Request){ .method = "POST",
                                .path = "/api/v1/lessons",
                                .cookie = chief,
                                .body = body },
                    422, "invalid-field", bad[i].field);
  }
  assert_refused (f,
                  &(Request){ .method = "PATCH",
                              .path = "/api/v1/lessons/1",
                              .cookie = chief,
                              .body = "{\"source\":\"film.mp4\"}" },
                  422, "invalid-field", "source");
}

/* --- Once --- */

/* Returns: the answer to @body, asked for twice by one key; it makes something once. */
static JsonObject *
ask_twice (Fixture *f, const gchar *path, const gchar *cookie, const gchar *body,
           gchar **ret_first)
{
  g_assert_cmpuint (send_to (f, "POST", path, cookie, body), ==, 200);
  *ret_first = ac_json_object_to_text (f->json);
  g_assert_cmpuint (send_to (f, "POST", path, cookie, body), ==, 200);
  return f->json;
}

static void
assert_same_twice (Fixture *f, const gchar *path, const gchar *cookie,
                   const gchar *body, const gchar *other)
{
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;

  second = ac_json_object_to_text (ask_twice (f, path, cookie, body, &first));
  g_assert_cmpstr (first, ==, second);
  assert_refused (
      f, &(Request){ .method = "POST", .path = path, .cookie = cookie, .body = other },
      409, "wrong-state", "key");
}

#define ONCE "\"key\":\"a1\"}"
#define COURSE(title) "{\"kind\":\"party\",\"title\":\"" title "\","
#define CORRECTION(minutes)                                                            \
  "{\"kind\":\"ADJUST\",\"member\":\"1001\",\"lesson\":1,\"reason\":\"r\","            \
  "\"earned_ms\":" minutes "0000,"

static void
test_once (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  g_autofree gchar *secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, 0);

  school_add_lesson (&f->school, "x", NULL);
  assert_same_twice (f, "/api/v1/courses", staff, COURSE ("x") ONCE, COURSE ("y") ONCE);
  assert_same_twice (f, "/api/v1/corrections", chief, CORRECTION ("6") ONCE,
                     CORRECTION ("7") ONCE);
  assert_same_twice (f, "/api/v1/lessons/1/appeals", f->cookie, "{\"text\":\"x\"," ONCE,
                     "{\"text\":\"y\"," ONCE);
  /* A key is its owner's. */
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/courses", secretary, COURSE ("z") ONCE), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "id"), ==, 2);
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/courses",
                              .cookie = staff,
                              .body = COURSE ("x") "\"key\":\"\"}" },
                  422, "invalid-field", "key");
}

/* The lessons are the same; their keys were shown once. */
static void
test_series_once (Fixture *f, gconstpointer unused)
{
  static const gchar body[] = "{\"title\":\"x\",\"planned_at\":\"2030-01-07 19:30\","
                              "\"repeat\":{\"by\":\"week\",\"times\":2}," ONCE;
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  g_autofree gchar *first = NULL;
  JsonArray *lessons = json_object_get_array_member (
      ask_twice (f, "/api/v1/lessons", staff, body, &first), "lessons");

  g_assert_cmpuint (json_array_get_length (lessons), ==, 2);
  for (guint i = 0; i < 2; i++) {
    JsonObject *one = json_array_get_object_element (lessons, i);

    g_assert_cmpint (json_object_get_int_member (one, "id"), ==, i + 1);
    g_assert_true (json_object_get_null_member (one, "stream_key"));
    g_assert_true (json_object_get_null_member (one, "backup_key"));
    g_assert_nonnull (
        strstr (first, json_object_get_string_member (one, "planned_at")));
  }
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/lessons", staff, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "lessons")), ==, 2);
}

static gint64
lesson_of_key (Fixture *f, const gchar *key)
{
  gboolean backup;

  return ac_classroom_lesson_by_key (f->school.classroom, key, &backup);
}

static void
test_key (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *old_key = NULL;
  g_autofree gchar *new_key = NULL;
  g_autofree gchar *address = NULL;
  gchar http[] = "https://studio.example", rtmp[] = "rtmp://studio.example";

  run_job (f, add_branches, NULL);
  ac_api_set_encoder_places (f->api, &(AcEncoderPlaces){ .http = http, .rtmp = rtmp });
  staff = cookie_with (f, "staff", AC_ROLE_SECRETARY, VILLAGE);
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/lessons", staff, "{\"title\":\"x\",\"branch\":4}"),
      ==, 200);
  old_key = g_strdup (json_object_get_string_member (
      json_array_get_object_element (json_object_get_array_member (f->json, "lessons"),
                                     0),
      "stream_key"));
  g_assert_cmpint (lesson_of_key (f, old_key), ==, 1);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/key", staff, NULL), ==, 200);
  new_key = g_strdup (json_object_get_string_member (f->json, "stream_key"));
  g_assert_cmpint (lesson_of_key (f, old_key), ==, 0);
  g_assert_cmpint (lesson_of_key (f, new_key), ==, 1);
  g_assert_cmpint (
      lesson_of_key (f, json_object_get_string_member (f->json, "backup_key")), ==, 1);
  address = g_strdup_printf ("rtmp://studio.example/live/%s", new_key);
  g_assert_cmpstr (json_object_get_string_member (f->json, "rtmp_url"), ==, address);
  g_assert_true (json_object_get_null_member (f->json, "srt_url"));
  g_assert_cmpstr (json_object_get_string_member (f->json, "whip_url"), ==,
                   "https://studio.example/whip/1");
}

/* Its lecturer begins and ends it, no other lecturer does. */
static void
test_direct (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *other = NULL;
  gint64 speaker;

  run_job (f, add_branches, NULL);
  speaker = member_in (f, "speaker", VILLAGE);
  other = cookie_with (f, "other", AC_ROLE_LECTURER, 0);
  add_aimed (f, (Aim){ .branch = COUNTY, .lecturer = speaker });
  {
    g_autofree gchar *cookie = school_sign_in (&f->school, "speaker");

    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/end", cookie, NULL), ==,
                      409);
    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/start", other, NULL), ==,
                      403);
    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/start", cookie, NULL), ==,
                      200);
    g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, "live");
    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/end", f->cookie, NULL), ==,
                      403);
    g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/end", cookie, NULL), ==,
                      200);
    g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, "ended");
    g_assert_cmpuint (send_to (f, "PATCH", "/api/v1/lessons/1", cookie, "{}"), ==, 403);
  }
}

/* The secretary of a village excuses its people from a lesson of the county's. */
static void
test_excuses (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *inside = NULL;
  g_autofree gchar *outside = NULL;
  JsonObject *one;
  static const gchar body[] =
      "{\"lesson\":1,\"state\":\"excused\",\"reason\":\"病假\"}";

  run_job (f, add_branches, NULL);
  inside = g_strdup_printf ("/api/v1/members/%d/excuses",
                            (gint)member_in (f, "inside", VILLAGE));
  outside = g_strdup_printf ("/api/v1/members/%d/excuses",
                             (gint)member_in (f, "outside", OTHER_TOWN));
  secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  add_aimed (f, (Aim){ .branch = COUNTY, .target = COUNTY });
  school_sql (&f->school, "UPDATE members SET branch = 4 WHERE number = 'secretary'");
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/members/4/excuses",
                              .cookie = secretary,
                              .body = body },
                  403, "one-alone", "member");
  school_sql (&f->school,
              "UPDATE members SET branch = NULL WHERE number = 'secretary'");
  g_assert_cmpuint (send_to (f, "POST", inside, secretary, body), ==, 204);
  g_assert_cmpuint (send_to (f, "POST", outside, secretary, body), ==, 403);
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = inside,
                              .cookie = secretary,
                              .body = "{\"lesson\":1,\"state\":\"ill\"}" },
                  422, "invalid-field", "state");
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = inside,
                              .cookie = secretary,
                              .body = "{\"lesson\":7,\"state\":\"expected\"}" },
                  404, "named-not-found", "lesson");
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/lessons/1/expected",
                                        .query = "branch=4",
                                        .cookie = secretary }),
                    ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "expected")), ==,
      1);
  one = json_array_get_object_element (
      json_object_get_array_member (f->json, "expected"), 0);
  g_assert_cmpstr (json_object_get_string_member (one, "state"), ==, "excused");
  g_assert_cmpstr (json_object_get_string_member (one, "reason"), ==, "病假");
  g_assert_nonnull (strchr (json_object_get_string_member (one, "name"), '*'));
}

/* Opened by its key alone, until another one is made or none. */
static void
test_calendars (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  g_autofree gchar *key = NULL;
  g_autofree gchar *etag = NULL;
  Request request = { .method = "GET", .path = "/calendar/2.ics" };

  run_job (f, add_branches, NULL);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  add_course (f, staff);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons", staff, SERIES), ==, 200);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/branches/2/calendar", staff, NULL), ==,
                    200);
  key = g_strdup (strchr (json_object_get_string_member (f->json, "path"), '?') + 1);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (f->json, "path"),
                                   "/calendar/2.ics?key="));
  assert_problem (f, &request, 404, "not-found");
  request.query = key;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (f->response.content_type, ==, "text/calendar; charset=utf-8");
  g_assert_true (g_str_has_prefix (g_bytes_get_data (f->response.body, NULL),
                                   "BEGIN:VCALENDAR\r\n"));
  etag = g_strdup (f->response.etag);
  request.if_none_match = etag;
  g_assert_cmpuint (ask (f, &request), ==, 304);
  g_assert_null (f->response.body);
  request.path = "/calendar/4.ics";
  assert_problem (f, &request, 404, "not-found");
  request.path = "/calendar/member/2.ics";
  assert_problem (f, &request, 404, "not-found");
  request.path = "/calendar/../2.ics";
  assert_problem (f, &request, 404, "not-found");
  g_assert_cmpuint (send_to (f, "DELETE", "/api/v1/branches/2/calendar", staff, NULL),
                    ==, 204);
  request.path = "/calendar/2.ics";
  assert_problem (f, &request, 404, "not-found");
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/calendar", f->cookie, NULL), ==, 200);
  g_assert_true (g_str_has_prefix (json_object_get_string_member (f->json, "path"),
                                   "/calendar/member/"));
}

static void
assert_told_lecturer (Fixture *f, const gchar *cookie, gboolean expected)
{
  JsonObject *who;

  g_assert_cmpuint (send_to (f, "GET", "/api/v1/session", cookie, NULL), ==, 200);
  who = json_object_get_object_member (f->json, "member");
  g_assert_cmpstr (json_object_get_string_member (who, "role"), ==, "member");
  g_assert_cmpint (json_object_get_boolean_member (who, "lecturer"), ==, expected);
}

/* Whoever is named runs the studio of that lesson, and of no other, without the role;
 * and is told so until it is over. */
static void
test_named (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *named = NULL;
  gint64 member;

  run_job (f, add_branches, NULL);
  member = member_in (f, "named", VILLAGE);
  named = school_sign_in (&f->school, "named");
  assert_told_lecturer (f, named, FALSE);
  add_aimed (f, (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN });
  add_aimed (f,
             (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN, .lecturer = member });
  assert_told_lecturer (f, named, TRUE);
  assert_told_lecturer (f, f->cookie, FALSE);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/start", named, "{}"), ==,
                    403);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/1/key", named, "{}"), ==, 403);
  g_assert_cmpuint (
      send_to (f, "PATCH", "/api/v1/lessons/2", named, "{\"title\":\"x\"}"), ==, 403);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/2/key", named, "{}"), ==, 200);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/2/start", named, "{}"), ==,
                    200);
  assert_told_lecturer (f, named, TRUE);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/lessons/2/end", named, "{}"), ==, 200);
  assert_told_lecturer (f, named, FALSE);
}

#define ADD(name, func)                                                                \
  g_test_add ("/plans/" name, Fixture, NULL, api_set_up, func, api_tear_down)

/* Nobody but who asked withdraws it, and that once. */
static void
assert_withdrawn (Fixture *f, const gchar *cookie, const gchar *other)
{
  Request withdraw = { .method = "DELETE", .path = "/api/v1/leaves/1" };

  assert_refused (f, &withdraw, 401, "signed-out", NULL);
  withdraw.cookie = other;
  assert_refused (f, &withdraw, 404, "named-not-found", "leave");
  withdraw.cookie = cookie;
  g_assert_cmpuint (ask (f, &withdraw), ==, 204);
  assert_refused (f, &withdraw, 404, "named-not-found", "leave");
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/leaves", cookie, NULL), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "leaves")), ==, 0);
}

/* A member asks, the branch decides, and every list and report says the same. */
static void
test_leave (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *inside = NULL;
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *other = NULL;
  Request list = { .method = "GET",
                   .path = "/api/v1/leaves/open",
                   .query = "branch=4" };
  Request sheet = { .method = "GET",
                    .path = "/api/v1/reports/sign-in",
                    .query = "branch=4&lesson=1&format=json&lang=en" };
  g_autofree gchar *text = NULL;
  JsonObject *one;

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  inside = school_sign_in (&f->school, "inside");
  secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  other = cookie_with (f, "other", AC_ROLE_SECRETARY, OTHER_TOWN);
  add_aimed (f, (Aim){ .branch = COUNTY, .target = COUNTY });
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/lessons/1/leave",
                              .cookie = f->cookie, /* belongs nowhere */
                              .body = "{\"reason\":\"病假\"}" },
                  422, "invalid-field", "lesson");
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/lessons/1/leave", inside, "{\"reason\":\"病假\"}"),
      ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, "asked");
  assert_withdrawn (f, inside, other);
  g_assert_cmpuint (
      send_to (f, "POST", "/api/v1/lessons/1/leave", inside, "{\"reason\":\"病假\"}"),
      ==, 200);
  list.cookie = secretary;
  g_assert_cmpuint (ask (f, &list), ==, 200);
  one = json_array_get_object_element (json_object_get_array_member (f->json, "leaves"),
                                       0);
  g_assert_cmpstr (json_object_get_string_member (one, "number"), ==, "inside");
  g_assert_nonnull (strchr (json_object_get_string_member (one, "name"), '*'));
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/leaves/2/approve", other, NULL), ==,
                    403);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/leaves/2/approve", inside, NULL), ==,
                    403);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/leaves/2/refuse", secretary, "{}"), ==,
                    422);
  g_assert_cmpuint (send_to (f, "POST", "/api/v1/leaves/2/approve", secretary, NULL),
                    ==, 200);
  assert_refused (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/leaves/2/approve",
                              .cookie = secretary },
                  409, "wrong-state", "leave");
  g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==, "decided");
  assert_refused (
      f, &(Request){ .method = "DELETE", .path = "/api/v1/leaves/2", .cookie = inside },
      409, "wrong-state", "leave");
  g_assert_cmpuint (send_to (f, "GET", "/api/v1/leaves", inside, NULL), ==, 200);
  one = json_array_get_object_element (json_object_get_array_member (f->json, "leaves"),
                                       0);
  g_assert_cmpstr (json_object_get_string_member (one, "state"), ==, "approved");
  school_start_lesson (&f->school, 1);
  school_end_lesson (&f->school, 1);
  sheet.cookie = secretary;
  g_assert_cmpuint (ask (f, &sheet), ==, 200);
  text = ac_json_object_to_text (f->json);
  g_assert_nonnull (strstr (text, "\"excused\""));
  g_assert_cmpuint (ask (f, &list), ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "leaves")), ==, 0);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Shanghai", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("courses", test_courses);
  ADD ("bad-courses", test_bad_courses);
  ADD ("series", test_series);
  ADD ("aim", test_aim);
  ADD ("lecturers", test_lecturers);
  ADD ("named", test_named);
  ADD ("bad-plans", test_bad_plans);
  ADD ("sources", test_sources);
  ADD ("once", test_once);
  ADD ("series-once", test_series_once);
  ADD ("calendars", test_calendars);
  ADD ("key", test_key);
  ADD ("direct", test_direct);
  ADD ("excuses", test_excuses);
  ADD ("leave", test_leave);
  return g_test_run ();
}
