/* appeals.c - a member disagrees, and is answered. */
#include "api_private.h"

#include "appeals.h"
#include "clock.h"
#include "member.h"

typedef struct {
  AcHttpExchange *exchange;
  AcStore *store;
  AcAppeal appeal;
  gint64 wall_ms;
  AcOnce once; /* of one that is opened */
} Act;

static Act *
act_new (AcApiCall *call)
{
  Act *act = g_new0 (Act, 1);

  act->exchange = ac_http_exchange_ref (call->exchange);
  act->store = call->api->parts.store;
  act->wall_ms = ac_clock_wall_ms ();
  return act;
}

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_http_exchange_unref (act->exchange);
  ac_appeal_clear (&act->appeal);
  ac_once_clear (&act->once);
  g_free (act);
}

static JsonObject *
appeal_json (AcStore *store, gconstpointer row)
{
  const AcAppeal *appeal = row;
  g_autoptr (AcMember) member = ac_member_get (store, appeal->member, NULL);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", appeal->id);
  json_object_set_string_member (object, "member",
                                 member != NULL ? member->number : NULL);
  json_object_set_int_member (object, "lesson", appeal->lesson);
  json_object_set_string_member (object, "text", appeal->text);
  ac_json_object_set_time (object, "opened_at", appeal->opened_ms);
  json_object_set_string_member (object, "answer", appeal->answer);
  ac_json_object_set_time (object, "answered_at", appeal->answered_ms);
  ac_api_set_number (object, "entry", appeal->entry);
  return object;
}

static void
act_done (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  body = appeal_json (act->store, &act->appeal);
  ac_api_respond_json (act->exchange, body, NULL);
}

static gboolean
write_open (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;
  gint64 made;

  if (!ac_once_find (store, &act->once, &made, error))
    return FALSE;
  if (made == 0)
    return ac_appeal_open (store, &act->appeal, act->wall_ms, error) &&
           ac_once_keep (store, &act->once, act->appeal.id, act->wall_ms, error);
  ac_appeal_clear (&act->appeal);
  return ac_appeal_get (store, made, &act->appeal, error);
}

static gboolean
write_answer (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;

  return ac_appeal_answer (store, &act->appeal, act->wall_ms, error);
}

void
ac_api_appeal_open (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *text = body != NULL ? ac_api_read_field (call, body, "text") : NULL;
  AcOnce once;
  Act *act;

  if (text == NULL || !ac_api_read_once (call, body, &once))
    return;
  act = act_new (call);
  act->once = once;
  act->appeal.member = call->session->member;
  act->appeal.lesson = call->id;
  act->appeal.text = g_strdup (text);
  ac_store_write (act->store, write_open, act, act_free, act_done, NULL);
}

void
ac_api_appeal_answer (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *answer = body != NULL ? ac_api_read_field (call, body, "answer") : NULL;
  gint64 entry;
  Act *act;

  if (answer == NULL || !ac_api_read_body_int (call, body, "entry", 1, 0, &entry))
    return;
  act = act_new (call);
  act->appeal.id = call->id;
  act->appeal.answer = g_strdup (answer);
  act->appeal.answerer = call->session->member;
  act->appeal.entry = entry;
  ac_store_write (act->store, write_answer, act, act_free, act_done, NULL);
}

static const AcApiListing listing = {
  "appeals", "before", 50, 100, G_STRUCT_OFFSET (AcAppeal, id), appeal_json,
};

/* @member: 0: the open ones of all */
static void
list (AcApiCall *call, gint64 member)
{
  g_autoptr (GPtrArray) appeals = NULL;
  g_autoptr (GError) error = NULL;
  gint64 branch;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_page (call, &listing, &page))
    return;
  appeals = ac_appeal_list (call->api->parts.store, member, branch, page.from,
                            (guint)page.limit + 1, &error);
  ac_api_respond_page (call, &listing, &page, appeals, error);
}

void
ac_api_appeal_list (AcApiCall *call)
{
  list (call, call->session->member);
}

void
ac_api_appeal_list_open (AcApiCall *call)
{
  list (call, 0);
}
