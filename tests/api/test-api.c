#include "api_fixture.h"
#include "api_private.h"
#include "appeals.h"
#include "audit.h"
#include "branch.h"
#include "corrections.h"
#include "json_text.h"
#include "leave.h"
#include "mask.h"
#include "membership.h"
#include "school.h"
#include "signalling.h"
#include "site.h"

#include <string.h>

#define SIGN_IN(number, password)                                                      \
  "{\"number\":\"" number "\",\"password\":\"" password "\"}"

static const Request good_sign_in = { .method = "POST",
                                      .path = "/api/v1/session",
                                      .body = SIGN_IN ("1001", SCHOOL_PASSWORD) };

static void
test_sign_in (Fixture *f, gconstpointer unused)
{
  Request request = good_sign_in;
  JsonObject *member;
  g_autofree gchar *cookie = NULL;

  g_assert_cmpuint (ask (f, &request), ==, 200);
  member = json_object_get_object_member (f->json, "member");
  g_assert_cmpstr (json_object_get_string_member (member, "number"), ==, "1001");
  g_assert_cmpstr (json_object_get_string_member (member, "name"), ==, "党员 1001");
  g_assert_cmpstr (json_object_get_string_member (member, "role"), ==, "member");
  g_assert_true (g_regex_match_simple (
      "^airclass_session=[0-9a-f]{64}; Path=/; Max-Age=2592000; HttpOnly; "
      "SameSite=Strict$",
      f->response.set_cookie, 0, 0));
  cookie = g_strndup (f->response.set_cookie, 17 + 64);
  g_assert_cmpuint (
      ask (f,
           &(Request){ .method = "GET", .path = "/api/v1/session", .cookie = cookie }),
      ==, 200);
  request.secure = TRUE;
  request.content_type = "application/json; charset=utf-8";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_true (g_str_has_suffix (f->response.set_cookie, "; Secure"));
}

static void
test_sign_in_refused (Fixture *f, gconstpointer unused)
{
  Request request = good_sign_in;

  request.body = SIGN_IN ("1001", "wrong wrong");
  assert_problem (f, &request, 401, "sign-in-refused");
  request.body = SIGN_IN ("nobody", SCHOOL_PASSWORD);
  assert_problem (f, &request, 401, "sign-in-refused");
  request.body = SIGN_IN ("", "");
  assert_problem (f, &request, 401, "sign-in-refused");
}

static void
test_too_many_attempts (Fixture *f, gconstpointer unused)
{
  Request request = good_sign_in;
  guint status = 401;

  request.body = SIGN_IN ("1001", "wrong wrong");
  for (guint i = 0; i < 40 && status == 401; i++)
    status = ask (f, &request);
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
}

/* What changes something, as fast as it goes: for a session, and for nobody else. */
static void
test_too_many_writes (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *other = school_sign_in (&f->school, "1001");
  Request request = { .method = "POST",
                      .path = "/api/v1/lessons/1/appeals",
                      .body = "{}",
                      .cookie = f->cookie };
  guint status = 0, n = 0;

  while (n < 2 * ac_api_write_rule.n_free && (status = ask (f, &request)) == 422)
    n++;
  g_assert_cmpuint (n, >, ac_api_write_rule.n_free);
  assert_problem (f, &request, 429, "too-many-attempts");
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
  request.cookie = other;
  g_assert_cmpuint (ask (f, &request), ==, 422);
  request =
      (Request){ .method = "GET", .path = "/api/v1/session", .cookie = f->cookie };
  g_assert_cmpuint (ask (f, &request), ==, 200);
  request.method = "DELETE";
  g_assert_cmpuint (ask (f, &request), ==, 204);
}

static void
test_bodies (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *large = g_strdup_printf ("{\"number\":\"%*s\"}", 20000, "");
  const struct {
    const gchar *body, *type;
    guint status;
    const gchar *name, *field;
  } rows[] = {
    { "number=1001", NULL, 400, "invalid-request", NULL },
    { "", NULL, 400, "invalid-request", NULL },
    { "[]", NULL, 400, "invalid-request", NULL },
    { "{", NULL, 400, "invalid-request", NULL },
    { large, NULL, 400, "invalid-request", NULL },
    { "{}", NULL, 422, "invalid-field", "number" },
    { "{\"number\":1001,\"password\":\"x\"}", NULL, 422, "invalid-field", "number" },
    { "{\"number\":\"1001\"}", NULL, 422, "invalid-field", "password" },
    { "{\"number\":\"1001\",\"password\":null}", NULL, 422, "invalid-field",
      "password" },
    { "{}", "text/plain", 415, "not-json", NULL },
    { "{}", "application/jsonp", 415, "not-json", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Request request = good_sign_in;

    request.body = rows[i].body;
    request.content_type = rows[i].type;
    assert_problem (f, &request, rows[i].status, rows[i].name);
    if (rows[i].field != NULL)
      g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                       rows[i].field);
  }
}

static void
test_cross_origin (Fixture *f, gconstpointer unused)
{
  Request request = good_sign_in;

  request.no_header = TRUE;
  assert_problem (f, &request, 403, "cross-origin");
  request.no_header = FALSE;
  request.origin = "https://evil.example";
  assert_problem (f, &request, 403, "cross-origin");
  request.origin = "null";
  assert_problem (f, &request, 403, "cross-origin");
  request.origin = "https://class.example";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  /* Over HTTP/2 there is no header: browsers' Origin stands for it, over TLS alone. */
  request.no_header = TRUE;
  assert_problem (f, &request, 403, "cross-origin");
  request.secure = TRUE;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  request.origin = "http://class.example";
  assert_problem (f, &request, 403, "cross-origin");
  request.origin = "https://evil.example";
  assert_problem (f, &request, 403, "cross-origin");
  request.origin = "null";
  assert_problem (f, &request, 403, "cross-origin");
}

static void
test_sign_out (Fixture *f, gconstpointer unused)
{
  FakePeer peer;
  Request request = { .method = "DELETE",
                      .path = "/api/v1/session",
                      .cookie = f->cookie };

  school_add_lesson (&f->school, "x", NULL);
  fake_peer_init (&peer, f->cookie, "lesson=1&client=0000000000000001");
  fake_peer_open (&peer, &f->school);
  g_assert_cmpuint (ask (f, &request), ==, 204);
  g_assert_null (f->response.body);
  g_assert_cmpstr (f->response.set_cookie, ==,
                   "airclass_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
  g_assert_cmpuint (peer.closed, ==, 4401);
  request.method = "GET";
  assert_problem (f, &request, 401, "signed-out");
  request.method = "DELETE";
  g_assert_cmpuint (ask (f, &request), ==, 204);
  fake_peer_hang_up (&peer, &f->school);
  fake_peer_clear (&peer);
}

/* --- Who may what, and where --- */

/* The lessons of the walk: of the village and for it, of the other town and for that.
 */
enum { LESSON_INSIDE = 1, LESSON_OUTSIDE };
enum { COURSE_INSIDE = 1, COURSE_OUTSIDE };

static gboolean
add_walked_courses (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error,
                       "INSERT INTO courses (kind, title, branch, created_ms) "
                       "VALUES ('party', '党课', ?, 1), ('skills', '技能', ?, 1)",
                       "ii", (gint64)VILLAGE, (gint64)OTHER_TOWN);
}

