/* The files: read again by other programs' rules, with totals that are the ledger's. */
#include "card_sheet.h"
#include "county.h"

#include "csv.h"
#include "pdf_text.h"
#include "report_file.h"
#include "workbook.h"

#include <cairo-pdf.h>
#include <zip.h>

static GBytes *
write_report (const AcReport *report, AcReportForm form)
{
  g_autoptr (GError) error = NULL;
  GBytes *file = ac_report_write (report, form, &error);

  g_assert_no_error (error);
  return file;
}

static void
study (County *self)
{
  for (gint64 member = 1; member <= 5; member++) {
    CountyEntry entry = { AC_ENTRY_AUTO, AC_STUDY_GROUP, 1,
                          member,        "0-7200000",    MINUTES (60) + member * 1001 };

    county_enter (self, &entry);
  }
}

static guint
column_of (AcSheet *sheet, guint row, const gchar *head)
{
  for (guint i = 0; i < ac_sheet_n_columns (sheet, row); i++)
    if (strcmp (ac_sheet_cell (sheet, row, i), head) == 0)
      return i;
  g_error ("no column %s", head);
}

/* "1:00:01.001" */
static gint64
time_of (const gchar *text)
{
  gdouble seconds = g_ascii_strtod (strrchr (text, ':') + 1, NULL);
  gint64 hours = g_ascii_strtoll (text, NULL, 10);
  gint64 minutes = g_ascii_strtoll (strchr (text, ':') + 1, NULL, 10);

  return (hours * 60 + minutes) * 60000 + (gint64)(seconds * 1000 + 0.5);
}

static const gchar ledger_sum[] = "SELECT sum (earned_ms) FROM ledger";

static void
test_csv (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (AcSheet) sheet = NULL;
  gint64 sum = 0;
  guint column;

  study (self);
  report = county_report (self, AC_REPORT_CREDIT);
  file = write_report (report, AC_REPORT_CSV);
  g_assert_cmpmem (g_bytes_get_data (file, NULL), 3, "\xef\xbb\xbf", 3);
  sheet = ac_sheet_read (file, NULL);
  column = column_of (sheet, 0, "集中学习时长");
  for (guint row = 1; row <= 5; row++)
    sum += time_of (ac_sheet_cell (sheet, row, column));
  g_assert_cmpint (sum, ==, query_number (self->store.store, ledger_sum));
  g_assert_cmpstr (ac_sheet_cell (sheet, 6, 0), ==, "合计");
  g_assert_cmpint (time_of (ac_sheet_cell (sheet, 6, column)), ==, sum);
  g_assert_cmpstr (ac_sheet_cell (sheet, 1, 2), ==, "360026000000000001");
}

