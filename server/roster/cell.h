/* cell.h - what a cell means.
 *
 * Threads: any. */
#pragma once

#include "branch_index.h"
#include "roster.h"

/* Returns: (transfer full): @text with its full-width forms (U+FF01 to U+FF5E), as
 * input methods leave them, made those of ASCII. */
gchar *ac_roster_narrow (const gchar *text);

/* Reads @text of @column as a value of record.h: "" takes away.
 * @ret_why: (out): to be cleared by the caller
 * Returns: (transfer full) (nullable): NULL when the cell is empty or refused. */
gchar *ac_roster_cell_read (AcRosterColumn column, const gchar *text,
                            AcBranchIndex *branches, AcRosterWhy *ret_why);

/* Returns: (transfer full): the word or path that is exported for @value. */
gchar *ac_roster_cell_write (AcRosterColumn column, const gchar *value,
                             AcBranchIndex *branches);