static void
add_walked_lessons (Fixture *f)
{
  run_job (f, add_walked_courses, NULL);
  g_assert_cmpint (add_aimed (f, (Aim){ .branch = VILLAGE, .target = VILLAGE }), ==,
                   LESSON_INSIDE);
  g_assert_cmpint (add_aimed (f, (Aim){ .branch = OTHER_TOWN, .target = OTHER_TOWN }),
                   ==, LESSON_OUTSIDE);
}

/* What a route is asked about: something within the town, or outside it. A scoped route
 * that this does not know has to be taught to it; one without a place is of all. */
static void
aim (const AcApiRoute *route, gint64 branch, gint64 member, GString *path,
     gchar **ret_query, gchar **ret_body)
{
  g_autofree gchar *id = NULL;
  g_autofree gchar *site =
      g_strdup_printf ("%d", branch == VILLAGE ? SITE_INSIDE : SITE_OUTSIDE);

  *ret_query = NULL;
  *ret_body = NULL;
  g_string_assign (path, route->pattern);
  if (route->place == NULL)
    id = g_strdup ("999");
  else if (g_str_has_prefix (route->pattern, "/api/v1/branches/:id"))
    id = g_strdup_printf ("%" G_GINT64_FORMAT, branch);
  else if (g_str_has_prefix (route->pattern, "/api/v1/members/:id"))
    id = g_strdup_printf ("%" G_GINT64_FORMAT, member);
  else if (g_str_has_prefix (route->pattern, "/api/v1/lessons/:id"))
    id = g_strdup_printf ("%d", branch == VILLAGE ? LESSON_INSIDE : LESSON_OUTSIDE);
  else if (g_str_has_prefix (route->pattern, "/api/v1/sites/:id"))
    id = g_strdup (site);
  else if (route->place == ac_api_course_place)
    id = g_strdup_printf ("%d", branch == VILLAGE ? COURSE_INSIDE : COURSE_OUTSIDE);
  else if (route->place == ac_api_correction_place ||
           route->place == ac_api_appeal_place || route->place == ac_api_leave_place)
    id = g_strdup (branch == VILLAGE ? "1" : "2");
  else if (route->place == ac_api_correction_body_place)
    *ret_body =
        g_strdup_printf ("{\"member\":\"%s\",\"lesson\":%d}",
                         branch == VILLAGE ? "inside" : "outside", LESSON_INSIDE);
  else if (route->place == ac_api_body_place ||
           route->place == ac_api_body_branch_place)
    *ret_body = g_strdup_printf ("{\"branch\":%" G_GINT64_FORMAT "}", branch);
  else if (route->place == ac_api_parent_place)
    *ret_body = g_strdup_printf ("{\"parent\":%" G_GINT64_FORMAT "}", branch);
  else if (route->place == ac_api_transcript_place)
    *ret_query = g_strdup_printf ("member=%" G_GINT64_FORMAT, member);
  else if (route->place != ac_api_query_place)
    g_error ("%s: where is it?", route->pattern);
  if (g_str_has_suffix (route->pattern, "/quality"))
    *ret_body = g_strdup ("{}");
  if (route->place == ac_api_query_place)
    *ret_query = g_strdup_printf ("branch=%" G_GINT64_FORMAT, branch);
  if (id != NULL)
    g_string_replace (path, ":id", id, 0);
  g_string_replace (path, ":site", site, 0);
  g_string_replace (path, ":screen", "1", 0);
  g_string_replace (path, ":code", "0", 0);
  g_string_replace (path, ":handout", "1", 0);
  g_string_replace (path, ":member", "1", 0);
}

/* @who: what @cookie can do: the gate has to say the same as the table of access.h */
static void
walk (Fixture *f, const AcApiRoute *route, const AcAccessWho *who, const gchar *cookie,
      gint64 branch, gint64 member)
{
  static const gint64 inside[] = { VILLAGE, TOWN, COUNTY };
  static const gint64 outside[] = { OTHER_TOWN, COUNTY };
  AcAccessPlace place = { .branches = branch == VILLAGE ? inside : outside,
                          .n_branches = branch == VILLAGE ? 3 : 2 };
  g_autoptr (GString) path = g_string_new (NULL);
  g_autofree gchar *query = NULL;
  g_autofree gchar *body = NULL;
  Request request = { .method = route->method, .cookie = cookie };

  aim (route, branch, member, path, &query, &body);
  request.path = path->str;
  request.body = body;
  request.query = query;
  if (!ac_access_may (route->act, who, route->place != NULL ? &place : NULL))
    assert_problem (f, &request, who != NULL ? 403 : 401,
                    who != NULL ? "forbidden" : "signed-out");
  else if (strcmp (route->method, "DELETE") != 0) /* it would end the session */
    g_assert_cmpuint (ask (f, &request), !=, 403);
}

/* Behind the gate of signalling: notes who was let in. */
static void
on_let_in (gpointer service, const AcPeerRequest *request, GBytes *body,
           AcPeerAnswered answered, gpointer user_data)
{
  Fixture *f = service;

  f->let_in = request->session;
  ac_peer_refuse (AC_PEER_NO_SESSION, NULL, 0, answered, user_data);
}

static void
on_let_go (gpointer service, const AcPeerRequest *request, AcPeerAnswered answered,
           gpointer user_data)
{
  on_let_in (service, request, NULL, answered, user_data);
}

static const AcPeerService let_in = { on_let_in, on_let_in, on_let_go };

/* The two kinds with nothing behind them. */
static const AcSignallingKind gates[] = {
  { "/whep/", AC_ACT_LESSON_PREVIEW, &let_in },
  { "/whip/", AC_ACT_LESSON_PUBLISH, &let_in },
};

typedef struct {
  const gchar *method, *tail, *type;
} Signal;

static const Signal signals[] = {
  { "POST", "", "application/sdp" },
  { "PATCH", "/0123", "application/trickle-ice-sdpfrag" },
  { "DELETE", "/0123", NULL },
};

