/* Files that are handed out in a lesson, and who is in it. */
#include "api_fixture.h"

#include <string.h>

#define PDF "%PDF-1.7\n1 0 obj\n"

static guint
upload (Fixture *f, const gchar *cookie, const gchar *query, const gchar *body)
{
  return ask (f, &(Request){ .method = "POST",
                             .path = "/api/v1/lessons/1/handouts",
                             .query = query,
                             .content_type = "text/html", /* is not believed */
                             .cookie = cookie,
                             .body = body });
}

static guint
n_files (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->handouts, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_in_and_out (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  const Request take = { .method = "GET",
                         .path = "/api/v1/lessons/1/handouts/1",
                         .cookie = f->cookie };
  gsize size;
  gconstpointer content;

  school_add_lesson (&f->school, "x", NULL);
  g_assert_cmpuint (upload (f, staff, "title=%E7%AC%AC1%E8%AF%BE", PDF), ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "handout"), ==, 1);
  g_assert_cmpuint (ask (f, &take), ==, 200);
  content = g_bytes_get_data (f->response.body, &size);
  g_assert_cmpmem (content, size, PDF, strlen (PDF));
  g_assert_cmpstr (f->response.content_type, ==, "application/pdf");
  g_assert_cmpstr (f->response.disposition, ==,
                   "attachment; filename=\"handout.pdf\"; "
                   "filename*=UTF-8''%E7%AC%AC1%E8%AF%BE.pdf");
  school_sql (&f->school, "UPDATE handouts SET removed = 1");
  assert_problem (f, &take, 404, "named-not-found");
}

/* Whose file it is, said before it comes: the gate is that of the route. */
static void
test_asked_first (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0); /* member 2 */
  Request request = { .method = "POST", .path = "/api/v1/lessons/1/handouts" };

  school_add_lesson (&f->school, "x", NULL);
  f->before_body = TRUE;
  assert_problem (f, &request, 401, "signed-out");
  request.cookie = f->cookie;
  assert_problem (f, &request, 403, "forbidden");
  request.cookie = staff;
  request.no_header = TRUE;
  assert_problem (f, &request, 403, "cross-origin");
  request.no_header = FALSE;
  g_assert_cmpuint (ask (f, &request), ==, 100);
  g_assert_cmpint (f->response.uploader, ==, 2);
  request.path = "/api/v1/lessons/7/handouts";
  assert_problem (f, &request, 404, "lesson-not-found");
  g_assert_cmpuint (n_files (f), ==, 0);
}

/* Nothing of what is refused is left on the disk. */
static void
test_refused (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  g_autofree gchar *again = school_sign_in (&f->school, "staff");

  school_add_lesson (&f->school, "x", NULL);
  g_assert_cmpuint (upload (f, staff, "title=x", "<!DOCTYPE html>"), ==, 422);
  g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==, "body");
  g_assert_cmpuint (upload (f, staff, NULL, PDF), ==, 422);
  g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==, "title");
  g_assert_cmpuint (upload (f, staff, "title=%0A", PDF), ==, 422);
  g_assert_cmpstr (json_object_get_string_member (f->json, "field"), ==, "title");
  g_assert_cmpuint (upload (f, f->cookie, "title=x", PDF), ==, 403);
  g_assert_cmpuint (n_files (f), ==, 0);
  for (guint i = 0; i < 100; i++) /* more than one session sends at once */
    g_assert_cmpuint (upload (f, i % 2 ? staff : again, "title=x", PDF), ==, 200);
  g_assert_cmpuint (upload (f, staff, "title=x", PDF), ==, 409);
  g_assert_cmpuint (n_files (f), ==, 100);
}

/* A page that lost the answer sends the file again. */
static void
test_once (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);

  school_add_lesson (&f->school, "x", NULL);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (upload (f, staff, "title=x&key=a1", PDF), ==, 200);
    g_assert_cmpint (json_object_get_int_member (f->json, "handout"), ==, 1);
  }
  g_assert_cmpuint (upload (f, staff, "title=x&key=a1", PDF "x"), ==, 409);
  g_assert_cmpuint (upload (f, staff, "title=x&key=%FF", PDF), ==, 422);
  g_assert_cmpuint (n_files (f), ==, 1);
  g_assert_cmpuint (upload (f, staff, "title=x&key=a2", PDF), ==, 200);
  g_assert_cmpuint (n_files (f), ==, 2);
}

static void
test_presence (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *staff = cookie_with (f, "staff", AC_ROLE_STAFF, 0);
  FakePeer phone, computer, studio;

  school_add_lesson (&f->school, "x", NULL);
  fake_peer_init (&phone, f->cookie, "lesson=1&client=00000000000000a1");
  fake_peer_init (&computer, f->cookie, "lesson=1&client=00000000000000a2");
  fake_peer_init (&studio, staff, "lesson=1&client=00000000000000a3");
  fake_peer_open (&phone, &f->school);
  fake_peer_open (&computer, &f->school);
  fake_peer_open (&studio, &f->school);
  g_assert_cmpuint (ask (f, &(Request){ .method = "GET",
                                        .path = "/api/v1/lessons/1/presence",
                                        .cookie = staff }),
                    ==, 200);
  g_assert_cmpint (json_object_get_int_member (f->json, "members"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (f->json, "devices"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (f->json, "heads"), ==, 1);
  fake_peer_hang_up (&phone, &f->school);
  fake_peer_hang_up (&computer, &f->school);
  fake_peer_hang_up (&studio, &f->school);
  fake_peer_clear (&phone);
  fake_peer_clear (&computer);
  fake_peer_clear (&studio);
  school_settle (&f->school);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/handouts/in-and-out", Fixture, NULL, api_set_up, test_in_and_out,
              api_tear_down);
  g_test_add ("/handouts/asked-first", Fixture, NULL, api_set_up, test_asked_first,
              api_tear_down);
  g_test_add ("/handouts/refused", Fixture, NULL, api_set_up, test_refused,
              api_tear_down);
  g_test_add ("/handouts/once", Fixture, NULL, api_set_up, test_once, api_tear_down);
  g_test_add ("/handouts/presence", Fixture, NULL, api_set_up, test_presence,
              api_tear_down);
  return g_test_run ();
}
