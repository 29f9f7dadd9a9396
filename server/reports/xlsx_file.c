#include "report_file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define DAY_MS 86400000.0
#define TENTHS_OF_WIDE 21 /* a Chinese character is as wide as 2.1 digits */
#define TEXT_POINTS 11.0  /* what spreadsheets take by themselves */
#define TITLE_POINTS 16.0
#define LINES_MAX 25 /* a row is at most 409 points high */

/* Of a column: its cells, its head, its sum. */
typedef struct {
  const AcReport *report;
  lxw_worksheet *page;
  lxw_format *title, *line, *head, *cells[AC_REPORT_BLANK + 1],
      *sums[AC_REPORT_BLANK + 1];
  gdouble *digits; /* of each column: its width */
  guint row;
} Book;

static const gchar *const number_formats[] = {
  [AC_REPORT_TEXT] = "@",         [AC_REPORT_DAY] = "@",
  [AC_REPORT_COUNT] = "0",        [AC_REPORT_HOURS] = "0.0##",
  [AC_REPORT_TIME] = "[h]:mm:ss", [AC_REPORT_RATE] = "0.0%",
  [AC_REPORT_BLANK] = "@",
};

static gboolean
is_text (AcReportType type)
{
  return type == AC_REPORT_TEXT || type == AC_REPORT_DAY || type == AC_REPORT_BLANK;
}

/* Spreadsheets count time in days and rates in ones. */
static gdouble
value_of (AcReportType type, gint64 number)
{
  if (type == AC_REPORT_TIME)
    return (gdouble)number / DAY_MS;
  return type == AC_REPORT_COUNT ? (gdouble)number : (gdouble)number / 1000.0;
}

static void
make_formats (Book *book, lxw_workbook *file)
{
  book->title = workbook_add_format (file);
  format_set_bold (book->title);
  format_set_font_size (book->title, TITLE_POINTS);
  book->line = workbook_add_format (file);
  format_set_num_format (book->line, "@");
  book->head = workbook_add_format (file);
  format_set_bold (book->head);
  format_set_text_wrap (book->head);
  format_set_align (book->head, LXW_ALIGN_CENTER);
  format_set_align (book->head, LXW_ALIGN_VERTICAL_CENTER);
  format_set_border (book->head, LXW_BORDER_THIN);
  format_set_bg_color (book->head, 0xE8EDF3);
  for (guint i = 0; i <= AC_REPORT_BLANK; i++) {
    book->cells[i] = workbook_add_format (file);
    format_set_num_format (book->cells[i], number_formats[i]);
    format_set_border (book->cells[i], LXW_BORDER_THIN);
    format_set_align (book->cells[i], LXW_ALIGN_VERTICAL_CENTER);
    if (is_text ((AcReportType)i))
      format_set_text_wrap (book->cells[i]);
    book->sums[i] = workbook_add_format (file);
    format_set_num_format (book->sums[i], number_formats[i]);
    format_set_border (book->sums[i], LXW_BORDER_THIN);
    format_set_align (book->sums[i], LXW_ALIGN_VERTICAL_CENTER);
    format_set_bold (book->sums[i]);
  }
}

static void
add_lines (Book *book, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    worksheet_write_string (book->page, book->row++, 0, lines->pdata[i], book->line);
}

static gdouble
digits_of (const AcReport *report, guint column, GString *text)
{
  ac_report_sum_text (report, column, text); /* too wide, it would be shown as "####" */
  return MAX (2.0 * ac_report_column (report, column)->width, (gdouble)text->len) + 2;
}

/* Returns: lines that @text takes in a column of @digits digits. */
static guint
lines_of (const gchar *text, gdouble digits)
{
  guint tenths = 0;

  for (; text != NULL && *text != '\0'; text = g_utf8_next_char (text))
    tenths += g_unichar_iswide (g_utf8_get_char (text)) ? TENTHS_OF_WIDE : 10;
  return (guint)ceil (tenths / (10 * (digits - 1)));
}

/* A line of Chinese takes 1.45 of its font's size: more than the rows that spreadsheets
 * make for Latin. */
static gdouble
height_of (guint n_lines, gdouble points)
{
  return n_lines * points * 1.45 + 2;
}

/* Not every program fits rows to their texts when it opens a file. */
static void
fit_row (Book *book, guint lines)
{
  if (lines > 1)
    worksheet_set_row (book->page, book->row,
                       height_of (MIN (lines, LINES_MAX), TEXT_POINTS), NULL);
}

static void
add_head (Book *book)
{
  guint lines = 1;

  for (guint i = 0; i < ac_report_n_columns (book->report); i++)
    lines = MAX (lines, lines_of (ac_report_head (book->report, i), book->digits[i]));
  fit_row (book, lines);
  for (guint i = 0; i < ac_report_n_columns (book->report); i++)
    worksheet_write_string (book->page, book->row, (lxw_col_t)i,
                            ac_report_head (book->report, i), book->head);
  worksheet_repeat_rows (book->page, book->row, book->row);
  worksheet_freeze_panes (book->page, ++book->row, 0);
}

