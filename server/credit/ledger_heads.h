/* ledger_heads.h - the ledger's head of each day, in a text file.
 *
 * DIR/ledger-heads.txt has a line a day, in the order of the days:
 *
 *   2026-11-25 12345 64-hexadecimal-digits
 *
 * the day where this machine is, how many entries the ledger had when the day was first
 * noted, and the hash of the last of them (zeroes: none). Whoever keeps a copy of a
 * line elsewhere can tell later that nothing before it was changed.
 *
 * Threads: any. */
#pragma once

#include <glib.h>

#define AC_LEDGER_HEADS_FILE "ledger-heads.txt"

typedef struct {
  gchar day[11];
  gint64 n_entries;
  gchar hash[65];
} AcLedgerHeadLine;

/* FALSE: @line is not of that form. */
gboolean ac_ledger_head_line_parse (const gchar *line, AcLedgerHeadLine *ret_line);

/* Adds @line unless its day has one. Whole or not at all, and on the disk when it
 * returns. Blocks. Errors: G_FILE_ERROR. */
gboolean ac_ledger_heads_note (const gchar *path, const AcLedgerHeadLine *line,
                               GError **error);
