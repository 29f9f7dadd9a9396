/* rooms.c - the sign-in of a room: by its steward, and by members' own phones. */
#include "api_private.h"

#include "clock.h"
#include "credit_error.h"
#include "hand.h"
#include "member.h"
#include "room_log.h"
#include "site.h"

#include <string.h>

#define LOG_MAX_BYTES (200 * 1024)
#define ROSTER_MAX 500
#define LOGS_DEFAULT 100
#define LOGS_MAX 500
#define WAITING_DEFAULT 50
#define WAITING_MAX 100

static AcRoomKey
room_of (AcApiCall *call)
{
  return (AcRoomKey){ call->id, call->sub };
}

/* --- Acts --- */

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  AcRollAct act;
  AcRollMoment moment;
  gchar *key; /* (nullable) */
  gchar *result;
} RollJob;

static void
roll_job_free (gpointer data)
{
  RollJob *job = data;

  ac_api_unref (job->api);
  ac_http_exchange_unref (job->exchange);
  ac_roll_act_clear (&job->act);
  g_free (job->key);
  g_free (job->result);
  g_free (job);
}

static gboolean
write_act (AcStore *store, gpointer data, GError **error)
{
  RollJob *job = data;

  return ac_roll_position (store, job->act.room, &job->moment, &job->act.media_ms,
                           error) &&
         ac_roll_run (store, &job->act, job->key, &job->result, error);
}

static void
act_written (gpointer data, const GError *error, gpointer unused)
{
  RollJob *job = data;
  g_autoptr (GBytes) text = NULL;

  if (error != NULL) {
    ac_api_refuse (job->exchange, error);
    return;
  }
  if (!job->api->closed)
    ac_classroom_presence_changed (job->api->parts.classroom, job->act.room.lesson);
  text = g_bytes_new (job->result, strlen (job->result));
  ac_http_exchange_respond (job->exchange,
                            &(AcHttpResponse){ .status = 200,
                                               .content_type = "application/json",
                                               .body = g_steal_pointer (&text) });
}

static AcRollMoment
moment_of (AcApiCall *call, const AcLesson *lesson)
{
  return (AcRollMoment){ ac_clock_wall_ms (), lesson->length_ms,
                         lesson->state == AC_LESSON_LIVE };
}

/* Returns: (nullable): NULL when it was answered with a problem. */
static RollJob *
roll_job_new (AcApiCall *call, AcRollKind kind, JsonObject *body)
{
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  const gchar *key = NULL;
  RollJob *job;

  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return NULL;
  }
  if (body != NULL && !ac_api_read_key (call, body, &key))
    return NULL;
  job = g_new0 (RollJob, 1);
  job->api = ac_api_ref (call->api);
  job->exchange = ac_http_exchange_ref (call->exchange);
  job->moment = moment_of (call, lesson);
  job->act = (AcRollAct){ .kind = kind,
                          .room = room_of (call),
                          .steward = call->session->member,
                          .wall_ms = job->moment.wall_ms };
  job->key = g_strdup (key);
  return job;
}

static void
run (AcApiCall *call, RollJob *job)
{
  ac_store_write (call->api->parts.store, write_act, job, roll_job_free, act_written,
                  NULL);
}

/* "member" or "card". Returns: FALSE when it was answered with a problem. */
static gboolean
read_whom (AcApiCall *call, JsonObject *body, AcRollAct *act)
{
  const gchar *card;

  if (json_object_has_member (body, "card")) {
    card = ac_api_read_field (call, body, "card");
    act->card = g_strdup (card);
    return card != NULL;
  }
  if (!ac_api_read_body_int (call, body, "member", 1, 0, &act->member))
    return FALSE;
  if (act->member != 0)
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_FIELD,
      &(AcProblemExtra){ .field = "member", .detail = "say a member or a card" });
  return FALSE;
}

static void
sign (AcApiCall *call, AcRollKind kind, JsonObject *body)
{
  RollJob *job = roll_job_new (call, kind, body);

  if (job == NULL)
    return;
  job->act.way = AC_ROLL_ROSTER;
  if (kind == AC_ROLL_OUT_ALL || read_whom (call, body, &job->act))
    run (call, job);
  else
    roll_job_free (job);
}

void
ac_api_room_sign_in (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL)
    sign (call, AC_ROLL_IN, body);
}

void
ac_api_room_sign_out (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  gboolean all = FALSE;
  g_autoptr (GError) error = NULL;

  if (body == NULL)
    return;
  if (json_object_has_member (body, "all") &&
      !ac_json_object_read_boolean (body, "all", &all, &error)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_FIELD,
                        &(AcProblemExtra){ .field = "all", .detail = error->message });
    return;
  }
  sign (call, all ? AC_ROLL_OUT_ALL : AC_ROLL_OUT, body);
}

