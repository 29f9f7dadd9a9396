#include "workbook.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <xlsxwriter.h>

#define COLUMN_WIDTH 18

static void
fill (const AcSheet *sheet, lxw_workbook *book)
{
  lxw_worksheet *page = workbook_add_worksheet (book, NULL);
  lxw_format *text = workbook_add_format (book);
  lxw_format *heading = workbook_add_format (book);

  format_set_num_format (text, "@");
  format_set_num_format (heading, "@");
  format_set_bold (heading);
  worksheet_set_column (page, 0, AC_SHEET_COLUMNS_MAX - 1, COLUMN_WIDTH, text);
  worksheet_freeze_panes (page, 1, 0);
  for (guint row = 0; row < ac_sheet_n_rows (sheet); row++)
    for (guint column = 0; column < ac_sheet_n_columns (sheet, row); column++) {
      const gchar *cell = ac_sheet_cell (sheet, row, column);

      if (*cell != '\0')
        worksheet_write_string (page, row, (lxw_col_t)column, cell,
                                row == 0 ? heading : text);
    }
}

gboolean
ac_workbook_write (const AcSheet *sheet, const gchar *path, GError **error)
{
  g_autofree gchar *part = g_strconcat (path, ".part", NULL);
  lxw_workbook *book = workbook_new (part);
  lxw_error code = LXW_ERROR_MEMORY_MALLOC_FAILED;

  if (book != NULL) {
    fill (sheet, book);
    code = workbook_close (book);
  }
  if (code == LXW_NO_ERROR && g_rename (part, path) == 0)
    return TRUE;
  g_set_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_IO, "cannot write %s: %s", path,
               code != LXW_NO_ERROR ? lxw_strerror (code) : g_strerror (errno));
  g_unlink (part);
  return FALSE;
}
