#include "card_sheet.h"

#include "pdf_code.h"
#include "pdf_text.h"

#include <cairo-pdf.h>

#define POINTS(mm) ((mm)*72 / 25.4)
#define PAPER_WIDTH POINTS (210.0)
#define PAPER_HEIGHT POINTS (297.0)
#define CARD_WIDTH POINTS (85.6)
#define CARD_HEIGHT POINTS (54.0)
#define COLUMNS 2
#define ROWS (AC_CARDS_A_PAGE / COLUMNS)
#define LEFT ((PAPER_WIDTH - COLUMNS * CARD_WIDTH) / 2)
#define TOP ((PAPER_HEIGHT - ROWS * CARD_HEIGHT) / 2)

#define PAD 12.0
/* 21 modules of 1.3 mm: a phone reads them at arm's length. */
#define CODE_SIDE POINTS (27.0)
#define HEAD_POINTS 9.0
#define NAME_POINTS 17.0
#define LINE_POINTS 9.0
#define SMALL_POINTS 7.0

typedef struct {
  cairo_t *cairo;
  AcReportLanguage language;
  AcPdfText *head, *name, *line, *small;
} Sheet;

static const gchar *
word (const Sheet *self, const gchar *zh, const gchar *en)
{
  return self->language == AC_REPORT_ZH ? zh : en;
}

static void
show_lines (Sheet *self, const AcCardFace *face, gdouble x, gdouble y)
{
  gdouble width = CARD_WIDTH - 3 * PAD - CODE_SIDE;
  g_autofree gchar *number =
      g_strdup_printf ("%s%s", word (self, "编号　", "No. "), face->number);

  ac_pdf_text_show (self->head, word (self, "空中课堂　学员卡", "Airclass member card"),
                    x, y, CARD_WIDTH - 2 * PAD, 1, PANGO_ALIGN_LEFT);
  y += ac_pdf_text_line_height (self->head) + 14;
  ac_pdf_text_show (self->name, face->name, x, y, width, 1, PANGO_ALIGN_LEFT);
  y += ac_pdf_text_line_height (self->name) + 4;
  ac_pdf_text_show (self->line, number, x, y, width, 1, PANGO_ALIGN_LEFT);
  y += ac_pdf_text_line_height (self->line) + 2;
  ac_pdf_text_show (self->line, face->branch, x, y, width, 3, PANGO_ALIGN_LEFT);
}

static void
show_card (Sheet *self, const AcCardFace *face, gdouble x, gdouble y)
{
  gdouble code_x = x + CARD_WIDTH - PAD - CODE_SIDE;
  gdouble code_y = y + (CARD_HEIGHT - CODE_SIDE) / 2 + 4;

  show_lines (self, face, x + PAD, y + PAD);
  ac_pdf_code_show (self->cairo, face->code, code_x, code_y, CODE_SIDE);
  ac_pdf_text_show (self->small, face->code, code_x - PAD, code_y + CODE_SIDE + 2,
                    CODE_SIDE + 2 * PAD, 1, PANGO_ALIGN_CENTER);
  cairo_set_source_rgb (self->cairo, 0.7, 0.7, 0.7); /* to cut along */
  cairo_rectangle (self->cairo, x, y, CARD_WIDTH, CARD_HEIGHT);
  cairo_stroke (self->cairo);
  cairo_set_source_rgb (self->cairo, 0, 0, 0);
}

static void
end_page (Sheet *self)
{
  AcPdfText *texts[] = { self->head, self->name, self->line, self->small };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ac_pdf_text_flush (texts[i]);
  cairo_show_page (self->cairo);
}

static void
show_pages (Sheet *self, const AcCardFace *faces, guint n_faces)
{
  for (guint i = 0; i < n_faces; i++) {
    guint place = i % AC_CARDS_A_PAGE;

    show_card (self, &faces[i], LEFT + place % COLUMNS * CARD_WIDTH,
               TOP + place / COLUMNS * CARD_HEIGHT);
    if (place == AC_CARDS_A_PAGE - 1 || i == n_faces - 1)
      end_page (self);
  }
}

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw (cairo_surface_t *surface, AcReportLanguage language, const AcCardFace *faces,
      guint n_faces)
{
  Sheet sheet = { .cairo = cairo_create (surface), .language = language };

  cairo_set_line_width (sheet.cairo, 0.4);
  sheet.head = ac_pdf_text_new (sheet.cairo, HEAD_POINTS);
  sheet.name = ac_pdf_text_new (sheet.cairo, NAME_POINTS);
  sheet.line = ac_pdf_text_new (sheet.cairo, LINE_POINTS);
  sheet.small = ac_pdf_text_new (sheet.cairo, SMALL_POINTS);
  show_pages (&sheet, faces, n_faces);
  ac_pdf_text_free (sheet.head);
  ac_pdf_text_free (sheet.name);
  ac_pdf_text_free (sheet.line);
  ac_pdf_text_free (sheet.small);
  cairo_destroy (sheet.cairo);
}

GBytes *
ac_card_sheet_write (const AcCardFace *faces, guint n_faces, AcReportLanguage language,
                     GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface =
      cairo_pdf_surface_create_for_stream (append, bytes, PAPER_WIDTH, PAPER_HEIGHT);
  cairo_status_t status;

  draw (surface, language, faces, n_faces);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write a PDF: %s",
               cairo_status_to_string (status));
  return NULL;
}
