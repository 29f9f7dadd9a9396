/* workbook.h - .xlsx files (ECMA-376).
 *
 * Reading takes the archive apart with libzip and its XML with GLib's own parser, which
 * knows neither document types nor entities of a file's own: nothing can be expanded,
 * nothing else is opened. What is unpacked is counted as it comes, whatever the archive
 * says of its sizes.
 *
 * Threads: any. */
#pragma once

#include "sheet.h"

/* Of the parts that are read, unpacked, together. */
#define AC_WORKBOOK_UNPACKED_MAX_BYTES (96 * 1024 * 1024)
#define AC_WORKBOOK_STRINGS_MAX 400000

/* See ac_sheet_read(). */
gboolean ac_workbook_read (AcSheet *sheet, GBytes *file, GError **error);

/* Writes @sheet as the only sheet of a workbook; every cell is a text, so that no
 * spreadsheet cuts a long number. The first row is shown as headings. @path appears
 * whole or not at all.
 * Errors: IO. */
gboolean ac_workbook_write (const AcSheet *sheet, const gchar *path, GError **error);
