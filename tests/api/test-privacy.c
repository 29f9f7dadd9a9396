/* What is told of people whole, and who hands out roles. */
#include "api_fixture.h"
#include "audit.h"
#include "site.h"

#include <string.h>

static guint
count_in_answer (Fixture *f, const gchar *list)
{
  return json_array_get_length (json_object_get_array_member (f->json, list));
}

static gboolean
set_identity (AcStore *store, gpointer data, GError **error)
{
  return ac_identity_set (store, data, 2, "360700199001010018", error);
}

#define UNMASK(reason) "{\"reason\":\"" reason "\"}"

/* The secretary reads a phone to somebody who needs it; the member sees who did. */
static void
test_unmask (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST", .path = "/api/v1/members/2/unmask" };
  g_autoptr (AcIdentityKeys) keys = ac_identities_keys (f->identities, NULL);
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *own = NULL;
  JsonObject *look;
  guint status = 200;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  run_job (f, set_identity, keys);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, TOWN);
  request.body = UNMASK ("");
  assert_problem (f, &request, 422, "invalid-field");
  request.body = UNMASK ("a\\nb");
  assert_problem (f, &request, 422, "invalid-field");
  request.body = UNMASK ("电话通知");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "name"), ==, "党员 inside");
  g_assert_cmpstr (json_object_get_string_member (f->json, "identity"), ==,
                   "360700199001010018");
  own = school_sign_in (&f->school, "inside");
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/members/me/export",
                                        .cookie = own }),
                    ==, 200);
  g_assert_cmpstr (json_object_get_string_member (f->json, "identity"), ==,
                   "360700199001010018");
  look = json_array_get_object_element (
      json_object_get_array_member (f->json, "who_looked"), 0);
  g_assert_cmpstr (json_object_get_string_member (look, "actor"), ==, "secretary");
  g_assert_cmpstr (json_object_get_string_member (look, "reason"), ==, "电话通知");
  for (guint i = 0; i < 60 && status == 200; i++)
    status = ask (f, &request);
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
}

/* Returns: (transfer full): what was noted last, as "act actor member branch lesson
 * detail"; nothing of older notes. */
static gchar *
last_note (Fixture *f)
{
  g_autoptr (GPtrArray) rows =
      ac_audit_list (f->school.store, &(AcAuditQuery){ .act = -1, .limit = 1 }, NULL);
  const AcAuditRow *row = rows->len > 0 ? rows->pdata[0] : NULL;

  return row != NULL
             ? g_strdup_printf ("%s %d %d %d %d %s", ac_audit_act_name (row->act),
                                (gint)row->actor, (gint)row->member, (gint)row->branch,
                                (gint)row->lesson, row->detail)
             : g_strdup ("nothing");
}

/* Who pages through people leaves a note a page, whatever the list is. */
static void
test_lists_are_noted (Fixture *f, gconstpointer unused)
{
  static const struct {
    const gchar *path, *query, *note;
  } rows[] = {
    { "/api/v1/members", "branch=2",
      "list-read 4 0 2 0 {\"list\":\"members\",\"rows\":2}" },
    { "/api/v1/members", "branch=4&after=2&limit=1",
      "list-read 4 0 4 0 {\"list\":\"members\",\"after\":2,\"rows\":1}" },
    { "/api/v1/members", "branch=4&after=77",
      "list-read 4 0 4 0 {\"list\":\"members\",\"after\":77,\"rows\":0}" },
    { "/api/v1/members/2", NULL, "list-read 4 2 4 0 {\"list\":\"member\",\"rows\":1}" },
    { "/api/v1/lessons/1/expected", "branch=4",
      "list-read 4 0 4 1 {\"list\":\"expected\",\"rows\":2}" },
    { "/api/v1/lessons/1/rooms/1/roster", NULL,
      "list-read 4 0 4 1 {\"list\":\"roster\",\"rows\":2}" },
    { "/api/v1/audit", "branch=4&before=3",
      "list-read 4 0 4 0 {\"list\":\"audit\",\"after\":3,\"rows\":0}" },
    /* Of whom it may not be known whether they are there. */
    { "/api/v1/audit", "branch=4&before=2&member=5",
      "list-read 4 0 4 0 {\"list\":\"audit\",\"after\":2,\"rows\":0}" },
    { "/api/v1/audit", "branch=4&before=1&member=99",
      "list-read 4 0 4 0 {\"list\":\"audit\",\"after\":1,\"rows\":0}" },
  };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *own = NULL;
  g_autofree gchar *before = NULL;
  g_autofree gchar *after = NULL;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  g_assert_cmpint (member_in (f, "beside", VILLAGE), ==, 3);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN); /* member 4 */
  g_assert_cmpint (member_in (f, "outside", OTHER_TOWN), ==, 5);
  add_aimed (f, (Aim){ .branch = VILLAGE, .target = VILLAGE });
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *note = NULL;

    g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                          .path = rows[i].path,
                                          .query = rows[i].query,
                                          .cookie = staff }),
                      ==, 200);
    note = last_note (f);
    g_assert_cmpstr (note, ==, rows[i].note);
  }
  before = last_note (f);
  own = school_sign_in (&f->school, "inside");
  g_assert_cmpuint (
      ask (f,
           &(Request){ .method = "GET", .path = "/api/v1/members/2", .cookie = own }),
      ==, 200);
  after = last_note (f);
  g_assert_cmpstr (after, ==, before); /* one's own is no look */
}