static void
add_cell (Book *book, guint row, guint column)
{
  AcReportType type = ac_report_column (book->report, column)->type;
  const AcReportCell *cell = ac_report_cell (book->report, row, column);
  lxw_format *format = book->cells[type];

  if (cell->none)
    worksheet_write_blank (book->page, book->row, (lxw_col_t)column, format);
  else if (is_text (type))
    worksheet_write_string (book->page, book->row, (lxw_col_t)column, cell->text,
                            format);
  else
    worksheet_write_number (book->page, book->row, (lxw_col_t)column,
                            value_of (type, cell->number), format);
}

static void
add_row (Book *book, guint row)
{
  guint lines = 1;

  for (guint i = 0; i < ac_report_n_columns (book->report); i++)
    if (is_text (ac_report_column (book->report, i)->type))
      lines = MAX (lines, lines_of (ac_report_cell (book->report, row, i)->text,
                                    book->digits[i]));
  fit_row (book, lines);
  for (guint i = 0; i < ac_report_n_columns (book->report); i++)
    add_cell (book, row, i);
  book->row++;
}

/* A formula, with what it gives: who changes a cell sees the sum follow. */
static void
add_sums (Book *book, guint first_row)
{
  for (guint i = 0; i < ac_report_n_columns (book->report); i++) {
    const AcReportColumn *column = ac_report_column (book->report, i);
    lxw_col_t at = (lxw_col_t)i;

    if (i == 0)
      worksheet_write_string (book->page, book->row, at,
                              ac_report_word (book->report, "合计", "Total"),
                              book->sums[AC_REPORT_TEXT]);
    else if (column->sum && book->row > first_row) {
      gchar range[LXW_MAX_CELL_RANGE_LENGTH];
      g_autofree gchar *formula = NULL;

      lxw_rowcol_to_range (range, first_row, at, book->row - 1, at);
      formula = g_strdup_printf ("=SUM(%s)", range);
      worksheet_write_formula_num (
          book->page, book->row, at, formula, book->sums[column->type],
          value_of (column->type, ac_report_sum (book->report, i)));
    } else
      worksheet_write_blank (book->page, book->row, at, book->sums[AC_REPORT_TEXT]);
  }
  book->row++;
}

/* In one line, which no end of a page can part. */
static void
add_signatures (Book *book)
{
  const GPtrArray *signatures = ac_report_signatures (book->report);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < signatures->len; i++)
    g_string_append_printf (line, "%s%s________________    ",
                            (const gchar *)signatures->pdata[i],
                            ac_report_word (book->report, "：", ": "));
  worksheet_write_string (book->page, ++book->row, 0, line->str, book->line);
}

/* On paper: A4, as many pages high as it takes, one wide. */
static void
set_page (Book *book, guint width)
{
  worksheet_set_paper (book->page, 9);
  worksheet_fit_to_pages (book->page, 1, 0);
  worksheet_set_footer (book->page, "&C&P / &N");
  if (width > 50)
    worksheet_set_landscape (book->page);
}

static void
fill (const AcReport *report, lxw_workbook *file)
{
  Book book = { .report = report, .page = workbook_add_worksheet (file, NULL) };
  g_autoptr (GPtrArray) heading = ac_report_heading (report);
  g_autoptr (GPtrArray) footing = ac_report_footing (report);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gdouble *digits = g_new (gdouble, ac_report_n_columns (report));
  guint first_row, width = 0;

  make_formats (&book, file);
  book.digits = digits;
  for (guint i = 0; i < ac_report_n_columns (report); i++) {
    book.digits[i] = digits_of (report, i, text);
    worksheet_set_column (book.page, (lxw_col_t)i, (lxw_col_t)i, book.digits[i], NULL);
    width += ac_report_column (report, i)->width;
  }
  set_page (&book, width);
  worksheet_set_default_row (book.page, height_of (1, TEXT_POINTS), FALSE);
  worksheet_set_row (book.page, book.row, height_of (1, TITLE_POINTS), NULL);
  worksheet_write_string (book.page, book.row++, 0, ac_report_title (report),
                          book.title);
  add_lines (&book, heading);
  add_head (&book);
  first_row = book.row;
  for (guint row = 0; row < ac_report_n_rows (report); row++)
    add_row (&book, row);
  if (ac_report_has_sums (report))
    add_sums (&book, first_row);
  book.row++;
  add_lines (&book, footing);
  add_signatures (&book);
}

static gboolean
write_book (const AcReport *report, const gchar *path, const gchar *dir, GError **error)
{
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *)dir };
  lxw_workbook *book = workbook_new_opt (path, &options);
  lxw_error code = LXW_ERROR_MEMORY_MALLOC_FAILED;

  if (book != NULL) {
    fill (report, book);
    code = workbook_close (book);
  }
  if (code == LXW_NO_ERROR)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write a workbook: %s",
               lxw_strerror (code));
  return FALSE;
}

/* The library writes files only. */
GBytes *
ac_report_to_xlsx (const AcReport *report, GError **error)
{
  g_autofree gchar *dir = g_dir_make_tmp ("airclass-report-XXXXXX", error);
  g_autofree gchar *path = NULL;
  gchar *data = NULL;
  gsize length = 0;

  if (dir == NULL)
    return NULL;
  path = g_build_filename (dir, "report.xlsx", NULL);
  if (write_book (report, path, dir, error))
    g_file_get_contents (path, &data, &length, error);
  g_unlink (path);
  g_rmdir (dir);
  return data != NULL ? g_bytes_new_take (data, length) : NULL;
}