void
ac_api_room_add_guest (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *name = body != NULL ? ac_api_read_field (call, body, "name") : NULL;
  RollJob *job = name != NULL ? roll_job_new (call, AC_ROLL_GUEST, body) : NULL;

  if (job == NULL)
    return;
  job->act.name = g_strdup (name);
  run (call, job);
}

void
ac_api_room_count_heads (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *moment = body != NULL ? ac_api_read_field (call, body, "moment") : NULL;
  RollJob *job;
  gint64 heads;

  if (moment == NULL || !ac_api_read_body_int (call, body, "heads", 0, -1, &heads))
    return;
  job = roll_job_new (call, AC_ROLL_HEADS, body);
  if (job == NULL)
    return;
  job->act.moment = g_strdup (moment);
  job->act.heads = heads;
  run (call, job);
}

/* --- By one's own phone --- */

static void
sign_self (AcApiCall *call, AcRollKind kind, JsonObject *body)
{
  RollJob *job = roll_job_new (call, kind, body);

  if (job == NULL)
    return;
  job->act.member = call->session->member;
  job->act.steward = 0;
  job->act.way = AC_ROLL_PHONE;
  run (call, job);
}

void
ac_api_room_enter (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *digits = body != NULL ? ac_api_read_field (call, body, "digits") : NULL;
  const AcRoomsGuest guest = { call->session->member, call->request->remote_address };
  guint wait_s;

  if (digits == NULL)
    return;
  if (ac_rooms_check_digits (call->api->parts.rooms, room_of (call), digits, &guest,
                             &wait_s))
    sign_self (call, AC_ROLL_IN, body);
  else if (wait_s > 0)
    ac_problem_respond (call->exchange, AC_PROBLEM_TOO_MANY_ATTEMPTS,
                        &(AcProblemExtra){ .retry_after_s = wait_s });
  else
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "digits",
                           .detail = "these are not the digits that the screen shows: "
                                     "they change every 30 seconds" });
}

void
ac_api_room_leave (AcApiCall *call)
{
  sign_self (call, AC_ROLL_OUT, NULL);
}

/* --- Looking --- */

static void
respond_or_refuse (AcApiCall *call, JsonObject *body, const GError *error)
{
  if (body == NULL)
    ac_api_refuse (call->exchange, error);
  else
    ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_room_sheet (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  AcRoomKey room = room_of (call);
  const gchar *hand =
      ac_hand_state_of_room (call->api->parts.store, room.lesson, room.site, &error);
  g_autoptr (JsonObject) body =
      hand != NULL ? ac_roll_sheet (call->api->parts.store, room, &error) : NULL;

  if (body != NULL)
    json_object_set_string_member (body, "hand", hand);
  respond_or_refuse (call, body, error);
}

/* Of whoever asks: which room it is, and since when they are there. */
void
ac_api_room_own_stay (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, call->sub, &error);
  g_autoptr (JsonObject) stay = NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonObject *place;

  if (site == NULL && error == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_NAMED_NOT_FOUND,
                        &(AcProblemExtra){ .field = "site" });
    return;
  }
  if (site != NULL)
    stay = ac_roll_last_stay (store, room_of (call), call->session->member, &error);
  if (stay == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  place = json_object_new ();
  json_object_set_int_member (place, "id", call->sub);
  json_object_set_string_member (place, "name", site->name);
  json_object_set_object_member (body, "site", place);
  if (json_object_get_size (stay) > 0)
    json_object_set_object_member (body, "stay", g_steal_pointer (&stay));
  else
    json_object_set_null_member (body, "stay");
  ac_api_respond_json (call->exchange, body, NULL);
}

/* The digits of now, the address that the QR code holds, and how many are there: what a
 * screen asks for again and again. */
void
ac_api_room_code (AcApiCall *call)
{
  AcRoomKey room = room_of (call);
  g_autoptr (JsonObject) body = json_object_new ();
  gchar digits[AC_ROOM_CODE_DIGITS + 1];
  g_autofree gchar *url = NULL;
  g_autoptr (GError) error = NULL;
  gint64 left_ms, signed_in, guests;

  if (!ac_roll_count (call->api->parts.store, room, &signed_in, &guests, &error)) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  ac_rooms_digits (call->api->parts.rooms, room, digits, &left_ms);
  url = g_strdup_printf ("%s://%s/room/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                         "?digits=%s",
                         call->request->secure ? "https" : "http",
                         call->request->host != NULL ? call->request->host : "",
                         room.lesson, room.site, digits);
  json_object_set_string_member (body, "digits", digits);
  json_object_set_string_member (body, "url", url);
  json_object_set_int_member (body, "left_ms", left_ms);
  json_object_set_int_member (body, "signed_in", signed_in);
  json_object_set_int_member (body, "guests", guests);
  ac_api_respond_json (call->exchange, body, NULL);
}

