/* certificate.h - the real-name certificate of mobile members (流动党员证).
 *
 * Its number is something that a member is found by and signs in with, as long as it is
 * not revoked. Everything that is said of one is kept, with who said it and when.
 *
 * Threads: see organisation.h. */
#pragma once

#include "organisation.h"

typedef enum {
  AC_CERTIFICATE_UNVERIFIED,
  AC_CERTIFICATE_VERIFIED,
  AC_CERTIFICATE_REVOKED,
} AcCertificateState;

/* "unverified", "verified", "revoked" */
const gchar *ac_certificate_state_name (AcCertificateState state);
gboolean ac_certificate_state_from_name (const gchar *name,
                                         AcCertificateState *ret_state);

typedef struct {
  const gchar *number;
  AcCertificateState state;
  gint64 actor;      /* the member who says so; 0: an operator, by the tool */
  const gchar *note; /* (nullable) */
} AcCertificateChange;

/* Inside a job. What is said already is not said again: no row is written then.
 * Errors: INVALID and EXISTS "certificate" (another member has it), NOT_FOUND "member".
 */
gboolean ac_certificate_set (AcStore *store, gint64 member,
                             const AcCertificateChange *change, gint64 wall_ms,
                             GError **error);

typedef struct {
  gchar *number;
  AcCertificateState state;
  gint64 actor;
  gchar *note;
  gint64 wall_ms;
} AcCertificateEntry;

/* Returns: (transfer full): AcCertificateEntry, the oldest first. */
GPtrArray *ac_certificate_history (AcStore *store, gint64 member, GError **error);
