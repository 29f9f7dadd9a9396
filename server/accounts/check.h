/* check.h - what may be a number, a name, a password. Pure.
 *
 * Return NULL, or AC_ACCOUNTS_ERROR_INVALID that names the field. */
#pragma once

#include "accounts.h"

GError *ac_check_number (const gchar *number);
GError *ac_check_name (const gchar *name);
GError *ac_check_password (const gchar *password);
