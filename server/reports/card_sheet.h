/* card_sheet.h - members' cards to be printed and cut out: A4, ten a page, each of the
 * size of a bank card (85.6 x 54 mm), with a code that a steward scans.
 *
 * Threads: any, one at a time. */
#pragma once

#include "report_table.h"

#define AC_CARDS_A_PAGE 10

typedef struct {
  const gchar *name, *number;
  const gchar *branch; /* "": of none */
  const gchar *code;
} AcCardFace;

/* Returns: (transfer full) (nullable): a PDF of them, in their order.
 * Errors: G_FILE_ERROR. */
GBytes *ac_card_sheet_write (const AcCardFace *faces, guint n_faces,
                             AcReportLanguage language, GError **error);