/* By name, since a roll is called by name; nothing else of a person. */
void
ac_api_room_roster (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, call->sub, &error);
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;
  gint64 after;

  if (!ac_api_read_number (call, "after", 0, G_MAXINT64, 0, &after))
    return;
  members = site != NULL ? ac_member_list_within (store, site->branch, after,
                                                  ROSTER_MAX + 1, &error)
                         : NULL;
  if (members == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < MIN (members->len, ROSTER_MAX); i++) {
    const AcMember *member = members->pdata[i];
    JsonObject *row = json_object_new ();

    json_object_set_int_member (row, "id", member->id);
    json_object_set_string_member (row, "number", member->number);
    json_object_set_string_member (row, "name", member->name);
    json_object_set_string_member (row, "kind", ac_member_kind_name (member->kind));
    json_array_add_object_element (array, row);
  }
  json_object_set_array_member (body, "members", array);
  ac_api_set_number (
      body, "next",
      members->len > ROSTER_MAX ? ((AcMember *)members->pdata[ROSTER_MAX - 1])->id : 0);
  ac_api_respond_people (call,
                         &(AcApiPeople){ .list = "roster",
                                         .branch = site->branch,
                                         .lesson = call->id,
                                         .after = after,
                                         .rows = json_array_get_length (array) },
                         body);
}

/* --- Logs --- */

typedef struct {
  AcHttpExchange *exchange;
  AcRoomLog log;
  gint64 last_seq;
} LogJob;

static void
log_job_free (gpointer data)
{
  LogJob *job = data;

  ac_http_exchange_unref (job->exchange);
  g_clear_pointer (&job->log.entries, g_array_unref);
  g_free (job);
}

static gboolean
read_text (JsonObject *object, const gchar *name, gchar *ret_text, gsize size)
{
  const gchar *text = ac_json_object_read_string (object, name, NULL);

  return text != NULL && g_strlcpy (ret_text, text, size) < size;
}

static gboolean
read_entry (JsonNode *node, AcRoomLogEntry *entry)
{
  JsonObject *object =
      JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const gchar *text;

  if (object == NULL ||
      !ac_json_object_read_int (object, "seq", 1, G_MAXINT32, &entry->seq, NULL) ||
      !read_text (object, "prev_hash", entry->prev_hash, sizeof entry->prev_hash) ||
      !read_text (object, "hash", entry->hash, sizeof entry->hash))
    return FALSE;
  text = ac_json_object_read_string (object, "entry", NULL);
  entry->text = g_strdup (text);
  return text != NULL && strlen (text) <= AC_ROOM_LOG_ENTRY_MAX_BYTES;
}

static gboolean
read_entries (AcApiCall *call, JsonObject *body, GArray *entries)
{
  JsonNode *list = json_object_get_member (body, "entries");
  JsonArray *array =
      list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
  gboolean good =
      array != NULL && json_array_get_length (array) <= AC_ROOM_LOG_BATCH_MAX;

  for (guint i = 0; good && i < json_array_get_length (array); i++) {
    AcRoomLogEntry entry = { 0 };

    good = read_entry (json_array_get_element (array, i), &entry);
    g_array_append_val (entries, entry);
  }
  if (!good)
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "entries",
                           .detail = "up to 200 of {seq, prev_hash, hash, entry}, an "
                                     "entry of at most 512 bytes" });
  return good;
}

/* @ret_device: AC_ROOM_LOG_DEVICE_CHARS + 1 */
static gboolean
read_device (AcApiCall *call, JsonObject *body, gchar *ret_device)
{
  const gchar *device = ac_api_read_field (call, body, "device");

  if (device == NULL)
    return FALSE;
  if (!ac_room_log_is_device (device)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_FIELD,
        &(AcProblemExtra){ .field = "device", .detail = "16 hexadecimal digits" });
    return FALSE;
  }
  g_strlcpy (ret_device, device, AC_ROOM_LOG_DEVICE_CHARS + 1);
  return TRUE;
}

static LogJob *
log_job_new (AcApiCall *call)
{
  LogJob *job = g_new0 (LogJob, 1);

  job->exchange = ac_http_exchange_ref (call->exchange);
  job->log.room = room_of (call);
  job->log.sender = call->session->member;
  job->log.received_ms = ac_clock_wall_ms ();
  job->log.entries = g_array_new (FALSE, FALSE, sizeof (AcRoomLogEntry));
  g_array_set_clear_func (job->log.entries, (GDestroyNotify)ac_room_log_entry_clear);
  return job;
}

static gboolean
write_log (AcStore *store, gpointer data, GError **error)
{
  LogJob *job = data;

  return ac_room_log_receive (store, &job->log, &job->last_seq, error);
}

