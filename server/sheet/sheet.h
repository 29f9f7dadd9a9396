/* sheet.h - a table of texts, as spreadsheets and their text files hold it.
 *
 * Rows keep the number that a spreadsheet shows beside them; rows without any text are
 * left out. A cell is UTF-8 without control characters but line feeds, and trimmed.
 *
 * Threads:   any, one at a time.
 * Ownership: plain. */
#pragma once

#include <glib.h>

typedef struct _AcSheet AcSheet;

typedef enum {
  AC_SHEET_ERROR_FORM,  /* not a file of that kind, or a damaged one */
  AC_SHEET_ERROR_LIMIT, /* larger than what is read; the message says which limit */
  AC_SHEET_ERROR_IO,    /* the disk refused */
} AcSheetError;
#define AC_SHEET_ERROR (ac_sheet_error_quark ())
GQuark ac_sheet_error_quark (void);

/* A county's roster is 13,092 rows of some 20 columns, 2 MiB. */
#define AC_SHEET_FILE_MAX_BYTES (16 * 1024 * 1024)
#define AC_SHEET_ROWS_MAX 50000
#define AC_SHEET_COLUMNS_MAX 64
#define AC_SHEET_CELL_MAX_BYTES 2048
#define AC_SHEET_TEXT_MAX_BYTES (8 * 1024 * 1024) /* all cells together */

AcSheet *ac_sheet_new (void);
void ac_sheet_free (AcSheet *self);

guint ac_sheet_n_rows (const AcSheet *self);
guint ac_sheet_n_columns (const AcSheet *self, guint row);
/* The number beside @row, from 1. */
guint ac_sheet_row_number (const AcSheet *self, guint row);
/* Returns: (transfer none): "" when there is no such cell. */
const gchar *ac_sheet_cell (const AcSheet *self, guint row, guint column);

/* Begins the row of @number, which is larger than the last one's.
 * Errors: LIMIT. */
gboolean ac_sheet_begin_row (AcSheet *self, guint number, GError **error);
/* Sets the cell at @column of the row begun last, cleaned; columns may be left out.
 * @length: bytes, -1: up to the zero
 * Errors: LIMIT; FORM when it is not UTF-8. */
gboolean ac_sheet_set_cell (AcSheet *self, guint column, const gchar *text,
                            gssize length, GError **error);
/* Sets a cell of any row, likewise. */
gboolean ac_sheet_put_cell (AcSheet *self, guint row, guint column, const gchar *text,
                            gssize length, GError **error);
/* Takes the row begun last away when it is empty. */
void ac_sheet_end_row (AcSheet *self);
/* A whole row after the last one; for tables of our own. @cells: NULL-terminated */
void ac_sheet_add_row (AcSheet *self, const gchar *const *cells);

/* Reads the first sheet of an .xlsx workbook or a CSV text, whichever @file is; a text
 * may be UTF-8, UTF-16 with a mark, or GB18030, its columns parted by comma, semicolon
 * or tab. Values that a workbook computes are read as they were saved.
 * Errors: FORM, LIMIT. */
AcSheet *ac_sheet_read (GBytes *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcSheet, ac_sheet_free)