/* Each request with each role: let in when the table says so of that lesson. */
static void
walk_gate (Fixture *f, const AcSignallingKind *gate, const AcAccessWho *who,
           const gchar *cookie, gint lesson)
{
  static const gint64 inside[] = { VILLAGE, TOWN, COUNTY };
  static const gint64 outside[] = { OTHER_TOWN, COUNTY };
  const AcAccessPlace place = { .branches = lesson == LESSON_INSIDE ? inside : outside,
                                .n_branches = lesson == LESSON_INSIDE ? 3 : 2 };

  f->signalling = gate;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("%s%d%s", gate->prefix, lesson, signals[i].tail);
    const Request request = { .method = signals[i].method,
                              .path = path,
                              .cookie = cookie,
                              .content_type = signals[i].type,
                              .no_header = TRUE };
    const Request elsewhere = { .method = signals[i].method,
                                .path = path,
                                .cookie = cookie,
                                .origin = "https://elsewhere.example" };

    f->let_in = 0;
    if (ac_access_may (gate->act, who, &place)) {
      assert_problem (f, &request, 404, "not-found");
      g_assert_cmpint (f->let_in, !=, 0);
    } else {
      assert_problem (f, &request, who != NULL ? 403 : 401,
                      who != NULL ? "forbidden" : "signed-out");
      g_assert_cmpint (f->let_in, ==, 0);
    }
    assert_problem (f, &elsewhere, 403, "cross-origin");
  }
  f->signalling = NULL;
}

static void
walk_signalling (Fixture *f, const AcAccessWho *who, const gchar *cookie, gint lesson)
{
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    walk_gate (f, &gates[i], who, cookie, lesson);
}

/* A correction, an appeal and asking for leave of each: 1 within the town, 2 outside.
 * They are asked for by a third person, so that nobody who walks is the one who may not
 * decide. */
static gboolean
add_records (AcStore *store, gpointer data, GError **error)
{
  const gint64 *people = data; /* inside, outside, asker */

  for (guint i = 0; i < 2; i++) {
    AcCorrection correction = { .kind = AC_ENTRY_ADJUST,
                                .member = people[i],
                                .lesson = LESSON_INSIDE,
                                .earned_ms = 60000,
                                .reason = (gchar *)"r",
                                .evidence = (gchar *)"",
                                .asker = people[2] };
    AcAppeal appeal = { .member = people[i],
                        .lesson = LESSON_INSIDE,
                        .text = (gchar *)"t" };

    AcLeave leave = { .lesson = i == 0 ? LESSON_INSIDE : LESSON_OUTSIDE,
                      .member = people[i],
                      .reason = (gchar *)"r" };

    if (!ac_leave_ask (store, &leave, g_get_real_time () / 1000, error) ||
        !ac_correction_ask (store, &correction, g_get_real_time () / 1000, error) ||
        !ac_appeal_open (store, &appeal, g_get_real_time () / 1000, error))
      return FALSE;
    g_free (correction.answer); /* the other texts are not its own */
  }
  return TRUE;
}

/* Every route with every role, over the town and everywhere, within and without. */
static void
test_every_route (Fixture *f, gconstpointer unused)
{
  static const gint64 scopes[] = { TOWN, 0 };
  gint64 members[3];

  run_job (f, add_branches, NULL);
  add_walked_lessons (f);
  members[0] = member_in (f, "inside", VILLAGE);
  members[1] = member_in (f, "outside", OTHER_TOWN);
  members[2] = member_in (f, "asker", OTHER_TOWN);
  run_job (f, add_records, members);
  for (AcRole role = AC_ROLE_MEMBER; role < AC_ROLES; role++)
    for (guint i = 0; i < G_N_ELEMENTS (scopes); i++) {
      g_autofree gchar *number = g_strdup_printf ("%s-%u", ac_role_name (role), i);
      g_autofree gchar *cookie = cookie_with (f, number, role, scopes[i]);
      const AcGrant grant = { role, scopes[i] };
      const AcAccessWho who = { 0, &grant, role != AC_ROLE_MEMBER };

      g_test_message ("%s", number);
      for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++) {
        walk (f, route, &who, cookie, VILLAGE, members[0]);
        walk (f, route, &who, cookie, OTHER_TOWN, members[1]);
      }
      walk_signalling (f, &who, cookie, LESSON_INSIDE);
      walk_signalling (f, &who, cookie, LESSON_OUTSIDE);
    }
}

/* Returns: (transfer full): the cookie of a screen that @by lets in at @site. */
static gchar *
pair_screen (Fixture *f, gint64 site, const gchar *by)
{
  g_autofree gchar *path = g_strdup_printf ("/api/v1/sites/%d/screens", (gint)site);
  g_autofree gchar *secret = NULL;
  g_autofree gchar *claim = NULL;
  g_autofree gchar *body = NULL;

  g_assert_cmpuint (
      ask (f, &(Request){ .method = "POST", .path = "/api/v1/screens/pairing" }), ==,
      200);
  secret = g_strdup (json_object_get_string_member (f->json, "secret"));
  claim = g_strdup_printf ("{\"secret\":\"%s\"}", secret);
  body = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"大屏\"}",
                          json_object_get_string_member (f->json, "code"));
  g_assert_cmpuint (
      ask (f, &(Request){ .method = "POST", .path = path, .cookie = by, .body = body }),
      ==, 200);
  g_assert_cmpuint (ask (f, &(Request){ .method = "POST",
                                        .path = "/api/v1/screens/pairing/claim",
                                        .body = claim }),
                    ==, 200);
  return g_strndup (f->response.set_cookie,
                    strlen (AC_ROOMS_COOKIE "=") + AC_SESSION_TOKEN_CHARS);
}

/* A screen is nobody: it may what its site's screens may. */
static void
test_every_route_by_a_screen (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *chief = NULL;
  g_autofree gchar *cookie = NULL;

  run_job (f, add_branches, NULL);
  add_walked_lessons (f);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  cookie = pair_screen (f, SITE_INSIDE, chief);
  for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++)
    for (guint outside = 0; outside < 2; outside++) {
      gboolean inside = outside == 0;
      const AcAccessWho who = { .screen = 1, .site = SITE_INSIDE };
      const AcAccessPlace place = { .audience = inside, .site = inside ? 1 : 2 };
      g_autoptr (GString) path = g_string_new (NULL);
      g_autofree gchar *query = NULL;
      g_autofree gchar *body = NULL;
      Request request = { .method = route->method, .cookie = cookie };

      aim (route, inside ? VILLAGE : OTHER_TOWN, 1, path, &query, &body);
      request.path = path->str;
      request.body = body;
      request.query = query;
      if (!ac_access_may (route->act, &who, route->place != NULL ? &place : NULL))
        assert_problem (f, &request, 403, "forbidden");
      else if (!ac_access_is_open (route->act))
        g_assert_cmpuint (ask (f, &request), ==,
                          strstr (route->pattern, ":handout") != NULL ? 404
                          : strcmp (route->pattern, "/api/v1/lessons/:id/quality") == 0
                              ? 204
                              : 200);
    }
}

