/* branches.c - the tree of branches, looked through and changed by those who look after
 * them. */
#include "api_private.h"

#include "branch.h"
#include "grant.h"

#include <string.h>

#define LIST_DEFAULT 50
#define LIST_MAX 200
#define NAMES_MAX 100

/* --- Answers --- */

static gboolean
set_path (JsonObject *object, AcStore *store, gint64 branch, GError **error)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonArray *names;

  if (!ac_branch_path (store, branch, path, error))
    return FALSE;
  names = json_array_new ();
  for (guint i = path->len; i > 0; i--) {
    g_autoptr (AcBranch) above =
        ac_branch_get (store, g_array_index (path, gint64, i - 1), error);

    if (above != NULL)
      json_array_add_string_element (names, above->name);
  }
  json_object_set_array_member (object, "path", names);
  return TRUE;
}

/* Returns: (transfer full) (nullable): NULL with @error. */
static JsonObject *
branch_json (AcStore *store, const AcBranch *branch, GError **error)
{
  JsonObject *object = json_object_new ();
  AcBranchSize size;

  json_object_set_int_member (object, "id", branch->id);
  json_object_set_string_member (object, "name", branch->name);
  json_object_set_string_member (object, "kind", ac_branch_kind_name (branch->kind));
  ac_api_set_number (object, "parent", branch->parent);
  json_object_set_boolean_member (object, "closed", branch->closed_ms != 0);
  if (!ac_branch_size (store, branch->id, &size, error) ||
      !set_path (object, store, branch->id, error)) {
    json_object_unref (object);
    return NULL;
  }
  json_object_set_int_member (object, "branches", size.branches);
  json_object_set_int_member (object, "sites", size.sites);
  json_object_set_int_member (object, "members", size.members);
  return object;
}

static JsonObject *
tell_branch (AcApiChange *change, GError **error)
{
  g_autoptr (AcBranch) branch = ac_branch_get (change->store, change->id, error);

  return branch != NULL ? branch_json (change->store, branch, error) : NULL;
}

/* Returns: (transfer full) (nullable): NULL with @error. */
static JsonObject *
list_json (AcStore *store, const GPtrArray *branches, guint limit, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_array_member (body, "branches", array);
  for (guint i = 0; i < MIN (branches->len, limit); i++) {
    JsonObject *object = branch_json (store, branches->pdata[i], error);

    if (object == NULL)
      return NULL;
    json_array_add_object_element (array, object);
  }
  ac_api_set_number (
      body, "next",
      branches->len > limit ? ((AcBranch *)branches->pdata[limit - 1])->id : 0);
  return g_steal_pointer (&body);
}

/* --- Looking --- */

void
ac_api_branch_list (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autofree gchar *text = ac_api_query_search (call);
  g_autoptr (GPtrArray) branches = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GError) error = NULL;
  AcBranchQuery query = { 0 };
  gint64 closed, limit;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &query.within) ||
      !ac_api_read_number (call, "after", 0, G_MAXINT64, 0, &query.after) ||
      !ac_api_read_number (call, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit) ||
      !ac_api_read_number (call, "closed", 0, 1, 0, &closed))
    return;
  query.text = text;
  query.closed = closed != 0;
  query.limit = (guint)limit + 1;
  branches = ac_branch_search (store, &query, &error);
  if (branches != NULL)
    body = list_json (store, branches, (guint)limit, &error);
  if (body != NULL)
    ac_api_respond_json (call->exchange, body, NULL);
  else
    ac_api_refuse (call->exchange, error);
}

static gboolean
read_numbers (const gchar *text, GArray *numbers)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", NAMES_MAX + 1);

  for (guint i = 0; parts[i] != NULL; i++) {
    gint64 number;

    if (i == NAMES_MAX ||
        !g_ascii_string_to_signed (parts[i], 10, 1, G_MAXINT64, &number, NULL))
      return FALSE;
    g_array_append_val (numbers, number);
  }
  return numbers->len > 0;
}

/* Of branches that a member, a course or an entry names, which may lie outside of what
 * one looks after. */
void
ac_api_branch_names (AcApiCall *call)
{
  g_autofree gchar *ids = ac_api_query_text (call, "ids");
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;

  if (ids == NULL || !read_numbers (ids, numbers)) {
    ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                        &(AcProblemExtra){ .field = "ids",
                                           .detail = "give one to a hundred numbers "
                                                     "with commas between" });
    return;
  }
  body = json_object_new ();
  array = json_array_new ();
  json_object_set_array_member (body, "branches", array);
  for (guint i = 0; i < numbers->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (AcBranch) branch = ac_branch_get (
        call->api->parts.store, g_array_index (numbers, gint64, i), &error);
    JsonObject *object;

    if (error != NULL) {
      ac_api_refuse (call->exchange, error);
      return;
    }
    if (branch == NULL)
      continue;
    object = json_object_new ();
    json_object_set_int_member (object, "id", branch->id);
    json_object_set_string_member (object, "name", branch->name);
    json_array_add_object_element (array, object);
  }
  ac_api_respond_json (call->exchange, body, NULL);
}

void
ac_api_branch_get (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcBranch) branch = ac_branch_get (store, call->id, &error);
  g_autoptr (JsonObject) body =
      branch != NULL ? branch_json (store, branch, &error) : NULL;

  if (body != NULL)
    ac_api_respond_json (call->exchange, body, NULL);
  else
    ac_api_refuse (call->exchange, error);
}

