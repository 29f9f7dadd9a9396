/* imports.c - tables of members that staff send: looked at, mended, then imported.
 *
 * A table that was sent is kept in memory, with what an import of it would do, for the
 * one who sent it: nothing of it is in the database before it is applied. While a job
 * reads a table nothing changes it.
 *
 * Threads: main loop; files are read in threads of GLib's, looks are store jobs. */
#include "api_private.h"

#include "clock.h"
#include "headings.h"
#include "identity.h"
#include "log.h"
#include "roster.h"
#include "roster_json.h"

#include <string.h>

#define DRAFTS_MAX 4
#define DRAFT_LIFE_MS (60 * 60 * 1000)
#define CORRECTIONS_MAX 500
#define PAGE_DEFAULT 50
#define PAGE_MAX 200

typedef struct {
  gint refs;
  gint64 id;
  gint64 owner, branch; /* who sent it; whose people it may touch, 0: all */
  gint64 touched_ms;    /* monotonic */
  gboolean busy;        /* a job reads the sheet */
  AcSheet *sheet;
  AcRosterReport *report; /* of the last look; NULL: there was none yet */
} Draft;

struct _AcApiImports {
  gint refs;
  AcStore *store; /* NULL: closed */
  GPtrArray *drafts;
  gint64 last_id;
};

static void
draft_unref (gpointer data)
{
  Draft *draft = data;

  if (--draft->refs > 0)
    return;
  g_clear_pointer (&draft->sheet, ac_sheet_free);
  g_clear_pointer (&draft->report, ac_roster_report_free);
  g_free (draft);
}

static Draft *
draft_ref (Draft *draft)
{
  draft->refs++;
  return draft;
}

AcApiImports *
ac_api_imports_new (AcStore *store)
{
  AcApiImports *self = g_new0 (AcApiImports, 1);

  self->refs = 1;
  self->store = store;
  self->drafts = g_ptr_array_new_with_free_func (draft_unref);
  return self;
}

static AcApiImports *
imports_ref (AcApiImports *self)
{
  self->refs++;
  return self;
}

static void
imports_unref (AcApiImports *self)
{
  if (--self->refs > 0)
    return;
  g_ptr_array_unref (self->drafts);
  g_free (self);
}

void
ac_api_imports_close (AcApiImports *self)
{
  self->store = NULL;
  imports_unref (self);
}

/* --- Which are kept --- */

/* One a person: the next table takes the place of the last one. */
static void
forget_old (AcApiImports *self, gint64 owner, gint64 now_ms)
{
  for (guint i = self->drafts->len; i > 0; i--) {
    const Draft *draft = self->drafts->pdata[i - 1];

    if (draft->owner == owner || now_ms - draft->touched_ms > DRAFT_LIFE_MS)
      g_ptr_array_remove_index (self->drafts, i - 1);
  }
}

static void
respond_full (AcHttpExchange *exchange)
{
  ac_problem_respond (exchange, AC_PROBLEM_BUSY,
                      &(AcProblemExtra){ .detail = "several others are importing",
                                         .retry_after_s = 60 });
}

/* Returns: (nullable): NULL when it was answered with a problem: there is none of that
 * number that the one who asks has sent and may still import. */
static Draft *
find_draft (AcApiCall *call)
{
  GPtrArray *drafts = call->api->imports->drafts;

  for (guint i = 0; i < drafts->len; i++) {
    Draft *draft = drafts->pdata[i];

    if (draft->id != call->id || draft->owner != call->session->member)
      continue;
    if (!ac_api_may_over (call, AC_ACT_MEMBER_MANAGE, draft->branch))
      break;
    draft->touched_ms = ac_clock_monotonic_ms ();
    return draft;
  }
  ac_problem_respond (
      call->exchange, AC_PROBLEM_NAMED_NOT_FOUND,
      &(AcProblemExtra){ .detail = "there is no such import: send the file again" });
  return NULL;
}

/* The same, that nothing reads. */
static Draft *
find_idle_draft (AcApiCall *call)
{
  Draft *draft = find_draft (call);

  if (draft == NULL || !draft->busy)
    return draft;
  ac_problem_respond (call->exchange, AC_PROBLEM_BUSY,
                      &(AcProblemExtra){ .retry_after_s = 1 });
  return NULL;
}

