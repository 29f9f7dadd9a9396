/* error.h - errors that name a field or a time to wait. */
#pragma once

#include "accounts.h"

/* @field: a string literal, or NULL */
GError *ac_accounts_error_new (AcAccountsError code, const gchar *field,
                               guint retry_after_s, const gchar *format, ...)
    G_GNUC_PRINTF (4, 5);

/* What the store refused, in this domain: BUSY or FAILED. */
GError *ac_accounts_error_from_store (const GError *error);

/* What the organisation refused, likewise; the field stays. */
GError *ac_accounts_error_from_organisation (const GError *error);