/* Where one may what: the roots of what a page shows. */
void
ac_api_grant_own (AcApiCall *call)
{
  const AcAccessWho *who = &call->session->who;
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_array_member (body, "grants", array);
  for (guint i = 0; i < who->n_grants; i++) {
    const AcGrant *grant = &who->grants[i];
    g_autoptr (AcBranch) branch =
        ac_branch_get (call->api->parts.store, grant->branch, NULL);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "role", ac_role_name (grant->role));
    ac_api_set_number (object, "branch", grant->branch);
    json_object_set_string_member (object, "name",
                                   branch != NULL ? branch->name : NULL);
    json_array_add_object_element (array, object);
  }
  ac_api_respond_json (call->exchange, body, NULL);
}

/* --- Changing --- */

gboolean
ac_api_parent_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  g_autoptr (JsonObject) body = ac_api_peek_body (call);
  gint64 parent = 0;

  if (body != NULL)
    ac_json_object_read_int (body, "parent", 1, G_MAXINT64, &parent, NULL);
  return parent == 0 || ac_branch_path (call->api->parts.store, parent, branches, NULL);
}

static gboolean
note (AcStore *store, const AcApiChange *change, const gchar *what, GError **error)
{
  g_autofree gchar *detail = ac_audit_detail ("t", "what", what);

  return ac_audit_note (store,
                        &(AcAuditEntry){ .act = AC_AUDIT_BRANCH_SET,
                                         .actor = change->actor,
                                         .branch = change->id,
                                         .detail = detail },
                        change->wall_ms, error);
}

static gboolean
add_branch (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  const gchar *name = ac_api_text (change->body, "kind");
  AcBranchKind kind;
  gboolean given = name != NULL && ac_branch_kind_from_name (name, &kind);

  return ac_branch_add (store, ac_api_text (change->body, "name"),
                        ac_api_number (change->body, "parent"), given ? &kind : NULL,
                        change->wall_ms, &change->id, error) &&
         note (store, change, "add", error);
}

static gboolean
check_kind (AcApiCall *call, JsonObject *body)
{
  const gchar *kind = ac_api_text (body, "kind");
  AcBranchKind unused;

  return kind == NULL || ac_branch_kind_from_name (kind, &unused) ||
         ac_api_refuse_field (call, "kind",
                              "kind must be county, town, village, enterprise or "
                              "network");
}

void
ac_api_branch_add (AcApiCall *call)
{
  static const gchar *const texts[] = { "kind", NULL };
  static const gchar *const numbers[] = { "parent", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);

  if (body != NULL && ac_api_read_field (call, body, "name") != NULL &&
      ac_api_check_texts (call, body, texts) &&
      ac_api_check_numbers (call, body, numbers) && check_kind (call, body))
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_branch },
                   add_branch);
}

static gboolean
set_branch (AcStore *store, gpointer data, GError **error)
{
  AcApiChange *change = data;
  JsonObject *body = change->body;
  const gchar *name = ac_api_text (body, "name");

  if (name != NULL && !(ac_branch_rename (store, change->id, name, error) &&
                        note (store, change, "rename", error)))
    return FALSE;
  if (json_object_has_member (body, "parent") &&
      !(ac_branch_move (store, change->id, ac_api_number (body, "parent"), error) &&
        note (store, change, "move", error)))
    return FALSE;
  if (json_object_has_member (body, "closed")) {
    gboolean closed = json_object_get_boolean_member (body, "closed");

    return ac_branch_set_closed (store, change->id, closed, change->wall_ms, error) &&
           note (store, change, closed ? "close" : "open", error);
  }
  return TRUE;
}

/* What is moved leaves one branch and comes into another: both have to be theirs. */
static gboolean
may_move (AcApiCall *call, JsonObject *body)
{
  g_autoptr (AcBranch) branch = ac_branch_get (call->api->parts.store, call->id, NULL);

  if (branch != NULL && ac_api_may_over (call, AC_ACT_BRANCH_MANAGE, branch->parent) &&
      ac_api_may_over (call, AC_ACT_BRANCH_MANAGE, ac_api_number (body, "parent")))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_FORBIDDEN,
      &(AcProblemExtra){ .field = "parent",
                         .reason = AC_REASON_NOT_YOURS,
                         .detail = "both branches have to be yours to look after" });
  return FALSE;
}

void
ac_api_branch_set (AcApiCall *call)
{
  static const gchar *const texts[] = { "name", NULL };
  static const gchar *const numbers[] = { "parent", NULL };
  g_autoptr (JsonObject) body = ac_api_read_body (call);
  gboolean closed;

  if (body == NULL || !ac_api_check_texts (call, body, texts) ||
      !ac_api_check_numbers (call, body, numbers))
    return;
  if (json_object_has_member (body, "closed") &&
      !ac_json_object_read_boolean (body, "closed", &closed, NULL))
    ac_api_refuse_field (call, "closed", "closed must be true or false");
  else if (!json_object_has_member (body, "parent") || may_move (call, body))
    ac_api_change (call, &(AcApiChange){ .body = body, .tell = tell_branch },
                   set_branch);
}
