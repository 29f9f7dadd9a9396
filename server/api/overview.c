/* overview.c - today at a glance, and how the machine does. */
#include "api_private.h"

#include "branch.h"
#include "clock.h"
#include "disk_usage.h"
#include "grant.h"
#include "lesson_place.h"
#include "log.h"

#include <string.h>
#include <sys/statvfs.h>

/* Lessons on the page of a day. */
#define TODAY_MAX 200
/* By how many days the rate of recording is told. */
#define RATE_DAYS 30
#define DELIVERIES_MAX 8
#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/* --- Today --- */

/* Of the branch ?1 and all below (NULL: everywhere): lessons that its staff keep, that
 * are for its people, or for all; that are on now, or have their hour between ?2 and
 * ?3.
 */
static GArray *
list_today (AcStore *store, gint64 branch, gint64 from_ms, gint64 until_ms,
            GError **error)
{
  g_autoptr (GArray) lessons = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement = ac_store_prepare (
      store,
      "WITH RECURSIVE down (at) AS (SELECT ?1 UNION "
      "  SELECT branches.id FROM branches JOIN down ON parent = at), "
      "up (at) AS (SELECT ?1 UNION "
      "  SELECT parent FROM branches JOIN up ON branches.id = at "
      "  WHERE parent IS NOT NULL) "
      "SELECT id FROM lessons WHERE (state IN ('live', 'open') "
      "  OR planned_ms BETWEEN ?2 AND ?3 OR started_ms BETWEEN ?2 AND ?3) "
      "AND (?1 IS NULL OR branch IN (SELECT at FROM down) "
      "  OR NOT EXISTS (SELECT 1 FROM lesson_targets WHERE lesson = lessons.id) "
      "  OR EXISTS (SELECT 1 FROM lesson_targets t WHERE lesson = lessons.id "
      "    AND (t.branch IN (SELECT at FROM down) OR t.branch IN (SELECT at FROM "
      "up)))) "
      "ORDER BY CASE state WHEN 'live' THEN 0 WHEN 'open' THEN 1 WHEN 'planned' THEN 2 "
      "  ELSE 3 END, coalesce (planned_ms, started_ms), id LIMIT ?4",
      error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "niii", branch, from_ms, until_ms, (gint64)TODAY_MAX);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (lessons, id);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&lessons) : NULL;
}

static gboolean
is_within (AcStore *store, gint64 branch, gint64 within)
{
  return within == 0 || ac_branch_is_within (store, branch, within);
}

/* Adds what presence.h says of the people of @within. */
static void
set_presence (JsonObject *object, AcStore *store, JsonObject *presence, gint64 within)
{
  JsonArray *branches = json_object_get_array_member (presence, "branches");
  JsonArray *rooms = json_object_get_array_member (presence, "rooms");
  gint64 members = json_object_get_int_member (presence, "members");
  gint64 rooms_on = 0, signed_in = 0, home = 0, host = 0;

  for (guint i = 0; i < json_array_get_length (branches); i++) {
    JsonObject *row = json_array_get_object_element (branches, i);

    if (!is_within (store, json_object_get_int_member (row, "branch"), within))
      continue;
    home += json_object_get_int_member (row, "home");
    host += json_object_get_int_member (row, "host");
  }
  for (guint i = 0; i < json_array_get_length (rooms); i++) {
    JsonObject *row = json_array_get_object_element (rooms, i);

    if (!is_within (store, json_object_get_int_member (row, "branch"), within))
      continue;
    rooms_on++;
    signed_in += json_object_get_int_member (row, "signed_in");
  }
  json_object_set_int_member (object, "online",
                              within == 0 ? members : MAX (home, host));
  json_object_set_int_member (object, "rooms", rooms_on);
  json_object_set_int_member (object, "signed_in", signed_in);
}

/* Returns: (transfer full) (nullable): the newest sample of the lesson's health. */
static JsonObject *
health_of (AcApi *api, gint64 lesson)
{
  g_autoptr (GBytes) text =
      api->parts.health != NULL
          ? api->parts.health (lesson, G_MAXINT64, api->parts.health_data)
          : NULL;
  g_autoptr (JsonObject) history =
      text != NULL ? ac_json_text_parse_object (text, 1 << 20, NULL) : NULL;
  JsonNode *last = history != NULL ? json_object_get_member (history, "last") : NULL;

  return last != NULL && JSON_NODE_HOLDS_OBJECT (last) ? json_node_dup_object (last)
                                                       : NULL;
}

