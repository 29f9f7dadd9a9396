/* report_file.h - any report as a file.
 *
 *   CSV   UTF-8 with a byte order mark, RFC 4180; nothing in it is a formula. The first
 *         row is the table's head; title, facts and notes stand below the table.
 *   XLSX  figures are numbers (time a fraction of a day, rates a fraction), all else
 *         texts, those of members among them: a spreadsheet cuts numbers after 15
 *         digits. The table's head stays in sight.
 *   PDF   A4, wide tables across; heads on every page, page numbers, signature lines.
 *   JSON  figures in the units of report_table.h.
 *
 * Threads: any. */
#pragma once

#include "report_table.h"

typedef enum {
  AC_REPORT_CSV,
  AC_REPORT_XLSX,
  AC_REPORT_PDF,
  AC_REPORT_JSON,
} AcReportForm;
#define AC_N_REPORT_FORMS 4

/* "csv", "xlsx", "pdf", "json": also the ends of files' names */
const gchar *ac_report_form_name (AcReportForm form);
gboolean ac_report_form_from_name (const gchar *name, AcReportForm *ret_form);
const gchar *ac_report_form_type (AcReportForm form); /* "text/csv; charset=utf-8" */

/* Returns: (transfer full): the file's bytes.
 * Errors: G_FILE_ERROR. */
GBytes *ac_report_write (const AcReport *report, AcReportForm form, GError **error);

/* The single forms; errors as above. */
GBytes *ac_report_to_csv (const AcReport *report, GError **error);
GBytes *ac_report_to_xlsx (const AcReport *report, GError **error);
GBytes *ac_report_to_pdf (const AcReport *report, GError **error);
GBytes *ac_report_to_json (const AcReport *report, GError **error);

/* Lines that stand above the table: where and when, then the facts.
 * Returns: (transfer full): texts. */
GPtrArray *ac_report_heading (const AcReport *report);
/* And below it: who made it of what, and the notes. */
GPtrArray *ac_report_footing (const AcReport *report);
