/* expected_list.c - who is expected in a lesson, for those who look after them. */
#include "api_private.h"

#include "clock.h"
#include "expected.h"
#include "mask.h"

static JsonObject *
expected_json (AcStore *store, gconstpointer row)
{
  const AcExpected *expected = row;
  g_autofree gchar *name = ac_mask_name (expected->name);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", expected->member);
  json_object_set_string_member (object, "number", expected->number);
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "kind", ac_member_kind_name (expected->kind));
  ac_api_set_number (object, "home", expected->home);
  ac_api_set_number (object, "host", expected->host);
  json_object_set_string_member (object, "state",
                                 ac_expected_state_name (expected->state));
  json_object_set_string_member (object, "reason", expected->reason);
  return object;
}

static const AcApiListing listing = {
  "expected", "after", 50, 200, G_STRUCT_OFFSET (AcExpected, member), expected_json,
};

void
ac_api_expected_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (AcLesson) lesson = NULL;
  gint64 branch;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_page (call, &listing, &page))
    return;
  lesson = ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  list = ac_expected_list (call->api->parts.store, call->id, branch, page.from,
                           (guint)page.limit + 1, &error);
  ac_api_respond_people_page (call, &listing, &page, list, error,
                              &(AcApiPeople){ .branch = branch, .lesson = call->id });
}

/* --- Excuses --- */

typedef struct {
  AcHttpExchange *exchange;
  AcExcuse excuse;
  gchar *reason;
  gint64 wall_ms;
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  g_free (act->reason);
  g_free (act);
}

static gboolean
write_excuse (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_excuse_set (store, &act->excuse, act->wall_ms, error);
}

static void
excuse_written (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;

  if (error != NULL)
    ac_api_refuse (act->exchange, error);
  else
    ac_http_exchange_respond (act->exchange, &(AcHttpResponse){ .status = 204 });
}

/* FALSE: it was answered. */
static gboolean
read_excuse (AcApiCall *call, JsonObject *body, Act *act)
{
  const gchar *state, *reason = NULL;

  if (!ac_api_read_body_int (call, body, "lesson", 1, 0, &act->excuse.lesson) ||
      (state = ac_api_read_field (call, body, "state")) == NULL)
    return FALSE;
  if (!ac_expected_state_from_name (state, &act->excuse.state)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "state",
                           .detail = "state must be excused, exempt or expected" });
    return FALSE;
  }
  if (act->excuse.state != AC_EXPECTED &&
      (reason = ac_api_read_field (call, body, "reason")) == NULL)
    return FALSE;
  act->reason = g_strdup (reason);
  act->excuse.reason = act->reason;
  act->excuse.member = call->id;
  act->excuse.actor = call->session->member;
  return TRUE;
}

void
ac_api_excuse_set (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  Act *act;

  if (body == NULL)
    return;
  act = g_new0 (Act, 1);
  act->exchange = ac_http_exchange_ref (call->exchange);
  act->wall_ms = ac_clock_wall_ms ();
  if (read_excuse (call, body, act))
    ac_store_write (call->api->parts.store, write_excuse, act, act_free, excuse_written,
                    NULL);
  else
    act_free (act);
}