static gint64
count_notes (Fixture *f)
{
  return query_number (f, "SELECT count (*) FROM audit WHERE act = 'list-read'");
}

/* A page that is looked at again and again is noted once; and nobody fills the table,
 * from which nothing is ever deleted, by asking for ever other pages. */
static void
test_reading_again (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "GET", .path = "/api/v1/members", .query = "branch=4" };
  g_autofree gchar *secretary = NULL;
  guint status = 200;
  gint64 notes;

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, TOWN);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (count_notes (f), ==, 1);
  request.query = "branch=2";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (count_notes (f), ==, 2);
  request.query = "branch=2&q=nobody"; /* another search is another page */
  g_assert_cmpuint (ask (f, &request), ==, 200);
  request.query = "branch=2&q=noone";
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (count_notes (f), ==, 4);
  for (guint i = 1; i < 1000 && status == 200; i++) {
    g_autofree gchar *query = g_strdup_printf ("branch=4&after=%u", i);

    request.query = query;
    status = ask (f, &request);
  }
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpuint (f->response.retry_after_s, >, 0);
  notes = count_notes (f);
  request.query = "branch=4"; /* which is noted */
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (count_notes (f), ==, notes);
}

/* The page for technicians lists the acts there are. */
static void
test_acts_explained (void)
{
  g_autofree gchar *path =
      g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "privacy.md", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (strstr (text, "| what somebody did |"), "\n", -1);
  for (guint act = 0; act < AC_AUDIT_ACTS; act++) {
    g_autofree gchar *pattern =
        g_strdup_printf ("^\\|[^|]*\\|[^|]*\\b%s\\b[^|]*\\|", ac_audit_act_name (act));
    gboolean found = FALSE;

    for (guint i = 0; lines[i] != NULL && lines[i][0] == '|'; i++)
      found |= g_regex_match_simple (pattern, lines[i], 0, 0);
    g_test_message ("%s", ac_audit_act_name (act));
    g_assert_true (found);
  }
}

/* Signs @number in by @password, which somebody else has made: nothing goes before it
 * is another one. */
