/* ledger.c - the ledger read page by page, its head, its check, and the end of a year.
 */
#include "api_private.h"

#include "audit_json.h"
#include "clock.h"
#include "data_dir.h"
#include "digest.h"
#include "ledger.h"
#include "ledger_check.h"
#include "ledger_page.h"
#include "log.h"
#include "member_json.h"

#define LIST_DEFAULT 50
#define LIST_MAX 200

/* --- Entries --- */

static gboolean
set_note (JsonObject *object, AcStore *store, gint64 seq, GError **error)
{
  g_autofree gchar *reason = NULL;
  g_autofree gchar *evidence = NULL;

  if (!ac_ledger_read_note (store, seq, &reason, &evidence, error))
    return FALSE;
  json_object_set_string_member (object, "reason", reason);
  json_object_set_string_member (object, "evidence", evidence);
  return TRUE;
}

/* Returns: (transfer full) (nullable): NULL with @error. */
static JsonObject *
entry_json (AcStore *store, const AcLedgerEntry *entry, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree gchar *hash = ac_digest_to_text (entry->hash);

  json_object_set_int_member (object, "entry", entry->seq);
  json_object_set_string_member (object, "kind", ac_entry_kind_name (entry->kind));
  json_object_set_string_member (object, "study", ac_study_name (entry->study));
  json_object_set_int_member (object, "member", entry->member);
  ac_json_object_set_person (object, store, "number", "name", entry->member);
  json_object_set_int_member (object, "lesson", entry->lesson);
  json_object_set_int_member (object, "earned_ms", entry->earned_ms);
  ac_api_set_number (object, "home", entry->home_branch);
  ac_api_set_number (object, "host", entry->host_branch);
  json_object_set_int_member (object, "lesson_year", entry->lesson_year);
  json_object_set_int_member (object, "year", entry->year);
  ac_api_set_number (object, "reference", entry->reference);
  ac_json_object_set_person (object, store, "actor", "actor_name", entry->actor);
  ac_json_object_set_person (object, store, "approver", "approver_name",
                             entry->approver);
  ac_json_object_set_time (object, "created_at", entry->created_ms);
  json_object_set_string_member (object, "hash", hash);
  return set_note (object, store, entry->seq, error) ? g_steal_pointer (&object) : NULL;
}

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_period (AcApiCall *call, AcLedgerQuery *query)
{
  g_autofree gchar *from = ac_api_query_text (call, "from");
  g_autofree gchar *to = ac_api_query_text (call, "to");
  gint64 unused;
  gboolean good_from =
      from == NULL || ac_audit_day_bounds (from, &query->from_ms, &unused);

  if (good_from && (to == NULL || ac_audit_day_bounds (to, &unused, &query->until_ms)))
    return TRUE;
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                      &(AcProblemExtra){ .field = good_from ? "to" : "from",
                                         .detail = "a day is written 2026-01-05" });
  return FALSE;
}

static gboolean
read_query (AcApiCall *call, AcLedgerQuery *query)
{
  g_autofree gchar *name = ac_api_query_text (call, "kind");
  AcEntryKind kind;
  gint64 limit;

  *query = (AcLedgerQuery){ .kind = -1, .until_ms = G_MAXINT64 };
  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &query->branch) ||
      !ac_api_read_number (call, "member", 1, G_MAXINT64, 0, &query->member) ||
      !ac_api_read_number (call, "lesson", 1, G_MAXINT64, 0, &query->lesson) ||
      !ac_api_read_number (call, "before", 1, G_MAXINT64, 0, &query->before) ||
      !ac_api_read_number (call, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit) ||
      !read_period (call, query))
    return FALSE;
  query->limit = (guint)limit + 1;
  if (name == NULL)
    return TRUE;
  if (ac_entry_kind_from_name (name, &kind)) {
    query->kind = (gint)kind;
    return TRUE;
  }
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_REQUEST,
      &(AcProblemExtra){ .field = "kind", .detail = "there is no such kind" });
  return FALSE;
}

/* Entries of a small branch may be looked for through all there are. */
typedef struct {
  AcHttpExchange *exchange;
  gchar *data_dir;
  AcLedgerQuery query;
  gint64 actor, wall_ms;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  ac_http_exchange_unref (page->exchange);
  g_free (page->data_dir);
  g_free (page);
}

static JsonObject *
read_page (AcStore *store, gpointer data, GError **error)
{
  const Page *page = data;
  g_autoptr (GPtrArray) entries = ac_ledger_page (store, &page->query, error);
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();
  guint limit = page->query.limit - 1;

  json_object_set_array_member (body, "entries", array);
  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < MIN (entries->len, limit); i++) {
    JsonObject *object = entry_json (store, entries->pdata[i], error);

    if (object == NULL)
      return NULL;
    json_array_add_object_element (array, object);
  }
  ac_api_set_number (
      body, "next",
      entries->len > limit ? ((AcLedgerEntry *)entries->pdata[limit - 1])->seq : 0);
  return g_steal_pointer (&body);
}

/* It tells of people: what is asked for is noted first. */
static gboolean
note_page (AcStore *store, gpointer data, GError **error)
{
  const Page *page = data;
  g_autofree gchar *detail =
      ac_audit_detail ("tn", "list", "ledger", "before", page->query.before);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_LIST_READ,
                                         .actor = page->actor,
                                         .member = page->query.member,
                                         .branch = page->query.branch,
                                         .lesson = page->query.lesson,
                                         .detail = detail },
                        page->wall_ms, error);
}