/* Without a session, and not from our pages. */
static void
test_every_route_is_shut (Fixture *f, gconstpointer unused)
{
  run_job (f, add_branches, NULL);
  for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++) {
    g_autoptr (GString) path = g_string_new (NULL);
    g_autofree gchar *query = NULL;
    g_autofree gchar *body = NULL;
    Request request = { .method = route->method, .no_header = TRUE };

    g_assert_cmpint (route->act, !=, AC_ACT_NONE);
    g_assert_true (route->place == NULL || ac_access_is_scoped (route->act));
    aim (route, VILLAGE, 1, path, &query, &body);
    request.path = path->str;
    request.query = query;
    if (strcmp (route->method, "GET") != 0)
      assert_problem (f, &request, 403, "cross-origin");
    if (!ac_access_is_open (route->act))
      walk (f, route, NULL, NULL, VILLAGE, 1);
  }
}

/* WHEP and WHIP are no routes of the API's table; with roles test_every_route()
 * walks them. */
static void
test_signalling (Fixture *f, gconstpointer unused)
{
  run_job (f, add_branches, NULL);
  add_walked_lessons (f);
  g_assert_cmpint (ac_signalling_whep.act, ==, gates[0].act);
  g_assert_cmpint (ac_signalling_whip.act, ==, gates[1].act);
  walk_signalling (f, NULL, NULL, LESSON_INSIDE);
  f->signalling = &gates[0];
  assert_problem (f, &(Request){ .method = "GET", .path = "/whep/1" }, 405,
                  "wrong-method");
  assert_problem (f, &(Request){ .method = "POST", .path = "/whep/x" }, 404,
                  "not-found");
}

/* A row that forgets to say what it needs, or where. */
static void
test_gate (Fixture *f, gconstpointer unused)
{
  static const AcApiRoute forgotten = { "GET", "/x", AC_ACT_NONE, NULL, NULL };
  static const AcApiRoute nowhere = { "GET", "/x", AC_ACT_MEMBER_VIEW, NULL, NULL };
  const AcGrant everywhere = { AC_ROLE_ADMINISTRATOR, 0 }, here = { AC_ROLE_STAFF, 1 };
  AcSession chief = { .who = { 7, &everywhere, 1 } };
  AcSession clerk = { .who = { 8, &here, 1 } };
  AcApiCall call = { .api = f->api, .session = &chief };
  AcProblem problem = AC_PROBLEM_INTERNAL;

  g_assert_false (ac_api_is_allowed (&forgotten, &call, &problem));
  g_assert_cmpint (problem, ==, AC_PROBLEM_FORBIDDEN);
  g_assert_true (ac_api_is_allowed (&nowhere, &call, &problem));
  call.session = &clerk;
  g_assert_false (ac_api_is_allowed (&nowhere, &call, &problem));
  call.session = NULL;
  g_assert_false (ac_api_is_allowed (&forgotten, &call, &problem));
  g_assert_cmpint (problem, ==, AC_PROBLEM_SIGNED_OUT);
}

static guint
count_in_answer (Fixture *f, const gchar *list)
{
  return json_array_get_length (json_object_get_array_member (f->json, list));
}

static void
test_member_list (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = NULL;
  Request request = { .method = "GET", .path = "/api/v1/members" };

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  member_in (f, "outside", OTHER_TOWN);
  request.cookie = staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  assert_problem (f, &request, 403, "forbidden"); /* of all is not theirs */
  request.query = "branch=77";
  assert_problem (f, &request, 404, "branch-not-found");
  request.query = "branch=x";
  assert_problem (f, &request, 400, "invalid-request");
  request.query = "branch=2";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpuint (count_in_answer (f, "members"), ==, 1);
  request.query = NULL;
  request.path = "/api/v1/members/999";
  assert_problem (f, &request, 404, "member-not-found");
}

/* Others see a member masked, members see themselves. */
static void
test_member (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *staff = NULL;
  g_autofree gchar *own = NULL;
  Request request = { .method = "GET" };

  run_job (f, add_branches, NULL);
  request.path = path = g_strdup_printf ("/api/v1/members/%" G_GINT64_FORMAT,
                                         member_in (f, "in", VILLAGE));
  request.cookie = staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党***n");
  request.cookie = own = school_sign_in (&f->school, "in");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党员 in");
}

/* Signing out elsewhere, one by one and everywhere. */
static void
test_sessions (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *other = school_sign_in (&f->school, "1001");
  g_autofree gchar *path = NULL;
  Request request = { .method = "GET",
                      .path = "/api/v1/sessions",
                      .cookie = f->cookie };
  JsonArray *sessions;

  g_assert_cmpuint (ask (f, &request), ==, 200);
  sessions = json_object_get_array_member (f->json, "sessions");
  g_assert_cmpuint (json_array_get_length (sessions), ==, 2);
  for (guint i = 0; i < 2; i++) {
    JsonObject *session = json_array_get_object_element (sessions, i);

    if (!json_object_get_boolean_member (session, "current"))
      path = g_strdup_printf ("/api/v1/sessions/%" G_GINT64_FORMAT,
                              json_object_get_int_member (session, "id"));
  }
  request.method = "DELETE";
  request.path = path;
  g_assert_cmpuint (ask (f, &request), ==, 204);
  request = (Request){ .method = "GET", .path = "/api/v1/session", .cookie = other };
  assert_problem (f, &request, 401, "signed-out");
  request.cookie = f->cookie;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  request =
      (Request){ .method = "DELETE", .path = "/api/v1/sessions", .cookie = f->cookie };
  g_assert_cmpuint (ask (f, &request), ==, 204);
  request =
      (Request){ .method = "GET", .path = "/api/v1/session", .cookie = f->cookie };
  assert_problem (f, &request, 401, "signed-out");
}

static void
test_no_codes (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST",
                      .path = "/api/v1/session/code",
                      .body = "{\"number\":\"1001\"}" };

  assert_problem (f, &request, 409, "no-codes");
  request.body = "{}";
  assert_problem (f, &request, 422, "invalid-field");
  request.path = "/api/v1/session";
  request.body = "{\"number\":\"1001\",\"code\":\"123456\"}";
  assert_problem (f, &request, 401, "sign-in-refused");
}

static void
send_nothing (const gchar *phone, const gchar *code, gpointer user_data)
{
}

/* Told to anybody, before one is asked for. */
static void
test_codes_told (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "GET", .path = "/api/v1/session/code" };

  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_false (json_object_get_boolean_member (f->json, "sent"));
  ac_accounts_set_code_sender (f->school.accounts, send_nothing, NULL);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_true (json_object_get_boolean_member (f->json, "sent"));
}