static JsonObject *
lesson_json (AcApi *api, gint64 lesson, gint64 within, GError **error)
{
  JsonObject *object = ac_api_lesson_plan_json (api, lesson);
  const gchar *state = json_object_get_string_member_with_default (object, "state", "");
  gboolean on = strcmp (state, "live") == 0 || strcmp (state, "open") == 0;
  g_autoptr (JsonObject) presence =
      on ? ac_classroom_presence (api->parts.classroom, lesson, error) : NULL;
  JsonObject *health = strcmp (state, "live") == 0 ? health_of (api, lesson) : NULL;

  if (presence != NULL)
    set_presence (object, api->parts.store, presence, within);
  if (health != NULL)
    json_object_set_object_member (object, "source", health);
  else
    json_object_set_null_member (object, "source");
  return object;
}

static void
day_bounds (gint64 now_ms, gint64 *ret_from_ms, gint64 *ret_until_ms)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_ms / 1000);
  g_autoptr (GDateTime) from =
      g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                             g_date_time_get_day_of_month (now), 0, 0, 0);

  *ret_from_ms = g_date_time_to_unix (from) * 1000;
  *ret_until_ms = *ret_from_ms + DAY_MS - 1;
}

void
ac_api_overview_today (AcApiCall *call)
{
  g_autoptr (GArray) lessons = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GError) error = NULL;
  gint64 branch, from_ms, until_ms, now_ms = ac_clock_wall_ms ();
  JsonArray *array = json_array_new ();

  json_object_set_array_member (body, "lessons", array);
  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch))
    return;
  day_bounds (now_ms, &from_ms, &until_ms);
  lessons = list_today (call->api->parts.store, branch, from_ms, until_ms, &error);
  for (guint i = 0; lessons != NULL && error == NULL && i < lessons->len; i++)
    json_array_add_object_element (
        array,
        lesson_json (call->api, g_array_index (lessons, gint64, i), branch, &error));
  ac_json_object_set_time (body, "at", now_ms);
  if (error != NULL)
    ac_api_refuse (call->exchange, error);
  else
    ac_api_respond_json (call->exchange, body, NULL);
}

/* --- The machine --- */

/* "airclass_x{a=\"b\",c=\"d\"} 5" of the metrics' text. */
static void
add_labels (JsonObject *object, const gchar *labels, gsize length)
{
  g_autofree gchar *text = g_strndup (labels, length);
  g_auto (GStrv) pairs = g_strsplit (text, ",", 0);

  for (guint i = 0; pairs[i] != NULL; i++) {
    gchar *equals = strchr (pairs[i], '=');
    gsize quoted = equals != NULL ? strlen (equals) : 0;

    if (quoted < 3)
      continue;
    *equals = '\0';
    equals[quoted - 1] = '\0';
    json_object_set_string_member (object, pairs[i], equals + 2);
  }
}

static JsonArray *
metrics_json (const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  JsonArray *array = json_array_new ();

  for (guint i = 0; lines[i] != NULL; i++) {
    const gchar *space = strrchr (lines[i], ' ');
    gsize name = strcspn (lines[i], "{ ");
    g_autofree gchar *metric = g_strndup (lines[i], name);
    JsonObject *object, *labels;

    if (space == NULL || lines[i][0] == '#')
      continue;
    object = json_object_new ();
    labels = json_object_new ();
    json_object_set_string_member (object, "name", metric);
    if (lines[i][name] == '{')
      add_labels (labels, lines[i] + name + 1, strcspn (lines[i] + name + 1, "}"));
    json_object_set_object_member (object, "labels", labels);
    json_object_set_double_member (object, "value", g_ascii_strtod (space + 1, NULL));
    json_array_add_object_element (array, object);
  }
  return array;
}

