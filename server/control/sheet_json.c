#include "sheet_json.h"

JsonArray *
ac_sheet_to_json (const AcSheet *sheet)
{
  JsonArray *rows = json_array_sized_new (ac_sheet_n_rows (sheet));

  for (guint i = 0; i < ac_sheet_n_rows (sheet); i++) {
    JsonArray *row = json_array_sized_new (ac_sheet_n_columns (sheet, i) + 1);

    json_array_add_int_element (row, ac_sheet_row_number (sheet, i));
    for (guint column = 0; column < ac_sheet_n_columns (sheet, i); column++)
      json_array_add_string_element (row, ac_sheet_cell (sheet, i, column));
    json_array_add_array_element (rows, row);
  }
  return rows;
}

static gboolean
refuse (GError **error, guint row)
{
  g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_FORM,
               "row %u of the list must be a number and texts", row);
  return FALSE;
}

/* @last: the number of the row before */
static gboolean
read_row (AcSheet *sheet, JsonArray *row, guint at, gint64 *last, GError **error)
{
  JsonNode *number =
      json_array_get_length (row) > 0 ? json_array_get_element (row, 0) : NULL;

  if (number == NULL || json_node_get_value_type (number) != G_TYPE_INT64 ||
      json_node_get_int (number) <= *last || json_node_get_int (number) > G_MAXINT32)
    return refuse (error, at);
  *last = json_node_get_int (number);
  if (!ac_sheet_begin_row (sheet, (guint)*last, error))
    return FALSE;
  for (guint column = 1; column < json_array_get_length (row); column++) {
    JsonNode *cell = json_array_get_element (row, column);

    if (json_node_get_value_type (cell) != G_TYPE_STRING)
      return refuse (error, at);
    if (!ac_sheet_set_cell (sheet, column - 1, json_node_get_string (cell), -1, error))
      return FALSE;
  }
  ac_sheet_end_row (sheet);
  return TRUE;
}

AcSheet *
ac_sheet_from_json (JsonArray *rows, GError **error)
{
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  gint64 last = 0;

  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    if (!JSON_NODE_HOLDS_ARRAY (row)) {
      refuse (error, i);
      return NULL;
    }
    if (!read_row (sheet, json_node_get_array (row), i, &last, error))
      return NULL;
  }
  return g_steal_pointer (&sheet);
}