static void
change_made_password (Fixture *f, const gchar *number, const gchar *password)
{
  g_autofree gchar *sign_in =
      g_strdup_printf ("{\"number\":\"%s\",\"password\":\"%s\"}", number, password);
  g_autofree gchar *same = g_strdup_printf (
      "{\"password\":\"%s\",\"new_password\":\"%s\"}", password, password);
  g_autofree gchar *other = g_strdup_printf (
      "{\"password\":\"%s\",\"new_password\":\"battery staple\"}", password);
  Request begin = { .method = "POST", .path = "/api/v1/session", .body = sign_in };
  Request change = { .method = "PUT", .path = "/api/v1/password", .body = same };
  g_autofree gchar *cookie = NULL;

  g_assert_cmpuint (ask (f, &begin), ==, 200);
  g_assert_true (json_object_get_boolean_member (f->json, "must_change_password"));
  cookie = g_strndup (f->response.set_cookie, strcspn (f->response.set_cookie, ";"));
  assert_problem (
      f, &(Request){ .method = "GET", .path = "/api/v1/lessons", .cookie = cookie },
      403, "password-made");
  assert_problem (
      f, &(Request){ .method = "GET", .path = "/api/v1/members/2", .cookie = cookie },
      403, "password-made");
  g_assert_cmpuint (
      ask (f,
           &(Request){ .method = "GET", .path = "/api/v1/session", .cookie = cookie }),
      ==, 200);
  change.cookie = cookie;
  assert_problem (f, &change, 422, "invalid-field");
  change.body = other;
  g_assert_cmpuint (ask (f, &change), ==, 204);
  begin.body = "{\"number\":\"inside\",\"password\":\"battery staple\"}";
  g_assert_cmpuint (ask (f, &begin), ==, 200);
  g_assert_false (json_object_get_boolean_member (f->json, "must_change_password"));
}

/* The staff set another password while the old one is being compared: theirs stands,
 * and whoever was signed in begins anew. */
static void
test_password_race (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *cookie = cookie_with (f, "both", AC_ROLE_STAFF, 0);
  Request change = { .method = "PUT",
                     .path = "/api/v1/password",
                     .cookie = cookie,
                     .body = "{\"password\":\"" SCHOOL_PASSWORD "\","
                             "\"new_password\":\"battery staple\"}" };
  g_autoptr (JsonObject) problem = NULL;

  school_sql (&f->school, "CREATE TABLE kept AS SELECT password FROM members "
                          "WHERE number = 'both'");
  /* Hashed anew by a sign-in: the session holds, and it is tried again. */
  begin_to_ask (f, &change);
  school_sql (&f->school, "UPDATE members SET password = 'anew' WHERE number = 'both'");
  school_until (f->answered);
  g_assert_cmpuint (f->response.status, ==, 503);
  school_sql (&f->school, "UPDATE members SET password = (SELECT password FROM kept) "
                          "WHERE number = 'both'");
  /* Another one was set, which ends all sessions. */
  begin_to_ask (f, &change);
  school_sql (&f->school, "UPDATE members SET password = 'another', password_made = 1 "
                          "WHERE number = 'both'");
  school_sql (&f->school, "UPDATE sessions SET token_hash = NULL, ended_ms = 1");
  school_until (f->answered);
  g_assert_cmpuint (f->response.status, ==, 401);
  problem = ac_json_text_parse_object (f->response.body, 1 << 20, NULL);
  g_assert_cmpstr (json_object_get_string_member (problem, "type"), ==,
                   "urn:airclass:problem:signed-out");
}

/* Staff help who forgot their password, but not those who could do more than they. */
static void
test_password (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST", .path = "/api/v1/members/2/password" };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *chief = NULL;
  g_autofree gchar *own = NULL;
  g_autofree gchar *made = NULL;
  g_autofree gchar *note = NULL;
  Grant grant = { 3, { AC_ROLE_SECRETARY, VILLAGE } };

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  g_assert_cmpint (member_in (f, "secretary", VILLAGE), ==, 3);
  run_job (f, set_grant, &grant);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);         /* member 4 */
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, TOWN); /* member 5 */
  own = school_sign_in (&f->school, "inside");
  request.cookie = staff;
  request.body = UNMASK ("");
  assert_problem (f, &request, 422, "invalid-field");
  request.body = UNMASK ("本人到村部");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  made = g_strdup (json_object_get_string_member (f->json, "password"));
  note = last_note (f);
  g_assert_cmpstr (note, ==, "password-set 4 2 4 0 {}");
  assert_problem (
      f, &(Request){ .method = "GET", .path = "/api/v1/session", .cookie = own }, 401,
      "signed-out");
  change_made_password (f, "inside", made);
  request.path = "/api/v1/members/3/password";
  assert_problem (f, &request, 403, "one-alone");
  g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==,
                   "roles-above");
  run_job (f, set_home, &(Grant){ 4, { AC_ROLE_MEMBER, TOWN } });
  request.path = "/api/v1/members/4/password"; /* their own */
  assert_problem (f, &request, 403, "one-alone");
  g_assert_cmpstr (json_object_get_string_member (f->json, "reason"), ==, "own");
  request.cookie = chief;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  request.path = "/api/v1/members/1/password"; /* of no branch */
  assert_problem (f, &request, 403, "forbidden");
}