/* --- Looking and applying --- */

typedef struct {
  AcApiImports *imports;
  Draft *draft;
  AcHttpExchange *exchange;
  AcIdentityKeys *keys; /* (nullable) */
  GBytes *file;         /* of a new one */
  gchar *digest;        /* what is applied; NULL: a look */
  AcRosterReport *report;
} Act;

static Act *
act_new (AcApiCall *call, Draft *draft)
{
  Act *act = g_new0 (Act, 1);

  act->imports = imports_ref (call->api->imports);
  act->draft = draft_ref (draft);
  act->exchange = ac_http_exchange_ref (call->exchange);
  act->keys = ac_identities_keys (call->api->parts.identities, NULL);
  return act;
}

static void
act_free (gpointer data)
{
  Act *act = data;

  draft_unref (act->draft);
  imports_unref (act->imports);
  ac_http_exchange_unref (act->exchange);
  g_clear_pointer (&act->keys, ac_identity_keys_unref);
  g_clear_pointer (&act->file, g_bytes_unref);
  g_clear_pointer (&act->report, ac_roster_report_free);
  g_free (act->digest);
  g_free (act);
}

static void
respond_draft (AcHttpExchange *exchange, const Draft *draft)
{
  g_autoptr (JsonObject) body = ac_roster_report_to_json (draft->report);

  json_object_set_int_member (body, "id", draft->id);
  json_object_set_int_member (body, "rows", draft->report->rows->len);
  ac_api_set_number (body, "branch", draft->branch);
  ac_api_respond_json (exchange, body, NULL);
}

static gboolean
import (AcStore *store, gpointer data, GError **error)
{
  Act *act = data;
  const Draft *draft = act->draft;
  gint64 wall_ms = ac_clock_wall_ms ();

  act->report = ac_roster_import (store, draft->sheet, act->keys, draft->owner,
                                  draft->branch, act->digest, wall_ms, error);
  return act->report != NULL && ac_roster_note_import (store, act->report, draft->owner,
                                                       draft->branch, wall_ms, error);
}

static void
imported (gpointer data, const GError *error, gpointer unused)
{
  Act *act = data;
  Draft *draft = act->draft;

  draft->busy = FALSE;
  if (error != NULL) {
    ac_api_refuse (act->exchange, error);
    return;
  }
  if (draft->id == 0) {
    forget_old (act->imports, draft->owner, draft->touched_ms);
    if (act->imports->drafts->len >= DRAFTS_MAX) {
      respond_full (act->exchange);
      return;
    }
    draft->id = ++act->imports->last_id;
    g_ptr_array_add (act->imports->drafts, draft_ref (draft));
  }
  g_clear_pointer (&draft->report, ac_roster_report_free);
  draft->report = g_steal_pointer (&act->report);
  if (draft->report->applied)
    g_ptr_array_remove (act->imports->drafts, draft);
  respond_draft (act->exchange, draft);
}

/* Takes @act. */
static void
begin (Act *act)
{
  act->draft->busy = TRUE;
  ac_store_write (act->imports->store, import, act, act_free, imported, NULL);
}

/* --- A file comes in --- */

static void
read_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Act *act = data;
  GError *error = NULL;
  AcSheet *sheet = ac_sheet_read (act->file, &error);

  if (sheet != NULL)
    g_task_return_pointer (task, sheet, (GDestroyNotify)ac_sheet_free);
  else
    g_task_return_error (task, error);
}

static void
file_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Act *act = data;
  g_autoptr (GError) error = NULL;

  act->draft->sheet = g_task_propagate_pointer (G_TASK (result), &error);
  if (act->draft->sheet != NULL && act->imports->store != NULL) {
    begin (act);
    return;
  }
  if (error != NULL)
    ac_api_refuse (act->exchange, error);
  else
    ac_problem_respond (act->exchange, AC_PROBLEM_BUSY, NULL);
  act_free (act);
}

