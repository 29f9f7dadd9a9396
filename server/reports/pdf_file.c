#include "report_file.h"

#include "pdf_code.h"
#include "pdf_text.h"

#include <cairo-pdf.h>
#include <string.h>

/* A4, in points. */
#define PAPER_SHORT 595.28
#define PAPER_LONG 841.89
#define MARGIN 40.0
#define FOOT 26.0 /* of it, for page number and head of the ledger */

#define TITLE_POINTS 16.0
#define LINE_POINTS 9.0
#define CELL_POINTS 8.5
#define DIGIT_EM 0.56 /* width of a digit; other signs of figures are narrower */
#define FOOT_POINTS 7.0
#define PAD_X 3.0
#define PAD_Y 2.0
#define CODE_SIDE 84.0 /* of the QR code */
#define SIGNATURE_HEIGHT 34.0
#define ROWS_WITH_END 3

typedef struct {
  const AcReport *report;
  cairo_t *cairo;
  gdouble width, height; /* of the page */
  gdouble y;
  guint page, n_pages;
  AcPdfText *title, *line, *cell, *foot;
  gdouble *column_widths;
  gdouble head_height;
  gdouble *row_heights;
  guint *page_rows; /* for each page, the row after its last */
  GString *text;
} Paper;

static gdouble
bottom_of (const Paper *self)
{
  return self->height - MARGIN - FOOT;
}

static gdouble
body_width (const Paper *self)
{
  return self->width - 2 * MARGIN;
}

static guint
lines_max (const Paper *self)
{
  return (guint)((bottom_of (self) - MARGIN - self->head_height - 2 * PAD_Y) /
                 ac_pdf_text_line_height (self->cell));
}

/* --- Widths and heights --- */

/* Upright when the columns fit so, else across; what is left over is shared out. A sum
 * is never cut: it may be wider than any cell. */
static void
choose_widths (Paper *self)
{
  guint n = ac_report_n_columns (self->report);
  gdouble wanted = 0;

  self->column_widths = g_new (gdouble, n);
  for (guint i = 0; i < n; i++) {
    ac_report_sum_text (self->report, i, self->text);
    self->column_widths[i] =
        MAX (ac_report_column (self->report, i)->width * CELL_POINTS,
             self->text->len * DIGIT_EM * CELL_POINTS) +
        2 * PAD_X;
    wanted += self->column_widths[i];
  }
  self->width = wanted <= PAPER_SHORT - 2 * MARGIN ? PAPER_SHORT : PAPER_LONG;
  self->height = self->width == PAPER_SHORT ? PAPER_LONG : PAPER_SHORT;
  for (guint i = 0; i < n; i++)
    self->column_widths[i] *= body_width (self) / wanted;
}

static const gchar *
text_at (Paper *self, guint row, guint column)
{
  ac_report_cell_text (ac_report_column (self->report, column)->type,
                       ac_report_cell (self->report, row, column), FALSE, self->text);
  return self->text->str;
}

static gdouble
height_of_head (Paper *self)
{
  gdouble height = 0;

  for (guint i = 0; i < ac_report_n_columns (self->report); i++)
    height =
        MAX (height, ac_pdf_text_height (self->cell, ac_report_head (self->report, i),
                                         self->column_widths[i] - 2 * PAD_X, 4));
  return height + 2 * PAD_Y;
}

static gdouble
height_of_row (Paper *self, guint row)
{
  gdouble height = ac_pdf_text_line_height (self->cell);
  guint max_lines = lines_max (self);

  for (guint i = 0; i < ac_report_n_columns (self->report); i++)
    height = MAX (height,
                  ac_pdf_text_height (self->cell, text_at (self, row, i),
                                      self->column_widths[i] - 2 * PAD_X, max_lines));
  return height + 2 * PAD_Y;
}

static gdouble
height_of_lines (Paper *self, GPtrArray *lines, gdouble width)
{
  gdouble height = 0;

  for (guint i = 0; i < lines->len; i++)
    height += ac_pdf_text_height (self->line, lines->pdata[i], width, 4) + 1;
  return height;
}

/* --- Above the table --- */

