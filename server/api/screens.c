/* screens.c - screens of rooms: asking to be let in, being let in, what they show. */
#include "api_private.h"

#include "audience_sql.h"
#include "branch.h"
#include "clock.h"
#include "lesson_place.h"
#include "log.h"
#include "roll.h"
#include "site.h"

#define LESSONS_MAX 20
#define SITES_MAX 200
/* A lesson that has not begun so long after its hour was not held. */
#define OVERDUE_MS (12 * 60 * 60 * 1000)

/* --- Places --- */

/* Sets the place of @call but its branches, which are added to @branches. */
static gboolean
set_place (AcApiCall *call, const AcSite *site, GArray *branches, GError **error)
{
  gint64 member = call->session != NULL ? call->session->member : 0;

  call->place.site = site->id;
  for (guint i = 0; i < site->stewards->len; i++)
    call->place.steward |=
        member != 0 && g_array_index (site->stewards, gint64, i) == member;
  return ac_branch_path (call->api->parts.store, site->branch, branches, error);
}

static gboolean
site_place (AcApiCall *call, gint64 id, GArray *branches, AcProblem *ret_problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSite) site = ac_site_get (call->api->parts.store, id, &error);

  *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_NAMED_NOT_FOUND;
  if (site == NULL || !set_place (call, site, branches, &error))
    return FALSE;
  *ret_problem = AC_PROBLEM_FORBIDDEN;
  return TRUE;
}

gboolean
ac_api_site_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                   AcProblem *ret_problem)
{
  return site_place (call, call->id, branches, ret_problem);
}

/* @past: what the room took part in before its branch was moved, too */
static gboolean
room_place (AcApiCall *call, gboolean past, GArray *branches, AcProblem *ret_problem)
{
  /* A room takes part in what its screens show. */
  const AcAccessWho screen = { .screen = 1, .site = call->sub };
  const AcRoomKey room = { call->id, call->sub };
  AcStore *store = call->api->parts.store;
  g_autoptr (AcLessonPlace) lesson = NULL;
  g_autoptr (GError) error = NULL;
  gboolean took_part = FALSE;

  if (!site_place (call, call->sub, branches, ret_problem))
    return FALSE;
  lesson = ac_lesson_place_new (store, call->id, &screen, &error);
  if (lesson != NULL &&
      (lesson->access.audience ||
       (past && ac_roll_took_part (store, room, &took_part, &error) && took_part)))
    return TRUE;
  *ret_problem = error != NULL ? AC_PROBLEM_INTERNAL : AC_PROBLEM_LESSON_NOT_FOUND;
  if (error != NULL)
    ac_log (G_LOG_LEVEL_WARNING, call->id, "cannot read whom the lesson is for: %s",
            error->message);
  return FALSE;
}

gboolean
ac_api_room_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                   AcProblem *ret_problem)
{
  return room_place (call, FALSE, branches, ret_problem);
}

