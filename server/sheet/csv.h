/* csv.h - tables as text (RFC 4180, and what is met).
 *
 * A text that begins like a formula is one to a spreadsheet: such cells are written
 * with an apostrophe before them, which reading takes off again.
 *
 * Threads: any. */
#pragma once

#include "sheet.h"

/* See ac_sheet_read(). */
gboolean ac_csv_read (AcSheet *sheet, GBytes *file, GError **error);

/* Returns: (transfer full): UTF-8 with a byte order mark, by which spreadsheets know
 * it; lines end with CR LF. */
GBytes *ac_csv_write (const AcSheet *sheet);
