/* settling_fixture.h - the classroom's fixture, and its ledger settled at once. */
#pragma once

#include "classroom_fixture.h"
#include "ledger_check.h"
#include "settlement.h"

typedef struct {
  AcSettlementSlice slice;
  guint answered;
} Settling;

static inline gboolean
run_slice (AcStore *store, gpointer data, GError **error)
{
  return ac_settlement_run_slice (store, &((Settling *)data)->slice, error);
}

static inline void
slice_answered (gpointer data, const GError *error, gpointer unused)
{
  g_assert_no_error (error);
  ((Settling *)data)->answered++;
}

/* Settles @lesson (0: all that is idle for @idle_ms). Returns: entries written. */
static inline guint
settle_ledger (Classroom *self, gint64 lesson, gint64 idle_ms)
{
  Settling settling = {
    .slice = { .lesson = lesson, .now_ms = self->now.wall_ms, .idle_ms = idle_ms }
  };
  guint n_entries = 0, rounds = 0;

  settle (self);
  do {
    ac_store_write (self->store.store, run_slice, &settling, NULL, slice_answered,
                    NULL);
    await (&settling.answered, ++rounds);
    n_entries += settling.slice.n_entries;
  } while (!settling.slice.finished);
  return n_entries;
}

/* The chain holds, and every figure follows from its evidence. */
static inline void
assert_ledger_sound (Classroom *self)
{
  g_autoptr (GError) error = NULL;
  AcLedgerRecount recount;
  AcLedgerFindings findings;

  g_assert_true (ac_ledger_recount (self->store.store, 0, &recount, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (recount.first.what, ==, NULL);
  g_assert_cmpint (recount.n_different, ==, 0);
  g_assert_true (ac_ledger_verify (self->store.store, NULL, &findings, &error));
  g_assert_cmpstr (findings.finding, ==, NULL);
  ac_ledger_findings_clear (&findings);
}
