/* organisation.c - branches and members, for those who look after them: masked. */
#include "api_private.h"

#include "branch.h"
#include "log.h"
#include "mask.h"
#include "member.h"

/* --- Places --- */

static gboolean
add_path (AcApiCall *call, gint64 branch, GArray *branches, AcProblem *ret_problem)
{
  g_autoptr (GError) error = NULL;

  if (ac_branch_path (call->api->parts.store, branch, branches, &error))
    return TRUE;
  ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read branches: %s", error->message);
  *ret_problem = AC_PROBLEM_INTERNAL;
  return FALSE;
}

gboolean
ac_api_branch_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  if (!add_path (call, call->id, branches, ret_problem))
    return FALSE;
  *ret_problem = branches->len > 0 ? *ret_problem : AC_PROBLEM_BRANCH_NOT_FOUND;
  return branches->len > 0;
}

gboolean
ac_api_query_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                    AcProblem *ret_problem)
{
  gint64 branch;

  if (!ac_api_parse_number (call, "branch", 1, G_MAXINT64, 0, &branch)) {
    *ret_problem = AC_PROBLEM_INVALID_REQUEST;
    return FALSE;
  }
  if (branch == 0) /* of all: for those who may everywhere */
    return TRUE;
  if (!add_path (call, branch, branches, ret_problem))
    return FALSE;
  *ret_problem = branches->len > 0 ? *ret_problem : AC_PROBLEM_BRANCH_NOT_FOUND;
  return branches->len > 0;
}

gboolean
ac_api_member_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                     AcProblem *ret_problem)
{
  g_autoptr (AcMember) member = ac_member_get (call->api->parts.store, call->id, NULL);

  if (member == NULL) {
    *ret_problem = AC_PROBLEM_MEMBER_NOT_FOUND;
    return FALSE;
  }
  *ret_member = member->id;
  return add_path (call, member->branch, branches, ret_problem) &&
         add_path (call, member->host, branches, ret_problem);
}

/* --- Answers --- */

static JsonObject *
branch_json (const AcBranch *branch)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", branch->id);
  json_object_set_string_member (object, "name", branch->name);
  json_object_set_string_member (object, "kind", ac_branch_kind_name (branch->kind));
  ac_api_set_number (object, "parent", branch->parent);
  return object;
}

static void
respond_internal (AcApiCall *call, const GError *error)
{
  ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read the organisation: %s", error->message);
  ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
}

void
ac_api_branch_get (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (AcBranch) branch = ac_branch_get (store, call->id, &error);
  g_autoptr (GPtrArray) below =
      branch != NULL ? ac_branch_list (store, call->id, &error) : NULL;
  g_autoptr (JsonObject) body = NULL;
  JsonArray *array;

  if (error != NULL) {
    respond_internal (call, error);
    return;
  }
  body = branch_json (branch);
  array = json_array_new ();
  for (guint i = 0; i < below->len; i++)
    json_array_add_object_element (array, branch_json (below->pdata[i]));
  json_object_set_array_member (body, "branches", array);
  ac_api_respond_json (call->exchange, body, NULL);
}

static JsonObject *
member_json (AcStore *store, gconstpointer row)
{
  const AcMember *member = row;
  g_autofree gchar *name = ac_mask_name (member->name);
  g_autofree gchar *phone = ac_mask_phone (member->phone);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", member->id);
  json_object_set_string_member (object, "number", member->number);
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "kind", ac_member_kind_name (member->kind));
  json_object_set_string_member (object, "role", ac_role_name (member->role));
  ac_api_set_number (object, "home", member->branch);
  ac_api_set_number (object, "host", member->host);
  if (phone != NULL)
    json_object_set_string_member (object, "phone", phone);
  else
    json_object_set_null_member (object, "phone");
  return object;
}

static const AcApiListing listing = {
  "members", "after", 50, 200, G_STRUCT_OFFSET (AcMember, id), member_json,
};

void
ac_api_member_list (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) members = NULL;
  gint64 branch;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_page (call, &listing, &page))
    return;
  members = ac_member_list_within (call->api->parts.store, branch, page.from,
                                   (guint)page.limit + 1, &error);
  ac_api_respond_people_page (call, &listing, &page, members, error,
                              &(AcApiPeople){ .branch = branch });
}

void
ac_api_member_get (AcApiCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcMember) member =
      ac_member_get (call->api->parts.store, call->id, &error);
  g_autoptr (JsonObject) body = NULL;

  if (member == NULL) {
    ac_problem_respond (call->exchange, AC_PROBLEM_MEMBER_NOT_FOUND, NULL);
    return;
  }
  body = member_json (call->api->parts.store, member);
  if (member->id != call->session->member) {
    ac_api_respond_people (
        call, &(AcApiPeople){ .list = "member", .member = member->id, .rows = 1 },
        body);
    return;
  }
  json_object_set_string_member (body, "name", member->name);
  ac_api_respond_json (call->exchange, body, NULL);
}