/* Facts are short: as many on a line as fit. Returns: (transfer full). */
static GPtrArray *
join_lines (Paper *self, gdouble width)
{
  g_autoptr (GPtrArray) heading = ac_report_heading (self->report);
  GPtrArray *joined = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < heading->len; i++) {
    g_autofree gchar *both =
        joined->len > 0
            ? g_strdup_printf ("%s　　%s", (gchar *)joined->pdata[joined->len - 1],
                               (gchar *)heading->pdata[i])
            : NULL;

    if (both == NULL || ac_pdf_text_height (self->line, both, width, 2) >
                            ac_pdf_text_line_height (self->line)) {
      g_ptr_array_add (joined, g_strdup (heading->pdata[i]));
    } else {
      g_free (joined->pdata[joined->len - 1]);
      joined->pdata[joined->len - 1] = g_steal_pointer (&both);
    }
  }
  return joined;
}

static gdouble
heading_width (const Paper *self)
{
  return body_width (self) -
         (ac_report_address (self->report) != NULL ? CODE_SIDE + 12 : 0);
}

static gdouble
height_of_heading (Paper *self)
{
  g_autoptr (GPtrArray) lines = join_lines (self, heading_width (self));
  gdouble height = ac_pdf_text_line_height (self->title) + 8 +
                   height_of_lines (self, lines, heading_width (self)) + 6;

  if (ac_report_address (self->report) != NULL)
    height = MAX (height, CODE_SIDE + ac_pdf_text_line_height (self->foot) + 10);
  return height;
}

static void
show_lines (Paper *self, GPtrArray *lines, gdouble width)
{
  for (guint i = 0; i < lines->len; i++) {
    ac_pdf_text_show (self->line, lines->pdata[i], MARGIN, self->y, width, 4,
                      PANGO_ALIGN_LEFT);
    self->y += ac_pdf_text_height (self->line, lines->pdata[i], width, 4) + 1;
  }
}

static void
show_code (Paper *self)
{
  gdouble x = self->width - MARGIN - CODE_SIDE;

  ac_pdf_code_show (self->cairo, ac_report_address (self->report), x, MARGIN,
                    CODE_SIDE);
  ac_pdf_text_show (self->foot, ac_report_code (self->report), x - 6,
                    MARGIN + CODE_SIDE + 3, CODE_SIDE + 12, 1, PANGO_ALIGN_CENTER);
}

static void
show_heading (Paper *self)
{
  g_autoptr (GPtrArray) lines = join_lines (self, heading_width (self));
  gdouble below = self->y + height_of_heading (self);

  ac_pdf_text_show (self->title, ac_report_title (self->report), MARGIN, self->y,
                    heading_width (self), 1, PANGO_ALIGN_CENTER);
  self->y += ac_pdf_text_line_height (self->title) + 8;
  show_lines (self, lines, heading_width (self));
  if (ac_report_address (self->report) != NULL)
    show_code (self);
  self->y = below;
}

/* --- The table --- */

/* The line below a row. */
static void
rule_row (Paper *self)
{
  cairo_move_to (self->cairo, MARGIN, self->y);
  cairo_line_to (self->cairo, self->width - MARGIN, self->y);
}

/* The lines beside all cells, from @top to where the page has come, and those below. */
static void
rule_columns (Paper *self, gdouble top)
{
  gdouble x = MARGIN;

  for (guint i = 0; i <= ac_report_n_columns (self->report); i++) {
    cairo_move_to (self->cairo, x, top);
    cairo_line_to (self->cairo, x, self->y);
    if (i < ac_report_n_columns (self->report))
      x += self->column_widths[i];
  }
  cairo_stroke (self->cairo);
}

static void
show_head (Paper *self)
{
  gdouble x = MARGIN;

  cairo_set_source_rgb (self->cairo, 0.91, 0.93, 0.95);
  cairo_rectangle (self->cairo, MARGIN, self->y, body_width (self), self->head_height);
  cairo_fill (self->cairo);
  cairo_set_source_rgb (self->cairo, 0, 0, 0);
  for (guint i = 0; i < ac_report_n_columns (self->report); i++) {
    gdouble width = self->column_widths[i] - 2 * PAD_X;
    const gchar *text = ac_report_head (self->report, i);
    gdouble spare =
        self->head_height - 2 * PAD_Y - ac_pdf_text_height (self->cell, text, width, 4);

    ac_pdf_text_show (self->cell, text, x + PAD_X, self->y + PAD_Y + spare / 2, width,
                      4, PANGO_ALIGN_CENTER);
    x += self->column_widths[i];
  }
  self->y += self->head_height;
}

static PangoAlignment
alignment_of (const AcReportColumn *column)
{
  return column->type == AC_REPORT_TEXT || column->type == AC_REPORT_DAY
             ? PANGO_ALIGN_LEFT
             : PANGO_ALIGN_RIGHT;
}