gboolean
ac_api_room_past_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                        AcProblem *ret_problem)
{
  return room_place (call, TRUE, branches, ret_problem);
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

/* What was last is looked for among so many that were added last. */
#define ENDED_MAX 200

/* clang-format off */

#define BELONGS                                                                        \
  "belongs (id) AS (SELECT branch FROM sites WHERE id = ?1"                            \
  "  UNION SELECT parent FROM branches JOIN belongs USING (id)"                        \
  "    WHERE parent IS NOT NULL)"

#define STREAMS "SELECT 'aimed', id FROM belongs UNION VALUES ('open', 0)"

#define SHOWN "id, title, state, planned_ms, started_ms"
#define THOSE(which)                                                                   \
  "SELECT * FROM (SELECT " SHOWN " FROM lessons"                                       \
  "  WHERE (n_targets = 0 OR " AC_AUDIENCE_TARGETS ("belongs") ") AND " which ")"
#define ENDED                                                                          \
  "SELECT * FROM (SELECT DISTINCT " SHOWN " FROM walk"                                 \
  "  CROSS JOIN lessons ON id = lesson WHERE state = 'ended' LIMIT ?4)"

/* What is live or opened, then what comes, those without an hour after the others, then
 * what was last, for the branch of the site. */
#define LESSONS                                                                        \
  "WITH RECURSIVE " BELONGS ", " AC_AUDIENCE_WALK (STREAMS, "9223372036854775807") " " \
  "SELECT " SHOWN " FROM ("                                                            \
  THOSE ("state IN ('live', 'open')")                                                  \
  " UNION ALL "                                                                        \
  THOSE ("state = 'planned' AND planned_ms >= ?3 ORDER BY planned_ms LIMIT ?2")        \
  " UNION ALL "                                                                        \
  THOSE ("state = 'planned' AND planned_ms IS NULL LIMIT ?2")                          \
  " UNION ALL " ENDED ") "                                                             \
  "ORDER BY CASE state WHEN 'live' THEN 0 WHEN 'open' THEN 1"                          \
  "                    WHEN 'planned' THEN 2 ELSE 3 END,"                              \
  "  CASE state WHEN 'ended' THEN -started_ms ELSE planned_ms END NULLS LAST "         \
  "LIMIT ?2"

/* clang-format on */

static JsonArray *
list_lessons (AcStore *store, gint64 site, GError **error)
{
  g_autoptr (JsonArray) lessons = json_array_new ();
  g_autoptr (AcStatement) statement = ac_store_prepare (store, LESSONS, error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "iiii", site, (gint64)LESSONS_MAX,
                     ac_clock_wall_ms () - OVERDUE_MS, (gint64)ENDED_MAX);
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
  json_object_set_boolean_member (object, "closed", site->closed_ms != 0);
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

static gboolean
runs_site (AcApiCall *call, const AcSite *site, gboolean *ret_runs, GError **error)
{
  g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (gint64));

  call->place = (AcAccessPlace){ 0 };
  if (!set_place (call, site, branches, error))
    return FALSE;
  ac_api_call_set_branches (call, g_steal_pointer (&branches));
  *ret_runs = ac_access_may (AC_ACT_SITE_RUN, &call->session->who, &call->place);
  return TRUE;
}

/* Adds to @list the sites that one runs, as many as are looked for if there are. */
static gboolean
find_sites (AcApiCall *call, AcSiteSearch search, GPtrArray *list, GError **error)
{
  gboolean more = TRUE;

  while (more && list->len < search.limit) {
    g_autoptr (GPtrArray) near =
        ac_site_list_near (call->api->parts.store, &search, error);

    if (near == NULL)
      return FALSE;
    more = near->len == search.limit;
    for (guint i = 0; i < near->len && list->len < search.limit; i++) {
      const AcSite *site = near->pdata[i];
      gboolean runs;

      if (!runs_site (call, site, &runs, error))
        return FALSE;
      if (runs)
        g_ptr_array_add (list, site_json (site));
      search.after = site->id;
    }
  }
  return TRUE;
}

/* Those that one is a steward of, or that lie within one's roles. One more than asked
 * for tells whether there is a next page. */
void
ac_api_site_list (AcApiCall *call)
{
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = ac_api_query_search (call);
  JsonArray *array = json_array_new ();
  gint64 after, limit, closed;

  json_object_set_array_member (body, "sites", array);
  if (!ac_api_read_number (call, "after", 0, G_MAXINT64, 0, &after) ||
      !ac_api_read_number (call, "limit", 1, SITES_MAX, SITES_MAX, &limit) ||
      !ac_api_read_number (call, "closed", 0, 1, 0, &closed))
    return;
  if (!find_sites (call,
                   (AcSiteSearch){ call->session->member, text, closed != 0, after,
                                   (guint)limit + 1 },
                   list, &error)) {
    ac_api_refuse (call->exchange, error);
    return;
  }
  for (guint i = 0; i < MIN (list->len, (guint)limit); i++)
    json_array_add_object_element (array, json_object_ref (list->pdata[i]));
  ac_api_set_number (body, "next",
                     list->len > limit
                         ? json_object_get_int_member (list->pdata[limit - 1], "id")
                         : 0);
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
