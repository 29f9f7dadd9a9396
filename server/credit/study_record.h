/* study_record.h - what a member has: of a lesson, and of a year. Every figure is a sum
 * over the ledger; credit is derived from it by the version of the policy that the
 * lesson keeps.
 *
 * With G and S the earned time of group and self study, a lesson gives rule (G + S), of
 * it rule (G) by group study and the rest by self study. In a year it gives what it
 * gives with the entries that count in that year or before, less what it gave before:
 * so a closed year stays as it is, and what comes later is credited once.
 *
 * Threads: either side, see store.h. Errors: AC_STORE_ERROR. */
#pragma once

#include "interval_set.h"
#include "ledger_entry.h"
#include "policies.h"

/* There is no "absent": a missing record says nothing about a person. */
typedef enum {
  AC_RECORD_NONE,     /* no record */
  AC_RECORD_PARTIAL,  /* less than the policy's coverage */
  AC_RECORD_ATTENDED, /* 出席 */
  AC_RECORD_MADE_UP,  /* 补学 */
  AC_RECORD_EXEMPT,   /* 免学 */
} AcRecordState;

const gchar *ac_record_state_name (AcRecordState state); /* "made-up" */

/* Pure: the rules above, for whoever reads entries by themselves. */

typedef struct {
  gint64 group_ms, self_ms; /* earned */
} AcRecordTime;

typedef struct {
  gint64 credit_permille;
  gint64 group_permille; /* of it */
  gint64
      counted_permille; /* towards the requirement: with self study where it counts */
} AcRecordCredit;

/* What a lesson gives by @here, after it has given by @before.
 * @policy: NULL: no entry yet: nothing */
AcRecordCredit ac_record_credit (const AcPolicyVersion *policy,
                                 const AcRecordTime *before, const AcRecordTime *here);

/* Entries of one member and lesson together. What was taken back (VOID) stands for
 * nothing; its time is in the sums, and so is that of what took it back. */
typedef struct {
  AcRecordTime time;
  gint64 auto_ms, adjusted_ms, made_up_ms; /* by kind */
  gint64 covered_ms;                       /* creditable media */
  gboolean waived;
} AcRecordSums;

/* Uses of @entries seq, kind, study, media, earned_ms and reference; in the order of
 * their numbers. */
void ac_record_sum_up (const AcLedgerEntry *entries, guint n_entries,
                       const AcIntervalSet *creditable, AcRecordSums *ret_sums);
AcRecordState ac_record_state (const AcRecordSums *sums, gint64 creditable_ms,
                               gint attended_permille);

typedef struct {
  gint64 lesson;
  gchar *title;
  gchar *held_on;           /* day */
  gchar *policy;            /* name of the version */
  gint64 group_ms, self_ms; /* of this year */
  gint64 credit_permille;   /* of this year; of it: */
  gint64 group_permille;
} AcRecordLesson;

typedef struct {
  gint64 year;
  gboolean closed;
  AcDuty duty;
  gboolean exempt;
  gint64 required_permille; /* 0 when exempt */
  gint64 group_permille, self_permille;
  gint64
      counted_permille; /* towards the requirement: with self study where it counts */
  GPtrArray *lessons;   /* AcRecordLesson, by day */
} AcRecordYear;

void ac_record_year_free (AcRecordYear *self);
/* Returns: (transfer full). */
AcRecordYear *ac_record_year (AcStore *store, gint64 member, gint64 year,
                              GError **error);

/* Why something was not counted: how many beats it was, and how much media of what they
 * told was left out. */
typedef struct {
  const gchar *name; /* "hidden" */
  const gchar *en, *zh;
  gint64 n_beats;
  gint64 media_ms;
} AcRecordReason;

typedef struct {
  AcRecordState state;
  gint64 creditable_ms;     /* D */
  gint64 covered_ms;        /* of it, in the ledger */
  gint64 group_ms, self_ms; /* earned, all entries */
  gint64 unsettled_ms;      /* earned, not in the ledger yet */
  gchar *policy;            /* NULL: no entry yet */
  gint64 credit_permille, group_permille;
  GArray *reasons; /* AcRecordReason */
} AcRecord;

void ac_record_free (AcRecord *self);
/* Returns: (transfer full). The lesson must be there. */
AcRecord *ac_record_of_lesson (AcStore *store, gint64 member, gint64 lesson,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRecordYear, ac_record_year_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRecord, ac_record_free)
