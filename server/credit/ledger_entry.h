/* ledger_entry.h - one entry of the ledger and what its hash covers.
 *
 * The hash is a digest (digest.h) over these fields, in this order:
 *
 *   't' "airclass ledger entry 1"
 *   'b' hash of the entry before; 32 zero bytes for the first
 *   'i' seq        't' kind (by name)   't' study ("group", "self")
 *   'i' member     'i' lesson           't' media (interval_set.h)   'i' earned_ms
 *   'b' digest of the policy version (policies.h)
 *   'i' home_branch, host_branch, lesson_year, year, beats_from, beats_to, actor,
 *       approver, reference (0 for none)
 *   'b' note_digest, 'n' for none
 *   'i' created_ms
 *
 * A member is told by the row number in members, nothing else: no name, number or phone
 * is in the ledger, so that erasing the person leaves every hash as it is. What people
 * wrote is covered by its salted digest only:
 *
 *   't' "airclass ledger note 1"  'b' salt  't' reason  't' evidence
 *
 * Threads: any. */
#pragma once

#include <glib.h>

/* Stored by name. */
typedef enum {
  AC_ENTRY_AUTO,    /* from beats, a difference; see settlement.h */
  AC_ENTRY_STEWARD, /* from a room's sign-in */
  AC_ENTRY_LATE,    /* from a room that was offline */
  AC_ENTRY_ADJUST,  /* by hand, up or down */
  AC_ENTRY_VOID,    /* takes back the entry it refers to */
  AC_ENTRY_WAIVE,   /* the lesson is not asked of the member; earns nothing */
  AC_ENTRY_MAKEUP,  /* made up for elsewhere */
} AcEntryKind;
#define AC_N_ENTRY_KINDS 7

typedef enum { AC_STUDY_GROUP, AC_STUDY_SELF } AcStudy;

const gchar *ac_entry_kind_name (AcEntryKind kind); /* "AUTO" */
gboolean ac_entry_kind_from_name (const gchar *name, AcEntryKind *ret_kind);
const gchar *ac_study_name (AcStudy study); /* "group" */
gboolean ac_study_from_name (const gchar *name, AcStudy *ret_study);

typedef struct {
  gint64 seq;
  AcEntryKind kind;
  AcStudy study;
  gint64 member, lesson;
  gchar *media;                    /* "" for none */
  gint64 earned_ms;                /* a difference, may be negative */
  gint64 policy;                   /* id of the version */
  gint64 home_branch, host_branch; /* at lesson time; 0: none */
  gint64 lesson_year;              /* of the lesson's day */
  gint64 year;                     /* that it counts in: the next open one */
  gint64 beats_from, beats_to;     /* AUTO: ordinals; 0: none */
  gint64 actor, approver;          /* members; 0: none */
  gint64 reference;                /* seq of another entry; 0: none */
  GBytes *note_digest;             /* NULL: nobody wrote anything */
  gint64 created_ms;               /* wall */
  GBytes *prev_hash, *hash;
} AcLedgerEntry;

void ac_ledger_entry_clear (AcLedgerEntry *self);
void ac_ledger_entry_free (AcLedgerEntry *self);

/* Returns: (transfer full): the hash of the fields, whatever self->hash says. */
GBytes *ac_ledger_entry_digest (const AcLedgerEntry *self, GBytes *policy_digest);
GBytes *ac_ledger_note_digest (GBytes *salt, const gchar *reason,
                               const gchar *evidence);
/* Returns: (transfer full): what stands before the first entry. */
GBytes *ac_ledger_origin (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcLedgerEntry, ac_ledger_entry_clear)
