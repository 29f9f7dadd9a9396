#include "api_fixture.h"

#include "branch.h"
#include "membership.h"
#include "site.h"

#include <glib/gstdio.h>
#include <string.h>
static void
fake_metrics (GString *out, gpointer unused)
{
  g_string_append (out, "# TYPE airclass_machine_cpu_cores gauge\n"
                        "airclass_machine_cpu_cores 2\n"
                        "airclass_worker_cpu_cores{lesson=\"7\",name=\"a b\"} 0.25\n");
}

void
api_set_up (Fixture *f, gconstpointer unused)
{
  g_autofree gchar *key_file = NULL;

  school_open (&f->school);
  key_file = g_build_filename (f->school.dir, "identity.key", NULL);
  f->identities = ac_identities_new (f->school.store, key_file);
  memset (&f->key, 7, sizeof f->key);
  f->handouts = g_build_filename (f->school.dir, "handouts", NULL);
  f->lectures = g_build_filename (f->school.dir, "lectures", NULL);
  g_assert_cmpint (g_mkdir (f->lectures, 0755), ==, 0);
  f->rooms = ac_rooms_new (f->school.store, f->key.bytes);
  f->desk = ac_report_desk_new (f->school.dir, ac_executor_for_context (NULL));
  f->api = ac_api_new (&(AcApiParts){ .report_desk = f->desk,
                                      .store = f->school.store,
                                      .accounts = f->school.accounts,
                                      .rooms = f->rooms,
                                      .classroom = f->school.classroom,
                                      .identities = f->identities,
                                      .media_key = &f->key,
                                      .media_life_s = API_MEDIA_LIFE_S,
                                      .handouts = f->handouts,
                                      .lectures = f->lectures,

                                      .recordings = f->handouts,
                                      .data_dir = f->school.dir,
                                      .metrics = fake_metrics });
  school_add_member (&f->school, "1001", AC_ROLE_MEMBER);
  f->cookie = school_sign_in (&f->school, "1001");
}

static void
forget (Fixture *f)
{
  f->answered = FALSE;
  ac_http_response_clear (&f->response);
  g_clear_pointer (&f->json, json_object_unref);
}

void
api_tear_down (Fixture *f, gconstpointer unused)
{
  forget (f);
  ac_api_free (f->api);
  ac_rooms_free (f->rooms);
  school_pause (&f->school);
  ac_identities_free (f->identities);
  ac_report_desk_free (f->desk); /* reads what lies in the directory */
  school_close (&f->school);
  g_free (f->handouts);
  g_free (f->lectures);
  g_free (f->cookie);
}

static void
take (AcHttpResponse *response, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_false (f->answered);
  f->answered = TRUE;
  f->response = *response;
}

void
begin_to_ask (Fixture *f, const Request *r)
{
  AcHttpRequest request = {
    .method = g_strdup (r->method),
    .path = g_strdup (r->path),
    .query = g_strdup (r->query),
    .cookie = g_strdup (r->cookie),
    .origin = g_strdup (r->origin),
    .host = g_strdup ("class.example"),
    .requested_with = r->no_header ? NULL : g_strdup ("airclass"),
    .content_type =
        g_strdup (r->content_type != NULL ? r->content_type : "application/json"),
    .remote_address = g_strdup ("192.0.2.1"),
    .if_none_match = g_strdup (r->if_none_match),
    .secure = r->secure,
    .body = r->body != NULL ? g_bytes_new (r->body, strlen (r->body)) : NULL,
  };
  AcHttpExchange *exchange;

  if (r->file != NULL)
    request.body = g_bytes_ref (r->file);
  forget (f);
  exchange = ac_http_exchange_new (&request, ac_executor_for_context (NULL), take, f);
  if (f->signalling != NULL)
    ac_signalling_handle (f->signalling, f, f->api, exchange);
  else if (f->before_body)
    ac_api_upload_handle (f->api, exchange);
  else if (g_str_has_prefix (r->path, AC_API_CALENDAR_PREFIX))
    ac_api_calendar_handle (f->api, exchange);
  else
    ac_api_handle (f->api, exchange);
  ac_http_exchange_unref (exchange);
}

guint
ask (Fixture *f, const Request *r)
{
  begin_to_ask (f, r);
  school_until (f->answered);
  if (f->response.body != NULL)
    f->json = ac_json_text_parse_object (f->response.body, 1 << 20, NULL);
  return f->response.status;
}