static void
log_written (gpointer data, const GError *error, gpointer unused)
{
  LogJob *job = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (job->exchange, error);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "last_seq", job->last_seq);
  ac_api_respond_json (job->exchange, body, NULL);
}

void
ac_api_room_send_log (AcApiCall *call)
{
  g_autoptr (AcLesson) lesson =
      ac_classroom_get_lesson (call->api->parts.classroom, call->id);
  g_autoptr (JsonObject) body = ac_api_read_large_body (call, LOG_MAX_BYTES);
  LogJob *job;

  if (body == NULL)
    return;
  if (lesson == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_LESSON_NOT_FOUND, NULL);
    return;
  }
  job = log_job_new (call);
  job->log.edge_ms = lesson->length_ms;
  if (read_device (call, body, job->log.device) &&
      ac_api_read_body_int (call, body, "sent_ms", 0, job->log.received_ms,
                            &job->log.sent_ms) &&
      read_entries (call, body, job->log.entries))
    ac_store_write (call->api->parts.store, write_log, job, log_job_free, log_written,
                    NULL);
  else
    log_job_free (job);
}

/* A slice of it. */
typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  AcRoomLogDecision decision;
} DecisionJob;

static void
decision_job_free (gpointer data)
{
  DecisionJob *job = data;

  ac_api_unref (job->api);
  ac_http_exchange_unref (job->exchange);
  g_free (job);
}

static gboolean
write_decision (AcStore *store, gpointer data, GError **error)
{
  return ac_room_log_decide (store, &((DecisionJob *)data)->decision, error);
}

static void decided (gpointer data, const GError *error, gpointer unused);

static void
write_slice (const DecisionJob *so_far)
{
  DecisionJob *job = g_memdup2 (so_far, sizeof *so_far);

  ac_api_ref (job->api);
  ac_http_exchange_ref (job->exchange);
  ac_store_write (job->api->parts.store, write_decision, job, decision_job_free,
                  decided, NULL);
}

static void
decided (gpointer data, const GError *error, gpointer unused)
{
  const DecisionJob *job = data;
  g_autoptr (JsonObject) body = NULL;

  /* Slices before one that failed stay decided. */
  if ((error != NULL || job->decision.finished) && !job->api->closed)
    ac_classroom_presence_changed (job->api->parts.classroom,
                                   job->decision.room.lesson);
  if (error != NULL) {
    ac_api_refuse (job->exchange, error);
    return;
  }
  if (!job->decision.finished) {
    write_slice (job);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "decided", job->decision.n);
  json_object_set_int_member (body, "failed", job->decision.n_failed);
  ac_api_respond_json (job->exchange, body, NULL);
}

static void
decide (AcApiCall *call, gboolean approve)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  DecisionJob job = { call->api,
                      call->exchange,
                      { .room = room_of (call),
                        .approve = approve,
                        .decider = call->session->member,
                        .wall_ms = ac_clock_wall_ms (),
                        .budget_us = AC_ROOM_LOG_SLICE_MS * 1000 } };

  if (body != NULL && read_device (call, body, job.decision.device))
    write_slice (&job);
}

void
ac_api_room_approve_log (AcApiCall *call)
{
  decide (call, TRUE);
}

void
ac_api_room_reject_log (AcApiCall *call)
{
  decide (call, FALSE);
}

void
ac_api_room_list_logs (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *device = ac_api_query_text (call, "device");
  g_autofree gchar *past = ac_api_query_text (call, "past");
  g_autoptr (JsonObject) body = NULL;
  AcRoomLogPage page = { .device = device, .past = past };
  JsonArray *entries;
  gint64 limit;

  if (!ac_api_read_number (call, "after", 0, G_MAXINT64, 0, &page.after) ||
      !ac_api_read_number (call, "limit", 1, LOGS_MAX, LOGS_DEFAULT, &limit))
    return;
  page.limit = (guint)limit;
  /* A steward may write down any number: it must not tell them whose it is. */
  page.names = ac_access_may (AC_ACT_ROOM_APPROVE, &call->session->who, &call->place);
  entries = ac_room_log_list (call->api->parts.store, room_of (call), &page, &error);
  if (entries != NULL) {
    body = json_object_new ();
    json_object_set_array_member (body, "entries", entries);
  }
  respond_or_refuse (call, body, error);
}

void
ac_api_room_waiting_logs (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonArray *rooms;
  gint64 branch, limit;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_number (call, "limit", 1, WAITING_MAX, WAITING_DEFAULT, &limit))
    return;
  rooms =
      ac_room_log_list_waiting (call->api->parts.store, branch, (guint)limit, &error);
  if (rooms != NULL) {
    body = json_object_new ();
    json_object_set_array_member (body, "rooms", rooms);
  }
  respond_or_refuse (call, body, error);
}
