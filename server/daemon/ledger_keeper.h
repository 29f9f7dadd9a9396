/* ledger_keeper.h - what the ledger needs while the daemon runs: attendance is settled
 * into it, and its head is noted each day.
 *
 * Threads:   main loop; the file of heads is written on a thread of GLib's pool, one
 *            line at a time.
 * Ownership: plain; freed before its store. */
#pragma once

#include "settlement.h"

typedef struct _AcLedgerKeeper AcLedgerKeeper;

/* @heads: path of the file of heads */
AcLedgerKeeper *ac_ledger_keeper_new (AcStore *store, const gchar *heads,
                                      const AcSettlementPauses *pauses);
void ac_ledger_keeper_free (AcLedgerKeeper *self);

void ac_ledger_keeper_lesson_ended (AcLedgerKeeper *self, gint64 lesson);
/* Appends lines of the Prometheus text format. */
void ac_ledger_keeper_metrics (AcLedgerKeeper *self, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcLedgerKeeper, ac_ledger_keeper_free)
