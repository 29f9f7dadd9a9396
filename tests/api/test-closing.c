/* Jobs that are answered after the API is gone, as at the end of the daemon. What was
 * freed is filled with noise (MALLOC_PERTURB_), so that who uses it falls over. */
#include "api_fixture.h"

#include <string.h>

static const Request requests[] = {
  { .method = "POST", .path = "/api/v1/lessons", .body = "{\"title\":\"y\"}" },
  { .method = "PATCH", .path = "/api/v1/lessons/2", .body = "{\"title\":\"y\"}" },
  { .method = "POST",
    .path = "/api/v1/lessons/2/cancel",
    .body = "{\"reason\":\"y\"}" },
  { .method = "POST", .path = "/api/v1/lessons/2/key" },
  { .method = "POST", .path = "/api/v1/lessons/2/start" },
  { .method = "POST", .path = "/api/v1/lessons/1/end" },
  { .method = "POST", .path = "/api/v1/lessons/1/break", .body = "{\"on\":true}" },
  { .method = "POST",
    .path = "/api/v1/lessons/1/rooms/1/hand",
    .body = "{\"raised\":true}" },
  { .method = "POST",
    .path = "/api/v1/lessons/1/rooms/1/stays",
    .body = "{\"member\":1}" },
  { .method = "POST",
    .path = "/api/v1/lessons/1/handouts",
    .query = "title=x",
    .body = "%PDF-1.7\n" },
  { .method = "PUT",
    .path = "/api/v1/grants",
    .query = "branch=2&member=1&role=staff" },
  { .method = "DELETE", .path = "/api/v1/sites/1/screens/1" },
  { .method = "POST", .path = "/api/v1/members/1/card" },
  { .method = "POST",
    .path = "/api/v1/branches/1/cards",
    .body = "{\"reason\":\"y\"}" },
  { .method = "POST", .path = "/api/v1/calendar" },
  { .method = "POST",
    .path = "/api/v1/courses",
    .body = "{\"kind\":\"party\",\"title\":\"y\"}" },
  { .method = "POST",
    .path = "/api/v1/corrections",
    .body = "{\"kind\":\"ADJUST\",\"member\":\"1001\",\"lesson\":1,"
            "\"earned_ms\":1000,\"reason\":\"y\"}" },
  { .method = "POST", .path = "/api/v1/lessons/1/appeals", .body = "{\"text\":\"y\"}" },
  { .method = "POST",
    .path = "/api/v1/members/1/unmask",
    .body = "{\"reason\":\"y\"}" },
  { .method = "POST",
    .path = "/api/v1/members/1/excuses",
    .body = "{\"lesson\":2,\"state\":\"excused\",\"reason\":\"y\"}" },
  { .method = "DELETE", .path = "/api/v1/sessions" },
  { .method = "PUT",
    .path = "/api/v1/password",
    .body = "{\"password\":\"" SCHOOL_PASSWORD "\","
            "\"new_password\":\"battery staple\"}" },
  { .method = "POST",
    .path = "/api/v1/members/1/password",
    .body = "{\"reason\":\"y\"}" },
  { .method = "GET", .path = "/api/v1/reports/credit" },
};

/* Holds the thread of the store. */
typedef struct {
  GAsyncQueue *reached;
  GMutex mutex; /* held: the thread waits */
} Gate;

static gboolean
wait_at_gate (AcStore *store, gpointer data, GError **error)
{
  Gate *gate = data;

  g_async_queue_push (gate->reached, gate);
  g_mutex_lock (&gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return TRUE;
}

static void
shut_gate (Gate *gate, AcStore *store)
{
  gate->reached = g_async_queue_new ();
  g_mutex_init (&gate->mutex);
  g_mutex_lock (&gate->mutex);
  ac_store_write (store, wait_at_gate, gate, NULL, NULL, NULL);
  g_async_queue_pop (gate->reached);
}

static void
gate_clear (Gate *gate)
{
  g_async_queue_unref (gate->reached);
  g_mutex_clear (&gate->mutex);
}

static guint
n_waiting (Fixture *f)
{
  AcStoreStats stats;

  ac_store_stats (f->school.store, &stats);
  return stats.waiting;
}

/* Everything is freed as the daemon frees it, with the job on its way. */
static void
close_meanwhile (const Request *like)
{
  Fixture f = { 0 };
  g_autofree gchar *chief = NULL;
  Request request = *like;
  Gate gate;

  api_set_up (&f, NULL);
  run_job (&f, add_branches, NULL);
  school_add_lesson (&f.school, "x", NULL);
  school_add_lesson (&f.school, "y", NULL);
  school_start_lesson (&f.school, 1);
  school_sql (&f.school, "INSERT INTO screens (site, name, token_hash, paired_ms, "
                         "last_seen_ms) VALUES (1, 'x', x'01', 1, 1)");
  request.cookie = chief = cookie_with (&f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  shut_gate (&gate, f.school.store);
  begin_to_ask (&f, &request);
  while (n_waiting (&f) == 0) /* the job of a file comes when it is written */
    g_main_context_iteration (NULL, TRUE);
  g_mutex_unlock (&gate.mutex);
  api_tear_down (&f, NULL);
  while (!f.answered) /* by who was closed last, such as the desk of the reports */
    g_main_context_iteration (NULL, TRUE);
  ac_http_response_clear (&f.response);
  gate_clear (&gate);
}

static void
test_one (gconstpointer request)
{
  close_meanwhile (request);
}

/* The file is not even written yet. */
static void
test_file (void)
{
  Fixture f = { 0 };
  g_autofree gchar *chief = NULL;

  api_set_up (&f, NULL);
  school_add_lesson (&f.school, "x", NULL);
  chief = cookie_with (&f, "chief", AC_ROLE_ADMINISTRATOR, 0);
  begin_to_ask (&f, &(Request){ .method = "POST",
                                .path = "/api/v1/lessons/1/handouts",
                                .query = "title=x",
                                .cookie = chief,
                                .body = "%PDF-1.7\n" });
  api_tear_down (&f, NULL);
  while (!f.answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f.response.status, ==, 500);
  ac_http_response_clear (&f.response);
}

/* The password that is there is still being tried. */
static void
test_proof (void)
{
  Fixture f = { 0 };

  api_set_up (&f, NULL);
  begin_to_ask (&f, &(Request){ .method = "PUT",
                                .path = "/api/v1/password",
                                .cookie = f.cookie,
                                .body = "{\"password\":\"" SCHOOL_PASSWORD "\","
                                        "\"new_password\":\"battery staple\"}" });
  api_tear_down (&f, NULL);
  while (!f.answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f.response.status, >=, 500);
  ac_http_response_clear (&f.response);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autofree gchar *name = g_strdup_printf ("/closing/%s %s", requests[i].method,
                                              strchr (requests[i].path + 5, '/') + 1);

    g_strdelimit (name + strlen ("/closing/"), "/", ' ');
    g_test_add_data_func (name, &requests[i], test_one);
  }
  g_test_add_func ("/closing/file", test_file);
  g_test_add_func ("/closing/proof", test_proof);
  return g_test_run ();
}
