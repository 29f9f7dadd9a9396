/* ledger.h - the append-only ledger: terms of a lesson, entries, sums.
 *
 * Every figure that is reported is a sum over entries. Entries are differences: what a
 * member has of a lesson is the sum of all of them, what they have from beats the sum
 * of those of kind AUTO.
 *
 * Threads: writes inside a store job, reads on either side (store.h).
 * Errors:  AC_STORE_ERROR; AC_CREDIT_ERROR where said. */
#pragma once

#include "interval_set.h"
#include "ledger_entry.h"
#include "store.h"

/* What a lesson's entries have in common, from its first entry on. */
typedef struct {
  gint64 lesson;
  gint64 policy; /* the version valid on its day */
  GBytes *policy_digest;
  gint64 held_ms;   /* wall clock: its beginning */
  gchar *day;       /* that it was held on */
  gint64 year;      /* of its day */
  gint64 open_year; /* that entries count in now */
  AcIntervalSet *creditable;
  gboolean ended;
} AcLedgerTerms;

void ac_ledger_terms_clear (AcLedgerTerms *self);

/* Inside a store job; freezes the terms when this is the first time.
 * Errors: NOT_FOUND "lesson"; STATE when no policy is valid on its day. */
gboolean ac_ledger_terms_load (AcStore *store, gint64 lesson, gint64 wall_ms,
                               AcLedgerTerms *ret_terms, GError **error);

/* What people wrote to an entry. */
typedef struct {
  const gchar *reason;
  const gchar *evidence; /* "" for none */
} AcLedgerNote;

/* Inside a store job. @entry: its kind, study, member, media, earned_ms, beats, actor,
 * approver, reference and created_ms are given; everything else is filled in.
 * @note: (nullable) */
gboolean ac_ledger_append (AcStore *store, const AcLedgerTerms *terms,
                           AcLedgerEntry *entry, const AcLedgerNote *note,
                           GError **error);

/* The entries of one kind of a member and lesson summed up. */
typedef struct {
  gint64 group_ms, self_ms;
  AcIntervalSet *media; /* that they hold */
} AcLedgerAuto;

/* What an entry says of media: with less than 0 earned, that @media no longer count of
 * what is @held (a missed prompt, a stay that was shortened), otherwise that they
 * count, too. @held is what entries of the same kind hold: what a missed prompt takes
 * from a device, a room may still have. Entries in the order of their numbers. */
void ac_ledger_apply_media (AcIntervalSet *held, const AcIntervalSet *media,
                            gint64 earned_ms);

void ac_ledger_auto_clear (AcLedgerAuto *self);
/* Takes media out of @sums that are @creditable and no longer @counted, with as much of
 * what was earned by @study as they stand for.
 * @ret_taken_ms: how much that is
 * Returns: (transfer full) (nullable): these media; NULL: there are none, and nothing
 * has changed */
AcIntervalSet *ac_ledger_auto_remove (AcLedgerAuto *sums, AcStudy study,
                                      const AcIntervalSet *creditable,
                                      const AcIntervalSet *counted,
                                      gint64 *ret_taken_ms);
gboolean ac_ledger_auto_load (AcStore *store, gint64 lesson, gint64 member,
                              AcLedgerAuto *ret_sums, GError **error);
gboolean ac_ledger_kind_load (AcStore *store, gint64 lesson, gint64 member,
                              AcEntryKind kind, AcLedgerAuto *ret_sums, GError **error);

/* All that a member has of a lesson, of any kind. */
gboolean ac_ledger_sum (AcStore *store, gint64 lesson, gint64 member,
                        gint64 *ret_earned_ms, GError **error);

/* Returns: (transfer full): AcLedgerEntry of @member, by seq. @lesson: 0: of all. */
GPtrArray *ac_ledger_list (AcStore *store, gint64 member, gint64 lesson,
                           GError **error);
/* @ret_reason, @ret_evidence: (out) (transfer full) (nullable): NULL: nobody wrote
 * anything, or it was erased */
gboolean ac_ledger_read_note (AcStore *store, gint64 seq, gchar **ret_reason,
                              gchar **ret_evidence, GError **error);
/* Fills @ret_entry. Errors: NOT_FOUND "reference". */
gboolean ac_ledger_get (AcStore *store, gint64 seq, AcLedgerEntry *ret_entry,
                        GError **error);

/* The last entry: its number (0: none) and its hash.
 * @ret_hash: (out) (transfer full) */
gboolean ac_ledger_head (AcStore *store, gint64 *ret_seq, GBytes **ret_hash,
                         GError **error);

/* Closes @year: entries of its lessons count in the next open year from now on.
 * @actor: 0: the operator
 * Errors: STATE "year" when it is closed, or has not begun. */
gboolean ac_ledger_close_year (AcStore *store, gint64 year, gint64 actor,
                               gint64 wall_ms, GError **error);
gboolean ac_ledger_is_closed (AcStore *store, gint64 year, gboolean *ret_closed,
                              GError **error);

/* Inside a store job: forgets what people wrote about @member; entries stay and verify.
 */
gboolean ac_ledger_erase (AcStore *store, gint64 member, GError **error);

/* For those who select entries themselves. */
#define AC_LEDGER_COLUMNS                                                              \
  "seq, kind, study, ledger.member, ledger.lesson, media, ledger.earned_ms, policy, "  \
  "home_branch, host_branch, lesson_year, year, beats_from, beats_to, ledger.actor, "  \
  "approver, reference, note_digest, ledger.created_ms, prev_hash, hash"
/* FALSE: a name in the row is not known. */
gboolean ac_ledger_read_row (AcStatement *row, AcLedgerEntry *ret_entry);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLedgerTerms, ac_ledger_terms_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLedgerAuto, ac_ledger_auto_clear)
