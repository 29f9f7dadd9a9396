#include "report_file.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const gchar *const type_names[] = {
  [AC_REPORT_TEXT] = "text",   [AC_REPORT_DAY] = "day",   [AC_REPORT_COUNT] = "count",
  [AC_REPORT_HOURS] = "hours", [AC_REPORT_TIME] = "time", [AC_REPORT_RATE] = "rate",
  [AC_REPORT_BLANK] = "blank",
};

static void
add_member (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_columns (JsonBuilder *builder, const AcReport *report)
{
  json_builder_set_member_name (builder, "columns");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ac_report_n_columns (report); i++) {
    const AcReportColumn *column = ac_report_column (report, i);

    json_builder_begin_object (builder);
    add_member (builder, "key", column->key);
    add_member (builder, "head", column->en);
    add_member (builder, "head_zh", column->zh);
    add_member (builder, "type", type_names[column->type]);
    json_builder_set_member_name (builder, "sum");
    if (column->sum)
      json_builder_add_int_value (builder, ac_report_sum (report, i));
    else
      json_builder_add_null_value (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_cell (JsonBuilder *builder, AcReportType type, const AcReportCell *cell)
{
  if (cell->none || type == AC_REPORT_BLANK)
    json_builder_add_null_value (builder);
  else if (type == AC_REPORT_TEXT || type == AC_REPORT_DAY)
    json_builder_add_string_value (builder, cell->text);
  else
    json_builder_add_int_value (builder, cell->number);
}

static void
add_rows (JsonBuilder *builder, const AcReport *report)
{
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint row = 0; row < ac_report_n_rows (report); row++) {
    json_builder_begin_array (builder);
    for (guint i = 0; i < ac_report_n_columns (report); i++)
      add_cell (builder, ac_report_column (report, i)->type,
                ac_report_cell (report, row, i));
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
}

static void
add_facts (JsonBuilder *builder, const AcReport *report)
{
  json_builder_set_member_name (builder, "facts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ac_report_n_facts (report); i++) {
    const AcReportFact *fact = ac_report_fact (report, i);

    json_builder_begin_object (builder);
    add_member (builder, "label", fact->label);
    add_member (builder, "value", fact->value);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_texts (JsonBuilder *builder, const gchar *name, const GPtrArray *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < texts->len; i++)
    json_builder_add_string_value (builder, texts->pdata[i]);
  json_builder_end_array (builder);
}

static void
add_origin (JsonBuilder *builder, const AcReportOrigin *origin)
{
  g_autoptr (GDateTime) made = g_date_time_new_from_unix_utc (origin->made_ms / 1000);
  g_autofree gchar *when = g_date_time_format_iso8601 (made);

  add_member (builder, "subtree", origin->subtree);
  add_member (builder, "from", origin->from);
  add_member (builder, "to", origin->to);
  add_member (builder, "made_at", when);
  add_member (builder, "made_by", origin->made_by);
  json_builder_set_member_name (builder, "ledger_entries");
  json_builder_add_int_value (builder, origin->ledger_seq);
  add_member (builder, "ledger_hash", origin->ledger_head);
}

GBytes *
ac_report_to_json (const AcReport *report, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  gsize length;
  gchar *text;

  json_builder_begin_object (builder);
  add_member (builder, "report", ac_report_kind (report));
  add_member (builder, "title", ac_report_title (report));
  add_origin (builder, ac_report_origin (report));
  add_facts (builder, report);
  add_columns (builder, report);
  add_rows (builder, report);
  add_texts (builder, "notes", ac_report_notes (report));
  add_member (builder, "code", ac_report_code (report));
  add_member (builder, "verify_url", ac_report_address (report));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &length);
  return g_bytes_new_take (text, length);
}