void
assert_problem (Fixture *f, const Request *request, guint status, const gchar *name)
{
  g_autofree gchar *type = g_strconcat ("urn:airclass:problem:", name, NULL);

  g_test_message ("%s %s", request->method, request->path);
  g_assert_cmpuint (ask (f, request), ==, status);
  g_assert_cmpstr (f->response.content_type, ==, "application/problem+json");
  g_assert_cmpstr (json_object_get_string_member (f->json, "type"), ==, type);
  g_assert_cmpint (json_object_get_int_member (f->json, "status"), ==, status);
  g_assert_cmpuint (strlen (json_object_get_string_member (f->json, "title")), >, 0);
  g_assert_false (g_str_is_ascii (json_object_get_string_member (f->json, "title_zh")));
}

void
assert_field (Fixture *f, const Request *request, guint status, const gchar *name,
              const gchar *field)
{
  assert_problem (f, request, status, name);
  g_assert_cmpstr (json_object_get_string_member_with_default (f->json, "field", NULL),
                   ==, field);
}

gboolean
add_branches (AcStore *store, gpointer data, GError **error)
{
  gint64 id;

  return ac_branch_add (store, "县", 0, NULL, 1, &id, error) &&
         ac_branch_add (store, "甲镇", COUNTY, NULL, 1, &id, error) &&
         ac_branch_add (store, "乙镇", COUNTY, NULL, 1, &id, error) &&
         ac_branch_add (store, "东村", TOWN, NULL, 1, &id, error) &&
         ac_site_add (store, VILLAGE, "礼堂", 1, &id, error) &&
         ac_site_add (store, OTHER_TOWN, "礼堂", 1, &id, error);
}

gboolean
set_grant (AcStore *store, gpointer data, GError **error)
{
  const Grant *job = data;

  return ac_grant_set (store, job->member, &job->grant, TRUE, 1, error);
}

gboolean
take_grant (AcStore *store, gpointer data, GError **error)
{
  const Grant *job = data;

  return ac_grant_set (store, job->member, &job->grant, FALSE, 1, error);
}

gboolean
set_home (AcStore *store, gpointer data, GError **error)
{
  const Grant *job = data;

  return ac_membership_set (store, job->member, AC_SIDE_HOME, job->grant.branch, NULL,
                            g_get_real_time () / 1000, error);
}

static void
written (gpointer data, const GError *error, gpointer done)
{
  g_assert_no_error (error);
  *(gboolean *)done = TRUE;
}

gint64
query_number (Fixture *f, const gchar *sql)
{
  g_autoptr (AcStatement) statement = ac_store_prepare (f->school.store, sql, NULL);

  g_assert_cmpint (ac_store_step (f->school.store, statement, NULL), ==, SQLITE_ROW);
  return sqlite3_column_int64 (statement, 0);
}

void
run_job (Fixture *f, AcStoreJob job, gpointer data)
{
  gboolean done = FALSE;

  ac_store_write (f->school.store, job, data, NULL, written, &done);
  school_until (done);
}

gchar *
cookie_with (Fixture *f, const gchar *number, AcRole role, gint64 branch)
{
  Grant grant = { school_add_member (&f->school, number, AC_ROLE_MEMBER),
                  { role, branch } };

  if (role != AC_ROLE_MEMBER)
    run_job (f, set_grant, &grant);
  return school_sign_in (&f->school, number);
}

gint64
member_in (Fixture *f, const gchar *number, gint64 branch)
{
  Grant home = { school_add_member (&f->school, number, AC_ROLE_MEMBER),
                 { AC_ROLE_MEMBER, branch } };

  run_job (f, set_home, &home);
  return home.member;
}

static gboolean
set_aim (AcStore *store, gpointer data, GError **error)
{
  const Aim *aim = data;

  return ac_store_run (store, error,
                       "UPDATE lessons SET branch = ?, target_kinds = ifnull (?, '') "
                       "WHERE id = ?",
                       "nti", aim->branch, aim->kinds, aim->lesson) &&
         (aim->target == 0 ||
          ac_store_run (store, error,
                        "INSERT INTO lesson_targets (lesson, branch) VALUES (?, ?)",
                        "ii", aim->lesson, aim->target)) &&
         (aim->lecturer == 0 ||
          ac_store_run (store, error,
                        "INSERT INTO lesson_lecturers (lesson, member) VALUES (?, ?)",
                        "ii", aim->lesson, aim->lecturer));
}

gint64
add_aimed (Fixture *f, Aim aim)
{
  aim.lesson = school_add_lesson (&f->school, "一课", NULL);
  run_job (f, set_aim, &aim);
  return aim.lesson;
}
