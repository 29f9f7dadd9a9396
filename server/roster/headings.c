#include "headings.h"

#include "organisation.h"

/* A title and a line of explanations may stand above the headings. */
#define HEADING_ROWS 10

static guint
count_headings (const AcSheet *sheet, guint row)
{
  AcRosterColumn column;
  guint n = 0;

  for (guint i = 0; i < ac_sheet_n_columns (sheet, row); i++)
    n += ac_roster_column_from_heading (ac_sheet_cell (sheet, row, i), &column);
  return n;
}

static gboolean
find_row (const AcSheet *sheet, guint *ret_row, GError **error)
{
  for (guint row = 0; row < MIN (ac_sheet_n_rows (sheet), HEADING_ROWS); row++)
    if (count_headings (sheet, row) >= 2) {
      *ret_row = row;
      return TRUE;
    }
  return ac_organisation_refuse (
      error, AC_ORGANISATION_ERROR_INVALID, "file",
      "no row of headings such as 编号 and 姓名 is among the first %u rows",
      HEADING_ROWS);
}

gboolean
ac_roster_headings_read (const AcSheet *sheet, AcRosterHeadings *ret_headings,
                         GPtrArray *ignored, GError **error)
{
  guint seen = 0;

  if (!find_row (sheet, &ret_headings->row, error))
    return FALSE;
  for (guint i = 0; i < AC_SHEET_COLUMNS_MAX; i++) {
    const gchar *heading = ac_sheet_cell (sheet, ret_headings->row, i);
    AcRosterColumn column;

    ret_headings->columns[i] = -1;
    if (*heading == '\0')
      continue;
    if (!ac_roster_column_from_heading (heading, &column)) {
      if (ignored != NULL)
        g_ptr_array_add (ignored, g_strdup (heading));
      continue;
    }
    if ((seen & (1u << column)) != 0)
      return ac_organisation_refuse (error, AC_ORGANISATION_ERROR_INVALID, "file",
                                     "two columns are %s: leave one out",
                                     ac_roster_column_heading (column));
    seen |= 1u << column;
    ret_headings->columns[i] = (gint)column;
  }
  return TRUE;
}

gint
ac_roster_headings_find (const AcRosterHeadings *self, AcRosterColumn column)
{
  for (guint i = 0; i < AC_SHEET_COLUMNS_MAX; i++)
    if (self->columns[i] == (gint)column)
      return (gint)i;
  return -1;
}

/* Rows come in the order of their numbers. */
gint
ac_roster_headings_row (const AcRosterHeadings *self, const AcSheet *sheet,
                        guint number)
{
  guint low = self->row + 1, high = ac_sheet_n_rows (sheet);

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (ac_sheet_row_number (sheet, middle) < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < ac_sheet_n_rows (sheet) && ac_sheet_row_number (sheet, low) == number
             ? (gint)low
             : -1;
}
