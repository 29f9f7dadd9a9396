#include "csv.h"
#include "sheet_text.h"

static void
test_read (void)
{
  static const struct {
    const gchar *text;
    gsize length;
    const gchar *sheet;
  } rows[] = {
    { "", 0, "" },
    { "a,b\nc,d\n", 8, "1:a|b 2:c|d" },
    { "a,b\r\nc,d", 8, "1:a|b 2:c|d" },
    { "a,b\rc,d", 7, "1:a|b 2:c|d" },
    { "\xef\xbb\xbf姓名,x", 11, "1:姓名|x" },
    { "\xd0\xd5\xc3\xfb,x\n", 7, "1:姓名|x" },     /* GB18030 */
    { "\x81\x39\xee\x39,\xd0\xd5", 7, "1:㐀|姓" }, /* its four bytes */
    { "\xff\xfe\x3a\x59,\0x\0", 8, "1:夺|x" },     /* UTF-16 */
    { "a;b;c\n1;2,5;3", 13, "1:a|b|c 2:1|2,5|3" },
    { "a\tb\n1\t2", 7, "1:a|b 2:1|2" },
    { "\"a,\"\"b\"\"\",\"c\nd\"\n", 15, "1:a,\"b\"|c\nd" },
    { "a\n\n,,\nb", 7, "1:a 4:b" }, /* empty rows */
    { ",,x\n", 4, "1:||x" },
    { " a ,\xe3\x80\x80 b\xc2\xa0\n", 12, "1:a|b" }, /* wide spaces */
    { "a\x01"
      "b,\xe2\x80\xae"
      "c\xe2\x80\x8b\n",
      12, "1:a b|c" }, /* invisible ones */
    { "'=1+1,'-x,'quoted\n", 18, "1:=1+1|-x|'quoted" },
    { "\"open", 5, "1:open" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) file = g_bytes_new (rows[i].text, rows[i].length);

    g_test_message ("row %u", i);
    assert_sheet (file, rows[i].sheet);
  }
}

static GBytes *
repeat (const gchar *text, guint n)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (all, text);
  return g_string_free_to_bytes (all);
}

static void
test_refused (void)
{
  g_autoptr (GBytes) rows = repeat ("x\n", AC_SHEET_ROWS_MAX + 1);
  g_autoptr (GBytes) columns = repeat ("x,", AC_SHEET_COLUMNS_MAX + 1);
  g_autoptr (GBytes) cell = repeat ("x", AC_SHEET_CELL_MAX_BYTES + 1);
  g_autoptr (GBytes) file =
      repeat ("xxxxxxxxxxxxxxxx", AC_SHEET_FILE_MAX_BYTES / 16 + 1);
  g_autoptr (GBytes) xls = g_bytes_new_static ("\xd0\xcf\x11\xe0\xa1\xb1", 6);
  g_autoptr (GBytes) noise = g_bytes_new_static ("\xff\xff\x80\x80\x01", 5);
  g_autoptr (GBytes) zero = g_bytes_new_static ("\xd0\xd5\0,\xff", 5);

  assert_no_sheet (rows, AC_SHEET_ERROR_LIMIT);
  assert_no_sheet (columns, AC_SHEET_ERROR_LIMIT);
  assert_no_sheet (cell, AC_SHEET_ERROR_LIMIT);
  assert_no_sheet (file, AC_SHEET_ERROR_LIMIT);
  assert_no_sheet (xls, AC_SHEET_ERROR_FORM);
  assert_no_sheet (noise, AC_SHEET_ERROR_FORM);
  assert_no_sheet (zero, AC_SHEET_ERROR_FORM);
}

/* The whole of the text counts too. */
static void
test_text_is_limited (void)
{
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  g_autofree gchar *cell = g_strnfill (AC_SHEET_CELL_MAX_BYTES, 'x');
  g_autoptr (GError) error = NULL;
  guint n = 0;

  while (ac_sheet_begin_row (sheet, n + 1, &error) &&
         ac_sheet_set_cell (sheet, 0, cell, -1, &error))
    n++;
  g_assert_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_LIMIT);
  g_assert_cmpuint (n, ==, AC_SHEET_TEXT_MAX_BYTES / AC_SHEET_CELL_MAX_BYTES);
}

static void
test_round_trip (void)
{
  static const gchar *const cells[] = {
    "编号", "a,b", "\"", "line\nbreak", "=1+1", "-5", "+86", "@x",
    "''=x", "'",   "",   "0017",        NULL,
  };
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  g_autoptr (GBytes) file = NULL;
  g_autoptr (AcSheet) again = NULL;

  ac_sheet_add_row (sheet, cells);
  file = ac_csv_write (sheet);
  g_assert_cmpmem (g_bytes_get_data (file, NULL), 3, "\xef\xbb\xbf", 3);
  again = ac_sheet_read (file, NULL);
  for (guint i = 0; cells[i] != NULL; i++)
    g_assert_cmpstr (ac_sheet_cell (again, 0, i), ==, cells[i]);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (file, NULL), -1, ",'=1+1,'-5,"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/read", test_read);
  g_test_add_func ("/csv/refused", test_refused);
  g_test_add_func ("/csv/text-is-limited", test_text_is_limited);
  g_test_add_func ("/csv/round-trip", test_round_trip);
  return g_test_run ();
}
