/* sheet_text.h - a sheet as one line of text, for tests. */
#pragma once

#include "sheet.h"

#include <string.h>

/* Returns: (transfer full): "1:a|b 3:c" */
static inline gchar *
sheet_text (const AcSheet *sheet)
{
  GString *text = g_string_new (NULL);

  for (guint row = 0; row < ac_sheet_n_rows (sheet); row++) {
    g_string_append_printf (text, "%s%u:", row > 0 ? " " : "",
                            ac_sheet_row_number (sheet, row));
    for (guint column = 0; column < ac_sheet_n_columns (sheet, row); column++)
      g_string_append_printf (text, "%s%s", column > 0 ? "|" : "",
                              ac_sheet_cell (sheet, row, column));
  }
  return g_string_free (text, FALSE);
}

static inline void
assert_sheet (GBytes *file, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AcSheet) sheet = ac_sheet_read (file, &error);
  g_autofree gchar *text = NULL;

  g_assert_no_error (error);
  text = sheet_text (sheet);
  g_assert_cmpstr (text, ==, expected);
}

static inline void
assert_no_sheet (GBytes *file, AcSheetError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ac_sheet_read (file, &error));
  g_assert_error (error, AC_SHEET_ERROR, (gint)code);
  g_test_message ("%s", error->message);
}