static gboolean
set_steward (AcStore *store, gpointer data, GError **error)
{
  const Grant *job = data;

  return ac_site_set_steward (store,
                              job->grant.branch == VILLAGE ? SITE_INSIDE : SITE_OUTSIDE,
                              job->member, job->grant.role == AC_ROLE_STEWARD, error);
}

static gboolean
is_told_steward (Fixture *f, const gchar *cookie)
{
  g_assert_cmpuint (
      ask (f,
           &(Request){ .method = "GET", .path = "/api/v1/session", .cookie = cookie }),
      ==, 200);
  return json_object_get_boolean_member (
      json_object_get_object_member (f->json, "member"), "steward");
}

/* Who runs a room or lectures has something to be taken by their password, though there
 * is no grant of it: it is made by whoever could have given it to them. */
static void
test_password_of_steward (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST",
                      .path = "/api/v1/members/2/password",
                      .body = UNMASK ("本人到村部") };
  Grant steward = { 2, { AC_ROLE_STEWARD, OTHER_TOWN } };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *chief = NULL;
  g_autofree gchar *own = NULL;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, COUNTY);
  own = school_sign_in (&f->school, "inside");
  g_assert_false (is_told_steward (f, own));
  run_job (f, set_steward, &steward);
  g_assert_true (is_told_steward (f, own));
  request.cookie = staff;
  assert_problem (f, &request, 403, "one-alone");
  request.cookie = chief;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  steward.grant.role = AC_ROLE_MEMBER;
  run_job (f, set_steward, &steward);
  steward.grant = (AcGrant){ AC_ROLE_STEWARD, VILLAGE };
  run_job (f, set_steward, &steward);
  request.cookie = staff;
  g_assert_cmpuint (ask (f, &request), ==, 200);
}

static void
test_password_of_lecturer (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST",
                      .path = "/api/v1/members/2/password",
                      .body = UNMASK ("本人到村部") };
  g_autofree gchar *staff = NULL;
  g_autofree gchar *chief = NULL;
  gint64 lesson;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  staff = cookie_with (f, "staff", AC_ROLE_STAFF, TOWN);
  chief = cookie_with (f, "chief", AC_ROLE_STAFF, COUNTY);
  lesson =
      add_aimed (f, (Aim){ .branch = OTHER_TOWN, .target = VILLAGE, .lecturer = 2 });
  request.cookie = staff;
  assert_problem (f, &request, 403, "one-alone");
  request.cookie = chief;
  g_assert_cmpuint (ask (f, &request), ==, 200);
  school_start_lesson (&f->school, lesson);
  request.cookie = staff;
  assert_problem (f, &request, 403, "one-alone");
  school_end_lesson (&f->school, lesson);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  add_aimed (f, (Aim){ .branch = VILLAGE, .target = VILLAGE, .lecturer = 2 });
  g_assert_cmpuint (ask (f, &request), ==, 200);
}

#define CHANGE(before, after)                                                          \
  "{\"password\":\"" before "\",\"new_password\":\"" after "\"}"