/* A role that is taken away is gone at the next request. */
static void
test_revoked (Fixture *f, gconstpointer unused)
{
  Grant grant = { school_add_member (&f->school, "chief", AC_ROLE_ADMINISTRATOR),
                  { AC_ROLE_ADMINISTRATOR, 0 } };
  g_autofree gchar *cookie = school_sign_in (&f->school, "chief");
  Request request = { .method = "GET", .path = "/api/v1/members", .cookie = cookie };

  g_assert_cmpuint (ask (f, &request), ==, 200);
  run_job (f, take_grant, &grant);
  ac_accounts_grants_changed (f->school.accounts, grant.member);
  assert_problem (f, &request, 403, "forbidden");
}

static gboolean
is_described (const gchar *method, const gchar *pattern, const gchar *path,
              const gchar *line)
{
  g_autofree gchar *lower = g_ascii_strdown (method, -1);

  return g_strcmp0 (pattern, path) == 0 &&
         strncmp (line + 4, lower, strlen (lower)) == 0;
}

static gboolean
signalling_is_described (const gchar *path, const gchar *line)
{
  const AcSignallingKind *const kinds[] = { &ac_signalling_whip, &ac_signalling_whep };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (const AcSignallingRoute *route = ac_signalling_routes; route->method != NULL;
         route++) {
      g_autofree gchar *pattern = g_strconcat (kinds[i]->prefix, route->pattern, NULL);

      found |= is_described (route->method, pattern, path, line);
    }
  return found;
}

/* The description and the tables name the same routes. */
static void
test_documented (void)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "api.yaml", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree gchar *current = NULL;
  guint n_documented = 0, n_routes = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  *strstr (text, "\ncomponents:") = '\0';
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    gboolean found = FALSE;

    if (g_str_has_prefix (lines[i], "  /")) {
      GString *pattern = g_string_new (lines[i] + 2);

      g_free (current);
      g_string_truncate (pattern, pattern->len - 1);
      g_string_replace (pattern, "{", ":", 0);
      g_string_replace (pattern, "}", "", 0);
      current = g_string_free (pattern, FALSE);
    }
    if (!g_regex_match_simple ("^    (get|post|put|patch|delete|options):$", lines[i],
                               0, 0))
      continue;
    n_documented++;
    for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++)
      found |= is_described (route->method, route->pattern, current, lines[i]);
    found |= signalling_is_described (current, lines[i]);
    g_test_message ("%s %s", current, lines[i]);
    g_assert_true (found);
  }
  for (const AcApiRoute *route = ac_api_routes; route->method != NULL; route++)
    n_routes++;
  for (const AcSignallingRoute *route = ac_signalling_routes; route->method != NULL;
       route++)
    n_routes += 2; /* WHIP and WHEP */
  g_assert_cmpuint (n_documented, ==, n_routes);
}

/* --- The ledger --- */

static JsonObject *
post_good (Fixture *f, const gchar *path, const gchar *cookie, const gchar *body)
{
  g_assert_cmpuint (
      ask (
          f,
          &(Request){ .method = "POST", .path = path, .cookie = cookie, .body = body }),
      ==, 200);
  return f->json;
}

static JsonObject *
get_good (Fixture *f, const gchar *path)
{
  g_assert_cmpuint (
      ask (f, &(Request){ .method = "GET", .path = path, .cookie = f->cookie }), ==,
      200);
  return f->json;
}

/* A room by its routes: what is refused names the field. */
static void
test_room (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *path, *body;
    guint status;
    const gchar *name, *field;
  } rows[] = {
    { "stays", "{}", 422, "invalid-field", "member" },
    { "stays", "{\"member\":\"x\"}", 422, "invalid-field", "member" },
    { "stays", "{\"member\":99}", 404, "named-not-found", "member" },
    { "stays", "{\"card\":\"AC\"}", 404, "named-not-found", "card" },
    { "stays", "{\"member\":2,\"key\":\"\"}", 422, "invalid-field", "key" },
    { "stays/end", "{\"member\":2}", 409, "wrong-state", "member" },
    { "stays/end", "{\"all\":1}", 422, "invalid-field", "all" },
    { "guests", "{\"name\":\"\"}", 422, "invalid-field", "name" },
    { "heads", "{\"moment\":\"noon\",\"heads\":1}", 422, "invalid-field", "moment" },
    { "hand", "{\"raised\":1}", 422, "invalid-field", "raised" },
    { "heads", "{\"moment\":\"end\"}", 422, "invalid-field", "heads" },
    { "logs", "{\"device\":\"x\"}", 422, "invalid-field", "device" },
    { "logs", "{\"device\":\"00112233445566aa\",\"entries\":[1]}", 422, "invalid-field",
      "entries" },
    { "logs", "{\"device\":\"00112233445566aa\",\"entries\":[]}", 422, "invalid-field",
      "entries" },
    { "logs/approve", "{\"device\":\"00112233445566aa\"}", 404, "named-not-found",
      "device" },
  };
  g_autofree gchar *chief = NULL;

  run_job (f, add_branches, NULL);
  add_walked_lessons (f);
  member_in (f, "inside", VILLAGE);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path =
        g_strconcat ("/api/v1/lessons/1/rooms/1/", rows[i].path, NULL);

    g_test_message ("%s", rows[i].body);
    assert_problem (
        f,
        &(Request){
            .method = "POST", .path = path, .cookie = chief, .body = rows[i].body },
        rows[i].status, rows[i].name);
    g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                     rows[i].field);
  }
  post_good (f, "/api/v1/lessons/1/rooms/1/stays", chief, "{\"member\":2}");
  g_assert_cmpint (json_object_get_int_member (f->json, "signed_in"), ==, 1);
  school_start_lesson (&f->school, LESSON_INSIDE);
  post_good (f, "/api/v1/lessons/1/rooms/1/hand", chief, "{\"raised\":true}");
  g_assert_true (json_object_get_boolean_member (f->json, "raised"));
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/lessons/1/rooms/1",
                                        .cookie = chief }),
                    ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "hand"), ==, "raised");
}

/* Guessing the digits, and pairing, is made slow. */
static void
test_room_guesses (Fixture *f, gconstpointer unused)
{
  Request enter = { .method = "POST",
                    .path = "/api/v1/lessons/3/rooms/1/enter",
                    .cookie = f->cookie,
                    .body = "{\"digits\":\"00000x\"}" };
  Request pairing = { .method = "POST", .path = "/api/v1/screens/pairing" };
  guint status = 422;

  run_job (f, add_branches, NULL);
  add_walked_lessons (f);
  school_add_lesson (&f->school, "x", NULL);
  for (guint i = 0; i < 20 && status == 422; i++)
    status = ask (f, &enter);
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
  status = 200;
  for (guint i = 0; i < 40 && status == 200; i++)
    status = ask (f, &pairing);
  g_assert_cmpuint (status, ==, 429);
}

