/* audit_list.c - what was noted of what people did, within a branch. */
#include "api_private.h"

#include "audit_json.h"
#include "log.h"

static gboolean
refuse (AcApiCall *call, const gchar *field, const gchar *detail)
{
  ac_problem_respond (call->exchange, AC_PROBLEM_INVALID_REQUEST,
                      &(AcProblemExtra){ .field = field, .detail = detail });
  return FALSE;
}

/* Returns: FALSE when it was answered with a problem. */
static gboolean
read_words (AcApiCall *call, AcAuditQuery *query)
{
  g_autofree gchar *act = ac_api_query_text (call, "act");
  g_autofree gchar *from = ac_api_query_text (call, "from");
  g_autofree gchar *until = ac_api_query_text (call, "until");
  AcAuditAct known;
  gint64 unused;

  if (act != NULL && !ac_audit_act_from_name (act, &known))
    return refuse (call, "act", "there is no such act");
  if (from != NULL && !ac_audit_day_bounds (from, &query->from_ms, &unused))
    return refuse (call, "from", "from must be a day such as 2026-01-05");
  if (until != NULL && !ac_audit_day_bounds (until, &unused, &query->until_ms))
    return refuse (call, "until", "until must be a day such as 2026-01-31");
  query->act = act != NULL ? (gint)known : -1;
  return TRUE;
}

void
ac_api_audit_list (AcApiCall *call)
{
  AcAuditQuery query = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;
  gint64 limit, deeds;

  if (!read_words (call, &query) ||
      !ac_api_read_number (call, "branch", 1, G_MAXINT64, 0, &query.branch) ||
      !ac_api_read_number (call, "member", 1, G_MAXINT64, 0, &query.member) ||
      !ac_api_read_number (call, "actor", 1, G_MAXINT64, 0, &query.actor) ||
      !ac_api_read_number (call, "before", 1, G_MAXINT64, 0, &query.before) ||
      !ac_api_read_number (call, "deeds", 0, 1, 0, &deeds) ||
      !ac_api_read_number (call, "limit", 1, AC_AUDIT_PAGE_MAX, AC_AUDIT_PAGE_DEFAULT,
                           &limit))
    return;
  query.limit = (guint)limit;
  query.deeds = deeds != 0;
  body = ac_audit_to_json (call->api->parts.store, &query, &error);
  if (body == NULL) {
    ac_log (G_LOG_LEVEL_WARNING, 0, "cannot read the audit table: %s", error->message);
    ac_problem_respond (call->exchange, AC_PROBLEM_INTERNAL, NULL);
    return;
  }
  ac_api_respond_people (
      call,
      &(AcApiPeople){ .list = "audit",
                      .branch = query.branch,
                      .after = query.before,
                      .rows = json_array_get_length (
                          json_object_get_array_member (body, "entries")) },
      body);
}
