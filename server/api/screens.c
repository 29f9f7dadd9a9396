/* screens.c - screens of rooms: asking to be let in, being let in, what they show. */
#include "api_private.h"

#include "branch.h"
#include "clock.h"
#include "lesson_place.h"
#include "log.h"
#include "member_card.h"
#include "site.h"

#define LESSONS_MAX 20
/* A lesson that has not begun so long after its hour was not held. */
#define OVERDUE_MS (12 * 60 * 60 * 1000)

/* --- Places --- */

static gboolean
site_place (AcApiCall *call, gint64 id, GArray *branches, AcProblem *ret_problem)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, id, &error);
  gint64 member = call->session != NULL ? call->session->member : 0;

  *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_NAMED_NOT_FOUND;
  if (site == NULL || !ac_branch_path (store, site->branch, branches, &error))
    return FALSE;
  call->place.site = site->id;
  for (guint i = 0; i < site->stewards->len; i++)
    call->place.steward |=
        member != 0 && g_array_index (site->stewards, gint64, i) == member;
  *ret_problem = AC_PROBLEM_FORBIDDEN;
  return TRUE;
}

gboolean
ac_api_site_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                   AcProblem *ret_problem)
{
  return site_place (call, call->id, branches, ret_problem);
}

gboolean
ac_api_room_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                   AcProblem *ret_problem)
{
  /* A room takes part in what its screens show. */
  const AcAccessWho screen = { .screen = 1, .site = call->sub };
  g_autoptr (AcLessonPlace) lesson = NULL;
  g_autoptr (GError) error = NULL;

  if (!site_place (call, call->sub, branches, ret_problem))
    return FALSE;
  lesson = ac_lesson_place_new (call->api->parts.store, call->id, &screen, &error);
  if (lesson != NULL && lesson->access.audience)
    return TRUE;
  *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_LESSON_NOT_FOUND;
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, call->id, "cannot read whom the lesson is for: %s",
            error->message);
  return FALSE;
}

/* --- Asking --- */

void
ac_api_screen_ask (AcApiCall *call)
{
  g_autoptr (JsonObject) body = NULL;
  AcPairing pairing;
  guint wait_s = ac_rooms_ask_pairing (call->api->parts.rooms,
                                       call->request->remote_address, &pairing);

  if (wait_s > 0) {
    ac_problem_respond (call->exchange, AC_PROBLEM_TOO_MANY_ATTEMPTS,
                        &(AcProblemExtra){ .retry_after_s = wait_s });
    return;
  }
  body = json_object_new ();
  json_object_set_string_member (body, "code", pairing.code);
  json_object_set_string_member (body, "secret", pairing.secret);
  json_object_set_int_member (body, "expires_in_s", AC_PAIRING_LIFE_MS / 1000);
  ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_screen_claim (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *secret = body != NULL ? ac_api_read_field (call, body, "secret") : NULL;
  g_autofree gchar *token = NULL;
  g_autoptr (JsonObject) answer = NULL;
  gchar *cookie = NULL;
  AcPairingState state;

  if (secret == NULL)
    return;
  state = ac_rooms_take_pairing (call->api->parts.rooms, secret, &token);
  if (state == AC_PAIRING_UNKNOWN) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_NAMED_NOT_FOUND,
        &(AcProblemExtra){ .field = "secret", .detail = "ask for another code" });
    return;
  }
  answer = json_object_new ();
  json_object_set_string_member (answer, "state", token != NULL ? "paired" : "waiting");
  if (token != NULL)
    cookie = g_strdup_printf (
        AC_ROOMS_COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", token,
        AC_ROOMS_COOKIE_AGE_S, call->request->secure ? "; Secure" : "");
  ac_api_respond_json (call->exchange, answer, cookie);
}

/* --- What a screen shows --- */

static JsonObject *
lesson_json (AcStatement *row)
{
  JsonObject *lesson = json_object_new ();

  json_object_set_int_member (lesson, "id", sqlite3_column_int64 (row, 0));
  json_object_set_string_member (lesson, "title",
                                 (const gchar *)sqlite3_column_text (row, 1));
  json_object_set_string_member (lesson, "state",
                                 (const gchar *)sqlite3_column_text (row, 2));
  ac_json_object_set_time (lesson, "planned_at", sqlite3_column_int64 (row, 3));
  ac_json_object_set_time (lesson, "started_at", sqlite3_column_int64 (row, 4));
  return lesson;
}

/* What is live or opened, then what comes, those without an hour after the others, then
 * what was last, for the branch of the site. */
static JsonArray *
list_lessons (AcStore *store, gint64 site, GError **error)
{
  g_autoptr (JsonArray) lessons = json_array_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE belongs (id) AS (SELECT branch FROM sites WHERE id = ?1 "
      "  UNION SELECT parent FROM branches JOIN belongs USING (id) "
      "    WHERE parent IS NOT NULL) "
      "SELECT id, title, state, planned_ms, started_ms FROM lessons "
      "WHERE state != 'cancelled' "
      "AND (state != 'planned' OR ifnull (planned_ms, ?3) >= ?3) AND ("
      "  NOT EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id) OR "
      "  EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id "
      "          AND branch IN belongs)) "
      "ORDER BY CASE state WHEN 'live' THEN 0 WHEN 'open' THEN 1 "
      "                    WHEN 'planned' THEN 2 ELSE 3 END, "
      "  CASE state WHEN 'ended' THEN -started_ms ELSE planned_ms END NULLS LAST "
      "LIMIT ?2",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iii", site, (gint64)LESSONS_MAX,
                     ac_clock_wall_ms () - OVERDUE_MS);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW)
    json_array_add_object_element (lessons, lesson_json (statement));
  return code == SQLITE_DONE ? g_steal_pointer (&lessons) : NULL;
}