/* Who was handed a password makes it their own. */
static void
test_own_password (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "PUT", .path = "/api/v1/password" };
  g_autofree gchar *other = school_sign_in (&f->school, "1001");
  g_autofree gchar *note = NULL;

  request.cookie = f->cookie;
  request.body = CHANGE ("wrong wrong", "battery staple");
  assert_problem (f, &request, 401, "sign-in-refused");
  request.body = CHANGE (SCHOOL_PASSWORD, "short");
  assert_problem (f, &request, 422, "invalid-field");
  g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==,
                   "new_password");
  request.body = CHANGE (SCHOOL_PASSWORD, "battery staple");
  g_assert_cmpuint (ask (f, &request), ==, 204);
  note = last_note (f);
  g_assert_cmpstr (note, ==, "password-set 1 1 0 0 {}");
  request = (Request){ .method = "GET", .path = "/api/v1/session", .cookie = other };
  assert_problem (f, &request, 401, "signed-out");
  request.cookie = f->cookie;
  assert_problem (f, &request, 401, "signed-out");
  request = (Request){ .method = "POST",
                       .path = "/api/v1/session",
                       .body = "{\"number\":\"1001\","
                               "\"password\":\"battery staple\"}" };
  g_assert_cmpuint (ask (f, &request), ==, 200);
}

static gint64
count_sessions (Fixture *f)
{
  return query_number (f, "SELECT count (*) FROM sessions");
}

/* Trying the password is no sign-in: nothing is left of it, whether it is changed or
 * not. */
static void
test_own_password_leaves_nothing (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "PUT",
                      .path = "/api/v1/password",
                      .cookie = f->cookie,
                      .body = CHANGE (SCHOOL_PASSWORD, "battery staple") };
  gint64 before = count_sessions (f);

  school_sql (&f->school, "CREATE TRIGGER stuck BEFORE UPDATE OF password ON members "
                          "BEGIN SELECT raise (ABORT, 'stuck'); END");
  g_assert_cmpuint (ask (f, &request), >=, 500);
  g_assert_cmpint (count_sessions (f), ==, before);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/session",
                                        .cookie = f->cookie }),
                    ==, 200);
  school_sql (&f->school, "DROP TRIGGER stuck");
  g_assert_cmpuint (ask (f, &request), ==, 204);
  g_assert_cmpint (count_sessions (f), ==, before);
}

/* A sheet of cards is for the branch's own office, and says what it was for. */
static void
test_card_sheet (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST", .path = "/api/v1/branches/4/cards" };
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *note = NULL;
  gsize size;
  const gchar *file;

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  request.body = "{}";
  assert_problem (f, &request, 422, "invalid-field");
  request.body = "{\"reason\":\"x\",\"again\":1}";
  assert_problem (f, &request, 422, "invalid-field");
  request.body = UNMASK ("年初发卡");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpstr (f->response.content_type, ==, "application/pdf");
  file = g_bytes_get_data (f->response.body, &size);
  g_assert_cmpmem (file, 5, "%PDF-", 5);
  note = last_note (f);
  g_assert_cmpstr (note, ==, "export 3 0 4 0 {\"what\":\"cards\",\"rows\":1}");
  assert_problem (f, &request, 409, "wrong-state"); /* everybody has one */
  request.path = "/api/v1/branches/2/cards";
  assert_problem (f, &request, 403, "forbidden");
}

/* Whole names leave by it, and a page has to be drawn. */
static void
test_card_sheets_are_counted (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST",
                      .path = "/api/v1/branches/4/cards",
                      .body = "{\"reason\":\"x\",\"again\":true}" };
  g_autofree gchar *secretary = NULL;
  guint status = 200;

  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  for (guint i = 0; i < 40 && status == 200; i++)
    status = ask (f, &request);
  g_assert_cmpuint (status, ==, 429);
}

/* Nor is a card less for being made alone, but for one's own. */
static void
test_card (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST", .path = "/api/v1/members/2/card" };
  g_autofree gchar *secretary = NULL;
  g_autofree gchar *own = NULL;
  g_autofree gchar *code = NULL;
  g_autofree gchar *note = NULL;
  guint status = 200, n = 0;

  run_job (f, add_branches, NULL);
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 2);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  code = g_strdup (json_object_get_string_member (f->json, "card"));
  g_assert_cmpuint (strlen (code), ==, 18);
  note = last_note (f);
  g_assert_cmpstr (note, ==, "export 3 2 4 0 {\"what\":\"cards\",\"rows\":1}");
  for (; n < 40 && status == 200; n++)
    status = ask (f, &request);
  g_assert_cmpuint (status, ==, 429);
  g_assert_cmpint (
      query_number (f, "SELECT count (*) FROM member_cards WHERE revoked_ms IS NULL"),
      ==, 1);
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM audit WHERE act = 'export'"),
                   ==, n);
  request.cookie = own = school_sign_in (&f->school, "inside");
  g_assert_cmpuint (ask (f, &request), ==, 200);
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM audit WHERE act = 'export'"),
                   ==, n);
}

