/* ledger_page.h - the ledger as those read it who look after it: the newest first.
 *
 * Threads: either side, see store.h. Errors: AC_STORE_ERROR. */
#pragma once

#include "ledger_entry.h"
#include "store.h"

typedef struct {
  gint64
      branch; /* entries of people who belonged to it or below at lesson time; 0: all */
  gint64 member, lesson;    /* 0: any */
  gint kind;                /* an AcEntryKind; -1: any */
  gint64 from_ms, until_ms; /* entered not before, and before */
  gint64 before;            /* seq below; 0: from the newest */
  guint limit;
} AcLedgerQuery;

/* Returns: (transfer full): AcLedgerEntry. */
GPtrArray *ac_ledger_page (AcStore *store, const AcLedgerQuery *query, GError **error);

typedef struct {
  gint64 year, closed_ms, actor, entries;
} AcClosedYear;

/* Returns: (transfer full): AcClosedYear, the newest first. */
GArray *ac_ledger_closed_years (AcStore *store, GError **error);
