/* correction.c - a table mended before it is imported. */
#include "headings.h"

#include "organisation.h"

static gint
require_row (const AcSheet *sheet, const AcRosterHeadings *headings, guint number,
             GError **error)
{
  gint row = ac_roster_headings_row (headings, sheet, number);

  if (row < 0)
    ac_organisation_refuse (error, AC_ORGANISATION_ERROR_NOT_FOUND, "row",
                            "row: %u is no row below the headings", number);
  return row;
}

gboolean
ac_roster_correct (AcSheet *sheet, guint number, AcRosterColumn column,
                   const gchar *text, GError **error)
{
  AcRosterHeadings headings;
  gint row, at;

  if (!ac_roster_headings_read (sheet, &headings, NULL, error) ||
      (row = require_row (sheet, &headings, number, error)) < 0)
    return FALSE;
  at = ac_roster_headings_find (&headings, column);
  if (at < 0) {
    at = (gint)ac_sheet_n_columns (sheet, headings.row);
    if (!ac_sheet_put_cell (sheet, headings.row, (guint)at,
                            ac_roster_column_heading (column), -1, error))
      return FALSE;
  }
  return ac_sheet_put_cell (sheet, (guint)row, (guint)at, text, -1, error);
}

gboolean
ac_roster_leave_out (AcSheet *sheet, guint number, GError **error)
{
  AcRosterHeadings headings;
  gint row;

  if (!ac_roster_headings_read (sheet, &headings, NULL, error) ||
      (row = require_row (sheet, &headings, number, error)) < 0)
    return FALSE;
  for (guint i = 0; i < ac_sheet_n_columns (sheet, (guint)row); i++)
    if (!ac_sheet_put_cell (sheet, (guint)row, i, "", 0, error))
      return FALSE;
  return TRUE;
}
