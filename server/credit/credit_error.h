/* credit_error.h - what policies, the ledger and its corrections refuse.
 *
 * Threads: any. */
#pragma once

#include "reason.h"

#include <glib.h>

typedef enum {
  AC_CREDIT_ERROR_INVALID,   /* a value is refused: see ac_credit_error_field() */
  AC_CREDIT_ERROR_NOT_FOUND, /* it names something that is not there; field */
  AC_CREDIT_ERROR_EXISTS,    /* it is taken; field */
  AC_CREDIT_ERROR_STATE,     /* not now: already decided, closed, erased */
  AC_CREDIT_ERROR_DENIED,    /* this person may not: one alone is not enough */
} AcCreditError;
#define AC_CREDIT_ERROR (ac_credit_error_quark ())
GQuark ac_credit_error_quark (void);

/* @field: (nullable): static, the argument at fault
 * @format: one sentence: what, and how to mend it */
GError *ac_credit_error_new (AcCreditError code, const gchar *field,
                             const gchar *format, ...) G_GNUC_PRINTF (3, 4);
/* Sets @error likewise. Returns: FALSE. */
gboolean ac_credit_refuse (GError **error, AcCreditError code, const gchar *field,
                           const gchar *format, ...) G_GNUC_PRINTF (4, 5);
/* The same. @reason: a word of reason.h */
gboolean ac_credit_refuse_because (GError **error, AcCreditError code,
                                   const gchar *field, const gchar *reason,
                                   const gchar *format, ...) G_GNUC_PRINTF (5, 6);
/* Returns: (nullable): NULL for errors of other domains too. */
const gchar *ac_credit_error_field (const GError *error);
/* Returns: (nullable): the word of reason.h that it was given. */
const gchar *ac_credit_error_reason (const GError *error);