static JsonObject *
site_json (const AcSite *site)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", site->id);
  json_object_set_string_member (object, "name", site->name);
  json_object_set_int_member (object, "branch", site->branch);
  return object;
}

void
ac_api_screen_self (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  const AcAccessWho *who = &call->session->who;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (store, who->site, &error);
  g_autoptr (JsonArray) lessons =
      error == NULL ? list_lessons (store, who->site, &error) : NULL;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL || site == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  body = json_object_new ();
  json_object_set_int_member (body, "screen", who->screen);
  json_object_set_string_member (body, "name", call->session->name);
  json_object_set_object_member (body, "site", site_json (site));
  json_object_set_array_member (body, "lessons", g_steal_pointer (&lessons));
  ac_api_respond_json (call->exchange, body, NULL);
}

/* --- Sites --- */

/* Those that one is a steward of, or that lie within one's roles. */
void
ac_api_site_list (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sites = ac_site_list (store, 0, &error);
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_array_member (body, "sites", array);
  for (guint i = 0; sites != NULL && i < sites->len; i++) {
    const AcSite *site = sites->pdata[i];
    g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (gint64));
    AcProblem problem;

    call->place = (AcAccessPlace){ 0 };
    if (!site_place (call, site->id, branches, &problem))
      continue;
    ac_api_call_set_branches (call, g_steal_pointer (&branches));
    if (ac_access_may (AC_ACT_SITE_RUN, &call->session->who, &call->place))
      json_array_add_object_element (array, site_json (site));
  }
  if (error != NULL)
    ac_api_refuse (call->exchange, error);
  else
    ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_screen_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) screens =
      ac_screen_list (call->api->parts.store, call->id, &error);
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;

  if (screens == NULL) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  for (guint i = 0; i < screens->len; i++)
    json_array_add_object_element (array, ac_screen_to_json (screens->pdata[i]));
  json_object_set_array_member (body, "screens", array);
  ac_api_respond_json (call->exchange, body, NULL);
}

static void
paired (const AcScreen *screen, const GError *error, gpointer user_data)
{
  g_autoptr (AcHttpExchange) exchange = user_data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (exchange, error);
    return;
  }
  body = ac_screen_to_json (screen);
  ac_api_respond_json (exchange, body, NULL);
}

void
ac_api_screen_pair (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  const gchar *code = body != NULL ? ac_api_read_field (call, body, "code") : NULL;
  const gchar *name = code != NULL ? ac_api_read_field (call, body, "name") : NULL;

  if (name != NULL)
    ac_rooms_pair (call->api->parts.rooms, code, call->id, name, call->session->member,
                   paired, ac_http_exchange_ref (call->exchange));
}

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  gint64 screen, site;
} Revocation;

static void
revocation_free (gpointer data)
{
  Revocation *revocation = data;

  ac_http_exchange_unref (revocation->exchange);
  ac_api_unref (revocation->api);
  g_free (revocation);
}

static gboolean
write_revocation (AcStore *store, gpointer data, GError **error)
{
  const Revocation *revocation = data;

  return ac_screen_revoke (store, revocation->screen, revocation->site,
                           ac_clock_wall_ms (), error);
}

static void
revoked (gpointer data, const GError *error, gpointer unused)
{
  Revocation *revocation = data;

  if (error != NULL) {
    ac_api_refuse (revocation->exchange, error);
    return;
  }
  if (revocation->api->closed)
    return;
  ac_classroom_session_ended (revocation->api->parts.classroom, -revocation->screen);
  ac_http_exchange_respond (revocation->exchange, &(AcHttpResponse){ .status = 204 });
}

void
ac_api_screen_revoke (AcApiCall *call)
{
  Revocation *revocation = g_new (Revocation, 1);

  *revocation =
      (Revocation){ ac_api_ref (call->api), ac_http_exchange_ref (call->exchange),
                    call->sub, call->id };
  ac_store_write (call->api->parts.store, write_revocation, revocation, revocation_free,
                  revoked, NULL);
}

/* --- Members' cards --- */

typedef struct {
  AcHttpExchange *exchange;
  gint64 member;
  gboolean take;
  gchar code[AC_MEMBER_CARD_CHARS + 1];
} Card;

static void
card_free (gpointer data)
{
  ac_http_exchange_unref (((Card *)data)->exchange);
  g_free (data);
}

static gboolean
write_card (AcStore *store, gpointer data, GError **error)
{
  Card *card = data;

  return card->take
             ? ac_member_card_revoke (store, card->member, ac_clock_wall_ms (), error)
             : ac_member_card_make (store, card->member, ac_clock_wall_ms (),
                                    card->code, error);
}

static void
card_written (gpointer data, const GError *error, gpointer unused)
{
  Card *card = data;
  g_autoptr (JsonObject) body = NULL;

  if (error != NULL) {
    ac_api_refuse (card->exchange, error);
  } else if (card->take) {
    ac_http_exchange_respond (card->exchange, &(AcHttpResponse){ .status = 204 });
  } else {
    body = json_object_new ();
    json_object_set_int_member (body, "member", card->member);
    json_object_set_string_member (body, "card", card->code);
    ac_api_respond_json (card->exchange, body, NULL);
  }
}

static void
change_card (AcApiCall *call, gboolean take)
{
  Card *card = g_new0 (Card, 1);

  card->exchange = ac_http_exchange_ref (call->exchange);
  card->member = call->id;
  card->take = take;
  ac_store_write (call->api->parts.store, write_card, card, card_free, card_written,
                  NULL);
}

void
ac_api_card_make (AcApiCall *call)
{
  change_card (call, FALSE);
}

void
ac_api_card_revoke (AcApiCall *call)
{
  change_card (call, TRUE);
}