typedef struct {
  GMutex mutex; /* held: the desk waits */
  gint at_work; /* atomic */
  guint n_drawn;
} Drawing;

static GBytes *
wait_and_draw (gpointer data, GError **error)
{
  Drawing *drawing = data;

  g_assert_cmpint (g_atomic_int_add (&drawing->at_work, 1), ==, 0); /* one by one */
  g_mutex_lock (&drawing->mutex);
  g_mutex_unlock (&drawing->mutex);
  g_atomic_int_add (&drawing->at_work, -1);
  return g_bytes_new_static ("x", 1);
}

static void
drawn (GBytes *file, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (file), ==, 1);
  ((Drawing *)data)->n_drawn++;
}

/* A sheet has its place before cards are made, which could not be printed later. */
static void
test_card_sheet_has_a_place (Fixture *f, gconstpointer unused)
{
  Request request = { .method = "POST",
                      .path = "/api/v1/branches/4/cards",
                      .body = UNMASK ("年初发卡") };
  g_autofree gchar *secretary = NULL;
  Drawing drawing = { 0 };
  guint n = 0;

  g_mutex_init (&drawing.mutex);
  run_job (f, add_branches, NULL);
  member_in (f, "inside", VILLAGE);
  request.cookie = secretary = cookie_with (f, "secretary", AC_ROLE_SECRETARY, VILLAGE);
  g_mutex_lock (&drawing.mutex);
  for (; ac_report_desk_take_place (f->desk); n++)
    ac_report_desk_draw (f->desk, wait_and_draw, drawn, &drawing);
  g_assert_cmpuint (n, ==, AC_REPORT_ORDERS_MAX);
  assert_problem (f, &request, 503, "busy");
  g_assert_cmpint (query_number (f, "SELECT count (*) FROM member_cards"), ==, 0);
  g_mutex_unlock (&drawing.mutex);
  school_until (drawing.n_drawn == n);
  g_assert_cmpuint (ask (f, &request), ==, 200);
  for (guint i = 0; i < AC_REPORT_ORDERS_MAX; i++) /* whose places are left again */
    assert_problem (f, &request, 409, "wrong-state");
  g_assert_false (ac_report_desk_is_full (f->desk));
  g_mutex_clear (&drawing.mutex);
}

static guint
change_grant (Fixture *f, const gchar *method, const gchar *cookie, const gchar *query)
{
  g_test_message ("%s %s", method, query);
  return ask (f, &(Request){ .method = method,
                             .path = "/api/v1/grants",
                             .query = query,
                             .cookie = cookie });
}

/* An administrator of a town hands out roles there, to others than themselves. */
static void
test_grants (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *chief = NULL;
  g_autofree gchar *own = NULL;
  Request members = { .method = "GET", .path = "/api/v1/members", .query = "branch=4" };

  run_job (f, add_branches, NULL);
  chief = cookie_with (f, "chief", AC_ROLE_ADMINISTRATOR, TOWN); /* member 2 */
  g_assert_cmpint (member_in (f, "inside", VILLAGE), ==, 3);
  members.cookie = own = school_sign_in (&f->school, "inside");
  g_assert_cmpuint (ask (f, &members), ==, 403);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=4&member=3&role=secretary"),
                    ==, 204);
  g_assert_cmpuint (ask (f, &members), ==, 200); /* at once */
  g_assert_cmpuint (change_grant (f, "GET", chief, "branch=2"), ==, 200);
  g_assert_cmpuint (count_in_answer (f, "grants"), ==, 2);
  g_assert_cmpuint (change_grant (f, "GET", chief, "branch=2&limit=1"), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "next"), ==, 1);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=3&member=3&role=staff"), ==,
                    403);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "member=3&role=staff"), ==, 403);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=2&member=2&role=staff"), ==,
                    403);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=2&member=3&role=member"), ==,
                    400);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=2&role=staff"), ==, 400);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=2&member=99&role=staff"), ==,
                    404);
  /* Whom they may not see is as if there were nobody. */
  g_assert_cmpint (member_in (f, "outside", OTHER_TOWN), ==, 4);
  g_assert_cmpuint (change_grant (f, "PUT", chief, "branch=2&member=4&role=staff"), ==,
                    404);
  g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==, "member");
  g_assert_cmpuint (
      change_grant (f, "DELETE", chief, "branch=4&member=3&role=secretary"), ==, 204);
  g_assert_cmpuint (ask (f, &members), ==, 403);
}

