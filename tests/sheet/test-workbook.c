#include "sheet_text.h"
#include "workbook.h"
#include "workbook_xml.h"

#include <glib/gstdio.h>
#include <zip.h>

#define BOOK                                                                           \
  "<?xml version='1.0'?><workbook xmlns:r='r'><sheets>"                                \
  "<sheet name='a' sheetId='1' r:id='rId7'/><sheet name='b' sheetId='2' r:id='rId8'/>" \
  "</sheets></workbook>"
#define RELATIONS                                                                      \
  "<Relationships><Relationship Id='rId1' Target='styles.xml'/>"                       \
  "<Relationship Id='rId7' Target='worksheets/sheet1.xml'/></Relationships>"
#define STRINGS                                                                        \
  "<sst><si><t>姓名</t></si><si><r><t>王</t></r><r><t>明</t></r>"                  \
  "<rPh><t>wang</t></rPh></si><si><t/></si></sst>"

typedef struct {
  const gchar *name, *text; /* of a part; @text NULL: it is missing */
} Part;

/* Returns: (transfer full): a workbook of @sheet; @other: (nullable): a part instead of
 * the usual one. */
static GBytes *
make_book (const gchar *sheet, const Part *other)
{
  const Part parts[] = {
    { "xl/workbook.xml", BOOK },
    { "xl/_rels/workbook.xml.rels", RELATIONS },
    { "xl/sharedStrings.xml", STRINGS },
    { "xl/worksheets/sheet1.xml", sheet },
  };
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), "airclass-XXXXXX", NULL);
  gint fd = g_mkstemp (path);
  zip_t *archive = zip_open (path, ZIP_TRUNCATE, NULL);
  gchar *data;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const Part *part =
        other != NULL && strcmp (other->name, parts[i].name) == 0 ? other : &parts[i];

    if (part->text != NULL)
      zip_file_add (archive, part->name,
                    zip_source_buffer (archive, part->text, strlen (part->text), 0), 0);
  }
  g_assert_cmpint (zip_close (archive), ==, 0);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_unlink (path);
  g_close (fd, NULL);
  return g_bytes_new_take (data, length);
}

static void
test_read (void)
{
  static const struct {
    const gchar *sheet, *text;
  } rows[] = {
    { "<worksheet><sheetData/></worksheet>", "" },
    { "<worksheet><sheetData><row r='2'><c r='A2' t='s'><v>0</v></c>"
      "<c r='C2' t='s'><v>1</v></c><c r='D2' t='s'><v>2</v></c></row>"
      "<row r='5'><c r='B5' t='inlineStr'><is><t>x</t></is></c></row>"
      "</sheetData></worksheet>",
      "2:姓名||王明 5:|x" },
    { "<x:worksheet xmlns:x='y'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c>"
      "<x:c t='str'><x:f>A1</x:f><x:v>f</x:v></x:c></x:row><x:row><x:c t='e'>"
      "<x:v>#N/A</x:v></x:c><x:c t='b'><x:v>1</x:v></x:c></x:row></x:sheetData>"
      "</x:worksheet>",
      "1:1|f 2:|1" },
    { "<worksheet><sheetData><row><c><v>1.3800138E10</v></c><c><v>46027</v></c>"
      "<c><v>46027.5</v></c><c><v>0.1</v></c><c><v>123456789012345678</v></c></row>"
      "<row r='9' ht='20'><c r='A9' s='3'/></row></sheetData></worksheet>",
      "1:13800138000|46027|46027.5|0.1|123456789012345678" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) book = make_book (rows[i].sheet, NULL);

    g_test_message ("row %u", i);
    assert_sheet (book, rows[i].text);
  }
}

