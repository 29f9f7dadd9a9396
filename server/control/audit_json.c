#include "audit_json.h"

#include "day.h"
#include "json_text.h"
#include "member_json.h"

#include <stdio.h>

static void
set_id (JsonObject *object, const gchar *name, gint64 id)
{
  if (id != 0)
    json_object_set_int_member (object, name, id);
  else
    json_object_set_null_member (object, name);
}

static JsonObject *
row_json (AcStore *store, const AcAuditRow *row)
{
  JsonObject *object = json_object_new ();
  JsonNode *detail = json_from_string (row->detail, NULL);

  json_object_set_int_member (object, "id", row->id);
  ac_json_object_set_time (object, "at", row->wall_ms);
  json_object_set_string_member (object, "act", ac_audit_act_name (row->act));
  ac_json_object_set_person (object, store, "actor", "actor_name", row->actor);
  ac_json_object_set_person (object, store, "member", "member_name", row->member);
  set_id (object, "branch", row->branch);
  set_id (object, "host", row->host);
  set_id (object, "lesson", row->lesson);
  json_object_set_string_member (object, "reason", row->reason);
  json_object_set_member (object, "detail",
                          detail != NULL ? detail : json_node_new (JSON_NODE_NULL));
  return object;
}

JsonObject *
ac_audit_to_json (AcStore *store, const AcAuditQuery *query, GError **error)
{
  AcAuditQuery one_more = *query;
  g_autoptr (GPtrArray) rows = NULL;
  JsonObject *object;
  JsonArray *entries;
  const AcAuditRow *last;

  one_more.limit++;
  rows = ac_audit_list (store, &one_more, error);
  if (rows == NULL)
    return NULL;
  object = json_object_new ();
  entries = json_array_new ();
  for (guint i = 0; i < MIN (rows->len, query->limit); i++)
    json_array_add_object_element (entries, row_json (store, rows->pdata[i]));
  json_object_set_array_member (object, "entries", entries);
  last = rows->len > query->limit ? rows->pdata[query->limit - 1] : NULL;
  set_id (object, "next", last != NULL ? last->id : 0);
  return object;
}

gboolean
ac_audit_day_bounds (const gchar *text, gint64 *ret_from_ms, gint64 *ret_until_ms)
{
  gchar day[AC_DAY_CHARS + 1];
  gint year, month, of_month;
  g_autoptr (GDateTime) from = NULL;
  g_autoptr (GDateTime) until = NULL;

  if (!ac_day_parse (text, day) ||
      sscanf (day, "%d-%d-%d", &year, &month, &of_month) != 3)
    return FALSE;
  from = g_date_time_new_local (year, month, of_month, 0, 0, 0);
  until = g_date_time_add_days (from, 1);
  *ret_from_ms = g_date_time_to_unix (from) * 1000;
  *ret_until_ms = g_date_time_to_unix (until) * 1000;
  return TRUE;
}
