/* pdf_text.h - texts on a page.
 *
 * A county's ledger is 170,000 cells. Nearly all of them are a few Chinese characters,
 * letters or digits: of those one glyph is looked up a character, and put beside the
 * last one, on the next line where the text may be broken. Scripts whose letters join,
 * and what is cut short, go through Pango's layouts, which are kept as long as they
 * repeat.
 *
 * Threads: any, one at a time. */
#pragma once

#include <pango/pangocairo.h>

typedef struct _AcPdfText AcPdfText;

/* @cairo: of the file's surface; outlives it */
AcPdfText *ac_pdf_text_new (cairo_t *cairo, gdouble points);
void ac_pdf_text_free (AcPdfText *self);

/* Points from line to line. */
gdouble ac_pdf_text_line_height (AcPdfText *self);
/* Returns: the height of @text, wrapped at @width, at most @max_lines. */
gdouble ac_pdf_text_height (AcPdfText *self, const gchar *text, gdouble width,
                            guint max_lines);
/* Draws @text with its upper left corner at @x, @y, by the next flush at the latest. */
void ac_pdf_text_show (AcPdfText *self, const gchar *text, gdouble x, gdouble y,
                       gdouble width, guint max_lines, PangoAlignment alignment);

/* Draws what is not drawn yet, in the colour of now: before anything but texts is drawn
 * over it, and before the page is shown. */
void ac_pdf_text_flush (AcPdfText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcPdfText, ac_pdf_text_free)