void
ac_api_import_add (AcApiCall *call)
{
  AcApiImports *imports = call->api->imports;
  gint64 now_ms = ac_clock_monotonic_ms ();
  g_autoptr (GTask) task = NULL;
  Draft *draft;
  Act *act;

  forget_old (imports, call->session->member, now_ms);
  if (imports->drafts->len >= DRAFTS_MAX) {
    respond_full (call->exchange);
    return;
  }
  draft = g_new0 (Draft, 1);
  draft->refs = 1;
  draft->owner = call->session->member;
  draft->touched_ms = now_ms;
  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &draft->branch)) {
    draft_unref (draft);
    return;
  }
  act = act_new (call, draft);
  draft_unref (draft);
  act->file = g_bytes_ref (call->request->body);
  task = g_task_new (NULL, NULL, file_read, act);
  g_task_set_task_data (task, act, NULL);
  g_task_run_in_thread (task, read_file);
}

/* --- What it would do --- */

void
ac_api_import_get (AcApiCall *call)
{
  const Draft *draft = find_draft (call);

  if (draft != NULL)
    respond_draft (call->exchange, draft);
}

/* What the file says, by name of the column. Identity numbers are never told. */
static JsonObject *
fields_json (const Draft *draft, const AcRosterHeadings *headings, guint number)
{
  JsonObject *object = json_object_new ();
  gint row = ac_roster_headings_row (headings, draft->sheet, number);

  for (guint i = 0; row >= 0 && i < AC_SHEET_COLUMNS_MAX; i++) {
    gint column = headings->columns[i];
    const gchar *text = ac_sheet_cell (draft->sheet, (guint)row, i);

    if (column >= 0 && column != AC_ROSTER_IDENTITY && *text != '\0')
      json_object_set_string_member (
          object, ac_roster_column_name ((AcRosterColumn)column), text);
  }
  return object;
}

static JsonObject *
rows_json (const Draft *draft, const AcRosterHeadings *headings, gint fate, guint after,
           guint limit)
{
  const GPtrArray *rows = draft->report->rows;
  JsonObject *body = json_object_new ();
  JsonArray *array = json_array_new ();
  gint64 next = 0, last = 0;

  for (guint i = 0; i < rows->len && next == 0; i++) {
    const AcRosterRow *row = rows->pdata[i];
    JsonObject *object;

    if (row->number <= after || (fate >= 0 && row->fate != (AcRosterFate)fate))
      continue;
    if (json_array_get_length (array) == limit) {
      next = last;
      continue;
    }
    object = ac_roster_row_to_json (row);
    json_object_set_object_member (object, "fields",
                                   fields_json (draft, headings, row->number));
    json_array_add_object_element (array, object);
    last = row->number;
  }
  json_object_set_array_member (body, "rows", array);
  ac_api_set_number (body, "next", next);
  return body;
}

void
ac_api_import_rows (AcApiCall *call)
{
  const Draft *draft = find_idle_draft (call);
  g_autofree gchar *name = ac_api_query_text (call, "fate");
  g_autoptr (JsonObject) body = NULL;
  AcRosterHeadings headings;
  AcRosterFate fate = AC_ROSTER_NEW;
  gint64 after, limit;

  if (draft == NULL || !ac_api_read_number (call, "after", 0, G_MAXINT, 0, &after) ||
      !ac_api_read_number (call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit))
    return;
  if (name != NULL && !ac_roster_fate_from_name (name, &fate)) {
    ac_problem_respond (
        call->exchange, AC_PROBLEM_INVALID_REQUEST,
        &(AcProblemExtra){ .field = "fate",
                           .detail = "fate is new, changed, same or refused" });
    return;
  }
  /* The look has read them. */
  ac_roster_headings_read (draft->sheet, &headings, NULL, NULL);
  body = rows_json (draft, &headings, name != NULL ? (gint)fate : -1, (guint)after,
                    (guint)limit);
  ac_api_respond_json (call->exchange, body, NULL);
}

/* --- Mending it --- */

static gboolean
check_fields (AcApiCall *call, JsonObject *fields)
{
  g_autoptr (GList) names = json_object_get_members (fields);

  for (const GList *at = names; at != NULL; at = at->next) {
    AcRosterColumn unused;

    if (!ac_roster_column_from_name (at->data, &unused))
      return ac_api_refuse_field (call, "fields", "there is no column of that name");
    if (ac_api_text (fields, at->data) == NULL)
      return ac_api_refuse_field (call, at->data,
                                  "a cell is a text, empty for nothing");
  }
  return TRUE;
}