#define ADJUST(rest) "{\"kind\":\"ADJUST\",\"member\":\"1001\",\"lesson\":1," rest "}"
#define HOUR "\"earned_ms\":3600000,\"reason\":\"签到表\""

/* Of somebody of school_add_member(). */
static void
assert_masked (JsonObject *object, const gchar *field, const gchar *number)
{
  g_autofree gchar *name = g_strconcat ("党员 ", number, NULL);
  g_autofree gchar *masked = ac_mask_name (name);

  g_assert_cmpstr (masked, !=, name);
  g_assert_cmpstr (json_object_get_string_member (object, field), ==, masked);
}

/* One administrator asks, another one approves; the member sees it. */
static void
test_corrections (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  JsonObject *entry;

  school_add_lesson (&f->school, "第一课", NULL);
  school_add_member (&f->school, "first", AC_ROLE_ADMINISTRATOR);
  school_add_member (&f->school, "second", AC_ROLE_ADMINISTRATOR);
  first = school_sign_in (&f->school, "first");
  second = school_sign_in (&f->school, "second");
  post_good (f, "/api/v1/corrections", first, ADJUST (HOUR));
  g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, "open");
  g_assert_true (json_object_get_null_member (f->json, "entry"));
  assert_problem (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/corrections/1/approve",
                              .cookie = first },
                  403, "one-alone");
  get_good (f, "/api/v1/lessons/1/record");
  g_assert_cmpint (json_object_get_int_member (f->json, "group_ms"), ==, 0);
  post_good (f, "/api/v1/corrections/1/approve", second, NULL);
  g_assert_cmpstr (json_object_get_string_member (f->json, "decider"), ==, "second");
  assert_masked (f->json, "decider_name", "second");
  assert_masked (f->json, "asker_name", "first");
  g_assert_cmpstr (json_object_get_string_member (f->json, "member"), ==, "1001");
  g_assert_nonnull (strchr (json_object_get_string_member (f->json, "name"), '*'));
  assert_problem (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/corrections/1/reject",
                              .body = "{\"answer\":\"签到表上没有签名\"}",
                              .cookie = second },
                  409, "wrong-state");
  get_good (f, "/api/v1/lessons/1/record");
  g_assert_cmpint (json_object_get_int_member (f->json, "group_ms"), ==, 3600000);
  g_assert_cmpfloat (json_object_get_double_member (f->json, "credit"), ==, 1.0);
  entry = json_array_get_object_element (
      json_object_get_array_member (f->json, "entries"), 0);
  g_assert_cmpstr (json_object_get_string_member (entry, "kind"), ==, "ADJUST");
  g_assert_cmpstr (json_object_get_string_member (entry, "reason"), ==, "签到表");
  get_good (f, "/api/v1/record");
  g_assert_cmpfloat (json_object_get_double_member (f->json, "counted"), ==, 1.0);
  g_assert_cmpfloat (json_object_get_double_member (f->json, "required"), ==, 32.0);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/corrections",
                                        .query = "open=1",
                                        .cookie = first }),
                    ==, 200);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (f->json, "corrections")), ==,
      0);
}

/* What the pages do is noted; the first of the acts as "act:by:about". */
static void
test_audit (Fixture *f, gconstpointer unused)
{
  static const gchar *const expected[] = {
    "sessions-end:1001:1001",         "appeal-answer:second:1001",
    "correction-approve:second:1001", "correction-reject:second:1001",
    "correction-ask:first:1001",      "correction-ask:first:1001",
  };
  Request request = { .method = "GET", .path = "/api/v1/audit" };
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  JsonArray *entries;

  school_add_lesson (&f->school, "第一课", NULL);
  school_add_member (&f->school, "first", AC_ROLE_ADMINISTRATOR);
  school_add_member (&f->school, "second", AC_ROLE_ADMINISTRATOR);
  first = school_sign_in (&f->school, "first");
  second = school_sign_in (&f->school, "second");
  post_good (f, "/api/v1/corrections", first, ADJUST (HOUR));
  post_good (f, "/api/v1/corrections", first, ADJUST (HOUR));
  assert_problem (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/corrections/1/reject",
                              .body = "{}",
                              .cookie = second },
                  422, "invalid-field");
  post_good (f, "/api/v1/corrections/1/reject", second,
             "{\"answer\":\"签到表上没有签名\"}");
  g_assert_cmpstr (json_object_get_string_member (f->json, "answer"), ==,
                   "签到表上没有签名");
  post_good (f, "/api/v1/corrections/2/approve", second, NULL);
  post_good (f, "/api/v1/lessons/1/appeals", f->cookie, "{\"text\":\"我在场\"}");
  post_good (f, "/api/v1/appeals/1/answer", second, "{\"answer\":\"已核实\"}");
  g_assert_cmpuint (ask (f, &(Request){ .method = "DELETE",
                                        .path = "/api/v1/sessions",
                                        .cookie = f->cookie }),
                    ==, 204);
  request.cookie = second;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  entries = json_object_get_array_member (f->json, "entries");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autofree gchar *told =
        g_strdup_printf ("%s:%s:%s", json_object_get_string_member (entry, "act"),
                         json_object_get_string_member (entry, "actor"),
                         json_object_get_string_member (entry, "member"));

    g_assert_cmpstr (told, ==, expected[i]);
  }
  assert_masked (json_array_get_object_element (entries, 1), "actor_name", "second");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  entries = json_object_get_array_member (f->json, "entries");
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (entries, 0), "act"),
      ==, "list-read");
  request.query = "deeds=1";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  entries = json_object_get_array_member (f->json, "entries");
  for (guint i = 0; i < json_array_get_length (entries); i++)
    g_assert_cmpstr (json_object_get_string_member (
                         json_array_get_object_element (entries, i), "act"),
                     !=, "list-read");
  g_assert_cmpuint (json_array_get_length (entries), >=, G_N_ELEMENTS (expected));
  request.query = "act=correction-approve&limit=1";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  entries = json_object_get_array_member (f->json, "entries");
  g_assert_cmpuint (json_array_get_length (entries), ==, 1);
  g_assert_true (json_object_get_null_member (f->json, "next"));
  request.query = "act=look";
  assert_problem (f, &request, 400, "invalid-request");
  request.query = "from=x";
  assert_problem (f, &request, 400, "invalid-request");
}

/* The description lists the acts there are. */
static void
test_audit_acts_documented (void)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "api.yaml", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) words = NULL;
  gchar *list;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  list = strchr (strstr (text, "    AuditAct:"), '[') + 1;
  *strchr (list, ']') = '\0';
  words = g_strsplit_set (list, ", \n", -1);
  for (guint i = 0, n = 0; i < AC_AUDIT_ACTS; i++, n++) {
    while (words[n] != NULL && *words[n] == '\0')
      n++;
    g_assert_cmpstr (words[n], ==, ac_audit_act_name (i));
  }
}