static void
show_row (Paper *self, guint row)
{
  gdouble x = MARGIN;
  guint max_lines = lines_max (self);

  for (guint i = 0; i < ac_report_n_columns (self->report); i++) {
    ac_pdf_text_show (self->cell, text_at (self, row, i), x + PAD_X, self->y + PAD_Y,
                      self->column_widths[i] - 2 * PAD_X, max_lines,
                      alignment_of (ac_report_column (self->report, i)));
    x += self->column_widths[i];
  }
  self->y += self->row_heights[row];
}

static gdouble
height_of_sums (Paper *self)
{
  return ac_report_has_sums (self->report)
             ? ac_pdf_text_line_height (self->cell) + 2 * PAD_Y
             : 0;
}

static void
show_sums (Paper *self)
{
  gdouble height = height_of_sums (self);
  gdouble x = MARGIN;

  if (height == 0)
    return;
  for (guint i = 0; i < ac_report_n_columns (self->report); i++) {
    const AcReportColumn *column = ac_report_column (self->report, i);

    ac_report_sum_text (self->report, i, self->text);
    ac_pdf_text_show (self->cell,
                      i == 0 ? ac_report_word (self->report, "合计", "Total")
                             : self->text->str,
                      x + PAD_X, self->y + PAD_Y, self->column_widths[i] - 2 * PAD_X, 1,
                      i == 0 ? PANGO_ALIGN_LEFT : alignment_of (column));
    x += self->column_widths[i];
  }
  self->y += height;
}

/* --- Below it --- */

/* As many signature lines beside each other as there is room for. */
static guint
signatures_in_a_line (const Paper *self)
{
  return (guint)MAX (body_width (self) / 170, 1);
}

static gdouble
height_of_end (Paper *self)
{
  g_autoptr (GPtrArray) footing = ac_report_footing (self->report);
  guint n = ac_report_signatures (self->report)->len;
  guint a_line = signatures_in_a_line (self);

  return height_of_sums (self) + 8 +
         height_of_lines (self, footing, body_width (self)) +
         (n + a_line - 1) / a_line * SIGNATURE_HEIGHT;
}

static void
show_signatures (Paper *self)
{
  const GPtrArray *signatures = ac_report_signatures (self->report);
  guint a_line = MIN (signatures_in_a_line (self), MAX (signatures->len, 1));
  gdouble width = body_width (self) / a_line;

  for (guint i = 0; i < signatures->len; i++) {
    gdouble x = MARGIN + width * (i % a_line);
    g_autofree gchar *label = g_strconcat (
        signatures->pdata[i], ac_report_word (self->report, "：", ": "), NULL);

    if (i % a_line == 0)
      self->y += SIGNATURE_HEIGHT;
    ac_pdf_text_show (self->line, label, x,
                      self->y - ac_pdf_text_line_height (self->line), width - 16, 1,
                      PANGO_ALIGN_LEFT);
    cairo_move_to (self->cairo, x + width * 0.5, self->y);
    cairo_line_to (self->cairo, x + width - 16, self->y);
    cairo_stroke (self->cairo);
  }
}

static void
show_end (Paper *self)
{
  g_autoptr (GPtrArray) footing = ac_report_footing (self->report);

  self->y += 8;
  show_lines (self, footing, body_width (self));
  show_signatures (self);
}

static void
show_foot (Paper *self)
{
  const AcReportOrigin *origin = ac_report_origin (self->report);
  gdouble y = self->height - MARGIN - FOOT + 12;
  g_autofree gchar *number = g_strdup_printf ("%u/%u", self->page + 1, self->n_pages);
  g_autofree gchar *head = g_strdup_printf (
      "%s %" G_GINT64_FORMAT " %.16s", ac_report_word (self->report, "台账", "Ledger"),
      origin->ledger_seq, origin->ledger_head);

  ac_pdf_text_show (self->foot, head, MARGIN, y, body_width (self) * 0.4, 1,
                    PANGO_ALIGN_LEFT);
  ac_pdf_text_show (self->foot, number, MARGIN, y, body_width (self), 1,
                    PANGO_ALIGN_CENTER);
  ac_pdf_text_show (self->foot, ac_report_title (self->report),
                    self->width - MARGIN - body_width (self) * 0.4, y,
                    body_width (self) * 0.4, 1, PANGO_ALIGN_RIGHT);
}

/* --- Pages --- */

static void
flush_texts (Paper *self)
{
  AcPdfText *texts[] = { self->title, self->line, self->cell, self->foot };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ac_pdf_text_flush (texts[i]);
}