static void
page_noted (gpointer data, const GError *error, gpointer unused)
{
  Page *page = data;

  if (error == NULL) {
    ac_api_read_aside (page->data_dir, page->exchange, read_page, page, page_free);
    return;
  }
  ac_api_refuse (page->exchange, error);
  page_free (page);
}

void
ac_api_ledger_list (AcApiCall *call)
{
  AcLedgerQuery query;
  Page *page;

  if (!read_query (call, &query) || !ac_api_has_member (call, query.member) ||
      !ac_api_has_lesson (call, query.lesson))
    return;
  page = g_new0 (Page, 1);
  page->exchange = ac_http_exchange_ref (call->exchange);
  page->data_dir = g_strdup (call->api->parts.data_dir);
  page->query = query;
  page->actor = call->session->member;
  page->wall_ms = ac_clock_wall_ms ();
  ac_store_write (call->api->parts.store, note_page, page, NULL, page_noted, NULL);
}

/* --- The head, and the years that are closed --- */

static JsonArray *
years_json (AcStore *store, const GArray *years)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < years->len; i++) {
    const AcClosedYear *year = &g_array_index (years, AcClosedYear, i);
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "year", year->year);
    ac_json_object_set_time (object, "closed_at", year->closed_ms);
    ac_json_object_set_person (object, store, "actor", "actor_name", year->actor);
    json_object_set_int_member (object, "entries", year->entries);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
head_json (AcStore *store, GError **error)
{
  g_autoptr (GBytes) hash = NULL;
  g_autoptr (GArray) years = NULL;
  g_autofree gchar *text = NULL;
  JsonObject *object;
  gint64 seq;

  if (!ac_ledger_head (store, &seq, &hash, error) ||
      (years = ac_ledger_closed_years (store, error)) == NULL)
    return NULL;
  text = ac_digest_to_text (hash);
  object = json_object_new ();
  json_object_set_int_member (object, "entries", seq);
  json_object_set_string_member (object, "hash", text);
  json_object_set_array_member (object, "closed_years", years_json (store, years));
  return object;
}

void
ac_api_ledger_head (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = head_json (call->api->parts.store, &error);

  if (body != NULL)
    ac_api_respond_json (call->exchange, body, NULL);
  else
    ac_api_refuse (call->exchange, error);
}

static gboolean
close_year (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;

  return ac_ledger_close_year (store, change->id, change->actor, change->wall_ms,
                               error);
}

static JsonObject *
tell_head (AcApiChange *change, GError **error)
{
  return head_json (change->store, error);
}

void
ac_api_ledger_close (AcApiCall *call)
{
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  gint64 year;

  if (body == NULL || !ac_api_read_body_int (call, body, "year", 1970, 0, &year))
    return;
  if (year == 0)
    ac_api_refuse_because (call, "year", AC_REASON_MISSING, "year is missing");
  else
    ac_api_change (call, &(AcApiChange){ .id = year, .tell = tell_head }, close_year);
}

/* --- The check --- */

typedef struct {
  AcHttpExchange *exchange;
  gchar *data_dir;
  AcLedgerFindings findings;
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  ac_http_exchange_unref (check->exchange);
  ac_ledger_findings_clear (&check->findings);
  g_free (check->data_dir);
  g_free (check);
}

/* Reads the database beside the daemon: seconds of work for millions of entries. */
static gboolean
verify (Check *check, GError **error)
{
  g_autofree gchar *path = ac_data_dir_heads_file (check->data_dir);
  g_autofree gchar *heads = NULL;
  g_autoptr (AcStore) store = ac_store_open_to_read (check->data_dir, error);

  g_file_get_contents (path, &heads, NULL, NULL);
  return store != NULL && ac_store_begin_read (store, error) &&
         ac_ledger_verify (store, heads, &check->findings, error);
}

static void
run_check (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (verify (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
checked (GObject *source, GAsyncResult *result, gpointer unused)
{
  const Check *check = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    ac_api_refuse (check->exchange, error);
    return;
  }
  body = json_object_new ();
  json_object_set_boolean_member (body, "holds", check->findings.finding == NULL);
  json_object_set_int_member (body, "entries", check->findings.n_entries);
  json_object_set_int_member (body, "erased", check->findings.n_erased);
  ac_api_set_number (body, "bad_entry", check->findings.bad_entry);
  json_object_set_string_member (body, "finding", check->findings.finding);
  json_object_set_string_member (body, "hash", check->findings.head);
  ac_json_object_set_time (body, "at", ac_clock_wall_ms ());
  ac_api_respond_json (check->exchange, body, NULL);
}

/* One check takes a core for a while: nobody needs two within a minute. */
const AcThrottleRule ac_api_check_rule = {
  .n_free = 2,
  .forgive_ms = 60 * 1000,
  .wait_ms = 30 * 1000,
  .wait_max_ms = 60 * 1000,
};

void
ac_api_ledger_verify (AcApiCall *call)
{
  gint64 now_ms = ac_clock_monotonic_ms ();
  gint64 wait_ms = ac_throttle_wait_ms (call->api->checks, "ledger", now_ms);
  g_autoptr (GTask) task = NULL;
  Check *check;

  if (wait_ms > 0) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_BUSY,
        &(AcProblemExtra){ .retry_after_s = (guint)(wait_ms / 1000 + 1) });
    return;
  }
  ac_throttle_begin (call->api->checks, "ledger", now_ms);
  check = g_new0 (Check, 1);
  check->exchange = ac_http_exchange_ref (call->exchange);
  check->data_dir = g_strdup (call->api->parts.data_dir);
  task = g_task_new (NULL, NULL, checked, NULL);
  g_task_set_task_data (task, check, check_free);
  g_task_run_in_thread (task, run_check);
}