/* What people wrote is no formula. */
static void
test_harmless (County *self, gconstpointer unused)
{
  static const CountyEntry entry = { AC_ENTRY_ADJUST, AC_STUDY_GROUP, 1, 1, "",
                                     MINUTES (5) };
  g_autoptr (AcReport) report = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *text = NULL;

  county_enter (self, &entry);
  report = county_report (self, AC_REPORT_ADJUSTMENTS);
  file = write_report (report, AC_REPORT_CSV);
  text = g_strndup (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_assert_nonnull (strstr (text, ",'=纸质签到,"));
  g_assert_null (strstr (text, ",=纸质签到"));
}

/* Our own reader is the second opinion on the cells; an unpacked sheet on their types.
 */
static void
test_xlsx (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (AcSheet) sheet = NULL;
  gdouble sum = 0;
  guint head = 0, column;

  study (self);
  report = county_report (self, AC_REPORT_CREDIT);
  file = write_report (report, AC_REPORT_XLSX);
  sheet = ac_sheet_read (file, NULL);
  g_assert_nonnull (sheet);
  g_assert_cmpstr (ac_sheet_cell (sheet, 0, 0), ==, "个人学时汇总");
  while (strcmp (ac_sheet_cell (sheet, head, 0), "流出地支部") != 0)
    head++;
  column = column_of (sheet, head, "集中学习时长");
  for (guint row = head + 1; row <= head + 5; row++)
    sum += g_ascii_strtod (ac_sheet_cell (sheet, row, column), NULL);
  g_assert_cmpint ((gint64)(sum * 86400000 + 0.5), ==,
                   query_number (self->store.store, ledger_sum));
  g_assert_cmpfloat_with_epsilon (
      g_ascii_strtod (ac_sheet_cell (sheet, head + 6, column), NULL), sum, 1e-9);
  /* As a number it would have lost its last digits. */
  g_assert_cmpstr (ac_sheet_cell (sheet, head + 1, 2), ==, "360026000000000001");
}

/* Returns: (transfer full): what @program says of @file. */
static gchar *
ask_program (County *self, GBytes *file, const gchar *program, const gchar *option,
             const gchar *target)
{
  g_autofree gchar *path = g_build_filename (self->store.dir, "report.pdf", NULL);
  const gchar *argv[] = { program, option, path, target, NULL };
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;
  gint status = 0;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (file, NULL),
                                      (gssize)g_bytes_get_size (file), &error));
  g_assert_true (g_spawn_sync (NULL, (gchar **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
                               NULL, &text, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return text;
}

static guint
count_of (const gchar *text, const gchar *word)
{
  guint n = 0;

  while ((text = strstr (text, word)) != NULL) {
    text += strlen (word);
    n++;
  }
  return n;
}

static const AcReportColumn wide_columns[] = {
  { "number", "编号", "Number", AC_REPORT_TEXT, 10 },
  { "long", "很长的说明", "Long", AC_REPORT_TEXT, 10 },
  { "time", "时长", "Time", AC_REPORT_TIME, 6, TRUE },
  { NULL },
};

/* Heads on each page, every cell whole, numbers of pages, the sum at the end. */
static void
test_pdf (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report =
      ac_report_new (AC_REPORT_ZH, "test", "试验台账", wide_columns);
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *info = NULL;
  g_autofree gchar *pages = NULL;

  ac_report_set_origin (report, &(AcReportOrigin){ "全县", "2025-01-01", "2025-12-31",
                                                   7, "abc", 0, "王小明" });
  for (guint i = 0; i < 120; i++) {
    g_autofree gchar *number = g_strdup_printf ("3600260000%08u", i);

    ac_report_begin_row (report);
    ac_report_put_text (report, number);
    ac_report_put_text (report, i % 10 == 0 ? "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"
                                              "子丑寅卯辰巳午未申酉戌亥"
                                              "一二三四五六七八九十终"
                                            : "短");
    ac_report_put_number (report, MINUTES (1));
  }
  ac_report_add_signature (report, "审核人");
  file = write_report (report, AC_REPORT_PDF);
  text = ask_program (self, file, "pdftotext", "-layout", "-");
  info = ask_program (self, file, "pdfinfo", "-box", NULL);
  g_assert_nonnull (strstr (info, "A4"));
  g_assert_cmpuint (count_of (text, "很长的说明"), >, 1);
  g_assert_cmpuint (count_of (text, "很长的说明"), ==, count_of (text, "\f"));
  g_assert_cmpuint (count_of (text, "终"), ==, 12);
  g_assert_cmpuint (count_of (text, "3600260000"), ==, 120);
  pages = g_strdup_printf ("2/%u", count_of (text, "\f"));
  g_assert_nonnull (strstr (text, pages));
  g_assert_nonnull (strstr (text, "2:00:00"));
  g_assert_nonnull (strstr (text, "审核人"));
  g_assert_nonnull (strstr (text, "试验台账"));
}

/* Returns: (transfer full): the text of @part. */
static gchar *
unpack (GBytes *file, const gchar *part)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (file, &length);
  zip_t *archive = zip_open_from_source (
      zip_source_buffer_create (data, length, 0, NULL), ZIP_RDONLY, NULL);
  zip_file_t *opened = zip_fopen (archive, part, 0);
  gchar *text = g_malloc0 (64 * 1024);

  g_assert_cmpint (zip_fread (opened, text, 64 * 1024 - 1), >, 0);
  zip_fclose (opened);
  zip_discard (archive);
  return text;
}

/* A row is as high as its longest text needs, in Chinese; ten characters fit a line. */
static void
test_xlsx_rows (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report =
      ac_report_new (AC_REPORT_ZH, "test", "试验台账", wide_columns);
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *page = NULL;

  ac_report_set_origin (report, &(AcReportOrigin){ "x", "a", "b", 0, "", 0, NULL });
  for (guint i = 0; i < 2; i++) {
    ac_report_begin_row (report);
    ac_report_put_text (report, "3600260000");
    ac_report_put_text (report,
                        i == 0 ? "驻苏州第一流动党支部" : "线路中断，会议室有签到记录");
    ac_report_put_number (report, MINUTES (1));
  }
  file = write_report (report, AC_REPORT_XLSX);
  page = unpack (file, "xl/worksheets/sheet1.xml");
  g_assert_nonnull (strstr (page, "defaultRowHeight=\"17.95\" customHeight=\"1\""));
  g_assert_nonnull (strstr (page, "<row r=\"5\"><c"));
  g_assert_nonnull (strstr (page, "<row r=\"6\" ht=\"33.9\" customHeight=\"1\"><c"));
}

/* However many rows there are, the last ones stand with the sum and who signs. */
static void
test_pdf_end (County *self, gconstpointer unused)
{
  for (guint n = 20; n < 80; n += 3) {
    g_autoptr (AcReport) report =
        ac_report_new (AC_REPORT_ZH, "test", "试验台账", wide_columns);
    g_autoptr (GBytes) file = NULL;
    g_autofree gchar *text = NULL;
    const gchar *page;

    ac_report_set_origin (report, &(AcReportOrigin){ "x", "a", "b", 0, "", 0, NULL });
    for (guint i = 0; i < n; i++) {
      ac_report_begin_row (report);
      ac_report_put_text (report, "行");
      ac_report_put_text (report, i == n - 1 ? "尾" : "");
      ac_report_put_number (report, MINUTES (1));
    }
    ac_report_add_signature (report, "审核人");
    file = write_report (report, AC_REPORT_PDF);
    text = ask_program (self, file, "pdftotext", "-layout", "-");
    g_assert_cmpuint (count_of (text, "行"), ==, n);
    page = strstr (text, "审核人");
    while (page > text && page[-1] != '\f')
      page--;
    g_assert_nonnull (strstr (page, "尾"));
    g_assert_nonnull (strstr (page, "合计"));
  }
}

/* Sums are wider than what they are of, and whole all the same. */
static void
test_pdf_sum (County *self, gconstpointer unused)
{
  static const AcReportColumn columns[] = {
    { "name", "名称", "Name", AC_REPORT_TEXT, 40 },
    { "time", "时", "Time", AC_REPORT_TIME, 3, TRUE },
    { "hours", "学", "Hours", AC_REPORT_HOURS, 2, TRUE },
    { NULL },
  };
  g_autoptr (AcReport) report = ac_report_new (AC_REPORT_ZH, "test", "合计", columns);
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *text = NULL;

  ac_report_set_origin (report, &(AcReportOrigin){ "x", "a", "b", 0, "", 0, NULL });
  for (guint i = 0; i < 2; i++) {
    ac_report_begin_row (report);
    ac_report_put_text (report, "");
    ac_report_put_number (report, G_GINT64_CONSTANT (880480) * 1000000);
    ac_report_put_number (report, 69737500);
  }
  file = write_report (report, AC_REPORT_PDF);
  text = ask_program (self, file, "pdftotext", "-layout", "-");
  g_assert_nonnull (strstr (text, "489155:33:20"));
  g_assert_nonnull (strstr (text, "139475"));
}

/* Scripts whose letters join are laid out as wholes. */
static void
test_pdf_scripts (County *self, gconstpointer unused)
{
  g_autoptr (AcReport) report =
      ac_report_new (AC_REPORT_EN, "test", "Scripts", wide_columns);
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *text = NULL;

  ac_report_set_origin (report, &(AcReportOrigin){ "x", "a", "b", 0, "", 0, NULL });
  ac_report_begin_row (report);
  ac_report_put_text (report, "e\xcc\x81t\xc3\xa9 123");
  ac_report_put_text (report, "");
  ac_report_put_none (report);
  file = write_report (report, AC_REPORT_PDF);
  text = ask_program (self, file, "pdftotext", "-layout", "-");
  g_assert_nonnull (strstr (text, "123"));
}

/* Where we break lines, Pango breaks them, but for the kerning of letters. */
static void
test_pdf_lines (County *self, gconstpointer unused)
{
  static const gchar *const texts[] = {
    "短",
    "党课第1讲",
    "01-05 党课第1讲；01-07 主题教育第2讲；02-11 电商直播第10讲 … +35",
    "驻深圳第一流动党支部",
    "（一）线路中断，会议室有签到记录。见《纸质签到表》第3页！",
    "36002600000000012345678901234567890123456789",
    "文字和 words 混在一起，100% 没有问题：1:30:00",
  };
  cairo_surface_t *surface = cairo_pdf_surface_create (NULL, 500, 500);
  cairo_t *cairo = cairo_create (surface);
  AcPdfText *text = ac_pdf_text_new (cairo, 8.5);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans CJK SC");
  PangoLayout *layout = pango_cairo_create_layout (cairo);

  pango_font_description_set_absolute_size (font, 8.5 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_context_set_round_glyph_positions (pango_layout_get_context (layout), FALSE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gint width = 24; width < 240; width += 7) {
      gint n;

      pango_layout_set_text (layout, texts[i], -1);
      pango_layout_set_width (layout, width * PANGO_SCALE);
      n = pango_layout_get_line_count (layout);
      g_assert_cmpfloat_with_epsilon (ac_pdf_text_height (text, texts[i], width, 64),
                                      n * ac_pdf_text_line_height (text), 0.1);
    }
  ac_pdf_text_free (text);
  pango_font_description_free (font);
  g_object_unref (layout);
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
}

/* Ten a page; what is on a card is whole and can be read. */
static void
test_cards (County *self, gconstpointer unused)
{
  AcCardFace faces[11];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autofree gchar *text = NULL;
  g_autofree gchar *info = NULL;
  const gchar *second;

  for (guint i = 0; i < G_N_ELEMENTS (faces); i++)
    faces[i] = (AcCardFace){ .name = "王小明",
                             .number = i == 10 ? "360726-0011" : "360726-0001",
                             .branch = "安远县欣山镇古田村党支部",
                             .code = "ACABCDEFGHIJKLMNOP" };
  file = ac_card_sheet_write (faces, G_N_ELEMENTS (faces), AC_REPORT_ZH, &error);
  g_assert_no_error (error);
  text = ask_program (self, file, "pdftotext", "-layout", "-");
  info = ask_program (self, file, "pdfinfo", "-box", NULL);
  g_assert_nonnull (strstr (info, "A4"));
  g_assert_cmpuint (count_of (text, "\f"), ==, 2);
  g_assert_cmpuint (count_of (text, "王小明"), ==, 11);
  g_assert_cmpuint (count_of (text, "ACABCDEFGHIJKLMNOP"), ==, 11);
  second = strchr (text, '\f');
  g_assert_cmpuint (count_of (second, "王小明"), ==, 1);
  g_assert_nonnull (strstr (second, "360726-0011"));
}

static void
test_every_kind (County *self, gconstpointer unused)
{
  study (self);
  self->ask->lesson = 1;
  self->ask->member = 1;
  for (AcReportLanguage language = AC_REPORT_ZH; language <= AC_REPORT_EN; language++)
    for (guint kind = 0; kind < AC_N_REPORT_KINDS; kind++) {
      g_autoptr (AcReport) report = NULL;

      self->ask->language = language;
      report = county_report (self, (AcReportKind)kind);
      ac_report_set_code (report, "00000-00000-00000", "https://x/verify/1");
      for (guint form = 0; form < AC_N_REPORT_FORMS; form++) {
        g_autoptr (GBytes) file = write_report (report, (AcReportForm)form);

        g_assert_cmpuint (g_bytes_get_size (file), >, 300);
      }
    }
}

int
main (int argc, char **argv)
{
  static const CountyTest tests[] = {
    { "csv", test_csv },
    { "harmless", test_harmless },
    { "xlsx", test_xlsx },
    { "xlsx-rows", test_xlsx_rows },
    { "pdf", test_pdf },
    { "pdf-end", test_pdf_end },
    { "pdf-sum", test_pdf_sum },
    { "pdf-scripts", test_pdf_scripts },
    { "pdf-lines", test_pdf_lines },
    { "cards", test_cards },
    { "every-kind", test_every_kind },
  };

  g_test_init (&argc, &argv, NULL);
  county_add_tests ("/report-files/", tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
