/* organisation.c - where branches and members lie, and members for those who look after
 * them: masked. */
#include "api_private.h"

#include "branch.h"
#include "log.h"
#include "mask.h"
#include "member.h"

#include <string.h>

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

/* A thing lies where it is put, whatever else is said with it. */
gboolean
ac_api_body_branch_place (AcApiCall *call, GArray *branches, gint64 *ret_member,
                          AcProblem *ret_problem)
{
  g_autoptr (JsonObject) body = ac_api_peek_body (call);
  gint64 branch = 0;

  if (body != NULL)
    ac_json_object_read_int (body, "branch", 1, G_MAXINT64, &branch, NULL);
  return branch == 0 || add_path (call, branch, branches, ret_problem);
}

gboolean
ac_api_may_over (AcApiCall *call, AcAct act, gint64 branch)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (gint64));
  AcAccessPlace place = { 0 };
  AcProblem unused;

  if (branch != 0 && (!add_path (call, branch, path, &unused) || path->len == 0))
    return FALSE;
  place.branches = (const gint64 *)path->data;
  place.n_branches = path->len;
  return ac_access_may (act, &call->session->who, &place);
}

gboolean
ac_api_may_view (AcApiCall *call, const AcMember *member)
{
  g_autoptr (GArray) branches = g_array_new (FALSE, FALSE, sizeof (gint64));
  AcAccessPlace place = { .member = member->id };
  AcProblem unused;

  if (!add_path (call, member->branch, branches, &unused) ||
      !add_path (call, member->host, branches, &unused))
    return FALSE;
  place.branches = (const gint64 *)branches->data;
  place.n_branches = branches->len;
  return ac_access_may (AC_ACT_MEMBER_VIEW, &call->session->who, &place);
}

gboolean
ac_api_finds_member (AcApiCall *call, gint64 id)
{
  g_autoptr (AcMember) member = ac_member_get (call->api->parts.store, id, NULL);

  if (member != NULL && ac_api_may_view (call, member))
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_NAMED_NOT_FOUND,
      &(AcProblemExtra){ .field = "member", .reason = AC_REASON_NOT_THERE });
  return FALSE;
}

gboolean
ac_api_has_member (AcApiCall *call, gint64 id)
{
  g_autoptr (AcMember) member =
      id != 0 ? ac_member_get (call->api->parts.store, id, NULL) : NULL;

  if (id != 0 && member == NULL)
    ac_problem_respond (call->exchange, AC_PROBLEM_MEMBER_NOT_FOUND, NULL);
  return id == 0 || member != NULL;
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
  if (member->certificate != NULL)
    json_object_set_string_member (
        object, "certificate_state",
        ac_certificate_state_name (member->certificate_state));
  else
    json_object_set_null_member (object, "certificate_state");
  json_object_set_boolean_member (object, "can_sign_in", member->has_password);
  return object;
}

static const AcApiListing listing = {
  "members", "after", 50, 200, G_STRUCT_OFFSET (AcMember, id), member_json,
};

/* @name of the query is one of @words, NULL-terminated; -1 when absent.
 * Returns: FALSE when it was answered with a problem. */
static gboolean
read_word (AcApiCall *call, const gchar *name, const gchar *const *words, gint *ret)
{
  g_autofree gchar *word = ac_api_query_text (call, name);
  g_autofree gchar *detail = NULL;
  g_autofree gchar *list = NULL;

  *ret = -1;
  for (gint i = 0; word != NULL && words[i] != NULL; i++)
    if (strcmp (words[i], word) == 0)
      *ret = i;
  if (word == NULL || *ret >= 0)
    return TRUE;
  list = g_strjoinv (", ", (gchar **)words);
  detail = g_strdup_printf ("%s is one of %s", name, list);
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                      &(AcProblemExtra){ .field = name, .detail = detail });
  return FALSE;
}

/* @ret_text: what query->text points to */
static gboolean
read_query (AcApiCall *call, AcMemberQuery *query, AcApiPage *page, gchar **ret_text)
{
  static const gchar *const kinds[] = { "member", "probationary", "activist", "trainee",
                                        NULL };
  static const gchar *const states[] = { "unverified", "verified", "revoked", "none",
                                         NULL };
  static const gchar *const switches[] = { "0", "1", NULL };

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &query->branch) ||
      !ac_api_read_page (call, &listing, page) ||
      !read_word (call, "kind", kinds, &query->kind) ||
      !read_word (call, "certificate", states, &query->certificate) ||
      !read_word (call, "can_sign_in", switches, &query->can_sign_in))
    return FALSE;
  if (query->certificate == G_N_ELEMENTS (states) - 2)
    query->certificate = AC_MEMBER_NO_CERTIFICATE;
  query->after = page->from;
  query->limit = (guint)page->limit + 1;
  query->text = *ret_text = ac_api_query_search (call);
  return TRUE;
}

void
ac_api_member_list (AcApiCall *call)
{
  AcStore *store = call->api->parts.store;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autofree gchar *text = NULL;
  AcMemberQuery query = { 0 };
  AcApiPage page;
  gint64 total = 0, count;

  if (!read_query (call, &query, &page, &text) ||
      !ac_api_read_number (call, "count", 0, 1, 0, &count))
    return;
  members = ac_member_search (store, &query, &error);
  /* To count them looks at everybody: only who asks for it, not with each page. */
  if (members != NULL && count != 0)
    total = ac_member_count (store, &query, &error);
  body =
      ac_api_page_body (call, &listing, &page, error == NULL ? members : NULL, error);
  if (body == NULL)
    return;
  if (count != 0)
    json_object_set_int_member (body, "total", total);
  ac_api_respond_people_body (call, &listing, &page, body,
                              &(AcApiPeople){ .branch = query.branch });
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
