/* check.h - what may be a password. Pure. */
#pragma once

#include "accounts.h"

/* Returns: NULL, or AC_ACCOUNTS_ERROR_INVALID "password". */
GError *ac_check_password (const gchar *password);
