#include "roster_json.h"

static void
set_why (JsonObject *object, const AcRosterRow *row)
{
  json_object_set_string_member (object, "why", row->why.text);
  json_object_set_string_member (object, "why_zh", row->why.text_zh);
  if (row->column < 0)
    return;
  json_object_set_string_member (object, "field",
                                 ac_roster_column_name ((AcRosterColumn)row->column));
  json_object_set_string_member (
      object, "column", ac_roster_column_heading ((AcRosterColumn)row->column));
}

static void
set_changed (JsonObject *object, const AcRosterRow *row)
{
  JsonArray *changed = json_array_new ();

  for (guint i = 0; i < AC_ROSTER_COLUMNS; i++)
    if ((row->changed & (1u << i)) != 0)
      json_array_add_string_element (changed, ac_roster_column_heading (i));
  json_object_set_array_member (object, "changed", changed);
}

JsonObject *
ac_roster_row_to_json (const AcRosterRow *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "row", row->number);
  json_object_set_string_member (object, "fate", ac_roster_fate_name (row->fate));
  if (row->member != NULL)
    json_object_set_string_member (object, "number", row->member);
  if (row->why.text != NULL)
    set_why (object, row);
  if (row->fate == AC_ROSTER_CHANGED)
    set_changed (object, row);
  return object;
}

JsonObject *
ac_roster_report_to_json (const AcRosterReport *report)
{
  JsonObject *object = json_object_new ();
  JsonArray *ignored = json_array_new ();

  json_object_set_string_member (object, "digest", report->digest);
  json_object_set_boolean_member (object, "applied", report->applied);
  for (guint i = 0; i < AC_ROSTER_FATES; i++)
    json_object_set_int_member (object, ac_roster_fate_name (i), report->counts[i]);
  for (guint i = 0; i < report->ignored->len; i++)
    json_array_add_string_element (ignored, report->ignored->pdata[i]);
  json_object_set_array_member (object, "ignored", ignored);
  return object;
}
