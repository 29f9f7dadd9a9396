#include "pdf_code.h"

#include <qrencode.h>

void
ac_pdf_code_show (cairo_t *cairo, const gchar *text, gdouble x, gdouble y, gdouble side)
{
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  gdouble module;

  if (code == NULL)
    return;
  module = side / code->width;
  for (gint i = 0; i < code->width * code->width; i++)
    if ((code->data[i] & 1) != 0)
      cairo_rectangle (cairo, x + module * (i % code->width),
                       y + module * (i / code->width), module, module);
  cairo_fill (cairo);
  QRcode_free (code);
}