static void
test_bad_corrections (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *body;
    guint status;
    const gchar *name, *field, *reason;
  } rows[] = {
    { "{}", 422, "invalid-field", "kind" },
    { "{\"kind\":\"GIVE\"}", 422, "invalid-field", "kind" },
    { "{\"kind\":\"ADJUST\"}", 422, "invalid-field", "member" },
    { ADJUST ("\"earned_ms\":5"), 422, "invalid-field", "reason", "missing" },
    { ADJUST ("\"earned_ms\":0,\"reason\":\"x\""), 422, "invalid-field", "earned_ms",
      "minutes-sign" },
    { ADJUST ("\"earned_ms\":-5,\"reason\":\"x\""), 422, "invalid-field", "earned_ms",
      "more-than-has" },
    { ADJUST ("\"earned_ms\":\"x\",\"reason\":\"x\""), 422, "invalid-field",
      "earned_ms" },
    { ADJUST ("\"study\":\"x\",\"earned_ms\":5,\"reason\":\"x\""), 422, "invalid-field",
      "study" },
    { "{\"kind\":\"ADJUST\",\"member\":\"nobody\",\"lesson\":1," HOUR "}", 404,
      "named-not-found", "member", "not-there" },
    { "{\"kind\":\"ADJUST\",\"member\":\"1001\",\"lesson\":7," HOUR "}", 404,
      "named-not-found", "lesson", "not-there" },
    { "{\"kind\":\"ADJUST\",\"member\":\"admin\",\"lesson\":1," HOUR "}", 403,
      "one-alone", "member", "own" },
  };
  g_autofree gchar *cookie = NULL;

  school_add_lesson (&f->school, "第一课", NULL);
  school_add_member (&f->school, "admin", AC_ROLE_ADMINISTRATOR);
  cookie = school_sign_in (&f->school, "admin");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s", rows[i].body);
    assert_problem (f,
                    &(Request){ .method = "POST",
                                .path = "/api/v1/corrections",
                                .cookie = cookie,
                                .body = rows[i].body },
                    rows[i].status, rows[i].name);
    g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                     rows[i].field);
    if (rows[i].reason != NULL)
      g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==,
                       rows[i].reason);
  }
}

static void
test_appeals (Fixture *f, gconstpointer unused)
{
  Request again = { .method = "POST",
                    .path = "/api/v1/lessons/1/appeals",
                    .cookie = f->cookie,
                    .body = "{\"text\":\"我在场\"}" };
  g_autofree gchar *cookie = NULL;
  JsonObject *appeal;

  school_add_lesson (&f->school, "第一课", NULL);
  school_add_member (&f->school, "admin", AC_ROLE_ADMINISTRATOR);
  cookie = school_sign_in (&f->school, "admin");
  post_good (f, "/api/v1/lessons/1/appeals", f->cookie, again.body);
  assert_problem (f, &again, 409, "wrong-state");
  again.path = "/api/v1/lessons/9/appeals";
  assert_problem (f, &again, 404, "named-not-found");
  post_good (f, "/api/v1/appeals/1/answer", cookie, "{\"answer\":\"已核实\"}");
  g_assert_cmpstr (json_object_get_string_member (f->json, "member"), ==, "1001");
  get_good (f, "/api/v1/appeals");
  appeal = json_array_get_object_element (
      json_object_get_array_member (f->json, "appeals"), 0);
  g_assert_cmpstr (json_object_get_string_member (appeal, "answer"), ==, "已核实");
}

static void
test_no_route (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *method, *path;
    guint status;
    const gchar *name;
  } rows[] = {
    { "GET", "/api/v1", 404, "not-found" },
    { "GET", "/api/v1/", 404, "not-found" },
    { "GET", "/api/v1/sessionz", 404, "not-found" },
    { "GET", "/api/v1/session/", 404, "not-found" },
    { "GET", "/api/v1/lessons/", 404, "not-found" },
    { "GET", "/api/v1/lessons/0", 404, "not-found" },
    { "GET", "/api/v1/lessons/-1", 404, "not-found" },
    { "GET", "/api/v1/lessons/+1", 404, "not-found" },
    { "GET", "/api/v1/lessons/1x", 404, "not-found" },
    { "GET", "/api/v1/lessons/1/media", 404, "not-found" },
    { "GET", "/api/v1/lessons/99999999999999999999", 404, "not-found" },
    { "GET", "/api/v1/lessons/77", 404, "lesson-not-found" },
    { "PUT", "/api/v1/session", 405, "wrong-method" },
    { "get", "/api/v1/session", 405, "wrong-method" },
    { "DELETE", "/api/v1/lessons/1", 405, "wrong-method" },
    { "OPTIONS", "/api/v1/lessons", 405, "wrong-method" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_problem (f,
                    &(Request){ .method = rows[i].method,
                                .path = rows[i].path,
                                .cookie = f->cookie },
                    rows[i].status, rows[i].name);
}

static void
test_lesson_list (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "GET", .path = "/api/v1/lessons", .cookie = f->cookie };
  JsonArray *lessons;
  JsonObject *lesson;

  for (guint i = 0; i < 3; i++)
    school_add_lesson (&f->school, "第一课", NULL);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  lessons = json_object_get_array_member (f->json, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, 3);
  g_assert_true (json_object_get_null_member (f->json, "next"));
  lesson = json_array_get_object_element (lessons, 0);
  g_assert_cmpint (json_object_get_int_member (lesson, "id"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (lesson, "state"), ==, "planned");
  g_assert_true (json_object_get_null_member (lesson, "started_at"));
  g_assert_false (json_object_has_member (lesson, "media"));
  g_assert_cmpint (
      json_object_get_int_member (json_object_get_object_member (lesson, "attendance"),
                                  "accepted_ms"),
      ==, 0);
  request.query = "limit=2";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, 2);
  request.query = "before=2&limit=2";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  lessons = json_object_get_array_member (f->json, "lessons");
  g_assert_cmpuint (json_array_get_length (lessons), ==, 1);
}

/* What somebody is answered about a lesson, and whether their list has it: never one
 * without the other. */
static void
assert_sees (Fixture *f, const gchar *cookie, gint64 lesson, gboolean sees)
{
  g_autofree gchar *path = g_strdup_printf ("/api/v1/lessons/%d", (gint)lesson);
  Request request = { .method = "GET", .path = path, .cookie = cookie };
  JsonArray *list;
  gboolean listed = FALSE;

  g_test_message ("%s by %s", path, cookie);
  g_assert_cmpuint (ask (f, &request), ==, sees ? 200 : 403);
  request.path = "/api/v1/lessons";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  list = json_object_get_array_member (f->json, "lessons");
  for (guint i = 0; i < json_array_get_length (list); i++)
    listed |= json_object_get_int_member (json_array_get_object_element (list, i),
                                          "id") == lesson;
  g_assert_true (listed == sees);
}