#define ROWS(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void
test_refused (void)
{
  static const struct {
    const gchar *sheet;
    Part other;
  } rows[] = {
    { NULL, { NULL, NULL } },
    { "<worksheet>", { NULL, NULL } },
    { "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>", { NULL, NULL } },
    { ROWS ("<row><c><v>&a;</v></c></row>"), { NULL, NULL } },
    { ROWS ("<row><c t='s'><v>3</v></c></row>"), { NULL, NULL } },
    { ROWS ("<row><c t='s'><v>-1</v></c></row>"), { NULL, NULL } },
    { ROWS ("<row r='0'/>"), { NULL, NULL } },
    { ROWS ("<row r='2'/><row r='2'/>"), { NULL, NULL } },
    { ROWS ("<row><c r='1A'/></row>"), { NULL, NULL } },
    { ROWS (""), { "xl/workbook.xml", NULL } },
    { ROWS (""), { "xl/workbook.xml", "<workbook/>" } },
    { ROWS (""), { "xl/_rels/workbook.xml.rels", "<x/>" } },
    { ROWS (""), { "xl/_rels/workbook.xml.rels", NULL } },
    { ROWS (""), { "xl/sharedStrings.xml", "<sst><si>" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) book =
        make_book (rows[i].sheet, rows[i].other.name != NULL ? &rows[i].other : NULL);

    g_test_message ("row %u", i);
    assert_no_sheet (book, AC_SHEET_ERROR_FORM);
  }
}

static void
test_nested (void)
{
  g_autoptr (GString) sheet = g_string_new (NULL);
  g_autoptr (GBytes) book = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (sheet, "<a>");
  book = make_book (sheet->str, NULL);
  assert_no_sheet (book, AC_SHEET_ERROR_FORM);
}

/* 120 MiB of nothing, some 120 KiB packed. */
static void
test_bomb (void)
{
  g_autofree gchar *spaces = g_strnfill (120 << 20, ' ');
  g_autoptr (GBytes) book = NULL;

  memcpy (spaces, "<worksheet>", 11);
  book = make_book (spaces, NULL);
  g_assert_cmpuint (g_bytes_get_size (book), <, 1 << 20);
  assert_no_sheet (book, AC_SHEET_ERROR_LIMIT);
}

static void
test_limits (void)
{
  static const gchar *const sheets[] = {
    ROWS ("<row><c r='BN1'><v>1</v></c></row>"),
    ROWS ("<row><c r='ZZZ1'><v>1</v></c></row>"),
  };
  g_autofree gchar *long_text = g_strnfill (5 * AC_SHEET_CELL_MAX_BYTES, 'x');
  g_autofree gchar *cell =
      g_strdup_printf (ROWS ("<row><c t='str'><v>%s</v></c></row>"), long_text);
  g_autoptr (GBytes) book = make_book (cell, NULL);

  assert_no_sheet (book, AC_SHEET_ERROR_LIMIT);
  for (guint i = 0; i < G_N_ELEMENTS (sheets); i++) {
    g_autoptr (GBytes) wide = make_book (sheets[i], NULL);

    assert_no_sheet (wide, AC_SHEET_ERROR_LIMIT);
  }
}

/* Each cut of a good file is refused or read, and nothing worse. */
static void
test_cut (void)
{
  g_autoptr (GBytes) book = make_book (ROWS ("<row><c><v>1</v></c></row>"), NULL);

  for (gsize length = 0; length < g_bytes_get_size (book); length++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (book, 0, length);
    g_autoptr (AcSheet) sheet = ac_sheet_read (cut, NULL);
  }
}

static void
test_columns (void)
{
  static const struct {
    const gchar *reference;
    gint column; /* -1: none */
  } rows[] = {
    { "A1", 0 },       { "Z9", 25 },    { "AA10", 26 }, { "BM1", 64 },
    { "ZZZ1", 18277 }, { "ZZZZ1", -1 }, { "1", -1 },    { "a1", -1 },
    { "", -1 },        { "A!", -1 },    { "B", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint column = 0;

    g_assert_true (ac_workbook_column (rows[i].reference, &column) ==
                   (rows[i].column >= 0));
    g_assert_cmpuint (column, ==, MAX (rows[i].column, 0));
  }
}

static void
test_round_trip (void)
{
  static const gchar *const headings[] = { "编号", "姓名", NULL };
  static const gchar *const cells[] = {
    "510101199001011234", "=1+1", "", "a&<b>\"", "'x", NULL
  };
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (dir, "名册.xlsx", NULL);
  g_autofree gchar *nowhere = g_build_filename (dir, "no", "x.xlsx", NULL);
  g_autoptr (AcSheet) sheet = ac_sheet_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  gchar *data;
  gsize length;

  ac_sheet_add_row (sheet, headings);
  ac_sheet_add_row (sheet, cells);
  g_assert_true (ac_workbook_write (sheet, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  file = g_bytes_new_take (data, length);
  assert_sheet (file, "1:编号|姓名 2:510101199001011234|=1+1||a&<b>\"|'x");
  g_assert_false (ac_workbook_write (sheet, nowhere, &error));
  g_assert_error (error, AC_SHEET_ERROR, AC_SHEET_ERROR_IO);
  g_unlink (path);
  g_assert_cmpint (g_rmdir (dir), ==, 0); /* nothing else is left */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workbook/read", test_read);
  g_test_add_func ("/workbook/refused", test_refused);
  g_test_add_func ("/workbook/nested", test_nested);
  g_test_add_func ("/workbook/bomb", test_bomb);
  g_test_add_func ("/workbook/limits", test_limits);
  g_test_add_func ("/workbook/cut", test_cut);
  g_test_add_func ("/workbook/columns", test_columns);
  g_test_add_func ("/workbook/round-trip", test_round_trip);
  return g_test_run ();
}
