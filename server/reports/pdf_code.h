/* pdf_code.h - a QR code on a page.
 *
 * Threads: any, one at a time. */
#pragma once

#include <cairo.h>
#include <glib.h>

/* Draws @text as a code of @side points with its upper left corner at @x, @y. Nothing
 * is drawn of what does not fit into one: thousands of characters. */
void ac_pdf_code_show (cairo_t *cairo, const gchar *text, gdouble x, gdouble y,
                       gdouble side);
