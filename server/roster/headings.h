/* headings.h - which row of a table names its columns, and what they mean.
 *
 * Threads: any. */
#pragma once

#include "roster.h"

typedef struct {
  guint row;                          /* of the sheet */
  gint columns[AC_SHEET_COLUMNS_MAX]; /* AcRosterColumn; -1: ignored */
} AcRosterHeadings;

/* @ignored: (nullable): gets a copy of each heading that means nothing here
 * Errors: INVALID "file": there are no headings, or one twice. */
gboolean ac_roster_headings_read (const AcSheet *sheet, AcRosterHeadings *ret_headings,
                                  GPtrArray *ignored, GError **error);

/* Returns: where @column stands in the sheet; -1: it has no such column. */
gint ac_roster_headings_find (const AcRosterHeadings *self, AcRosterColumn column);

/* Returns: the place of the row of @number below the headings; -1: there is none. */
gint ac_roster_headings_row (const AcRosterHeadings *self, const AcSheet *sheet,
                             guint number);
