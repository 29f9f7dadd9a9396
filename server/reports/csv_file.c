#include "report_file.h"

#include "csv.h"

static void
add_head (AcSheet *sheet, const AcReport *report)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();

  for (guint i = 0; i < ac_report_n_columns (report); i++)
    g_ptr_array_add (cells, (gpointer)ac_report_head (report, i));
  g_ptr_array_add (cells, NULL);
  ac_sheet_add_row (sheet, (const gchar *const *)cells->pdata);
}

static void
add_row (AcSheet *sheet, const AcReport *report, guint row, GString *text)
{
  guint n_columns = ac_report_n_columns (report);
  g_auto (GStrv) cells = g_new0 (gchar *, n_columns + 1);

  for (guint i = 0; i < n_columns; i++) {
    ac_report_cell_text (ac_report_column (report, i)->type,
                         ac_report_cell (report, row, i), TRUE, text);
    cells[i] = g_strdup (text->str);
  }
  ac_sheet_add_row (sheet, (const gchar *const *)cells);
}

static void
add_sums (AcSheet *sheet, const AcReport *report, GString *text)
{
  guint n_columns = ac_report_n_columns (report);
  g_auto (GStrv) cells = g_new0 (gchar *, n_columns + 1);

  for (guint i = 0; i < n_columns; i++) {
    const AcReportColumn *column = ac_report_column (report, i);
    AcReportCell cell = { .none = !column->sum };

    if (column->sum)
      cell.number = ac_report_sum (report, i);
    ac_report_cell_text (column->type, &cell, TRUE, text);
    cells[i] = i == 0 ? g_strdup (ac_report_word (report, "合计", "Total"))
                      : g_strdup (text->str);
  }
  ac_sheet_add_row (sheet, (const gchar *const *)cells);
}

static void
add_lines (AcSheet *sheet, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++) {
    const gchar *cells[] = { lines->pdata[i], NULL };

    ac_sheet_add_row (sheet, cells);
  }
}

GBytes *
ac_report_to_csv (const AcReport *report, GError **error)
{
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) heading = ac_report_heading (report);
  g_autoptr (GPtrArray) footing = ac_report_footing (report);
  const gchar *title[] = { ac_report_title (report), NULL };
  const gchar *empty[] = { "", NULL };

  add_head (sheet, report);
  for (guint row = 0; row < ac_report_n_rows (report); row++)
    add_row (sheet, report, row, text);
  if (ac_report_has_sums (report))
    add_sums (sheet, report, text);
  ac_sheet_add_row (sheet, empty);
  ac_sheet_add_row (sheet, title);
  add_lines (sheet, heading);
  add_lines (sheet, footing);
  return ac_csv_write (sheet);
}
