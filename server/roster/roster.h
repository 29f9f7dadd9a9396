/* roster.h - members in and out as tables.
 *
 * An import is first looked at: every row gets its fate, and the whole a digest. It is
 * applied by naming that digest, and only when the same file would still do the same;
 * all of it or nothing. What a cell says is written, what is empty stays as it is, and
 * "无", "-" or "none" takes away. What is exported imports as "same", row by row.
 *
 * Threads:   functions whose header says "inside a job" see organisation.h.
 * Ownership: plain. */
#pragma once

#include "audit.h"
#include "identity_keys.h"
#include "organisation.h"
#include "sheet.h"

typedef enum {
  AC_ROSTER_NUMBER,
  AC_ROSTER_NAME,
  AC_ROSTER_KIND,
  AC_ROSTER_PHONE,
  AC_ROSTER_HOME,
  AC_ROSTER_HOME_FROM,
  AC_ROSTER_HOST,
  AC_ROSTER_HOST_FROM,
  AC_ROSTER_CERTIFICATE,
  AC_ROSTER_CERTIFICATE_STATE,
  AC_ROSTER_IDENTITY, /* never shown, see identity.h */
  AC_ROSTER_KEY,      /* the first of one for each AcLedgerKind, in order */
} AcRosterColumn;

#define AC_ROSTER_COLUMNS (AC_ROSTER_KEY + 4)

/* "number", "home-from", "key-workers" ... */
const gchar *ac_roster_column_name (AcRosterColumn column);
gboolean ac_roster_column_from_name (const gchar *name, AcRosterColumn *ret_column);
/* The heading that is exported, in Chinese. */
const gchar *ac_roster_column_heading (AcRosterColumn column);
/* Knows what such columns are called, in Chinese and English; spaces, stars and what
 * stands in brackets do not matter. */
gboolean ac_roster_column_from_heading (const gchar *heading,
                                        AcRosterColumn *ret_column);

typedef enum {
  AC_ROSTER_NEW,
  AC_ROSTER_CHANGED,
  AC_ROSTER_SAME,
  AC_ROSTER_REFUSED,
} AcRosterFate;

#define AC_ROSTER_FATES 4

/* "new", "changed", "same", "refused" */
const gchar *ac_roster_fate_name (AcRosterFate fate);
gboolean ac_roster_fate_from_name (const gchar *name, AcRosterFate *ret_fate);

/* Why something is refused and how to mend it, in English and in Chinese. */
typedef struct {
  gchar *text, *text_zh; /* NULL: it is not refused */
} AcRosterWhy;

void ac_roster_why_clear (AcRosterWhy *why);

typedef struct {
  guint number; /* beside the row in the file */
  AcRosterFate fate;
  gchar *member;   /* the member's number; NULL: not known */
  guint changed;   /* a bit, 1 << AcRosterColumn, for each value that is written */
  gint column;     /* REFUSED: which; -1: the row as a whole */
  AcRosterWhy why; /* of REFUSED */
} AcRosterRow;

typedef struct {
  GPtrArray *rows;    /* AcRosterRow, as in the file */
  GPtrArray *ignored; /* gchar *: headings that mean nothing here */
  guint counts[AC_ROSTER_FATES];
  gchar digest[33];
  gboolean applied;
} AcRosterReport;

void ac_roster_report_free (AcRosterReport *report);

/* Inside a job.
 * @keys: (nullable): NULL: a table with identity numbers is refused
 * @actor: the member whose doing it is, who may not give another phone to those out of
 *   their reach, see grant.h; 0: the operator
 * @within: the branch whose people it may touch, with all below it; 0: all. Rows that
 *   speak of others, or would put somebody elsewhere, are refused; the host branch of
 *   who belongs there at home may be any.
 * @digest: NULL: only look; else apply what was looked at
 * Errors: INVALID "file" (no headings, a heading twice, rows that are refused, identity
 * numbers without keys), "apply" (the digest is another: look again); UNAVAILABLE;
 * AC_STORE_ERROR. */
AcRosterReport *ac_roster_import (AcStore *store, const AcSheet *sheet,
                                  const AcIdentityKeys *keys, gint64 actor,
                                  gint64 within, const gchar *digest, gint64 wall_ms,
                                  GError **error);

/* Inside the job that applied it: notes @report for audit, when it was applied.
 * @actor: the member who did; 0: the operator */
gboolean ac_roster_note_import (AcStore *store, const AcRosterReport *report,
                                gint64 actor, gint64 within, gint64 wall_ms,
                                GError **error);

/* Writes @text into the cell of @column in the row that has @number beside it, as if
 * the file had said so; a column that it has not is added behind its last one. Threads:
 * any. Errors: NOT_FOUND "row", INVALID "file"; AC_SHEET_ERROR. */
gboolean ac_roster_correct (AcSheet *sheet, guint number, AcRosterColumn column,
                            const gchar *text, GError **error);
/* Likewise: the row says nothing any more. */
gboolean ac_roster_leave_out (AcSheet *sheet, guint number, GError **error);

/* Also inside a job. @branch: only members whose home or host branch lies within it; 0:
 * all
 * @keys: (nullable): NULL: without the identity numbers
 * Returns: (transfer full): headings, then members by number of their row. */
AcSheet *ac_roster_export (AcStore *store, gint64 branch, const AcIdentityKeys *keys,
                           GError **error);

/* Inside the job that exported it: notes @sheet for audit. @entry: who, why, of which
 * branch */
gboolean ac_roster_note_export (AcStore *store, const AcSheet *sheet,
                                gboolean with_identities, const AcAuditEntry *entry,
                                gint64 wall_ms, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AcRosterWhy, ac_roster_why_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcRosterReport, ac_roster_report_free)