/* One row of them. FALSE when it was answered with a problem. */
static gboolean
check_correction (AcApiCall *call, JsonNode *node, const Draft *draft,
                  const AcRosterHeadings *headings)
{
  JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *fields = row != NULL ? json_object_get_member (row, "fields") : NULL;
  gint64 number;
  gboolean out;

  if (row == NULL || !ac_json_object_read_int (row, "row", 1, G_MAXINT, &number, NULL))
    return ac_api_refuse_field (call, "row", "each row has its number in \"row\"");
  if (ac_roster_headings_row (headings, draft->sheet, (guint)number) < 0)
    return ac_api_refuse_field (call, "row", "there is no such row");
  if (fields == NULL)
    return (ac_json_object_read_boolean (row, "leave_out", &out, NULL) && out) ||
           ac_api_refuse_field (call, "fields",
                                "say what the row's fields are, or leave_out: true");
  if (!JSON_NODE_HOLDS_OBJECT (fields))
    return ac_api_refuse_field (call, "fields", "fields is an object of texts");
  return check_fields (call, json_node_get_object (fields));
}

/* Nothing is changed when one of them is refused. */
static gboolean
check_corrections (AcApiCall *call, JsonArray *rows, const Draft *draft)
{
  AcRosterHeadings headings;

  /* The look has read them. */
  ac_roster_headings_read (draft->sheet, &headings, NULL, NULL);
  if (json_array_get_length (rows) > CORRECTIONS_MAX)
    return ac_api_refuse_field (call, "rows", "at most 500 rows at a time");
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (!check_correction (call, json_array_get_element (rows, i), draft, &headings))
      return FALSE;
  return TRUE;
}

static gboolean
correct_row (AcSheet *sheet, JsonObject *row, GError **error)
{
  guint number = (guint)ac_api_number (row, "row");
  JsonObject *fields = json_object_has_member (row, "fields")
                           ? json_object_get_object_member (row, "fields")
                           : NULL;
  g_autoptr (GList) names = NULL;

  if (fields == NULL)
    return ac_roster_leave_out (sheet, number, error);
  names = json_object_get_members (fields);
  for (const GList *at = names; at != NULL; at = at->next) {
    AcRosterColumn column = AC_ROSTER_NUMBER;

    ac_roster_column_from_name (at->data, &column);
    if (!ac_roster_correct (sheet, number, column, ac_api_text (fields, at->data),
                            error))
      return FALSE;
  }
  return TRUE;
}

void
ac_api_import_correct (AcApiCall *call)
{
  Draft *draft = find_idle_draft (call);
  g_autoptr (JsonObject) body =
      draft != NULL ? ac_api_read_large_body (call, AC_HTTP_BODY_MAX_BYTES) : NULL;
  JsonNode *rows = body != NULL ? json_object_get_member (body, "rows") : NULL;
  g_autoptr (GError) error = NULL;

  if (body == NULL)
    return;
  if (rows == NULL || !JSON_NODE_HOLDS_ARRAY (rows)) {
    ac_api_refuse_field (call, "rows", "rows is a list of rows");
    return;
  }
  if (!check_corrections (call, json_node_get_array (rows), draft))
    return;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (rows)); i++)
    if (!correct_row (draft->sheet,
                      json_array_get_object_element (json_node_get_array (rows), i),
                      &error)) {
      ac_api_refuse (call->exchange, error);
      return;
    }
  begin (act_new (call, draft));
}

/* --- The end of it --- */

void
ac_api_import_apply (AcApiCall *call)
{
  Draft *draft = find_idle_draft (call);
  g_autoptr (JsonObject) body = draft != NULL ? ac_api_read_body (call) : NULL;
  const gchar *digest = body != NULL ? ac_api_read_field (call, body, "digest") : NULL;
  Act *act;

  if (digest == NULL)
    return;
  act = act_new (call, draft);
  act->digest = g_strdup (digest);
  begin (act);
}

void
ac_api_import_forget (AcApiCall *call)
{
  Draft *draft = find_draft (call);

  if (draft == NULL)
    return;
  g_ptr_array_remove (call->api->imports->drafts, draft);
  ac_http_exchange_respond (call->exchange, &(AcHttpResponse){ .status = 204 });
}