static gboolean
set_kind (AcStore *store, gpointer data, GError **error)
{
  return ac_store_run (store, error,
                       "UPDATE members SET kind = 'activist' WHERE id = ?", "i",
                       *(gint64 *)data);
}

/* Whom a lesson is for: by branch, by kind, by both; its lecturers; those with a role
 * over, below or in what it is for. */
static void
test_audience (Fixture *f, gconstpointer unused)
{
  gint64 inside, outside, for_town, for_kind, for_all, for_both;
  g_autofree gchar *in = NULL;
  g_autofree gchar *out = NULL;
  g_autofree gchar *steward = NULL;
  g_autofree gchar *staff = NULL;
  g_autofree gchar *chief = NULL;

  run_job (f, add_branches, NULL);
  inside = member_in (f, "inside", VILLAGE);
  outside = member_in (f, "outside", OTHER_TOWN);
  run_job (f, set_kind, &outside);
  for_all = add_aimed (f, (Aim){ .branch = COUNTY });
  for_town = add_aimed (f, (Aim){ .branch = COUNTY, .target = TOWN });
  for_kind = add_aimed (f, (Aim){ .kinds = "activist,trainee", .lecturer = inside });
  for_both = add_aimed (f, (Aim){ .target = TOWN, .kinds = "activist" });
  in = school_sign_in (&f->school, "inside");
  out = school_sign_in (&f->school, "outside");
  steward = cookie_with (f, "steward", AC_ROLE_STEWARD, VILLAGE);
  staff = cookie_with (f, "clerk", AC_ROLE_STAFF, OTHER_TOWN);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, 0);

  assert_sees (f, in, for_all, TRUE);
  assert_sees (f, out, for_all, TRUE);
  assert_sees (f, f->cookie, for_all, TRUE); /* of no branch */
  assert_sees (f, in, for_town, TRUE);
  assert_sees (f, out, for_town, FALSE);
  assert_sees (f, f->cookie, for_town, FALSE);
  assert_sees (f, out, for_kind, TRUE);
  assert_sees (f, in, for_kind, TRUE); /* lectures */
  assert_sees (f, f->cookie, for_kind, FALSE);
  assert_sees (f, in, for_both, FALSE);  /* of the branch */
  assert_sees (f, out, for_both, FALSE); /* of the kind */
  assert_sees (f, steward, for_town, TRUE);
  assert_sees (f, steward, for_both, TRUE);
  assert_sees (f, steward, for_kind, FALSE);
  assert_sees (f, staff, for_town, FALSE);
  assert_sees (f, chief, for_both, TRUE);
}

static void
test_bad_queries (Fixture *f, gconstpointer unused)
{
  static const gchar *const queries[] = { "limit=0",    "limit=101", "limit=x",
                                          "limit=",     "before=0",  "before=-1",
                                          "before=1e3", "limit=%zz" };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    assert_problem (f,
                    &(Request){ .method = "GET",
                                .path = "/api/v1/lessons",
                                .query = queries[i],
                                .cookie = f->cookie },
                    400, "invalid-request");
}

static void
test_lesson (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "GET",
                      .path = "/api/v1/lessons/1",
                      .cookie = f->cookie };
  g_autofree gchar *session_token = school_token (f->cookie);
  g_autoptr (AcSession) session =
      ac_accounts_session (f->school.accounts, session_token);
  g_autofree gchar *token = NULL;
  JsonObject *media;
  const gchar *url;
  gint64 id, now_s, subject = 0;

  id = school_add_lesson (&f->school, "x", NULL);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_true (json_object_get_null_member (f->json, "media"));
  ac_classroom_media_published (f->school.classroom, id, 0, 2000, TRUE);
  ac_classroom_media_published (f->school.classroom, id, 2000, 1000, FALSE);
  school_settle (&f->school);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "state"), ==, "live");
  g_assert_nonnull (json_object_get_string_member (f->json, "started_at"));
  g_assert_cmpint (json_object_get_int_member (f->json, "length_ms"), ==, 3000);
  g_assert_cmpint (json_object_get_int_member (f->json, "creditable_ms"), ==, 2000);
  media = json_object_get_object_member (f->json, "media");
  url = json_object_get_string_member (media, "multivariant");
  g_assert_true (g_str_has_prefix (url, "/live/"));
  g_assert_cmpstr (url + 6 + AC_MEDIA_TOKEN_CHARS, ==, "/1/multivariant.m3u8");
  g_assert_true (g_str_has_suffix (json_object_get_string_member (media, "dash"),
                                   "/1/manifest.mpd"));
  token = g_strndup (url + 6, AC_MEDIA_TOKEN_CHARS);
  now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_assert_true (ac_media_token_verify (&f->key, token, id, now_s, &subject));
  g_assert_cmpint (subject, ==, session->id);
  g_assert_false (ac_media_token_verify (&f->key, token, id,
                                         now_s + API_MEDIA_LIFE_S + 1, &subject));
}

#define ADD(name, func)                                                                \
  g_test_add ("/api/" name, Fixture, NULL, api_set_up, func, api_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  ADD ("sign-in", test_sign_in);
  ADD ("sign-in-refused", test_sign_in_refused);
  ADD ("too-many-attempts", test_too_many_attempts);
  ADD ("too-many-writes", test_too_many_writes);
  ADD ("bodies", test_bodies);
  ADD ("cross-origin", test_cross_origin);
  ADD ("sign-out", test_sign_out);
  ADD ("every-route", test_every_route);
  ADD ("every-route-by-a-screen", test_every_route_by_a_screen);
  ADD ("every-route-is-shut", test_every_route_is_shut);
  ADD ("room", test_room);
  ADD ("room-guesses", test_room_guesses);
  ADD ("signalling", test_signalling);
  ADD ("gate", test_gate);
  ADD ("member-list", test_member_list);
  ADD ("member", test_member);
  ADD ("revoked", test_revoked);
  ADD ("sessions", test_sessions);
  ADD ("no-codes", test_no_codes);
  ADD ("codes-told", test_codes_told);
  g_test_add_func ("/api/documented", test_documented);
  ADD ("corrections", test_corrections);
  ADD ("audit", test_audit);
  g_test_add_func ("/api/audit-acts", test_audit_acts_documented);
  ADD ("bad-corrections", test_bad_corrections);
  ADD ("appeals", test_appeals);
  ADD ("no-route", test_no_route);
  ADD ("lesson-list", test_lesson_list);
  ADD ("audience", test_audience);
  ADD ("bad-queries", test_bad_queries);
  ADD ("lesson", test_lesson);
  return g_test_run ();
}