static void
assert_posted (Fixture *f, const gchar *path, const gchar *cookie, const gchar *body)
{
  const Request request = {
    .method = "POST", .path = path, .cookie = cookie, .body = body
  };

  g_assert_cmpuint (ask (f, &request), ==, 200);
}

/* What was studied in a branch stays its administrators' to correct, when the member
 * has moved on; the next branch's have no part in it. */
static void
test_corrections_of_a_branch (Fixture *f, gconstpointer unused)
{
  const gchar *body = "{\"kind\":\"ADJUST\",\"member\":\"inside\",\"lesson\":1,"
                      "\"earned_ms\":3600000,\"reason\":\"签到表\"}";
  Request list = { .method = "GET", .path = "/api/v1/corrections" };
  g_autofree gchar *first = NULL;
  g_autofree gchar *second = NULL;
  g_autofree gchar *other = NULL;

  run_job (f, add_branches, NULL);
  school_add_lesson (&f->school, "第一课", NULL);
  member_in (f, "inside", VILLAGE);
  first = cookie_with (f, "first", AC_ROLE_ADMINISTRATOR, TOWN);
  second = cookie_with (f, "second", AC_ROLE_ADMINISTRATOR, VILLAGE);
  other = cookie_with (f, "other", AC_ROLE_ADMINISTRATOR, OTHER_TOWN);
  assert_problem (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/corrections",
                              .cookie = other,
                              .body = body },
                  403, "forbidden");
  assert_posted (f, "/api/v1/corrections", first, body);
  assert_problem (f,
                  &(Request){ .method = "POST",
                              .path = "/api/v1/corrections/1/approve",
                              .cookie = other },
                  403, "forbidden");
  list.cookie = other;
  list.query = "branch=3";
  g_assert_cmpuint (ask (f, &list), ==, 200);
  g_assert_cmpuint (count_in_answer (f, "corrections"), ==, 0);
  list.cookie = second;
  list.query = "branch=4";
  g_assert_cmpuint (ask (f, &list), ==, 200);
  g_assert_cmpuint (count_in_answer (f, "corrections"), ==, 1);
  list.query = NULL; /* all there are */
  assert_problem (f, &list, 403, "forbidden");
  assert_posted (f, "/api/v1/corrections/1/approve", second, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define ADD(name, func)                                                                \
  g_test_add ("/api/" name, Fixture, NULL, api_set_up, func, api_tear_down)
  ADD ("unmask", test_unmask);
  ADD ("lists-are-noted", test_lists_are_noted);
  ADD ("password", test_password);
  ADD ("password-race", test_password_race);
  ADD ("password-of-steward", test_password_of_steward);
  ADD ("password-of-lecturer", test_password_of_lecturer);
  ADD ("own-password", test_own_password);
  ADD ("own-password-leaves-nothing", test_own_password_leaves_nothing);
  ADD ("card", test_card);
  ADD ("card-sheet", test_card_sheet);
  ADD ("card-sheet-has-a-place", test_card_sheet_has_a_place);
  ADD ("card-sheets-are-counted", test_card_sheets_are_counted);
  ADD ("reading-again", test_reading_again);
  ADD ("grants", test_grants);
  ADD ("corrections-of-a-branch", test_corrections_of_a_branch);
#undef ADD
  g_test_add_func ("/api/acts-explained", test_acts_explained);
  return g_test_run ();
}