typedef struct {
  AcHttpExchange *exchange;
  JsonObject *body; /* to be completed */
  GArray *recent;   /* gint64: lessons recorded within RATE_DAYS */
  gchar *recordings;
  guint64 recorded_bytes;
  gboolean has_space; /* it is known: */
  struct statvfs space;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  ac_http_exchange_unref (look->exchange);
  json_object_unref (look->body);
  g_array_unref (look->recent);
  g_free (look->recordings);
  g_free (look);
}

/* The disk may take its time: not on the main loop. */
static void
look_at_disk (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;

  for (guint i = 0; i < look->recent->len; i++)
    look->recorded_bytes += ac_recording_disk_usage (
        look->recordings, g_array_index (look->recent, gint64, i));
  look->has_space =
      look->recordings != NULL && statvfs (look->recordings, &look->space) == 0;
  g_task_return_boolean (task, TRUE);
}

static void
disk_looked_at (GObject *source, GAsyncResult *result, gpointer unused)
{
  const Look *look = g_task_get_task_data (G_TASK (result));
  JsonObject *disk = json_object_new ();
  gint64 a_day = (gint64)(look->recorded_bytes / RATE_DAYS);

  json_object_set_object_member (look->body, "disk", disk);
  if (look->has_space) {
    gint64 free_bytes = (gint64)look->space.f_bavail * (gint64)look->space.f_frsize;

    json_object_set_int_member (disk, "free_bytes", free_bytes);
    json_object_set_int_member (disk, "total_bytes",
                                (gint64)look->space.f_blocks *
                                    (gint64)look->space.f_frsize);
    json_object_set_int_member (disk, "recorded_bytes_a_day", a_day);
    if (a_day > 0)
      json_object_set_int_member (disk, "days_left", free_bytes / a_day);
    else
      json_object_set_null_member (disk, "days_left");
  }
  ac_api_respond_json (look->exchange, look->body, NULL);
}

/* Returns: (nullable): NULL with @error. */
static GArray *
list_recent (AcStore *store, gint64 from_ms, GError **error)
{
  g_autoptr (GArray) lessons = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AcStatement) statement =
      ac_store_prepare (store, "SELECT id FROM lessons WHERE started_ms >= ?", error);
  gint code;

  if (statement == NULL)
    return NULL;
  ac_statement_bind (statement, "i", from_ms);
  while ((code = ac_store_step (store, statement, error)) == SQLITE_ROW) {
    gint64 id = sqlite3_column_int64 (statement, 0);

    g_array_append_val (lessons, id);
  }
  return code == SQLITE_DONE ? g_steal_pointer (&lessons) : NULL;
}

void
ac_api_overview_system (AcApiCall *call)
{
  const AcApiParts *parts = &call->api->parts;
  gint64 now_ms = ac_clock_wall_ms ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) metrics = g_string_new (NULL);
  g_autoptr (GTask) task = NULL;
  GArray *recent = list_recent (parts->store, now_ms - RATE_DAYS * DAY_MS, &error);
  JsonArray *viewers = NULL;
  AcStoreStats stats;
  Look *look;

  if (recent != NULL) /* each player tells once a minute: those of the last two */
    viewers = ac_api_quality_json (parts->store, 0, AC_QUALITY_BY_DELIVERY,
                                   now_ms / 60000 - 1, DELIVERIES_MAX, &error);
  if (viewers == NULL) {
    g_clear_pointer (&recent, g_array_unref);
    ac_api_refuse (call->exchange, error);
    return;
  }
  if (parts->metrics != NULL)
    parts->metrics (metrics, parts->metrics_data);
  ac_store_stats (parts->store, &stats);
  look = g_new0 (Look, 1);
  look->exchange = ac_http_exchange_ref (call->exchange);
  look->recordings = g_strdup (parts->recordings);
  look->recent = recent;
  look->body = json_object_new ();
  json_object_set_string_member (look->body, "version", AC_VERSION);
  ac_json_object_set_time (look->body, "at", now_ms);
  json_object_set_int_member (look->body, "writes_waiting", stats.waiting);
  json_object_set_int_member (look->body, "longest_write_ms", stats.longest_group_ms);
  json_object_set_array_member (look->body, "metrics", metrics_json (metrics->str));
  json_object_set_array_member (look->body, "viewers", viewers);
  task = g_task_new (NULL, NULL, disk_looked_at, NULL);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_at_disk);
}
