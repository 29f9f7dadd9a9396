/* appeals.c - a member disagrees, and is answered. */
#include "api_private.h"

#include "appeals.h"
#include "member_json.h"

static JsonObject *
appeal_json (AcStore *store, gconstpointer row)
{
  const AcAppeal *appeal = row;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", appeal->id);
  ac_json_object_set_person (object, store, "member", "name", appeal->member);
  json_object_set_int_member (object, "member_id", appeal->member);
  json_object_set_int_member (object, "lesson", appeal->lesson);
  json_object_set_string_member (object, "text", appeal->text);
  ac_json_object_set_time (object, "opened_at", appeal->opened_ms);
  json_object_set_string_member (object, "answer", appeal->answer);
  ac_json_object_set_time (object, "answered_at", appeal->answered_ms);
  ac_api_set_number (object, "entry", appeal->entry);
  return object;
}

typedef struct {
  AcAppeal appeal;
  AcOnce once; /* of one that is opened */
} Act;

static void
act_free (gpointer data)
{
  Act *act = data;

  ac_appeal_clear (&act->appeal);
  ac_once_clear (&act->once);
  g_free (act);
}

static JsonObject *
tell_appeal (AcApiChange *change, GError **error)
{
  const Act *act = change->data;

  return appeal_json (change->store, &act->appeal);
}

/* @act: what is given; what it points at is taken */
static void
change_appeal (AcApiCall *call, const Act *act, AcStoreJob job)
{
  ac_api_change (call,
                 &(AcApiChange){ .tell = tell_appeal,
                                 .data = g_memdup2 (act, sizeof *act),
                                 .free_data = act_free },
                 job);
}

static gboolean
write_open (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  Act *act = change->data;
  gint64 made;

  if (!ac_once_find (store, &act->once, &made, error))
    return FALSE;
  if (made == 0)
    return ac_appeal_open (store, &act->appeal, change->wall_ms, error) &&
           ac_once_keep (store, &act->once, act->appeal.id, change->wall_ms, error);
  ac_appeal_clear (&act->appeal);
  return ac_appeal_get (store, made, &act->appeal, error);
}

static gboolean
write_answer (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  Act *act = change->data;

  return ac_appeal_answer (store, &act->appeal, change->wall_ms, error);
}

void
ac_api_appeal_open (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *text = body != NULL ? ac_api_read_field (call, body, "text") : NULL;
  AcOnce once;

  if (text != NULL && ac_api_read_once (call, body, &once))
    change_appeal (call,
                   &(Act){ .appeal = { .member = call->session->member,
                                       .lesson = call->id,
                                       .text = g_strdup (text) },
                           .once = once },
                   write_open);
}

void
ac_api_appeal_answer (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *answer = body != NULL ? ac_api_read_field (call, body, "answer") : NULL;
  gint64 entry;

  if (answer != NULL && ac_api_read_body_int (call, body, "entry", 1, 0, &entry))
    change_appeal (call,
                   &(Act){ .appeal = { .id = call->id,
                                       .answer = g_strdup (answer),
                                       .answerer = call->session->member,
                                       .entry = entry } },
                   write_answer);
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
