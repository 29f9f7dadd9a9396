/* ledger_check.h - the ledger against itself, and against its evidence.
 *
 * Meant for a store that was opened to read (ac_store_open_to_read()), beside a daemon
 * that works: everything is read in the caller's transaction.
 *
 * Threads: any, one at a time; takes seconds for millions of entries.
 * Errors:  AC_STORE_ERROR. A fault in the ledger is no error but a finding. */
#pragma once

#include "store.h"

typedef struct {
  gint64 n_entries; /* looked at */
  gint64 n_erased;  /* of them, notes of members that were erased */
  gint64 bad_entry; /* the first that is wrong; 0: none */
  gchar *finding;   /* what is wrong, one sentence; NULL: nothing */
  gchar *head;      /* the last hash, in hexadecimal digits */
} AcLedgerFindings;

void ac_ledger_findings_clear (AcLedgerFindings *self);

/* Every entry follows the one before and has the hash of what it says; every policy and
 * every note is what it was when it was entered; every line of @heads (nullable, see
 * ledger_heads.h) names a hash that stands there; so do the closed years. */
gboolean ac_ledger_verify (AcStore *store, const gchar *heads,
                           AcLedgerFindings *ret_findings, GError **error);

/* One member's attendance of one lesson, three times over. */
typedef struct {
  gint64 lesson, member;
  gint64 recomputed_ms; /* from the beats up to the settled one */
  gint64 running_ms;    /* table attendance, when everything is settled */
  gint64 ledger_ms;     /* sum of AUTO */
  const gchar *what;    /* which comparison failed */
} AcLedgerDifference;

typedef struct {
  gint64 n_compared;  /* members and lessons */
  gint64 n_unsettled; /* of them, whose last beats are not in the ledger yet */
  gint64 earned_ms;   /* of all, recomputed */
  gint64 n_different;
  AcLedgerDifference first; /* when n_different > 0 */
} AcLedgerRecount;

/* Computes the figures of every member of @lesson (0: of all) from the stored beats,
 * and compares earned time of group and self study and the media covered. */
gboolean ac_ledger_recount (AcStore *store, gint64 lesson, AcLedgerRecount *ret_recount,
                            GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLedgerFindings, ac_ledger_findings_clear)
