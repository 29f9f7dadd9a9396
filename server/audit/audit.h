/* audit.h - what people did with other people's data, and with the rules.
 *
 * An act is noted by one call inside the job that does it: the note is there exactly
 * when the act is. The table only grows, triggers hold that; of a person who is erased
 * the rows stay, without their words.
 *
 * Details hold numbers of rows, counts and names of columns. Never a name, a phone, an
 * identity number or anything else that the act was there to protect.
 *
 * Threads: notes inside a store job, reads on the main loop. Errors: AC_STORE_ERROR. */
#pragma once

#include "store.h"

typedef enum {
  AC_AUDIT_ROLE_GRANT,
  AC_AUDIT_ROLE_REVOKE,
  AC_AUDIT_IMPORT,
  AC_AUDIT_EXPORT, /* tables that name people, reports and transcripts among them */
  AC_AUDIT_UNMASK,
  AC_AUDIT_SHOW_ALL, /* everything that is known of a member */
  AC_AUDIT_CORRECTION_ASK,
  AC_AUDIT_CORRECTION_APPROVE,
  AC_AUDIT_CORRECTION_REJECT,
  AC_AUDIT_APPEAL_ANSWER,
  AC_AUDIT_POLICY_ADD,
  AC_AUDIT_STANDING_SET, /* what a member owes in a year, exemptions among it */
  AC_AUDIT_YEAR_CLOSE,
  AC_AUDIT_KEY_ROTATE, /* a lesson's stream keys, the identity key */
  AC_AUDIT_SESSIONS_END,
  AC_AUDIT_PASSWORD_SET,
  AC_AUDIT_ERASE,
  AC_AUDIT_EXCUSE_SET,   /* of somebody who is expected in a lesson */
  AC_AUDIT_LIST_READ,    /* a page of people, masked or by name; once, not a row each */
  AC_AUDIT_LEAVE_REFUSE, /* leave that is granted is an excuse */
  AC_AUDIT_MEMBER_ADD,
  AC_AUDIT_MEMBER_SET, /* the detail names the fields */
  AC_AUDIT_BRANCH_SET, /* added, renamed, moved, closed: branches and their sites */
  AC_AUDIT_SITE_SET,
  AC_AUDIT_WEBHOOK_SET, /* added, removed, resumed */
} AcAuditAct;

#define AC_AUDIT_ACTS (AC_AUDIT_WEBHOOK_SET + 1)

/* "role-grant", "export", "sessions-end", ...: the enumeration's names */
const gchar *ac_audit_act_name (AcAuditAct act);
gboolean ac_audit_act_from_name (const gchar *name, AcAuditAct *ret_act);

#define AC_AUDIT_REASON_MAX_CHARS 200

/* What people give as a reason, NULL is none: 1 to AC_AUDIT_REASON_MAX_CHARS
 * characters, not only blanks, without control characters. */
gboolean ac_audit_reason_is_fit (const gchar *reason);

typedef struct {
  AcAuditAct act;
  gint64 actor;        /* a member; 0: the operator, by the tool */
  gint64 member;       /* whom it is about; 0: nobody in particular */
  gint64 branch;       /* what it is about; 0: the member's own, or the whole county */
  gint64 lesson;       /* 0: none */
  const gchar *reason; /* (nullable) */
  const gchar *detail; /* (nullable): a JSON object, see ac_audit_detail() */
} AcAuditEntry;

/* Inside a job. */
gboolean ac_audit_note (AcStore *store, const AcAuditEntry *entry, gint64 wall_ms,
                        GError **error);

/* The JSON object of pairs of a name and a value; @types has a letter for each pair:
 *   't' text (NULL: left out), 'i' gint64 (not a plain int), 'n' gint64, left out when
 * it is 0
 * Returns: (transfer full) */
gchar *ac_audit_detail (const gchar *types, ...);

/* Inside a job, after the member's row in erased_members: their rows lose their words.
 */
gboolean ac_audit_erase (AcStore *store, gint64 member, GError **error);

typedef struct {
  gint64 id;
  gint64 wall_ms;
  AcAuditAct act;
  gint64 actor, member, branch, host, lesson; /* 0: none */
  gchar *reason;                              /* "" for none */
  gchar *detail;                              /* a JSON object */
} AcAuditRow;

void ac_audit_row_free (AcAuditRow *row);

typedef struct {
  gint64 before; /* rows older than this one only; 0: from the newest */
  guint limit;
  gint act;        /* an AcAuditAct; -1: any */
  gboolean deeds;  /* without AC_AUDIT_LIST_READ */
  gint64 branch;   /* what lies within it, on either side; 0: everywhere */
  gint64 member;   /* about this member; 0: anybody */
  gint64 actor;    /* by this member; 0: anybody */
  gint64 from_ms;  /* not before */
  gint64 until_ms; /* before; 0: no end */
} AcAuditQuery;

/* Returns: (transfer full): AcAuditRow, the newest first. */
GPtrArray *ac_audit_list (AcStore *store, const AcAuditQuery *query, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcAuditRow, ac_audit_row_free)
