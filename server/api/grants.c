/* grants.c - who has which role, seen and changed by the administrators of a branch. A
 * grant is known by its three words, all in the query: PUT and DELETE have no body. */
#include "api_private.h"

#include "clock.h"
#include "grant.h"
#include "log.h"
#include "mask.h"

static JsonObject *
grant_json (AcStore *store, gconstpointer data)
{
  const AcGrantRow *row = data;
  g_autofree gchar *name = ac_mask_name (row->name);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "member", row->member);
  json_object_set_string_member (object, "number", row->number);
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "role", ac_role_name (row->grant.role));
  ac_api_set_number (object, "branch", row->grant.branch);
  ac_json_object_set_time (object, "since", row->wall_ms);
  return object;
}

static const AcApiListing listing = {
  "grants", "after", 50, 200, G_STRUCT_OFFSET (AcGrantRow, id), grant_json,
};

void
ac_api_grant_list (AcApiCall *call)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 branch;
  AcApiPage page;

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &branch) ||
      !ac_api_read_page (call, &listing, &page))
    return;
  rows = ac_grant_list_within (call->api->parts.store, branch, page.from,
                               (guint)page.limit + 1, &error);
  ac_api_respond_page (call, &listing, &page, rows, error);
}

typedef struct {
  AcApi *api; /* referenced */
  AcHttpExchange *exchange;
  gint64 actor, member;
  AcGrant grant;
  gboolean granted;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  ac_http_exchange_unref (change->exchange);
  ac_api_unref (change->api);
  g_free (change);
}

static gboolean
write_change (AcStore *store, gpointer data, GError **error)
{
  const Change *change = data;

  return ac_grant_set_by (store, change->actor, change->member, &change->grant,
                          change->granted, ac_clock_wall_ms (), error);
}

static void
changed (gpointer data, const GError *error, gpointer unused)
{
  const Change *change = data;

  if (error != NULL) {
    ac_api_refuse (change->exchange, error);
    return;
  }
  if (change->api->closed)
    return;
  ac_accounts_grants_changed (change->api->parts.accounts, change->member);
  ac_http_exchange_respond (change->exchange, &(AcHttpResponse){ .status = 204 });
}

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_change (AcApiCall *call, Change *change)
{
  g_autofree gchar *role = ac_api_query_text (call, "role");

  if (!ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &change->grant.branch) ||
      !ac_api_read_number (call, "member", 1, G_MAXINT64, 0, &change->member))
    return FALSE;
  if (change->member != 0 && ac_role_from_name (role, &change->grant.role) &&
      change->grant.role != AC_ROLE_MEMBER)
    return TRUE;
  ac_problem_respond (
      call->exchange, AC_PROBLEM_INVALID_REQUEST,
      &(AcProblemExtra){ .field = change->member == 0 ? "member" : "role",
                         .detail = change->member == 0
                                       ? "member is missing: its id"
                                       : "role must be steward, lecturer, secretary, "
                                         "staff or administrator" });
  return FALSE;
}

/* Nobody changes their own: who takes the last administrator's role away from
 * themselves, or makes themselves one of another sort, has to ask another. */
static void
change (AcApiCall *call, gboolean granted)
{
  Change read = { .actor = call->session->member, .granted = granted };

  if (!read_change (call, &read))
    return;
  if (read.member == read.actor) {
    ac_problem_respond (call->exchange, AC_PROBLEM_ONE_ALONE,
                        &(AcProblemExtra){ .field = "member",
                                           .detail = "nobody changes their own roles; "
                                                     "ask another administrator" });
    return;
  }
  if (granted && !ac_api_finds_member (call, read.member))
    return;
  read.api = ac_api_ref (call->api);
  read.exchange = ac_http_exchange_ref (call->exchange);
  ac_store_write (call->api->parts.store, write_change, g_memdup2 (&read, sizeof read),
                  change_free, changed, NULL);
}

void
ac_api_grant_put (AcApiCall *call)
{
  change (call, TRUE);
}

void
ac_api_grant_delete (AcApiCall *call)
{
  change (call, FALSE);
}
