/* fuzz-sheet - a roster file of a stranger: the input is the file. Whatever is read is
 * written and read again, and stays as it is. */

#include "csv.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
assert_equal (const AcSheet *a, const AcSheet *b)
{
  g_assert_cmpuint (ac_sheet_n_rows (a), ==, ac_sheet_n_rows (b));
  for (guint row = 0; row < ac_sheet_n_rows (a); row++) {
    guint n = MAX (ac_sheet_n_columns (a, row), ac_sheet_n_columns (b, row));

    for (guint column = 0; column < n; column++)
      g_assert_cmpstr (ac_sheet_cell (a, row, column), ==,
                       ac_sheet_cell (b, row, column));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new_static (data, size);
  g_autoptr (AcSheet) sheet = ac_sheet_read (file, NULL);
  g_autoptr (AcSheet) again = NULL;
  g_autoptr (GBytes) csv = NULL;

  if (sheet == NULL)
    return 0;
  for (guint row = 0; row < ac_sheet_n_rows (sheet); row++) {
    g_assert_cmpuint (ac_sheet_n_columns (sheet, row), <=, AC_SHEET_COLUMNS_MAX);
    for (guint column = 0; column < ac_sheet_n_columns (sheet, row); column++)
      g_assert_true (g_utf8_validate (ac_sheet_cell (sheet, row, column), -1, NULL));
  }
  csv = ac_csv_write (sheet);
  again = ac_sheet_read (csv, NULL);
  if (again != NULL) /* an apostrophe may make a cell too long */
    assert_equal (sheet, again);
  return 0;
}