/* When the last page is too full for the end, that goes on to one of its own, and the
 * last rows with it: sums and signatures never stand by themselves.
 * @pages: of guint, for each page the row after its last */
static void
break_end (Paper *self, GArray *pages)
{
  guint n_rows = ac_report_n_rows (self->report);
  guint first = pages->len > 1 ? g_array_index (pages, guint, pages->len - 2) : 0;
  guint row = n_rows - MIN (ROWS_WITH_END, MAX (n_rows - first, 1) - 1);
  gdouble y = MARGIN + self->head_height + height_of_end (self);

  for (guint i = row; i < n_rows; i++)
    y += self->row_heights[i];
  if (y > bottom_of (self)) /* rows that fill a page */
    row = n_rows;
  g_array_index (pages, guint, pages->len - 1) = row;
  g_array_append_val (pages, n_rows);
}

/* Which rows stand on which page. */
static void
break_pages (Paper *self)
{
  guint n_rows = ac_report_n_rows (self->report);
  g_autoptr (GArray) pages = g_array_new (FALSE, FALSE, sizeof (guint));
  gdouble y = MARGIN + height_of_heading (self) + self->head_height;

  for (guint row = 0; row < n_rows; row++) {
    self->row_heights[row] = height_of_row (self, row);
    if (y + self->row_heights[row] > bottom_of (self)) {
      g_array_append_val (pages, row);
      y = MARGIN + self->head_height;
    }
    y += self->row_heights[row];
  }
  g_array_append_val (pages, n_rows);
  if (y + height_of_end (self) > bottom_of (self))
    break_end (self, pages);
  self->n_pages = pages->len;
  self->page_rows = (guint *)g_array_free (g_steal_pointer (&pages), FALSE);
}

/* Texts come before lines: a path would be lost to the glyphs between. */
static void
show_table (Paper *self, guint from, guint until, gboolean last)
{
  gdouble top = self->y, y = self->y;

  if (self->page > 0 && from == until && !(last && ac_report_has_sums (self->report)))
    return;
  show_head (self);
  for (guint row = from; row < until; row++)
    show_row (self, row);
  if (last)
    show_sums (self);
  self->y = y;
  rule_row (self);
  self->y += self->head_height;
  rule_row (self);
  for (guint row = from; row < until; row++) {
    self->y += self->row_heights[row];
    rule_row (self);
  }
  if (last && ac_report_has_sums (self->report)) {
    self->y += height_of_sums (self);
    rule_row (self);
  }
  rule_columns (self, top);
}

static void
show_pages (Paper *self)
{
  guint row = 0;

  for (self->page = 0; self->page < self->n_pages; self->page++) {
    gboolean last = self->page == self->n_pages - 1;

    self->y = MARGIN;
    if (self->page == 0)
      show_heading (self);
    show_table (self, row, self->page_rows[self->page], last);
    row = self->page_rows[self->page];
    if (last)
      show_end (self);
    show_foot (self);
    flush_texts (self);
    cairo_show_page (self->cairo);
  }
}

/* One font for all: a second one, bold, would be another 20 ms of every file. */
static void
open_texts (Paper *self)
{
  self->title = ac_pdf_text_new (self->cairo, TITLE_POINTS);
  self->line = ac_pdf_text_new (self->cairo, LINE_POINTS);
  self->cell = ac_pdf_text_new (self->cairo, CELL_POINTS);
  self->foot = ac_pdf_text_new (self->cairo, FOOT_POINTS);
}

static void
close_paper (Paper *self)
{
  AcPdfText *texts[] = { self->title, self->line, self->cell, self->foot };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ac_pdf_text_free (texts[i]);
  g_string_free (self->text, TRUE);
  g_free (self->column_widths);
  g_free (self->row_heights);
  g_free (self->page_rows);
  cairo_destroy (self->cairo);
}

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
ac_report_to_pdf (const AcReport *report, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Paper paper = { .report = report, .text = g_string_new (NULL) };
  cairo_surface_t *surface;
  cairo_status_t status;

  choose_widths (&paper);
  surface =
      cairo_pdf_surface_create_for_stream (append, bytes, paper.width, paper.height);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  ac_report_title (report));
  paper.cairo = cairo_create (surface);
  cairo_set_line_width (paper.cairo, 0.4);
  open_texts (&paper);
  paper.row_heights = g_new (gdouble, MAX (ac_report_n_rows (report), 1));
  paper.head_height = height_of_head (&paper);
  break_pages (&paper);
  show_pages (&paper);
  close_paper (&paper);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write a PDF: %s",
                 cairo_status_to_string (status));
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
